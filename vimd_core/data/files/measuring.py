"""Metadata of a capture's file: all that a project keeps of it, found by reading it once. Torch-free."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.data.files.hashing import CONTENT_HASH_BYTES, content_hash
from vimd_core.data.images.decoding import image_size, image_size_in, read_image
from vimd_core.data.images.formats import SNIFFED_BYTES
from vimd_core.data.images.incomplete_files import may_lack_end
from vimd_core.errors import ImageError
from vimd_core.user_messages import Sentence

# Larger files are not held in memory as a whole.
_READ_AT_ONCE_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class MeasuredFile:
    """What was found.

    Attributes:
        content_hash: as `hashing.content_hash` gives it, as bytes.
        file_size_bytes: length of the file.
        modified_ns: when it was changed last.
        width_px: of its image, or None when that can't be read.
        height_px: of its image, or None when that can't be read.
        problem: why its image can't be read, or None.
        notice: that it is incomplete and can be shown all the same, or None.
    """

    content_hash: bytes
    file_size_bytes: int
    modified_ns: int
    width_px: int | None
    height_px: int | None
    problem: Sentence | None
    notice: Sentence | None = None


def measure_file(path: Path) -> MeasuredFile:
    """Hash a file and find the size of its image.

    Captures are small: opening them takes longer than reading them, so that is done once for both.

    Raises:
        OSError: the file can't be read, or is a pipe or a device.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        # Opening a pipe or a device could wait for ever.
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        content = file.read(status.st_size + 1) if status.st_size <= _READ_AT_ONCE_BYTES else None
    # A file that grows meanwhile, or a disk that gives less at once than there is, is read the other way.
    is_whole = content is not None and len(content) == status.st_size
    width_px: int | None = None
    height_px: int | None = None
    problem: Sentence | None = None
    notice: Sentence | None = None
    if content is not None and is_whole:
        digest = hashlib.blake2b(content, digest_size=CONTENT_HASH_BYTES).digest()
    else:
        digest = bytes.fromhex(content_hash(path))
    try:
        if content is not None and is_whole:
            width_px, height_px = image_size_in(content, path)
            is_cut_off = may_lack_end(content[:SNIFFED_BYTES], content[-SNIFFED_BYTES:])
        else:
            width_px, height_px = image_size(path)
            is_cut_off = may_lack_end(*_ends(path))
        # What is left of a file that was cut off is known only when it is decoded.
        notice = read_image(path).notice if is_cut_off else None
    except ImageError as e:
        problem = e.sentence
    return MeasuredFile(digest, status.st_size, status.st_mtime_ns, width_px, height_px, problem, notice)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file."""
    with path.open("rb", buffering=0) as file:
        head = file.read(SNIFFED_BYTES)
        file.seek(-min(SNIFFED_BYTES, file.seek(0, os.SEEK_END)), os.SEEK_END)
        return head, file.read(SNIFFED_BYTES)
