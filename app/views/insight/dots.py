"""Rasterizes the dots of a scatter plot: a hundred thousand in a few milliseconds. NumPy alone.

Sizes: n dots, H and W pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_REACH: Final = 1.5  # interquartile ranges beyond the quartiles
_FEW: Final = 500  # dots in sight that are drawn larger
_MANY: Final = 20_000  # and smaller
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The part of the map that is in sight, and the pixels that it fills."""

    left: float
    top: float
    right: float
    bottom: float
    width_px: int
    height_px: int

    def pixels(self, places: Points) -> Points:
        """Where places lie, (n, 2) pixels."""
        origin = np.array([self.left, self.top])
        extent = np.array([max(self.right - self.left, 1e-9), max(self.bottom - self.top, 1e-9)])
        size = np.array([self.width_px, self.height_px], dtype=np.float64)
        return np.asarray((places - origin) / extent * size, dtype=np.float64)


def unit_places(places: npt.NDArray[np.float32]) -> Points:
    """Places in [0, 1]; a few far off would leave the others no room: they stand at the border.

    Args:
        places: (n, 2).
    """
    if not len(places):
        return np.zeros((0, 2))
    low, high = np.quantile(places, [0.25, 0.75], axis=0)
    reach = _REACH * np.maximum(high - low, 1e-6)
    first = np.maximum(low - reach, places.min(axis=0))
    last = np.minimum(high + reach, places.max(axis=0))
    shares: Points = np.clip((places - first) / np.maximum(last - first, 1e-6), 0.0, 1.0).astype(np.float64)
    return shares


def draw_dots(
    places: Points, colours: npt.NDArray[np.uint32], window: Window, scale: float
) -> npt.NDArray[np.uint32]:
    """Draw what is in sight.

    Args:
        places: (n, 2), in the map's units.
        colours: (n,) 0xAARRGGBB.
        window: what is in sight.
        scale: device pixels for each pixel.

    Returns:
        (H, W) 0xAARRGGBB, 0 where there is nothing.
    """
    at = window.pixels(places)
    size = np.array([window.width_px, window.height_px])
    is_seen = ((at >= 0) & (at < size)).all(axis=1)
    shown = int(is_seen.sum())
    radius = round((1 if shown > _MANY else 3 if shown < _FEW else 2) * scale)
    wide = window.width_px + 2 * radius
    canvas = np.zeros((window.height_px + 2 * radius) * wide, dtype=np.uint32)
    columns, rows = at[is_seen].astype(np.int64).T
    first = (rows + radius) * wide + columns + radius
    packed = colours[is_seen]
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            if dx * dx + dy * dy <= radius * radius + 1:
                canvas[first + dy * wide + dx] = packed
    inside = canvas.reshape(-1, wide)[radius : radius + window.height_px, radius : radius + window.width_px]
    return np.ascontiguousarray(inside)


def within(at: Points, corners: list[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    """Which of (n, 2) points lie inside of a polygon."""
    x, y = at.T
    inside = np.zeros(len(at), dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if y0 != y1:  # an edge that a ray to the right crosses turns outside into inside
            crosses = (y0 > y) != (y1 > y)
            inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def nearest(at: Points, x: float, y: float, reach: float) -> int | None:
    """The point that is nearest to a place, None where none is in reach."""
    if not len(at):
        return None
    distances = ((at - np.array([x, y])) ** 2).sum(axis=1)
    best = int(distances.argmin())
    return best if distances[best] <= reach * reach else None
