"""Kernels that read one line: what stands before and behind a sentence, and the sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.ais.fields import WORD_BITS, WORD_CHARACTERS
from coastwatch.decode.bulk.eight import eight, folded, packed
from coastwatch.decode.bulk.others import other
from coastwatch.decode.bulk.state import *

_SPACE, _TAB, _SEMI, _BAR, _DASH, _T, _DOT = b" \t;|-T."
_C, _G, _S, _R_, _B_, _V, _D, _M, _O = b"cgsrbVDMO"


@njit(forceinline=True)
def read_line(buf: Any, at: int, ints: Any, times: Any, words: Any, line: Any, told: Any) -> int:
    """Read one line into the scratch; where it ends, or 0 where it is not plain."""
    line[L_STATION] = line[L_NAME] = line[L_NAME_END] = 0
    line[L_GROUP] = -1
    told[T_TAG] = told[T_BEFORE] = told[T_AFTER] = np.nan
    p = at
    while buf[p] != BANG and buf[p] != DOLLAR and buf[p] != BACK and not is_end(buf[p]):
        p += 1
    if is_end(buf[p]) or (p > at and not _prefix(buf, at, p, told)):
        return 0
    if buf[p] == BACK:
        end = _block(buf, p + 1, line, told)
        if end == 0:
            return 0
        if is_end(buf[end]) and p == at:
            line[L_WHAT], line[L_CHECK], line[L_HINT_SOURCE] = HINTS, UNSAID, TAG
            return end
        p = end
        if buf[p] != BANG and buf[p] != DOLLAR:
            return 0
    q = p + 1
    while buf[q] != COMMA:
        if buf[q] < 45 or buf[q] > 90:
            return 0
        q += 1
    if q - p < 4:
        return 0
    if not _is_ais(buf, q):
        return other(buf, p, q, ints, times, line, told) if p == at else 0
    end = _sentence(buf, p, q, words, line)
    if end and not is_end(buf[end]):
        end = _suffix(buf, end, line, told)
    line[L_WHAT] = AIS if line[L_SUM] == line[L_TOLD] else BAD_SUM
    return end


@njit(forceinline=True)
def _is_ais(buf: Any, q: int) -> bool:
    """Whether the formatter before the first comma is VDM or VDO."""
    return buf[q - 3] == _V and buf[q - 2] == _D and (buf[q - 1] == _M or buf[q - 1] == _O)


@njit(forceinline=True)
def _sentence(buf: Any, p: int, q: int, words: Any, line: Any) -> int:
    """Read "AIVDM,2,1,3,A,payload,0*hh" and its bits; the place behind it, 0: not plain."""
    sum_ = 0
    for i in range(p + 1, q + 1):
        sum_ ^= buf[i]
    for k in range(2):
        digit = buf[q + 1] - 48
        if not 1 <= digit <= 9 or buf[q + 2] != COMMA:
            return 0
        line[L_TOTAL + k] = digit
        sum_ ^= buf[q + 1] ^ COMMA
        q += 2
    if line[L_NUMBER] > line[L_TOTAL]:
        return 0
    for k in range(2):
        c = 0
        if buf[q + 1] != COMMA:
            c = buf[q + 1]
            if not _alnum(c) or buf[q + 2] != COMMA:
                return 0
            sum_ ^= c
            q += 1
        line[L_SEQUENCE + k] = c
        sum_ ^= COMMA
        q += 1
    q += 1
    line[L_PAYLOAD] = q
    q, sum_ = _pack(buf, q, words, sum_)
    line[L_PAYLOAD_END], line[L_CHARS] = q, q - line[L_PAYLOAD]
    if buf[q] != COMMA or line[L_CHARS] == 0 or not 48 <= buf[q + 1] <= 53 or buf[q + 2] != STAR:
        return 0
    line[L_FILL] = buf[q + 1] - 48
    line[L_SUM] = sum_ ^ COMMA ^ buf[q + 1]
    if is_end(buf[q + 3]) or is_end(buf[q + 4]):
        return 0
    high, low = HEX[buf[q + 3]], HEX[buf[q + 4]]
    if high > 15 or low > 15:
        return 0
    line[L_TOLD] = high * 16 + low
    return q + 5


@njit(forceinline=True)
def _pack(buf: Any, q: int, words: Any, sum_: int) -> tuple[int, int]:
    """Payload characters to words, as far as they are of the armour; and their checksum."""
    w, sums, chars = 0, np.uint64(0), 8
    while w < len(words) and q + 8 <= len(buf) and chars == 8:
        words[w], chars, text = packed(eight(buf, q))
        sums ^= text
        q += chars
        w += 1
    sum_ ^= folded(sums)
    if chars < 8:
        return q, sum_
    # Near the end of a text there are no eight characters to take at once.
    acc = chars = 0
    while w < len(words) and SIX[buf[q]] < 64:
        acc = (acc << 6) | SIX[buf[q]]
        sum_ ^= buf[q]
        q += 1
        chars += 1
        if chars == WORD_CHARACTERS:
            words[w] = acc
            acc = chars = 0
            w += 1
    if w < len(words):
        words[w] = acc << (WORD_BITS - 6 * chars)
    return q, sum_


@njit()
def _prefix(buf: Any, start: int, end: int, told: Any) -> bool:
    """Read the time that stands before a sentence; False where it is not plain."""
    while start < end and _separates(buf[start]):
        start += 1
    while start < end and _separates(buf[end - 1]):
        end -= 1
    if start == end:
        return True
    length = end - start
    if length == 19 and buf[start + 4] == _DASH:
        s = start
        if not (
            buf[s + 7] == _DASH
            and (buf[s + 10] == _SPACE or buf[s + 10] == _T)
            and buf[s + 13] == COLON
            and buf[s + 16] == COLON
        ):
            return False
        year, month, day = (
            number(buf, s, s + 4), number(buf, s + 5, s + 7), number(buf, s + 8, s + 10)
        )  # fmt: skip
        hour, minute, second = (
            number(buf, s + 11, s + 13), number(buf, s + 14, s + 16), number(buf, s + 17, end)
        )  # fmt: skip
        if min(year, month, day, hour, minute, second) < 0:
            return False
        time_s = calendar(year, month, day, hour, minute, second)
    else:
        value = number(buf, start, end)
        if length < 9 or value < 0:
            return False
        time_s = epoch(value)
    told[T_BEFORE] = time_s
    return not np.isnan(time_s)


@njit()
def _suffix(buf: Any, start: int, line: Any, told: Any) -> int:
    """Read time and station behind a checksum; where the line ends, 0 where it is not plain."""
    tagged = line[L_NAME_END] > line[L_NAME]
    while True:
        stop = start
        while buf[stop] != COMMA and not is_end(buf[stop]):
            c = buf[stop]
            if c < 33 or c > 126 or c == BANG or c == DOLLAR or c == BACK or c == STAR:
                return 0
            stop += 1
        if stop - start >= 9 and 48 <= buf[start] <= 57:
            value = number(buf, start, stop)
            if value < 0:
                return 0
            time_s = epoch(value)
            if not np.isnan(time_s):
                told[T_AFTER] = time_s
        elif (buf[start] == _R_ or buf[start] == _B_) and 1 < stop - start <= 32:
            whole = True
            for i in range(start, stop):
                whole = whole and _alnum(buf[i])
            if whole and not tagged:
                line[L_NAME], line[L_NAME_END] = start, stop
        if is_end(buf[stop]):
            return stop
        start = stop + 1


@njit()
def _block(buf: Any, at: int, line: Any, told: Any) -> int:
    """Read a tag block behind its backslash; where it ends, 0 where it is not plain and whole."""
    sum_ = 0
    while True:
        begin = at
        while buf[at] != COMMA and buf[at] != STAR:
            if buf[at] < 32 or buf[at] > 126 or buf[at] == BACK:
                return 0
            sum_ ^= buf[at]
            at += 1
        if at - begin >= 2 and buf[begin + 1] == COLON and not _field(buf, begin, at, line, told):
            return 0
        if buf[at] == STAR:
            break
        sum_ ^= COMMA
        at += 1
    if is_end(buf[at + 1]) or is_end(buf[at + 2]) or buf[at + 3] != BACK:
        return 0
    high, low = HEX[buf[at + 1]], HEX[buf[at + 2]]
    return at + 4 if high < 16 and low < 16 and high * 16 + low == sum_ else 0


@njit()
def _field(buf: Any, begin: int, end: int, line: Any, told: Any) -> bool:
    """Take c:, s: or g: of a tag block; False where it is not plain."""
    code, value = buf[begin], begin + 2
    if code == _C:
        digits = number(buf, value, end)
        told[T_TAG] = epoch(digits)
        return digits >= 0
    if code == _S:
        line[L_NAME], line[L_NAME_END] = value, end
        return end - value <= STATION_MAX
    if code == _G:
        line[L_GROUP] = _group(buf, value, end)
        return line[L_GROUP] >= 0
    return True


@njit()
def _group(buf: Any, start: int, end: int) -> int:
    """The group's own number, the last of three; -1 where it is not written plainly."""
    dashes, last = 0, start
    for i in range(start, end):
        if buf[i] == _DASH:
            if not 1 <= i - last <= 2 or dashes == 2:
                return -1
            dashes += 1
            last = i + 1
        elif not 48 <= buf[i] <= 57:
            return -1
    if dashes != 2 or not 1 <= end - last <= 9 or buf[last] == 48:
        return -1
    return number(buf, last, end)


@njit()
def _separates(c: int) -> bool:
    return c == _SPACE or c == _TAB or c == COMMA or c == _SEMI or c == COLON or c == _BAR


@njit()
def _alnum(c: int) -> bool:
    return 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122
