"""The project that is open, and reading and writing it without making the window wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import DamagedProjectError, ProjectClosingError, ProjectError, ProjectInUseError
from app.jobs import Job, JobLanes
from app.services.project_queries import ProjectQueries
from app.services.tasks import Task, TaskRunner
from vimd_core.user_messages import Sentence

if (
    TYPE_CHECKING
):  # SQLAlchemy takes longer to import than the window to open: `_replace` does it in its thread
    from app.domain.records import BackupRecord
    from app.storage.project import Project
    from app.storage.unit import Unit

Result = TypeVar("Result")

_BACKUP_INTERVAL_MS: Final = 3_600_000  # how often it is asked whether today's backup is there

_CLOSING_INTERVAL_MS: Final = 250
_CLOSING_PATIENCE_S: Final = 60.0

_log = logging.getLogger(__name__)


class ProjectService(QObject):
    """Opens and closes projects.

    Jobs that use a project run in `jobs`. Closing a project runs there too, alone, so that it comes after them;
    `closing` is the moment to cancel them.
    """

    opened = Signal(str, str)  # name, folder
    closing = Signal()
    open_failed = Signal(object)
    damaged = Signal(object)  # the project that is open can only be looked at; why
    noticed = Signal(object)  # what was put right in the project that was opened
    waiting = Signal(str)  # for another window of ours that is still closing this project: its name
    restore_failed = Signal(object)  # the project is open again as it was
    _damage_met = Signal(object, object)  # the project, and what a thread said

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._project: Project | None = None
        self._wanted: Path | None = None
        self._opening: Task | None = None
        self._held: Project | None = None  # touched by jobs that run alone
        self._damage: Sentence | None = None  # why the project that was opened last can only be looked at
        self._not_restored: Sentence | None = None  # why the backup could not be put back
        self._is_in_use = False  # by another program, which is why it could not be opened
        self._waits_since: float | None = None
        self._must_exist = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_CLOSING_INTERVAL_MS)
        self._again.timeout.connect(self._open_again)
        self._damage_met.connect(self._on_damage_met)
        # A program that runs for days has its daily backups too.
        self.backup_timer = QTimer(self)
        self.backup_timer.setInterval(_BACKUP_INTERVAL_MS)
        self.backup_timer.timeout.connect(self._back_up_daily)
        self.backup_timer.start()
        self.jobs = JobLanes()
        self.queries = ProjectQueries(self)

    @property
    def project(self) -> Project | None:
        """The open project."""
        return self._project

    @property
    def folder(self) -> Path | None:
        """The folder of the project that is open, or that was asked for last."""
        return self._wanted

    @property
    def is_opening(self) -> bool:
        """Whether a project will be open soon."""
        return self._opening is not None

    @property
    def is_read_only(self) -> bool:
        """Whether the open project can only be looked at."""
        return self._project is not None and self._project.is_read_only

    @property
    def is_in_use_elsewhere(self) -> bool:
        """Whether the project that was asked for last is open in another program."""
        return self._is_in_use

    def open(self, folder: Path, *, must_exist: bool = False) -> None:
        """Close the open project and open another.

        Ends in `opened` or `open_failed`; after a failure no project is open. While another window of ours is still
        closing the project, it is waited for.

        Args:
            folder: the project's.
            must_exist: whether it is a failure when nothing is there; else a project is made.
        """
        self._detach()
        self._again.stop()
        self._wanted = folder
        self._waits_since = None
        self._start_opening(folder, must_exist)

    def _start_opening(self, folder: Path, must_exist: bool) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._tasks.watch(
            self.jobs.submit_alone(self._replace, folder, must_exist=must_exist),
            partial(self._on_replaced, folder, must_exist),
            self._on_open_failed,
        )

    def _open_again(self) -> None:
        if self._wanted is not None:
            self._start_opening(self._wanted, self._must_exist)

    def _on_replaced(self, folder: Path, must_exist: bool, project: Project | None) -> None:
        if project is not None:
            self._on_opened(project)
            return
        if self._waits_since is None:
            self._waits_since = time.monotonic()
            self.waiting.emit(folder.stem)
        self._must_exist = must_exist
        self._again.start()

    def read(
        self,
        work: Callable[[Unit], Result],
        on_success: Callable[[Result], None],
        on_failure: Callable[[Sentence], None] | None = None,
    ) -> Task | None:
        """Run `work` on a snapshot and hand over its result; None when no project is open."""
        if self._project is None:
            return None
        return self._watch(self._project, self._project.read(work), on_success, on_failure)

    def write(
        self,
        work: Callable[[Unit], Result],
        on_success: Callable[[Result], None],
        on_failure: Callable[[Sentence], None] | None = None,
        job: Job = Job.EDIT,
    ) -> Task | None:
        """Run `work` in a transaction and hand over its result once it is on disk; None without a project."""
        if self._project is None:
            return None
        return self._watch(self._project, self._project.write(work, job), on_success, on_failure)

    def find_backups(self, folder: Path, on_found: Callable[[list[BackupRecord]], None]) -> None:
        """List the copies of a project, open or not."""

        def work() -> list[BackupRecord]:
            from app.storage.database.backup import list_backups

            return list_backups(folder)

        self._tasks.watch(self.jobs.submit(Job.LIST_BACKUPS, work), on_found)

    def restore(self, folder: Path, backup: Path) -> None:
        """Put a copy in the place of a project's database and open it; ends as `open` does.

        What is there now becomes another copy. When it can't be put back, `restore_failed` comes after `opened`.
        """
        self._detach()
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._tasks.watch(
            self.jobs.submit_alone(self._replace, folder, backup),
            partial(self._on_replaced, folder, True),
            self._on_open_failed,
        )

    def shut_down(self) -> None:
        """Close the project and end the thread; waits for writes that are under way."""
        self.backup_timer.stop()
        self._again.stop()
        if self._project is not None:
            self._project.note_closing()
        self._detach()
        self.jobs.submit_alone(self._release)
        self.jobs.shut_down()

    def _detach(self) -> None:
        if self._project is not None:
            self.closing.emit()
        self._project = None

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def _replace(
        self,
        folder: Path,
        backup: Path | None = None,
        damage: Sentence | None = None,
        *,
        must_exist: bool = False,
    ) -> Project | None:
        """Close what is open and open another; None while another window of ours is still closing it."""
        self._release()
        self._is_in_use = False
        from app.storage.project import Project

        self._not_restored = None
        try:
            if backup is not None:
                try:
                    Project.restore(folder, backup)
                except ProjectError as e:
                    self._not_restored = e.sentence
            if must_exist and _is_gone(folder):
                raise ProjectError(
                    "The project {project} no longer exists ({folder}): connect its drive, open "
                    "another project, or create a new one.",
                    project=folder.stem,
                    folder=folder,
                )
            self._held = self._open_damaged(folder, damage) if damage else self._open(folder)
        except ProjectInUseError as e:
            waits_since = self._waits_since
            is_patient = waits_since is None or time.monotonic() - waits_since < _CLOSING_PATIENCE_S
            if isinstance(e, ProjectClosingError) and is_patient and backup is None:
                return None
            self._is_in_use = True
            raise
        except OSError as e:
            raise ProjectError(
                "The project {folder} can't be opened ({reason}): check its drive.",
                folder=folder,
                reason=e,
            ) from e
        return self._held

    def _open(self, folder: Path) -> Project:
        from app.storage.project import Project

        self._damage = None
        try:
            return Project.open(folder)
        except DamagedProjectError as e:
            try:
                return self._open_damaged(folder, e.sentence)
            except ProjectError:
                raise e from None

    def _open_damaged(self, folder: Path, why: Sentence) -> Project:
        from app.storage.project import Project

        project = Project.open_damaged(folder)
        self._damage = why
        return project

    def _watch(
        self,
        project: Project,
        future: Future[Result],
        on_success: Callable[[Result], None],
        on_failure: Callable[[Sentence], None] | None,
    ) -> Task:
        def deliver(result: Result) -> None:
            if self._project is project:
                on_success(result)

        def notice_damage(done: Future[Result]) -> None:
            error = None if done.cancelled() else done.exception()
            if isinstance(error, DamagedProjectError) and not project.is_read_only:
                self._damage_met.emit(project, error.sentence)

        future.add_done_callback(notice_damage)
        return self._tasks.watch(future, deliver, on_failure)

    def _on_open_failed(self, why: Sentence) -> None:
        self._opening = None
        self.open_failed.emit(why)

    def _on_opened(self, project: Project) -> None:
        self._opening = None
        self._project = project
        _log.info("Opened the project %s", project.folder)
        self.opened.emit(project.name, str(project.folder))
        for notice in project.notices:
            self.noticed.emit(notice)
        if project.is_read_only:
            self.damaged.emit(self._damage)
        else:
            self._tasks.watch(
                self.jobs.submit(Job.CHECK_DATABASE, _check_if_large, project, self._is_left(project)),
                lambda _none: self._back_up_daily(),
                partial(self._on_damage_met, project),
            )
        if self._not_restored:
            self.restore_failed.emit(self._not_restored)

    def _back_up_daily(self) -> None:
        """Make today's copy; of a database that is damaged none is kept, or it would displace good ones."""
        project = self._project
        if project is not None and not project.is_read_only:
            self._watch(
                project,
                self.jobs.submit(Job.BACK_UP, project.back_up_daily, self._is_left(project)),
                lambda _path: None,
                None,
            )

    def _is_left(self, project: Project) -> Callable[[], bool]:
        """Asks whether a project is about to be closed, which long looks at it must not hold up."""
        return lambda: self._project is not project

    def _on_damage_met(self, project: Project, why: Sentence) -> None:
        """From now on the project can only be looked at."""
        if project is self._project and self._opening is None:
            self._detach()
            self._opening = self._tasks.watch(
                self.jobs.submit_alone(self._replace, project.folder, damage=why),
                partial(self._on_replaced, project.folder, True),
                self._on_open_failed,
            )


def _is_gone(folder: Path) -> bool:
    """Whether there is nothing, as where a drive was."""
    return not folder.is_dir() or not any(folder.iterdir())


def _check_if_large(project: Project, is_cancelled: Callable[[], bool]) -> None:
    """Small databases were checked while they were opened."""
    from app.storage.upgrade import is_checked_at_once

    if not is_checked_at_once(project.database_path):
        project.check(is_cancelled)
