"""Keys that label act where captures have the focus, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from replies import reply, reply_nothing
from verbs import (
    make_captures,
    numbered,
    press,
    row_at,
    select,
    type_text,
    wait_for,
    wait_until_classified,
    wait_until_shown,
)

from app.bootstrap import Studio
from app.domain.records import ReviewState, UndoState
from app.views.inspector.class_picker import ClassPicker
from app.views.shared.answer_bars import AnswerBar

Key = Qt.Key
CLASS_KEY = "Q"


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Iterator[Studio]:  # type: ignore[no-untyped-def]
    """Six captures, one of them selected; a class with a key of its own and one with a digit; no dialog opens."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(6)))
    wait_until_classified(qtbot, running, 6)
    reply_nothing(running.window)
    labels = running.services.labels
    labels.set_class_key(1, CLASS_KEY)
    labels.set_class_pinned(2, True)
    wait_for(
        qtbot,
        lambda: (
            any(record.key for record in running.classes.records)
            and any(record.pinned for record in running.classes.records)
        ),
        "a class has a key, and one a digit",
    )
    select(qtbot, running, 0)
    yield running
    reply(running.window, ask_training_at_close=lambda: False)


def ledger(studio: Studio) -> UndoState:
    """What could be undone, once everything that is under way is written."""
    project = studio.services.projects.project
    assert project is not None
    return project.write(lambda unit: unit.undo_state()).result()


def capture_keys(studio: Studio) -> list[Key]:
    """Every key without Ctrl, Alt and Meta that some action has, and the keypad's Enter."""
    found = {QKeySequence(CLASS_KEY), QKeySequence("6"), QKeySequence(Qt.Key.Key_Enter)}
    found |= {keys for action in studio.window.actions_.all() for keys in action.shortcuts()}
    combined = [keys[0] for keys in found]
    plain = {one.key() for one in combined if one.keyboardModifiers() == Qt.KeyboardModifier.NoModifier}
    return sorted(key for key in plain if key < Key.Key_Shift)


def focusable(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
    ]


def close_menus(qtbot: QtBot, window: QWidget) -> None:
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def list_all_again(qtbot: QtBot, studio: Studio) -> None:
    """As it was, whatever the keys have done to filters."""
    window = studio.window
    window.classes.panel.search.clear()
    window.actions_.clear_filter.trigger()
    wait_for(
        qtbot,
        lambda: (
            studio.captures.rowCount() == 6
            and window.review.session.selected
            and window.actions_.accept.isEnabled()
        ),
        "a key would have something to label",
    )


def test_a_digit_without_a_pinned_class_is_named_as_it_was_pressed(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_7)
    assert "to key 7:" in studio.window.message_bar.text


def test_no_key_labels_from_any_other_part_of_the_window(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    keys = capture_keys(studio)
    assert {
        Key.Key_Return,
        Key.Key_Enter,
        Key.Key_1,
        Key.Key_6,
        Key.Key_Q,
        Key.Key_U,
        Key.Key_Backspace,
    } <= set(keys)
    window.message_bar.show_error("Something to close.", "Help", lambda: None)
    window.live.view.name.setEnabled(True)
    tried: set[QWidget] = set()
    for name in window.docks.docks:
        window.docks.show_panel(name)
        wait_for(qtbot, window.docks.docks[name].isVisible, f"{name} is shown")
        QApplication.processEvents()
        for widget in focusable(window):
            if widget in tried or window.review.keys.is_place(widget):
                continue
            tried.add(widget)
            for key in keys:
                if isinstance(widget, AnswerBar | ClassPicker) and key in (Key.Key_Return, Key.Key_Enter):
                    continue  # they are there to label, and were gone to for that
                if isinstance(widget, QToolButton) and widget.menu() is not None:
                    widget.menu().aboutToShow.connect(widget.menu().close, Qt.ConnectionType.QueuedConnection)
                widget.setFocus()
                if not widget.hasFocus():
                    continue
                QTest.keyClick(widget, key)
                if QApplication.activeWindow() is not window:  # the key has opened a menu
                    close_menus(qtbot, window)
            assert ledger(studio).undo is None, f"{widget} ({widget.accessibleName()})"
            list_all_again(qtbot, studio)
    kinds = [type(widget).__name__ for widget in tried]
    for part in (
        window.classes.panel.list,
        window.classes.panel.search,
        window.filters.panel.search,
        window.filters.panel.min_confidence,
        window.inspector.panel.picker,
        window.live.view.name,
        window.projects.source_panel.list,
        window.live.view.picture,
    ):
        assert part in tried, f"{part} was not tried; these were: {kinds}"
    window.gallery.view.setFocus()
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: ledger(studio).undo is not None, "in the gallery the key does label")


def test_fields_get_the_text_of_such_keys(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    window.docks.show_panel("live")
    window.live.view.name.setEnabled(True)
    for field in (
        window.filters.panel.search,
        window.classes.panel.search,
        window.inspector.panel.picker,
        window.live.view.name,
    ):
        if isinstance(field, QLineEdit):
            window.docks.show_panel("live" if field is window.live.view.name else "inspector")
            wait_for(qtbot, field.isVisible, "the field is shown")
            field.setFocus()
            field.clear()
            type_text(studio, "adux sw/1q6L")
            assert field.text() == "adux sw/1q6L"
            field.clear()
    assert ledger(studio).undo is None


def test_keys_that_the_user_chose_follow_the_same_rule(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    window.actions_.use_shortcuts({"unsure": "Z", "reject": "Shift+J; Ctrl+J", "accept": "F7"})
    list_widget = window.classes.panel.list
    for key, modifier in (
        (Key.Key_Z, Qt.KeyboardModifier.NoModifier),
        (Key.Key_J, Qt.KeyboardModifier.ShiftModifier),
    ):
        list_widget.setFocus()
        QTest.keyClick(list_widget, key, modifier)
        assert ledger(studio).undo is None
    # With Ctrl, and the function keys: no field needs them.
    QTest.keyClick(list_widget, Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: row_at(studio, 0).state is ReviewState.REJECTED, "Ctrl+J acts everywhere")
    window.gallery.view.setFocus()
    press(qtbot, studio, Key.Key_Z)
    wait_for(qtbot, lambda: row_at(studio, 1).state is ReviewState.UNSURE, "the user's own key acts here")
    wait_until_shown(qtbot, studio, 2)
    list_widget.setFocus()
    QTest.keyClick(list_widget, Key.Key_F7)
    wait_for(qtbot, lambda: row_at(studio, 2).state is ReviewState.ACCEPTED, "a function key acts everywhere")


def test_the_picture_of_the_inspector_takes_them_too(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    compare = window.inspector.panel.compare
    window.filters.panel.search.setFocus()
    qtbot.mouseClick(compare.nearest, Qt.MouseButton.LeftButton)
    assert window.review.keys.is_at_captures
    press(qtbot, studio, Key.Key_U)
    wait_for(
        qtbot,
        lambda: row_at(studio, 0).state is ReviewState.UNSURE,
        "the key acts after a click on the picture",
    )
    compare.mode_buttons[next(mode for mode in compare.mode_buttons if mode.value == "slider")].click()
    compare.wipe.setFocus()
    press(qtbot, studio, Key.Key_X)
    wait_for(qtbot, lambda: row_at(studio, 1).state is ReviewState.REJECTED, "the slider is such a picture")


def test_menus_label_wherever_the_focus_is(qtbot: QtBot, studio: Studio) -> None:
    studio.window.filters.panel.search.setFocus()
    studio.window.actions_.accept.trigger()
    wait_for(qtbot, lambda: row_at(studio, 0).state is ReviewState.ACCEPTED, "the menu's command")
    wait_until_shown(qtbot, studio, 1)
    reply(
        studio.window,
        ask_action=lambda actions: next(
            action for _menu, action in actions if action.objectName() == "unsure"
        ),
    )
    studio.window.actions_.palette.trigger()
    wait_for(qtbot, lambda: row_at(studio, 1).state is ReviewState.UNSURE, "and the palette's")


def test_the_captures_have_the_keys_without_being_asked_for(qtbot: QtBot, studio: Studio) -> None:
    """At the start, after a click on a class, a field left by Enter or Esc, a chip, and what was hidden."""
    window = studio.window
    gallery = window.gallery.view
    qtbot.mouseClick(window.classes.panel.list.viewport(), Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is gallery
    fields = (
        window.filters.panel.search,
        window.classes.panel.search,
        window.filters.panel.min_size,
        window.classes.panel.list,
    )
    for leave in (Key.Key_Return, Key.Key_Enter, Key.Key_Escape):
        for field in fields:
            window.classes.panel.list.clearSelection()
            field.setFocus()
            assert field.hasFocus()
            QTest.keyClick(field, leave)
            assert QApplication.focusWidget() is gallery, f"{leave} in {field}"
    assert ledger(studio).undo is None
    window.filters.panel.search.setFocus()
    window.docks.docks["filters"].hide()
    wait_for(qtbot, lambda: QApplication.focusWidget() is gallery, "hiding what has the focus")
    window.message_bar.show_error("Something to close.", "Help", lambda: None)
    window.message_bar.close_button.setFocus()
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, window.message_bar.isHidden, "Enter presses the button that Tab led to")
    wait_for(qtbot, lambda: QApplication.focusWidget() is gallery, "closing what has the focus")
    list_all_again(qtbot, studio)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: ledger(studio).undo is not None, "one key labels")


def test_only_fields_to_type_in_take_the_focus_by_a_click(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    for name in window.docks.docks:
        window.docks.show_panel(name)
    for widget in focusable(window):
        takes = bool(widget.focusPolicy().value & Qt.FocusPolicy.ClickFocus.value)
        types = isinstance(widget, QLineEdit | QAbstractSpinBox) or (
            isinstance(widget, QComboBox) and widget.isEditable()
        )
        own_keys = (
            *(window.gallery.view, window.live.view.picture, window.inspector.panel.compare.wipe),
            *(window.projects.source_panel.list, window.live.stream_list),
        )
        assert not takes or types or widget in own_keys, f"a click on {widget} takes the keys away"
    assert any(isinstance(widget, QPushButton) for widget in focusable(window))


def test_a_held_key_labels_a_selection_once(qtbot: QtBot, studio: Studio) -> None:
    """And goes on from capture to capture when one is selected, as it always did."""
    window = studio.window

    def runs_shortcuts() -> bool:
        """Whether the next one of a held Enter would."""
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
        )
        event.ignore()
        QApplication.sendEvent(window.gallery.view, event)
        return not event.isAccepted()

    wait_for(qtbot, lambda: not window.gallery.view.is_behind, "the capture is painted")
    assert runs_shortcuts()
    press(qtbot, studio, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: len(window.review.session.selected) == 6, "all are selected")
    assert not runs_shortcuts()
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: row_at(studio, 5).label is not None, "all are labelled")
