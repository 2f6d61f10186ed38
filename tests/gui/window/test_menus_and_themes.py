"""Every menu entry does something, every control has a name, and every pixel follows the theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import SIGNAL
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_for, wait_until_classified

from app.services.program.preferences import ThemeMode


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


@pytest.mark.parametrize("show", ["show_about", "show_shortcuts"])
def test_dialogs_open_and_close(qtbot: QtBot, start, monkeypatch, show: str) -> None:  # type: ignore[no-untyped-def]
    from PySide6.QtWidgets import QDialog

    studio = start()
    seen: list[str] = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: seen.append(dialog.windowTitle()))
    action = studio.window.actions_.about if show == "show_about" else studio.window.actions_.shortcuts
    action.trigger()
    assert seen
