"""Paths as they stand in the database: what lies inside the project moves with it, and names sort as people count."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_DIGITS: Final = re.compile(r"\d+")
_WIDTH: Final = 12


class StoredPaths:
    """Turns paths into what is stored, and back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inside = os.path.normcase(os.path.join(folder, ""))  # noqa: PTH118 (with its last separator)

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self._folder

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


def natural_key(path: str) -> str:
    """Natural order: a text that sorts capture 9 before capture 10, folders deciding between equal names.

    Args:
        path: as it is stored.
    """
    folder, _, name = path.replace("\\", "/").rpartition("/")
    padded = _DIGITS.sub(lambda digits: digits[0].zfill(_WIDTH), name.casefold())
    return f"{padded}\x01{folder.casefold()}"
