"""Watched folders: names that come again, sub-folders that come later, files that are renamed or never become whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vimd_core.data.files.hashing import content_hash
from vimd_core.data.images.decoding import read_image
from vimd_core.streaming.grabbers import folder_grabber
from vimd_core.streaming.grabbers.folder_grabber import FolderGrabber
from vimd_core.streaming.grabbers.folder_notices import Notices
from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.sources.settings import ReadSettings

QUICK = ReadSettings(read_timeout_s=1.0, settle_s=0.2)
PATIENCE_S = 20.0


def save(path: Path, seed: int, **how: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **how)  # type: ignore[arg-type]
    return path


@pytest.fixture(params=["told", "asked"])
def grabber(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FolderGrabber]:
    """Of an empty folder; once told by the file system, and once as on a network drive where nobody tells."""
    if request.param == "asked":
        monkeypatch.setattr(Notices, "start", lambda _self: None)
    (tmp_path / "in").mkdir()
    opened = FolderGrabber(tmp_path / "in", QUICK)
    opened.open()
    yield opened
    opened.close()


def frames(grabber: FolderGrabber, count: int) -> list[Frame]:
    """The next so many images, or notices of what can't be read."""
    found: list[Frame] = []
    end_s = time.monotonic() + PATIENCE_S
    while len(found) < count:
        assert time.monotonic() < end_s, f"{len(found)} of {count} came"
        frame = grabber.read()
        assert frame is not None
        if frame.image.size or frame.notice:
            found.append(frame)
    return found


def assert_nothing(grabber: FolderGrabber) -> None:
    """Nothing comes for as long as an image would need that does, and then one that is saved as the only one."""
    end = save(Path(grabber._path) / "the end.png", 99)
    (frame,) = frames(grabber, 1)
    assert Path(frame.path) == end


def names(found: list[Frame]) -> list[str]:
    return [Path(frame.path).name for frame in found]


def in_place(path: Path, seed: int) -> None:
    """As `cp` over a file that is there."""
    other = save(path.parent.parent / "new.png", seed)
    path.write_bytes(other.read_bytes())


def by_renaming(path: Path, seed: int) -> None:
    """As rsync and FTP servers do: a hidden or differently named file that gets its name when it is whole."""
    unfinished = save(path.parent.parent / "made.png", seed)
    hidden = path.with_name(f".{path.name}.Xy12")
    hidden.write_bytes(unfinished.read_bytes())
    hidden.replace(path)


@pytest.mark.parametrize("write", [in_place, by_renaming])
def test_the_same_name_again_is_another_image(
    grabber: FolderGrabber, tmp_path: Path, write: Callable[[Path, int], None]
) -> None:
    snapshot = tmp_path / "in" / "snapshot.png"
    hashes = []
    for seed in range(5):
        write(snapshot, seed)
        (frame,) = frames(grabber, 1)
        assert Path(frame.path) == snapshot and frame.content_hash == content_hash(snapshot)
        with Image.open(snapshot) as image:
            assert np.array_equal(np.asarray(image), frame.image[:, :, ::-1])
        hashes.append(frame.content_hash)
    assert len(set(hashes)) == 5
    os.utime(snapshot)
    snapshot.write_bytes(snapshot.read_bytes())
    assert_nothing(grabber)


def test_other_content_with_the_same_time_and_length_is_noticed_where_the_file_is_another_one(
    grabber: FolderGrabber, tmp_path: Path
) -> None:
    """As `rsync -t` leaves it."""
    snapshot = tmp_path / "in" / "snapshot.bmp"
    for seed in (1, 2):
        made = save(tmp_path / "made.bmp", seed)
        os.utime(made, ns=(1_600_000_000_000_000_000,) * 2)
        made.replace(snapshot)
        assert names(frames(grabber, 1)) == ["snapshot.bmp"]


def test_sub_folders_that_come_later_are_watched(grabber: FolderGrabber, tmp_path: Path) -> None:
    save(tmp_path / "in" / "2026-11-29" / "a.png", 1)
    assert names(frames(grabber, 1)) == ["a.png"]
    save(tmp_path / "in" / "2026-11-30" / "08" / "b.png", 2)
    assert names(frames(grabber, 1)) == ["b.png"]
    save(tmp_path / "in" / "2026-11-30" / "08" / "c.png", 3)
    assert names(frames(grabber, 1)) == ["c.png"]
    save(tmp_path / "made" / "d.png", 4)
    (tmp_path / "made").rename(tmp_path / "in" / "2026-12-01")
    assert names(frames(grabber, 1)) == ["d.png"]
    for passed_over in ("@eaDir", ".hidden", "#recycle"):
        save(tmp_path / "in" / "2026-12-01" / passed_over / "e.png", 5)
    assert_nothing(grabber)


def test_a_file_that_was_renamed_is_seen_once(grabber: FolderGrabber, tmp_path: Path) -> None:
    partial = save(tmp_path / "in" / "upload.png.part", 1, format="PNG")
    partial.rename(tmp_path / "in" / "final.png")
    assert names(frames(grabber, 1)) == ["final.png"]
    (tmp_path / "in" / "day").mkdir()
    (tmp_path / "in" / "final.png").rename(tmp_path / "in" / "day" / "archived.png")
    assert_nothing(grabber)
    # One that is a copy is there twice.
    (tmp_path / "in" / "copy.png").write_bytes((tmp_path / "in" / "day" / "archived.png").read_bytes())
    assert names(frames(grabber, 1)) == ["copy.png"]


def test_a_half_written_file_is_waited_for_and_then_reported(
    grabber: FolderGrabber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_grabber, "_GIVE_UP_S", 1.0)
    whole = save(tmp_path / "whole.jpg", 1).read_bytes()
    half = tmp_path / "in" / "half.jpg"
    half.write_bytes(whole[: len(whole) // 2])
    save(tmp_path / "in" / "other.png", 2)
    assert names(frames(grabber, 1)) == ["other.png"]  # nobody waits for the other one
    (notice,) = frames(grabber, 1)
    assert notice.image.size == 0 and str(half) in str(notice.notice) and str(notice.notice).endswith(".")
    assert "\n" not in str(notice.notice)
    assert grabber.lost_frames == 1
    # Once it is whole after all, it is an image as any other.
    half.write_bytes(whole)
    assert names(frames(grabber, 1)) == ["half.jpg"]
    assert grabber.lost_frames == 1


def test_a_file_that_grows_slowly_is_taken_when_it_is_whole(grabber: FolderGrabber, tmp_path: Path) -> None:
    whole = save(tmp_path / "whole.jpg", 1, quality=95).read_bytes()
    growing = tmp_path / "in" / "growing.jpg"
    with growing.open("wb") as file:
        for start in range(0, len(whole), len(whole) // 3):
            file.write(whole[start : start + len(whole) // 3])
            file.flush()
            if start + len(whole) // 3 < len(whole):
                frame = grabber.read()  # waits longer than a file must have settled
                assert frame is not None and frame.image.size == 0 and not frame.notice
    (frame,) = frames(grabber, 1)
    with Image.open(growing) as image:
        assert np.array_equal(np.asarray(image), frame.image[:, :, ::-1])


def test_a_jpeg_that_lacks_only_its_end_is_waited_for_and_then_taken_as_it_is(
    grabber: FolderGrabber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = save(tmp_path / "whole.jpg", 1, quality=95).read_bytes()
    lacking = tmp_path / "in" / "a.jpg"
    lacking.write_bytes(whole[:-30])
    assert read_image(lacking).notice  # it can be shown
    frame = grabber.read()
    assert frame is not None and frame.image.size == 0 and not frame.notice
    with lacking.open("ab") as file:
        file.write(whole[-30:])
    (frame,) = frames(grabber, 1)
    assert np.array_equal(frame.image[:, :, ::-1], read_image(tmp_path / "whole.jpg").pixels)
    monkeypatch.setattr(folder_grabber, "_GIVE_UP_S", 1.0)
    other = tmp_path / "in" / "b.jpg"
    other.write_bytes(save(tmp_path / "whole.jpg", 2, quality=95).read_bytes()[:-30])
    assert names(frames(grabber, 1)) == ["b.jpg"]


def test_what_was_there_comes_in_the_order_of_its_names(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        save(tmp_path / "in" / f"{number}.png", number)
    grabber = FolderGrabber(tmp_path / "in", QUICK)
    grabber.open()
    try:
        assert names(frames(grabber, 3)) == ["1.png", "2.png", "10.png"]
        grabber.close()
        grabber.open()  # as after the drive was gone
        assert_nothing(grabber)
    finally:
        grabber.close()
