"""A source with its real child process, as tests watch it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from vimd_core.processes.policies import SOURCE_POLICY
from vimd_core.processes.supervision import SupervisionPolicy
from vimd_core.streaming.messages import ShownFrame
from vimd_core.streaming.sightings.sightings import Sighting
from vimd_core.streaming.sources.addresses import parse_source
from vimd_core.streaming.sources.settings import CaptureSettings, ReadSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.streaming.supervisor import StreamSupervisor

PATIENCE_S = 20.0
QUICK = ReadSettings(connect_timeout_s=2.0, read_timeout_s=1.5, stall_after_s=0.5, settle_s=0.3)
EVERY_FRAME = CaptureSettings(interval_s=0.0, duplicate_distance=None)


class Watched:
    """A listener that remembers everything."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.statuses: list[StreamStatus] = []
        self.states: list[StreamState] = []
        self.sightings: list[Sighting] = []
        self.frames: list[ShownFrame] = []
        self.supervisor: StreamSupervisor | None = None

    def on_status(self, status: StreamStatus) -> None:
        with self._changed:
            self.statuses.append(status)
            if not self.states or self.states[-1] is not status.state:
                self.states.append(status.state)
            self._changed.notify_all()

    def on_sighting(self, sighting: Sighting) -> None:
        with self._changed:
            self.sightings.append(sighting)
            self._changed.notify_all()
        assert self.supervisor is not None
        self.supervisor.take(1)

    def on_frame(self, frame: ShownFrame) -> None:
        with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()

    @property
    def status(self) -> StreamStatus:
        return self.statuses[-1]

    def wait(self, condition: Callable[[], Any], what: str = "", patience_s: float = PATIENCE_S) -> float:
        """Wait until it holds; the seconds that this took."""
        start = time.monotonic()
        with self._changed:
            assert self._changed.wait_for(condition, patience_s), (
                f"waited in vain for {what or condition}: {self.states}, {self.statuses[-1:]}"
            )
        return time.monotonic() - start

    def wait_for(self, *states: StreamState, patience_s: float = PATIENCE_S) -> float:
        return self.wait(lambda: self.status.state in states, f"{states}", patience_s)

    def wait_for_frames(self, count: int) -> float:
        """Wait until so many more frames came."""
        wanted = self.status.frames + count
        return self.wait(lambda: self.status.frames >= wanted, f"{wanted} frames")


@contextlib.contextmanager
def watched(
    source: str,
    *,
    read: ReadSettings = QUICK,
    capture: CaptureSettings = EVERY_FRAME,
    max_frames: int = 0,
    policy: SupervisionPolicy = SOURCE_POLICY,
    credit: int = 1000,
    **more: Any,
) -> Iterator[Watched]:
    address, credentials = parse_source(source)
    listener = Watched()
    settings = StreamSettings(address=address, read=msgspec.structs.replace(read, **more), capture=capture)
    supervisor = StreamSupervisor(settings, credentials, listener, max_frames=max_frames, policy=policy)
    listener.supervisor = supervisor
    supervisor.start()
    supervisor.take(credit)
    try:
        yield listener
    finally:
        supervisor.stop()
    assert listener.status.state is StreamState.STOPPED
    assert supervisor.process_id == 0
