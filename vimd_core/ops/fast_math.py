"""Elementary functions that numba can vectorise: PyPI's llvmlite has no vector library for `math.exp`.

Each has a float32 version (polynomials, a few units in the last place) and a float64 version (the C library's,
for gradient checks). Arguments of `exp2_nonpositive` must not be positive, which every caller can arrange.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

LOG2_E = 1.4426950408889634


@intrinsic  # type: ignore[untyped-decorator]
def _truncate(typing_context: Any, x: Any) -> Any:
    """Round a float32 towards zero, within the range of int32."""
    if x != types.float32:
        return None

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.sitofp(builder.fptosi(arguments[0], ir.IntType(32)), ir.FloatType())

    return types.float32(types.float32), codegen


@intrinsic  # type: ignore[untyped-decorator]
def _power_of_two(typing_context: Any, k: Any) -> Any:
    """2**k as float32 for a whole float32 k in [-126, 127], by building its exponent bits."""
    if k != types.float32:
        return None

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        int32 = ir.IntType(32)
        biased = builder.add(builder.fptosi(arguments[0], int32), ir.Constant(int32, 127))
        return builder.bitcast(builder.shl(biased, ir.Constant(int32, 23)), ir.FloatType())

    return types.float32(types.float32), codegen


def exp2_nonpositive(x: float) -> float:
    """2 to the power of x, for x <= 0; below 2**-126 in float32 the result stays at 2**-126."""
    return float(2.0**x)


def log1p_unit(e: float) -> float:
    """log(1 + e) for e in [0, 1]."""
    return math.log1p(e)


@overload(exp2_nonpositive)  # type: ignore[untyped-decorator]
def _exp2_nonpositive(x: Any) -> Callable[[Any], Any]:
    if x == types.float32:
        # Minimax polynomial of 2**f on [-0.5, 0.5] (Lawson's method), relative error 7.5e-8.
        c0, c1, c2 = np.float32(1.00000007), np.float32(0.69314697), np.float32(0.24022120)
        c3, c4, c5 = np.float32(0.05550713), np.float32(0.00967554), np.float32(0.00132765)
        lowest, half = np.float32(-126.0), np.float32(0.5)

        def float32(x: Any) -> Any:
            clamped = max(x, lowest)
            k = _truncate(clamped - half)
            f = clamped - k
            p = c0 + f * (c1 + f * (c2 + f * (c3 + f * (c4 + f * c5))))
            return p * _power_of_two(k)

        return float32

    def float64(x: Any) -> Any:
        return 2.0**x

    return float64


@overload(log1p_unit)  # type: ignore[untyped-decorator]
def _log1p_unit(e: Any) -> Callable[[Any], Any]:
    if e == types.float32:
        two = np.float32(2.0)
        c = tuple(np.float32(1.0 / n) for n in (1, 3, 5, 7, 9, 11, 13))
        c1, c3, c5, c7, c9, c11, c13 = c

        def float32(e: Any) -> Any:
            # log(1 + e) = 2 artanh(s) with s = e / (2 + e) in [0, 1/3]: exact for tiny e too.
            s = e / (two + e)
            q = s * s
            return two * s * (c1 + q * (c3 + q * (c5 + q * (c7 + q * (c9 + q * (c11 + q * c13))))))

        return float32

    def float64(e: Any) -> Any:
        return math.log1p(e)

    return float64
