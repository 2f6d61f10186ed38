"""The window shows what an import of labels would change, and writes what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.records import ActionKind, ReviewState
from app.views.exchange.label_import_dialog import LabelImportDialog

Verb = Callable[[LabelImportDialog], None]


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Iterator[Studio]:
    """Six captures: the first is labelled, the second unsure, the third no capture; the others are unreviewed."""
    running: Studio = start(make_captures(tmp_path / "in", numbered(6)))
    wait_until_classified(qtbot, running, 6)
    labels = running.services.labels
    ids = [row.id for row in rows(running)]
    labels.label_by_name(ids[:1], "Tram stop")
    labels.mark(ActionKind.UNSURE, ids[1:2])
    labels.mark(ActionKind.REJECT, ids[2:3])
    wait_for(qtbot, lambda: rows(running)[2].state is ReviewState.REJECTED, "all is marked")
    yield running


def said(studio: Studio) -> list[str]:
    return [row.label or row.state.name for row in rows(studio)]


def import_table(studio: Studio, table: Path, verb: Verb) -> None:
    """Import a table and do something in the dialog that comes."""
    when_shown(studio, verb)
    studio.window.exchange.labels.import_label_table(table)


def when_shown(studio: Studio, verb: Verb) -> None:
    timer = QTimer(studio.window)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, LabelImportDialog) and dialog.isVisible():
            timer.stop()
            verb(dialog)

    timer.timeout.connect(look)
    timer.start(10)


def write(tmp_path: Path, *lines: str) -> Path:
    table = tmp_path / "theirs.csv"
    table.write_text("path,label\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return table


def all_as(label: str) -> list[str]:
    return [f"capture {i:03}.png,{label}" for i in range(6)]


def test_nothing_is_written_before_the_user_agrees(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    before = said(studio)
    seen: list[str] = []

    def look_and_cancel(dialog: LabelImportDialog) -> None:
        seen.append(dialog.counts.text())
        seen.append(dialog.import_button.text())
        dialog.reject()

    import_table(studio, write(tmp_path, *all_as("Ferry"), "nowhere.png,Ferry"), look_and_cancel)
    wait_for(qtbot, lambda: len(seen) == 2, "it is shown")
    assert seen == ["3 new, 0 unchanged, 3 different, 1 skipped", "Import 3 labels"]
    assert said(studio) == before


@pytest.mark.parametrize(
    ("choice", "first_three"),
    [
        ("only-new", ["Tram stop", "UNSURE", "REJECTED"]),
        ("keep-mine", ["Tram stop", "Ferry", "REJECTED"]),
        ("take-theirs", ["Ferry", "Ferry", "Ferry"]),
    ],
)
def test_what_is_chosen_is_written_as_one_step(
    qtbot: QtBot, studio: Studio, tmp_path: Path, choice: str, first_three: list[str]
) -> None:
    before = said(studio)

    def choose(dialog: LabelImportDialog) -> None:
        next(button for one, button in dialog.choices.items() if one.value == choice).click()
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)

    import_table(studio, write(tmp_path, *all_as("Ferry")), choose)
    wait_for(qtbot, lambda: said(studio) == [*first_three, "Ferry", "Ferry", "Ferry"], "it is written")
    wait_for(qtbot, lambda: "labels imported" in studio.window.message_bar.text, "it is said")
    studio.window.actions_.undo.trigger()
    wait_for(qtbot, lambda: said(studio) == before, "one step back")
    wait_for(qtbot, lambda: studio.classes.find("Ferry") is None, "and the class is gone with it")


def test_a_misspelt_class_can_be_the_one_that_is_meant(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    def use_near(dialog: LabelImportDialog) -> None:
        model = dialog.new_classes
        cell = model.index(0, 2)
        assert model.data(model.index(0, 0)) == "Tarm stop"
        assert model.data(cell) == "Use “Tram stop” instead"
        model.setData(cell, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
        assert not dialog.import_button.isEnabled(), "it is worked out anew"
        qtbot.waitUntil(dialog.import_button.isEnabled, timeout=10_000)
        assert model.rowCount() == 1, "it stays, so that it can be changed again"
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)

    import_table(studio, write(tmp_path, "capture 004.png,Tarm stop"), use_near)
    wait_for(qtbot, lambda: said(studio)[4] == "Tram stop", "it has the class that is there")
    assert studio.classes.find("Tarm stop") is None


def test_what_is_left_out_is_listed_and_can_be_copied(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    copied: list[str] = []

    def copy(dialog: LabelImportDialog) -> None:
        assert not dialog.import_button.isEnabled() and dialog.tabs.tabText(2) == "Skipped (2)"
        qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
        copied.append(QGuiApplication.clipboard().text())
        dialog.left_out_table.selectRow(1)
        dialog.left_out_table.setFocus()
        qtbot.keySequence(dialog.left_out_table, QKeySequence(QKeySequence.StandardKey.Copy))
        copied.append(QGuiApplication.clipboard().text())
        dialog.reject()

    table = write(tmp_path, "no.png,Stop", "capture 003.png,Stop", "capture 003.png,Ferry")
    import_table(studio, table, copy)
    wait_for(qtbot, lambda: len(copied) == 2, "it is copied")
    first, second = copied[0].split("\n")
    assert first == "2\tno.png\tNo capture with this name in the project"
    assert second == copied[1] == "3\tcapture 003.png\tSeveral labels: Stop, Ferry"


def test_another_level_of_folders_can_be_chosen(qtbot: QtBot, start, tmp_path: Path) -> None:
    names = [f"{name}/{track}/1.png" for name in ("Bus", "Ferry") for track in ("near", "far")]
    studio: Studio = start(make_captures(tmp_path / "in", names))
    wait_until_classified(qtbot, studio, 4)
    shown: list[list[str]] = []

    def choose(dialog: LabelImportDialog) -> None:
        box = dialog.level_box
        shown.append([box.itemText(i) for i in range(box.count())])
        box.setCurrentIndex(1 - box.currentIndex())
        qtbot.waitUntil(dialog.import_button.isEnabled, timeout=10_000)
        shown.append(sorted({dialog.new.rows[row].label or "" for row in range(dialog.new.rowCount())}))
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)

    when_shown(studio, choose)
    studio.window.actions_.import_folder_labels.trigger()
    wait_for(qtbot, lambda: None not in {row.label for row in rows(studio)}, "all are labelled")
    assert [text.partition(":")[2] for text in shown[0]] == [" 2 classes, 4 captures"] * 2
    assert sorted({row.label or "" for row in rows(studio)}) == shown[1]


def test_many_rows_and_long_names_fit_a_small_screen(
    qtbot: QtBot, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LabelImportDialog, "room", QSize(784, 436))
    sizes: list[QSize] = []

    def look(dialog: LabelImportDialog) -> None:
        sizes.append(dialog.size())
        assert dialog.left_out.rowCount() == 10_000 and dialog.import_button.isVisible()
        dialog.reject()

    lines = [f"far/{'deep/' * 20}{i}.png,{'very long name ' * 14}" for i in range(10_000)]
    import_table(studio, write(tmp_path, *all_as("very long name " * 14), *lines), look)
    wait_for(qtbot, lambda: bool(sizes), "it is shown")
    assert sizes[0].width() <= 784 and sizes[0].height() <= 436
