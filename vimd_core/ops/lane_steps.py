"""The inner steps of the scan and the convolution, for one token and one block of channels, as vector code.

Each is a numba function over contiguous block buffers of `BLOCK` channels. A (N, BLOCK) buffer has a row for each
state. Names are those of `cpu_kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from vimd_core.ops.simd import LANES, Vectors, data_pointer, variable

BLOCK = 64
_GROUPS = range(0, BLOCK, LANES)
_INT64 = ir.IntType(64)


def _step(emit: Callable[..., None], *argument_types: Any) -> tuple[Any, Any]:
    """What an intrinsic returns: its type, and code by `emit(vectors, *arguments)` with arrays as pointers."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, values: Any) -> Any:
        element = context.get_data_type(signature.args[0].dtype)
        prepared = [
            data_pointer(context, builder, argument_type, value)
            if isinstance(argument_type, types.Array)
            else value
            for argument_type, value in zip(signature.args, values, strict=True)
        ]
        emit(Vectors(builder, element), *prepared)
        return context.get_dummy_value()

    return types.void(*argument_types), codegen


@intrinsic
def prefetch_block(typing_context, flat, start):  # type: ignore[no-untyped-def]
    """Ask for flat[start : start + BLOCK] ahead of its use; a start beyond the end does no harm.

    Rows of one block lie a whole token apart, which the processor does not foresee by itself.
    """

    def emit(v: Vectors, flat: ir.Value, start: ir.Value) -> None:
        for c in range(0, BLOCK, LANES):
            v.prefetch(flat, v.builder.add(start, _INT64(c)))

    return _step(emit, flat, start)


@intrinsic
def copy_block(typing_context, source, source_start, target, target_start):  # type: ignore[no-untyped-def]
    """target[target_start : target_start + BLOCK] becomes source[source_start : source_start + BLOCK]."""

    def emit(
        v: Vectors, source: ir.Value, source_start: ir.Value, target: ir.Value, target_start: ir.Value
    ) -> None:
        for c in _GROUPS:
            value = v.load(source, v.builder.add(source_start, _INT64(c)))
            v.store(value, target, v.builder.add(target_start, _INT64(c)))

    return _step(emit, source, source_start, target, target_start)


@intrinsic
def prepare_token(typing_context, dt, drive, y, bias, skip):  # type: ignore[no-untyped-def]
    """dt becomes softplus(dt + bias); y becomes skip * drive; drive becomes dt * drive (drive holds u at first)."""

    def emit(v: Vectors, dt: ir.Value, drive: ir.Value, y: ir.Value, bias: ir.Value, skip: ir.Value) -> None:
        for c in _GROUPS:
            u = v.load(drive, c)
            step = v.softplus(v.add(v.load(dt, c), v.load(bias, c)))
            v.store(v.multiply(v.load(skip, c), u), y, c)
            v.store(v.multiply(step, u), drive, c)
            v.store(step, dt, c)

    return _step(emit, dt, drive, y, bias, skip)


def _emit_advance(
    v: Vectors,
    dt: ir.Value,
    drive: ir.Value,
    y: ir.Value,
    a2: ir.Value,
    before: ir.Value,
    after: ir.Value,
    decays: ir.Value | None,
    b_rows: ir.Value,
    b_start: ir.Value,
    c_rows: ir.Value,
    c_start: ir.Value,
    num_states: ir.Value,
) -> None:
    builder = v.builder
    for c in _GROUPS:
        step, push = v.load(dt, c), v.load(drive, c)
        total = variable(builder, v.load(y, c))
        with cgutils.for_range(builder, num_states) as loop:
            at = builder.add(builder.mul(loop.index, _INT64(BLOCK)), _INT64(c))
            b_n = v.splat(builder.load(builder.gep(b_rows, [builder.add(b_start, loop.index)])))
            c_n = v.splat(builder.load(builder.gep(c_rows, [builder.add(c_start, loop.index)])))
            decay = v.exp2(v.multiply(step, v.load(a2, at)))
            state = v.multiply_add(decay, v.load(before, at), v.multiply(push, b_n))
            v.store(state, after, at)
            if decays is not None:
                v.store(decay, decays, at)
            builder.store(v.multiply_add(state, c_n, builder.load(total)), total)
        v.store(builder.load(total), y, c)


@intrinsic
def advance_states(typing_context, dt, drive, y, a2, h, b_rows, b_start, c_rows, c_start, num_states):  # type: ignore[no-untyped-def]
    """h becomes exp2(dt * a2) * h + drive * B, and C . h is added to y."""

    def emit(v: Vectors, *values: ir.Value) -> None:
        dt, drive, y, a2, h, *rest = values
        _emit_advance(v, dt, drive, y, a2, h, h, None, *rest)

    return _step(emit, dt, drive, y, a2, h, b_rows, b_start, c_rows, c_start, num_states)


@intrinsic
def advance_states_keeping(  # type: ignore[no-untyped-def]
    typing_context, dt, drive, y, a2, before, after, decays, b_rows, b_start, c_rows, c_start, num_states
):
    """The same, keeping the states before and the decays."""
    return _step(
        _emit_advance, dt, drive, y, a2, before, after, decays, b_rows, b_start, c_rows, c_start, num_states
    )


@intrinsic
def gate_token(typing_context, y, gate):  # type: ignore[no-untyped-def]
    """y becomes y * SiLU(gate)."""

    def emit(v: Vectors, y: ir.Value, gate: ir.Value) -> None:
        for c in _GROUPS:
            z = v.load(gate, c)
            v.store(v.multiply(v.load(y, c), v.multiply(z, v.sigmoid(z))), y, c)

    return _step(emit, y, gate)


@intrinsic
def gate_token_backward(typing_context, g, gate, y):  # type: ignore[no-untyped-def]
    """g, the gradient of y * SiLU(gate), becomes that of y; gate becomes its own gradient."""

    def emit(v: Vectors, g: ir.Value, gate: ir.Value, y: ir.Value) -> None:
        one = v.constant(1.0)
        for c in _GROUPS:
            z, incoming = v.load(gate, c), v.load(g, c)
            s = v.sigmoid(z)
            v.store(v.multiply(incoming, v.multiply(z, s)), g, c)
            slope = v.multiply(s, v.multiply_add(z, v.builder.fsub(one, s), one))
            v.store(v.multiply(v.multiply(incoming, v.load(y, c)), slope), gate, c)

    return _step(emit, g, gate, y)


@intrinsic
def states_backward(  # type: ignore[no-untyped-def]
    typing_context, dt, drive, a, before, after, decays, b_rows, b_start, c_rows, c_start, num_states,
    g_y, g_state, g_a, g_drive, g_dt, sum_b, sum_c, grad_b, grad_c, grad_start,
):  # fmt: skip
    """One step of the adjoint recurrence.

    Args:
        g_y: gradient of this token's y.
        g_state: (N, BLOCK), gradient that later tokens send to this token's states; becomes what it sends on.
        g_a: (N, BLOCK), added to.
        g_drive, g_dt: written; g_dt holds what flows through the decay only.
        sum_b, sum_c: (N, LANES) scratch.
        grad_b, grad_c: flat; N values from `grad_start` on are written.
    """

    def emit(
        v: Vectors, dt: ir.Value, drive: ir.Value, a: ir.Value, before: ir.Value, after: ir.Value, decays: ir.Value,
        b_rows: ir.Value, b_start: ir.Value, c_rows: ir.Value, c_start: ir.Value, num_states: ir.Value,
        g_y: ir.Value, g_state: ir.Value, g_a: ir.Value, g_drive: ir.Value, g_dt: ir.Value, sum_b: ir.Value,
        sum_c: ir.Value, grad_b: ir.Value, grad_c: ir.Value, grad_start: ir.Value,
    ) -> None:  # fmt: skip
        builder = v.builder
        zero = v.constant(0.0)
        for c in _GROUPS:
            step, push, incoming = v.load(dt, c), v.load(drive, c), v.load(g_y, c)
            through_drive, through_decay = variable(builder, zero), variable(builder, zero)
            with cgutils.for_range(builder, num_states) as loop:
                at = builder.add(builder.mul(loop.index, _INT64(BLOCK)), _INT64(c))
                lane = builder.mul(loop.index, _INT64(LANES))
                b_n = v.splat(builder.load(builder.gep(b_rows, [builder.add(b_start, loop.index)])))
                c_n = v.splat(builder.load(builder.gep(c_rows, [builder.add(c_start, loop.index)])))
                g = v.multiply_add(incoming, c_n, v.load(g_state, at))
                earlier_b, earlier_c = (zero, zero) if c == 0 else (v.load(sum_b, lane), v.load(sum_c, lane))
                v.store(v.multiply_add(incoming, v.load(after, at), earlier_c), sum_c, lane)
                v.store(v.multiply_add(g, push, earlier_b), sum_b, lane)
                builder.store(v.multiply_add(g, b_n, builder.load(through_drive)), through_drive)
                g = v.multiply(g, v.load(decays, at))
                v.store(g, g_state, at)
                exponent = v.multiply(g, v.load(before, at))
                builder.store(
                    v.multiply_add(exponent, v.load(a, at), builder.load(through_decay)), through_decay
                )
                v.store(v.multiply_add(exponent, step, v.load(g_a, at)), g_a, at)
            v.store(builder.load(through_drive), g_drive, c)
            v.store(builder.load(through_decay), g_dt, c)
        with cgutils.for_range(builder, num_states) as loop:
            lane = builder.mul(loop.index, _INT64(LANES))
            target = builder.add(grad_start, loop.index)
            builder.store(v.total(v.load(sum_b, lane)), builder.gep(grad_b, [target]))
            builder.store(v.total(v.load(sum_c, lane)), builder.gep(grad_c, [target]))

    return _step(
        emit, dt, drive, a, before, after, decays, b_rows, b_start, c_rows, c_start, num_states,
        g_y, g_state, g_a, g_drive, g_dt, sum_b, sum_c, grad_b, grad_c, grad_start,
    )  # fmt: skip


@intrinsic
def finish_token_backward(typing_context, g_u, g_dt, g_drive, g_y, skip, x, dt, u, g_skip, g_bias):  # type: ignore[no-untyped-def]
    """From gradients of y, drive and dt to those of u and of softplus' argument x.

    Args:
        g_u: written.
        g_dt: what flows through the decay; becomes the gradient of x.
        g_skip, g_bias: added to.
    """

    def emit(
        v: Vectors, g_u: ir.Value, g_dt: ir.Value, g_drive: ir.Value, g_y: ir.Value, skip: ir.Value, x: ir.Value,
        dt: ir.Value, u: ir.Value, g_skip: ir.Value, g_bias: ir.Value,
    ) -> None:  # fmt: skip
        for c in _GROUPS:
            incoming, drive, inputs = v.load(g_y, c), v.load(g_drive, c), v.load(u, c)
            v.store(v.multiply_add(drive, v.load(dt, c), v.multiply(incoming, v.load(skip, c))), g_u, c)
            v.store(v.multiply_add(incoming, inputs, v.load(g_skip, c)), g_skip, c)
            argument = v.multiply(v.multiply_add(drive, inputs, v.load(g_dt, c)), v.sigmoid(v.load(x, c)))
            v.store(argument, g_dt, c)
            v.store(v.add(argument, v.load(g_bias, c)), g_bias, c)

    return _step(emit, g_u, g_dt, g_drive, g_y, skip, x, dt, u, g_skip, g_bias)


@intrinsic
def add_bias_softplus(typing_context, x, bias, dt, u, drive, skip, y):  # type: ignore[no-untyped-def]
    """x becomes x + bias, dt softplus(x), drive dt * u and y skip * u."""

    def emit(
        v: Vectors,
        x: ir.Value,
        bias: ir.Value,
        dt: ir.Value,
        u: ir.Value,
        drive: ir.Value,
        skip: ir.Value,
        y: ir.Value,
    ) -> None:
        for c in _GROUPS:
            argument, inputs = v.add(v.load(x, c), v.load(bias, c)), v.load(u, c)
            step = v.softplus(argument)
            v.store(argument, x, c)
            v.store(step, dt, c)
            v.store(v.multiply(step, inputs), drive, c)
            v.store(v.multiply(v.load(skip, c), inputs), y, c)

    return _step(emit, x, bias, dt, u, drive, skip, y)


def _emit_taps(
    v: Vectors,
    total: ir.Value,
    taps: ir.Value,
    rows: ir.Value,
    start: ir.Value,
    distance: ir.Value,
    first_tap: ir.Value,
    num_taps: ir.Value,
) -> ir.Value:
    """Total plus the sum of taps[k] * (row k), where the last tap's row begins at `start`."""
    builder = v.builder
    sum_ = variable(builder, total)
    with cgutils.for_range(builder, num_taps, start=first_tap) as loop:
        behind = builder.sub(builder.sub(num_taps, _INT64(1)), loop.index)
        at = builder.sub(start, builder.mul(behind, distance))
        tap = v.load(taps, builder.mul(loop.index, _INT64(BLOCK)))
        builder.store(v.multiply_add(tap, v.load(rows, at), builder.load(sum_)), sum_)
    return builder.load(sum_)


def _at(v: Vectors, pointer: ir.Value, offset: int) -> ir.Value:
    return v.builder.gep(pointer, [_INT64(offset)])


@intrinsic
def convolve_silu_token(  # type: ignore[no-untyped-def]
    typing_context, x, start, distance, taps, bias, first_tap, num_taps, out, out_start
):
    """Convolution and SiLU of one token.

    Args:
        x: flat; this token's block begins at `start`, the one before at `start - distance`.
        taps: (W, BLOCK), the last for this token; those before `first_tap` would meet tokens that are not there.
        bias: (BLOCK,).
        out: flat, written from `out_start` on.
    """

    def emit(
        v: Vectors, x: ir.Value, start: ir.Value, distance: ir.Value, taps: ir.Value, bias: ir.Value,
        first_tap: ir.Value, num_taps: ir.Value, out: ir.Value, out_start: ir.Value,
    ) -> None:  # fmt: skip
        for c in _GROUPS:
            value = _emit_taps(
                v, v.load(bias, c), _at(v, taps, c), _at(v, x, c), start, distance, first_tap, num_taps
            )
            v.store(v.multiply(value, v.sigmoid(value)), _at(v, out, c), out_start)

    return _step(emit, x, start, distance, taps, bias, first_tap, num_taps, out, out_start)


@intrinsic
def convolve_silu_token_backward(  # type: ignore[no-untyped-def]
    typing_context, x, start, distance, taps, bias, first_tap, num_taps, grad_out, grad_start, g, g_start, g_taps,
    g_bias,
):  # fmt: skip
    """The gradient before SiLU of one token.

    Args:
        x, taps, bias, first_tap: as in `convolve_silu_token`.
        grad_out: flat, gradient of the token's result from `grad_start` on.
        g: flat, the gradient before SiLU is written from `g_start` on.
        g_taps, g_bias: like taps and bias, added to.
    """

    def emit(
        v: Vectors, x: ir.Value, start: ir.Value, distance: ir.Value, taps: ir.Value, bias: ir.Value,
        first_tap: ir.Value, num_taps: ir.Value, grad_out: ir.Value, grad_start: ir.Value, g: ir.Value,
        g_start: ir.Value, g_taps: ir.Value, g_bias: ir.Value,
    ) -> None:  # fmt: skip
        builder = v.builder
        one = v.constant(1.0)
        for c in _GROUPS:
            rows, sums = _at(v, x, c), _at(v, g_taps, c)
            value = _emit_taps(
                v, v.load(bias, c), _at(v, taps, c), rows, start, distance, first_tap, num_taps
            )
            s = v.sigmoid(value)
            slope = v.multiply(s, v.multiply_add(value, builder.fsub(one, s), one))
            gradient = v.multiply(v.load(_at(v, grad_out, c), grad_start), slope)
            v.store(gradient, _at(v, g, c), g_start)
            v.store(v.add(gradient, v.load(g_bias, c)), g_bias, c)
            with cgutils.for_range(builder, num_taps, start=first_tap) as loop:
                behind = builder.sub(builder.sub(num_taps, _INT64(1)), loop.index)
                at = builder.sub(start, builder.mul(behind, distance))
                tap_at = builder.mul(loop.index, _INT64(BLOCK))
                v.store(v.multiply_add(gradient, v.load(rows, at), v.load(sums, tap_at)), sums, tap_at)

    return _step(
        emit, x, start, distance, taps, bias, first_tap, num_taps, grad_out, grad_start, g, g_start, g_taps, g_bias
    )  # fmt: skip


@intrinsic
def correlate_token(typing_context, g, start, distance, taps, first_tap, num_taps, out, out_start):  # type: ignore[no-untyped-def]
    """out[out_start : out_start + BLOCK] becomes the sum of taps[k] * (row k of g), the last tap's row at `start`."""

    def emit(
        v: Vectors, g: ir.Value, start: ir.Value, distance: ir.Value, taps: ir.Value, first_tap: ir.Value,
        num_taps: ir.Value, out: ir.Value, out_start: ir.Value,
    ) -> None:  # fmt: skip
        for c in _GROUPS:
            value = _emit_taps(
                v, v.constant(0.0), _at(v, taps, c), _at(v, g, c), start, distance, first_tap, num_taps
            )
            v.store(value, _at(v, out, c), out_start)

    return _step(emit, g, start, distance, taps, first_tap, num_taps, out, out_start)


__all__ = [
    "BLOCK",
    "add_bias_softplus",
    "advance_states",
    "advance_states_keeping",
    "convolve_silu_token",
    "convolve_silu_token_backward",
    "copy_block",
    "correlate_token",
    "finish_token_backward",
    "gate_token",
    "gate_token_backward",
    "prefetch_block",
    "prepare_token",
    "states_backward",
]
