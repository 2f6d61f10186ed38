"""The line above the gallery: filters with counts; and the slider for the size of thumbnails."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from app.domain.records import CaptureCounts, CaptureFilter
from app.views.shared.flow_layout import FlowLayout
from app.views.shared.theme import Theme
from app.views.wording.numbers import without_mnemonic

THUMBNAIL_SIZES_PX = (48, 64, 88, 112, 144, 192, 256)


class Header(QFrame):
    """Filters are the View menu's actions; those that would show nothing are left out."""

    def __init__(
        self, filters: Mapping[CaptureFilter, QAction], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._theme = theme
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
        self._small, self._large = QLabel(), QLabel()
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(0, len(THUMBNAIL_SIZES_PX) - 1)
        self.size_slider.setPageStep(1)
        self.size_slider.setFixedWidth(72)
        self.size_slider.setAccessibleName(self.tr("Size of thumbnails"))
        self.size_slider.setToolTip(self.tr("Size of thumbnails"))
        chips.setContentsMargins(10, 7, 10, 7)
        self.setLayout(chips)
        self.size_box = QWidget()
        """The slider with its icons, for whoever has room for it."""
        layout = QHBoxLayout(self.size_box)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._small, self.size_slider, self._large):
            layout.addWidget(widget)
        theme.changed.connect(self._show_icons)
        self._show_icons()
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
            chip.setText(f"{without_mnemonic(action.text())}  {numbers[which]:,}")
            is_needed = numbers[which] > 0 or action.isChecked()
            chip.setVisible(is_needed or which in (CaptureFilter.ALL, CaptureFilter.UNREVIEWED))

    def _show_checks(self) -> None:
        for which, chip in self.chips.items():
            chip.setChecked(self._filters[which].isChecked())

    def _show_icons(self) -> None:
        self._small.setPixmap(self._theme.icon("small_tiles", "faint").pixmap(16, 16))
        self._large.setPixmap(self._theme.icon("large_tiles", "faint").pixmap(16, 16))
