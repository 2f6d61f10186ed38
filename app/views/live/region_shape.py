"""Geometry of a region: how it is drawn, its handles, how it is dragged. Places are in the frame's px."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

if TYPE_CHECKING:
    from vimd_core.streaming.sources.regions import Region

SMALLEST_PX: Final = 6.0
_HANDLE_PX: Final = 9.0
_KNOB_PX: Final = 20.0
_SNAP_DEG: Final = 3.0


class Grip(Enum):
    """What a drag does to a region."""

    NOTHING = auto()
    MOVE = auto()
    SIZE = auto()
    TURN = auto()


@dataclass(frozen=True)
class Handles:
    """Where a region is gripped, as it is drawn.

    Attributes:
        corners: clockwise, beginning with the one that is top left before the rotation.
        knob: turns it.
        stem: where the knob's line begins.
    """

    corners: tuple[QPointF, QPointF, QPointF, QPointF]
    knob: QPointF
    stem: QPointF


def centre(region: Region) -> QPointF:
    """The point that it turns about."""
    return QPointF(region.x_px + region.width_px / 2, region.y_px + region.height_px / 2)


def corners(region: Region) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Clockwise, beginning with the one that is top left before the rotation."""
    middle, turn = centre(region), QTransform().rotate(region.angle_deg)
    across, down = region.width_px / 2, region.height_px / 2
    top_left, top_right = turn.map(QPointF(-across, -down)), turn.map(QPointF(across, -down))
    return middle + top_left, middle + top_right, middle - top_left, middle - top_right


def outline_within(
    region: Region, box: tuple[int, int, int, int]
) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """A box that was found in a region which was turned upright, as it lies in the frame: clockwise.

    Args:
        region: in the frame.
        box: left, top, width and height, from the region's own top left.
    """
    left, top, width, height = box
    middle, turn = centre(region), QTransform().rotate(region.angle_deg)
    own = QRectF(left - region.width_px / 2, top - region.height_px / 2, width, height)
    top_left, top_right = middle + turn.map(own.topLeft()), middle + turn.map(own.topRight())
    return top_left, top_right, middle + turn.map(own.bottomRight()), middle + turn.map(own.bottomLeft())


def handles(region: Region, transform: QTransform) -> Handles:
    """Where a region is gripped.

    Args:
        region: in the frame.
        transform: from the frame to the widget.
    """
    places = corners(region)
    drawn = tuple(transform.map(place) for place in places)
    stem = transform.map((places[0] + places[1]) / 2)
    up = QTransform().rotate(region.angle_deg).map(QPointF(0.0, -1.0))
    return Handles((drawn[0], drawn[1], drawn[2], drawn[3]), stem + up * _KNOB_PX, stem)


def grip_at(
    region: Region, position: QPointF, transform: QTransform, *, is_current: bool
) -> tuple[Grip, int]:
    """What a press does to a region, and which corner it takes.

    Args:
        region: in the frame.
        position: in the widget.
        transform: from the frame to the widget.
        is_current: whether it shows its corners and its knob; only those can be gripped.
    """
    if is_current:
        gripped = handles(region, transform)
        if _is_near(position, gripped.knob):
            return Grip.TURN, 0
        for number, corner in enumerate(gripped.corners):
            if _is_near(position, corner):
                return Grip.SIZE, number
    inverted, _ = transform.inverted()
    own = QTransform().rotate(-region.angle_deg).map(inverted.map(position) - centre(region))
    is_inside = abs(own.x()) <= region.width_px / 2 and abs(own.y()) <= region.height_px / 2
    return (Grip.MOVE if is_inside else Grip.NOTHING), 0


def moved(region: Region, by: QPointF) -> Region:
    """A region at another place; its centre stays on the frame."""
    middle = centre(region) + by
    width, height = region.frame_width_px, region.frame_height_px
    if width and height:
        middle = QPointF(min(max(middle.x(), 0.0), width - 1.0), min(max(middle.y(), 0.0), height - 1.0))
    return replace(region, x_px=middle.x() - region.width_px / 2, y_px=middle.y() - region.height_px / 2)


def sized(region: Region, corner: int, place: QPointF) -> Region:
    """A region of which one corner was dragged; the opposite one stays where it is.

    Args:
        region: as it was before.
        corner: number of the dragged one.
        place: where it is now.
    """
    fixed = corners(region)[(corner + 2) % 4]
    own = QTransform().rotate(-region.angle_deg).map(place - fixed)
    width, height = max(SMALLEST_PX, abs(own.x())), max(SMALLEST_PX, abs(own.y()))
    half = QPointF(math.copysign(width, own.x()), math.copysign(height, own.y())) / 2
    middle = fixed + QTransform().rotate(region.angle_deg).map(half)
    return replace(
        region, x_px=middle.x() - width / 2, y_px=middle.y() - height / 2, width_px=width, height_px=height
    )


def turned(region: Region, place: QPointF) -> Region:
    """A region whose knob was dragged; near the axes it is upright."""
    away = place - centre(region)
    # The knob is above the box: there the angle is 0, and it grows clockwise.
    angle = math.degrees(math.atan2(away.x(), -away.y()))
    nearest = 90.0 * round(angle / 90.0)
    return replace(region, angle_deg=nearest if abs(angle - nearest) < _SNAP_DEG else angle)


def drawn_between(name: str, first: QPointF, second: QPointF, frame_size: tuple[int, int]) -> Region | None:
    """A new upright region between two places; None while it is too small."""
    from vimd_core.streaming.sources.regions import Region

    box = QRectF(first, second).normalized() & QRectF(0, 0, *frame_size)
    if min(box.width(), box.height()) < SMALLEST_PX:
        return None
    return Region(
        name=name,
        x_px=box.x(),
        y_px=box.y(),
        width_px=box.width(),
        height_px=box.height(),
        frame_width_px=frame_size[0],
        frame_height_px=frame_size[1],
    )


def _is_near(position: QPointF, handle: QPointF) -> bool:
    away = position - handle
    return math.hypot(away.x(), away.y()) <= _HANDLE_PX
