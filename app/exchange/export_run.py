"""Writes the project's captures, answers and labels out, for the window and the command line alike. Qt-free."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.capture_files.file_check import FileReport, check_files
from app.domain.capture_query import CaptureQuery
from app.domain.progress import JobProgress, RateMeter
from app.domain.records import ExportRow
from vimd_core.errors import CancelledError

if TYPE_CHECKING:
    from app.domain.export_format import ExportFormat
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


@dataclass(frozen=True)
class Exported:
    """What an export has written.

    Attributes:
        count: captures that were written.
        left_out: captures whose label was not written, because their file is missing or can't be read.
        report: what was different about the files.
    """

    count: int
    left_out: int
    report: FileReport


def export_captures(
    project: Project,
    request: ExportRequest,
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> Exported:
    """Write captures, whole or not at all.

    Raises:
        ProjectError: the target can't be written, or an original can't be read.
        CancelledError: it was cancelled.
    """
    # Only here: a window opens sooner without csv and zip.
    from app.domain.export_format import ExportFormat
    from app.exchange.export_formats import write_export

    report = FileReport()
    if not project.is_read_only:
        # Which captures are written may follow from their labels, and these from what their files hold now.
        wanted = project.read(lambda unit: unit.captures.find(request.query).ids.tolist()).result()
        report = check_files(project, wanted, must_be_there=True, is_cancelled=cancelled.is_set)
    ids = project.read(lambda unit: unit.captures.find(request.query).ids.tolist()).result()
    left_out: list[int] = []

    def rows() -> Iterator[ExportRow]:
        for row in rows_of(project, ids, cancelled, on_progress):
            if row.label is not None and row.problem is not None and request.form is not ExportFormat.CSV:
                left_out.append(row.id)
            yield row

    with_groups = project.read(lambda unit: unit.groups.has_given).result()
    count = write_export(request.form, request.target, rows(), with_groups=with_groups)
    return Exported(count, len(left_out), report)


def rows_of(
    project: Project,
    ids: Sequence[int],
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> Iterator[ExportRow]:
    """The lines of an export, in pages."""
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
    given = unit.groups.given(ids)
    return [replace(row, group=given.get(row.id, "")) for row in unit.captures.export_rows(ids)]
