"""Pixels of a training: decoded once, in memory or in a file, used again only for the same files."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from labelled_images import write_image
from PIL import Image

from vimd_core.data.datasets.pixels import (
    PixelStore,
    load_pixels,
    square_side,
)
from vimd_core.data.images.decoding import decode_image
from vimd_core.data.images.resizing import resize_to
from vimd_core.errors import CancelledError, DatasetError
from vimd_core.training.batches.captures import enlarged_views


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Small, large and damaged ones."""
    sizes = [(10, 12), (64, 30), (32, 32), (200, 90), (7, 7), (33, 20)]
    paths = [write_image(tmp_path / "in" / f"{i}.png", seed=i, size_px=size) for i, size in enumerate(sizes)]
    (tmp_path / "in" / "bad.png").write_bytes(b"no image")
    return [*paths[:3], tmp_path / "in" / "bad.png", *paths[3:]]


def same(first: PixelStore, second: PixelStore) -> bool:
    return first.facts == second.facts and all(
        bool(fact.error) or np.array_equal(first.image(i), second.image(i))
        for i, fact in enumerate(first.facts)
    )


def test_each_image_is_kept_as_small_as_it_is(files: list[Path]) -> None:
    store = load_pixels(files, 64, threads=2)
    assert [0 if fact.error else store.image(i).shape[-1] for i, fact in enumerate(store.facts)] == [
        12, 64, 32, 0, 64, 8, 36,
    ]  # fmt: skip
    assert (store.facts[1].width_px, store.facts[1].height_px, store.facts[1].shorter_px) == (64, 30, 30)
    assert store.in_memory and store.nbytes == 3 * (12**2 + 64**2 + 32**2 + 64**2 + 8**2 + 36**2)
    with pytest.raises(DatasetError, match="not an image"):
        store.image(3)
    assert square_side(500, 20, 100) == 100 and square_side(31, 5, 100) == 36 and square_side(3, 3, 8) == 3


def test_views_are_what_pillow_makes_of_the_stored_image(files: list[Path]) -> None:
    store = load_pixels(files, 64, threads=1)
    views = enlarged_views(store, torch.tensor([6, 0, 1, 0]))
    assert views.shape == (4, 3, 64, 64) and torch.equal(views[1], views[3])
    for place, row in enumerate((6, 0, 1)):
        stored = resize_to(decode_image(files[row]), store.image(row).shape[-1])
        wanted = np.asarray(
            Image.fromarray(stored).resize((64, 64), Image.Resampling.BICUBIC), dtype=np.float32
        )
        difference = np.abs(views[place].permute(1, 2, 0).numpy() * 255.0 - wanted)
        # Pillow rounds and clips after each direction, which shows in noise here and there.
        assert difference.mean() < 0.5 and np.quantile(difference, 0.97) < 1.1


def test_more_than_the_memory_goes_to_a_file_that_is_used_again(files: list[Path], tmp_path: Path) -> None:
    in_memory = load_pixels(files, 64)
    folder = tmp_path / "run"
    assert load_pixels(files, 64, folder=folder).in_memory and not folder.exists()
    mapped = load_pixels(files, 64, folder=folder, memory_bytes=5000)
    assert not mapped.in_memory and same(mapped, in_memory)
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".pixels"]
    pixels = next(folder.glob("*.pixels"))
    written = pixels.stat().st_mtime_ns
    told: list[tuple[int, int]] = []
    again = load_pixels(
        files, 64, folder=folder, memory_bytes=5000, progress=lambda done, total: told.append((done, total))
    )
    assert same(again, in_memory) and told == [(7, 7)]
    assert pixels.stat().st_mtime_ns == written


@pytest.mark.parametrize("change", ["content", "time", "order", "size", "missing", "damaged", "no index"])
def test_a_file_of_pixels_is_not_used_for_anything_else(
    files: list[Path], tmp_path: Path, change: str
) -> None:
    folder, size_px = tmp_path / "run", 64
    load_pixels(files, size_px, folder=folder, memory_bytes=0)
    if change == "content":
        write_image(files[0], seed=99, size_px=(10, 12))
    elif change == "time":
        os.utime(files[0], ns=(1, 1))
    elif change == "order":
        files = files[::-1]
    elif change == "size":
        size_px = 32
    elif change == "missing":
        files[2].unlink()
    elif change == "damaged":
        next(folder.glob("*.pixels")).write_bytes(b"short")
    else:
        next(folder.glob("*.json")).unlink()
    told: list[int] = []
    store = load_pixels(
        files, size_px, folder=folder, memory_bytes=0, progress=lambda done, total: told.append(done)
    )
    assert told == [1, 2, 3, 4, 5, 6, 7], "it was read again"
    assert same(store, load_pixels(files, size_px))
    assert len(list(folder.iterdir())) == 2, "the former pixels are gone"


def test_cancelling_leaves_nothing_behind(files: list[Path], tmp_path: Path) -> None:
    seen: list[int] = []

    def progress(done: int, _total: int) -> None:
        seen.append(done)
        if done == 4:
            raise CancelledError("That is enough.")

    with pytest.raises(CancelledError):
        load_pixels(files, 64, folder=tmp_path / "run", memory_bytes=0, progress=progress)
    assert seen == [1, 2, 3, 4] and list((tmp_path / "run").iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("vimd-decode")]


def test_a_folder_without_room_is_one_sentence(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"a file in its place")
    with pytest.raises(DatasetError, match="free some disk space"):
        load_pixels(files, 64, folder=tmp_path / "run", memory_bytes=0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    original = Path.open

    def open_full(self: Path, mode: str = "r") -> object:
        return original(Path("/dev/full") if ".pixels" in self.name and mode == "wb" else self, mode)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(DatasetError, match=r"No space left.*free some disk space"):
        load_pixels(files * 20, 64, folder=tmp_path / "run", memory_bytes=0, threads=1)
    monkeypatch.undo()
    assert list((tmp_path / "run").iterdir()) == []
