"""Plots one above the other, drawn by pyqtgraph. Imported when the first chart is shown, never at start-up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Set
from html import escape
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QToolTip

from app.views.charts.series import ChartData, Plot, Series
from app.views.shared.theme import Theme

_BAND_ALPHA: Final = 45
_SMOOTH_POINTS: Final = 2000  # more are drawn without antialiasing, which nobody would see
_ZOOM: Final = 0.8
_ROOM: Final = 1.08  # above the highest value


class PlotView(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The plots, a line at the position that is pointed at, and its values as a tool tip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._data: ChartData | None = None
        self._hidden: Set[str] = frozenset()
        self._areas: list[_Area] = []
        self._bottom: _Axis | None = None
        self._is_whole = True
        self.told = ""
        self._x: float | None = None
        self.setBackground(None)
        self.ci.setContentsMargins(0, 0, 0, 0)
        self.ci.setSpacing(2)
        theme.changed.connect(self._restyle)

    def set_data(self, data: ChartData, hidden: Set[str]) -> None:
        """Show these, without the series of those names."""
        is_same = self._data is not None and [_shape(p) for p in self._data.plots] == [
            _shape(p) for p in data.plots
        ]
        self._data, self._hidden = data, hidden
        if not is_same:
            self._lay_out(data)
        for area, plot in zip(self._areas, data.plots, strict=True):
            area.show(plot, hidden, max(data.last, 1e-9))
        if self._is_whole:
            self.show_all()
        self._restyle()

    def show_all(self) -> None:
        """Zoom out."""
        self._is_whole = True
        if self._data is not None and self._areas:
            self._areas[0].view.setXRange(0, max(self._data.last, 1e-9), padding=0.01)

    def _lay_out(self, data: ChartData) -> None:
        self.clear()
        metrics = QFontMetrics(self.font())
        width = max((metrics.horizontalAdvance(p.y_text(p.highest)) for p in data.plots), default=0) + 12
        self._areas = []
        for row, plot in enumerate(data.plots):
            area = _Area(self._theme, plot, self.font(), width)
            if area.title is not None:
                self.addItem(area.title, row=2 * row, col=0, colspan=2)
            self.addItem(area.axis, row=2 * row + 1, col=0)
            self.addItem(area.view, row=2 * row + 1, col=1)
            self.ci.layout.setRowStretchFactor(2 * row + 1, plot.weight)
            if self._areas:
                area.view.setXLink(self._areas[0].view)
            area.view.sigRangeChangedManually.connect(self._on_zoomed)
            self._areas.append(area)
        if self._areas:
            self._bottom = _Axis("bottom", data.x_text, self.font())
            self._bottom.linkToView(self._areas[-1].view)
            if data.x_title:
                self._bottom.setLabel(escape(data.x_title))
            self.addItem(self._bottom, row=2 * len(self._areas), col=1)
        # While only an axis was in it, the layout was no wider than that, and it doesn't grow again by itself.
        self.ci.setGeometry(self.range)

    def _on_zoomed(self, *_: object) -> None:
        self._is_whole = False

    def _restyle(self) -> None:
        for area in self._areas:
            area.restyle()
        if self._bottom is not None:
            self._bottom.restyle(self._theme)

    # Pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is below the pointer."""
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            self._point_at(self.mapToScene(event.position().toPoint()), event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom out."""
        super().mouseDoubleClickEvent(event)
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing."""
        super().leaveEvent(event)
        self._tell(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from point to point, plus and minus zoom, Home shows all."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._step(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Home:
                self.show_all()
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal | Qt.Key.Key_Minus if self._areas:
                scale = 1 / _ZOOM if event.key() == Qt.Key.Key_Minus else _ZOOM
                self._areas[0].view.scaleBy(x=scale, center=None if self._x is None else pg.Point(self._x, 0))
                self._is_whole = False
            case _:
                event.ignore()

    def _positions(self) -> list[float]:
        plots = self._data.plots if self._data is not None else ()
        shown = [series for plot in plots for series in plot.series if series.name not in self._hidden]
        return sorted({float(x) for series in shown for x in series.x})

    def _step(self, direction: int) -> None:
        positions = self._positions()
        if not positions:
            return
        if self._x is None:
            place = 0 if direction > 0 else len(positions) - 1
        else:
            place = min(max(bisect_left(positions, self._x) + direction, 0), len(positions) - 1)
        area = self._areas[0]
        top = area.view.mapViewToScene(QPointF(positions[place], area.highest))
        self._tell(positions[place], self.mapToGlobal(self.mapFromScene(top)))

    def _point_at(self, scene: QPointF, place: QPoint) -> None:
        area = next((a for a in self._areas if a.view.sceneBoundingRect().contains(scene)), None)
        positions = self._positions() if area is not None else []
        if area is None or not positions:
            self._tell(None)
            return
        x = area.view.mapSceneToView(scene).x()
        right = min(bisect_left(positions, x), len(positions) - 1)
        left = max(right - 1, 0)
        self._tell(min((positions[left], positions[right]), key=lambda each: abs(each - x)), place)

    def _tell(self, x: float | None, place: QPoint | None = None) -> None:
        self._x = x
        for area in self._areas:
            area.mark(x)
        if x is None or self._data is None:
            self.told = ""
            QToolTip.hideText()
            return
        lines = [self._data.x_name(x)]
        for plot in self._data.plots:
            for series in plot.series:
                if series.name not in self._hidden and (value := _value_at(series, x)) is not None:
                    lines.append(f"{series.name}: {_told(plot, series, value)}")
        self.told = "\n".join(lines)
        self.setAccessibleDescription(self.told)
        if place is not None:
            QToolTip.showText(place, "<br>".join(escape(line) for line in lines), self)


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Numbers as the rest of the window writes them."""

    def __init__(self, side: str, text: Callable[[float], str], font: QFont) -> None:
        super().__init__(side)
        self._text = text
        self._line_px = QFontMetrics(font).height()
        self.enableAutoSIPrefix(False)
        self.setTickFont(font)
        self.setStyle(tickLength=-3, tickTextOffset=3)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """On the axis of values no more numbers than have room; of positions, as many as the library finds good."""
        if self.orientation != "left":
            return super().tickValues(low, high, size)  # type: ignore[no-any-return]
        parts = next((n for n in (4, 2) if size > 3 * n * self._line_px), 1)
        return [(high / _ROOM / parts, [high / _ROOM * i / parts for i in range(parts + 1)])]

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Positions are counted: between two of them there is nothing to number."""
        spacings: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        return [(spacing, offset) for spacing, offset in spacings if spacing >= 1] or [(1.0, 0.0)]

    def boundingRect(self) -> QRectF:
        """With room for numbers at both ends, which would be left out otherwise."""
        own: QRectF = super().boundingRect()
        return own.adjusted(0, -self._line_px, 0, self._line_px)

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [self._text(value) for value in values]

    def restyle(self, theme: Theme) -> None:
        self.setPen(QPen(theme.colour("border"), 1))
        self.setTextPen(QPen(theme.colour("faint"), 1))


class _Area:
    """One plot: its axis of values, its curves and marks."""

    def __init__(self, theme: Theme, plot: Plot, font: QFont, axis_width: int) -> None:
        self._theme, self._plot, self._font = theme, plot, font
        self.highest = plot.highest
        self.title = pg.LabelItem(justify="left") if plot.title else None
        # PlotItem would bring menus of its own, which speak English and are made anew with each plot.
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.view.setMouseEnabled(x=True, y=False)
        self.axis = _Axis("left", plot.y_text, font)
        self.axis.linkToView(self.view)
        self.axis.setWidth(axis_width)
        self.axis.setGrid(40)
        self._bands: list[tuple[Any, Any, Any] | None] = []
        self._curves = []
        for series in plot.series:
            self._bands.append(self._make_band() if series.low else None)
            curve = pg.PlotDataItem()
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            self.view.addItem(curve)
            self._curves.append(curve)
        self._marks: list[Any] = []
        self._pointer = pg.InfiniteLine(angle=90, movable=False)
        self._pointer.hide()
        self.view.addItem(self._pointer, ignoreBounds=True)

    def _make_band(self) -> tuple[Any, Any, Any]:
        low, high = pg.PlotCurveItem(), pg.PlotCurveItem()
        band = pg.FillBetweenItem(low, high)
        self.view.addItem(band)
        return low, high, band

    def show(self, plot: Plot, hidden: Set[str], last: float) -> None:
        self._plot = plot
        self.highest = plot.highest if plot.highest > 0 else 1.0
        self.view.setYRange(0, self.highest * _ROOM, padding=0)
        self.view.setLimits(xMin=-0.02 * last, xMax=1.02 * last, minXRange=last / 1000, maxXRange=1.04 * last)
        for series, curve, band in zip(plot.series, self._curves, self._bands, strict=True):
            curve.setVisible(series.name not in hidden)
            x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
            curve.setData(x, y, antialias=len(x) <= _SMOOTH_POINTS, symbol="o" if len(x) == 1 else None)
            if band is not None:
                band[0].setData(x, np.asarray(series.low, dtype=float))
                band[1].setData(x, np.asarray(series.high, dtype=float))
                band[2].setVisible(series.name not in hidden)
        for mark in self._marks:
            self.view.removeItem(mark)
        self._marks = [pg.InfiniteLine(position, angle=90, movable=False) for position in plot.marks]
        for mark in self._marks:
            self.view.addItem(mark, ignoreBounds=True)

    def mark(self, x: float | None) -> None:
        self._pointer.setVisible(x is not None)
        if x is not None:
            self._pointer.setValue(x)

    def restyle(self) -> None:
        colour = self._theme.colour
        self.axis.restyle(self._theme)
        if self.title is not None:
            last = self._plot.series[-1]
            value = f" · {escape(self._plot.y_text(last.y[-1]))}" if last.y else ""
            size = f"{self._font.pointSizeF():.1f}pt"
            self.title.setText(escape(self._plot.title) + value, color=colour("muted").name(), size=size)
        for series, curve, band in zip(self._plot.series, self._curves, self._bands, strict=True):
            shade = QColor(colour(series.colour))
            pen = QPen(shade, 2)
            pen.setCosmetic(True)
            curve.setPen(pen)
            curve.setSymbolBrush(shade)
            curve.setSymbolPen(None)
            if band is not None:
                shade.setAlpha(_BAND_ALPHA)
                band[2].setBrush(shade)
        dashed = QPen(colour("border_strong"), 1, Qt.PenStyle.DashLine)
        dashed.setCosmetic(True)
        for mark in self._marks:
            mark.setPen(dashed)
        pointer = QPen(colour("outline"), 1)
        pointer.setCosmetic(True)
        self._pointer.setPen(pointer)


def _shape(plot: Plot) -> tuple[object, ...]:
    """What makes a plot be laid out anew when it changes."""
    return plot.title, tuple((series.name, bool(series.low)) for series in plot.series), plot.weight


def _value_at(series: Series, x: float) -> int | None:
    """The place of the value at a position, if there is one."""
    place = bisect_left(series.x, x)
    return place if place < len(series.x) and series.x[place] == x else None


def _told(plot: Plot, series: Series, place: int) -> str:
    text = plot.y_text(series.y[place])
    if not series.low:
        return text
    return f"{text} ({plot.y_text(series.low[place])} – {plot.y_text(series.high[place])})"
