"""Settings, keys, the palette, the tour, the manual and the facts for a report, as a user meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from verbs import (
    drop,
    history,
    make_captures,
    numbered,
    press,
    select,
    wait_for,
    wait_until_classified,
)

from app.bootstrap import SAMPLES, STARTER_MODEL, Studio
from app.capture_files.near_views import find_near_view
from app.locations import settings_file
from app.services.program.preferences import ThemeMode
from app.views.window.about_dialog import AboutDialog
from app.views.window.command_palette import CommandPalette, match_quality
from app.views.window.help_dialog import HelpDialog
from app.views.window.main_window import MainWindow
from app.views.window.settings_dialog import SettingsDialog
from app.views.window.shortcut_editor import ShortcutEditor

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Kind = TypeVar("Kind", bound=QDialog)


def in_dialog(
    qtbot: QtBot, kind: type[Kind], use: Callable[[Kind], object], then_open: Callable[[], object]
) -> None:
    """Open a dialog that is waited for and do something in it; `use` must close it."""
    problems: list[BaseException] = []

    def act() -> None:
        shown = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
        dialog = next((widget for widget in shown if isinstance(widget, kind)), None)
        if dialog is None:
            return
        waiting.stop()
        try:
            use(dialog)
        except BaseException as e:  # noqa: BLE001 - would be lost in the event loop
            problems.append(e)
            dialog.close()

    waiting = QTimer()
    waiting.timeout.connect(act)
    waiting.start(10)
    then_open()
    if problems:
        raise problems[0]
    window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
    window.activateWindow()  # as a window manager does when a dialog is closed; the offscreen platform has none
    qtbot.waitUntil(window.isActiveWindow)


def click(dialog: QDialog, text: str) -> None:
    button = next(b for b in dialog.findChildren(QAbstractButton) if b.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, running, 3)
    return running


def test_settings_take_effect_at_once_and_stay(qtbot: QtBot, start, studio: Studio) -> None:
    def change(dialog: SettingsDialog) -> None:
        dialog.theme.setCurrentIndex(dialog.theme.findData(ThemeMode.DARK))
        dialog.author.setText("  Ada   Lovelace ")
        dialog.unsure_below.setValue(80)
        dialog.batch_size.setValue(16)
        click(dialog, "Save")

    in_dialog(qtbot, SettingsDialog, change, studio.window.actions_.settings.trigger)
    assert studio.theme.mode is ThemeMode.DARK
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: history(studio, 0), "the label is written down")
    assert history(studio, 0)[0].author == "Ada Lovelace"
    start.stop(studio)

    again = start()
    values = again.preferences.values
    assert (values.theme, values.unsure_below, values.batch_size) == (ThemeMode.DARK, 0.8, 16)

    def look_and_leave(dialog: SettingsDialog) -> None:
        assert dialog.author.text() == "Ada Lovelace"
        click(dialog, "Defaults")
        assert dialog.unsure_below.value() == 50
        assert dialog.author.text() == "Ada Lovelace"
        click(dialog, "Cancel")

    in_dialog(qtbot, SettingsDialog, look_and_leave, again.window.actions_.settings.trigger)
    assert again.preferences.values == values


def test_another_device_loads_the_model_anew_and_a_missing_one_falls_back(qtbot: QtBot, start) -> None:
    studio = start(SAMPLES, model=STARTER_MODEL)
    wait_until_classified(qtbot, studio, 48)
    said: list[str] = []
    studio.services.classify.model_failed.connect(lambda why: said.append(str(why)))

    def choose(dialog: SettingsDialog) -> None:
        dialog.device.setCurrentIndex(dialog.device.findData("mps"))  # on no machine that runs these tests
        click(dialog, "Save")

    in_dialog(qtbot, SettingsDialog, choose, studio.window.actions_.settings.trigger)
    wait_for(qtbot, lambda: said, "it is said that there is no such device")
    assert "GPU" in said[0]
    wait_for(qtbot, lambda: studio.services.classify.is_model_loaded, "the model is there all the same")


def test_a_settings_file_of_nonsense_is_no_harm(qtbot: QtBot, start, home: Path) -> None:
    settings = QSettings(str(settings_file()), QSettings.Format.IniFormat)
    for name, value in (("theme", "pink"), ("batch_size", "-4"), ("unsure_below", "nan"), ("language", "xx")):
        settings.setValue(f"preferences/{name}", value)
    settings.setValue("shortcuts/accept", "Ctrl+Nonsense+\x00")
    settings.sync()
    values = start().preferences.values
    assert (values.theme, values.batch_size, values.unsure_below) == (ThemeMode.SYSTEM, 0, 0.5)
    assert values.language == ""


def test_keys_are_changed_taken_from_others_and_remembered(qtbot: QtBot, start, studio: Studio) -> None:
    actions = studio.window.actions_

    def change(dialog: ShortcutEditor) -> None:
        dialog.search.setText("reject")
        shown = [row for row in range(dialog.table.rowCount()) if not dialog.table.isRowHidden(row)]
        assert 0 < len(shown) < 4
        dialog.choose("reject")
        dialog.edit.setFocus()
        dialog.edit.setKeySequence(QKeySequence("U"))
        dialog.edit.editingFinished.emit()
        assert "Unsure" in dialog.problem.text()
        click(dialog, "Assign")
        click(dialog, "Save")

    in_dialog(qtbot, ShortcutEditor, change, actions.shortcuts.trigger)
    assert actions.reject.shortcuts() == [QKeySequence("U")]
    assert actions.unsure.shortcuts() == []
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_U)
    wait_for(qtbot, lambda: history(studio, 0), "U rejects now")
    assert history(studio, 0)[0].kind.name == "REJECT"
    start.stop(studio)

    again = start()
    assert again.window.actions_.reject.shortcuts() == [QKeySequence("U")]

    def undo(dialog: ShortcutEditor) -> None:
        click(dialog, "Restore all defaults")
        click(dialog, "Save")

    in_dialog(qtbot, ShortcutEditor, undo, again.window.actions_.shortcuts.trigger)
    assert again.window.actions_.reject.shortcuts() == [QKeySequence("X")]
    assert again.window.actions_.unsure.shortcuts() == [QKeySequence("U")]


def test_no_key_means_two_things(start) -> None:
    seen: dict[str, str] = {}
    for action in start().window.actions_.all():
        for keys in action.shortcuts():
            other = seen.setdefault(keys.toString(), action.text())
            assert other == action.text(), f"{keys.toString()}: {other} and {action.text()}"


def test_the_palette_finds_and_runs_an_action(qtbot: QtBot, studio: Studio) -> None:
    select(qtbot, studio, 1)

    def use(palette: CommandPalette) -> None:
        QTest.keyClicks(palette.search, "simil")
        names = [
            palette.list.item(i).data(Qt.ItemDataRole.AccessibleTextRole) for i in range(palette.list.count())
        ]
        assert "Similar captures" in names
        palette.search.clear()
        QTest.keyClicks(palette.search, "theme dark")
        QTest.keyClick(palette.search, Key.Key_Down)
        QTest.keyClick(palette.search, Key.Key_Up)
        QTest.keyClick(palette.search, Key.Key_Return)

    in_dialog(qtbot, CommandPalette, use, lambda: press(qtbot, studio, Key.Key_K, Control))
    assert studio.theme.mode is ThemeMode.DARK


def test_the_palette_takes_the_keys_and_says_when_nothing_fits(qtbot: QtBot, studio: Studio) -> None:
    def use(palette: CommandPalette) -> None:
        qtbot.waitUntil(palette.search.hasFocus)
        assert palette.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Dialog  # input methods
        QTest.keyClicks(QApplication.focusWidget(), "no such thing")
        assert palette.nothing.isVisible()
        palette.search.clear()
        assert palette.list.isVisible()
        QTest.keyClick(palette.search, Key.Key_Escape)

    in_dialog(qtbot, CommandPalette, use, lambda: press(qtbot, studio, Key.Key_K, Control))


@pytest.mark.parametrize(
    ("wanted", "text", "is_found"),
    [
        ("lcf", "Least confident first", True),
        ("", "Quit", True),
        ("expo", "Export", True),
        ("xq", "Export", False),
    ],
)
def test_letters_find_names(wanted: str, text: str, is_found: bool) -> None:
    assert (match_quality(wanted, text) is not None) == is_found


def test_cards_of_the_tour_are_whole_in_any_font(qtbot: QtBot, studio: Studio) -> None:
    tour = studio.window.program.tour
    studio.window.actions_.start_tour.trigger()
    tour.setStyleSheet("QLabel { font-size: 24px; }")
    layout = tour.layout()
    assert layout is not None
    for _card in range(3):
        wait_for(
            qtbot,
            lambda: tour.isHidden() or tour.height() >= layout.totalHeightForWidth(tour.width()),
            "a card of that font",
        )
        qtbot.mouseClick(tour.next_button, Qt.MouseButton.LeftButton)


def test_the_tour_comes_once_and_does_not_take_the_keys(
    qtbot: QtBot, start, home: Path, tmp_path: Path
) -> None:
    settings_file().unlink()
    studio = start()
    tour = studio.window.program.tour
    assert tour.isHidden()
    drop(studio.window, make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    wait_for(qtbot, lambda: tour.isVisible(), "the tour comes with the first captures")
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_X)
    wait_for(qtbot, lambda: history(studio, 0), "keys label all the same")
    for _ in range(3):
        qtbot.mouseClick(tour.next_button, Qt.MouseButton.LeftButton)
    assert tour.isHidden()
    start.stop(studio)
    again = start()
    wait_until_classified(qtbot, again, 2)
    assert again.window.program.tour.isHidden()
    again.window.actions_.start_tour.trigger()
    assert again.window.program.tour.isVisible()


def test_the_manual_is_found_in_and_needs_no_network(qtbot: QtBot, studio: Studio) -> None:
    def read(dialog: HelpDialog) -> None:
        text = dialog.text.toPlainText()
        for word in ("Label", "Export", "Restore backup", "Ctrl+K"):
            assert word in text
        QTest.keyClicks(dialog.search, "confusion")
        assert dialog.text.textCursor().selectedText().casefold() == "confusion"
        click(dialog, "Close")

    in_dialog(qtbot, HelpDialog, read, lambda: press(qtbot, studio, Key.Key_F1))


def test_facts_for_a_report_are_copied(qtbot: QtBot, studio: Studio) -> None:
    def copy(dialog: AboutDialog) -> None:
        click(dialog, "Copy")
        click(dialog, "Close")

    in_dialog(qtbot, AboutDialog, copy, studio.window.actions_.about.trigger)
    text = QGuiApplication.clipboard().text()
    assert "ViMD Studio: " in text
    assert "Project: " in text and "GB free" in text


def test_the_near_view_is_shown_with_its_answer(qtbot: QtBot, start) -> None:
    studio = start(SAMPLES, model=STARTER_MODEL)
    wait_until_classified(qtbot, studio, 48)
    near = studio.window.inspector.panel.near
    select(qtbot, studio, 0)
    wait_for(qtbot, lambda: "Prediction from here" in near.answer.text(), "the near view is answered for")
    assert near.isVisible() and "00_00000_00029.jpg" in near.name.text()
    select(qtbot, studio, 1)
    wait_for(qtbot, lambda: near.isHidden(), "the next capture has none")


def test_near_views_lie_beside_captures(tmp_path: Path) -> None:
    names = [
        "test/04/00018_00020.png",
        "test_hr/04/00018_00029.jpg",
        "test_hr/05/00018_00029.jpg",
        "test/04/7.png",
    ]
    make_captures(tmp_path, names)
    assert find_near_view(tmp_path / names[0]) == tmp_path / names[1]
    assert find_near_view(tmp_path / names[3]) is None
    assert find_near_view(tmp_path / names[1]) is None
    make_captures(tmp_path, ["hr/7.jpg"])
    assert find_near_view(tmp_path / "test" / "7.png") == tmp_path / "hr" / "7.jpg"


def interactive(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and widget.parent().metaObject().className() != "QComboBoxPrivateContainer"  # the box itself is named
    ]


def test_everything_that_takes_the_focus_has_a_name(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    for dock in window.docks.docks.values():
        dock.show()
    qtbot.wait(0)  # tabs come with the next layout
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in interactive(window)
        if not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert not nameless, nameless
