"""One import, as a bulk job: the first files at once, the others by a child process."""

from __future__ import annotations

import itertools
import logging
import shutil
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.progress import JobProgress, RateMeter
from app.domain.records import AddedCaptures, BringBack, NewCapture
from app.exchange.index_process import IndexProcess, capture_of
from app.jobs import Job
from vimd_core.data.files.folders import SearchReport
from vimd_core.errors import CancelledError, DatasetError
from vimd_core.user_messages import Sentence, sentence
from vimd_core.worker.indexing_messages import Measured, OtherFiles, Root, Total, UnreadableFile

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

# These are on the screen before a child process could have said anything.
_FIRST: Final = 32
# A commit waits for the disk, so that many in one are added sooner; but a label waits for the commit before it.
_CHUNK: Final = 1024
_CHUNKS_AHEAD: Final = 2
_SAID_DUPLICATES: Final = 20
_SAID_LEFT_OUT: Final = 1000

_log = logging.getLogger(__name__)


@dataclass
class ImportReport:
    """What became of an import; of long lists only the first items are kept.

    Attributes:
        known: files that the project had already.
        duplicates: files with the content of another capture, as (file, the capture that is kept).
        returned: captures that had been removed and are back.
        left_removed: files whose captures the user had removed by themselves, and which stay out.
        changed: captures that were there and whose files hold something else now.
        moved: captures that were there and whose files have other names now.
        incomplete: captures of files that were cut off, which are shown all the same.
        num_left_out: files and folders that could not be read at all.
        left_out: why, for each of them.
        others: files that are no images, by kind: their extension in capitals, or nothing.
    """

    added: int = 0
    known: int = 0
    returned: int = 0
    left_removed: int = 0
    unreadable: int = 0
    incomplete: int = 0
    num_duplicates: int = 0
    duplicates: list[tuple[Path, Path]] = field(default_factory=list)
    changed: int = 0
    moved: int = 0
    num_left_out: int = 0
    left_out: list[Sentence] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    is_cancelled: bool = False

    def leave_out(self, why: Sentence) -> None:
        """Note why something could not be read."""
        self.num_left_out += 1
        if len(self.left_out) < _SAID_LEFT_OUT:
            self.left_out.append(why)

    def take(self, added: AddedCaptures) -> None:
        """Note what became of some files."""
        self.added += len(added.ids)
        self.changed += len(added.changed_ids)
        self.moved += len(added.moved_ids)
        self.known += added.known
        self.returned += len(added.returned_ids)
        self.left_removed += added.left_removed
        self.incomplete += added.incomplete
        self.unreadable += len(added.ids) - len(added.readable_ids)
        self.num_duplicates += len(added.duplicates)
        self.duplicates.extend(added.duplicates[: _SAID_DUPLICATES - len(self.duplicates)])
        for path, kept in added.duplicates:
            _log.info("%s has the content of %s and is skipped", path, kept)


@dataclass
class _Root:
    """A file or folder whose captures are added; `taken` are already."""

    path: Path
    taken: int = 0
    is_useful: bool = False
    source_id: int | None = None


class ImportRun:
    """Adds what is in some files and folders to a project.

    Args:
        project: takes the captures.
        paths: as they were dropped.
        index_command: of the child process.
        on_chunk: is called, in the thread that runs, with this object, AddedCaptures and JobProgress.
        source: what single files are captures of; None makes each one a source of its own. They are the project's, so
            that what it has already is deleted.
    """

    def __init__(
        self,
        project: Project,
        paths: Sequence[Path],
        index_command: Sequence[str],
        on_chunk: Callable[[ImportRun, AddedCaptures, JobProgress], object],
        source: Path | None = None,
    ) -> None:
        self._source = source
        self._project = project
        self._paths = list(paths)
        self._on_chunk = on_chunk
        self._cancelled = threading.Event()
        self._index = IndexProcess(index_command)
        self._report = ImportReport()
        self._meter = RateMeter()
        self._done = 0
        self._total: int | None = None  # files in all, once they are counted
        self._written: deque[tuple[_Root, Future[AddedCaptures], int]] = deque()

    def cancel(self) -> None:
        """Stop; what was added stays. Any thread may say so."""
        self._cancelled.set()
        self._index.cancel()

    def run(self) -> ImportReport:
        """Do it.

        Raises:
            VimdError: the project can't be written, or the child process has died.
        """
        roots = self._roots()
        left = self._add_first(roots)
        try:
            if left and not self._cancelled.is_set():
                self._add_rest(left)
        finally:
            self._take_rest()
        for root in roots:
            if not root.is_useful and root.path.parent == _archive_folder(self._project):
                shutil.rmtree(root.path, ignore_errors=True)  # the project has all of it already
        for path, _ in self._report.duplicates:
            if self._source is not None and path.parent == self._source:
                path.unlink(missing_ok=True)
        self._report.is_cancelled = self._cancelled.is_set()
        return self._report

    def _roots(self) -> list[_Root]:
        roots = []
        for dropped in self._paths:
            if self._cancelled.is_set():
                break
            try:
                is_archive = dropped.suffix.lower() == ".zip" and dropped.is_file()
                roots.append(_Root(self._unpacked(dropped) if is_archive else dropped))
            except (DatasetError, CancelledError) as e:
                self._report.leave_out(e.sentence)
            except OSError as e:
                self._report.leave_out(
                    sentence(
                        "{path} can't be unpacked ({reason}): free some disk space.",
                        path=dropped,
                        reason=e.strerror,
                    )
                )
        return roots

    def _unpacked(self, archive: Path) -> Path:
        from vimd_core.data.files.zip_archives import unpack_images

        folder = _archive_folder(self._project)
        target, number = folder / archive.stem, 1
        while target.exists():
            number += 1
            target = folder / f"{archive.stem} {number}"
        unpacked = unpack_images(archive, target, is_cancelled=self._cancelled.is_set)
        self._report.others.update(unpacked.others)
        return unpacked.folder

    def _add_first(self, roots: Sequence[_Root]) -> list[_Root]:
        """Add the first files.

        Returns:
            The roots in which there may be more.
        """
        # Only here: numpy and Pillow come with it, and a window opens sooner without.
        from vimd_core.worker.indexing import find_files, measure

        left = []
        room = _FIRST
        for root in roots:
            if room <= 0 or self._cancelled.is_set():
                left.append(root)
                continue
            search = SearchReport()
            files = list(itertools.islice(find_files(root.path, search), room + 1))
            if len(files) > room:  # what the search has left out is said by the child, which looks again
                left.append(root)
            else:
                self._report.others.update(search.others)
                for problem in search.problems:
                    self._report.leave_out(problem)
            files = files[:room]
            room -= len(files)
            captures = []
            for measured in map(measure, files):
                if isinstance(measured, Sentence):
                    self._report.leave_out(measured)
                else:
                    captures.append(capture_of(measured))
            root.taken = len(files)
            self._write(root, captures, len(files))
            self._take_written(0)
        return left

    def _add_rest(self, roots: Sequence[_Root]) -> None:
        captures: list[NewCapture] = []
        read, last = 0, 0
        for answer in self._index.answers([Root(root.path, root.taken) for root in roots]):
            if self._cancelled.is_set():
                return
            match answer:
                case UnreadableFile():
                    self._report.leave_out(answer.problem)
                case OtherFiles():
                    self._report.others.update(answer.count_by_kind)
                case Total():
                    self._total = self._done + answer.count
                case Measured():
                    if answer.root != last or len(captures) >= _CHUNK:
                        self._write(roots[last], captures, read)
                        captures, read = [], 0
                    last = answer.root
                    captures += map(capture_of, answer.files)
                    read += answer.read
        self._write(roots[last], captures, read)

    def _write(self, root: _Root, captures: list[NewCapture], read: int) -> None:
        """Have captures added while the next ones are read."""
        if not read:
            return
        if root.source_id is None:
            source = self._source or root.path
            root.source_id = self._project.write(
                partial(_add_source, source, source.is_dir()), Job.IMPORT
            ).result()
        # Only who adds a file by itself wants it back for sure, whatever was done with it before.
        bring_back = BringBack.WITH_SOURCE if root.path.is_dir() else BringBack.EVERYTHING
        written = self._project.write(partial(_add, root.source_id, captures, bring_back), Job.IMPORT)
        self._written.append((root, written, read))
        self._take_written(_CHUNKS_AHEAD)

    def _take_written(self, ahead: int) -> None:
        """Report what is on disk; more than so many chunks are waited for."""
        while len(self._written) > ahead or (self._written and self._written[0][1].done()):
            root, future, read = self._written.popleft()
            added = self._with_moved(root, future.result())
            self._report.take(added)
            root.is_useful = root.is_useful or bool(added.ids or added.returned_ids or added.moved_ids)
            self._done += read
            self._on_chunk(self, added, self._meter.progress(self._done, self._total))

    def _with_moved(self, root: _Root, added: AddedCaptures) -> AddedCaptures:
        """Let captures whose files are gone have those duplicates that were found: they were renamed or moved."""
        moved = {new: old for new, old in added.duplicates if not old.exists()}
        if not moved:
            return added
        source_id = root.source_id or 0
        places = [(old, new) for new, old in moved.items()]
        ids = self._project.write(lambda unit: unit.contents.follow(places, source_id), Job.IMPORT).result()
        duplicates = tuple(pair for pair in added.duplicates if pair[0] not in moved)
        return replace(added, duplicates=duplicates, moved_ids=(*added.moved_ids, *ids))

    def _take_rest(self) -> None:
        """Wait for all that is on its way to the disk.

        After a chunk that could not be written the next one may have been, as when room was made meanwhile: it is in
        the project and has to be shown.
        """
        try:
            self._take_written(0)
        finally:
            if self._written:
                self._take_rest()


def _archive_folder(project: Project) -> Path:
    """Where the images of archives are kept: nowhere else do they lie as files."""
    return project.folder / "captures"


def _add_source(path: Path, is_folder: bool, unit: Unit) -> int:
    return unit.captures.add_source(path, is_folder=is_folder)


def _add(source_id: int, captures: Sequence[NewCapture], bring_back: BringBack, unit: Unit) -> AddedCaptures:
    known = unit.contents.reconcile(source_id, captures)
    added = unit.captures.add(source_id, captures, bring_back=bring_back)
    changed = known.changed
    if added.returned_ids:  # what was removed may have changed while nobody looked
        changed += unit.contents.reconcile(source_id, captures).changed
    return replace(added, changed_ids=changed, moved_ids=known.moved)
