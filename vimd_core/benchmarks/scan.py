"""`vimd benchmark scan`: the selective scan's backends on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.ops.scan import selective_scan

# One direction of one layer of the paper's network: batch, tokens, channels, state.
BATCH, LENGTH, CHANNELS, STATE = 1, 730, 384, 16
REPEATS = 15


def scan_inputs(batch: int = BATCH, *, requires_grad: bool = False) -> list[Tensor]:
    """u, delta, A, B, C, D, z, delta_bias of typical sizes and values, float32."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    inputs = [
        normal(batch, LENGTH, CHANNELS),
        normal(batch, LENGTH, CHANNELS) * 0.5,
        -torch.arange(1.0, STATE + 1).repeat(CHANNELS, 1),
        normal(batch, LENGTH, STATE),
        normal(batch, LENGTH, STATE),
        torch.ones(CHANNELS),
        normal(batch, LENGTH, CHANNELS),
        normal(CHANNELS) - 4.0,
    ]
    return [value.requires_grad_(requires_grad) for value in inputs]


def forward(scan: Callable[..., Tensor]) -> Callable[[], object]:
    """A function that scans without gradients."""
    inputs = scan_inputs()

    def run_once() -> Tensor:
        with torch.inference_mode():
            return scan(*inputs)

    return run_once


def forward_and_backward(scan: Callable[..., Tensor]) -> Callable[[], object]:
    """A function that scans and computes all gradients."""
    inputs = scan_inputs(requires_grad=True)

    def run_once() -> None:
        for value in inputs:
            value.grad = None
        scan(*inputs).sum().backward()  # type: ignore[no-untyped-call]

    return run_once


def cpu(*tensors: Tensor) -> Tensor:
    """Our numba kernels."""
    return selective_scan(*tensors, backend="cpu")


def reference(*tensors: Tensor) -> Tensor:
    """Our plain PyTorch."""
    return selective_scan(*tensors, backend="reference")


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time each backend that is there, forward and with gradients."""
    rows = []
    for name, prepare in (("forward", forward), ("forward + backward", forward_and_backward)):
        times = interleaved_medians_ms({"cpu": prepare(cpu), "reference": prepare(reference)}, REPEATS)
        rows.append(
            BenchmarkRow(
                f"scan cpu, {name}", times["cpu"], "ms", "reference", times["reference"] / times["cpu"]
            )
        )
        rows.append(BenchmarkRow(f"scan reference, {name}", times["reference"], "ms"))
    return rows
