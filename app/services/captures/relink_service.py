"""Finds captures again whose folder was moved."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.errors import ProjectError
from app.domain.progress import JobProgress, RateMeter
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.errors import CancelledError
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.storage.captures.relinking import KnownFile, Place
    from app.storage.project import Project

Result = TypeVar("Result")

_COMPARED: Final = 64  # files whose content is compared before a folder is believed to be the same


@dataclass(frozen=True)
class SourceState:
    """A folder that captures came from, and how much of it can be found.

    Attributes:
        place: the folder.
        captures: how many captures came from there.
        missing: how many of their files are not there any more.
    """

    place: Place
    captures: int
    missing: int


@dataclass(frozen=True)
class RelinkReport:
    """What became of a search.

    Attributes:
        folder: where the captures are now.
        capture_ids: those that were found.
        missing: how many were not found there.
        others: further folders that had moved with it, and were found too.
    """

    folder: Path
    capture_ids: tuple[int, ...]
    missing: int
    others: tuple[Path, ...] = ()


class RelinkService(QObject):
    """Works in bulk jobs; each folder is changed in one transaction, or not at all."""

    progress_changed = Signal(object)  # JobProgress, or None
    relinked = Signal(object)  # RelinkReport
    missing_changed = Signal(object)  # ids of the sources of which nothing is there
    folders_missing = Signal(
        object
    )  # list of SourceState of which nothing is there, when a project is opened
    failed = Signal(object)

    def __init__(self, projects: ProjectService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._cancelled = threading.Event()
        projects.closing.connect(self.cancel)
        projects.opened.connect(lambda _name, _folder: self._look_for_folders(self.folders_missing.emit))

    def find_missing(self, on_found: Callable[[list[SourceState]], None]) -> None:
        """Count the files of each folder that are not there any more."""
        project = self._projects.project
        if project is None:
            return

        def tell(states: list[SourceState]) -> None:
            self._tell_missing([state for state in states if state.missing == state.captures])
            on_found(states)

        work = partial(_states, project, self._start(), self.progress_changed.emit)
        self._watch(self._projects.jobs.submit(Job.FIND_MISSING, work), tell)

    def relink(self, place: Place, new_folder: Path) -> None:
        """Look for a folder's captures in another one; ends in `relinked` or `failed`.

        Other folders of which nothing is there are looked for beside it, since drives move as a whole.
        """
        project = self._projects.project
        if project is None:
            return

        def tell(report: RelinkReport) -> None:
            self.relinked.emit(report)
            self._look_for_folders()

        work = partial(_relink_all, project, place, new_folder, self._start(), self.progress_changed.emit)
        self._watch(self._projects.jobs.submit(Job.RELINK, work), tell)

    def cancel(self) -> None:
        """Stop looking; nothing more is changed."""
        self._cancelled.set()

    def _look_for_folders(self, on_missing: Callable[[list[SourceState]], None] | None = None) -> None:
        project = self._projects.project
        if project is None:
            return

        def tell(states: list[SourceState]) -> None:
            if project is not self._projects.project:
                return
            self._tell_missing(states)
            if states and on_missing is not None and not project.is_read_only:
                on_missing(states)  # of a project that is damaged, the damage is to be told

        self._tasks.watch(self._projects.jobs.submit(Job.FIND_MISSING, _gone, project), tell)

    def _tell_missing(self, states: list[SourceState]) -> None:
        self.missing_changed.emit(frozenset(i for state in states for i in state.place.source_ids))

    def _start(self) -> threading.Event:
        self._cancelled = threading.Event()
        self.progress_changed.emit(JobProgress(0, None))
        return self._cancelled

    def _watch(self, future: Future[Result], on_success: Callable[[Result], None]) -> None:
        def succeed(result: Result) -> None:
            self.progress_changed.emit(None)
            on_success(result)

        def fail(sentence: Sentence | str) -> None:
            self.progress_changed.emit(None)
            self.failed.emit(sentence)

        self._tasks.watch(future, succeed, fail)


def _gone(project: Project) -> list[SourceState]:
    """The places of which nothing is there."""
    states = []
    for place in _places(project):
        if place.is_folder and _has_something(place.folder):
            continue
        files = _files(project, place)
        if files and not _existing(file.path for file in files):
            states.append(SourceState(place, len(files), len(files)))
    return states


def _has_something(folder: Path) -> bool:
    """Whether a folder can be read and holds anything: where a drive was, an empty folder is often left."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _states(
    project: Project, cancelled: threading.Event, on_progress: Callable[[JobProgress], None]
) -> list[SourceState]:
    places = [(place, _files(project, place)) for place in _places(project)]
    meter, total, done = RateMeter(), sum(len(files) for _, files in places), 0
    states = []
    for place, files in places:
        _require_going_on(cancelled)
        if not files:
            continue
        there = _existing(file.path for file in files)
        missing = sum(file.path not in there for file in files)
        states.append(SourceState(place, len(files), missing))
        done += len(files)
        on_progress(meter.progress(done, total))
    return states


def _relink_all(
    project: Project,
    place: Place,
    new_folder: Path,
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> RelinkReport:
    report = _relink(project, place, new_folder, cancelled, on_progress)
    ids, others = list(report.capture_ids), []
    for other in [state.place for state in _gone(project)]:
        folder = _moved_alike(other.folder, place.folder, new_folder)
        if folder is None or cancelled.is_set():
            continue
        try:
            ids += _relink(project, other, folder, cancelled, on_progress).capture_ids
        except (ProjectError, CancelledError):
            continue  # it may have gone elsewhere; it stays in the list of missing folders
        others.append(folder)
    return replace(report, capture_ids=tuple(ids), others=tuple(others))


def _relink(
    project: Project,
    place: Place,
    new_folder: Path,
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> RelinkReport:
    files = _files(project, place)
    moved = [
        (file, new_folder / file.path.relative_to(place.folder))
        for file in files
        if file.path.is_relative_to(place.folder)
    ]
    there = _existing(path for _, path in moved)
    found = [(file, path) for file, path in moved if path in there]
    if not found:
        raise ProjectError(
            "Nothing that the project has from {folder} is in {new_folder}: choose the folder that contains it now.",
            folder=place.folder,
            new_folder=new_folder,
        )
    step = max(1, len(found) // _COMPARED)
    compared = found[::step]
    meter = RateMeter()
    for number, (file, path) in enumerate(compared, start=1):
        _require_going_on(cancelled)
        if _content_hash(path) != file.content_hash:
            raise ProjectError(
                "{path} differs from {file_path}: choose the folder that contains the same captures.",
                path=path,
                file_path=file.path,
            )
        on_progress(meter.progress(number, len(compared)))
    still_there = _existing(file.path for file, _ in moved)
    lost = [
        (file.capture_id, path) for file, path in moved if path not in there and file.path not in still_there
    ]
    _require_going_on(cancelled)
    ids = project.write(
        lambda unit: unit.relinking.move(
            place, new_folder, [(file.capture_id, p) for file, p in found], lost
        ),
        Job.RELINK,
    ).result()
    return RelinkReport(new_folder, ids, len(files) - len(ids))


def _moved_alike(folder: Path, known: Path, known_now: Path) -> Path | None:
    """Where a folder would be if it had moved as another did; None when that says nothing of it."""
    before, after = known, known_now
    while before.name and before.name == after.name:
        before, after = before.parent, after.parent
    return after / folder.relative_to(before) if folder.is_relative_to(before) else None


def _places(project: Project) -> list[Place]:
    return project.read(lambda unit: unit.relinking.places()).result()


def _files(project: Project, place: Place) -> tuple[KnownFile, ...]:
    return project.read(lambda unit: unit.relinking.files(place)).result()


def _existing(paths: Iterable[Path]) -> set[Path]:
    """Those files that are there; each folder is listed once, which is much faster than asking for each file."""
    by_folder: dict[Path, list[Path]] = {}
    for path in paths:
        by_folder.setdefault(path.parent, []).append(path)
    there: set[Path] = set()
    for folder, wanted in by_folder.items():
        try:
            with os.scandir(folder) as entries:
                names = {entry.name for entry in entries}
        except OSError:
            continue
        there.update(path for path in wanted if path.name in names)
    return there


def _content_hash(path: Path) -> bytes:
    from vimd_core.data.files.hashing import content_hash

    try:
        return bytes.fromhex(content_hash(path))
    except OSError as e:
        raise ProjectError(
            "{path} can't be read ({reason}): check its drive.", path=path, reason=e.strerror
        ) from e


def _require_going_on(cancelled: threading.Event) -> None:
    if cancelled.is_set():
        raise CancelledError("The search was cancelled; nothing was changed.")
