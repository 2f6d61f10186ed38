"""How paths stand in the database: what lies inside the project moves with it."""

from __future__ import annotations

from pathlib import Path


class StoredPaths:
    """Turns paths into what is stored, and back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def to_stored(self, path: Path) -> str:
        """Relative with forward slashes when inside the project's folder, absolute otherwise."""
        absolute = path.absolute()
        if absolute.is_relative_to(self._folder):
            return absolute.relative_to(self._folder).as_posix()
        return str(absolute)

    def to_absolute(self, stored: str) -> Path:
        """The path on this machine."""
        return self._folder / stored
