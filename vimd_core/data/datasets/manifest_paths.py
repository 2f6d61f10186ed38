"""Where the files of a list are: below its folder, where it says, or, of a list from another machine, at the same place
below its own folder. Torch-free."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from vimd_core.data.files.path_matching import is_address, path_forms, path_parts
from vimd_core.data.images.formats import IMAGE_EXTENSIONS


class ManifestPaths:
    """Finds files by their names in a list; those that are nowhere stay where the list says.

    Args:
        folder: of the list.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stems: dict[Path, dict[str, list[str]]] = {}

    def resolve(self, text: str) -> Path:
        """The file that a name means."""
        path = self._place(text)
        return next((found for found in self._candidates(text, path) if _exists(found)), path)

    def _place(self, text: str) -> Path:
        # Blanks around a name are seldom meant, but some files do have them.
        if text != text.strip() and not _exists(Path(self._folder, text)):
            text = text.strip()
        # Lists made on Windows are read elsewhere too, if their paths are relative.
        if "\\" in text and "/" not in text and not PureWindowsPath(text).is_absolute():
            text = text.replace("\\", "/")
        return Path(self._folder, text)  # an absolute path stays as it is

    def _candidates(self, text: str, path: Path) -> Iterator[Path]:
        yield path
        if not text.isascii():  # systems store "ü" as one character or as two
            for form in ("NFC", "NFD"):
                yield Path(unicodedata.normalize(form, str(path)))
        if is_address(text) or text.startswith(("/", "\\")) or PureWindowsPath(text).is_absolute():
            for form in path_forms(text):
                parts = path_parts(form)
                for depth in range(len(parts), 0, -1):
                    yield self._folder.joinpath(*parts[-depth:])
        if path.suffix.lower() not in IMAGE_EXTENSIONS:
            named = self._stems_in(path.parent).get(path.name, [])
            if len(named) == 1:
                yield path.parent / named[0]

    def _stems_in(self, folder: Path) -> dict[str, list[str]]:
        """The images in a folder by their names without extension."""
        if folder not in self._stems:
            stems: dict[str, list[str]] = {}
            try:
                for name in os.listdir(folder):  # noqa: PTH208 (names are all that is needed)
                    stem, extension = os.path.splitext(name)  # noqa: PTH122
                    if extension.lower() in IMAGE_EXTENSIONS:
                        stems.setdefault(stem, []).append(name)
            except OSError:
                pass
            self._stems[folder] = stems
        return self._stems[folder]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False  # no system has a file of such a name
