"""Queues of a source: frames that wait for the pipeline, and sightings for somebody to take them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.sightings.sightings import Sighting

_MOST_WAITING: Final = 256
_MOST_BYTES: Final = 64 * 2**20


class FrameSlot:
    """Room for one frame between the thread that reads and the one that looks at it."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._frame: Frame | None = None
        self.is_closed = False

    def put(self, frame: Frame, *, may_replace: bool) -> None:
        """Hand over a frame.

        Args:
            frame: the newest.
            may_replace: whether it takes the place of one that nobody took yet; otherwise it waits for that.
        """
        with self._changed:
            if not may_replace:
                self._changed.wait_for(lambda: self._frame is None or self.is_closed)
            self._frame = frame
            self._changed.notify_all()

    @property
    def is_empty(self) -> bool:
        """Whether the last frame was taken."""
        return self._frame is None

    def take(self) -> Frame | None:
        """The frame that waits; its lock must be held."""
        frame, self._frame = self._frame, None
        self._changed.notify_all()
        return frame

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()


class Outbox:
    """Sightings until they are asked for.

    Attributes:
        may_drop: whether the oldest is given up when too many wait; otherwise the reading has to wait (`is_full`).
        credit: how many more may be sent.
        missed: how many were given up.
        sent: how many were sent.
    """

    def __init__(self) -> None:
        self.may_drop = True
        self._waiting: deque[tuple[Sighting, int]] = deque()
        self._bytes = 0
        self.credit = 0
        self.missed = 0
        self.sent = 0

    @property
    def waiting(self) -> int:
        """How many nobody has taken."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether no more should be made for now."""
        return len(self._waiting) >= _MOST_WAITING or self._bytes >= _MOST_BYTES

    def add(self, sighting: Sighting) -> None:
        """Let one more wait."""
        while self.may_drop and self.is_full and self._waiting:
            self._bytes -= self._waiting.popleft()[1]
            self.missed += 1
        size = sum(look.image.nbytes for look in sighting.looks)
        self._waiting.append((sighting, size))
        self._bytes += size

    def next(self) -> Sighting | None:
        """The oldest one, if one may be sent."""
        if not self._waiting or self.credit <= 0:
            return None
        sighting, size = self._waiting.popleft()
        self._bytes -= size
        self.credit -= 1
        self.sent += 1
        return sighting
