"""What the kernels of this folder share: places in their arrays, alphabets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from coastwatch import kernels
from coastwatch.decode.ais.fields import BITS_MIN, KINDS, WORD_BITS
from coastwatch.decode.stamps import EARLIEST_S, LATEST_S

OPEN_MAX = 64  # fragments that may wait within one text
STATION_MAX = 64

# Reasons the kernel gives; those of payloads are counted from PAYLOAD on by message type.
CHECKSUM, CHARACTERS, SHORT, LONG, TYPE, PART, TRUNCATED = range(7)

# Places in the state: integers ...
(AT, LINE, ROWS, SETTLED, KEPT, KEPT_WORDS, REJECTS, OPEN, FRAMES, DECODED, IGNORED, NAV,
 STATIONS, HINT_STATION, HINT_CHECK, HINT_SOURCE, CLOCK_SOURCE, STAMPED, WAITING,
 INTS) = range(20)  # fmt: skip
# ... and times.
HINT_S, CLOCK_S, CLOCK_RECEIVED_S, RECEIVED_S, WAITING_S, FLOATS = range(6)
# HINT_CHECK where the hint names no sentence, and where what it names is no checksum.
UNSAID, NEVER = -1, -2
# Times sources, as TIME_SOURCES counts them.
NOWHERE, TAG, PGHP, PREFIX, SUFFIX, RMC, ZDA, BASE, RECEIVED = range(9)

# Columns of Out.open.
(O_LINE, O_RAW, O_RAW_END, O_STATION, O_SOURCE, O_TOTAL, O_NUMBER, O_SEQUENCE, O_CHANNEL,
 O_GROUP, O_PAYLOAD, O_PAYLOAD_END, O_FILL, O_INTS) = range(14)  # fmt: skip


class Out(NamedTuple):
    """What the kernel fills: the columns of Rows (see there), and what is only its own."""

    line: np.ndarray
    sentences: np.ndarray
    station: np.ndarray
    time_s: np.ndarray
    time_source: np.ndarray
    msg_type: np.ndarray
    mmsi: np.ndarray
    utc_s: np.ndarray
    keys: np.ndarray
    places: np.ndarray  # (2, rows)
    motion: np.ndarray  # (3, rows)
    altitude_m: np.ndarray
    smalls: np.ndarray  # (5, rows)
    kept: np.ndarray  # (payloads, 3): row, bits, start in words
    words: np.ndarray
    rejects: np.ndarray  # (lines, 5): reason, message type, line, raw from, raw to
    nav: np.ndarray  # (lines, 2): own ship's sentences, from and to
    nav_times: np.ndarray  # and when each was spoken
    open: np.ndarray  # (OPEN_MAX, O_INTS)
    open_times: np.ndarray  # (OPEN_MAX, 3): time_s, claimed_s, clock_s
    names: np.ndarray  # (lines, STATION_MAX)
    name_lengths: np.ndarray
    name_table: np.ndarray  # hash table of station numbers, 0 is free


SIX = np.full(256, 255, dtype=np.uint8)
SIX[48:88] = range(40)
SIX[96:120] = range(40, 64)
HEX = np.full(256, 255, dtype=np.uint8)
HEX[48:58] = range(10)
HEX[65:71] = HEX[97:103] = range(10, 16)
MIN_BITS = np.full(KINDS, -1)
MIN_BITS[list(BITS_MIN)] = list(BITS_MIN.values())
WORD_MASK = (1 << WORD_BITS) - 1
NL, CR, BANG, DOLLAR, BACK, STAR, COMMA, COLON = b"\n\r!$\\*,:"

# What a line is.
HINTS, IGNORED_LINE, BAD_SUM, AIS, OWN_SHIP = range(1, 6)
# Places in the scratch of one line: fields of the sentence, and of what stands around it ...
(L_TOTAL, L_NUMBER, L_SEQUENCE, L_CHANNEL, L_PAYLOAD, L_PAYLOAD_END, L_FILL, L_SUM, L_TOLD,
 L_STATION, L_GROUP, L_RAW, L_END, L_SOURCE, L_CHARS, L_WHAT, L_NAME, L_NAME_END, L_CHECK,
 L_HINT_SOURCE, L_CLOCK, L_INTS) = range(22)  # fmt: skip
# ... and the times that it tells, and that it is given.
T_TAG, T_BEFORE, T_AFTER, T_EVENT, T_CLAIMED, T_CLOCK, T_FLOATS = range(7)


def sources() -> int:
    """A number that changes with any source of the decoders (see ``kernels``)."""
    return kernels.sources(Path(__file__).parents[1])


@njit(forceinline=True)
def bits(words: Any, start: int, width: int) -> int:
    """An unsigned number of up to 30 bits."""
    w = start // WORD_BITS
    return part(words, w, start - w * WORD_BITS + width, width)


@njit(forceinline=True)
def part(words: Any, w: int, end: int, width: int) -> int:
    """``width`` bits that end ``end`` bits behind the beginning of word ``w``."""
    if end <= WORD_BITS:
        value = words[w] >> (WORD_BITS - end)
    else:
        value = (words[w] << (end - WORD_BITS)) | (words[w + 1] >> (2 * WORD_BITS - end))
    return value & ((1 << width) - 1)


@njit(forceinline=True)
def is_end(c: int) -> bool:
    return c == NL or c == CR


@njit()
def calendar(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:
    """UTC seconds, NaN where there is no such moment in the times of AIS."""
    if not (1 <= month <= 12 and day >= 1 and hour < 24 and minute < 60 and second < 60):
        return np.nan
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31
    if month == 2:
        longest = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    if day > longest or year < 1970:
        return np.nan
    # Days from 1970, by years that begin in March, so that the leap day comes last.
    y = year - 1 if month <= 2 else year
    m = month + 9 if month <= 2 else month - 3
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468
    time_s = float(((days * 24 + hour) * 60 + minute) * 60 + second)
    return time_s if EARLIEST_S < time_s < LATEST_S else np.nan


@njit()
def number(buf: Any, start: int, end: int) -> int:
    """A whole number of 1 to 18 digits, -1 where it is none."""
    if not 1 <= end - start <= 18 + 1:
        return -1
    value = 0
    for i in range(start, end):
        digit = buf[i] - 48
        if not 0 <= digit <= 9:
            return -1
        if value > 922337203685477579:
            return -1
        value = value * 10 + digit
    return value


@njit()
def epoch(value: int) -> float:
    """``stamps.epoch_s`` of a whole number; NaN where it is none."""
    x = float(value)
    scale = 1.0
    for _ in range(4):
        if x < LATEST_S * scale:
            return x / scale if x > EARLIEST_S * scale else np.nan
        scale *= 1e3
    return np.nan


@njit()
def name_hash(buf: Any, start: int, end: int) -> int:
    """FNV-1a of some bytes, folded to 31 bits."""
    h = 2166136261
    for i in range(start, end):
        h = ((h ^ buf[i]) * 16777619) & 0xFFFFFFFF
    return h >> 1
