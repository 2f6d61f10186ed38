"""The requests that wait for the child process, and which one is next. Torch-free."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from vimd_core.processes.protocol import Message

_URGENT: Final = frozenset({"super_resolve", "explain", "classify_directly", "find_similar", "look_at"})
_MAY_BE_OVERTAKEN: Final = frozenset(
    {"classify", "embed", "find_unlike", "find_label_errors", "lay_out", *_URGENT}
)


@dataclass(frozen=True, eq=False)
class Request:
    """A request and whether its sender has taken it back."""

    message: Message
    cancelled: threading.Event = field(default_factory=threading.Event)


class RequestQueue:
    """Requests in the order they came, but that a view that a user waits for overtakes long computations.

    It never overtakes anything else: it must come from the model that was asked for before it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._open: dict[int | None, Request] = {}
        self._closed = False

    def put(self, message: Message) -> None:
        """Add a request."""
        request = Request(message)
        with self._changed:
            self._waiting.append(request)
            self._open[message.request_id] = request
            self._changed.notify_all()

    def cancel(self, request_id: int | None) -> None:
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

    def finished(self, request: Request) -> None:
        """Forget a request that was answered."""
        with self._changed:
            self._open.pop(request.message.request_id, None)

    def next(self) -> Request | None:
        """Wait for a request; None when the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if self._closed:
                return None
            return self._take_urgent() or self._waiting.popleft()

    def next_urgent(self) -> Request | None:
        """The view that overtakes a running computation, if one waits."""
        with self._changed:
            return self._take_urgent()

    def _take_urgent(self) -> Request | None:
        for request in self._waiting:
            if request.message.type in _URGENT:
                self._waiting.remove(request)
                return request
            if request.message.type not in _MAY_BE_OVERTAKEN:
                return None
        return None
