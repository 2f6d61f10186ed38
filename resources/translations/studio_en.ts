<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>AccuracyChart</name>
        <message numerus="yes">
            <source>Accuracy of the model in use at the time on your latest %Ln label(s), excluding captures it was trained on. The band is the 95 % confidence interval; a line marks a new model.</source>
            <translation>
                <numerusform>Accuracy of the model in use at the time on your latest %Ln label, excluding captures it was trained on. The band is the 95 % confidence interval; a line marks a new model.</numerusform>
                <numerusform>Accuracy of the model in use at the time on your latest %Ln labels, excluding captures it was trained on. The band is the 95 % confidence interval; a line marks a new model.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>After %Ln label(s)</source>
            <translation>
                <numerusform>After %Ln label</numerusform>
                <numerusform>After %Ln labels</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>BulkAccept</name>
        <message numerus="yes">
            <source>Accept the suggestions for %Ln capture(s) with a confidence of {0} or more?</source>
            <translation>
                <numerusform>Accept the suggestions for %Ln capture with a confidence of {0} or more?</numerusform>
                <numerusform>Accept the suggestions for %Ln captures with a confidence of {0} or more?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Accept the predictions for %Ln capture(s) with a confidence of {0} or more?</source>
            <translation>
                <numerusform>Accept the predictions for %Ln capture with a confidence of {0} or more?</numerusform>
                <numerusform>Accept the predictions for %Ln captures with a confidence of {0} or more?</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ChangedFiles</name>
        <message numerus="yes">
            <source>%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled: (its/their) label(s) (does/do) not count for now.</source>
            <translation>
                <numerusform>%Ln capture has changed on disk since it was labelled: its label does not count for now.</numerusform>
                <numerusform>%Ln captures have changed on disk since they were labelled: their labels do not count for now.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) (has/have) changed on disk: (it is/they are) classified again.</source>
            <translation>
                <numerusform>%Ln capture has changed on disk: it is classified again.</numerusform>
                <numerusform>%Ln captures have changed on disk: they are classified again.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ClassQuestions</name>
        <message numerus="yes">
            <source>{0} is the label of %Ln capture(s).</source>
            <translation>
                <numerusform>{0} is the label of %Ln capture.</numerusform>
                <numerusform>{0} is the label of %Ln captures.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ConfusionModel</name>
        <message numerus="yes">
            <source>%Ln capture(s) labelled {0}, predicted {1}</source>
            <translation>
                <numerusform>%Ln capture labelled {0}, predicted {1}</numerusform>
                <numerusform>%Ln captures labelled {0}, predicted {1}</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ConfusionPanel</name>
        <message numerus="yes">
            <source>Rows: your labels. Columns: predictions, in the same order. %Ln capture(s) not used for training. Click a cell to list its captures.</source>
            <translation>
                <numerusform>Rows: your labels. Columns: predictions, in the same order. %Ln capture not used for training. Click a cell to list its captures.</numerusform>
                <numerusform>Rows: your labels. Columns: predictions, in the same order. %Ln captures not used for training. Click a cell to list its captures.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model was trained on (the/all) %Ln capture(s) that you have labelled. Label others to see its mistakes.</source>
            <translation>
                <numerusform>The model was trained on the %Ln capture that you have labelled. Label others to see its mistakes.</numerusform>
                <numerusform>The model was trained on all %Ln captures that you have labelled. Label others to see its mistakes.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ExportCommands</name>
        <message numerus="yes">
            <source>%Ln capture(s) exported to {0}.</source>
            <translation>
                <numerusform>%Ln capture exported to {0}.</numerusform>
                <numerusform>%Ln captures exported to {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln labelled capture(s) skipped: (its/their) file(s) (is/are) missing or can't be read.</source>
            <translation>
                <numerusform>%Ln labelled capture skipped: its file is missing or can't be read.</numerusform>
                <numerusform>%Ln labelled captures skipped: their files are missing or can't be read.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>GalleryBar</name>
        <message numerus="yes">
            <source>%Ln capture(s)</source>
            <translation>
                <numerusform>%Ln capture</numerusform>
                <numerusform>%Ln captures</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>GateDialog</name>
        <message numerus="yes">
            <source>On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only with {1} and {2} only with {3}. If both models were equally good, such a difference would occur by chance with probability {4} (exact McNemar test).</source>
            <translation>
                <numerusform>On %Ln labelled capture that neither model was trained on, {0} is right only with {1} and {2} only with {3}. If both models were equally good, such a difference would occur by chance with probability {4} (exact McNemar test).</numerusform>
                <numerusform>On %Ln labelled captures that neither model was trained on, {0} are right only with {1} and {2} only with {3}. If both models were equally good, such a difference would occur by chance with probability {4} (exact McNemar test).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only with the new model and {1} only with the old one. If both models were equally good, such a difference would occur by chance with probability {2} (exact McNemar test).</source>
            <translation>
                <numerusform>On %Ln labelled capture that neither model was trained on, {0} is right only with the new model and {1} only with the old one. If both models were equally good, such a difference would occur by chance with probability {2} (exact McNemar test).</numerusform>
                <numerusform>On %Ln labelled captures that neither model was trained on, {0} are right only with the new model and {1} only with the old one. If both models were equally good, such a difference would occur by chance with probability {2} (exact McNemar test).</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ImportCommands</name>
        <message numerus="yes">
            <source>%Ln file(s) or folder(s) skipped. First reason: {0}</source>
            <translation>
                <numerusform>%Ln file or folder skipped. First reason: {0}</numerusform>
                <numerusform>%Ln files or folders skipped. First reason: {0}</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ImportSummary</name>
        <message numerus="yes">
            <source>%Ln capture(s) added.</source>
            <translation>
                <numerusform>%Ln capture added.</numerusform>
                <numerusform>%Ln captures added.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln duplicate(s) skipped: {0} is identical to {1}(./, for example.)</source>
            <translation>
                <numerusform>%Ln duplicate skipped: {0} is identical to {1}.</numerusform>
                <numerusform>%Ln duplicates skipped: {0} is identical to {1}, for example.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Already in the project: %Ln.</source>
            <translation>
                <numerusform>Already in the project: %Ln.</numerusform>
                <numerusform>Already in the project: %Ln.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln renamed or moved; (its label is/their labels are) kept.</source>
            <translation>
                <numerusform>%Ln renamed or moved; its label is kept.</numerusform>
                <numerusform>%Ln renamed or moved; their labels are kept.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln changed on disk since (it was/they were) added.</source>
            <translation>
                <numerusform>%Ln changed on disk since it was added.</numerusform>
                <numerusform>%Ln changed on disk since they were added.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln previously removed, now restored with (its label/their labels).</source>
            <translation>
                <numerusform>%Ln previously removed, now restored with its label.</numerusform>
                <numerusform>%Ln previously removed, now restored with their labels.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln skipped because you removed (it/them): add the file(s) again to restore (it/them).</source>
            <translation>
                <numerusform>%Ln skipped because you removed it: add the file again to restore it.</numerusform>
                <numerusform>%Ln skipped because you removed them: add the files again to restore them.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln can't be read; see (its tile for the reason/their tiles for the reasons).</source>
            <translation>
                <numerusform>%Ln can't be read; see its tile for the reason.</numerusform>
                <numerusform>%Ln can't be read; see their tiles for the reasons.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln (is/are) incomplete, but shown.</source>
            <translation>
                <numerusform>%Ln is incomplete, but shown.</numerusform>
                <numerusform>%Ln are incomplete, but shown.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln file(s) skipped: {0}.</source>
            <translation>
                <numerusform>%Ln file skipped: {0}.</numerusform>
                <numerusform>%Ln files skipped: {0}.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message numerus="yes">
            <source>Labels apply to all %Ln selected capture(s).</source>
            <translation>
                <numerusform>Labels apply to all %Ln selected capture.</numerusform>
                <numerusform>Labels apply to all %Ln selected captures.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Show %Ln look-alike(s)</source>
            <translation>
                <numerusform>Show %Ln look-alike</numerusform>
                <numerusform>Show %Ln look-alikes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Show %Ln other capture(s) of this thing</source>
            <translation>
                <numerusform>Show %Ln other capture of this thing</numerusform>
                <numerusform>Show %Ln other captures of this thing</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LabelFeedback</name>
        <message numerus="yes">
            <source>%Ln capture(s) not changed: no prediction.</source>
            <translation>
                <numerusform>%Ln capture not changed: no prediction.</numerusform>
                <numerusform>%Ln captures not changed: no prediction.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Nothing changed: (the/all) %Ln capture(s) already (has/have) this label.</source>
            <translation>
                <numerusform>Nothing changed: the %Ln capture already has this label.</numerusform>
                <numerusform>Nothing changed: all %Ln captures already have this label.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LabelImport</name>
        <message numerus="yes">
            <source>%Ln class(es)</source>
            <translation>
                <numerusform>%Ln class</numerusform>
                <numerusform>%Ln classes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s)</source>
            <translation>
                <numerusform>%Ln capture</numerusform>
                <numerusform>%Ln captures</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{0}: {1}, {2}, %Ln row(s)</source>
            <translation>
                <numerusform>{0}: {1}, {2}, %Ln row</numerusform>
                <numerusform>{0}: {1}, {2}, %Ln rows</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LabelImportCommands</name>
        <message numerus="yes">
            <source>%Ln label(s) imported. Press Ctrl+Z to undo.</source>
            <translation>
                <numerusform>%Ln label imported. Press Ctrl+Z to undo.</numerusform>
                <numerusform>%Ln labels imported. Press Ctrl+Z to undo.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LabelImportDialog</name>
        <message numerus="yes">
            <source>Import %Ln label(s)</source>
            <translation>
                <numerusform>Import %Ln label</numerusform>
                <numerusform>Import %Ln labels</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LeftOutDialog</name>
        <message numerus="yes">
            <source>%Ln file(s) or folder(s) could not be added:</source>
            <translation>
                <numerusform>%Ln file or folder could not be added:</numerusform>
                <numerusform>%Ln files or folders could not be added:</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln file(s) or folder(s) could not be added. The first {0}:</source>
            <translation>
                <numerusform>%Ln file or folder could not be added. The first {0}:</numerusform>
                <numerusform>%Ln files or folders could not be added. The first {0}:</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ModelsDialog</name>
        <message numerus="yes">
            <source>{0}: right on {1} of %Ln labelled capture(s) not used for training (95 % confidence: {2} to {3})</source>
            <translation>
                <numerusform>{0}: right on {1} of %Ln labelled capture not used for training (95 % confidence: {2} to {3})</numerusform>
                <numerusform>{0}: right on {1} of %Ln labelled captures not used for training (95 % confidence: {2} to {3})</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ProgressPanel</name>
        <message numerus="yes">
            <source>The model was trained on {0} of your %Ln labelled capture(s). The other {1} are too few to measure its accuracy. Label about {2} more, preferably with a random audit.</source>
            <translation>
                <numerusform>The model was trained on {0} of your %Ln labelled capture. The other {1} are too few to measure its accuracy. Label about {2} more, preferably with a random audit.</numerusform>
                <numerusform>The model was trained on {0} of your %Ln labelled captures. The other {1} are too few to measure its accuracy. Label about {2} more, preferably with a random audit.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s), too few to measure its accuracy. Label about {1} more, preferably with a random audit.</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture, too few to measure its accuracy. Label about {1} more, preferably with a random audit.</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures, too few to measure its accuracy. Label about {1} more, preferably with a random audit.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s) not used for training: {1} (95 % confidence: {2} to {3}).</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture not used for training: {1} (95 % confidence: {2} to {3}).</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures not used for training: {1} (95 % confidence: {2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s): {1} (95 % confidence: {2} to {3}).</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture: {1} (95 % confidence: {2} to {3}).</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures: {1} (95 % confidence: {2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>About %Ln more label(s) would narrow this to ±5 %.</source>
            <translation>
                <numerusform>About %Ln more label would narrow this to ±5 %.</numerusform>
                <numerusform>About %Ln more labels would narrow this to ±5 %.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>QueryPart</name>
        <message numerus="yes">
            <source>List of %Ln capture(s)</source>
            <translation>
                <numerusform>List of %Ln capture</numerusform>
                <numerusform>List of %Ln captures</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RelinkCommands</name>
        <message numerus="yes">
            <source>The folder {0} with %Ln capture(s) is missing: connect its drive, or choose its new location.</source>
            <translation>
                <numerusform>The folder {0} with %Ln capture is missing: connect its drive, or choose its new location.</numerusform>
                <numerusform>The folder {0} with %Ln captures is missing: connect its drive, or choose its new location.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{0} of the project's folders are missing, such as {1} with %Ln capture(s): connect their drive, or choose their new location.</source>
            <translation>
                <numerusform>{0} of the project's folders are missing, such as {1} with %Ln capture: connect their drive, or choose their new location.</numerusform>
                <numerusform>{0} of the project's folders are missing, such as {1} with %Ln captures: connect their drive, or choose their new location.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) found in {0}.</source>
            <translation>
                <numerusform>%Ln capture found in {0}.</numerusform>
                <numerusform>%Ln captures found in {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln more folder(s) moved with it (was/were) found too.</source>
            <translation>
                <numerusform>%Ln more folder moved with it was found too.</numerusform>
                <numerusform>%Ln more folders moved with it were found too.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln (is/are) still missing.</source>
            <translation>
                <numerusform>%Ln is still missing.</numerusform>
                <numerusform>%Ln are still missing.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RemoveCommands</name>
        <message numerus="yes">
            <source>%Ln capture(s) removed from the project. (Its file/Their files) on disk (is/are) not affected.</source>
            <translation>
                <numerusform>%Ln capture removed from the project. Its file on disk is not affected.</numerusform>
                <numerusform>%Ln captures removed from the project. Their files on disk are not affected.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RetrainDialog</name>
        <message numerus="yes">
            <source>Training continues from {0} with about %Ln labelled capture(s) and its own correct predictions.</source>
            <translation>
                <numerusform>Training continues from {0} with about %Ln labelled capture and its own correct predictions.</numerusform>
                <numerusform>Training continues from {0} with about %Ln labelled captures and its own correct predictions.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>It also learns from %Ln capture(s) without a label, by the suggestions for them: the surer a suggestion is, the more it counts.</source>
            <translation>
                <numerusform>It also learns from %Ln capture without a label, by the suggestions for them: the surer a suggestion is, the more it counts.</numerusform>
                <numerusform>It also learns from %Ln captures without a label, by the suggestions for them: the surer a suggestion is, the more it counts.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RetrainWording</name>
        <message numerus="yes">
            <source>Enough labels? Estimated accuracy with %Ln label(s): {0}; with twice as many: about {1} ({2} to {3}).</source>
            <translation>
                <numerusform>Enough labels? Estimated accuracy with %Ln label: {0}; with twice as many: about {1} ({2} to {3}).</numerusform>
                <numerusform>Enough labels? Estimated accuracy with %Ln labels: {0}; with twice as many: about {1} ({2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln labelled or accepted capture(s), {0} since the last training.</source>
            <translation>
                <numerusform>%Ln labelled or accepted capture, {0} since the last training.</numerusform>
                <numerusform>%Ln labelled or accepted captures, {0} since the last training.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ReviewQuestions</name>
        <message numerus="yes">
            <source>Remove %Ln capture(s) from the project?</source>
            <translation>
                <numerusform>Remove %Ln capture from the project?</numerusform>
                <numerusform>Remove %Ln captures from the project?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) (has/have) changed on disk since (it was/they were) labelled.</source>
            <translation>
                <numerusform>%Ln capture has changed on disk since it was labelled.</numerusform>
                <numerusform>%Ln captures have changed on disk since they were labelled.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ReviewQueues</name>
        <message numerus="yes">
            <source>The %Ln most similar capture(s), of {0}.</source>
            <translation>
                <numerusform>The %Ln most similar capture, of {0}.</numerusform>
                <numerusform>The %Ln most similar captures, of {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The %Ln capture(s) most unlike labelled captures, of {0}.</source>
            <translation>
                <numerusform>The %Ln capture most unlike labelled captures, of {0}.</numerusform>
                <numerusform>The %Ln captures most unlike labelled captures, of {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) to label next, of {0}. Each represents many without a similar labelled capture.</source>
            <translation>
                <numerusform>%Ln capture to label next, of {0}. Each represents many without a similar labelled capture.</numerusform>
                <numerusform>%Ln captures to label next, of {0}. Each represents many without a similar labelled capture.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{1} of %Ln label(s) may be wrong, most likely first.</source>
            <translation>
                <numerusform>{1} of %Ln label may be wrong, most likely first.</numerusform>
                <numerusform>{1} of %Ln labels may be wrong, most likely first.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ReviewSession</name>
        <message numerus="yes">
            <source>Mark %Ln capture(s) as unsure?</source>
            <translation>
                <numerusform>Mark %Ln capture as unsure?</numerusform>
                <numerusform>Mark %Ln captures as unsure?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Reject %Ln capture(s)?</source>
            <translation>
                <numerusform>Reject %Ln capture?</numerusform>
                <numerusform>Reject %Ln captures?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Clear the labels of %Ln capture(s)?</source>
            <translation>
                <numerusform>Clear the labels of %Ln capture?</numerusform>
                <numerusform>Clear the labels of %Ln captures?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Accept the suggestions for %Ln capture(s)?</source>
            <translation>
                <numerusform>Accept the suggestions for %Ln capture?</numerusform>
                <numerusform>Accept the suggestions for %Ln captures?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Accept the predictions for %Ln capture(s)?</source>
            <translation>
                <numerusform>Accept the predictions for %Ln capture?</numerusform>
                <numerusform>Accept the predictions for %Ln captures?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln suggestion(s) (has/have) just changed: press the key again to use the new (one/ones).</source>
            <translation>
                <numerusform>%Ln suggestion has just changed: press the key again to use the new one.</numerusform>
                <numerusform>%Ln suggestions have just changed: press the key again to use the new ones.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Label %Ln capture(s) as {0}?</source>
            <translation>
                <numerusform>Label %Ln capture as {0}?</numerusform>
                <numerusform>Label %Ln captures as {0}?</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>SettingsDialog</name>
        <message numerus="yes">
            <source>More than %Ln capture(s)</source>
            <translation>
                <numerusform>More than %Ln capture</numerusform>
                <numerusform>More than %Ln captures</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StreamCommands</name>
        <message numerus="yes">
            <source>%Ln source(s) can't be read: {0}. See the Sources panel for details.</source>
            <translation>
                <numerusform>%Ln source can't be read: {0}. See the Sources panel for details.</numerusform>
                <numerusform>%Ln sources can't be read: {0}. See the Sources panel for details.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StreamListModel</name>
        <message numerus="yes">
            <source>%Ln frame(s)</source>
            <translation>
                <numerusform>%Ln frame</numerusform>
                <numerusform>%Ln frames</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s)</source>
            <translation>
                <numerusform>%Ln capture</numerusform>
                <numerusform>%Ln captures</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln damaged frame(s) skipped</source>
            <translation>
                <numerusform>%Ln damaged frame skipped</numerusform>
                <numerusform>%Ln damaged frames skipped</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) dropped: too many at once</source>
            <translation>
                <numerusform>%Ln capture dropped: too many at once</numerusform>
                <numerusform>%Ln captures dropped: too many at once</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>SuggestionStatus</name>
        <message numerus="yes">
            <source>Suggestions from %Ln label(s)</source>
            <translation>
                <numerusform>Suggestions from %Ln label</numerusform>
                <numerusform>Suggestions from %Ln labels</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Estimated from %Ln label(s): {0} correct, between {1} and {2} with 95 % confidence.</source>
            <translation>
                <numerusform>Estimated from %Ln label: {0} correct, between {1} and {2} with 95 % confidence.</numerusform>
                <numerusform>Estimated from %Ln labels: {0} correct, between {1} and {2} with 95 % confidence.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TrainingCommands</name>
        <message numerus="yes">
            <source>%Ln capture(s) labelled since the last training. Retrain to improve the model.</source>
            <translation>
                <numerusform>%Ln capture labelled since the last training. Retrain to improve the model.</numerusform>
                <numerusform>%Ln captures labelled since the last training. Retrain to improve the model.</numerusform>
            </translation>
        </message>
    </context>
</TS>