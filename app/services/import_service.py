"""Adds files and folders to the open project."""

from __future__ import annotations

import itertools
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.services.progress import JobProgress, RateMeter
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from app.storage.records import AddedCaptures, NewCapture
from vimd_core.data.folders import SearchReport, find_captures
from vimd_core.errors import CancelledError, DatasetError

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

# Small enough that a label never waits long for the chunk before it, and the first tiles come at once.
_FIRST_CHUNK: Final = 32
_CHUNK: Final = 512
_SAID_PATHS: Final = 20

_log = logging.getLogger(__name__)


@dataclass
class ImportReport:
    """What became of an import; of long lists only the first paths are kept.

    Attributes:
        known: files that the project had already.
        duplicates: files with the content of another capture, as (file, the capture that is kept).
        left_out: files and folders that could not be read at all, as sentences.
    """

    added: int = 0
    known: int = 0
    unreadable: int = 0
    num_duplicates: int = 0
    duplicates: list[tuple[Path, Path]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_cancelled: bool = False


class ImportService(QObject):
    """Finds images, hashes them and adds them in chunks, in the project's job thread."""

    started = Signal()
    progress_changed = Signal(object)  # JobProgress, or None when nothing is imported
    captures_added = Signal(object)  # AddedCaptures
    finished = Signal(object)  # ImportReport
    failed = Signal(str)
    # What the thread says of one import; of an import whose project is closed, it comes too late.
    _chunk_added = Signal(object, object, object)  # its cancel event, AddedCaptures, JobProgress

    def __init__(self, projects: ProjectService, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._cancels: list[threading.Event] = []
        self._waiting: list[Path] = []
        self._chunk_added.connect(self._on_chunk_added)
        projects.opened.connect(self._on_project_opened)
        projects.open_failed.connect(self._on_open_failed)
        projects.closing.connect(self._on_project_closing)

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Add files, and folders with all that is in them; ends in `finished` or `failed`.

        While a project is being opened, they wait for it.
        """
        project = self._projects.project
        if project is None and self._projects.is_opening:
            self._waiting += paths
            return
        if project is None:
            self.failed.emit(self.tr("No project is open: open or make one with File > Open project."))
            return
        cancelled = threading.Event()
        self._cancels.append(cancelled)
        self.started.emit()
        self.progress_changed.emit(JobProgress(0, None))
        future = self._projects.jobs.submit(self._run, project, list(paths), cancelled)
        self._tasks.watch(
            future,
            lambda report: self._on_done(cancelled, report),
            lambda sentence: self._on_failed(cancelled, sentence),
        )

    def cancel(self) -> None:
        """Stop; what was added stays."""
        for cancelled in self._cancels:
            cancelled.set()

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.import_paths(waiting)

    def _on_open_failed(self, _sentence: str) -> None:
        self._waiting.clear()

    def _on_project_closing(self) -> None:
        self.cancel()
        if self._cancels:
            self._cancels.clear()
            self.progress_changed.emit(None)

    def _on_chunk_added(
        self, cancelled: threading.Event, added: AddedCaptures, progress: JobProgress
    ) -> None:
        if cancelled not in self._cancels:
            return
        if added.ids:
            self.captures_added.emit(added)
        self.progress_changed.emit(progress)

    def _on_done(self, cancelled: threading.Event, report: ImportReport) -> None:
        if self._forget(cancelled):
            self.finished.emit(report)

    def _on_failed(self, cancelled: threading.Event, sentence: str) -> None:
        if self._forget(cancelled):
            self.failed.emit(sentence)

    def _forget(self, cancelled: threading.Event) -> bool:
        """Take an import off the list; False when its project was closed before it ended."""
        if cancelled not in self._cancels:
            return False
        self._cancels.remove(cancelled)
        if not self._cancels:
            self.progress_changed.emit(None)
        return True

    def _run(self, project: Project, paths: Sequence[Path], cancelled: threading.Event) -> ImportReport:
        adding = _Adding(project, cancelled, self._chunk_added.emit)
        report = adding.report
        listed: list[tuple[Path, list[Path]]] = []
        for dropped in paths:
            if cancelled.is_set():
                break
            try:
                path = _unpacked(project, dropped, cancelled) if _is_archive(dropped) else dropped
                found = _find(path, cancelled, report)
                if not listed:  # the first ones are on the screen before all are counted
                    adding.add(path, list(itertools.islice(found, _FIRST_CHUNK)))
                listed.append((path, list(found)))
            except (DatasetError, CancelledError) as e:
                report.left_out.append(str(e))
            except OSError as e:
                report.left_out.append(
                    f"{dropped} can't be unpacked ({e.strerror}): make room on the project's disk."
                )
        adding.total = adding.done + sum(len(files) for _, files in listed)
        for path, files in listed:
            adding.add(path, files)
            if path not in adding.useful and path.parent == _archive_folder(project):
                shutil.rmtree(path, ignore_errors=True)  # the project has all of it already
        report.is_cancelled = cancelled.is_set()
        return report


class _Adding:
    """Adds files to a project in chunks: while one is written, the next one is measured.

    Args:
        project: takes the captures.
        cancelled: when set, no other chunk is begun.
        on_chunk: called with `cancelled`, the chunk's AddedCaptures and JobProgress.
    """

    def __init__(
        self,
        project: Project,
        cancelled: threading.Event,
        on_chunk: Callable[[threading.Event, AddedCaptures, JobProgress], object],
    ) -> None:
        self.report = ImportReport()
        self.total: int | None = None  # files in all, once they are counted
        self.done = 0
        self.useful: set[Path] = set()  # paths that gave a new capture
        self._project = project
        self._cancelled = cancelled
        self._on_chunk = on_chunk
        self._meter = RateMeter()

    def add(self, path: Path, files: Sequence[Path]) -> None:
        """Add files that were found in a path, unless the project has them."""
        if not files or self._cancelled.is_set():
            return
        source_id = self._project.write(partial(_add_source, path, path.is_dir())).result()
        written: tuple[Future[AddedCaptures], int] | None = None
        for start in range(0, len(files), _CHUNK):
            if self._cancelled.is_set():
                break
            chunk = files[start : start + _CHUNK]
            captures = list(_measure(chunk, self.report))
            if written is not None:
                self._take(path, *written)
            written = self._project.write(partial(_add, source_id, captures)), len(chunk)
        if written is not None:
            self._take(path, *written)

    def _take(self, path: Path, future: Future[AddedCaptures], count: int) -> None:
        added = future.result()
        _note(self.report, added)
        if added.ids:
            self.useful.add(path)
        self.done += count
        self._on_chunk(self._cancelled, added, self._meter.progress(self.done, self.total))


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file()


def _archive_folder(project: Project) -> Path:
    """Where the images of archives are kept: nowhere else do they lie as files."""
    return project.folder / "captures"


def _unpacked(project: Project, archive: Path, cancelled: threading.Event) -> Path:
    from vimd_core.data.zip_archives import unpack_images

    folder = _archive_folder(project)
    target, number = folder / archive.stem, 1
    while target.exists():
        number += 1
        target = folder / f"{archive.stem} {number}"
    return unpack_images(archive, target, is_cancelled=cancelled.is_set).folder


def _find(path: Path, cancelled: threading.Event, report: ImportReport) -> Iterator[Path]:
    search = SearchReport()
    for file in find_captures([path], recursive=True, report=search):
        if cancelled.is_set():
            return
        yield file
    report.left_out.extend(
        f"The folder {folder} can't be read: check its permissions and its drive, and add it again."
        for folder in search.unreadable_folders
    )


def _measure(files: Sequence[Path], report: ImportReport) -> Iterator[NewCapture]:
    # Only here: numpy and Pillow come with it, and a window opens sooner without.
    from vimd_core.data.measuring import measure_file

    for path in files:
        try:
            str(path).encode()
            file = measure_file(path)
        except UnicodeEncodeError:
            shown = str(path).encode(errors="replace").decode()
            report.left_out.append(
                f"The name of {shown} is not valid text: rename the file and add it again."
            )
            continue
        except OSError as e:
            report.left_out.append(
                f"{path} can't be read ({e.strerror}): check its permissions and its drive."
            )
            continue
        yield NewCapture(
            path,
            file.content_hash,
            file.file_size_bytes,
            file.modified_ns,
            file.width_px,
            file.height_px,
            file.problem,
        )


def _note(report: ImportReport, added: AddedCaptures) -> None:
    report.added += len(added.ids)
    report.known += added.known
    report.unreadable += len(added.ids) - len(added.readable_ids)
    report.num_duplicates += len(added.duplicates)
    report.duplicates.extend(added.duplicates[: _SAID_PATHS - len(report.duplicates)])
    del report.left_out[_SAID_PATHS:]
    for path, kept in added.duplicates:
        _log.info("%s has the content of %s and is skipped", path, kept)


def _add_source(path: Path, is_folder: bool, unit: Unit) -> int:
    return unit.captures.add_source(path, is_folder=is_folder)


def _add(source_id: int, captures: Sequence[NewCapture], unit: Unit) -> AddedCaptures:
    return unit.captures.add(source_id, captures)
