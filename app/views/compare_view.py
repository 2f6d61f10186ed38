"""One capture in three views, with one zoom and one position for all."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from app.services.inspect_service import PlainViews
from app.views.theme import Theme

_ZOOM_STEP: Final = 1.2
_MAX_ZOOM: Final = 200.0
_FIT_MARGIN_PX: Final = 4


class SharedView(QObject):
    """Which part of the scene the panes show. The scene's unit is a pixel of the capture."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = QSizeF(1, 1)
        self._pane = QSizeF(1, 1)
        self._zoom: float | None = None
        self._centre = QPointF(0.5, 0.5)

    @property
    def scene(self) -> QSizeF:
        """Size of the capture in its own pixels."""
        return self._scene

    @property
    def zoom(self) -> float:
        """Screen pixels for each pixel of the capture."""
        return self._zoom if self._zoom is not None else self._fit_zoom()

    @property
    def is_fitted(self) -> bool:
        """Whether all of the capture is shown."""
        return self._zoom is None

    def set_scene(self, size: QSizeF) -> None:
        """Show another capture, all of it."""
        self._scene = size
        self.fit()

    def set_pane(self, size: QSizeF) -> None:
        """Tell how large the panes are; all have the same size."""
        self._pane = size
        self.changed.emit()

    def fit(self) -> None:
        """Show all of the capture."""
        self._zoom = None
        self._centre = QPointF(self._scene.width() / 2, self._scene.height() / 2)
        self.changed.emit()

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom so that what is under a point of the pane stays there."""
        scene_point = self.to_scene(at)
        zoom = min(max(self.zoom * factor, self._fit_zoom() / 4), _MAX_ZOOM)
        self._zoom = zoom
        offset = at - QPointF(self._pane.width() / 2, self._pane.height() / 2)
        self._centre = self._within(scene_point - offset / zoom)
        self.changed.emit()

    def pan_by(self, delta: QPointF) -> None:
        """Move the capture by screen pixels."""
        self._zoom = self.zoom
        self._centre = self._within(self._centre - delta / self.zoom)
        self.changed.emit()

    def to_scene(self, point: QPointF) -> QPointF:
        """The place in the capture under a point of a pane."""
        middle = QPointF(self._pane.width() / 2, self._pane.height() / 2)
        return self._centre + (point - middle) / self.zoom

    def target(self) -> QRectF:
        """Where a pane draws the whole capture."""
        size = self._scene * self.zoom
        middle = QPointF(self._pane.width() / 2, self._pane.height() / 2)
        return QRectF(middle - self._centre * self.zoom, size)

    def _fit_zoom(self) -> float:
        width = max(1.0, self._pane.width() - 2 * _FIT_MARGIN_PX)
        height = max(1.0, self._pane.height() - 2 * _FIT_MARGIN_PX)
        return min(width / max(1.0, self._scene.width()), height / max(1.0, self._scene.height()))

    def _within(self, point: QPointF) -> QPointF:
        return QPointF(
            min(max(point.x(), 0.0), self._scene.width()), min(max(point.y(), 0.0), self._scene.height())
        )


class ViewPane(QWidget):
    """One of the views; the wheel zooms, a drag moves, a double click shows all again."""

    def __init__(self, view: SharedView, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._theme = theme
        self._image: QImage | None = None
        self._text = ""
        self._drag_from: QPointF | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(90, 90)
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
            target = self._view.target()
            is_smaller = target.width() * self.devicePixelRatioF() < self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smaller)
            painter.drawImage(target, self._image, QRectF(self._image.rect()))
        elif self._text:
            painter.setPen(self._theme.colour("faint"))
            painter.drawText(
                self.rect().adjusted(8, 8, -8, -8),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._text,
            )

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Tell the shared view."""
        self._view.set_pane(QSizeF(self.size()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        steps = event.angleDelta().y() / 120
        self._view.zoom_by(_ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to move."""
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


class CompareView(QWidget):
    """Nearest, bicubic and super-resolved, side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = SharedView(self)
        self.nearest = ViewPane(self.view, theme, self.tr("Capture in its own pixels"))
        self.bicubic = ViewPane(self.view, theme, self.tr("Capture enlarged by bicubic interpolation"))
        self.super_resolved = ViewPane(self.view, theme, self.tr("Super-resolved capture"))
        self._captions = [QLabel(), QLabel(), QLabel()]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        for column, pane in enumerate((self.nearest, self.bicubic, self.super_resolved)):
            caption = self._captions[column]
            caption.setProperty("role", "muted")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(pane, 0, column)
            layout.addWidget(caption, 1, column)
            layout.setColumnStretch(column, 1)
        layout.setRowStretch(0, 1)
        for caption, text in zip(
            self._captions, (self.tr("Nearest"), self.tr("Bicubic"), self.tr("Super-resolved")), strict=True
        ):
            caption.setText(text)
        self.setToolTip(self.tr("Wheel to zoom, drag to move, double click to see all"))

    def clear(self) -> None:
        """Show nothing, until another capture's views come."""
        for pane in (self.nearest, self.bicubic, self.super_resolved):
            pane.set_image(None)

    def set_plain_views(self, views: PlainViews) -> None:
        """Show the capture itself."""
        if views.original is None:
            self.clear()
            self.nearest.set_image(None, self.tr("Can't be read"))
            return
        self.view.set_scene(QSizeF(views.original.size()))
        self.nearest.set_image(views.original)
        self.bicubic.set_image(views.bicubic)

    def set_sr_view(self, image: QImage | None) -> None:
        """Show what the classifier saw."""
        self.super_resolved.set_image(image)

    def set_sr_text(self, text: str) -> None:
        """Say why there is no super-resolved view."""
        self.super_resolved.set_image(None, text)
