"""JPEG and PNG files that were cut off: shown and marked while nearly all of them is there, refused otherwise."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from vimd_core.data.images.decoding import DecodedImage, image_size, read_image
from vimd_core.errors import ImageError

Picture = npt.NDArray[np.uint8]
_JPEGS: list[dict[str, Any]] = [
    {"quality": 90},
    {"quality": 90, "subsampling": 0},
    {"quality": 90, "restart_marker_blocks": 3},
    {"progressive": True},
]


@pytest.fixture
def picture() -> Picture:
    """Something with detail everywhere, so that each part of the picture needs its share of the file."""
    rows, columns = np.mgrid[0:96, 0:80]
    waves = [128 + 100 * np.sin(rows / 3 + i) * np.cos(columns / (4 + i)) for i in range(3)]
    return np.stack(waves, axis=-1).astype(np.uint8)


def encode(picture: Picture, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


def read(tmp_path: Path, content: bytes) -> DecodedImage:
    path = tmp_path / "a.img"
    path.write_bytes(content)
    return read_image(path)


def decoded(content: bytes) -> npt.NDArray[np.int_]:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB")).astype(int)


@pytest.mark.parametrize("options", _JPEGS, ids=str)
@pytest.mark.parametrize("lost", [b"", b"\xff", bytes(700)], ids=["nothing", "half a marker", "zeros"])
def test_a_jpeg_without_its_end_marker_is_whole_and_marked(
    tmp_path: Path, picture: Picture, options: dict[str, Any], lost: bytes
) -> None:
    content = encode(picture, "JPEG", **options)
    shown = read(tmp_path, content[:-2] + lost)
    assert np.array_equal(shown.pixels, decoded(content))
    assert "is incomplete: its end is missing" in str(shown.notice)
    assert image_size(tmp_path / "a.img") == (80, 96)
    assert read(tmp_path, content).notice is None


@pytest.mark.parametrize("options", _JPEGS[:3], ids=str)
def test_a_jpeg_that_lost_a_tenth_is_shown_with_what_it_has(
    tmp_path: Path, picture: Picture, options: dict[str, Any]
) -> None:
    content = encode(picture, "JPEG", **options)
    shown = read(tmp_path, content[: -len(content) // 12])
    percent = int(str(shown.notice).split("about ")[1].split(" %")[0])
    is_lost = (np.abs(shown.pixels - decoded(content)) > 12).any(axis=-1)
    assert is_lost.mean() <= percent / 100 + 0.005  # never less than what is missing is said
    assert 4 <= percent <= 25
    assert not is_lost[: 96 * (100 - percent) // 100 - 16].any()


def test_a_jpeg_that_comes_in_passes_may_lack_the_last_ones(tmp_path: Path, picture: Picture) -> None:
    content = encode(picture, "JPEG", progressive=True)
    shown = read(tmp_path, content[: -len(content) // 8])
    assert "perhaps some image detail" in str(shown.notice)
    assert np.abs(shown.pixels - decoded(content)).mean() < 6
    with pytest.raises(ImageError, match="truncated or damaged"):
        read(tmp_path, content[: len(content) // 3])  # a blur of its first passes


@pytest.mark.parametrize("options", [*_JPEGS[:3]], ids=str)
@pytest.mark.parametrize("kept", [0.05, 0.3, 0.5, 0.7])
def test_a_jpeg_that_lost_much_is_refused(
    tmp_path: Path, picture: Picture, options: dict[str, Any], kept: float
) -> None:
    content = encode(picture, "JPEG", **options)
    with pytest.raises(ImageError, match="truncated or damaged"):
        read(tmp_path, content[: int(len(content) * kept)])


def test_flat_grey_at_the_bottom_is_not_taken_for_missing(tmp_path: Path, picture: Picture) -> None:
    picture[48:] = 128  # what decoders show where data is missing
    shown = read(tmp_path, encode(picture, "JPEG", quality=90)[:-2])
    assert "the image is intact" in str(shown.notice)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_a_png_that_was_cut_off(tmp_path: Path, picture: Picture, mode: str) -> None:
    file = BytesIO()
    image = Image.fromarray(picture).convert(mode)
    image.save(file, "PNG", compress_level=1)
    content, whole = file.getvalue(), np.asarray(image.convert("RGB")).astype(int)
    assert read(tmp_path, content).notice is None
    for end in (12, 10):  # its end marker, or a part of it
        shown = read(tmp_path, content[:-end])
        assert np.array_equal(shown.pixels, whole)
        assert "the image is intact" in str(shown.notice)
    shown = read(tmp_path, content[: -len(content) // 10])
    percent = int(str(shown.notice).split("about ")[1].split(" %")[0])
    assert 1 <= percent <= 25
    assert (shown.pixels != whole).any(axis=-1).mean() <= percent / 100 + 0.02
    with pytest.raises(ImageError, match="truncated or damaged"):
        read(tmp_path, content[: len(content) // 2])


def test_a_deep_png_and_a_turned_jpeg_that_were_cut_off(tmp_path: Path, picture: Picture) -> None:
    import cv2

    deep = cv2.imencode(".png", picture[..., ::-1].astype(np.uint16) * 16)[1].tobytes()
    shown = read(tmp_path, deep[: -len(deep) // 20])
    assert np.abs(shown.pixels[:70].astype(int) - picture[:70]).max() <= 1
    exif = Image.Exif()
    exif[0x0112] = 6
    shown = read(tmp_path, encode(picture, "JPEG", exif=exif)[:-2])
    assert shown.pixels.shape == (80, 96, 3)
    assert shown.notice
