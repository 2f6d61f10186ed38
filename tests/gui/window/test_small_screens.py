"""A small screen, large type and long names: nothing is cut off, and everything can be reached."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, select, wait_for, wait_until_classified

import app.views
from app.domain.records import ClassRecord
from app.views.classes.questions import ClassQuestions
from app.views.live.screen_picker import ScreenPicker
from app.views.models.models_dialog import ModelsDialog
from app.views.shared.fitting_dialog import FittingDialog

SMALL = QSize(800, 480)
ROOM = QSize(784, 436)
LONG = "extraordinarily-long-name-without-any-blank-" * 5
LONG_WORDS = "Speed limit 20 for vehicles heavier than three tonnes " * 4


@pytest.fixture
def small_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FittingDialog, "room", property(lambda _self: ROOM))


def see_dialog(qtbot: QtBot, ask: Callable[[], object], look: Callable[[QDialog], None]) -> None:
    """Open a dialog by a command that waits for it, look at it, and close it."""
    seen: list[QDialog] = []

    def find() -> None:
        shown = (each for each in QApplication.topLevelWidgets() if each.isVisible())
        dialog = next((each for each in shown if isinstance(each, QDialog)), None)
        if dialog is None or seen:
            return
        seen.append(dialog)
        try:
            look(dialog)
        finally:
            dialog.close()

    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.timeout.connect(find)
    timer.start(20)
    ask()
    wait_for(qtbot, lambda: seen, "the dialog")
    timer.stop()


def place_in(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def assert_all_can_be_reached(dialog: QDialog) -> None:
    assert dialog.width() <= ROOM.width() and dialog.height() <= ROOM.height(), dialog.size()
    least = dialog.minimumSizeHint()
    assert least.width() <= ROOM.width() and least.height() <= ROOM.height(), least
    for box in dialog.findChildren(QDialogButtonBox):
        for button in box.buttons():
            if button.isVisible():
                assert dialog.rect().contains(place_in(button, dialog)), button.text()


def test_every_dialog_fits_its_screen_by_the_same_means() -> None:
    for module in pkgutil.iter_modules(app.views.__path__):
        for _, kind in inspect.getmembers(
            importlib.import_module(f"app.views.{module.name}"), inspect.isclass
        ):
            if issubclass(kind, QDialog) and kind.__module__.startswith("app."):
                assert issubclass(kind, FittingDialog | ScreenPicker), kind


def test_what_is_too_large_scrolls_above_its_buttons(qtbot: QtBot, small_screen: None) -> None:
    dialog = FittingDialog()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    for number in range(40):
        layout.addWidget(QPushButton(f"Line {number}"))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    layout.addWidget(buttons)
    dialog.show()
    assert_all_can_be_reached(dialog)
    (area,) = dialog.findChildren(QScrollArea)
    assert area.verticalScrollBar().maximum() > 0 and not area.isAncestorOf(buttons)


def test_what_fits_stays_as_it_is(qtbot: QtBot, small_screen: None) -> None:
    dialog = FittingDialog()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    layout.addWidget(QLabel("A sentence"))
    dialog.resize(500, 300)
    dialog.show()
    assert dialog.size() == QSize(500, 300) and not dialog.findChildren(QScrollArea)


def test_long_names_give_way_also_when_they_come_later(qtbot: QtBot, small_screen: None) -> None:
    dialog = FittingDialog()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    label, box, button = QLabel(LONG), QComboBox(), QRadioButton(LONG)
    box.addItem(LONG)
    for widget in (label, box, button):
        layout.addWidget(widget)
    dialog.show()
    assert_all_can_be_reached(dialog)
    assert label.text().replace("\u200b", "") == LONG and button.toolTip() == LONG
    label.setText("short")
    late = QLabel(LONG)
    layout.addWidget(late)
    qtbot.waitUntil(lambda: "\u200b" in late.text())
    assert_all_can_be_reached(dialog)


@pytest.mark.parametrize("name", [LONG, LONG_WORDS])
def test_questions_about_classes_with_long_names(qtbot: QtBot, small_screen: None, name: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    records = [ClassRecord(i, f"{name}{i}", "#336699", None, i, False) for i in range(3)]
    ask = ClassQuestions(parent)
    see_dialog(qtbot, lambda: ask.ask_merge_target(records[:2], records), assert_all_can_be_reached)
    see_dialog(
        qtbot,
        lambda: ask.ask_where_labels_go(records[0], 1200, records, model_knows=True),
        assert_all_can_be_reached,
    )


@pytest.mark.parametrize("num_words", range(4, 40, 5))
def test_a_question_of_several_lines_leaves_its_buttons_whole(qtbot: QtBot, num_words: int) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    records = [ClassRecord(i, "limit " * num_words, "#336699", None, i, False) for i in range(2)]

    def look(dialog: QDialog) -> None:
        layout = dialog.layout()
        assert layout is not None and dialog.height() >= layout.totalMinimumHeightForWidth(dialog.width())
        for button in dialog.findChildren(QPushButton):
            assert button.height() >= button.sizeHint().height(), button.text()

    see_dialog(qtbot, lambda: ClassQuestions(parent).ask_merge_instead(*records), look)


def test_settings_are_not_cut_off(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    studio = start()

    def look(dialog: QDialog) -> None:
        for button in dialog.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()

    see_dialog(qtbot, studio.window.actions_.settings.trigger, look)


def test_cells_of_the_models_are_not_cut_off(qtbot: QtBot, start, tmp_path) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    drop(studio.window, make_captures(tmp_path / "captures", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    studio.window.actions_.models.trigger()
    dialog = studio.window.findChild(ModelsDialog)
    wait_for(qtbot, dialog.table.rowCount, "the model")
    for column in range(dialog.table.rows.columnCount()):
        index = dialog.table.rows.index(0, column)
        width = dialog.table.sizeHintForIndex(index).width()
        assert width <= dialog.table.columnWidth(column), dialog.table.text(0, column)


def test_every_dialog_of_the_window_on_a_small_screen(
    qtbot: QtBot, start, small_screen: None, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    drop(studio.window, make_captures(tmp_path / "captures", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    studio.services.labels.add_class(LONG)
    for name in ("settings", "shortcuts", "export", "restore", "find_moved", "help", "about", "palette"):
        action = getattr(studio.window.actions_, name)
        see_dialog(qtbot, action.trigger, assert_all_can_be_reached)
    see_dialog(qtbot, studio.window.actions_.add_stream.trigger, assert_all_can_be_reached)


def test_the_window_on_a_small_screen(qtbot: QtBot, start, tmp_path) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    window = studio.window
    drop(window, make_captures(tmp_path / "captures", numbered(6)))
    wait_until_classified(qtbot, studio, 6)
    studio.services.labels.label_by_name((studio.captures.capture_id(0),), LONG)
    window.resize(SMALL.width(), SMALL.height() - 40)
    window.docks.reset()
    select(qtbot, studio, 0)
    for name in (
        "inspector",
        "progress",
        "confusion",
        "map",
        "training",
        "live",
        "sources",
        "filters",
        "classes",
    ):
        window.docks.show_panel(name)
        qtbot.wait(30)
        assert window.size() == QSize(SMALL.width(), SMALL.height() - 40), f"{name} makes the window larger"
    window.docks.show_panel("inspector")
    qtbot.wait(30)
    body = next(area for area in window.inspector.panel.findChildren(QScrollArea) if area.isVisible())
    assert body.widget().width() <= body.viewport().width(), "the inspector is cut off at its right"
    assert window.gallery.view.columns >= 2 and window.gallery.view.viewport().height() >= 150
    assert window.tabifiedDockWidgets(window.docks.docks["classes"]), "below each other none could be used"
    for area in window.findChildren(QAbstractScrollArea):
        if area.isVisible() and area.horizontalScrollBar().maximum() > 0:
            assert area.horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff, area


def test_the_screen_picker_shows_the_screen_where_nothing_can_be_seen_through(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtGui import QColor, QPixmap, QScreen

    def grab(_screen: QScreen, _window: int) -> QPixmap:
        picture = QPixmap(QApplication.primaryScreen().size())
        picture.fill(QColor(200, 40, 40))
        return picture

    monkeypatch.setattr(QScreen, "grabWindow", grab)
    parent = QWidget()
    qtbot.addWidget(parent)
    picker = ScreenPicker(parent)
    picker.show()
    assert picker.windowOpacity() == 1.0
    corner = picker.grab().toImage().pixelColor(5, 5)
    assert corner.red() > 2 * corner.green() > 0


def test_the_tour_stays_above_what_a_panel_brings_up(qtbot: QtBot, start, tmp_path) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    window = studio.window
    drop(window, make_captures(tmp_path / "captures", numbered(6)))
    wait_until_classified(qtbot, studio, 6)
    tour = window.program.tour
    tour.start()
    window.docks.docks["progress"].toggleViewAction().trigger()
    qtbot.wait(50)
    assert window.childAt(tour.geometry().center()) in {tour, *tour.findChildren(QWidget)}


def test_a_source_in_a_window_of_ordinary_size_needs_no_scroll_bar(qtbot: QtBot, start, tmp_path) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    window = studio.window
    window.resize(1280, 760)
    drop(window, make_captures(tmp_path / "captures", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    wait_for(qtbot, lambda: window.docks.docks["sources"].height() > 60, "the panel")
    area = window.docks.docks["sources"].widget()
    assert isinstance(area, QScrollArea)
    wait_for(qtbot, lambda: area.verticalScrollBar().maximum() == 0, "one row fits")
    assert window.projects.source_panel.list.verticalScrollBar().maximum() == 0
