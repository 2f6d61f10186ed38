"""Projects in the window: new ones, others, and those that can't be opened."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, row_at, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.services.export_formats import ExportFormat
from app.services.export_service import ExportRequest
from app.storage.backup import BackupRecord, back_up
from app.storage.capture_query import CaptureQuery
from app.storage.locations import default_project_folder
from app.storage.project import Project


def test_a_first_start_makes_the_default_project(qtbot: QtBot, start, home: Path) -> None:
    studio: Studio = start()
    assert (default_project_folder() / "project.sqlite").exists()
    assert default_project_folder().is_relative_to(home)
    assert studio.window.windowTitle() == "My captures – ViMD Studio"


def test_a_second_window_on_the_same_project_is_refused(qtbot: QtBot, start, tmp_path: Path) -> None:
    first: Studio = start()
    second: Studio = start()
    assert "is open in another window" in second.window.message_bar.text
    assert second.services.projects.project is None
    drop(second.window, make_captures(tmp_path / "in", ["1.png"]))
    assert "No project is open" in second.window.message_bar.text
    assert first.services.projects.project is not None


def test_a_damaged_project_is_said_and_left_as_it_is(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = tmp_path / "Signs.vimd"
    Project.open(folder).close()
    (folder / "project.sqlite").write_bytes(b"scrambled" * 1000)
    studio: Studio = start(project=folder)
    assert "is damaged" in studio.window.message_bar.text
    assert studio.window.message_bar.action_button.isVisible()
    assert studio.services.projects.project is None
    assert (folder / "project.sqlite").read_bytes() == b"scrambled" * 1000


def test_another_project_has_its_own_captures(qtbot: QtBot, start, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    monkeypatch.setattr(studio.window.dialogs, "ask_new_project", lambda _suggestion: tmp_path / "Other.vimd")
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.window.actions_.new_project.trigger()
    wait_for(qtbot, lambda: studio.window.is_empty, "the new project is empty")
    assert studio.captures.rowCount() == 0
    drop(studio.window, tmp_path / "in" / "capture 000.png")
    wait_until_classified(qtbot, studio, 1)
    monkeypatch.setattr(studio.window.dialogs, "ask_project", default_project_folder)
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.window.actions_.open_project.trigger()
    wait_until_classified(qtbot, studio, 4)
    wait_for(qtbot, lambda: not studio.window.is_empty, "the gallery is back")


def test_a_dropped_project_is_opened(qtbot: QtBot, start, tmp_path: Path) -> None:
    Project.open(tmp_path / "Other.vimd").close()
    studio: Studio = start()
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000) as opened:
        drop(studio.window, tmp_path / "Other.vimd")
    assert opened.args[0] == "Other"


def test_the_first_project_is_free_again_once_another_is_open(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start()
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.services.projects.open(tmp_path / "Other.vimd")
    Project.open(default_project_folder()).close()


def test_switching_in_the_middle_of_an_import_keeps_both_projects_whole(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    studio: Studio = start()
    with qtbot.waitSignal(studio.services.imports.captures_added, timeout=30_000):
        drop(studio.window, make_captures(tmp_path / "in", numbered(600)))
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.services.projects.open(tmp_path / "Other.vimd")
    assert studio.captures.rowCount() == 0
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.services.projects.open(default_project_folder())
    wait_for(qtbot, lambda: 0 < len(rows(studio)) < 600, "what was added before is there")
    wait_until_classified(qtbot, studio, len(rows(studio)))


def test_the_table_has_the_models_and_the_humans_columns(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    with qtbot.waitSignal(studio.services.labels.labels_changed, timeout=10_000):
        studio.services.labels.label_by_name([studio.captures.capture_id(1)], "Straße, neu")
    target = tmp_path / "table.csv"
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    monkeypatch.setattr(studio.window.dialogs, "ask_export", lambda *_: request)
    with qtbot.waitSignal(studio.services.exports.finished, timeout=30_000):
        studio.window.actions_.export.trigger()
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")  # what spreadsheets know UTF-8 by
    with target.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [line["state"] for line in table] == ["unreviewed", "corrected", "unreviewed"]
    assert [line["label"] for line in table] == ["", "Straße, neu", ""]
    assert [line["model_label"] for line in table] == [row.predicted for row in rows(studio)]
    assert table[1]["labelled_by"]
    assert table[1]["labelled_at_utc"].endswith("+00:00")
    assert float(table[0]["model_probability"]) == round(row_at(studio, 0).probability or 0, 6)
    assert "3 captures" in studio.window.message_bar.text


def test_a_table_that_can_not_be_written_is_said(qtbot: QtBot, start, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    target = tmp_path / "no such folder" / "table.csv"
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    monkeypatch.setattr(studio.window.dialogs, "ask_export", lambda *_: request)
    with qtbot.waitSignal(studio.services.exports.failed, timeout=30_000):
        studio.window.actions_.export.trigger()
    assert "can't be written" in studio.window.message_bar.text


def test_a_backup_is_put_back(qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    project = studio.services.projects.project
    assert project is not None
    backups = project.folder / "backups"
    wait_for(qtbot, lambda: list(backups.glob("*-daily.sqlite")), "today's backup is made")
    studio.window.files.add([make_captures(tmp_path / "more", [f"m{n}.png" for n in range(9)])])
    wait_until_classified(qtbot, studio, 9)
    offered: list[int] = []

    def choose(_name: str, records: list[BackupRecord]) -> Path:
        offered.extend(record.captures for record in records)
        return records[-1].path

    monkeypatch.setattr(studio.window.dialogs, "ask_backup", choose)
    studio.window.actions_.restore.trigger()
    wait_for(qtbot, lambda: len(list(backups.glob("*before-restore.sqlite"))) == 1, "what was is kept")
    wait_for(qtbot, lambda: studio.services.projects.project is not None, "the project is open again")
    wait_for(qtbot, lambda: len(rows(studio)) == offered[-1], "it is as it was then")


def test_a_damaged_project_offers_its_backup(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    project = studio.services.projects.project
    assert project is not None
    back_up(project.folder / "project.sqlite", "by-hand")
    start.stop(studio)
    database = project.folder / "project.sqlite"
    database.write_bytes(database.read_bytes()[:5000])
    again: Studio = start()
    bar = again.window.message_bar
    assert "damaged" in bar.text
    monkeypatch.setattr(
        again.window.dialogs,
        "ask_backup",
        lambda _name, records: next(r.path for r in records if r.reason == "by-hand"),
    )
    qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: again.services.projects.project is not None, "the project is open again")
    wait_for(qtbot, lambda: again.captures.rowCount() == 4, "its captures are back")
