"""numba kernels of Mamba's depthwise causal convolution and the SiLU after it, channels contiguous.

Layout and `reverse` as in `cpu_kernels`; a reversed convolution looks at later tokens. A work item is a block of
channels of one batch element, so that the gradients of weights need no locks.

Sizes: B batch, L tokens, D channels, W taps.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vimd_core.ops.cpu_kernels import JIT_OPTIONS, load_block, store_block
from vimd_core.ops.lane_steps import BLOCK, multiply_add_block, silu_block, silu_block_backward


@njit(**JIT_OPTIONS)
def _load_taps(weight, c0, width):  # type: ignore[no-untyped-def]
    """(D, W) -> (W, BLOCK), so that channels are contiguous."""
    taps = np.zeros((weight.shape[1], BLOCK), weight.dtype)
    for c in range(width):
        for k in range(weight.shape[1]):
            taps[k, c] = weight[c0 + c, k]
    return taps


@njit(**JIT_OPTIONS)
def _convolve(window, taps, bias, step, pre):  # type: ignore[no-untyped-def]
    """Values before SiLU of the token at `step`; row s % W of `window` holds token s, or 0 before the first."""
    num_taps = taps.shape[0]
    pre[:] = bias
    for k in range(num_taps):
        multiply_add_block(pre, taps[k], window[(step + 1 + k) % num_taps])


@njit(**JIT_OPTIONS)
def conv_forward(first_item, last_item, x, x_row, weight, bias_all, reverse, length, out):  # type: ignore[no-untyped-def]
    """Convolve and apply SiLU.

    Args:
        first_item, last_item: which of the B * blocks work items.
        x: flat input of D channels a row, and the row distance `x_row`.
        weight: (D, W); bias_all: (D,).
        out: (B * L * D,), written.
    """
    channels, num_taps = weight.shape
    blocks = (channels + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        taps = _load_taps(weight, c0, width)
        bias = np.empty(BLOCK, weight.dtype)
        load_block(bias_all, c0, width, bias)
        window = np.zeros((num_taps, BLOCK), weight.dtype)
        pre = np.empty(BLOCK, weight.dtype)
        for step in range(length):
            row = b * length + (length - 1 - step if reverse else step)
            load_block(x, row * x_row + c0, width, window[step % num_taps])
            _convolve(window, taps, bias, step, pre)
            silu_block(pre)
            store_block(pre, width, out, row * channels + c0)


@njit(**JIT_OPTIONS)
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
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        taps = _load_taps(weight, c0, width)
        bias = np.empty(BLOCK, weight.dtype)
        load_block(bias_all, c0, width, bias)
        window = np.zeros((num_taps, BLOCK), weight.dtype)
        # Row s % W gathers the gradient of token s until the last token that uses it has been seen.
        g_window = np.zeros((num_taps, BLOCK), weight.dtype)
        pre = np.empty(BLOCK, weight.dtype)
        g = np.empty(BLOCK, weight.dtype)
        g_taps = np.zeros((num_taps, BLOCK), weight.dtype)
        g_bias = np.zeros(BLOCK, weight.dtype)
        for step in range(length + num_taps - 1):
            if step < length:
                row = b * length + (length - 1 - step if reverse else step)
                load_block(x, row * x_row + c0, width, window[step % num_taps])
                load_block(grad_out, row * channels + c0, width, g)
                _convolve(window, taps, bias, step, pre)
                silu_block_backward(g, pre, g_bias)
                for k in range(num_taps):
                    slot = (step + 1 + k) % num_taps
                    multiply_add_block(g_taps[k], g, window[slot])
                    multiply_add_block(g_window[slot], taps[k], g)
            finished = g_window[(step + 1) % num_taps]
            done = step - (num_taps - 1)
            if done >= 0:
                done_row = b * length + (length - 1 - done if reverse else done)
                store_block(finished, width, grad_x, done_row * channels + c0)
            finished[:] = 0
        grad_weight[b, block] = g_taps
        grad_bias[b, block] = g_bias
