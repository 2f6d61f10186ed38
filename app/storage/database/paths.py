"""How paths stand in the database: what lies inside the project moves with it."""

from __future__ import annotations

import os
from pathlib import Path


class StoredPaths:
    """Turns paths into what is stored, and back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inside = os.path.normcase(os.path.join(folder, ""))  # noqa: PTH118 (with its last separator)

    def to_stored(self, path: Path) -> str:
        """Relative with forward slashes when inside the project's folder, absolute otherwise."""
        absolute = str(path.absolute())
        if os.path.normcase(absolute).startswith(self._inside):
            return Path(absolute[len(self._inside) :]).as_posix()
        return absolute

    def to_absolute(self, stored: str) -> Path:
        """The path on this machine."""
        return self._folder / stored

    def to_absolute_text(self, stored: str) -> str:
        """The same as text, which is made many times as fast."""
        return os.path.join(self._folder, stored)  # noqa: PTH118
