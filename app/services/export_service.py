"""Writes the project's captures, answers and labels to a table."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.storage.errors import ProjectError
from app.storage.records import ExportRow
from vimd_core.errors import CancelledError

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

COLUMNS: Final = (
    "path",
    "width_px",
    "height_px",
    "state",
    "label",
    "labelled_by",
    "labelled_at_utc",
    "model_label",
    "model_probability",
    "bicubic_label",
    "bicubic_probability",
    "sr_disagreement",
    "model",
    "problem",
)


class ExportService(QObject):
    """Exports in the project's job thread; the file is written whole or not at all."""

    finished = Signal(str, int)  # path, rows
    failed = Signal(str)

    def __init__(self, projects: ProjectService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._cancelled = threading.Event()
        projects.closing.connect(self.cancel)

    def export_csv(self, path: Path) -> None:
        """Write a CSV table, UTF-8 with BOM so that spreadsheets read it; ends in `finished` or `failed`."""
        project = self._projects.project
        if project is None:
            return
        self._cancelled = threading.Event()
        future = self._projects.jobs.submit(_export, project, path, self._cancelled)
        self._tasks.watch(future, lambda rows: self.finished.emit(str(path), rows), self.failed.emit)

    def cancel(self) -> None:
        """Stop; no file is written."""
        self._cancelled.set()


def _export(project: Project, path: Path, cancelled: threading.Event) -> int:
    from vimd_core.data.whole_files import whole_file

    num_rows = 0
    after_id: int | None = 0
    try:
        with whole_file(path) as unfinished, unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            while after_id is not None:
                if cancelled.is_set():
                    raise CancelledError("The export was cancelled.")
                rows, after_id = project.read(partial(_page, after_id)).result()
                writer.writerows(_cells(row) for row in rows)
                num_rows += len(rows)
    except OSError as e:
        raise ProjectError(
            f"{path} can't be written ({e.strerror}): choose another folder or make room on the disk."
        ) from e
    return num_rows


def _page(after_id: int, unit: Unit) -> tuple[list[ExportRow], int | None]:
    return unit.captures.export_rows(after_id)


def _cells(row: ExportRow) -> Iterable[object]:
    labelled_at = None
    if row.labelled_ms is not None:
        labelled_at = datetime.fromtimestamp(row.labelled_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return (
        row.path,
        row.width_px,
        row.height_px,
        row.state.name.lower(),
        row.label,
        row.labelled_by,
        labelled_at,
        row.predicted,
        _rounded(row.probability),
        row.bicubic_predicted,
        _rounded(row.bicubic_probability),
        _rounded(row.disagreement),
        row.model_name,
        row.problem,
    )


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
