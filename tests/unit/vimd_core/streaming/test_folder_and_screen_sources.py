"""A watched folder and a part of the screen as sources, each in its real child process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from watching import QUICK, watched

from vimd_core.streaming.grabbers.folder_grabber import FolderGrabber
from vimd_core.streaming.grabbers.folder_notices import Notices
from vimd_core.streaming.sources.status import StreamState

RECOVERY_S = 5.0


def save(path: Path, seed: int) -> bytes:
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (24, 30, 3), dtype=np.uint8)).save(path)
    return path.read_bytes()


def test_a_watched_folder_gives_each_image_once_it_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    save(folder / "2.png", 2)
    save(folder / "10.png", 10)
    (folder / "notes.txt").write_text("no image")
    (folder / "broken.png").write_bytes(b"never an image")
    with watched(str(folder)) as watching:
        watching.wait(lambda: len(watching.sightings) >= 2, "what was there")
        assert [Path(s.path).name for s in watching.sightings] == ["2.png", "10.png"]
        assert watching.sightings[0].reason == "file"
        data = save(tmp_path / "whole.png", 3)
        growing = folder / "growing.png"
        with growing.open("wb") as file:
            for offset in range(0, len(data), len(data) // 4 + 1):
                file.write(data[offset : offset + len(data) // 4 + 1])
                file.flush()
                time.sleep(0.2)  # less than a file must have settled for
                assert len(watching.sightings) == 2
        watching.wait(lambda: len(watching.sightings) >= 3, "the file that grew")
        assert Path(watching.sightings[2].path).name == "growing.png"
        with Image.open(growing) as image:
            assert np.array_equal(np.asarray(image), watching.sightings[2].looks[0].image)
        save(folder / "late.png", 4)
        watching.wait(lambda: len(watching.sightings) >= 4, "a late file")
        assert watching.status.state is StreamState.LIVE


def test_a_watched_folder_that_goes_away_is_missing_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    save(folder / "1.png", 1)
    with watched(str(folder)) as watching:
        watching.wait(lambda: watching.sightings, "a file")
        folder.rename(tmp_path / "unplugged")
        watching.wait_for(StreamState.MISSING)
        (tmp_path / "unplugged").rename(folder)
        assert watching.wait_for(StreamState.LIVE) < RECOVERY_S
        save(folder / "2.png", 2)
        watching.wait(lambda: len(watching.sightings) == 2, "the new file alone")


def test_the_file_system_tells_of_what_comes_into_a_folder(tmp_path: Path) -> None:
    notices = Notices(tmp_path)
    notices.start()
    try:
        assert notices.are_coming
        save(tmp_path / "new.png", 1)
        assert notices.wait(5.0)
        while notices.wait(0.3):
            pass
        (tmp_path / "new.png").read_bytes()
        assert not notices.wait(0.3)  # reading is no change
        (tmp_path / "new.png").rename(tmp_path / "other.png")
        assert notices.wait(5.0)
    finally:
        notices.stop()
    assert not notices.are_coming


def test_a_folder_is_watched_where_nobody_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Notices) -> None:
        return  # as where the system has no room for more

    monkeypatch.setattr(Notices, "start", refuse)
    grabber = FolderGrabber(tmp_path, QUICK)
    grabber.open()
    nothing = grabber.read()
    assert nothing is not None and nothing.image.size == 0
    save(tmp_path / "one.png", 1)
    deadline_s = time.monotonic() + 10
    while (found := grabber.read()) is not None and found.image.size == 0:
        assert time.monotonic() < deadline_s
    assert found is not None and found.path == str(tmp_path / "one.png")
    grabber.close()


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs a screen")
def test_a_part_of_the_screen_is_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(there), "-screen", "0", "320x240x24", "-noreset", "-nolisten", "tcp"],
        pass_fds=[there],
        stderr=subprocess.DEVNULL,
    )
    os.close(there)
    try:
        with os.fdopen(here) as told:
            monkeypatch.setenv("DISPLAY", f":{told.readline().strip()}")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        with watched("device://screen/10,20,64,48") as source:
            source.wait(lambda: len(source.sightings) >= 3, "frames")
            assert (source.status.width_px, source.status.height_px) == (64, 48)
            screen.kill()
            screen.wait()
            source.wait_for(StreamState.MISSING, StreamState.RECONNECTING)
            assert "screen can't be captured" in str(source.status.last_error)
    finally:
        screen.kill()
        screen.wait()


def test_without_a_screen_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("there is always one")
    monkeypatch.delenv("DISPLAY", raising=False)
    with watched("device://screen") as source:
        source.wait_for(StreamState.MISSING)
