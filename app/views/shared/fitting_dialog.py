"""Base class of all dialogs: never larger than the screen, whatever it shows."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)

_FRAME: Final = QSize(16, 44)  # what a desktop puts around a window
_CONTENTS_LENGTH: Final = 12  # characters that a box for choosing shows at the least
_LONG_WORD: Final = re.compile(r"\S{24}(?=\S)")
_ZERO_WIDTH_SPACE: Final = "\u200b"
_LEAST_ROOM: Final = QSize(240, 160)


class FittingDialog(QDialog):
    """Where its contents need more room than the screen has, they scroll above the buttons; long names give way."""

    _is_fitting = False

    def setVisible(self, visible: bool) -> None:
        """Fit before the first frame is drawn."""
        if visible and not self.isVisible():
            self._fit()
        super().setVisible(visible)

    def event(self, event: QEvent) -> bool:
        """Texts that come later must fit as well."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return is_done

    @property
    def room(self) -> QSize:
        """The largest size that the dialog may have on its screen."""
        parent = self.parentWidget()
        screen = (parent or self).screen()
        return (screen.availableSize() - _FRAME).expandedTo(_LEAST_ROOM)

    def _fit(self) -> None:
        if self._is_fitting or self.layout() is None:
            return
        self._is_fitting = True
        try:
            room = self.room
            self.ensurePolished()
            self.setMinimumSize(self.minimumSize().boundedTo(room))
            _give_way(self, room.width() - 48)
            wanted = self.size() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else self.sizeHint()
            least = self._least_size(min(wanted.width(), room.width()))
            if least.width() > room.width() or least.height() > room.height():
                self._let_scroll()
                bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 4
                self.setMinimumSize(QSize(least.width() + bar, self.minimumHeight()).boundedTo(room))
            # Qt itself keeps a window only as high as its texts need on one line each.
            self.resize(wanted.expandedTo(least).boundedTo(room))
        finally:
            self._is_fitting = False

    def _least_size(self, width: int) -> QSize:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        least = layout.totalMinimumSize()
        if layout.hasHeightForWidth():
            height = layout.totalMinimumHeightForWidth(max(width, least.width()))
            least = QSize(least.width(), max(least.height(), height))
        return least

    def _let_scroll(self) -> None:
        """Put everything but the buttons into an area that scrolls."""
        contents = self.layout()
        assert contents is not None
        if self.findChild(_Contents) is not None:
            return
        buttons = [box for box in self.findChildren(QDialogButtonBox) if contents.indexOf(box) >= 0]
        for box in buttons:
            contents.removeWidget(box)
        inside = QWidget()
        inside.setLayout(contents)
        area = _Contents()
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        margins = contents.contentsMargins()
        outer.setContentsMargins(0, 0, 0, margins.bottom() if buttons else 0)
        outer.addWidget(area, 1)
        for box in buttons:
            outer.addWidget(box)
            box.setContentsMargins(margins.left(), 0, margins.right(), 0)


class _Contents(QScrollArea):
    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        return _LEAST_ROOM / 2


def _give_way(dialog: QWidget, width: int) -> None:
    """Shorten or break what is wider than the dialog may be: mostly names of classes, of folders, of cameras."""
    for box in dialog.findChildren(QComboBox):
        if box.minimumSizeHint().width() > width // 2:
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_CONTENTS_LENGTH)
    for label in dialog.findChildren(QLabel):
        if label.minimumSizeHint().width() > width:
            label.setWordWrap(True)
            if _LONG_WORD.search(label.text()) and label.textFormat() is not Qt.TextFormat.RichText:
                label.setText(_LONG_WORD.sub(lambda found: found[0] + _ZERO_WIDTH_SPACE, label.text()))
            label.setMinimumWidth(min(label.minimumWidth(), width))
    for button in dialog.findChildren(QAbstractButton):
        if button.minimumSizeHint().width() > width:
            whole = button.text()
            spare = button.minimumSizeHint().width() - button.fontMetrics().horizontalAdvance(whole)
            mode = Qt.TextElideMode.ElideMiddle
            button.setText(button.fontMetrics().elidedText(whole, mode, max(40, width - spare)))
            button.setToolTip(whole)
