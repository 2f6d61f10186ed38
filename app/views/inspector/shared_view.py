"""Zoom and pan that all views of a capture share."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal

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
