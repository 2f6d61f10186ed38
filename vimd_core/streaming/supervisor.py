"""Keeps the child process of one source running: starts it, hears it, ends it when it hangs, starts it again."""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, Final, Protocol

from vimd_core.errors import WorkerError
from vimd_core.processes.child_process import child_command
from vimd_core.processes.protocol import Decoder, Message, encode
from vimd_core.streaming.backoff import Backoff
from vimd_core.streaming.messages import EXIT_HUNG, ShownFrame, open_message, shown_frame_from
from vimd_core.streaming.sightings.sightings import Sighting, sighting_from
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.redaction import redact
from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings, to_fields
from vimd_core.streaming.sources.status import StreamState, StreamStatus, status_from

_TICK_S: Final = 0.25
_READ_BYTES: Final = 1 << 16
_LAST_WORDS_BYTES: Final = 4096
_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Is told what a source does, from threads of the supervisor: it must hand over and return."""

    def on_status(self, status: StreamStatus) -> None:
        """The source is doing so."""

    def on_sighting(self, sighting: Sighting) -> None:
        """Something was seen; `take` asks for more."""

    def on_frame(self, frame: ShownFrame) -> None:
        """The frame that `look` asked for."""


@dataclass(frozen=True, kw_only=True)
class SupervisorLimits:
    """How patient the supervisor is.

    Attributes:
        silence_s: without a heartbeat, after which the child is killed.
        start_s: the same until the first heartbeat; a first import from a slow disk is long.
        stop_s: how long it may take to end by itself.
    """

    silence_s: float = 10.0
    start_s: float = 60.0
    stop_s: float = 2.0


class StreamSupervisor:
    """One source and its child process.

    Args:
        settings: the source.
        credentials: what it needs to be let in; kept in memory only.
        listener: is told what happens.
        max_frames: after which it ends; 0 for none.
        command: how to start the child.
        limits: how patient to be.
    """

    def __init__(
        self,
        settings: StreamSettings,
        credentials: Credentials,
        listener: Listener,
        *,
        max_frames: int = 0,
        command: Sequence[str] | None = None,
        limits: SupervisorLimits | None = None,
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._listener = listener
        self._max_frames = max_frames
        self._command = list(command or child_command("stream"))
        self._limits = limits or SupervisorLimits()
        self._lock = threading.Lock()
        self._requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._heard_s = 0.0
        self._has_been_heard = False
        self._status = StreamStatus()
        self._before = StreamStatus()
        self._restarts = 0
        self._capture = settings.capture
        self._credit = 0
        self._is_paused = False
        self._keeper: threading.Thread | None = None

    @property
    def status(self) -> StreamStatus:
        """How the source is doing."""
        return self._status

    @property
    def process_id(self) -> int:
        """The child's process id, 0 while there is none."""
        process = self._process
        return process.pid if process is not None else 0

    def start(self) -> None:
        """Start the child; does nothing while it runs."""
        if self._keeper is None:
            self._stopping.clear()
            self._set_status(StreamStatus(state=StreamState.CONNECTING))
            self._keeper = threading.Thread(target=self._keep, name="vimd-supervisor", daemon=True)
            self._keeper.start()

    def take(self, count: int) -> None:
        """Ask for so many more sightings."""
        with self._lock:
            self._credit += count
        self._requests.put(Message("take", {"count": count}))

    def look(self, max_side_px: int, *, with_looks: bool = False) -> None:
        """Ask for the last frame, shrunk, and for what is in its regions, as it is."""
        self._requests.put(Message("look", {"max_side_px": max_side_px, "with_looks": with_looks}))

    def snap(self) -> None:
        """Ask for a sighting of each region now."""
        self._requests.put(Message("snap"))

    def pause(self, is_paused: bool) -> None:
        """Make no sightings for a while, or go on."""
        self._is_paused = is_paused
        self._requests.put(Message("pause", {"is_paused": is_paused}))

    def configure(self, capture: CaptureSettings) -> None:
        """Make something else of the frames from now on."""
        self._capture = capture
        self._requests.put(Message("configure", {"capture": to_fields(capture)}))

    def request_stop(self) -> None:
        """End the child soon, without waiting for it."""
        self._stopping.set()
        self._requests.put(None)

    def stop(self) -> None:
        """End the child, and wait until it and all threads are gone: a bounded time."""
        self.request_stop()
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.join()

    def _keep(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            began_s = time.monotonic()
            words = self._run_child()
            if self._stopping.is_set():
                break
            if time.monotonic() - began_s > 30.0:
                backoff.reset()
            self._restarts += 1
            self._before = replace(self._status, last_error=words)
            delay_s = backoff.next_s()
            _log.warning("The process of the source %s ended: %s", self._settings.address.url, words)
            self._set_status(
                replace(
                    self._status,
                    state=StreamState.RECONNECTING,
                    retry_in_s=delay_s,
                    last_error=words,
                    frames_per_s=0.0,
                )
            )
            self._stopping.wait(delay_s)
        self._set_status(
            replace(self._status, state=StreamState.STOPPED, retry_in_s=None, frames_per_s=0.0, age_s=None)
        )

    def _run_child(self) -> str:
        """Run one child to its end, and return its last words."""
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, bufsize=0,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )  # fmt: skip
            except OSError as e:
                return f"its process can't be started ({e.strerror or e})"
            self._process = process
            self._heard_s, self._has_been_heard = time.monotonic(), False
            verdicts: list[str] = []
            reader = threading.Thread(
                target=self._read, args=(process.stdout, verdicts), name="vimd-stream-reader", daemon=True
            )
            reader.start()
            try:
                self._begin(process)
                self._serve(process, reader, verdicts)
            finally:
                self._end(process)
                reader.join()
                self._process = None
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        _close(pipe)
            return self._last_words(process.returncode, said, verdicts)

    def _begin(self, process: subprocess.Popen[bytes]) -> None:
        while not self._requests.empty():
            self._requests.get()  # the state that they made is sent as a whole
        settings = replace(self._settings, capture=self._capture)
        self._write(process, open_message(settings, self._credentials, self._max_frames))
        self._write(process, Message("take", {"count": self._credit}))
        if self._is_paused:
            self._write(process, Message("pause", {"is_paused": True}))

    def _serve(self, process: subprocess.Popen[bytes], reader: threading.Thread, verdicts: list[str]) -> None:
        """Pass requests on and watch the clock until the child is gone or has to go."""
        ticked_s = time.monotonic()
        while reader.is_alive() and not self._stopping.is_set():
            try:
                request = self._requests.get(timeout=_TICK_S)
            except queue.Empty:
                request = None
            if request is not None:
                self._write(process, request)
            now_s = time.monotonic()
            if now_s - ticked_s > 2.0:
                self._heard_s = now_s  # this machine slept, and the child deserves its time anew
            ticked_s = now_s
            patience_s = self._limits.silence_s if self._has_been_heard else self._limits.start_s
            if now_s - self._heard_s > patience_s:
                verdicts.append(f"it gave no sign of life for {patience_s:g} s")
                return

    def _write(self, process: subprocess.Popen[bytes], message: Message) -> None:
        try:
            if process.stdin is not None:
                process.stdin.write(encode(message))
        except OSError:
            return  # it is gone, which its reader notices

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if self._stopping.is_set() and process.poll() is None:
            self._write(process, Message("shutdown"))
            try:
                process.wait(self._limits.stop_s)
                return
            except subprocess.TimeoutExpired:
                _log.warning("The process of the source %s did not end by itself", self._settings.address.url)
        elif process.poll() is None and not self._is_silent():
            # Its pipe is closed, so it is about to end: its exit code is worth a moment.
            try:
                process.wait(1.0)
                return
            except subprocess.TimeoutExpired:
                pass
        process.kill()
        process.wait()

    def _is_silent(self) -> bool:
        patience_s = self._limits.silence_s if self._has_been_heard else self._limits.start_s
        return time.monotonic() - self._heard_s > patience_s

    def _read(self, pipe: IO[bytes], verdicts: list[str]) -> None:
        decoder = Decoder()
        try:
            while data := os.read(pipe.fileno(), _READ_BYTES):
                self._heard_s, self._has_been_heard = time.monotonic(), True
                for message in decoder.feed(data):
                    if not self._stopping.is_set():
                        self._handle(message)
        except OSError:
            return
        except WorkerError as e:
            verdicts.append(str(e))

    def _handle(self, message: Message) -> None:
        if message.type == "heartbeat":
            fields: dict[str, Any] = message.fields.get("status", {})
            self._set_status(self._continued(status_from(fields)))
        elif message.type == "sighting":
            with self._lock:
                self._credit -= 1
            self._listener.on_sighting(sighting_from(message))
        elif message.type == "frame":
            self._listener.on_frame(shown_frame_from(message))
        elif message.type == "failed" and message.fields.get("message"):
            _log.warning("The source %s: %s", self._settings.address.url, message.fields["message"])

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

    def _last_words(self, exit_code: int | None, said: IO[bytes], verdicts: list[str]) -> str:
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - _LAST_WORDS_BYTES))
        lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
        if verdicts:
            words = verdicts[0]
        elif exit_code == EXIT_HUNG or lines:
            words = lines[-1].strip() if lines else "its driver did not come back"
        else:
            words = f"its process ended with exit code {exit_code} and without a word"
        return redact(words, self._credentials.secrets)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return
