"""Heartbeats of a child process: sent by the child, missed by its supervisor (watchdog)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final

from vimd_core.processes.child_process import EXIT_PARENT_GONE

_SLEPT_S: Final = 2.0


class Watchdog:
    """Says when a child has been silent for too long.

    It is asked a few times a second. After a longer gap this machine slept, and the child deserves its time anew.

    Args:
        start_s: silence that is allowed until `note_ready`, in seconds; None for any.
        silence_s: the same from then on.
        clock: gives seconds; the system's monotonic clock but in tests.
    """

    def __init__(
        self,
        start_s: float | None,
        silence_s: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience_s = start_s
        self._ready_patience_s = silence_s
        self._clock = clock
        self._heard_s = self._asked_s = clock()

    def note_heard(self) -> None:
        """The child has said something."""
        self._heard_s = self._clock()

    def note_ready(self) -> None:
        """The child is up: from now on it is allowed less silence."""
        self._patience_s = self._ready_patience_s

    def overdue_s(self) -> float | None:
        """The silence that was allowed, once it is over; None while it is not."""
        now_s = self._clock()
        if now_s - self._asked_s > _SLEPT_S:
            self._heard_s = now_s
        self._asked_s = now_s
        patience_s = self._patience_s
        return patience_s if patience_s is not None and now_s - self._heard_s > patience_s else None


def end_with_parent(descriptor: int) -> None:
    """End this process as soon as its parent is gone, however that ended: a thread waits for the end of a pipe.

    Args:
        descriptor: the reading end of a pipe whose other end the parent alone holds, such as standard input. What
            comes through it is dropped.
    """

    def wait() -> None:
        try:
            while os.read(descriptor, 4096):
                pass
        finally:
            os._exit(EXIT_PARENT_GONE)

    threading.Thread(target=wait, name="vimd-parent", daemon=True).start()
