"""NumPy arrays as images: their dtype says what their numbers mean. Torch-free."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import ImageError

_CHANNELS: Final = 3
_TOLERANCE: Final = 1e-3
_SIXTEEN_TO_EIGHT: Final = 257.0


def as_rgb8(image: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """A picture in 8 bits, as the same picture in a file is read.

    Args:
        image: (H, W, 3) RGB or (H, W) grey: uint8 from 0 to 255, uint16 from 0 to 65535, or floating point from 0 to 1.

    Returns:
        (H, W, 3) uint8; the image itself where it is that already.

    Raises:
        ImageError: it has another shape, another type, or values beyond the range of its type's meaning.
    """
    if not isinstance(image, np.ndarray):
        raise ImageError("An image must be a NumPy array, not {kind}.", kind=type(image).__name__)
    if image.ndim == 2:
        image = np.repeat(image[..., None], _CHANNELS, axis=2)
    if image.ndim != 3 or image.shape[2] != _CHANNELS or 0 in image.shape:
        raise ImageError(
            "An image must have the shape (height, width, 3) in RGB or (height, width) in grey, not {shape}.",
            shape=image.shape,
        )
    if image.dtype == np.uint8:
        return image
    if image.dtype == np.uint16:
        return np.round(image / _SIXTEEN_TO_EIGHT).astype(np.uint8)
    return np.round(_from_zero_to_one(image) * 255.0).astype(np.uint8)


def as_views(views: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Pictures for a classifier, whose numbers must mean what it learnt them to mean.

    Args:
        views: (B, H, W, 3) RGB: floating point from 0 to 1, uint8 from 0 to 255, or uint16 from 0 to 65535.

    Returns:
        (B, H, W, 3) float32 in [0, 1].

    Raises:
        ImageError: as `as_rgb8`.
    """
    if not isinstance(views, np.ndarray) or views.ndim != 4 or views.shape[3] != _CHANNELS:
        shape = views.shape if isinstance(views, np.ndarray) else type(views).__name__
        raise ImageError(
            "Views must be an array of the shape (number, height, width, 3), not {shape}.", shape=shape
        )
    if views.dtype in (np.uint8, np.uint16):
        return (views / np.float32(np.iinfo(views.dtype).max)).astype(np.float32)
    return _from_zero_to_one(views).astype(np.float32, copy=False)


def _from_zero_to_one(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if image.dtype.kind != "f":
        raise ImageError(
            "The type {dtype} does not tell the range of an image's values: convert it to uint8 (0 to "
            "255), uint16 (0 to 65535) or floating point (0 to 1).",
            dtype=image.dtype,
        )
    lowest, highest = (float(image.min()), float(image.max())) if image.size else (0.0, 0.0)
    if not (lowest >= -_TOLERANCE and highest <= 1.0 + _TOLERANCE):  # also where there is no number
        raise ImageError(
            "The values of a floating-point image must be from 0 to 1, not from {lowest} to "
            "{highest}: scale them, or convert the image to uint8 if they are from 0 to 255.",
            lowest=f"{lowest:g}",
            highest=f"{highest:g}",
        )
    return image.clip(0.0, 1.0)
