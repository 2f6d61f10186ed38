"""Labels against answers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.storage.records import ClassRecord

_NO_PARENT: Final = QModelIndex()
SHARE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class ConfusionModel(QAbstractTableModel):
    """A row for each label, a column for each answer, of those classes that occur; `SHARE_ROLE` gives a share of the
    row in [0, 1]."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: list[ClassRecord] = []
        self._counts: dict[tuple[int, int], int] = {}
        self._rows: dict[int, int] = {}

    @property
    def classes(self) -> tuple[ClassRecord, ...]:
        """The classes of the rows, which are those of the columns."""
        return tuple(self._classes)

    def set_counts(self, classes: tuple[ClassRecord, ...], counts: Mapping[tuple[int, int], int]) -> None:
        """Show other figures: captures by (label, answer)."""
        occurring = {class_id for pair in counts for class_id in pair}
        self.beginResetModel()
        self._classes = [record for record in classes if record.id in occurring]
        self._counts = dict(counts)
        self._rows = {}
        for (label, _), count in counts.items():
            self._rows[label] = self._rows.get(label, 0) + count
        self.endResetModel()

    def pair(self, index: _Index) -> tuple[int, int]:
        """Label and answer of a cell."""
        return self._classes[index.row()].id, self._classes[index.column()].id

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Count, share or sentence of a cell."""
        if not index.isValid():
            return None
        label, answer = self.pair(index)
        count = self._counts.get((label, answer), 0)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{count:,}" if count else ""
        if role == SHARE_ROLE:
            return count / self._rows[label] if count else 0.0
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.tr("{0} captures with the label {1}, for which the model says {2}").format(
                f"{count:,}", self._classes[index.row()].name, self._classes[index.column()].name
            )
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Number and name of a class; a column, which is narrow, has the number alone."""
        if section >= len(self._classes):
            return None
        record = self._classes[section]
        if role == Qt.ItemDataRole.DisplayRole:
            number = str(section + 1)
            return f"{number}  {record.name}" if orientation is Qt.Orientation.Vertical else number
        if role == Qt.ItemDataRole.ToolTipRole:
            return record.name
        return None
