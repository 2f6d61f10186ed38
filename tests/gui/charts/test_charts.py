"""Charts tell values where they are pointed at, zoom, and hide what the legend switches off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from places import ROOT
from pointer import point_at, turn_wheel
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.insight.review_statistics import CurvePoint, ReviewStatistics, Share
from app.retraining.curves import TrainingCurves
from app.views.charts.chart import Chart
from app.views.charts.series import ChartData, Plot, Series
from app.views.insight.accuracy_chart import AccuracyChart
from app.views.shared.theme import Theme, ThemeMode
from app.views.training.curve_plot import CurvePlot
from vimd_core.training.loop.events import EpochEvent, ProgressEvent


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    sheet = qapp.styleSheet()
    yield Theme(qapp, ThemeMode.LIGHT)
    qapp.setStyleSheet(sheet)


def two_curves(count: int = 11) -> ChartData:
    x = list(range(count))
    plot = Plot(
        "Loss",
        (
            Series("a <part>", x, [1.0 - i / count for i in x], "faint"),
            Series("sum", x, [2.0 - i / count for i in x], "accent"),
        ),
        2.0,
        lambda value: f"{value:.2f}",
    )
    return ChartData((plot,), count - 1, x_text=str, x_name=lambda step: f"Step {step:.0f}")


def shown(qtbot: QtBot, theme: Theme, data: ChartData) -> Chart:
    chart = Chart(theme, "A chart", QSize(400, 300), QSize(100, 80))
    qtbot.addWidget(chart)
    chart.set_data(data)
    chart.resize(400, 300)
    chart.show()
    qtbot.waitUntil(lambda: chart.view is not None and chart.view.isVisible())
    qtbot.waitExposed(chart)
    QApplication.processEvents()
    return chart


def place_of(chart: Chart, x: float) -> QPoint:
    view = chart.view
    assert view is not None
    area = view._areas[0].view
    return view.mapFromScene(area.mapViewToScene(QPointF(x, 1.0)))


def test_pointing_tells_the_nearest_values(qtbot: QtBot, theme: Theme) -> None:
    chart = shown(qtbot, theme, two_curves())
    view: Any = chart.view
    point_at(view, place_of(chart, 5.3))
    qtbot.waitUntil(lambda: bool(view.told))
    assert view.told.splitlines() == ["Step 5", "a <part>: 0.55", "sum: 1.55"]
    assert view.accessibleDescription() == view.told


def test_arrow_keys_go_from_point_to_point(qtbot: QtBot, theme: Theme) -> None:
    chart = shown(qtbot, theme, two_curves())
    view: Any = chart.view
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.told.startswith("Step 2\n")
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.told.startswith("Step 1\n")


def test_the_legend_hides_a_curve(qtbot: QtBot, theme: Theme) -> None:
    chart = shown(qtbot, theme, two_curves())
    view: Any = chart.view
    assert [button.text() for button in chart.legend] == ["a <part>", "sum"]
    qtbot.mouseClick(chart.legend[0], Qt.MouseButton.LeftButton)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.told.splitlines() == ["Step 0", "sum: 2.00"]
    assert not view._areas[0]._curves[0].isVisible() and view._areas[0]._curves[1].isVisible()


def test_the_wheel_zooms_in_and_a_double_click_shows_all(qtbot: QtBot, theme: Theme) -> None:
    chart = shown(qtbot, theme, two_curves(1001))
    view: Any = chart.view
    whole = view._areas[0].view.viewRange()[0]
    turn_wheel(view, place_of(chart, 500), 360)
    near = view._areas[0].view.viewRange()[0]
    assert near[1] - near[0] < 0.8 * (whole[1] - whole[0]) and near[0] < 500 < near[1]
    chart.set_data(two_curves(1001))
    assert view._areas[0].view.viewRange()[0] == pytest.approx(near), "what goes on leaves the zoom"
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(chart, 500))
    assert view._areas[0].view.viewRange()[0] == pytest.approx(whole)
    turn_wheel(view, place_of(chart, 500), 360)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view._areas[0].view.viewRange()[0] == pytest.approx(whole)


def test_curves_are_drawn_in_the_colours_of_the_theme(qtbot: QtBot, theme: Theme) -> None:
    chart = shown(qtbot, theme, two_curves())
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT):
        theme.set_mode(mode)
        QApplication.processEvents()
        image = chart.grab().toImage()
        wanted = theme.colour("accent")
        colours = {
            image.pixelColor(x, y).name() for x in range(0, image.width()) for y in range(0, image.height())
        }
        assert wanted.name() in colours


def test_a_training_tells_step_epoch_and_figures(qtbot: QtBot, theme: Theme) -> None:
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    curves = TrainingCurves()
    for step in range(1, 9):
        standing: dict[str, Any] = {
            "step": step,
            "steps": 8,
            "epoch": step // 4,
            "epochs": 2,
            "losses": {"hard": 1.0 / step, "soft": 0.5 / step},
            "learning_rate": 1e-3,
            "samples_per_s": 1.0,
            "eta_s": None,
            "data_wait_share": 0.0,
        }
        is_epoch = step % 4 == 0
        curves.add(EpochEvent(**standing, validation_top1=0.5) if is_epoch else ProgressEvent(**standing))
    plot.set_curves(curves)
    plot.resize(400, 400)
    plot.show()
    qtbot.waitUntil(lambda: plot.chart.view is not None and plot.chart.view.isVisible())
    view: Any = plot.chart.view
    for _ in range(8):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    told = view.told.splitlines()
    assert told[0] == "Step 8, epoch 2"
    assert told[1:] == [
        "hard: 0.125",
        "soft: 0.063",
        "Loss: 0.188",
        "Accuracy: 50\u00a0%",
        "Learning rate: 0.001",
    ]


def test_a_chart_that_is_seen_already_draws_what_comes_over_its_whole_width(
    qtbot: QtBot, theme: Theme
) -> None:
    chart = Chart(theme, "A chart", QSize(400, 300), QSize(100, 80))
    qtbot.addWidget(chart)
    chart.resize(400, 300)
    chart.show()
    qtbot.waitUntil(lambda: chart.view is not None and chart.view.isVisible())
    untitled = Plot("", (Series("a", [0, 10], [0.5, 1.0], "accent"),), 1.0, lambda value: f"{value:.0%}")
    for last in (10, 20):
        chart.set_data(ChartData((untitled,) * (last // 10), last, x_text=str, x_name=str))
        QApplication.processEvents()
        view: Any = chart.view
        assert all(area.view.geometry().width() > 300 for area in view._areas)


def test_no_position_is_written_twice(qtbot: QtBot, theme: Theme) -> None:
    def whole(value: float) -> str:
        return f"{value:.0f}"

    for last in (1, 2, 7, 250):
        data = ChartData(two_curves().plots, last, x_text=whole, x_name=whole)
        view: Any = shown(qtbot, theme, data).view
        levels = view._bottom.tickValues(0, last, 350)
        texts = [whole(value) for _spacing, values in levels for value in values]
        assert len(texts) > 1
        assert len(texts) == len(set(texts))


def test_the_accuracy_tells_its_interval(qtbot: QtBot, theme: Theme) -> None:
    chart = AccuracyChart(theme)
    qtbot.addWidget(chart)
    points = tuple(CurvePoint(n, Share(n - 1, n), model_changed=n == 30) for n in (10, 20, 30))
    figures = ReviewStatistics.__new__(ReviewStatistics)
    object.__setattr__(figures, "curve", points)
    object.__setattr__(figures, "recent", points[-1].share)
    chart.set_statistics(figures)
    chart.resize(360, 160)
    chart.show()
    qtbot.waitUntil(lambda: chart.chart.view is not None and chart.chart.view.isVisible())
    view: Any = chart.chart.view
    qtbot.keyClick(view, Qt.Key.Key_Left)
    low, high = points[-1].share.interval
    assert f"97\u00a0% ({low * 100:.0f}\u00a0% – " in view.told and view.told.startswith("After 30 label")
    assert high > 0.99 and "97" in chart.accessibleName()


def test_neither_start_nor_panels_load_the_library_before_a_chart_is_shown() -> None:
    code = (
        "import sys, app.main, app.bootstrap, app.views.window.main_window\n"
        "raise SystemExit(int('pyqtgraph' in sys.modules or 'numpy' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
