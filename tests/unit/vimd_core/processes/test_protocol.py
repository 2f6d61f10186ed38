"""Frames between the window and its child."""

from __future__ import annotations

import struct

import pytest

from vimd_core.errors import WorkerError
from vimd_core.processes import protocol
from vimd_core.processes.protocol import Decoder, Message, encode

MESSAGES = [
    Message("heartbeat"),
    Message("classify", {"captures": [{"id": 1, "path": "C:\\täst\\日本.png"}]}, request_id=7),
    Message("view", {"id": 3}, request_id=8, payload=bytes(range(256)) * 100),
    Message("failed", {"kind": "crash", "message": "two\nlines"}, request_id=0),
]


@pytest.mark.parametrize("step", [1, 7, 16, 100_000])
def test_messages_survive_in_pieces_of_any_size(step: int) -> None:
    stream = b"".join(encode(message) for message in MESSAGES)
    decoder = Decoder()
    received = [m for i in range(0, len(stream), step) for m in decoder.feed(stream[i : i + step])]
    assert received == MESSAGES


def test_the_frame_is_as_documented() -> None:
    frame = encode(Message("view", {"id": 1}, 2, b"abc"))
    magic, version, reserved, header_bytes, payload_bytes = struct.unpack_from("<4sHHII", frame)
    assert (magic, version, reserved, payload_bytes) == (b"ViMD", protocol.PROTOCOL_VERSION, 0, 3)
    assert frame[16 : 16 + header_bytes] == b'{"id":1,"type":"view","request_id":2}'
    assert frame.endswith(b"}abc")


def test_file_names_that_are_no_utf8_survive() -> None:
    path = b"no \xff utf-8".decode("utf-8", "surrogateescape")
    (received,) = Decoder().feed(encode(Message("classify", {"path": path}, 1)))
    assert received.fields["path"] == path


def frame(
    header: bytes, *, magic: bytes = b"ViMD", version: int = protocol.PROTOCOL_VERSION, size: int = -1
) -> bytes:
    return struct.pack("<4sHHII", magic, version, 0, len(header) if size < 0 else size, 0) + header


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "not a message"),
        (frame(b"{}", version=protocol.PROTOCOL_VERSION + 1), "protocol version"),
        (frame(b"{}", size=2**31), "too long"),
        (frame(b"{}"), "damaged header"),
        (frame(b"[]"), "damaged header"),
        (frame(b"words"), "damaged header"),
        (frame(b"\xff\xff"), "damaged header"),
        (frame(b'{"type":1}'), "damaged header"),
        (frame(b'{"type":"x","request_id":"1"}'), "damaged header"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, wanted: str) -> None:
    with pytest.raises(WorkerError, match=wanted):
        list(Decoder().feed(data))


def test_a_message_that_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_PAYLOAD_BYTES", 10)
    with pytest.raises(WorkerError, match="too long"):
        encode(Message("view", {}, 1, b"x" * 11))
