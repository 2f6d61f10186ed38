"""Writes the project's captures, answers and labels out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.services.file_check import FileReport, check_files
from app.services.progress import JobProgress, RateMeter
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.storage.capture_query import CaptureQuery
from app.storage.records import ExportRow
from vimd_core.errors import CancelledError

if TYPE_CHECKING:
    from app.services.export_formats import ExportFormat
    from app.storage.project import Project
    from app.storage.unit import Unit

_PAGE: Final = 1000
_TOLD_EVERY_S: Final = 0.1


@dataclass(frozen=True)
class ExportRequest:
    """What to write where.

    Attributes:
        query: which captures, in which order.
        target: a file, or a folder that is not there yet.
    """

    form: ExportFormat
    query: CaptureQuery
    target: Path


class ExportService(QObject):
    """Exports in the project's job thread; what is written is there whole or not at all."""

    progress_changed = Signal(object)  # JobProgress, or None when nothing is exported
    finished = Signal(str, int)  # path, captures
    files_found = Signal(object)  # FileReport: what was different about captures that were to be written
    failed = Signal(str)

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
            _export, project, request, self._cancelled, self.progress_changed.emit
        )
        self._tasks.watch(future, partial(self._on_done, request.target), self._on_failed)

    def cancel(self) -> None:
        """Stop; nothing is written."""
        self._cancelled.set()

    def _on_done(self, target: Path, written: tuple[int, FileReport]) -> None:
        count, report = written
        self.progress_changed.emit(None)
        if report.all:
            self.files_found.emit(report)
        self.finished.emit(str(target), count)

    def _on_failed(self, sentence: str) -> None:
        self.progress_changed.emit(None)
        self.failed.emit(sentence)


def _export(
    project: Project,
    request: ExportRequest,
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> tuple[int, FileReport]:
    # Only here: a window opens sooner without csv and zip.
    from app.services.export_formats import write_export

    report = FileReport()
    if not project.is_read_only:
        # Which captures are written may follow from their labels, and these from what their files hold now.
        wanted = project.read(lambda unit: unit.captures.find(request.query).ids.tolist()).result()
        report = check_files(project, wanted, must_be_there=True, is_cancelled=cancelled.is_set)
    ids = project.read(lambda unit: unit.captures.find(request.query).ids.tolist()).result()
    return write_export(request.form, request.target, _rows(project, ids, cancelled, on_progress)), report


def _rows(
    project: Project,
    ids: Sequence[int],
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> Iterator[ExportRow]:
    meter = RateMeter()
    told_s, done = time.monotonic(), 0
    for start in range(0, len(ids), _PAGE):
        for row in project.read(partial(_page, ids[start : start + _PAGE])).result():
            if cancelled.is_set():
                raise CancelledError("The export was cancelled; nothing was written.")
            yield row
            done += 1
            if time.monotonic() - told_s > _TOLD_EVERY_S:
                told_s = time.monotonic()
                on_progress(meter.progress(done, len(ids)))
    # Cancelling counts until everything is written; the rest is one step.
    if cancelled.is_set():
        raise CancelledError("The export was cancelled; nothing was written.")


def _page(ids: Sequence[int], unit: Unit) -> list[ExportRow]:
    return unit.captures.export_rows(ids)
