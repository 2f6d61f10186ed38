"""The line above the gallery (quick filters): all, unreviewed, corrected … with counts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton

from app.domain.records import CaptureCounts, CaptureFilter
from app.item_models import number_text
from app.views.shared.flow_layout import FlowLayout
from app.views.wording.numbers import without_mnemonic


class QuickFilters(QFrame):
    """Filters are the View menu's actions; those that would show nothing are left out."""

    def __init__(self, filters: Mapping[CaptureFilter, QAction]) -> None:
        super().__init__()
        self.setObjectName("header")
        self._filters = filters
        self.chips: dict[CaptureFilter, QToolButton] = {}
        chips = FlowLayout(spacing=2)
        for which, action in filters.items():
            chip = QToolButton()
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setText(action.text())
            chip.setToolTip(action.toolTip())
            chip.clicked.connect(action.trigger)
            chip.clicked.connect(self._show_checks)
            action.toggled.connect(self._show_checks)
            self.chips[which] = chip
            chips.addWidget(chip)
        chips.setContentsMargins(10, 7, 10, 7)
        self.setLayout(chips)
        self.set_counts(CaptureCounts(0, 0, 0, 0, 0, 0, 0))

    def set_counts(self, counts: CaptureCounts) -> None:
        """Show how many captures each filter lets through."""
        numbers = {
            CaptureFilter.ALL: counts.total,
            CaptureFilter.UNREVIEWED: counts.unreviewed,
            CaptureFilter.ACCEPTED: counts.accepted,
            CaptureFilter.CORRECTED: counts.corrected,
            CaptureFilter.UNSURE: counts.unsure,
            CaptureFilter.REJECTED: counts.rejected,
            CaptureFilter.UNREADABLE: counts.unreadable,
            CaptureFilter.CHANGED: counts.changed,
        }
        for which, chip in self.chips.items():
            action = self._filters[which]
            chip.setText(f"{without_mnemonic(action.text())}  {number_text.count(numbers[which])}")
            is_needed = numbers[which] > 0 or action.isChecked()
            chip.setVisible(is_needed or which in (CaptureFilter.ALL, CaptureFilter.UNREVIEWED))

    def _show_checks(self) -> None:
        for which, chip in self.chips.items():
            chip.setChecked(self._filters[which].isChecked())
