"""Sources, classes and filters beside the gallery."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    make_captures,
    numbered,
    press,
    row_at,
    select,
    type_text,
    wait_for,
    wait_for_label,
    wait_until_classified,
)

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.records import CaptureFilter, CaptureRow
from app.views.classes.questions import UNLABEL

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    """Twelve captures, six of each folder, classified."""
    root = make_captures(
        tmp_path, [f"{'near' if i < 6 else 'far'}/{name}" for i, name in enumerate(numbered(12))]
    )
    running: Studio = start(root / "near", root / "far")
    wait_until_classified(qtbot, running, 12)
    wait_for(qtbot, lambda: running.sources.rowCount() == 2, "the sources are counted")
    wait_for(qtbot, lambda: sum(running.classes.counts.shown.values()) == 12, "the classes are counted")
    return running


def wait_for_list(qtbot: QtBot, studio: Studio, passes, what: str) -> None:
    """The gallery lists what passes, all of it and nothing else."""
    everything = all_rows(studio)
    wanted = [row.id for row in everything if passes(row)]
    assert wanted, "the test would show nothing"

    def listed() -> list[int]:
        return studio.captures.capture_ids(0, studio.captures.rowCount() - 1)

    wait_for(qtbot, lambda: listed() == wanted, what)


def all_rows(studio: Studio) -> list[CaptureRow]:
    project = studio.services.projects.project
    assert project is not None
    return project.read(
        lambda unit: unit.captures.rows(unit.captures.find(CaptureQuery()).ids.tolist())
    ).result()


def class_of(studio: Studio, name: str) -> int:
    record = studio.classes.find(name)
    assert record is not None
    return record.id


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


def test_renamed_merged_and_taken_back(qtbot: QtBot, studio: Studio) -> None:
    window, panel = studio.window, studio.window.classes.panel
    first = row_at(studio, 0).predicted
    assert first is not None
    reply(studio.window, ask_class_name=lambda *_: "Round")
    panel.choose(class_of(studio, first))
    window.actions_.rename_class.trigger()
    wait_for(qtbot, lambda: studio.classes.find("Round") is not None, "the class has its new name")
    assert studio.classes.find(first) is None
    other = next(row.predicted for row in all_rows(studio) if row.predicted != "Round")
    assert other is not None
    target = class_of(studio, other)
    reply(studio.window, ask_merge_target=lambda *_: target)
    panel.choose(class_of(studio, "Round"))
    window.actions_.merge_classes.trigger()
    wait_for(qtbot, lambda: studio.classes.find("Round") is None, "the class is gone")
    wait_for(qtbot, lambda: all_rows(studio)[0].predicted == other, "its answers are the other class's")
    press(qtbot, studio, Key.Key_Z, CONTROL)
    wait_for(qtbot, lambda: studio.classes.find("Round") is not None, "undo brings it back")
    press(qtbot, studio, Key.Key_Z, CONTROL)
    wait_for(qtbot, lambda: studio.classes.find(first) is not None, "undo gives the old name back")


def test_deleting_asks_where_the_labels_go(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    select(qtbot, studio, 0)
    window.review.session.choose_class("Mistake")
    wait_for_label(qtbot, studio, 0, "Mistake")
    wait_for(qtbot, lambda: studio.classes.counts.labelled, "labels are counted")
    asked: list[tuple[int, bool]] = []

    def answer(_record, count, _classes, *, model_knows):  # type: ignore[no-untyped-def]
        asked.append((count, model_knows))
        return UNLABEL

    reply(studio.window, ask_where_labels_go=answer)
    window.classes.panel.choose(class_of(studio, "Mistake"))
    window.actions_.delete_class.trigger()
    wait_for(qtbot, lambda: studio.classes.find("Mistake") is None, "the class is gone")
    assert asked == [(1, False)]
    wait_for(qtbot, lambda: all_rows(studio)[0].label is None, "its capture is unreviewed again")


def test_a_key_and_a_digit_of_its_own(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    name = studio.classes.records[-1].name
    taken: list[dict[str, str]] = []
    reply(studio.window, ask_class_key=lambda _r, known: taken.append(known) or "T")
    window.classes.panel.choose(class_of(studio, name))
    window.actions_.class_key.trigger()
    wait_for(qtbot, lambda: studio.classes.records[-1].key == "T", "the class has its key")
    assert "U" in taken[0] and "1" in taken[0]
    window.actions_.pin_class.trigger()
    wait_for(qtbot, lambda: studio.classes.records[-1].pinned, "the class is pinned")
    window.actions_.clear_filter.trigger()
    wait_for_list(qtbot, studio, lambda row: True, "all are listed")
    select(qtbot, studio, 1)
    press(qtbot, studio, Key.Key_T)
    wait_for_label(qtbot, studio, 1, name)
    select(qtbot, studio, 2)
    press(qtbot, studio, Key.Key_6)
    wait_for_label(qtbot, studio, 2, name)


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
