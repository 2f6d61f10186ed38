"""Supervisor of one source's child process: starts it, hears it, ends it when it hangs, restarts it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import msgspec

from vimd_core.processes.child import Ending
from vimd_core.processes.child_process import EXIT_HUNG, child_command
from vimd_core.processes.messages import encode
from vimd_core.processes.policies import SOURCE_POLICY
from vimd_core.processes.protocol import FrameReader
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor
from vimd_core.streaming.messages import (
    FROM_SOURCE,
    Configure,
    FromSource,
    FromSupervisor,
    Open,
    Pause,
    Refused,
    Show,
    ShownFrame,
    Sighted,
    Snap,
    StatusHeartbeat,
    StopSource,
    Take,
)
from vimd_core.streaming.sightings.sightings import Sighting
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.redaction import redact
from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.user_messages import Sentence, sentence

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Is told what a source does, from threads of the supervisor: it must hand over and return."""

    def on_status(self, status: StreamStatus) -> None:
        """The source is doing so."""

    def on_sighting(self, sighting: Sighting) -> None:
        """Something was seen; `take` asks for more."""

    def on_frame(self, frame: ShownFrame) -> None:
        """The frame that `look` asked for."""


class StreamSupervisor(ChildHandler):
    """One source and its child process.

    Args:
        settings: the source.
        credentials: what it needs to be let in; kept in memory only.
        listener: is told what happens.
        max_frames: after which it ends; 0 for none.
        command: how to start the child.
        policy: how patient to be with the child.
    """

    def __init__(
        self,
        settings: StreamSettings,
        credentials: Credentials,
        listener: Listener,
        *,
        max_frames: int = 0,
        command: Sequence[str] | None = None,
        policy: SupervisionPolicy = SOURCE_POLICY,
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._listener = listener
        self._max_frames = max_frames
        self._status = StreamStatus()
        self._before = StreamStatus()
        self._restarts = 0
        self._capture = settings.capture
        self._credit = 0
        self._is_paused = False
        self._frames = FrameReader()
        self._child = Supervisor("source", command or child_command("stream"), policy, self)

    @property
    def status(self) -> StreamStatus:
        """How the source is doing."""
        return self._status

    @property
    def process_id(self) -> int:
        """The child's process id, 0 while there is none."""
        return self._child.process_id

    def start(self) -> None:
        """Start the child; does nothing while it runs."""
        if not self._child.is_running:
            self._set_status(StreamStatus(state=StreamState.CONNECTING))
            self._child.start()

    def take(self, count: int) -> None:
        """Ask for so many more sightings."""
        with self._child.no_start():
            self._credit += count
            self._send(Take(count))

    def look(self, max_side_px: int, *, with_looks: bool = False) -> None:
        """Ask for the last frame, shrunk, and for what is in its regions, as it is."""
        self._send(Show(max_side_px, with_looks))

    def snap(self) -> None:
        """Ask for a sighting of each region now."""
        self._send(Snap())

    def pause(self, is_paused: bool) -> None:
        """Make no sightings for a while, or go on."""
        with self._child.no_start():
            self._is_paused = is_paused
            self._send(Pause(is_paused))

    def configure(self, capture: CaptureSettings) -> None:
        """Make something else of the frames from now on."""
        with self._child.no_start():
            self._capture = capture
            self._send(Configure(capture))

    def request_stop(self) -> None:
        """End the child soon, without waiting for it."""
        self._child.request_stop()

    def stop(self) -> None:
        """End the child, and wait until it and all threads are gone: a bounded time."""
        self._child.stop()

    def opening(self) -> bytes:
        """The source, and all that was asked for since."""
        self._frames = FrameReader()
        settings = msgspec.structs.replace(self._settings, capture=self._capture)
        messages: list[FromSupervisor] = [
            Open(settings, self._credentials, self._max_frames),
            Take(max(0, self._credit)),
        ]
        if self._is_paused:
            messages.append(Pause(True))
        return b"".join(map(encode, messages))

    def closing(self) -> bytearray:
        """The request that ends it."""
        return encode(StopSource())

    def on_output(self, data: bytes) -> None:
        """Pass on what the child says.

        Raises:
            WorkerError: it makes no sense.
        """
        self._child.note_ready()
        for frame in self._frames.feed(data):
            self._handle(FROM_SOURCE.decode(frame.body))

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """Say that the source is out of sight for a while."""
        words = _reason(ending).with_texts(lambda text: redact(text, self._credentials.secrets))
        _log.warning("The process of the source %s ended: %s", self._settings.address.url, words)
        self._restarts += 1
        self._before = replace(self._status, last_error=words)
        self._set_status(
            replace(
                self._status,
                state=StreamState.RECONNECTING,
                retry_in_s=retry_in_s,
                last_error=words,
                frames_per_s=0.0,
            )
        )

    def on_stopped(self) -> None:
        """Say that nothing comes any more."""
        self._set_status(
            replace(self._status, state=StreamState.STOPPED, retry_in_s=None, frames_per_s=0.0, age_s=None)
        )

    def _send(self, message: FromSupervisor) -> None:
        self._child.send(encode(message))

    def _handle(self, message: FromSource) -> None:
        match message:
            case StatusHeartbeat(status=status):
                self._set_status(self._continued(status))
            case Sighted(sighting=sighting):
                with self._child.no_start():
                    self._credit -= 1
                self._listener.on_sighting(sighting)
            case ShownFrame():
                self._listener.on_frame(message)
            case Refused(reason=reason) if reason is not None:
                _log.warning("The source %s: %s", self._settings.address.url, reason)

    def _continued(self, status: StreamStatus) -> StreamStatus:
        """A status that goes on counting where a child that died had left off."""
        before = self._before
        return replace(
            status,
            frames=status.frames + before.frames,
            sightings=status.sightings + before.sightings,
            lost=status.lost + before.lost,
            missed=status.missed + before.missed,
            reconnections=status.reconnections + before.reconnections,
            restarts=self._restarts,
            last_error=status.last_error or before.last_error,
        )

    def _set_status(self, status: StreamStatus) -> None:
        self._status = replace(status, restarts=self._restarts)
        self._listener.on_status(self._status)


def _reason(ending: Ending) -> Sentence:
    if ending.exit_code == EXIT_HUNG and ending.verdict is None:
        return sentence("its driver did not respond")
    return ending.reason
