"""Makes small videos: of any codec, rate and size, joined, and damaged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SMALL, LARGE, TINY = (320, 240), (640, 360), (160, 120)


def picture(number: int, size: tuple[int, int]) -> np.ndarray:
    """A bar whose place tells the number, and a border, so that what is cut off or squeezed is seen."""
    width, height = size
    image = np.full((height, width, 3), 40, np.uint8)
    image[:, width * number // 50 : width * (number + 5) // 50] = 220
    image[: height // 8] = image[-height // 8 :] = 255
    return image


def encode(
    path: Path,
    codec: str,
    size: tuple[int, int],
    numbers: Sequence[int],
    times: Sequence[float] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w") as container:
        rate, unit = (25, Fraction(1, 25)) if codec == "mpeg2video" else (10, Fraction(1, 1000))
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = unit
        for index, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(picture(number, size), format="bgr24")
            frame.time_base = unit
            frame.pts = round((times[index] if times is not None else index / rate) / unit)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def join(path: Path, parts: Sequence[Path]) -> Path:
    """One stream out of several files, packet by packet: what happens where a source changes its size on the way."""
    with av.open(str(path), "w") as container:
        stream, base = None, Fraction(0)
        for part in parts:
            with av.open(str(part)) as source:
                if stream is None:
                    stream = container.add_stream_from_template(source.streams.video[0])
                end = base
                for packet in source.demux(video=0):
                    if packet.dts is None:
                        continue
                    shift = int(base / packet.time_base)
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    end = max(end, packet.pts * packet.time_base + Fraction(1, 10))
                    container.mux(packet)
                base = end
    return path


def damage(path: Path, numbers: Sequence[int]) -> Path:
    """Overwrite whole JPEGs of a Motion-JPEG file."""
    content = bytearray(path.read_bytes())
    starts = [at for at in range(len(content) - 3) if content[at : at + 3] == b"\xff\xd8\xff"]
    for number in numbers:
        end = content.index(b"\xff\xd9", starts[number])
        content[starts[number] : end] = bytes(end - starts[number])
    path.write_bytes(content)
    return path
