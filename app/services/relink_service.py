"""Finds captures again whose folder was moved."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from app.services.progress import JobProgress, RateMeter
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.storage.errors import ProjectError
from vimd_core.errors import CancelledError

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.relinking import SourceFiles
    from app.storage.unit import Unit

Result = TypeVar("Result")

_COMPARED: Final = 64  # files whose content is compared before a folder is believed to be the same


@dataclass(frozen=True)
class SourceState:
    """A folder that was added, and how much of it can be found.

    Attributes:
        source_id: the source.
        folder: where it was.
        captures: how many captures came from there.
        missing: how many of their files are not there any more.
    """

    source_id: int
    folder: Path
    captures: int
    missing: int


@dataclass(frozen=True)
class RelinkReport:
    """What became of a search.

    Attributes:
        folder: where the captures are now.
        capture_ids: those that were found.
        missing: how many were not found there.
    """

    folder: Path
    capture_ids: tuple[int, ...]
    missing: int


class RelinkService(QObject):
    """Works in the project's job thread; a search changes everything in one transaction, or nothing."""

    progress_changed = Signal(object)  # JobProgress, or None
    relinked = Signal(object)  # RelinkReport
    folders_missing = Signal(object)  # list of SourceState whose folders are not there at all
    failed = Signal(str)

    def __init__(self, projects: ProjectService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._cancelled = threading.Event()
        projects.closing.connect(self.cancel)
        projects.opened.connect(self._look_for_folders)

    def find_missing(self, on_found: Callable[[list[SourceState]], None]) -> None:
        """Count the files of each folder that are not there any more."""
        project = self._projects.project
        if project is not None:
            self._watch(
                self._projects.jobs.submit(_states, project, self._start(), self.progress_changed.emit),
                on_found,
            )

    def relink(self, source_id: int, folder: Path, new_folder: Path) -> None:
        """Look for a folder's captures in another one; ends in `relinked` or `failed`."""
        project = self._projects.project
        if project is not None:
            work = partial(_relink, project, source_id, folder, new_folder)
            self._watch(
                self._projects.jobs.submit(work, self._start(), self.progress_changed.emit),
                self.relinked.emit,
            )

    def cancel(self) -> None:
        """Stop looking; nothing is changed."""
        self._cancelled.set()

    def _look_for_folders(self, _name: str, _folder: str) -> None:
        project = self._projects.project
        if project is not None:
            self._tasks.watch(self._projects.jobs.submit(_missing_folders, project), self._tell_missing)

    def _tell_missing(self, states: list[SourceState]) -> None:
        if states:
            self.folders_missing.emit(states)

    def _start(self) -> threading.Event:
        self._cancelled = threading.Event()
        self.progress_changed.emit(JobProgress(0, None))
        return self._cancelled

    def _watch(self, future: Future[Result], on_success: Callable[[Result], None]) -> None:
        def succeed(result: Result) -> None:
            self.progress_changed.emit(None)
            on_success(result)

        def fail(sentence: str) -> None:
            self.progress_changed.emit(None)
            self.failed.emit(sentence)

        self._tasks.watch(future, succeed, fail)


def _missing_folders(project: Project) -> list[SourceState]:
    folders = project.read(lambda unit: unit.relinking.folders()).result()
    gone = [(source_id, folder) for source_id, folder in folders if not folder.exists()]
    states = []
    for source_id, folder in gone:
        files = project.read(partial(_files, source_id, folder)).result().files
        if files:
            states.append(SourceState(source_id, folder, len(files), len(files)))
    return states


def _states(
    project: Project, cancelled: threading.Event, on_progress: Callable[[JobProgress], None]
) -> list[SourceState]:
    sources = [
        project.read(partial(_files, source_id, folder)).result()
        for source_id, folder in project.read(lambda unit: unit.relinking.folders()).result()
    ]
    meter, total, done = RateMeter(), sum(len(source.files) for source in sources), 0
    states = []
    for source in sources:
        _require_going_on(cancelled)
        there = _existing(file.path for file in source.files)
        missing = sum(file.path not in there for file in source.files)
        states.append(SourceState(source.source_id, source.folder, len(source.files), missing))
        done += len(source.files)
        on_progress(meter.progress(done, total))
    return [state for state in states if state.captures]


def _relink(
    project: Project,
    source_id: int,
    folder: Path,
    new_folder: Path,
    cancelled: threading.Event,
    on_progress: Callable[[JobProgress], None],
) -> RelinkReport:
    source = project.read(partial(_files, source_id, folder)).result()
    candidates = [
        (file, new_folder / file.path.relative_to(folder))
        for file in source.files
        if file.path.is_relative_to(folder)
    ]
    there = _existing(path for _, path in candidates)
    found = [(file, path) for file, path in candidates if path in there]
    if not found:
        raise ProjectError(
            f"None of the {len(source.files):,} captures of {folder} is in {new_folder}: choose the folder that holds "
            "them now."
        )
    step = max(1, len(found) // _COMPARED)
    compared = found[::step]
    meter = RateMeter()
    for number, (file, path) in enumerate(compared, start=1):
        _require_going_on(cancelled)
        if _content_hash(path) != file.content_hash:
            raise ProjectError(
                f"{path} has another content than {file.path} had: choose the folder that holds the same captures."
            )
        on_progress(meter.progress(number, len(compared)))
    moved = [(file.capture_id, path) for file, path in found]
    ids = project.write(lambda unit: unit.relinking.move(source_id, new_folder, moved)).result()
    return RelinkReport(new_folder, ids, len(source.files) - len(ids))


def _files(source_id: int, folder: Path, unit: Unit) -> SourceFiles:
    return unit.relinking.files(source_id, folder)


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
    from vimd_core.data.hashing import content_hash

    try:
        return bytes.fromhex(content_hash(path))
    except OSError as e:
        raise ProjectError(f"{path} can't be read ({e.strerror}): check the drive that it lies on.") from e


def _require_going_on(cancelled: threading.Event) -> None:
    if cancelled.is_set():
        raise CancelledError("The search was cancelled; nothing was changed.")
