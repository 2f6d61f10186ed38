"""Decodes pictures in a thread pool, the one asked for last first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from app.services.pictures.thumbnails import PictureFile, load_thumbnail
from app.storage.captures.thumbnail_store import ThumbnailStore, cache_folder

_THREADS: Final = 2
# More than a large screen holds of the smallest tiles.
_MAX_WAITING: Final = 1200
Work = Callable[[], object]


class ImageService(QObject):
    """Runs decoding work off the window's thread; results come as `done(key, result)`.

    Scrolling asks for far more than is ever looked at, so the newest wish is served first and the oldest ones
    are dropped, with the result None.
    """

    done = Signal(object, object)  # key, result
    _results_came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="vimd-images")
        self._lock = threading.Lock()
        self._waiting: dict[object, Work] = {}
        self._results: deque[tuple[object, object]] = deque()
        self._store = ThumbnailStore(cache_folder() / "thumbnails.sqlite")
        self._results_came.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def request(self, key: object, work: Work) -> None:
        """Do `work` soon; the same key again moves it to the front."""
        dropped: object = None
        with self._lock:
            is_new = self._waiting.pop(key, None) is None
            self._waiting[key] = work
            if len(self._waiting) > _MAX_WAITING:
                dropped = next(iter(self._waiting))
                del self._waiting[dropped]
        if is_new:
            self._executor.submit(self._run_newest)
        if dropped is not None:
            self.done.emit(dropped, None)

    def request_thumbnail(self, key: object, file: PictureFile) -> None:
        """Load a small picture of a capture soon: a QImage, or a sentence why there is none."""
        self.request(key, partial(load_thumbnail, file, self._store))

    def shut_down(self) -> None:
        """Drop what waits and end the threads."""
        with self._lock:
            self._waiting.clear()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._store.close()

    def _run_newest(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            key, work = self._waiting.popitem()
        result = work()
        with self._lock:
            is_first = not self._results
            self._results.append((key, result))
        if is_first:  # one event for all that come until it is handled
            self._results_came.emit()

    def _hand_over(self) -> None:
        with self._lock:
            results, self._results = self._results, deque()
        for key, result in results:
            self.done.emit(key, result)
