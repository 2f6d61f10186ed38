"""EfficientNet-Lite without its classifier: ImageNet features for a processor, with each batch norm folded.

Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019, table 1 and
section 3.3. The Lite variants (TensorFlow's repository `tpu`, 2020) have no squeeze-and-excitation, use ReLU6 and keep
the sizes of the stem, the first and the last stage and the head. Weights: Google's, Apache-2.0
(`resources/models/efficientnet-lite2.md`).

Sizes: B images of H x W px, C channels, F = 1280 features, E channels of all stages but the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES: Final = 1280
# Of ImageNet, as the published weights expect it.
MEAN: Final = (0.485, 0.456, 0.406)
DEVIATION: Final = (0.229, 0.224, 0.225)
_STEM_CHANNELS: Final = 32
_CHANNEL_STEP: Final = 8


@dataclass(frozen=True)
class LiteScale:
    """Compound scaling of a variant.

    Attributes:
        width: channels, as a multiple of those of Lite0.
        depth: repeated blocks, as a multiple of those of Lite0.
    """

    width: float
    depth: float


LITE2: Final = LiteScale(width=1.1, depth=1.2)


@dataclass(frozen=True)
class _Stage:
    """Blocks of one size; the first of them has the stride."""

    blocks: int
    kernel_px: int
    stride_px: int
    expansion: int
    channels: int


_STAGES: Final = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


class EfficientNetLite(nn.Module):
    """Images to features.

    Args:
        scale: the variant.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, scale: LiteScale = LITE2) -> None:
        super().__init__()
        self.stem = _unit(3, _STEM_CHANNELS, 3, stride=2)
        blocks: list[nn.Module] = []
        self._stage_ends: set[int] = set()
        inputs = _STEM_CHANNELS
        for index, stage in enumerate(_STAGES):
            outputs = _scaled_channels(stage.channels, scale.width)
            is_outer = index in (0, len(_STAGES) - 1)
            for repeat in range(stage.blocks if is_outer else math.ceil(stage.blocks * scale.depth)):
                stride = stage.stride_px if repeat == 0 else 1
                blocks.append(_InvertedBottleneck(inputs, outputs, stage.kernel_px, stride, stage.expansion))
                inputs = outputs
            self._stage_ends.add(len(blocks) - 1)
        self.blocks = nn.Sequential(*blocks)
        self.head = _unit(inputs, FEATURES, 1)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Compute features.

        Args:
            images: (B, 3, H, W) RGB in [0, 1], of any height and width.

        Returns:
            (B, F), at least 0.
        """
        return self.forward_with_depths(images)[0]

    def forward_with_depths(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Compute features of several depths: early stages see what 1,000 classes of photographs did not need.

        Args:
            images: as in `forward`.

        Returns:
            (B, F), at least 0, and (B, E) the mean over the image after each stage but the last, earliest first.
        """
        x = self.stem((images - self.mean) / self.deviation)
        depths: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self._stage_ends:
                depths.append(x.mean(dim=(2, 3)))
        features = self.head(x).mean(dim=(2, 3))  # (B, F, H / 32, W / 32) -> (B, F)
        return features, torch.cat(depths[:-1], dim=1)


class _SameConv(nn.Conv2d):
    """A convolution that is padded as TensorFlow's "SAME" is: an odd pixel comes at the right and at the bottom."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  (the name is torch's)
        pads: list[int] = []
        for side, kernel, stride in zip(
            reversed(input.shape[2:]), reversed(self.kernel_size), reversed(self.stride), strict=True
        ):
            total = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
            pads += [total // 2, total - total // 2]
        left, right, top, bottom = pads
        if left == right and top == bottom:
            return functional.conv2d(
                input, self.weight, self.bias, self.stride, (top, left), groups=self.groups
            )
        padded = functional.pad(input, pads)
        return functional.conv2d(padded, self.weight, self.bias, self.stride, groups=self.groups)


class _InvertedBottleneck(nn.Module):
    """Widen, convolve each channel by itself, narrow (Sandler et al., "MobileNetV2", CVPR 2018)."""

    def __init__(self, inputs: int, outputs: int, kernel_px: int, stride_px: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = _unit(inputs, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = _unit(wide, wide, kernel_px, stride=stride_px, groups=wide)
        self.project = _SameConv(wide, outputs, 1)
        self.has_shortcut = stride_px == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C', H / stride, W / stride)."""
        narrow: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + narrow if self.has_shortcut else narrow


def _unit(inputs: int, outputs: int, kernel_px: int, *, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(_SameConv(inputs, outputs, kernel_px, stride, groups=groups), nn.ReLU6(inplace=True))


def _scaled_channels(channels: int, width: float) -> int:
    """Channels times the width, to the nearest multiple of eight that is at most a tenth below."""
    scaled = channels * width
    rounded = max(_CHANNEL_STEP, int(scaled + _CHANNEL_STEP / 2) // _CHANNEL_STEP * _CHANNEL_STEP)
    return rounded + _CHANNEL_STEP if rounded < 0.9 * scaled else rounded
