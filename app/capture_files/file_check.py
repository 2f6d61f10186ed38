"""Detects changed files: compares captures' files with what the project knows (size, time, content hash). Qt-free."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.capture_files.kept_files import KeptFiles
from app.domain.records import NewCapture
from app.jobs import Job
from vimd_core.user_messages import Sentence, sentence

if TYPE_CHECKING:
    from app.storage.captures.contents import KnownContent
    from app.storage.project import Project
    from app.storage.unit import Unit

PAGE: Final = 500


@dataclass
class FileReport:
    """What a comparison found; the project knows of it by then.

    Attributes:
        changed: captures whose files hold something else now.
        gone: captures whose files are not there any more.
        back: captures whose files were not there and are again, or are elsewhere, as they were.
    """

    changed: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)

    @property
    def all(self) -> list[int]:
        """All captures of which something is different now."""
        return [*self.changed, *self.gone, *self.back]

    def add(self, other: FileReport) -> None:
        """Take what another comparison found in."""
        self.changed += other.changed
        self.gone += other.gone
        self.back += other.back


def check_files(
    project: Project,
    ids: Sequence[int],
    *,
    must_be_there: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> FileReport:
    """Compare the files of some captures, and write down what is different.

    Args:
        project: has the captures.
        ids: which ones.
        must_be_there: whether a file counts as gone also where its whole folder is not there, as when a drive is not
            connected.
        is_cancelled: ends it early.

    Raises:
        ProjectError: the project can't be written.
    """
    report = FileReport()
    for start in range(0, len(ids), PAGE):
        if is_cancelled():
            break
        page = ids[start : start + PAGE]
        known = project.read(lambda unit, page=page: unit.contents.of(page)).result()  # type: ignore[misc]
        report.add(compare(project, known, must_be_there=must_be_there))
    return report


def compare(project: Project, known: Sequence[KnownContent], *, must_be_there: bool = False) -> FileReport:
    """Compare some files, and write down what is different.

    Raises:
        ProjectError: the project can't be written.
    """
    found = _Found()
    kept = KeptFiles(project.folder)
    missing: list[KnownContent] = []
    for one in known:
        try:
            status = os.stat(one.path)  # noqa: PTH116 (a hundred thousand of them: twice as fast as Path.stat)
        except (FileNotFoundError, NotADirectoryError):
            missing.append(one)
            continue
        except OSError:
            continue  # a drive that does not answer says nothing of what is on it
        is_as_known = (status.st_size, status.st_mtime_ns) == (one.file_size_bytes, one.modified_ns)
        if not is_as_known and (new := _measured(one.path)) is not None:
            if new.content_hash != one.content_hash:
                # A watched folder gave it: its picture stays, and what has its name now comes from there as well.
                place = kept.make_own(one.path, one.content_hash)
                if place is not None:
                    found.own.append((one.capture_id, place))
                else:
                    found.changed.append((one.capture_id, new))
                continue
            found.times.append((one.capture_id, new.modified_ns))
        if str(one.problem) == str(_problem(one)):  # older versions wrote English
            found.back.append(one.capture_id)
    if missing:
        _look_for(missing, found, must_be_there=must_be_there)
    return project.write(found.note, Job.CHECK_FILES).result() if found.is_something else FileReport()


@dataclass
class _Found:
    """What is different: `own` are files that the project has now, `renamed` those that have other names."""

    times: list[tuple[int, int]] = field(default_factory=list)
    changed: list[tuple[int, NewCapture]] = field(default_factory=list)
    gone: list[tuple[int, Sentence]] = field(default_factory=list)
    renamed: dict[int, Path] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)
    own: list[tuple[int, Path]] = field(default_factory=list)

    @property
    def is_something(self) -> bool:
        """Whether there is anything to write down."""
        return any((self.times, self.changed, self.gone, self.back, self.own))

    def note(self, unit: Unit) -> FileReport:
        """Write it down."""
        own = unit.contents.move(self.own)
        unit.streams.note_own(own)
        renamed = set(unit.contents.move(list(self.renamed.items())))
        gone = [(capture_id, problem) for capture_id, problem in self.gone if capture_id not in renamed]
        unit.contents.note_times(self.times)
        unit.contents.note_changed(self.changed)
        unit.captures.set_problems([*gone, *((capture_id, None) for capture_id in self.back)])
        return FileReport(
            changed=[capture_id for capture_id, _ in self.changed],
            gone=[capture_id for capture_id, _ in gone],
            back=[*self.back, *own, *sorted(renamed)],
        )


def _look_for(missing: Sequence[KnownContent], found: _Found, *, must_be_there: bool) -> None:
    """Say which files are gone, and which have only another name in their folder."""
    by_folder: dict[Path, list[KnownContent]] = {}
    for one in missing:
        by_folder.setdefault(one.path.parent, []).append(one)
    for folder, files in by_folder.items():
        sizes = {one.file_size_bytes for one in files}
        by_hash: dict[bytes, Path] = {}
        try:
            with os.scandir(folder) as entries:
                candidates = [
                    Path(entry.path) for entry in entries if entry.is_file() and entry.stat().st_size in sizes
                ]
            for path in candidates:
                if (new := _measured(path)) is not None:
                    by_hash[new.content_hash] = path
        except OSError:
            if not must_be_there:
                continue  # the drive may not be connected: nothing is known of what is on it
        for one in files:
            place = by_hash.pop(one.content_hash, None)
            if place is not None:
                found.renamed[one.capture_id] = place
            if place is not None or one.problem is None:
                found.gone.append((one.capture_id, _problem(one)))


def _problem(one: KnownContent) -> Sentence:
    """As the one that decodes a file would say that it is not there."""
    return sentence("There is no file {path}.", path=one.path)


def _measured(path: Path) -> NewCapture | None:
    # Only here: numpy and Pillow come with it, and most files are as they were.
    from vimd_core.data.files.measuring import measure_file

    try:
        file = measure_file(path)
    except OSError:
        return None
    return NewCapture(
        path,
        file.content_hash,
        file.file_size_bytes,
        file.modified_ns,
        file.width_px,
        file.height_px,
        file.problem,
        file.notice,
    )
