"""Garbage collection: when Python collects cycles, here and there in the window's thread and never in another one.

Python does that whenever many objects were made, in the thread that made the last one, and holds its lock meanwhile.
Adding a hundred thousand files made it look through a million objects in the thread that writes, and the window stood
still for a tenth of a second and more. And a Qt object that is found in another thread is destroyed there, which Qt
does not allow.
"""

from __future__ import annotations

import gc
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS: Final = 100
_MANY: Final = 200  # objects made since the last look at the young ones, less those that were let go
_MANY_OLD: Final = 200_000  # objects that have grown old since the last look at all
# Looking at everything may take this share of the time.
_SHARE: Final = 0.002


class GarbageCollection(QObject):
    """Looks for garbage in the thread that it lives in, in small portions."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.look)
        self._grown_old = 0
        self._next_full_s = 0.0

    def start(self) -> None:
        """From now on nobody else does it; what is there now (modules, the window) stays and is not looked at again."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def look(self) -> None:
        """Look through what was made lately; through everything when much has grown old and it did not take long."""
        made = gc.get_count()[0]
        if made < _MANY:
            return
        gc.collect(1)
        self._grown_old += made
        now_s = perf_counter()
        if self._grown_old >= _MANY_OLD and now_s >= self._next_full_s:
            gc.collect()
            self._grown_old = 0
            self._next_full_s = perf_counter() + (perf_counter() - now_s) / _SHARE
