"""Retention: removes captures of a source that are over its limits, never those that a user has labelled."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.stream_records import StreamCapture, StreamRecord
from app.jobs import Job
from app.storage.database.statements import now_ms

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.sources.retention import Retention


def forget_old_captures(project: Project, record: StreamRecord, limits: Retention) -> list[int]:
    """Delete what is over the limits, and the files of it; takes its time.

    Args:
        project: it must not be read only.
        record: the source; files outside of its folder stay.
        limits: what is kept.

    Returns:
        Ids of the captures that are gone.
    """
    from vimd_core.streaming.sources.retention import Kept, to_delete

    captures = project.read(lambda unit: unit.streams.captures(record.id)).result()
    kept = [
        Kept(capture.id, capture.taken_ms, capture.size_bytes, capture.is_labelled) for capture in captures
    ]
    ids = to_delete(kept, limits, now_ms())
    if not ids:
        return []
    # A capture that is labelled meanwhile is left out there, in one transaction with the deletion.
    gone = project.write(partial(_delete, record.id, ids), Job.FORGET_CAPTURES).result()
    for capture in gone:
        for path in (capture.path, capture.near_path):
            _remove(path, record.folder)
    return [capture.id for capture in gone]


def _delete(stream_id: int, ids: list[int], unit: Unit) -> list[StreamCapture]:
    return unit.streams.delete_captures(stream_id, ids)


def _remove(path: Path | None, folder: Path) -> None:
    # A file that can't be removed is only in the way: the project knows nothing of it any more.
    if path is not None and path.is_relative_to(folder):
        with contextlib.suppress(OSError):
            path.unlink()
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # a day of which nothing is left
