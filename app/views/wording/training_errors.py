"""What trainings and models say from below the window, for `error_wording`."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP

TRAINING_PATTERNS: Final = cast(
    tuple[str, ...],
    (
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "Only {0} captures have a class that a human has given or accepted: label at least {1} to "
            "retrain.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "This project has no model yet: let it classify the captures once, then there is one to improve.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The folder of the training {0} can't be written ({1}): make room on its disk."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The file of the model {0} is missing ({1}): choose another model, or go back to an earlier one.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The file of the model {0} is damaged or another one ({1}): choose another model, or go "
            "back to an earlier one.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The file of the model {0} was written to by another command since it was trained; its description fits, "
            "so it is used again, and captures are classified anew with it.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The model can't be put into the project ({0}): make room on its disk."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The model was not copied whole ({0}): check the disk, then try again."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The training was cut off: it can go on from where it was saved."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The comparison in {0} is damaged ({1}): resume the training."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "This project has no model {0}: `vimd project models` lists them."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The active model can't be discarded: make another one active first."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "This project has no training run {0}."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "No other model was active before: there is nothing to go back to."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} and {1} have not answered for the same captures that were held back: use each of them once, and "
            "compare them then.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The training can't be started ({0}): install ViMD Studio again."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The training ended unexpectedly ({0})."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "There was not enough memory: each batch is computed in {0} parts now."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "There is not enough memory for one step: make the batch smaller, or raise accumulation.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The loss is no longer a number {0}: start again with a lower learning rate (a third, say) "
            "or a longer warm-up. The last checkpoint is from before and still good.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} has no captures to learn from: all of them are left out or held back."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "Resumed after step {0} of {1} (epoch {2} of {3})."),
        QT_TRANSLATE_NOOP("ErrorSentences", "This run had already ended, after step {0} of {1}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} of {1} classes are known to {2}; the others start anew."),
    ),
)
