"""The sources that are being watched: their child processes, how they are doing, and their last frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.stream_records import StreamRecord
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.streams.stream_session import StreamSession
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.status import StreamState, StreamStatus

if TYPE_CHECKING:  # numpy and OpenCV come with these, and a window opens sooner without
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sightings.sightings import Sighting
    from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings

# Captures that a source may send before the first of them is on the disk.
_CREDIT: Final = 8
# Of a video that has ended the last frame is kept, if its process still sends it in time.
_LAST_FRAME_PX: Final = 1280
_LAST_FRAME_MS: Final = 2000


class StreamRuns(QObject):
    """Starts and stops the processes of sources; never waits for one in the window's thread."""

    status_changed = Signal(int, object)  # id, StreamStatus
    frame_came = Signal(int, object)  # id, ShownFrame
    ended = Signal(int)  # a video came to its end

    def __init__(self, projects: ProjectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._sessions: dict[int, StreamSession] = {}
        # Videos that came to their end: their processes are gone, and what they saw may still be written.
        self._ended: dict[int, StreamSession] = {}
        self._last_frames: dict[int, ShownFrame] = {}
        self._statuses: dict[int, StreamStatus] = {}

    def status(self, stream_id: int) -> StreamStatus:
        """How a source is doing."""
        return self._statuses.get(stream_id, StreamStatus())

    def set_status(self, stream_id: int, status: StreamStatus) -> None:
        """Say how a source is doing."""
        self._statuses[stream_id] = status
        self.status_changed.emit(stream_id, status)

    def is_running(self, stream_id: int) -> bool:
        """Whether its process runs, or is about to."""
        return stream_id in self._sessions

    def start(
        self,
        record: StreamRecord,
        settings: StreamSettings,
        credentials: Credentials,
        take: Callable[[StreamSession, Sighting], None],
    ) -> None:
        """Watch a source.

        Args:
            record: the source.
            settings: how it is read, and what is made of its frames.
            credentials: what it needs to let us in.
            take: gets what it sees, in a thread of the source.
        """
        from vimd_core.streaming.supervisor import StreamSupervisor

        session = StreamSession(record, settings, take)
        session.status_came.connect(self._on_status)
        session.frame_came.connect(self._on_frame)
        session.supervisor = StreamSupervisor(settings, credentials, session)
        self._sessions[record.id] = session
        session.supervisor.start()
        session.supervisor.take(_CREDIT)

    def stop(self, stream_id: int) -> None:
        """Watch a source no longer."""
        session = self._sessions.pop(stream_id, None)
        if session is not None:
            self._end_soon(session)
        self.set_status(stream_id, StreamStatus(state=StreamState.STOPPED))

    def stop_all(self) -> list[StreamSession]:
        """Watch nothing any more.

        Returns:
            What may still run, and may still see something.
        """
        sessions = [*self._sessions.values(), *self._ended.values()]
        self._sessions.clear()
        self._ended.clear()
        self._last_frames.clear()
        self._statuses = {}
        for session in sessions:
            session.ask_to_stop()
        return sessions

    def configure(self, stream_id: int, settings: StreamSettings) -> None:
        """Treat what a source shows otherwise, without connecting it anew."""
        session = self._sessions.get(stream_id)
        if session is None:
            return
        before: CaptureSettings = session.settings.capture
        session.settings = settings
        if session.supervisor is not None and settings.capture != before:
            session.supervisor.configure(settings.capture)

    def look(self, stream_id: int, max_side_px: int, *, with_looks: bool = False) -> None:
        """Ask for the last frame, perhaps with what is in its regions; it comes with `frame_came`, if there is one."""
        session = self._sessions.get(stream_id)
        if session is not None and session.supervisor is not None:
            session.supervisor.look(max_side_px, with_looks=with_looks)
        elif stream_id in self._last_frames:
            self.frame_came.emit(stream_id, self._last_frames[stream_id])

    def drop_last_frame(self, stream_id: int) -> None:
        """Keep the last frame of a video no longer."""
        self._last_frames.pop(stream_id, None)

    def snap(self, stream_id: int) -> None:
        """Make captures of the regions now."""
        session = self._sessions.get(stream_id)
        if session is not None and session.supervisor is not None:
            session.supervisor.snap()

    def pause(self, stream_id: int, is_paused: bool) -> None:
        """Make no captures for a while, or go on."""
        session = self._sessions.get(stream_id)
        if session is not None and session.supervisor is not None:
            session.supervisor.pause(is_paused)

    def _end_soon(self, session: StreamSession) -> None:
        session.ask_to_stop()
        if session.supervisor is not None:
            self._projects.jobs.submit(Job.END_STREAM, session.wait_for_end)

    def _on_status(self, session: StreamSession, status: StreamStatus) -> None:
        if self._sessions.get(session.record.id) is not session:
            return
        self.set_status(session.record.id, status)
        is_at_its_end = status.state is StreamState.ENDED and not session.is_at_its_end
        if is_at_its_end and session.supervisor is not None:
            session.is_at_its_end = True
            session.supervisor.look(_LAST_FRAME_PX, with_looks=True)
            QTimer.singleShot(_LAST_FRAME_MS, self, lambda: self._release(session))

    def _on_frame(self, session: StreamSession, frame: ShownFrame) -> None:
        stream_id = session.record.id
        if self._sessions.get(stream_id) is not session:
            return
        self.frame_came.emit(stream_id, frame)
        if session.is_at_its_end:
            self._last_frames[stream_id] = frame
            self._release(session)

    def _release(self, session: StreamSession) -> None:
        """Let the process of a video go that came to its end; its last frame can still be looked at."""
        stream_id = session.record.id
        if self._sessions.get(stream_id) is not session:
            return
        del self._sessions[stream_id]
        self._ended[stream_id] = session
        session.end_process()
        self._projects.jobs.submit(Job.END_STREAM, session.wait_for_end)
        self.ended.emit(stream_id)
        self.set_status(stream_id, self.status(stream_id))
