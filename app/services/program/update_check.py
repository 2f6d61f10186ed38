"""Asks whether there is a newer version: only when that is switched on, with one request that tells nothing.

The answer is a small JSON object: `version`, such as "1.2.0"; `page`, the https address to download it from; and
`notes`, a text or one for each language, such as {"en": "...", "zh_CN": "..."}. Nothing is downloaded or installed.
"""

from __future__ import annotations

import http.client
import json
import logging
import threading
import urllib.request
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from packaging.version import InvalidVersion, Version
from PySide6.QtCore import QObject, Signal

from app.network import trusted_context
from app.services.tasks import TaskRunner
from vimd_core import __version__
from vimd_core.errors import VimdError
from vimd_core.user_messages import Sentence, verbatim

_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 64 * 1024
_MOST_CHARACTERS: Final = 400
_LONGEST_VERSION: Final = 40

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Update:
    """A newer version.

    Attributes:
        version: its number (PEP 440).
        page: https address of the page to download it from.
        notes: what is new, in one paragraph; "" when that is not said.
    """

    version: str
    page: str
    notes: str


class UpdateCheck(QObject):
    """One request, and at most one answer: what is no newer, or no answer at all, is not worth a word."""

    found = Signal(object)  # Update
    ended = Signal()  # with an answer or without

    def __init__(
        self, tasks: TaskRunner, language: str, parent: QObject | None = None, *, version: str = __version__
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._language = language
        self._version = version

    def ask(self, address: str) -> None:
        """Read the address, which must be https, in a thread of its own; ends in `ended`."""
        if not _is_https(address):
            self._on_failure("the address must begin with https://")
            return
        future: Future[bytes] = Future()

        def work() -> None:
            try:
                future.set_result(fetch(address))
            except Exception as e:  # noqa: BLE001 - the edge of a thread: it is passed on
                future.set_exception(e)

        # It holds nothing that an exit of the program could spoil.
        threading.Thread(target=work, name="vimd-update-check", daemon=True).start()
        self._tasks.watch(future, self._on_answer, self._on_failure)

    def _on_answer(self, content: bytes) -> None:
        update = read_update(content, self._language)
        if update is None:
            _log.warning("No update check: the answer is not one of ours")
        elif is_newer(update.version, self._version):
            self.found.emit(update)
        self.ended.emit()

    def _on_failure(self, sentence: Sentence | str) -> None:
        _log.warning("No update check: %s", sentence)
        self.ended.emit()


def fetch(address: str) -> bytes:
    """The first 64 kB of what is at an address.

    Raises:
        VimdError: nobody answers who can be believed.
    """
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted_context()), _StayThere)
    request = urllib.request.Request(address, headers={"User-Agent": "ViMD Studio"})
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as answer:
            content: bytes = answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as e:
        raise VimdError.of(verbatim(str(e))) from e
    return content


class _StayThere(urllib.request.HTTPRedirectHandler):
    """One request is one request: it is not sent on to somebody else."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Refuse."""
        return


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def read_update(content: bytes, language: str) -> Update | None:
    """What an answer says; None when it is not one.

    Args:
        content: as it came, so anything.
        language: in which the notes are wanted, such as "zh_CN"; English where they are not there.
    """
    try:
        answer = json.loads(content[:_MOST_BYTES])
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, Mapping):
        return None
    version, page, notes = answer.get("version"), answer.get("page"), answer.get("notes", "")
    if isinstance(notes, Mapping):
        notes = notes.get(language) or notes.get("en") or ""
    if not (isinstance(version, str) and isinstance(page, str) and isinstance(notes, str)):
        return None
    if _version(version) is None or not _is_https(page):
        return None
    return Update(version, page, " ".join(notes.split())[:_MOST_CHARACTERS])


def is_newer(version: str, than: str) -> bool:
    """Whether a version comes after another one (PEP 440); what is no version comes after none."""
    offered, here = _version(version), _version(than)
    if offered is None or (offered.is_prerelease and (here is None or not here.is_prerelease)):
        return False  # only who tries a preview is offered the next one
    return here is None or offered > here


def _version(text: str) -> Version | None:
    if len(text) > _LONGEST_VERSION or not text.isascii():
        return None
    try:
        return Version(text)
    except InvalidVersion:
        return None
