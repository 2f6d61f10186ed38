"""Converts samples of more than eight bits, whole or floating point, grey or colour, to eight. Torch-free.

One rule for all files, so that pictures of one camera come out alike: the scale is what the file says of its
significant bits, or else the next usual depth (8, 10, 12, 14, 16 bits and so on) that holds all but the very brightest
pixels.
A picture is therefore never stretched to its own brightest value, and a few hot pixels do not make it dark.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

_USUAL_BITS: Final = (8, 10, 12, 14, 16)
_OUTLIERS: Final = 0.001
"""Share of the pixels, at least one of them, that the scale does not ask."""
_FULL: Final = 255.0
# Below this share of the picture's own brightness, values under zero are noise and not a range of their own.
_NOISE: Final = 0.1
_LOW_FLOAT: Final = 16.0
_ROWS_AT_ONCE_VALUES: Final = 1 << 20


def to_eight_bits(
    samples: npt.NDArray[Any],
    *,
    stated_maximum: float | None = None,
    has_alpha: bool = False,
    is_multiplied: bool = False,
    inverted: bool = False,
    background: int = 255,
) -> npt.NDArray[np.uint8]:
    """Scale a picture to 8 bits.

    Args:
        samples: (H, W, C) whole or floating-point numbers; C is 1 or 3, and one more with alpha.
        stated_maximum: the largest value that a sample can have, where the file says so.
        has_alpha: whether the last sample of a pixel is its opacity.
        is_multiplied: whether the colours were multiplied by the opacity already.
        inverted: whether zero is white.
        background: what shows through transparent pixels, in 8 bits.

    Returns:
        (H, W, 3) uint8.
    """
    colour = samples[..., :-1] if has_alpha else samples
    lowest, highest = _range(colour, stated_maximum)
    opaque = _alpha_maximum(samples[..., -1], highest) if has_alpha else 1.0
    height, width = samples.shape[:2]
    result = np.empty((height, width, 3), np.uint8)
    step = max(1, _ROWS_AT_ONCE_VALUES // max(1, width * samples.shape[2]))
    for top in range(0, height, step):
        part = _finite(colour[top : top + step].astype(np.float64), highest)
        scaled = ((part - lowest) * (_FULL / (highest - lowest))).clip(0.0, _FULL)
        if inverted:
            scaled = _FULL - scaled
        if has_alpha:
            alpha = _finite(samples[top : top + step, :, -1:].astype(np.float64), opaque) / opaque
            alpha = alpha.clip(0.0, 1.0)
            seen = scaled if is_multiplied else scaled * alpha
            scaled = (seen + background * (1.0 - alpha)).clip(0.0, _FULL)
        result[top : top + step] = np.round(scaled)
    return result


def _range(colour: npt.NDArray[Any], stated_maximum: float | None) -> tuple[float, float]:
    """What becomes 0 and 255."""
    low, high = _ends(colour)
    floats = colour.dtype.kind == "f"
    if low < -_NOISE * high:
        most = max(-low, high)
        limit = 1.0 if floats and most <= 1.0 else float(2 ** int(np.ceil(np.log2(most))))
        return -limit, limit if floats else limit - 1.0
    if stated_maximum is not None and high <= stated_maximum:
        return 0.0, stated_maximum
    if floats and high <= _FULL:
        if high <= 1.0:
            return 0.0, 1.0
        # Light beyond white: still a scale in powers of two.
        return 0.0, _FULL if high > _LOW_FLOAT else float(2 ** int(np.ceil(np.log2(high))))
    width = 8 * colour.dtype.itemsize
    usual = [bits for bits in _USUAL_BITS if floats or bits <= width]
    if colour.dtype.kind == "i":
        usual.append(width - 1)
    bits = next((bits for bits in sorted(usual) if high < 2**bits), int(high).bit_length())
    return 0.0, float(2**bits - 1)


def _ends(colour: npt.NDArray[Any]) -> tuple[float, float]:
    """The least and the greatest value, without the few pixels that may be faults of the sensor."""
    brightest = colour.max(axis=-1).ravel()
    darkest = brightest if colour.shape[-1] == 1 else colour.min(axis=-1).ravel()
    if colour.dtype.kind == "f":
        brightest, darkest = brightest[np.isfinite(brightest)], darkest[np.isfinite(darkest)]
    if not brightest.size or not darkest.size:
        return 0.0, 0.0
    low_rank = min(_outliers(darkest.size), darkest.size - 1)
    high_rank = brightest.size - 1 - min(_outliers(brightest.size), brightest.size - 1)
    return float(np.partition(darkest, low_rank)[low_rank]), float(
        np.partition(brightest, high_rank)[high_rank]
    )


def _outliers(pixels: int) -> int:
    return int(np.ceil(pixels * _OUTLIERS))


def _alpha_maximum(alpha: npt.NDArray[Any], colour_maximum: float) -> float:
    """What counts as opaque: the full range of the type, or that of the colours where opacity has their depth."""
    most = float(np.nanmax(alpha)) if alpha.size else 0.0
    if alpha.dtype.kind == "f":
        return 1.0 if most <= 1.0 else colour_maximum
    if 0.9 * colour_maximum < most <= colour_maximum:
        return colour_maximum
    return float(np.iinfo(alpha.dtype).max)


def _finite(values: npt.NDArray[np.float64], highest: float) -> npt.NDArray[np.float64]:
    return np.nan_to_num(values, copy=False, nan=0.0, posinf=highest, neginf=0.0)
