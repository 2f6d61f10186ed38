"""CutMix: a rectangle of an image is replaced by the same rectangle of another one, and both labels count by area.

Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", ICCV 2019.
A teacher that sees the same mixed picture has an answer to it, so distillation goes on working (Beyer et al.,
"Knowledge distillation: a good teacher is patient and consistent", CVPR 2022).

Sizes: B images, S side in px.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.data.datasets.keyed_random import KeyedRandom


def cut_and_mix(images: Tensor, others: Tensor, random: KeyedRandom) -> Tensor:
    """Replace a rectangle of each image, as a share of the area that is drawn evenly from [0, 1).

    Args:
        images: (B, 3, S, S); changed in place.
        others: (B, 3, S, S), where the rectangles come from.
        random: one stream of numbers for each image.

    Returns:
        (B,) float32, the part of each image that is still its own, by the pixels that were replaced.
    """
    height, width = images.shape[2:]
    side = np.sqrt(random.uniform())  # of the rectangle, relative to the image's
    half_rows, half_columns = side * height / 2, side * width / 2
    centre_y, centre_x = random.uniform() * height, random.uniform() * width
    tops, bottoms = _within(centre_y - half_rows, height), _within(centre_y + half_rows, height)
    lefts, rights = _within(centre_x - half_columns, width), _within(centre_x + half_columns, width)
    for index, (top, bottom, left, right) in enumerate(zip(tops, bottoms, lefts, rights, strict=True)):
        images[index, :, top:bottom, left:right] = others[index, :, top:bottom, left:right]
    replaced = (bottoms - tops) * (rights - lefts) / (height * width)
    return torch.from_numpy((1.0 - replaced).astype(np.float32))


def _within(places: npt.NDArray[np.floating], size: int) -> npt.NDArray[np.int64]:
    whole: npt.NDArray[np.int64] = np.clip(np.rint(places), 0, size).astype(np.int64)
    return whole
