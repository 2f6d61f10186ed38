"""Resizing of captures of any size to the one that a network reads. Torch-free."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from vimd_core.config import SizePx, shape_px


def resize_to(image: npt.NDArray[np.uint8], size_px: SizePx) -> npt.NDArray[np.uint8]:
    """Stretch an image, bicubic and antialiased (a = -0.5), as training does.

    Args:
        image: (H, W, 3) uint8 RGB.
        size_px: side of a square, or height and width (h, w).

    Returns:
        (h, w, 3) uint8 RGB.
    """
    height, width = shape_px(size_px)
    if image.shape[:2] == (height, width):
        return image
    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.uint8)
