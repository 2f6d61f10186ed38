"""Captures of one thing: how many things there are is said, and one capture leads to the others."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import make_captures, select, wait_for, wait_until_classified, wait_until_shown


def test_things_are_counted_and_shown(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    names = ["00007_00001.png", "00007_00002.png", "alone.png"]
    studio = start(make_captures(tmp_path / "in", names))
    wait_until_classified(qtbot, studio, 3)
    bar, inspector = studio.window.gallery.bar, studio.window.inspector.panel
    wait_for(qtbot, lambda: bar.count.text() == "3 captures of about 2 things", "things are counted")
    select(qtbot, studio, 2)
    wait_until_shown(qtbot, studio, 2)
    assert inspector.mates.isHidden()
    select(qtbot, studio, 0)
    wait_until_shown(qtbot, studio, 0)
    assert inspector.mates.text() == "Show 1 other capture of this thing"
    qtbot.mouseClick(inspector.mates, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 2, "the captures of the thing are listed")
    assert bar.count.text() == "2 captures"
