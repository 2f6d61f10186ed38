"""Turns a trained light super-resolution network into the same function as a published-size SRResNet.

What the small network learnt is then the start of the large one, which otherwise needs days to get there
(function-preserving growth: Chen et al., "Net2Net", ICLR 2016).

How each part is carried over:
- the light network's channels become the first channels of the large one, its blocks the first blocks;
- batch norms get mean 0, variance 1: they stay that way when trained with frozen statistics;
- a PReLU of slope 0 is a ReLU, one of slope 1 is nothing;
- three channels behind the features carry the image itself past the blocks, for the bicubic enlargement, which
  two steps of three taps and a last filter of nine taps express to a hundredth of a grey level;
- everything that is left starts at random and is read by nothing, so it changes nothing before it has learnt.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import torch
from torch import Tensor, nn

from vimd_core.errors import ConfigError
from vimd_core.models.super_resolution import LightSRResNet, SRResNet, bicubic_upscale

_UPSCALE: Final = 4
_FIT_STEPS: Final = 60


def grow_super_resolution(light: LightSRResNet, grown: SRResNet) -> None:
    """Overwrite the weights of an SRResNet so that it computes nearly what a light network computes.

    Args:
        light: trained, upscale 4.
        grown: upscale 4, no fewer blocks than `light`, at least 3 channels more and at least 15.

    Raises:
        ConfigError: it has too few channels or blocks, or another upscale.
    """
    small, large = light.head.out_channels, grown.conv3.in_channels
    if light.upscale != _UPSCALE or len(grown.upsampling) != 2:
        raise ConfigError("Only networks that enlarge four times can be grown.")
    if large < max(small + 3, 3 + 12) or len(grown.trunk) < len(light.trunk):
        raise ConfigError(
            "A network of {small} channels and {num_trunk} blocks needs at least {wanted} channels and "
            "{num_trunk} blocks to grow into.",
            small=small,
            num_trunk=len(light.trunk),
            wanted=max(small + 3, 15),
        )
    with torch.no_grad():
        _neutralise_norms(grown)
        _grow_head(light, grown)
        _grow_trunk(light, grown)
        _grow_upsampling(light, grown)


def _neutralise_norms(grown: SRResNet) -> None:
    for module in grown.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
            assert module.running_mean is not None and module.running_var is not None
            module.running_mean.zero_()
            module.running_var.fill_(1.0 - module.eps)


def _parts(module: nn.Sequential) -> list[Any]:
    """The modules inside, whose attributes are known by their place alone."""
    return list(module)


def _grow_head(light: LightSRResNet, grown: SRResNet) -> None:
    """Features, then the image, then channels at random."""
    conv: Any = grown.conv1[0]
    activation: Any = grown.conv1[1]
    small, middle = light.head.out_channels, conv.kernel_size[0] // 2
    conv.weight[: small + 3] = 0.0
    conv.weight[:small, :, middle - 1 : middle + 2, middle - 1 : middle + 2] = light.head.weight
    conv.bias[:] = 0.0
    conv.bias[:small] = light.head.bias
    for colour in range(3):
        conv.weight[small + colour, colour, middle, middle] = 1.0
    nn.init.ones_(activation.weight)


def _grow_trunk(light: LightSRResNet, grown: SRResNet) -> None:
    small = light.head.out_channels
    for index, block in enumerate(_parts(grown.trunk)):
        first, first_norm, activation, second, second_norm = block.rcb
        nn.init.zeros_(activation.weight)
        # What the new channels make is read by nothing yet.
        nn.init.zeros_(second.weight)
        if index >= len(light.trunk):
            nn.init.kaiming_normal_(second.weight)
            nn.init.zeros_(second_norm.weight)
            continue
        source: Any = light.trunk[index]
        first.weight[:small] = 0.0
        first.weight[:small, :small] = source.conv1.weight
        first_norm.bias[:small] = source.conv1.bias
        second.weight[:small, :small] = source.conv2.weight
        second_norm.bias[:small] = source.conv2.bias
    fuse, fuse_norm = _parts(grown.conv2)
    nn.init.zeros_(fuse.weight)
    fuse.weight[:small, :small] = light.fuse.weight
    fuse_norm.bias[:small] = light.fuse.bias


def _grow_upsampling(light: LightSRResNet, grown: SRResNet) -> None:
    """Channels after the first step: 3 of the image, 12 of the detail; after the second: 3 and 3."""
    small = light.head.out_channels
    light_bias: Any = light.tail.bias
    step, filter_taps = bicubic_in_two_steps()
    first, second = (block.upsample_block[0] for block in _parts(grown.upsampling))
    for block in _parts(grown.upsampling):
        nn.init.ones_(block.upsample_block[2].weight)
    first.weight[: 15 * 4] = 0.0
    second.weight[: 6 * 4] = 0.0
    for conv in (first, second):
        conv.bias[:] = 0.0
    for dy in range(2):
        for dx in range(2):
            taps = torch.outer(step[dy], step[dx])
            phase = 2 * dy + dx  # pixel_shuffle takes channel 4 c + phase for output channel c
            for colour in range(3):
                first.weight[4 * colour + phase, small + colour] = taps
                second.weight[4 * colour + phase, colour] = taps
            for detail in range(12):
                # Detail channel 4 colour + (2 ey + ex) of the half-way image holds pixel (2 dy + ey, 2 dx + ex).
                colour, (ey, ex) = detail // 4, divmod(detail % 4, 2)
                source = 16 * colour + 4 * (2 * dy + ey) + 2 * dx + ex
                first.weight[4 * (3 + detail) + phase, :small] = light.tail.weight[source]
                first.bias[4 * (3 + detail) + phase] = light_bias[source]
    for colour in range(3):
        for phase in range(4):
            second.weight[4 * (3 + colour) + phase, 3 + 4 * colour + phase, 1, 1] = 1.0
    last = grown.conv3
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)  # type: ignore[arg-type]
    for colour in range(3):
        last.weight[colour, colour] = torch.outer(filter_taps, filter_taps)
        last.weight[colour, 3 + colour, 4, 4] = 1.0


@cache
def bicubic_in_two_steps() -> tuple[Tensor, Tensor]:
    """Bicubic enlargement by 4 as two enlargements by 2 with three taps a phase and one filter of nine taps.

    Found by least squares on one impulse; in two dimensions everything is the product of both directions.

    Returns:
        (2, 3) taps of the two phases, and (9,) taps of the filter.
    """
    impulse = torch.zeros(1, 3, 1, 13)
    impulse[..., 6] = 1.0
    # The kernel's negative lobes must not be clamped away.
    wanted = bicubic_upscale(impulse.expand(1, 3, 13, 13) * 0.5 + 0.25, _UPSCALE)[0, 0, 26].double()
    wanted = (wanted - 0.25) / 0.5
    step = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]], dtype=torch.float64)
    filter_taps = torch.zeros(9, dtype=torch.float64)
    filter_taps[4] = 1.0
    row = impulse[:, :1, 0].double()

    def enlarge(signal: Tensor) -> Tensor:
        phases = nn.functional.conv1d(signal, step[:, None], padding=1)  # (1, 2, n)
        return phases.transpose(1, 2).reshape(1, 1, -1)

    step.requires_grad_()
    filter_taps.requires_grad_()
    with torch.enable_grad():
        optimizer = torch.optim.LBFGS([step, filter_taps], max_iter=_FIT_STEPS, line_search_fn="strong_wolfe")

        def closure() -> Tensor:
            optimizer.zero_grad()
            made = nn.functional.conv1d(enlarge(enlarge(row)), filter_taps[None, None], padding=4)
            loss = (made[0, 0] - wanted).square().sum() * 1e4
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        for _ in range(10):
            optimizer.step(closure)  # type: ignore[no-untyped-call]
    return step.detach().float(), filter_taps.detach().float()
