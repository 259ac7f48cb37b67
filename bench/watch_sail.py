"""Plans -> what hulls truly did: legs are sailed with rudder, throttle, wander and a tide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numba import njit

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints

KNOT = 1852 / 3600
NM = 1852.0
STEP_S = 2.0
ORIGIN = (1.50, 51.00)
PLANE = Plane(ORIGIN)
# A tide along the strait, as a flood and an ebb of half a day's moon.
TIDE_KN, TIDE_S, TIDE_TO_RAD = 1.6, 44_714.0, float(np.radians(35.0))
UNDER_WAY, ANCHORED, NOT_COMMANDED, MOORED, FISHING = 0, 1, 2, 5, 7
TO, HOLD, DRIFT, LIE = range(4)
WANDER_S = 120.0
SWING = 1.2  # radians that an anchored bow turns, for each m/s of tide


class Leg(NamedTuple):
    """One thing that a helm does; NaN leaves a number to the hull.

    TO steers for (a, b) in the plane; HOLD keeps course ``a`` (degrees over the ground) for
    ``seconds``; DRIFT is carried to ``a`` with the bow to ``b``; LIE stays, the bow swinging.
    """

    what: int
    a: float = np.nan
    b: float = np.nan
    knots: float = 0.0
    seconds: float = np.inf
    turn_dps: float = np.nan
    accel_mps2: float = np.nan
    status: int = UNDER_WAY


def to(lonlat: tuple[float, float], knots: float, status: int = UNDER_WAY) -> Leg:
    x, y = PLANE.to_xy(*lonlat)
    return Leg(TO, float(x), float(y), knots, status=status)


def at(x: float, y: float, knots: float, status: int = UNDER_WAY) -> Leg:
    return Leg(TO, x, y, knots, status=status)


@dataclass(slots=True)
class Hull:
    """A vessel, her plan and what she says of herself. Times are seconds of the day.

    ``grade`` is the class of her AIS set, "" without. ``silent`` are times with the set off,
    ``strays`` times, with a shift (m) to which its told place creeps at two metres a second;
    ``jumps`` those to which it jumps at once; ``says`` what it says otherwise since when.
    """

    kind: str
    mmsi: int
    grade: str
    length_m: float
    start_s: float
    x: float
    y: float
    legs: Sequence[Leg]
    name: str = ""
    ship_type: int = 70
    destination: str | None = None
    turn_dps: float = 0.4
    accel_mps2: float = 0.03
    wander_deg: float = 0.5
    silent: list[tuple[float, float]] = field(default_factory=list)
    strays: list[tuple[float, float, float, float]] = field(default_factory=list)
    jumps: list[tuple[float, float, float, float]] = field(default_factory=list)
    says: list[tuple[float, dict[str, object]]] = field(default_factory=list)
    script: str = ""


@dataclass(slots=True)
class Path:
    """Where a hull was, every STEP_S from ``start_s``; angles clockwise from the plane's +y."""

    start_s: float
    x: Floats
    y: Floats
    vx: Floats
    vy: Floats
    heading: Floats
    status: Ints

    @property
    def times_s(self) -> Floats:
        return np.asarray(self.start_s + STEP_S * np.arange(len(self.x)))

    @property
    def sog(self) -> Floats:
        return np.hypot(self.vx, self.vy)

    @property
    def cog(self) -> Floats:
        return np.arctan2(self.vx, self.vy)

    def between(self, column: Floats, time_s: Floats) -> Floats:
        return np.interp(time_s, self.times_s, column)


def tide(time_s: Floats) -> Floats:
    """m/s along TIDE_TO_RAD at a time of the day."""
    return np.asarray(TIDE_KN * KNOT * np.sin(2 * np.pi * time_s / TIDE_S))


def sail(hull: Hull, until_s: float, rng: np.random.Generator) -> Path:
    """What ``hull`` does until her plan, or the day, is over."""
    steps = int(max(until_s - hull.start_s, STEP_S) / STEP_S)
    legs = np.array([[float(v) for v in leg] for leg in hull.legs])
    noise = rng.standard_normal(steps) * np.radians(hull.wander_deg)
    drift = tide(hull.start_s + STEP_S * np.arange(steps))
    bow = rng.uniform(0, 2 * np.pi)
    out = np.empty((steps, 5))
    status = np.empty(steps, dtype=np.int64)
    n = _sail(
        legs, hull.x, hull.y, bow, np.radians(hull.turn_dps), hull.accel_mps2,
        noise, drift, hull.length_m, out, status,
    )  # fmt: skip
    return Path(hull.start_s, *out[:n].T.copy(), status=status[:n])


@njit(cache=True)
def _sail(legs, x, y, bow, turn, accel, noise, drift, length, out, status):  # fmt: skip
    """Steps sailed. The speed at the start is the first leg's, along her first course."""
    leg, since = 0, 0.0
    slow = np.exp(-STEP_S / WANDER_S)
    wander = 0.0
    first = legs[0]
    course = np.radians(first[1])
    if first[0] == TO:
        course = np.arctan2(first[1] - x, first[2] - y)
    speed = 0.0 if first[0] == LIE else first[3] * KNOT
    aim, bow = course, bow if first[0] == LIE else course
    if first[0] == DRIFT:
        bow = np.radians(first[2])
    x0, y0, bow0, drift0, reach, lying = x, y, bow, 0.0, 0.0, False
    for k in range(len(out)):
        what, a, b, knots, seconds = legs[leg, :5]
        rate = turn if np.isnan(legs[leg, 5]) else np.radians(legs[leg, 5])
        push = accel if np.isnan(legs[leg, 6]) else legs[leg, 6]
        wander = slow * wander + np.sqrt(1 - slow * slow) * noise[k]
        set_x, set_y = drift[k] * np.sin(TIDE_TO_RAD), drift[k] * np.cos(TIDE_TO_RAD)
        wanted = knots * KNOT
        if what == TO:
            aim = np.arctan2(a - x, b - y)
        elif what in (HOLD, DRIFT):
            aim = np.radians(a)
        off = aim + (wander if what != DRIFT else 0.2 * wander) - course
        off = np.arctan2(np.sin(off), np.cos(off))
        most = rate * STEP_S if speed > 0.3 or what == DRIFT else np.pi
        course += min(max(off * STEP_S / 10.0, -most), most)
        speed += min(max(wanted - speed, -push * STEP_S), push * STEP_S)
        vx, vy = speed * np.sin(course), speed * np.cos(course)
        if what == LIE and speed < 0.05:
            # At her cable's end: she swings as the tide turns.
            if not lying:
                reach = 0.0 if int(legs[leg, 7]) == MOORED else min(length, 120.0)
                bow0, drift0, lying = bow, drift[k], True
                x0, y0 = x + reach * np.sin(bow), y + reach * np.cos(bow)
            bow = bow0 + SWING * (drift[k] - drift0)
            vx = (x0 - reach * np.sin(bow) - x) / STEP_S
            vy = (y0 - reach * np.cos(bow) - y) / STEP_S
        elif what == DRIFT:
            turned = np.radians(b) + wander - bow
            turned = np.arctan2(np.sin(turned), np.cos(turned))
            bow += min(max(turned, -0.01 * STEP_S), 0.01 * STEP_S)
        elif speed > 0.2 and what != LIE:
            # The bow points where she goes through the water.
            turned = np.arctan2(vx - set_x, vy - set_y) - bow
            turned = np.arctan2(np.sin(turned), np.cos(turned))
            bow += min(max(turned, -2 * most), 2 * most)
        out[k, 0], out[k, 1], out[k, 2], out[k, 3], out[k, 4] = x, y, vx, vy, bow
        status[k] = int(legs[leg, 7])
        x, y, since = x + vx * STEP_S, y + vy * STEP_S, since + STEP_S
        lying = lying and what == LIE
        near = what == TO and (a - x) ** 2 + (b - y) ** 2 < max(150.0, 30.0 * speed) ** 2
        if near or since >= seconds:
            leg, since = leg + 1, 0.0
            if leg == len(legs):
                return k + 1
    return len(out)
