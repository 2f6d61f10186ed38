"""Errors of images: why a file can't be read as one, and what to do about it. Torch-free."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from vimd_core.data.images.formats import FORMAT_NAMES, other_kind_of
from vimd_core.data.images.heic import register_heic
from vimd_core.data.images.tiff_samples import UnsupportedTiffError
from vimd_core.errors import ImageError

_JPEG_HEADERS_BYTES: Final = 1 << 18


def refusal(path: Path, head: bytes, kind: str | None) -> ImageError:
    """Why Pillow does not open a file, in true words."""
    if kind == "HEIC" and not register_heic():
        return ImageError(
            "{path} is a HEIC image, which this installation can't read: save it as JPEG or PNG.", path=path
        )
    bits = _jpeg_bits(path) if kind == "JPEG" else 8
    if bits != 8:
        return ImageError(
            "{path} is a JPEG of {bits} bits a sample, which is not read: save it as PNG.",
            path=path,
            bits=bits,
        )
    if kind is not None:
        return ImageError(
            "{path} is truncated or damaged, or a kind of {kind} that is not read: copy it again or save it as PNG.",
            path=path,
            kind=kind,
        )
    if not head.strip(b"\0"):
        return ImageError("{path} contains only zero bytes: copy it again from its source.", path=path)
    other = other_kind_of(head)
    if other:
        return ImageError(
            "{path} holds {other} data, not an image that can be read: use one of {formats}.",
            path=path,
            other=other,
            formats=FORMAT_NAMES,
        )
    return ImageError(
        "{path} is not an image that can be read: use one of {formats}.", path=path, formats=FORMAT_NAMES
    )


def _jpeg_bits(path: Path) -> int:
    """Bits of a sample, of the first frame header near the beginning of the file."""
    try:
        with path.open("rb") as file:
            head = file.read(_JPEG_HEADERS_BYTES)
    except OSError:
        return 8
    at = 2
    while at + 5 <= len(head) and head[at] == 0xFF:
        if 0xC0 <= head[at + 1] <= 0xC3:
            return head[at + 4]
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return 8


def unsupported_tiff(path: Path, e: UnsupportedTiffError) -> ImageError:
    """A kind of TIFF without a reader."""
    return ImageError(
        "{path} is a kind of TIFF that is not read ({kind}): save it as PNG or as TIFF of 8 or 16 bits.",
        path=path,
        kind=e,
    )


def empty_file(path: Path) -> ImageError:
    """A file of no bytes."""
    return ImageError("{path} is empty (0 bytes): copy it again from its source.", path=path)


def damaged_file(path: Path) -> ImageError:
    """A file that is cut off or not what its header says."""
    return ImageError("{path} is truncated or damaged: copy it again from its source.", path=path)


def too_large(path: Path, width: int, height: int, max_pixels: int) -> ImageError:
    """More pixels than the limit."""
    return ImageError(
        "{path} has {width} x {height} px and exceeds the limit of {limit:g} million pixels: crop or "
        "shrink it.",
        path=path,
        width=width,
        height=height,
        limit=max_pixels / 1e6,
    )
