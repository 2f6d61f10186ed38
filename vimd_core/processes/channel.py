"""The two pipes between the child process and the window. Torch-free."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Final

from vimd_core.processes.messages import Message, encode
from vimd_core.processes.protocol import FrameReader, MessageFrame

_READ_BYTES: Final = 1 << 16


class Channel:
    """Sends and receives messages on file descriptors.

    Args:
        read_fd: requests come from here.
        write_fd: answers go there.
        on_lost: called, from whatever thread notices, when nobody reads the answers any more.
    """

    def __init__(self, read_fd: int, write_fd: int, on_lost: Callable[[], None]) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._on_lost = on_lost
        self._lock = threading.Lock()

    def send(self, message: Message, request_id: int = 0) -> None:
        """Write one message; safe from any thread.

        Args:
            message: what to say.
            request_id: of the request that it answers; 0 for none.

        Raises:
            WorkerError: the message is longer than a frame may be.
        """
        frame = memoryview(encode(message, request_id))
        try:
            with self._lock:
                while frame:
                    frame = frame[os.write(self._write_fd, frame) :]
        except OSError:
            self._on_lost()

    def receive(self) -> Iterator[MessageFrame]:
        """Yield frames until the other side closes the pipe.

        Raises:
            WorkerError: something else than frames came.
        """
        frames = FrameReader()
        while True:
            try:
                data = os.read(self._read_fd, _READ_BYTES)
            except OSError:
                return
            if not data:
                return
            yield from frames.feed(data)


def take_over_standard_streams(on_lost: Callable[[], None]) -> Channel:
    """Move the pipes away from the standard streams.

    From here on whatever prints goes to stderr, and whatever reads stdin finds it empty, so that neither a
    library nor a stray print can damage the stream of messages.

    Args:
        on_lost: as for `Channel`.
    """
    read_fd, write_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if os.name == "nt":
        import msvcrt

        for descriptor in (read_fd, write_fd):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]
    return Channel(read_fd, write_fd, on_lost)
