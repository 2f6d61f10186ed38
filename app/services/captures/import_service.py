"""Adds files and folders to the open project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.capture_files.file_check import FileReport
from app.domain.progress import JobProgress
from app.domain.records import AddedCaptures
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.exchange.import_run import ImportReport, ImportRun


class ImportService(QObject):
    """Finds images, hashes them and adds them in chunks; imports run one after the other, as bulk jobs.

    Args:
        projects: where captures are added.
        tasks: brings results here.
        index_command: of the child process that reads files.
    """

    started = Signal()
    progress_changed = Signal(object)  # JobProgress, or None when nothing is imported
    captures_added = Signal(object)  # AddedCaptures
    files_found = Signal(object)  # FileReport: what is different about captures that were there
    finished = Signal(object)  # ImportReport
    failed = Signal(object)
    # What the thread says of one import; of an import whose project is closed, it comes too late.
    _chunk_added = Signal(object, object, object)  # ImportRun, AddedCaptures, JobProgress

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        index_command: Sequence[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._index_command = index_command
        self._runs: list[ImportRun] = []
        self._waiting: list[Path] = []
        self._chunk_added.connect(self._on_chunk_added)
        projects.opened.connect(self._on_project_opened)
        projects.open_failed.connect(self._on_open_failed)
        projects.closing.connect(self._on_project_closing)

    def import_paths(self, paths: Sequence[Path], source: Path | None = None) -> None:
        """Add files, and folders with all that is in them; ends in `finished` or `failed`.

        While a project is being opened, they wait for it.

        Args:
            paths: the files and folders.
            source: a folder of the project's that files of its own belong to.
        """
        project = self._projects.project
        if project is None and self._projects.is_opening:
            self._waiting += paths
            return
        if project is None:
            self.failed.emit(self.tr("No project is open: use File > Open project or File > New project."))
            return
        # Only here: a window opens sooner without.
        from app.exchange.import_run import ImportRun

        run = ImportRun(project, paths, self._index_command, self._chunk_added.emit, source)
        self._runs.append(run)
        self.started.emit()
        self.progress_changed.emit(JobProgress(0, None))
        self._tasks.watch(
            self._projects.jobs.submit(Job.IMPORT, run.run),
            lambda report: self._on_done(run, report),
            lambda sentence: self._on_failed(run, sentence),
        )

    def cancel(self) -> None:
        """Stop; what was added stays."""
        for run in self._runs:
            run.cancel()

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.import_paths(waiting)

    def _on_open_failed(self, _sentence: Sentence | str) -> None:
        self._waiting.clear()

    def _on_project_closing(self) -> None:
        self.cancel()
        if self._runs:
            self._runs.clear()
            self.progress_changed.emit(None)

    def _on_chunk_added(self, run: ImportRun, added: AddedCaptures, progress: JobProgress) -> None:
        if run not in self._runs:
            return
        if added.ids or added.returned_ids:
            self.captures_added.emit(added)
        if added.changed_ids or added.moved_ids:
            self.files_found.emit(FileReport(list(added.changed_ids), [], list(added.moved_ids)))
        self.progress_changed.emit(progress)

    def _on_done(self, run: ImportRun, report: ImportReport) -> None:
        if self._forget(run):
            self.finished.emit(report)

    def _on_failed(self, run: ImportRun, sentence: Sentence | str) -> None:
        if self._forget(run):
            self.failed.emit(sentence)

    def _forget(self, run: ImportRun) -> bool:
        """Take an import off the list; False when its project was closed before it ended."""
        if run not in self._runs:
            return False
        self._runs.remove(run)
        if not self._runs:
            self.progress_changed.emit(None)
        return True
