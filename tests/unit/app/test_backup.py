"""Copies of a project, made each day and put back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from storage_verbs import add_captures

from app.storage.backup import KEPT_DAYS, back_up, back_up_daily, list_backups
from app.storage.errors import ProjectError, ProjectInUseError
from app.storage.locations import DATABASE_NAME
from app.storage.project import Project


def count(project: Project) -> int:
    return project.read(lambda unit: unit.captures.counts()).result().total


def test_one_a_day_and_seven_of_them(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for day in range(1, KEPT_DAYS + 4):
        day_of_clock = datetime(2026, 3, day, 9, 0, tzinfo=UTC)

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):  # type: ignore[no-untyped-def, override]
                return day_of_clock  # noqa: B023

        monkeypatch.setattr("app.storage.backup.datetime", Clock)
        made.append(project.back_up_daily())
        assert project.back_up_daily() is None
    kept = sorted((project.folder / "backups").glob("*-daily.sqlite"))
    assert kept == made[-KEPT_DAYS:]


def test_what_was_then_comes_back_and_what_is_now_is_kept(project: Project, tmp_path: Path) -> None:
    add_captures(project, 3)
    copy = project.back_up_daily()
    assert copy is not None
    add_captures(project, 5)
    folder = project.folder
    with pytest.raises(ProjectInUseError):
        Project.restore(folder, copy)
    project.close()
    Project.restore(folder, copy)
    again = Project.open(folder)
    assert count(again) == 3
    again.close()
    found = {record.reason: (record.captures, record.labels) for record in list_backups(folder)}
    assert found == {"before-restore": (5, 0), "daily": (3, 0)}


def test_a_damaged_project_is_replaced_and_its_bytes_are_kept(project: Project) -> None:
    add_captures(project, 3)
    copy = project.back_up_daily()
    assert copy is not None
    folder = project.folder
    project.close()
    database = folder / DATABASE_NAME
    damaged = b"\0" * 4096 + database.read_bytes()[4096:]
    database.write_bytes(damaged)
    with pytest.raises(ProjectError, match="Restore a backup"):
        Project.open(folder)
    Project.restore(folder, copy)
    again = Project.open(folder)
    assert count(again) == 3
    again.close()
    (kept,) = (folder / "backups").glob("*.damaged")
    assert kept.read_bytes() == damaged


def test_a_damaged_backup_is_not_offered_and_never_put_back(project: Project) -> None:
    add_captures(project, 3)
    copy = back_up(project.folder / DATABASE_NAME, "daily")
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 3])
    folder = project.folder
    project.close()
    with pytest.raises(ProjectError, match="choose another"):
        Project.restore(folder, copy)
    assert list_backups(folder) == []
    again = Project.open(folder)
    assert count(again) == 3
    again.close()


def test_a_backup_that_is_damaged_where_nothing_is_counted_is_not_offered_either(project: Project) -> None:
    add_captures(project, 3)
    copy = back_up(project.folder / DATABASE_NAME, "daily")
    assert len(list_backups(project.folder)) == 1
    with closing(sqlite3.connect(copy)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'label_events'"
        ).fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(copy.read_bytes())
    content[(page - 1) * page_size : page * page_size] = b"\xff" * page_size
    copy.write_bytes(content)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM captures").fetchone() == (3,)
    assert list_backups(project.folder) == []


def test_without_a_backup_folder_there_are_none(tmp_path: Path) -> None:
    assert list_backups(tmp_path) == []
    with pytest.raises(ProjectError):
        back_up_daily(tmp_path / "missing" / DATABASE_NAME)
