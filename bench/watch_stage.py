"""What scripts are made with: a player who draws times, places and ships."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bench.watch_sail import HOLD, PLANE, Hull, Leg
from bench.watch_sea import Cast
from coastwatch.geo.coast import LandMask, land_mask

LonLat = tuple[float, float]
# Open water away from lanes, ferries, trawlers and the bench's areas; the last two before radar.
OPEN: tuple[LonLat, ...] = (
    (0.60, 50.75), (1.72, 51.42), (1.15, 50.50), (1.40, 50.62), (2.28, 51.26), (1.44, 50.72),
    (1.62, 51.46), (1.28, 50.53), (0.70, 50.79), (1.22, 50.58), (1.47, 50.66),
)  # fmt: skip
BY_RADAR: tuple[LonLat, ...] = ((1.42, 50.72), (1.49, 50.68), (1.46, 50.82))
# Off a shore, and the course that leads to it.
SHORES: tuple[tuple[LonLat, float], ...] = (
    ((1.330, 50.640), 90.0), ((1.330, 50.560), 90.0), ((1.130, 50.920), 330.0),
    ((1.300, 50.700), 95.0),
)  # fmt: skip
WINDOW = (-0.5, 50.2, 3.3, 52.0)
SART_ACTIVE = 14


@dataclass(frozen=True, slots=True)
class Script:
    """Hulls that play it, and the window (s of the day) in which it shows.

    ``event_s`` is when it begins where the reports, not the way, make it; NaN where the rule's
    definition, held against the true way, tells.
    """

    hulls: list[Hull]
    begin_s: float
    end_s: float
    event_s: float = math.nan


def xy(lonlat: LonLat) -> tuple[float, float]:
    x, y = PLANE.to_xy(*lonlat)
    return float(x), float(y)


def off(place: tuple[float, float], course_deg: float, metres: float) -> tuple[float, float]:
    a = math.radians(course_deg)
    return place[0] + metres * math.sin(a), place[1] + metres * math.cos(a)


def hold(course_deg: float, knots: float, seconds: float, **more: float) -> Leg:
    return Leg(HOLD, course_deg, np.nan, knots, seconds, **more)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def land() -> LandMask:
    return land_mask(WINDOW, "h")


def ashore(place: tuple[float, float], course_deg: float) -> float:
    """Metres to the shore ahead, up to 40 km."""
    far = np.arange(0.0, 40_000.0, 50.0)
    a = math.radians(course_deg)
    lon, lat = PLANE.to_lonlat(place[0] + far * math.sin(a), place[1] + far * math.cos(a))
    on = land().contains(lon, lat)
    return float(far[int(np.argmax(on))]) if on.any() else 40_000.0


class Player:
    """Draws the scripts of a day; each at a time, a place and with details of its own."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.rng = cast, cast.rng

    def place(self, places: tuple[LonLat, ...] = OPEN) -> tuple[float, float]:
        x, y = xy(places[int(self.rng.integers(len(places)))])
        return x + float(self.rng.normal(0, 800)), y + float(self.rng.normal(0, 800))

    def course(self) -> float:
        return float(self.rng.uniform(0, 360))

    def ship(self, when_s: float, place: tuple[float, float], legs: list[Leg],
              kind: str = "cargo", grade: str = "A", **more: object) -> Hull:  # fmt: skip
        return self.cast.hull(kind, grade, when_s, legs, *place, **more)
