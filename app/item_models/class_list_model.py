"""List model of the classes of the open project with their counts, for panels and for type-ahead."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.domain.records import ClassCounts, ClassRecord
from app.item_models import number_text
from app.services.project_service import ProjectService
from vimd_core.data.classes.class_identity import class_key, tidy_class_name

PINNED_DIGITS: Final = "67890"  # 1 to 5 are the model's answers
_NO_PARENT: Final = QModelIndex()
_NO_COUNTS: Final = ClassCounts({}, {}, {}, {})


class ClassRole(IntEnum):
    """What a delegate asks for."""

    RECORD = Qt.ItemDataRole.UserRole + 1  # ClassRecord
    COUNT = Qt.ItemDataRole.UserRole + 2  # captures that are shown with the class
    KEY = Qt.ItemDataRole.UserRole + 3  # the key that chooses it, or nothing
    SIGN = Qt.ItemDataRole.UserRole + 4  # an icon in the place of its colour, or nothing


class ClassListModel(QAbstractListModel):
    """All classes in their order."""

    def __init__(self, projects: ProjectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._classes: list[ClassRecord] = []
        self._pinned: list[int] = []
        self._counts = _NO_COUNTS
        projects.opened.connect(self._on_project_opened)

    @property
    def records(self) -> tuple[ClassRecord, ...]:
        """All classes in their order."""
        return tuple(self._classes)

    @property
    def counts(self) -> ClassCounts:
        """How many captures each class has, as last counted."""
        return self._counts

    def reload(self) -> None:
        """Read the classes again."""
        self._projects.queries.classes(self._on_classes)

    def set_counts(self, counts: ClassCounts) -> None:
        """Show other numbers."""
        if counts != self._counts:
            self._counts = counts
            if self._classes:
                self.dataChanged.emit(self.index(0), self.index(len(self._classes) - 1), [ClassRole.COUNT])

    def find(self, name: str) -> ClassRecord | None:
        """The class that this name means: the one that is spelt so, else the first of that name in any case."""
        exact, wanted = tidy_class_name(name), class_key(name)
        same = [record for record in self._classes if class_key(record.name) == wanted]
        return next((record for record in same if record.name == exact), next(iter(same), None))

    def row_of(self, class_id: int) -> int | None:
        """Where a class stands."""
        return next((row for row, record in enumerate(self._classes) if record.id == class_id), None)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name, colour, record, count or key of a class."""
        if not index.isValid() or index.row() >= len(self._classes):
            return None
        record = self._classes[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return record.name
        if role == Qt.ItemDataRole.DecorationRole:
            return QColor(record.colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self.tr("{0}: {1} labelled, {2} predicted").format(
                record.name,
                number_text.count(self._counts.labelled.get(record.id, 0)),
                number_text.count(self._counts.predicted.get(record.id, 0)),
            )
            note = self.tr("For captures of none of the other classes")
            return f"{text}\n{note}" if record.is_none else text
        if role == ClassRole.RECORD:
            return record
        if role == ClassRole.COUNT:
            return self._counts.shown.get(record.id, 0)
        if role == ClassRole.SIGN:
            return "none" if record.is_none else None
        if role == ClassRole.KEY:
            return record.key or self._pinned_digit(record)
        return None

    def _pinned_digit(self, record: ClassRecord) -> str:
        place = self._pinned.index(record.id) if record.pinned else len(PINNED_DIGITS)
        return PINNED_DIGITS[place] if place < len(PINNED_DIGITS) else ""

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._counts = _NO_COUNTS
        self.reload()

    def _on_classes(self, classes: list[ClassRecord]) -> None:
        self.beginResetModel()
        self._classes = classes
        self._pinned = [record.id for record in classes if record.pinned]  # is asked for with each line drawn
        self.endResetModel()
