"""A made-up radar and the AIS of the vessels that it sees, as columns, with known biases."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.sensors.registration import Plots, Reports
from coastwatch.site import Sensor

ORIGIN = (1.50, 51.00)
PLANE = Plane(ORIGIN)
SENSOR = Sensor("nez", "radar", ORIGIN, 40.0, 25_000.0, scan_s=3.0, sigma_range_m=20.0,
                sigma_azimuth_rad=math.radians(0.4))  # fmt: skip
T0 = 1_700_000_000.0


@dataclass
class Scene:
    """What is to be made; ``sector_deg`` and ``ranges_m`` bound where the vessels begin."""

    azimuth_bias_deg: float = 0.0
    range_bias_m: float = 0.0
    range_scale: float = 1.0
    latency_s: float = 0.0
    vessels: int = 15
    anchored: int = 3
    minutes: float = 10.0
    detection: float = 0.7
    clutter: float = 30.0
    hull_m: float = 12.0
    sector_deg: tuple[float, float] = (0.0, 360.0)
    ranges_m: tuple[float, float] = (2_000.0, 18_000.0)
    moving: bool = False

    def make(self, seed: int) -> tuple[Plots, Reports]:
        rng = np.random.default_rng(seed)
        duration = 60.0 * self.minutes
        paths = [self._vessel(rng, k < self.anchored) for k in range(self.vessels)]
        return self._plots(paths, duration, rng), self._reports(paths, duration, rng)

    def _vessel(self, rng, anchored):
        bearing = math.radians(rng.uniform(*self.sector_deg))
        away = rng.uniform(*self.ranges_m)
        course, speed = rng.uniform(0, math.tau), 0.0 if anchored else rng.uniform(3.0, 10.0)
        turn = 0.0 if anchored else rng.normal(0.0, 2e-4)
        hull = rng.normal(0.0, self.hull_m, 2)
        start = away * math.sin(bearing), away * math.cos(bearing)
        return start, course, speed, turn, hull

    @staticmethod
    def _at(path, t):
        (x, y), course, speed, turn, _ = path
        steps = np.linspace(0, 1, 33)[:, None] * t
        heading = course + turn * steps
        return (
            x + np.trapezoid(speed * np.sin(heading), steps, axis=0),
            y + np.trapezoid(speed * np.cos(heading), steps, axis=0),
            course + turn * t,
        )

    def _own(self, t):
        east = 4.0 * t if self.moving else 0.0 * t
        return PLANE.to_lonlat(east, 0.0 * t)

    def _plots(self, paths, duration, rng):
        scans = np.arange(0.0, duration, SENSOR.scan_s)
        found = []
        for path in paths:
            t = scans + rng.uniform(0, SENSOR.scan_s)
            t = t[rng.random(len(t)) < self.detection]
            x, y, _ = self._at(path, t)
            lon, lat = PLANE.to_lonlat(x + path[-1][0], y + path[-1][1])
            r, azimuth = lonlat_to_polar(*self._own(t), SENSOR.height_m, lon, lat)
            r = (
                self.range_scale * r
                + self.range_bias_m
                + rng.normal(0, SENSOR.sigma_range_m, len(t))
            )
            azimuth = azimuth + math.radians(self.azimuth_bias_deg)
            azimuth += rng.normal(0, SENSOR.sigma_azimuth_rad, len(t))
            found.append((t, r, azimuth))
        n = rng.poisson(self.clutter * len(scans))
        found.append((
            rng.uniform(0, duration, n),
            25_000.0 * np.sqrt(rng.random(n)),
            rng.uniform(0, math.tau, n),
        ))  # fmt: skip
        t, r, azimuth = (np.concatenate(c) for c in zip(*found, strict=True))
        lon, lat = self._own(t)
        keep = r < SENSOR.range_max_m
        return Plots(T0 + t, r, azimuth % math.tau, lon, lat).take(keep)

    def _reports(self, paths, duration, rng):
        rows = []
        for k, path in enumerate(paths):
            every = 180.0 if path[2] == 0 else rng.choice([6.0, 10.0, 30.0])
            t = np.arange(rng.uniform(-every, 0), duration + every, every)
            x, y, course = self._at(path, t)
            x, y = x + rng.normal(0, 6.0, len(t)), y + rng.normal(0, 6.0, len(t))
            lon, lat = PLANE.to_lonlat(x, y)
            speed = np.full(len(t), path[2]) + rng.normal(0, 0.05, len(t))
            rows.append((t + self.latency_s, np.full(len(t), 200_000_000 + k), lon, lat,
                         np.abs(speed), course % math.tau, np.full(len(t), 10.0)))  # fmt: skip
        t, mmsi, *rest = (np.concatenate(c) for c in zip(*rows, strict=True))
        return Reports(T0 + t, mmsi.astype(np.int64), *rest)
