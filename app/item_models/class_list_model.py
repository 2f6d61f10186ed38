"""The classes of the open project, for type-ahead."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.services.project_service import ProjectService
from app.storage.records import ClassRecord

_NO_PARENT: Final = QModelIndex()
CLASS_ROLE: Final = Qt.ItemDataRole.UserRole + 1


class ClassListModel(QAbstractListModel):
    """All classes in their order; `CLASS_ROLE` gives the `ClassRecord`."""

    def __init__(self, projects: ProjectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._classes: list[ClassRecord] = []
        projects.opened.connect(self._on_project_opened)

    def reload(self) -> None:
        """Read the classes again."""
        self._projects.read(lambda unit: unit.catalogue.classes(), self._on_classes)

    def find(self, name: str) -> ClassRecord | None:
        """The class of that name, whatever the case."""
        wanted = name.strip().casefold()
        return next((record for record in self._classes if record.name.casefold() == wanted), None)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name or record of a class."""
        if not index.isValid() or index.row() >= len(self._classes):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._classes[index.row()].name
        if role == CLASS_ROLE:
            return self._classes[index.row()]
        return None

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self.reload()

    def _on_classes(self, classes: list[ClassRecord]) -> None:
        self.beginResetModel()
        self._classes = classes
        self.endResetModel()
