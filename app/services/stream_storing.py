"""Writes what sources have seen into the project."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.sighting_judge import Verdict
from app.storage.records import AddedCaptures, NewCapture
from app.storage.stream_records import SeenCapture, StreamRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.sightings import Look, Sighting


def choose_looks(sighting: Sighting, verdict: Verdict | None = None) -> tuple[Look, Look | None]:
    """The look that becomes the capture, and the nearest one where it is larger.

    The best is the one that the model is surest of, as far as it was asked, and the sharpest otherwise.
    """
    looks = sighting.looks
    best = max(looks, key=lambda look: look.sharpness) if verdict is None else looks[verdict.consensus.best]
    nearest = max(looks, key=lambda look: look.size_px)
    return best, nearest if nearest.size_px > best.size_px else None


def store_sighting(
    project: Project,
    record: StreamRecord,
    sighting: Sighting,
    verdict: Verdict | None,
    patiently: Callable[
        [Callable[[], tuple[NewCapture, SeenCapture]]], tuple[NewCapture, SeenCapture] | None
    ],
) -> AddedCaptures | None:
    """Write the files of a capture, then what the project knows of it.

    Args:
        project: where to.
        record: the source.
        sighting: what was seen.
        verdict: what the model said of it, if it was asked.
        patiently: calls the function that writes until it can.

    Returns:
        What was added; None when it was told to stop while the files could not be written.
    """
    written = patiently(partial(_write, record, sighting, verdict))
    if written is None:
        return None
    new, seen = written

    def add(unit: Unit) -> AddedCaptures:
        added = unit.captures.add(record.source_id, [new])
        for capture_id in added.ids:
            unit.streams.note(record.id, capture_id, seen)
        return added

    return project.write(add).result()


def make_folder(project: Project, name: str) -> Path:
    """A folder of its own for the captures of a new source."""
    from vimd_core.streaming.saving import file_name

    folder = project.folder / "captures"
    for number in itertools.count(1):
        candidate = folder / (file_name(name) if number == 1 else f"{file_name(name)} {number}")
        if not candidate.exists():
            candidate.mkdir(parents=True)
            return candidate
    raise AssertionError  # there is always a next number


def _write(
    record: StreamRecord, sighting: Sighting, verdict: Verdict | None
) -> tuple[NewCapture, SeenCapture]:
    from vimd_core.data.hashing import content_hash
    from vimd_core.streaming.saving import save_sighting

    best, nearest = choose_looks(sighting, verdict)
    near_path = None
    if sighting.reason == "file":
        path = Path(sighting.path)  # files of others are referred to, not copied
    else:
        saved = save_sighting(record.folder, sighting.region, best, nearest)
        path, near_path = saved.path, saved.near_path
    status = path.stat()
    height_px, width_px = best.image.shape[:2]
    digest = bytes.fromhex(content_hash(path))
    new = NewCapture(path, digest, status.st_size, status.st_mtime_ns, width_px, height_px)
    seen = SeenCapture(
        sighting.region,
        sighting.reason,
        best.frame_number,
        best.time_ms,
        len(sighting.looks),
        near_path,
        0 if near_path is None else near_path.stat().st_size,
        None if verdict is None else verdict.consensus.votes,
        None if verdict is None else verdict.consensus.is_agreed,
    )
    return new, seen
