"""Whatever holds an image: a file, a NumPy array or a Pillow image. Torch-free."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from vimd_core.data.images.array_images import as_rgb8
from vimd_core.data.images.pillow_images import pillow_pixels
from vimd_core.errors import ImageError

ImageSource: TypeAlias = str | os.PathLike[str] | npt.NDArray[Any] | Image.Image
"""A path of an image file; an array (H, W, 3) RGB or (H, W) grey: uint8 from 0 to 255, uint16 from 0 to 65535 or
floating point from 0 to 1; or a Pillow image of any mode."""


def path_of(source: ImageSource) -> Path | None:
    """The file of an image; None where it is none."""
    return Path(source) if isinstance(source, str | os.PathLike) else None


def is_single(value: object) -> bool:
    """Whether something is one image, and not several."""
    return isinstance(value, str | os.PathLike | Image.Image) or (
        isinstance(value, np.ndarray) and value.ndim in (2, 3)
    )


def pixels_in_memory(source: ImageSource) -> npt.NDArray[np.uint8]:
    """The pixels of an array or a Pillow image, in memory of their own or that of the array.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        ImageError: it is neither, or has another shape, type or range than `ImageSource` says.
    """
    if isinstance(source, Image.Image):
        return pillow_pixels(source)
    if isinstance(source, np.ndarray):
        return as_rgb8(source)
    raise ImageError(
        "An image must be a path, a NumPy array or a Pillow image, not {kind}.", kind=type(source).__name__
    )
