"""Migrates a project's database to the newest schema (alembic), with a backup before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app.domain.errors import DamagedProjectError, ProjectError
from app.storage.database.backup import CHECK_STEPS, CHECKED_BYTES, back_up, newest_sound_backup
from app.storage.database.connections import connect, make_engine
from app.storage.migrations import HEAD_REVISION
from vimd_core.user_messages import Sentence, sentence, verbatim


def create_database(path: Path) -> None:
    """Make an empty database with the newest schema, whole or not at all.

    Raises:
        ProjectError: the folder can't be written.
    """
    unfinished = path.with_name(path.name + ".new")
    try:
        unfinished.unlink(missing_ok=True)
        engine = make_engine(unfinished, read_only=False, pool_size=1)
        try:
            _run_migrations(engine, "head")
        finally:
            engine.dispose()
        unfinished.replace(path)
    except (OSError, OperationalError, sqlite3.OperationalError) as e:
        raise ProjectError(
            "A project can't be created in {parent} ({reason}): choose a writable folder.",
            parent=path.parent,
            reason=e,
        ) from e


def open_checked(path: Path) -> None:
    """Check a database that exists, bring it to the newest schema and set it to WAL.

    Raises:
        DamagedProjectError: it isn't a sound project database.
        ProjectError: a newer version of the app has written it.
    """
    try:
        with closing(connect(path, untouched=True)) as connection:
            revision = database_revision(connection)
            # What is about to be changed is checked however long that takes.
            if is_checked_at_once(path) or revision != HEAD_REVISION:
                _require_sound(path, connection)
        if revision is None:
            raise damaged(path, sentence("it holds no project"))
        with closing(connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.DatabaseError as e:
        raise damaged(path, verbatim(str(e))) from e
    if revision != HEAD_REVISION:
        upgrade(path, revision)


def is_checked_at_once(path: Path) -> bool:
    """Whether a database is small enough to be checked while its project is opened; others are checked afterwards."""
    return path.stat().st_size <= CHECKED_BYTES


def check_database(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> None:
    """Read a whole database and compare it with itself.

    Args:
        path: the file.
        is_cancelled: ends it early; then nothing is known.

    Raises:
        DamagedProjectError: it is damaged.
    """
    try:
        with closing(connect(path, untouched=True)) as connection:
            connection.set_progress_handler(is_cancelled, CHECK_STEPS)
            _require_sound(path, connection)
    except sqlite3.DatabaseError as e:
        if is_cancelled():
            return
        raise damaged(path, verbatim(str(e))) from e


def _require_sound(path: Path, connection: sqlite3.Connection) -> None:
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise damaged(path, verbatim(str(verdict)))


def upgrade(path: Path, revision: str) -> None:
    """Migrate from `revision` to the newest, after a backup.

    Raises:
        ProjectError: the revision is unknown to this version of the app.
    """
    # Only here: importing alembic takes longer than opening a project that needs no migration.
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(_script_location())).walk_revisions()}
    if revision not in known:
        raise ProjectError(
            "The project {project} was last opened by a newer version of ViMD Studio (schema "
            "{revision}): install that version to open it.",
            project=path.parent.stem,
            revision=revision,
        )
    back_up(path, f"before-{HEAD_REVISION}")
    engine = make_engine(path, read_only=False, pool_size=1)
    try:
        _run_migrations(engine, "head")
    finally:
        engine.dispose()


def damaged(path: Path, reason: Sentence) -> DamagedProjectError:
    """What to tell the owner of a database that can't be used."""
    backup = newest_sound_backup(path.parent)
    if backup is not None:
        return DamagedProjectError(
            "The database of the project {project} is damaged ({reason}): restore its newest backup, "
            "{backup}, with File > Restore backup. Nothing was changed.",
            project=path.parent.stem,
            reason=reason,
            backup=backup.path.name,
        )
    return DamagedProjectError(
        "The database of the project {project} is damaged ({reason}): restore {path} from your own "
        "backup, or create a new project. Nothing was changed.",
        project=path.parent.stem,
        reason=reason,
        path=path,
    )


def database_revision(connection: sqlite3.Connection) -> str | None:
    """The schema that a database has; None when it is no project's."""
    present = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if present else None
    return str(row[0]) if row else None


def _script_location() -> Path:
    return Path(__file__).parent / "migrations"


def _run_migrations(engine: Engine, target: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_script_location()).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)
