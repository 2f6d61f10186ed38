"""Writes TIFF files of every kind of sample, which no library among our dependencies does."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_KINDS = {"u": 1, "i": 2, "f": 3}


def pack_bits(values: npt.NDArray[Any], bits: int) -> bytes:
    """Samples of one row after the other, each row ending at a whole byte."""
    rows = values.reshape(values.shape[0], -1).astype(np.uint64)
    ones = (rows[..., None] >> np.arange(bits - 1, -1, -1, dtype=np.uint64)) & np.uint64(1)
    return np.packbits(ones.reshape(rows.shape[0], -1).astype(np.uint8), axis=1).tobytes()


def write_tiff(
    path: Path,
    samples: npt.NDArray[Any],
    *,
    big_endian: bool = False,
    compression: int = 1,
    predictor: int = 1,
    planar: bool = False,
    tile_px: int = 0,
    bits: int = 0,
    rows_per_strip: int = 0,
    extra: dict[int, tuple[int, ...]] | None = None,
) -> None:
    """Write (H, W) or (H, W, C) samples; `bits` packs them, `extra` are more tags of the type SHORT."""
    order = ">" if big_endian else "<"
    cube = samples if samples.ndim == 3 else samples[..., None]
    height, width, count = cube.shape
    planes = [cube[..., i : i + 1] for i in range(count)] if planar else [cube]
    blocks: list[bytes] = []
    for plane in planes:
        if tile_px:
            tall, wide = -(-height // tile_px) * tile_px, -(-width // tile_px) * tile_px
            whole = np.zeros((tall, wide, plane.shape[2]), plane.dtype)
            whole[:height, :width] = plane
            parts = [
                whole[y : y + tile_px, x : x + tile_px]
                for y in range(0, tall, tile_px)
                for x in range(0, wide, tile_px)
            ]
        else:
            step = rows_per_strip or height
            parts = [plane[y : y + step] for y in range(0, height, step)]
        for part in parts:
            if predictor == 2:
                part = np.concatenate([part[:, :1], np.diff(part, axis=1)], axis=1)
            data = pack_bits(part, bits) if bits else part.astype(part.dtype.newbyteorder(order)).tobytes()
            blocks.append(zlib.compress(data) if compression == 8 else data)
    width_bits = bits or cube.dtype.itemsize * 8
    offsets, at = [], 8
    for block in blocks:
        offsets.append(at)
        at += len(block)
    tags: dict[int, tuple[str, tuple[int, ...]]] = {
        256: ("I", (width,)),
        257: ("I", (height,)),
        258: ("H", (width_bits,) * count),
        259: ("H", (compression,)),
        262: ("H", (2 if count > 2 else 1,)),
        277: ("H", (count,)),
        284: ("H", (2 if planar else 1,)),
        317: ("H", (predictor,)),
        339: ("H", (_KINDS[cube.dtype.kind],) * count),
    }
    if count in (2, 4):
        tags[338] = ("H", (2,))
    if tile_px:
        tags |= {322: ("I", (tile_px,)), 323: ("I", (tile_px,))}
        tags |= {324: ("I", tuple(offsets)), 325: ("I", tuple(map(len, blocks)))}
    else:
        tags |= {273: ("I", tuple(offsets)), 278: ("I", (rows_per_strip or height,))}
        tags[279] = ("I", tuple(map(len, blocks)))
    tags |= {tag: ("H", values) for tag, values in (extra or {}).items()}
    directory, more = b"", b""
    room = at + 2 + 12 * len(tags) + 4
    for tag, (code, values) in sorted(tags.items()):
        data = struct.pack(f"{order}{len(values)}{code}", *values)
        if len(data) > 4:
            place = struct.pack(f"{order}I", room + len(more))
            more += data
        else:
            place = data.ljust(4, b"\0")
        directory += struct.pack(f"{order}HHI", tag, 4 if code == "I" else 3, len(values)) + place
    head = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(f"{order}I", at)
    tail = struct.pack(f"{order}H", len(tags)) + directory + bytes(4) + more
    path.write_bytes(head + b"".join(blocks) + tail)
