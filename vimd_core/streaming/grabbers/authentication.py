"""Answers to the log-in questions of HTTP and RTSP servers: Basic and Digest, also with characters that ASCII lacks."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_FIELD: Final = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))')
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCHEME: Final = re.compile(r"(?i)(?:^|,\s*)(basic|digest)(?=\s|$|,)")
_HASHES: Final = {"md5": "md5", "sha-256": "sha256", "sha-512-256": "sha512_256", "sha": "sha1"}


@dataclass(frozen=True)
class Login:
    """A user name and a password, as bytes on the wire. Its text form says nothing.

    Attributes:
        user: user name.
        password: password.
        encoding: how both are written.
    """

    user: str
    password: str
    encoding: str = "utf-8"

    def __repr__(self) -> str:
        return f"Login(encoding={self.encoding!r})"


def logins(user: str, password: str) -> list[Login]:
    """What is to be tried: UTF-8 as RFC 7616 and 7617 want it, then Latin-1 as older cameras do where it differs."""
    text = user + password
    tried = [Login(user, password)]
    if not text.isascii() and all(ord(character) < 256 for character in text):
        tried.append(Login(user, password, "latin-1"))
    return tried


def challenges(headers: Sequence[str]) -> list[str]:
    """The single challenges of `WWW-Authenticate` headers, the strongest first.

    Args:
        headers: their values; several challenges may stand in one.
    """
    found: list[str] = []
    for header in map(str.strip, headers):
        # What stands in quotes is text, whatever it looks like.
        bare = _QUOTED.sub(lambda match: "x" * len(match[0]), header)
        starts = [match.start(1) for match in _SCHEME.finditer(bare)]
        found += [header[start:end].strip(" ,") for start, end in itertools.pairwise([*starts, len(header)])]
    known = [one for one in found if not _is_digest(one) or _hash_name(_fields(one)) is not None]
    return sorted(known, key=lambda one: (not _is_digest(one), "sha" not in one.lower()))


def authorisation(challenge: str, login: Login, method: str, url: str, count: int = 1) -> str:
    """The value of an Authorization header (RFC 7616 and 7617; without `qop` RFC 2069, as RTSP uses it).

    Args:
        challenge: one of `challenges`.
        login: who asks.
        method: the request's.
        url: the request's, as it stands in its first line.
        count: how often this challenge was answered, this answer included.
    """
    user, password = (text.encode(login.encoding, "replace") for text in (login.user, login.password))
    if not _is_digest(challenge):
        return "Basic " + base64.b64encode(user + b":" + password).decode()
    fields = _fields(challenge)
    hash_name = _hash_name(fields) or "md5"
    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    secret = _digest(hash_name, user, realm.encode("latin-1", "replace"), password)
    request = _digest(hash_name, method.encode(), url.encode())
    written = [
        # A header is Latin-1 to those who send it: these are the bytes that were hashed.
        ("username", f'"{_quoted(user.decode("latin-1"))}"'),
        ("realm", f'"{_quoted(realm)}"'),
        ("nonce", f'"{nonce}"'),
        ("uri", f'"{url}"'),
    ]
    if "algorithm" in fields:
        written.append(("algorithm", fields["algorithm"]))
    has_session = fields.get("algorithm", "").lower().endswith("-sess")
    if has_session or "auth" in re.split(r"[,\s]+", fields.get("qop", "").lower()):
        client, number = secrets.token_hex(8), f"{count:08x}"
        if has_session:
            secret = _digest(hash_name, secret.encode(), nonce.encode(), client.encode())
        parts = (
            [secret, nonce, number, client, "auth", request] if "qop" in fields else [secret, nonce, request]
        )
        written += [("qop", "auth"), ("nc", number)] if "qop" in fields else []
        written += [("cnonce", f'"{client}"')]
    else:
        parts = [secret, nonce, request]
    written.append(("response", f'"{_digest(hash_name, *(part.encode() for part in parts))}"'))
    if "opaque" in fields:
        written.append(("opaque", f'"{fields["opaque"]}"'))
    return "Digest " + ", ".join(f"{name}={value}" for name, value in written)


def _is_digest(challenge: str) -> bool:
    return challenge.lower().startswith("digest")


def _fields(challenge: str) -> dict[str, str]:
    found = _FIELD.findall(challenge)
    return {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for name, quoted, plain in found
    }


def _hash_name(fields: dict[str, str]) -> str | None:
    """The hash as `hashlib` calls it; None for one that is not known here."""
    return _HASHES.get(fields.get("algorithm", "md5").lower().removesuffix("-sess"))


def _digest(hash_name: str, *parts: bytes) -> str:
    # The protocol's own choice, and nothing that protects anything of ours.
    return hashlib.new(hash_name, b":".join(parts), usedforsecurity=False).hexdigest()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
