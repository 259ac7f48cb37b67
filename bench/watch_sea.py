"""An honest day in the Dover Strait: traffic that no rule should speak of without cause.

Ships in the lanes, ferries across them, pilots, trawlers that turn and drift with the tide,
yachts, ships at anchor in the Downs, ships at their berths, a lifeboat. All made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.watch_sail import (
    ANCHORED,
    FISHING,
    HOLD,
    KNOT,
    LIE,
    MOORED,
    PLANE,
    UNDER_WAY,
    Hull,
    Leg,
    at,
)
from coastwatch.model import Floats
from coastwatch.simulate.dover import NORTH_EAST_LANE, SOUTH_WEST_LANE

DAY_S = 86_400.0
SHIPS_A_LANE, FERRIES, YACHTS, NAMELESS, PILOTINGS, RESCUES = 120, 60, 16, 10, 6, 3
TRAWLERS = (
    (1.500, 50.760), (1.420, 50.860), (1.690, 50.985), (1.930, 51.065), (1.560, 51.230),
    (1.170, 51.000), (1.000, 50.860), (2.150, 51.120),
)  # fmt: skip
DOWNS = (1.445, 51.215)
DOVER, CALAIS = (1.330, 51.118), (1.855, 50.970)
PILOTS = (1.450, 51.150)  # between Dover and the lane, where pilots board in this bench
PORTS = ("NL RTM", "DE HAM", "BE ANR", "GB FXT", "FR LEH", "ES ALG", "SG SIN", "IE DUB")
# Ferries cross both lanes at right angles, as rule 10 (c) wants.
CALAIS_DOVER = ((1.855, 50.970), (1.825, 50.990), (1.735, 51.025), (1.580, 51.115),
                (1.500, 51.165), (1.365, 51.112), (1.330, 51.118))  # fmt: skip
YACHT_WAYS = (
    ((1.40, 51.30), (1.43, 51.13), (1.30, 51.02)),
    ((1.56, 50.74), (1.53, 50.87), (1.70, 50.98), (1.82, 51.00)),
    ((1.84, 51.02), (1.62, 51.12), (1.45, 51.28)),
    ((1.24, 51.04), (1.36, 50.93), (1.54, 50.76)),
    ((1.00, 50.90), (1.20, 51.01), (1.36, 51.08)),
)


class Cast:
    """Draws hulls; each has an identity of her own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self._serial = rng, 0

    def mmsi(self, country: int = 0) -> int:
        self._serial += 1
        country = country or int(self.rng.choice([227, 232, 235, 244, 211, 219, 636, 538]))
        return country * 1_000_000 + 990_000 + self._serial

    def hull(self, kind: str, grade: str, start_s: float, legs: list[Leg], x: float, y: float,
             **more: object) -> Hull:  # fmt: skip
        """A hull of a kind, with its manners; ``more`` overrides."""
        length, type_, turn, accel, wander = MANNERS[kind]
        length *= float(self.rng.uniform(0.7, 1.3))
        mmsi = self.mmsi() if grade else -1
        made = Hull(kind, mmsi, grade, round(length), start_s, x, y, legs, f"{kind} {self._serial}",
                    type_, None, turn, accel, wander)  # fmt: skip
        if kind in ("cargo", "tanker"):
            made = replace(made, destination=str(self.rng.choice(PORTS)))
        return replace(made, **more)  # type: ignore[arg-type]


# length m, AIS ship type, turn deg/s, acceleration m/s2, wander of the course deg
MANNERS = {
    "cargo": (160.0, 70, 0.35, 0.015, 0.6),
    "tanker": (180.0, 80, 0.3, 0.012, 0.6),
    "ferry": (190.0, 60, 0.7, 0.05, 0.6),
    "fishing": (18.0, 30, 1.5, 0.15, 4.0),
    "yacht": (11.0, 37, 2.0, 0.15, 4.0),
    "boat": (9.0, 37, 3.0, 0.3, 5.0),
    "pilot": (16.0, 50, 3.0, 0.4, 2.0),
    "rescue": (17.0, 51, 4.0, 0.5, 2.0),
}


def background(cast: Cast) -> list[Hull]:
    """All honest hulls of one day."""
    return [
        *_lane(cast, NORTH_EAST_LANE), *_lane(cast, SOUTH_WEST_LANE), *_ferries(cast),
        *_trawlers(cast), *_yachts(cast), *_lying(cast), *_pilotings(cast), *_rescues(cast),
    ]  # fmt: skip


def course_of(route: tuple[tuple[float, float], ...], aside_m: float) -> Floats:
    """A route in the plane, (k, 2), ``aside_m`` to its right."""
    x, y = PLANE.to_xy(*np.array(route).T)
    ahead = np.arctan2(np.gradient(x), np.gradient(y))
    return np.column_stack([x + aside_m * np.cos(ahead), y - aside_m * np.sin(ahead)])


def sail_along(way: Floats, start_m: float, knots: float) -> tuple[float, float, list[Leg]]:
    """The place ``start_m`` along a way, and the legs of the rest of it."""
    done = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    x, y = (float(np.interp(start_m, done, c)) for c in way.T)
    return x, y, [at(*p, knots) for p in way[done > start_m].tolist()]


def _lane(cast: Cast, lane: tuple[tuple[float, float], ...]) -> Iterator[Hull]:
    rng = cast.rng
    way = course_of(lane, 0.0)
    length_s = float(np.hypot(*np.diff(way, axis=0).T).sum()) / (11 * KNOT)
    count = int(SHIPS_A_LANE * (1 + length_s / DAY_S))
    for when in np.sort(rng.uniform(-length_s, DAY_S - 1_800, count)).tolist():
        knots = float(np.clip(rng.normal(13, 2.5), 8, 20))
        aside = float(np.clip(rng.normal(0, 700), -1_300, 1_300))
        x, y, legs = sail_along(course_of(lane, aside), max(-when, 0.0) * knots * KNOT, knots)
        if legs:
            kind = "tanker" if rng.random() < 0.3 else "cargo"
            yield cast.hull(kind, "A", max(when, 0.0), legs, x, y)


def _ferries(cast: Cast) -> Iterator[Hull]:
    """To and fro; at the far side she lies at her berth for a while, her set still on."""
    rng = cast.rng
    for n, when in enumerate(np.linspace(0, DAY_S - 7_200, FERRIES).tolist()):
        route = CALAIS_DOVER[::-1] if n % 2 else CALAIS_DOVER
        knots, way = float(rng.uniform(19, 22)), course_of(route, float(rng.uniform(300, 600)))
        way[[0, -1]] = course_of(route, 0.0)[[0, -1]]
        x, y, legs = sail_along(way, 0.0, knots)
        legs[-1] = legs[-1]._replace(knots=8.0)
        legs.append(Leg(LIE, seconds=2_700.0, status=MOORED))
        yield cast.hull("ferry", "A", when, legs, x, y)


def _trawlers(cast: Cast) -> Iterator[Hull]:
    """Trawls to and fro, hauls now and then: stopped, she drifts with the tide."""
    rng = cast.rng
    for n, ground in enumerate(TRAWLERS):
        x, y = (float(v) for v in PLANE.to_xy(*ground))
        legs: list[Leg] = []
        for k in range(80):
            angle, reach = rng.uniform(0, 2 * np.pi), 2_500 * np.sqrt(rng.uniform(0.2, 1))
            knots = float(rng.uniform(2.8, 4.5))
            legs.append(at(x + reach * np.sin(angle), y + reach * np.cos(angle), knots, FISHING))
            if k % 4 == 3:
                legs.append(Leg(HOLD, float(rng.uniform(0, 360)), np.nan, 1.0, 900, status=FISHING))
        yield cast.hull("fishing", "AB"[n % 2], 0.0, legs, x, y)


def _yachts(cast: Cast) -> Iterator[Hull]:
    rng = cast.rng
    for n in range(YACHTS + NAMELESS):
        route = YACHT_WAYS[n % len(YACHT_WAYS)]
        route = route[::-1] if rng.random() < 0.5 else route
        knots, aside = float(rng.uniform(4.5, 7.5)), float(rng.normal(0, 300))
        x, y, legs = sail_along(course_of(route, aside), 0.0, knots)
        when = float(rng.uniform(0, DAY_S - 14_400))
        legs.append(Leg(LIE, seconds=2_700.0))
        yield cast.hull("yacht", "B" if n < YACHTS else "", when, legs, x, y)


def _lying(cast: Cast) -> Iterator[Hull]:
    """At anchor in the Downs, and at berths."""
    rng = cast.rng
    for middle, count, status, spread in (
        (DOWNS, 5, ANCHORED, 1_200.0), (DOVER, 3, MOORED, 120.0), (CALAIS, 3, MOORED, 120.0),
    ):  # fmt: skip
        x, y = (float(v) for v in PLANE.to_xy(*middle))
        for n in range(count):
            place = (x + spread * np.sin(2.4 * n), y + spread * np.cos(2.4 * n))
            kind = "cargo" if rng.random() < 0.6 else "tanker"
            yield cast.hull(kind, "A", 0.0, [Leg(LIE, status=status)], *place)


def _pilotings(cast: Cast) -> Iterator[Hull]:
    """A ship slows to six knots, a pilot boat comes alongside for ten minutes, both go on."""
    rng = cast.rng
    x, y = (float(v) for v in PLANE.to_xy(*PILOTS))
    port = tuple(float(v) for v in PLANE.to_xy(*DOVER))
    for n in range(PILOTINGS):
        when = (n + 0.5) * DAY_S / PILOTINGS + float(rng.uniform(-3_000, 3_000))
        course = 28.0 + float(rng.uniform(-4, 4))
        back = np.array([np.sin(np.radians(course)), np.cos(np.radians(course))])
        begin = np.array([x, y]) - back * 12_000
        slow = Leg(HOLD, course, np.nan, 6.0, 1_500)
        ship = [
            at(*(np.array([x, y]) - back * 3_000), 13.0),
            slow,
            Leg(HOLD, course, np.nan, 12.0, 5_400),
        ]
        yield cast.hull("cargo", "A", when, ship, *begin)
        # The slow leg begins at about this time, this far from the place of boarding.
        board = when + 9_000 / (13 * KNOT)
        away = float(np.hypot(port[0] - x, port[1] - y))
        leave = board + 500.0 - away / (16 * KNOT)
        meet = np.array([x, y]) - back * (3_000 - 6 * KNOT * 500) + 45.0 * back[::-1] * (1, -1)
        boat = [
            at(*meet, 16.0),
            Leg(HOLD, course, np.nan, 6.0, 600),
            at(*port, 16.0),
            Leg(LIE, seconds=1_800.0, status=MOORED),
        ]
        yield cast.hull("pilot", "A", leave, boat, *port)


def _rescues(cast: Cast) -> Iterator[Hull]:
    """A lifeboat at exercise."""
    rng = cast.rng
    port = tuple(float(v) for v in PLANE.to_xy(*DOVER))
    home = Leg(LIE, seconds=1_800.0, status=MOORED)
    for n in range(RESCUES):
        when = float(rng.uniform(0.2, 0.9)) * DAY_S
        legs = [at(port[0] + 3_000 * np.sin(k + n), port[1] - 5_000 - 2_000 * np.cos(k), 18.0,
                   UNDER_WAY) for k in range(4)]  # fmt: skip
        yield cast.hull("rescue", "A", when, [*legs, at(*port, 15.0), home], *port)
