"""Backup copies of the latest files of watched folders: when one is overwritten, its capture keeps its picture.

Files of others are referred to, not copied: a folder may hold any number of them. But a camera that saves each picture
under the same name overwrites the one before, so that the newest ones are kept for a while, and become files of the
project's own when theirs hold something else. Qt-free.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from typing import Final

_FOLDER: Final = ".watched"
_MOST_FILES: Final = 500
_MOST_BYTES: Final = 100_000_000


class KeptFiles:
    """The copies of one project.

    Args:
        project_folder: of the project.
    """

    def __init__(self, project_folder: Path) -> None:
        self._captures = project_folder / "captures"
        self._folder = self._captures / _FOLDER

    def keep(self, path: Path, content_hash: bytes) -> bool:
        """Copy a file, if it holds what it is said to.

        Returns:
            Whether it does.

        Raises:
            OSError: the copy can't be written, as on a full disk.
        """
        from vimd_core.data.files.hashing import content_hash as hash_of

        target = self._place(content_hash)
        if target.is_file():
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{uuid.uuid4().hex[:8]}.part"
        try:
            try:
                shutil.copyfile(path, unfinished)
            except FileNotFoundError:
                return False
            if bytes.fromhex(hash_of(unfinished)) != content_hash:
                return False
            unfinished.replace(target)
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
        self._trim()
        return True

    def make_own(self, path: Path, content_hash: bytes) -> Path | None:
        """Make a copy a file of the project's own.

        Args:
            path: where the file was that held this.
            content_hash: what it held.

        Returns:
            Where the copy is now; None when there is none.
        """
        kept = self._place(content_hash)
        folder = self._captures / path.parent.name
        target = folder / path.name
        number = 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem} {number}{path.suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            kept.rename(target)
        except OSError:
            return None
        return target

    def _place(self, content_hash: bytes) -> Path:
        return self._folder / content_hash.hex()

    def _trim(self) -> None:
        """Let the oldest copies go."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            files = sorted((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries)
            size_bytes = sum(size for _, size, _ in files)
            for number, (_, size, name) in enumerate(files):
                if len(files) - number <= _MOST_FILES and size_bytes <= _MOST_BYTES:
                    return
                Path(name).unlink(missing_ok=True)
                size_bytes -= size
