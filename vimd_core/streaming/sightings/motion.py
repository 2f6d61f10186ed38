"""Motion detection before a background model that it learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vimd_core.streaming.sources.settings import MotionSettings

_HISTORY_FRAMES: Final = 200
_LEARN_FRAMES: Final = 10
# More than this share of a frame changed at once: the light or the camera, and no thing.
_EVERYTHING: Final = 0.6
_MARGIN: Final = 0.15


@dataclass(frozen=True)
class Box:
    """An upright box in px."""

    left: int
    top: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    def overlap(self, other: Box) -> float:
        """Shared area over the area of both together, from 0 to 1."""
        across = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        down = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        if across <= 0 or down <= 0:
            return 0.0
        shared = across * down
        return shared / (self.area + other.area - shared)

    def gap(self, other: Box) -> float:
        """Distance of the centres in units of the larger box's side."""
        across = self.left + self.width / 2 - other.left - other.width / 2
        down = self.top + self.height / 2 - other.top - other.height / 2
        return float(np.hypot(across, down)) / max(self.width, self.height, other.width, other.height)

    def grown(self, frame_width: int, frame_height: int) -> Box:
        """A square around it with some margin, inside the frame as far as possible: what a classifier wants."""
        side = min(round(max(self.width, self.height) * (1 + 2 * _MARGIN)), frame_width, frame_height)
        left = round(self.left + self.width / 2 - side / 2)
        top = round(self.top + self.height / 2 - side / 2)
        return Box(min(max(left, 0), frame_width - side), min(max(top, 0), frame_height - side), side, side)

    def touches_edge(self, frame_width: int, frame_height: int) -> bool:
        """Whether a part of it may lie outside."""
        right, bottom = self.left + self.width, self.top + self.height
        return self.left <= 1 or self.top <= 1 or right >= frame_width - 1 or bottom >= frame_height - 1


class MotionFinder:
    """Background subtraction (Zivkovic's mixture of Gaussians, as OpenCV has it).

    Args:
        settings: what counts as something that moves.
    """

    def __init__(self, settings: MotionSettings) -> None:
        self._settings = settings
        self._size: tuple[int, ...] = ()
        self._seen = 0
        self._background = self._new_background()

    def find(self, image: npt.NDArray[np.uint8]) -> list[Box]:
        """Boxes around what moves, largest first; none while the background is being learnt.

        Args:
            image: (H, W, 3) uint8 BGR; of another size than before, the background is learnt anew.
        """
        if image.shape != self._size:
            self._size = image.shape
            self._seen = 0
            self._background = self._new_background()
        self._seen += 1
        mask = self._background.apply(image, learningRate=-1 if self._seen > 1 else 1.0)
        if self._seen <= _LEARN_FRAMES:
            return []
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        if np.count_nonzero(mask) > _EVERYTHING * mask.size:
            return []
        # A thing with an even surface comes in pieces, which belong together when they nearly touch.
        reach = max(3, self._settings.min_size_px // 3)
        mask = cv2.dilate(mask, np.ones((reach, reach), np.uint8))
        _, _, found, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        smallest = self._settings.min_size_px
        shrink = reach // 2
        boxes = [
            Box(int(left) + shrink, int(top) + shrink, int(width) - 2 * shrink, int(height) - 2 * shrink)
            for left, top, width, height, _ in found[1:]
        ]
        return sorted(
            (box for box in boxes if box.width >= smallest and box.height >= smallest),
            key=lambda box: -box.area,
        )

    def _new_background(self) -> cv2.BackgroundSubtractorMOG2:
        return cv2.createBackgroundSubtractorMOG2(
            history=_HISTORY_FRAMES, varThreshold=self._settings.threshold, detectShadows=False
        )
