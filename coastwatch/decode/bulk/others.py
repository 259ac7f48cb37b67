"""Kernels for sentences that are not AIS: a $PGHP's hint, and own ship's clock."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.bulk.state import *

_DOT = ord(".")
_A, _G_, _P, _H = b"AGPH"
# Own ship's sentences are kept for the stream, which reads radar targets itself.
_OWN_SHIP = np.frombuffer(b"RMCZDAGGAGNSGLLVTGHDTHDGHDMTHS", dtype=np.uint8)
_TARGETS = np.frombuffer(b"TTMTLLOSDRSD", dtype=np.uint8)


@njit()
def other(buf: Any, p: int, q: int, ints: Any, times: Any, line: Any, told: Any) -> int:
    """Read a sentence that is not AIS: a $PGHP's hint, or what nobody here listens to."""
    pghp = q - p == 5 and (buf[p + 1], buf[p + 2], buf[p + 3], buf[p + 4]) == (_P, _G_, _H, _P)
    hinted = not np.isnan(times[HINT_S]) or ints[HINT_STATION] > 0
    own = _is_one(_OWN_SHIP, buf, q)
    if not pghp and (hinted or _is_one(_TARGETS, buf, q)):
        return 0
    sum_ = 0
    star = p + 1
    while buf[star] != STAR:
        if buf[star] < 32 or buf[star] == BANG or buf[star] == DOLLAR or buf[star] == BACK:
            return 0
        sum_ ^= buf[star]
        star += 1
    if is_end(buf[star + 1]) or is_end(buf[star + 2]):
        return 0
    high, low = HEX[buf[star + 1]], HEX[buf[star + 2]]
    end = star + 3
    if high > 15 or low > 15 or not (is_end(buf[end]) or (pghp and buf[end] == COMMA)):
        return 0
    while not is_end(buf[end]):
        if buf[end] == BANG or buf[end] == DOLLAR or buf[end] == BACK or buf[end] == STAR:
            return 0
        end += 1
    line[L_WHAT] = IGNORED_LINE
    if high * 16 + low != sum_:
        line[L_WHAT] = BAD_SUM
    elif pghp:
        return end if _gatehouse(buf, q, star, line, told) else 0
    elif own:
        line[L_WHAT], line[L_TOTAL] = OWN_SHIP, 1
        return end if _clock(buf, q, star, line, told) else 0
    return end


@njit()
def _clock(buf: Any, q: int, star: int, line: Any, told: Any) -> bool:
    """Read the clock of an RMC or ZDA; False where it is not plain."""
    line[L_CLOCK] = NOWHERE
    rmc = buf[q - 3] == 82 and buf[q - 2] == 77
    if not rmc and buf[q - 3] != 90:
        return True
    starts = np.full(11, star + 1, dtype=np.int64)
    count = 0
    for i in range(q, star):
        if buf[i] == COMMA and count < 10:
            starts[count] = i + 1
            count += 1
    of_day = _of_day(buf, starts[0], starts[1] - 1)
    if rmc:
        if (
            count < 9
            or starts[2] - starts[1] != 2
            or buf[starts[1]] != _A
            or (starts[9] - 1 == starts[8])
        ):
            return True  # no fix, or no date
        at = starts[8]
        if starts[9] - 1 - at != 6:
            return False
        day, month = number(buf, at, at + 2), number(buf, at + 2, at + 4)
        year = 2000 + number(buf, at + 4, at + 6)
    else:
        if count < 4:
            return False
        day, month = number(buf, starts[1], starts[2] - 1), number(buf, starts[2], starts[3] - 1)
        year = number(buf, starts[3], starts[4] - 1)
    if np.isnan(of_day) or day < 1 or month < 1 or not 1996 <= year < 2100:
        return False
    midnight = calendar(year, month, day, 0, 0, 0)
    line[L_CLOCK], told[T_CLOCK] = RMC if rmc else ZDA, midnight + of_day
    return not np.isnan(midnight)


@njit()
def _of_day(buf: Any, start: int, end: int) -> float:
    """Seconds since midnight of hhmmss.ss, NaN where it is not that: ``stamps.time_of_day_s``."""
    places = max(end - start - 7, 0)
    if end - start < 6 or end - start == 7 or places > 6:
        return np.nan
    if places and buf[start + 6] != _DOT:
        return np.nan
    hour, minute = number(buf, start, start + 2), number(buf, start + 2, start + 4)
    digits, scale = number(buf, start + 4, start + 6), 1.0
    for i in range(start + 7, end):
        if not 48 <= buf[i] <= 57 or digits < 0:
            return np.nan
        digits = digits * 10 + buf[i] - 48
        scale *= 10.0
    # Both are whole, so that the quotient is rounded once, as a decimal's reader does.
    second = digits / scale
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return np.nan
    return hour * 3600.0 + minute * 60.0 + second


@njit()
def _gatehouse(buf: Any, q: int, star: int, line: Any, told: Any) -> bool:
    """Read $PGHP,1,year,month,day,h,m,s,ms,,,station,,hh; False where it is not plain."""
    starts = np.empty(15, dtype=np.int64)
    count = 0
    for i in range(q, star):
        if buf[i] == COMMA:
            if count == 13:
                return False
            starts[count] = i + 1
            count += 1
    if count != 13 or starts[1] - starts[0] != 2 or buf[starts[0]] != 49:
        return False
    starts[13] = star + 1
    parts = np.empty(7, dtype=np.int64)
    for k in range(7):
        if starts[k + 2] - starts[k + 1] > 5:  # four digits and a comma
            return False
        parts[k] = number(buf, starts[k + 1], starts[k + 2] - 1)
        if parts[k] < 0:
            return False
    time_s = calendar(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    from_, to = starts[10], starts[11] - 1
    if (
        np.isnan(time_s)
        or parts[6] > 999
        or to - from_ > 18
        or (to > from_ and number(buf, from_, to) < 0)
    ):
        return False
    length = star - starts[12]
    check = _check(buf, starts[12], length)
    told[T_TAG] = time_s + parts[6] / 1e3
    line[L_NAME], line[L_NAME_END] = from_, to
    line[L_WHAT], line[L_CHECK], line[L_HINT_SOURCE] = HINTS, check, PGHP if length else TAG
    return True


@njit()
def _check(buf: Any, start: int, length: int) -> int:
    """The checksum that a hint gives for its sentence, UNSAID where it gives none (or 00)."""
    if length == 0:
        return UNSAID
    high, low = buf[start], buf[start + 1]
    if length != 2 or HEX[high] > 15 or HEX[low] > 15 or high >= 97 or low >= 97:
        return NEVER
    value = HEX[high] * 16 + HEX[low]
    return value if value else UNSAID


@njit()
def _is_one(formatters: Any, buf: Any, q: int) -> bool:
    """Whether the formatter before the first comma is one of these."""
    for i in range(0, len(formatters), 3):
        same = formatters[i] == buf[q - 3] and formatters[i + 1] == buf[q - 2]
        if same and formatters[i + 2] == buf[q - 1]:
            return True
    return False
