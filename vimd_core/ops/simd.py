"""Vector instructions for numba kernels, written out as LLVM vectors.

Left to LLVM's own vectoriser, loops over a handful of small arrays are guarded by overlap checks that cost as much
as the loops, and exponentials stay scalar. Here each operation is emitted for `LANES` numbers at once; LLVM turns
that into whatever the processor has (AVX2, AVX-512, NEON). Emitted operations carry no fast-math flags but
"contract", so that the rounding trick in `exp2` survives.

float32 uses polynomials of a few units in the last place, float64 the same with more terms (for gradient checks).
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba.core import cgutils

LANES = 16
LOG2_E = math.log2(math.e)
_CONTRACT = ("contract",)
# Minimax polynomial of 2**f on [-0.5, 0.5] by Lawson's method: relative error 7.5e-8.
_EXP2_FLOAT32 = (1.0000000716546573, 0.6931469670638634, 0.24022119723933721, 0.05550713274959694,
                 0.009675541330696313, 0.0013276471520126017)  # fmt: skip
# Taylor's, whose first left-out term is below 5e-18 there.
_EXP2_FLOAT64 = tuple(math.log(2.0) ** k / math.factorial(k) for k in range(14))
_ATANH_TERMS = {"float": 6, "double": 17}
# (bits of the mantissa, exponent bias, smallest exponent kept, integer width)
_FORMATS = {"float": (23, 127, -126.0, 32), "double": (52, 1023, -1022.0, 64)}


class Vectors:
    """Emits arithmetic on vectors of one element type.

    Args:
        builder: where instructions go.
        element: float or double.
    """

    def __init__(self, builder: ir.IRBuilder, element: ir.Type) -> None:
        self.builder = builder
        self.element = element
        self.type = ir.VectorType(element, LANES)
        self._mantissa, self._bias, self._lowest, width = _FORMATS[str(element)]
        self._integers = ir.VectorType(ir.IntType(width), LANES)

    def constant(self, value: float) -> ir.Constant:
        """The same number in all lanes."""
        return ir.Constant(self.type, [value] * LANES)

    def _integer(self, value: int) -> ir.Constant:
        return ir.Constant(self._integers, [value] * LANES)

    def splat(self, scalar: ir.Value) -> ir.Value:
        """A scalar in all lanes."""
        first = self.builder.insert_element(ir.Constant(self.type, ir.Undefined), scalar, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.builder.shuffle_vector(first, ir.Constant(self.type, ir.Undefined), zeros)

    def load(self, pointer: ir.Value, index: ir.Value | int) -> ir.Value:
        """LANES elements from `pointer[index]` on."""
        return self.builder.load(self._vector_pointer(pointer, index), align=self._align)

    def store(self, value: ir.Value, pointer: ir.Value, index: ir.Value | int) -> None:
        """LANES elements to `pointer[index]` on."""
        self.builder.store(value, self._vector_pointer(pointer, index), align=self._align)

    def prefetch(self, pointer: ir.Value, index: ir.Value) -> None:
        """Bring `pointer[index]` into the cache, for reading."""
        address = self.builder.bitcast(self.builder.gep(pointer, [index]), ir.IntType(8).as_pointer())
        int32 = ir.IntType(32)
        prefetch = cgutils.get_or_insert_function(
            self.builder.module,
            ir.FunctionType(ir.VoidType(), [address.type, int32, int32, int32]),
            "llvm.prefetch.p0",
        )
        self.builder.call(prefetch, [address, int32(0), int32(3), int32(1)])

    @property
    def _align(self) -> int:
        width: int = self._integers.element.width
        return width // 8

    def _vector_pointer(self, pointer: ir.Value, index: ir.Value | int) -> ir.Value:
        if isinstance(index, int):
            index = ir.IntType(64)(index)
        return self.builder.bitcast(self.builder.gep(pointer, [index]), self.type.as_pointer())

    def add(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """a + b."""
        return self.builder.fadd(a, b, flags=_CONTRACT)

    def multiply(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """a * b."""
        return self.builder.fmul(a, b, flags=_CONTRACT)

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """a * b + c, fused where the processor can."""
        return self.add(self.multiply(a, b), c)

    def maximum(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """The larger of each pair."""
        return self.builder.select(self.builder.fcmp_ordered(">", a, b), a, b)

    def total(self, value: ir.Value) -> ir.Value:
        """Sum over the lanes, a scalar."""
        width = LANES
        while width > 1:
            width //= 2
            indices = ir.Constant(
                ir.VectorType(ir.IntType(32), LANES), [(i + width) % LANES for i in range(LANES)]
            )
            value = self.add(value, self.builder.shuffle_vector(value, value, indices))
        return self.builder.extract_element(value, ir.IntType(32)(0))

    def exp2(self, x: ir.Value) -> ir.Value:
        """2**x for x <= 0; below the smallest normal number the result stays there."""
        builder = self.builder
        x = self.maximum(x, self.constant(self._lowest))
        # Adding 1.5 * 2**mantissa rounds x to a whole number k and leaves k in the low bits; adding the exponent's
        # bias as well makes those bits, moved up, the number 2**k.
        magic = self.constant(1.5 * 2.0**self._mantissa + self._bias)
        shifted = builder.fadd(x, magic)
        fraction = builder.fsub(x, builder.fsub(shifted, magic))
        power = builder.bitcast(
            builder.shl(builder.bitcast(shifted, self._integers), self._integer(self._mantissa)), self.type
        )
        coefficients = _EXP2_FLOAT32 if str(self.element) == "float" else _EXP2_FLOAT64
        result = self.constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            result = self.multiply_add(result, fraction, self.constant(coefficient))
        return self.multiply(result, power)

    def exp_minus_abs(self, x: ir.Value) -> ir.Value:
        """exp(-|x|)."""
        negative = self.builder.or_(
            self.builder.bitcast(x, self._integers), self._integer(-(2 ** (self._integers.element.width - 1)))
        )
        return self.exp2(self.multiply(self.builder.bitcast(negative, self.type), self.constant(LOG2_E)))

    def softplus(self, x: ir.Value) -> ir.Value:
        """log(1 + exp(x)), without overflow and exact for very negative x too."""
        # log(1 + e) = 2 artanh(s) with s = e / (2 + e) in [0, 1/3].
        e = self.exp_minus_abs(x)
        s = self.builder.fdiv(e, self.add(e, self.constant(2.0)))
        q = self.multiply(s, s)
        terms = [2.0 / (2 * k + 1) for k in range(_ATANH_TERMS[str(self.element)])]
        series = self.constant(terms[-1])
        for term in reversed(terms[:-1]):
            series = self.multiply_add(series, q, self.constant(term))
        return self.multiply_add(series, s, self.maximum(x, self.constant(0.0)))

    def sigmoid(self, x: ir.Value) -> ir.Value:
        """1 / (1 + exp(-x)), without overflow."""
        e = self.exp_minus_abs(x)
        one = self.constant(1.0)
        numerator = self.builder.select(self.builder.fcmp_ordered(">=", x, self.constant(0.0)), one, e)
        return self.builder.fdiv(numerator, self.add(one, e))


def data_pointer(context: Any, builder: ir.IRBuilder, array_type: Any, array: ir.Value) -> ir.Value:
    """Where a contiguous numba array begins."""
    return context.make_array(array_type)(context, builder, array).data


def variable(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """A stack slot that LLVM turns into a register, holding `value` at first."""
    slot = cgutils.alloca_once(builder, value.type)
    builder.store(value, slot)
    return slot
