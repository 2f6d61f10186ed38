"""Files of sightings: saved without loss, on a full disk too, and how long they stay."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from places import HELPERS
from test_stream_captures import look, noise

from vimd_core.errors import SourceError
from vimd_core.streaming.sightings.saving import SavedSighting, file_name, patiently, save_sighting
from vimd_core.streaming.sources.retention import Kept, Retention, to_delete
from vimd_core.user_messages import Sentence


def test_captures_are_saved_without_loss_beside_their_near_views(tmp_path: Path) -> None:
    best = replace(look(9), image=noise(1, 20, 30), time_ms=1_700_000_000_123, frame_number=42)
    nearest = replace(best, image=noise(2, 60, 50))
    saved = save_sighting(tmp_path, "left lane/1", best, nearest)
    assert saved.path == tmp_path / "2023-11-14" / "221320-123-f000042-left-lane-1.png"
    assert saved.near_path == tmp_path / "2023-11-14_near" / saved.path.name
    for path, image in ((saved.path, best.image), (saved.near_path, nearest.image)):
        with Image.open(path) as opened:
            assert opened.format == "PNG" and np.array_equal(np.asarray(opened), image)
    second = save_sighting(tmp_path, "left lane/1", best, None)
    assert second.path != saved.path and second.near_path is None
    assert file_name("../../etc/passwd:*?") == "etc-passwd"
    assert file_name("///") == "source"


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    """A real file system of 64 kB, filled to the brim and then freed."""
    if not _can_mount():
        pytest.skip("no name spaces here")
    program = HELPERS / "programs/full_disk.py"
    finished = subprocess.run(
        ["unshare", "-rm", sys.executable, str(program), str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert "No space left" in finished.stdout


def _can_mount() -> bool:
    try:
        return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def test_saving_ends_when_it_is_told_to(tmp_path: Path) -> None:
    def fail() -> SavedSighting:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path))

    said: list[Sentence] = []
    waits: list[float] = []
    saved = patiently(fail, on_trouble=said.append, must_stop=lambda: len(waits) >= 3, wait=waits.append)
    assert saved is None and len(said) == 1 and str(tmp_path) in str(said[0])


DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("limits", "gone"),
    [
        (Retention(), []),
        (Retention(most=3), [1]),
        (Retention(most=0), [1, 3, 4, 5]),
        (Retention(days=2.5), [1]),
        (Retention(most_bytes=30), [1]),
        (Retention(most=4, days=1.2), [1, 3]),
    ],
)
def test_the_oldest_go_first_and_never_what_is_labelled(limits: Retention, gone: list[int]) -> None:
    kept = [Kept(key, key * DAY_MS, 10, is_labelled=key == 2) for key in (5, 3, 1, 4, 2)]
    assert to_delete(kept, limits, now_ms=4 * DAY_MS + DAY_MS // 4) == gone


@pytest.mark.parametrize("limits", [Retention(most=1), Retention(most_bytes=10)])
def test_what_is_labelled_leaves_its_room_to_what_comes(limits: Retention) -> None:
    kept = [Kept(key, key * DAY_MS, 10, is_labelled=key < 9) for key in range(10)]
    assert to_delete(kept, limits, now_ms=9 * DAY_MS) == []


def test_negative_limits_are_refused() -> None:
    with pytest.raises(SourceError):
        Retention(days=-1)
