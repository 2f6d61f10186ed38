"""The chart of the model's accuracy over the labels in their order."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.insight.review_statistics import WINDOW, ReviewStatistics
from app.views.charts.chart import Chart
from app.views.charts.series import ChartData, Plot, Series
from app.views.shared.theme import Theme
from app.views.wording.numbers import count, percent

_SIZE: Final = QSize(240, 160)
_LEAST: Final = QSize(160, 120)


class AccuracyChart(QWidget):
    """The share of the latest labels that the model had right, with its interval; dashed lines mark new models."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._statistics: ReviewStatistics | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chart = Chart(theme, self.tr("Accuracy over time"), _SIZE, _LEAST)
        self.setWhatsThis(
            self.tr(
                "Accuracy of the model in use at the time on your latest %Ln label(s), excluding "
                "captures it was trained on. The band is the 95 % confidence interval; a line marks a "
                "new model.",
                "",
                WINDOW,
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chart)

    def set_statistics(self, statistics: ReviewStatistics) -> None:
        """Show other figures."""
        self._statistics = statistics
        name = self.tr("Accuracy over time, currently {0}").format(percent(statistics.recent.value))
        self.setAccessibleName(name)
        self.chart.setAccessibleName(name)
        curve = statistics.curve
        self.setVisible(bool(curve))
        if not curve:
            return
        bounds = [point.share.interval for point in curve]
        accuracy = Series(
            self.tr("Accuracy"),
            [point.labels for point in curve],
            [point.share.value for point in curve],
            "accent",
            low=[low for low, _ in bounds],
            high=[high for _, high in bounds],
        )
        marks = tuple(float(point.labels) for point in curve if point.model_changed)
        self.chart.set_data(
            ChartData(
                (Plot("", (accuracy,), 1.0, percent, marks=marks),),
                curve[-1].labels,
                x_text=lambda labels: count(round(labels)),
                x_name=lambda labels: self.tr("After %Ln label(s)", "", round(labels)),
                x_title=self.tr("Labels"),
            )
        )
