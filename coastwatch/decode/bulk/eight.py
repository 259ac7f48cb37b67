"""Kernels over eight characters at once, as the bytes of one number, the first on the left."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.extending import intrinsic

U = np.uint64
_ALL, _HIGH, _LOW = U(2**64 - 1), U(0x8080808080808080), U(0x7F7F7F7F7F7F7F7F)
_BYTE = U(0x0101010101010101)
_BLANK = U(48) * _BYTE  # "0", which stands for six bits of zeros
# Added to a byte of seven bits, these carry into its eighth from that character on.
_FROM_48, _FROM_88, _FROM_96, _FROM_120 = (U(128 - c) * _BYTE for c in (48, 88, 96, 120))
_TWOS, _FOURS = U(0xFF00FF00FF00FF00), U(0xFFFF0000FFFF0000)


@njit(forceinline=True)
def packed(text: Any) -> Any:
    """Six bits of each of the first characters that are of the armour, 48 in all; how many these
    are; and the text without the others (ITU-R M.1371-5 by way of IEC 61162-1: 48 to 87 stand
    for 0 to 39, 96 to 119 for 40 to 63)."""
    seven = text & _LOW
    other = text | ~(seven + _FROM_48) | (seven + _FROM_120)
    other = (other | ((seven + _FROM_88) & ~(seven + _FROM_96))) & _HIGH
    count, kept = 8, _ALL
    if other:
        count = leading(other) >> 3
        kept = ~(_ALL >> U(8 * count))
    text &= kept
    full = text | (_BLANK & ~kept)
    six = full - _BLANK - (((full + _FROM_96) & _HIGH) >> U(4))
    six = ((six & _TWOS) >> U(2)) | (six & ~_TWOS)
    six = ((six & _FOURS) >> U(4)) | (six & ~_FOURS)
    six = ((six >> U(32)) << U(24)) | (six & U(0xFFFFFFFF))
    return np.int64(six), count, text


@njit(forceinline=True)
def folded(text: Any) -> Any:
    """Exclusive or of all bytes."""
    text ^= text >> U(32)
    text ^= text >> U(16)
    return np.int64((text ^ (text >> U(8))) & U(255))


def _eight(typing_context: Any, array: Any, at: Any) -> Any:
    """The eight bytes of a uint8 array from ``at`` on, which the caller knows to be there."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        place = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(64).as_pointer())
        word = builder.load(place)
        word.align = 1
        return builder.bswap(word)

    return types.uint64(array, types.intp), codegen


def _leading(typing_context: Any, word: Any) -> Any:
    """The number of zero bits on the left of a number that is not zero."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


eight: Any = intrinsic(_eight)
leading: Any = intrinsic(_leading)
if getattr(config, "DISABLE_JIT", False):  # kernels as plain Python, for the fuzzer

    def eight(array: Any, at: int) -> Any:
        return U(int.from_bytes(array[at : at + 8].tobytes()))

    def leading(word: Any) -> int:
        return 64 - int(word).bit_length()
