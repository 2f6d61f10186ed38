"""Wipe comparison: two pictures of one capture in one place, parted by a slider or a lens."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.views.inspector.shared_view import SharedView
from app.views.inspector.view_pane import ViewPane
from app.views.shared.theme import Theme

_GRIP_PX: Final = 8
_LENS_SHARE: Final = 0.22


class WipeMode(StrEnum):
    """How the second picture is uncovered."""

    SLIDER = "slider"
    LENS = "lens"


class WipePane(ViewPane):
    """The first picture below, the second on top right of the slider or inside of the lens.

    The slider is dragged, or moved by Left and Right; the lens follows the mouse.
    """

    def __init__(self, view: SharedView, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(view, theme, name, parent)
        self._above: QImage | None = None
        self._mode = WipeMode.SLIDER
        self._share = 0.5
        self._lens: QPointF | None = None
        self._is_sliding = False
        self._names = ("", "")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def share(self) -> float:
        """Where the slider is, from 0 at the left to 1 at the right."""
        return self._share

    def set_mode(self, mode: WipeMode) -> None:
        """Choose slider or lens."""
        self._mode = mode
        self.update()

    def set_above(self, image: QImage | None) -> None:
        """The second picture."""
        self._above = image
        self.update()

    def set_names(self, below: str, above: str) -> None:
        """What the two pictures are called."""
        self._names = (below, above)
        self.update()

    def set_share(self, share: float) -> None:
        """Move the slider."""
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the first picture, and that part of the second that is uncovered."""
        super().paintEvent(event)
        if self.image is None or self._above is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = self._uncovered()
        painter.setClipPath(path)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        self._draw(painter, self._above)
        self._draw_grid(painter)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        if self._mode is WipeMode.LENS:
            painter.drawPath(path)
        else:
            x = self._share * self.width()
            painter.drawLine(QPointF(x, 1), QPointF(x, self.height() - 1))
            painter.setBrush(self._theme.colour("accent"))
            painter.drawEllipse(QPointF(x, self.height() / 2), 5, 5)
        self._draw_names(painter)

    def _draw_names(self, painter: QPainter) -> None:
        painter.setPen(self._theme.colour("text"))
        below, above = self._names
        sides = ((below, Qt.AlignmentFlag.AlignLeft), (above, Qt.AlignmentFlag.AlignRight))
        for name, side in sides:
            metrics = self.fontMetrics()
            width, height = metrics.horizontalAdvance(name) + 12, metrics.height() + 4
            left = 6 if side is Qt.AlignmentFlag.AlignLeft else self.width() - width - 6
            box = QRectF(left, self.height() - height - 6, width, height)
            painter.setBrush(self._theme.colour("raised"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the slider, or move the capture."""
        if self._is_at_slider(event.position()):
            self._is_sliding = True
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the slider, the lens or the capture."""
        self._lens = event.position()
        if self._is_sliding:
            self.set_share(event.position().x() / max(1, self.width()))
        else:
            super().mouseMoveEvent(event)
            if not event.buttons():
                at_slider = self._is_at_slider(event.position())
                self.setCursor(Qt.CursorShape.SplitHCursor if at_slider else Qt.CursorShape.OpenHandCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._is_sliding = False
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the slider."""
        step = {Qt.Key.Key_Left: -0.05, Qt.Key.Key_Right: 0.05}.get(Qt.Key(event.key()))
        if step is not None and self._mode is WipeMode.SLIDER:
            self.set_share(self._share + step)
        else:
            super().keyPressEvent(event)

    def _is_at_slider(self, point: QPointF) -> bool:
        return self._mode is WipeMode.SLIDER and abs(point.x() - self._share * self.width()) < _GRIP_PX

    def _uncovered(self) -> QPainterPath:
        path = QPainterPath()
        if self._mode is WipeMode.SLIDER:
            x = self._share * self.width()
            path.addRect(QRectF(x, 1, self.width() - x - 1, self.height() - 2))
        else:
            centre = self._lens or QPointF(self.width() / 2, self.height() / 2)
            radius = _LENS_SHARE * min(self.width(), self.height())
            path.addEllipse(centre, radius, radius)
        return path
