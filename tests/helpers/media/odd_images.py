"""Images that are odd and good, and files that only look like images; always the same ones."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

FORMATS: Final = ("png", "jpg", "bmp", "tif", "webp", "gif", "ppm", "pgm")
MALFORMED: Final = 500


def picture(number: int, *, mode: str = "RGB", size: tuple[int, int] = (26, 22)) -> Image.Image:
    """Noise, a different one for each number."""
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    names = {"jpg": "JPEG", "tif": "TIFF", "ppm": "PPM", "pgm": "PPM"}
    file = io.BytesIO()
    image.save(file, names.get(form, form.upper()), **options)
    return file.getvalue()


def whole(form: str, number: int) -> bytes:
    return encoded(picture(number, mode="L" if form == "pgm" else "RGB"), form)


def write_good(folder: Path) -> set[str]:
    """Images of every kind that is read, each with its own content; their names."""
    folder.mkdir(parents=True)
    sixteen = np.random.default_rng(1).integers(0, 65_536, (20, 24), dtype=np.uint16)
    rotated = Image.Exif()
    rotated[0x0112] = 6
    frames = [picture(60 + i) for i in range(4)]
    more = {"save_all": True, "append_images": frames[1:]}
    made: dict[str, bytes] = {
        **{f"plain.{form}": whole(form, i) for i, form in enumerate(FORMATS)},
        "a png by content.jpg": whole("png", 20),
        "a jpeg by content.png": whole("jpg", 21),
        "a gif by content.tiff": whole("gif", 22),
        "upper case.PNG": whole("png", 23),
        "animated.gif": encoded(frames[0], "gif", **more),
        "animated.webp": encoded(frames[1], "webp", **more),
        "animated.png": encoded(frames[2], "png", **more),
        "two pages.tif": encoded(frames[3], "tif", **more),
        "sixteen bit.png": encoded(Image.fromarray(sixteen), "png"),
        "sixteen bit.tif": encoded(Image.fromarray(sixteen + 1), "tif"),
        "sixteen bit.pgm": b"P5\n24 20\n65535\n" + (sixteen + 2).astype(">u2").tobytes(),
        "cmyk.jpg": encoded(picture(30, mode="CMYK"), "jpg"),
        "cmyk.tif": encoded(picture(31, mode="CMYK"), "tif"),
        "palette.png": encoded(picture(32, mode="P"), "png"),
        "palette.bmp": encoded(picture(33, mode="P"), "bmp"),
        "one bit.png": encoded(picture(34, mode="1"), "png"),
        "one bit.tif": encoded(picture(35, mode="1"), "tif"),
        "transparent.png": encoded(picture(36, mode="RGBA"), "png"),
        "grey and transparent.png": encoded(picture(37, mode="LA"), "png"),
        "progressive.jpg": encoded(picture(38), "jpg", progressive=True),
        "turned.jpg": encoded(picture(39, size=(30, 20)), "jpg", exif=rotated),
        "turned.png": encoded(picture(40, size=(30, 20)), "png", exif=rotated),
        "compressed.tif": encoded(picture(41), "tif", compression="tiff_lzw"),
        "one pixel.png": encoded(picture(42, size=(1, 1)), "png"),
        "one line.png": encoded(picture(43, size=(40, 1)), "png"),
        "very wide.png": encoded(picture(44, size=(900, 3)), "png"),
        "spaces and ümläute 限速.png": whole("png", 45),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return set(made)


def write_malformed(folder: Path) -> set[str]:
    """`MALFORMED` files, none of which can be read, each with its own content; their names."""
    folder.mkdir(parents=True)
    chance = random.Random(7)
    kinds: tuple[Callable[[random.Random, int], tuple[str, bytes]], ...] = (
        _cut_off,
        _text,
        _noise_behind_a_good_beginning,
        _giant,
        _noise,
    )
    made = {"empty.png": b"", "one byte.jpg": b"\xff"}
    number = 0
    while len(made) < MALFORMED:
        form, data = kinds[number % len(kinds)](chance, number)
        if data not in made.values():
            made[f"{number:04} {kinds[number % len(kinds)].__name__[1:]}.{form}"] = data
        number += 1
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return set(made)


def _cut_off(chance: random.Random, number: int) -> tuple[str, bytes]:
    form = FORMATS[number // 5 % len(FORMATS)]
    data = whole(form, 1000 + number)
    return form, data[: chance.randint(2, len(data) // 2)]


def _text(_chance: random.Random, number: int) -> tuple[str, bytes]:
    form = FORMATS[number // 5 % len(FORMATS)]
    text = (
        "Dear aunt, this is letter {} and no picture.",
        "<html><body>404 {}</body></html>",
        '{{"id": {}}}',
    )
    return form, text[number // 5 % len(text)].format(number).encode()


def _noise_behind_a_good_beginning(chance: random.Random, number: int) -> tuple[str, bytes]:
    """What a broken card or a copy that stopped leaves."""
    form = ("png", "jpg", "gif", "webp")[number // 5 % 4]
    data = whole(form, 2000 + number)
    kept = {"png": 45, "jpg": 160, "gif": 10, "webp": 30}[form]
    return form, data[:kept] + chance.randbytes(len(data) // 3)


def _giant(chance: random.Random, number: int) -> tuple[str, bytes]:
    """A few bytes whose header announces gigabytes."""
    width, height = chance.randint(40_000, 60_000), chance.randint(40_000, 60_000)
    form = ("png", "ppm", "bmp", "tif")[number // 5 % 4]
    if form == "png":
        chunks = (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(bytes(500))),
            (b"IEND", b""),
        )
        parts = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks]
        return form, b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    if form == "ppm":
        return form, f"P6\n{width} {height}\n255\n".encode() + bytes(200)
    if form == "bmp":
        sizes = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
        return form, b"BM" + struct.pack("<IHHI", 254, 0, 0, 54) + sizes + bytes(200)
    entries = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, 99),
    ]
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return form, b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4)


def _noise(chance: random.Random, number: int) -> tuple[str, bytes]:
    return FORMATS[number // 5 % len(FORMATS)], b"\0" + chance.randbytes(chance.randint(10, 900))
