"""Stems: patch embedding and convolutional stem, which turn an image into tokens.

Sizes: B images, H x W px, L - 1 tokens in row order, M embed_dim.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from vimd_core.config import VisionMambaConfig

# A quarter of a grey level: below it there is nothing but rounding.
_LEAST_DEVIATION = 1e-3


class PatchEmbedding(nn.Module):
    """The published stem: one strided convolution over patches that may overlap."""

    def __init__(self, config: VisionMambaConfig) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, config.embed_dim, config.patch_size_px, stride=config.stride_px)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, L - 1, M)."""
        grid: Tensor = self.proj(images)
        return grid.flatten(2).transpose(1, 2)  # (B, M, h, w) -> (B, h * w, M)

    def forward_with_depths(self, images: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """(B, 3, H, W) -> (B, L - 1, M), and nothing of the way to there: it has one step."""
        return self(images), ()


class _ConvNorm(nn.Sequential):
    """Convolution and batch norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
        )


class _ResidualBlock(nn.Module):
    """Two convolutions around a shortcut (He et al., CVPR 2016).

    Args:
        channels: in and out.
        rectified: whether the sum goes through a ReLU; tokens do not, so that they may be of either sign.
    """

    def __init__(self, channels: int, *, rectified: bool = True) -> None:
        super().__init__()
        self.conv1 = _ConvNorm(channels, channels, 3)
        self.conv2 = _ConvNorm(channels, channels, 3)
        self.rectified = rectified

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = x + self.conv2(functional.relu(self.conv1(x)))
        return functional.relu(total) if self.rectified else total


class ConvolutionalStem(nn.Module):
    """A small residual network on the standardised image that shrinks the image until one position is one token.

    Early convolutions give the locality that patches have to learn from far more examples (Xiao et al., "Early
    Convolutions Help Transformers See Better", NeurIPS 2021).
    """

    def __init__(self, config: VisionMambaConfig) -> None:
        super().__init__()
        *stage_blocks, token_blocks = config.stem_stages
        channels = config.stem_channels
        stages: list[nn.Module] = []
        for index, blocks in enumerate(stage_blocks):
            # A capture was enlarged about four times, so nothing is lost by starting at a quarter of its size.
            if index == 0:
                stages.append(_ConvNorm(3, channels, 7, stride=4))
            else:
                stages.append(_ConvNorm(channels, 2 * channels, 3, stride=2))
                channels *= 2
            stages += [nn.ReLU(), *(_ResidualBlock(channels) for _ in range(blocks))]
        self.stages = nn.Sequential(*stages)
        self.proj = nn.Conv2d(channels, config.embed_dim, 3, stride=2, padding=1)
        self.refine = nn.Sequential(
            *(_ResidualBlock(config.embed_dim, rectified=False) for _ in range(token_blocks))
        )

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, L - 1, M)."""
        return self.forward_with_depths(images)[0]

    def forward_with_depths(self, images: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Tokens, and what the way to them has seen.

        Args:
            images: (B, 3, H, W).

        Returns:
            (B, L - 1, M), and the mean of each residual block's output, (B, C) each.
        """
        x = standardise(images)
        depths: list[Tensor] = []
        for layer in self.stages:
            x = layer(x)
            if isinstance(layer, _ResidualBlock):
                depths.append(x.mean(dim=(2, 3)))
        grid: Tensor = self.refine(self.proj(x))
        return grid.flatten(2).transpose(1, 2), tuple(depths)  # (B, M, h, w) -> (B, h * w, M)


def standardise(images: Tensor) -> Tensor:
    """Give each image mean 0 and standard deviation 1, so that dusk and glare look alike to what follows.

    Args:
        images: (B, 3, H, W) in [0, 1].

    Returns:
        (B, 3, H, W); an image of one colour becomes 0.
    """
    centred = images - images.mean(dim=(1, 2, 3), keepdim=True)
    deviation = centred.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return centred / deviation.clamp_min(_LEAST_DEVIATION)


def build_stem(config: VisionMambaConfig) -> PatchEmbedding | ConvolutionalStem:
    """The stem that a configuration describes."""
    return PatchEmbedding(config) if config.stem == "patch" else ConvolutionalStem(config)
