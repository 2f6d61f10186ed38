"""Asks an RTSP server why it gave no picture: OpenCV says only that there was none."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import ssl
from typing import Final
from urllib.parse import unquote, urlsplit

from vimd_core.errors import SourceError
from vimd_core.streaming.frames import MissingError, RefusedError
from vimd_core.streaming.settings import ReadSettings

_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_MAX_ANSWER_BYTES: Final = 65536
_FIELD: Final = re.compile(r'(\w+)="?([^",]*)"?')


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
                user, password = unquote(parts.username), unquote(parts.password or "")
                answer = authorisation(challenge, user, password, "DESCRIBE", bare)
                status, _ = _describe(line, bare, 2, f"Authorization: {answer}\r\n")
    except TimeoutError:
        return SourceError(f"{host} does not answer on port {port} within {settings.connect_timeout_s:g} s.")
    except ConnectionRefusedError:
        return SourceError(f"Nobody answers at {host}, port {port}.")
    except OSError as e:
        return SourceError(f"{host}, port {port}, can't be reached ({e.strerror or type(e).__name__}).")
    if status in (401, 403):
        return RefusedError(f"{host} refuses the user name or the password.")
    if status in (404, 451, 454):
        return MissingError(f"{host} has no stream of that name.")
    if status == 200:
        return SourceError(
            f"{host} sends no picture that can be decoded over {settings.transport} within "
            f"{settings.connect_timeout_s:g} s."
        )
    return SourceError(
        f"{host} answers with {status}." if status else f"{host} speaks no RTSP on port {port}."
    )


def authorisation(challenge: str, user: str, password: str, method: str, url: str) -> str:
    """The value of an Authorization header (RFC 2617, as RTSP uses it: without qop).

    Args:
        challenge: value of the server's WWW-Authenticate header.
        user: user name.
        password: password.
        method: the request's.
        url: the request's.
    """
    if not challenge.lower().startswith("digest"):
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    fields = {name.lower(): value for name, value in _FIELD.findall(challenge)}
    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    secret = _md5(f"{user}:{realm}:{password}")
    response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{url}')}")
    return f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{url}", response="{response}"'


def _md5(text: str) -> str:
    # The protocol's own choice, and nothing that protects anything of ours.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _encrypted(connection: socket.socket, host: str, settings: ReadSettings) -> socket.socket:
    context = ssl.create_default_context()
    if not settings.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connection, server_hostname=host)


def _describe(line: socket.socket, url: str, number: int, more: str) -> tuple[int, str]:
    """Status and challenge of the answer; status 0 when it is no RTSP."""
    request = f"DESCRIBE {url} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n{more}\r\n"
    line.sendall(request.encode())
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _MAX_ANSWER_BYTES:
        data = line.recv(4096)
        if not data:
            break
        answer += data
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    found = re.match(r"RTSP/\d\.\d (\d{3})", head[0])
    challenges = [h.partition(":")[2].strip() for h in head if h.lower().startswith("www-authenticate:")]
    digest = [c for c in challenges if c.lower().startswith("digest")]
    return (int(found[1]) if found else 0), (digest or challenges or [""])[0]
