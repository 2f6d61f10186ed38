"""Correcting by keys and clicks, and taking it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from verbs import (
    drop,
    history,
    make_captures,
    numbered,
    press,
    row_at,
    rows,
    select,
    type_text,
    wait_for,
    wait_for_label,
    wait_until_classified,
    wait_until_shown,
)

from app.bootstrap import Studio
from app.domain.records import ActionKind, CaptureFilter, ReviewState

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    """Ten captures, classified, the first one looked at."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(10)))
    wait_until_classified(qtbot, running, 10)
    select(qtbot, running, 0)
    wait_for(qtbot, lambda: len(answers(running)) == 5, "the inspector has the answers")
    return running


def answers(studio: Studio) -> list[str]:
    return [bar.answer.name for bar in studio.window.inspector.panel.bars.bars if bar.answer is not None]


def test_a_digit_corrects_and_goes_on(qtbot: QtBot, studio: Studio) -> None:
    second = answers(studio)[1]
    press(qtbot, studio, Key.Key_2)
    wait_for_label(qtbot, studio, 0, second)
    (entry,) = history(studio, 0)
    assert (entry.kind, entry.label, entry.model_said) == (
        ActionKind.LABEL,
        second,
        row_at(studio, 0).predicted,
    )
    assert row_at(studio, 0).state is ReviewState.CORRECTED
    wait_until_shown(qtbot, studio, 1)
    wait_for(
        qtbot,
        lambda: "1" in studio.window.filters.quick.chips[CaptureFilter.CORRECTED].text(),
        "the header counts the correction",
    )


def test_keys_pressed_faster_than_the_disk_reach_one_capture_each(qtbot: QtBot, studio: Studio) -> None:
    for _ in range(5):
        press(qtbot, studio, Key.Key_2)
    wait_for(qtbot, lambda: all(row.label for row in rows(studio)[:5]), "five captures have labels")
    assert [len(history(studio, position)) for position in range(6)] == [1, 1, 1, 1, 1, 0]
    assert all(row.state is ReviewState.CORRECTED for row in rows(studio)[:5])


def test_enter_accepts_and_u_is_unsure_and_x_is_no_capture(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Return)
    press(qtbot, studio, Key.Key_U)
    press(qtbot, studio, Key.Key_X)
    wait_for(qtbot, lambda: row_at(studio, 2).state is ReviewState.REJECTED, "three keys, three states")
    assert row_at(studio, 0).state is ReviewState.ACCEPTED
    assert row_at(studio, 0).label == row_at(studio, 0).predicted
    assert row_at(studio, 1).state is ReviewState.UNSURE
    press(qtbot, studio, Key.Key_A)
    press(qtbot, studio, Key.Key_Backspace)
    wait_for(qtbot, lambda: row_at(studio, 2).state is ReviewState.UNREVIEWED, "the label is cleared")


def test_a_and_d_and_arrows_move(qtbot: QtBot, studio: Studio) -> None:
    for key, position in (
        (Key.Key_D, 1),
        (Key.Key_D, 2),
        (Key.Key_A, 1),
        (Key.Key_Right, 2),
        (Key.Key_Left, 1),
        (Key.Key_End, 9),
        (Key.Key_D, 9),
        (Key.Key_Home, 0),
        (Key.Key_Down, studio.window.gallery.view.columns),
        (Key.Key_Up, 0),
    ):
        press(qtbot, studio, key)
        wait_until_shown(qtbot, studio, position)


def test_any_class_by_type_ahead(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Slash)
    assert QApplication.focusWidget() is studio.window.inspector.panel.picker
    type_text(studio, "ss j")  # a part of "Class J", in any case, with keys that are commands elsewhere
    press(qtbot, studio, Key.Key_Return)
    wait_for_label(qtbot, studio, 0, "Class J")
    assert QApplication.focusWidget() is studio.window.gallery.view
    wait_until_shown(qtbot, studio, 1)


def test_a_new_name_makes_a_new_class(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_L)
    type_text(studio, "Tram stop")
    press(qtbot, studio, Key.Key_Return, SHIFT)
    wait_for_label(qtbot, studio, 0, "Tram stop")
    wait_for(qtbot, lambda: studio.classes.find("tram stop") is not None, "the class is offered from now on")


def test_escape_leaves_the_type_ahead(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Slash)
    type_text(studio, "zz")
    press(qtbot, studio, Key.Key_Escape)
    assert QApplication.focusWidget() is studio.window.gallery.view
    assert studio.window.inspector.panel.picker.text() == ""
    assert history(studio, 0) == ()


def test_a_bar_can_be_clicked(qtbot: QtBot, studio: Studio) -> None:
    third = answers(studio)[2]
    qtbot.mouseClick(studio.window.inspector.panel.bars.bars[2], Qt.MouseButton.LeftButton)
    wait_for_label(qtbot, studio, 0, third)


def test_a_selection_is_labelled_and_undone_as_one_step(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_A, CONTROL)
    wait_for(qtbot, lambda: len(studio.window.review.session.selected) == 10, "all are selected")
    chosen = answers(studio)[1]
    press(qtbot, studio, Key.Key_2)
    wait_for(qtbot, lambda: all(row.label == chosen for row in rows(studio)), "all have the label")
    wait_for(qtbot, studio.window.actions_.undo.isEnabled, "undo is offered")
    assert len(studio.window.review.session.selected) == 10  # a selection stays where it is
    press(qtbot, studio, Key.Key_Z, CONTROL)
    wait_for(
        qtbot, lambda: all(row.state is ReviewState.UNREVIEWED for row in rows(studio)), "all labels are gone"
    )


def test_undo_and_redo_by_keys(qtbot: QtBot, studio: Studio) -> None:
    actions = studio.window.actions_
    assert not actions.undo.isEnabled()
    second = answers(studio)[1]
    press(qtbot, studio, Key.Key_2)
    wait_for_label(qtbot, studio, 0, second)
    wait_for(qtbot, actions.undo.isEnabled, "undo is offered")
    press(qtbot, studio, Key.Key_Z, CONTROL)
    wait_for_label(qtbot, studio, 0, None)
    wait_until_shown(qtbot, studio, 0)  # back to where it happened
    wait_for(qtbot, actions.redo.isEnabled, "redo is offered")
    assert not actions.undo.isEnabled()
    press(qtbot, studio, Key.Key_Z, CONTROL, SHIFT)
    wait_for_label(qtbot, studio, 0, second)
    lines = studio.window.inspector.panel.ledger.lines
    wait_for(qtbot, lambda: len(studio.window.inspector.panel.ledger.lines) == 3, f"three lines, not {lines}")
    assert studio.window.inspector.panel.ledger.lines[0].startswith("Redone")


def test_labels_are_there_after_a_restart_and_can_be_undone(qtbot: QtBot, studio: Studio, start) -> None:
    second = answers(studio)[1]
    press(qtbot, studio, Key.Key_2)
    wait_for_label(qtbot, studio, 0, second)
    start.stop(studio)
    again: Studio = start()
    wait_until_classified(qtbot, again, 10)
    wait_for_label(qtbot, again, 0, second)
    assert again.services.classify.is_running is False
    wait_for(qtbot, again.window.actions_.undo.isEnabled, "undo reaches back")
    press(qtbot, again, Key.Key_Z, CONTROL)
    wait_for_label(qtbot, again, 0, None)


def test_without_going_on_the_capture_stays(qtbot: QtBot, studio: Studio) -> None:
    studio.window.actions_.auto_advance.trigger()
    press(qtbot, studio, Key.Key_2)
    wait_for(qtbot, lambda: row_at(studio, 0).label is not None, "the label is there")
    press(qtbot, studio, Key.Key_3)
    wait_for(qtbot, lambda: len(history(studio, 0)) == 2, "the second key met the same capture")


def test_filters_list_what_they_say(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Return)
    press(qtbot, studio, Key.Key_U)
    wait_for(qtbot, lambda: row_at(studio, 1).state is ReviewState.UNSURE, "two captures are reviewed")
    filters = studio.window.actions_.filters
    for which, count in (
        (CaptureFilter.ACCEPTED, 1),
        (CaptureFilter.UNSURE, 1),
        (CaptureFilter.UNREVIEWED, 8),
        (CaptureFilter.CORRECTED, 0),
        (CaptureFilter.ALL, 10),
    ):
        with qtbot.waitSignal(studio.captures.filter_applied):
            filters[which].trigger()
        assert studio.captures.rowCount() == count


def test_labelling_works_without_a_model(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(model=tmp_path / "missing.safetensors")
    wait_for(qtbot, lambda: "is missing" in studio.window.message_bar.text, "the app says what is missing")
    drop(studio.window, make_captures(tmp_path / "in", numbered(2)))
    wait_for(qtbot, lambda: studio.captures.rowCount() == 2, "captures are listed")
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_L)
    type_text(studio, "Gravel")
    press(qtbot, studio, Key.Key_Return, SHIFT)
    wait_for_label(qtbot, studio, 0, "Gravel")
    wait_until_shown(qtbot, studio, 1)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: "no prediction" in studio.window.message_bar.text, "there is nothing to accept")
