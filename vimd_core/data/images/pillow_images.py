"""Pillow images of every mode as 8-bit RGB: orientation, transparency, and samples of more than 8 bits. Torch-free."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms

from vimd_core.data.images.deep_colour import to_eight_bits
from vimd_core.errors import ImageError

TRANSPARENT_BACKGROUND: Final = (255, 255, 255)
"""What shows through transparent pixels: white, as paper and most viewers do."""
TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn an image that has one of the EXIF orientations; 1 is upright."""
_UNUSABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
)
_WITH_ALPHA: Final = ("RGBA", "LA", "PA", "RGBa", "La")


def pillow_pixels(image: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels of a Pillow image of any mode, as the same picture in a file is read.

    Args:
        image: its EXIF orientation is applied; transparent pixels are laid on white; modes of more than 8 bits ("I",
            "F", "I;16" ...) are scaled as `deep_colour` says. It is not changed.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        ImageError: it is empty, closed, or its file is damaged.
    """
    try:
        if 0 in image.size:
            raise ImageError(
                "The Pillow image is empty: {width} x {height} px.", width=image.width, height=image.height
            )
        orientation = exif_orientation(image)
        if image.mode.startswith("I") or image.mode == "F":
            rgb = Image.fromarray(to_eight_bits(np.asarray(image)[..., None]))
        else:
            rgb = to_rgb(image)
        if orientation in TRANSPOSE:
            rgb = rgb.transpose(TRANSPOSE[orientation])
        return np.array(rgb)
    except _UNUSABLE as e:
        raise ImageError(
            "The Pillow image of mode {mode} can't be read ({reason}).", mode=image.mode, reason=e
        ) from e


def exif_orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; to be asked before the pixels are read."""
    if image.format == "TIFF":
        return 1  # Pillow turns TIFF by itself, its size included
    if image.format == "PNG" and not {"exif", "Raw profile type exif"} & image.info.keys():
        return 1  # `getexif` would decode the whole image to look for EXIF behind it
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (*_UNUSABLE, OverflowError, RuntimeError):
        return 1  # damaged EXIF says nothing about the pixels
    return orientation if isinstance(orientation, int) else 1


def to_rgb(image: Image.Image) -> Image.Image:
    """An image of up to 8 bits a sample as RGB, transparent pixels laid on `TRANSPARENT_BACKGROUND`."""
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        straight = image.convert("LA") if image.mode == "La" else image
        coloured = straight.convert("RGBA")
        background = Image.new("RGBA", coloured.size, (*TRANSPARENT_BACKGROUND, 255))
        return Image.alpha_composite(background, coloured).convert("RGB")
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
        assert converted is not None
        return converted
    return image.convert("RGB")
