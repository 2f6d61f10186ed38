"""More than two hundred captures at once: asked about once, with the number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import make_captures, numbered, press, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.records import ReviewState
from app.views.review.review_session import MANY

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
COUNT = MANY + 1


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:  # type: ignore[no-untyped-def]
    """One capture more than go without a question, all of them selected."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(COUNT)))
    wait_until_classified(qtbot, running, COUNT)
    select(qtbot, running, 0)
    press(qtbot, running, Key.Key_A, CONTROL)
    wait_for(qtbot, lambda: len(running.window.review.session.selected) == COUNT, "all are selected")
    return running


def answering(studio: Studio, answer: tuple[bool, bool]) -> list[str]:
    """What is asked from now on; each question gets the same answer."""
    asked: list[str] = []

    def ask(question: str, *, only_unreviewed: bool) -> tuple[bool, bool]:
        asked.append(question)
        return answer

    reply(studio.window, ask_many=ask)
    return asked


def states(studio: Studio) -> set[ReviewState]:
    return {row.state for row in rows(studio)}


def test_every_way_to_label_asks_first(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    asked = answering(studio, (False, True))
    ways: list[Callable[[], None]] = [
        lambda: press(qtbot, studio, Key.Key_Return),
        lambda: press(qtbot, studio, Key.Key_2),
        window.actions_.unsure.trigger,
        window.actions_.reject.trigger,
        window.actions_.clear_label.trigger,
        lambda: window.inspector.panel.picker.chosen.emit("rust"),
        lambda: window.inspector.panel.bars.chosen.emit(0),
    ]
    for number, way in enumerate(ways, start=1):
        way()
        assert len(asked) == number
        assert str(COUNT) in asked[-1]
    assert "rust" in asked[5]
    assert states(studio) == {ReviewState.UNREVIEWED}
    assert studio.classes.find("rust") is None


def test_it_is_asked_until_told_not_to_and_settings_bring_it_back(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    asked = answering(studio, (True, False))
    press(qtbot, studio, Key.Key_U)
    wait_for(qtbot, lambda: states(studio) == {ReviewState.UNSURE}, "all are unsure")
    press(qtbot, studio, Key.Key_X)
    wait_for(qtbot, lambda: states(studio) == {ReviewState.REJECTED}, "without another question")
    assert len(asked) == 1

    from app.views.window.settings_dialog import SettingsDialog

    dialog = SettingsDialog(window, studio.preferences.values)
    assert not dialog.asks_before_many.isChecked()
    dialog.asks_before_many.setChecked(True)
    studio.preferences.set(dialog.values)
    dialog.deleteLater()
    press(qtbot, studio, Key.Key_U)
    assert len(asked) == 2


def test_one_capture_less_is_not_asked_about(qtbot: QtBot, studio: Studio) -> None:
    asked = answering(studio, (False, True))
    session = studio.window.review.session
    session.set_selection(session.selected[1:], session.selected[1])
    press(qtbot, studio, Key.Key_U)
    wait_for(qtbot, lambda: ReviewState.UNSURE in states(studio), "it is done at once")
    assert asked == []


def test_the_question_is_answered_by_a_key_that_is_pressed_for_it(qtbot: QtBot, studio: Studio) -> None:
    """Enter that is still held, or pressed twice, labels nothing."""
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.text())
        for button in box.findChildren(QPushButton):
            held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
            QApplication.sendEvent(button, held)
        assert box.isVisible()
        QTest.keyClick(box, Key.Key_Return)

    QTimer.singleShot(0, studio.window, answer)
    assert studio.window.questions.review.ask_many("Label 500 captures?") == (False, True)
    assert seen == ["Label 500 captures?"]


def test_it_is_said_that_labels_are_replaced_only_where_they_are(qtbot: QtBot, studio: Studio) -> None:
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.informativeText())
        QTest.keyClick(box, Key.Key_Escape)

    for only_unreviewed in (False, True):
        QTimer.singleShot(0, studio.window, answer)
        studio.window.questions.review.ask_many("Label 500 captures?", only_unreviewed=only_unreviewed)
    assert "replaced" in seen[0] and "Only unreviewed" in seen[1]
