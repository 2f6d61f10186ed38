"""Stores sightings of sources in the project."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.capture_files.kept_files import KeptFiles
from app.domain.records import AddedCaptures, NewCapture
from app.domain.stream_records import SeenCapture, StreamRecord
from app.jobs import Job
from app.streams.sighting_verdict import SightingVerdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.sightings.sightings import Look, Sighting


def choose_looks(sighting: Sighting, verdict: SightingVerdict | None = None) -> tuple[Look, Look | None]:
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
    verdict: SightingVerdict | None,
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
    written = patiently(partial(_write, project, record, sighting, verdict))
    if written is None:
        return None
    new, seen = written
    former = project.read(lambda unit: unit.contents.at(new.path)).result()
    own = None
    if former is not None and former.content_hash != new.content_hash:
        own = KeptFiles(project.folder).make_own(former.path, former.content_hash)

    def add(unit: Unit) -> AddedCaptures:
        moved: tuple[int, ...] = ()
        if former is not None and own is not None:  # the same name again is another capture
            moved = tuple(unit.contents.move([(former.capture_id, own)]))
            unit.streams.note_own(moved)
        known = unit.contents.reconcile(record.source_id, [new])
        added = unit.captures.add(record.source_id, [new])
        for capture_id in added.ids:
            unit.streams.note(record.id, capture_id, seen)
        return replace(added, changed_ids=known.changed, moved_ids=(*moved, *known.moved))

    return project.write(add, Job.STORE_SIGHTING).result()


def make_folder(project: Project, name: str) -> Path:
    """A folder of its own for the captures of a new source."""
    from vimd_core.streaming.sightings.saving import file_name

    folder = project.folder / "captures"
    for number in itertools.count(1):
        candidate = folder / (file_name(name) if number == 1 else f"{file_name(name)} {number}")
        if not candidate.exists():
            candidate.mkdir(parents=True)
            return candidate
    raise AssertionError  # there is always a next number


def _write(
    project: Project, record: StreamRecord, sighting: Sighting, verdict: SightingVerdict | None
) -> tuple[NewCapture, SeenCapture]:
    from vimd_core.data.files.hashing import content_hash
    from vimd_core.streaming.sightings.saving import file_name, save_sighting

    best, nearest = choose_looks(sighting, verdict)
    near_path, folder, reason = None, record.folder, sighting.reason
    if reason == "file":
        if (referred := _refer_to(project, sighting)) is not None:
            return referred, _seen(sighting, best, None, verdict, reason)
        # It was overwritten before it could be kept: what was seen of it is all that there is.
        folder, reason, nearest = project.folder / "captures" / file_name(record.name), "change", None
    saved = save_sighting(folder, sighting.region, best, nearest)
    path, near_path = saved.path, saved.near_path
    status = path.stat()
    height_px, width_px = best.image.shape[:2]
    digest = bytes.fromhex(content_hash(path))
    new = NewCapture(path, digest, status.st_size, status.st_mtime_ns, width_px, height_px)
    return new, _seen(sighting, best, near_path, verdict, reason)


def _refer_to(project: Project, sighting: Sighting) -> NewCapture | None:
    """A file of others, which is referred to; None when it is not there any more as it was seen."""
    path, digest = Path(sighting.path), bytes.fromhex(sighting.content_hash)
    height_px, width_px = sighting.looks[0].image.shape[:2]
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    new = NewCapture(path, digest, status.st_size, status.st_mtime_ns, width_px, height_px)
    known = project.read(lambda unit: unit.contents.at(path)).result()
    is_known = known is not None and (known.content_hash, known.file_size_bytes, known.modified_ns) == (
        digest,
        new.file_size_bytes,
        new.modified_ns,
    )
    if is_known:
        return new
    return new if KeptFiles(project.folder).keep(path, digest) else None


def _seen(
    sighting: Sighting, best: Look, near_path: Path | None, verdict: SightingVerdict | None, reason: str
) -> SeenCapture:
    return SeenCapture(
        sighting.region,
        reason,
        best.frame_number,
        best.time_ms,
        len(sighting.looks),
        near_path,
        0 if near_path is None else near_path.stat().st_size,
        None if verdict is None else verdict.consensus.votes,
        None if verdict is None else verdict.consensus.is_agreed,
    )
