"""Cost of a network: parameters and multiply-adds (MACs) for one capture.

Sizes: L tokens, M embed_dim, D inner channels, N state, R rank, W taps.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from vimd_core.config import SrvmNetConfig, VisionMambaConfig, shape_px
from vimd_core.models.stems import build_stem
from vimd_core.models.super_resolution import build_super_resolution

# Multiply-adds of the recurrence for one token, channel and state: decay of the state, input, output.
_SCAN_MULTIPLY_ADDS = 3


def count_parameters(module: nn.Module) -> int:
    """Number of parameters, frozen ones included."""
    return sum(parameter.numel() for parameter in module.parameters())


def multiply_adds(config: SrvmNetConfig) -> dict[str, int]:
    """Multiply-adds of SRVM-Net for one capture.

    Convolutions, matrix products and the scan are counted; norms, activations and interpolation are not.

    Args:
        config: the network.

    Returns:
        Counts under "super_resolution", "classifier" and "total".
    """
    lr, image = shape_px(config.lr_size_px), config.classifier.image_shape_px
    with torch.device("meta"):
        super_resolution = build_super_resolution(config.super_resolution)
        stem = build_stem(config.classifier)
        sr_count = _convolution_multiply_adds(super_resolution, torch.empty(1, 3, *lr))
        classifier_count = _convolution_multiply_adds(stem, torch.empty(1, 3, *image))
    classifier_count += _mamba_multiply_adds(config.classifier)
    return {
        "super_resolution": sr_count,
        "classifier": classifier_count,
        "total": sr_count + classifier_count,
    }


def _mamba_multiply_adds(config: VisionMambaConfig) -> int:
    width, inner, state, rank = config.embed_dim, config.inner_dim, config.state_dim, config.dt_rank
    shared = width * 2 * inner + inner * width
    direction = (
        inner * config.conv_width
        + inner * (rank + 2 * state)
        + rank * inner
        + _SCAN_MULTIPLY_ADDS * inner * state
    )
    tokens = config.num_patches + 1
    return tokens * config.depth * (shared + 2 * direction) + width * config.num_classes


def _convolution_multiply_adds(module: nn.Module, images: Tensor) -> int:
    """Run a module on meta tensors and count what its convolutions would do."""
    counted: list[int] = []

    def count(convolution: nn.Module, _: Any, output: Tensor) -> None:
        assert isinstance(convolution, nn.Conv2d)
        taps = math.prod(convolution.kernel_size) * convolution.in_channels // convolution.groups
        counted.append(taps * output.numel())

    hooks = [m.register_forward_hook(count) for m in module.modules() if isinstance(m, nn.Conv2d)]
    module.eval()(images)
    for hook in hooks:
        hook.remove()
    return sum(counted)
