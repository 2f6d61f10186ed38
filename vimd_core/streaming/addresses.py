"""What a source is called: its address without credentials, and the credentials apart from it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from vimd_core.errors import SourceError
from vimd_core.streaming.redaction import MASK, SECRET_PARAMETERS, redact

NETWORK_SCHEMES: Final = frozenset({"http", "https", "rtsp", "rtsps"})
SCHEMES: Final = (*sorted(NETWORK_SCHEMES), "file", "device")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_SCREEN: Final = re.compile(r"device://screen(?:/(-?\d{1,6},-?\d{1,6},\d{1,6},\d{1,6}))?")
_VIDEO_DEVICE: Final = re.compile(r"/dev/video(\d+)")


class SourceKind(StrEnum):
    """How frames are got from a source."""

    CAMERA = "camera"
    STREAM = "stream"
    VIDEO = "video"
    FOLDER = "folder"
    SCREEN = "screen"


@dataclass(frozen=True)
class Credentials:
    """What must not be stored or shown. Its text form says nothing.

    Attributes:
        user: user name, unescaped.
        password: password, unescaped.
        parameters: the values of secret parameters of the address, by name.
    """

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.password or self.parameters)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that `redact` should take out; single letters would take too much with them."""
        return tuple(s for s in (self.user, self.password, *(v for _, v in self.parameters)) if len(s) > 1)


@dataclass(frozen=True)
class SourceAddress:
    """Where a source is.

    Attributes:
        kind: how frames are got from it.
        url: address without credentials, in one of `SCHEMES`; what is stored and shown.
    """

    kind: SourceKind
    url: str

    @property
    def name(self) -> str:
        """A short name: the file's, the host's, the camera's."""
        if self.kind in (SourceKind.VIDEO, SourceKind.FOLDER):
            return self.path.name or str(self.path)
        if self.kind is SourceKind.CAMERA:
            return f"camera {self.device_index}"
        if self.kind is SourceKind.SCREEN:
            return "screen"
        parts = urlsplit(self.url)
        return f"{parts.hostname}{parts.path.rstrip('/')}"

    @property
    def path(self) -> Path:
        """The file or folder."""
        # Only here: it brings all of HTTP and e-mail along, and the window needs the names in this module at its start.
        from urllib.request import url2pathname

        return Path(
            url2pathname(unquote(urlsplit(self.url).path) if os.name == "nt" else urlsplit(self.url).path)
        )

    @property
    def device_index(self) -> int:
        """Number of the camera."""
        return int(self.url.removeprefix("device://"))

    @property
    def screen_area(self) -> tuple[int, int, int, int] | None:
        """Left, top, width and height of a part of the screen, in px; None for all of it."""
        found = _SCREEN.fullmatch(self.url)
        if found is None or found[1] is None:
            return None
        left, top, width, height = (int(value) for value in found[1].split(","))
        return left, top, width, height

    def with_credentials(self, credentials: Credentials) -> str:
        """The whole address, for the reader of the stream alone."""
        parts = urlsplit(self.url)
        netloc = parts.netloc
        if credentials.user or credentials.password:
            netloc = f"{quote(credentials.user, safe='')}:{quote(credentials.password, safe='')}@{netloc}"
        values = dict(credentials.parameters)
        query = urlencode(
            [
                (name, values.get(name, value))
                for name, value in parse_qsl(parts.query, keep_blank_values=True)
            ],
            safe=MASK,
        )
        return urlunsplit(parts._replace(netloc=netloc, query=query))


def parse_source(text: str) -> tuple[SourceAddress, Credentials]:
    """Understand what a user gave as a source, and take the credentials out of it.

    Args:
        text: an address (http, https, rtsp, rtsps, file, device), a path of a video or folder, or the number
            of a camera.

    Raises:
        SourceError: it is none of these, or the file or folder does not exist.
    """
    text = text.strip()
    if not text:
        raise SourceError("Give an address, a file, a folder or the number of a camera.")
    if text.isdecimal() and not Path(text).exists():
        return SourceAddress(SourceKind.CAMERA, f"device://{int(text)}"), Credentials()
    if device := _VIDEO_DEVICE.fullmatch(text):
        return SourceAddress(SourceKind.CAMERA, f"device://{int(device[1])}"), Credentials()
    scheme = _SCHEME.match(text)
    if scheme is None or Path(text).exists():
        return _local(Path(text)), Credentials()
    name = scheme[1].lower()
    if name == "device" and text[len("device:") :].strip("/").startswith("screen"):
        return _screen(text), Credentials()
    if name == "device":
        number = text[len("device:") :].strip("/")
        if not number.isdecimal():
            raise SourceError(f"{redact(text)} names no camera: write device://0 for the first one.")
        return SourceAddress(SourceKind.CAMERA, f"device://{int(number)}"), Credentials()
    if name == "file":
        if urlsplit(text).netloc not in ("", "localhost"):
            raise SourceError(f"{redact(text)} lies on another machine: write file:///path.")
        return _local(SourceAddress(SourceKind.VIDEO, text).path), Credentials()
    if name not in NETWORK_SCHEMES:
        raise SourceError(
            f"{redact(text)} can't be used as a source: only {', '.join(SCHEMES)} and paths are accepted."
        )
    return _network(text)


def _screen(text: str) -> SourceAddress:
    address = SourceAddress(SourceKind.SCREEN, f"device://{text[len('device:') :].strip('/')}")
    area = address.screen_area
    if _SCREEN.fullmatch(address.url) is None or (area is not None and min(area[2:]) < 2):
        raise SourceError(
            f"{text} names no part of the screen: write device://screen, or device://screen/x,y,width,height."
        )
    return address


def _local(path: Path) -> SourceAddress:
    if path.is_dir():
        return SourceAddress(SourceKind.FOLDER, path.absolute().as_uri())
    if not path.exists():
        raise SourceError(f"There is no file or folder {path}.")
    if not path.is_file():
        # Opening a pipe could wait for ever.
        raise SourceError(f"{path} is neither a regular file nor a folder.")
    return SourceAddress(SourceKind.VIDEO, path.absolute().as_uri())


def _network(text: str) -> tuple[SourceAddress, Credentials]:
    shown = redact(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as e:
        raise SourceError(
            f"{shown} is no address that can be understood: in a password, write / as %2F, ? as %3F, # as %23 and @ "
            "as %40."
        ) from e
    if not parts.hostname or (parts.username is None and "@" in parts.path + parts.query and MASK in shown):
        raise SourceError(
            f"{shown} names no host: write it as {parts.scheme}://host/path; in a password, write / as %2F, ? as %3F, "
            "# as %23 and @ as %40."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    secret = tuple((name, value) for name, value in pairs if value and name.lower() in SECRET_PARAMETERS)
    public = [(name, MASK if (name, value) in secret else value) for name, value in pairs]
    url = urlunsplit(
        (
            parts.scheme.lower(),
            host if port is None else f"{host}:{port}",
            parts.path,
            # An address without secrets stays as it was written.
            urlencode(public, safe=MASK) if secret else parts.query,
            "",
        )
    )
    credentials = Credentials(unquote(parts.username or ""), unquote(parts.password or ""), secret)
    return SourceAddress(SourceKind.STREAM, url), credentials
