"""Frames of the screen, or of a part of it."""

from __future__ import annotations

import os
import sys
import time
from typing import Final

import numpy as np
from PIL import Image, ImageGrab

from vimd_core.errors import SourceError
from vimd_core.streaming.grabbers.frames import Frame, MissingError

# As often as a label can follow; a screen that is read more often has no time for anything else.
_EVERY_S: Final = 0.2


class ScreenGrabber:
    """The screen of this machine.

    Args:
        area: left, top, width and height in px of the screen; None for all of it.
    """

    is_live = True
    lost_frames = 0

    def __init__(self, area: tuple[int, int, int, int] | None) -> None:
        self._area = area
        self._last_s = 0.0

    def open(self) -> None:
        """See whether programs may look here; see `Grabber`."""
        if sys.platform.startswith("linux") and os.environ.get("WAYLAND_DISPLAY"):
            raise MissingError("The screen can't be captured (Wayland does not allow it).")
        try:
            width, height = self._grab().size
        except OSError as e:
            raise MissingError("The screen can't be captured ({reason}).", reason=e) from e
        if min(width, height) < 2:
            raise MissingError("The screen can't be captured (the region is outside the screen).")

    def read(self) -> Frame | None:
        """The next frame; see `Grabber`."""
        wait_s = self._last_s + _EVERY_S - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        self._last_s = time.monotonic()
        try:
            image = np.asarray(self._grab().convert("RGB"))
        except OSError as e:
            raise SourceError("The screen can't be captured ({reason}).", reason=e) from e
        return Frame(np.ascontiguousarray(image[:, :, ::-1]), time.monotonic())

    def close(self) -> None:
        """Nothing is held open."""

    def _grab(self) -> Image.Image:
        box = None
        if self._area is not None:
            left, top, width, height = self._area
            box = (left, top, left + width, top + height)
        if sys.platform.startswith("linux"):
            # With a display named, nothing but the display itself is asked: no other program is run.
            return ImageGrab.grab(box, xdisplay=os.environ.get("DISPLAY", ""))
        return ImageGrab.grab(box, all_screens=True)
