"""numba kernels of Mamba's depthwise causal convolution and the SiLU after it, channels contiguous.

Layout and `reverse` as in `cpu_kernels`; a reversed convolution looks at later tokens. A work item is a block of
channels of one batch element, so that the gradients of weights need no locks. Whole blocks are read and written where
they are; the last one, where it is narrower, goes through buffers of a whole block's width.

Sizes: B batch, L tokens, D channels, W taps.
"""

from __future__ import annotations

import numpy as np

from vimd_core.ops.compiled import kernel
from vimd_core.ops.cpu_kernels import load_block, store_block
from vimd_core.ops.lane_steps import (
    BLOCK,
    convolve_silu_token,
    convolve_silu_token_backward,
    correlate_token,
)


@kernel
def _load_taps(weight, c0, width):  # type: ignore[no-untyped-def]
    """(D, W) -> (W, BLOCK), so that channels are contiguous."""
    taps = np.zeros((weight.shape[1], BLOCK), weight.dtype)
    for c in range(width):
        for k in range(weight.shape[1]):
            taps[k, c] = weight[c0 + c, k]
    return taps


@kernel
def _gather(flat, start, row, width, length):  # type: ignore[no-untyped-def]
    """The block's columns of all tokens, in rows of a whole block that end in zeros."""
    columns = np.empty(length * BLOCK, flat.dtype)
    buffer = np.empty(BLOCK, flat.dtype)
    for t in range(length):
        load_block(flat, start + t * row, width, buffer)
        columns[t * BLOCK : (t + 1) * BLOCK] = buffer
    return columns


@kernel
def _scatter(columns, flat, start, row, width, length):  # type: ignore[no-untyped-def]
    """The reverse of `_gather`, without the zeros."""
    for t in range(length):
        store_block(columns[t * BLOCK : (t + 1) * BLOCK], width, flat, start + t * row)


@kernel
def _convolve_item(x, start, row, taps, bias, reverse, length, out, out_start, out_row):  # type: ignore[no-untyped-def]
    """One whole block of one batch element."""
    num_taps = taps.shape[0]
    first = length - 1 if reverse else 0
    forth = -1 if reverse else 1
    for step in range(length):
        t = first + forth * step
        convolve_silu_token(
            x, start + t * row, forth * row, taps, bias, max(0, num_taps - 1 - step), num_taps, out,
            out_start + t * out_row,
        )  # fmt: skip


@kernel
def conv_forward(first_item, last_item, x, x_row, weight, bias_all, reverse, length, out):  # type: ignore[no-untyped-def]
    """Convolve and apply SiLU.

    Args:
        first_item, last_item: which of the B * blocks work items.
        x: flat input of D channels a row, and the row distance `x_row`.
        weight: (D, W); bias_all: (D,).
        out: (B * L * D,), written.
    """
    channels = weight.shape[0]
    blocks = (channels + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        taps = _load_taps(weight, c0, width)
        bias = np.empty(BLOCK, weight.dtype)
        load_block(bias_all, c0, width, bias)
        start, out_start = b * length * x_row + c0, b * length * channels + c0
        if width == BLOCK:
            _convolve_item(x, start, x_row, taps, bias, reverse, length, out, out_start, channels)
        else:
            columns = _gather(x, start, x_row, width, length)
            result = np.empty(length * BLOCK, weight.dtype)
            _convolve_item(columns, 0, BLOCK, taps, bias, reverse, length, result, 0, BLOCK)
            _scatter(result, out, out_start, channels, width, length)


@kernel
def _convolve_item_backward(  # type: ignore[no-untyped-def]
    x, start, row, taps, bias, reverse, length, grad_out, grad_x, grad_start, grad_row, g, g_taps, g_bias
):
    """Gradients of `_convolve_item`; `g` is scratch of (L * BLOCK,)."""
    num_taps = taps.shape[0]
    first = length - 1 if reverse else 0
    forth = -1 if reverse else 1
    for step in range(length):
        t = first + forth * step
        convolve_silu_token_backward(
            x, start + t * row, forth * row, taps, bias, max(0, num_taps - 1 - step), num_taps, grad_out,
            grad_start + t * grad_row, g, t * BLOCK, g_taps, g_bias,
        )  # fmt: skip
    for step in range(length):
        t = first + forth * step
        # A token's own tap is the last one, and the token after it meets it with the tap before that.
        correlate_token(
            g, t * BLOCK, -forth * BLOCK, taps, max(0, num_taps - (length - step)), num_taps, grad_x,
            grad_start + t * grad_row,
        )  # fmt: skip


@kernel
def conv_backward(  # type: ignore[no-untyped-def]
    first_item,
    last_item,
    x,
    x_row,
    weight,
    bias_all,
    reverse,
    length,
    grad_out,
    grad_x,
    grad_weight,
    grad_bias,
):
    """Gradients of `conv_forward`.

    Args:
        first_item, last_item: which of the B * blocks work items.
        grad_out: (B * L * D,).
        grad_x: (B * L * D,), written.
        grad_weight: (B, blocks, W, BLOCK); grad_bias: (B, blocks, BLOCK); written; the caller adds up the batch.
    """
    channels, num_taps = weight.shape
    blocks = (channels + BLOCK - 1) // BLOCK
    g = np.empty(length * BLOCK, weight.dtype)
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        taps = _load_taps(weight, c0, width)
        bias = np.empty(BLOCK, weight.dtype)
        load_block(bias_all, c0, width, bias)
        g_taps = np.zeros((num_taps, BLOCK), weight.dtype)
        g_bias = np.zeros(BLOCK, weight.dtype)
        start, grad_start = b * length * x_row + c0, b * length * channels + c0
        if width == BLOCK:
            _convolve_item_backward(
                x, start, x_row, taps, bias, reverse, length, grad_out, grad_x, grad_start, channels, g, g_taps,
                g_bias,
            )  # fmt: skip
        else:
            columns = _gather(x, start, x_row, width, length)
            incoming = _gather(grad_out, grad_start, channels, width, length)
            result = np.empty(length * BLOCK, weight.dtype)
            _convolve_item_backward(
                columns, 0, BLOCK, taps, bias, reverse, length, incoming, result, 0, BLOCK, g, g_taps, g_bias
            )
            _scatter(result, grad_x, grad_start, channels, width, length)
        grad_weight[b, block] = g_taps
        grad_bias[b, block] = g_bias
