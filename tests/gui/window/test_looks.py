"""Nothing is cut off, and what is seen is what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    make_captures,
    numbered,
    press,
    select,
    wait_for,
    wait_until_classified,
)

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import CaptureFilter
from app.views.gallery.tile_layout import HEADING_PX
from app.views.inspector.compare_view import CompareMode
from app.views.window.help_dialog import HelpDialog

CONTROL = Qt.KeyboardModifier.ControlModifier
COUNT = 30


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    """Some captures, classified."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(COUNT)))
    wait_until_classified(qtbot, running, COUNT)
    return running


def place_in(window: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_states_and_conditions_go_on_in_another_line(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    size = window.size()
    select(qtbot, studio, 0)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_2, Qt.Key.Key_U, Qt.Key.Key_X):
        press(qtbot, studio, key)
    chips = window.filters.quick.chips
    named = (CaptureFilter.ACCEPTED, CaptureFilter.CORRECTED, CaptureFilter.UNSURE, CaptureFilter.REJECTED)
    wait_for(qtbot, lambda: all(chips[which].isVisible() for which in named), "each state has its chip")
    studio.captures.set_query(
        CaptureQuery(text="capture", min_confidence=0.01, min_size_px=1, max_size_px=4000, sr_changed=False)
    )
    conditions = window.filters.chips.chips
    wait_for(qtbot, lambda: window.filters.chips.isVisible(), "the conditions are there")
    assert len(window.filters.chips.chips) == 4
    shown = [chip for chip in (*chips.values(), *window.filters.chips.chips) if chip.isVisible()]

    def is_whole(chip: QWidget) -> bool:
        area = chip.parentWidget().rect()
        return area.contains(chip.geometry()) and chip.width() >= chip.sizeHint().width()

    wait_for(qtbot, lambda: all(is_whole(chip) for chip in shown), "no chip is cut off")
    assert window.size() == size, conditions
    inspector = place_in(window, window.inspector.panel)
    assert inspector.right() <= window.width()


def test_the_views_fit_after_the_slider_and_after_another_size(qtbot: QtBot, studio: Studio) -> None:
    studio.window.resize(1280, 1200)  # with so much room, the panes keep their sizes while they take turns
    select(qtbot, studio, 1)
    compare = studio.window.inspector.panel.compare
    wait_for(qtbot, lambda: compare.nearest.image is not None, "the capture is shown")

    def fits(pane: QWidget) -> bool:
        return QRectF(pane.rect()).contains(compare.view.target())

    for mode in (CompareMode.SLIDER, CompareMode.SIDE_BY_SIDE, CompareMode.LENS, CompareMode.SIDE_BY_SIDE):
        qtbot.mouseClick(compare.mode_buttons[mode], Qt.MouseButton.LeftButton)
        pane = compare.nearest if mode is CompareMode.SIDE_BY_SIDE else compare.wipe
        wait_for(qtbot, pane.isVisible, "the pane is there")
        wait_for(qtbot, lambda pane=pane: fits(pane), f"all of the capture is seen in {mode}")
    qtbot.mouseClick(compare.mode_buttons[CompareMode.LENS], Qt.MouseButton.LeftButton)
    studio.window.resize(1500, 800)
    qtbot.mouseClick(compare.mode_buttons[CompareMode.SIDE_BY_SIDE], Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: compare.nearest.isVisible() and fits(compare.nearest), "it fits again")


def test_a_group_is_gone_to_with_its_heading(qtbot: QtBot, studio: Studio) -> None:
    studio.captures.set_query(CaptureQuery(group=GroupField.CLASS))
    gallery = studio.window.gallery.view
    wait_for(qtbot, lambda: len(studio.captures.headings) > 2, "there are groups")
    firsts = [heading.first for heading in studio.captures.headings]
    studio.window.gallery.selection.select_row(studio.captures.rowCount() - 1)
    for first in reversed(firsts):
        studio.window.gallery.selection.select_row(first)
        assert gallery.visualRect(studio.captures.index(first)).top() >= HEADING_PX


def test_it_is_said_how_many_captures_a_label_is_for(qtbot: QtBot, studio: Studio) -> None:
    note = studio.window.inspector.panel.bulk_note
    select(qtbot, studio, 0)
    assert not note.isVisible()
    press(qtbot, studio, Qt.Key.Key_A, CONTROL)
    wait_for(qtbot, note.isVisible, "the note is there")
    assert str(COUNT) in note.text()
    select(qtbot, studio, 3)
    assert not note.isVisible()


def test_enter_means_the_button_that_tab_led_to(qtbot: QtBot, studio: Studio) -> None:
    select(qtbot, studio, 0)
    unreviewed = studio.window.filters.quick.chips[CaptureFilter.UNREVIEWED]
    unreviewed.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, studio, Qt.Key.Key_Return)
    assert studio.captures.filter is CaptureFilter.UNREVIEWED
    studio.window.gallery.view.setFocus()
    press(qtbot, studio, Qt.Key.Key_Return)
    wait_for(
        qtbot,
        lambda: studio.window.filters.quick.chips[CaptureFilter.ACCEPTED].isVisible(),
        "one is accepted",
    )


def test_a_newcomer_opens_a_folder_by_enter_alone(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start()
    folder = make_captures(tmp_path / "in", numbered(2))
    asked: list[str] = []
    reply(studio.window, ask_folder=lambda: asked.append("folder") or folder)
    wait_for(qtbot, studio.window.empty_state.open_button.hasFocus, "the first button has the focus")
    press(qtbot, studio, Qt.Key.Key_Return)
    assert asked == ["folder"]
    wait_until_classified(qtbot, studio, 2)


def test_a_click_on_a_button_leaves_the_keys_to_the_captures(qtbot: QtBot, studio: Studio) -> None:
    select(qtbot, studio, 0)
    for button in studio.window.findChildren(QPushButton):
        assert button.focusPolicy() is Qt.FocusPolicy.TabFocus, button.text()


def test_a_notice_leaves_and_an_error_stays(qtbot: QtBot, studio: Studio) -> None:
    bar = studio.window.message_bar
    leaving = bar.findChild(QTimer)
    bar.show_error("Something is wrong.")
    assert not leaving.isActive()
    bar.show_notice("Something is right.")
    assert leaving.isActive()
    leaving.setInterval(0)
    leaving.start()
    wait_for(qtbot, lambda: bar.text == "Something is wrong.", "the notice is gone, and the error is back")


def test_folders_of_one_name_are_told_apart(qtbot: QtBot, start, tmp_path: Path) -> None:
    first = make_captures(tmp_path / "monday" / "gate", ["a.png"])
    make_captures(tmp_path / "tuesday" / "gate", ["x/y.png", "b.png"])
    studio = start(first, tmp_path / "tuesday" / "gate")
    wait_for(qtbot, lambda: studio.sources.rowCount() == 2, "both are there")
    names = [studio.sources.index(row).data() for row in range(2)]
    assert names == ["monday/gate", "tuesday/gate"]


def test_the_first_window_fits_the_screen(qtbot: QtBot, start) -> None:
    studio = start()
    window = studio.window
    assert window.minimumSizeHint().width() <= 1024
    assert window.minimumSizeHint().height() <= 640


def test_the_manual_speaks_the_language_of_the_program(qtbot: QtBot, start, home: Path) -> None:
    with (home / "settings.ini").open("a", encoding="utf-8") as file:
        file.write("[preferences]\nlanguage=zh_CN\n")
    studio = start()
    dialog = HelpDialog(studio.window)
    qtbot.addWidget(dialog)
    assert "标注" in dialog.text.toPlainText()
    studio.captures.set_query(CaptureQuery(text="x"))
    for link in studio.window.filters.chips.findChildren(QToolButton):
        assert "(" not in link.text(), link.text()
