"""Table views: their common look, quick with thousands of rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.item_models.row_model import RowModel

_ROW_PX: Final = 26
_ROOM_PX: Final = 20  # beside a text: padding, what the style leaves for the focus, and a little for rounding
_WIDEST_PX: Final = 240
_NARROWEST_PX: Final = 40


class RowTable(QTableView):
    """Lines of a `RowModel`.

    Heights are fixed, and widths follow from the longest text alone: to let Qt look at each cell would take seconds at
    each change.
    """

    def __init__(self, model: RowModel, name: str) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab goes on to what comes next
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(max(_ROW_PX, self.fontMetrics().height() + 8))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        for column, described in enumerate(model.columns):
            if described.is_wide:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._fit)
        model.dataChanged.connect(self._fit)
        model.headerDataChanged.connect(self._fit)
        self._fit()

    def set_rows(
        self,
        rows: Sequence[tuple[str, ...]],
        keys: Sequence[Hashable],
        tip: Callable[[int], str] | None = None,
    ) -> None:
        """Show other rows, see `RowModel.set_rows`."""
        self.rows.set_rows(rows, keys, tip)

    def rowCount(self) -> int:
        """Number of rows."""
        return self.rows.rowCount()

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        return self.rows.text(row, column)

    @property
    def current_row(self) -> int:
        """The row with the focus; -1 when there is none."""
        return self.currentIndex().row()

    @property
    def selected_rows(self) -> list[int]:
        """All rows that are selected, from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        for column, described in enumerate(self.rows.columns):
            if not described.is_wide:
                wanted = metrics.horizontalAdvance(self.rows.longest(column)) + _ROOM_PX
                self.setColumnWidth(column, min(max(wanted, _NARROWEST_PX), _WIDEST_PX))
