"""Kernels that join the fragments of a message, where it is plain that they are of one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.ais.fields import WORD_BITS, WORD_CHARACTERS
from coastwatch.decode.ais.fragments import FILTER, WAIT_S
from coastwatch.decode.bulk.messages import add_row, clean
from coastwatch.decode.bulk.state import *


@njit()
def joins(ints: Any, times: Any, waiting: Any, out: Out, line: Any, told: Any) -> bool:
    """Whether a fragment can be taken here: nobody else's concerns it, and it joins plainly."""
    if ints[OPEN] == OPEN_MAX:
        return False
    number = line[L_STATION]
    station = name_hash(out.names[number], 0, out.name_lengths[number]) if number else 0
    alone, named = filter_places(
        line[L_TOTAL], line[L_SEQUENCE], line[L_CHANNEL], line[L_GROUP], station
    )
    if waiting[2, alone] or (number == 0 and waiting[0, alone]):
        return False
    if number and (waiting[1, alone] or waiting[1, named]):
        return False
    clock_s = told[T_EVENT] if np.isnan(times[RECEIVED_S]) else times[RECEIVED_S]
    # A fragment's clock expires the oldest message that waits: first of those kept elsewhere.
    oldest_s = times[WAITING_S]
    if not ints[WAITING]:
        oldest_s = out.open_times[0, 2] if ints[OPEN] else np.nan
    if abs(clock_s - oldest_s) > WAIT_S:
        return False
    for k in range(ints[OPEN]):
        o = out.open[k]
        same = o[O_TOTAL] == line[L_TOTAL] and o[O_SEQUENCE] == line[L_SEQUENCE]
        same = same and o[O_CHANNEL] == line[L_CHANNEL] and o[O_GROUP] == line[L_GROUP]
        if same and (o[O_STATION] != number or o[O_NUMBER] == line[L_NUMBER]):
            return False
    return True


@njit()
def add_fragment(
    buf: Any, ints: Any, times: Any, out: Out, words: Any, line: Any, told: Any
) -> None:
    """Keep a fragment; take the message that it completes."""
    o, when = out.open[ints[OPEN]], out.open_times[ints[OPEN]]
    ints[OPEN] += 1
    o[O_LINE], o[O_RAW], o[O_RAW_END] = ints[LINE] + 1, line[L_RAW], line[L_END]
    o[O_STATION], o[O_SOURCE], o[O_GROUP] = line[L_STATION], line[L_SOURCE], line[L_GROUP]
    o[O_TOTAL], o[O_NUMBER] = line[L_TOTAL], line[L_NUMBER]
    o[O_SEQUENCE], o[O_CHANNEL] = line[L_SEQUENCE], line[L_CHANNEL]
    o[O_PAYLOAD], o[O_PAYLOAD_END] = line[L_PAYLOAD], line[L_PAYLOAD_END]
    o[O_FILL] = line[L_FILL]
    when[0], when[1] = told[T_EVENT], told[T_CLAIMED]
    when[2] = told[T_EVENT] if np.isnan(times[RECEIVED_S]) else times[RECEIVED_S]
    have = 0
    for k in range(ints[OPEN]):
        have += _same(out.open[k], o)
    if have == line[L_TOTAL]:
        _join(buf, ints, times, out, words, line, told, o.copy())


@njit()
def _join(
    buf: Any, ints: Any, times: Any, out: Out, words: Any, line: Any, told: Any, of: Any
) -> None:
    """Take the message of which all fragments are here, dated by the first that was stamped."""
    first, stamped, chars, acc, w, fill = -1, -1, 0, 0, 0, 0
    least = of[O_LINE]
    for number in range(1, of[O_TOTAL] + 1):
        for k in range(ints[OPEN]):
            o = out.open[k]
            if o[O_NUMBER] != number or not _same(o, of):
                continue
            first = k if number == 1 else first
            if stamped < 0 and TAG <= o[O_SOURCE] <= SUFFIX:
                stamped = k
            least = min(least, o[O_LINE])
            fill = o[O_FILL]
            for i in range(o[O_PAYLOAD], o[O_PAYLOAD_END]):
                acc = (acc << 6) | SIX[buf[i]]
                chars += 1
                if chars % WORD_CHARACTERS == 0:
                    words[w] = acc
                    # No message is as long as the scratch; longer ones are refused by length.
                    w, acc = min(w + 1, len(words) - 1), 0
    words[w] = acc << (6 * (WORD_CHARACTERS - chars % WORD_CHARACTERS))
    fault = clean(words, chars, fill)
    if fault < 0:
        dated = first if stamped < 0 else stamped
        line[L_CHARS], line[L_FILL] = chars, fill
        line[L_STATION], line[L_SOURCE] = out.open[dated, O_STATION], out.open[dated, O_SOURCE]
        event_s, claimed_s = told[T_EVENT], told[T_CLAIMED]
        told[T_EVENT], told[T_CLAIMED] = out.open_times[dated, 0], out.open_times[dated, 1]
        add_row(ints, times, out, words, line, told)
        told[T_EVENT], told[T_CLAIMED] = event_s, claimed_s
        out.line[ints[ROWS] - 1] = least
        out.sentences[ints[ROWS] - 1] = of[O_TOTAL]
        ints[DECODED] += of[O_TOTAL] - 1
    kept = 0
    for k in range(ints[OPEN]):
        if not _same(out.open[k], of):
            out.open[kept], out.open_times[kept] = out.open[k], out.open_times[k]
            kept += 1
        elif fault >= 0:
            at = ints[REJECTS]
            ints[REJECTS] += 1
            out.rejects[at, 0], out.rejects[at, 1] = fault, words[0] >> (WORD_BITS - 6)
            out.rejects[at, 2:5] = out.open[k, O_LINE : O_RAW_END + 1]
    ints[OPEN] = kept


@njit()
def _same(a: Any, b: Any) -> bool:
    """Whether two fragments are of one message."""
    return (
        a[O_TOTAL] == b[O_TOTAL]
        and a[O_SEQUENCE] == b[O_SEQUENCE]
        and a[O_CHANNEL] == b[O_CHANNEL]
        and a[O_GROUP] == b[O_GROUP]
    )


@njit()
def filter_places(total: int, sequence: int, channel: int, group: int, station: int) -> Any:
    """Where a fragment's key stands in the filter: alone, with its station, and with none."""
    key = ((total * 131 + sequence) * 131 + channel) * 131 + group + 1
    alone = (key * 2654435761 >> 7) & (FILTER - 1)
    named = ((key + station) * 2654435761 >> 7) & (FILTER - 1)
    return alone, named
