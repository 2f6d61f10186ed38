"""The quick filters above the gallery."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_until_classified

from app.domain.records import CaptureFilter


def test_chips_and_menu_show_the_same_filter(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    chips, filters = studio.window.filters.quick.chips, studio.window.actions_.filters
    qtbot.mouseClick(chips[CaptureFilter.UNREVIEWED], Qt.MouseButton.LeftButton)
    assert filters[CaptureFilter.UNREVIEWED].isChecked()
    assert studio.captures.filter is CaptureFilter.UNREVIEWED
    assert [which for which, chip in chips.items() if chip.isChecked()] == [CaptureFilter.UNREVIEWED]
