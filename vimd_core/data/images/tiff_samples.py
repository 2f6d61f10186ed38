"""The samples of TIFF files that hold more than eight bits, or that Pillow has no mode for. Torch-free.

Whole and floating-point numbers of any width, packed 10, 12 and 14 bits, planes apart, tiles, either byte order, up to
four samples a pixel. Sizes: H height, W width, C samples of a pixel.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final, Literal

import numpy as np
import numpy.typing as npt
from PIL import TiffImagePlugin

from vimd_core.data.images.tiff_lzw import decode_lzw
from vimd_core.errors import ImageError

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_OFFSETS, _ORIENTATION, _SAMPLES, _ROWS_PER_STRIP, _STRIP_BYTES = 273, 274, 277, 278, 279
_MAX_SAMPLE, _PLANAR, _PREDICTOR = 281, 284, 317
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_EXTRA_SAMPLES, _SAMPLE_FORMAT, _SMAX = 338, 339, 341
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_COMPRESSIONS: Final = {
    2: "CCITT", 3: "CCITT fax 3", 4: "CCITT fax 4", 6: "old JPEG", 7: "JPEG", 34712: "JPEG 2000",
    34887: "LERC", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL", 34892: "lossy JPEG",
}  # fmt: skip
_MAX_SAMPLES: Final = 4
Alpha = Literal["none", "apart", "multiplied"]
"""Whether there is a sample for opacity, and whether the colours were multiplied by it already."""
_DAMAGED: Final = "a TIFF file that is truncated or damaged"


class UnsupportedTiffError(ImageError):
    """A sound TIFF of a kind that is not read; its message is what kind, without the file's name."""


@dataclass(frozen=True)
class TiffLayout:
    """How the first picture of a file lies in it.

    Attributes:
        width_px: W as it is stored.
        height_px: H as it is stored.
        bits: of a sample.
        sample_format: 1 unsigned, 2 signed, 3 floating point.
        samples: C.
        photometric: what the samples mean.
        orientation: 1 to 8, as in EXIF.
        stated_maximum: what the file says the largest sample may be; None when it does not.
    """

    width_px: int
    height_px: int
    bits: int
    sample_format: int
    samples: int
    photometric: int
    orientation: int
    stated_maximum: float | None
    tags: TiffImagePlugin.ImageFileDirectory_v2

    @property
    def is_beyond_pillow(self) -> bool:
        """Whether Pillow would cut the samples down, take them for others or has no mode for them."""
        has_odd_planes = self.samples == 2 and int(self.tags.get(_PLANAR, 1)) == 2
        return self.bits > 8 or self.sample_format in (_SIGNED, _FLOAT) or has_odd_planes

    @property
    def is_true_in_pillow(self) -> bool:
        """Whether what Pillow makes of them is right, if less than there is."""
        return self.sample_format == _UNSIGNED and self.bits <= 16

    @property
    def alpha(self) -> Alpha:
        """What a sample beside the colours says."""
        if self.samples not in (2, 4):
            return "none"
        kind = next(iter(_all(self.tags, _EXTRA_SAMPLES, 0)), 0)
        return "multiplied" if kind == 1 else "apart" if kind == 2 else "none"

    @property
    def is_floating(self) -> bool:
        """Whether the samples are floating-point numbers."""
        return self.sample_format == _FLOAT

    @property
    def is_white_zero(self) -> bool:
        """Whether zero is white."""
        return self.photometric == _WHITE_IS_ZERO


def read_tiff_layout(file: IO[bytes]) -> TiffLayout:
    """Read the header of a file.

    Raises:
        UnsupportedTiffError: its samples have several widths or kinds.
        OSError, ValueError, KeyError, ...: it is damaged.
    """
    file.seek(0)
    header = file.read(8)
    if header[2] == 43 or header[3] == 43:  # BigTIFF
        header += file.read(8)
    tags = TiffImagePlugin.ImageFileDirectory_v2(header)
    file.seek(tags.next)
    tags.load(file)
    bits = set(_all(tags, _BITS, 1))
    formats = set(_all(tags, _SAMPLE_FORMAT, _UNSIGNED)) - {4}
    if len(bits) != 1 or len(formats) > 1:
        raise UnsupportedTiffError("samples of several widths or kinds in one pixel")
    stated = max(map(float, _all(tags, _SMAX, tags.get(_MAX_SAMPLE, 0))))
    return TiffLayout(
        width_px=int(tags[_WIDTH]),
        height_px=int(tags[_HEIGHT]),
        bits=int(bits.pop()),
        sample_format=int(formats.pop()) if formats else _UNSIGNED,
        samples=int(tags.get(_SAMPLES, 1)),
        photometric=int(tags.get(_PHOTOMETRIC, _BLACK_IS_ZERO)),
        orientation=int(tags.get(_ORIENTATION, 1)),
        stated_maximum=stated if stated > 0 else None,
        tags=tags,
    )


def read_tiff_samples(file: IO[bytes], layout: TiffLayout) -> npt.NDArray[Any]:
    """Read the first picture.

    Args:
        file: of `read_tiff_layout`.
        layout: what that has found.

    Returns:
        (H, W, C) of the file's own type in this machine's byte order; packed samples as uint16.

    Raises:
        UnsupportedTiffError: it is a kind that is not read.
        OSError, ValueError, KeyError, ...: it is damaged.
    """
    tags = layout.tags
    dtype = _dtype(layout)
    unpack = _decompressor(int(tags.get(_COMPRESSION, 1)))
    predictor = int(tags.get(_PREDICTOR, 1))
    if layout.photometric not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB):
        raise UnsupportedTiffError(
            "colours of the kind {photometric} in {bits} bits",
            photometric=layout.photometric,
            bits=layout.bits,
        )
    if not 1 <= layout.samples <= _MAX_SAMPLES:
        raise UnsupportedTiffError("{samples} samples per pixel", samples=layout.samples)
    apart = int(tags.get(_PLANAR, 1)) == 2 and layout.samples > 1
    depth = 1 if apart else layout.samples
    is_tiled = _TILE_OFFSETS in tags
    wide = int(tags[_TILE_WIDTH]) if is_tiled else layout.width_px
    high = int(tags[_TILE_HEIGHT]) if is_tiled else int(tags.get(_ROWS_PER_STRIP, layout.height_px))
    high = high if is_tiled else min(high, layout.height_px)
    offsets = _all(tags, _TILE_OFFSETS if is_tiled else _STRIP_OFFSETS, 0)
    lengths = _all(tags, _TILE_BYTES if is_tiled else _STRIP_BYTES, 0)
    if min(wide, high) < 1:
        raise OSError(_DAMAGED)
    across, down = -(-layout.width_px // wide), -(-layout.height_px // high)
    if len(offsets) < across * down * (layout.samples if apart else 1):
        raise OSError(_DAMAGED)
    picture = np.zeros((layout.height_px, layout.width_px, layout.samples), dtype.newbyteorder("="))
    for index, (offset, length) in enumerate(zip(offsets, lengths, strict=False)):
        plane, place = divmod(index, across * down) if apart else (0, index)
        row, column = divmod(place, across)
        if plane >= layout.samples or row >= down:
            break
        # The last strip holds only the rows that are left; tiles are whole.
        rows = high if is_tiled else min(high, layout.height_px - row * high)
        file.seek(int(offset))
        block = _samples(
            unpack(file.read(int(length)), _row_bytes(wide, depth, layout.bits) * rows),
            (rows, wide, depth),
            dtype,
            layout.bits,
            predictor,
        )
        top, left = row * high, column * wide
        part = picture[top : top + rows, left : left + wide, plane : plane + depth]
        part[:] = block[: part.shape[0], : part.shape[1]]
    return picture


def _samples(
    data: bytes, shape: tuple[int, int, int], dtype: np.dtype[Any], bits: int, predictor: int
) -> npt.NDArray[Any]:
    """One strip or tile as (rows, width, samples)."""
    rows, wide, depth = shape
    row_bytes = _row_bytes(wide, depth, bits)
    if len(data) < row_bytes * rows:
        raise OSError(_DAMAGED)
    raw = np.frombuffer(data, np.uint8, row_bytes * rows).reshape(rows, row_bytes)
    if predictor == 3 and dtype.kind == "f":
        # Bytes of one weight lie together, and each is the difference to its neighbour of the same sample.
        planes = np.cumsum(raw.reshape(rows, -1, depth), axis=1, dtype=np.uint8)
        ordered = planes.reshape(rows, dtype.itemsize, wide * depth).transpose(0, 2, 1)
        floats: npt.NDArray[Any] = np.ascontiguousarray(ordered).view(dtype.newbyteorder(">"))
        return floats.reshape(shape)
    if bits % 8:
        ones = np.unpackbits(raw, axis=1)[:, : wide * depth * bits].reshape(rows, wide, depth, bits)
        weights = 1 << np.arange(bits - 1, -1, -1, dtype=np.uint32)
        packed: npt.NDArray[Any] = (ones * weights).sum(axis=-1, dtype=np.uint32)
        return packed.astype(dtype)
    values: npt.NDArray[Any] = raw.view(dtype).reshape(shape)
    if predictor == 2:
        native = dtype.newbyteorder("=")
        values = np.cumsum(values.astype(native), axis=1, dtype=native)
    return values


def _dtype(layout: TiffLayout) -> np.dtype[Any]:
    """The type of a sample as it lies in the file."""
    kind = {_UNSIGNED: "u", _SIGNED: "i", _FLOAT: "f"}.get(layout.sample_format)
    widths = (16, 32, 64) if kind == "f" else (8, 16, 32, 64)
    if kind == "u" and layout.bits in (10, 12, 14):
        return np.dtype(np.uint16)
    if kind is None or layout.bits not in widths:
        name = {"f": "floating-point", "i": "signed", "u": "unsigned"}.get(kind or "", "complex")
        raise UnsupportedTiffError("{name} samples of {bits} bits", name=name, bits=layout.bits)
    prefix: str = layout.tags.prefix.decode()
    return np.dtype(f"{'<' if prefix == 'II' else '>'}{kind}{layout.bits // 8}")


def _decompressor(compression: int) -> Callable[[bytes, int], bytes]:
    known: dict[int, Callable[[bytes, int], bytes]] = {
        1: lambda data, _size: data,
        5: decode_lzw,
        8: lambda data, size: zlib.decompressobj().decompress(data, size),
        32773: _unpack_bits,
        32946: lambda data, size: zlib.decompressobj().decompress(data, size),
        34925: lambda data, size: lzma.LZMADecompressor().decompress(data, size),
    }
    if compression not in known:
        name = _COMPRESSIONS.get(compression, f"scheme {compression}")
        raise UnsupportedTiffError("samples of more than 8 bits compressed with {name}", name=name)
    return known[compression]


def _unpack_bits(data: bytes, size: int) -> bytes:
    """Apple's run lengths, which TIFF calls PackBits."""
    out = bytearray()
    at = 0
    while at < len(data) and len(out) < size:
        head = data[at]
        if head < 128:
            out += data[at + 1 : at + 2 + head]
            at += 2 + head
        elif head > 128:
            out += data[at + 1 : at + 2] * (257 - head)
            at += 2
        else:
            at += 1
    return bytes(out)


def _row_bytes(width: int, samples: int, bits: int) -> int:
    return -(-width * samples * bits // 8)


def _all(tags: TiffImagePlugin.ImageFileDirectory_v2, tag: int, default: Any) -> tuple[Any, ...]:
    value = tags.get(tag, default)
    return tuple(value) if isinstance(value, tuple | list) else (value,)
