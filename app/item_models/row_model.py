"""Table model of rows of texts: a view asks for the cells in sight alone, so that thousands of rows cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

_NO_PARENT: Final = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_NUMBER: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column:
    """A column: words stand at the left, numbers at the right, each under its title.

    Attributes:
        title: of the column.
        tip: what its title says when it is pointed at.
        is_number: whether it holds numbers.
        is_wide: whether it takes the room that the others leave.
        sample: a text that the column is to have room for; its longest one when there is none.
    """

    title: str
    tip: str = ""
    is_number: bool = False
    is_wide: bool = False
    sample: str = ""


class RowModel(QAbstractTableModel):
    """A table that only others change.

    Args:
        columns: from left to right.
        parent: owns the model.
    """

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._make: Callable[[int], tuple[str, ...]] = _no_row
        self._tip: Callable[[int], str] | None = None
        self._keys: list[Hashable] = []

    def set_rows(
        self,
        rows: Sequence[tuple[str, ...]],
        keys: Sequence[Hashable],
        tip: Callable[[int], str] | None = None,
    ) -> None:
        """Show other rows; where they are the same things as before, what is selected stays selected.

        Args:
            rows: a text for each column.
            keys: what each row stands for.
            tip: what a row says when it is pointed at; None says its first text.
        """
        self.set_texts(list(rows).__getitem__, keys, tip)

    def set_texts(
        self,
        make: Callable[[int], tuple[str, ...]],
        keys: Sequence[Hashable],
        tip: Callable[[int], str] | None = None,
    ) -> None:
        """The same for thousands of rows, whose texts are made when they come into sight.

        Args:
            make: gives the texts of a row.
            keys: what each row stands for.
            tip: what a row says when it is pointed at; None says its first text.
        """
        self._tip = tip
        fresh = list(keys)
        if fresh != self._keys:
            self.beginResetModel()
            self._make, self._keys = make, fresh
            self.endResetModel()
        else:
            self._make = make
            if fresh:
                last = self.index(len(fresh) - 1, len(self.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)

    def key(self, row: int) -> Any:
        """What a row stands for."""
        return self._keys[row]

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        return self._make(row)[column]

    def longest(self, column: int) -> str:
        """The longest text that a column is to have room for, its title included."""
        title, sample = self.columns[column].title, self.columns[column].sample
        texts = [sample] if sample else [self._make(row)[column] for row in range(len(self._keys))]
        return max((title, *texts), key=len)

    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tip or side of a cell."""
        if not index.isValid() or index.row() >= len(self._keys):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._make(index.row())[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._make(index.row())[0] if self._tip is None else self._tip(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if self.columns[index.column()].is_number else _WORDS
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Title, tip or side of a column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if column.is_number else _WORDS
        return None


def _no_row(_row: int) -> tuple[str, ...]:
    return ()
