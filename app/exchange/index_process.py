"""The indexer's child process, as the thread sees it that waits for the files of an import."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.records import NewCapture
from vimd_core.errors import WorkerError
from vimd_core.processes.child import Ending
from vimd_core.processes.messages import encode
from vimd_core.processes.policies import INDEXER_POLICY
from vimd_core.processes.protocol import FrameReader, MessageFrame
from vimd_core.processes.supervision import ChildHandler, Supervisor
from vimd_core.worker.indexing_messages import FROM_INDEXER, FoundFile, FromIndexer, Index, Indexed, Root

_PARTS_AHEAD: Final = 8


class IndexProcess(ChildHandler):
    """One child and its one request.

    Args:
        command: how to start it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._child = Supervisor("indexer", command, INDEXER_POLICY, self)
        self._lock = threading.Lock()
        self._request = bytearray()
        # Short, so that a child that is faster than the database waits; None is the end.
        self._parts: queue.Queue[bytes | None] = queue.Queue(_PARTS_AHEAD)
        self._ending: Ending | None = None
        self._is_cancelled = False

    def answers(self, roots: Sequence[Root]) -> Iterator[FromIndexer]:
        """Yield what the child answers, until it has finished or `cancel` is called.

        Args:
            roots: files and folders, and how many captures to skip in each.

        Raises:
            WorkerError: it could not be started, or died.
        """
        self._request = encode(Index(tuple(roots)))
        with self._lock:
            if self._is_cancelled:
                return
            self._child.start()
        try:
            for frame in self._frames():
                answer = FROM_INDEXER.decode(frame.body)
                if isinstance(answer, Indexed):
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

    def opening(self) -> bytearray:
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

    def _frames(self) -> Iterator[MessageFrame]:
        reader = FrameReader()
        while (part := self._parts.get()) is not None:
            yield from reader.feed(part)


def _error(ending: Ending) -> WorkerError:
    if ending.exit_code is None:
        return WorkerError(
            "The file reader can't be started ({reason}): reinstall ViMD Studio.",
            reason=ending.reason,
        )
    return WorkerError(
        "The file reader stopped unexpectedly ({reason}): the files read so far were added; add the "
        "others again.",
        reason=ending.reason,
    )


def capture_of(file: FoundFile) -> NewCapture:
    """A file as the child describes it."""
    return NewCapture(
        file.path,
        file.content_hash,
        file.file_size_bytes,
        file.modified_ns,
        file.width_px,
        file.height_px,
        file.problem,
        file.notice,
    )
