"""Eight characters at once give what one after the other gives."""

import functools
import operator

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numba import njit

from coastwatch.decode.ais.payload import ARMOUR
from coastwatch.decode.bulk.eight import eight, folded, packed


@njit
def taken(buf, at):
    word, count, text = packed(eight(buf, at))
    return word, count, folded(text)


@settings(deadline=None)  # the first example compiles
@given(st.binary(min_size=8, max_size=8) | st.text(ARMOUR.decode(), min_size=8, max_size=8))
@example(b"00000000")
@example(b"wwwwwwww")
@example(b"WX`w/x_0")
@example(bytes(range(248, 256)))
def test_six_bits_of_the_leading_armour(text):
    raw = text.encode() if isinstance(text, str) else text
    sixes = []
    for character in raw:
        if character not in ARMOUR:
            break
        sixes.append(ARMOUR.index(character))
    word = int("".join(f"{six:06b}" for six in sixes).ljust(48, "0"), 2)
    sums = functools.reduce(operator.xor, raw[: len(sixes)], 0)
    for before in range(3):
        buf = np.frombuffer(b"!" * before + raw, dtype=np.uint8)
        assert taken(buf, before) == (word, len(sixes), sums)
