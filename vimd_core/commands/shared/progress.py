"""Progress on stderr: a line that redraws itself in a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from vimd_core.throughput import ThroughputMeter

REDRAW_S: Final = 0.1
LINE_EVERY_S: Final = 5.0
_BAR_CELLS: Final = 24


class ProgressLine:
    """Says how far a job is, how fast it goes and how long it still takes.

    To be used as a context manager, which leaves the terminal's cursor on a line of its own.

    Args:
        what: the activity, such as "classifying".
        total: how many things there are to do.
        quiet: say nothing.
        stream: where to write; stderr when None.
        clock: gives seconds; the system's monotonic clock but in tests.
    """

    def __init__(
        self,
        what: str,
        total: int,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.meter = ThroughputMeter(total, clock=clock)
        self._what = what
        self._quiet = quiet
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._clock = clock
        self._last_shown = clock()
        self._last_width = 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal and self._last_width:
            self._stream.write("\n")
            self._stream.flush()

    def advance(self, count: int) -> None:
        """Note that `count` more things are done, and show it unless it was shown just before."""
        self.meter.advance(count)
        now = self._clock()
        ended = self.meter.done >= self.meter.total
        if self._quiet or (
            not ended and now - self._last_shown < (REDRAW_S if self._terminal else LINE_EVERY_S)
        ):
            return
        self._last_shown = now
        line = self.line()
        if self._terminal:
            self._stream.write(f"\r{line.ljust(self._last_width)}")
            self._last_width = len(line)
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def line(self) -> str:
        """The present state in one line."""
        meter = self.meter
        share = meter.done / meter.total if meter.total else 1.0
        filled = int(share * _BAR_CELLS)
        bar = "#" * filled + "-" * (_BAR_CELLS - filled)
        parts = [f"{self._what} [{bar}] {meter.done:,} of {meter.total:,}", f"{meter.rate_per_s:.1f}/s"]
        if meter.done >= meter.total:
            parts.append(f"took {duration(meter.elapsed_s)}")
        elif meter.eta_s is not None:
            parts.append(f"{duration(meter.eta_s)} left")
        return "  ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as people read them: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
