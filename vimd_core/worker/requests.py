"""The queue of requests that wait for the child process, by priority. Torch-free."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from vimd_core.processes.messages import Priority
from vimd_core.worker.messages import WindowRequest


@dataclass(frozen=True, eq=False)
class QueuedRequest:
    """A request, the id that its answers bear, and whether its sender has taken it back."""

    message: WindowRequest
    id: int
    cancelled: threading.Event = field(default_factory=threading.Event)


class RequestQueue:
    """Requests in the order they came, but that interactive ones overtake those in the background.

    They overtake nothing else: a view must come from the model that was asked for before it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[QueuedRequest] = deque()
        self._open: dict[int, QueuedRequest] = {}
        self._closed = False

    def put(self, message: WindowRequest, request_id: int) -> None:
        """Add a request."""
        request = QueuedRequest(message, request_id)
        with self._changed:
            self._waiting.append(request)
            self._open[request_id] = request
            self._changed.notify_all()

    def cancel(self, request_id: int) -> None:
        """Take a request back, whether it waits or runs; one that has ended is no error."""
        with self._changed:
            request = self._open.get(request_id)
            if request is not None:
                request.cancelled.set()

    def close(self) -> None:
        """Take all requests back and let `next` return None."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            for request in self._open.values():
                request.cancelled.set()
            self._changed.notify_all()

    def finished(self, request: QueuedRequest) -> None:
        """Forget a request that was answered."""
        with self._changed:
            self._open.pop(request.id, None)

    def next(self) -> QueuedRequest | None:
        """Wait for a request; None when the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            return self._take_interactive() or self._waiting.popleft()

    def next_interactive(self) -> QueuedRequest | None:
        """The request that overtakes a running computation, if one waits."""
        with self._changed:
            return self._take_interactive()

    def _take_interactive(self) -> QueuedRequest | None:
        for request in self._waiting:
            match request.message.priority:
                case Priority.INTERACTIVE:
                    self._waiting.remove(request)
                    return request
                case Priority.IN_TURN:
                    return None
        return None
