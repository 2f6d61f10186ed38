"""Sentences from below the window in the user's language.

Storage and core know nothing of languages: their errors are English sentences with names and figures in them. What such
a sentence says is found again by its pattern, and put into words anew.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.views.wording.image_errors import IMAGE_PATTERNS
from app.views.wording.stream_errors import STREAM_PATTERNS
from app.views.wording.table_errors import TABLE_PATTERNS
from app.views.wording.training_errors import TRAINING_PATTERNS

_CONTEXT: Final = "ErrorSentences"
# Of several patterns that fit, the first counts: the more special ones stand above.
PATTERNS: Final = cast(
    tuple[str, ...],
    (
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The project {0} can't be opened ({1}): check the drive that it lies on."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The project {0} can't be opened ({1}): choose a folder that you may write."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} is still being closed by another window ({1}): open it again in a moment.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} is not there any more ({1}): connect its drive, open another project, or make a new one.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} is open in another window ({1}): close that one first, or open another project.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} can't be written ({1}): copy it to a folder of your own and open it there.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} could not be backed up ({1}): make room on its disk, then try again.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} was last opened by a newer version of ViMD Studio (schema {1}): "
            "install that version to open it.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} could not be read or written ({1}): make room on its disk or check that it is still "
            "connected, then try again.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "A project can't be made in {0} ({1}): choose a folder that you may write."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The name of the project {0} is not valid text: choose another name."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} is no project and not empty: choose a project's folder or a new name."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} gives no picture: it answers {1} {2}."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} could not be read (no http address): check the address and the network."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} could not be read ({1}): check the address and the network."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "This is no picture that can be read: open one in a browser and copy that."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The picture can't be saved in {0} ({1}): make room on the project's disk."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The picture at {0} has more than 64 MB: save it by yourself and open the file.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} takes too long to send its picture: try again later."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "There is no picture at this address of {0}: copy the address of the picture itself.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The backup {0} is damaged: choose another one."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The backup could not be put back ({0}): make room on the disk, then try again."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The database of the project {0} is damaged ({1}): put back its newest backup, {2}, with File > Restore a "
            "backup. Nothing was changed.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The database of the project {0} is damaged ({1}): put a copy of {2} back from your own backup, or make a "
            "new project. Nothing was changed.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The database of the project {0} is damaged (today's copy of it can't be read through): put back a backup "
            "with File > Restore a backup.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The database of the project {0} is damaged ({1}): put back a backup with File > Restore a backup.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The project {0} is open for looking only, because its database is damaged: put back a backup with "
            "File > Restore a backup to go on.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "None of the {0} captures of {1} is in {2}: choose the folder that holds them now.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} has another content than {1} had: choose the folder that holds the same captures.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The search was cancelled; nothing was changed."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The folder {0} can't be read: check its permissions and its drive, and add it again.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no file or folder {0}."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} can't be read ({1}): check its permissions and the drive that it lies on.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "There is not enough memory on {0} for one capture: close other programs, or use --device cpu.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "A class needs a name: type one."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The class needs a name."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "There is a class {0} already: merge the two instead, or choose another name."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is a class {0} already: choose another name."),
        QT_TRANSLATE_NOOP("ErrorSentences", "A class can't be merged into itself: choose another one."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "A model of this project can answer {0}: merge it into another class instead of deleting it.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "This class is not there any more: it was merged or deleted."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "This saved filter can't be read ({0}): delete it and save it anew."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The export was cancelled; nothing was written."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is not empty: choose a new folder for the captures."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} lies in the folder of a project: choose a place outside it."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is one of the captures: choose another name."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} can't be written ({1}): choose another folder or make room on the disk."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} is not there any more: put it back or leave it out, then export again."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The name of {0} is not valid text: rename the file and add it again."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} can't be read ({1}): check its permissions and its drive."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The process that reads the files has ended unexpectedly ({0}): what it had read was added; "
            "add the rest again.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The process that reads the files can't be started ({0}): install ViMD Studio again.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} can't be unpacked ({1}): make room on the project's disk."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "{0} can't be unpacked ({1}): copy it again or unpack it yourself."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} holds no images."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} holds more than {1} images: split it."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Unpacking was cancelled."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} would grow far beyond its size when it is unpacked ({1}): it is damaged or made to fill the disk.",
        ),
        *TABLE_PATTERNS,
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is a folder, not an image."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is not a regular file: copy the image to a disk first."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is empty (0 bytes): copy it again from where it came."),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no file {0}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} may not be read by you: change its permissions."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} can't be read ({1}): check the drive that it lies on."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} needs more memory than there is: make it smaller."),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is truncated or damaged: copy it again from where it came."),
        *IMAGE_PATTERNS,
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} has {1} x {2} px, that is more than the limit of {3} million pixels: cut out or shrink what matters.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} has more than the limit of {1} million pixels: cut out or shrink what matters.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "No CUDA device can be used ({0}): use the device auto or cpu."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Apple's GPU can't be used here: use the device auto or cpu."),
        QT_TRANSLATE_NOOP("ErrorSentences", "There is no model file {0}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The model file {0} is truncated: copy or download it again."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The model file {0} is empty (0 bytes): copy or download it again."
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences", "The model file {0} is damaged ({1}): copy or download it again."
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "The model file {0} can't be read ({1})."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is not a safetensors file: bring published .pth weights in with `vimd model import` first.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} holds weights without ViMD's description: bring it in with `vimd model import` first.",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "{0} is no project: give the folder NAME.vimd of one."),
        QT_TRANSLATE_NOOP("ErrorSentences", "The models of {0} can't be read ({1})."),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a super-resolution network: use it with `vimd distill --srresnet`, or measure it with `{1}`.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "{0} is a teacher, a classifier without super-resolution: use it with {1}, or measure it with {2}.",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "The model file {0} was made by a newer ViMD (format {1}, this one reads up to {2}): update ViMD Studio.",
        ),
        *TRAINING_PATTERNS,
        *STREAM_PATTERNS,
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "Computing on the processor, {0} threads, in {1}. Compiled kernels are kept in {2} ({3}).",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "Computing on the processor, {0} threads, in {1}. Kernels are compiled anew at each start ({2}).",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "Computing on the processor, {0} thread, in {1}. Compiled kernels are kept in {2} ({3}).",
        ),
        QT_TRANSLATE_NOOP(
            "ErrorSentences",
            "Computing on the processor, {0} thread, in {1}. Kernels are compiled anew at each start ({2}).",
        ),
        QT_TRANSLATE_NOOP("ErrorSentences", "Computing on the processor, {0} threads, in {1}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Computing on the processor, {0} thread, in {1}."),
        QT_TRANSLATE_NOOP("ErrorSentences", "Computing on {0} in {1}."),
    ),
)
_PLACE: Final = re.compile(r"\\\{(\d)\\\}")


def localised(sentence: str) -> str:
    """A sentence in the language of the window; as it is when it is not known, or the language is English."""
    for pattern in PATTERNS:
        wanted = QCoreApplication.translate(_CONTEXT, pattern)
        if wanted != pattern and (found := _compiled(pattern).fullmatch(sentence)):
            return wanted.format(*found.groups())
    return sentence


@lru_cache(maxsize=len(PATTERNS))
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub("(.+?)", re.escape(pattern)), re.DOTALL)
