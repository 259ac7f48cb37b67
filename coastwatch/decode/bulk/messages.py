"""Kernels that take a message: its faults, its columns, its place among the payloads kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.ais.fields import BITS_MAX, SMALLS, UNKNOWN, WORD_BITS
from coastwatch.decode.ais.rows import KEEPS, positions_tables
from coastwatch.decode.ais.transmissions import MIX
from coastwatch.decode.bulk.state import *

# The wire table of positions, type by type, as constants of the kernel.
FIELDS, TABLE, DIVISORS = positions_tables()
SMALL_UNKNOWN = np.array([UNKNOWN[name] for name in SMALLS[1:]])  # behind the altitude


@njit(forceinline=True)
def add_row(ints: Any, times: Any, out: Out, words: Any, line: Any, told: Any) -> None:
    """Add a message of one sentence; a base station sets the clock."""
    at = ints[ROWS]
    ints[ROWS] = at + 1
    ints[DECODED] += 1
    kind, nbits = words[0] >> (WORD_BITS - 6), line[L_CHARS] * 6 - line[L_FILL]
    out.line[at], out.sentences[at] = ints[LINE] + 1, 1
    out.station[at], out.time_source[at] = line[L_STATION], line[L_SOURCE]
    out.time_s[at], out.utc_s[at - ints[SETTLED]] = told[T_EVENT], np.nan
    out.msg_type[at], out.mmsi[at] = kind, bits(words, 8, 30)
    _position(out, at, kind, words)
    out.keys[at - ints[SETTLED]] = _key(words, nbits)
    if KEEPS[kind]:
        k, start = ints[KEPT], ints[KEPT_WORDS]
        count = nbits // WORD_BITS + 1
        ints[KEPT], ints[KEPT_WORDS] = k + 1, start + count
        out.kept[k, 0], out.kept[k, 1], out.kept[k, 2] = at, nbits, start
        for i in range(count):
            out.words[start + i] = words[i]
    if kind == 4 or kind == 11:
        utc_s = calendar(
            bits(words, 38, 14), bits(words, 52, 4), bits(words, 56, 5),
            bits(words, 61, 5), bits(words, 66, 6), bits(words, 72, 6),
        )  # fmt: skip
        out.utc_s[at - ints[SETTLED]] = utc_s
        source = ints[CLOCK_SOURCE]
        if kind == 4 and not np.isnan(utc_s) and (source == NOWHERE or source == BASE):
            ints[CLOCK_SOURCE], times[CLOCK_S] = BASE, utc_s


@njit(forceinline=True, error_model="numpy")
def _position(out: Out, at: int, kind: int, words: Any) -> None:
    """The columns of a payload, as the wire table says."""
    out.places[0, at] = out.places[1, at] = np.nan
    for column in range(3):
        out.motion[column, at] = np.nan
    for column in range(len(SMALL_UNKNOWN)):
        out.smalls[column, at] = SMALL_UNKNOWN[column]
    out.altitude_m[at] = -1
    for f in range(FIELDS[kind]):
        column, w, end, width, signed, low, high = TABLE[kind, f]
        value = part(words, w, end, width)
        if signed and value >> (width - 1):
            value -= 1 << width
        if low <= value <= high:
            if column < 2:
                out.places[column, at] = value / DIVISORS[kind, f]
            elif column < 5:
                out.motion[column - 2, at] = value / DIVISORS[kind, f]
            elif column > 5:
                out.smalls[column - 6, at] = value
            else:
                out.altitude_m[at] = value


@njit(forceinline=True)
def _key(words: Any, nbits: int) -> Any:
    """``transmissions.payload_key``."""
    h = np.uint64(nbits)
    for i in range(nbits // WORD_BITS + 1):
        h = (h ^ np.uint64(words[i])) * MIX
        h ^= h >> np.uint64(29)
    return h


@njit(forceinline=True)
def clean(words: Any, chars: int, fill: int) -> int:
    """Clear the fill bits of a payload and the word behind it; give its fault."""
    nbits = chars * 6 - fill
    if nbits < 38 or nbits > BITS_MAX:
        return _fault(words, nbits)
    last = nbits // WORD_BITS
    words[last] &= WORD_MASK ^ (WORD_MASK >> (nbits - last * WORD_BITS))
    words[last + 1] = 0
    return _fault(words, nbits)


@njit(forceinline=True)
def _fault(words: Any, nbits: int) -> int:
    """What is wrong with a payload, -1 where nothing is: the rules of ``payload.words``."""
    if nbits < 38:
        return SHORT
    if nbits > BITS_MAX:
        return LONG
    kind = words[0] >> (WORD_BITS - 6)
    if MIN_BITS[kind] < 0:
        return TYPE
    if nbits < MIN_BITS[kind]:
        return TRUNCATED
    if kind == 24 and bits(words, 38, 2) > 1:
        return PART
    return -1


@njit()
def reject(ints: Any, rejects: Any, reason: int, words: Any, line: Any) -> None:
    at = ints[REJECTS]
    ints[REJECTS] += 1
    rejects[at, 0], rejects[at, 1] = reason, words[0] >> (WORD_BITS - 6)
    rejects[at, 2], rejects[at, 3], rejects[at, 4] = ints[LINE] + 1, line[L_RAW], line[L_END]
