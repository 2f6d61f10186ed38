"""The one home of redaction: finds what is secret in addresses and texts, and takes it out before anyone sees it."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final
from urllib.parse import quote, quote_plus, unquote

MASK: Final = "***"
_PASSWORDS: Final = (
    r"password|passwort|passphrase|passwd|passwrd|passw|passcode|loginpass?|userpass|pswd|psw|pwd|pword"
)
_USERS: Final = r"username|userid|loginuse|loginname"
# Also at the end of a longer word, such as authToken, rtsp_pwd and apiKey.
_ENDINGS: Final = (
    rf"{_PASSWORDS}|{_USERS}|secret|token|credentials?|signature|session|sessionid|sessid|cookie|authorization"
    r"|(?:api|access|secret|private|stream|auth|license|security)key|authcode"
)
_WORDS: Final = r"user|usr|uname|login|pass|pw|auth|key|sig|sid|jwt|bearer|pin|otp"
_NAME: Final = rf"(?<![^\W_])(?P<name>[A-Za-z0-9]*?(?:{_ENDINGS})|{_WORDS})"
_ASSIGNMENT: Final = re.compile(rf"(?i){_NAME}(?P<equals>[\"']?\s*=\s*|[\"']\s*:\s*)")
# What ends a value: another parameter. In a path they may be joined by _, and by anything if the next is secret too.
_NEXT: Final = re.compile(r"[&;](?:amp;)?[A-Za-z][A-Za-z0-9_.-]*=")
_NEXT_IN_PATH: Final = re.compile(r"[&;_][A-Za-z][A-Za-z0-9.-]*=")
_NEXT_SECRET: Final = re.compile(rf"(?i)[/?#,|_](?:[A-Za-z0-9]*?(?:{_ENDINGS})|{_WORDS})=")
_SEGMENT: Final = re.compile(
    r"(?i)(?<=/)(?P<name>password|passwd|pwd|psw|token|api[_-]?key|secret)/(?=[^/?#&\s]+)"
)
_HEADER: Final = re.compile(
    r"(?i)\b(?:proxy-)?(?:authorization|(?:set-)?cookie|x-api-key|x-auth-token)\s*:\s*(?=[^\s\"'])"
)
_PASSWORD_NAME: Final = re.compile(rf"(?i)[a-z0-9]*(?:{_PASSWORDS})|pass|pw")
_USER_NAME: Final = re.compile(rf"(?i)[a-z0-9]*(?:{_USERS})|user|usr|uname|login")
# With one slash as well, as a path makes of an address.
_SCHEME: Final = re.compile(r"(?i)://|\b(?:https?|rtsps?|rtmps?|ftp):/(?!/)")
# A port that is none: the @ behind the password was forgotten.
_NO_PORT: Final = re.compile(r"[^\s/?#@\[\"'<>:]*:(?!\d{0,5}(?:[/?#\s\"'<>,;.)\]]|$))")
_WITHOUT_SCHEME: Final = re.compile(
    r"(?<![^\s\"'<>(=])(?!(?i:mailto):)[^\s/:@\"'<>]+:(?!//)[^\s@]*@(?=(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+|localhost\b|\[)"
)
_ENCODED: Final = re.compile(r"%((?:25)*)([0-9A-Fa-f]{2})")
_CLOSING: Final = "\"'>)]},.:;"
# Shorter ones are taken out only where they stand alone: as a part of words they tell nothing.
_SHORT: Final = 4
_REMEMBERED: Final = 64

_known: deque[str] = deque(maxlen=_REMEMBERED)


@dataclass(frozen=True)
class SecretSpan:
    """A part of a text that is secret.

    Attributes:
        name: of the parameter that it is the value of; empty for user names and passwords before a host.
        start: its first character.
        end: behind its last one.
    """

    name: str
    start: int
    end: int

    @property
    def is_user(self) -> bool:
        """Whether the parameter is a user name."""
        return _USER_NAME.fullmatch(self.name) is not None

    @property
    def is_password(self) -> bool:
        """Whether the parameter is a password."""
        return _PASSWORD_NAME.fullmatch(self.name) is not None


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without credentials.

    Taken out are user names and passwords in addresses, parameters that are called like a secret, in whatever form
    they are written, authorisation headers and cookies, and each of `secrets` wherever and however escaped it stands.
    What can't be told apart from a password goes as well.

    Args:
        text: a log line, an error, an address.
        secrets: what is known to be secret.
    """
    wanted = [secret for secret in secrets if secret and secret != MASK]
    if not wanted and not _may_hold_secrets(text):
        return text
    spans: list[tuple[int, int]] = []
    for secret in wanted:
        spans += _known_spans(text, secret)
    plain = _Plain(text)
    spans += [plain.raw(start, end) for start, end in _free_spans(plain)]
    return _masked(text, spans)


def address_secrets(path: str) -> list[SecretSpan]:
    """The secret parameters of an address, in their order.

    Args:
        path: what follows its host: path, query and fragment, in any of the forms that cameras have
            (`?user=a&pwd=b`, `/user=a_password=b_channel=1`, `;token=c`, `/token/c`, percent-encoded or not).
    """
    plain = _Plain(path)
    found: list[SecretSpan] = []
    for name, start, end in sorted(_parameters(plain, is_address=True), key=lambda one: one[1]):
        span = SecretSpan(name.lower(), *plain.raw(start, end))
        # What looks like a parameter within a value is a part of that.
        if start < end and (not found or span.start >= found[-1].end):
            found.append(span)
    return found


def remember(secrets: Iterable[str]) -> None:
    """Take these out of everything that `RedactingFormatter` and `redacted_trace` write from now on."""
    for secret in secrets:
        if secret not in _known:
            _known.append(secret)


class RedactingFormatter(logging.Formatter):
    """Writes log lines, their tracebacks included, without credentials."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; see `logging.Formatter`."""
        return redact(super().format(record), tuple(_known))


def log_to_stderr(level: int) -> None:
    """Write this process's log to stderr, without credentials."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


def redacted(text: str) -> str:
    """The text without what looks secret, and without everything that was ever known to be."""
    return redact(text, tuple(_known))


def redact_tracebacks() -> None:
    """Let exceptions that nobody catches be written to stderr without credentials."""

    def show(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(redacted("".join(traceback.format_exception(kind, value, trace))))

    sys.excepthook = show


class _Plain:
    """A text with its percent-encoding undone, and where each character came from."""

    def __init__(self, text: str) -> None:
        self.source = text
        characters: list[str] = []
        self._starts: list[int] = []
        self._levels: list[int] = []
        at = 0
        for found in _ENCODED.finditer(text) if "%" in text else ():
            self._take(characters, text, at, found.start())
            characters.append(chr(int(found[2], 16)))
            self._starts.append(found.start())
            self._levels.append(1 + len(found[1]) // 2)
            at = found.end()
        self._take(characters, text, at, len(text))
        self._starts.append(len(text))
        self.text = "".join(characters)

    def _take(self, characters: list[str], text: str, start: int, end: int) -> None:
        characters.append(text[start:end])
        self._starts += range(start, end)
        self._levels += [0] * (end - start)

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stands in the source."""
        return self._starts[start], self._starts[end]

    def level(self, index: int) -> int:
        """How often a character was percent-encoded."""
        return self._levels[index]


def _may_hold_secrets(text: str) -> bool:
    return (
        any(sign in text for sign in ("=", "://", "@", "%", '":', "':")) or _HEADER.search(text) is not None
    )


def _free_spans(plain: _Plain) -> Iterator[tuple[int, int]]:
    text = plain.text
    for name, start, end in _parameters(plain, is_address=False):
        if name:
            yield start, end
    for found in _HEADER.finditer(text):
        yield found.end(), _line_end(text, found.end())
    for found in _SCHEME.finditer(text):
        level = plain.level(found.start())
        # A password may hold anything, blanks included: up to the last @ of the line all of it is taken for one.
        line = text[found.end() : _line_end(text, found.end())]
        ats = [
            found.end() + at.start()
            for at in re.finditer(r"@(?=\S)", line)
            if plain.level(found.end() + at.start()) <= level
        ]
        if ats:
            yield found.end(), ats[-1]
        elif _NO_PORT.match(text, found.end()):
            yield found.end(), _token_end(text, found.end())
    for found in _WITHOUT_SCHEME.finditer(text):
        if plain.level(found.end() - 1) <= plain.level(text.index(":", found.start())):
            yield found.start(), found.end() - 1


def _parameters(plain: _Plain, *, is_address: bool) -> Iterator[tuple[str, int, int]]:
    """Name and value's place of each parameter that is called like a secret."""
    text = plain.text
    for found in _ASSIGNMENT.finditer(text):
        start = found.end()
        level = plain.level(start - 1)
        end = len(text) if is_address else _line_end(text, start)
        if not is_address:
            end = _token_end(text, start, end)
            if start < end and text[start] in "\"'":
                closing = re.compile(rf"{text[start]}(?=[\s,;:)\]}}>]|$)").search(text, start + 1)
                start, end = start + 1, end if closing is None else closing.start()
        is_in_query = text[max(0, found.start() - 1) : found.start()] in ("?", "&", ";")
        for pattern in (_NEXT if is_in_query else _NEXT_IN_PATH, _NEXT_SECRET):
            for follows in pattern.finditer(text, start, end):
                if max(plain.level(follows.start()), plain.level(follows.end() - 1)) <= level:
                    end = follows.start()
                    break
        if not is_address:
            kept = len(text[start:end].rstrip(_CLOSING))
            end = start + kept if kept else end
        yield found["name"], start, end
    for found in _SEGMENT.finditer(text):
        if is_address or "://" in text[_token_start(text, found.start()) : found.start()]:
            value = re.compile(r"[^/?#&\s]+").match(text, found.end())
            if value is not None:
                yield found["name"], value.start(), value.end()


def _known_spans(text: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where a secret stands in a text, however it is escaped."""
    plain = _Plain(text)
    for form in _forms(secret):
        pattern = re.escape(form)
        if len(form) < _SHORT:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        compiled = re.compile(pattern, re.IGNORECASE)
        for found in compiled.finditer(text):
            yield found.span()
        for found in compiled.finditer(plain.text) if plain.text != text else ():
            yield plain.raw(*found.span())


def _forms(secret: str) -> set[str]:
    encoders: tuple[Callable[[str], str], ...] = (
        str,
        unquote,
        lambda s: quote(s, safe="", errors="replace"),
        lambda s: quote_plus(s, errors="replace"),
        lambda s: repr(s)[1:-1],
        lambda s: repr(s.encode(errors="replace"))[2:-1],
        lambda s: json.dumps(s)[1:-1],
        # What percent-encoding makes of it, undone byte by byte.
        lambda s: s.encode(errors="replace").decode("latin-1"),
        lambda s: s.replace(" ", "+"),
    )
    return {form for encode in encoders if (form := encode(secret))}


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    until = -1
    for start, end in sorted(spans):
        if start >= end:
            continue
        if start > until or until < 0:
            pieces += [text[at:start], MASK]
            at = end
        at = until = max(at, end)
    return "".join([*pieces, text[at:]])


def _line_end(text: str, start: int) -> int:
    found = re.compile(r"[\r\n]").search(text, start)
    return len(text) if found is None else found.start()


def _token_end(text: str, start: int, most: int | None = None) -> int:
    found = re.compile(r"\s").search(text, start)
    end = len(text) if found is None else found.start()
    return end if most is None else min(end, most)


def _token_start(text: str, end: int) -> int:
    start = end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    return start
