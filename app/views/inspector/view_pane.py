"""One view of a capture: an image with zoom and pan."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
    qRgba,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.classifier.insight_service import Heatmap
from app.views.inspector.shared_view import SharedView
from app.views.shared.theme import Theme

_ZOOM_STEP: Final = 1.2
_GRID_FROM_ZOOM: Final = 12.0
_MAX_HEAT_ALPHA: Final = 170


class ViewPane(QWidget):
    """One of the views; the wheel zooms, a drag moves, a double click shows all again."""

    pressed = Signal()

    def __init__(self, view: SharedView, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._theme = theme
        self._image: QImage | None = None
        self._heat: QImage | None = None
        self._text = ""
        self._drag_from: QPointF | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(60, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        view.changed.connect(self.update)
        theme.changed.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def set_image(self, image: QImage | None, text: str = "") -> None:
        """Show a picture, or a few words in its place."""
        self._image = image
        self._text = text
        self.update()

    def set_heat(self, heat: QImage | None) -> None:
        """Lay a half-transparent picture over the whole capture, or take it away."""
        self._heat = heat
        self.update()

    def sizeHint(self) -> QSize:
        """Modest, so that a small window need not scroll; what room there is, the panes take."""
        return QSize(150, 110)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the part of the picture that the shared view shows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.colour("canvas"))
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        if self._image is not None:
            self._draw(painter, self._image)
            if self._heat is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(self._view.target(), self._heat, QRectF(self._heat.rect()))
            self._draw_grid(painter)
        elif self._text:
            painter.setPen(self._theme.colour("faint"))
            painter.drawText(
                self.rect().adjusted(8, 8, -8, -8),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._text,
            )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Tell the shared view, unless another pane is what is seen."""
        if self.isVisible():
            self._view.set_pane(QSizeF(self.size()))

    def showEvent(self, event: QShowEvent) -> None:
        """Panes that take turns are of different sizes."""
        super().showEvent(event)
        self._view.set_pane(QSizeF(self.size()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        steps = event.angleDelta().y() / 120
        self._view.zoom_by(_ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to move."""
        self.pressed.emit()
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move."""
        if self._drag_from is not None:
            self._view.pan_by(event.position() - self._drag_from)
            self._drag_from = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the move."""
        self._drag_from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show all."""
        self._view.fit()

    def _draw(self, painter: QPainter, image: QImage) -> None:
        target = self._view.target()
        is_smaller = target.width() * self.devicePixelRatioF() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smaller)
        painter.drawImage(target, image, QRectF(image.rect()))

    def _draw_grid(self, painter: QPainter) -> None:
        """The borders of the capture's own pixels, once they are large enough to be told apart."""
        zoom = self._view.zoom
        if zoom < _GRID_FROM_ZOOM:
            return
        target = self._view.target()
        visible = target.intersected(QRectF(self.rect()))
        colour = QColor(self._theme.colour("faint"))
        colour.setAlpha(110)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(colour, 0))
        lines = []
        for column in range(
            int((visible.left() - target.left()) / zoom), int((visible.right() - target.left()) / zoom) + 1
        ):
            x = target.left() + column * zoom
            lines.append(QLineF(x, visible.top(), x, visible.bottom()))
        for row in range(
            int((visible.top() - target.top()) / zoom), int((visible.bottom() - target.top()) / zoom) + 1
        ):
            y = target.top() + row * zoom
            lines.append(QLineF(visible.left(), y, visible.right(), y))
        painter.drawLines(lines)


def heat_image(explanation: Heatmap) -> QImage:
    """A heat map to lay over a capture: clear where nothing matters, red to yellow where the answer hangs on it."""
    width, height = explanation.width_px, explanation.height_px
    levels = bytes(min(255, max(0, round(255 * value))) for value in explanation.heat)
    image = QImage(levels, width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(
        [qRgba(255, round(220 * (i / 255) ** 2), 30, round(_MAX_HEAT_ALPHA * (i / 255))) for i in range(256)]
    )
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
