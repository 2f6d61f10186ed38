"""Error messages for files and folders that the system does not let be read. Torch-free."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from vimd_core.user_messages import Sentence, sentence

NO_REGULAR_FILE: Final = sentence("it is a pipe or a device")
"""Opening such a thing could wait for ever."""
_SHOWN_CHARACTERS: Final = 120


def trouble_sentence(path: Path, error: Exception) -> Sentence:
    """One sentence that names the path, what is wrong and what to do.

    Args:
        path: what was to be read.
        error: what the system said.
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return sentence("There is no file {path}.", path=path)
    if number in (errno.EACCES, errno.EPERM):
        return sentence("Permission denied: {path}.", path=path)
    if number == errno.EINVAL:
        return sentence("{path} is not a regular file: copy the image to a disk first.", path=path)
    if number == errno.ENAMETOOLONG:
        return sentence(
            "The path {path} is too long for this system: shorten its names or move it up.",
            path=shortened(path),
        )
    if number == errno.ELOOP:
        return sentence("{path} is a circular link: remove or recreate it.", path=path)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return sentence("{path} can't be read ({reason}): check its drive.", path=path, reason=reason)


def folder_trouble(path: Path, error: Exception) -> Sentence:
    """The same of a folder, or of what may be one, that a search leaves out.

    Args:
        path: what was to be read.
        error: what the system said.
    """
    if isinstance(error, OSError) and error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        return trouble_sentence(path, error)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return sentence(
        "{path} can't be read ({reason}): check its permissions and its drive.",
        path=path,
        reason=reason,
    )


def shortened(path: Path) -> str:
    """A path whose middle is left out where it is too long for a sentence."""
    text = str(path)
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    half = _SHOWN_CHARACTERS // 2
    return f"{text[:half]}…{text[-half:]}"
