"""One class out of many is found by any part of its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.domain.records import ClassRecord
from app.views.filters.class_box import ClassBox

NAMES = ("Stop", "Speed limit 30", "Speed limit 50", "No entry")


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[ClassBox]:
    window = QWidget()
    qtbot.addWidget(window)
    made = ClassBox("Label")
    layout = QVBoxLayout(window)
    layout.addWidget(made)
    layout.addWidget(QLineEdit())
    made.set_classes([ClassRecord(i + 1, name, "#336699", None, False) for i, name in enumerate(NAMES)])
    made.show_chosen(None)
    window.show()
    qtbot.waitExposed(window)
    made.setFocus()
    yield made
    window.close()


def test_a_part_of_the_name_in_any_case_finds_the_class(qtbot: QtBot, box: ClassBox) -> None:
    qtbot.keyClicks(box.lineEdit(), "LIMIT 5")
    popup = box.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    assert [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())] == [NAMES[2]]
    with qtbot.waitSignal(box.activated):
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert box.chosen(None) == frozenset({3})


def test_a_whole_name_is_taken_by_enter(qtbot: QtBot, box: ClassBox) -> None:
    with qtbot.waitSignal(box.activated):
        qtbot.keyClicks(box.lineEdit(), "no entry")
        qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert box.chosen(None) == frozenset({4})


def test_what_fits_no_class_is_discarded(qtbot: QtBot, box: ClassBox) -> None:
    box.show_chosen(frozenset({1}))
    box.lineEdit().selectAll()
    qtbot.keyClicks(box.lineEdit(), "qqq")
    qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    box.window().findChildren(QLineEdit)[-1].setFocus()
    qtbot.waitUntil(lambda: box.currentText() == "Stop")
    assert box.chosen(None) == frozenset({1}) and box.count() == len(NAMES) + 2


def test_several_classes_stay_until_one_is_chosen(box: ClassBox) -> None:
    several = frozenset({1, 2})
    box.show_chosen(several)
    assert box.currentText() == "several" and box.chosen(several) == several


def test_a_click_into_the_box_selects_its_text_so_that_typing_replaces_it(
    qtbot: QtBot, box: ClassBox
) -> None:
    other = box.window().findChildren(QLineEdit)[-1]
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    qtbot.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: box.lineEdit().selectedText() == "any")
    qtbot.keyClicks(box.lineEdit(), "stop")
    assert box.lineEdit().text() == "stop"
