"""Who is afloat off the French coast of the Dover Strait in some hours of a day: for bench/seasons.

Rates are ours, made from what is published where anything is; docs/small-craft.md says which. Each
craft is a script: legs of (east m/s, north m/s, seconds) from a place in the plane, and a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.geo.shore import Shore
from coastwatch.geo.sun import CIVIL_RAD, elevation_rad
from coastwatch.model import Floats

Place, Leg = tuple[float, float], tuple[float, float, float]
KNOT, NM = 1852 / 3600, 1852.0
ORIGIN = (1.70, 50.93)
YEAR_S = 1_767_225_600.0  # 2026-01-01
# Longitude, latitude, bearing out to sea (degrees).
BEACHES = (
    (1.565, 50.705, 280), (1.604, 50.770, 285), (1.597, 50.810, 285), (1.590, 50.830, 290),
    (1.630, 50.880, 330), (1.660, 50.893, 330), (1.705, 50.920, 330), (1.750, 50.950, 335),
    (1.815, 50.966, 345),
)  # fmt: skip
# Boulogne, Calais, Gravelines, Dunkerque Ouest: between the pier heads.
PORTS = ((1.568, 50.744), (1.838, 50.977), (2.088, 51.022), (2.160, 51.048))
MARINAS = PORTS[:3]
FAR = ((1.385, 51.105), (1.450, 51.320), (1.200, 51.060), (1.00, 50.60), (2.60, 51.20))
LANES = (((1.00, 50.53), (1.43, 50.86), (1.72, 51.07), (2.08, 51.20), (2.30, 51.40)),
         ((2.20, 51.55), (1.77, 51.22), (1.62, 51.13), (1.34, 50.97), (0.90, 50.74)))  # fmt: skip
BUOYS = tuple((1.50 + 0.055 * i, 50.78 + 0.022 * i + 0.03 * (i % 2)) for i in range(8))
ANCHORAGES = ((1.585, 50.812), (1.600, 50.772), (1.655, 50.897))  # summer moorings off the beaches


@dataclass(frozen=True, slots=True)
class Boat:
    """``rcs_dbsm`` and ``looks`` as in simulate.scenario.Hull; ``grade`` "", "A" or "B" of AIS."""

    kind: str
    xy: Place
    legs: Sequence[Leg]
    rcs_dbsm: float
    start_s: float = 0.0
    looks: float = 1.0
    height_m: float = 2.0
    length_m: float = 6.0
    beam_m: float = 2.0
    lag_s: float = 15.0
    wander_rad: float = 0.10
    unsteady: float = 0.08
    grade: str = ""
    beach: bool = False  # set off from the waterline within the scene
    swing_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """Two hours of one day; ``summer`` 0 to 1 is the season of pleasure, ``sea`` 0 calm to 2."""

    start_s: float
    summer: float
    sea: int
    dark: bool
    free: bool  # a week-end

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Day:
        day, hour = rng.integers(365), rng.uniform(0, 24)
        summer = float(np.clip(np.sin((day - 80) / 365 * 2 * np.pi) * 0.8 + 0.45, 0.05, 1))
        calm = 0.30 + 0.20 * summer
        sea = int(np.searchsorted([calm, calm + 0.35], rng.random()))
        start_s = float(np.floor((YEAR_S + day * 86_400 + hour * 3600) / 60) * 60)
        lon, lat = np.array([[ORIGIN[0]], [ORIGIN[1]]])
        dark = bool(elevation_rad(lon, lat, start_s + 3600)[0] < CIVIL_RAD)
        return cls(start_s, summer, sea, dark, bool(day % 7 in (2, 3)))


class Cast:
    """Draws the boats of a scene of ``duration_s``."""

    def __init__(self, day: Day, duration_s: float, rng: np.random.Generator) -> None:
        self.day, self.duration_s, self.rng = day, duration_s, rng
        self.plane = Plane(ORIGIN)
        self._shore = Shore(self.plane)

    def boats(self) -> list[Boat]:
        """All of them; those whose way leads over land are drawn again, twenty times at most."""
        kinds = (self._ships, self._fishing, self._yachts, self._anglers, self._jet_skis,
                 self._gulls, self._marks, self._dinghies)  # fmt: skip
        return [boat for kind in kinds for boat in kind() if boat.legs]

    def _ships(self) -> Iterator[Boat]:
        """A fifth of the real flow: what carries AIS is none of this rule's, and takes time."""
        for lane in LANES:
            for _ in range(self.rng.poisson(3 + 1.5 * self.duration_s / 3600)):
                side = self.rng.uniform(-1500, 1500)
                way = [(x + side * 0.7, y - side * 0.7) for x, y in map(self._xy, lane)]
                speed = self.rng.normal(13, 2.5) * KNOT
                late = self.rng.uniform(-8, self.duration_s / 3600) * 3600
                yield self._sent("ship", way, speed, late, 42.0, looks=2.0, height_m=28.0,
                                 length_m=180.0, beam_m=28.0, lag_s=120.0, wander_rad=0.01,
                                 unsteady=0.01, grade="A")  # fmt: skip
        for _ in range(self.rng.poisson((0.6 if self.day.dark else 1.2) * self.duration_s / 3600)):
            way = [self._xy(p) for p in ((1.830, 50.985), (1.72, 51.035), (1.38, 51.105))]
            late = self.rng.uniform(-1, self.duration_s / 3600) * 3600
            way = way if self.rng.random() < 0.5 else way[::-1]
            yield self._sent("ferry", way, 20 * KNOT, late, 42.0, looks=2.0, height_m=35.0,
                             length_m=190.0, beam_m=28.0, lag_s=60.0, wander_rad=0.01,
                             unsteady=0.01, grade="A")  # fmt: skip

    def _fishing(self) -> Iterator[Boat]:
        """Netters and small trawlers, by day and night; most under 12 m carry no AIS."""
        for _ in range(self.rng.poisson((5.0, 4.0, 1.5)[self.day.sea])):
            length = self.rng.uniform(7, 20)
            heard = self.rng.random() < (0.35 if length < 12 else 0.75 if length < 15 else 1.0)
            rcs = 12 + (length - 7) * 0.8 + self.rng.normal(0, 2)
            hull = {"height_m": 5.0, "length_m": length, "beam_m": 4.0, "lag_s": 25.0,
                    "wander_rad": 0.06, "unsteady": 0.06, "grade": heard * "B"}  # fmt: skip
            port = self._xy(PORTS[self.rng.choice(4, p=(0.55, 0.2, 0.1, 0.15))])
            for _ in range(20):
                ground = self._at_sea(2 * NM, 9 * NM)
                work = self._to_and_fro(ground, self.rng.uniform(1.5, 4.0) * KNOT, 1500, 500)
                way = _legs([port, ground], self.rng.uniform(6.5, 9.5) * KNOT)
                at_work = self.rng.random() < 0.7
                legs, begin = (work, ground) if at_work else ((*way, *work), port)
                if self._wet(begin, legs):
                    late = 0.0 if at_work else self.rng.uniform(0, 0.8 * self.duration_s)
                    yield Boat("fishing", begin, legs, rcs, late, **hull)
                    break

    def _yachts(self) -> Iterator[Boat]:
        """By day mostly, from marinas and from elsewhere; more than half without AIS."""
        rate = (
            9.0 * self.day.summer * (1.0, 0.6, 0.1)[self.day.sea] * (0.12 if self.day.dark else 1)
        )
        for _ in range(self.rng.poisson(rate * (1.5 if self.day.free else 0.8))):
            grade = "B" * (self.rng.random() < 0.45)
            for _ in range(20):
                ends = [
                    self._xy(MARINAS[self.rng.integers(3)]),
                    self._xy(FAR[self.rng.integers(5)]),
                ]
                if self.rng.random() < 0.3:
                    ends[1] = self._xy(MARINAS[self.rng.integers(3)])
                ends.insert(1, self._at_sea(1.5 * NM, 8 * NM))
                ends = ends if self.rng.random() < 0.5 else ends[::-1]
                speed = self.rng.uniform(3.5, 7.5) * KNOT
                boat = self._sent(
                    "yacht", ends, speed, self.rng.uniform(-1.5, 0.9) * self.duration_s,
                    self.rng.normal(8, 3), height_m=5.0, length_m=10.0, beam_m=3.5,
                    lag_s=20.0, wander_rad=0.06, unsteady=0.06, grade=grade,
                )  # fmt: skip
                if self._wet(boat.xy, boat.legs):
                    yield boat
                    break

    def _anglers(self) -> Iterator[Boat]:
        """Open boats from slips on the beach, and from ports: out fast, then drifting on marks;
        a quarter are slow wooden boats that go as a dinghy does."""
        rate = (0.6 + 4.0 * self.day.summer) * (1.0, 0.5, 0.0)[self.day.sea]
        rate *= (0.06 if self.day.dark else 1) * (1.6 if self.day.free else 0.7)
        for _ in range(self.rng.poisson(rate)):
            slow = self.rng.random() < 0.25
            speed = self.rng.uniform(4, 7) * KNOT if slow else self.rng.uniform(10, 20) * KNOT
            from_beach = self.rng.random() < 0.6
            for _ in range(20):
                begin, out = (
                    self._beach()
                    if from_beach
                    else (self._xy(MARINAS[self.rng.integers(3)]), np.radians(320))
                )
                legs: list[Leg] = []
                here, left = begin, self.duration_s
                for _ in range(self.rng.integers(1, 4)):
                    reach, off = self.rng.uniform(0.4, 3.0) * NM, out + self.rng.normal(0, 0.5)
                    mark = (begin[0] + reach * np.sin(off), begin[1] + reach * np.cos(off))
                    legs += [*_legs([here, mark], speed), self._drift(self.rng.uniform(900, 3000))]
                    here = _end(here, legs[-2:])
                    left -= sum(leg[2] for leg in legs[-2:])
                legs += _legs([here, begin], speed)
                if self._wet(begin, legs):
                    late = self.rng.uniform(-0.8, 0.9) * self.duration_s
                    start, legs, late = _sooner(begin, legs, late)
                    yield Boat(
                        "angler", start, tuple(legs), self.rng.uniform(-1, 5), late,
                        height_m=1.5, wander_rad=0.05, beach=from_beach and late > 0,
                    )  # fmt: skip
                    break

    def _jet_skis(self) -> Iterator[Boat]:
        """By day only, within two miles: to and fro along a beach, fast, stopping."""
        rate = 3.0 * self.day.summer * (1.0, 0.5, 0.1)[self.day.sea] * (0 if self.day.dark else 1)
        for _ in range(self.rng.poisson(rate * (1.6 if self.day.free else 0.6))):
            begin, out = self._beach()
            centre = (begin[0] + 1000 * np.sin(out), begin[1] + 1000 * np.cos(out))
            here, legs = begin, list[Leg]()
            for place in np.array(centre) + self.rng.normal(0, 450, (self.rng.integers(10, 60), 2)):
                to = (float(place[0]), float(place[1]))
                legs += _legs([here, to], self.rng.uniform(8, 35) * KNOT)
                if self.rng.random() < 0.3:
                    legs.append((0.0, 0.0, self.rng.exponential(40)))
                here = to
            yield Boat("jet-ski", begin, tuple(legs), self.rng.uniform(-3, 2),
                       self.rng.uniform(0, 0.9) * self.duration_s, height_m=1.0, lag_s=4.0,
                       unsteady=0.15, beach=True)  # fmt: skip

    def _gulls(self) -> Iterator[Boat]:
        """Flocks that fly low over the water for some minutes."""
        for _ in range(self.rng.poisson(1.5 * self.duration_s / 3600)):
            begin = self._at_sea(0.2 * NM, 5 * NM)
            legs = self._to_and_fro(begin, self.rng.uniform(14, 28) * KNOT, 900, 8)[:8]
            yield Boat("gulls", begin, tuple(legs), self.rng.uniform(-10, -4),
                       self.rng.uniform(0, self.duration_s), height_m=15.0, lag_s=4.0,
                       wander_rad=0.4, unsteady=0.2)  # fmt: skip

    def _marks(self) -> Iterator[Boat]:
        """Buoys, and small craft at moorings in summer, which swing."""
        for place in BUOYS:
            yield Boat("buoy", self._xy(place), ((0.0, 0.0, 1e6),), self.rng.uniform(8, 14),
                       height_m=4.0, swing_m=12.0)  # fmt: skip
        for place in ANCHORAGES:
            for _ in range(self.rng.poisson(4 * self.day.summer)):
                x, y = self._xy(place)
                dx, dy = self.rng.normal(0, 120, 2)
                yield Boat("moored", (x + dx, y + dy), ((0.0, 0.0, 1e6),),
                           self.rng.uniform(0, 8), swing_m=8.0)  # fmt: skip

    def _dinghies(self) -> Iterator[Boat]:
        """In fair weather, at night and dawn mostly, often several from one beach."""
        sun = [elevation_rad(*np.array([[ORIGIN[0]], [ORIGIN[1]]]), self.day.start_s + s)[0]
               for s in (0, self.duration_s)]  # fmt: skip
        early = sun[0] < CIVIL_RAD or (sun[1] > sun[0] and sun[0] < np.radians(12))
        chance = ((0.40, 0.90), (0.15, 0.50), (0.0, 0.05))[self.day.sea][int(early)]
        if self.rng.random() >= chance:
            return
        begin, out = self._beach()
        first = self.rng.uniform(0, self.duration_s - 2700)
        for _ in range(min(self.rng.geometric(1 / 4), 10)):
            if self.rng.random() < 0.5:
                begin, out = self._beach()
                first = self.rng.uniform(0, self.duration_s - 2700)
            yield self._dinghy(begin, out, first + self.rng.uniform(0, 900))

    def _dinghy(self, begin: Place, out: float, late: float) -> Boat:
        afloat = self.rng.random() < 0.3  # out before the scene begins
        speed = self.rng.triangular(2, 4.8, 7) * KNOT
        course = out + self.rng.normal(0, 0.2)
        legs = [(speed * np.sin(course) * 0.7, speed * np.cos(course) * 0.7, 240.0)]
        course = np.radians(self.rng.normal(318, 12))
        legs.append((speed * np.sin(course), speed * np.cos(course), 4 * 3600.0))
        if self.rng.random() < 0.15:  # the engine fails, and is mended or not
            first, then = self.rng.uniform(600, 4000), self.rng.uniform(600, 3000)
            legs[-1:] = [(*legs[-1][:2], first), self._drift(then), legs[-1]]
        late = -self.rng.uniform(0.2, 1.6) * 3600 if afloat else late
        start, legs, late = _sooner(begin, legs, late)
        return Boat(
            "dinghy", start, tuple(legs), 1.0 + self.rng.uniform(-2, 3), late, height_m=1.0,
            length_m=9.0, lag_s=20.0, wander_rad=0.19, beach=late > 0,
        )  # fmt: skip

    def _sent(self, kind: str, way: list[Place], speed: float, late: float,
              rcs: float, **hull: object) -> Boat:  # fmt: skip
        start, legs, late = _sooner(way[0], _legs(way, speed), late)
        return Boat(kind, start, tuple(legs), rcs, late, **hull)  # type: ignore[arg-type]

    def _xy(self, lonlat: tuple[float, float]) -> Place:
        x, y = self.plane.to_xy(*lonlat)
        return float(x), float(y)

    def _beach(self) -> tuple[tuple[float, float], float]:
        """A place 40 to 120 m off a waterline, and the bearing out to sea."""
        lon, lat, degrees = BEACHES[self.rng.integers(len(BEACHES))]
        out, (x, y) = np.radians(degrees), self._xy((lon, lat))
        aside = self.rng.uniform(-400, 400)
        step = np.arange(-3000.0, 3000.0, 20.0)
        xs = x + aside * np.cos(out) + step * np.sin(out)
        ys = y - aside * np.sin(out) + step * np.cos(out)
        dry = np.flatnonzero(self._shore.distance_m(xs, ys) <= 0)
        k = dry.max() + self.rng.integers(2, 6) if len(dry) else 0
        return (float(xs[k]), float(ys[k])), float(out)

    def _at_sea(self, near_m: float, far_m: float) -> Place:
        while True:
            x, y = self.rng.uniform(-16_000, 32_000), self.rng.uniform(-28_000, 16_000)
            off = float(self._shore.distance_m(np.array([x]), np.array([y]))[0])
            french = y - 0.72 * x < 21_000  # this side of the middle of the strait
            if near_m < off < far_m and french:
                return x, y

    def _drift(self, seconds: float) -> Leg:
        return (*self.rng.normal(0, 0.35, 2), seconds)

    def _to_and_fro(self, centre: Place, speed: float, radius: float,
                    n: int) -> tuple[Leg, ...]:  # fmt: skip
        places = np.array(centre) + self.rng.normal(0, radius / 1.5, (min(n, 60) + 1, 2))
        return _legs([centre, *map(tuple, places)], speed)

    def _wet(self, begin: Place, legs: Sequence[Leg]) -> bool:
        v = np.array(legs).reshape(-1, 3)
        ends = np.array(begin) + np.cumsum(v[:, :2] * np.minimum(v[:, 2:], 20_000), axis=0)
        way = np.concatenate([[begin], ends])
        share = np.linspace(0, 1, 40)[:, None, None]
        points: Floats = (way[:-1] + share * (way[1:] - way[:-1])).reshape(-1, 2)
        near = np.hypot(*(points - np.array(begin)).T) < 600
        dry = self._shore.distance_m(points[:, 0], points[:, 1]) <= 30
        return not bool((dry & ~near).any())


def _legs(way: list[Place], speed: float) -> tuple[Leg, ...]:
    d = np.diff(np.array(way), axis=0)
    length = np.maximum(np.hypot(*d.T), 1e-6)
    return tuple((*(step / one * speed), one / speed) for step, one in zip(d, length, strict=True))


def _end(begin: Place, legs: Sequence[Leg]) -> Place:
    return (
        begin[0] + sum(vx * s for vx, _, s in legs),
        begin[1] + sum(vy * s for _, vy, s in legs),
    )


def _sooner(begin: Place, legs: Sequence[Leg], late: float) -> tuple[Place, list[Leg], float]:
    """The same way for one who set off before the scene began: the rest of it, from 0."""
    kept, (x, y) = list(legs), begin
    while late < 0 and kept:
        vx, vy, s = kept.pop(0)
        gone = min(s, -late)
        x, y, late = x + vx * gone, y + vy * gone, late + gone
        if gone < s:
            kept.insert(0, (vx, vy, s - gone))
    return (x, y), kept, max(late, 0.0)
