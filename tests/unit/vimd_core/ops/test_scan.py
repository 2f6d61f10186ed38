"""Every backend of the selective scan and of the convolution, against the reference in float64."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.errors import BackendError
from vimd_core.ops.mamba_ssm import selective_scan_mamba_ssm
from vimd_core.ops.reference import selective_scan_reference
from vimd_core.ops.scan import causal_conv_silu, choose_backend, selective_scan

torch.set_num_threads(1)


def scan_inputs(batch: int, length: int, channels: int, state_dim: int, dtype: torch.dtype) -> list[Tensor]:
    generator = torch.Generator().manual_seed(length * 1000 + channels)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    inputs = [
        normal(batch, length, channels),
        normal(batch, length, channels) - 1.0,
        -torch.exp(normal(channels, state_dim)),
        normal(batch, length, state_dim),
        normal(batch, length, state_dim),
        normal(channels),
        normal(batch, length, channels),
        normal(channels) * 0.5,
    ]
    return [value.to(dtype) for value in inputs]


def relative_error(ours: Tensor, expected: Tensor) -> float:
    ours, expected = ours.detach().double(), expected.detach().double()
    return float((ours - expected).abs().max() / expected.abs().max().clamp_min(1e-30))


SIZES = [(1, 1, 3, 2), (2, 7, 64, 16), (1, 50, 100, 16), (3, 33, 20, 5), (2, 130, 129, 8)]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_cpu_scan_and_its_gradients_equal_the_float64_reference(size: tuple[int, ...], reverse: bool) -> None:
    exact = [value.requires_grad_() for value in scan_inputs(*size, torch.float64)]
    single = [value.detach().float().requires_grad_() for value in exact]
    expected = selective_scan_reference(*exact, reverse=reverse)
    ours = selective_scan(*single, reverse=reverse, backend="cpu")
    assert relative_error(ours, expected) < 1e-5
    weight = torch.randn(expected.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    (expected * weight).sum().backward()
    (ours * weight.float()).sum().backward()
    for name, mine, truth in zip(("u", "delta", "A", "B", "C", "D", "z", "bias"), single, exact, strict=True):
        assert mine.grad is not None and truth.grad is not None
        assert relative_error(mine.grad, truth.grad) < 2e-5, name


@pytest.mark.parametrize("backend", ["reference", "cpu"])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_gradcheck_in_float64(backend: str, reverse: bool) -> None:
    inputs = tuple(value.requires_grad_() for value in scan_inputs(2, 19, 5, 3, torch.float64))
    assert torch.autograd.gradcheck(
        lambda *values: selective_scan(*values, reverse=reverse, backend=backend),  # type: ignore[arg-type]
        inputs,
        fast_mode=False,
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_conv_gradcheck_in_float64(reverse: bool) -> None:
    x, weight, bias = (
        torch.randn(2, 9, 5, dtype=torch.float64),
        torch.randn(5, 4, dtype=torch.float64),
        torch.randn(5, dtype=torch.float64),
    )
    inputs = tuple(value.requires_grad_() for value in (x, weight, bias))
    assert torch.autograd.gradcheck(lambda *v: causal_conv_silu(*v, reverse=reverse, backend="cpu"), inputs)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [1, 2, 3, 40])
def test_conv_equals_torch(length: int, reverse: bool) -> None:
    x, weight, bias = torch.randn(2, length, 70), torch.randn(70, 4), torch.randn(70)
    expected = causal_conv_silu(x, weight, bias, reverse=reverse, backend="reference")
    assert relative_error(causal_conv_silu(x, weight, bias, reverse=reverse, backend="cpu"), expected) < 1e-5


def test_reverse_is_the_flipped_forward_scan() -> None:
    inputs = scan_inputs(2, 11, 6, 4, torch.float64)
    flipped = [value.flip(1) if value.ndim == 3 else value for value in inputs]
    for backend in ("reference", "cpu"):
        reversed_scan = selective_scan(*inputs, reverse=True, backend=backend)  # type: ignore[arg-type]
        forward_scan = selective_scan(*flipped, backend=backend)  # type: ignore[arg-type]
        torch.testing.assert_close(reversed_scan, forward_scan.flip(1))


def test_cpu_scan_reads_parts_of_wider_tensors_in_place() -> None:
    u, delta, A, B, C, D, z, bias = scan_inputs(2, 9, 12, 4, torch.float32)
    wide = torch.cat([u, z], dim=2)
    projected = torch.cat([torch.randn(2, 9, 3), B, C], dim=2)
    u_part, z_part = wide.chunk(2, dim=2)
    _, b_part, c_part = projected.split([3, 4, 4], dim=2)
    expected = selective_scan(u, delta, A, B, C, D, z, bias, backend="cpu")
    ours = selective_scan(u_part, delta, A, b_part, c_part, D, z_part, bias, backend="cpu")
    assert torch.equal(ours, expected)
    transposed = u.transpose(1, 2).contiguous().transpose(1, 2)
    assert torch.equal(selective_scan(transposed, delta, A, B, C, D, z, bias, backend="cpu"), expected)


def test_cpu_scan_survives_extreme_time_steps() -> None:
    u, _, A, B, C, D, z, bias = scan_inputs(1, 20, 8, 4, torch.float64)
    delta = torch.linspace(-200, 200, 20, dtype=torch.float64).view(1, 20, 1).expand(1, 20, 8).contiguous()
    gate = z * 100
    expected = selective_scan_reference(u, delta, A, B, C, D, gate, bias)
    ours = selective_scan(*(v.float() for v in (u, delta, A, B, C, D, gate, bias)), backend="cpu")
    assert torch.isfinite(ours).all()
    assert relative_error(ours, expected) < 1e-5


def test_half_precision_inputs_are_scanned_in_float32() -> None:
    inputs = scan_inputs(1, 40, 16, 8, torch.float32)
    half = [value.bfloat16() if value.ndim == 3 else value for value in inputs]
    ours = selective_scan(*half, backend="cpu")
    assert ours.dtype == torch.bfloat16
    assert relative_error(ours, selective_scan(*inputs, backend="reference")) < 0.05


def published_scan(u, delta, A, B, C, D, *, z, delta_bias, delta_softplus):  # type: ignore[no-untyped-def]
    """The contract of mamba-ssm's operator, channels first, written from its documentation."""
    assert delta_softplus
    dt = functional.softplus(delta + delta_bias[:, None])
    state = u.new_zeros(u.shape[0], u.shape[1], A.shape[1])
    columns = []
    for t in range(u.shape[2]):
        state = torch.exp(dt[:, :, t, None] * A) * state + (dt * u)[:, :, t, None] * B[:, None, :, t]
        columns.append((state * C[:, None, :, t]).sum(-1))
    return (torch.stack(columns, 2) + D[:, None] * u) * functional.silu(z)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("length", [1, 3, 9])
def test_conv_gradients_of_whole_blocks_and_a_rest(length: int, reverse: bool) -> None:
    torch.manual_seed(0)
    # Two whole blocks of channels and a narrow one; a part of wider rows, as in_proj gives them.
    wide = torch.randn(2, length, 2 * 133, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(133, 4, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(133, dtype=torch.float64, requires_grad=True)
    incoming = torch.randn(2, length, 133, dtype=torch.float64)
    ours, expected = (
        torch.autograd.grad(
            causal_conv_silu(wide[..., :133], weight, bias, reverse=reverse, backend=backend),
            (wide, weight, bias),
            incoming,
        )
        for backend in ("cpu", "reference")
    )
    for gradient, reference in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, reference)


@pytest.mark.parametrize("reverse", [False, True])
def test_mamba_ssm_adapter_translates_layout_and_direction(reverse: bool) -> None:
    inputs = scan_inputs(2, 13, 6, 4, torch.float32)
    ours = selective_scan_mamba_ssm(*inputs, reverse=reverse, kernel=published_scan)
    assert relative_error(ours, selective_scan_reference(*inputs, reverse=reverse)) < 1e-5


def test_unusable_backends_are_refused_in_words() -> None:
    with pytest.raises(BackendError, match="CUDA"):
        choose_backend("cpu", "mamba_ssm")
    with pytest.raises(BackendError, match="no scan backend"):
        choose_backend("cpu", "fortran")  # type: ignore[arg-type]
    assert choose_backend("cpu") == "cpu"
    assert choose_backend("mps") == "reference"
