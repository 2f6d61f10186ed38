"""Video files that are damaged, of a variable rate, of several sizes, or coded in what nobody decodes here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from video_files import LARGE, SMALL, TINY, damage, encode, join, picture

from vimd_core.streaming.grabbers.frames import Frame, MissingError
from vimd_core.streaming.grabbers.video_clock import VideoClock
from vimd_core.streaming.grabbers.video_grabber import VideoFileGrabber
from vimd_core.streaming.sources.regions import Region, outside_sentence
from vimd_core.streaming.sources.settings import ReadSettings


def read_all(path: Path) -> tuple[list[Frame], int]:
    """All frames, and how many were lost."""
    grabber = VideoFileGrabber(path, ReadSettings())
    grabber.open()
    try:
        frames = []
        while (frame := grabber.read()) is not None:
            frames.append(frame)
        return frames, grabber.lost_frames
    finally:
        grabber.close()


@pytest.mark.parametrize(
    ("damaged", "times"),
    [
        ([20], [i / 10 for i in range(40) if i != 20]),
        ([0], [i / 10 for i in range(1, 40)]),
        ([5, 6, 7, 30], [i / 10 for i in range(40) if i not in (5, 6, 7, 30)]),
        ([38, 39], [i / 10 for i in range(38)]),
        (list(range(3, 37)), [0.0, 0.1, 0.2, 3.7, 3.8, 3.9]),
    ],
    ids=["one", "the first", "several", "the last", "nearly all"],
)
def test_damaged_frames_are_counted_and_the_file_goes_on_to_its_end(
    tmp_path: Path, damaged: list[int], times: list[float]
) -> None:
    path = damage(encode(tmp_path / "a.avi", "mjpeg", SMALL, range(40)), damaged)
    frames, lost = read_all(path)
    assert [round(frame.at_s, 3) for frame in frames] == times
    assert lost == len(damaged)


def test_a_sound_file_lost_nothing(tmp_path: Path) -> None:
    for codec, name in (("mjpeg", "a.avi"), ("libx264", "a.mp4"), ("libvpx", "a.webm"), ("mpeg4", "b.mp4")):
        frames, lost = read_all(encode(tmp_path / name, codec, SMALL, range(40)))
        assert (len(frames), lost) == (40, 0), name
        assert [round(frame.at_s, 2) for frame in frames] == [i / 10 for i in range(40)]


def test_times_are_the_containers_own(tmp_path: Path) -> None:
    times = [i / 10 for i in range(20)] + [4.0, 6.0, 8.0, 10.0]
    for name in ("a.mp4", "a.mkv"):
        frames, _ = read_all(encode(tmp_path / name, "libx264", SMALL, range(24), times))
        assert [round(frame.at_s, 2) for frame in frames] == times


def test_times_never_go_back() -> None:
    clock = VideoClock(10.0)
    assert [clock.next_s(at_s) for at_s in (0.0, 0.1, 0.2)] == pytest.approx([0.0, 0.1, 0.2])
    # A recording that was joined begins anew at zero, which is also what is said where there is no time.
    assert [clock.next_s(at_s) for at_s in (0.0, 0.1, 0.05)] == pytest.approx([0.3, 0.4, 0.4])
    late = VideoClock(10.0)
    assert [late.next_s(at_s) for at_s in (0.0, 90.0, 50.0, 50.1)] == pytest.approx([0.0, 90.0, 90.1, 90.2])
    without = VideoClock(25.0)
    assert [without.next_s(0.0) for _ in range(3)] == pytest.approx([0.0, 0.04, 0.08])
    assert without.next_s(0.0, lost=2) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        ("libx264", ".ts"),
        ("libx265", ".ts"),
        ("mpeg2video", ".ts"),
        ("mjpeg", ".avi"),
        ("libvpx", ".webm"),
        ("libvpx-vp9", ".webm"),
    ],
)
def test_a_change_of_size_makes_frames_of_the_new_size(tmp_path: Path, codec: str, suffix: str) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    first = encode(tmp_path / f"1{suffix}", codec, SMALL, range(20), options=options)
    second = encode(tmp_path / f"2{suffix}", codec, LARGE, range(20, 35), options=options)
    third = encode(tmp_path / f"3{suffix}", codec, TINY, range(35, 45), options=options)
    path = tmp_path / f"joined{suffix}"
    if suffix == ".ts":
        path.write_bytes(b"".join(part.read_bytes() for part in (first, second, third)))
    else:
        join(path, (first, second, third))
    frames, lost = read_all(path)
    assert lost == 0
    # Decoders may keep the last frame of a recording that is not properly ended.
    assert 42 <= len(frames) <= 45
    sizes = [frame.image.shape[1::-1] for frame in frames]
    assert list(dict.fromkeys(sizes)) == [SMALL, LARGE, TINY]
    numbers = [number for number, size in _shown(frames)]
    assert numbers == sorted(numbers)
    times = [frame.at_s for frame in frames]
    assert times == sorted(times)
    if codec not in ("mpeg2video",):
        assert [sizes.count(size) for size in (SMALL, LARGE, TINY)] == [20, 15, 10]
        assert numbers == list(range(45))


def _shown(frames: Sequence[Frame]) -> list[tuple[int, tuple[int, int]]]:
    """The numbers that the pictures show, each looked at in its own size."""
    found = []
    for frame in frames:
        size = (frame.image.shape[1], frame.image.shape[0])
        grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY).astype(int)
        distances = [np.abs(grey - picture(number, size)[..., 0].astype(int)).mean() for number in range(45)]
        assert min(distances) < 12, "the picture is cut off or squeezed"
        found.append((int(np.argmin(distances)), size))
    return found


def test_a_codec_without_a_decoder_is_named(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", "libsvtav1", SMALL, range(5), options={"svtav1-params": "preset=12"})
    with pytest.raises(MissingError, match="coded as AV1, and this program has no decoder for AV1"):
        read_all(path)
    (tmp_path / "b.mp4").write_bytes(b"no video at all")
    with pytest.raises(MissingError, match=r"b\.mp4 is not a decodable video"):
        read_all(tmp_path / "b.mp4")
    broken = damage(encode(tmp_path / "c.avi", "mjpeg", SMALL, range(3)), [0, 1, 2])
    with pytest.raises(MissingError, match=r"c\.avi contains no decodable image"):
        read_all(broken)


def test_a_region_outside_of_the_frame_is_said_with_the_frames_size() -> None:
    inside = Region(name="door", x_px=600, y_px=300, width_px=80, height_px=90)  # a part of it is
    assert outside_sentence((inside,), 640, 360) is None
    outside = Region(name="gate", x_px=640, y_px=0, width_px=40, height_px=40)
    assert "'gate' (640,0,40,40) is outside the frame of 640 x 360 px" in str(
        outside_sentence((inside, outside), 640, 360)
    )
    turned = Region(name="sign", x_px=-50, y_px=10, width_px=40, height_px=40, angle_deg=30)
    assert "'sign'" in str(outside_sentence((turned,), 640, 360))
    drawn = Region(x_px=600, y_px=0, width_px=40, height_px=40, frame_width_px=640, frame_height_px=360)
    assert outside_sentence((drawn,), 320, 180) is None  # follows the size
