"""Folders with any number of small PNG files. Without Pillow, so that a hundred thousand take some seconds."""

from __future__ import annotations

import os
import random
import struct
import zlib
from pathlib import Path
from typing import Final

FOLDERS: Final = 100
_LINKED_PICTURES: Final = 500
_NOISE: Final = 1 << 16


def write_pictures(folder: Path, count: int, *, folders: int = FOLDERS, seed: int = 0) -> Path:
    """Files of 20 to 56 px, each with a content of its own; a folder that is there already is left as it is.

    Args:
        folder: holds the sub-folders.
        count: files in all.
        folders: sub-folders that they are spread over.
        seed: of contents and sizes.
    """
    done = folder.with_name(f"{folder.name}.{count}.written")
    if done.exists():
        return folder
    generator = random.Random(seed)
    noise = generator.randbytes(_NOISE)
    for number in range(folders):
        (folder / f"{number:03d}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number % folders:03d}" / f"capture_{number}.png"
        path.write_bytes(_png(number, noise, generator))
    done.touch()
    return folder


def link_pictures(folder: Path, count: int, *, folders: int = FOLDERS) -> Path:
    """The same number of names for a few files, where a million contents would take hours."""
    done = folder.with_name(f"{folder.name}.{count}.linked")
    if done.exists():
        return folder
    originals = write_pictures(folder.with_name(f"{folder.name}.originals"), _LINKED_PICTURES, folders=1)
    sources = [os.fspath(originals / "000" / f"capture_{number}.png") for number in range(_LINKED_PICTURES)]
    for number in range(folders):
        (folder / f"{number:03d}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        os.link(sources[number % _LINKED_PICTURES], f"{folder}/{number % folders:03d}/capture_{number}.png")
    done.touch()
    return folder


def _png(number: int, noise: bytes, generator: random.Random) -> bytes:
    width, height = generator.randint(20, 56), generator.randint(20, 56)
    start = generator.randrange(_NOISE - 3 * width)
    line = b"\0" + noise[start : start + 3 * width]
    # One line of noise over and over compresses to a fraction of a kilobyte; the first pixels tell files apart.
    first = b"\0" + number.to_bytes(6, "big") + line[7:]
    pixels = zlib.compress(first + line * (height - 1), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
