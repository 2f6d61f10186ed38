"""Frames: how messages follow one another on the pipe between two processes. Torch-free.

A frame is a fixed 16-byte preamble and a body, which is one message in MessagePack (`vimd_core.processes.messages`):

    offset 0   4 bytes   magic b"ViMD"
    offset 4   u16       protocol version
    offset 6   u16       reserved, 0
    offset 8   u32       id of the request that the message makes or answers; 0 for none
    offset 12  u32       length of the body in bytes

All integers are little-endian. The id stands outside of the body, so that a request whose body is malformed can be
answered as well, and answers to a request that nobody waits for any more be dropped unread.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vimd_core.errors import WorkerError

PROTOCOL_VERSION: Final = 3
HEARTBEAT_INTERVAL_S: Final = 1.0
MAX_BODY_BYTES: Final = 320 * 2**20
MAGIC: Final = b"ViMD"
_PREAMBLE: Final = struct.Struct("<4sHHII")
PREAMBLE_BYTES: Final = _PREAMBLE.size


@dataclass(frozen=True)
class MessageFrame:
    """One message that has come.

    Attributes:
        body: the message, still encoded.
        request_id: of the request that it makes or answers; 0 for none.
    """

    body: bytes
    request_id: int = 0


def write_preamble(frame: bytearray, request_id: int) -> None:
    """Fill in the first `PREAMBLE_BYTES` of a frame, behind which the body stands already.

    Raises:
        WorkerError: the body is longer than a frame may be.
    """
    length = len(frame) - PREAMBLE_BYTES
    if length > MAX_BODY_BYTES:
        raise WorkerError("A message of {length} bytes is too long.", length=length)
    _PREAMBLE.pack_into(frame, 0, MAGIC, PROTOCOL_VERSION, 0, request_id, length)


class FrameReader:
    """Takes bytes as they come and gives whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[MessageFrame]:
        """Add bytes and yield each frame that is now complete.

        Raises:
            WorkerError: the bytes are not frames of this protocol version.
        """
        self._buffer += data
        while len(self._buffer) >= PREAMBLE_BYTES:
            magic, version, _, request_id, length = _PREAMBLE.unpack_from(self._buffer)
            if magic != MAGIC:
                raise WorkerError("The child process sent something that is not a message.")
            if version != PROTOCOL_VERSION:
                raise WorkerError(
                    "The child process speaks protocol version {version} and the app version {own}: "
                    "reinstall ViMD Studio.",
                    version=version,
                    own=PROTOCOL_VERSION,
                )
            if length > MAX_BODY_BYTES:
                raise WorkerError("The child process announced a message that is too long.")
            end = PREAMBLE_BYTES + length
            if len(self._buffer) < end:
                return
            body = bytes(memoryview(self._buffer)[PREAMBLE_BYTES:end])
            del self._buffer[:end]
            yield MessageFrame(body, request_id)
