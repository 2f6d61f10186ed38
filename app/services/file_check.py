"""Compares the captures' files with what the project knows of them: size, then time, then content. Qt-free."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.services.kept_files import KeptFiles
from app.storage.records import NewCapture

if TYPE_CHECKING:
    from app.storage.contents import KnownContent
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
    folders: dict[Path, bool] = {}
    times: list[tuple[int, int]] = []
    changed: list[tuple[int, NewCapture]] = []
    gone: list[tuple[int, str]] = []
    back: list[int] = []
    own: list[tuple[int, Path]] = []
    kept = KeptFiles(project.folder)
    for one in known:
        missing = f"There is no file {one.path}."  # as the one that decodes it would say
        try:
            status = os.stat(one.path)  # noqa: PTH116 (a hundred thousand of them: twice as fast as Path.stat)
        except (FileNotFoundError, NotADirectoryError):
            folder = one.path.parent
            if folder not in folders:
                folders[folder] = folder.is_dir()
            if one.problem is None and (must_be_there or folders[folder]):
                gone.append((one.capture_id, missing))
            continue
        except OSError:
            continue  # a drive that does not answer says nothing of what is on it
        is_as_known = (status.st_size, status.st_mtime_ns) == (one.file_size_bytes, one.modified_ns)
        if not is_as_known and (new := _measured(one.path)) is not None:
            if new.content_hash != one.content_hash:
                # A watched folder gave it: its picture stays, and what has its name now comes from there as well.
                place = kept.make_own(one.path, one.content_hash)
                if place is not None:
                    own.append((one.capture_id, place))
                else:
                    changed.append((one.capture_id, new))
                continue
            times.append((one.capture_id, new.modified_ns))
        if one.problem == missing:
            back.append(one.capture_id)
    if times or changed or gone or back or own:
        project.write(partial(_note, times, changed, gone, back, own)).result()
    back += [capture_id for capture_id, _ in own]
    return FileReport([capture_id for capture_id, _ in changed], [capture_id for capture_id, _ in gone], back)


def _note(
    times: Sequence[tuple[int, int]],
    changed: Sequence[tuple[int, NewCapture]],
    gone: Sequence[tuple[int, str]],
    back: Sequence[int],
    own: Sequence[tuple[int, Path]],
    unit: Unit,
) -> None:
    unit.streams.note_own(unit.contents.move(own))
    unit.contents.note_times(times)
    unit.contents.note_changed(changed)
    unit.captures.set_problems([*gone, *((capture_id, None) for capture_id in back)])


def _measured(path: Path) -> NewCapture | None:
    # Only here: numpy and Pillow come with it, and most files are as they were.
    from vimd_core.data.measuring import measure_file

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
