"""A camera at a road: a landscape that goes by, and traffic signs that are a small part of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

SIZE = (480, 360)
SIGN = (300, 110, 36)  # left, top and side in px
FRAMES_EACH = 30
# Run as a script, too, where `places` is not found.
CAPTURES = Path(__file__).resolve().parents[3] / "resources" / "samples" / "captures"
Picture = np.ndarray[Any, Any]


@cache
def signs() -> list[Path]:
    """The sign frames, in the order in which they come: each of another class than the one before."""
    return sorted(CAPTURES.glob("*.png"))[::3]


@cache
def _landscape() -> Picture:
    """Sky, hills and a road, twice as wide as the frame and the same at both ends."""
    width, height = SIZE
    chance = np.random.default_rng(3)
    image = np.zeros((height, 2 * width, 3), np.uint8)
    image[:] = (200, 170, 140)
    across = np.arange(2 * width)
    for depth, colour in ((150, (110, 120, 95)), (190, (70, 105, 75)), (240, (90, 90, 92))):
        turns = int(chance.integers(2, 5))
        edge = depth + 18 * np.sin(2 * np.pi * turns * across / (2 * width)) * (depth < 230)
        for x in across:
            image[int(edge[x]) :, x] = colour
    grain = chance.normal(0, 9, (height // 4, 2 * width // 4, 3)).repeat(4, 0).repeat(4, 1)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)


@cache
def _sign(number: int) -> Picture:
    image = cv2.imread(str(signs()[number % len(signs())]), cv2.IMREAD_COLOR)
    return np.asarray(cv2.resize(image, (SIGN[2], SIGN[2]), interpolation=cv2.INTER_AREA), np.uint8)


def scene(number: int) -> Picture:
    """The frame of that number, BGR."""
    width, _ = SIZE
    image = np.roll(_landscape(), -3 * number, axis=1)[:, :width].copy()
    left, top, side = SIGN
    image[top + side : 300, left + side // 2 - 2 : left + side // 2 + 2] = (120, 120, 120)
    image[top : top + side, left : left + side] = _sign(number // FRAMES_EACH)
    return image
