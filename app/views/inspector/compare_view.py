"""Side-by-side comparison of one capture in three views, with one zoom and one position for all."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.item_models.worded import worded
from app.services.classifier.inspect_service import PlainViews
from app.views.inspector.shared_view import SharedView
from app.views.inspector.view_pane import ViewPane
from app.views.inspector.wipe_pane import WipeMode, WipePane
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.flow_layout import FlowLayout
from app.views.shared.theme import Theme

_WIPE_HEIGHT_PX: Final = 230


class CompareMode(StrEnum):
    """How the views are laid out."""

    SIDE_BY_SIDE = "side_by_side"
    SLIDER = "slider"
    LENS = "lens"


class CompareView(QWidget):
    """Nearest, bicubic and super-resolved: side by side, or two of them under a slider or a lens."""

    mode_changed = Signal(str)  # a CompareMode
    explanation_wanted = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = SharedView(self)
        self.nearest = ViewPane(self.view, theme, self.tr("Original pixels"))
        self.bicubic = ViewPane(self.view, theme, self.tr("Bicubic interpolation"))
        self.super_resolved = ViewPane(self.view, theme, self.tr("Super-resolved view"))
        self.wipe = WipePane(self.view, theme, self.tr("Bicubic (below) and super-resolved (above)"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_panes())
        self._stack.addWidget(self.wipe)
        self.mode_buttons: dict[CompareMode, QToolButton] = {}
        self.explain_button = QToolButton()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._stack, 1)
        layout.addLayout(self._make_buttons())
        self.setToolTip(self.tr("Scroll to zoom, drag to pan, double-click to fit"))
        self.set_mode(CompareMode.SIDE_BY_SIDE)

    @property
    def mode(self) -> CompareMode:
        """How the views are laid out."""
        return next(mode for mode, button in self.mode_buttons.items() if button.isChecked())

    def set_mode(self, mode: CompareMode) -> None:
        """Lay the views out otherwise."""
        self.mode_buttons[mode].setChecked(True)
        is_wipe = mode is not CompareMode.SIDE_BY_SIDE
        if is_wipe:
            self.wipe.set_mode(WipeMode.SLIDER if mode is CompareMode.SLIDER else WipeMode.LENS)
            self.wipe.set_names(
                self.tr("Bicubic"),
                self.tr("Super-resolved") if mode is CompareMode.SLIDER else self.tr("Lens: super-resolved"),
            )
        self._stack.setCurrentIndex(int(is_wipe))
        self._stack.setMinimumHeight(_WIPE_HEIGHT_PX if is_wipe else 0)

    def clear(self) -> None:
        """Show nothing, until another capture's views come."""
        for pane in (self.nearest, self.bicubic, self.super_resolved, self.wipe):
            pane.set_image(None)
        self.wipe.set_above(None)
        self.set_heat(None)

    def set_plain_views(self, views: PlainViews) -> None:
        """Show the capture itself."""
        if views.original is None:
            self.clear()
            for pane in (self.nearest, self.wipe):
                pane.set_image(None, self.tr("Can't be read"))
            return
        self.view.set_scene(QSizeF(views.original.size()))
        self.nearest.set_image(views.original)
        self.bicubic.set_image(views.bicubic)
        self.wipe.set_image(views.bicubic)

    def set_sr_view(self, image: QImage | None) -> None:
        """Show what the classifier saw."""
        self.super_resolved.set_image(image)
        self.wipe.set_above(image)

    def set_sr_text(self, text: str) -> None:
        """Say why there is no super-resolved view."""
        self.super_resolved.set_image(None, worded(text))
        self.wipe.set_above(None)

    def set_heat(self, heat: QImage | None) -> None:
        """Show where the model looked, or no longer."""
        self.super_resolved.set_heat(heat)
        self.wipe.set_heat(heat)
        self.explain_button.setChecked(heat is not None)

    def _make_panes(self) -> QWidget:
        panes = QWidget()
        grid = QGridLayout(panes)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        named = (
            (self.nearest, self.tr("Nearest")),
            (self.bicubic, self.tr("Bicubic")),
            (self.super_resolved, self.tr("Super-resolved")),
        )
        for column, (pane, name) in enumerate(named):
            caption = ElidedLabel(name)
            caption.setProperty("role", "muted")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(pane, 0, column)
            grid.addWidget(caption, 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(0, 1)
        return panes

    def _make_buttons(self) -> FlowLayout:
        line = FlowLayout(spacing=2)
        group = QButtonGroup(self)
        texts = {
            CompareMode.SIDE_BY_SIDE: self.tr("Side by side"),
            CompareMode.SLIDER: self.tr("Slider"),
            CompareMode.LENS: self.tr("Lens"),
        }
        for mode, text in texts.items():
            button = self._make_chip(text)
            button.clicked.connect(lambda _checked=False, chosen=mode: self._on_mode(chosen))
            group.addButton(button)
            self.mode_buttons[mode] = button
            line.addWidget(button)
        self.explain_button = self._make_chip(self.tr("Where it looked"))
        self.explain_button.setToolTip(
            self.tr(
                "Shows which parts of the capture the model relies on, by covering one part at a time (W)"
            )
        )
        self.explain_button.clicked.connect(self.explanation_wanted)
        line.addWidget(self.explain_button)
        return line

    def _make_chip(self, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(text)
        button.setCheckable(True)
        button.setProperty("role", "small")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        return button

    def _on_mode(self, mode: CompareMode) -> None:
        self.set_mode(mode)
        self.mode_changed.emit(mode)
