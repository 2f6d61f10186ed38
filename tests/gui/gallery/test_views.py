"""Parts of the window on their own: the shared zoom, the theme, the menus."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import SIGNAL, QPointF, QSizeF, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, press, wait_for, wait_until_classified

from app.domain.records import CaptureFilter
from app.services.program.preferences import ThemeMode
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


def test_light_and_dark_reach_every_pixel(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    for mode, is_dark in ((ThemeMode.DARK, True), (ThemeMode.LIGHT, False)):
        studio.window.actions_.themes[mode].trigger()
        picture = studio.window.grab().toImage()
        corners = [
            (5, 5),
            (picture.width() - 8, picture.height() - 4),
            (picture.width() // 3, picture.height() - 60),
        ]
        for x, y in corners:
            assert (QColor(picture.pixelColor(x, y)).lightness() < 90) == is_dark, (mode, x, y)


def test_the_theme_is_remembered(qtbot: QtBot, start) -> None:
    studio = start()
    studio.window.actions_.themes[ThemeMode.DARK].trigger()
    start.stop(studio)
    again = start()
    assert again.theme.mode is ThemeMode.DARK
    assert again.window.actions_.themes[ThemeMode.DARK].isChecked()


def receivers(action: QAction) -> int:
    return action.receivers(SIGNAL("triggered(bool)")) + action.receivers(SIGNAL("toggled(bool)"))


def test_no_menu_entry_is_dead(qtbot: QtBot, start) -> None:
    studio = start()
    actions = studio.window.actions_.all()
    assert len(actions) > 30
    menu = QMenu(studio.window)
    by_the_menu_alone = receivers(menu.addAction("does nothing"))
    for action in actions:
        assert receivers(action) > by_the_menu_alone, action.text()


def test_no_two_actions_share_a_key(qtbot: QtBot, start) -> None:
    studio = start()
    keys: dict[str, QAction] = {}
    for action in studio.window.actions_.all():
        for key in action.shortcuts():
            assert key.toString() not in keys, f"{action.text()} and {keys[key.toString()].text()}"
            keys[key.toString()] = action


def test_every_control_has_an_accessible_name(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    window = studio.window
    wait_for(qtbot, lambda: window.inspector.panel.bars.bars[0].answer is not None, "the bars are there")
    for kind in (QAbstractButton, QAbstractSlider, QLineEdit):
        for widget in window.findChildren(kind):
            is_inner = widget.objectName().startswith("qt_") or widget.inherits("QScrollBar")
            if is_inner or not widget.isVisible() or widget.inherits("QLineEditIconButton"):
                continue
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, widget


def test_chips_and_menu_show_the_same_filter(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    chips, filters = studio.window.filters.quick.chips, studio.window.actions_.filters
    qtbot.mouseClick(chips[CaptureFilter.UNREVIEWED], Qt.MouseButton.LeftButton)
    assert filters[CaptureFilter.UNREVIEWED].isChecked()
    assert studio.captures.filter is CaptureFilter.UNREVIEWED
    assert [which for which, chip in chips.items() if chip.isChecked()] == [CaptureFilter.UNREVIEWED]


@pytest.mark.parametrize("show", ["show_about", "show_shortcuts"])
def test_dialogs_open_and_close(qtbot: QtBot, start, monkeypatch, show: str) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QDialog

    studio = start()
    seen: list[str] = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: seen.append(dialog.windowTitle()))
    action = studio.window.actions_.about if show == "show_about" else studio.window.actions_.shortcuts
    action.trigger()
    assert seen
