"""Notices changed files: when a project is opened, and when a capture is shown or labelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.capture_files.file_check import PAGE, FileReport, check_files, compare
from app.domain.records import SetAside
from app.jobs import Job
from app.services.captures.label_service import LabelService
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.inspect_service import InspectService
from app.services.project_service import ProjectService
from app.services.tasks import TaskRunner
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.storage.project import Project

# What else waits in the bulk lane is not held up by a hundred thousand files.
_SLICE_S: Final = 0.2


class FileService(QObject):
    """Compares files as bulk jobs, all of them in slices between others."""

    files_changed = Signal(object)  # ids of captures whose files are different, gone, or there again
    # SetAside, when there is something new to decide, and when a project with something to decide is opened
    labels_set_aside = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        classify: ClassifyService,
        labels: LabelService,
        inspect: InspectService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._classify = classify
        self._labels = labels
        self._cancelled = threading.Event()
        self._is_checking = False
        self._tells_what_is_open = False  # after the first comparison, so that it is told once
        self._found = FileReport()
        projects.opened.connect(self._on_opened)
        projects.closing.connect(self._on_closing)
        classify.read_otherwise.connect(self.check)
        inspect.shown.connect(self._on_shown)

    @property
    def is_checking(self) -> bool:
        """Whether all files are being compared."""
        return self._is_checking

    def check(self, ids: Sequence[int]) -> None:
        """Compare the files of some captures soon; what has no answer then is classified."""
        project = self._projects.project
        if project is None or project.is_read_only or not ids:
            return
        wanted, cancelled = tuple(ids), self._cancelled
        self._tasks.watch(
            self._projects.jobs.submit(
                Job.CHECK_FILES, lambda: check_files(project, wanted, is_cancelled=cancelled.is_set)
            ),
            lambda report: self.take(project, report, asked=wanted),
            self.failed.emit,
        )

    def check_all(self) -> None:
        """Compare all files, in the background."""
        project = self._projects.project
        if project is None or project.is_read_only or self._is_checking:
            return
        self._is_checking = True
        self._found = FileReport()
        self._go_on(project, 0)

    def read_set_aside(self, on_found: Callable[[SetAside], None]) -> None:
        """The captures whose files have changed, and that nobody has decided about since."""
        self._projects.read(lambda unit: unit.contents.set_aside(), on_found)

    def take(self, project: Project, report: FileReport, asked: Sequence[int] = ()) -> None:
        """Tell everybody what a comparison found that somebody else has made.

        Args:
            project: that it was made in.
            report: what it found.
            asked: captures that shall be classified in any case.
        """
        if project is not self._projects.project:
            return
        ids = report.all
        if ids:
            self.files_changed.emit(ids)
            self._labels.announce_changed_files(ids)
        fresh = [*report.changed, *report.back]
        again = [capture_id for capture_id in asked if capture_id not in ids]
        if fresh or again:
            self._classify.classify_missing_of([*fresh, *again])
        if report.changed:
            self._read_set_aside()

    def _on_opened(self, _name: str, _folder: str) -> None:
        self._cancelled = threading.Event()
        self._tells_what_is_open = True
        self.check_all()

    def _on_shown(self, capture_id: int) -> None:
        self.check([capture_id])

    def _on_closing(self) -> None:
        self._cancelled.set()
        self._is_checking = False

    def _go_on(self, project: Project, after_id: int) -> None:
        cancelled = self._cancelled

        def work() -> tuple[int | None, FileReport]:
            return _slice(project, after_id, cancelled)

        def go_on(result: tuple[int | None, FileReport]) -> None:
            last_id, report = result
            if project is not self._projects.project or cancelled.is_set():
                return
            self._found.add(report)
            if last_id is not None:
                self._go_on(project, last_id)
                return
            self._is_checking = False
            self.take(project, self._found)
            if self._tells_what_is_open and not self._found.changed:
                self._read_set_aside()
            self._tells_what_is_open = False

        def give_up(sentence: Sentence | str) -> None:
            self._is_checking = False
            self.failed.emit(sentence)

        self._tasks.watch(self._projects.jobs.submit(Job.CHECK_FILES, work), go_on, give_up)

    def _read_set_aside(self) -> None:
        def tell(found: SetAside) -> None:
            if found.marked:
                self.labels_set_aside.emit(found)

        self.read_set_aside(tell)


def _slice(project: Project, after_id: int, cancelled: threading.Event) -> tuple[int | None, FileReport]:
    """Compare files for a while.

    Returns:
        The last capture that was compared, or None when there are no more, and what was found.
    """
    report, end_s, last_id = FileReport(), time.monotonic() + _SLICE_S, after_id
    while time.monotonic() < end_s:
        if cancelled.is_set():
            return None, report
        start = last_id
        page = project.read(lambda unit, start=start: unit.contents.page(start, PAGE)).result()  # type: ignore[misc]
        if not page:
            return None, report
        report.add(compare(project, page))
        last_id = page[-1].capture_id
    return last_id, report
