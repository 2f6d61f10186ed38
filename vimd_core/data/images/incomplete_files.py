"""Truncated JPEG and PNG files: shows what there is, and says how much is missing. Torch-free.

A file that was cut off while it was copied or sent still holds its beginning. As long as nearly all of the picture is
there it is worth showing and classifying, marked as incomplete; with less it counts as unreadable.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

LEAST_SHARE: Final = 0.75
"""Share of a picture that must be there; the rest is shown grey (JPEG) or black (PNG)."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_END_OF_JPEG: Final = b"\xff\xd9"
_SCAN: Final = 0xDA
_WITHOUT_LENGTH: Final = (0x01, *range(0xD0, 0xDA))
_FRAMES: Final = (0xC0, 0xC1, 0xC2)
_PADDING_BYTES: Final = 4096
_SMOOTHED_PX: Final = 2
# File systems fill up with zeros what they have lost; fewer can be part of the picture.
_LOST_BYTES: Final = 32
_COEFFICIENTS: Final = frozenset(range(64))


@dataclass(frozen=True)
class Completed:
    """A file with an end.

    Attributes:
        content: a sound file that shows what was there.
        missing: share of the picture that is not there, 0 to 1.
        is_coarse: whether passes may be missing that would only have added detail.
    """

    content: bytes
    missing: float
    is_coarse: bool = False


def complete(content: bytes) -> Completed | None:
    """Give an end to a file that lacks its own.

    Returns:
        None where it is no JPEG or PNG, where its end is there, or where less than `LEAST_SHARE` of the picture is.
    """
    try:
        if content.startswith(_JPEG):
            return _complete_jpeg(content)
        if content.startswith(_PNG):
            return _complete_png(content)
    except (OSError, ValueError, IndexError, struct.error, zlib.error, SyntaxError):
        return None
    return None


def may_lack_end(head: bytes, tail: bytes) -> bool:
    """Whether a JPEG or PNG does not end as it should, so that all of it must be looked at to know.

    Args:
        head: the first bytes of the file.
        tail: at least the last twelve.
    """
    if head.startswith(_JPEG):
        return not tail.endswith(_END_OF_JPEG)
    return head.startswith(_PNG) and b"IEND" not in tail


def lacks_end(content: bytes) -> bool:
    """Whether a JPEG or PNG has no end marker, wherever; decoders may take such a file without a word."""
    if content.startswith(_JPEG):
        try:
            return not _read_scans(content).has_end
        except (ValueError, IndexError):
            return False  # damaged in another way, which its decoder will say
    return content.startswith(_PNG) and b"IEND" not in content


@dataclass
class _JpegScans:
    """What the markers of a JPEG say up to its last scan."""

    components: tuple[int, ...] = ()
    row_px: int = 8
    scans: int = 0
    has_end: bool = False
    covered: dict[int, set[int]] | None = None
    """By component, the coefficients that a finished scan has brought."""
    last: tuple[tuple[int, ...], range, bool] = ((), range(0), True)


def _complete_jpeg(content: bytes) -> Completed | None:
    trimmed = content.rstrip(b"\0")
    if len(content) - len(trimmed) < _LOST_BYTES:
        trimmed = content
    trimmed = trimmed.rstrip(b"\xff")
    scans = _read_scans(trimmed)
    if not scans.scans or scans.has_end:
        return None
    ended = trimmed + _END_OF_JPEG
    # What follows the data cannot change what was there: where other bytes change the picture, it is missing.
    noise = random.Random(0).randbytes(_PADDING_BYTES).replace(b"\xff", b"\x55")
    shown, other = _pixels(ended), _pixels(trimmed + noise + _END_OF_JPEG)
    differs = (shown != other).any(axis=-1)
    height, width = differs.shape
    missing = 0.0
    if differs.any():
        rows = np.flatnonzero(differs.any(axis=1))
        # Smoothing of colours reaches up to two rows into what lies above.
        top = (int(rows[0]) + _SMOOTHED_PX) // scans.row_px * scans.row_px
        band = differs[top : top + scans.row_px]
        left = int(np.flatnonzero(band.any(axis=0))[0]) if band.any() else width
        whole = top * width + min(scans.row_px, height - top) * left
        missing = 1.0 - whole / (height * width)
    covered = scans.covered or {}
    components, band_of_last, is_first = scans.last
    if len(scans.components) > len(components) or len(band_of_last) < len(_COEFFICIENTS):
        # The picture comes in several passes; all that follow the first of each only refine it.
        if is_first and missing == 0.0:
            for component in components:
                covered.setdefault(component, set()).update(band_of_last)
        if any(not covered.get(one, set()) >= _COEFFICIENTS for one in scans.components):
            return None
        return Completed(ended, 0.0, is_coarse=True)
    return Completed(ended, missing) if missing <= 1.0 - LEAST_SHARE else None


def _read_scans(content: bytes) -> _JpegScans:
    scans = _JpegScans(covered={})
    at = 2
    while at + 2 <= len(content):
        if content[at : at + 2] == _END_OF_JPEG:
            scans.has_end = True
            break
        if content[at] != 0xFF or content[at + 1] in (0x00, 0xFF, *_WITHOUT_LENGTH):
            # Inside the data of a scan: on to its next marker.
            at = content.find(b"\xff", at + 1)
            if at < 0:
                break
            continue
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + length]
        if len(body) < length - 2:
            break
        if marker in _FRAMES:
            parts = [body[6 + 3 * i : 9 + 3 * i] for i in range(body[5])]
            scans.components = tuple(part[0] for part in parts)
            scans.row_px = 8 * max(part[1] & 15 for part in parts)
        elif marker == _SCAN:
            _finish(scans)
            count = body[0]
            start, end, approximation = body[1 + 2 * count : 4 + 2 * count]
            named = tuple(body[1 + 2 * i] for i in range(count))
            scans.last = (named, range(start, end + 1), approximation >> 4 == 0)
            scans.scans += 1
        at += 2 + length
    return scans


def _finish(scans: _JpegScans) -> None:
    """A new scan begins, so the one before was whole."""
    components, band, is_first = scans.last
    if is_first and scans.covered is not None:
        for component in components:
            scans.covered.setdefault(component, set()).update(band)


def _pixels(content: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(BytesIO(content), formats=("JPEG",)) as image:
        pixels = np.asarray(image)
    return pixels.reshape(*pixels.shape[:2], -1)


def _complete_png(content: bytes) -> Completed | None:
    chunks: list[tuple[bytes, bytes]] = []
    data = bytearray()
    at = len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"IEND":
            break
        if kind == b"IDAT":
            data += body
        elif len(body) == length and not data:
            chunks.append((kind, body))
        at += 12 + length
    if not chunks or chunks[0][0] != b"IHDR" or not data:
        return None
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = 1 + -(-width * samples * bits // 8)
    wanted = row * height
    if interlaced:
        wanted = sum(_pass_bytes(width, height, samples * bits, index) for index in range(7))
    unpacker = zlib.decompressobj()
    rows = unpacker.decompress(bytes(data), wanted)
    missing = 1.0 - len(rows) / wanted
    if missing > (0.0 if interlaced else 1.0 - LEAST_SHARE):
        return None
    body = zlib.compress(rows[: len(rows) // row * row].ljust(wanted, b"\0") if missing else rows, 1)
    parts = [*chunks, (b"IDAT", body), (b"IEND", b"")]
    sound = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )
    return Completed(_PNG + sound, missing)


def _pass_bytes(width: int, height: int, bits: int, index: int) -> int:
    """Bytes of one of the seven passes of an interlaced PNG."""
    left, top, across, down = (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    )[index]  # fmt: skip
    columns, rows = -(-(width - left) // across), -(-(height - top) // down)
    return rows * (1 + -(-columns * bits // 8)) if columns > 0 and rows > 0 else 0
