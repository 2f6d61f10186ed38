"""The confusion matrix as a table model: labels against predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.records import ClassRecord
from app.item_models import number_text

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
        self._names: dict[int, str] = {}

    @property
    def classes(self) -> tuple[ClassRecord, ...]:
        """The classes of the rows, which are those of the columns."""
        return tuple(self._classes)

    @property
    def shares(self) -> dict[tuple[int, int], float]:
        """Share of its row that each cell has which holds captures, by row and column."""
        place_of = {record.id: place for place, record in enumerate(self._classes)}
        return {
            (place_of[label], place_of[answer]): count / self._rows[label]
            for (label, answer), count in self._counts.items()
        }

    def set_counts(self, classes: tuple[ClassRecord, ...], counts: Mapping[tuple[int, int], int]) -> None:
        """Show other figures: captures by (label, answer); where the classes are the same, what is chosen stays so."""
        occurring = {class_id for pair in counts for class_id in pair}
        shown = [record for record in classes if record.id in occurring]
        is_reset = shown != self._classes
        if is_reset:
            self.beginResetModel()
        self._classes = shown
        self._names = {record.id: record.name for record in shown}
        self._counts = {pair: count for pair, count in counts.items() if self._names.keys() >= set(pair)}
        self._rows = {}
        for (label, _), count in self._counts.items():
            self._rows[label] = self._rows.get(label, 0) + count
        if is_reset:
            self.endResetModel()
        elif shown:
            last = len(shown) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, last))

    def worst_pairs(self, most: int) -> list[tuple[int, int, int]]:
        """The most frequent mistakes: label, answer, captures."""
        mistakes = [(label, answer, n) for (label, answer), n in self._counts.items() if label != answer]
        return sorted(mistakes, key=lambda one: (-one[2], one[0], one[1]))[:most]

    def sentence(self, label: int, answer: int, count: int) -> str:
        """What a cell says in words."""
        return self.tr("%Ln capture(s) labelled {0}, predicted {1}", "", count).format(
            self._names[label], self._names[answer]
        )

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
            return number_text.count(count) if count else ""
        if role == SHARE_ROLE:
            return count / self._rows[label] if count else 0.0
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.sentence(label, answer, count)
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
