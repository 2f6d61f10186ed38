"""RTSP errors: asks a server why it gave no picture; OpenCV says only that there was none."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Final
from urllib.parse import unquote, urlsplit

from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.authentication import Login, authorisation, challenges
from vimd_core.streaming.grabbers.frames import MissingError, RefusedError
from vimd_core.streaming.sources.settings import ReadSettings

_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_MAX_ANSWER_BYTES: Final = 65536


def explain_rtsp(url: str, settings: ReadSettings) -> SourceError:
    """Ask for a description of the stream, and say in a sentence what came.

    Args:
        url: whole address, credentials included.
        settings: how patient to be.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" + (
        f"?{parts.query}" if parts.query else ""
    )
    try:
        with socket.create_connection((host, port), timeout=settings.connect_timeout_s) as connection:
            line = connection if parts.scheme == "rtsp" else _encrypted(connection, host, settings)
            status, challenge = _describe(line, bare, 1, "")
            if status == 401 and parts.username and challenge:
                login = _login(parts.username, parts.password or "")
                answer = authorisation(challenge, login, "DESCRIBE", bare)
                status, _ = _describe(line, bare, 2, f"Authorization: {answer}\r\n")
    except TimeoutError:
        return SourceError(
            "{host} did not respond on port {port} within {seconds:g} s.",
            host=host,
            port=port,
            seconds=settings.connect_timeout_s,
        )
    except ConnectionRefusedError:
        return SourceError("No response from {host}, port {port}.", host=host, port=port)
    except OSError as e:
        return SourceError(
            "{host}, port {port}, can't be reached ({reason}).",
            host=host,
            port=port,
            reason=e.strerror or type(e).__name__,
        )
    if status in (401, 403):
        return RefusedError("{host} rejected the user name or password.", host=host)
    if status in (404, 451, 454):
        return MissingError("{host} has no stream of that name.", host=host)
    if status == 200:
        return SourceError(
            "No decodable frame from {host} over {transport} within {seconds:g} s.",
            host=host,
            transport=settings.transport,
            seconds=settings.connect_timeout_s,
        )
    if status:
        return SourceError("{host} responded with {status}.", host=host, status=status)
    return SourceError("{host} does not support RTSP on port {port}.", host=host, port=port)


def _encrypted(connection: socket.socket, host: str, settings: ReadSettings) -> socket.socket:
    context = ssl.create_default_context()
    if not settings.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=host)


def _describe(line: socket.socket, url: str, number: int, more: str) -> tuple[int, str]:
    """Status and challenge of the answer; status 0 when it is no RTSP."""
    request = f"DESCRIBE {url} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n{more}\r\n"
    # Latin-1, because a user name comes as the bytes that the log-in was computed of.
    line.sendall(request.encode("latin-1", "replace"))
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _MAX_ANSWER_BYTES:
        data = line.recv(4096)
        if not data:
            break
        answer += data
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    found = re.match(r"RTSP/\d\.\d (\d{3})", head[0])
    asked = challenges([h.partition(":")[2] for h in head if h.lower().startswith("www-authenticate:")])
    return (int(found[1]) if found else 0), (asked or [""])[0]


def _login(user: str, password: str) -> Login:
    """The log-in of an address, in the encoding that it is written in there."""
    try:
        return Login(unquote(user, errors="strict"), unquote(password, errors="strict"))
    except UnicodeDecodeError:
        return Login(unquote(user, "latin-1"), unquote(password, "latin-1"), "latin-1")
