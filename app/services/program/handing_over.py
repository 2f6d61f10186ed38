"""Single instance: a second start hands its arguments to the window that is there (local socket), and ends.

A window listens on a local socket whose name is made of the user, the data folder and the project. What comes is one
message: its length in four bytes, then JSON. Anything else is dropped. Only the same user may connect.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.locations import data_folder

if TYPE_CHECKING:  # some milliseconds that the first paint need not pay for
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

MOST_BYTES: Final = 4 * 2**20
_LENGTH_BYTES: Final = 4
_MOST_ITEMS: Final = 100_000
_DONE: Final = b"ok\n"
_CONNECT_MS: Final = 2_000
_ANSWER_MS: Final = 15_000
_SENDING_MS: Final = 10_000  # whoever connects and says nothing is let go of
_MOST_PATH: Final = 100  # of a socket, on every system

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handed:
    """What a start was given.

    Attributes:
        paths: files and folders.
        addresses: of streams and pictures.
        model: a model bundle to classify with.
    """

    paths: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    model: Path | None = None


def encode(handed: Handed) -> bytes:
    """The message that says it.

    Raises:
        ValueError: it would be too long.
    """
    content = json.dumps(
        {
            "paths": [os.fspath(path) for path in handed.paths],
            "addresses": list(handed.addresses),
            "model": None if handed.model is None else os.fspath(handed.model),
        }
    ).encode()
    if len(content) > MOST_BYTES:
        raise ValueError("too many paths")
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


def decode(content: bytes) -> Handed | None:
    """What a message says, without its length; None when it is not one of ours."""
    try:
        fields = json.loads(content)
        paths, addresses, model = fields["paths"], fields["addresses"], fields["model"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    items = [*paths, *addresses] if isinstance(paths, list) and isinstance(addresses, list) else [None]
    if model is not None:
        items.append(model)
    if len(items) > _MOST_ITEMS or not all(isinstance(item, str) and "\0" not in item for item in items):
        return None
    handed = Handed(tuple(map(Path, paths)), tuple(addresses), None if model is None else Path(model))
    named = [*handed.paths, *([] if handed.model is None else [handed.model])]
    return handed if all(path.is_absolute() for path in named) else None


def server_name(project: Path) -> str:
    """Where the window of a project listens: a path of a socket, or the name of a pipe on Windows."""
    place = f"{data_folder().resolve()}\0{project.absolute().resolve()}"
    name = "vimd-" + hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()[:20]
    if sys.platform == "win32":
        return f"{name}-{os.environ.get('USERNAME', '')}"
    return os.fspath(_socket_folder() / name)


def hand_over(project: Path, handed: Handed) -> bool:
    """Give something to the window of a project.

    Returns:
        Whether there is one that has taken it.
    """
    name = server_name(project)
    if sys.platform != "win32" and not Path(name).exists():
        return False
    from PySide6.QtNetwork import QLocalSocket

    try:
        message = encode(handed)
    except ValueError:
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    socket.write(message)
    answer = b""
    while socket.bytesToWrite() and socket.waitForBytesWritten(_ANSWER_MS):
        pass
    while not answer.endswith(b"\n") and (socket.bytesAvailable() or socket.waitForReadyRead(_ANSWER_MS)):
        answer += bytes(socket.read(len(_DONE)).data())
    socket.disconnectFromServer()
    return answer == _DONE


class HandingOver(QObject):
    """Listens for other starts while a window has a project open."""

    received = Signal(object)  # Handed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server: QLocalServer | None = None
        self._name = ""
        self._parts: dict[QLocalSocket, bytes] = {}

    @property
    def is_listening(self) -> bool:
        """Whether other starts come here."""
        return self._server is not None

    def listen(self, project: Path) -> bool:
        """Listen for starts that mean a project, and no longer for another one; whether nobody else does."""
        name = server_name(project)
        if self._server is not None and name == self._name:
            return True
        self.close()
        from PySide6.QtNetwork import QLocalServer, QLocalSocket

        # First, because Qt would put its own socket in the place of a window's that lives.
        probe = QLocalSocket()
        probe.connectToServer(name)
        if probe.waitForConnected(_CONNECT_MS):
            probe.disconnectFromServer()
            return False
        QLocalServer.removeServer(name)  # left by a program that was killed
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(partial(self._on_connection, server))
        if not server.listen(name):
            _log.warning("Other starts can't be noticed: %s", server.errorString())
            server.deleteLater()
            return False
        self._server, self._name = server, name
        return True

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        for socket in list(self._parts):
            self._drop(socket)

    def _on_connection(self, server: QLocalServer) -> None:
        while (socket := server.nextPendingConnection()) is not None:
            self._parts[socket] = b""
            socket.readyRead.connect(partial(self._on_bytes, socket))
            socket.disconnected.connect(partial(self._drop, socket))
            QTimer.singleShot(_SENDING_MS, socket, partial(self._drop, socket))
            self._on_bytes(socket)

    def _on_bytes(self, socket: QLocalSocket) -> None:
        if socket not in self._parts:
            return
        content = self._parts[socket] + bytes(socket.readAll().data())
        self._parts[socket] = content
        length = int.from_bytes(content[:_LENGTH_BYTES], "big")
        if len(content) >= _LENGTH_BYTES and length > MOST_BYTES:
            self._drop(socket)
        elif len(content) >= _LENGTH_BYTES + length and len(content) >= _LENGTH_BYTES:
            handed = decode(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
            if handed is not None:
                self._parts.pop(socket)
                socket.write(_DONE)
                socket.flush()
                socket.disconnectFromServer()
                self.received.emit(handed)
            else:
                self._drop(socket)

    def _drop(self, socket: QLocalSocket) -> None:
        if self._parts.pop(socket, None) is not None:
            socket.abort()
        socket.deleteLater()


def _socket_folder() -> Path:
    """A folder that only this user can look into, with a path short enough for a socket."""
    candidates = [data_folder() / "run", Path(tempfile.gettempdir()) / f"vimd-{os.getuid()}"]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        candidates.insert(0, Path(runtime))
    for folder in candidates:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = folder.lstat()
        except OSError:
            continue
        is_private = (
            stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
        )
        if is_private and len(os.fsencode(folder)) + len("/vimd-") + 20 <= _MOST_PATH:
            return folder
    return candidates[-1]
