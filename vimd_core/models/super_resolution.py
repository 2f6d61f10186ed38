"""Super-resolution networks: the published SRResNet and a light one for processors.

Shapes: B captures, 3 RGB channels in [0, 1], H x W px in, (s*H) x (s*W) px out for upscale factor s.
Source of SRResNet: Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative
Adversarial Network", CVPR 2017; the key names are those of the checkpoints that the ViMD code loads.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.config import SuperResolutionConfig
from vimd_core.models.shared_prelu import SharedPReLU


class _ResidualConvBlock(nn.Module):
    """conv - BN - PReLU - conv - BN, added to its input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.rcb = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            SharedPReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        residual: Tensor = self.rcb(x)
        return x + residual


class _UpsampleBlock(nn.Module):
    """Convolution and pixel shuffle: one step of upscaling."""

    def __init__(self, channels: int, factor: int) -> None:
        super().__init__()
        self.upsample_block = nn.Sequential(
            nn.Conv2d(channels, channels * factor**2, 3, padding=1), nn.PixelShuffle(factor), SharedPReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        upsampled: Tensor = self.upsample_block(x)
        return upsampled


class SRResNet(nn.Module):
    """The published super-resolution network.

    Args:
        config: its sizes; `config.architecture` is not read.
    """

    def __init__(self, config: SuperResolutionConfig) -> None:
        super().__init__()
        channels = config.channels
        self.conv1 = nn.Sequential(nn.Conv2d(3, channels, 9, padding=4), SharedPReLU())
        self.trunk = nn.Sequential(*(_ResidualConvBlock(channels) for _ in range(config.num_blocks)))
        self.conv2 = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )
        steps = [3] if config.upscale == 3 else [2] * int(math.log2(config.upscale))
        self.upsampling = nn.Sequential(*(_UpsampleBlock(channels, factor) for factor in steps))
        self.conv3 = nn.Conv2d(channels, 3, 9, padding=4)

    def forward(self, lr: Tensor) -> Tensor:
        """Enlarge captures.

        Args:
            lr: (B, 3, H, W) in [0, 1].

        Returns:
            (B, 3, s*H, s*W), clamped to [0, 1].
        """
        features = self.conv1(lr)
        features = features + self.conv2(self.trunk(features))
        enlarged: Tensor = self.conv3(self.upsampling(features))
        return enlarged.clamp(0.0, 1.0)


class _LightResidualBlock(nn.Module):
    """conv - ReLU - conv, added to its input; no normalisation, as in EDSR (Lim et al., CVPRW 2017)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        residual: Tensor = self.conv2(functional.relu(self.conv1(x)))
        return x + residual


class LightSRResNet(nn.Module):
    """A residual network that computes at low resolution only and corrects the bicubic enlargement.

    One sub-pixel convolution (Shi et al., CVPR 2016) makes all s*s pixels at once, so nothing is ever computed
    at high resolution: about a fortieth of SRResNet's cost a pixel with 32 channels and 8 blocks.

    Args:
        config: its sizes; `config.architecture` is not read.
    """

    def __init__(self, config: SuperResolutionConfig) -> None:
        super().__init__()
        channels = config.channels
        self.upscale = config.upscale
        self.head = nn.Conv2d(3, channels, 3, padding=1)
        self.trunk = nn.Sequential(*(_LightResidualBlock(channels) for _ in range(config.num_blocks)))
        self.fuse = nn.Conv2d(channels, channels, 3, padding=1)
        self.tail = nn.Conv2d(channels, 3 * config.upscale**2, 3, padding=1)
        # Starting as plain bicubic enlargement makes the first steps of training stable.
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(self.tail.bias)  # type: ignore[arg-type]

    def forward(self, lr: Tensor) -> Tensor:
        """Enlarge captures.

        Args:
            lr: (B, 3, H, W) in [0, 1].

        Returns:
            (B, 3, s*H, s*W), in [0, 1]; in training mode not clamped, so that every pixel has a gradient.
        """
        features = self.head(lr)
        features = features + self.fuse(self.trunk(features))
        detail = functional.pixel_shuffle(self.tail(features), self.upscale)
        enlarged = bicubic_upscale(lr, self.upscale) + detail
        return enlarged if self.training else enlarged.clamp(0.0, 1.0)


def build_super_resolution(config: SuperResolutionConfig) -> nn.Module:
    """The network that a configuration describes, with fresh weights."""
    return SRResNet(config) if config.architecture == "srresnet" else LightSRResNet(config)


def bicubic_upscale(lr: Tensor, upscale: int) -> Tensor:
    """Bicubic enlargement with the kernel of MATLAB and Pillow (a = -0.5), clamped to [0, 1].

    Args:
        lr: (B, 3, H, W) in [0, 1].
        upscale: factor in width and height.

    Returns:
        (B, 3, s*H, s*W).
    """
    # torch uses a = -0.5 only with antialias, which changes nothing else when enlarging.
    enlarged = functional.interpolate(lr, scale_factor=float(upscale), mode="bicubic", antialias=True)
    return enlarged.clamp(0.0, 1.0)


def bicubic_downscale(hr: Tensor, downscale: int) -> Tensor:
    """Antialiased bicubic reduction: how the paper makes low-resolution captures.

    Args:
        hr: (B, 3, H, W) in [0, 1]; H and W are multiples of `downscale`.
        downscale: factor in width and height.

    Returns:
        (B, 3, H/s, W/s) in [0, 1].
    """
    size = (hr.shape[-2] // downscale, hr.shape[-1] // downscale)
    reduced = functional.interpolate(hr, size=size, mode="bicubic", antialias=True)
    return torch.clamp(reduced, 0.0, 1.0)
