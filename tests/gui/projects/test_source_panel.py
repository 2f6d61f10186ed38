"""The panel of sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from list_verbs import start_with_two_sources, wait_for_list
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import (
    press,
)

from app.bootstrap import Studio

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    return start_with_two_sources(qtbot, start, tmp_path)


def test_a_source_lists_its_captures(qtbot: QtBot, studio: Studio) -> None:
    panel = studio.window.projects.source_panel
    index = studio.sources.index(1)
    folder = Path(index.data(Qt.ItemDataRole.ToolTipRole))
    qtbot.mouseClick(
        panel.list.viewport(), Qt.MouseButton.LeftButton, pos=panel.list.visualRect(index).center()
    )
    wait_for_list(qtbot, studio, lambda row: row.path.parent == folder, "only that folder is listed")
    press(qtbot, studio, Key.Key_Escape)
    wait_for_list(qtbot, studio, lambda row: True, "all are listed")
