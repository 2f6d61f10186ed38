"""Copies of a project's database: made while it is in use, listed, and put back.

Each copy carries the number of its making (`user_version` in its header): a clock that was wrong for a day dates
copies into the future or the past, and the newest copy must never be taken for an old one.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.domain.errors import DamagedProjectError, ProjectError
from app.domain.records import BackupRecord
from app.locations import DATABASE_NAME
from app.storage.database.read_only_open import read_only_address

KEPT_DAYS: Final = 7
CHECKED_BYTES: Final = 64 * 2**20
"""A check reads a whole database; up to this size it costs less than a fifth of a second."""
CHECK_STEPS: Final = 10_000
"""Instructions of SQLite, some milliseconds, after which a check asks whether it is still wanted."""
_FOLDER: Final = "backups"
_DAILY: Final = "daily"
_TIME_FORMAT: Final = "%Y-%m-%d-%H%M%S"
_TIME_LENGTH: Final = len("2026-01-01-000000")
_NUMBER_PLACE: Final = 60  # of `user_version` in the header of an SQLite file: four bytes, the highest first
_NUMBER_BYTES: Final = 4


def back_up(database: Path, reason: str) -> Path:
    """Copy a database into the `backups` folder beside it, whole or not at all.

    Args:
        database: the file; it may be in use.
        reason: a word or two for the copy's name.

    Raises:
        ProjectError: the copy can't be written.
    """
    target = _new_name(database.parent, reason)
    unfinished = target.with_suffix(".part")
    try:
        target.parent.mkdir(exist_ok=True)
        number = 1 + max(map(_number, target.parent.glob("*.sqlite")), default=0)
        with closing(_look(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
            copy.execute(f"PRAGMA user_version={number}")
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as e:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise ProjectError(
            "The project {project} could not be backed up ({reason}): free some disk space, then try again.",
            project=database.parent.stem,
            reason=e,
        ) from e
    return target


def back_up_daily(database: Path, is_cancelled: Callable[[], bool] = lambda: False) -> Path | None:
    """Make today's copy if there is none yet, and drop daily ones but for the last `KEPT_DAYS` that were made.

    A copy that turns out to be damaged drops none of the others, and is not kept.

    Args:
        database: the file; it may be in use.
        is_cancelled: whether the program would rather close; then nothing is dropped.

    Returns:
        The copy, or None when there was one.

    Raises:
        DamagedProjectError: the database is damaged, and with it the copy.
        ProjectError: the copy can't be written.
    """
    folder = database.parent / _FOLDER
    made = _in_order_of_making(folder.glob(f"*-{_DAILY}.sqlite"))
    if made and made[-1].name.startswith(f"{datetime.now(UTC):%Y-%m-%d}"):
        return None
    fresh = back_up(database, _DAILY)
    is_sound = _is_sound(fresh, is_cancelled)
    if is_cancelled():
        return fresh
    if not is_sound:
        fresh.unlink(missing_ok=True)
        raise DamagedProjectError(
            "The database of the project {project} is damaged (today's backup can't be read): use File "
            "> Restore backup.",
            project=database.parent.stem,
        )
    for old in made[: max(0, len(made) + 1 - KEPT_DAYS)]:
        old.unlink(missing_ok=True)
    return fresh


def list_backups(project_folder: Path) -> list[BackupRecord]:
    """Those copies of a project that can be put back, the one made last first; damaged ones are left out.

    A large copy, which takes a while to be read through, may still turn out to be damaged when it is put back.
    """
    records = []
    for path in reversed(_in_order_of_making((project_folder / _FOLDER).glob("*.sqlite"))):
        counts = _counts(path)
        if counts is not None and (path.stat().st_size > CHECKED_BYTES or _is_sound(path)):
            records.append(BackupRecord(path, _date(path), path.stem[_TIME_LENGTH + 1 :], *counts))
    return records


def newest_sound_backup(project_folder: Path) -> BackupRecord | None:
    """The newest copy that was read through and found whole, or None."""
    return next((record for record in list_backups(project_folder) if _is_sound(record.path)), None)


def restore_backup(project_folder: Path, backup: Path) -> None:
    """Put a copy in the place of a project's database, which is kept as another copy, whatever its state.

    To be called while the project is closed and its lock is held.

    Raises:
        ProjectError: the copy is damaged, or the disk is full; the project is then as it was.
    """
    if _counts(backup) is None or not _is_sound(backup):
        raise ProjectError("The backup {backup} is damaged: choose another backup.", backup=backup.name)
    database = project_folder / DATABASE_NAME
    fresh = database.with_name(f"{DATABASE_NAME}.restored")
    try:
        shutil.copyfile(backup, fresh)
        if database.exists():
            _set_aside(database)
        fresh.replace(database)
    except OSError as e:
        fresh.unlink(missing_ok=True)
        raise ProjectError(
            "The backup could not be restored ({reason}): free some disk space, then try again.",
            reason=e.strerror,
        ) from e


def _set_aside(database: Path) -> None:
    """Keep what is there now: as a copy if it can be read, as the bare files otherwise."""
    try:
        back_up(database, "before-restore")
    except ProjectError:
        kept = _new_name(database.parent, "damaged").with_suffix(".damaged")
        kept.parent.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            part = database.with_name(database.name + suffix)
            if part.exists():
                shutil.copyfile(part, kept.with_name(kept.name + suffix))
    # A log of the old file must never be applied to the new one.
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _new_name(project_folder: Path, reason: str) -> Path:
    """A name that nothing has, also when two copies are made within a second."""
    folder = project_folder / _FOLDER
    stem = f"{datetime.now(UTC):{_TIME_FORMAT}}-{reason}"
    number, target = 1, folder / f"{stem}.sqlite"
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}.sqlite"
    return target


def _in_order_of_making(paths: Iterable[Path]) -> list[Path]:
    """Copies, the one made first first.

    Those of earlier versions have no number, so they are older than all that have one; among themselves they go by
    date, and what is dated into the future was made by a clock that was wrong, so before anything else.
    """
    now = datetime.now(UTC)

    def place(path: Path) -> tuple[int, bool, datetime, str]:
        date = _date(path)
        return _number(path), date <= now, date, path.name

    return sorted(paths, key=place)


def _number(path: Path) -> int:
    """Which copy of its project this is; 0 for one that does not say it."""
    try:
        with path.open("rb") as file:
            file.seek(_NUMBER_PLACE)
            return int.from_bytes(file.read(_NUMBER_BYTES), "big", signed=True)
    except OSError:
        return 0


def _date(path: Path) -> datetime:
    """When a copy was made, as its name says."""
    try:
        return datetime.strptime(path.stem[:_TIME_LENGTH], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _look(path: Path) -> sqlite3.Connection:
    """A connection that leaves a database and its log as they are."""
    return sqlite3.connect(read_only_address(path), uri=True)


def _counts(path: Path) -> tuple[int, int] | None:
    try:
        with closing(_look(path)) as connection:
            row = connection.execute(
                "SELECT count(*), count(CASE WHEN label_class_id IS NOT NULL THEN 1 END) FROM captures"
            ).fetchone()
    except sqlite3.Error:
        return None
    return int(row[0]), int(row[1])


def _is_sound(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> bool:
    try:
        with closing(_look(path)) as connection:
            connection.set_progress_handler(is_cancelled, CHECK_STEPS)
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
