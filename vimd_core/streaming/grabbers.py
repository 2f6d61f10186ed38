"""Chooses the way to get a source's frames, and lists this machine's cameras."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from vimd_core.streaming.addresses import Credentials, SourceAddress, SourceKind
from vimd_core.streaming.folder_grabber import FolderGrabber
from vimd_core.streaming.frames import Grabber
from vimd_core.streaming.http_grabber import HttpGrabber
from vimd_core.streaming.settings import ReadSettings
from vimd_core.streaming.video_grabber import CameraGrabber, StreamGrabber, VideoFileGrabber

_CLASS_FOLDER: Final = Path("/sys/class/video4linux")


def grabber_for(address: SourceAddress, credentials: Credentials, settings: ReadSettings) -> Grabber:
    """The grabber of a source, not yet open."""
    if address.kind is SourceKind.CAMERA:
        return CameraGrabber(address.device_index, settings)
    if address.kind is SourceKind.VIDEO:
        return VideoFileGrabber(address.path, settings)
    if address.kind is SourceKind.FOLDER:
        return FolderGrabber(address.path, settings)
    url = address.with_credentials(credentials)
    if urlsplit(url).scheme in ("http", "https"):
        return HttpGrabber(url, settings)
    return StreamGrabber(url, settings)


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
