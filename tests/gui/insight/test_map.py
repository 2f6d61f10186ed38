"""The map of captures: what is pointed at, zoomed in on, hidden and drawn around."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pointer import drag, point_at, turn_wheel
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPolygonF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.records import CaptureRow, ClassRecord, ReviewState
from app.item_models.map_captures import CapturesOnMap
from app.views.insight.dots import Window, draw_dots, nearest, unit_places, within
from app.views.insight.map_legend import MapLegend
from app.views.insight.map_panel import preview_text
from app.views.insight.map_view import MapView
from app.views.shared.theme import Theme, ThemeMode

COLOURS = {1: QColor("#ff0000"), 2: QColor("#0000ff")}
# Four corners and the middle; the classes alternate, the middle has none.
PLACES = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.5, 0.5)]
CAPTURES = CapturesOnMap(
    array("q", [11, 12, 13, 14, 15]),
    array("f", [value for place in PLACES for value in place]),
    array("q", [1, 2, 1, 2, 0]),
)


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> Iterator[MapView]:
    sheet = qapp.styleSheet()
    made = MapView(Theme(qapp, ThemeMode.LIGHT))
    made.set_captures(CAPTURES, COLOURS, frozenset())
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    qapp.setStyleSheet(sheet)


def pixel_of(view: MapView, place: tuple[float, float]) -> QPoint:
    return view.mapFromScene(view.view.mapViewToScene(QPointF(*place)))


def test_the_capture_below_the_pointer_is_told(qtbot: QtBot, view: MapView) -> None:
    with qtbot.waitSignal(view.pointed_at) as told:
        point_at(view, pixel_of(view, (0.5, 0.5)) + QPoint(3, 2))
    assert told.args is not None and told.args[0] == 15
    with qtbot.waitSignal(view.pointed_at) as told:
        point_at(view, pixel_of(view, (0.3, 0.5)))
    assert told.args is not None and told.args[0] is None


def test_wheel_and_keys_zoom_and_a_double_click_shows_all(qtbot: QtBot, view: MapView) -> None:
    corner = pixel_of(view, (0.0, 0.0))
    for _ in range(8):
        turn_wheel(view, corner, 120)
    assert view.shown_ids == (11,)
    assert (pixel_of(view, (0.0, 0.0)) - corner).manhattanLength() < 20, (
        "what is below the pointer stays there"
    )
    with qtbot.waitSignal(view.captures_chosen) as listed:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert listed.args == [(11,)]
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert len(view.shown_ids) == 5
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.shown_ids == (15,)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert len(view.shown_ids) == 5
    for _ in range(30):
        turn_wheel(view, corner, -120)
    assert view.view.viewRect().width() < 1.1, "there is nothing to see beyond the map"


@pytest.mark.parametrize("pans", [True, False])
def test_the_map_is_moved_by_its_mode_or_by_shift(qtbot: QtBot, view: MapView, pans: bool) -> None:
    view.zoom(0.5)
    before, chosen = view.view.viewRect(), []
    view.captures_chosen.connect(chosen.append)
    view.pans = pans
    keys = Qt.KeyboardModifier.NoModifier if pans else Qt.KeyboardModifier.ShiftModifier
    drag(view, [QPoint(100, 100), QPoint(120, 110), QPoint(160, 130)], keys)
    assert view.view.viewRect().left() < before.left() and not chosen
    assert view.view.viewRect().width() == pytest.approx(before.width())


def test_only_what_the_legend_shows_is_drawn_and_chosen(view: MapView) -> None:
    everything = QPolygonF([QPointF(0, 0), QPointF(400, 0), QPointF(400, 300), QPointF(0, 300)])
    assert view.ids_within(everything) == (11, 12, 13, 14, 15)
    view.set_captures(CAPTURES, COLOURS, frozenset({1}))
    assert view.ids_within(everything) == (12, 14, 15)
    image = view.image()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#0000ff" in seen and "#ff0000" not in seen


def test_dots_are_where_they_are_looked_for_after_zooming(view: MapView) -> None:
    view.zoom(0.7)
    image, at = view.image(), pixel_of(view, (0.5, 0.5))
    assert image.pixelColor(at).alpha() == 255
    grabbed: QImage = view.grab().toImage()
    assert grabbed.pixelColor(at).name() == "#8c8c8c"


def test_the_legend_has_the_largest_class_first_and_remembers_what_is_hidden(qtbot: QtBot) -> None:
    legend = MapLegend()
    qtbot.addWidget(legend)
    classes = [
        ClassRecord(1, "Stop", "#ff0000", None, False),
        ClassRecord(2, "Yield", "#0000ff", None, False),
    ]
    legend.set_classes(CAPTURES, classes)
    assert [legend.list.item(row).text() for row in range(3)] == ["Stop · 2", "Yield · 2", "No class · 1"]
    with qtbot.waitSignal(legend.changed):
        legend.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    legend.set_classes(CAPTURES, classes)
    assert legend.hidden == {1} and legend.list.item(0).checkState() is Qt.CheckState.Unchecked
    legend.none_button.click()
    assert legend.hidden == {0, 1, 2}
    legend.all_button.click()
    assert legend.hidden == set()


def test_a_preview_shows_picture_class_and_name_as_text() -> None:
    row = CaptureRow(
        id=1,
        file=str(Path("/data/<b>.png")),
        width_px=8,
        height_px=8,
        state=ReviewState.UNREVIEWED,
        label=None,
        label_colour=None,
        predicted="Stop & go",
        probability=0.5,
        disagreement=None,
        sr_changed=False,
        problem=None,
    )
    picture = QImage(8, 4, QImage.Format.Format_RGB32)
    picture.fill(0)
    text = preview_text(row, picture)
    assert 'src="data:image/png;base64,' in text and 'width="96" height="48"' in text
    assert "Stop &amp; go 50" in text and "&lt;b&gt;.png" in text
    assert "<img" not in preview_text(row, None)


def test_a_hundred_thousand_dots_are_all_there() -> None:
    chance = np.random.default_rng(0)
    places = unit_places(chance.normal(size=(100_000, 2)).astype(np.float32))
    window = Window(0.0, 0.0, 1.0, 1.0, 800, 600)
    pixels = draw_dots(places, np.full(100_000, 0xFF123456, dtype=np.uint32), window, 1.0)
    columns, rows = window.pixels(places).astype(int).T
    inside = (columns < 800) & (rows < 600)
    assert pixels.shape == (600, 800) and (pixels[rows[inside], columns[inside]] == 0xFF123456).all()


def test_captures_far_off_stand_at_the_border() -> None:
    places = np.array([(i % 10, i // 10) for i in range(100)] + [(1000, 5)], dtype=np.float32)
    units = unit_places(places)
    assert units.min() == 0.0 and units.max() == 1.0 and units[100, 0] == 1.0 and np.ptp(units[:100, 0]) > 0.3


def test_points_within_a_polygon_and_nearest_to_a_place() -> None:
    at = np.array([(1.0, 1.0), (5.0, 5.0), (9.0, 1.0)])
    corner = [(0.0, 0.0), (10.0, 0.0), (10.0, 3.0), (0.0, 3.0)]
    assert within(at, corner).tolist() == [True, False, True]
    assert (nearest(at, 5.5, 5.5, 2), nearest(at, 5.5, 8.0, 2), nearest(at[:0], 0, 0, 9)) == (1, None, None)


def test_there_is_a_map_of_nothing(view: MapView) -> None:
    empty: Any = CapturesOnMap()
    view.set_captures(empty, {}, frozenset())
    assert view.shown_ids == () and not view.grab().isNull()
