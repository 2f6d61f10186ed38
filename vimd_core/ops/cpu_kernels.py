"""numba kernels of the selective scan, channels contiguous.

Every tensor comes as a flat view and the distance between its rows, so that parts of a wider tensor (z of in_proj's
output, B and C of x_proj's) are read where they are; row b * L + t is token t of batch b. Channels are worked on in
blocks of `BLOCK`: the states of a block fit the first-level cache, and the inner loops over channels become vector
instructions. `reverse` walks the tokens from the last to the first. The forward pass keeps the state at every
`CHUNK`-th step; the backward pass recomputes the steps between, so no (L, D, N) tensor exists.

A work item is one block of channels of one batch element; kernels run without the interpreter lock, so ordinary
threads share the items. (numba's own threads would be a second OpenMP runtime beside torch's, and the two starve
each other.)

Sizes: B batch, L tokens, D channels, N state. Names in kernels: `n` state, `c` channel in its block.
Source of the recurrence: Gu & Dao, arXiv 2312.00752, section 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from vimd_core.ops.fast_math import LOG2_E, exp2_nonpositive, log1p_unit

BLOCK = 64
CHUNK = 16
JIT_OPTIONS: dict[str, Any] = {
    "cache": True,
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
    "nogil": True,
    "error_model": "numpy",
}


@njit(**JIT_OPTIONS)
def load_block(flat, start, width, target):  # type: ignore[no-untyped-def]
    """Copy `width` values into a block buffer; the rest of the buffer becomes 0."""
    if width == BLOCK:
        for c in range(BLOCK):
            target[c] = flat[start + c]
    else:
        for c in range(width):
            target[c] = flat[start + c]
        for c in range(width, BLOCK):
            target[c] = 0


@njit(**JIT_OPTIONS)
def store_block(source, width, flat, start):  # type: ignore[no-untyped-def]
    """Copy the first `width` values of a block buffer out."""
    if width == BLOCK:
        for c in range(BLOCK):
            flat[start + c] = source[c]
    else:
        for c in range(width):
            flat[start + c] = source[c]


@njit(**JIT_OPTIONS)
def sigmoid(x, one, log2_e):  # type: ignore[no-untyped-def]
    """Logistic function; the constants come in the wanted type, since a Python float would make it double."""
    e = exp2_nonpositive(-abs(x) * log2_e)
    return (one if x >= one - one else e) / (one + e)


@njit(**JIT_OPTIONS)
def _scan_block_forward(  # type: ignore[no-untyped-def]
    b, block, u, u_row, delta, delta_row, A, b_rows, b_row, c_rows, c_row, D, z, z_row, delta_bias, reverse, length,
    out, kept,
):  # fmt: skip
    """One block of channels of one batch element."""
    channels, state_dim = A.shape
    one = A.dtype.type(1)
    zero = A.dtype.type(0)
    log2_e = one * A.dtype.type(LOG2_E)
    keep = kept.shape[2] > 0
    c0 = block * BLOCK
    width = min(BLOCK, channels - c0)
    a2 = np.zeros((state_dim, BLOCK), A.dtype)
    h = np.zeros((state_dim, BLOCK), A.dtype)
    bias = np.zeros(BLOCK, A.dtype)
    skip = np.zeros(BLOCK, A.dtype)
    dt = np.empty(BLOCK, A.dtype)
    drive = np.empty(BLOCK, A.dtype)
    y = np.empty(BLOCK, A.dtype)
    gate = np.empty(BLOCK, A.dtype)
    for c in range(width):
        for n in range(state_dim):
            a2[n, c] = A[c0 + c, n] * log2_e
        bias[c] = delta_bias[c0 + c]
        skip[c] = D[c0 + c]
    for step in range(length):
        row = b * length + (length - 1 - step if reverse else step)
        if keep and step % CHUNK == 0:
            kept[b, block, step // CHUNK] = h
        load_block(delta, row * delta_row + c0, width, dt)
        load_block(u, row * u_row + c0, width, drive)
        load_block(z, row * z_row + c0, width, gate)
        for c in range(BLOCK):
            x = dt[c] + bias[c]
            dt[c] = max(x, zero) + log1p_unit(exp2_nonpositive(-abs(x) * log2_e))
            y[c] = skip[c] * drive[c]
            drive[c] = dt[c] * drive[c]
        for n in range(state_dim):
            b_n = b_rows[row * b_row + n]
            c_n = c_rows[row * c_row + n]
            for c in range(BLOCK):
                state = exp2_nonpositive(dt[c] * a2[n, c]) * h[n, c] + drive[c] * b_n
                h[n, c] = state
                y[c] += state * c_n
        for c in range(BLOCK):
            y[c] *= gate[c] * sigmoid(gate[c], one, log2_e)
        store_block(y, width, out, row * channels + c0)


@njit(**JIT_OPTIONS)
def scan_forward(  # type: ignore[no-untyped-def]
    first_item,
    last_item,
    u,
    u_row,
    delta,
    delta_row,
    A,
    b_rows,
    b_row,
    c_rows,
    c_row,
    D,
    z,
    z_row,
    delta_bias,
    reverse,
    length,
    out,
    kept,
):
    """Scan one direction.

    Args:
        first_item, last_item: which of the B * blocks work items, so that threads can share them.
        u, delta, z: flat inputs of D channels a row, and their row distances.
        A: (D, N), negative.
        b_rows, c_rows: flat, B and C of N values a row, and their row distances.
        D, delta_bias: (D,).
        out: (B * L * D,), written.
        kept: (B, blocks, chunks, N, BLOCK), the states at the beginning of chunks; not written when it has 0 chunks.
    """
    blocks = (A.shape[0] + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        _scan_block_forward(
            item // blocks, item % blocks, u, u_row, delta, delta_row, A, b_rows, b_row, c_rows, c_row, D, z, z_row,
            delta_bias, reverse, length, out, kept,
        )  # fmt: skip


@njit(**JIT_OPTIONS)
def _scan_block_backward(  # type: ignore[no-untyped-def]
    b, block, u, u_row, delta, delta_row, A, b_rows, b_row, c_rows, c_row, D, z, z_row, delta_bias, reverse, length,
    kept, grad_out, grad_u, grad_delta, grad_z, grad_b, grad_c, grad_A, grad_D, grad_bias,
):  # fmt: skip
    """Gradients of one block of channels of one batch element."""
    channels, state_dim = A.shape
    chunks = (length + CHUNK - 1) // CHUNK
    one = A.dtype.type(1)
    zero = A.dtype.type(0)
    log2_e = one * A.dtype.type(LOG2_E)
    c0 = block * BLOCK
    width = min(BLOCK, channels - c0)
    a = np.zeros((state_dim, BLOCK), A.dtype)
    bias = np.zeros(BLOCK, A.dtype)
    skip = np.zeros(BLOCK, A.dtype)
    states = np.empty((CHUNK + 1, state_dim, BLOCK), A.dtype)
    decays = np.empty((CHUNK, state_dim, BLOCK), A.dtype)
    x_dt = np.empty((CHUNK, BLOCK), A.dtype)
    dt = np.empty((CHUNK, BLOCK), A.dtype)
    u_block = np.empty((CHUNK, BLOCK), A.dtype)
    y = np.empty((CHUNK, BLOCK), A.dtype)
    drive = np.empty(BLOCK, A.dtype)
    gate = np.empty(BLOCK, A.dtype)
    g_y = np.empty(BLOCK, A.dtype)
    g_u = np.empty(BLOCK, A.dtype)
    g_dt = np.empty(BLOCK, A.dtype)
    g_drive = np.empty(BLOCK, A.dtype)
    g_state = np.zeros((state_dim, BLOCK), A.dtype)
    g_a = np.zeros((state_dim, BLOCK), A.dtype)
    g_skip = np.zeros(BLOCK, A.dtype)
    g_bias = np.zeros(BLOCK, A.dtype)
    for c in range(width):
        for n in range(state_dim):
            a[n, c] = A[c0 + c, n]
        bias[c] = delta_bias[c0 + c]
        skip[c] = D[c0 + c]
    for chunk in range(chunks - 1, -1, -1):
        first = chunk * CHUNK
        steps = min(CHUNK, length - first)
        states[0] = kept[b, block, chunk]
        for k in range(steps):
            step = first + k
            row = b * length + (length - 1 - step if reverse else step)
            load_block(delta, row * delta_row + c0, width, x_dt[k])
            load_block(u, row * u_row + c0, width, u_block[k])
            for c in range(BLOCK):
                x = x_dt[k, c] + bias[c]
                x_dt[k, c] = x
                dt[k, c] = max(x, zero) + log1p_unit(exp2_nonpositive(-abs(x) * log2_e))
                y[k, c] = skip[c] * u_block[k, c]
                drive[c] = dt[k, c] * u_block[k, c]
            for n in range(state_dim):
                b_n = b_rows[row * b_row + n]
                c_n = c_rows[row * c_row + n]
                for c in range(BLOCK):
                    decay = exp2_nonpositive(dt[k, c] * a[n, c] * log2_e)
                    state = decay * states[k, n, c] + drive[c] * b_n
                    decays[k, n, c] = decay
                    states[k + 1, n, c] = state
                    y[k, c] += state * c_n
        for k in range(steps - 1, -1, -1):
            step = first + k
            row = b * length + (length - 1 - step if reverse else step)
            load_block(grad_out, row * channels + c0, width, g_y)
            load_block(z, row * z_row + c0, width, gate)
            for c in range(BLOCK):
                s = sigmoid(gate[c], one, log2_e)
                g = g_y[c]
                g_y[c] = g * gate[c] * s
                gate[c] = g * y[k, c] * s * (one + gate[c] * (one - s))
                g_u[c] = g_y[c] * skip[c]
                g_skip[c] += g_y[c] * u_block[k, c]
                drive[c] = dt[k, c] * u_block[k, c]
                g_dt[c] = zero
                g_drive[c] = zero
            store_block(gate, width, grad_z, row * channels + c0)
            for n in range(state_dim):
                b_n = b_rows[row * b_row + n]
                c_n = c_rows[row * c_row + n]
                sum_b = zero
                sum_c = zero
                for c in range(BLOCK):
                    g = g_state[n, c] + g_y[c] * c_n
                    sum_c += g_y[c] * states[k + 1, n, c]
                    sum_b += g * drive[c]
                    g_drive[c] += g * b_n
                    g = g * decays[k, n, c]
                    g_state[n, c] = g
                    through_decay = g * states[k, n, c]
                    g_dt[c] += through_decay * a[n, c]
                    g_a[n, c] += through_decay * dt[k, c]
                grad_b[block, row, n] = sum_b
                grad_c[block, row, n] = sum_c
            for c in range(BLOCK):
                g_u[c] += g_drive[c] * dt[k, c]
                g_dt[c] = (g_dt[c] + g_drive[c] * u_block[k, c]) * sigmoid(x_dt[k, c], one, log2_e)
                g_bias[c] += g_dt[c]
            store_block(g_u, width, grad_u, row * channels + c0)
            store_block(g_dt, width, grad_delta, row * channels + c0)
    grad_A[b, block] = g_a
    grad_D[b, block] = g_skip
    grad_bias[b, block] = g_bias


@njit(**JIT_OPTIONS)
def scan_backward(  # type: ignore[no-untyped-def]
    first_item, last_item, u, u_row, delta, delta_row, A, b_rows, b_row, c_rows, c_row, D, z, z_row, delta_bias,
    reverse, length, kept, grad_out, grad_u, grad_delta, grad_z, grad_b, grad_c, grad_A, grad_D, grad_bias,
):  # fmt: skip
    """Gradients of `scan_forward`.

    Args:
        first_item, last_item: which of the B * blocks work items.
        kept: what the forward pass kept.
        grad_out: (B * L * D,).
        grad_u, grad_delta, grad_z: (B * L * D,), written.
        grad_b, grad_c: (blocks, B * L, N), written; the caller adds up the blocks.
        grad_A: (B, blocks, N, BLOCK); grad_D, grad_bias: (B, blocks, BLOCK); written; the caller adds up the batch.
    """
    blocks = (A.shape[0] + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        _scan_block_backward(
            item // blocks, item % blocks, u, u_row, delta, delta_row, A, b_rows, b_row, c_rows, c_row, D, z, z_row,
            delta_bias, reverse, length, kept, grad_out, grad_u, grad_delta, grad_z, grad_b, grad_c, grad_A, grad_D,
            grad_bias,
        )  # fmt: skip
