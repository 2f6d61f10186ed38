"""Copies of a project, made each day and put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from storage_verbs import add_captures

from app.domain.errors import DamagedProjectError, ProjectError, ProjectInUseError
from app.locations import DATABASE_NAME
from app.storage.database.backup import (
    KEPT_DAYS,
    _is_sound,
    back_up,
    back_up_daily,
    list_backups,
    newest_sound_backup,
    restore_backup,
)
from app.storage.project import Project


def count(project: Project) -> int:
    return project.read(lambda unit: unit.captures.counts()).result().total


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def, override]
            return moment if tz is None else moment.astimezone(tz)

    monkeypatch.setattr("app.storage.database.backup.datetime", Clock)


def daily(project: Project) -> set[Path]:
    return set((project.folder / "backups").glob("*-daily.sqlite"))


def break_page_of(database: Path, table: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(database.read_bytes())
    content[(page - 1) * page_size : page * page_size] = b"\xff" * page_size
    database.write_bytes(content)


def test_one_a_day_and_seven_of_them(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for day in range(1, KEPT_DAYS + 4):
        set_clock(monkeypatch, datetime(2026, 3, day, 9, 0, tzinfo=UTC))
        made.append(project.back_up_daily())
        assert project.back_up_daily() is None
    assert daily(project) == set(made[-KEPT_DAYS:])


def test_copies_made_while_the_clock_was_wrong_go_first_and_the_new_one_never(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = []
    for day in range(1, KEPT_DAYS + 1):
        set_clock(monkeypatch, datetime(2041, 3, day, tzinfo=UTC))
        ahead.append(project.back_up_daily())
    after = []
    for day in range(1, 4):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        after.append(project.back_up_daily())
        assert after[-1] in daily(project)
        assert project.back_up_daily() is None
    assert daily(project) == {*ahead[3:], *after}
    behind = []
    for day in range(1, 4):  # an empty battery: the copies made now are not the oldest ones
        set_clock(monkeypatch, datetime(1999, 1, day, tzinfo=UTC))
        behind.append(project.back_up_daily())
    assert daily(project) == {*ahead[6:], *after, *behind}
    newest = newest_sound_backup(project.folder)
    assert newest is not None
    assert newest.path == behind[-1]
    assert [record.path for record in list_backups(project.folder)][:4] == [*behind[::-1], after[-1]]


def test_copies_of_earlier_versions_without_a_number_are_older_than_new_ones(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = []
    for year in (2040, 2041, 2024, 2025):
        set_clock(monkeypatch, datetime(year, 1, 1, tzinfo=UTC))
        copy = back_up(project.database_path, "daily")
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA user_version=0")
        old.append(copy)
    for day in range(1, 6):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        assert project.back_up_daily() in daily(project)
    # The first to go are those that were dated into the future.
    assert daily(project) >= {old[2], old[3]}
    assert not daily(project) & {old[0], old[1]}


def test_a_day_that_a_wrong_clock_had_taken_gets_its_copy(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (20, 5, 20):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        assert project.back_up_daily() is not None


def test_copies_before_an_upgrade_or_a_restore_are_not_dropped_by_daily_ones(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, datetime(2026, 2, 1, tzinfo=UTC))
    kept = {back_up(project.database_path, reason) for reason in ("before-0006", "before-restore")}
    for day in range(1, KEPT_DAYS + 4):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        project.back_up_daily()
    assert all(path.exists() for path in kept)
    assert len(daily(project)) == KEPT_DAYS


def test_a_damaged_project_never_drives_good_copies_out(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_captures(project, 3)
    for day in range(1, KEPT_DAYS + 1):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        project.back_up_daily()
    good = daily(project)
    project.close()
    break_page_of(project.database_path, "label_events")
    for day in range(10, 20):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        with pytest.raises(DamagedProjectError, match="Restore backup"):
            back_up_daily(project.database_path)
    assert daily(project) == good


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
    with pytest.raises(ProjectError, match="Restore backup"):
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
    break_page_of(copy, "label_events")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM captures").fetchone() == (3,)
    assert list_backups(project.folder) == []


def test_a_long_check_is_given_up_when_the_program_closes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_captures(project, 3)
    project.close()
    break_page_of(project.database_path, "label_events")
    monkeypatch.setattr("app.storage.upgrade.CHECK_STEPS", 1)
    monkeypatch.setattr("app.storage.database.backup.CHECK_STEPS", 1)
    project.check(lambda: True)
    with pytest.raises(DamagedProjectError):
        project.check(lambda: False)
    kept = project.back_up_daily(lambda: True)
    assert kept is not None
    assert kept.exists(), "nobody knows yet whether it is damaged"


def test_without_a_backup_folder_there_are_none(tmp_path: Path) -> None:
    assert list_backups(tmp_path) == []
    with pytest.raises(ProjectError):
        back_up_daily(tmp_path / "missing" / DATABASE_NAME)


def test_the_day_of_a_copy_is_that_of_utc(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is put forward in summer, or a journey, makes no second copy and leaves no day out."""
    east = timezone(timedelta(hours=9))
    set_clock(monkeypatch, datetime(2026, 3, 2, 8, 0, tzinfo=east))  # the first of March in UTC
    copy = project.back_up_daily()
    assert copy is not None and copy.name.startswith("2026-03-01-230000-daily")
    set_clock(monkeypatch, datetime(2026, 3, 2, 8, 59, tzinfo=east))
    assert project.back_up_daily() is None
    set_clock(monkeypatch, datetime(2026, 3, 2, 9, 0, tzinfo=east))
    assert project.back_up_daily() is not None
    made = [record.made for record in list_backups(project.folder)]
    assert made == [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)]


def test_a_program_that_closes_while_the_copy_is_checked_drops_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_captures(project, 3)
    for day in range(1, KEPT_DAYS + 1):
        set_clock(monkeypatch, datetime(2026, 3, day, tzinfo=UTC))
        project.back_up_daily()
    monkeypatch.setattr("app.storage.database.backup.CHECK_STEPS", 1)
    set_clock(monkeypatch, datetime(2026, 3, 20, tzinfo=UTC))
    asked: list[int] = []

    def is_closing() -> bool:
        asked.append(1)
        return len(asked) > 3  # in the middle of the check

    copy = project.back_up_daily(is_closing)
    assert copy is not None and copy.exists()
    assert len(daily(project)) == KEPT_DAYS + 1
    assert len(asked) < 100, "the check is not read to its end"


def test_a_copy_that_counts_but_is_damaged_elsewhere_is_not_put_back(project: Project) -> None:
    add_captures(project, 3)
    copy = back_up(project.database_path, "daily")
    break_page_of(copy, "label_events")
    project.close()
    with pytest.raises(ProjectError, match="choose another"):
        restore_backup(project.folder, copy)


def test_a_sound_database_of_something_else_is_not_put_back(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE shopping (item)")
    project.close()
    before = project.database_path.read_bytes()
    with pytest.raises(ProjectError, match="choose another"):
        restore_backup(project.folder, other)
    assert project.database_path.read_bytes() == before


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_backup_that_finds_no_room_leaves_the_project_as_it_was(
    is_begun: bool, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_captures(project, 3)
    copy = back_up(project.database_path, "daily")
    project.close()
    before = project.database_path.read_bytes()

    def fill(_source: Path, target: Path) -> None:
        if is_begun:
            target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.storage.database.backup.shutil.copyfile", fill)
    with pytest.raises(
        ProjectError, match=r"could not be restored \(No space left on device\): free some disk space"
    ):
        restore_backup(project.folder, copy)
    assert project.database_path.read_bytes() == before
    assert not list(project.folder.glob("*.restored"))


def test_a_damaged_project_is_kept_with_its_log_and_the_log_is_never_applied_to_what_is_put_back(
    project: Project,
) -> None:
    add_captures(project, 3)
    copy = back_up(project.database_path, "daily")
    project.close()
    database = project.database_path
    parts = {"": b"no database", "-wal": b"its log", "-shm": b"its index"}
    for suffix, content in parts.items():
        database.with_name(DATABASE_NAME + suffix).write_bytes(content)
    restore_backup(project.folder, copy)
    kept = {path.name: path.read_bytes() for path in (project.folder / "backups").glob("*.damaged*")}
    (name,) = (name for name in kept if name.endswith("-damaged.damaged"))
    assert kept == {name: parts[""], f"{name}-wal": parts["-wal"]}
    assert [path.name for path in project.folder.glob(f"{DATABASE_NAME}*")] == [DATABASE_NAME]
    again = Project.open(project.folder)
    assert count(again) == 3
    again.close()


def test_a_copy_under_a_name_of_ones_own_has_the_date_of_its_file(project: Project) -> None:
    add_captures(project, 2)
    copy = back_up(project.database_path, "daily")
    mine = copy.rename(copy.with_name("before the holidays.sqlite"))
    moment = datetime(2025, 12, 20, 16, 30, tzinfo=UTC)
    os.utime(mine, (moment.timestamp(), moment.timestamp()))
    (record,) = list_backups(project.folder)
    assert (record.path, record.made, record.captures) == (mine, moment, 2)
    assert record.made.tzinfo is UTC


def test_what_is_no_database_is_not_sound(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    path.write_bytes(b"no database, but long enough to be read as one" * 100)
    assert not _is_sound(path)


def test_a_copy_that_can_not_be_written_says_so(project: Project) -> None:
    shutil.rmtree(project.folder / "backups")
    (project.folder / "backups").write_text("in the way")
    with pytest.raises(ProjectError, match=r"Signs could not be backed up \(.*\): free some disk space"):
        back_up(project.database_path, "daily")
