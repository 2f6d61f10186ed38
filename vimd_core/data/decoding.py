"""Reads a capture from a file as 8-bit RGB, or says in one sentence why it can't. Torch-free."""

from __future__ import annotations

import contextlib
import logging
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from vimd_core.data.quiet_libtiff import silence_libtiff
from vimd_core.errors import ImageError

MAX_IMAGE_PIXELS: Final = 100_000_000
"""A file whose header announces more is refused before it is decoded: RGB of this size takes 300 MB."""

TRANSPARENT_BACKGROUND: Final = (255, 255, 255)
"""What shows through transparent pixels: white, as paper and most viewers do."""

# Only what is named here is tried: other readers of Pillow start programs (EPS) or reach out (WMF).
_FORMATS: Final = ("PNG", "JPEG", "BMP", "DIB", "TIFF", "WEBP", "GIF", "PPM")
# What Pillow's readers raise on files that are damaged in one way or another.
_DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = (5, 6, 7, 8)
_EMPTY: Final = "{} is empty (0 bytes): copy it again from where it came."

# Registers the readers now, since threads that decode would race to do it at the first image.
Image.init()
silence_libtiff()
# Pillow warns of oddities that it copes with (damaged EXIF, too many TIFF tags). A filter, because
# `catch_warnings` is not thread-safe and captures are decoded in threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
# It also logs what it then raises.
logging.getLogger("PIL").setLevel(logging.CRITICAL)


def decode_image(path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> npt.NDArray[np.uint8]:
    """Read an image whatever its extension says: PNG, JPEG, BMP, TIFF, WebP, GIF (first frame), PGM, PPM.

    EXIF orientation is applied; transparent pixels are laid on `TRANSPARENT_BACKGROUND`; grey becomes RGB.
    Grey values of more than 8 bits are scaled from the smallest of 8, 10, 12, 14 and 16 bits that holds the
    image's largest value, since cameras store 12 bits in 16; 16-bit colour keeps its upper 8 bits.

    Args:
        path: the file.
        max_pixels: refuse images with more.

    Returns:
        (H, W, 3) uint8 RGB, contiguous and writable.

    Raises:
        ImageError: the file is missing, unreadable, empty, truncated, not an image or too large.
    """
    with _open(path, max_pixels) as image:
        orientation = _orientation(image)
        try:
            image.load()
            rgb = _to_rgb(image)
            if orientation in _TRANSPOSE:
                rgb = rgb.transpose(_TRANSPOSE[orientation])
            return np.array(rgb)
        except MemoryError as e:
            raise ImageError(f"{path} needs more memory than there is: make it smaller.") from e
        except _DECODER_ERRORS as e:
            raise ImageError(f"{path} is truncated or damaged: copy it again from where it came.") from e


def image_size(path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> tuple[int, int]:
    """Width and height in px that `decode_image` would give, from the header alone.

    Args:
        path: the file.
        max_pixels: refuse images with more.

    Raises:
        ImageError: the file is missing, unreadable, empty, not an image or too large.
    """
    with _open(path, max_pixels) as image:
        return _size(image)


def image_size_in(content: bytes, path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> tuple[int, int]:
    """The same of a file whose content was read already.

    Args:
        content: all bytes of the file.
        path: where they come from, for what is said.
        max_pixels: refuse images with more.

    Raises:
        ImageError: it is empty, not an image or too large.
    """
    if not content:
        raise ImageError(_EMPTY.format(path))
    return _size(_identify(BytesIO(content), path, max_pixels))


@contextlib.contextmanager
def _open(path: Path, max_pixels: int) -> Iterator[Image.Image]:
    """Open the file and read its header."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(f"{path} is a folder, not an image.")
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe or a device could wait for ever.
            raise ImageError(f"{path} is not a regular file: copy the image to a disk first.")
        if status.st_size == 0:
            raise ImageError(_EMPTY.format(path))
        file = path.open("rb")
    except FileNotFoundError:
        raise ImageError(f"There is no file {path}.") from None
    except PermissionError:
        raise ImageError(f"{path} may not be read by you: change its permissions.") from None
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else e
        raise ImageError(f"{path} can't be read ({reason}): check the drive that it lies on.") from e
    with file:
        yield _identify(file, path, max_pixels)


def _identify(file: IO[bytes], path: Path, max_pixels: int) -> Image.Image:
    """Read the header."""
    try:
        image = Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise ImageError(_too_large(path, "more than", max_pixels)) from None
    except MemoryError as e:
        raise ImageError(f"{path} needs more memory than there is: make it smaller.") from e
    except _DECODER_ERRORS as e:
        raise ImageError(
            f"{path} is not an image that can be read: use PNG, JPEG, BMP, TIFF, WebP, GIF, PGM or PPM."
        ) from e
    width, height = image.size
    if width * height > max_pixels:
        raise ImageError(_too_large(path, f"{width} x {height} px, that is more than", max_pixels))
    return image


def _size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _orientation(image) in _SIDEWAYS else (width, height)


def _too_large(path: Path, how_large: str, max_pixels: int) -> str:
    limit = f"{max_pixels / 1e6:g} million pixels"
    return f"{path} has {how_large} the limit of {limit}: cut out or shrink what matters."


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; to be asked before the pixels are read."""
    if image.format == "TIFF":
        return 1  # Pillow turns TIFF by itself, its size included
    if image.format == "PNG" and not {"exif", "Raw profile type exif"} & image.info.keys():
        return 1  # `getexif` would decode the whole image to look for EXIF behind it
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DECODER_ERRORS:
        return 1  # damaged EXIF says nothing about the pixels
    return orientation if isinstance(orientation, int) else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_to_8_bit(np.asarray(image))).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        background = Image.new("RGBA", coloured.size, (*TRANSPARENT_BACKGROUND, 255))
        return Image.alpha_composite(background, coloured).convert("RGB")
    return image.convert("RGB")


def _to_8_bit(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Scale grey values of more than 8 bits, (H, W), to 8.

    Whole numbers are scaled by the bit depth that holds the largest one; beyond 16 bits, and for floating
    point beyond 0..255, from the smallest to the largest value. Floating point within 0..1 is taken as such.
    """
    real = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    lowest, highest = float(real.min()), float(real.max())
    whole = not np.issubdtype(values.dtype, np.floating)
    if whole and lowest >= 0 and highest <= 65535:
        depth = next(bits for bits in (8, 10, 12, 14, 16) if highest < 2**bits)
        lowest, highest = 0.0, float(2**depth - 1)
    elif not whole and lowest >= 0 and highest <= 255:
        lowest, highest = 0.0, 1.0 if highest <= 1.0 else 255.0
    scale = 255.0 / (highest - lowest) if highest > lowest else 0.0
    return np.round((real - lowest) * scale).astype(np.uint8)
