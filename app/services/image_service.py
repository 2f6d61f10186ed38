"""Decodes pictures in a few threads, the one asked for last first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from vimd_core.errors import ImageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_THREADS: Final = 2
_MAX_WAITING: Final = 400
Work = Callable[[], object]


class ImageService(QObject):
    """Runs decoding work off the window's thread; results come as `done(key, result)`.

    Scrolling asks for far more than is ever looked at, so the newest wish is served first and the oldest ones
    are dropped, with the result None.
    """

    done = Signal(object, object)  # key, result

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="vimd-images")
        self._lock = threading.Lock()
        self._waiting: dict[object, Work] = {}

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

    def shut_down(self) -> None:
        """Drop what waits and end the threads."""
        with self._lock:
            self._waiting.clear()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _run_newest(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            key, work = self._waiting.popitem()
        self.done.emit(key, work())


def load_thumbnail(path: Path, max_side_px: int) -> QImage | str:
    """A small picture for a tile, small captures as they are; or why there is none."""
    from vimd_core.data.decoding import decode_image

    try:
        image = to_qimage(decode_image(path))
    except ImageError as e:
        return str(e)
    if max(image.width(), image.height()) > max_side_px:
        image = image.scaled(
            max_side_px,
            max_side_px,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    return image


def to_qimage(pixels: npt.NDArray[np.uint8]) -> QImage:
    """A picture of its own from (H, W, 3) uint8 RGB."""
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
