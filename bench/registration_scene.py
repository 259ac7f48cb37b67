"""A radar with known biases and the vessels with AIS that it sees, scan by scan, as pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import polar_covariance
from coastwatch.model import Detections, Floats, Ints, Kind
from coastwatch.site import Sensor

PLANE = Plane((1.50, 51.00))
RADAR = Sensor("nez", "radar", (1.60, 50.90), 40.0, 25_000.0, scan_s=2.5, sigma_range_m=15.0,
               sigma_azimuth_rad=math.radians(0.35))  # fmt: skip
T0 = 1_700_000_000.0
OWN_MPS = 4.0  # of a ship that carries the radar, eastward
Scan = tuple[Detections, Ints, Floats, Floats, NDArray[np.bool_]]


@dataclass(frozen=True)
class Scene:
    """What is to be made. ``jump_s``: when the biases begin; ``drift``: the azimuth's, deg/hour.

    The echo lies ``ahead_m`` +- ``lever_m`` ahead of a vessel's antenna. Between 1 and 10 minutes
    each vessel tells where it stands, where they do at all (``told``); then her reports are of her
    hull's middle. ``strangers``: how many vessels' reports are of another, 200 m off.
    ``latency_s`` is the 1-sigma of the vessels' own clocks, ``fix_m`` that of each report's place,
    whose error is another after ``fix_lasts_s``; ``wrong`` is the share of wrong plots.
    """

    azimuth_deg: float = 0.0
    range_m: float = 0.0
    clock_s: float = 0.0
    drift: float = 0.0
    jump_s: float = 0.0
    minutes: float = 20.0
    vessels: int = 12
    anchored: int = 2
    ahead_m: float = 0.0
    lever_m: float = 20.0
    told: bool = False
    strangers: int = 0
    latency_s: float = 0.3
    fix_m: float = 6.0
    fix_lasts_s: float = 0.0
    wrong: float = 0.0
    sector_deg: tuple[float, float] = (0.0, 360.0)
    speeds_mps: tuple[float, float] = (3.0, 12.0)
    moving: bool = False
    radar: Sensor = field(default=RADAR)

    def biases(self, t: Floats | float) -> Floats:
        """Azimuth (rad), range (m) and clock (s) at these seconds of the scene."""
        t = np.asarray(t, dtype=np.float64)
        azimuth = np.radians(self.azimuth_deg + self.drift * t / 3600.0)
        on = np.where(t >= self.jump_s, 1.0, 0.0)
        return np.stack([azimuth * on, self.range_m * on, self.clock_s * on], axis=-1)

    def scans(self, seed: int) -> Iterator[Scan]:
        """What ``Registration.learn`` is given, scan by scan."""
        rng = np.random.default_rng(seed)
        fleet = Fleet(self, rng)
        every = self.radar.scan_s
        for n in range(int(60 * self.minutes / every)):
            yield fleet.scan(n * every, rng)


class Fleet:
    """The vessels of a scene, at any time; each has its own lever, clock and turn."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        n = self.n = scene.vessels
        self.scene = scene
        bearing = np.radians(rng.uniform(*scene.sector_deg, n))
        away = rng.uniform(2_000.0, 16_000.0, n)
        self.start = away[:, None] * np.column_stack([np.sin(bearing), np.cos(bearing)])
        self.course, self.turn = rng.uniform(0, math.tau, n), rng.normal(0.0, 3e-4, n)
        self.speed = rng.uniform(*scene.speeds_mps, n)
        self.speed[: scene.anchored] = 0.0
        ahead = scene.ahead_m + rng.uniform(-1, 1, n) * scene.lever_m
        self.lever = np.column_stack([ahead, rng.normal(0, 5.0, n)])
        self.told_s = rng.uniform(60, 600, n) if scene.told else np.full(n, np.inf)
        off = rng.uniform(0, math.tau, scene.strangers)
        far = 200.0 * np.column_stack([np.cos(off), np.sin(off)])
        self.lever[scene.anchored : scene.anchored + scene.strangers] += far
        self.late = rng.normal(0.0, scene.latency_s, n)
        self.every = np.where(self.speed > 7.0, 6.0, 10.0)
        self.due = rng.uniform(0, self.every)
        reports = int(10 * scene.minutes) + 3
        self.errors = rng.normal(size=(n, reports, 4))
        if scene.fix_lasts_s:
            keep = np.exp(-self.every / scene.fix_lasts_s)[:, None]
            for k in range(1, reports):
                new = np.sqrt(1 - keep**2) * self.errors[:, k]
                self.errors[:, k] = keep * self.errors[:, k - 1] + new
        self.phase = rng.uniform(0, scene.radar.scan_s, n)
        self.x0, self.y0 = (float(c) for c in PLANE.to_xy(*scene.radar.position))

    def at(self, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Place of the antenna (n, 2), velocity (n, 2) and heading (n,) at times (n,)."""
        heading = self.course + self.turn * t
        half = self.course + self.turn * t / 2
        way = (self.speed * t * np.sinc(self.turn * t / math.tau))[:, None]
        place = self.start + way * np.column_stack([np.sin(half), np.cos(half)])
        bow = np.column_stack([np.sin(heading), np.cos(heading)])
        return place + np.array([self.x0, self.y0]), self.speed[:, None] * bow, heading

    def scan(self, t0: float, rng: np.random.Generator) -> Scan:
        s, n = self.scene, self.n
        t = t0 + self.phase
        azimuth, away, clock = s.biases(t).T
        place, _, heading = self.at(t)
        bow = np.column_stack([np.sin(heading), np.cos(heading)])
        beam = np.column_stack([bow[:, 1], -bow[:, 0]])
        told = t >= self.told_s
        lever = np.where(told[:, None], [0.0, 1.0] * self.lever, self.lever)
        place = place + lever[:, :1] * bow + lever[:, 1:] * beam
        own = np.column_stack([self.x0 + (OWN_MPS * t if s.moving else 0 * t), self.y0 + 0 * t])
        d = place - own
        r = np.hypot(*d.T) + away + rng.normal(0, s.radar.sigma_range_m, n)
        angle = np.arctan2(*d.T) + azimuth + rng.normal(0, s.radar.sigma_azimuth_rad, n)
        z = own + r[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
        cov = polar_covariance(r, angle, s.radar.sigma_range_m, s.radar.sigma_azimuth_rad)
        wrong = rng.random(n) < s.wrong  # another's plot, anywhere in a gate of four sigma
        root = np.linalg.cholesky(cov)
        stray = root @ rng.uniform(-4, 4, (n, 2, 1))
        z = np.where(wrong[:, None], z + stray[:, :, 0], z)
        reported, reported_s = self._reports(t)
        keep = np.flatnonzero((rng.random(n) < 0.8) & (r < s.radar.range_max_m))
        if s.moving:
            lon, lat = PLANE.to_lonlat(own[:, 0], own[:, 1])
        else:
            lon, lat = (np.full(n, c) for c in s.radar.position)
        rows = Detections.of(
            time_s=T0 + t + clock, kind=np.full(n, int(Kind.PLOT)), sensor=np.zeros(n, np.int64),
            x_m=z[:, 0], y_m=z[:, 1], cov_m2=cov, range_m=r, azimuth_rad=angle % math.tau,
            sensor_lon=lon, sensor_lat=lat,
        )  # fmt: skip
        mmsi = 200_000_000 + np.arange(n)
        return rows.take(keep), mmsi[keep], reported[keep], reported_s[keep], told[keep]

    def _reports(self, t: Floats) -> tuple[Floats, Floats]:
        """The last report of each vessel: what it said, and when it said that it was so."""
        due = t - (t - self.due) % self.every
        place, velocity, _ = self.at(due)
        # One error a report, whichever plot stands beside it.
        number = np.round((due - self.due) / self.every).astype(np.int64) + 1
        error = self.errors[np.arange(self.n), number]
        place, velocity = place + self.scene.fix_m * error[:, :2], velocity + 0.1 * error[:, 2:]
        moved = self.speed[:, None] > 0
        return (
            np.column_stack([place, np.where(moved, velocity, 0.0)]),
            T0 + due + self.late,
        )
