"""Frames between the window and its child."""

from __future__ import annotations

import struct

import pytest

from vimd_core.errors import WorkerError
from vimd_core.processes import protocol
from vimd_core.processes.messages import Message, encode
from vimd_core.processes.protocol import FrameReader, MessageFrame


class Said(Message, frozen=True):
    """A message of this test's own."""

    text: str


SAID = [Said(""), Said("日本"), Said("x" * 30_000)]


@pytest.mark.parametrize("step", [1, 7, 16, 100_000])
def test_frames_survive_in_pieces_of_any_size(step: int) -> None:
    sent = [bytes(encode(message, number)) for number, message in enumerate(SAID)]
    stream, reader = b"".join(sent), FrameReader()
    received = [frame for i in range(0, len(stream), step) for frame in reader.feed(stream[i : i + step])]
    assert received == [MessageFrame(frame[16:], number) for number, frame in enumerate(sent)]


def test_the_frame_is_as_documented() -> None:
    frame = encode(Said("abc"), 2)
    fields = struct.unpack_from("<4sHHII", frame)
    assert fields == (b"ViMD", protocol.PROTOCOL_VERSION, 0, 2, len(frame) - 16)
    assert frame[16:] == b"\x82\xa4type\xa4said\xa4text\xa3abc"


def frame(*, magic: bytes = b"ViMD", version: int = protocol.PROTOCOL_VERSION, size: int = 0) -> bytes:
    return struct.pack("<4sHHII", magic, version, 0, 0, size)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "not a message"),
        (frame(version=protocol.PROTOCOL_VERSION + 1), "protocol version"),
        (frame(size=2**31), "too long"),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes, wanted: str) -> None:
    with pytest.raises(WorkerError, match=wanted):
        list(FrameReader().feed(data))


def test_a_message_that_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_BODY_BYTES", 10)
    with pytest.raises(WorkerError, match="too long"):
        encode(Said("x"), 1)
