"""Curves of a training, painted as it goes on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.training_curves import Curve, TrainingCurves
from app.views.theme import Theme
from app.views.wording import percent

_MARGIN_PX: Final = 8
_AXIS_PX: Final = 44
_TITLE_PX: Final = 20
_MOST_POINTS: Final = 400


class CurvePlot(QWidget):
    """The loss and its terms above, accuracy and learning rate below; time goes to the right, to the training's end."""

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
        """Three plots, one above the other."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height() / 10
        curves = self._curves
        terms = {name: curve for name, curve in curves.losses.items() if name}
        loss = curves.losses.get("", [])
        muted = self._theme.colour("faint")
        lines = [(curve, muted) for curve in terms.values()] if len(terms) > 1 else []
        self._plot(
            painter,
            QRectF(0, 0, self.width(), 5 * height),
            self.tr("Loss"),
            [*lines, (loss, self._theme.colour("corrected"))],
            (0.0, max((value for _, value in loss), default=1.0)),
            "{:.2f}",
        )
        self._plot(
            painter,
            QRectF(0, 5 * height, self.width(), 3 * height),
            self.tr("Accuracy on held-back captures"),
            [(curves.top1, self._theme.colour("accepted"))],
            (0.0, 1.0),
            "{:.0%}",
        )
        self._plot(
            painter,
            QRectF(0, 8 * height, self.width(), 2 * height),
            self.tr("Learning rate"),
            [(curves.learning_rate, self._theme.colour("accent"))],
            (0.0, max((value for _, value in curves.learning_rate), default=1.0)),
            "{:.1e}",
        )

    def _plot(
        self,
        painter: QPainter,
        area: QRectF,
        title: str,
        lines: list[tuple[Curve, QColor]],
        span: tuple[float, float],
        number: str,
    ) -> None:
        painter.setPen(self._theme.colour("muted"))
        head = QRectF(area.left() + _MARGIN_PX, area.top(), area.width() - 2 * _MARGIN_PX, _TITLE_PX)
        painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), title)
        last = lines[-1][0]
        if last:
            shown = number.format(last[-1][1])
            painter.drawText(head, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), shown)
        plot = area.adjusted(_AXIS_PX, _TITLE_PX, -_MARGIN_PX, -_MARGIN_PX)
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        painter.drawLine(plot.topLeft(), plot.topRight())
        painter.setPen(self._theme.colour("faint"))
        low, high = span
        for value, y in ((high, plot.top()), (low, plot.bottom())):
            box = QRectF(area.left(), y - 9, _AXIS_PX - 6, 18)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number.format(value)
            )
        steps = max(1, self._curves.steps)
        for curve, colour in lines:
            points = _thinned(curve)
            if not points or high <= low:
                continue
            polygon = QPolygonF(
                [
                    QPointF(
                        plot.left() + plot.width() * min(1.0, step / steps),
                        plot.bottom() - plot.height() * min(1.0, max(0.0, (value - low) / (high - low))),
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
