"""The kernel that reads plain AIS lines of a long text: envelope, time, fragments, payload words.

It does what ``stream.Stream`` and ``ais.fragments.Assembly`` do, for the lines that nearly all logs
consist of; at any other line it stops, so that those do it. Tests hold both to be equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.ais.fields import WORD_CHARACTERS
from coastwatch.decode.bulk.fragments import add_fragment, joins
from coastwatch.decode.bulk.lines import read_line
from coastwatch.decode.bulk.messages import add_row, clean, reject
from coastwatch.decode.bulk.state import *
from coastwatch.decode.framing import LINE_MAX
from coastwatch.decode.ownship import OWN_CLOCK_S
from coastwatch.kernels import uncounted


def _entry(version: int) -> Any:
    """The kernel, closed over what all its parts say (see ``sources``)."""

    @njit(cache=True)
    def scan(buf: Any, ints: Any, times: Any, waiting: Any, out: Out) -> bool:
        line = np.empty(L_INTS if version else 0, dtype=np.int64)
        words = np.empty(LINE_MAX // WORD_CHARACTERS + 2, dtype=np.int64)
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


@njit(forceinline=True)
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


@njit(forceinline=True)
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
            fault = clean(words, line[L_CHARS], line[L_FILL])
            if fault < 0:
                add_row(ints, times, out, words, line, told)
            else:
                reject(ints, out.rejects, fault, words, line)
        elif joins(ints, times, waiting, out, line, told):
            add_fragment(buf, ints, times, out, words, line, told)
        else:
            return False
        if not np.isnan(told[T_CLAIMED]):
            ints[STAMPED] = 1
        times[HINT_S], ints[HINT_STATION], ints[HINT_CHECK] = np.nan, 0, UNSAID
    elif what == BAD_SUM:
        reject(ints, out.rejects, CHECKSUM, words, line)
    elif what == OWN_SHIP:
        _own_ship(ints, times, out, line, told)
    else:
        if what == HINTS:
            times[HINT_S], ints[HINT_STATION] = told[T_TAG], line[L_STATION]
            ints[HINT_CHECK], ints[HINT_SOURCE] = line[L_CHECK], line[L_HINT_SOURCE]
        ints[IGNORED] += 1
    return True


@njit(forceinline=True)
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


@njit()
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


@njit()
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
