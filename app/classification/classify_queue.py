"""The queue of captures to classify: what is sent next, what is with the child, and what is left after a crash."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.classification.crash_blame import CrashBlame
from app.domain.progress import JobProgress, RateMeter

_FIRST_CHUNK: Final = 32
_LARGEST_CHUNK: Final = 1024
# What is with the child is asked for again after a crash.
_CHUNK_S: Final = 1.0
# While the child works on one chunk the next one is there already, so that it never waits for the window.
CHUNKS_SENT: Final = 2


@dataclass
class Chunk:
    """Captures that are with the child, in the order in which they were sent."""

    unanswered: dict[int, None]
    request_id: int = 0


class ClassifyQueue:
    """Says which captures to send, a chunk of about a second at a time, and how far the job is.

    A capture is either waiting, being fetched (its path is read), with the child, or done.

    Args:
        chunks_sent: how many the child has at a time.
    """

    def __init__(self, chunks_sent: int = CHUNKS_SENT) -> None:
        self._chunks_sent = chunks_sent
        self._again: deque[int] = deque()
        self._pending: array[int] = array("q")
        self._position = 0
        self._chunks: deque[Chunk] = deque()  # in the order in which the child takes them
        self._fetching: list[int] = []
        self._chunk_size = _FIRST_CHUNK
        self._total = 0
        self._meter = RateMeter()
        self._blame = CrashBlame()
        self.done = 0

    @property
    def is_running(self) -> bool:
        """Whether captures are being classified or wait for it."""
        return self._total > 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and nothing is with the child."""
        is_all_sent = not self._again and self._position >= len(self._pending)
        return is_all_sent and not self._chunks and not self._fetching

    def add(self, ids: Sequence[int]) -> None:
        """Let new captures wait behind those that are there."""
        self._pending.extend(ids)
        if not self.is_running:
            self._meter = RateMeter()
        self._total += len(ids)

    def refill(self, ids: Iterable[int]) -> bool:
        """Let exactly these wait, less what is in hand already.

        Returns:
            Whether there is anything to do.
        """
        sent = (capture_id for chunk in self._chunks for capture_id in chunk.unanswered)
        in_hand = {*self._again, *self._fetching, *sent}
        self._pending = array("q", (capture_id for capture_id in ids if capture_id not in in_hand))
        self._position = 0
        remaining = len(self._pending) + len(in_hand)
        if not remaining:
            return False
        if not self.is_running:
            self.done = 0
            self._meter = RateMeter()
        self._total = self.done + remaining
        return True

    def clear(self) -> list[Chunk]:
        """Forget all that waits.

        Returns:
            What the child still has.
        """
        chunks, self._chunks = list(self._chunks), deque()
        self._again.clear()
        self._pending = array("q")
        self._position = 0
        self.done = self._total = 0
        return chunks

    @property
    def has_room(self) -> bool:
        """Whether the child may get another chunk."""
        return not self._fetching and len(self._chunks) < self._chunks_sent

    def fetch(self) -> list[int]:
        """Take the next captures, whose paths are to be read; empty when none wait."""
        if self._again:
            ids = list(self._again)[: self._chunk_size]
        else:
            ids = self._pending[self._position : self._position + self._chunk_size].tolist()
        ids = ids[: self._blame.limit(len(ids), ids)]
        if self._again:
            for _ in ids:
                self._again.popleft()
        else:
            self._position += len(ids)
        self._fetching = list(ids)
        return ids

    def end_fetch(self) -> None:
        """What was being fetched has come, or never will."""
        self._fetching = []

    def send_again(self, ids: Sequence[int]) -> None:
        """Let captures wait in front of all others."""
        self._again.extendleft(reversed(ids))

    def note_sent(self, chunk: Chunk) -> None:
        """A chunk is with the child now."""
        self._chunks.append(chunk)

    def note_answered(self, ids: Sequence[int]) -> None:
        """These are done."""
        self._blame.note_answered(ids)
        self.done += len(ids)

    def end_chunk(self, chunk: Chunk) -> list[int]:
        """The child is through with a chunk.

        Returns:
            What it was silent about; that is done too.
        """
        self._chunks.remove(chunk)
        self.done += len(chunk.unanswered)
        return list(chunk.unanswered)

    def fail_chunk(self, chunk: Chunk) -> int | None:
        """The child has outlived a mistake with a chunk, which is tried again as after a crash.

        Returns:
            The capture to leave out, once it is clear that there is one.
        """
        self._chunks.remove(chunk)
        culprit, rest = self._blamed(chunk)
        self.send_again(rest)
        return culprit

    def fail_all(self, chunk: Chunk) -> tuple[bool, int | None]:
        """The child has died; this is told for each chunk that it had, the one that it worked on first.

        Returns:
            Whether the chunk was waited for, and the capture to leave out, once it is clear that there is one.
        """
        if chunk not in self._chunks:
            return False, None
        chunks, self._chunks = self._chunks, deque()
        at_work = next((sent for sent in chunks if sent.unanswered), chunk)
        waiting = [capture_id for sent in chunks if sent is not at_work for capture_id in sent.unanswered]
        culprit, rest = self._blamed(at_work)
        self.send_again([*rest, *waiting])
        self._meter = RateMeter(self.done)
        return True, culprit

    def progress(self) -> JobProgress:
        """How far the job is; the next chunks become as large as its rate allows."""
        progress = self._meter.progress(self.done, self._total)
        if progress.rate_per_s is not None:
            # Whole multiples of the first: the child computes in batches, and a half-empty one takes as long.
            wanted = round(progress.rate_per_s * _CHUNK_S / _FIRST_CHUNK) * _FIRST_CHUNK
            self._chunk_size = max(_FIRST_CHUNK, min(_LARGEST_CHUNK, wanted))
        return progress

    def _blamed(self, chunk: Chunk) -> tuple[int | None, list[int]]:
        """The culprit of a chunk that the child has failed at, if it is found out, and what is to be tried again."""
        unanswered = list(chunk.unanswered)
        culprit = self._blame.note_crash(unanswered) if unanswered else None
        if culprit is not None:
            unanswered.remove(culprit)
            self.done += 1
        return culprit, unanswered
