"""Projects in the window: new ones, others, and those that can't be opened."""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import drop, make_captures, numbered, row_at, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.errors import DamagedProjectError
from app.domain.export_format import ExportFormat
from app.domain.records import ActionKind, BackupRecord, NewCapture
from app.exchange.export_run import ExportRequest
from app.locations import default_project_folder
from app.storage.database.backup import back_up
from app.storage.project import Project
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import write_description


@pytest.fixture
def read_only_copy(tmp_path: Path) -> Iterator[Path]:
    """A project in a folder that nobody may write to: root may write everywhere but to a read-only drive."""
    folder = tmp_path / "Signs.vimd"
    Project.open(folder).close()
    if os.geteuid() != 0:
        (folder / "project.lock").unlink()
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    mounted = subprocess.run(
        ["mount", "--bind", "-o", "ro", str(folder), str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("root without the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_first_start_makes_the_default_project(qtbot: QtBot, start, home: Path) -> None:
    studio: Studio = start()
    assert (default_project_folder() / "project.sqlite").exists()
    assert default_project_folder().is_relative_to(home)
    assert studio.window.windowTitle() == "My captures – ViMD Studio"


def test_a_second_window_on_the_same_project_is_refused(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two windows in one process: the first one can't answer while the second one waits for it.
    monkeypatch.setattr("app.bootstrap.hand_over", lambda *_: False)
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


def damaged_project(folder: Path, *, with_log: bool = False) -> dict[str, bytes]:
    """A project of 400 captures, three of them labelled, with a hole in an index; its files."""
    project = Project.open(folder)
    found = [
        NewCapture(Path(f"/captures/{i}.png"), i.to_bytes(16, "big"), 900, 1, 32, 32) for i in range(400)
    ]
    project.write(
        lambda unit: unit.captures.add(unit.captures.add_source(Path("/captures"), is_folder=True), found)
    ).result()
    class_id = project.write(lambda unit: unit.catalogue.ensure_classes(["Yield"])["Yield"]).result()
    back_up(folder / "project.sqlite", "daily")
    project.write(lambda unit: unit.labels.label([1, 2, 3], class_id, "ada")).result()
    project.close()
    database = folder / "project.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'label_actions'"
        ).fetchone()[0]
    data = bytearray(database.read_bytes())
    data[(root - 1) * page_size : (root - 1) * page_size + 100] = b"\xff" * 100
    database.write_bytes(bytes(data))
    if with_log:  # as a crash leaves it
        (folder / "project.sqlite-wal").write_bytes(b"")
    return {str(path): path.read_bytes() for path in folder.glob("project.sqlite*")}


@pytest.mark.parametrize("with_log", [False, True])
def test_a_damaged_project_is_opened_to_be_looked_at(
    qtbot: QtBot, start, tmp_path: Path, with_log: bool
) -> None:
    folder = tmp_path / "Signs.vimd"
    before = damaged_project(folder, with_log=with_log)
    studio: Studio = start(project=folder)
    window, bar = studio.window, studio.window.message_bar
    wait_for(qtbot, lambda: "is damaged" in bar.text, "the damage is said")
    assert "daily.sqlite" in bar.text and "it is read-only" in bar.text
    assert window.windowTitle() == "Signs (read only) – ViMD Studio"
    wait_for(qtbot, lambda: studio.captures.rowCount() == 400, "the captures are listed")
    assert [row.label for row in rows(studio)[:4]] == ["Yield", "Yield", "Yield", None]
    studio.services.tasks.unhandled_failure.emit("The database is malformed.")
    assert bar.text == "The database is malformed." and bar.action_button.isVisible(), "the way out stays"
    studio.services.labels.mark(ActionKind.UNSURE, [4])
    wait_for(qtbot, lambda: "read-only" in bar.text, "a label is refused")
    drop(window, make_captures(tmp_path / "in", ["1.png"]))
    wait_for(qtbot, lambda: "File > Restore backup" in bar.text, "an import is refused")
    assert len(rows(studio)) == 400
    target = tmp_path / "saved.csv"
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    reply(window, ask_export=lambda *_: request)
    with qtbot.waitSignal(studio.services.exports.finished, timeout=30_000):
        window.actions_.export.trigger()
    assert target.read_text(encoding="utf-8-sig").count("Yield") == 3, "what can be read can be saved"
    kept = {name: data for name, data in before.items() if not name.endswith("-wal")}
    assert {name: Path(name).read_bytes() for name in kept} == kept, "nothing was changed"
    reply(window, ask_backup=lambda _name, records: records[0].path)
    window.actions_.restore.trigger()
    wait_for(qtbot, lambda: window.windowTitle() == "Signs – ViMD Studio", "the backup is put back")
    wait_for(qtbot, lambda: len(rows(studio)) == 400, "the captures are listed")
    assert rows(studio)[0].label is None, "it is the state of then"


def test_damage_that_is_met_while_working_stops_the_writing(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = tmp_path / "Signs.vimd"
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)), project=folder)
    wait_until_classified(qtbot, studio, 4)

    def meet(_unit: object) -> None:
        raise DamagedProjectError(
            "The database of the project Signs is damaged (as a test says): do something."
        )

    with qtbot.waitSignal(studio.services.projects.damaged, timeout=30_000):
        studio.services.projects.write(meet, lambda _none: None)
    wait_for(qtbot, lambda: "(read only)" in studio.window.windowTitle(), "it can only be looked at")
    assert "it is read-only" in studio.window.message_bar.text
    wait_for(qtbot, lambda: len(rows(studio)) == 4, "the captures are still listed")


def test_a_large_database_is_checked_before_it_is_backed_up(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.upgrade.CHECKED_BYTES", 0)  # every database is large
    folder = tmp_path / "Signs.vimd"
    damaged_project(folder)
    studio: Studio = start(project=folder)
    wait_for(qtbot, lambda: "is damaged" in studio.window.message_bar.text, "the damage is found")
    wait_for(qtbot, lambda: "(read only)" in studio.window.windowTitle(), "it can only be looked at")
    wait_for(qtbot, lambda: studio.captures.rowCount() == 400, "the captures are listed")
    assert len(list((folder / "backups").glob("*.sqlite"))) == 1, "no copy was made of what is damaged"


def test_a_program_that_runs_for_days_has_its_daily_backups(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start()
    backups = default_project_folder() / "backups"
    wait_for(qtbot, lambda: list(backups.glob("*-daily.sqlite")), "today's backup is made")
    for path in backups.glob("*-daily.sqlite"):  # a day goes by
        path.rename(path.with_name(f"2020-01-01{path.name[10:]}"))
    studio.services.projects.backup_timer.timeout.emit()
    wait_for(qtbot, lambda: len(list(backups.glob("*-daily.sqlite"))) == 2, "another one is made")


def test_damage_that_the_hourly_backup_meets_makes_the_project_read_only(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    backups = default_project_folder() / "backups"
    wait_for(qtbot, lambda: list(backups.glob("*-daily.sqlite")), "today's backup is made")
    for path in backups.glob("*-daily.sqlite"):  # a day goes by
        path.rename(path.with_name(f"2020-01-01{path.name[10:]}"))
    monkeypatch.setattr("app.storage.database.backup._is_sound", lambda *_: False)
    studio.services.projects.backup_timer.timeout.emit()
    wait_for(qtbot, lambda: "(read only)" in studio.window.windowTitle(), "it can only be looked at")
    assert "is damaged" in studio.window.message_bar.text
    assert [path.name[:10] for path in backups.glob("*-daily.sqlite")] == ["2020-01-01"]


def test_a_backup_that_can_not_be_put_back_leaves_the_project_open(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    folder = tmp_path / "Signs.vimd"
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)), project=folder)
    wait_until_classified(qtbot, studio, 4)
    broken = folder / "backups" / "2026-01-01-000000-daily.sqlite"
    broken.write_bytes(b"rubbish")
    reply(studio.window, ask_backup=lambda *_: broken)
    studio.window.actions_.restore.trigger()
    wait_for(qtbot, lambda: "choose another backup" in studio.window.message_bar.text, "it is said")
    wait_for(qtbot, lambda: len(rows(studio)) == 4, "the project is open as it was")


def test_a_folder_on_a_medium_that_can_not_be_written_is_said(qtbot: QtBot, start, read_only_copy) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(project=read_only_copy)
    assert "copy it to a writable folder" in studio.window.message_bar.text
    assert studio.services.projects.project is None


def test_another_project_has_its_own_captures(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    reply(studio.window, ask_new_project=lambda _suggestion: tmp_path / "Other.vimd")
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        studio.window.actions_.new_project.trigger()
    wait_for(qtbot, lambda: studio.window.is_empty, "the new project is empty")
    assert studio.captures.rowCount() == 0
    drop(studio.window, tmp_path / "in" / "capture 000.png")
    wait_until_classified(qtbot, studio, 1)
    reply(studio.window, ask_project=default_project_folder)
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


def test_a_window_whose_next_project_is_gone_bears_no_name(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start()
    wait_for(qtbot, lambda: studio.window.windowTitle().startswith("My captures"), "the project's name")
    with qtbot.waitSignal(studio.services.projects.open_failed, timeout=30_000):
        studio.services.projects.open(tmp_path / "Gone.vimd", must_exist=True)
    assert studio.window.windowTitle() == "ViMD Studio"
    assert "no longer exists" in studio.window.message_bar.text


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


def test_the_table_has_the_models_and_the_humans_columns(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(3)))
    wait_until_classified(qtbot, studio, 3)
    with qtbot.waitSignal(studio.services.labels.labels_changed, timeout=10_000):
        studio.services.labels.label_by_name([studio.captures.capture_id(1)], "Straße, neu")
    target = tmp_path / "table.csv"
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    reply(studio.window, ask_export=lambda *_: request)
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


def test_a_table_that_can_not_be_written_is_said(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    studio: Studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    target = tmp_path / "no such folder" / "table.csv"
    request = ExportRequest(ExportFormat.CSV, CaptureQuery(), target)
    reply(studio.window, ask_export=lambda *_: request)
    with qtbot.waitSignal(studio.services.exports.failed, timeout=30_000):
        studio.window.actions_.export.trigger()
    assert "can't be written" in studio.window.message_bar.text


def test_a_backup_is_put_back(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(4)))
    wait_until_classified(qtbot, studio, 4)
    project = studio.services.projects.project
    assert project is not None
    backups = project.folder / "backups"
    wait_for(qtbot, lambda: list(backups.glob("*-daily.sqlite")), "today's backup is made")
    studio.window.exchange.imports.add([make_captures(tmp_path / "more", [f"m{n}.png" for n in range(9)])])
    wait_until_classified(qtbot, studio, 9)
    offered: list[int] = []

    def choose(_name: str, records: list[BackupRecord]) -> Path:
        offered.extend(record.captures for record in records)
        return records[-1].path

    reply(studio.window, ask_backup=choose)
    studio.window.actions_.restore.trigger()
    wait_for(qtbot, lambda: len(list(backups.glob("*before-restore.sqlite"))) == 1, "what was is kept")
    wait_for(qtbot, lambda: studio.services.projects.project is not None, "the project is open again")
    wait_for(qtbot, lambda: len(rows(studio)) == offered[-1], "it is as it was then")


def test_a_damaged_project_offers_its_backup(qtbot: QtBot, start, tmp_path: Path) -> None:
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
    reply(
        again.window,
        ask_backup=lambda _name, records: next(r.path for r in records if r.reason == "by-hand"),
    )
    qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: again.services.projects.project is not None, "the project is open again")
    wait_for(qtbot, lambda: again.captures.rowCount() == 4, "its captures are back")


def test_a_calibration_of_the_model_in_use_is_noticed_and_answers_follow(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:
    model = Path(shutil.copy(tiny_bundle, tmp_path / "signs.safetensors"))
    studio: Studio = start(make_captures(tmp_path / "in", numbered(3)), model=model)
    wait_until_classified(qtbot, studio, 3)
    before = [row.probability for row in rows(studio)]
    start.stop(studio)
    write_description(model, model, replace(read_bundle_info(model), temperature=0.25))
    again: Studio = start(model=model)
    wait_for(qtbot, lambda: "recalibrated" in again.window.message_bar.text, "it is said")
    wait_until_classified(qtbot, again, 3)
    wait_for(
        qtbot,
        lambda: all(
            row.probability is not None and was is not None and row.probability > was + 0.001
            for row, was in zip(rows(again), before, strict=True)
        ),
        "a lower temperature makes the model surer",
    )
    project = again.services.projects.project
    assert project is not None
    assert len(project.read(lambda unit: unit.models.all()).result()) == 1
    start.stop(again)
    third: Studio = start(model=model)
    wait_until_classified(qtbot, third, 3)
    assert third.window.message_bar.text == ""
