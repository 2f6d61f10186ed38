"""The child process that classifies: started, spoken to, watched and restarted."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from vimd_core.errors import WorkerError
from vimd_core.processes.messages import Priority, encode
from vimd_core.processes.protocol import Frame, FrameReader
from vimd_core.worker.messages import (
    ANSWERS,
    Answer,
    Cancel,
    FromWindow,
    Hello,
    Ready,
    Shutdown,
    WindowRequest,
)

_RESTART_DELAYS_MS: Final = (200, 1000, 2000, 4000)
_MAX_STDERR_BYTES: Final = 8192

_WRITE_MS: Final = 100

_log = logging.getLogger(__name__)


class WorkerState(StrEnum):
    """What the child process is doing, as far as its user cares."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    RESTARTING = "restarting"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class WorkerLimits:
    """How patient the client is.

    Attributes:
        heartbeat_timeout_ms: silence after which a running child is killed.
        start_timeout_ms: the same until it is ready; a first import from a slow disk is long.
        max_crashes: deaths in a row, with nothing achieved between, after which it stays down.
        stop_timeout_ms: how long it may take to end by itself; it gives itself half a second, and holds nothing that
            a kill could spoil.
    """

    heartbeat_timeout_ms: int = 15_000
    start_timeout_ms: int = 120_000
    max_crashes: int = 8
    stop_timeout_ms: int = 1_500


@dataclass(frozen=True)
class _Request:
    message: WindowRequest
    on_answer: Callable[[Answer], None]
    on_crash: Callable[[str], None]


class WorkerClient(QObject):
    """One child process and its requests.

    Each request ends with exactly one closing answer, or with `on_crash` when the child dies first; answers
    to requests that are closed or forgotten are dropped.
    """

    state_changed = Signal(str)  # a WorkerState
    ready = Signal(object)  # the child's sentence about its device
    stopped = Signal()  # for whatever reason; what it had loaded is gone
    crashed = Signal(str)  # its last words
    gave_up = Signal(object)

    def __init__(
        self,
        command: Sequence[str],
        limits: WorkerLimits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._command = list(command)
        self._limits = limits or WorkerLimits()
        self._process: QProcess | None = None
        self._frames = FrameReader()
        self._stderr = b""
        self._requests: dict[int, _Request] = {}
        self._ids = itertools.count(1)
        self._state = WorkerState.STOPPED
        self._is_ready = False
        self._is_asked = False  # to end
        self._crashes = 0
        self._verdict = ""
        self._last_heard = self._last_tick = time.monotonic()
        self._watchdog = QTimer(self)
        self._watchdog.setInterval(min(1000, self._limits.heartbeat_timeout_ms // 4))
        self._watchdog.timeout.connect(self._on_watchdog)
        self._restart_timer = QTimer(self)
        self._restart_timer.setSingleShot(True)
        self._restart_timer.timeout.connect(self._launch)

    @property
    def state(self) -> WorkerState:
        """What the child is doing."""
        return self._state

    @property
    def is_up(self) -> bool:
        """Whether the child takes requests."""
        return self._state in (WorkerState.READY, WorkerState.BUSY)

    @property
    def process_id(self) -> int:
        """The child's process id, or 0 when there is none."""
        return self._process.processId() if self._process is not None else 0

    @property
    def restarts(self) -> int:
        """How often the child has died since it last did something useful."""
        return self._crashes

    def start(self) -> None:
        """Start the child, also after it was given up; does nothing while it runs or is about to."""
        if self._process is None and not self._restart_timer.isActive():
            self._crashes = 0
            self._set_state(WorkerState.STARTING)
            self._launch()

    def send(
        self,
        request: WindowRequest,
        *,
        on_answer: Callable[[Answer], None],
        on_crash: Callable[[str], None],
    ) -> int:
        """Ask the child, which must be ready; it counts as busy until what is in the background is answered.

        Args:
            request: what is asked.
            on_answer: called with each answer, the closing one included.
            on_crash: called with the child's last words when it dies first.

        Returns:
            The request's id, for `cancel` and `forget`.
        """
        request_id = next(self._ids)
        self._requests[request_id] = _Request(request, on_answer, on_crash)
        self._write(request, request_id)
        self._update_busy()
        return request_id

    def cancel(self, request_id: int) -> None:
        """Ask the child to stop a request; its closing answer still comes."""
        if request_id in self._requests:
            self._write(Cancel(), request_id)

    def forget(self, request_id: int) -> None:
        """Drop whatever comes for a request from now on."""
        self._requests.pop(request_id, None)
        self._update_busy()

    def note_progress(self) -> None:
        """Something was achieved: deaths before no longer count as in a row."""
        self._crashes = 0

    def restart(self) -> None:
        """End the child and start another; its requests fail as after a crash, but nobody is alarmed."""
        requests = list(self._requests.values())
        self.stop()
        for request in requests:
            request.on_crash(self.tr("it was restarted"))
        self.start()

    def ask_to_stop(self) -> None:
        """Let the child end while other things are done; `stop` follows."""
        self._restart_timer.stop()
        self._watchdog.stop()
        self._requests.clear()
        self._is_ready = False
        process = self._process
        if process is not None and process.state() == QProcess.ProcessState.Running and not self._is_asked:
            self._is_asked = True
            process.write(encode(Shutdown()))
            process.waitForBytesWritten(_WRITE_MS)
            process.closeWriteChannel()

    def stop(self) -> None:
        """End the child: asked first, killed after a bounded wait."""
        self.ask_to_stop()
        process, self._process = self._process, None
        self._is_ready = False
        if process is not None:
            process.readyReadStandardOutput.disconnect(self._on_output)
            process.readyReadStandardError.disconnect(self._on_error_output)
            process.finished.disconnect(self._on_finished)
            process.errorOccurred.disconnect(self._on_error)
            is_running = process.state() != QProcess.ProcessState.NotRunning
            if is_running and not process.waitForFinished(self._limits.stop_timeout_ms):
                _log.warning("The classifier did not end by itself and is killed")
                process.kill()
                process.waitForFinished(self._limits.stop_timeout_ms)
            process.deleteLater()
            self.stopped.emit()
        self._set_state(WorkerState.STOPPED)

    def _launch(self) -> None:
        self._frames = FrameReader()
        self._stderr = b""
        self._verdict = ""
        self._is_ready = self._is_asked = False
        self._last_heard = self._last_tick = time.monotonic()
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._on_output)
        process.readyReadStandardError.connect(self._on_error_output)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        process.start(self._command[0], self._command[1:])
        self._write(Hello())
        self._watchdog.start()

    def _write(self, message: FromWindow, request_id: int = 0) -> None:
        if self._process is not None and not self._is_asked:
            self._process.write(encode(message, request_id))

    def _on_output(self) -> None:
        process = self._process
        if process is None:
            return
        self._last_heard = time.monotonic()
        try:
            for frame in self._frames.feed(bytes(process.readAllStandardOutput().data())):
                if self._process is not process:  # an answer made someone stop the child
                    return
                self._handle(frame)
        except WorkerError as e:
            self._verdict = str(e)
            process.kill()

    def _handle(self, frame: Frame) -> None:
        request = self._requests.get(frame.request_id)
        if request is None and frame.request_id:
            return  # nobody waits for it any more
        answer = ANSWERS.decode(frame.body)
        if isinstance(answer, Ready):
            self._is_ready = True
            self._set_state(WorkerState.READY)
            self.ready.emit(answer.device_notice)
        elif request is not None:
            if request.message.is_closed_by(answer):
                del self._requests[frame.request_id]
                self._update_busy()
            request.on_answer(answer)

    def _on_error_output(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data())
            _log.debug("classifier: %s", text.decode(errors="replace").rstrip())
            self._stderr = (self._stderr + text)[-_MAX_STDERR_BYTES:]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        # Every other error is followed by `finished`.
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._verdict = self.tr("{0} can't be started: {1}").format(
                self._command[0], self._process.errorString()
            )
            self._on_finished(0, QProcess.ExitStatus.CrashExit)

    def _on_finished(self, exit_code: int, exit_status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        self._on_output()
        self._on_error_output()
        self._process = None
        self._is_ready = False
        self._watchdog.stop()
        process.deleteLater()
        last_words = self._last_words(exit_code, exit_status)
        _log.warning("The classifier ended unexpectedly: %s", last_words)
        self._crashes += 1
        requests, self._requests = self._requests, {}
        is_given_up = self._crashes >= self._limits.max_crashes
        if not is_given_up:
            self._set_state(WorkerState.RESTARTING)
            delay_ms = _RESTART_DELAYS_MS[min(self._crashes, len(_RESTART_DELAYS_MS)) - 1]
            self._restart_timer.start(delay_ms)
        self.stopped.emit()
        self.crashed.emit(last_words)
        for request in requests.values():
            request.on_crash(last_words)
        if is_given_up:
            self._set_state(WorkerState.FAILED)
            self.gave_up.emit(last_words)

    def _last_words(self, exit_code: int, exit_status: QProcess.ExitStatus) -> str:
        if self._verdict:
            return self._verdict
        lines = [line for line in self._stderr.decode(errors="replace").splitlines() if line.strip()]
        if lines:
            return lines[-1].strip()
        if exit_status == QProcess.ExitStatus.CrashExit:
            return self.tr("it was ended by the system, signal {0}").format(exit_code)
        return self.tr("it ended with exit code {0} and without a word").format(exit_code)

    def _on_watchdog(self) -> None:
        now = time.monotonic()
        # After a suspend both clocks have jumped, and the child deserves its time anew.
        if now - self._last_tick > 5 * self._watchdog.interval() / 1000:
            self._last_heard = now
        self._last_tick = now
        limits = self._limits
        patience_ms = limits.heartbeat_timeout_ms if self._is_ready else limits.start_timeout_ms
        if self._process is not None and (now - self._last_heard) * 1000 > patience_ms:
            self._verdict = self.tr("it gave no sign of life for {0} s").format(round(patience_ms / 1000))
            self._process.kill()

    def _update_busy(self) -> None:
        if self._is_ready:
            is_busy = any(
                request.message.priority is Priority.BACKGROUND for request in self._requests.values()
            )
            self._set_state(WorkerState.BUSY if is_busy else WorkerState.READY)

    def _set_state(self, state: WorkerState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
