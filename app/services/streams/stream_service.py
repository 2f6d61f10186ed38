"""Watches cameras, streams, videos and folders, and brings what they show into the project."""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import ProjectError
from app.domain.records import AddedCaptures
from app.domain.stream_records import StreamRecord
from app.exchange.file_check import FileReport
from app.jobs import Job
from app.services.project_service import ProjectService
from app.services.streams.sighting_judge import Question, SightingJudge
from app.services.streams.stream_session import StreamSession, finish
from app.services.tasks import Result, TaskRunner
from app.streams.retention import forget_old_captures
from app.streams.secret_store import SecretStore
from app.streams.sighting_verdict import SightingVerdict
from app.streams.storing import make_folder, store_sighting
from vimd_core.errors import SourceError
from vimd_core.streaming.sources.addresses import (
    Credentials,
    SourceAddress,
    SourceKind,
    parse_source,
    unique_name,
)
from vimd_core.streaming.sources.redaction import redact
from vimd_core.streaming.sources.status import StreamState, StreamStatus

if TYPE_CHECKING:  # numpy and OpenCV come with these, and a window opens sooner without
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.messages import ShownFrame
    from vimd_core.streaming.sightings.sightings import Sighting
    from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings

# Captures that a source may send before the first of them is on the disk.
_CREDIT: Final = 8
# After so many new captures of a source its limits are looked at again, and at least so often while it runs.
_FORGET_EVERY: Final = 32
_FORGET_EVERY_MS: Final = 10 * 60 * 1000
# Of a video that has ended the last frame is kept, if its process still sends it in time.
_LAST_FRAME_PX: Final = 1280
_LAST_FRAME_MS: Final = 2000
# Nothing comes of these by itself.
_WAIT_FOR_A_CHANGE: Final = (StreamState.REFUSED, StreamState.MISSING, StreamState.ENDED)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewStream:
    """A source to be watched.

    Attributes:
        name: what the user calls it; its address says one when empty.
        address: where it is.
        credentials: what it needs to let us in.
        settings: how it is read, and what is made of its frames.
        keeps_credentials: whether the system's key store shall have them.
    """

    name: str
    address: SourceAddress
    credentials: Credentials
    settings: StreamSettings
    keeps_credentials: bool = True


class StreamService(QObject):
    """The watched sources of the open project: each one runs in a child process of its own.

    What they show is written in a thread of its own, which waits while the disk is full; what a source sees meanwhile
    waits in its process.
    """

    streams_changed = Signal(object)  # list of StreamRecord
    status_changed = Signal(int, object)  # id, StreamStatus
    frame_came = Signal(int, object)  # id, ShownFrame
    files_found = Signal(object)  # FileReport: what is different about captures that were there
    captures_added = Signal(object)  # AddedCaptures
    captures_forgotten = Signal(object)  # list of ids, of which nothing is left
    captured = Signal(
        int, int, str, float
    )  # id, capture, region, age of its last frame when it was stored in s
    key_store_missing = Signal()
    brought_back = Signal(str)  # name of a source that was removed before
    failed = Signal(str)
    _stored = Signal(object, object, str, float)  # the session, AddedCaptures, region, age in s

    def __init__(
        self,
        projects: ProjectService,
        tasks: TaskRunner,
        judge: SightingJudge,
        secrets: SecretStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._tasks = tasks
        self._judge = judge
        self._secrets = secrets or SecretStore()
        self._known: dict[str, Credentials] = {}  # by address, for as long as the program runs
        self._sessions: dict[int, StreamSession] = {}
        self._records: dict[int, StreamRecord] = {}
        self._statuses: dict[int, StreamStatus] = {}
        # Videos that came to their end: their processes are gone, and what they saw may still be written.
        self._ended: dict[int, StreamSession] = {}
        self._last_frames: dict[int, ShownFrame] = {}
        self._writer: ThreadPoolExecutor | None = None
        self._revision = 0  # of the records, which every change raises
        self._new_captures: Counter[int] = Counter()  # since the limits of each source were looked at
        self._forget_timer = QTimer(self)
        self._forget_timer.setInterval(_FORGET_EVERY_MS)
        self._forget_timer.timeout.connect(self._forget_all)
        self._forget_timer.start()
        self._stored.connect(self._on_stored)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def records(self) -> list[StreamRecord]:
        """The watched sources, in the order in which they were added."""
        return list(self._records.values())

    def status(self, stream_id: int) -> StreamStatus:
        """How a source is doing."""
        return self._statuses.get(stream_id, StreamStatus())

    def is_running(self, stream_id: int) -> bool:
        """Whether its process runs, or is about to."""
        return stream_id in self._sessions

    def settings(self, stream_id: int) -> StreamSettings:
        """How it is read, and what is made of its frames."""
        from vimd_core.streaming.sources.settings import stream_settings

        return stream_settings(self._records[stream_id].settings)

    def add(self, new: NewStream) -> None:
        """Watch another source from now on."""
        from vimd_core.streaming.sources.settings import to_fields

        project = self._projects.project
        if project is None:
            self.failed.emit(self.tr("No project is open: open or make one with File > Open project."))
            return
        address = new.address
        if new.credentials:
            self._known[address.url] = new.credentials
            if new.keeps_credentials:
                self._keep(address.url, new.credentials)
        given = redact(new.name.strip())  # an address in place of a name may hold a password
        name = given or address.name
        fields = to_fields(new.settings)

        def work(unit: Unit) -> tuple[int, str | None]:
            before = unit.streams.removed(address.kind, address.url)
            if before is not None:
                unit.captures.add_source(before.folder, is_folder=True)
                called = given or before.name
                unit.streams.bring_back(before.id, name=called, has_credentials=bool(new.credentials))
                return before.id, called
            is_folder = address.kind is SourceKind.FOLDER
            folder = address.path if is_folder else make_folder(project, name)
            added = unit.streams.add(
                unit.captures.add_source(folder, is_folder=True),
                name=name,
                kind=address.kind,
                url=address.url,
                settings=fields,
                has_credentials=bool(new.credentials),
            )
            return added, None

        def start(result: tuple[int, str | None]) -> None:
            stream_id, called_before = result
            self.start(stream_id)
            if called_before is not None:
                self.brought_back.emit(called_before)

        self._write(work, start)

    def start(self, stream_id: int) -> None:
        """Start watching a source, a video that has ended from its beginning; does nothing while it is watched."""
        record = self._records.get(stream_id)
        project = self._projects.project
        if record is None or project is None or project.is_read_only or stream_id in self._sessions:
            return
        if record.has_ended:
            record = self._records[stream_id] = dataclasses.replace(record, has_ended=False)
            self._write(lambda unit: unit.streams.change(stream_id, has_ended=False))
        self._last_frames.pop(stream_id, None)
        if not record.has_credentials or record.url in self._known:
            self._start(record, project, self._known.get(record.url, Credentials()))
            return
        self._tasks.watch(
            self._writer_of(project).submit(self._secrets.load, record.url),
            partial(self._on_secret, stream_id),
            self.failed.emit,
        )

    def give_credentials(self, stream_id: int, credentials: Credentials, *, keeps: bool) -> None:
        """Start a source with what the user typed."""
        record = self._records.get(stream_id)
        if record is None:
            return
        credentials = credentials.over(self._known.get(record.url, Credentials()))
        self._known[record.url] = credentials
        if keeps:
            self._keep(record.url, credentials)
        if not record.has_credentials:
            self._records[stream_id] = dataclasses.replace(record, has_credentials=True)
            self._projects.write(
                lambda unit: unit.streams.change(stream_id, has_credentials=True), lambda _: None
            )
        self.stop(stream_id)
        self.start(stream_id)

    def stop(self, stream_id: int) -> None:
        """Watch a source no longer for now; does not wait for its process."""
        session = self._sessions.pop(stream_id, None)
        if session is not None:
            self._end_soon(session)
        self._set_status(stream_id, StreamStatus(state=StreamState.STOPPED))

    def set_enabled(self, stream_id: int, is_enabled: bool) -> None:
        """Start or stop a source, also when the project is opened next."""
        (self.start if is_enabled else self.stop)(stream_id)

        self._write(lambda unit: unit.streams.change(stream_id, is_enabled=is_enabled))

    def rename(self, stream_id: int, name: str) -> None:
        """Call a source otherwise; two are never called the same."""
        name = redact(name)
        self._write(lambda unit: unit.streams.change(stream_id, name=name))

    def remove(self, stream_id: int) -> None:
        """Forget a source and its credentials; its captures stay."""
        self.stop(stream_id)
        self._last_frames.pop(stream_id, None)
        record = self._records.get(stream_id)
        project = self._projects.project
        if record is not None and project is not None and record.has_credentials:
            self._known.pop(record.url, None)
            self._writer_of(project).submit(self._secrets.forget, record.url)
        self._write(lambda unit: unit.streams.remove(stream_id))

    def configure(self, stream_id: int, capture: CaptureSettings) -> None:
        """Make something else of a source's frames from now on."""
        self.change(stream_id, dataclasses.replace(self.settings(stream_id), capture=capture))

    def keep_below(self, stream_id: int, confidence: float | None) -> None:
        """Keep only what the model is less sure of than this, from now on; None keeps all."""
        self.change(stream_id, dataclasses.replace(self.settings(stream_id), keep_below=confidence))

    def change(
        self,
        stream_id: int,
        settings: StreamSettings,
        *,
        name: str | None = None,
        credentials: Credentials | None = None,
        keeps_credentials: bool = True,
    ) -> None:
        """Treat a source otherwise from now on; it is connected anew only where that is needed.

        Args:
            stream_id: the source.
            settings: all of them.
            name: what it is called from now on; None leaves its name.
            credentials: what it needs to let us in from now on; None leaves them as they are.
            keeps_credentials: whether the system's key store shall have those.
        """
        from vimd_core.streaming.sources.settings import to_fields

        record, before = self._records[stream_id], self.settings(stream_id)
        url, fields = settings.address.url, to_fields(settings)
        known = self._known.get(record.url, Credentials())
        if credentials is not None:
            credentials = credentials.over(known)  # a field that was left empty means: as before
        elif url != record.url and known:
            credentials = known  # the same camera at another address
        if name is not None and name != record.name and self._is_taken(name, stream_id):
            self.failed.emit(self.tr("Another source is called {0}: choose another name.").format(name))
            name = None
        if url != record.url and record.has_credentials and (project := self._projects.project) is not None:
            self._known.pop(record.url, None)
            self._writer_of(project).submit(self._secrets.forget, record.url)
        if credentials is not None:
            self._known[url] = credentials
            if keeps_credentials:
                self._keep(url, credentials)
        has_credentials = record.has_credentials if credentials is None else bool(credentials)
        self._records[stream_id] = dataclasses.replace(
            record, settings=fields, url=url, name=name or record.name, has_credentials=has_credentials
        )
        session = self._sessions.get(stream_id)
        must_connect = credentials is not None or (settings.address, settings.read) != (
            before.address,
            before.read,
        )
        if must_connect and (session is not None or self.status(stream_id).state in _WAIT_FOR_A_CHANGE):
            self.stop(stream_id)
            self.start(stream_id)
        elif session is not None:
            session.settings = settings
            if session.supervisor is not None and settings.capture != before.capture:
                session.supervisor.configure(settings.capture)
        self._write(
            lambda unit: unit.streams.change(
                stream_id, name=name, url=url, settings=fields, has_credentials=has_credentials
            )
        )
        if settings.retention != before.retention:
            self._forget(stream_id)

    def _is_taken(self, name: str, stream_id: int) -> bool:
        others = [record.name for record in self._records.values() if record.id != stream_id]
        return unique_name(name, others) != name

    def look(self, stream_id: int, max_side_px: int, *, with_looks: bool = False) -> None:
        """Ask for the last frame, perhaps with what is in its regions; it comes with `frame_came`, if there is one."""
        session = self._sessions.get(stream_id)
        if session is not None and session.supervisor is not None:
            session.supervisor.look(max_side_px, with_looks=with_looks)
        elif stream_id in self._last_frames:
            self.frame_came.emit(stream_id, self._last_frames[stream_id])

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

    def _write(
        self, change: Callable[[Unit], Result], on_written: Callable[[Result], None] | None = None
    ) -> None:
        """Change what the project knows of its sources, and read it again."""
        self._revision += 1
        revision = self._revision

        def work(unit: Unit) -> tuple[Result, list[StreamRecord]]:
            return change(unit), unit.streams.all()

        def take(result: tuple[Result, list[StreamRecord]]) -> None:
            # While another change is on its way, this would take it back on the screen.
            if revision == self._revision or on_written is not None:
                self._on_records(result[1])
            if on_written is not None:
                on_written(result[0])

        def take_back(sentence: str) -> None:
            self.failed.emit(sentence)
            self._projects.read(lambda unit: unit.streams.all(), on_read)

        def on_read(records: list[StreamRecord]) -> None:
            if revision == self._revision:
                self._on_records(records)

        self._projects.write(work, take, take_back)

    def _start(self, record: StreamRecord, project: Project, credentials: Credentials) -> None:
        from vimd_core.streaming.supervisor import StreamSupervisor

        writer = self._writer_of(project)
        settings = self.settings(record.id)
        session = StreamSession(record, settings, partial(self._take, writer, project))
        session.status_came.connect(self._on_status)
        session.frame_came.connect(self._on_frame)
        session.supervisor = StreamSupervisor(settings, credentials, session)
        self._sessions[record.id] = session
        session.supervisor.start()
        session.supervisor.take(_CREDIT)

    def _writer_of(self, _project: Project) -> ThreadPoolExecutor:
        """The thread that writes for the open project; it ends with it."""
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="vimd-stream-writer")
        return self._writer

    def _keep(self, url: str, credentials: Credentials) -> None:
        project = self._projects.project
        if project is not None:
            self._tasks.watch(
                self._writer_of(project).submit(self._secrets.save, url, credentials),
                lambda is_kept: None if is_kept else self.key_store_missing.emit(),
            )

    def _on_secret(self, stream_id: int, credentials: Credentials | None) -> None:
        record, project = self._records.get(stream_id), self._projects.project
        if record is None or project is None or stream_id in self._sessions:
            return
        if credentials is None:
            words = self.tr("A user name and a password are needed.")
            self._set_status(stream_id, StreamStatus(state=StreamState.REFUSED, last_error=words))
            return
        self._known[record.url] = credentials
        self._start(record, project, credentials)

    def read_again(self) -> None:
        """Sources were removed or are back: stop and start what that means."""
        self._projects.read(lambda unit: unit.streams.all(), self._on_read_again)

    def _on_read_again(self, records: list[StreamRecord]) -> None:
        before, now = set(self._records), {record.id for record in records}
        if before == now:
            return
        for stream_id in before - now:
            self.stop(stream_id)
        self._on_records(records)
        for record in records:
            if record.id not in before and record.has_ended:
                self._set_status(record.id, StreamStatus(state=StreamState.ENDED))
            elif record.id not in before and record.is_enabled:
                self.start(record.id)

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._projects.read(lambda unit: unit.streams.all(), self._on_opened_records)

    def _on_opened_records(self, records: list[StreamRecord]) -> None:
        # A source that was added or changed while they were read is known better already.
        self._on_records(list(({record.id: record for record in records} | self._records).values()))
        for record in records:
            self._hide_secrets(record)
            if record.has_ended:
                self._set_status(record.id, StreamStatus(state=StreamState.ENDED))
            elif record.is_enabled and self.settings(record.id).starts_with_project:
                self.start(record.id)
            self._forget(record.id)

    def _hide_secrets(self, record: StreamRecord) -> None:
        """Bring a password out of an address where an earlier version did not see one."""
        if record.kind != SourceKind.STREAM or redact(record.url) == record.url:
            return
        try:
            address, credentials = parse_source(record.url)
        except SourceError:
            return  # it can't be used either, which its row says
        if credentials:
            settings = dataclasses.replace(self.settings(record.id), address=address)
            self.change(record.id, settings, credentials=credentials)

    def _on_records(self, records: list[StreamRecord]) -> None:
        self._records = {record.id: record for record in records}
        self.streams_changed.emit(records)

    def _on_project_closing(self) -> None:
        sessions = [*self._sessions.values(), *self._ended.values()]
        self._sessions.clear()
        self._ended.clear()
        self._last_frames.clear()
        self._records = {}
        self._statuses = {}
        writer, self._writer = self._writer, None
        for session in sessions:
            session.ask_to_stop()
        self._judge.give_up()
        # There, so that what was seen is stored before the project is closed, which happens there too.
        if writer is not None:
            self._projects.jobs.submit(Job.END_STREAM, finish, sessions, writer)
        self.streams_changed.emit([])

    def _end_soon(self, session: StreamSession) -> None:
        session.ask_to_stop()
        if session.supervisor is not None:
            self._projects.jobs.submit(Job.END_STREAM, session.wait_for_end)

    def _on_status(self, session: StreamSession, status: StreamStatus) -> None:
        if self._sessions.get(session.record.id) is not session:
            return
        self._set_status(session.record.id, status)
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
        self._records[stream_id] = dataclasses.replace(self._records[stream_id], has_ended=True)
        self._write(lambda unit: unit.streams.change(stream_id, has_ended=True))
        self._set_status(stream_id, self.status(stream_id))

    def _set_status(self, stream_id: int, status: StreamStatus) -> None:
        self._statuses[stream_id] = status
        self.status_changed.emit(stream_id, status)

    def _on_stored(self, session: StreamSession, added: AddedCaptures, region: str, age_s: float) -> None:
        if added.changed_ids or added.moved_ids:
            self.files_found.emit(FileReport(list(added.changed_ids), [], list(added.moved_ids)))
        if session.record.id in self._records and added.ids:
            self.captures_added.emit(added)
            self.captured.emit(session.record.id, added.ids[0], region, age_s)
            self._new_captures[session.record.id] += len(added.ids)
            if self._new_captures[session.record.id] >= _FORGET_EVERY:
                self._forget(session.record.id)

    def _take(
        self, writer: ThreadPoolExecutor, project: Project, session: StreamSession, sighting: Sighting
    ) -> None:
        """Have a sighting written, after the model was asked where that matters; runs in a thread of the source."""
        settings = session.settings
        has_choice = len(sighting.looks) > 1 or settings.keep_below is not None
        if sighting.reason in ("file", "demand") or not has_choice or session.stopping.is_set():
            _submit(writer, self._store, project, session, sighting, None)
            return

        def on_verdict(verdict: SightingVerdict | None) -> None:
            below = session.settings.keep_below
            if verdict is not None and below is not None and not verdict.is_below(below):
                if session.supervisor is not None:
                    session.supervisor.take(1)
                return
            _submit(writer, self._store, project, session, sighting, verdict)

        question = Question(sighting, settings.capture.agreeing_frames, on_verdict)
        self._judge.offer(question)
        # The project may be closing since the question above, and then nobody answers any more.
        if session.stopping.is_set() and self._judge.withdraw(question):
            _submit(writer, self._store, project, session, sighting, None)

    def _store(
        self, project: Project, session: StreamSession, sighting: Sighting, verdict: SightingVerdict | None
    ) -> None:
        """Write a capture and add it to the project; runs in the writer's thread."""
        import time

        from vimd_core.streaming.sightings.saving import patiently

        try:
            added = store_sighting(
                project,
                session.record,
                sighting,
                verdict,
                partial(
                    patiently,
                    on_trouble=self.failed.emit,
                    must_stop=session.stopping.is_set,
                    wait=session.stopping.wait,
                ),
            )
            if added is not None:
                age_s = (time.monotonic_ns() - max(look.taken_ns for look in sighting.looks)) / 1e9
                self._stored.emit(session, added, sighting.region, age_s)
        except ProjectError as e:
            self.failed.emit(str(e))
        except Exception as e:  # noqa: BLE001  # the edge of a thread: whatever it was, the user is told
            _log.exception("A capture of %s could not be stored", session.record.url)
            self.failed.emit(
                self.tr("Something unexpected went wrong ({0}): see the log for details.").format(repr(e))
            )
        finally:
            if session.supervisor is not None:
                session.supervisor.take(1)

    def _forget_all(self) -> None:
        for stream_id in list(self._records):
            self._forget(stream_id)

    def _forget(self, stream_id: int) -> None:
        """Delete what is over the limits of a source."""
        record, project = self._records.get(stream_id), self._projects.project
        if record is None or project is None or project.is_read_only:
            return
        self._new_captures[stream_id] = 0
        limits = self.settings(stream_id).retention
        if limits.is_set:
            self._tasks.watch(
                self._writer_of(project).submit(forget_old_captures, project, record, limits),
                lambda ids: self.captures_forgotten.emit(ids) if ids else None,
                self.failed.emit,
            )


def _submit(writer: ThreadPoolExecutor, work: Callable[..., None], *arguments: Any) -> None:
    try:
        writer.submit(work, *arguments)
    except RuntimeError:
        _log.info("A capture came after its project was closed")
