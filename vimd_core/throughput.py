"""Throughput and remaining time (ETA) of a job. Torch-free."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 15.0


class ThroughputMeter:
    """Measures over the last seconds, so that a slow start or another program's load is soon forgotten.

    Args:
        total: how many things there are to do.
        clock: gives seconds; the system's monotonic clock but in tests.
    """

    def __init__(self, total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0
        self._clock = clock
        self._start = clock()
        self._samples: deque[tuple[float, int]] = deque([(self._start, 0)])

    def advance(self, count: int) -> None:
        """Note that `count` more things are done."""
        self.done += count
        now = self._clock()
        self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[0][0] > WINDOW_S:
            self._samples.popleft()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def rate_per_s(self) -> float:
        """Things a second lately; 0 before the first are done."""
        (first_time, first_done), (last_time, last_done) = self._samples[0], self._samples[-1]
        return (last_done - first_done) / (last_time - first_time) if last_time > first_time else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds until all is done at this rate, or None while that can't be said."""
        rate = self.rate_per_s
        return (self.total - self.done) / rate if rate > 0 else None
