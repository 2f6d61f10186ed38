"""Every form of image that a user may drop, and every bad file, as real files."""

from __future__ import annotations

import logging
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from places import DATA
from tiff_writer import write_tiff

from vimd_core.data.files.hashing import content_hash, sha256
from vimd_core.data.images.decoding import decode_image, image_size
from vimd_core.data.images.formats import IMAGE_FORMATS, extension_of
from vimd_core.data.images.pillow_images import TRANSPARENT_BACKGROUND
from vimd_core.errors import ImageError

HEIGHT, WIDTH = 24, 31

# pytest takes our own filter away during tests; one of them looks at its effect in a process of its own.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")


@pytest.fixture
def pixels() -> npt.NDArray[np.uint8]:
    """A smooth picture whose corners differ, so that lossy forms stay near and turns are seen."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return (
        np.stack([rows * 10, columns * 8, 255 - rows * 5 - columns * 4], axis=-1)
        .clip(0, 255)
        .astype(np.uint8)
    )


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def write_bomb(path: Path, width: int, height: int) -> None:
    """A small PNG whose header announces a huge image."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0),
        ("a.bmp", {}, 0),
        ("a.ppm", {}, 0),
        ("a.webp", {"lossless": True}, 0),
        ("a.tif", {}, 0),
        ("a.tiff", {"compression": "tiff_lzw"}, 0),
        ("b.tiff", {"compression": "tiff_deflate"}, 0),
        ("a.jpg", {"quality": 95, "subsampling": 0}, 12),
        ("b.jpg", {"quality": 95, "subsampling": 0, "progressive": True}, 12),
        ("b.webp", {"quality": 95}, 25),
        ("a.jp2", {}, 0),
        ("a.j2k", {}, 0),
        ("a.avif", {"quality": 95}, 12),
    ],
)
def test_colour_images_come_out_as_they_were(
    tmp_path: Path, pixels: npt.NDArray[np.uint8], name: str, options: dict[str, object], tolerance: int
) -> None:
    path = tmp_path / name
    Image.fromarray(pixels).save(path, **options)
    decoded = decode_image(path)
    assert decoded.dtype == np.uint8
    assert decoded.shape == (HEIGHT, WIDTH, 3)
    assert decoded.flags.c_contiguous
    assert decoded.flags.writeable
    assert np.abs(decoded.astype(int) - pixels).max() <= tolerance
    assert image_size(path) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("name", ["a.png", "a.pgm", "a.tif", "a.bmp"])
def test_grey_becomes_rgb(tmp_path: Path, pixels: npt.NDArray[np.uint8], name: str) -> None:
    Image.fromarray(pixels[..., 0]).save(tmp_path / name)
    assert np.array_equal(decode_image(tmp_path / name), np.repeat(pixels[..., :1], 3, axis=-1))


def test_heic(pixels: npt.NDArray[np.uint8]) -> None:
    path = DATA / "formats" / "capture.heic"
    assert np.abs(decode_image(path).astype(int) - pixels).mean() <= 5
    assert image_size(path) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("suffix", ["png", "webp", "avif", "jp2", "tif"])
def test_transparency_in_every_format_that_has_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGBA", (12, 8), (10, 20, 30, 0)).save(path)
    assert (decode_image(path) == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr", "LAB"])
def test_every_mode_of_pillow_becomes_rgb(tmp_path: Path, pixels: npt.NDArray[np.uint8], mode: str) -> None:
    grey = np.repeat(pixels.mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8)
    Image.fromarray(grey).convert(mode).save(tmp_path / "a.tif")
    assert np.abs(decode_image(tmp_path / "a.tif").mean() - grey.mean()) <= 3


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif", "avif"])
def test_of_several_pictures_the_first_is_shown(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (16, 12), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:])
    assert np.abs(decode_image(tmp_path / f"a.{suffix}")[0, 0].astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (bytes(400), "only zero bytes"),
        (b"8BPS" + bytes(60), "Photoshop"),
        (b"PK\x03\x04" + bytes(60), "holds ZIP or Office"),
        (b"\0\0\0\x18ftypmp42" + bytes(60), "holds video data, not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "a kind of HEIC that is not read"),
        (b"\xff\xd8\xff\xc0\0\x11\x0c" + bytes(60), "JPEG of 12 bits a sample"),
        (b"just words", "is not an image that can be read: use one of PNG, JPEG"),
    ],
)
def test_what_a_file_is_instead_of_an_image_is_said(tmp_path: Path, content: bytes, wanted: str) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert_refused(tmp_path / "a.jpg", wanted)


def test_a_path_that_is_too_long_and_a_link_in_a_circle(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="too long for this system") as caught:
        decode_image(tmp_path / f"{'a' * 300}.png")
    assert len(str(caught.value)) < 300
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert_refused(tmp_path / "loop.png", "is a circular link")


def test_cmyk_jpeg_keeps_its_colours(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(pixels).convert("CMYK").save(path, quality=98, subsampling=0)
    assert np.abs(decode_image(path).astype(int) - pixels).max() <= 20


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(
    tmp_path: Path, pixels: npt.NDArray[np.uint8], suffix: str, orientation: int
) -> None:
    # What a camera held that way stores, by the EXIF specification's table of row 0 and column 0.
    stored = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: pixels.transpose(1, 0, 2)[::-1],
        7: pixels[::-1, ::-1].transpose(1, 0, 2),
        8: pixels.transpose(1, 0, 2)[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    options: dict[str, object] = {"jpg": {"quality": 98, "subsampling": 0}, "webp": {"lossless": True}}.get(
        suffix, {}
    )
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif, **options)
    assert image_size(path) == (WIDTH, HEIGHT)
    assert np.abs(decode_image(path).astype(int) - pixels).max() <= 12


def test_damaged_exif_does_not_lose_the_image(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff broken")
    assert np.array_equal(decode_image(path), pixels)


def test_transparent_pixels_lie_on_the_stated_background(tmp_path: Path) -> None:
    palette = Image.new("P", (4, 2), 0)
    palette.putpalette([10, 20, 30, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "palette.png", transparency=0)
    decoded = decode_image(tmp_path / "palette.png")
    assert tuple(decoded[0, 0]) == TRANSPARENT_BACKGROUND
    assert tuple(decoded[0, 1]) == (200, 100, 50)

    Image.new("RGBA", (2, 2), (0, 0, 0, 128)).save(tmp_path / "half.png")
    assert abs(int(decode_image(tmp_path / "half.png")[0, 0, 0]) - 127) <= 1


def test_gif_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (5, 4), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert tuple(decode_image(tmp_path / "a.gif")[0, 0]) == (255, 0, 0)


@pytest.mark.parametrize("name", ["a.tif", "a.png", "a.pgm"])
def test_sixteen_bit_grey_is_scaled_to_eight(tmp_path: Path, name: str) -> None:
    values = np.linspace(0, 65535, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
    cv2.imwrite(str(tmp_path / name), values)
    assert np.abs(decode_image(tmp_path / name)[..., 0] - values / 257.0).max() <= 0.51


def test_twelve_bits_in_sixteen_are_not_black(tmp_path: Path) -> None:
    values = np.linspace(0, 4000, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert np.abs(decode_image(tmp_path / "a.tif")[..., 0] - values * (255 / 4095)).max() <= 0.51


def test_sixteen_bit_colour_is_scaled_to_eight(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 65535, (HEIGHT, WIDTH, 3)).astype(np.uint16)
    for name in ("a.tif", "a.png"):
        cv2.imwrite(str(tmp_path / name), values[..., ::-1])
        assert np.abs(decode_image(tmp_path / name) - values / 257.0).max() <= 0.51


def test_floating_point_grey(tmp_path: Path) -> None:
    values = np.linspace(0, 1, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert np.abs(decode_image(tmp_path / "a.tif")[..., 0] - values * 255).max() <= 0.51


def test_wrong_extension_with_good_content_is_fine(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.jpg", format="PNG")
    assert np.array_equal(decode_image(tmp_path / "a.jpg"), pixels)


def assert_refused(path: Path, wanted: str) -> None:
    """Both readers refuse the file in one sentence that names it and holds `wanted`."""
    for read in (decode_image, image_size):
        with pytest.raises(ImageError) as caught:
            read(path)
        assert str(path) in str(caught.value)
        # The path holds the test's own name, whose words must not count.
        sentence = str(caught.value).replace(str(path), "PATH")
        assert wanted in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_missing_file(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.png", "no file")


def test_folder(tmp_path: Path) -> None:
    assert_refused(tmp_path, "folder")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert_refused(tmp_path / "a.png", "0 bytes")


def test_not_an_image(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("these are words")
    assert_refused(tmp_path / "a.png", "not an image")


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "a.png")
    assert_refused(tmp_path / "a.png", "regular file")


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (12_000, 10_000)])
def test_bomb_is_refused_from_its_header(tmp_path: Path, width: int, height: int) -> None:
    write_bomb(tmp_path / "a.png", width, height)
    assert_refused(tmp_path / "a.png", "limit of 100 million pixels")


def test_pixel_limit_can_be_lowered(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.png")
    with pytest.raises(ImageError, match="31 x 24 px"):
        decode_image(tmp_path / "a.png", max_pixels=100)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif", "webp", "gif", "ppm", "avif", "jp2"])
def test_truncated_file(tmp_path: Path, pixels: npt.NDArray[np.uint8], suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, pixels.shape, dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ImageError, match=r" is truncated or damaged"):
        decode_image(path)


def test_unreadable_file(ordinary_user: None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.png"
        path.write_bytes(b"x")
        path.chmod(0)
        assert_refused(path, "Permission denied")


def test_damaged_files_never_raise_anything_else(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Fuzzing with a fixed seed: whatever bytes are wrong, it is an image or an ImageError."""
    sources = []
    for suffix, options in (
        ("png", {}),
        ("jpg", {}),
        ("bmp", {}),
        ("tif", {"compression": "tiff_lzw"}),
        ("webp", {}),
        ("gif", {}),
        ("ppm", {}),
        ("jp2", {}),
        ("avif", {}),
    ):
        source = tmp_path / f"source.{suffix}"
        Image.fromarray(pixels).save(source, **options)
        sources.append(source.read_bytes())
    deep = tmp_path / "deep.tif"
    for samples, options in (
        (pixels.astype(np.uint16) * 16, {"compression": 8, "predictor": 2}),
        (pixels / 255, {"planar": True, "rows_per_strip": 5}),
        (pixels[..., 0].astype(np.uint32), {"tile_px": 16, "big_endian": True}),
        (pixels.astype(np.uint16), {"bits": 12}),
    ):
        write_tiff(deep, samples, **options)
        sources.append(deep.read_bytes())
    sources.append(cv2.imencode(".png", pixels.astype(np.uint16) * 16)[1].tobytes())
    sources.append(cv2.imencode(".ppm", pixels.astype(np.uint16) * 16)[1].tobytes())
    chance = random.Random(0)
    path = tmp_path / "damaged"
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2500):
        damaged = bytearray(chance.choice(sources))
        for _ in range(chance.choice((1, 3, 10))):
            damaged[chance.randrange(min(len(damaged), chance.choice((60, 10_000))))] = chance.randrange(256)
        if chance.random() < 0.2:
            del damaged[chance.randrange(len(damaged)) :]
        path.write_bytes(damaged)
        try:
            decode_image(path)
            outcomes["read"] += 1
        except ImageError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 100


def test_nothing_is_written_to_stderr(tmp_path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Neither Python's warnings nor the C libraries' own lines reach the terminal."""
    good = tmp_path / "good.tif"
    Image.fromarray(pixels).save(good, compression="tiff_deflate")
    damaged = bytearray(good.read_bytes())
    damaged[12:40] = bytes(28)
    (tmp_path / "data.tif").write_bytes(damaged)
    (tmp_path / "half.tif").write_bytes(good.read_bytes()[: good.stat().st_size - 60])
    Image.fromarray(pixels).quantize(8).save(tmp_path / "palette.png", transparency=bytes([0, 128, 255]))
    write_bomb(tmp_path / "bomb.png", 11_000, 10_000)
    program = (
        "import sys; from pathlib import Path\n"
        "from vimd_core.data.images.decoding import decode_image\n"
        "from vimd_core.errors import ImageError\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try: decode_image(path)\n"
        "    except ImageError as e: sys.stdout.write(f'{e}\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 3


def test_pillow_does_not_log_what_it_raises(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("PIL.TiffImagePlugin").error("More samples per pixel than can be decoded")
    assert not caplog.records


def test_hashes_depend_on_the_bytes_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    (tmp_path / "b").write_bytes(b"abc")
    (tmp_path / "c").write_bytes(b"abd")
    assert content_hash(tmp_path / "a") == content_hash(tmp_path / "b") != content_hash(tmp_path / "c")
    assert len(content_hash(tmp_path / "a")) == 32
    assert sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_new_file_of_each_format_is_named_as_that_format_usually_is() -> None:
    assert {one.name: extension_of(one.name) for one in IMAGE_FORMATS} == {
        "PNG": ".png",
        "JPEG": ".jpg",
        "BMP": ".bmp",
        "TIFF": ".tif",
        "WebP": ".webp",
        "AVIF": ".avif",
        "HEIC": ".heic",
        "JPEG 2000": ".jp2",
        "GIF": ".gif",
        "PGM": ".ppm",
    }
