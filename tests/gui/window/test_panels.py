"""Panels stay as the user left them."""

from __future__ import annotations

from pathlib import Path

import pytest
from list_verbs import start_with_two_sources
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import (
    press,
    wait_for,
)

from app.bootstrap import Studio

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    return start_with_two_sources(qtbot, start, tmp_path)


def test_panels_stay_as_they_were_left(qtbot: QtBot, studio: Studio, start) -> None:
    docks = studio.window.docks.docks
    assert docks["inspector"].isVisible() and docks["filters"].isVisible()
    press(qtbot, studio, Key.Key_I)
    wait_for(qtbot, docks["inspector"].isHidden, "the inspector is hidden")
    docks["filters"].close()
    start.stop(studio)
    again: Studio = start()
    wait_for(qtbot, again.window.docks.docks["classes"].isVisible, "the project is shown")
    assert again.window.docks.docks["inspector"].isHidden()
    assert again.window.docks.docks["filters"].isHidden()
    again.window.actions_.reset_layout.trigger()
    wait_for(qtbot, again.window.docks.docks["inspector"].isVisible, "all panels are back")


def test_a_key_brings_a_panel_to_the_front_before_it_closes_it(qtbot: QtBot, studio: Studio) -> None:
    docks = studio.window.docks.docks
    confusion, inspector = docks["confusion"], docks["inspector"]

    def is_seen() -> bool:
        return not confusion.visibleRegion().isEmpty()

    press(qtbot, studio, Key.Key_2, CONTROL)
    wait_for(qtbot, is_seen, "it is opened and seen")
    inspector.raise_()
    wait_for(qtbot, lambda: not is_seen(), "it is behind the inspector")
    qtbot.wait(50)  # nobody presses keys within one turn of the event loop
    press(qtbot, studio, Key.Key_2, CONTROL)
    wait_for(qtbot, is_seen, "it is seen again")
    qtbot.wait(50)
    press(qtbot, studio, Key.Key_2, CONTROL)
    wait_for(qtbot, confusion.isHidden, "it is closed")
