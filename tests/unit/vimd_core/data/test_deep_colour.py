"""Samples of more than eight bits come out as bright as the same picture in eight, whatever file holds them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tiff_writer import write_tiff

from vimd_core.data.images.decoding import decode_image, image_size
from vimd_core.data.images.tiff_lzw import decode_lzw
from vimd_core.errors import ImageError

HEIGHT, WIDTH = 26, 35
Picture = npt.NDArray[np.uint8]


@pytest.fixture
def picture() -> Picture:
    """Colours from black to white, with no two channels alike."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    channels = [rows * 255 // (HEIGHT - 1), columns * 255 // (WIDTH - 1), (rows + columns) * 255 // 59]
    return np.stack(channels, axis=-1).clip(0, 255).astype(np.uint8)


def in_bits(picture: Picture, bits: int) -> npt.NDArray[np.uint16]:
    return np.round(picture / 255.0 * (2**bits - 1)).astype(np.uint16)


def write_png(
    path: Path, values: npt.NDArray[np.uint16], *, significant: int = 0, transparent: tuple[int, ...] = ()
) -> None:
    """A PNG of 16 bits with the chunks that no writer here knows."""
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[values.shape[2]]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, colour, 0, 0, 0))]
    if significant:
        parts.append(chunk(b"sBIT", bytes([significant] * values.shape[2])))
    if transparent:
        parts.append(chunk(b"tRNS", struct.pack(f">{len(transparent)}H", *transparent)))
    parts += [chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def assert_shows(path: Path, picture: Picture, tolerance: float = 1.0) -> None:
    shown = decode_image(path)
    assert shown.shape == picture.shape
    assert np.abs(shown.astype(int) - picture).max() <= tolerance
    assert image_size(path) == (picture.shape[1], picture.shape[0])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.ppm"])
def test_fewer_bits_in_sixteen_are_as_bright_in_colour_as_in_grey(
    tmp_path: Path, picture: Picture, name: str, bits: int
) -> None:
    values = in_bits(picture, bits)
    cv2.imwrite(str(tmp_path / name), values[..., ::-1])
    assert_shows(tmp_path / name, picture)
    grey = "a.pgm" if name == "a.ppm" else name
    cv2.imwrite(str(tmp_path / grey), values[..., 1])
    assert_shows(tmp_path / grey, np.repeat(picture[..., 1:2], 3, axis=-1))


def test_a_hot_pixel_does_not_make_a_picture_dark(tmp_path: Path, picture: Picture) -> None:
    values = in_bits(picture, 12)
    values[3, 4] = 65535
    cv2.imwrite(str(tmp_path / "a.png"), values[..., ::-1])
    shown = decode_image(tmp_path / "a.png")
    expected = picture.copy()
    expected[3, 4] = 255
    assert np.abs(shown.astype(int) - expected).max() <= 1


def test_a_dim_picture_is_not_stretched_to_its_own_brightest_value(tmp_path: Path, picture: Picture) -> None:
    # Two exposures of one camera of 16 bits: the dimmer one stays the dimmer one.
    for name, share in (("bright.png", 1.0), ("dim.png", 0.55)):
        cv2.imwrite(str(tmp_path / name), (in_bits(picture, 16) * share).astype(np.uint16)[..., ::-1])
    bright, dim = (decode_image(tmp_path / name).mean() for name in ("bright.png", "dim.png"))
    assert dim == pytest.approx(0.55 * bright, rel=0.02)


def test_what_a_png_says_of_its_bits_is_believed(tmp_path: Path, picture: Picture) -> None:
    dim = in_bits(picture, 10)
    write_png(tmp_path / "said.png", dim, significant=12)
    assert_shows(tmp_path / "said.png", np.round(dim * (255 / 4095)).astype(np.uint8))
    # By the specification the significant bits are the upper ones.
    write_png(tmp_path / "upper.png", in_bits(picture, 16) & 0xFFF0, significant=12)
    assert_shows(tmp_path / "upper.png", picture)


def test_what_a_tiff_says_of_its_largest_value_is_believed(tmp_path: Path, picture: Picture) -> None:
    dim = in_bits(picture, 10)
    write_tiff(tmp_path / "a.tif", dim, extra={281: (4000, 4000, 4000)})
    assert_shows(tmp_path / "a.tif", np.round(dim * (255 / 4095)).astype(np.uint8))


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_samples(tmp_path: Path, picture: Picture, bits: int) -> None:
    write_tiff(tmp_path / "colour.tif", in_bits(picture, bits), bits=bits)
    assert_shows(tmp_path / "colour.tif", picture)


_LAYOUTS: list[dict[str, Any]] = [
    {},
    {"big_endian": True},
    {"compression": 8},
    {"compression": 8, "predictor": 2, "big_endian": True},
    {"planar": True},
    {"tile_px": 16, "compression": 8},
    {"tile_px": 16, "planar": True},
    {"rows_per_strip": 7},
]


@pytest.mark.parametrize("layout", _LAYOUTS, ids=str)
@pytest.mark.parametrize("dtype", ["u2", "u4", "u8", "f2", "f4", "f8"])
@pytest.mark.parametrize("samples", [1, 2, 3, 4])
def test_tiff_of_every_kind_of_sample(
    tmp_path: Path, picture: Picture, dtype: str, samples: int, layout: dict[str, Any]
) -> None:
    if np.dtype(dtype).kind == "f" and layout.get("predictor") == 2:
        layout = {**layout, "predictor": 1}
    most = 1.0 if np.dtype(dtype).kind == "f" else float(np.iinfo(dtype).max)
    colour = picture if samples > 2 else picture[..., :1]
    values = (colour / 255.0 * (most if most == 1.0 else most * 0.9999999)).astype(dtype)
    if samples in (2, 4):
        opaque = np.full_like(values[..., :1], 1.0 if most == 1.0 else np.iinfo(dtype).max)
        values = np.concatenate([values, opaque], axis=-1)
    write_tiff(tmp_path / "a.tif", values, **layout)
    assert_shows(tmp_path / "a.tif", np.broadcast_to(colour, picture.shape).astype(np.uint8))


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4"])
def test_signed_samples_do_not_wrap_around(tmp_path: Path, picture: Picture, dtype: str) -> None:
    limits = np.iinfo(dtype)
    values = np.round(picture / 255.0 * (float(limits.max) - limits.min) + limits.min)
    write_tiff(tmp_path / "a.tif", values.clip(limits.min, limits.max).astype(dtype))
    assert_shows(tmp_path / "a.tif", picture)
    write_tiff(tmp_path / "b.tif", (picture / 255.0 * limits.max).astype(dtype))  # no negative ones
    assert_shows(tmp_path / "b.tif", picture, 2.0)


def test_unsigned_32_bits_are_monotone(tmp_path: Path) -> None:
    values = np.linspace(0, 2**32 - 1, HEIGHT * WIDTH).astype(np.uint32).reshape(HEIGHT, WIDTH)
    write_tiff(tmp_path / "a.tif", values)
    shown = decode_image(tmp_path / "a.tif")[..., 0].ravel().astype(int)
    assert (np.diff(shown) >= 0).all()
    assert (shown[0], shown[-1]) == (0, 255)


@pytest.mark.parametrize(("most", "scale"), [(0.9, 1.0), (3.0, 4.0), (250.0, 255.0), (4000.0, 4095.0)])
def test_floating_point_has_few_scales(tmp_path: Path, picture: Picture, most: float, scale: float) -> None:
    values = picture.astype(np.float32) / 255 * most
    values[0, 0] = np.nan
    values[0, 1] = np.inf
    write_tiff(tmp_path / "a.tif", values)
    expected = np.round(picture / scale * most).clip(0, 255).astype(np.uint8)
    expected[0, 0], expected[0, 1] = 0, decode_image(tmp_path / "a.tif")[0, 1]
    assert_shows(tmp_path / "a.tif", expected)


def test_transparency_of_16_bits(tmp_path: Path, picture: Picture) -> None:
    values = in_bits(picture, 12)
    half = np.full_like(values[..., :1], 32768)
    write_png(tmp_path / "half.png", np.concatenate([values, half], axis=-1))
    assert_shows(tmp_path / "half.png", np.round(127.5 + picture / 2).astype(np.uint8))
    opaque = np.full_like(values[..., :1], 4095)  # as deep as the colours
    write_png(tmp_path / "opaque.png", np.concatenate([values, opaque], axis=-1))
    assert_shows(tmp_path / "opaque.png", picture)
    grey = np.concatenate([values[..., :1], np.full_like(half, 65535)], axis=-1)
    write_png(tmp_path / "grey.png", grey)
    assert_shows(tmp_path / "grey.png", np.repeat(picture[..., :1], 3, axis=-1))
    write_png(tmp_path / "key.png", np.zeros((4, 5, 3), np.uint16), transparent=(0, 0, 0))
    assert (decode_image(tmp_path / "key.png") == 255).all()


def test_a_sample_beside_the_colours_of_tiff_is_what_the_file_says_it_is(
    tmp_path: Path, picture: Picture
) -> None:
    half = np.full_like(picture[..., :1], 128)
    on_white = np.round(picture * (128 / 255) + 255 * (127 / 255)).astype(np.uint8)
    for kind, colour, shown in (
        (2, picture, on_white),
        (1, picture * (128 / 255), on_white),
        (0, picture, picture),
    ):
        values = np.round(np.concatenate([colour, half], axis=-1) * 257.0).astype(np.uint16)
        write_tiff(tmp_path / "a.tif", values, extra={338: (kind,)})
        if kind == 1:  # multiplied colours are dimmer: what depth they have must be said
            write_tiff(tmp_path / "a.tif", values, extra={338: (kind,), 281: (65534,) * 4})
        assert_shows(tmp_path / "a.tif", shown)


def test_zero_may_be_white(tmp_path: Path, picture: Picture) -> None:
    write_tiff(tmp_path / "a.tif", 65535 - in_bits(picture[..., :1], 16), extra={262: (0,)})
    assert_shows(tmp_path / "a.tif", np.repeat(picture[..., :1], 3, axis=-1))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_deep_tiff_is_turned(tmp_path: Path, picture: Picture, orientation: int) -> None:
    stored = {
        1: picture,
        2: picture[:, ::-1],
        3: picture[::-1, ::-1],
        4: picture[::-1],
        5: picture.transpose(1, 0, 2),
        6: picture.transpose(1, 0, 2)[::-1],
        7: picture[::-1, ::-1].transpose(1, 0, 2),
        8: picture.transpose(1, 0, 2)[:, ::-1],
    }[orientation]
    for name, values in (("a.tif", in_bits(stored, 16)), ("b.tif", stored.astype(np.float32) / 255)):
        write_tiff(tmp_path / name, values, extra={274: (orientation,)})
        assert_shows(tmp_path / name, picture)


def test_16_bit_jpeg_2000_in_colour(
    tmp_path: Path, picture: Picture, capfd: pytest.CaptureFixture[str]
) -> None:
    lossless = [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000]
    large = picture.repeat(2, axis=0).repeat(2, axis=1)  # OpenCV writes none that is smaller
    cv2.imwrite(str(tmp_path / "a.jp2"), in_bits(large, 12)[..., ::-1], lossless)
    capfd.readouterr()
    assert_shows(tmp_path / "a.jp2", large)
    assert capfd.readouterr().err == ""


def test_what_is_not_read_is_said_in_true_words(tmp_path: Path, picture: Picture) -> None:
    write_tiff(tmp_path / "a.tif", picture.astype(np.float32), extra={259: (50000,)})
    with pytest.raises(ImageError, match=r"not read \(.* compressed with Zstandard\)"):
        decode_image(tmp_path / "a.tif")
    write_tiff(tmp_path / "b.tif", np.zeros((4, 4, 5), np.float32))
    with pytest.raises(ImageError, match="5 samples per pixel"):
        decode_image(tmp_path / "b.tif")


def test_truncated_and_huge_deep_tiff(tmp_path: Path, picture: Picture) -> None:
    path = tmp_path / "a.tif"
    write_tiff(path, picture.astype(np.float64), extra={257: (HEIGHT * 2,), 278: (HEIGHT * 2,)})
    with pytest.raises(ImageError, match="truncated or damaged"):
        decode_image(path)
    write_tiff(path, picture.astype(np.float64), extra={278: (0,)})
    with pytest.raises(ImageError, match="truncated or damaged"):
        decode_image(path)
    write_tiff(path, picture.astype(np.float64), extra={256: (60000,), 257: (60000,)})
    for read in (decode_image, image_size):
        with pytest.raises(ImageError, match="limit of 100 million pixels"):
            read(path)


def test_lzw(tmp_path: Path) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (90, 120), dtype=np.uint8)
    Image.fromarray(noisy).save(tmp_path / "a.tif", compression="tiff_lzw")
    with Image.open(tmp_path / "a.tif") as image:
        offsets, lengths = image.tag_v2[273], image.tag_v2[279]
    content = (tmp_path / "a.tif").read_bytes()
    strips = [content[at : at + length] for at, length in zip(offsets, lengths, strict=True)]
    assert b"".join(decode_lzw(strip, noisy.size) for strip in strips) == noisy.tobytes()
