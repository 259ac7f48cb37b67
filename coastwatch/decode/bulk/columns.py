"""Kernels over payload words: the columns of messages and statics, and who sent what twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.bulk.state import bits, part, sources


def _entry(version: int) -> Any:
    """The kernel, closed over what all its parts say (see ``sources``)."""

    @njit(cache=True)
    def statics(
        words: Any, starts: Any, nbits: Any, kinds: Any, first: Any, places: Any, divisors: Any,
        texts_first: Any, texts: Any, numbers: Any, letters: Any,
    ) -> None:  # fmt: skip
        for row in range(len(starts) if version else 0):
            kind, of = kinds[row], words[starts[row] :]
            for f in range(first[kind], first[kind + 1]):
                value = part(of, places[f, 1], places[f, 2], places[f, 3])
                if places[f, 5] <= value <= places[f, 6]:
                    numbers[places[f, 0], row] = value / divisors[f]
            for f in range(texts_first[kind], texts_first[kind + 1]):
                if texts[f, 3] and letters[row, texts[f, 0] - 1] == 0:
                    continue
                _text(of, nbits[row], texts[f, 1], texts[f, 2], letters[row, texts[f, 0] :])

    return statics


statics = _entry(sources())


@njit()
def _text(of: Any, nbits: int, start: int, characters: int, letters: Any) -> None:
    """Six-bit characters up to the first "@" or the end of the payload, without blanks behind."""
    count = 0
    while count < characters and start + 6 <= nbits:
        six = bits(of, start, 6)
        if six == 0:
            break
        letters[count] = six + 64 if six < 32 else six
        start += 6
        count += 1
    while count and letters[count - 1] == 32:
        count -= 1
        letters[count] = 0


@njit(cache=True)
def number(
    heard: Any, time_s: Any, keys: Any, times: Any, numbers: Any, last: int,
    within_s: float, transmission: Any, first: Any,
) -> int:  # fmt: skip
    """``Transmissions.number`` for many; the last number given."""
    ways = keys.shape[1]
    for row in range(len(heard)):
        t, h = time_s[row], heard[row]
        if np.isnan(t):
            last += 1
            transmission[row], first[row] = last, True
            continue
        at = np.int64(h & np.uint64(len(keys) - 1))
        oldest, found = 0, -1
        for way in range(ways):
            if keys[at, way] == h and abs(t - times[at, way]) <= within_s:
                found = way
                break
            if times[at, way] < times[at, oldest]:
                oldest = way
        first[row] = found < 0
        if found >= 0:
            transmission[row] = numbers[at, found]
            continue
        last += 1
        transmission[row] = last
        keys[at, oldest], times[at, oldest], numbers[at, oldest] = h, t, last
    return last
