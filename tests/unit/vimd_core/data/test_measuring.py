"""A capture's file is read once, and what is found is what hashing and decoding find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vimd_core.data.files import measuring
from vimd_core.data.files.hashing import content_hash
from vimd_core.data.files.measuring import measure_file
from vimd_core.data.images.decoding import image_size
from vimd_core.errors import ImageError


def _picture(path: Path, orientation: int = 1) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.effect_noise((31, 24), 80).save(path, exif=exif)
    return path


@pytest.mark.parametrize("limit_bytes", [1 << 20, 10])  # read at once, and too large for that
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".bmp"])
def test_hash_and_size_are_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, limit_bytes: int
) -> None:
    monkeypatch.setattr(measuring, "_READ_AT_ONCE_BYTES", limit_bytes)
    path = _picture(tmp_path / f"a{suffix}", orientation=6)
    found = measure_file(path)
    assert found.content_hash.hex() == content_hash(path)
    assert (found.width_px, found.height_px) == image_size(path)
    assert found.problem is None
    status = path.stat()
    assert (found.file_size_bytes, found.modified_ns) == (status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n"])
def test_a_bad_file_has_a_hash_and_the_sentence_of_the_decoder(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(ImageError) as caught:
        image_size(path)
    found = measure_file(path)
    assert str(found.problem) == str(caught.value)
    assert found.width_px is None and found.content_hash.hex() == content_hash(path)


def test_a_file_that_is_not_there_is_the_callers_concern(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        measure_file(tmp_path / "nowhere.png")


def test_a_file_that_was_cut_off_is_measured_as_incomplete_or_unreadable(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    for size in (40, 700):  # read at once, and not
        path = tmp_path / f"{size}.png"
        Image.fromarray(noise[:size, :900]).save(path)
        content = path.read_bytes()
        path.write_bytes(content[:-20])
        cut = measure_file(path)
        assert (cut.width_px, cut.height_px, cut.problem) == (900, size, None)
        assert cut.notice is not None and "is incomplete" in str(cut.notice)
        path.write_bytes(content[: len(content) // 2])
        half = measure_file(path)
        assert half.notice is None and half.problem is not None and "truncated" in str(half.problem)
        path.write_bytes(content)
        whole = measure_file(path)
        assert (whole.problem, whole.notice) == (None, None)
