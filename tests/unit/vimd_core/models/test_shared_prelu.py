"""The quick PReLU of processors does what torch's own does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from vimd_core.models.shared_prelu import SharedPReLU


@pytest.mark.parametrize("slope", [0.25, 0.0, -0.5, 1.5])
def test_outputs_and_gradients_are_those_of_torch(slope: float) -> None:
    generator = torch.Generator().manual_seed(0)
    values, gradient = (torch.randn(2, 3, 5, 7, generator=generator) for _ in range(2))
    values[0, 0, 0, :3] = 0.0
    results = []
    for module in (nn.PReLU(), SharedPReLU()):
        nn.init.constant_(module.weight, slope)
        x = values.clone().to(memory_format=torch.channels_last).requires_grad_()
        y = module(x)
        y.backward(gradient)
        results.append((y.detach(), x.grad, module.weight.grad))
    torch.testing.assert_close(results[1], results[0])


def test_gradients_in_bfloat16_are_near_those_in_float32() -> None:
    values = torch.randn(4, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    module, exact = SharedPReLU(), nn.PReLU()
    with torch.autocast("cpu", torch.bfloat16):
        module(values.bfloat16()).sum().backward()
    exact(values).sum().backward()
    torch.testing.assert_close(module.weight.grad, exact.weight.grad, rtol=0.02, atol=0.0)


def test_a_slope_that_is_frozen_gets_no_gradient() -> None:
    module = SharedPReLU().requires_grad_(False)
    x = torch.tensor([-2.0, 3.0], requires_grad=True)
    module(x).sum().backward()
    assert module.weight.grad is None
    assert x.grad is not None and x.grad.tolist() == [0.25, 1.0]


def test_weights_go_by_the_same_name() -> None:
    assert SharedPReLU().state_dict().keys() == nn.PReLU().state_dict().keys()
