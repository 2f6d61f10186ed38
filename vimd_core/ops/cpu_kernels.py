"""numba kernels of the selective scan, channels contiguous.

Every tensor comes as a flat view and the distance between its rows, so that parts of a wider tensor (z of in_proj's
output, B and C of x_proj's) are read where they are; row b * L + t is token t of batch b. Channels are worked on in
blocks of `BLOCK`: the states of a block fit the first-level cache, and `lane_steps` works on several channels at
once. `reverse` walks the tokens from the last to the first. The forward pass keeps the state at every
`CHUNK`-th step; the backward pass recomputes the steps between, so no (L, D, N) tensor exists.

A work item is one block of channels of one batch element; kernels run without the interpreter lock, so ordinary
threads share the items. (numba's own threads would be a second OpenMP runtime beside torch's, and the two starve
each other.)

Sizes: B batch, L tokens, D channels, N state. Names in kernels: `n` state, `c` channel in its block.
Source of the recurrence: Gu & Dao, arXiv 2312.00752, section 3.
"""

from __future__ import annotations

import numpy as np

from vimd_core.ops.compiled import kernel
from vimd_core.ops.lane_steps import (
    BLOCK,
    add_bias_softplus,
    advance_states,
    advance_states_keeping,
    copy_block,
    finish_token_backward,
    gate_token,
    gate_token_backward,
    prefetch_block,
    prepare_token,
    states_backward,
)
from vimd_core.ops.simd import LANES, LOG2_E

CHUNK = 16


@kernel
def load_block(flat, start, width, target):  # type: ignore[no-untyped-def]
    """Copy `width` values into a block buffer; the rest of the buffer becomes 0."""
    if width == BLOCK:
        copy_block(flat, start, target, 0)
    else:
        for c in range(width):
            target[c] = flat[start + c]
        for c in range(width, BLOCK):
            target[c] = 0


@kernel
def store_block(source, width, flat, start):  # type: ignore[no-untyped-def]
    """Copy the first `width` values of a block buffer out."""
    if width == BLOCK:
        copy_block(source, 0, flat, start)
    else:
        for c in range(width):
            flat[start + c] = source[c]


@kernel
def _load_parameters(A, c0, width, scale):  # type: ignore[no-untyped-def]
    """(D, N) -> (N, BLOCK), so that channels are contiguous."""
    a = np.zeros((A.shape[1], BLOCK), A.dtype)
    for c in range(width):
        for n in range(A.shape[1]):
            a[n, c] = A[c0 + c, n] * scale
    return a


@kernel
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
    channels, state_dim = A.shape
    keep = kept.shape[2] > 0
    ahead = -1 if reverse else 1
    blocks = (channels + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        a2 = _load_parameters(A, c0, width, A.dtype.type(LOG2_E))
        h = np.zeros((state_dim, BLOCK), A.dtype)
        bias = np.empty(BLOCK, A.dtype)
        skip = np.empty(BLOCK, A.dtype)
        dt = np.empty(BLOCK, A.dtype)
        drive = np.empty(BLOCK, A.dtype)
        y = np.empty(BLOCK, A.dtype)
        gate = np.empty(BLOCK, A.dtype)
        load_block(delta_bias, c0, width, bias)
        load_block(D, c0, width, skip)
        for step in range(length):
            row = b * length + (length - 1 - step if reverse else step)
            if keep and step % CHUNK == 0:
                kept[b, block, step // CHUNK] = h
            load_block(delta, row * delta_row + c0, width, dt)
            load_block(u, row * u_row + c0, width, drive)
            load_block(z, row * z_row + c0, width, gate)
            prefetch_block(delta, (row + ahead) * delta_row + c0)
            prefetch_block(u, (row + ahead) * u_row + c0)
            prefetch_block(z, (row + ahead) * z_row + c0)
            prepare_token(dt, drive, y, bias, skip)
            advance_states(dt, drive, y, a2, h, b_rows, row * b_row, c_rows, row * c_row, state_dim)
            gate_token(y, gate)
            store_block(y, width, out, row * channels + c0)


@kernel
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
    channels, state_dim = A.shape
    ahead = -1 if reverse else 1
    blocks = (channels + BLOCK - 1) // BLOCK
    for item in range(first_item, last_item):
        b, block = item // blocks, item % blocks
        c0 = block * BLOCK
        width = min(BLOCK, channels - c0)
        a = _load_parameters(A, c0, width, A.dtype.type(1))
        a2 = _load_parameters(A, c0, width, A.dtype.type(LOG2_E))
        bias = np.empty(BLOCK, A.dtype)
        skip = np.empty(BLOCK, A.dtype)
        load_block(delta_bias, c0, width, bias)
        load_block(D, c0, width, skip)
        states = np.empty((CHUNK + 1, state_dim, BLOCK), A.dtype)
        decays = np.empty((CHUNK, state_dim, BLOCK), A.dtype)
        x = np.empty((CHUNK, BLOCK), A.dtype)
        dt = np.empty((CHUNK, BLOCK), A.dtype)
        inputs = np.empty((CHUNK, BLOCK), A.dtype)
        drive = np.empty((CHUNK, BLOCK), A.dtype)
        y = np.empty((CHUNK, BLOCK), A.dtype)
        gate = np.empty(BLOCK, A.dtype)
        g_y = np.empty(BLOCK, A.dtype)
        g_u = np.empty(BLOCK, A.dtype)
        g_dt = np.empty(BLOCK, A.dtype)
        g_drive = np.empty(BLOCK, A.dtype)
        sum_b = np.empty((state_dim, LANES), A.dtype)
        sum_c = np.empty((state_dim, LANES), A.dtype)
        g_state = np.zeros((state_dim, BLOCK), A.dtype)
        g_a = np.zeros((state_dim, BLOCK), A.dtype)
        g_skip = np.zeros(BLOCK, A.dtype)
        g_bias = np.zeros(BLOCK, A.dtype)
        block_grad_b = grad_b[block].reshape(-1)
        block_grad_c = grad_c[block].reshape(-1)
        for chunk in range((length + CHUNK - 1) // CHUNK - 1, -1, -1):
            first = chunk * CHUNK
            steps = min(CHUNK, length - first)
            states[0] = kept[b, block, chunk]
            for k in range(steps):
                row = b * length + (length - 1 - (first + k) if reverse else first + k)
                load_block(delta, row * delta_row + c0, width, x[k])
                load_block(u, row * u_row + c0, width, inputs[k])
                prefetch_block(delta, (row + ahead) * delta_row + c0)
                prefetch_block(u, (row + ahead) * u_row + c0)
                add_bias_softplus(x[k], bias, dt[k], inputs[k], drive[k], skip, y[k])
                advance_states_keeping(
                    dt[k], drive[k], y[k], a2, states[k], states[k + 1], decays[k], b_rows, row * b_row, c_rows,
                    row * c_row, state_dim,
                )  # fmt: skip
            for k in range(steps - 1, -1, -1):
                row = b * length + (length - 1 - (first + k) if reverse else first + k)
                load_block(grad_out, row * channels + c0, width, g_y)
                load_block(z, row * z_row + c0, width, gate)
                prefetch_block(grad_out, (row - ahead) * channels + c0)
                prefetch_block(z, (row - ahead) * z_row + c0)
                gate_token_backward(g_y, gate, y[k])
                store_block(gate, width, grad_z, row * channels + c0)
                states_backward(
                    dt[k], drive[k], a, states[k], states[k + 1], decays[k], b_rows, row * b_row, c_rows, row * c_row,
                    state_dim, g_y, g_state, g_a, g_drive, g_dt, sum_b, sum_c, block_grad_b, block_grad_c,
                    row * state_dim,
                )  # fmt: skip
                finish_token_backward(g_u, g_dt, g_drive, g_y, skip, x[k], dt[k], inputs[k], g_skip, g_bias)
                store_block(g_u, width, grad_u, row * channels + c0)
                store_block(g_dt, width, grad_delta, row * channels + c0)
        grad_A[b, block] = g_a
        grad_D[b, block] = g_skip
        grad_bias[b, block] = g_bias
