"""Bringing captures of any size to the square that a network reads. Torch-free."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image


def resize_square(image: npt.NDArray[np.uint8], size_px: int) -> npt.NDArray[np.uint8]:
    """Stretch an image to a square, bicubic and antialiased (a = -0.5), as training does.

    Args:
        image: (H, W, 3) uint8 RGB.
        size_px: side of the square.

    Returns:
        (size_px, size_px, 3) uint8 RGB.
    """
    if image.shape[:2] == (size_px, size_px):
        return image
    resized = Image.fromarray(image).resize((size_px, size_px), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.uint8)
