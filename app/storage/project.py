"""A project: a folder NAME.vimd with its database and all that belongs to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from app.domain.capture_query import CaptureQuery
from app.domain.errors import ProjectError
from app.domain.suggestions import CurrentSuggestions
from app.jobs import Job
from app.locations import DATABASE_NAME
from app.storage.database.backup import back_up_daily, restore_backup
from app.storage.database.capture_index import CaptureColumns
from app.storage.database.connections import Database, connect
from app.storage.database.lock import LOCK_NAME, ProjectLock
from app.storage.database.paths import StoredPaths
from app.storage.migrations import HEAD_REVISION
from app.storage.models.model_identities import read_identities
from app.storage.unit import Unit
from app.storage.upgrade import (
    check_database,
    create_database,
    damaged,
    database_revision,
    open_checked,
)
from vimd_core.user_messages import Sentence, sentence, verbatim

_FOLDERS: Final = ("captures", "models", "backups")

Result = TypeVar("Result")


class Project:
    """An open project. Functions given to `read` and `write` run in its threads."""

    def __init__(self, folder: Path, lock: ProjectLock, *, read_only: bool = False) -> None:
        self.folder = folder
        self._lock = lock
        self._paths = StoredPaths(folder)
        self._columns = CaptureColumns()
        self._database = Database(folder / DATABASE_NAME, self._columns, read_only=read_only)
        self.notices: tuple[Sentence, ...] = ()  # about what was put right when it was opened

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.folder.stem

    @property
    def database_path(self) -> Path:
        """Its file."""
        return self.folder / DATABASE_NAME

    @property
    def is_read_only(self) -> bool:
        """Whether it can be looked at only."""
        return self._database.is_read_only

    @classmethod
    def open_damaged(cls, folder: Path) -> Project:
        """Open a project whose database is damaged, to look at what can still be read; nothing is written.

        Raises:
            ProjectError: even that can't be done.
        """
        folder = folder.absolute()
        lock = ProjectLock(folder)
        try:
            with closing(connect(folder / DATABASE_NAME, untouched=True)) as connection:
                if database_revision(connection) != HEAD_REVISION:
                    raise damaged(folder / DATABASE_NAME, sentence("it is of another version"))
            project = cls(folder, lock, read_only=True)
            try:
                project.read(_read_overview).result()
            except BaseException:
                project._database.close()
                raise
        except sqlite3.DatabaseError as e:
            lock.release()
            raise damaged(folder / DATABASE_NAME, verbatim(str(e))) from e
        except BaseException:
            lock.release()
            raise
        return project

    @classmethod
    def open(cls, folder: Path) -> Project:
        """Open a project, or make it when the folder is missing or empty.

        Raises:
            ProjectInUseError: another program has it open.
            DamagedProjectError: its database can't be used.
            ProjectError: the folder can't be written, or is no project.
        """
        folder = folder.absolute()
        if folder.name.encode(errors="replace") != os.fsencode(folder.name):  # the database keeps it
            raise ProjectError(
                "The name of the project {folder} is not valid text: choose another name.", folder=folder
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            is_new = not any(entry.name != LOCK_NAME for entry in folder.iterdir())
        except OSError as e:
            raise ProjectError(
                "The project {folder} can't be opened ({reason}): choose a writable folder.",
                folder=folder,
                reason=e.strerror,
            ) from e
        database = folder / DATABASE_NAME
        if not is_new and not database.exists():
            if all((folder / name).is_dir() for name in _FOLDERS):
                raise damaged(database, sentence("the file is missing"))
            if not _is_unfinished(folder):
                raise ProjectError(
                    "{folder} is not a project and not empty: choose a project folder or a new name.",
                    folder=folder,
                )
        lock = ProjectLock(folder)
        try:
            if not database.exists():
                create_database(database)
            elif database.stat().st_size == 0:
                raise damaged(database, sentence("the file is empty"))
            open_checked(database)
            # Last, because a folder that has them all was a finished project once.
            for name in _FOLDERS:
                (folder / name).mkdir(exist_ok=True)
            project = cls(folder, lock)
            project.write(lambda unit: unit.ensure_metadata(folder.stem)).result()
            project._settle_models()
        except BaseException:
            lock.release()
            raise
        return project

    @staticmethod
    def restore(folder: Path, backup: Path) -> None:
        """Put a copy in the place of the database; what is there now is kept as another copy.

        Raises:
            ProjectInUseError: another program has it open.
            ProjectError: the copy is damaged or can't be written; the project is then as it was.
        """
        lock = ProjectLock(folder)
        try:
            restore_backup(folder, backup)
        finally:
            lock.release()

    def back_up_daily(self, is_cancelled: Callable[[], bool] = lambda: False) -> Path | None:
        """Make today's copy if there is none yet.

        Args:
            is_cancelled: whether the program would rather close.

        Raises:
            ProjectError: it can't be written.
        """
        return back_up_daily(self.folder / DATABASE_NAME, is_cancelled)

    def check(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Read the whole database and compare it with itself, which takes a second for each few hundred megabytes.

        Args:
            is_cancelled: whether the program would rather close; then nothing is known.

        Raises:
            DamagedProjectError: it is damaged.
        """
        check_database(self.folder / DATABASE_NAME, is_cancelled)

    def write(self, work: Callable[[Unit], Result], job: Job = Job.EDIT) -> Future[Result]:
        """Run `work` in a transaction; when the future is done, it is on disk.

        Args:
            work: changes the project.
            job: what it is part of, which says whether it goes before others.
        """
        return self._database.write(
            lambda connection: work(Unit(connection, self._paths, self._columns)), job.lane
        )

    def read(self, work: Callable[[Unit], Result]) -> Future[Result]:
        """Run `work` on one snapshot."""
        return self._database.read(lambda connection: work(Unit(connection, self._paths, self._columns)))

    def set_suggestions(self, suggestions: CurrentSuggestions | None, *, are_shown: bool) -> None:
        """Filter, sort and count captures by these from now on; they are held in memory alone.

        Args:
            suggestions: None when there are none.
            are_shown: whether captures without a label are shown with them, and not with the model's predictions.
        """
        self._columns.set_suggestions(suggestions, are_shown=are_shown)

    def _settle_models(self) -> None:
        unsettled = self.read(lambda unit: unit.identities.unsettled()).result()
        if unsettled:
            found = read_identities(unsettled, self.folder)
            settled = self.write(lambda unit: unit.identities.settle(found)).result()
            self.notices = tuple(one.notice for one in settled if one.notice)

    def note_closing(self) -> None:
        """Tell other programs that the project is about to be closed."""
        self._lock.note_closing()

    def close(self) -> None:
        """Finish all writes and let others open the project."""
        self._database.close()
        self._lock.release()


def _read_overview(unit: Unit) -> None:
    """What a window needs before anything can be seen."""
    unit.captures.counts()
    unit.captures.find(CaptureQuery())
    unit.catalogue.classes()
    unit.undo_state()


def _is_unfinished(folder: Path) -> bool:
    """Whether all that the folder holds is what a project leaves that was killed while it was made."""
    return all(
        entry.name == LOCK_NAME or entry.name.startswith(f"{DATABASE_NAME}.new") for entry in folder.iterdir()
    )
