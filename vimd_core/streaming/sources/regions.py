"""Parts of a frame that are looked at: boxes, also rotated ones, and tiles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from vimd_core.errors import SourceError
from vimd_core.user_messages import Sentence, sentence

Image = npt.NDArray[np.uint8]
MIN_SIDE_PX: Final = 2


class Region(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A box in a frame.

    Attributes:
        name: what it is called; empty for the whole frame.
        x_px: left edge before the rotation.
        y_px: top edge before the rotation.
        width_px: width along its own axis.
        height_px: height along its own axis.
        angle_deg: rotation about its centre, clockwise on screen.
        frame_width_px: width of the frame that it was drawn on, so that it can follow a change of the
            stream's size; 0 when it holds for whatever frame comes.
        frame_height_px: height of that frame.
    """

    name: str = ""
    x_px: float = 0.0
    y_px: float = 0.0
    width_px: float = 0.0
    height_px: float = 0.0
    angle_deg: float = 0.0
    frame_width_px: int = 0
    frame_height_px: int = 0

    def __post_init__(self) -> None:
        sizes = (self.x_px, self.y_px, self.width_px, self.height_px, self.angle_deg)
        if not all(math.isfinite(size) for size in sizes):
            raise SourceError(
                "The region {name} is no box: its place and size must be numbers.", name=repr(self.name)
            )
        if self.width_px < MIN_SIDE_PX or self.height_px < MIN_SIDE_PX:
            raise SourceError(
                "The region {name} must be at least {smallest} px wide and high.",
                name=repr(self.name),
                smallest=MIN_SIDE_PX,
            )

    def on(self, frame_width_px: int, frame_height_px: int) -> Region:
        """The same region on a frame of another size."""
        same = (self.frame_width_px, self.frame_height_px) in ((0, 0), (frame_width_px, frame_height_px))
        if same:
            return self
        across, down = frame_width_px / self.frame_width_px, frame_height_px / self.frame_height_px
        return replace(
            self,
            x_px=self.x_px * across,
            y_px=self.y_px * down,
            width_px=max(MIN_SIDE_PX, self.width_px * across),
            height_px=max(MIN_SIDE_PX, self.height_px * down),
            frame_width_px=frame_width_px,
            frame_height_px=frame_height_px,
        )


def whole_frame(width_px: int, height_px: int) -> Region:
    """The region that is everything."""
    return Region(width_px=width_px, height_px=height_px)


def crop(image: Image, region: Region) -> Image | None:
    """Cut a region out of a frame.

    An upright region is cut without touching a pixel; a rotated one is turned upright with bilinear interpolation,
    and what of it lies outside of the frame repeats the frame's edge.

    Args:
        image: (H, W, 3) frame.
        region: what to cut out; an upright one is clipped to the frame.

    Returns:
        (h, w, 3), a copy; None when nothing of it lies in the frame.
    """
    height, width = image.shape[:2]
    region = region.on(width, height)
    if _lies_outside(region, width, height):
        return None
    if region.angle_deg % 360.0 == 0.0:
        left, top, right, bottom = _clipped(region, width, height)
        return image[top:bottom, left:right].copy()
    centre = (region.x_px + region.width_px / 2, region.y_px + region.height_px / 2)
    size = (max(MIN_SIDE_PX, round(region.width_px)), max(MIN_SIDE_PX, round(region.height_px)))
    # OpenCV's angles are counter-clockwise: turning the frame that way brings the region upright.
    matrix = cv2.getRotationMatrix2D(centre, region.angle_deg, 1.0)
    matrix[:, 2] += (size[0] / 2 - centre[0], size[1] / 2 - centre[1])
    turned = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(turned)


def outside_sentence(regions: Sequence[Region], width_px: int, height_px: int) -> Sentence | None:
    """Which regions have nothing of a frame in them, in a sentence; None when each has something.

    Args:
        regions: all regions that are looked at.
        width_px: of the frame.
        height_px: of the frame.
    """
    outside = [
        region for region in regions if _lies_outside(region.on(width_px, height_px), width_px, height_px)
    ]
    if not outside:
        return None
    first = outside[0]
    place = f"{first.x_px:g},{first.y_px:g},{first.width_px:g},{first.height_px:g}"
    return sentence(
        "The region {name} ({place}) is outside the frame of {width} x {height} px: move it.",
        name=repr(first.name),
        place=place,
        width=width_px,
        height=height_px,
    )


def _lies_outside(region: Region, width: int, height: int) -> bool:
    if region.angle_deg % 360.0 != 0.0:
        across, down = region.x_px + region.width_px / 2, region.y_px + region.height_px / 2
        return not (0 <= across < width and 0 <= down < height)
    left, top, right, bottom = _clipped(region, width, height)
    return right - left < MIN_SIDE_PX or bottom - top < MIN_SIDE_PX


def _clipped(region: Region, width: int, height: int) -> tuple[int, int, int, int]:
    """Edges of an upright region inside of the frame: left, top, right, bottom."""
    return (
        max(0, round(region.x_px)),
        max(0, round(region.y_px)),
        min(width, round(region.x_px + region.width_px)),
        min(height, round(region.y_px + region.height_px)),
    )


def tiles(region: Region, side_px: int) -> Iterator[Region]:
    """Cut an upright region into squares that cover it; those of the last row and column overlap their neighbours.

    Args:
        region: what to cut up.
        side_px: side of a tile; a smaller region is one tile.
    """
    across = _starts(region.width_px, side_px)
    down = _starts(region.height_px, side_px)
    for row, y in enumerate(down, start=1):
        for column, x in enumerate(across, start=1):
            name = f"{region.name} {row}.{column}".strip()
            yield replace(
                region,
                name=name,
                x_px=region.x_px + x,
                y_px=region.y_px + y,
                width_px=min(side_px, region.width_px),
                height_px=min(side_px, region.height_px),
            )


def _starts(length: float, side: int) -> list[float]:
    count = max(1, math.ceil(length / side))
    return [min(i * side, max(0.0, length - side)) for i in range(count)]
