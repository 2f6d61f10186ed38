"""A video whose frames say their number."""

from __future__ import annotations

from pathlib import Path

import cv2
from stream_servers import picture


def write_video(path: Path, codec: str, frames: int = 12) -> Path:
    """Ten frames a second of 160 x 120 px by OpenCV, each with its number as a grey level."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 10.0, (160, 120))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(picture(number))
    writer.release()
    return path
