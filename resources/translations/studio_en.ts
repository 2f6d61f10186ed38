<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>AccuracyChart</name>
        <message numerus="yes">
            <source>How many of your latest %Ln label(s) the model of that time had right, without captures that it had learnt from. The band is the 95 % confidence interval; a line marks a new model.</source>
            <translation>
                <numerusform>How many of your latest %Ln label the model of that time had right, without captures that it had learnt from. The band is the 95 % confidence interval; a line marks a new model.</numerusform>
                <numerusform>How many of your latest %Ln labels the model of that time had right, without captures that it had learnt from. The band is the 95 % confidence interval; a line marks a new model.</numerusform>
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
            <source>%Ln capture(s) with the label {0}, for which the model says {1}</source>
            <translation>
                <numerusform>%Ln capture with the label {0}, for which the model says {1}</numerusform>
                <numerusform>%Ln captures with the label {0}, for which the model says {1}</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ConfusionPanel</name>
        <message numerus="yes">
            <source>Rows: your labels. Columns: the model's answers, in the same order. %Ln capture(s) that it has not learnt from. Click a cell to list its captures.</source>
            <translation>
                <numerusform>Rows: your labels. Columns: the model's answers, in the same order. %Ln capture that it has not learnt from. Click a cell to list its captures.</numerusform>
                <numerusform>Rows: your labels. Columns: the model's answers, in the same order. %Ln captures that it has not learnt from. Click a cell to list its captures.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model has learnt from (the/all) %Ln capture(s) that you have labelled. Label others to see where it is wrong.</source>
            <translation>
                <numerusform>The model has learnt from the %Ln capture that you have labelled. Label others to see where it is wrong.</numerusform>
                <numerusform>The model has learnt from all %Ln captures that you have labelled. Label others to see where it is wrong.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ExportCommands</name>
        <message numerus="yes">
            <source>%Ln capture(s) (was/were) written to {0}.</source>
            <translation>
                <numerusform>%Ln capture was written to {0}.</numerusform>
                <numerusform>%Ln captures were written to {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln labelled capture(s) (was/were) left out: (its/their) file(s) (is/are) missing or can't be read.</source>
            <translation>
                <numerusform>%Ln labelled capture was left out: its file is missing or can't be read.</numerusform>
                <numerusform>%Ln labelled captures were left out: their files are missing or can't be read.</numerusform>
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
            <source>On %Ln capture(s) that you have labelled and that neither model has learnt from: right with {1} alone {0}, with {3} alone {2}. If both were equally good, a difference like this would come up by chance with a probability of {4} (McNemar's exact test).</source>
            <translation>
                <numerusform>On %Ln capture that you have labelled and that neither model has learnt from: right with {1} alone {0}, with {3} alone {2}. If both were equally good, a difference like this would come up by chance with a probability of {4} (McNemar's exact test).</numerusform>
                <numerusform>On %Ln captures that you have labelled and that neither model has learnt from: right with {1} alone {0}, with {3} alone {2}. If both were equally good, a difference like this would come up by chance with a probability of {4} (McNemar's exact test).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>On %Ln capture(s) that you have labelled and that neither model has learnt from: right with the new model alone {0}, with the old one alone {1}. If both were equally good, a difference like this would come up by chance with a probability of {2} (McNemar's exact test).</source>
            <translation>
                <numerusform>On %Ln capture that you have labelled and that neither model has learnt from: right with the new model alone {0}, with the old one alone {1}. If both were equally good, a difference like this would come up by chance with a probability of {2} (McNemar's exact test).</numerusform>
                <numerusform>On %Ln captures that you have labelled and that neither model has learnt from: right with the new model alone {0}, with the old one alone {1}. If both were equally good, a difference like this would come up by chance with a probability of {2} (McNemar's exact test).</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ImportCommands</name>
        <message numerus="yes">
            <source>%Ln file(s) or folder(s) (was/were) left out, the first one because: {0}</source>
            <translation>
                <numerusform>%Ln file or folder was left out, the first one because: {0}</numerusform>
                <numerusform>%Ln files or folders were left out, the first one because: {0}</numerusform>
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
            <source>%Ln file(s) left out: {0}.</source>
            <translation>
                <numerusform>%Ln file left out: {0}.</numerusform>
                <numerusform>%Ln files left out: {0}.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message numerus="yes">
            <source>A label goes to all %Ln selected capture(s).</source>
            <translation>
                <numerusform>A label goes to all %Ln selected capture.</numerusform>
                <numerusform>A label goes to all %Ln selected captures.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>LabelFeedback</name>
        <message numerus="yes">
            <source>%Ln capture(s) (was/were) left as (it is/they are), because the model has no answer for (it/them).</source>
            <translation>
                <numerusform>%Ln capture was left as it is, because the model has no answer for it.</numerusform>
                <numerusform>%Ln captures were left as they are, because the model has no answer for them.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Nothing changed: (the/all) %Ln capture(s) (was/were) labelled so before.</source>
            <translation>
                <numerusform>Nothing changed: the %Ln capture was labelled so before.</numerusform>
                <numerusform>Nothing changed: all %Ln captures were labelled so before.</numerusform>
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
            <source>%Ln label(s) imported. Ctrl+Z undoes it.</source>
            <translation>
                <numerusform>%Ln label imported. Ctrl+Z undoes it.</numerusform>
                <numerusform>%Ln labels imported. Ctrl+Z undoes it.</numerusform>
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
            <source>%Ln file(s) or folder(s) could not be added. These are the first {0}:</source>
            <translation>
                <numerusform>%Ln file or folder could not be added. These are the first {0}:</numerusform>
                <numerusform>%Ln files or folders could not be added. These are the first {0}:</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ModelsDialog</name>
        <message numerus="yes">
            <source>{0}: right on {1} of %Ln labelled capture(s) that it has not learnt from (95 % confidence: {2} to {3})</source>
            <translation>
                <numerusform>{0}: right on {1} of %Ln labelled capture that it has not learnt from (95 % confidence: {2} to {3})</numerusform>
                <numerusform>{0}: right on {1} of %Ln labelled captures that it has not learnt from (95 % confidence: {2} to {3})</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ProgressPanel</name>
        <message numerus="yes">
            <source>The model has learnt from {0} of your %Ln labelled capture(s). Others: {1}, too few to tell how good it is. Label about {2} more, best by a random audit.</source>
            <translation>
                <numerusform>The model has learnt from {0} of your %Ln labelled capture. Others: {1}, too few to tell how good it is. Label about {2} more, best by a random audit.</numerusform>
                <numerusform>The model has learnt from {0} of your %Ln labelled captures. Others: {1}, too few to tell how good it is. Label about {2} more, best by a random audit.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s), too few to tell how good it is: label about {1} more, best by a random audit.</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture, too few to tell how good it is: label about {1} more, best by a random audit.</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures, too few to tell how good it is: label about {1} more, best by a random audit.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s) that it has not learnt from, {1} (95 % confidence: {2} to {3}).</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture that it has not learnt from, {1} (95 % confidence: {2} to {3}).</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures that it has not learnt from, {1} (95 % confidence: {2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The model is right on {0} of %Ln labelled capture(s), {1} (95 % confidence: {2} to {3}).</source>
            <translation>
                <numerusform>The model is right on {0} of %Ln labelled capture, {1} (95 % confidence: {2} to {3}).</numerusform>
                <numerusform>The model is right on {0} of %Ln labelled captures, {1} (95 % confidence: {2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>About %Ln more label(s) would make that known to ±5 %.</source>
            <translation>
                <numerusform>About %Ln more label would make that known to ±5 %.</numerusform>
                <numerusform>About %Ln more labels would make that known to ±5 %.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>QueryPart</name>
        <message numerus="yes">
            <source>A list of %Ln capture(s)</source>
            <translation>
                <numerusform>A list of %Ln capture</numerusform>
                <numerusform>A list of %Ln captures</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RelinkCommands</name>
        <message numerus="yes">
            <source>The folder {0} with %Ln capture(s) is not there: connect its drive, or say where it is now.</source>
            <translation>
                <numerusform>The folder {0} with %Ln capture is not there: connect its drive, or say where it is now.</numerusform>
                <numerusform>The folder {0} with %Ln captures is not there: connect its drive, or say where it is now.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{0} of the project's folders are not there, such as {1} with %Ln capture(s): connect their drive, or say where they are now.</source>
            <translation>
                <numerusform>{0} of the project's folders are not there, such as {1} with %Ln capture: connect their drive, or say where they are now.</numerusform>
                <numerusform>{0} of the project's folders are not there, such as {1} with %Ln captures: connect their drive, or say where they are now.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) (was/were) found in {0}.</source>
            <translation>
                <numerusform>%Ln capture was found in {0}.</numerusform>
                <numerusform>%Ln captures were found in {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln further folder(s) had moved with it and (was/were) found too.</source>
            <translation>
                <numerusform>%Ln further folder had moved with it and was found too.</numerusform>
                <numerusform>%Ln further folders had moved with it and were found too.</numerusform>
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
            <source>%Ln capture(s) (was/were) removed from the project. (Its file stays where it is/Their files stay where they are).</source>
            <translation>
                <numerusform>%Ln capture was removed from the project. Its file stays where it is.</numerusform>
                <numerusform>%Ln captures were removed from the project. Their files stay where they are.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RetrainDialog</name>
        <message numerus="yes">
            <source>{0} goes on learning, from about %Ln capture(s) and from its own answers where they were right.</source>
            <translation>
                <numerusform>{0} goes on learning, from about %Ln capture and from its own answers where they were right.</numerusform>
                <numerusform>{0} goes on learning, from about %Ln captures and from its own answers where they were right.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>RetrainWording</name>
        <message numerus="yes">
            <source>Enough yet? Estimated accuracy on captures that the model has not learnt from: {0} with %Ln label(s), about {1} with twice as many ({2} to {3}).</source>
            <translation>
                <numerusform>Enough yet? Estimated accuracy on captures that the model has not learnt from: {0} with %Ln label, about {1} with twice as many ({2} to {3}).</numerusform>
                <numerusform>Enough yet? Estimated accuracy on captures that the model has not learnt from: {0} with %Ln labels, about {1} with twice as many ({2} to {3}).</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) (has/have) a class that you gave or accepted, {0} of them since the last training.</source>
            <translation>
                <numerusform>%Ln capture has a class that you gave or accepted, {0} of them since the last training.</numerusform>
                <numerusform>%Ln captures have a class that you gave or accepted, {0} of them since the last training.</numerusform>
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
            <source>The %Ln capture(s) that look(s/) most alike, of {0}.</source>
            <translation>
                <numerusform>The %Ln capture that looks most alike, of {0}.</numerusform>
                <numerusform>The %Ln captures that look most alike, of {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The %Ln capture(s) most unlike what is labelled, of {0}.</source>
            <translation>
                <numerusform>The %Ln capture most unlike what is labelled, of {0}.</numerusform>
                <numerusform>The %Ln captures most unlike what is labelled, of {0}.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln capture(s) to label next, of {0}: each stands for many that no label stands for yet.</source>
            <translation>
                <numerusform>%Ln capture to label next, of {0}: each stands for many that no label stands for yet.</numerusform>
                <numerusform>%Ln captures to label next, of {0}: each stands for many that no label stands for yet.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{1} of %Ln label(s) may be wrong, the likeliest first.</source>
            <translation>
                <numerusform>{1} of %Ln label may be wrong, the likeliest first.</numerusform>
                <numerusform>{1} of %Ln labels may be wrong, the likeliest first.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ReviewSession</name>
        <message numerus="yes">
            <source>Accept the model's answers for %Ln capture(s)?</source>
            <translation>
                <numerusform>Accept the model's answers for %Ln capture?</numerusform>
                <numerusform>Accept the model's answers for %Ln captures?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Mark %Ln capture(s) as unsure?</source>
            <translation>
                <numerusform>Mark %Ln capture as unsure?</numerusform>
                <numerusform>Mark %Ln captures as unsure?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Mark %Ln capture(s) as not a capture?</source>
            <translation>
                <numerusform>Mark %Ln capture as not a capture?</numerusform>
                <numerusform>Mark %Ln captures as not a capture?</numerusform>
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
            <source>More than %Ln capture(s) at once</source>
            <translation>
                <numerusform>More than %Ln capture at once</numerusform>
                <numerusform>More than %Ln captures at once</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StreamCommands</name>
        <message numerus="yes">
            <source>%Ln source(s) can't be read: {0}. The panel Sources says why.</source>
            <translation>
                <numerusform>%Ln source can't be read: {0}. The panel Sources says why.</numerusform>
                <numerusform>%Ln sources can't be read: {0}. The panel Sources says why.</numerusform>
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
            <source>%Ln capture(s) (was/were) dropped: too many came at once</source>
            <translation>
                <numerusform>%Ln capture was dropped: too many came at once</numerusform>
                <numerusform>%Ln captures were dropped: too many came at once</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TrainingCommands</name>
        <message numerus="yes">
            <source>%Ln capture(s) (has/have) been labelled since the last training: a better model can be made of (it/them).</source>
            <translation>
                <numerusform>%Ln capture has been labelled since the last training: a better model can be made of it.</numerusform>
                <numerusform>%Ln captures have been labelled since the last training: a better model can be made of them.</numerusform>
            </translation>
        </message>
    </context>
</TS>