"""Frames over HTTP: Motion JPEG is read here, anything else is given to OpenCV."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np

from vimd_core import __version__
from vimd_core.errors import SourceError
from vimd_core.streaming.frames import Frame, MissingError, RefusedError
from vimd_core.streaming.multipart import MAX_FRAME_BYTES, Multipart, lost
from vimd_core.streaming.settings import ReadSettings
from vimd_core.streaming.video_grabber import StreamGrabber

_BAD_FRAMES_IN_A_ROW: Final = 30
# A server that gives single pictures is not asked for more than that.
_SNAPSHOT_INTERVAL_S: Final = 0.2


class HttpGrabber:
    """An HTTP address, whatever comes from it: Motion JPEG, single JPEGs, or a video.

    OpenCV reads Motion JPEG as well, but does not say why it can't, gives frames in the first one's size whatever
    comes later, and ends at the first damaged one.

    Args:
        url: whole address, credentials included.
        settings: how patient to be.
    """

    is_live = True

    def __init__(self, url: str, settings: ReadSettings) -> None:
        self._url = url
        self._settings = settings
        self._response: Any = None
        self._parts: Multipart | None = None
        self._video: StreamGrabber | None = None
        self._last_snapshot_s = 0.0

    def open(self) -> None:
        """Connect; see `Grabber`."""
        self._response = self._request()
        kind = str(self._response.headers.get("Content-Type", "")).lower()
        if kind.startswith("multipart/"):
            self._parts = Multipart(self._response, self._settings.read_timeout_s)
        elif not kind.startswith("image/"):
            self.close()
            self._video = StreamGrabber(self._url, self._settings)
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
        raise SourceError("What came was no picture.")

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
        response, self._response = self._response or self._request(), None
        try:
            return bytes(response.read(MAX_FRAME_BYTES))
        except (OSError, HTTPException) as e:
            raise lost(e, self._settings.read_timeout_s) from e
        finally:
            response.close()

    def _request(self) -> Any:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        request = urllib.request.Request(bare, headers={"User-Agent": f"ViMD/{__version__}"})
        try:
            return _opener(bare, parts.username, parts.password, self._settings).open(
                request, timeout=self._settings.connect_timeout_s
            )
        except urllib.error.HTTPError as e:
            e.close()
            if e.code in (401, 403):
                raise RefusedError(f"{host} refuses the user name or the password.") from None
            if e.code in (404, 410):
                raise MissingError(f"{host} has nothing at that address.") from None
            raise SourceError(f"{host} answers with {e.code}.") from None
        except urllib.error.URLError as e:
            raise _unreachable(host, e.reason, self._settings) from None
        except ValueError:
            # What urllib says of a second refusal with digest; its text holds nothing to tell.
            raise RefusedError(f"{host} refuses the user name or the password.") from None
        except (OSError, HTTPException) as e:
            raise _unreachable(host, e, self._settings) from None


def _opener(
    url: str, user: str | None, password: str | None, settings: ReadSettings
) -> urllib.request.OpenerDirector:
    """An opener that knows HTTP alone, so that no redirection leads anywhere else."""
    context = ssl.create_default_context()
    if not settings.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.OpenerDirector()
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
    ]
    if user is not None:
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        # Bound to this host: after a redirection to another one nothing is told.
        known.add_password(None, url, unquote(user), unquote(password or ""))
        handlers += [urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known)]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _decode(encoded: bytes) -> Any:
    if encoded.lstrip(b"\r\n")[:2] != b"\xff\xd8":
        return None
    try:
        return cv2.imdecode(np.frombuffer(encoded.lstrip(b"\r\n"), np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def _unreachable(host: str, reason: object, settings: ReadSettings) -> SourceError:
    if isinstance(reason, TimeoutError):
        return SourceError(f"{host} does not answer within {settings.connect_timeout_s:g} s.")
    if isinstance(reason, ConnectionRefusedError):
        return SourceError(f"Nobody answers at {host}.")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return RefusedError(f"The certificate of {host} can't be verified.")
    text = getattr(reason, "strerror", None) or type(reason).__name__
    return SourceError(f"{host} can't be reached ({text}).")
