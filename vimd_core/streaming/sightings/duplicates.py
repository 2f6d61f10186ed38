"""Near-duplicates: captures that look the same, by a perceptual hash."""

from __future__ import annotations

from collections import deque
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_SIDE: Final = 32
_KEPT: Final = 8
_REMEMBERED: Final = 32


def perceptual_hash(image: npt.NDArray[np.uint8]) -> int:
    """64 bits that are alike for images that look alike, whatever their sizes and brightness.

    The image's 8 x 8 lowest spatial frequencies, each above or below their median: the usual "pHash" (Zauner,
    "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2).

    Args:
        image: (H, W, 3) uint8 BGR.
    """
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    lowest = cv2.dct(grey.astype(np.float32))[:_KEPT, :_KEPT].ravel()  # (64,)
    # The first one is the mean brightness, which says nothing about the pattern.
    bits = lowest > np.median(lowest[1:])
    bits[0] = False
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def distance(first: int, second: int) -> int:
    """In how many bits two hashes differ."""
    return (first ^ second).bit_count()


class Duplicates:
    """Remembers what was captured last.

    Args:
        distance: bits in which two hashes may differ and count as the same; None finds no duplicates.
    """

    def __init__(self, distance: int | None) -> None:
        self._distance = distance
        self._last: deque[int] = deque(maxlen=_REMEMBERED)

    def is_new(self, image: npt.NDArray[np.uint8]) -> bool:
        """Whether nothing like it was captured lately; if so it is remembered."""
        if self._distance is None:
            return True
        hashed = perceptual_hash(image)
        if any(distance(hashed, known) <= self._distance for known in self._last):
            return False
        self._last.append(hashed)
        return True
