"""The kernel that reads plain AIS lines of a long text: envelope, time, fragments, payload words.

It does what ``stream.Stream`` and ``ais.fragments.Assembly`` do, for the lines that nearly all logs
consist of; at any other line it stops, so that those do it. Tests hold both to be equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.ais.fields import BITS_MAX, SMALLS, UNKNOWN, WORD_BITS
from coastwatch.decode.ais.fragments import FILTER, WAIT_S
from coastwatch.decode.ais.rows import KEEPS
from coastwatch.decode.ais.transmissions import MIX
from coastwatch.decode.bulk.lines import read_line
from coastwatch.decode.bulk.state import *
from coastwatch.decode.framing import LINE_MAX
from coastwatch.decode.ownship import OWN_CLOCK_S

SMALL_UNKNOWN = np.array([UNKNOWN[name] for name in SMALLS[1:]])  # behind the altitude


def _entry(version: int) -> Any:
    """The kernel, closed over what all its parts say (see ``sources``)."""

    @njit(cache=True)
    def scan(buf: Any, ints: Any, times: Any, waiting: Any, out: Out) -> bool:
        line = np.empty(L_INTS if version else 0, dtype=np.int64)
        words = np.empty(LINE_MAX // 10 + 2, dtype=np.int64)
        told = np.empty(T_FLOATS)
        _scan(
            uncounted(buf), uncounted(ints), uncounted(times), uncounted(waiting),
            Out(
                uncounted(out.line), uncounted(out.sentences), uncounted(out.station),
                uncounted(out.time_s), uncounted(out.time_source),
                uncounted(out.msg_type), uncounted(out.mmsi), uncounted(out.utc_s),
                uncounted(out.keys), uncounted(out.places), uncounted(out.motion),
                uncounted(out.altitude_m), uncounted(out.smalls), uncounted(out.kept),
                uncounted(out.words),
                uncounted(out.rejects), uncounted(out.nav), uncounted(out.nav_times),
                uncounted(out.open), uncounted(out.open_times),
                uncounted(out.names), uncounted(out.name_lengths), uncounted(out.name_table),
                uncounted(out.table_first), uncounted(out.table), uncounted(out.divisors),
            ),
            uncounted(words), uncounted(line), uncounted(told),
        )  # fmt: skip
        return ints[AT] == len(buf)

    return scan


scan = _entry(sources())
"""Read whole lines of ``buf`` from ``ints[AT]`` on; True at the end of the text.

False before a line that is not plain: nothing of it has been taken. ``buf`` (uint8) must end with
a line end, by which every loop here stops. ``waiting`` (3, FILTER) marks keys of fragments that
are kept elsewhere; whatever they may concern is not plain.
"""


@njit(cache=True, forceinline=True)
def _scan(
    buf: Any, ints: Any, times: Any, waiting: Any, out: Out, words: Any, line: Any, told: Any
) -> None:
    n = len(buf)
    while ints[AT] < n:
        end = at = ints[AT]
        if not is_end(buf[at]):
            end = read_line(buf, at, ints, times, words, line, told)
            if end == 0 or end - at > LINE_MAX:
                return
            line[L_RAW], line[L_END] = at, end
            if not _take(buf, ints, times, waiting, out, words, line, told):
                return
            ints[FRAMES] += 1
        ints[LINE] += 1
        crlf = buf[end] == CR and end + 1 < n and buf[end + 1] == NL
        ints[AT] = end + 2 if crlf else end + 1


@njit(cache=True, forceinline=True)
def _take(
    buf: Any, ints: Any, times: Any, waiting: Any, out: Out, words: Any, line: Any, told: Any
) -> bool:
    """Take what a line says; False, with nothing taken, where it is not for us to decide."""
    what = line[L_WHAT]
    if line[L_NAME_END] > line[L_NAME]:
        line[L_STATION] = _station(
            buf, line[L_NAME], line[L_NAME_END], ints,
            out.names, out.name_lengths, out.name_table,
        )  # fmt: skip
    if what == AIS:
        _when(ints, times, line, told)
        if line[L_TOTAL] == 1:
            fault = _clean(words, line[L_CHARS], line[L_FILL])
            if fault < 0:
                _row(ints, times, out, words, line, told)
            else:
                _reject(ints, out.rejects, fault, words, line)
        elif _joins(ints, times, waiting, out, line, told):
            _fragment(buf, ints, times, out, words, line, told)
        else:
            return False
        if not np.isnan(told[T_CLAIMED]):
            ints[STAMPED] = 1
        times[HINT_S], ints[HINT_STATION], ints[HINT_CHECK] = np.nan, 0, UNSAID
    elif what == BAD_SUM:
        _reject(ints, out.rejects, CHECKSUM, words, line)
    elif what == OWN_SHIP:
        _own_ship(ints, times, out, line, told)
    else:
        if what == HINTS:
            times[HINT_S], ints[HINT_STATION] = told[T_TAG], line[L_STATION]
            ints[HINT_CHECK], ints[HINT_SOURCE] = line[L_CHECK], line[L_HINT_SOURCE]
        ints[IGNORED] += 1
    return True


@njit(cache=True, forceinline=True)
def _when(ints: Any, times: Any, line: Any, told: Any) -> None:
    """Event and claimed time of a sentence, its station and source: ``stream.Stream._when``."""
    hint_s, check = np.nan, ints[HINT_CHECK]
    if check == UNSAID or line[L_TOTAL] > 1 or check == line[L_TOLD]:
        hint_s = times[HINT_S]
        if line[L_STATION] == 0:
            line[L_STATION] = ints[HINT_STATION]
    time_s, source = told[T_TAG], TAG
    if np.isnan(time_s):
        time_s, source = hint_s, ints[HINT_SOURCE]
    if np.isnan(time_s):
        time_s, source = told[T_BEFORE], PREFIX
    if np.isnan(time_s):
        time_s, source = told[T_AFTER], SUFFIX
    told[T_CLAIMED] = time_s
    if np.isnan(time_s):
        own, received_s, source = ints[CLOCK_SOURCE], times[RECEIVED_S], NOWHERE
        if not np.isnan(received_s):
            time_s, source = received_s, RECEIVED
            if own == RMC or own == ZDA:
                since_s = received_s - times[CLOCK_RECEIVED_S]
                if 0.0 <= since_s <= OWN_CLOCK_S:
                    time_s, source = times[CLOCK_S] + since_s, own
        elif ints[STAMPED] == 0 or own != BASE:
            time_s = times[CLOCK_S]
            if not np.isnan(time_s):
                source = own
    told[T_EVENT], line[L_SOURCE] = time_s, source


@njit(cache=True)
def _own_ship(ints: Any, times: Any, out: Out, line: Any, told: Any) -> None:
    """Keep a sentence of own ship's for the stream; of its clock we need to know at once."""
    _when(ints, times, line, told)
    if line[L_CLOCK] != NOWHERE:
        ints[CLOCK_SOURCE], times[CLOCK_S] = line[L_CLOCK], told[T_CLOCK]
        times[CLOCK_RECEIVED_S] = times[RECEIVED_S]
    k = ints[NAV]
    ints[NAV] = k + 1
    ints[IGNORED] += 1
    out.nav[k, 0], out.nav[k, 1] = line[L_RAW], line[L_END]
    out.nav_times[k] = times[CLOCK_S] if np.isnan(told[T_EVENT]) else told[T_EVENT]


@njit(cache=True)
def _station(
    buf: Any, start: int, end: int, ints: Any, names: Any, lengths: Any, table: Any
) -> int:
    """The number of a station's name in this text, a new one where it is new."""
    h = name_hash(buf, start, end)
    mask = len(table) - 1
    slot = h & mask
    while True:
        number = table[slot]
        if number == 0:
            break
        if lengths[number] == end - start:
            same = True
            for i in range(end - start):
                if names[number, i] != buf[start + i]:
                    same = False
                    break
            if same:
                return number
        slot = (slot + 1) & mask
    ints[STATIONS] += 1
    number = ints[STATIONS]
    table[slot] = number
    lengths[number] = end - start
    for i in range(end - start):
        names[number, i] = buf[start + i]
    return number


@njit(cache=True)
def name_hash(buf: Any, start: int, end: int) -> int:
    """FNV-1a of some bytes, folded to 31 bits."""
    h = 2166136261
    for i in range(start, end):
        h = ((h ^ buf[i]) * 16777619) & 0xFFFFFFFF
    return h >> 1


@njit(cache=True, forceinline=True)
def _clean(words: Any, chars: int, fill: int) -> int:
    """Clear the fill bits of a payload and the word behind it; give its fault."""
    nbits = chars * 6 - fill
    if nbits < 38 or nbits > BITS_MAX:
        return _fault(words, nbits)
    last = nbits // WORD_BITS
    words[last] &= WORD_MASK ^ (WORD_MASK >> (nbits - last * WORD_BITS))
    words[last + 1] = 0
    return _fault(words, nbits)


@njit(cache=True, forceinline=True)
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


@njit(cache=True, forceinline=True)
def _row(ints: Any, times: Any, out: Out, words: Any, line: Any, told: Any) -> None:
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


@njit(cache=True, forceinline=True, error_model="numpy")
def _position(out: Out, at: int, kind: int, words: Any) -> None:
    """The columns of a payload, as the wire table says."""
    out.places[0, at] = out.places[1, at] = np.nan
    for column in range(3):
        out.motion[column, at] = np.nan
    for column in range(len(SMALL_UNKNOWN)):
        out.smalls[column, at] = SMALL_UNKNOWN[column]
    out.altitude_m[at] = -1
    for f in range(out.table_first[kind], out.table_first[kind + 1]):
        column, width = out.table[f, 0], out.table[f, 3]
        value = part(words, out.table[f, 1], out.table[f, 2], width)
        if out.table[f, 4] and value >> (width - 1):
            value -= 1 << width
        if out.table[f, 5] <= value <= out.table[f, 6]:
            if column < 2:
                out.places[column, at] = value / out.divisors[f]
            elif column < 5:
                out.motion[column - 2, at] = value / out.divisors[f]
            elif column > 5:
                out.smalls[column - 6, at] = value
            else:
                out.altitude_m[at] = value


@njit(cache=True, forceinline=True)
def _key(words: Any, nbits: int) -> Any:
    """``transmissions.payload_key``."""
    h = np.uint64(nbits)
    for i in range(nbits // WORD_BITS + 1):
        h = (h ^ np.uint64(words[i])) * MIX
        h ^= h >> np.uint64(29)
    return h


@njit(cache=True)
def _reject(ints: Any, rejects: Any, reason: int, words: Any, line: Any) -> None:
    at = ints[REJECTS]
    ints[REJECTS] += 1
    rejects[at, 0], rejects[at, 1] = reason, words[0] >> (WORD_BITS - 6)
    rejects[at, 2], rejects[at, 3], rejects[at, 4] = ints[LINE] + 1, line[L_RAW], line[L_END]


@njit(cache=True)
def _joins(ints: Any, times: Any, waiting: Any, out: Out, line: Any, told: Any) -> bool:
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


@njit(cache=True)
def filter_places(total: int, sequence: int, channel: int, group: int, station: int) -> Any:
    """Where a fragment's key stands in the filter: alone, with its station, and with none."""
    key = ((total * 131 + sequence) * 131 + channel) * 131 + group + 1
    alone = (key * 2654435761 >> 7) & (FILTER - 1)
    named = ((key + station) * 2654435761 >> 7) & (FILTER - 1)
    return alone, named


@njit(cache=True)
def _fragment(buf: Any, ints: Any, times: Any, out: Out, words: Any, line: Any, told: Any) -> None:
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


@njit(cache=True)
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
                if chars % 10 == 0:
                    words[w] = acc
                    # No message is as long as the scratch; longer ones are refused by length.
                    w, acc = min(w + 1, len(words) - 1), 0
    words[w] = acc << (6 * (10 - chars % 10))
    fault = _clean(words, chars, fill)
    if fault < 0:
        dated = first if stamped < 0 else stamped
        line[L_CHARS], line[L_FILL] = chars, fill
        line[L_STATION], line[L_SOURCE] = out.open[dated, O_STATION], out.open[dated, O_SOURCE]
        event_s, claimed_s = told[T_EVENT], told[T_CLAIMED]
        told[T_EVENT], told[T_CLAIMED] = out.open_times[dated, 0], out.open_times[dated, 1]
        _row(ints, times, out, words, line, told)
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


@njit(cache=True)
def _same(a: Any, b: Any) -> bool:
    """Whether two fragments are of one message."""
    return (
        a[O_TOTAL] == b[O_TOTAL]
        and a[O_SEQUENCE] == b[O_SEQUENCE]
        and a[O_CHANNEL] == b[O_CHANNEL]
        and a[O_GROUP] == b[O_GROUP]
    )
