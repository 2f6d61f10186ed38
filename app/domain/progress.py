"""Progress of a job: how much is done, of how much."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is, as its bar shows it.

    Attributes:
        total: how much there is to do, or None while that is not known.
        rate_per_s: captures per second, or None before it can be told.
        eta_s: seconds that are left, or None before they can be told.
    """

    done: int
    total: int | None
    rate_per_s: float | None = None
    eta_s: float | None = None


class RateMeter:
    """Measures a job's rate over its last seconds, so that a pause before does not count."""

    _WINDOW_S = 20.0

    def __init__(self, done: int = 0) -> None:
        self._marks: list[tuple[float, int]] = [(time.monotonic(), done)]

    def progress(self, done: int, total: int | None) -> JobProgress:
        """Note how much is done now, and say how far the job is; of an unknown total there is no end."""
        now = time.monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > self._WINDOW_S:
            del self._marks[0]
        began, done_then = self._marks[0]
        if done <= done_then or now <= began:
            return JobProgress(done, total)
        rate = (done - done_then) / (now - began)
        return JobProgress(done, total, rate, None if total is None else (total - done) / rate)
