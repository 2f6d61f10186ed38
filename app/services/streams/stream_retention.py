"""Applies the retention limits of watched sources while the project is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.stream_records import StreamRecord
from app.services.project_service import ProjectService
from app.services.streams.sighting_writer import SightingWriter
from app.services.tasks import TaskRunner
from app.streams.retention import forget_old_captures

# After so many new captures of a source its limits are looked at again, and at least so often while it runs.
_FORGET_EVERY: Final = 32
_FORGET_EVERY_MS: Final = 10 * 60 * 1000


class StreamRetention(QObject):
    """Deletes what is over the limits of a source, in the thread that writes.

    Args:
        projects: whose captures they are.
        tasks: brings results here.
        writer: has the thread.
        records: all sources of now.
    """

    captures_forgotten = Signal(object)  # list of ids, of which nothing is left
    failed = Signal(object)

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        writer: SightingWriter,
        records: Callable[[], Iterable[StreamRecord]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._writer = writer
        self._records = records
        self._new_captures: Counter[int] = Counter()  # since the limits of each source were looked at
        self._timer = QTimer(self)
        self._timer.setInterval(_FORGET_EVERY_MS)
        self._timer.timeout.connect(self._forget_all)
        self._timer.start()

    def note_new(self, record: StreamRecord, count: int) -> None:
        """A source has so many captures more."""
        self._new_captures[record.id] += count
        if self._new_captures[record.id] >= _FORGET_EVERY:
            self.forget(record)

    def forget(self, record: StreamRecord) -> None:
        """Delete what is over the limits of a source."""
        from vimd_core.streaming.sources.settings import from_stored

        project = self._projects.project
        if project is None or project.is_read_only:
            return
        self._new_captures[record.id] = 0
        limits = from_stored(record.settings).retention
        if limits.is_set:
            self._tasks.watch(
                self._writer.submit(forget_old_captures, project, record, limits),
                lambda ids: self.captures_forgotten.emit(ids) if ids else None,
                self.failed.emit,
            )

    def _forget_all(self) -> None:
        for record in self._records():
            self.forget(record)
