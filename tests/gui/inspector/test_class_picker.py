"""Typing the name of a class: what is highlighted is what Enter takes, and nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    history,
    make_captures,
    numbered,
    press,
    row_at,
    select,
    type_text,
    wait_for,
    wait_for_label,
    wait_until_classified,
    wait_until_shown,
)

from app.bootstrap import Studio
from app.domain.records import ClassRecord

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:  # type: ignore[no-untyped-def]
    """Three captures; classes of our own beside those of the model."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, running, 3)
    for name in ("No passing", "Tomato", "Rest area", "Café"):
        running.services.labels.add_class(name)
    wait_for(qtbot, lambda: running.classes.find("Café") is not None, "the classes are there")
    select(qtbot, running, 0)
    return running


def offered(studio: Studio) -> list[str]:
    offers = studio.window.inspector.panel.picker.offers
    return [str(offers.index(row).data()) for row in range(offers.rowCount())]


def highlighted(studio: Studio) -> str | None:
    return studio.window.inspector.panel.picker.rows.currentIndex().data()


def type_name(qtbot: QtBot, studio: Studio, text: str) -> None:
    press(qtbot, studio, Key.Key_Slash)
    type_text(studio, text)
    assert studio.window.inspector.panel.picker.text() == text


def names(studio: Studio) -> list[str]:
    return [record.name for record in studio.classes.records]


def test_a_part_of_a_name_means_the_class_that_is_listed(qtbot: QtBot, studio: Studio) -> None:
    before = names(studio)
    type_name(qtbot, studio, "no pass")
    assert highlighted(studio) == "No passing"
    assert offered(studio) == ["No passing", "Create “no pass” (Shift+Enter)"]
    press(qtbot, studio, Key.Key_Return)
    wait_for_label(qtbot, studio, 0, "No passing")
    assert names(studio) == before


def test_a_new_class_is_made_by_its_row_or_by_shift_and_enter_alone(qtbot: QtBot, studio: Studio) -> None:
    type_name(qtbot, studio, "rust")
    assert offered(studio)[-1] == "Create “rust” (Shift+Enter)"
    press(qtbot, studio, Key.Key_Return, SHIFT)
    wait_for_label(qtbot, studio, 0, "rust")
    wait_until_shown(qtbot, studio, 1)
    type_name(qtbot, studio, "Regular-Tomato")
    assert offered(studio) == ["Create “Regular-Tomato” (Shift+Enter)"]
    assert highlighted(studio) is None
    press(qtbot, studio, Key.Key_Return)  # nothing is highlighted, and nothing happens
    assert studio.window.inspector.panel.picker.text() == "Regular-Tomato"
    press(qtbot, studio, Key.Key_Down)
    press(qtbot, studio, Key.Key_Enter)
    wait_for_label(qtbot, studio, 1, "Regular-Tomato")
    wait_for(qtbot, lambda: names(studio)[-2:] == ["rust", "Regular-Tomato"], "both are classes now")
    press(qtbot, studio, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: names(studio)[-1] == "rust", "undo takes the class away again")


def test_shift_and_enter_take_a_class_that_is_there(qtbot: QtBot, studio: Studio) -> None:
    before = names(studio)
    type_name(qtbot, studio, " TOMATO ")
    assert not any(row.startswith("Create") for row in offered(studio))
    press(qtbot, studio, Key.Key_Return, SHIFT)
    wait_for_label(qtbot, studio, 0, "Tomato")
    assert names(studio) == before


def test_moving_among_the_rows_leaves_what_was_typed(qtbot: QtBot, studio: Studio) -> None:
    type_name(qtbot, studio, "class")
    picker = studio.window.inspector.panel.picker
    first = highlighted(studio)
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_PageDown, Key.Key_Up):
        press(qtbot, studio, key)
    assert picker.text() == "class"
    assert picker.selectedText() == ""
    assert highlighted(studio) not in (None, first)
    type_text(studio, " j")
    assert picker.text() == "class j"
    assert highlighted(studio) == "Class J"


def test_nothing_typed_chooses_nothing(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Slash)
    press(qtbot, studio, Key.Key_Return)
    press(qtbot, studio, Key.Key_Return, SHIFT)
    type_text(studio, "   ")
    press(qtbot, studio, Key.Key_Return, SHIFT)
    assert history(studio, 0) == ()
    assert QApplication.focusWidget() is studio.window.inspector.panel.picker
    press(qtbot, studio, Key.Key_Down)  # all classes, for those who want to look
    assert offered(studio) == names(studio)
    press(qtbot, studio, Key.Key_Escape)
    assert QApplication.focusWidget() is studio.window.gallery.view
    assert studio.window.inspector.panel.picker.rows.isHidden()


def test_text_from_an_input_method(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_Slash)
    picker = studio.window.inspector.panel.picker
    composing = QInputMethodEvent("ting", [])
    QApplication.sendEvent(picker, composing)
    committed = QInputMethodEvent()
    committed.setCommitString("停车")
    QApplication.sendEvent(picker, committed)
    assert picker.text() == "停车"
    assert offered(studio) == ["Create “停车” (Shift+Enter)"]
    press(qtbot, studio, Key.Key_Return, SHIFT)
    wait_for_label(qtbot, studio, 0, "停车")


def test_a_row_can_be_clicked(qtbot: QtBot, studio: Studio) -> None:
    type_name(qtbot, studio, "rest")
    rows = studio.window.inspector.panel.picker.rows
    place = rows.visualRect(rows.model().index(0, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    wait_for_label(qtbot, studio, 0, "Rest area")
    assert row_at(studio, 1).label is None


def test_find_a_class_finds_the_same(qtbot: QtBot, studio: Studio) -> None:
    panel = studio.window.classes.panel
    panel.search.setFocus()
    type_text(studio, "passing no")
    assert [panel.list.model().index(row, 0).data() for row in range(panel.list.model().rowCount())] == [
        "No passing"
    ]
    press(qtbot, studio, Key.Key_Return)
    chosen = studio.classes.find("No passing")
    assert chosen is not None
    assert studio.captures.query.class_ids == frozenset({chosen.id})
    assert QApplication.focusWidget() is studio.window.gallery.view


def test_a_name_that_another_class_has_offers_to_merge_them(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    asked: list[tuple[str, str]] = []

    def ask(record: ClassRecord, other: ClassRecord) -> bool:
        asked.append((record.name, other.name))
        return len(asked) > 1

    reply(studio.window, ask_merge_instead=ask)
    reply(studio.window, ask_class_name=lambda *_args, **_named: " TOMATO")
    cafe = studio.classes.find("Café")
    assert cafe is not None
    window.classes.panel.choose(cafe.id)
    window.actions_.rename_class.trigger()
    assert "Café" in names(studio)
    window.actions_.rename_class.trigger()
    wait_for(qtbot, lambda: "Café" not in names(studio), "the two are one class")
    assert asked == [("Café", "Tomato")] * 2
    window.actions_.add_class.trigger()
    wait_for(qtbot, lambda: "A class named Tomato" in window.message_bar.text, "a second one is refused")
