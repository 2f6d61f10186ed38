"""A sighting: the frames of one thing from which one capture is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Reason = Literal["interval", "change", "demand", "motion", "file"]


@dataclass(frozen=True, eq=False)
class Look:
    """One look at the thing.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        frame_number: of the source's frame.
        at_s: the frame's time within the source.
        time_ms: milliseconds since 1970 UTC at its arrival.
        taken_ns: monotonic clock of this machine at its arrival.
        box: left, top, width and height of the box in the frame, in px.
        sharpness: variance of its Laplacian.
        thing: number of what is seen, as long as it is the same; 0 where nobody followed it.
        still_s: for how long nothing has changed there.
        is_plain: whether it is an even surface.
    """

    image: npt.NDArray[np.uint8]
    frame_number: int
    at_s: float
    time_ms: int
    taken_ns: int
    box: tuple[int, int, int, int]
    sharpness: float = 0.0
    thing: int = 0
    still_s: float = 0.0
    is_plain: bool = False

    @property
    def size_px(self) -> int:
        """Its larger side."""
        height, width = self.image.shape[:2]
        return int(max(height, width))


@dataclass(frozen=True, eq=False)
class Sighting:
    """One thing that was seen.

    Attributes:
        region: name of the region; empty for the whole frame.
        reason: why it was captured.
        looks: in the order of their frames; at least one.
        path: the file it came from, where it is one.
        content_hash: of that file, as `vimd_core.data.files.hashing.content_hash` gives it.
    """

    region: str
    reason: Reason
    looks: tuple[Look, ...]
    path: str = ""
    content_hash: str = ""
