"""The plot of training curves, drawn as a training goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.item_models.number_text import locale
from app.retraining.curves import Curve, TrainingCurves
from app.views.charts.chart import Chart
from app.views.charts.series import ChartData, Plot, Series
from app.views.shared.theme import Theme
from app.views.wording.numbers import count, number, percent

_SIZE: Final = QSize(360, 300)
_LEAST: Final = QSize(220, 180)
_PARTS: Final = ("faint", "problem", "unsure", "outline")


class CurvePlot(QWidget):
    """The loss and its terms, accuracy where it is measured, learning rate; steps go to the right, to the last one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = TrainingCurves()
        self.chart = Chart(theme, self.tr("Training curves"), _SIZE, _LEAST)
        self.setAccessibleName(self.tr("Training curves"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart)

    def set_curves(self, curves: TrainingCurves) -> None:
        """Show these, as they are now."""
        self._curves = curves
        loss = curves.losses.get("", [])
        if loss:
            said = self.tr("Loss {0}").format(number(loss[-1][1], 3))
            if curves.top1:
                said += ", " + self.tr("accuracy {0}").format(percent(curves.top1[-1][1]))
            self.setAccessibleDescription(said)
        self.chart.set_data(
            ChartData(
                tuple(self._plots(curves)),
                max(1, curves.steps),
                x_text=lambda step: count(round(step)),
                x_name=self._step_name,
                x_title=self.tr("Step"),
            )
        )

    def _plots(self, curves: TrainingCurves) -> Sequence[Plot]:
        loss = curves.losses.get("", [])
        terms = [(name, curve) for name, curve in curves.losses.items() if name]
        parts = [
            _series(self._part_name(name), curve, _PARTS[i % len(_PARTS)])
            for i, (name, curve) in enumerate(terms if len(terms) > 1 else ())
        ]
        plots = [
            Plot(
                self.tr("Loss and its terms") if parts else self.tr("Loss"),
                (*parts, _series(self.tr("Loss"), loss, "corrected")),
                max((value for _, value in loss), default=1.0),
                lambda value: number(value, 3),
                weight=5,
            )
        ]
        if curves.top1:
            accuracy = _series(self.tr("Accuracy"), curves.top1, "accepted")
            plots.append(Plot(self.tr("Validation accuracy"), (accuracy,), 1.0, percent, weight=3))
        rate = _series(self.tr("Learning rate"), curves.learning_rate, "accent")
        highest = max((value for _, value in curves.learning_rate), default=1.0)
        plots.append(Plot(self.tr("Learning rate"), (rate,), highest, _short, weight=2))
        return plots

    def _part_name(self, name: str) -> str:
        """A term of the loss as the field calls it."""
        return {
            "cross_entropy": self.tr("Cross-entropy with the labels"),
            "project_ce": self.tr("Cross-entropy with the suggestions"),
            "near_kl": self.tr("Divergence between similar captures"),
            "previous_kl": self.tr("Divergence from previous model"),
            "logits_kl": self.tr("Divergence from teacher"),
            "hidden_states": self.tr("Distance to teacher's hidden states"),
        }.get(name, name)

    def _step_name(self, step: float) -> str:
        """Where in the training a step is."""
        curves, shown = self._curves, count(round(step))
        if not curves.steps or not curves.epochs:
            return self.tr("Step {0}").format(shown)
        epoch = min(curves.epochs, 1 + int((step - 1) * curves.epochs / curves.steps))
        return self.tr("Step {0}, epoch {1}").format(shown, count(max(1, epoch)))


def _series(name: str, curve: Curve, colour: str) -> Series:
    return Series(name, [step for step, _ in curve], [value for _, value in curve], colour)


def _short(value: float) -> str:
    return locale().toString(value, "g", 2) if value else "0"
