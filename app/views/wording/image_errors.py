"""What is said of files of images that can't be read, or not wholly, for `error_wording`."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP

# Of several patterns that fit, the first counts: the more special ones stand above.
IMAGE_PATTERNS: Final = cast(
    tuple[str, ...],
    (
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is not an image that can be read: use one of {1}.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} holds {1} data, not an image that can be read: use one of {2}.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} holds nothing but zero bytes: copy it again from where it came.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is truncated or damaged, or a kind of {1} that is not read: copy it again or save it as PNG.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a JPEG of {1} bits a sample, which is not read: save it as PNG.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a HEIC image, which this installation can't read: save it as JPEG or PNG.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a kind of TIFF that is not read ({1}): save it as PNG or as TIFF of 8 or 16 bits.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The path {0} is longer than this system allows: shorten its names or move it up.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a link that leads in a circle: remove it or make it anew.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is incomplete: its end is missing, and perhaps some detail of its picture. "
            "Copy it again from where it came.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is incomplete: its end is missing, but its picture is there. Copy it again from where it came.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is incomplete: about {1} % of its picture is missing. Copy it again from where it came.",
        ),
    ),
)
