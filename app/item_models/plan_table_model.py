"""Table model of the preview of a label import, however long: a cell is made when it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.exchange.label_plan import NewClass
from app.item_models import number_text
from vimd_core.data.classes.class_identity import class_key

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

_NO_PARENT: Final = QModelIndex()
_NUMBER: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlanTableModel(QAbstractTableModel, Generic[Row]):
    """Rows of text.

    Args:
        titles: of the columns.
        texts: the cells of a row; numbers stand at the right.
    """

    def __init__(
        self,
        titles: Sequence[str],
        texts: Callable[[Row], Sequence[str | int]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._texts = texts
        self._rows: Sequence[Row] = ()

    @property
    def rows(self) -> Sequence[Row]:
        """What is listed."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """List something else."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def lines(self, rows: Sequence[int] | None = None) -> str:
        """Some rows, or all, as text with tabs, for the clipboard."""
        chosen = range(len(self._rows)) if rows is None else rows
        return "\n".join("\t".join(str(cell) for cell in self._texts(self._rows[row])) for row in chosen)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.TextAlignmentRole,
        ):
            return None
        cell = self._texts(self._rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if isinstance(cell, int) else None
        return number_text.count(cell) if isinstance(cell, int) else cell

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class NewClassModel(PlanTableModel[NewClass]):
    """Classes that would be made; one that is a misspelling can be replaced by the class that is meant.

    Args:
        titles: of the columns: class, captures, what to use instead.
        use_instead: says what the check box does, with {0} for a class's name.
    """

    instead_changed = Signal()

    def __init__(self, titles: Sequence[str], use_instead: str, parent: QObject | None = None) -> None:
        super().__init__(
            titles,
            lambda one: (one.name, one.captures, use_instead.format(one.near[0]) if one.near else ""),
            parent,
        )
        self._instead: dict[str, str] = {}
        self._replaced: dict[str, NewClass] = {}

    @property
    def instead(self) -> dict[str, str]:
        """The classes to take in the place of new ones, by the key of the new one."""
        return dict(self._instead)

    def set_classes(self, classes: Sequence[NewClass]) -> None:
        """List classes; those that are replaced stay in the list, so that this can be changed again."""
        found = {class_key(one.name) for one in classes}
        replaced = [one for key, one in self._replaced.items() if key in self._instead and key not in found]
        self.set_rows(sorted([*classes, *replaced], key=lambda one: (-one.captures, one.name)))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The last column can be checked where there is something near."""
        flags = super().flags(index)
        if index.isValid() and index.column() == self.columnCount() - 1 and self.rows[index.row()].near:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and whether it is checked."""
        if role == Qt.ItemDataRole.CheckStateRole:
            if not self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
                return None
            is_replaced = class_key(self.rows[index.row()].name) in self._instead
            return Qt.CheckState.Checked if is_replaced else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Replace a class, or make it after all."""
        if role != Qt.ItemDataRole.CheckStateRole or not self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        one = self.rows[index.row()]
        key = class_key(one.name)
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._instead[key], self._replaced[key] = one.near[0], one
        else:
            self._instead.pop(key, None)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])
        self.instead_changed.emit()
        return True
