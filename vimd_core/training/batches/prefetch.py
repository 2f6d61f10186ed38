"""Prepares the next batches in a thread while a step computes, and says how long steps had to wait for them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
_AHEAD: Final = 2


class Prefetcher(Generic[Item]):
    """Iterates over what a function makes of 0, 1, 2, ... a little ahead of its reader.

    To be used as a context manager, which ends the thread.

    Args:
        make: called in the thread with each number in turn; its exceptions are raised to the reader.
        start: first number.
        stop: number after the last one.
        ahead: items that wait at most, ready made.
        clock: gives seconds; the system's monotonic clock but in tests.
    """

    def __init__(
        self,
        make: Callable[[int], Item],
        start: int,
        stop: int,
        *,
        ahead: int = _AHEAD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._numbers = range(start, stop)
        self._ready: queue.Queue[tuple[Item] | BaseException | None] = queue.Queue()
        # Counts the free places: the thread waits for one before it makes an item, so that no more than `ahead` items
        # are in memory, and is woken through it to end.
        self._places = threading.Semaphore(ahead)
        self._ends = threading.Event()
        self._clock = clock
        self._began: float | None = None
        self._waited_s = 0.0
        self._thread = threading.Thread(target=self._run, name="vimd-prefetch", daemon=True)
        self._thread.start()

    def __enter__(self) -> Prefetcher[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Item]:
        while True:
            asked = self._clock()
            if self._began is None:
                self._began = asked
            ready = self._ready.get()
            self._waited_s += self._clock() - asked
            if ready is None:
                return
            if isinstance(ready, BaseException):
                raise ready
            self._places.release()
            yield ready[0]

    @property
    def wait_share(self) -> float:
        """Share of the time since the first item was asked for in which the reader waited, in [0, 1]."""
        if self._began is None:
            return 0.0
        passed = self._clock() - self._began
        return min(1.0, self._waited_s / passed) if passed > 0 else 0.0

    def close(self) -> None:
        """End the thread, after the item that it is at; a reader in another thread gets no more."""
        self._ends.set()
        self._places.release()
        self._thread.join()

    def _run(self) -> None:
        try:
            for number in self._numbers:
                self._places.acquire()
                if self._ends.is_set():
                    break
                self._ready.put((self._make(number),))
        except BaseException as e:  # noqa: BLE001 - the thread's edge: the reader raises it
            self._ready.put(e)
        else:
            self._ready.put(None)
