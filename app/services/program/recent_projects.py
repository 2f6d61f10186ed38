"""Recent projects (history): which were open last, and where one was in each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QSettings, Signal

MOST: Final = 10
_LIST: Final = "projects/recent"
_PLACES: Final = "places"


class RecentProjects(QObject):
    """Kept in the user's settings, not in the projects, which may lie where nothing can be written."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def folders(self) -> list[Path]:
        """The last one first."""
        try:
            found = json.loads(str(self._settings.value(_LIST, "[]")))
        except ValueError:
            return []
        return (
            [Path(each) for each in found if isinstance(each, str)][:MOST] if isinstance(found, list) else []
        )

    def note(self, folder: Path) -> None:
        """A project was opened."""
        before = self.folders
        folders = [folder, *(each for each in before if each != folder)]
        for gone in folders[MOST:]:
            self._settings.remove(_place_key(gone))
        self._write(folders[:MOST])

    def forget(self, folder: Path) -> None:
        """Leave a project out that is not there any more."""
        self._write([each for each in self.folders if each != folder])

    def clear(self) -> None:
        """Forget all but the one that is open."""
        self._write(self.folders[:1])

    def place(self, folder: Path) -> Mapping[str, Any]:
        """What was noted of a project when it was closed; nothing when that can't be read."""
        try:
            found = json.loads(str(self._settings.value(_place_key(folder), "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def note_place(self, folder: Path, place: Mapping[str, Any]) -> None:
        """Where one is in a project."""
        self._settings.setValue(_place_key(folder), json.dumps(place))

    def _write(self, folders: list[Path]) -> None:
        self._settings.setValue(_LIST, json.dumps([str(folder) for folder in folders]))
        self._settings.sync()
        self.changed.emit()


def _place_key(folder: Path) -> str:
    name = hashlib.sha256(str(folder).encode(errors="surrogateescape")).hexdigest()[:20]
    return f"{_PLACES}/{name}"
