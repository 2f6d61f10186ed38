"""The live view: real servers and child processes; regions drawn by the mouse, answers beside them, harvesting."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from stream_verbs import (
    Server,
    add_stream,
    new_stream,
    server,
    stream_state,
    wait_for_captures,
    wait_for_state,
)
from verbs import rows, wait_for

from app.bootstrap import Studio
from app.views.live.live_picture import LivePicture
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.settings import CaptureSettings
from vimd_core.streaming.sources.status import StreamState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers are stalled by signals")
ON_DEMAND = CaptureSettings(trigger="demand")
# In the server's picture a bright square travels over the middle, and the bottom is dark at first.
WHOLE, BOTTOM = (
    Region(name="Middle", x_px=0, y_px=0, width_px=160, height_px=120),
    Region(name="Bottom", x_px=0, y_px=90, width_px=40, height_px=30),
)


@pytest.fixture(scope="module")
def http() -> Iterator[Server]:
    with server("http") as running:
        yield running


def look_live(qtbot: QtBot, studio: Studio) -> LivePicture:
    """Choose Live view at the source, and wait for its picture."""
    window = studio.window
    wait_for(qtbot, lambda: window.live.stream_list.model().rowCount(), "the source's row")
    window.live.stream_list.setCurrentIndex(window.live.stream_list.model().index(0, 0))
    window.live.stream_list.show_live.trigger()
    picture = window.live.view.picture
    wait_for(qtbot, lambda: picture.isVisible() and picture.has_frame, "the live picture")
    return picture


def drag(picture: LivePicture, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place of the frame to another one."""
    drag_on_screen(picture, picture.to_widget(*start), picture.to_widget(*end))


def drag_on_screen(picture: LivePicture, start: QPointF, end: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(picture, left, none, start.toPoint())
    for share in (0.5, 1.0):
        QTest.mouseMove(picture, (start + share * (end - start)).toPoint())
    QTest.mouseRelease(picture, left, none, end.toPoint())


def stored_regions(studio: Studio) -> tuple[Region, ...]:
    """The regions as the project has them."""
    project = studio.services.projects.project
    assert project is not None
    (record,) = project.read(lambda unit: unit.streams.all()).result()
    return tuple(Region(**fields) for fields in record.settings["capture"]["regions"])


def test_regions_are_drawn_named_dragged_turned_and_deleted(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url(), capture=ON_DEMAND))
    wait_for_state(qtbot, studio, StreamState.LIVE)
    picture = look_live(qtbot, studio)
    view = studio.window.live.view

    drag(picture, (20, 20), (60, 50))
    wait_for(qtbot, lambda: len(stored_regions(studio)) == 1, "the region is kept")
    (region,) = stored_regions(studio)
    assert region.name == "Region 1"
    assert (region.x_px, region.y_px, region.width_px, region.height_px) == pytest.approx(
        (20, 20, 40, 30), abs=1.0
    )
    assert (region.frame_width_px, region.frame_height_px) == (160, 120)

    view.name.setFocus()
    view.name.setText("Sign")
    QTest.keyClick(view.name, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: stored_regions(studio)[0].name == "Sign", "its name is kept")

    drag(picture, (40, 35), (70, 55))  # its middle
    wait_for(qtbot, lambda: abs(stored_regions(studio)[0].x_px - 50) < 1.5, "it is moved")
    drag(picture, (90, 70), (100, 90))  # its corner at the bottom right
    wait_for(qtbot, lambda: abs(stored_regions(studio)[0].width_px - 50) < 1.5, "it is larger")
    region = stored_regions(studio)[0]
    assert (region.x_px, region.y_px, region.height_px) == pytest.approx((50, 40, 50), abs=1.5)

    knob = picture.to_widget(75, 40) - QPointF(0, 20)
    middle = picture.to_widget(75, 65)
    drag_on_screen(picture, knob, middle + QPointF(60, -60))
    wait_for(qtbot, lambda: abs(stored_regions(studio)[0].angle_deg - 45) < 2, "it is turned")

    drag(picture, (5, 5), (25, 20))
    wait_for(qtbot, lambda: len(stored_regions(studio)) == 2, "another one")
    assert stored_regions(studio)[1].name == "Region 1"
    view.name.setText("Sign")
    view.name.editingFinished.emit()
    assert view.name.text() == "Region 1"  # two can't have the same name
    picture.setFocus()
    QTest.keyClick(picture, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    wait_for(qtbot, lambda: abs(stored_regions(studio)[1].x_px - 15) < 1.5, "moved by the keyboard")
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    wait_for(qtbot, lambda: [r.name for r in stored_regions(studio)] == ["Sign"], "it is gone")

    view.snap.click()
    wait_for_captures(qtbot, studio, 1)
    (capture,) = rows(studio)

    def is_captured_again() -> bool:
        # Twice in one frame is one capture: the next frame may not be here yet.
        studio.window.actions_.capture_now.trigger()
        return studio.captures.rowCount() >= 2

    wait_for(qtbot, is_captured_again, "the action captures too")
    assert "Sign" in capture.path.name
    assert (capture.width_px, capture.height_px) == (round(region.width_px), round(region.height_px))


def test_escape_takes_a_drag_back(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url(), capture=ON_DEMAND))
    picture = look_live(qtbot, studio)
    place = picture.to_widget(20, 20).toPoint()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(picture, left, none, place)
    QTest.mouseMove(picture, picture.to_widget(60, 60).toPoint())
    assert len(picture.regions) == 1
    QTest.keyClick(picture, Qt.Key.Key_Escape)
    QTest.mouseRelease(picture, left, none, place)
    assert picture.regions == ()


def test_each_region_has_its_answer_and_its_view_beside_it(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    both = CaptureSettings(regions=(WHOLE, BOTTOM), trigger="demand")
    add_stream(studio, new_stream(http.url(), capture=both))
    picture = look_live(qtbot, studio)
    view = studio.window.live.view
    wait_for(qtbot, lambda: len(view.cards.cards) == 2, "a card for each region")
    assert [card.region.text() for card in view.cards.cards] == ["Middle", "Bottom"]
    middle, bottom = view.cards.cards
    wait_for(qtbot, lambda: middle.answer.text() in ("Class A", "Class B"), "an answer")
    wait_for(qtbot, lambda: "Middle: Class " in picture.marks["Middle"].text, "it stands in the picture")
    for card in view.cards.cards:
        assert not card.plain.pixmap().isNull() and not card.sr_view.pixmap().isNull()
    # An even surface has no class, whatever the model makes of it.
    assert (bottom.answer.text(), bottom.probability.text()) == ("No image", "")
    assert set(picture.marks) == {"Middle", "Bottom"}
    assert picture.marks["Bottom"].text == "Bottom: no image"
    assert view.latency.text().endswith(" ms") and "ms old" in view.state.text()
    assert not rows(studio)  # looking makes no captures


def test_nothing_is_asked_for_while_nobody_looks(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url(), capture=ON_DEMAND))
    picture = look_live(qtbot, studio)
    live = studio.services.live
    assert live.stream_id is not None
    studio.window.live.view.pause.click()
    assert live.stream_id is None and picture.has_frame
    wait_for_state(qtbot, studio, StreamState.PAUSED)
    studio.window.live.view.pause.click()
    wait_for_state(qtbot, studio, StreamState.LIVE)
    assert live.stream_id is not None
    studio.window.docks.docks["live"].hide()
    assert live.stream_id is None


def test_the_view_follows_what_becomes_of_the_source(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url(), capture=ON_DEMAND))
    picture = look_live(qtbot, studio)
    streams = studio.services.streams
    streams.set_enabled(streams.records[0].id, False)
    wait_for(qtbot, lambda: not picture.has_frame, "no old picture is shown")
    streams.set_enabled(streams.records[0].id, True)
    wait_for(qtbot, lambda: picture.has_frame, "it is back")
    streams.remove(streams.records[0].id)
    wait_for(qtbot, lambda: studio.window.live.view.stream_id is None, "it is gone")
    assert not picture.has_frame and not studio.window.live.view.snap.isEnabled()


def test_only_what_is_unsure_is_kept_and_can_be_reviewed(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    # The child that is scripted is sure of bright looks and unsure of dark ones.
    bright = Region(name="Bright", x_px=0, y_px=0, width_px=160, height_px=120)
    regions = CaptureSettings(regions=(bright,), interval_s=0.1, duplicate_distance=None)
    add_stream(studio, new_stream(http.url(), capture=regions))
    look_live(qtbot, studio)
    wait_for_captures(qtbot, studio, 3)
    view = studio.window.live.view
    view.limit.setValue(60)
    view.only_unsure.click()
    streams = studio.services.streams
    assert streams.settings(streams.records[0].id).keep_below == pytest.approx(0.6)
    view.review.click()
    query = studio.captures.query
    assert query.source_ids == frozenset({streams.records[0].source_id})


@pytest.mark.parametrize("path, is_kept", [("live", True), ("snow", False)])
def test_what_the_model_is_sure_of_is_not_written(
    qtbot: QtBot,
    start,  # type: ignore[no-untyped-def]
    http: Server,
    path: str,
    is_kept: bool,
) -> None:
    studio = start()
    capture = CaptureSettings(
        regions=(Region(name="Here", x_px=0, y_px=80, width_px=80, height_px=40),),
        interval_s=0.1,
        duplicate_distance=None,
    )
    add_stream(studio, new_stream(http.url(path), capture=capture, keep_below=0.6))
    wait_for_state(qtbot, studio, StreamState.LIVE)
    status = studio.services.streams.status
    wait_for(qtbot, lambda: status(1).sightings >= 12, "much is seen")
    if is_kept:
        wait_for_captures(qtbot, studio, 3)
        seen = studio.services.projects.project.read(lambda unit: unit.streams.seen(1)).result()
        assert (seen.votes, seen.is_agreed) == (1, True)
    else:
        assert not rows(studio)
        assert not list(studio.services.streams.records[0].folder.rglob("*.png"))


def test_a_source_that_has_ended_keeps_its_state(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from numbered_video import write_video

    studio = start()
    add_stream(studio, new_stream(str(write_video(tmp_path / "film.avi", "MJPG")), capture=ON_DEMAND))
    wait_for(qtbot, lambda: stream_state(studio) is StreamState.ENDED, "the end")
    picture = look_live(qtbot, studio)
    drag(picture, (20, 20), (60, 50))
    wait_for(qtbot, lambda: len(stored_regions(studio)) == 1, "a region can be drawn on its last picture")
