"""Thumbnail cache in memory (LRU): as many as fit, the ones looked at longest ago dropped first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.domain.records import CaptureRow
from app.services.pictures.image_service import ImageService
from app.services.pictures.thumbnails import PictureFile
from vimd_core.user_messages import Sentence

_MAX_BYTES: Final = 48 * 2**20


class GalleryThumbnails(QObject):
    """Serves thumbnails by capture; what is missing is loaded in other threads and announced."""

    thumbnail_came = Signal(int)  # capture

    def __init__(self, images: ImageService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images = images
        # With the content hash that the project knew then: a file that changes has another thumbnail.
        self._known: OrderedDict[int, tuple[bytes, QImage | Sentence]] = OrderedDict()
        self._bytes = 0
        self._loading: set[tuple[int, bytes]] = set()
        self._generation = 0
        images.done.connect(self._on_done)

    @property
    def is_loading(self) -> bool:
        """Whether thumbnails that were asked for are still to come."""
        return bool(self._loading)

    def get(self, row: CaptureRow) -> QImage | Sentence | None:
        """The thumbnail, a sentence why there is none, or None while it is loaded."""
        if row.problem is not None:
            return row.problem
        known = self._known.get(row.id)
        if known is not None and known[0] == row.content_hash:
            self._known.move_to_end(row.id)
            return known[1]
        wanted = (row.id, row.content_hash)
        if wanted not in self._loading:
            self._loading.add(wanted)
            file = PictureFile(row.path, row.content_hash, row.file_size_bytes, row.modified_ns)
            self._images.request_thumbnail(("thumbnail", self._generation, wanted), file)
        return None

    def retry(self, capture_id: int) -> None:
        """Load again what could not be read."""
        known = self._known.get(capture_id)
        if known is not None and isinstance(known[1], Sentence):
            self._forget(capture_id)

    def clear(self) -> None:
        """Forget everything; what is still being loaded is dropped when it comes."""
        self._known.clear()
        self._bytes = 0
        self._loading.clear()
        self._generation += 1

    def _on_done(self, key: object, result: object) -> None:
        if not (isinstance(key, tuple) and key[:2] == ("thumbnail", self._generation)):
            return
        capture_id, content_hash = key[2]
        self._loading.discard(key[2])
        if isinstance(result, QImage | Sentence):
            self._forget(capture_id)
            self._known[capture_id] = (content_hash, result)
            self._bytes += _size_bytes(result)
            while self._bytes > _MAX_BYTES:
                self._forget(next(iter(self._known)))
        # Also for one that was dropped from the queue: it may be on the screen again by now.
        self.thumbnail_came.emit(capture_id)

    def _forget(self, capture_id: int) -> None:
        known = self._known.pop(capture_id, None)
        if known is not None:
            self._bytes -= _size_bytes(known[1])


def _size_bytes(thumbnail: QImage | Sentence) -> int:
    return thumbnail.sizeInBytes() if isinstance(thumbnail, QImage) else len(str(thumbnail))
