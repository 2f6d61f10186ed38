"""Conditions, chips and saved filters."""

from __future__ import annotations

from pathlib import Path

import pytest
from list_verbs import all_rows, class_of, start_with_two_sources, wait_for_list
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    press,
    row_at,
    select,
    type_text,
    wait_for,
)

from app.bootstrap import Studio
from app.domain.records import CaptureFilter

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    return start_with_two_sources(qtbot, start, tmp_path)


def test_a_class_lists_its_captures_and_a_chip_brings_the_others_back(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    name = row_at(studio, 0).predicted
    assert name is not None
    window.classes.panel.choose(class_of(studio, name))
    wait_for_list(qtbot, studio, lambda row: (row.label or row.predicted) == name, f"only {name} is listed")
    (chip,) = window.filters.chips.chips
    assert name in chip.text()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    wait_for_list(qtbot, studio, lambda row: True, "all are listed")
    assert window.filters.chips.isHidden() and not window.classes.panel.chosen


def test_quick_filters_and_conditions_go_together(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: row_at(studio, 0).label is not None, "the first one is accepted")
    window.actions_.filters[CaptureFilter.ACCEPTED].trigger()
    press(qtbot, studio, Key.Key_F, CONTROL)
    type_text(studio, "000")
    wait_for_list(
        qtbot, studio, lambda row: row.label and "000" in row.path.name, "accepted ones of that name"
    )
    window.actions_.clear_filter.trigger()
    wait_for_list(qtbot, studio, lambda row: True, "all are listed")
    assert window.filters.panel.search.text() == ""
    assert window.actions_.filters[CaptureFilter.ALL].isChecked()


def test_confidence_and_name_are_conditions(qtbot: QtBot, studio: Studio) -> None:
    values = sorted(row.probability for row in all_rows(studio) if row.probability is not None)
    share = round(100 * values[len(values) // 2])
    studio.window.filters.panel.max_confidence.setValue(share)
    wait_for_list(
        qtbot, studio, lambda row: (row.probability or 1) <= share / 100, f"those up to {share} % are listed"
    )


def test_a_saved_filter_is_there_after_a_restart(qtbot: QtBot, studio: Studio, start) -> None:
    window = studio.window
    reply(window, ask_filter_name=lambda *_: "The third")
    window.filters.panel.search.setText("003")
    wait_for_list(qtbot, studio, lambda row: "003" in row.path.name, "the third is listed")
    window.actions_.save_filter.trigger()
    wait_for(qtbot, lambda: window.filters.saved.box.count() == 1, "the filter is saved")
    start.stop(studio)
    again: Studio = start()
    wait_for(qtbot, lambda: again.window.filters.saved.box.count() == 1, "the filter is offered")
    assert again.window.filters.saved.box.currentIndex() == 0  # the project opens where it was left
    again.window.actions_.clear_filter.trigger()
    assert again.window.filters.saved.box.currentIndex() == -1
    again.window.filters.saved.box.activated.emit(0)
    wait_for_list(qtbot, again, lambda row: "003" in row.path.name, "the third is listed")
