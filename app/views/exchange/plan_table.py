"""Table of a label import's preview: of any length, its lines can be copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.item_models.plan_table_model import PlanTableModel

_LEAST_WIDTH = 60


class PlanTable(QTableView):
    """Columns keep their widths whatever is listed, and Ctrl+C copies the lines that are selected.

    Args:
        model: what is listed.
        name: for those who can't see it.
        widths: of the columns, in characters; 0 for what takes the room that is left.
    """

    def __init__(self, model: PlanTableModel[Any], name: str, widths: tuple[int, ...]) -> None:
        super().__init__()
        self._plan = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(_LEAST_WIDTH)
        header.setHighlightSections(False)
        for column, characters in enumerate(widths):
            if characters:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
                header.resizeSection(column, characters * self.fontMetrics().averageCharWidth() + 16)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def copy(self, *, everything: bool = False) -> None:
        """Put lines onto the clipboard: those that are selected, or all."""
        rows = None if everything else sorted(index.row() for index in self.selectionModel().selectedRows())
        if rows is None or rows:
            QGuiApplication.clipboard().setText(self._plan.lines(rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or what tables do."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
