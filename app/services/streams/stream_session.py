"""One watched source while its process runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.stream_records import StreamRecord
from vimd_core.streaming.sources.status import StreamStatus

if TYPE_CHECKING:
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sightings.sightings import Sighting
    from vimd_core.streaming.sources.settings import StreamSettings
    from vimd_core.streaming.supervisor import StreamSupervisor


class StreamSession(QObject):
    """One source while it runs. What its process says comes here from other threads."""

    status_came = Signal(object, object)  # the session, StreamStatus
    frame_came = Signal(object, object)  # the session, ShownFrame

    def __init__(
        self,
        record: StreamRecord,
        settings: StreamSettings,
        store: Callable[[StreamSession, Sighting], None],
    ) -> None:
        super().__init__()
        self.record = record
        self.settings = settings
        self.supervisor: StreamSupervisor | None = None
        self.stopping = threading.Event()
        self.is_at_its_end = False
        self._store = store

    def on_status(self, status: StreamStatus) -> None:
        """Hand a status over to the window's thread."""
        self.status_came.emit(self, status)

    def on_sighting(self, sighting: Sighting) -> None:
        """Hand a sighting over to the thread that writes."""
        self._store(self, sighting)

    def on_frame(self, frame: ShownFrame) -> None:
        """Hand a frame over to the window's thread."""
        self.frame_came.emit(self, frame)

    def ask_to_stop(self) -> None:
        """End soon; what was seen and can't be written at once is given up."""
        self.stopping.set()
        self.end_process()

    def end_process(self) -> None:
        """End its process soon; what was seen is still written."""
        if self.supervisor is not None:
            self.supervisor.request_stop()

    def wait_for_end(self) -> None:
        """Wait until its process is gone: a bounded time."""
        if self.supervisor is not None:
            self.supervisor.stop()


def finish(sessions: Iterable[StreamSession], writer: ThreadPoolExecutor) -> None:
    """Wait until processes are gone and what they saw is written."""
    for session in sessions:
        session.wait_for_end()
    writer.shutdown(wait=True)
