"""The child process that classifies: spoken to from the window's thread, supervised by threads of its own."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from vimd_core.processes.child import Ending
from vimd_core.processes.messages import Priority, encode
from vimd_core.processes.policies import CLASSIFIER_POLICY
from vimd_core.processes.protocol import FrameReader
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor
from vimd_core.user_messages import Sentence, sentence
from vimd_core.worker.conversation import ANSWERS
from vimd_core.worker.messages import (
    Answer,
    Cancel,
    FromWindow,
    Heartbeat,
    Hello,
    Ready,
    Shutdown,
    WindowRequest,
)

_log = logging.getLogger(__name__)


class WorkerState(StrEnum):
    """What the child process is doing, as far as its user cares."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    RESTARTING = "restarting"
    FAILED = "failed"


_WITHOUT_CHILD: Final = (WorkerState.STOPPED, WorkerState.RESTARTING, WorkerState.FAILED)


@dataclass(frozen=True)
class _Request:
    message: WindowRequest
    on_answer: Callable[[Answer], None]
    on_crash: Callable[[Sentence], None]


class _Hearing(ChildHandler):
    """Hands over what the supervisor's threads are told.

    Args:
        on_answer: takes each message but heartbeats, and the id of its request.
        on_end: takes how the child ended, and whether it is restarted.
    """

    def __init__(
        self, on_answer: Callable[[int, Answer], None], on_end: Callable[[Ending, bool], None]
    ) -> None:
        self._on_answer = on_answer
        self._on_end = on_end
        self._frames = FrameReader()

    def opening(self) -> bytearray:
        """Asks it to say when it is ready."""
        self._frames = FrameReader()
        return encode(Hello())

    def closing(self) -> bytearray:
        """Asks it to end."""
        return encode(Shutdown())

    def on_output(self, data: bytes) -> None:
        """Take messages apart.

        Raises:
            WorkerError: it says something else.
        """
        for frame in self._frames.feed(data):
            answer = ANSWERS.decode(frame.body)
            if not isinstance(answer, Heartbeat):
                self._on_answer(frame.request_id, answer)

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """Hand over its end."""
        self._on_end(ending, retry_in_s is not None)


class WorkerClient(QObject):
    """One child process and its requests.

    Each request ends with exactly one closing answer, or with `on_crash` when the child dies first; answers
    to requests that are closed or forgotten are dropped.
    """

    state_changed = Signal(str)  # a WorkerState
    ready = Signal(object)  # the child's sentence about its device
    stopped = Signal()  # for whatever reason; what it had loaded is gone
    crashed = Signal(object)  # Sentence: why
    gave_up = Signal(object)
    _answer_came = Signal(int, int, object)  # which start of the child it belongs to, request, Answer
    _ended = Signal(int, object, bool)  # the same, Ending, whether it is restarted

    def __init__(
        self,
        command: Sequence[str],
        policy: SupervisionPolicy = CLASSIFIER_POLICY,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._requests: dict[int, _Request] = {}
        self._ids = itertools.count(1)
        self._state = WorkerState.STOPPED
        self._is_ready = False
        self._starts = 0  # what was said before the last start or stop is not heard any more
        self._answer_came.connect(self._on_answer, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        hearing = _Hearing(
            lambda request_id, answer: self._answer_came.emit(self._starts, request_id, answer),
            lambda ending, is_restarted: self._ended.emit(self._starts, ending, is_restarted),
        )
        self._child = Supervisor("classifier", command, policy, hearing)

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
        return self._child.process_id

    @property
    def restarts(self) -> int:
        """How often the child has died since it last did something useful."""
        return self._child.deaths

    def start(self) -> None:
        """Start the child, also after it was given up; does nothing while it runs or is about to."""
        if self._state in (WorkerState.STOPPED, WorkerState.FAILED):
            self._starts += 1
            self._set_state(WorkerState.STARTING)
            self._child.start(wait=True)

    def send(
        self,
        request: WindowRequest,
        *,
        on_answer: Callable[[Answer], None],
        on_crash: Callable[[Sentence], None],
    ) -> int:
        """Ask the child, which must be ready; it counts as busy until what is in the background is answered.

        Args:
            request: what is asked.
            on_answer: called with each answer, the closing one included.
            on_crash: called with the reason when the child dies first.

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
        self._child.note_progress()

    def restart(self) -> None:
        """End the child and start another; its requests fail as after a crash, but nobody is alarmed."""
        requests = list(self._requests.values())
        self.stop()
        for request in requests:
            request.on_crash(sentence("it was restarted"))
        self.start()

    def ask_to_stop(self) -> None:
        """Let the child end while other things are done; `stop` follows."""
        self._starts += 1
        self._requests.clear()
        self._is_ready = False
        self._child.request_stop()

    def stop(self) -> None:
        """End the child: asked first, killed after a bounded wait."""
        self.ask_to_stop()
        self._child.stop()
        if self._state not in _WITHOUT_CHILD:
            self.stopped.emit()
        self._set_state(WorkerState.STOPPED)

    def _write(self, message: FromWindow, request_id: int = 0) -> None:
        self._child.send(encode(message, request_id))

    def _on_answer(self, start: int, request_id: int, answer: Answer) -> None:
        if start != self._starts:
            return
        request = self._requests.get(request_id)
        if isinstance(answer, Ready):
            self._child.note_ready()
            self._is_ready = True
            self._set_state(WorkerState.READY)
            self.ready.emit(answer.device_notice)
        elif request is not None:  # else nobody waits for it any more
            if request.message.is_closed_by(answer):
                del self._requests[request_id]
                self._update_busy()
            request.on_answer(answer)

    def _on_ended(self, start: int, ending: Ending, is_restarted: bool) -> None:
        if start != self._starts:
            return
        self._is_ready = False
        _log.warning("The classifier ended unexpectedly: %s", ending.reason)
        requests, self._requests = self._requests, {}
        if is_restarted:
            self._set_state(WorkerState.RESTARTING)
        self.stopped.emit()
        self.crashed.emit(ending.reason)
        for request in requests.values():
            request.on_crash(ending.reason)
        if not is_restarted:
            self._set_state(WorkerState.FAILED)
            self.gave_up.emit(ending.reason)

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
