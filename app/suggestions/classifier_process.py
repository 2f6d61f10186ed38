"""The classifier's child process, as a thread sees it that waits for each answer: for commands without a window."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterator, Sequence
from types import TracebackType

from vimd_core.errors import VimdError, WorkerError
from vimd_core.processes.child import Ending
from vimd_core.processes.messages import encode
from vimd_core.processes.policies import COMMAND_POLICY
from vimd_core.processes.protocol import FrameReader
from vimd_core.processes.supervision import ChildHandler, Supervisor
from vimd_core.worker.conversation import ANSWERS
from vimd_core.worker.messages import Answer, Failed, Hello, Ready, Shutdown, WindowRequest


class ClassifierProcess(ChildHandler):
    """One child, asked one thing at a time. A context manager that ends it.

    Args:
        command: how to start it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._child = Supervisor("classifier", command, COMMAND_POLICY, self)
        self._parts: queue.Queue[bytes | None] = queue.Queue()
        self._frames = FrameReader()
        self._waiting: list[tuple[int, Answer]] = []
        self._ending: Ending | None = None
        self._ids = itertools.count(1)

    def __enter__(self) -> ClassifierProcess:
        self._child.start(wait=True)
        while not isinstance(self._next(0), Ready):
            pass
        self._child.note_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.stop()

    def ask(self, request: WindowRequest) -> Iterator[Answer]:
        """Yield all answers to a request, the closing one last.

        Raises:
            VimdError: it failed, with its reason.
            WorkerError: the child could not be started, or died.
        """
        request_id = next(self._ids)
        self._child.send(encode(request, request_id))
        while True:
            answer = self._next(request_id)
            if isinstance(answer, Failed):
                raise VimdError.of(answer.reason)
            yield answer
            if request.is_closed_by(answer):
                return

    def opening(self) -> bytearray:
        """Asks it to say when it is ready."""
        return encode(Hello())

    def closing(self) -> bytearray:
        """Asks it to end."""
        return encode(Shutdown())

    def on_output(self, data: bytes) -> None:
        """Hand over what it says."""
        self._parts.put(data)

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """Say that nothing comes any more, and why."""
        self._ending = ending
        self._parts.put(None)

    def _next(self, request_id: int) -> Answer:
        """The next answer to a request."""
        while True:
            for place, (answered_id, answer) in enumerate(self._waiting):
                if answered_id == request_id:
                    del self._waiting[place]
                    return answer
            self._waiting.clear()  # heartbeats, and what nobody waits for
            part = self._parts.get()
            if part is None:
                reason = "" if self._ending is None else self._ending.reason
                raise WorkerError("The classifier stopped unexpectedly ({reason}): try again.", reason=reason)
            self._waiting += [
                (frame.request_id, ANSWERS.decode(frame.body)) for frame in self._frames.feed(part)
            ]
