"""A crowd of tracks among a thousand zones: what `bench/watch.py` measures the speed of, seeded.

Ships with AIS sail the lanes' courses, small craft go to and fro, moored and anchored hulls lie;
AIS is heard at the intervals of ITU-R M.1371-5. Pictures are made before the clock starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from coastwatch.geo.coast import land_mask
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Kind, Status, Tracks, Vessel, Zone
from coastwatch.site import Sensor, Site
from coastwatch.watch import Heard
from coastwatch.watch.rules import RULES
from coastwatch.watch.zones import load_zones

KNOT = 1852 / 3600
ORIGIN = (1.50, 51.00)
START_S = 1_795_000_000.0
SEA = (-0.2, 50.2, 3.2, 51.9)  # west, south, east, north
PACK = Path(__file__).resolve().parent.parent / "zones" / "dover-strait"
SHIPS, SMALL, MOORED = 0.45, 0.30, 0.25
KINDS = ("exclusion", "other", "fishing-ground", "anchorage", "moorings", "port-limits")
STATIC_S = 360.0
SETTINGS = {"speed_max_kn": 12.0, "dwell_min": 30.0, "ahead_min": 30.0}


def site() -> Site:
    """Two AIS stations and a radar at the strait."""
    places = (("gris-nez", (1.583, 50.870)), ("dover", (1.343, 51.133)))
    stations = [Sensor(name, "ais", place, 80.0) for name, place in places]
    return Site("crowd", ORIGIN, sensors=(*stations, Sensor("radar", "radar", places[0][1], 60.0)))


def zones(count: int, rng: np.random.Generator) -> list[Zone]:
    """The pack of the strait, and around it polygons and lines that ask for zone rules in turn."""
    found = load_zones([PACK])
    west, south, east, north = SEA
    rules = [n for n, rule in RULES.items() if rule.scope == "zone" and not n.startswith("tss")]
    for n in range(count - len(found)):
        middle = rng.uniform((west, south), (east, north))
        wide = np.exp(rng.uniform(np.log(0.004), np.log(0.08)))  # 0.3 to 6 km
        line = n % 5 == 0
        corners = 3 if line else int(rng.integers(5, 60))
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        reach = wide * rng.uniform(0.6, 1.0, corners)
        ring = middle + np.column_stack([1.6 * np.sin(angle), np.cos(angle)]) * reach[:, None]
        shape = shapely.LineString(ring) if line else shapely.Polygon(ring)
        kind = "line" if line else KINDS[n % len(KINDS)]
        asked = tuple(rules[(n + k) % len(rules)] for k in range(1 + n % 3))
        found.append(
            Zone(f"zone-{n}", f"zone {n}", kind, shape, asked, -np.inf, np.inf, "bench", None,
                 "", "1", SETTINGS)
        )  # fmt: skip
    return found[:count]


class Crowd:
    """``n`` tracks and what is heard of them, picture by picture, a second apart."""

    def __init__(self, n: int, rng: np.random.Generator) -> None:
        self.n, self._rng, self.plane = n, rng, Plane(ORIGIN)
        draw = rng.random(n)
        self.ship, self.lies = draw < SHIPS, draw > 1 - MOORED
        self.x, self.y = self._at_sea()
        lane = np.where(rng.random(n) < 0.5, np.radians(45), np.radians(225))
        lane += rng.normal(0, np.radians(8), n)
        self.heading = np.where(self.ship, lane, rng.uniform(0, 2 * np.pi, n))
        knots = np.where(self.ship, rng.normal(13, 3, n).clip(5, 24), rng.uniform(2, 25, n))
        self.speed = np.where(self.lies, 0.0, knots) * KNOT
        class_a = self.ship | (self.lies & (rng.random(n) < 0.5))
        self.class_a = class_a
        self.named = class_a | (~class_a & (rng.random(n) < 0.4))
        self.mmsi = np.where(self.named, 227_000_001 + np.arange(n), -1)
        self.next_s = START_S + rng.uniform(0, 30, n)
        self.static_s = START_S + rng.uniform(0, STATIC_S, n)
        self.turn = np.zeros(n)
        self.time_s = START_S

    def pictures(self, count: int) -> Iterator[tuple[Tracks, Heard]]:
        for _ in range(count):
            self._sail(1.0)
            yield self._tracks(), self._heard()

    def _at_sea(self) -> tuple[Floats, Floats]:
        west, south, east, north = SEA
        land = land_mask(SEA, "h")
        at = np.empty((0, 2))
        while len(at) < self.n:
            drawn = self._rng.uniform((west, south), (east, north), (2 * self.n, 2))
            at = np.concatenate([at, drawn[~land.contains(*drawn.T)]])
        x, y = self.plane.to_xy(*at[: self.n].T)
        return np.asarray(x), np.asarray(y)

    def _sail(self, dt: float) -> None:
        """Now and then small craft turn; at the sea's edge everybody turns back."""
        rng = self._rng
        turns = rng.random(self.n) < dt / np.where(self.ship, 1_800.0, 120.0)
        self.turn = np.where(turns, rng.normal(0, np.radians(2), self.n), self.turn * 0.95)
        far = (np.abs(self.x) > 115e3) | (np.abs(self.y) > 95e3)
        home = np.arctan2(-self.x, -self.y)
        self.heading = np.where(far, home, self.heading + self.turn * dt)
        self.x = self.x + self.speed * np.sin(self.heading) * dt
        self.y = self.y + self.speed * np.cos(self.heading) * dt
        self.time_s += dt

    def _tracks(self) -> Tracks:
        n, rng, t = self.n, self._rng, self.time_s
        sigma = np.where(self.ship, 8.0, 15.0)
        vx, vy = self.speed * np.sin(self.heading), self.speed * np.cos(self.heading)
        place = np.column_stack([self.x, self.y]) + 0.3 * sigma[:, None] * rng.normal(size=(n, 2))
        velocity = np.column_stack([vx, vy]) + 0.1 * rng.normal(size=(n, 2))
        cov = np.zeros((n, 4, 4))
        cov[:, 0, 0] = cov[:, 1, 1] = sigma**2
        cov[:, 2, 2] = cov[:, 3, 3] = 0.04
        seen = np.where(self.named[:, None], t, np.nan) * np.ones((1, 4))
        nameless = ~self.named
        return Tracks(
            t, np.arange(1, n + 1), np.column_stack([place, velocity]), cov,
            np.full(n, 0.999), np.full(n, int(Status.CONFIRMED)), self.mmsi,
            np.where(self.named, 0.99, 0.0), np.where(nameless, 0.9, 0.01),
            np.where(self.ship, 0.02, 0.9), np.where(self.lies, 0.9, 0.01),
            np.where(self.ship, 150.0, 9.0), np.full(n, 20.0), np.full(n, START_S),
            np.full(n, 0.9), seen,
        )  # fmt: skip

    def _heard(self) -> Heard:
        """Reports that were due, nine of ten heard, and statics every six minutes."""
        due = self.named & (self.next_s <= self.time_s)
        every = np.where(self.class_a, np.where(self.speed > 14 * KNOT, 6.0, 10.0), 30.0)
        every = np.where(self.lies, 180.0, every)
        self.next_s = np.where(due, self.next_s + every, self.next_s)
        rows = np.flatnonzero(due & (self._rng.random(self.n) < 0.9))
        told = np.flatnonzero(self.named & (self.static_s <= self.time_s))
        self.static_s[told] += STATIC_S
        return Heard(self._reports(rows), [self._vessel(i) for i in told.tolist()])

    def _reports(self, rows: NDArray[np.int64]) -> Detections:
        lon, lat = self.plane.to_lonlat(self.x[rows], self.y[rows])
        return Detections.of(
            time_s=np.full(len(rows), self.time_s), sensor=np.zeros(len(rows), dtype=np.int64),
            kind=np.full(len(rows), int(Kind.REPORT)), lon=lon, lat=lat,
            x_m=self.x[rows], y_m=self.y[rows], mmsi=self.mmsi[rows],
            sog_mps=self.speed[rows], cog_rad=self.heading[rows] % (2 * np.pi),
            heading_rad=np.where(self.class_a[rows], self.heading[rows] % (2 * np.pi), np.nan),
            nav_status=np.where(self.class_a[rows], np.where(self.lies[rows], 5, 0), -1),
        )  # fmt: skip

    def _vessel(self, i: int) -> Vessel:
        name, kind = f"VESSEL {i}", 70 if self.ship[i] else 37
        return Vessel(int(self.mmsi[i]), self.time_s, name, ship_type=kind, imo=9_000_000 + i,
                      destination="NL RTM" if self.ship[i] else None)  # fmt: skip
