"""One program per project.

The lock is the operating system's and lasts exactly as long as the process that holds it, so a crash
leaves nothing to clean up. The file's text only serves the sentence that a second program shows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from app.storage.errors import ProjectError, ProjectInUseError

LOCK_NAME: Final = "project.lock"

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


class ProjectLock:
    """Held from creation until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock of a project's folder.

        Raises:
            ProjectInUseError: another program has it.
            ProjectError: the folder can't be written.
        """
        path = folder / LOCK_NAME
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as e:
            raise ProjectError(
                f"The project {folder} can't be written ({e.strerror}): "
                "copy it to a folder of your own and open it there."
            ) from e
        if not _try_lock(self._descriptor):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            holder = os.read(self._descriptor, 200).decode(errors="replace").strip() or "another program"
            os.close(self._descriptor)
            raise ProjectInUseError(
                f"The project {folder.stem} is open in another window ({holder}): close that one first, "
                "or open another project."
            )
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"process {os.getpid()}\n".encode())

    def release(self) -> None:
        """Let others have the project; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
