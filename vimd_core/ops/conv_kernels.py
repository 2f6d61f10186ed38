"""numba kernels of Mamba's depthwise causal convolution and the SiLU after it, channels contiguous.

Layout and `reverse` as in `cpu_kernels`; a reversed convolution looks at later tokens. A work item is a block of
channels of one batch element, so that the gradients of weights need no locks.

Sizes: B batch, L tokens, D channels, W taps.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vimd_core.ops.cpu_kernels import BLOCK, JIT_OPTIONS, load_block, sigmoid, store_block
from vimd_core.ops.fast_math import LOG2_E


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
    for c in range(BLOCK):
        pre[c] = bias[c]
    for k in range(num_taps):
        tap = taps[k]
        source = window[(step + 1 + k) % num_taps]
        for c in range(BLOCK):
            pre[c] += tap[c] * source[c]


@njit(**JIT_OPTIONS)
def _conv_block_forward(b, block, x, x_row, weight, bias_all, reverse, length, out):  # type: ignore[no-untyped-def]
    channels, num_taps = weight.shape
    one = weight.dtype.type(1)
    log2_e = weight.dtype.type(LOG2_E)
    c0 = block * BLOCK
    width = min(BLOCK, channels - c0)
    taps = _load_taps(weight, c0, width)
    bias = np.zeros(BLOCK, weight.dtype)
    load_block(bias_all, c0, width, bias)
    window = np.zeros((num_taps, BLOCK), weight.dtype)
    pre = np.empty(BLOCK, weight.dtype)
    for step in range(length):
        row = b * length + (length - 1 - step if reverse else step)
        load_block(x, row * x_row + c0, width, window[step % num_taps])
        _convolve(window, taps, bias, step, pre)
        for c in range(BLOCK):
            pre[c] *= sigmoid(pre[c], one, log2_e)
        store_block(pre, width, out, row * channels + c0)


@njit(**JIT_OPTIONS)
def _conv_block_backward(  # type: ignore[no-untyped-def]
    b, block, x, x_row, weight, bias_all, reverse, length, grad_out, grad_x, grad_weight, grad_bias
):
    channels, num_taps = weight.shape
    one = weight.dtype.type(1)
    zero = weight.dtype.type(0)
    log2_e = weight.dtype.type(LOG2_E)
    c0 = block * BLOCK
    width = min(BLOCK, channels - c0)
    taps = _load_taps(weight, c0, width)
    bias = np.zeros(BLOCK, weight.dtype)
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
            for c in range(BLOCK):
                s = sigmoid(pre[c], one, log2_e)
                g[c] *= s * (one + pre[c] * (one - s))
                g_bias[c] += g[c]
            for k in range(num_taps):
                source = window[(step + 1 + k) % num_taps]
                g_source = g_window[(step + 1 + k) % num_taps]
                g_tap = g_taps[k]
                tap = taps[k]
                for c in range(BLOCK):
                    g_tap[c] += g[c] * source[c]
                    g_source[c] += tap[c] * g[c]
        done = step - (num_taps - 1)
        finished = g_window[(step + 1) % num_taps]
        if done >= 0:
            done_row = b * length + (length - 1 - done if reverse else done)
            store_block(finished, width, grad_x, done_row * channels + c0)
        for c in range(BLOCK):
            finished[c] = zero
    grad_weight[b, block] = g_taps
    grad_bias[b, block] = g_bias


@njit(**JIT_OPTIONS)
def conv_forward(first_item, last_item, x, x_row, weight, bias, reverse, length, out):  # type: ignore[no-untyped-def]
    """Convolve and apply SiLU.

    Args:
        first_item, last_item: which of the B * blocks work items.
        x: flat input of D channels a row, and the row distance `x_row`.
        weight: (D, W); bias: (D,).
        out: (B * L * D,), written.
    """
    blocks = (weight.shape[0] + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        _conv_block_forward(item // blocks, item % blocks, x, x_row, weight, bias, reverse, length, out)


@njit(**JIT_OPTIONS)
def conv_backward(  # type: ignore[no-untyped-def]
    first_item, last_item, x, x_row, weight, bias, reverse, length, grad_out, grad_x, grad_weight, grad_bias
):
    """Gradients of `conv_forward`.

    Args:
        first_item, last_item: which of the B * blocks work items.
        grad_out: (B * L * D,).
        grad_x: (B * L * D,), written.
        grad_weight: (B, blocks, W, BLOCK); grad_bias: (B, blocks, BLOCK); written; the caller adds up the batch.
    """
    blocks = (weight.shape[0] + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        _conv_block_backward(
            item // blocks, item % blocks, x, x_row, weight, bias, reverse, length, grad_out, grad_x, grad_weight,
            grad_bias,
        )  # fmt: skip
