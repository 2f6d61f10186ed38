"""Frames from what OpenCV opens: cameras, video files, RTSP, and videos over HTTP."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import cv2

from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.authentication import logins
from vimd_core.streaming.grabbers.frames import Frame, MissingError, RefusedError
from vimd_core.streaming.grabbers.rtsp_answer import explain_rtsp
from vimd_core.streaming.grabbers.video_clock import VideoClock
from vimd_core.streaming.grabbers.video_sizes import SizeFollower, codec_of, open_packets
from vimd_core.streaming.sources.settings import ReadSettings

_OPTIONS_VARIABLE: Final = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
# FFmpeg follows playlists and redirections only to what is named here, so a stream can't make it read a file.
_NETWORK_PROTOCOLS: Final = "http,https,httpproxy,tcp,tls,rtsp,rtsps,rtp,srtp,udp"
# Without it FFmpeg studies a stream for 2 s before it gives the first picture.
_ANALYSE_US: Final = 300_000
_MANY_BAD_FRAMES: Final = 3
_MANY_DAMAGED: Final = 500
_MOST_DAMAGED: Final = 50_000
# As containers name them.
_CODEC_NAMES: Final = {
    "av01": "AV1", "vvc1": "H.266 (VVC)", "vvi1": "H.266 (VVC)", "evc1": "MPEG-5 EVC", "lvc1": "LCEVC",
    "apv1": "APV", "avs3": "AVS3", "jxlc": "JPEG XL",
}  # fmt: skip
_DECODED: Final = frozenset(
    ("h264", "avc1", "hevc", "hev1", "hvc1", "mpg1", "mpg2", "mp4v", "fmp4", "xvid", "vp80", "vp90", "mjpg")
)


class _OpenCvGrabber:
    """What OpenCV has open, and the way to its pictures."""

    def __init__(self) -> None:
        self._capture: Any = None
        self.lost_frames = 0

    def close(self) -> None:
        """Let go of it; see `Grabber`."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _next_image(self) -> Any:
        """(H, W, 3) uint8 BGR; None when none came."""
        is_read, image = self._capture.read()
        return image if is_read else None


class CameraGrabber(_OpenCvGrabber):
    """A camera of this machine.

    Args:
        index: its number.
        settings: how patient to be.
    """

    is_live = True

    def __init__(self, index: int, settings: ReadSettings) -> None:
        super().__init__()
        self._index = index
        self._settings = settings

    def open(self) -> None:
        """Open the camera; see `Grabber`."""
        if (
            os.name == "posix"
            and Path("/sys/class").is_dir()
            and not Path(f"/dev/video{self._index}").exists()
        ):
            raise MissingError("There is no camera {index}: plug it in.", index=self._index)
        self._capture = cv2.VideoCapture(self._index, cv2.CAP_ANY)
        if not self._capture.isOpened():
            self.close()
            raise MissingError(
                "Camera {index} can't be opened: it is missing, in use by another program, or access "
                "is denied.",
                index=self._index,
            )

    def read(self) -> Frame | None:
        """The next frame; see `Grabber`."""
        for _ in range(_MANY_BAD_FRAMES):
            image = self._next_image()
            if image is not None:
                return Frame(image, time.monotonic())
        raise SourceError("Camera {index} stopped sending frames.", index=self._index)


class StreamGrabber(_OpenCvGrabber):
    """RTSP, or a video over HTTP.

    Args:
        url: whole address, credentials included.
        settings: how patient to be.
        cookies: for HTTP, as a header has them.
    """

    is_live = True

    def __init__(self, url: str, settings: ReadSettings, *, cookies: str = "") -> None:
        super().__init__()
        self._url = url
        self._settings = settings
        self._cookies = cookies

    def open(self) -> None:
        """Connect; see `Grabber`."""
        refused: SourceError | None = None
        for url in _written(self._url):
            try:
                self._open(url)
            except RefusedError as e:
                refused = refused or e
            else:
                self._url = url
                return
        if refused is not None:
            raise refused

    def _open(self, url: str) -> None:
        options = {
            "rtsp_transport": self._settings.transport,
            "analyzeduration": str(_ANALYSE_US),
            "fflags": "nobuffer",
            "protocol_whitelist": _NETWORK_PROTOCOLS,
        }
        if self._cookies:
            # In quotes nothing but a quote means anything to FFmpeg's reader of options.
            options["headers"] = "'Cookie: {}\r\n'".format(self._cookies.replace("'", "'\\''"))
        self._capture = _open_with_ffmpeg(url, options, self._settings)
        if self._capture is None:
            if url.startswith("rtsp"):
                raise explain_rtsp(url, self._settings)
            raise SourceError("The server's video can't be decoded.")

    def read(self) -> Frame | None:
        """The next frame; see `Grabber`."""
        start = time.monotonic()
        image = self._next_image()
        if image is None:
            if time.monotonic() - start > 0.9 * self._settings.read_timeout_s:
                raise SourceError(
                    "No frame received for {seconds:g} s.", seconds=self._settings.read_timeout_s
                )
            raise SourceError("The connection was lost, or the data received is not an image.")
        return Frame(image, time.monotonic())


class VideoFileGrabber(_OpenCvGrabber):
    """A video file, from its beginning to its end.

    A frame that is damaged is left out and counted; the file goes on to its real end. Times are the container's own,
    and frames have their own size.

    Args:
        path: the file.
        settings: at which pace.
    """

    is_live = False

    def __init__(self, path: Path, settings: ReadSettings) -> None:
        super().__init__()
        self._path = path
        self._settings = settings
        self._sizes: SizeFollower | None = None
        self._clock = VideoClock(0.0)
        self._count = 0
        self._stated_count = 0
        self._began_s = 0.0

    def open(self) -> None:
        """Open the file; see `Grabber`."""
        if not self._path.is_file():
            raise MissingError("There is no file {path}.", path=self._path)
        # A file can be a playlist: from here it leads to no network.
        self._capture = _open_with_ffmpeg(
            str(self._path.absolute()), {"protocol_whitelist": "file"}, self._settings
        )
        if self._capture is None:
            raise self._undecodable()
        self._sizes = SizeFollower(self._path.absolute(), _patience(self._settings))
        self._count = self.lost_frames = 0
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self._clock = VideoClock(fps if 0 < fps < 1000 else 0.0)
        self._stated_count = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self._began_s = time.monotonic()

    def close(self) -> None:
        """Let go of the file; see `Grabber`."""
        super().close()
        if self._sizes is not None:
            self._sizes.close()
            self._sizes = None

    def read(self) -> Frame | None:
        """The next frame; see `Grabber`."""
        image, failures = self._next_own_image(), 0
        while image is None and failures < self._most_failures():
            failures += 1
            image = self._next_own_image()
        if image is None:
            if self._count == 0:
                raise self._undecodable()
            if self._sizes is not None:
                # Those at the end: what follows them can't tell them from the end itself.
                self.lost_frames += max(0, self._sizes.all_frames() - self._count - self.lost_frames)
            return None
        self._count += 1
        self.lost_frames += failures
        at_s = self._clock.next_s(float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000, failures)
        if self._settings.pace == "real time":
            wait_s = self._began_s + at_s - time.monotonic()
            if wait_s > 0:
                time.sleep(min(wait_s, self._settings.read_timeout_s))
        return Frame(image, at_s, path=str(self._path))

    def _next_own_image(self) -> Any:
        image = self._next_image()
        return image if self._sizes is None else self._sizes.own_size(image)

    def _most_failures(self) -> int:
        """OpenCV says of the end what it says of a damaged frame: only many in a row are the end."""
        left = self._stated_count - self._count - self.lost_frames
        return min(max(left, 0) + _MANY_DAMAGED, _MOST_DAMAGED)

    def _undecodable(self) -> MissingError:
        """What keeps a file from being decoded: no video at all, or a codec without a decoder."""
        packets = open_packets(self._path.absolute(), _patience(self._settings))
        if packets is None:
            return MissingError("{path} is not a decodable video.", path=self._path)
        codec = codec_of(packets)
        has_packets = packets.read()[0]
        packets.release()
        if not has_packets:
            return MissingError("{path} contains no decodable image.", path=self._path)
        name = _CODEC_NAMES.get(codec, codec.upper())
        if codec in _DECODED:
            return MissingError("{path} contains no decodable image.", path=self._path)
        return MissingError(
            "{path} is coded as {name}, and this program has no decoder for {name}: convert it to H.264.",
            path=self._path,
            name=name,
        )


def _written(url: str) -> list[str]:
    """The address with its log-in as UTF-8, and as Latin-1 where that differs: FFmpeg sends the bytes it is given."""
    parts = urlsplit(url)
    if parts.username is None:
        return [url]
    host = parts.netloc.rpartition("@")[2]
    return [url] + [
        parts._replace(
            netloc=f"{quote(login.user, safe='', encoding=login.encoding)}:"
            f"{quote(login.password, safe='', encoding=login.encoding)}@{host}"
        ).geturl()
        for login in logins(unquote(parts.username), unquote(parts.password or ""))[1:]
    ]


def _open_with_ffmpeg(url: str, options: dict[str, str], settings: ReadSettings) -> Any:
    """OpenCV's capture, or None."""
    os.environ[_OPTIONS_VARIABLE] = "|".join(f"{name};{value}" for name, value in options.items())
    try:
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, _patience(settings))
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None


def _patience(settings: ReadSettings) -> list[int]:
    """Parameters of OpenCV's captures."""
    return [
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(settings.connect_timeout_s * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(settings.read_timeout_s * 1000)),
        # Cores are shared with the other sources and the model.
        *(cv2.CAP_PROP_N_THREADS, 1),
    ]
