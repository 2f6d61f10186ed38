"""Addresses of sources (URL, device, path), their kinds, and the credentials apart from them."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from vimd_core.errors import SourceError
from vimd_core.streaming.sources.redaction import MASK, address_secrets, redact, remember

HTTP_SCHEMES: Final = ("http", "https")
NETWORK_SCHEMES: Final = frozenset({*HTTP_SCHEMES, "rtsp", "rtsps"})
SCHEMES: Final = (*sorted(NETWORK_SCHEMES), "file", "device")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_SCREEN: Final = re.compile(r"device://screen(?:/(-?\d{1,6},-?\d{1,6},\d{1,6},\d{1,6}))?")
_VIDEO_DEVICE: Final = re.compile(r"/dev/video(\d+)")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|[^\s:@\[\]\"'<>\\^`{|}]+)(?::(\d{0,5}))?")
_HIGHEST_PORT: Final = 65535
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_TAIL_SEGMENTS: Final = 2
_PRINTABLE: Final = "".join(map(chr, range(33, 127)))


class PasswordInAddressError(SourceError):
    """What was given as an address holds a password where none can be told from the rest. The sentence holds none."""


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
        parameters: names of the secret parameters of the address and their values as they are written there, in
            their order.
    """

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        remember(self.secrets)

    def __bool__(self) -> bool:
        return bool(self.user or self.password or self.parameters)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that `redact` should take out; single letters would take too much with them."""
        values = [self.user, self.password, *(value for _, value in self.parameters)]
        if self.user and self.password:
            both = f"{self.user}:{self.password}".encode(errors="replace")
            values.append(base64.b64encode(both).decode())
        return tuple(value for value in values if len(value) > 1)

    def over(self, before: Credentials) -> Credentials:
        """These, with what they leave open as it was before."""
        return Credentials(
            self.user or before.user, self.password or before.password, self.parameters or before.parameters
        )


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
        host, path = _split(self.url)[1:]
        plain, at = "", 0
        path = path.partition("?")[0]
        for span in address_secrets(path):
            # Without the parameter's name and what joins it to the rest.
            plain += path[at : span.start].rpartition(span.name)[0] if span.name else path[at : span.start]
            at = span.end
        segments = [part.strip("_&;=") for part in (plain + path[at:]).split("/")]
        tail = [part for part in segments if part and part != MASK][-_TAIL_SEGMENTS:]
        return "/".join([(_HOST.match(host) or [host, host])[1].strip("[]"), *tail])

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
        """The whole address, for the reader of the stream alone.

        Where a parameter's value is not known, the user name or the password stands for it.
        """
        return self.written_with(credentials, "utf-8")

    def written_with(self, credentials: Credentials, encoding: str) -> str:
        """The same with characters that ASCII lacks written in this encoding."""
        scheme, host, path = _split(self.url)
        values = list(credentials.parameters)
        parts: list[str] = []
        at = 0
        for span in address_secrets(path):
            if path[span.start : span.end] != MASK:
                continue
            known = next((pair for pair in values if pair[0].lower() == span.name), None)
            if known is not None:
                values.remove(known)
                value = quote(known[1], safe=_PRINTABLE, encoding=encoding, errors="replace")
            else:
                spare = credentials.user if span.is_user else credentials.password if span.is_password else ""
                value = quote(spare, safe="", encoding=encoding, errors="replace") or MASK
            parts += [path[at : span.start], value]
            at = span.end
        who = ""
        if credentials.user or credentials.password:
            user, password = (
                quote(text, safe="", encoding=encoding, errors="replace")
                for text in (credentials.user, credentials.password)
            )
            who = f"{user}:{password}@"
        return f"{scheme}://{who}{host}{''.join([*parts, path[at:]])}"


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
    if name in NETWORK_SCHEMES:
        return _network(text)
    if "@" in text:
        raise _no_source(text)  # not repeated: it may begin with a user name and a password
    if name == "device" and text[len("device:") :].strip("/").startswith("screen"):
        return _screen(text), Credentials()
    if name == "device":
        number = text[len("device:") :].strip("/")
        if not number.isdecimal():
            raise SourceError(
                "{text} is not a camera: write device://0 for the first camera.", text=redact(text)
            )
        return SourceAddress(SourceKind.CAMERA, f"device://{int(number)}"), Credentials()
    if name == "file":
        if urlsplit(text).netloc not in ("", "localhost"):
            raise SourceError("{text} is on another machine: write file:///path.", text=redact(text))
        return _local(SourceAddress(SourceKind.VIDEO, text).path), Credentials()
    raise _no_source(text)


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if another source is called so."""
    known = {one.casefold() for one in taken}
    candidates = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(candidate for candidate in candidates if candidate.casefold() not in known)


def _no_source(text: str) -> SourceError:
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text)
    return SourceError(
        "{scheme} can't be used as a source: only {schemes} and paths are accepted.",
        scheme="This" if scheme is None else scheme[0],
        schemes=", ".join(SCHEMES),
    )


def _screen(text: str) -> SourceAddress:
    address = SourceAddress(SourceKind.SCREEN, f"device://{text[len('device:') :].strip('/')}")
    area = address.screen_area
    if _SCREEN.fullmatch(address.url) is None or (area is not None and min(area[2:]) < 2):
        raise SourceError(
            "{text} is not a screen region: write device://screen, or device://screen/x,y,width,height.",
            text=text,
        )
    return address


def _local(path: Path) -> SourceAddress:
    if path.is_dir():
        return SourceAddress(SourceKind.FOLDER, path.absolute().as_uri())
    if not path.exists():
        raise SourceError("There is no file or folder {path}.", path=redact(str(path)))
    if not path.is_file():
        # Opening a pipe could wait for ever.
        raise SourceError("{path} is neither a regular file nor a folder.", path=redact(str(path)))
    return SourceAddress(SourceKind.VIDEO, path.absolute().as_uri())


def _split(url: str) -> tuple[str, str, str]:
    """Scheme, host with its port, and what follows them.

    Not with `urlsplit`, whose errors repeat what they are about, a password included.
    """
    scheme, _, rest = url.partition("://")
    end = re.compile(r"[/?#]").search(rest)
    return (scheme, rest, "") if end is None else (scheme, rest[: end.start()], rest[end.start() :])


def _decoded(text: str) -> str:
    data = unquote_to_bytes(text)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _network(text: str) -> tuple[SourceAddress, Credentials]:
    # None of these sentences repeats the address: what is wrong with it may be a password in it.
    if _CONTROL.search(text):
        raise SourceError("The address contains a line break or another control character.")
    scheme, authority, path = _split(text)
    scheme = scheme.lower()
    who, at, host = authority.rpartition("@")
    if "@" in path:
        raise PasswordInAddressError(
            "The address contains an @ after the host, as when a password contains / ? or #. Remove "
            "the user name and password from the address, and write an @ that belongs to it as %40."
        )
    found = _HOST.fullmatch(host)
    if found is None or int(found[2] or 0) > _HIGHEST_PORT:
        scheme = scheme.partition(":")[0]  # where the // is missing, all of the address was taken for it
        raise SourceError(
            "The address has no valid host: write {scheme}://host/path or {scheme}://host:8080/path, "
            "without user name and password.",
            scheme=scheme,
        )
    # What follows a # is for the reader of a page, and no server hears of it.
    path = path.partition("#")[0]
    public, at_index, secret = "", 0, []
    for span in address_secrets(path):
        value = path[span.start : span.end]
        if value != MASK:
            secret.append((span.name, value))
        public += path[at_index : span.start] + MASK
        at_index = span.end
    name = host.lower() if not found[2] else f"{found[1].lower()}:{found[2]}"
    user, _, password = who.partition(":") if at else ("", "", "")
    credentials = Credentials(_decoded(user), _decoded(password), tuple(secret))
    return SourceAddress(SourceKind.STREAM, f"{scheme}://{name}{public}{path[at_index:]}"), credentials
