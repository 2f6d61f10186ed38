"""Reads a capture from a file as 8-bit RGB, or says in one sentence why it can't. Torch-free."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from vimd_core.data.images.deep_colour import to_eight_bits
from vimd_core.data.images.deep_samples import deep_samples
from vimd_core.data.images.formats import READERS, SNIFFED_BYTES, image_format_of
from vimd_core.data.images.heic import register_heic
from vimd_core.data.images.image_errors import damaged_file, empty_file, refusal, too_large, unsupported_tiff
from vimd_core.data.images.incomplete_files import Completed, complete, lacks_end, may_lack_end
from vimd_core.data.images.pillow_images import TRANSPOSE, exif_orientation, to_rgb
from vimd_core.data.images.quiet_libtiff import silence_libtiff
from vimd_core.data.images.tiff_samples import (
    TiffLayout,
    UnsupportedTiffError,
    read_tiff_layout,
    read_tiff_samples,
)
from vimd_core.errors import ImageError
from vimd_core.processes.file_errors import trouble_sentence
from vimd_core.user_messages import Sentence, sentence

MAX_IMAGE_PIXELS: Final = 100_000_000
"""A file whose header announces more is refused before it is decoded: RGB of this size takes 300 MB."""

MAX_SAMPLE_BYTES: Final = 600_000_000
"""The same for samples of more than 8 bits: 16-bit colour of the largest size."""

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
_SIDEWAYS: Final = (5, 6, 7, 8)

# Registers the readers now, since threads that decode would race to do it at the first image.
Image.init()
silence_libtiff()
# Pillow warns of oddities that it copes with (damaged EXIF, too many TIFF tags). A filter, because
# `catch_warnings` is not thread-safe and captures are decoded in threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
# It also logs what it then raises.
logging.getLogger("PIL").setLevel(logging.CRITICAL)


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """A picture, and what is to be said of it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, contiguous and writable.
        notice: what is said where the file is incomplete and is shown all the same.
    """

    pixels: npt.NDArray[np.uint8]
    notice: Sentence | None = None


@dataclass(frozen=True, eq=False)
class _Opened:
    """A file whose header was read: by Pillow, or as a TIFF that Pillow has no mode for."""

    file: IO[bytes]
    image: Image.Image | None
    layout: TiffLayout | None


def decode_image(path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> npt.NDArray[np.uint8]:
    """The pixels of `read_image`.

    Args:
        path: the file.
        max_pixels: refuse images with more.

    Raises:
        ImageError: as there.
    """
    return read_image(path, max_pixels=max_pixels).pixels


def read_image(path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> DecodedImage:
    """Read an image of `image_formats`, whatever its extension says; of several pictures the first.

    EXIF orientation is applied; transparent pixels are laid on white; grey becomes RGB; samples of
    more than 8 bits are scaled as `deep_colour` says. A JPEG or PNG that was cut off is shown with a notice, as long as
    nearly all of it is there (see `incomplete_files`).

    Args:
        path: the file.
        max_pixels: refuse images with more.

    Raises:
        ImageError: the file is missing, unreadable, empty, truncated, not an image or too large.
    """
    with _open(path, max_pixels) as opened:
        return _read(opened, path)


def _read(opened: _Opened, path: Path) -> DecodedImage:
    try:
        if _lacks_end(opened.file):
            shown = _read_incomplete(opened.file, path)
            if shown is None:
                raise damaged_file(path)
            return shown
        return DecodedImage(_pixels(opened))
    except UnsupportedTiffError as e:
        raise unsupported_tiff(path, e) from e
    except MemoryError as e:
        raise ImageError("Not enough memory for {path}: make it smaller.", path=path) from e
    except _DECODER_ERRORS as e:
        raise damaged_file(path) from e


def read_image_in(content: bytes, path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> DecodedImage:
    """The same of a file whose content was read already.

    Args:
        content: all bytes of the file.
        path: where they come from, for what is said.
        max_pixels: refuse images with more.

    Raises:
        ImageError: it is empty, truncated, not an image or too large.
    """
    if not content:
        raise empty_file(path)
    return _read(_identify(BytesIO(content), path, max_pixels), path)


def _pixels(opened: _Opened) -> npt.NDArray[np.uint8]:
    if opened.layout is not None:
        deep = _tiff_pixels(opened.file, opened.layout, opened.image)
        if deep is not None:
            return deep
    image = opened.image
    assert image is not None
    orientation = exif_orientation(image)
    samples = deep_samples(image, opened.file)
    if samples is None:
        image.load()
        rgb = to_rgb(image)
    else:
        rgb = Image.fromarray(
            to_eight_bits(samples.samples, stated_maximum=samples.stated_maximum, has_alpha=samples.has_alpha)
        )
    if orientation in TRANSPOSE:
        rgb = rgb.transpose(TRANSPOSE[orientation])
    return np.array(rgb)


def _tiff_pixels(
    file: IO[bytes], layout: TiffLayout, image: Image.Image | None
) -> npt.NDArray[np.uint8] | None:
    """Deep samples in 8 bits; None where Pillow must do with what it has of them."""
    try:
        samples = read_tiff_samples(file, layout)
    except UnsupportedTiffError:
        if image is None or not layout.is_true_in_pillow:
            raise
        return None
    if layout.alpha == "none" and layout.samples in (2, 4):
        samples = samples[..., :-1]  # infrared, depth or whatever else lies beside the colours
    pixels = to_eight_bits(
        samples,
        stated_maximum=_tiff_maximum(layout),
        has_alpha=layout.alpha != "none",
        is_multiplied=layout.alpha == "multiplied",
        inverted=layout.is_white_zero,
    )
    turned = Image.fromarray(pixels)
    if layout.orientation in TRANSPOSE:
        turned = turned.transpose(TRANSPOSE[layout.orientation])
    return np.array(turned)


def _tiff_maximum(layout: TiffLayout) -> float | None:
    """What the file says of its scale: a largest value, or bits that are no container's."""
    if layout.bits in (10, 12, 14):
        return float(2**layout.bits - 1)
    said = layout.stated_maximum
    if said is None or layout.bits == 64 or said >= 2.0**layout.bits - 1:
        return None
    if layout.is_floating:
        return said
    # The largest value that is used: its depth, so that pictures of one camera have one scale.
    return float(2 ** int(said).bit_length() - 1)


def _read_incomplete(file: IO[bytes], path: Path) -> DecodedImage | None:
    """What there is of a file that was cut off."""
    file.seek(0)
    completed = complete(file.read())
    if completed is None:
        return None
    try:
        image = Image.open(BytesIO(completed.content), formats=("PNG", "JPEG"))
        pixels = _pixels(_Opened(BytesIO(completed.content), image, None))
    except (*_DECODER_ERRORS, MemoryError):
        return None
    return DecodedImage(pixels, _incomplete_notice(path, completed))


def _incomplete_notice(path: Path, completed: Completed) -> Sentence:
    if completed.is_coarse:
        return sentence(
            "{path} is incomplete: its end is missing, and perhaps some image detail. Copy it again "
            "from its source.",
            path=path,
        )
    if completed.missing == 0.0:
        return sentence(
            "{path} is incomplete: its end is missing, but the image is intact. Copy it again from its "
            "source.",
            path=path,
        )
    return sentence(
        "{path} is incomplete: about {percent} % of the image is missing. Copy it again from its source.",
        path=path,
        percent=max(1, round(100 * completed.missing)),
    )


def _lacks_end(file: IO[bytes]) -> bool:
    """Whether a JPEG or PNG was cut off."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(SNIFFED_BYTES)
    file.seek(max(0, size - SNIFFED_BYTES))
    if not may_lack_end(head, file.read()):
        return False
    file.seek(0)
    return lacks_end(file.read())


def image_size(path: Path, *, max_pixels: int = MAX_IMAGE_PIXELS) -> tuple[int, int]:
    """Width and height in px that `decode_image` would give, from the header alone.

    Args:
        path: the file.
        max_pixels: refuse images with more.

    Raises:
        ImageError: the file is missing, unreadable, empty, not an image or too large.
    """
    with _open(path, max_pixels) as opened:
        return _size(opened)


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
        raise empty_file(path)
    return _size(_identify(BytesIO(content), path, max_pixels))


@contextlib.contextmanager
def _open(path: Path, max_pixels: int) -> Iterator[_Opened]:
    """Open the file and read its header."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageError("{path} is a folder, not an image.", path=path)
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe or a device could wait for ever.
            raise ImageError("{path} is not a regular file: copy the image to a disk first.", path=path)
        if status.st_size == 0:
            raise empty_file(path)
        file = path.open("rb")
    except (OSError, ValueError) as e:
        raise ImageError.of(trouble_sentence(path, e)) from e
    with file:
        yield _identify(file, path, max_pixels)


def _identify(file: IO[bytes], path: Path, max_pixels: int) -> _Opened:
    """Read the header."""
    try:
        head = file.read(SNIFFED_BYTES)
        kind = image_format_of(head)
        if kind == "HEIC":
            register_heic()
        layout = _deep_tiff(file, path, max_pixels) if kind == "TIFF" else None
        file.seek(0)
        image = Image.open(file, formats=[name for name in READERS if name in Image.OPEN])
    except Image.DecompressionBombError:
        raise ImageError(
            "{path} exceeds the limit of {limit:g} million pixels: crop or shrink it.",
            path=path,
            limit=max_pixels / 1e6,
        ) from None
    except MemoryError as e:
        raise ImageError("Not enough memory for {path}: make it smaller.", path=path) from e
    except UnsupportedTiffError as e:
        raise unsupported_tiff(path, e) from e
    except _DECODER_ERRORS as e:
        if layout is not None:
            return _Opened(file, None, layout)
        raise refusal(path, head, kind) from e
    width, height = image.size
    if width * height > max_pixels:
        raise too_large(path, width, height, max_pixels)
    return _Opened(file, image, layout)


def _deep_tiff(file: IO[bytes], path: Path, max_pixels: int) -> TiffLayout | None:
    """The layout of a TIFF with samples that Pillow would not keep; None of all others, sound or not."""
    try:
        layout = read_tiff_layout(file)
    except UnsupportedTiffError:
        raise
    except _DECODER_ERRORS:
        return None  # Pillow says what is wrong
    if not layout.is_beyond_pillow:
        return None
    pixels = layout.width_px * layout.height_px
    if pixels > max_pixels or pixels * layout.samples * layout.bits // 8 > MAX_SAMPLE_BYTES:
        raise too_large(path, layout.width_px, layout.height_px, min(max_pixels, pixels - 1))
    return layout


def _size(opened: _Opened) -> tuple[int, int]:
    if opened.image is None:
        assert opened.layout is not None
        width, height = opened.layout.width_px, opened.layout.height_px
        orientation = opened.layout.orientation
    else:
        width, height = opened.image.size
        orientation = exif_orientation(opened.image)
    return (height, width) if orientation in _SIDEWAYS else (width, height)
