"""Enumerates this machine's cameras."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_CLASS_FOLDER: Final = Path("/sys/class/video4linux")


def list_cameras(folder: Path = _CLASS_FOLDER) -> list[tuple[int, str]]:
    """Number and name of the cameras that the system tells of; empty where it tells of none, as on Windows and macOS.

    Args:
        folder: where Linux describes them.
    """
    found: list[tuple[int, str]] = []
    for device in sorted(folder.glob("video*")) if folder.is_dir() else []:
        number = re.fullmatch(r"video(\d+)", device.name)
        try:
            # A camera has several nodes; the first one gives pictures, the others describe them.
            is_first = (device / "index").read_text().strip() == "0"
            name = (device / "name").read_text(errors="replace").strip()
        except OSError:
            continue
        if number is not None and is_first:
            found.append((int(number[1]), name or f"camera {number[1]}"))
    return sorted(found)
