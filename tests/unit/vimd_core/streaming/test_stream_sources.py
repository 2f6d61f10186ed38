"""Real sources, each read by a real child process: what comes, what is said of it, and what happens when they fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import cv2
import numpy as np
import pytest
from numbered_video import write_video
from stream_servers import PASSWORD, UMLAUTS, USER, Server, picture, server
from watching import EVERY_FRAME, QUICK, watched

from vimd_core.processes.child_process import EXIT_FAILED
from vimd_core.processes.policies import SOURCE_POLICY
from vimd_core.streaming.grabbers.http_grabber import HttpGrabber
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings
from vimd_core.streaming.sources.status import StreamState

RECOVERY_S = 5.0
CODECS = {
    "mp4v": ".mp4",
    "MJPG": ".avi",
    "XVID": ".avi",
    "FFV1": ".avi",
    "VP80": ".webm",
    "VP90": ".webm",
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers are stalled by signals")


@pytest.fixture(scope="module")
def http() -> Iterator[Server]:
    with server("http") as running:
        yield running


@pytest.fixture(scope="module")
def rtsp() -> Iterator[Server]:
    with server("rtsp") as running:
        yield running


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_of_a_video_comes_and_then_it_has_ended(codec: str, tmp_path: Path) -> None:
    path = write_video(tmp_path / f"film{CODECS[codec]}", codec)
    with watched(str(path)) as film:
        film.wait_for(StreamState.ENDED)
        assert [s.looks[0].frame_number for s in film.sightings] == list(range(1, 13))
        assert [round(s.looks[0].at_s, 3) for s in film.sightings] == [n / 10 for n in range(12)]
        assert film.status.frames == 12
        # The grey level counts the frames: none is another one's picture. Colours are RGB.
        for number, sighting in enumerate(film.sightings):
            image = sighting.looks[0].image
            assert image.shape == (120, 160, 3)
            assert abs(float(image[100:].mean()) - (40 + number)) < 4
        first = film.sightings[0].looks[0].image[44:60, 4:20].reshape(-1, 3).mean(axis=0)
        assert first[2] > 180 and first[0] < 130


def test_a_video_is_read_on_only_as_fast_as_its_captures_are_taken(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.avi", "MJPG", frames=600)
    with watched(str(path), credit=0) as film:
        film.wait(lambda: film.status.waiting >= 256, "a full outbox")
        assert film.sightings == []
        assert film.status.frames < 300
        assert film.supervisor is not None
        film.supervisor.take(10)
        film.wait_for(StreamState.ENDED)
        assert [s.looks[0].frame_number for s in film.sightings] == list(range(1, 601))
        assert film.status.missed == 0


def test_a_video_in_real_time_takes_its_time_and_stops_at_a_number(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.avi", "MJPG", frames=100)
    with watched(str(path), pace="real time", max_frames=8) as film:
        film.wait_for(StreamState.ENDED)
        times = [s.looks[0].taken_ns for s in film.sightings]
        assert len(times) == film.status.frames == 8
        assert (times[-1] - times[0]) / 1e9 >= 0.65  # seven intervals of 0.1 s


def test_what_is_no_video_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"nothing of the kind" * 100)
    with watched(str(path)) as film:
        film.wait_for(StreamState.MISSING)
        assert "not a decodable video" in str(film.status.last_error)


def test_a_file_that_is_a_playlist_leads_to_no_network(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/part.ts"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{url}\n#EXT-X-ENDLIST\n")
        with watched(str(path)) as film:
            film.wait_for(StreamState.MISSING)
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_a_camera_that_is_not_there_is_missing() -> None:
    with watched("device://63") as camera:
        camera.wait_for(StreamState.MISSING)
        assert "camera 63" in str(camera.status.last_error)


def test_motion_jpeg_is_live(http: Server) -> None:
    with watched(http.url()) as stream:
        stream.wait(lambda: len(stream.sightings) >= 20, "frames")
        assert stream.status.state is StreamState.LIVE
        stream.wait(lambda: 5 < stream.status.frames_per_s < 25, "the rate")
        assert stream.status.age_s is not None and stream.status.age_s < 0.5
        assert (stream.status.width_px, stream.status.height_px) == (160, 120)
        assert stream.status.last_error is None
        assert stream.supervisor is not None
        stream.supervisor.look(80)
        stream.wait(lambda: stream.frames, "a frame to look at")
        frame = stream.frames[0]
        assert frame.image.shape == (60, 80, 3)
        assert (frame.frame_width_px, frame.frame_height_px) == (160, 120)
        assert frame.age_s < 1.0


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_rtsp_is_live(rtsp: Server, transport: str) -> None:
    with watched(rtsp.url(), transport=transport, connect_timeout_s=5.0) as stream:
        stream.wait(lambda: len(stream.sightings) >= 10, "frames")
        assert stream.status.state is StreamState.LIVE
        assert stream.sightings[0].looks[0].image.shape == (120, 160, 3)


@pytest.mark.parametrize("kind", ["http", "rtsp"])
def test_it_comes_back_after_the_server_was_killed(kind: str) -> None:
    with server(kind) as running, watched(running.url(), connect_timeout_s=4.0) as stream:
        stream.wait_for_frames(5)
        running.kill()
        stream.wait_for(StreamState.RECONNECTING)
        assert str(stream.status.last_error).endswith(".")
        assert stream.status.retry_in_s is not None
        # Not at once, so that the delay between attempts has grown to its longest.
        attempts = stream.status.reconnections + 3
        stream.wait(lambda: stream.status.reconnections >= attempts, "attempts")
        assert "No response" in str(stream.status.last_error)
        running.start()
        assert stream.wait_for(StreamState.LIVE) < RECOVERY_S
        stream.wait_for_frames(5)
        assert stream.status.restarts == 0


@pytest.mark.parametrize("kind", ["http", "rtsp"])
def test_it_comes_back_after_the_server_was_stalled(kind: str) -> None:
    with server(kind) as running, watched(running.url(), connect_timeout_s=4.0) as stream:
        stream.wait_for_frames(5)
        running.stall()
        stream.wait_for(StreamState.STALLED)
        assert stream.status.age_s is not None and stream.status.age_s >= QUICK.stall_after_s
        stream.wait(lambda: stream.status.reconnections >= 1, "the time-out")
        assert "No frame received" in str(stream.status.last_error)
        running.go_on()
        assert stream.wait_for(StreamState.LIVE) < RECOVERY_S
        stream.wait_for_frames(5)


def test_a_short_stall_is_no_reason_to_hang_up() -> None:
    with server("http") as running, watched(running.url(), read_timeout_s=10.0) as stream:
        stream.wait_for_frames(3)
        running.stall()
        stream.wait_for(StreamState.STALLED)
        running.go_on()
        stream.wait_for(StreamState.LIVE)
        assert stream.status.reconnections == 0


def test_a_change_of_size_is_followed_with_the_regions_in_place(http: Server) -> None:
    left_half = Region(
        name="left", x_px=0, y_px=60, width_px=80, height_px=60, frame_width_px=160, frame_height_px=120
    )
    capture = CaptureSettings(regions=(left_half,), interval_s=0.0, duplicate_distance=None)
    with watched(http.url("grow"), capture=capture) as stream:
        stream.wait(lambda: stream.status.width_px == 320, "larger frames")
        stream.wait(lambda: stream.sightings[-1].looks[0].image.shape == (120, 160, 3), "a larger region")
        assert stream.sightings[0].looks[0].image.shape == (60, 80, 3)
        assert stream.sightings[-1].looks[0].box == (0, 120, 160, 120)
        assert stream.status.reconnections == 0


def test_damaged_pictures_in_between_are_left_out(http: Server) -> None:
    with watched(http.url("garbage")) as stream:
        stream.wait(lambda: len(stream.sightings) >= 12, "frames")
        assert stream.status.reconnections == 0
        assert all(s.looks[0].image.shape == (120, 160, 3) for s in stream.sightings)


def test_nothing_but_damaged_pictures_is_said(http: Server) -> None:
    with watched(http.url("noise")) as stream:
        stream.wait_for(StreamState.RECONNECTING)
        assert "not an image" in str(stream.status.last_error)
        assert stream.sightings == []


def test_no_frames_at_all_are_a_lost_connection(http: Server) -> None:
    with watched(http.url("silent")) as stream:
        stream.wait_for(StreamState.RECONNECTING)
        assert "No frame received" in str(stream.status.last_error)
        assert stream.status.frames == 0


def test_a_stream_that_ends_begins_again(http: Server) -> None:
    with watched(http.url("dead")) as stream:
        stream.wait(lambda: stream.status.frames >= 25, "frames of three connections")
        assert stream.status.reconnections >= 2


@pytest.mark.parametrize("kind", ["png", "webp", "bmp", "gif", "avif", "jpeg", "tiff"])
@pytest.mark.parametrize("named", ["", "text/html", "image/jpeg", "multipart/x-mixed-replace", "video/mp4"])
def test_a_picture_is_known_by_its_content_whatever_it_is_called(http: Server, kind: str, named: str) -> None:
    grabber = HttpGrabber(http.url(f"still-{kind}?{named}"), QUICK)
    grabber.open()
    try:
        for _ in range(2):
            frame = grabber.read()
            assert frame is not None
            assert np.abs(frame.image.astype(int) - picture(0)).mean() < (12 if kind == "gif" else 4)
    finally:
        grabber.close()


@pytest.mark.parametrize("kind", ["png", "webp", "bmp", "gif", "avif", "jpeg"])
@pytest.mark.parametrize("option", ["length", ""])
def test_parts_may_be_pictures_of_any_kind(http: Server, kind: str, option: str) -> None:
    grabber = HttpGrabber(http.url(f"parts-{kind}?{option}"), QUICK)
    grabber.open()
    try:
        for _ in range(5):
            frame = grabber.read()
            assert frame is not None
            nearest = min(np.abs(frame.image.astype(int) - picture(number)).mean() for number in range(40))
            assert nearest < (12 if kind == "gif" else 4)
    finally:
        grabber.close()


def test_pictures_that_are_not_jpeg_are_a_source(http: Server) -> None:
    for path in ("still-png", "parts-png", "parts-webp?length"):
        with watched(http.url(path)) as stream:
            stream.wait_for_frames(3)
            assert stream.status.state is StreamState.LIVE


def test_single_pictures_are_asked_for_again_and_again(http: Server) -> None:
    with watched(http.url("snapshot")) as stream:
        stream.wait_for_frames(4)
        assert stream.status.state is StreamState.LIVE


@pytest.mark.parametrize("kind", ["http", "rtsp"])
def test_a_password_lets_in_and_stays_secret(kind: str, request: pytest.FixtureRequest) -> None:
    running: Server = request.getfixturevalue(kind)
    with watched(running.url("secret", user=USER, password=PASSWORD), connect_timeout_s=5.0) as stream:
        stream.wait_for_frames(3)
        assert stream.supervisor is not None
        if sys.platform == "linux":
            process = Path(f"/proc/{stream.supervisor.process_id}")
            assert PASSWORD.encode() not in (process / "cmdline").read_bytes()
            assert PASSWORD.encode() not in (process / "environ").read_bytes()
    assert PASSWORD not in repr(stream.statuses)


@pytest.mark.parametrize("path", ["umlaut", "umlaut-latin"])
def test_rtsp_with_a_password_that_ascii_lacks(rtsp: Server, path: str) -> None:
    user, password = (quote(text) for text in UMLAUTS)
    with watched(rtsp.url(path, user=user, password=password)) as stream:
        stream.wait_for(StreamState.LIVE)
        stream.wait_for_frames(2)
    with watched(rtsp.url(path, user=user, password=quote("Schlüssel-ss"))) as stream:
        stream.wait_for(StreamState.REFUSED)
        assert "rejected" in str(stream.status.last_error)


@pytest.mark.parametrize("kind", ["http", "rtsp"])
@pytest.mark.parametrize("who", [("", ""), (USER, "wrong-one")])
def test_a_wrong_password_is_refused_and_not_tried_again(
    kind: str, who: tuple[str, str], request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    running: Server = request.getfixturevalue(kind)
    with watched(running.url("secret", user=who[0], password=who[1])) as stream:
        stream.wait_for(StreamState.REFUSED)
        assert "rejected the user name or password" in str(stream.status.last_error)
        assert stream.status.retry_in_s is not None and stream.status.retry_in_s > 30
    said = repr(stream.statuses) + caplog.text
    assert "wrong-one" not in said and USER not in said


@pytest.mark.parametrize("kind", ["http", "rtsp"])
def test_a_stream_that_is_not_there_is_missing(kind: str, request: pytest.FixtureRequest) -> None:
    with watched(request.getfixturevalue(kind).url("missing")) as stream:
        stream.wait_for(StreamState.MISSING)
        assert "127.0.0.1" in str(stream.status.last_error)


def test_a_child_that_dies_is_started_again(http: Server) -> None:
    with watched(http.url()) as stream:
        stream.wait_for_frames(3)
        assert stream.supervisor is not None
        os.kill(stream.supervisor.process_id, signal.SIGKILL)
        stream.wait_for(StreamState.RECONNECTING)
        before = stream.status.frames
        stream.wait_for(StreamState.LIVE)
        assert stream.status.restarts == 1
        assert stream.status.frames >= before  # it goes on counting
        seen = len(stream.sightings)
        stream.wait(lambda: len(stream.sightings) > seen + 2, "captures again")


def test_a_child_that_hangs_is_killed_and_started_again(http: Server) -> None:
    with watched(http.url(), policy=replace(SOURCE_POLICY, silence_s=1.5)) as stream:
        stream.wait_for_frames(3)
        assert stream.supervisor is not None
        os.kill(stream.supervisor.process_id, signal.SIGSTOP)
        stream.wait(lambda: stream.status.restarts == 1, "the kill")
        assert "did not respond" in str(stream.status.last_error)
        stream.wait_for(StreamState.LIVE)


def test_a_driver_that_does_not_come_back_is_ended(http: Server) -> None:
    # The server never sends a picture, and the reader is told to be more patient than its process.
    with watched(http.url("silent"), read_timeout_s=1.0, hang_after_s=1e-3) as stream:
        stream.wait(lambda: stream.status.restarts >= 1, "the restart")
        assert "did not respond" in str(stream.status.last_error)


def test_frames_are_read_while_paused_and_nothing_is_captured(http: Server) -> None:
    with watched(http.url()) as stream:
        stream.wait(lambda: stream.sightings, "a capture")
        assert stream.supervisor is not None
        stream.supervisor.pause(True)
        stream.wait_for(StreamState.PAUSED)
        seen = len(stream.sightings)
        stream.wait_for_frames(8)
        assert len(stream.sightings) <= seen + 1
        stream.supervisor.snap()
        stream.wait(lambda: stream.sightings[-1].reason == "demand", "what was asked for")
        stream.supervisor.pause(False)
        stream.wait_for(StreamState.LIVE)


def test_other_regions_hold_at_once_and_after_a_restart(http: Server) -> None:
    wanted = CaptureSettings(
        regions=(Region(name="sign", x_px=10, y_px=10, width_px=20, height_px=30),),
        interval_s=0.0,
        duplicate_distance=None,
    )
    with watched(http.url()) as stream:
        stream.wait(lambda: stream.sightings, "a capture")
        assert stream.supervisor is not None
        stream.supervisor.configure(wanted)
        stream.wait(lambda: stream.sightings[-1].region == "sign", "the region")
        os.kill(stream.supervisor.process_id, signal.SIGKILL)
        stream.wait(lambda: stream.status.restarts == 1, "the restart")
        seen = len(stream.sightings)
        stream.wait(lambda: len(stream.sightings) > seen, "a capture")
        assert {s.region for s in stream.sightings[seen:]} == {"sign"}
        assert stream.sightings[-1].looks[0].image.shape == (30, 20, 3)


def test_a_look_brings_what_is_in_the_regions_as_it_is(http: Server) -> None:
    regions = (
        Region(name="left", x_px=0, y_px=0, width_px=40, height_px=30),
        Region(name="turned", x_px=60, y_px=40, width_px=24, height_px=24, angle_deg=30.0),
    )
    with watched(http.url(), capture=CaptureSettings(regions=regions, trigger="demand")) as stream:
        stream.wait_for_frames(2)
        assert stream.supervisor is not None
        stream.supervisor.look(80, with_looks=True)
        stream.wait(lambda: stream.frames, "a frame to look at")
        frame = stream.frames[0]
        assert frame.image.shape == (60, 80, 3)
        assert [(name, look.image.shape) for name, look in frame.looks] == [
            ("left", (30, 40, 3)),
            ("turned", (24, 24, 3)),
        ]
        left = frame.looks[0][1]
        assert (left.frame_number, left.taken_ns, left.box) == (
            frame.number,
            frame.taken_ns,
            (0, 0, 40, 30),
        )
        shrunk = cv2.resize(left.image, (20, 15), interpolation=cv2.INTER_AREA)
        assert np.abs(shrunk.astype(int) - frame.image[:15, :20]).max() < 8
        assert not stream.sightings


def test_a_live_source_gives_up_the_oldest_when_nobody_takes(http: Server) -> None:
    many = CaptureSettings(tile_px=8, interval_s=0.0, duplicate_distance=None)
    with watched(http.url(), capture=many, credit=0) as stream:
        stream.wait(lambda: stream.status.missed > 0, "a full outbox")
        assert stream.status.waiting <= 256
        assert stream.status.state is StreamState.LIVE
        assert stream.supervisor is not None
        stream.supervisor.take(1)
        stream.wait(lambda: stream.sightings, "a capture")


def test_stopping_takes_no_longer_than_promised_while_a_server_hangs(http: Server) -> None:
    with watched(http.url("silent"), read_timeout_s=60.0, capture=EVERY_FRAME) as stream:
        stream.wait_for(StreamState.CONNECTING)
        begun = time.monotonic()
    assert time.monotonic() - begun < 4.0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_while_frames_go_by(tmp_path: Path) -> None:
    """The hour is `vimd benchmark streams 60`."""
    path = write_video(tmp_path / "film.avi", "MJPG", frames=3000)
    motion = CaptureSettings(motion=MotionSettings(min_size_px=10), duplicate_distance=3)
    with watched(str(path), capture=motion) as source:
        source.wait(lambda: source.status.frames > 600, "the first frames")
        assert source.supervisor is not None
        early = resident_kib(source.supervisor.process_id)
        source.wait(lambda: source.status.frames > 2500, "many more", patience_s=60)
        late = resident_kib(source.supervisor.process_id)
    assert late < 1.1 * early


def resident_kib(process_id: int) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def test_a_child_one_of_whose_threads_failed_ends_with_its_words() -> None:
    program = (
        "import threading, time\n"
        "from vimd_core.streaming import child\n"
        "threading.excepthook = child._end_with\n"
        "threading.Thread(target=lambda: 1 / 0).start()\n"
        "time.sleep(60)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=False
    )
    assert ended.returncode == EXIT_FAILED
    assert ended.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
