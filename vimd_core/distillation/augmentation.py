"""Random changes of a whole batch: one affine map, then light and colour, each image its own.

The same change must reach the view of the teacher and that of the student, so it is applied to the
high-resolution batch before the low-resolution one is made from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.errors import ConfigError


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
        erase_probability: probability that a rectangle is filled with the image's mean.
        flip: whether images may be mirrored left to right; wrong for signs and letters.
    """

    rotation_degrees: float = 12.0
    scale: float = 0.15
    shear: float = 0.1
    shift: float = 0.08
    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4
    erase_probability: float = 0.25
    flip: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.erase_probability <= 1 or not 0 <= self.scale < 1:
            raise ConfigError("erase_probability must be in [0, 1] and scale in [0, 1).")


def augment(images: Tensor, config: AugmentationConfig, generator: torch.Generator) -> Tensor:
    """Change each image of a batch at random.

    Args:
        images: (B, 3, H, W) in [0, 1].
        config: strengths.
        generator: source of chance, so that a run can be repeated.

    Returns:
        (B, 3, H, W) in [0, 1].
    """
    batch = len(images)

    def uniform(limit: float) -> Tensor:
        return (torch.rand(batch, generator=generator) * 2.0 - 1.0) * limit

    angle = uniform(math.radians(config.rotation_degrees))
    scale_x, scale_y = 1.0 + uniform(config.scale), 1.0 + uniform(config.scale)
    if config.flip:
        scale_x = scale_x * (torch.randint(2, (batch,), generator=generator) * 2 - 1)
    shear = uniform(config.shear)
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        [
            torch.stack([cos * scale_x, (shear - sin) * scale_y, uniform(2 * config.shift)], dim=1),
            torch.stack([sin * scale_x, cos * scale_y, uniform(2 * config.shift)], dim=1),
        ],
        dim=1,
    )  # (B, 2, 3)
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    images = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)

    def factor(limit: float) -> Tensor:
        return (1.0 + uniform(limit)).view(-1, 1, 1, 1)

    grey = images.mean(dim=1, keepdim=True)
    images = grey + (images - grey) * factor(config.saturation)
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    images = (mean + (images - mean) * factor(config.contrast)) * factor(config.brightness)
    return _erase(images.clamp(0.0, 1.0), config.erase_probability, generator)


def _erase(images: Tensor, probability: float, generator: torch.Generator) -> Tensor:
    """Fill a rectangle of some images with their mean (Zhong et al., "Random Erasing", AAAI 2020)."""
    height, width = images.shape[2:]
    chosen = torch.nonzero(torch.rand(len(images), generator=generator) < probability).flatten().tolist()
    for index in chosen:
        size = torch.rand(2, generator=generator) * 0.3 + 0.1
        rows, columns = int(size[0] * height), int(size[1] * width)
        top = int(torch.randint(height - rows + 1, (), generator=generator))
        left = int(torch.randint(width - columns + 1, (), generator=generator))
        patch = images[index, :, top : top + rows, left : left + columns]
        patch.copy_(images[index].mean(dim=(1, 2), keepdim=True).expand_as(patch))
    return images
