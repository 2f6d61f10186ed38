"""Watches cameras, streams, videos and folders, and brings what they show into the project."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from PySide6.QtCore import QObject, Signal

from app.capture_files.file_check import FileReport
from app.domain.records import AddedCaptures
from app.domain.stream_records import StreamRecord
from app.services.project_service import ProjectService
from app.services.streams.sighting_judge import SightingJudge
from app.services.streams.sighting_writer import SightingWriter
from app.services.streams.stream_credentials import StreamCredentials
from app.services.streams.stream_retention import StreamRetention
from app.services.streams.stream_runs import StreamRuns
from app.services.streams.stream_session import StreamSession
from app.services.tasks import Result, TaskRunner
from app.streams.adding import NewStream, add_stream
from app.streams.secret_store import SecretStore
from vimd_core.errors import SourceError
from vimd_core.streaming.sources.addresses import (
    Credentials,
    SourceKind,
    parse_source,
    unique_name,
)
from vimd_core.streaming.sources.redaction import redact
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.user_messages import Sentence, sentence

if TYPE_CHECKING:  # numpy and OpenCV come with these, and a window opens sooner without
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings

# Nothing comes of these by itself.
_WAIT_FOR_A_CHANGE: Final = (StreamState.REFUSED, StreamState.MISSING, StreamState.ENDED)


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
    failed = Signal(object)

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
        self._records: dict[int, StreamRecord] = {}
        self._revision = 0  # of the records, which every change raises
        self._runs = StreamRuns(projects, self)
        self._writer = SightingWriter(projects, judge, self)
        self._credentials = StreamCredentials(projects, tasks, self._writer, secrets or SecretStore(), self)
        self._retention = StreamRetention(projects, tasks, self._writer, lambda: self.records, self)
        self._runs.status_changed.connect(self.status_changed)
        self._runs.frame_came.connect(self.frame_came)
        self._runs.ended.connect(self._on_ended)
        self._writer.stored.connect(self._on_stored)
        self._writer.failed.connect(self.failed)
        self._credentials.key_store_missing.connect(self.key_store_missing)
        self._retention.captures_forgotten.connect(self.captures_forgotten)
        self._retention.failed.connect(self.failed)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def records(self) -> list[StreamRecord]:
        """The watched sources, in the order in which they were added."""
        return list(self._records.values())

    def status(self, stream_id: int) -> StreamStatus:
        """How a source is doing."""
        return self._runs.status(stream_id)

    def is_running(self, stream_id: int) -> bool:
        """Whether its process runs, or is about to."""
        return self._runs.is_running(stream_id)

    def settings(self, stream_id: int) -> StreamSettings:
        """How it is read, and what is made of its frames."""
        from vimd_core.streaming.sources.settings import from_stored

        return from_stored(self._records[stream_id].settings)

    def add(self, new: NewStream) -> None:
        """Watch another source from now on."""
        project = self._projects.project
        if project is None:
            self.failed.emit(self.tr("No project is open: use File > Open project or File > New project."))
            return
        if new.credentials:
            self._credentials.note(new.address.url, new.credentials, keeps=new.keeps_credentials)

        def start(result: tuple[int, str | None]) -> None:
            stream_id, called_before = result
            self.start(stream_id)
            if called_before is not None:
                self.brought_back.emit(called_before)

        self._write(lambda unit: add_stream(unit, project, new), start)

    def start(self, stream_id: int) -> None:
        """Start watching a source, a video that has ended from its beginning; does nothing while it is watched."""
        record = self._records.get(stream_id)
        project = self._projects.project
        if record is None or project is None or project.is_read_only or self.is_running(stream_id):
            return
        if record.has_ended:
            record = self._records[stream_id] = dataclasses.replace(record, has_ended=False)
            self._write(lambda unit: unit.streams.change(stream_id, has_ended=False))
        self._runs.drop_last_frame(stream_id)
        known = self._credentials.known(record.url)
        if not record.has_credentials or known is not None:
            self._start(record, project, known or Credentials())
        else:
            self._credentials.load(record.url, partial(self._on_secret, stream_id), self.failed.emit)

    def give_credentials(self, stream_id: int, credentials: Credentials, *, keeps: bool) -> None:
        """Start a source with what the user typed."""
        record = self._records.get(stream_id)
        if record is None:
            return
        credentials = credentials.over(self._credentials.known(record.url) or Credentials())
        self._credentials.note(record.url, credentials, keeps=keeps)
        if not record.has_credentials:
            self._records[stream_id] = dataclasses.replace(record, has_credentials=True)
            self._projects.write(
                lambda unit: unit.streams.change(stream_id, has_credentials=True), lambda _: None
            )
        self.stop(stream_id)
        self.start(stream_id)

    def stop(self, stream_id: int) -> None:
        """Watch a source no longer for now; does not wait for its process."""
        self._runs.stop(stream_id)

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
        self._runs.drop_last_frame(stream_id)
        record = self._records.get(stream_id)
        project = self._projects.project
        if record is not None and project is not None and record.has_credentials:
            self._credentials.forget(record.url)
        self._write(lambda unit: unit.streams.remove(stream_id))

    def configure(self, stream_id: int, capture: CaptureSettings) -> None:
        """Make something else of a source's frames from now on."""
        self.change(stream_id, msgspec.structs.replace(self.settings(stream_id), capture=capture))

    def keep_below(self, stream_id: int, confidence: float | None) -> None:
        """Keep only what the model is less sure of than this, from now on; None keeps all."""
        self.change(stream_id, msgspec.structs.replace(self.settings(stream_id), keep_below=confidence))

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
        from vimd_core.streaming.sources.settings import to_stored

        record, before = self._records[stream_id], self.settings(stream_id)
        url, fields = settings.address.url, to_stored(settings)
        known = self._credentials.known(record.url) or Credentials()
        if credentials is not None:
            credentials = credentials.over(known)  # a field that was left empty means: as before
        elif url != record.url and known:
            credentials = known  # the same camera at another address
        if name is not None and name != record.name and self._is_taken(name, stream_id):
            self.failed.emit(self.tr("A source named {0} already exists: choose another name.").format(name))
            name = None
        if url != record.url and record.has_credentials and self._projects.project is not None:
            self._credentials.forget(record.url)
        if credentials is not None:
            self._credentials.note(url, credentials, keeps=keeps_credentials)
        has_credentials = record.has_credentials if credentials is None else bool(credentials)
        self._records[stream_id] = dataclasses.replace(
            record, settings=fields, url=url, name=name or record.name, has_credentials=has_credentials
        )
        must_connect = credentials is not None or (settings.address, settings.read) != (
            before.address,
            before.read,
        )
        if must_connect and (
            self.is_running(stream_id) or self.status(stream_id).state in _WAIT_FOR_A_CHANGE
        ):
            self.stop(stream_id)
            self.start(stream_id)
        elif not must_connect:
            self._runs.configure(stream_id, settings)
        self._write(
            lambda unit: unit.streams.change(
                stream_id, name=name, url=url, settings=fields, has_credentials=has_credentials
            )
        )
        if settings.retention != before.retention:
            self._retention.forget(self._records[stream_id])

    def _is_taken(self, name: str, stream_id: int) -> bool:
        others = [record.name for record in self._records.values() if record.id != stream_id]
        return unique_name(name, others) != name

    def look(self, stream_id: int, max_side_px: int, *, with_looks: bool = False) -> None:
        """Ask for the last frame, perhaps with what is in its regions; it comes with `frame_came`, if there is one."""
        self._runs.look(stream_id, max_side_px, with_looks=with_looks)

    def snap(self, stream_id: int) -> None:
        """Make captures of the regions now."""
        self._runs.snap(stream_id)

    def pause(self, stream_id: int, is_paused: bool) -> None:
        """Make no captures for a while, or go on."""
        self._runs.pause(stream_id, is_paused)

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

        def take_back(sentence: Sentence | str) -> None:
            self.failed.emit(sentence)
            self._projects.read(lambda unit: unit.streams.all(), on_read)

        def on_read(records: list[StreamRecord]) -> None:
            if revision == self._revision:
                self._on_records(records)

        self._projects.write(work, take, take_back)

    def _start(self, record: StreamRecord, project: Project, credentials: Credentials) -> None:
        self._runs.start(record, self.settings(record.id), credentials, self._writer.taker(project))

    def _on_secret(self, stream_id: int, credentials: Credentials | None) -> None:
        record, project = self._records.get(stream_id), self._projects.project
        if record is None or project is None or self.is_running(stream_id):
            return
        if credentials is None:
            words = sentence("A user name and password are required.")
            self._runs.set_status(stream_id, StreamStatus(state=StreamState.REFUSED, last_error=words))
            return
        self._credentials.note(record.url, credentials, keeps=False)
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
                self._runs.set_status(record.id, StreamStatus(state=StreamState.ENDED))
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
                self._runs.set_status(record.id, StreamStatus(state=StreamState.ENDED))
            elif record.is_enabled and self.settings(record.id).starts_with_project:
                self.start(record.id)
            self._retention.forget(self._records[record.id])

    def _hide_secrets(self, record: StreamRecord) -> None:
        """Bring a password out of an address where an earlier version did not see one."""
        if record.kind != SourceKind.STREAM or redact(record.url) == record.url:
            return
        try:
            address, credentials = parse_source(record.url)
        except SourceError:
            return  # it can't be used either, which its row says
        if credentials:
            settings = msgspec.structs.replace(self.settings(record.id), address=address)
            self.change(record.id, settings, credentials=credentials)

    def _on_records(self, records: list[StreamRecord]) -> None:
        self._records = {record.id: record for record in records}
        self.streams_changed.emit(records)

    def _on_project_closing(self) -> None:
        self._records = {}
        # Before the project is closed, so that what was seen is stored.
        self._writer.finish(self._runs.stop_all())
        self.streams_changed.emit([])

    def _on_ended(self, stream_id: int) -> None:
        self._records[stream_id] = dataclasses.replace(self._records[stream_id], has_ended=True)
        self._write(lambda unit: unit.streams.change(stream_id, has_ended=True))

    def _on_stored(self, session: StreamSession, added: AddedCaptures, region: str, age_s: float) -> None:
        if added.changed_ids or added.moved_ids:
            self.files_found.emit(FileReport(list(added.changed_ids), [], list(added.moved_ids)))
        record = self._records.get(session.record.id)
        if record is not None and added.ids:
            self.captures_added.emit(added)
            self.captured.emit(record.id, added.ids[0], region, age_s)
            self._retention.note_new(record, len(added.ids))
