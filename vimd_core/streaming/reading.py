"""Reads a source for ever: connects, notices that it is lost, backs off, reconnects."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from vimd_core.errors import SourceError
from vimd_core.processes.backoff import Backoff
from vimd_core.processes.policies import RECONNECT_DELAYS
from vimd_core.streaming.grabbers.frames import Frame, Grabber, MissingError, RefusedError
from vimd_core.streaming.sources.addresses import SourceKind
from vimd_core.streaming.sources.settings import REFUSED_DELAY_S, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.user_messages import Sentence

_Result = TypeVar("_Result")
_RATE_WINDOW_S: Final = 3.0
_MISSING_DELAY_S: Final = 2.0
_CONNECTED_FOR_GOOD_S: Final = 1.0
# Opening a camera takes some drivers this long, and there is no time-out to give to them.
_CAMERA_PATIENCE_S: Final = 20.0


class Reading:
    """The thread that reads one source, and what is known of it.

    Args:
        settings: the source.
        grabber: gets its frames; used by the thread alone.
        on_frame: takes each frame; may wait.
        on_state: called after each change of state.
        redact: takes credentials out of an error.
        max_frames: after which it ends; 0 for none.
    """

    def __init__(
        self,
        settings: StreamSettings,
        grabber: Grabber,
        *,
        on_frame: Callable[[Frame], None],
        on_state: Callable[[], None],
        redact: Callable[[str], str],
        max_frames: int = 0,
    ) -> None:
        self._settings = settings
        self._grabber = grabber
        self._on_frame = on_frame
        self._on_state = on_state
        self._redact = redact
        self._max_frames = max_frames
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._state = StreamState.CONNECTING
        self._retry_at_s: float | None = None
        self._last_error: Sentence | None = None
        self._notice: Sentence | None = None
        self._reconnections = 0
        self._frames = 0
        self._size = (0, 0)
        self._times: deque[float] = deque()
        self._call_began_s: float | None = None
        self._call_limit_s = 0.0
        self._thread = threading.Thread(target=self._run, name="vimd-source", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; a call of a driver that does not return is left behind."""
        self._stopped.set()

    @property
    def is_hung(self) -> bool:
        """Whether a driver did not return in its time."""
        began_s = self._call_began_s
        return began_s is not None and time.monotonic() - began_s > self._call_limit_s

    def status(self) -> StreamStatus:
        """How the source is doing."""
        now_s = time.monotonic()
        with self._lock:
            while self._times and now_s - self._times[0] > _RATE_WINDOW_S and len(self._times) > 1:
                self._times.popleft()
            age_s = now_s - self._times[-1] if self._times else None
            recent = [t for t in self._times if now_s - t <= _RATE_WINDOW_S]
            span_s = now_s - recent[0] if recent else 0.0
            rate = (len(recent) - 1) / span_s if len(recent) > 1 and span_s > 0 else 0.0
            state = self._state
            waits_for_frames = self._grabber.is_live and state is StreamState.LIVE
            if waits_for_frames and age_s is not None and age_s > self._settings.read.stall_after_s:
                state = StreamState.STALLED
            retry_in_s = None if self._retry_at_s is None else max(0.0, self._retry_at_s - now_s)
            return StreamStatus(
                state=state,
                retry_in_s=retry_in_s,
                frames=self._frames,
                lost=self._grabber.lost_frames,
                frames_per_s=rate,
                age_s=age_s,
                width_px=self._size[0],
                height_px=self._size[1],
                notice=self._notice,
                last_error=self._last_error,
                reconnections=self._reconnections,
            )

    def _run(self) -> None:
        backoff = Backoff(RECONNECT_DELAYS)
        while not self._stopped.is_set():
            self._set_state(StreamState.CONNECTING)
            connected_s = time.monotonic()
            try:
                self._call(self._grabber.open, self._settings.read.connect_timeout_s)
                if self._read_to_the_end():
                    self._set_state(StreamState.ENDED)
                return
            except RefusedError as e:
                # Cameras lock an account out after some wrong passwords.
                self._wait(StreamState.REFUSED, e, REFUSED_DELAY_S)
            except MissingError as e:
                self._wait(StreamState.MISSING, e, _MISSING_DELAY_S)
            except SourceError as e:
                with self._lock:
                    self._reconnections += 1
                if time.monotonic() - connected_s > _CONNECTED_FOR_GOOD_S and self._state is StreamState.LIVE:
                    backoff.reset()
                self._wait(StreamState.RECONNECTING, e, backoff.next_s())

    def _read_to_the_end(self) -> bool:
        """Whether there is an end and it was reached; False when it was asked to stop."""
        while not self._stopped.is_set():
            frame = self._call(self._grabber.read, self._settings.read.read_timeout_s)
            if frame is None:
                self._grabber.close()
                return True
            if self._state is not StreamState.LIVE:
                self._set_state(StreamState.LIVE)
            if frame.image.size == 0:  # a watched folder into which nothing came, or nothing that can be read
                if frame.notice:
                    self._notice = frame.notice
                    self._on_state()
                continue
            with self._lock:
                self._frames += 1
                self._size = (frame.image.shape[1], frame.image.shape[0])
                self._times.append(time.monotonic())
                number = self._frames
            self._on_frame(replace(frame, number=number))
            if number == self._max_frames:
                self._grabber.close()
                return True
        self._grabber.close()
        return False

    def _call(self, function: Callable[[], _Result], timeout_s: float) -> _Result:
        """Call the driver, with a note of when that should be over."""
        patience_s = _CAMERA_PATIENCE_S if self._settings.address.kind is SourceKind.CAMERA else 0.0
        self._call_limit_s = timeout_s + patience_s + self._settings.read.hang_after_s
        self._call_began_s = time.monotonic()
        try:
            return function()
        finally:
            self._call_began_s = None

    def _wait(self, state: StreamState, error: SourceError, delay_s: float) -> None:
        self._grabber.close()
        with self._lock:
            self._last_error = error.sentence.with_texts(self._redact)
            self._retry_at_s = time.monotonic() + delay_s
        self._set_state(state)
        self._stopped.wait(delay_s)
        with self._lock:
            self._retry_at_s = None

    def _set_state(self, state: StreamState) -> None:
        if state is not self._state:
            with self._lock:
                self._state = state
            self._on_state()
