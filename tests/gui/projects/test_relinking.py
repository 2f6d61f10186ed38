"""Folders that were moved, and drives that are not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import drop, make_captures, numbered, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery, SortField
from app.item_models.source_list_model import SourceRole
from app.services.captures.relink_service import SourceState
from app.storage.captures.relinking import Place
from app.views.projects.relink_dialog import RelinkDialog


def labelled_project(qtbot: QtBot, start, *folders: Path) -> None:  # type: ignore[no-untyped-def]
    """A project with captures from folders, one of them labelled; closed again."""
    studio: Studio = start(*folders)
    wait_until_classified(qtbot, studio, 4 * len(folders))
    studio.services.labels.label_by_name([studio.captures.capture_id(1)], "Yield")
    wait_for(qtbot, lambda: rows(studio)[1].label == "Yield", "it is labelled")
    start.stop(studio)


def missing(studio: Studio) -> list[str]:
    """What the list of sources marks as not there."""
    model = studio.sources
    indexes = [model.index(row) for row in range(model.rowCount())]
    return [str(index.data()) for index in indexes if index.data(SourceRole.IS_MISSING)]


def find_moved(studio: Studio, new_folder: Path) -> None:
    """Choose the first folder of which something is missing, and say where it is now."""

    def answer(states: list[SourceState]) -> tuple[SourceState, Path]:
        return next(state for state in states if state.missing), new_folder

    reply(studio.window, ask_moved_folder=answer)
    studio.window.actions_.find_moved.trigger()


def test_a_moved_folder_is_said_and_found_again_with_its_labels(
    qtbot: QtBot, start, tmp_path: Path, qtmodeltester: ModelTester
) -> None:
    labelled_project(qtbot, start, make_captures(tmp_path / "in", numbered(4)))
    shutil.move(tmp_path / "in", tmp_path / "moved to here")
    studio: Studio = start()
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: "is missing" in bar.text, "the missing folder is said")
    assert str(tmp_path / "in") in bar.text and "4 captures" in bar.text
    wait_for(qtbot, lambda: missing(studio) == ["in"], "the source is marked")
    assert len(rows(studio)) == 4, "a missing folder is not an empty one"
    qtmodeltester.check(studio.sources)
    reply(studio.window, ask_moved_folder=lambda states: (states[0], tmp_path / "moved to here"))
    qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: "4 captures found" in bar.text, "they are found")
    wait_for(qtbot, lambda: not missing(studio), "the mark is gone")
    assert {row.path.parent.name for row in rows(studio)} == {"moved to here"}
    assert [row.label for row in rows(studio)] == [None, "Yield", None, None]
    wait_for(qtbot, lambda: str(studio.sources.index(0).data()) == "moved to here", "the source has moved")
    select(qtbot, studio, 2)
    wait_for(
        qtbot,
        lambda: isinstance(studio.window.inspector.panel.compare.nearest.image, QImage),
        "it can be seen",
    )
    start.stop(studio)
    again: Studio = start()
    wait_for(qtbot, lambda: len(rows(again)) == 4, "all is there")
    assert again.window.message_bar.text == ""


def test_where_a_drive_was_an_empty_folder_is_no_empty_source(qtbot: QtBot, start, tmp_path: Path) -> None:
    drive = make_captures(tmp_path / "drive", numbered(4))
    labelled_project(qtbot, start, drive)
    shutil.rmtree(drive)
    drive.mkdir()  # the mount point that stays
    studio: Studio = start()
    wait_for(qtbot, lambda: "connect its drive" in studio.window.message_bar.text, "the drive is asked for")
    assert len(rows(studio)) == 4


def test_folders_that_moved_together_are_found_together(qtbot: QtBot, start, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    first = make_captures(drive / "first", [f"a{i}.png" for i in range(4)])
    second = make_captures(drive / "second" / "in", [f"b{i}.bmp" for i in range(4, 8)])
    for path in second.iterdir():  # contents of their own
        data = bytearray(path.read_bytes())
        data[-1] ^= 255
        path.write_bytes(data)
    labelled_project(qtbot, start, first, second)
    drive.rename(tmp_path / "other")
    studio: Studio = start()
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: "2 of the project's folders are missing" in bar.text, "both are said")
    find_moved(studio, tmp_path / "other" / "first")
    wait_for(qtbot, lambda: "8 captures found" in bar.text, "all are found")
    assert "1 more folder" in bar.text
    assert all(row.path.is_relative_to(tmp_path / "other") for row in rows(studio))
    wait_for(qtbot, lambda: not missing(studio), "no mark is left")


def test_single_files_are_found_again(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(3))
    studio: Studio = start(*sorted(folder.iterdir()))
    wait_until_classified(qtbot, studio, 3)
    folder.rename(tmp_path / "out")
    find_moved(studio, tmp_path / "out")
    wait_for(qtbot, lambda: "3 captures found" in studio.window.message_bar.text, "all are found")
    assert {row.path.parent.name for row in rows(studio)} == {"out"}


def test_another_folder_is_refused_and_nothing_changed(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(4))
    labelled_project(qtbot, start, folder)
    folder.rename(tmp_path / "elsewhere")
    same_names = make_captures(tmp_path / "same names", list(reversed(numbered(4))))
    (tmp_path / "nothing").mkdir()
    studio: Studio = start()
    bar = studio.window.message_bar
    for wrong, said in (
        (tmp_path / "nothing", "Nothing that the project has from"),
        (same_names, "differs from"),
    ):
        find_moved(studio, wrong)
        wait_for(qtbot, lambda said=said: said in bar.text, said)
        assert {row.path.parent for row in rows(studio)} == {folder}


def test_what_is_in_neither_place_follows_and_may_come_later(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", numbered(4))
    labelled_project(qtbot, start, folder)
    late = tmp_path / "late.png"
    (folder / "capture 003.png").rename(late)
    folder.rename(tmp_path / "new")
    studio: Studio = start()
    bar = studio.window.message_bar
    find_moved(studio, tmp_path / "new")
    wait_for(qtbot, lambda: "1 is still missing" in bar.text, "three are found")
    late.rename(tmp_path / "new" / "capture 003.png")
    assert all(row.path.exists() for row in rows(studio))


def test_names_are_sorted_anew(qtbot: QtBot, start, tmp_path: Path) -> None:
    first = make_captures(tmp_path / "b", ["1.png"])
    second = make_captures(tmp_path / "c", ["x.png", "1.png"])
    (second / "x.png").unlink()
    studio: Studio = start(first, second)
    wait_until_classified(qtbot, studio, 2)
    studio.captures.set_query(CaptureQuery(sort=SortField.NAME))
    wait_for(qtbot, lambda: not studio.captures.is_loading, "sorted")
    assert [row.path.parent.name for row in rows(studio)] == ["b", "c"]
    second.rename(tmp_path / "a")
    find_moved(studio, tmp_path / "a")
    wait_for(qtbot, lambda: "1 capture found" in studio.window.message_bar.text, "found")
    studio.captures.reload()
    wait_for(qtbot, lambda: [r.path.parent.name for r in rows(studio)] == ["a", "b"], "sorted anew")


def test_a_folder_is_chosen_in_the_dialog(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio: Studio = start()
    there = SourceState(Place((1,), Path("/there"), is_folder=True), 9, 0)
    gone = SourceState(Place((2,), Path("/gone"), is_folder=True), 5, 5)
    dialog = RelinkDialog(studio.window, [there, gone])
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.chosen is gone, "what is missing stands first"
    assert dialog.choose_button.isEnabled()
    dialog.table.selectRow(1)
    assert not dialog.choose_button.isEnabled(), "what is there is not looked for"
    dialog.table.selectRow(0)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.mouseClick(dialog.choose_button, Qt.MouseButton.LeftButton)
    assert dialog.new_folder == tmp_path and dialog.result() == RelinkDialog.DialogCode.Accepted


def test_a_path_that_is_not_there_is_said_when_it_is_added(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start()
    drop(studio.window, tmp_path / "usb" / "captures")
    wait_for(qtbot, lambda: "There is no file or folder" in studio.window.message_bar.text, "it is said")
    assert studio.captures.rowCount(QModelIndex()) == 0
