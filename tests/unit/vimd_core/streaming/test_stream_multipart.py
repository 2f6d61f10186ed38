"""Motion JPEG as it comes from a socket: whole parts, however they are cut, and the newest of many."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import IO

import pytest

from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.multipart import Multipart


@pytest.fixture
def pipe() -> Iterator[tuple[socket.socket, Multipart]]:
    here, there = socket.socketpair()
    there.settimeout(5.0)
    stream: IO[bytes] = there.makefile("rb", buffering=0)
    stream.read1 = stream.read  # type: ignore[attr-defined]
    yield here, Multipart(stream, 5.0)
    stream.close()
    there.close()
    here.close()


@pytest.fixture(params=["with lengths", "without lengths"])
def has_lengths(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "with lengths")


def content(number: int) -> bytes:
    return b"\xff\xd8" + bytes([number]) * 50 + b"\xff\xd9"


def part(number: int, has_lengths: bool) -> bytes:
    length = f"Content-Length: {len(content(number))}\r\n" if has_lengths else ""
    return f"--x\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + content(number) + b"\r\n"


def test_each_part_comes_while_the_reader_keeps_up(
    pipe: tuple[socket.socket, Multipart], has_lengths: bool
) -> None:
    server, parts = pipe
    for number in range(5):
        server.sendall(part(number, has_lengths))
        assert parts.newest() == content(number)


def test_what_has_waited_is_passed_over(pipe: tuple[socket.socket, Multipart], has_lengths: bool) -> None:
    server, parts = pipe
    server.sendall(b"".join(part(number, has_lengths) for number in range(40)))
    first = parts.newest()
    assert first == content(37)
    assert [parts.newest(), parts.newest()] == [content(38), content(39)]


def test_half_a_part_is_waited_for_without_it_being_passed_over(
    pipe: tuple[socket.socket, Multipart], has_lengths: bool
) -> None:
    server, parts = pipe
    whole = part(2, has_lengths)
    server.sendall(part(1, has_lengths) + whole[:30])
    assert parts.newest() == content(1)
    server.sendall(whole[30:])
    assert parts.newest() == content(2)


def test_the_last_ones_before_the_end_still_come(
    pipe: tuple[socket.socket, Multipart], has_lengths: bool
) -> None:
    server, parts = pipe
    server.sendall(part(1, has_lengths) + part(2, has_lengths))
    server.shutdown(socket.SHUT_WR)
    assert [parts.newest(), parts.newest()] == [content(1), content(2)]
    with pytest.raises(SourceError, match="ended the stream"):
        parts.newest()
