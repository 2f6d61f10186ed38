"""Filter chips: one for each condition that leaves captures out; a click takes it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.views.filters.query_wording import QueryPart, query_parts
from app.views.shared.eliding import keep_ends
from app.views.shared.flow_layout import FlowLayout
from app.views.wording.numbers import without_mnemonic

_MAX_CHIP_PX = 260


class FilterChips(QFrame):
    """Hidden while there is no condition."""

    def __init__(
        self,
        captures: CaptureListModel,
        classes: ClassListModel,
        sources: SourceListModel,
        clear: QAction,
        save: QAction,
    ) -> None:
        super().__init__()
        self.setObjectName("filterChips")
        self._captures = captures
        self._classes = classes
        self._sources = sources
        self.chips: list[QToolButton] = []
        self._line = FlowLayout(self, spacing=6)
        self._line.setContentsMargins(12, 3, 12, 3)
        self._buttons: list[QToolButton] = []
        for action in (save, clear):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setText(without_mnemonic(action.text()))
            button.setProperty("role", "link")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.append(button)
        for changed in (captures.query_changed, classes.modelReset, sources.modelReset):
            changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        classes = {record.id: record.name for record in self._classes.records}
        parts = query_parts(self._captures.query, classes, self._sources.names)
        for button in (*self.chips, *self._buttons):
            self._line.removeWidget(button)
        for chip in self.chips:
            chip.hide()  # at once: while a menu is open nothing is deleted
            chip.deleteLater()
        self.chips = [self._make_chip(part) for part in parts]
        for button in (*self.chips, *self._buttons):
            self._line.addWidget(button)
        self.setVisible(bool(parts))

    def _make_chip(self, part: QueryPart) -> QToolButton:
        chip = QToolButton()
        chip.setProperty("role", "condition")
        chip.setText(keep_ends(part.text, _MAX_CHIP_PX, chip.fontMetrics().horizontalAdvance) + "  ✕")
        chip.setToolTip(self.tr("{0}: click to remove this filter").format(part.text))
        chip.setAccessibleName(self.tr("Remove filter: {0}").format(part.text))
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(lambda: self._captures.set_query(part.without))
        return chip
