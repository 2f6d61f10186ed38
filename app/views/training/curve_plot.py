"""Curves of a training, painted as it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.retraining.curves import Curve, TrainingCurves
from app.views.shared.theme import Theme
from app.views.wording.numbers import percent

_MARGIN_PX: Final = 8
_AXIS_PX: Final = 44
_TITLE_PX: Final = 20
_HALF_LINE_PX: Final = 9
_MOST_POINTS: Final = 400


@dataclass(frozen=True)
class _Plot:
    """Curves with their colours, from 0 to the highest value; the last one is the one that counts."""

    title: str
    lines: list[tuple[Curve, QColor]]
    highest: float
    number: str
    weight: int


class CurvePlot(QWidget):
    """The loss and its terms, accuracy where it is measured, learning rate; steps go to the right, to the last one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves = TrainingCurves()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Curves of the training"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Enough to see a bend."""
        return QSize(360, 300)

    def minimumSizeHint(self) -> QSize:
        """Enough to see a direction."""
        return QSize(220, 180)

    def set_curves(self, curves: TrainingCurves) -> None:
        """Show these, as they are now."""
        self._curves = curves
        loss = curves.losses.get("", [])
        if loss:
            said = self.tr("Loss {0}").format(f"{loss[-1][1]:.3f}")
            if curves.top1:
                said += ", " + self.tr("accuracy {0}").format(percent(curves.top1[-1][1]))
            self.setAccessibleDescription(said)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One plot above the other."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        curves = self._curves
        loss = curves.losses.get("", [])
        terms = [curve for name, curve in curves.losses.items() if name]
        faint = self._theme.colour("faint")
        parts = [(curve, faint) for curve in terms] if len(terms) > 1 else []
        plots = [
            _Plot(
                self.tr("Loss, and its parts") if parts else self.tr("Loss"),
                [*parts, (loss, self._theme.colour("corrected"))],
                max((value for _, value in loss), default=1.0),
                "{:.2f}",
                5,
            )
        ]
        if curves.top1:
            accuracy = [(curves.top1, self._theme.colour("accepted"))]
            plots.append(_Plot(self.tr("Accuracy on held-back captures"), accuracy, 1.0, "{:.0%}", 3))
        rate = [(curves.learning_rate, self._theme.colour("accent"))]
        highest = max((value for _, value in curves.learning_rate), default=1.0)
        plots.append(_Plot(self.tr("Learning rate"), rate, highest, "{:.0e}", 2))
        share, top = self.height() / sum(plot.weight for plot in plots), 0.0
        for plot in plots:
            self._plot(painter, QRectF(0, top, self.width(), plot.weight * share), plot)
            top += plot.weight * share

    def _plot(self, painter: QPainter, area: QRectF, plot: _Plot) -> None:
        """One of them, with its title, its last figure and its largest and smallest value."""
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(self._theme.colour("muted"))
        head = QRectF(area.left(), area.top(), area.width() - _MARGIN_PX, _TITLE_PX)
        painter.drawText(head, left, plot.title)
        last = plot.lines[-1][0]
        if last:
            painter.drawText(head, right, plot.number.format(last[-1][1]))
        inside = area.adjusted(_AXIS_PX, _TITLE_PX + _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX - _HALF_LINE_PX)
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawLine(inside.bottomLeft(), inside.bottomRight())
        painter.drawLine(inside.topLeft(), inside.topRight())
        painter.setPen(self._theme.colour("faint"))
        for value, y in ((plot.highest, inside.top()), (0.0, inside.bottom())):
            box = QRectF(area.left(), y - _HALF_LINE_PX, _AXIS_PX - 6, 2 * _HALF_LINE_PX)
            painter.drawText(box, right, plot.number.format(value) if value else "0")
        steps = max(1, self._curves.steps)
        for curve, colour in plot.lines:
            points = _thinned(curve)
            if not points or plot.highest <= 0:
                continue
            polygon = QPolygonF(
                [
                    QPointF(
                        inside.left() + inside.width() * min(1.0, step / steps),
                        inside.bottom() - inside.height() * min(1.0, max(0.0, value / plot.highest)),
                    )
                    for step, value in points
                ]
            )
            painter.setPen(QPen(colour, 2))
            if len(points) == 1:
                painter.drawPoint(polygon.first())
            else:
                painter.drawPolyline(polygon)


def _thinned(curve: Curve) -> Curve:
    """No more points than can be told apart; the last one is always among them."""
    step = max(1, len(curve) // _MOST_POINTS)
    return curve[::-step][::-1] if step > 1 else curve
