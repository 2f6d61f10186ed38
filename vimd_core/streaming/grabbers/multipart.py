"""The parts of a multipart answer that never ends, as cameras send Motion JPEG, or other pictures in its place."""

from __future__ import annotations

import re
import select
import time
from http.client import HTTPException
from typing import IO, Final

from vimd_core.errors import SourceError

MAX_FRAME_BYTES: Final = 32 * 2**20
_READ_BYTES: Final = 65536
_LENGTH: Final = re.compile(rb"(?i)content-length:\s*(\d+)")
# Pictures may come in pairs; more than that wait only because we are too slow.
_MAY_WAIT: Final = 2
_MOST_PASSED_OVER: Final = 100
_LINE_ENDS: Final = b"\r\n"
_SNIFFED_BYTES: Final = 12


class Multipart:
    """Parts, found by their pictures' own beginning and end where the server does not tell lengths.

    Args:
        stream: the answer, at its beginning.
        timeout_s: for a whole part.
    """

    def __init__(self, stream: IO[bytes], timeout_s: float) -> None:
        self._stream = stream
        self._timeout_s = timeout_s
        self._buffer = bytearray()
        self._whole: list[bytes] = []

    def newest(self) -> bytes:
        """The next part's content; what has waited for long is passed over, so that a slow reader stays up to date.

        Raises:
            SourceError: the connection is lost.
        """
        if not self._whole:
            self._whole.append(self._next(time.monotonic() + self._timeout_s))
        for _ in range(_MOST_PASSED_OVER):
            if not (self._has_whole() or self._is_more_there()):
                break
            try:
                self._take_whole()
            except SourceError:
                break  # what came before the end counts, and the next call says so again
        return self._whole.pop(0)

    def _take_whole(self) -> None:
        """Take what has come, without waiting for more."""
        deadline_s = time.monotonic() + self._timeout_s
        if not self._has_whole():
            self._fill(deadline_s)
        while self._has_whole():
            self._whole.append(self._next(deadline_s))
            del self._whole[: -_MAY_WAIT - 1]

    def _has_whole(self) -> bool:
        """Whether the buffer holds a part to its end."""
        start = 0
        while (head_end := self._buffer.find(b"\r\n\r\n", start)) >= 0:
            head = self._buffer[start : head_end + 4]
            start = head_end + 4
            if head.strip():
                return self._end_of_part(bytes(head), start, start) >= 0
        return False

    def _end_of_part(self, head: bytes, start: int, searched: int) -> int:
        """Where a part in the buffer ends: its head tells it, its picture, or the next boundary; -1 if that is missing.

        Args:
            head: of the part.
            start: where its content begins.
            searched: so far there is no end.
        """
        length = _LENGTH.search(head)
        if length is not None:
            return self._whole_to(start, int(length[1]))
        while start < len(self._buffer) and self._buffer[start] in _LINE_ENDS:
            start += 1
        first = bytes(self._buffer[start : start + _SNIFFED_BYTES])
        if len(first) < _SNIFFED_BYTES:
            return -1
        if first.startswith(b"RIFF"):
            return self._whole_to(start, 8 + int.from_bytes(first[4:8], "little"))
        if first.startswith(b"BM"):
            return self._whole_to(start, int.from_bytes(first[2:6], "little"))
        end = b"\r\n--"
        if first.startswith(b"\xff\xd8"):
            end = b"\xff\xd9"
        elif first.startswith(b"\x89PNG"):
            end = b"IEND\xaeB`\x82"
        found = self._buffer.find(end, max(start, searched - len(end)))
        # The boundary is no part of the picture, the picture's own end is.
        return found if found < 0 or end.startswith(_LINE_ENDS) else found + len(end)

    def _whole_to(self, start: int, length: int) -> int:
        if length > MAX_FRAME_BYTES:
            raise SourceError("The data received is not an image.")
        return start + length if len(self._buffer) >= start + length else -1

    def _is_more_there(self) -> bool:
        try:
            return bool(select.select([self._stream], [], [], 0)[0])
        except (OSError, ValueError):
            return False  # reading will say what is wrong

    def _next(self, deadline_s: float) -> bytes:
        head = self._take_until(b"\r\n\r\n", deadline_s)
        while not head.strip():
            head = self._take_until(b"\r\n\r\n", deadline_s)
        searched = 0
        while (end := self._end_of_part(head, 0, searched)) < 0:
            searched = len(self._buffer)
            if searched > MAX_FRAME_BYTES:
                raise SourceError("The data received is not an image.")
            self._fill(deadline_s)
        return self._take(end)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _take_until(self, end: bytes, deadline_s: float) -> bytes:
        searched = 0
        while (found := self._buffer.find(end, searched)) < 0:
            searched = max(0, len(self._buffer) - len(end))
            if searched > MAX_FRAME_BYTES:
                raise SourceError("The data received is not an image.")
            self._fill(deadline_s)
        return self._take(found + len(end))

    def _fill(self, deadline_s: float) -> None:
        # The socket's own time-out holds for each piece: a server that drips must not get more time by that.
        if time.monotonic() > deadline_s:
            raise SourceError("No frame received for {timeout_s:g} s.", timeout_s=self._timeout_s)
        try:
            data = self._stream.read1(_READ_BYTES)  # type: ignore[attr-defined]
        except (OSError, HTTPException, ValueError) as e:
            raise lost(e, self._timeout_s) from e
        if not data:
            raise SourceError("The server ended the stream.")
        self._buffer += data


def lost(e: Exception, timeout_s: float) -> SourceError:
    """What is said when reading fails."""
    if isinstance(e, TimeoutError):
        return SourceError("No frame received for {timeout_s:g} s.", timeout_s=timeout_s)
    return SourceError("The connection was lost.")
