"""The pass over messages in order that remembers senders: hulls, the way they made, what they said.

Written in what Python and Numba both run: ``follow`` is interpreted, ``compiled()`` the same source
as machine code.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from coastwatch.decode.ais.integrity_state import *
from coastwatch.geo.units import KNOT_MPS, NM_M


@cache
def compiled() -> Any:
    """``follow`` as machine code; takes some seconds, or a fraction of one once cached on disk."""
    from numba import njit
    from numba.extending import register_jitable

    from coastwatch.decode.bulk.state import sources

    # Arrays are counted whenever a tuple of them is handed on: what runs for each message takes
    # numbers.
    parts = (distance_m, wrap, _mend, _place, _assign, _search, _apart_m, _elsewhere, _claim)
    ways = (_chain, _begin, _made, _speed, _course, _slack_m)
    for part in (*parts, *ways, _position, _flags, _flag, _statics):
        register_jitable(forceinline=True)(part)
    inner, version = register_jitable(follow), sources()

    @njit(cache=True)
    def whole(state: Any, given: Any, out: Any) -> Any:
        return inner(state, given, out) if version else 0

    return whole


def follow(state: State, given: Given, out: Found) -> int:
    """Go through messages in order; the number of flags written."""
    flags, j = 0, 0
    for i in range(len(given.mmsi)):
        j_end = j
        while j_end < len(given.said_row) and given.said_row[j_end] <= i:
            j_end += 1
        mmsi, weight = given.mmsi[i], given.weight[i]
        if mmsi < 0:
            j = j_end
            continue
        place, new = _place(state.slots, state.counts, mmsi, given.set[i])
        if new:
            state.books[place, :] = 0.0
            state.hulls[place, :, COUNT] = 0.0
            state.told_s[place, :] = np.nan
        first, steps = flags, 1.0
        if given.placed[i] and mmsi > 0:
            found = _position(
                state.hulls[place], state.lag, given.time_s[i], given.lag_s[i], given.lon[i],
                given.lat[i], given.sog[i], given.cog[i], given.moved[i], given.aircraft[i],
                given.coarse[i],
            )  # fmt: skip
            out.hull[i], wrong, steps = found[0], found[1], found[2]
            if wrong:
                flags = _flags(out, flags, i, found)
        if mmsi > 0:
            for k in range(j, j_end):
                flags = _statics(state.told[place], state.told_s[place], given, i, k, out, flags)
        j = j_end
        for f in range(first, flags):
            check = out.check[f]
            # A way told wrong is wrong in each of the reports that it is the sum of.
            weight += given.weights[check] * (steps if check in (SPEED, COURSE) else 1.0)
        state.books[place, MESSAGES] += 1.0
        state.books[place, WEIGHT] += weight
    return flags


def _position(
    hulls: Any, lag: Any, time_s: float, lag_s: float, lon: float, lat: float, sog: float,
    cog: float, moved: bool, aircraft: bool, coarse: bool,
) -> tuple[int, bool, float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """The hull of a position, and what is wrong with it, for ``_flags``.

    Whether anything is, and of how many reports; metres and seconds of a jump; metres to another
    hull; seconds of the way compared; and how far off speed and course are, each with its room.
    """
    t, sound, adrift = _mend(lag, time_s, lag_s)
    top = AIRCRAFT_MPS if aircraft else SHIP_MPS
    h, jump_m, jump_s, apart_m = _assign(hulls, t, lon, lat, top, coarse, adrift)
    wrong = jump_m > 0.0 or apart_m < math.inf
    steps, span_s, fast, fast_room, astray, astray_room = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if moved and sound and not adrift and not math.isnan(sog):
        hull = hulls[h]
        steps, span_s = _chain(hull, t, lon, lat, sog, cog)
        if span_s >= SPAN_S:
            fast, fast_room = _speed(hull, lon, lat, span_s)
            astray, astray_room = _course(hull, lon, lat, span_s)
            wrong = wrong or fast > fast_room or astray > astray_room
            _begin(hull, t, lon, lat, sog, cog)
    return (h, wrong, steps, jump_m, jump_s, apart_m, span_s, fast, fast_room, astray,
            astray_room)  # fmt: skip


def _flags(out: Found, flags: int, i: int, found: Any) -> int:
    """Write the flags of one position."""
    _, _, _, jump_m, jump_s, apart_m, span_s, fast, fast_room, astray, astray_room = found
    if jump_m > 0.0:
        knots = jump_m / jump_s / KNOT_MPS
        flags = _flag(out, flags, i, JUMP, 0, jump_m / NM_M, JUMP_M / NM_M, knots)
    if fast > fast_room:
        flags = _flag(out, flags, i, SPEED, 0, fast / KNOT_MPS, fast_room / KNOT_MPS, span_s)
    if astray > astray_room:
        off, room = math.degrees(astray), math.degrees(astray_room)
        flags = _flag(out, flags, i, COURSE, 0, off, room, span_s)
    if apart_m < math.inf:
        flags = _flag(out, flags, i, PLACES, 0, apart_m / NM_M, JUMP_M / NM_M, np.nan)
    return flags


def distance_m(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Haversine distance of positions in degrees."""
    p, p2 = math.radians(lat), math.radians(lat2)
    half = math.sin((p2 - p) / 2.0) ** 2
    half += math.cos(p) * math.cos(p2) * math.sin(math.radians(lon2 - lon) / 2.0) ** 2
    return 2.0 * EARTH_M * math.asin(math.sqrt(min(half, 1.0)))


def wrap(angle: float, half: float) -> float:
    """The same angle from -half to half, of one that is less than one turn off."""
    if angle > half:
        return angle - 2.0 * half
    if angle < -half:
        return angle + 2.0 * half
    return angle


def _mend(lag: Any, t: float, lag_s: float) -> tuple[float, bool, bool]:
    """A position's time by its UTC second; whether that is near its stamp, and all are adrift."""
    sound = True
    if not math.isnan(lag_s):
        lag[LAGS] = min(lag[LAGS] + 1.0, MEAN_MEMORY)
        off_s = wrap(lag_s - lag[LAG], 30.0)
        lag[LAG] = wrap(lag[LAG] + off_s / lag[LAGS], 30.0)
        off_s -= off_s / lag[LAGS]
        sound = abs(off_s) <= OFF_S
        if sound:
            t -= off_s
        lag[UNSOUND] += ((0.0 if sound else 1.0) - lag[UNSOUND]) / UNSOUND_MEMORY
    return t, sound, lag[UNSOUND] > ADRIFT


def _place(slots: Any, counts: Any, mmsi: int, number: int) -> tuple[int, bool]:
    """Where a sender's memory is, and whether it is new; then the one unheard for longest goes.

    Counts the message.
    """
    counts[0] += 1
    oldest = number * WAYS
    for i in range(number * WAYS, number * WAYS + WAYS):
        if slots[i, KEY] == mmsi + 1:
            slots[i, HEARD] = counts[0]
            return slots[i, PLACE], False
        if slots[i, HEARD] < slots[oldest, HEARD]:
            oldest = i
    if slots[oldest, KEY] == 0:
        slots[oldest, PLACE] = counts[1]
        counts[1] += 1
    slots[oldest, KEY] = mmsi + 1
    slots[oldest, HEARD] = counts[0]
    return slots[oldest, PLACE], True


def _assign(
    hulls: Any, t: float, lon: float, lat: float, top: float, coarse: bool, adrift: bool
) -> tuple[int, float, float, float]:
    """The nearest hull that could have come here; where none could, it jumped, and is a new one.

    Its number; metres (0: none) and seconds of the jump; how far apart another one is (or inf).
    """
    best, nearest, jump_m, since_s = 0, -1, 0.0, 1.0
    alone = hulls[0, COUNT] > 0.0 and hulls[1, COUNT] == 0.0 and hulls[2, COUNT] == 0.0
    still = abs(lon - hulls[0, LON]) < NEAR_DEG and abs(lat - hulls[0, LAT]) < NEAR_DEG
    if not (alone and still):
        best, nearest, jump_m = _search(hulls, t, lon, lat, top, coarse, adrift)
    if best >= 0 or nearest < 0:
        jump_m = 0.0
    else:
        # Stamps are whole seconds in most logs: two in one second may lie one apart.
        since_s = max(abs(t - hulls[nearest, TIME]), 1.0)
    if best < 0:
        best = _claim(hulls, t)
    apart_m = math.inf
    if not alone:
        apart_m = _apart_m(hulls, best, t, lon, lat, top, coarse, adrift)
    hulls[best, TIME], hulls[best, LON], hulls[best, LAT] = t, lon, lat
    hulls[best, COARSE], hulls[best, SCATTERED] = coarse, adrift
    hulls[best, COUNT] += 1.0
    return best, jump_m, since_s, apart_m


def _search(
    hulls: Any, t: float, lon: float, lat: float, top: float, coarse: bool, adrift: bool
) -> tuple[int, int, float]:
    """The nearest hull that could have come here, or -1; the nearest of all, and how far."""
    best, nearest, best_m, nearest_m = -1, -1, math.inf, math.inf
    for h in range(HULLS_MAX):
        if h > 0 and hulls[h, COUNT] == 1.0 and t - hulls[h, TIME] > ONCE_S:
            hulls[h, COUNT] = 0.0
        if hulls[h, COUNT] == 0.0:
            continue
        way_m = distance_m(hulls[h, LON], hulls[h, LAT], lon, lat)
        if way_m < nearest_m:
            nearest, nearest_m = h, way_m
        if way_m < best_m and not _elsewhere(hulls, h, t, way_m, top, coarse, adrift):
            best, best_m = h, way_m
    return best, nearest, nearest_m


def _apart_m(
    hulls: Any, best: int, t: float, lon: float, lat: float, top: float, coarse: bool,
    adrift: bool,
) -> float:  # fmt: skip
    """How far the nearest other hull is that was there before this one and was heard since."""
    apart_m = math.inf
    for h in range(HULLS_MAX):
        # This one's count is without this position.
        if h == best or hulls[h, COUNT] < 2.0 or hulls[best, COUNT] < 1.0:
            continue
        if hulls[h, TIME] <= hulls[best, SINCE] or abs(t - hulls[h, TIME]) > ONCE_S:
            continue
        way_m = distance_m(hulls[h, LON], hulls[h, LAT], lon, lat)
        if _elsewhere(hulls, h, t, way_m, top, coarse, adrift):
            apart_m = min(apart_m, way_m)
    return apart_m


def _elsewhere(
    hulls: Any, h: int, t: float, way_m: float, top: float, coarse: bool, adrift: bool
) -> bool:
    """Whether a hull cannot have come here from where it was, by 0.5 NM and by its speed."""
    if coarse or hulls[h, COARSE] > 0.0:
        way_m -= COARSE_M
    since_s = max(abs(t - hulls[h, TIME]), 1.0)
    if adrift or hulls[h, SCATTERED] > 0.0:
        since_s += ADRIFT_S
    return way_m > JUMP_M and way_m > top * since_s


def _claim(hulls: Any, t: float) -> int:
    """A free hull, or that of the others than the first that is unheard for longest."""
    claimed = -1
    for h in range(HULLS_MAX):
        if hulls[h, COUNT] == 0.0:
            claimed = h
            break
        if h > 0 and (claimed < 0 or hulls[h, TIME] < hulls[claimed, TIME]):
            claimed = h
    hulls[claimed, COUNT] = hulls[claimed, STEPS] = 0.0
    hulls[claimed, SINCE] = t
    return claimed


def _chain(
    hull: Any, t: float, lon: float, lat: float, sog: float, cog: float
) -> tuple[float, float]:
    """Add a report to the way told: how many steps it has, and its seconds (0: none to judge)."""
    step_s = t - hull[REPORT_TIME]
    if hull[STEPS] == 0.0 or abs(step_s) > GAP_S:
        _begin(hull, t, lon, lat, sog, cog)
        return 1.0, 0.0
    if step_s <= 0.0:  # late in coming
        return 1.0, 0.0
    mean, turn = (sog + hull[SOG]) / 2.0, wrap(cog - hull[COG], math.pi)
    hull[PATH] += mean * step_s
    if mean > 0.0:
        hull[EAST] += mean * step_s * math.sin(hull[COG] + turn / 2.0)
        hull[NORTH] += mean * step_s * math.cos(hull[COG] + turn / 2.0)
    hull[SLACK] += abs(sog - hull[SOG]) * step_s
    hull[TURN_SLACK] += mean * step_s * abs(turn) / 2.0
    hull[SLOWEST], hull[LONGEST] = min(hull[SLOWEST], sog), max(hull[LONGEST], step_s)
    hull[REPORT_TIME], hull[SOG], hull[COG] = t, sog, cog
    hull[STEPS] += 1.0
    return hull[STEPS] - 1.0, t - hull[FROM_TIME]


def _begin(hull: Any, t: float, lon: float, lat: float, sog: float, cog: float) -> None:
    hull[FROM_TIME] = hull[REPORT_TIME] = t
    hull[FROM_LON], hull[FROM_LAT] = lon, lat
    hull[SOG] = hull[SLOWEST] = sog
    hull[COG] = cog
    hull[PATH] = hull[EAST] = hull[NORTH] = hull[SLACK] = hull[TURN_SLACK] = hull[LONGEST] = 0.0
    hull[STEPS] = 1.0


def _made(hull: Any, lon: float, lat: float) -> tuple[float, float]:
    """The way made, east and north, in metres."""
    middle = math.radians((lat + hull[FROM_LAT]) / 2.0)
    east = EARTH_M * math.radians(wrap(lon - hull[FROM_LON], 180.0)) * math.cos(middle)
    return east, EARTH_M * math.radians(lat - hull[FROM_LAT])


def _speed(hull: Any, lon: float, lat: float, since_s: float) -> tuple[float, float]:
    """How far the speed told is off, and what is let pass; NaN (no course) is nothing wrong."""
    east, north = _made(hull, lon, lat)
    made_m, told_m = math.hypot(east, north), math.hypot(hull[EAST], hull[NORTH])
    room_m = SPEED_ROOM_MPS * since_s + _slack_m(hull, since_s)
    # Turns only shorten a way: too long is told by the path, too short by its ends.
    off_m = made_m - hull[PATH]
    if off_m <= room_m and hull[LONGEST] <= TURN_GAP_S:
        room_m += hull[TURN_SLACK]
        off_m = told_m - made_m
    return off_m / since_s, room_m / since_s


def _course(hull: Any, lon: float, lat: float, since_s: float) -> tuple[float, float]:
    """The same of the course, in radians."""
    if hull[SLOWEST] <= MOVING_MPS or hull[LONGEST] > TURN_GAP_S:
        return 0.0, COURSE_ROOM_RAD
    east, north = _made(hull, lon, lat)
    shorter_m = min(math.hypot(east, north), math.hypot(hull[EAST], hull[NORTH]))
    if not shorter_m > 2.0 * WAY_ERROR_M:
        return 0.0, COURSE_ROOM_RAD
    astray = abs(wrap(math.atan2(east, north) - math.atan2(hull[EAST], hull[NORTH]), math.pi))
    slack_m = _slack_m(hull, since_s) + hull[TURN_SLACK]
    return astray, COURSE_ROOM_RAD + math.atan2(slack_m, shorter_m)


def _slack_m(hull: Any, since_s: float) -> float:
    """What noise, stamps and changes of speed can make of a way."""
    slack_m: float = WAY_ERROR_M + TIME_ERROR_S * hull[PATH] / since_s + hull[SLACK]
    return slack_m


def _flag(
    out: Found, flags: int, row: int, check: int, aspect: int, value: float, limit: float,
    extra: float,
) -> int:  # fmt: skip
    out.row[flags], out.check[flags], out.aspect[flags] = row, check, aspect
    out.value[flags], out.limit[flags], out.extra[flags] = value, limit, extra
    return flags + 1


def _statics(
    told: Any, told_s: Any, given: Given, i: int, k: int, out: Found, flags: int
) -> int:  # fmt: skip
    """What should not change within a day, against what was said last."""
    now_s = given.said_s[k]
    for a in range(ASPECTS):
        value = given.said[k, a]
        if value < 0 or math.isnan(now_s):
            continue
        since_s = abs(now_s - told_s[a])
        if since_s <= DAY_S and told[a] != value:
            flags = _flag(out, flags, i, STATICS, a + 1, since_s / 3600.0, DAY_S / 3600.0, np.nan)
        told[a], told_s[a] = value, now_s
    return flags
