"""Lock files: a lock lasts exactly as long as the process that holds it. Torch-free.

The operating system lets go of it when the process ends, however that happens, so a crash leaves nothing to clean
up and whoever can take the lock knows that nobody works there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

if sys.platform == "win32":
    import msvcrt

    # Windows locks are mandatory: a byte far behind the text keeps the text readable.
    _LOCKED_BYTE: Final = 1 << 20

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def lock_open_file(descriptor: int) -> bool:
    """Lock a file that is open for as long as it is, and say whether nobody else has done so.

    True also where the system can't tell: on Windows, whose locks would keep readers away, and on some network drives.
    """
    if sys.platform == "win32":
        return True
    try:
        return _try_lock(descriptor)
    except OSError:
        return True


class FileLock:
    """A lock file; `take` says whether this process has it now.

    Args:
        path: is made when it is missing; its text is the process that holds it, for people.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def take(self) -> bool:
        """Take the lock unless another process has it.

        Raises:
            OSError: the file can't be written.
        """
        # Not inherited: a child must not hold the lock of a parent that is gone.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try_lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        self.note("")
        return True

    def note(self, text: str) -> None:
        """Write something about the process that holds the lock, for people and other processes."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, f"process {os.getpid()}{text}\n".encode())

    def release(self) -> None:
        """Let others have it; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def is_locked(path: Path) -> bool:
    """Whether a process holds a lock file now; a missing file is not locked."""
    if not path.exists():
        return False
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)
