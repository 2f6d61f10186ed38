"""What is said of tables of labels that can't be used, for `error_wording`."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP

# Of several patterns that fit, the first counts: the more special ones stand above.
TABLE_PATTERNS: Final = cast(
    tuple[str, ...],
    (
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} holds no labels."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is too large for a table of labels."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} can't be read ({1}): check the file."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "Line {0} of {1} holds a zero byte: save the table again as text in UTF-8."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "Line {0} of {1} is not {2}: save it as UTF-8."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Line {0} of {1} is no CSV ({2}): check its quotes."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} is empty: it needs a header with the columns path and label."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The header of {0} has the column {1} twice: rename one of them."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The header of {0} has no column {1} (it has {2}): it needs path and label, and may have split, hr and "
            "group.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "Line {0} of {1} is no JSON object ({2}): correct it."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "Line {0} of {1} is no JSON object: each needs a path and a label."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is no JSON table of labels ({1})."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Line {0} of {1} has a {2} that is no text: put it in quotes."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is no table of labels that is known ({1}): use CSV or JSON lines with path and label, or an export of "
            "COCO, Label Studio, FiftyOne or VoTT.",
        ),
    ),
)
