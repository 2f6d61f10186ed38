"""Augmentation of a whole batch: one affine map, then light and colour, each image its own.

The same change must reach the view of the teacher and that of the student, so it is applied to the
high-resolution batch before the low-resolution one is made from it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final, Protocol

import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.data.datasets.keyed_random import KeyedRandom
from vimd_core.errors import ConfigError

_DETAIL_DIVISOR: Final = 3
_CHANNEL_ORDERS: Final = [order for order in itertools.permutations(range(3)) if order != (0, 1, 2)]


@dataclass(frozen=True, kw_only=True)
class AugmentationConfig:
    """Strengths; 0 switches a change off.

    Attributes:
        rotation_degrees: largest turn to either side.
        scale: largest relative change of size.
        shear: largest shear to either side.
        shift: largest move as a fraction of the side.
        brightness: largest relative change of brightness.
        contrast: largest relative change of contrast.
        saturation: largest relative change of saturation.
        channel_swap_probability: probability that red, green and blue change places, for cameras that mix them up and
            for classes that are told by shape.
        erase_probability: probability that a rectangle is filled with the image's mean.
        low_resolution_probability: probability that an image is reduced to a third of its size and enlarged again, so
            that a classifier of sharp images also learns what captures look like.
        cutmix_probability: probability that a rectangle of an image is replaced by another capture's, and both labels
            count by area; for small sets that are learnt for long. Done where batches are drawn (see `mixing`).
        flip: whether images may be mirrored left to right; wrong for signs and letters.
    """

    rotation_degrees: float = 12.0
    scale: float = 0.15
    shear: float = 0.1
    shift: float = 0.08
    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4
    channel_swap_probability: float = 0.0
    erase_probability: float = 0.25
    low_resolution_probability: float = 0.0
    cutmix_probability: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        for name in (
            "channel_swap_probability",
            "erase_probability",
            "low_resolution_probability",
            "cutmix_probability",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError("{name} must be in [0, 1].", name=name)
        if not 0 <= self.scale < 1:
            raise ConfigError("scale must be in [0, 1).")


class _Chance(Protocol):
    """Gives each image of a batch a number."""

    def uniform(self, low: float, high: float) -> Tensor:
        """(B,) float32 in [low, high)."""


class _Keyed:
    """Each image's numbers come from its own key."""

    def __init__(self, random: KeyedRandom) -> None:
        self._random = random

    def uniform(self, low: float, high: float) -> Tensor:
        return torch.from_numpy(self._random.uniform(low, high))


class _Ordered:
    """The batch's numbers come from one generator, one after the other."""

    def __init__(self, batch: int, generator: torch.Generator) -> None:
        self._batch = batch
        self._generator = generator

    def uniform(self, low: float, high: float) -> Tensor:
        return torch.rand(self._batch, generator=self._generator) * (high - low) + low


def augment(images: Tensor, config: AugmentationConfig, random: KeyedRandom | torch.Generator) -> Tensor:
    """Change each image of a batch at random.

    Args:
        images: (B, 3, H, W) in [0, 1].
        config: strengths.
        random: source of chance, so that a run can be repeated; keyed, an image's change does not depend on the
            other images of the batch.

    Returns:
        (B, 3, H, W) in [0, 1].
    """
    chance: _Chance = _Keyed(random) if isinstance(random, KeyedRandom) else _Ordered(len(images), random)

    def around(centre: float, limit: float) -> Tensor:
        return chance.uniform(centre - limit, centre + limit)

    angle = around(0.0, math.radians(config.rotation_degrees))
    scale_x, scale_y = around(1.0, config.scale), around(1.0, config.scale)
    if config.flip:
        scale_x = torch.where(chance.uniform(0.0, 1.0) < 0.5, -scale_x, scale_x)
    shear = around(0.0, config.shear)
    shift_x, shift_y = around(0.0, 2 * config.shift), around(0.0, 2 * config.shift)
    cos, sin = torch.cos(angle), torch.sin(angle)
    grid = _affine_grid(
        (cos * scale_x, (shear - sin) * scale_y, shift_x),
        (sin * scale_x, cos * scale_y, shift_y),
        images.shape[-2],
        images.shape[-1],
    )
    images = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)

    def factor(limit: float) -> Tensor:
        return around(1.0, limit).view(-1, 1, 1, 1)

    # In place from here on: new memory for each step would cost more than the arithmetic.
    saturation, contrast, brightness = (
        factor(config.saturation),
        factor(config.contrast),
        factor(config.brightness),
    )
    grey = images.mean(dim=1, keepdim=True)
    images.mul_(saturation).add_(grey.mul_(1.0 - saturation))
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    images.mul_(contrast * brightness).add_(mean * (1.0 - contrast) * brightness).clamp_(0.0, 1.0)
    images = _swap_channels(images, config.channel_swap_probability, chance)
    images = _erase(images, config.erase_probability, chance)
    return _lose_detail(images, config.low_resolution_probability, chance)


_Row = tuple[Tensor, Tensor, Tensor]


def _affine_grid(x_row: _Row, y_row: _Row, height: int, width: int) -> Tensor:
    """Where each pixel comes from: (B, H, W, 2), as `functional.affine_grid` makes it, several times faster.

    Args:
        x_row: (B,) each: how the source's x depends on x, on y, and its shift.
        y_row: the same for the source's y.
        height: H.
        width: W.
    """
    x = (2.0 * torch.arange(width) + 1.0) / width - 1.0
    y = ((2.0 * torch.arange(height) + 1.0) / height - 1.0)[:, None]
    grid = torch.empty(len(x_row[0]), height, width, 2)
    for place, row in enumerate((x_row, y_row)):
        of_x, of_y, shift = (part[:, None, None] for part in row)
        torch.add(of_x * x, of_y * y + shift, out=grid[..., place])
    return grid


def _swap_channels(images: Tensor, probability: float, chance: _Chance) -> Tensor:
    """Put the channels of some images into another order, each of the five as often."""
    if probability == 0:
        return images
    chosen = torch.nonzero(chance.uniform(0.0, 1.0) < probability).flatten()
    order = torch.tensor(_CHANNEL_ORDERS)[
        (chance.uniform(0.0, len(_CHANNEL_ORDERS))[chosen]).long()
    ]  # (n, 3)
    if len(chosen):
        images[chosen] = images[chosen[:, None], order]
    return images


def _erase(images: Tensor, probability: float, chance: _Chance) -> Tensor:
    """Fill a rectangle of some images with their mean (Zhong et al., "Random Erasing", AAAI 2020)."""
    if probability == 0:
        return images
    height, width = images.shape[2:]
    chosen = chance.uniform(0.0, 1.0) < probability
    rows = (chance.uniform(0.1, 0.4) * height).long()
    columns = (chance.uniform(0.1, 0.4) * width).long()
    tops = (chance.uniform(0.0, 1.0) * (height - rows + 1)).long()
    lefts = (chance.uniform(0.0, 1.0) * (width - columns + 1)).long()
    for index in torch.nonzero(chosen).flatten().tolist():
        top, left = int(tops[index]), int(lefts[index])
        patch = images[index, :, top : top + int(rows[index]), left : left + int(columns[index])]
        patch.copy_(images[index].mean(dim=(1, 2), keepdim=True).expand_as(patch))
    return images


def _lose_detail(images: Tensor, probability: float, chance: _Chance) -> Tensor:
    """Reduce some images to a third of their size and enlarge them again, bicubic both times."""
    if probability == 0:
        return images
    chosen = torch.nonzero(chance.uniform(0.0, 1.0) < probability).flatten()
    if len(chosen):
        height, width = images.shape[2:]
        small_size = (max(1, round(height / _DETAIL_DIVISOR)), max(1, round(width / _DETAIL_DIVISOR)))
        small = functional.interpolate(images[chosen], size=small_size, mode="bicubic", antialias=True)
        large = functional.interpolate(small, size=(height, width), mode="bicubic", antialias=True)
        images[chosen] = large.clamp_(0.0, 1.0)
    return images
