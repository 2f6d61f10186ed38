"""Frames over HTTP: pictures, single ones or in parts, are read here; anything else is given to OpenCV."""

from __future__ import annotations

import time
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from vimd_core.data.images.decoding import read_image_in
from vimd_core.data.images.formats import SNIFFED_BYTES, image_format_of
from vimd_core.errors import ImageError, SourceError
from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.grabbers.http_session import HttpSession
from vimd_core.streaming.grabbers.multipart import MAX_FRAME_BYTES, Multipart, lost
from vimd_core.streaming.grabbers.video_grabber import StreamGrabber
from vimd_core.streaming.sources.settings import ReadSettings

_BAD_FRAMES_IN_A_ROW: Final = 30
# A server that gives single pictures is not asked for more than that.
_SNAPSHOT_INTERVAL_S: Final = 0.2
_ENOUGH_BYTES: Final = 16
_ANSWER: Final = Path("answer")  # what a picture is called in sentences that nobody sees


class HttpGrabber:
    """An HTTP address, whatever comes from it: Motion JPEG, or single pictures of any kind, or a video.

    What it is is told by its first bytes: cameras name it wrongly, or not at all.

    OpenCV reads Motion JPEG as well, but does not say why it can't, gives frames in the first one's size whatever
    comes later, and ends at the first damaged one.

    Args:
        url: whole address, credentials included.
        settings: how patient to be.
    """

    is_live = True
    lost_frames = 0

    def __init__(self, url: str, settings: ReadSettings) -> None:
        self._session = HttpSession(url, settings)
        self._settings = settings
        self._response: Any = None
        self._parts: Multipart | None = None
        self._video: StreamGrabber | None = None
        self._last_snapshot_s = 0.0

    def open(self) -> None:
        """Connect; see `Grabber`."""
        self._response = _Sniffed(self._session.open(), self._settings.read_timeout_s)
        head = self._response.head.lstrip(b"\r\n")
        if image_format_of(head) is not None:
            return
        kind = str(self._response.headers.get("Content-Type", "")).lower()
        if head.startswith(b"--") or kind.startswith("multipart/"):
            self._parts = Multipart(self._response, self._settings.read_timeout_s)
        elif not kind.startswith("image/"):
            self.close()
            self._video = StreamGrabber(
                self._session.url_for_others, self._settings, cookies=self._session.cookies
            )
            self._video.open()

    def read(self) -> Frame | None:
        """The next frame; see `Grabber`."""
        if self._video is not None:
            return self._video.read()
        for _ in range(_BAD_FRAMES_IN_A_ROW):
            encoded = self._next_snapshot() if self._parts is None else self._parts.newest()
            image = _decode(encoded)
            if image is not None:
                return Frame(image, time.monotonic())
        raise SourceError("The data received is not an image.")

    def close(self) -> None:
        """Hang up."""
        if self._response is not None:
            self._response.close()
            self._response = None
        if self._video is not None:
            self._video.close()
            self._video = None
        self._parts = None

    def _next_snapshot(self) -> bytes:
        wait_s = self._last_snapshot_s + _SNAPSHOT_INTERVAL_S - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        self._last_snapshot_s = time.monotonic()
        response, self._response = self._response or self._session.open(), None
        try:
            return bytes(response.read(MAX_FRAME_BYTES))
        except (OSError, HTTPException) as e:
            raise lost(e, self._settings.read_timeout_s) from e
        finally:
            response.close()


class _Sniffed:
    """An answer whose first bytes are known before it is read.

    Args:
        response: at its beginning.
        timeout_s: for the first bytes.

    Raises:
        SourceError: none came.
    """

    def __init__(self, response: Any, timeout_s: float) -> None:
        self._response = response
        self.headers = response.headers
        self.head = b""
        try:
            while len(self.head) < SNIFFED_BYTES and (more := response.read1(SNIFFED_BYTES - len(self.head))):
                self.head += more
                if len(self.head) >= _ENOUGH_BYTES:
                    break
        except (OSError, HTTPException, ValueError) as e:
            response.close()
            raise lost(e, timeout_s) from e
        self._unread = self.head

    def read(self, count: int) -> bytes:
        """So many bytes, or all there are."""
        unread, self._unread = self._unread, b""
        return unread + bytes(self._response.read(count - len(unread)))

    def read1(self, count: int) -> bytes:
        """What has come, at most so many bytes."""
        if self._unread:
            unread, self._unread = self._unread, b""
            return unread
        return bytes(self._response.read1(count))

    def fileno(self) -> int:
        """For `select`."""
        return int(self._response.fileno())

    def close(self) -> None:
        """Hang up."""
        self._response.close()


def _decode(encoded: bytes) -> Any:
    """(H, W, 3) BGR; None of what is no picture."""
    content = encoded.lstrip(b"\r\n")
    try:
        if content[:2] == b"\xff\xd8":
            return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        if image_format_of(content[:SNIFFED_BYTES]) is None:
            return None
        return np.ascontiguousarray(read_image_in(content, _ANSWER).pixels[:, :, ::-1])
    except (cv2.error, ImageError):
        return None
