"""Connections to one SQLite file: one thread that writes, and some that read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from app.domain.errors import DamagedProjectError, ProjectError, ReadOnlyProjectError
from app.jobs import Lane, PriorityThread
from app.storage.database.capture_index import CaptureColumns, follow_changes
from app.storage.database.read_only_open import read_only_address

BUSY_TIMEOUT_MS: Final = 10_000
# One may read everything, one look for what is not classified; what is on the screen must not wait for them.
_READERS: Final = 3

Result = TypeVar("Result")


def connect(path: Path, *, read_only: bool = False, untouched: bool = False) -> sqlite3.Connection:
    """A connection with this program's settings.

    `synchronous=FULL` makes each commit wait for the disk: in WAL mode the default would lose the last
    labels to a power cut, and a label costs one such wait, not many.

    Args:
        path: the file.
        read_only: refuse to write; closing the last connection still brings the file up to date with its log.
        untouched: leave the file and its log as they are, also when they are damaged.
    """
    connection = sqlite3.connect(
        read_only_address(path) if untouched else f"{path.absolute().as_uri()}?mode=rwc",
        uri=True,
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16384")
    connection.execute("PRAGMA temp_store=MEMORY")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


def make_engine(
    path: Path,
    *,
    read_only: bool,
    pool_size: int,
    untouched: bool = False,
    set_up: Callable[[sqlite3.Connection], object] = lambda connection: None,
) -> Engine:
    """An engine whose transactions begin when SQLAlchemy says so; writing ones take the lock at once.

    Args:
        path: the file.
        read_only: refuse to write.
        pool_size: most connections at a time.
        untouched: leave the file and its log as they are.
        set_up: is called with each new connection.
    """

    def create() -> sqlite3.Connection:
        connection = connect(path, read_only=read_only, untouched=untouched)
        set_up(connection)
        return connection

    engine = create_engine(
        "sqlite://",
        creator=create,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_reset_on_return="rollback",
    )
    statement = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return engine


class Database:
    """Runs functions on connections in its own threads; every result is a future.

    Args:
        path: the file.
        columns: follow what is written.
        read_only: refuse to write.
    """

    def __init__(self, path: Path, columns: CaptureColumns, *, read_only: bool = False) -> None:
        self.is_read_only = read_only
        self._path = path
        self._columns = columns
        self._write_engine = make_engine(path, read_only=False, pool_size=1, set_up=follow_changes)
        self._read_engine = make_engine(path, read_only=True, pool_size=_READERS, untouched=read_only)
        self._writer = PriorityThread("vimd-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="vimd-reader")

    def write(self, work: Callable[[Connection], Result], lane: Lane = Lane.INTERACTIVE) -> Future[Result]:
        """Run `work` in a transaction of the writer thread; done means committed to disk.

        The columns know of it by then. Between two transactions of the bulk lane all interactive ones have their turn.
        """
        if self.is_read_only:
            refused: Future[Result] = Future()
            refused.set_exception(
                ReadOnlyProjectError(
                    "The project {project} is read-only because its database is damaged: use File > "
                    "Restore backup to continue.",
                    project=self._path.parent.stem,
                )
            )
            return refused
        return self._writer.submit(lane, self._write, work)

    def read(self, work: Callable[[Connection], Result]) -> Future[Result]:
        """Run `work` on one snapshot of the database."""
        return self._readers.submit(self._run, self._read_engine, work)

    def close(self) -> None:
        """Finish what was asked for and let go of the file."""
        self._readers.shutdown(wait=True)
        self._writer.shut_down()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _write(self, work: Callable[[Connection], Result]) -> Result:
        result = self._run(self._write_engine, work)
        # Not part of the transaction: what is on disk stays there, whatever happens to the columns.
        self._run(self._write_engine, self._columns.catch_up)
        return result

    def _run(self, engine: Engine, work: Callable[[Connection], Result]) -> Result:
        try:
            with engine.begin() as connection:
                return work(connection)
        except OperationalError as e:
            raise ProjectError(
                "The project {project} could not be read or written ({reason}): free some disk space "
                "or check that its drive is connected, then try again.",
                project=self._path.parent.stem,
                reason=e.orig,
            ) from e
        except DatabaseError as e:
            if isinstance(e.orig, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise DamagedProjectError(
                "The database of the project {project} is damaged ({reason}): use File > Restore backup.",
                project=self._path.parent.stem,
                reason=e.orig,
            ) from e
