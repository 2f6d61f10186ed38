"""Data of a chart: plots one above the other, each with its series. Knows nothing of how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: for the legend and for hovering.
        x: positions, increasing.
        y: a value for each.
        colour: its name in the theme.
        low: lower bound of each value, where there is an interval.
        high: upper bound of each.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Plot:
    """Curves that share their axes.

    Attributes:
        title: above them; "" for none.
        series: the last one is in front, and its last value stands beside the title.
        highest: upper end of the values' axis, which begins at 0.
        y_text: a value as text.
        weight: its share of the height.
        marks: positions of dashed lines.
    """

    title: str
    series: tuple[Series, ...]
    highest: float
    y_text: Callable[[float], str]
    weight: int = 1
    marks: tuple[float, ...] = ()


@dataclass(frozen=True)
class ChartData:
    """All plots of a chart, over the same positions.

    Attributes:
        plots: from top to bottom.
        last: right end of the axis of positions, which begins at 0.
        x_text: a position on the axis.
        x_name: a position when it is pointed at, such as "Step 20, epoch 2".
        x_title: what the positions are.
    """

    plots: tuple[Plot, ...]
    last: float
    x_text: Callable[[float], str]
    x_name: Callable[[float], str]
    x_title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Each series of a plot that has several, for the legend."""
        shared = [plot for plot in self.plots if len(plot.series) > 1]
        return tuple(dict.fromkeys(series.name for plot in shared for series in plot.series))
