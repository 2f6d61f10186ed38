"""The selective scan and the causal convolution on processors: numba kernels behind autograd functions.

Sizes: B batch, L tokens, D channels, N state, W taps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.ops import conv_kernels, cpu_kernels
from vimd_core.ops.cpu_kernels import CHUNK
from vimd_core.ops.lane_steps import BLOCK

Array = npt.NDArray[Any]


def _rows(tensor: Tensor) -> tuple[Array, int]:
    """A flat view of (B, L, X) whose row b * L + t begins at (b * L + t) times the second result.

    Copies only when the last dimension is not contiguous or the rows are not evenly spaced.
    """
    tensor = tensor.detach()
    batch, length, width = tensor.shape
    strides = tensor.stride()
    evenly = strides[2] == 1 and (batch == 1 or strides[0] == length * strides[1]) and strides[1] >= width
    if not evenly:
        tensor = tensor.contiguous()
        strides = tensor.stride()
    row = strides[1] if length > 1 or batch > 1 else width
    size = max(0, (batch * length - 1) * row + width) if tensor.numel() else 0
    return tensor.as_strided((size,), (1,), tensor.storage_offset()).numpy(), row


def _array(tensor: Tensor) -> Array:
    array: Array = tensor.detach().contiguous().numpy()
    return array


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="vimd-scan")


def _share(kernel: Callable[..., None], items: int, *arguments: Any) -> None:
    """Run a kernel's work items on as many threads as torch uses, this one included."""
    threads = min(torch.get_num_threads(), items)
    if threads == 1:
        kernel(0, items, *arguments)
        return
    bounds = [items * i // threads for i in range(threads + 1)]
    others = [
        _pool(threads - 1).submit(kernel, first, last, *arguments) for first, last in pairwise(bounds[1:])
    ]
    kernel(bounds[0], bounds[1], *arguments)
    for other in others:
        other.result()


def _num_blocks(channels: int) -> int:
    return (channels + BLOCK - 1) // BLOCK


def _unblock(blocked: Array, channels: int) -> Tensor:
    """(B, blocks, ..., BLOCK) -> (channels, ...), added up over the batch."""
    total = torch.from_numpy(blocked.sum(axis=0))  # (blocks, ..., BLOCK)
    return total.movedim(-1, 1).flatten(0, 1)[:channels]


def _scan_inputs(tensors: Sequence[Tensor]) -> tuple[Any, ...]:
    """u, delta, A, B, C, D, z, delta_bias as the kernels take them."""
    u, delta, A, B, C, D, z, delta_bias = tensors
    return (
        *_rows(u), *_rows(delta), _array(A), *_rows(B), *_rows(C), _array(D), *_rows(z), _array(delta_bias),
    )  # fmt: skip


def _run_scan(tensors: Sequence[Tensor], *, reverse: bool, keep: bool) -> tuple[Tensor, Array]:
    """The result, and the states at the beginning of chunks (none unless `keep`)."""
    u, A = tensors[0], tensors[2]
    batch, length, channels = u.shape
    blocks = _num_blocks(channels)
    chunks = (length + CHUNK - 1) // CHUNK if keep else 0
    out = torch.empty(batch, length, channels, dtype=u.dtype)
    flat_out = out.view(-1).numpy()
    kept = np.empty((batch, blocks, chunks, A.shape[1], BLOCK), flat_out.dtype)
    _share(cpu_kernels.scan_forward, batch * blocks, *_scan_inputs(tensors), reverse, length, flat_out, kept)
    return out, kept


class _SelectiveScan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, reverse: bool, *tensors: Tensor) -> Tensor:
        out, kept = _run_scan(tensors, reverse=reverse, keep=True)
        ctx.save_for_backward(*tensors)
        ctx.reverse = reverse
        ctx.kept = kept
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        tensors = ctx.saved_tensors
        u, A = tensors[0], tensors[2]
        batch, length, channels = u.shape
        state_dim, blocks = A.shape[1], _num_blocks(channels)
        grads = [torch.empty(batch, length, channels, dtype=u.dtype) for _ in range(3)]
        incoming = _array(grad_out).reshape(-1)
        grad_b, grad_c = (np.empty((blocks, batch * length, state_dim), incoming.dtype) for _ in range(2))
        grad_a = np.empty((batch, blocks, state_dim, BLOCK), incoming.dtype)
        grad_skip, grad_bias = (np.empty((batch, blocks, BLOCK), incoming.dtype) for _ in range(2))
        _share(
            cpu_kernels.scan_backward, batch * blocks, *_scan_inputs(tensors), ctx.reverse, length, ctx.kept,
            incoming, *(grad.view(-1).numpy() for grad in grads), grad_b, grad_c, grad_a, grad_skip, grad_bias,
        )  # fmt: skip
        grad_u, grad_delta, grad_z = grads
        shape = (batch, length, state_dim)
        return (
            None,
            grad_u,
            grad_delta,
            _unblock(grad_a, channels),  # (B, blocks, N, BLOCK) -> (D, N)
            torch.from_numpy(grad_b.sum(axis=0)).view(shape),
            torch.from_numpy(grad_c.sum(axis=0)).view(shape),
            _unblock(grad_skip, channels),
            grad_z,
            _unblock(grad_bias, channels),
        )


class _CausalConvSilu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, reverse: bool) -> Tensor:
        ctx.save_for_backward(x, weight, bias)
        ctx.reverse = reverse
        return _run_conv(x, weight, bias, reverse)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, bias = ctx.saved_tensors
        batch, length, channels = x.shape
        blocks = _num_blocks(channels)
        grad_x = torch.empty(batch, length, channels, dtype=x.dtype)
        parameter = _array(weight)
        grad_weight = np.empty((batch, blocks, weight.shape[1], BLOCK), parameter.dtype)
        grad_bias = np.empty((batch, blocks, BLOCK), parameter.dtype)
        _share(
            conv_kernels.conv_backward, batch * blocks, *_rows(x), parameter, _array(bias), ctx.reverse, length,
            _array(grad_out).reshape(-1), grad_x.view(-1).numpy(), grad_weight, grad_bias,
        )  # fmt: skip
        return grad_x, _unblock(grad_weight, channels), _unblock(grad_bias, channels), None


def _run_conv(x: Tensor, weight: Tensor, bias: Tensor, reverse: bool) -> Tensor:
    batch, length, channels = x.shape
    out = torch.empty(batch, length, channels, dtype=x.dtype)
    _share(
        conv_kernels.conv_forward, batch * _num_blocks(channels), *_rows(x), _array(weight), _array(bias), reverse,
        length, out.view(-1).numpy(),
    )  # fmt: skip
    return out


def selective_scan_cpu(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    z: Tensor,
    delta_bias: Tensor,
    *,
    reverse: bool = False,
) -> Tensor:
    """Scan one direction; arguments and result as in `vimd_core.ops.scan.selective_scan`."""
    tensors = (u, delta, A, B, C, D, z, delta_bias)
    if torch.is_grad_enabled() and any(t.requires_grad for t in tensors):
        out: Tensor = _SelectiveScan.apply(reverse, *tensors)  # type: ignore[no-untyped-call]
        return out
    return _run_scan(tensors, reverse=reverse, keep=False)[0]


def causal_conv_silu_cpu(x: Tensor, weight: Tensor, bias: Tensor, *, reverse: bool = False) -> Tensor:
    """Convolve one direction; arguments and result as in `vimd_core.ops.scan.causal_conv_silu`."""
    if torch.is_grad_enabled() and any(t.requires_grad for t in (x, weight, bias)):
        out: Tensor = _CausalConvSilu.apply(x, weight, bias, reverse)  # type: ignore[no-untyped-call]
        return out
    return _run_conv(x, weight, bias, reverse)
