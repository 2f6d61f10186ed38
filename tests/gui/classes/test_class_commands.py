"""Renaming, merging, deleting classes, and their keys."""

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
    wait_for,
    wait_for_label,
)

from app.bootstrap import Studio
from app.views.classes.questions import UNLABEL

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    return start_with_two_sources(qtbot, start, tmp_path)


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
