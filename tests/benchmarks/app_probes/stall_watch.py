"""How long the window's thread leaves its events waiting, and what it does meanwhile."""

from __future__ import annotations

import sys
import threading
import traceback
from collections import Counter
from dataclasses import dataclass
from time import perf_counter, process_time, thread_time
from typing import IO, Final

from PySide6.QtCore import QObject, Qt, QTimer

_BEAT_MS: Final = 4
_SAMPLE_S: Final = 0.01
_SUSPICIOUS_S: Final = 0.03
_DEPTH: Final = 14


@dataclass(frozen=True)
class Stalls:
    """What a watch has seen.

    Attributes:
        longest_ms: the longest time between two beats, without the beat's own interval.
        own_ms: processor time of the window's thread in it.
        core_ms: time in which it could have gone on and waited for a core; 0 where the system does not say. The
            rest it waited for a lock, such as Python's own, or for the disk.
        others_ms: processor time of this process's other threads in it: on an idle machine the stall would not have
            been longer than this and its own work.
        over_50_ms: how many were longer than 50 ms.
        watched_s: how long it was watched.
    """

    longest_ms: float
    own_ms: float
    core_ms: float
    others_ms: float
    over_50_ms: int
    watched_s: float

    def in_words(self) -> str:
        """What belongs beside the longest stall."""
        return (
            f"{self.own_ms:.0f} ms of it own work, {self.core_ms:.0f} ms waiting for a core, "
            f"{self.others_ms:.0f} ms work of other threads; "
            f"{self.over_50_ms} over 50 ms in {self.watched_s:.1f} s"
        )


class StallWatch(QObject):
    """A timer beats in the window's thread; a late beat is a stall.

    Args:
        shows_stacks: sample that thread's stack while a beat is late, and print the most frequent ones to stderr.
    """

    def __init__(self, *, shows_stacks: bool = False) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._gaps: list[tuple[float, float, float, float]] = []
        self._scheduler = _open_scheduler_figures()
        self._started = self._last = perf_counter()
        self._last_own, self._last_core, self._last_all = thread_time(), self._core_wait_s(), process_time()
        self._stacks: Counter[str] = Counter()
        self._ended = threading.Event()
        self._thread = threading.get_ident()
        self._shows_stacks = shows_stacks

    def start(self) -> StallWatch:
        """Watch from now on."""
        self._gaps.clear()
        self._stacks.clear()
        self._started = self._last = perf_counter()
        self._last_own, self._last_core, self._last_all = thread_time(), self._core_wait_s(), process_time()
        self._timer.start()
        if self._shows_stacks:
            self._ended.clear()
            threading.Thread(target=self._sample, daemon=True).start()
        return self

    def stop(self) -> Stalls:
        """What was seen since `start`; a beat that is late now counts too."""
        self._beat()
        self._timer.stop()
        self._ended.set()
        for stack, count in self._stacks.most_common(12):
            sys.stderr.write(f"--- {count} times, {count * _SAMPLE_S * 1e3:.0f} ms ---\n{stack}\n")
        longest_s, own_s, core_s, all_s = max(self._gaps)
        return Stalls(
            longest_ms=max(0.0, longest_s * 1e3 - _BEAT_MS),
            own_ms=own_s * 1e3,
            core_ms=core_s * 1e3,
            others_ms=max(0.0, all_s - own_s) * 1e3,
            over_50_ms=sum(gap * 1e3 - _BEAT_MS > 50 for gap, *_ in self._gaps),
            watched_s=perf_counter() - self._started,
        )

    def _beat(self) -> None:
        now, own, core, of_all = perf_counter(), thread_time(), self._core_wait_s(), process_time()
        self._gaps.append(
            (now - self._last, own - self._last_own, core - self._last_core, of_all - self._last_all)
        )
        self._last, self._last_own, self._last_core, self._last_all = now, own, core, of_all

    def _core_wait_s(self) -> float:
        if self._scheduler is None:
            return 0.0
        self._scheduler.seek(0)
        return int(self._scheduler.read().split()[1]) / 1e9

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_S):
            if perf_counter() - self._last > _SUSPICIOUS_S:
                frame = sys._current_frames().get(self._thread)
                lines = traceback.format_stack(frame)[-_DEPTH:]
                self._stacks["".join(line for line in lines if "app_probes" not in line)] += 1


def _open_scheduler_figures() -> IO[bytes] | None:
    """What Linux counts for the thread that asks: processor time, time on the queue for a core, turns."""
    try:
        return open(f"/proc/self/task/{threading.get_native_id()}/schedstat", "rb", buffering=0)  # noqa: PTH123
    except OSError:
        return None
