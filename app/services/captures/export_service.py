"""Writes the project's captures, answers and labels out, without making the window wait."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.domain.progress import JobProgress
from app.exchange.export_run import Exported, ExportRequest, export_captures
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.user_messages import Sentence


class ExportService(QObject):
    """Exports as a bulk job; what is written is there whole or not at all."""

    progress_changed = Signal(object)  # JobProgress, or None when nothing is exported
    finished = Signal(str, int, int)  # path, captures, labelled ones that were left out
    files_found = Signal(object)  # FileReport: what was different about captures that were to be written
    failed = Signal(object)

    def __init__(self, projects: ProjectService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._cancelled = threading.Event()
        projects.closing.connect(self.cancel)

    def export(self, request: ExportRequest) -> None:
        """Write captures; ends in `finished` or `failed`."""
        project = self._projects.project
        if project is None:
            return
        self._cancelled = threading.Event()
        self.progress_changed.emit(JobProgress(0, None))
        future = self._projects.jobs.submit(
            Job.EXPORT, export_captures, project, request, self._cancelled, self.progress_changed.emit
        )
        self._tasks.watch(future, partial(self._on_done, request.target), self._on_failed)

    def cancel(self) -> None:
        """Stop; nothing is written."""
        self._cancelled.set()

    def _on_done(self, target: Path, written: Exported) -> None:
        self.progress_changed.emit(None)
        if written.report.all:
            self.files_found.emit(written.report)
        self.finished.emit(str(target), written.count, written.left_out)

    def _on_failed(self, sentence: Sentence | str) -> None:
        self.progress_changed.emit(None)
        self.failed.emit(sentence)
