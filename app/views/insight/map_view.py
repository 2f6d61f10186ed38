"""The map itself, zoomed and moved by pyqtgraph. Imported when a map is first shown, never at start-up."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QTransform,
)

from app.item_models.map_captures import CapturesOnMap
from app.views.insight.dots import Window, draw_dots, nearest, unit_places, within
from app.views.shared.theme import Theme

_CLICK_PX: Final = 6
_REACH_PX: Final = 8
_PADDING: Final = 0.03
_DEEPEST: Final = 1e-3  # of the whole map's width
_ZOOM: Final = 0.8
_STEP: Final = 0.1
_GREY: Final = 0xFF8C8C8C
_MOVES: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapView(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """A dot for each capture: a drag draws around some, the wheel zooms, Shift or the middle button moves the map."""

    captures_chosen = Signal(object)  # tuple[int, ...]
    pointed_at = Signal(object, QPoint)  # capture or None, where on the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._captures = CapturesOnMap()
        self._places = np.zeros((0, 2))
        self._colours = np.zeros(0, dtype=np.uint32)
        self._is_shown = np.zeros(0, dtype=bool)
        self._lasso: list[QPointF] = []
        self._pointed: int | None = None
        self.pans = False
        self.view = pg.ViewBox(enableMenu=False, invertY=True, defaultPadding=0)
        self.setCentralItem(self.view)
        low, high, whole = -_PADDING, 1 + _PADDING, 1 + 2 * _PADDING
        self.view.setLimits(
            **{"xMin": low, "xMax": high, "yMin": low, "yMax": high},
            **{"minXRange": _DEEPEST, "minYRange": _DEEPEST, "maxXRange": whole, "maxYRange": whole},
        )
        self._dots = _Dots(self)
        self.view.addItem(self._dots, ignoreBounds=True)
        self.show_all()
        self.setMinimumSize(160, 140)
        self.setAccessibleName(self.tr("Map of the captures"))
        self.setAccessibleDescription(
            self.tr(
                "Press plus or minus to zoom, the arrow keys to pan, Home to show all, and Enter to "
                "list the visible captures."
            )
        )
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.view.sigRangeChanged.connect(self._dots.redraw)
        self.view.sigResized.connect(self._dots.redraw)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def shown_ids(self) -> tuple[int, ...]:
        """The captures in sight whose classes are shown."""
        at = self._window().pixels(self._places)
        size = np.array([self.width(), self.height()])
        return self._ids(self._is_shown & ((at >= 0) & (at < size)).all(axis=1))

    def set_captures(self, captures: CapturesOnMap, colours: Mapping[int, QColor], hidden: Set[int]) -> None:
        """Show other captures, or the same in other colours.

        Args:
            captures: with their places and classes.
            colours: by class.
            hidden: classes that are not shown.
        """
        if captures.places is not self._captures.places:
            self._places = unit_places(np.frombuffer(captures.places, dtype=np.float32).reshape(-1, 2))
        self._captures = captures
        classes = np.frombuffer(captures.classes, dtype=np.int64)
        known, place = np.unique(classes, return_inverse=True)
        shades = [colours[one].rgb() if one in colours else _GREY for one in known.tolist()]
        self._colours = np.array(shades, dtype=np.uint32)[place] if len(known) else self._colours[:0]
        self._is_shown = ~np.isin(classes, list(hidden))
        self._dots.redraw()

    def show_all(self) -> None:
        """Zoom out."""
        self.view.setRange(QRectF(0, 0, 1, 1), padding=_PADDING)

    def zoom(self, scale: float) -> None:
        """Zoom in or out around the middle."""
        self.view.scaleBy((scale, scale))

    def ids_within(self, polygon: QPolygonF) -> tuple[int, ...]:
        """The captures whose dots lie inside, in pixels of the map."""
        corners = [(polygon.at(i).x(), polygon.at(i).y()) for i in range(polygon.size())]
        return self._ids(self._is_shown & within(self._window().pixels(self._places), corners))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to draw around captures, or to move the map."""
        is_moving = self.pans or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() == Qt.MouseButton.LeftButton and not is_moving:
            self._lasso = [event.position()]
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on, or tell what is below the pointer."""
        if self._lasso:
            self._lasso.append(event.position())
            self.viewport().update()
            return
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._point_at(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """List what is inside; a click lists what is around it."""
        if not self._lasso:
            super().mouseReleaseEvent(event)
            return
        lasso, self._lasso = self._lasso, []
        bounds = QPolygonF(lasso).boundingRect()
        if max(bounds.width(), bounds.height()) < _CLICK_PX:
            near = ((-1, -1), (1, -1), (1, 1), (-1, 1))
            lasso = [lasso[0] + QPointF(dx * _REACH_PX, dy * _REACH_PX) for dx, dy in near]
        ids = self.ids_within(QPolygonF(lasso))
        self.viewport().update()
        if ids:
            self.captures_chosen.emit(ids)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Zoom out."""
        self._lasso = []
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._set_pointed(None, QPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, move, show all, or list what is in sight."""
        key = Qt.Key(event.key())
        if key in _MOVES:
            (dx, dy), seen = _MOVES[key], self.view.viewRect()
            self.view.translateBy(x=_STEP * dx * seen.width(), y=_STEP * dy * seen.height())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if ids := self.shown_ids:
                self.captures_chosen.emit(ids)
        else:
            event.ignore()

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """What is being drawn around captures, and a ring around the one that is pointed at."""
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._lasso) > 1:
            fill = QColor(self._theme.colour("accent"))
            fill.setAlpha(40)
            painter.setBrush(fill)
            painter.setPen(QPen(self._theme.colour("accent"), 1.5))
            painter.drawPolygon(QPolygonF(self._lasso))
        if self._pointed is not None:
            x, y = self._window().pixels(self._places[[self._pointed]])[0]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("text"), 1.5))
            painter.drawEllipse(QPointF(x, y), 6, 6)
        painter.restore()

    def image(self) -> QImage:
        """The dots in sight, in device pixels."""
        ratio = self.devicePixelRatioF()
        shown = self._is_shown
        pixels = draw_dots(self._places[shown], self._colours[shown], self._window(ratio), ratio)
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        image.setDevicePixelRatio(ratio)
        return image

    def _window(self, ratio: float = 1.0) -> Window:
        seen = self.view.viewRect()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        return Window(seen.left(), seen.top(), seen.right(), seen.bottom(), width, height)

    def _ids(self, chosen: Any) -> tuple[int, ...]:
        return tuple(np.frombuffer(self._captures.ids, dtype=np.int64)[chosen].tolist())

    def _point_at(self, event: QMouseEvent) -> None:
        at = self._window().pixels(self._places)
        at[~self._is_shown] = np.inf
        pointed = nearest(at, event.position().x(), event.position().y(), _REACH_PX)
        self._set_pointed(pointed, event.globalPosition().toPoint())

    def _set_pointed(self, pointed: int | None, place: QPoint) -> None:
        if pointed != self._pointed:
            self._pointed = pointed
            self.viewport().update()
            self.pointed_at.emit(None if pointed is None else self._captures.ids[pointed], place)

    def _restyle(self) -> None:
        self.setBackground(self._theme.colour("canvas"))
        self._dots.redraw()


class _Dots(pg.GraphicsObject):  # type: ignore[misc]
    """All dots as one picture, which is drawn anew when the map moves."""

    def __init__(self, view: MapView) -> None:
        super().__init__()
        self._view = view
        self._image: QImage | None = None

    def redraw(self, *_: object) -> None:
        """Forget the picture."""
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-_PADDING, -_PADDING, 1 + 2 * _PADDING, 1 + 2 * _PADDING)

    def paint(self, painter: QPainter, *_: object) -> None:
        if self._image is None:
            self._image = self._view.image()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawImage(QPointF(0, 0), self._image)
        painter.restore()
