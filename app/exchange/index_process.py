"""The child process that finds and reads the files of an import, as the thread sees it that waits for its answers."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.records import NewCapture
from vimd_core.errors import WorkerError
from vimd_core.processes.last_words import Ending
from vimd_core.processes.supervision import ChildHandler, SupervisionPolicy, Supervisor
from vimd_core.sentences import sentence_from_json

# It may be silent for as long as a network drive is, and holds nothing that a kill could spoil.
INDEXER_POLICY: Final = SupervisionPolicy(stop_s=0.0)
_PARTS_AHEAD: Final = 8


class IndexProcess(ChildHandler):
    """One child and its one request.

    Args:
        command: how to start it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._child = Supervisor("indexer", command, INDEXER_POLICY, self)
        self._lock = threading.Lock()
        self._request = b""
        # Short, so that a child that is faster than the database waits; None is the end.
        self._parts: queue.Queue[bytes | None] = queue.Queue(_PARTS_AHEAD)
        self._ending: Ending | None = None
        self._is_cancelled = False

    def answers(self, roots: Sequence[tuple[Path, int]]) -> Iterator[dict[str, Any]]:
        """Yield what the child answers, until it has finished or `cancel` is called.

        Args:
            roots: files and folders, and how many captures to skip in each.

        Raises:
            WorkerError: it could not be started, or died.
        """
        request = {"roots": [{"path": str(path), "skip": skip} for path, skip in roots]}
        self._request = json.dumps(request).encode() + b"\n"
        with self._lock:
            if self._is_cancelled:
                return
            self._child.start()
        try:
            for line in self._lines():
                answer: dict[str, Any] = json.loads(line)
                if "finished" in answer:
                    return
                yield answer
        finally:
            self.cancel()
            self._child.stop()
        if self._ending is not None:
            raise _error(self._ending)

    def cancel(self) -> None:
        """End the child, or keep it from being started; any thread may say so."""
        with self._lock:
            self._is_cancelled = True
        self._child.request_stop()
        with contextlib.suppress(queue.Empty):  # nobody waits for room any more
            while True:
                self._parts.get_nowait()
        self._parts.put(None)

    def opening(self) -> bytes:
        """The request."""
        return self._request

    def on_output(self, data: bytes) -> None:
        """Hand over what it says, when there is room for it."""
        if not self._is_cancelled:
            self._parts.put(data)

    def on_ended(self, ending: Ending, retry_in_s: float | None) -> None:
        """Say that nothing comes any more, and why."""
        self._ending = ending
        self._parts.put(None)

    def _lines(self) -> Iterator[bytes]:
        left = b""
        while (part := self._parts.get()) is not None:
            *lines, left = (left + part).split(b"\n")
            yield from lines


def _error(ending: Ending) -> WorkerError:
    if ending.exit_code is None:
        return WorkerError(
            "The process that reads the files can't be started ({reason}): install ViMD Studio again.",
            reason=ending.reason,
        )
    return WorkerError(
        "The process that reads the files has ended unexpectedly ({reason}): what it had "
        "read was added; add the rest again.",
        reason=ending.reason,
    )


def capture_of(fields: Sequence[Any]) -> NewCapture:
    """A file as the child describes it."""
    path, content_hash, size_bytes, modified_ns, width_px, height_px, problem, notice = fields
    return NewCapture(
        Path(path),
        bytes.fromhex(content_hash),
        size_bytes,
        modified_ns,
        width_px,
        height_px,
        None if problem is None else sentence_from_json(problem),
        None if notice is None else sentence_from_json(notice),
    )
