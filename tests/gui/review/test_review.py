"""Orders, groups and queues of the gallery by keys and menus; the lens and the pixel grid of the inspector."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, press, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import GroupField, SortField
from app.domain.records import ReviewState
from app.views.gallery.gallery_bar import GalleryBar
from app.views.inspector.compare_view import CompareMode

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(30)))
    wait_until_classified(qtbot, running, 30)
    return running


def gallery_bar(studio: Studio) -> GalleryBar:
    return studio.window.gallery.view.findChild(GalleryBar)


def wait_until_listed(qtbot: QtBot, studio: Studio, count: int) -> None:
    wait_for(
        qtbot,
        lambda: not studio.captures.is_loading and studio.captures.rowCount() == count,
        f"{count} listed",
    )


def test_orders_are_chosen_in_the_menu_and_turned_round(qtbot: QtBot, studio: Studio) -> None:
    bar = gallery_bar(studio)
    bar.sort_actions[SortField.CONFIDENCE].trigger()
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is sorted")
    seen = [row.probability or 0.0 for row in rows(studio)]
    assert seen == sorted(seen) and seen[0] < seen[-1]
    qtbot.mouseClick(bar.direction_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: rows(studio)[0].probability == seen[-1], "it is turned round")
    bar.sort_actions[SortField.SIZE].trigger()
    wait_for(qtbot, lambda: rows(studio)[0].width_px == 32, "the largest come first")
    sizes = [max(row.width_px or 0, row.height_px or 0) for row in rows(studio)]
    assert sizes == sorted(sizes, reverse=True)
    assert bar.sort_button.text().endswith("Size") and bar.direction_button.text() == "↓"


def test_classes_stand_together_under_headings(qtbot: QtBot, studio: Studio) -> None:
    gallery_bar(studio).group_actions[GroupField.CLASS].trigger()
    wait_for(qtbot, lambda: studio.captures.query.group is GroupField.CLASS, "it is asked for")
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is grouped")
    names = [row.predicted for row in rows(studio)]
    runs = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert len(runs) == len(set(names)) > 1, "each class is one run"


def test_queues_list_what_nobody_has_looked_at(qtbot: QtBot, studio: Studio) -> None:
    select(qtbot, studio, 0)
    first = studio.captures.capture_id(0)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: rows(studio)[0].state is ReviewState.ACCEPTED, "one is accepted")
    press(qtbot, studio, Key.Key_1, ALT)
    wait_until_listed(qtbot, studio, 29)
    seen = [row.probability or 0.0 for row in rows(studio)]
    assert seen == sorted(seen)
    assert first not in {row.id for row in rows(studio)}
    press(qtbot, studio, Key.Key_2, ALT)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.DISAGREEMENT, "the other queue")
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is listed")
    differ = [row.disagreement or 0.0 for row in rows(studio)]
    assert differ == sorted(differ, reverse=True)
    press(qtbot, studio, Key.Key_5, ALT)
    wait_until_listed(qtbot, studio, 30)
    assert {row.id for row in rows(studio)} >= {first}, "an audit asks of everything"


def test_a_queue_is_worked_off_by_one_key(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_1, ALT)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.CONFIDENCE, "the queue is listed")
    wait_until_listed(qtbot, studio, 30)
    order = [row.id for row in rows(studio)]
    select(qtbot, studio, 0)
    for _ in range(5):
        press(qtbot, studio, Key.Key_U)
    wait_for(
        qtbot, lambda: [row.state for row in rows(studio)[:5]] == [ReviewState.UNSURE] * 5, "five are done"
    )
    assert [row.id for row in rows(studio)] == order, "what is done stays where it was until F5"
    press(qtbot, studio, Key.Key_F5)
    wait_until_listed(qtbot, studio, 25)


def painted(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_the_lens_follows_the_mouse(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.super_resolved.image is not None, "there is an SR view")
    qtbot.mouseClick(compare.mode_buttons[CompareMode.LENS], Qt.MouseButton.LeftButton)
    wipe = compare.wipe
    wait_for(qtbot, wipe.isVisible, "the lens is there")
    white, black = (QImage(8, 8, QImage.Format.Format_RGB32) for _ in range(2))
    white.fill(QColor("white"))
    black.fill(QColor("black"))
    wipe.set_image(black)
    wipe.set_above(white)
    target = compare.view.target()
    one, other = target.center() - QPointF(40, 0), target.center() + QPointF(40, 0)
    for here, there in ((one, other), (other, one)):
        qtbot.mouseMove(wipe, QPoint(0, 0))
        qtbot.mouseMove(wipe, here.toPoint())
        wait_for(
            qtbot,
            lambda here=here: painted(wipe).pixelColor(here.toPoint()).lightness() > 200,
            "super-resolved under the lens",
        )
        assert painted(wipe).pixelColor(there.toPoint()).lightness() < 60


def test_pixels_have_borders_once_they_are_large(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.nearest.image is not None, "it is shown")
    flat = QImage(24, 24, QImage.Format.Format_RGB32)
    flat.fill(QColor("white"))
    compare.nearest.set_image(flat)

    def colours() -> int:
        image, middle = painted(compare.nearest), compare.nearest.height() // 2
        return len({image.pixel(x, middle) for x in range(20, image.width() - 20)})

    assert colours() <= 2
    compare.view.zoom_by(20 / compare.view.zoom, QPointF(compare.nearest.rect().center()))
    assert compare.view.zoom == pytest.approx(20)
    image = painted(compare.nearest)
    middle = compare.nearest.height() // 2
    dark = [x for x in range(5, image.width() - 5) if image.pixelColor(x, middle).lightness() < 250]
    steps = {b - a for a, b in pairwise(dark)}
    assert dark and steps <= {20}, "a line every pixel of the capture"
