"""Frames of a video file whose size changes on the way.

OpenCV gives all frames of a file the size of its first one, cut or squeezed. The undecoded packets tell where another
size begins: each key frame carries a description of its stream. From there on the packets are decoded a second time, as
a stream of their own, whose first frame has the new size.
"""

from __future__ import annotations

import io
import struct
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
_IVF_HEADER: Final = struct.Struct("<4sHH4sHHIIII")
_IVF_FRAME: Final = struct.Struct("<IQ")
_START: Final = b"\0\0\1"
_H264_PARAMETERS, _HEVC_PARAMETERS, _MPEG2_SEQUENCE = 7, 33, 0xB3


def codec_of(capture: Any) -> str:
    """The four letters by which a container names its codec, small and without blanks."""
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    return code.to_bytes(4, "little", signed=code < 0).decode("latin-1").strip("\0 ").lower()


def open_packets(path: Path, parameters: list[int]) -> Any:
    """OpenCV's capture of a file's undecoded packets, or None."""
    try:
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1, *parameters])
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None


@dataclass
class _Segment:
    """Packets from a key frame with a new description on."""

    first: int
    packets: deque[bytes] = field(default_factory=deque)
    is_complete: bool = False


class SizeFollower:
    """Gives frames of a file their own size, beside the capture that gives all of them the first one's.

    It must be asked once for each frame that the capture gives, or fails to give, in order.

    Args:
        path: the file.
        parameters: for OpenCV, as for the capture.
    """

    def __init__(self, path: Path, parameters: list[int]) -> None:
        self._packets = open_packets(path, parameters)
        self._describe = None if self._packets is None else _DESCRIPTIONS.get(codec_of(self._packets))
        self._described = b""
        self._read = 0
        self._asked = 0
        self._current: _Segment | None = None
        self._coming: deque[_Segment] = deque()
        self._capture: Any = None

    def close(self) -> None:
        """Let go of the file."""
        self._capture = (
            None  # not released: OpenCV would take its Python object apart without the interpreter's lock
        )
        if self._packets is not None:
            self._packets.release()
            self._packets = None

    def own_size(self, image: Image | None) -> Image | None:
        """The next frame with its own size.

        Args:
            image: as the capture gave it; None when it could not be decoded.

        Returns:
            None when it can't be decoded.
        """
        number = self._asked
        self._asked += 1
        if self._describe is None:
            return image
        while self._read <= number and self._read_packet():
            pass
        if self._coming and self._coming[0].first <= number:
            self._begin(self._coming.popleft())
        if self._capture is None:
            return image
        is_read, own = self._capture.read()
        return own if is_read and image is not None else None

    def all_frames(self) -> int:
        """How many frames the whole file has, where each packet is one; 0 where that can't be told."""
        if self._packets is None or codec_of(self._packets) not in _PICTURES:
            return 0
        while self._read_packet():
            pass
        return self._read

    def _begin(self, segment: _Segment) -> None:
        self._current = segment
        source = _PacketFile(codec_of(self._packets), lambda: self._next_of(segment))
        parameters = [cv2.CAP_PROP_N_THREADS, 1]
        # OpenCV's own description of its interface leaves files of Python out.
        capture: Any = cv2.VideoCapture(source, cv2.CAP_FFMPEG, parameters)  # type: ignore[call-overload]
        self._capture = capture if capture.isOpened() else None

    def _next_of(self, segment: _Segment) -> bytes | None:
        while not segment.packets and not segment.is_complete:
            if not self._read_packet():
                break
        return segment.packets.popleft() if segment.packets else None

    def _read_packet(self) -> bool:
        """Whether there was one more."""
        is_read, data = self._packets.read()
        latest = self._coming[-1] if self._coming else self._current
        if not is_read or data is None:
            if latest is not None:
                latest.is_complete = True
            return False
        packet = data.tobytes()
        description = self._describe(packet) if self._describe is not None else b""
        if description and self._described and description != self._described:
            if latest is not None:
                latest.is_complete = True
            latest = _Segment(self._read)
            self._coming.append(latest)
        self._described = description or self._described
        if latest is not None:
            latest.packets.append(packet)
        self._read += self._is_shown(packet)
        return True

    def _is_shown(self, packet: bytes) -> bool:
        """Whether a packet is a frame that is seen: VP8 also has some that others only refer to."""
        return self._describe is not _of_vp8 or (bool(packet[:1]) and bool(packet[0] >> 4 & 1))


class _PacketFile(io.BufferedIOBase):
    """Packets as a file that FFmpeg knows by its content."""

    def __init__(self, codec: str, next_packet: Callable[[], bytes | None]) -> None:
        super().__init__()
        self._pieces = _in_ivf(codec, next_packet) if codec in _IVF_CODECS else _one_by_one(next_packet)
        self._held = bytearray()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        while wanted < 0 or len(self._held) < wanted:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        end = len(self._held) if wanted < 0 else wanted
        part = bytes(self._held[:end])
        del self._held[:end]
        return part

    def seek(self, _offset: int, _whence: int = 0, /) -> int:
        return -1  # what comes one after the other has no length and no way back


_IVF_CODECS: Final = {"vp80": b"VP80", "vp90": b"VP90"}


def _one_by_one(next_packet: Callable[[], bytes | None]) -> Iterator[bytes]:
    while (packet := next_packet()) is not None:
        yield packet


def _in_ivf(codec: str, next_packet: Callable[[], bytes | None]) -> Iterator[bytes]:
    """VP8 and VP9 packets do not say where they begin: the smallest container does it for them."""
    yield _IVF_HEADER.pack(b"DKIF", 0, _IVF_HEADER.size, _IVF_CODECS[codec], 0, 0, 30, 1, 0, 0)
    for number, packet in enumerate(_one_by_one(next_packet)):
        yield _IVF_FRAME.pack(len(packet), number) + packet


def _unit(packet: bytes, is_wanted: Callable[[int], bool]) -> bytes:
    """The first unit between start codes whose first byte is wanted."""
    at = packet.find(_START)
    while 0 <= at < len(packet) - 3:
        end = packet.find(_START, at + 3)
        if is_wanted(packet[at + 3]):
            return packet[at + 3 : end if end >= 0 else len(packet)].rstrip(b"\0")
        at = end
    return b""


def _of_h264(packet: bytes) -> bytes:
    return _unit(packet, lambda byte: byte & 31 == _H264_PARAMETERS)


def _of_hevc(packet: bytes) -> bytes:
    return _unit(packet, lambda byte: byte >> 1 & 63 == _HEVC_PARAMETERS)


def _of_mpeg2(packet: bytes) -> bytes:
    return _unit(packet, lambda byte: byte == _MPEG2_SEQUENCE)[1:4]  # width and height


def _of_vp8(packet: bytes) -> bytes:
    is_key = len(packet) >= 10 and not packet[0] & 1 and packet[3:6] == b"\x9d\x01\x2a"
    return packet[6:10] if is_key else b""


def _of_vp9(packet: bytes) -> bytes:
    # A key frame: marker 10, and its sync code after the profile's bits.
    is_key = (
        len(packet) >= 9 and packet[0] >> 6 == 2 and not packet[0] >> 2 & 1 and packet[1:4] == b"\x49\x83\x42"
    )
    return packet[4:9] if is_key else b""


def _of_jpeg(packet: bytes) -> bytes:
    at = 2
    while at + 9 <= len(packet) and packet[at] == 0xFF:
        if 0xC0 <= packet[at + 1] <= 0xC2:
            return packet[at + 5 : at + 9]
        at += 2 + int.from_bytes(packet[at + 2 : at + 4], "big")
    return b""


_PICTURES: Final = frozenset(("mjpg", "jpeg", "mjpa"))
_DESCRIPTIONS: Final[dict[str, Callable[[bytes], bytes]]] = {
    **dict.fromkeys(("h264", "avc1", "x264", "avc3"), _of_h264),
    **dict.fromkeys(("hevc", "hev1", "hvc1", "h265"), _of_hevc),
    **dict.fromkeys(("mpg1", "mpg2", "mpeg", "m2v1"), _of_mpeg2),
    "vp80": _of_vp8,
    "vp90": _of_vp9,
    **dict.fromkeys(("mjpg", "jpeg", "mjpa"), _of_jpeg),
}
