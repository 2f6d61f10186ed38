"""Captures and sources are removed by keys and menus, and come back by Ctrl+Z or by being added again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, rows, scripted, wait_for, wait_until_classified
from verbs import select as select_one

from app.bootstrap import Studio
from app.domain.records import CaptureFilter
from app.views.review.questions import ReviewQuestions


def names(studio: Studio) -> list[str]:
    return [row.path.name for row in rows(studio)]


def select(qtbot: QtBot, studio: Studio, first: int, *others: int) -> None:
    select_one(qtbot, studio, first)
    for row in others:
        studio.window.gallery.view.selectionModel().select(
            studio.captures.index(row), QItemSelectionModel.SelectionFlag.Select
        )


def settled(qtbot: QtBot, studio: Studio, count: int, what: str) -> None:
    wait_for(qtbot, lambda: studio.captures.rowCount() == len(rows(studio)) == count, what)


def press(widget: QWidget, key: Qt.Key) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key)


def test_del_takes_the_selection_out_and_ctrl_z_brings_it_back(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(6))
    studio: Studio = start(folder)
    wait_until_classified(qtbot, studio, 6)
    select(qtbot, studio, 2, 3)
    press(studio.window.gallery.view, Qt.Key.Key_Delete)
    settled(qtbot, studio, 4, "they are not listed any more")
    assert names(studio) == [f"capture {i:03}.png" for i in (0, 1, 4, 5)]
    wait_for(
        qtbot, lambda: studio.window.gallery.view.currentIndex().row() == 2, "one goes on at the same place"
    )
    wait_for(qtbot, lambda: "2 captures removed" in studio.window.message_bar.text, "it is said")
    assert len(list(folder.iterdir())) == 6, "no file was touched"
    chip = studio.window.filters.quick.chips[CaptureFilter.ALL]
    wait_for(qtbot, lambda: "4" in chip.text(), "the counts follow")
    QTest.keyClick(studio.window.gallery.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, studio, 6, "they are back")
    assert names(studio) == numbered(6)
    studio.window.actions_.redo.trigger()
    settled(qtbot, studio, 4, "redo removes them again")
    drop(studio.window, folder)
    wait_for(
        qtbot, lambda: "skipped because" in studio.window.message_bar.text, "a folder is only looked through"
    )
    assert len(rows(studio)) == 4
    drop(studio.window, folder / "capture 002.png")
    settled(qtbot, studio, 5, "the file itself comes back")
    wait_for(qtbot, lambda: "restored" in studio.window.message_bar.text, "that is said")


def test_the_message_takes_it_back_too(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    select(qtbot, studio, 0)
    studio.window.actions_.remove.trigger()
    settled(qtbot, studio, 2, "it is gone")
    studio.window.message_bar.action_button.click()
    settled(qtbot, studio, 3, "it is back")
    assert studio.window.message_bar.text == ""


def test_the_message_offers_undo_for_nothing_else(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    bar = studio.window.message_bar
    select(qtbot, studio, 0)
    studio.window.actions_.remove.trigger()
    settled(qtbot, studio, 3, "it is gone")
    wait_for(qtbot, lambda: "removed" in bar.text, "that is said")
    studio.window.actions_.undo.trigger()
    settled(qtbot, studio, 4, "it is back")
    assert bar.text == "", "the message says so no longer"
    studio.window.actions_.redo.trigger()
    settled(qtbot, studio, 3, "it is gone again")
    with qtbot.waitSignal(studio.services.labels.labels_changed):
        studio.services.labels.label([studio.captures.capture_id(1)], studio.classes.records[0].id)
    assert bar.text == "", "its button would take the label back"


def test_more_than_two_hundred_are_asked_about_once(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(201)))
    wait_until_classified(qtbot, studio, 201)
    asked: list[int] = []
    answers = [False, True]

    def ask(_questions: ReviewQuestions, count: int) -> bool:
        asked.append(count)
        return answers[len(asked) - 1]

    monkeypatch.setattr(ReviewQuestions, "ask_removal", ask)
    studio.window.actions_.select_all.trigger()
    studio.window.actions_.remove.trigger()
    assert asked == [201]
    assert len(rows(studio)) == 201
    studio.window.actions_.remove.trigger()
    wait_for(qtbot, lambda: studio.window.is_empty, "nothing is left")
    assert asked == [201, 201]
    studio.window.actions_.undo.trigger()
    settled(qtbot, studio, 201, "all of them are back")
    wait_for(qtbot, lambda: not studio.window.is_empty, "and shown")


def test_the_question_names_the_number(qtbot: QtBot, start, monkeypatch: pytest.MonkeyPatch) -> None:
    studio: Studio = start()
    texts: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.append(box.text()))
    assert not studio.window.questions.review.ask_removal(1234)
    assert texts == ["Remove 1,234 captures from the project?"]


def test_a_source_is_removed_and_added_again(qtbot: QtBot, start, tmp_path: Path) -> None:
    make_captures(tmp_path / "in", [*(f"a/{i}.png" for i in range(3)), *(f"b/{i}.png" for i in range(2))])
    studio: Studio = start(tmp_path / "in" / "a", tmp_path / "in" / "b")
    wait_until_classified(qtbot, studio, 5)
    panel = studio.window.projects.source_panel
    wait_for(qtbot, lambda: panel.list.model().rowCount() == 2, "both are listed")
    panel.list.setCurrentIndex(panel.list.model().index(0, 0))
    wait_for(qtbot, lambda: len(rows(studio)) == 3, "its captures are listed")
    press(panel.list, Qt.Key.Key_Delete)
    wait_for(qtbot, lambda: panel.list.model().rowCount() == 1, "one source is left")
    settled(qtbot, studio, 0, "nothing of it is listed")
    studio.window.actions_.clear_filter.trigger()
    settled(qtbot, studio, 2, "the others are there")
    drop(studio.window, tmp_path / "in" / "a")
    settled(qtbot, studio, 5, "its captures are back")
    wait_for(qtbot, lambda: panel.list.model().rowCount() == 2, "it is a source again")
    wait_for(
        qtbot, lambda: "3 previously removed, now restored" in studio.window.message_bar.text, "it is said"
    )


def test_removing_while_captures_are_classified(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(30)), command=scripted(0.02))
    wait_for(qtbot, lambda: len(rows(studio)) == 30, "they are listed")
    select(qtbot, studio, *range(10, 30))
    studio.window.actions_.remove.trigger()
    settled(qtbot, studio, 10, "they are gone")
    wait_until_classified(qtbot, studio, 10)
    studio.window.actions_.undo.trigger()
    wait_until_classified(qtbot, studio, 30)
