"""Makes thumbnails of captures for the gallery, in the threads of the image service."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from app.storage.captures.thumbnail_store import ThumbnailStore
from vimd_core.errors import ImageError
from vimd_core.processes.messages import Pixels
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

THUMBNAIL_SIDE_PX: Final = 256
_QUALITY: Final = 90


@dataclass(frozen=True)
class PictureFile:
    """A capture's file as the project knows it; the hash is empty where it is not known."""

    path: Path
    content_hash: bytes = b""
    file_size_bytes: int = 0
    modified_ns: int = 0

    @property
    def is_as_known(self) -> bool:
        """Whether the hash is that of the file as it is now."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        stamp = (status.st_size, status.st_mtime_ns)
        return bool(self.content_hash) and stamp == (self.file_size_bytes, self.modified_ns)


def load_thumbnail(file: PictureFile, store: ThumbnailStore) -> QImage | Sentence:
    """A small picture for a tile, small captures as they are; or a sentence why there is none.

    Only what is larger than a thumbnail is kept on disk: a small capture is read from its own file in the same
    time, with its own pixels.

    Args:
        file: the capture; thumbnails are kept by its hash only while that is known to be the file's.
        store: thumbnails that were made before.
    """
    from vimd_core.data.images.decoding import decode_image, image_size

    try:
        is_large = max(image_size(file.path)) > THUMBNAIL_SIDE_PX
        is_kept = is_large and file.is_as_known
        if is_kept:
            kept = store.get(file.content_hash)
            image = _decode(kept) if kept is not None else None
            if image is not None:
                return image
        image = to_qimage(decode_image(file.path))
    except ImageError as e:
        return e.sentence
    if is_large:
        image = image.scaled(
            THUMBNAIL_SIDE_PX,
            THUMBNAIL_SIDE_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        if is_kept:
            store.put(file.content_hash, _encode(image))
    return image


def to_qimage(pixels: npt.NDArray[np.uint8]) -> QImage:
    """A picture of its own from (H, W, 3) uint8 RGB."""
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def pixels_to_qimage(pixels: Pixels) -> QImage:
    """A picture of its own from pixels that came in a message."""
    width, height = pixels.width_px, pixels.height_px
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _encode(image: QImage) -> bytes:
    from PIL import Image

    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (rgb.width(), rgb.height())
    pixels = Image.frombuffer("RGB", size, bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1)
    data = BytesIO()
    pixels.save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()


def _decode(kept: bytes) -> QImage | None:
    """The picture, or None when what was kept is damaged."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(BytesIO(kept), formats=("JPEG",)) as image:
            return to_qimage(np.array(image.convert("RGB")))
    except (OSError, ValueError, SyntaxError):
        return None
