"""One zoom and one position for all views of a capture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSizeF, Qt
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, press, wait_for, wait_until_classified

from app.views.inspector.shared_view import SharedView


@pytest.fixture
def view() -> SharedView:
    shared = SharedView()
    shared.set_pane(QSizeF(208, 108))
    shared.set_scene(QSizeF(50, 25))
    return shared


def test_a_new_capture_is_shown_whole(view: SharedView) -> None:
    assert view.is_fitted
    assert view.zoom == 4.0
    assert view.target().center() == QPointF(104, 54)


def test_zooming_keeps_what_is_under_the_pointer(view: SharedView) -> None:
    pointer = QPointF(60, 40)
    before = view.to_scene(pointer)
    view.zoom_by(3.0, pointer)
    after = view.to_scene(pointer)
    assert view.zoom == pytest.approx(12.0)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_a_drag_moves_the_scene_by_as_much(view: SharedView) -> None:
    view.zoom_by(5.0, QPointF(104, 54))
    before = view.target().topLeft()
    view.pan_by(QPointF(10, -6))
    moved = view.target().topLeft() - before
    assert (moved.x(), moved.y()) == pytest.approx((10, -6))
    view.fit()
    assert view.is_fitted


def test_the_capture_never_leaves_the_pane(view: SharedView) -> None:
    view.pan_by(QPointF(100_000, 100_000))
    assert view.target().contains(QPointF(104, 54))
    view.zoom_by(1e9, QPointF(0, 0))
    assert view.zoom <= 200


def test_all_three_panes_show_the_same_part(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(1)))
    wait_until_classified(qtbot, studio, 1)
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.super_resolved.image is not None, "the SR view is there")
    changed = []
    compare.view.changed.connect(lambda: changed.append(compare.view.zoom))
    fitted = compare.view.zoom
    qtbot.mouseDClick(compare.bicubic, Qt.MouseButton.LeftButton)
    compare.view.zoom_by(2, QPointF(10, 10))
    assert changed[-1] == pytest.approx(2 * fitted)
    press(qtbot, studio, Qt.Key.Key_F)
    assert compare.view.is_fitted
