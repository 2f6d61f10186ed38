"""Chooses the grabber of a source."""

from __future__ import annotations

from urllib.parse import urlsplit

from vimd_core.streaming.grabbers.folder_grabber import FolderGrabber
from vimd_core.streaming.grabbers.frames import Grabber
from vimd_core.streaming.grabbers.http_grabber import HttpGrabber
from vimd_core.streaming.grabbers.screen_grabber import ScreenGrabber
from vimd_core.streaming.grabbers.video_grabber import CameraGrabber, StreamGrabber, VideoFileGrabber
from vimd_core.streaming.sources.addresses import HTTP_SCHEMES, Credentials, SourceAddress, SourceKind
from vimd_core.streaming.sources.settings import ReadSettings


def grabber_for(address: SourceAddress, credentials: Credentials, settings: ReadSettings) -> Grabber:
    """The grabber of a source, not yet open."""
    if address.kind is SourceKind.CAMERA:
        return CameraGrabber(address.device_index, settings)
    if address.kind is SourceKind.SCREEN:
        return ScreenGrabber(address.screen_area)
    if address.kind is SourceKind.VIDEO:
        return VideoFileGrabber(address.path, settings)
    if address.kind is SourceKind.FOLDER:
        return FolderGrabber(address.path, settings)
    url = address.with_credentials(credentials)
    if urlsplit(url).scheme in HTTP_SCHEMES:
        return HttpGrabber(url, settings)
    return StreamGrabber(url, settings)
