"""List model of the folders and files that captures come from, with how many each gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.records import ClassCounts
from app.services.project_queries import Headings
from app.services.project_service import ProjectService

_NO_PARENT: Final = QModelIndex()


class SourceRole(IntEnum):
    """What a delegate asks for."""

    ID = Qt.ItemDataRole.UserRole + 1
    COUNT = Qt.ItemDataRole.UserRole + 2
    PATH = Qt.ItemDataRole.UserRole + 3
    IS_MISSING = Qt.ItemDataRole.UserRole + 4


@dataclass(frozen=True)
class _Source:
    id: int
    path: Path


class SourceListModel(QAbstractListModel):
    """All sources in the order in which they were added; those that gave nothing are left out."""

    def __init__(self, projects: ProjectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._paths: dict[int, str] = {}
        self._counts: dict[int, int] = {}
        self._sources: list[_Source] = []
        self._names: list[str] = []
        self._own_names: Mapping[int, str] = {}  # of cameras and streams
        self._missing: frozenset[int] = frozenset()
        projects.closing.connect(self._on_project_closing)

    @property
    def names(self) -> dict[int, str]:
        """What each source is called, by id."""
        return {i: self._own_names.get(i) or Path(path).name for i, path in self._paths.items()}

    def set_counts(self, counts: ClassCounts) -> None:
        """Show other numbers; sources that are new are read first."""
        if counts.sources == self._counts:
            return
        self._counts = counts.sources
        if counts.sources.keys() <= self._paths.keys():
            self._show()
        else:
            self.reload()

    def set_missing(self, source_ids: Iterable[int]) -> None:
        """Say which folders are not there."""
        self._missing = frozenset(source_ids)
        if self._sources:
            self.dataChanged.emit(self.index(0), self.index(len(self._sources) - 1))

    def reload(self) -> None:
        """Read the places again, because one was changed."""
        self._projects.queries.sources(self._on_sources)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of sources."""
        return 0 if parent.isValid() else len(self._sources)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name, whole path, id or count of a source."""
        if not index.isValid() or index.row() >= len(self._sources):
            return None
        source = self._sources[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and source.id in self._missing:
            return self.tr("{0} is missing: connect its drive, or use File > Find moved folders.").format(
                source.path
            )
        if role in (Qt.ItemDataRole.ToolTipRole, SourceRole.PATH):
            return str(source.path)
        if role == SourceRole.IS_MISSING:
            return source.id in self._missing
        if role == Qt.ItemDataRole.AccessibleTextRole and source.id in self._missing:
            return self.tr("{0}, missing").format(source.path.name or source.path)
        if role == SourceRole.ID:
            return source.id
        if role == SourceRole.COUNT:
            return self._counts.get(source.id, 0)
        return None

    def _on_project_closing(self) -> None:
        self._paths = {}
        self._missing = frozenset()
        self.set_counts(ClassCounts({}, {}, {}, {}))

    def _on_sources(self, places: Headings, own_names: Mapping[int, str]) -> None:
        self._own_names = own_names
        self._paths = {source_id: path for source_id, (path, _) in places.items()}
        self._show()

    def _show(self) -> None:
        sources = [_Source(i, Path(path)) for i, path in sorted(self._paths.items()) if self._counts.get(i)]
        names = [
            self._own_names.get(source.id) or name
            for source, name in zip(sources, _short_names([one.path for one in sources]), strict=True)
        ]
        if sources != self._sources or names != self._names:
            self.beginResetModel()
            self._sources = sources
            self._names = names
            self.endResetModel()
        elif sources:
            self.dataChanged.emit(self.index(0), self.index(len(sources) - 1), [SourceRole.COUNT])


def _short_names(paths: list[Path]) -> list[str]:
    """The names of folders, with the folder that each is in where two have the same name."""
    seen = Counter(path.name for path in paths)
    return [
        (f"{path.parent.name}/{path.name}" if seen[path.name] > 1 else path.name) or str(path)
        for path in paths
    ]
