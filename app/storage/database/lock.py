"""The project's lock: one program per project."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from app.domain.errors import ProjectClosingError, ProjectError, ProjectInUseError
from vimd_core.processes.locks import FileLock

LOCK_NAME: Final = "project.lock"
_SHOWN: Final = 200
_CLOSING: Final = ", closing"


class ProjectLock:
    """Held from creation until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock of a project's folder.

        Raises:
            ProjectClosingError: another program has it and is about to end.
            ProjectInUseError: another program has it.
            ProjectError: the folder can't be written.
        """
        path = folder / LOCK_NAME
        self._lock = FileLock(path)
        try:
            is_taken = self._lock.take()
        except OSError as e:
            raise ProjectError(
                "The project {folder} can't be written ({reason}): copy it to a writable folder and "
                "open it there.",
                folder=folder,
                reason=e.strerror,
            ) from e
        if not is_taken:
            with path.open("rb") as file:
                holder = file.read(_SHOWN).decode(errors="replace").strip() or "another program"
            if holder.endswith(_CLOSING):
                raise ProjectClosingError(
                    "The project {project} is still being closed by another window ({holder}): try "
                    "again in a moment.",
                    project=folder.stem,
                    holder=holder,
                )
            raise ProjectInUseError(
                "The project {project} is open in another window ({holder}): close that window first, "
                "or open another project.",
                project=folder.stem,
                holder=holder,
            )

    def note_closing(self) -> None:
        """Let those who want the project know that it is worth waiting."""
        with contextlib.suppress(OSError):
            self._lock.note(_CLOSING)

    def release(self) -> None:
        """Let others have the project; a second call does nothing."""
        self._lock.release()
