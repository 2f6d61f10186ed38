"""Growing a light super-resolution network into an SRResNet."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from vimd_core.config import SuperResolutionConfig
from vimd_core.errors import ConfigError
from vimd_core.models.growth import bicubic_in_two_steps, grow_super_resolution
from vimd_core.models.super_resolution import LightSRResNet, SRResNet

torch.set_num_threads(1)


def _trained_light() -> LightSRResNet:
    torch.manual_seed(0)
    light = LightSRResNet(SuperResolutionConfig(architecture="light", channels=12, num_blocks=2)).eval()
    nn.init.normal_(light.tail.weight, std=0.02)
    nn.init.normal_(light.tail.bias, std=0.02)  # type: ignore[arg-type]
    return light


def test_a_grown_network_computes_what_the_small_one_did() -> None:
    light = _trained_light()
    grown = SRResNet(SuperResolutionConfig(channels=20, num_blocks=4)).eval()
    grow_super_resolution(light, grown)
    lr = torch.rand(2, 3, 16, 12) * 0.6 + 0.2
    inside = (..., slice(16, -16), slice(16, -16))  # both pad their borders in their own way
    difference = (grown(lr) - light(lr))[inside].abs().max()
    assert float(difference.detach()) < 0.05 / 255


def test_every_new_part_of_a_grown_network_can_learn() -> None:
    grown = SRResNet(SuperResolutionConfig(channels=20, num_blocks=4)).eval()
    grow_super_resolution(_trained_light(), grown)
    optimizer = torch.optim.Adam(grown.parameters(), lr=1e-3)
    lr, hr = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 32, 32)
    before = {name: value.clone() for name, value in grown.named_parameters()}
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.l1_loss(grown(lr), hr).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    unchanged = [name for name, value in grown.named_parameters() if torch.equal(value, before[name])]
    assert unchanged == []


def test_two_steps_and_a_filter_are_the_bicubic_kernel() -> None:
    step, filter_taps = bicubic_in_two_steps()
    # Flat areas stay flat, and both phases mirror each other.
    assert float(step[0].sum() ** 2 * filter_taps.sum()) == pytest.approx(1.0, abs=2e-3)
    torch.testing.assert_close(step[0], step[1].flip(0), atol=5e-3, rtol=0)


@pytest.mark.parametrize("sizes", [(14, 4), (20, 1)])
def test_growing_into_too_little_is_refused(sizes: tuple[int, int]) -> None:
    grown = SRResNet(SuperResolutionConfig(channels=sizes[0], num_blocks=sizes[1]))
    with pytest.raises(ConfigError, match="at least 15 channels and 2 blocks"):
        grow_super_resolution(_trained_light(), grown)
