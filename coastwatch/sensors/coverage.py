"""What a radar achieves by range and azimuth, against what the site promises of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from coastwatch.geo.coast import LandMask
from coastwatch.geo.geodesy import travel
from coastwatch.geo.polar import horizon_m
from coastwatch.model import Floats, Ints
from coastwatch.sensors.antenna import SECTORS
from coastwatch.site import Sensor

AZIMUTHS, RANGES = 36, 10
VESSEL_HEIGHT_M = 10.0  # a coaster's radar height; a dinghy is lost far nearer
INTERVAL = 0.9
RAYS_A_SECTOR, STEP_M = 3, 250.0
SEA_MIN = 0.05  # of a cell: less is a harbour basin or an error of the coastline
# The ground that the antenna stands on hides nothing; what is narrower than this is a pier.
OWN_GROUND_M, NARROW_M = 3_000.0, 300.0
DEGREE_M = 111_195.0


class Grid:
    """Looks at vessels that others hold, and how many of them gave a plot: (azimuths, ranges)."""

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.looks: Ints = np.zeros((AZIMUTHS, RANGES), dtype=np.int64)
        self.hits: Ints = np.zeros((AZIMUTHS, RANGES), dtype=np.int64)

    def add(self, sector: Ints, range_m: Floats, looks: Ints, hits: Ints) -> None:
        """Looks and hits of vessels, by their sector (of ``antenna.SECTORS``) and range."""
        ring = np.minimum((range_m / self.sensor.range_max_m * RANGES).astype(np.int64), RANGES - 1)
        cell = (sector * AZIMUTHS // SECTORS) * RANGES + ring
        size, shape = AZIMUTHS * RANGES, (AZIMUTHS, RANGES)
        self.looks += np.bincount(cell, looks, size).astype(np.int64).reshape(shape)
        self.hits += np.bincount(cell, hits, size).astype(np.int64).reshape(shape)

    def fraction(self, promised: Floats) -> float | None:
        """The share of the promised and measured cells that keep their promise, by area.

        A cell breaks it where even the upper end of its interval is below; None: none measured.
        """
        measured = (promised > 0) & (self.looks > 0)
        _, upper = interval(self.hits, self.looks)
        area = np.broadcast_to(np.arange(RANGES) + 0.5, measured.shape)
        whole = float(area[measured].sum())
        kept = measured & (upper >= promised)
        return float(area[kept].sum()) / whole if whole else None

    def document(self) -> dict[str, Any]:
        """The grid for ``coverage.json``; a cell without looks has null for what was achieved."""
        s = self.sensor
        said = promise(s)
        lower, upper = interval(self.hits, self.looks)
        achieved = (self.hits + 0.5) / (self.looks + 1.0)
        none = self.looks == 0
        return {
            "lon": s.position[0],
            "lat": s.position[1],
            "range_max_m": s.range_max_m,
            "horizon_m": round(float(horizon_m(s.height_m, VESSEL_HEIGHT_M)), 1),
            "azimuths": AZIMUTHS,
            "ranges": RANGES,
            "looks": self.looks.tolist(),
            "hits": self.hits.tolist(),
            "achieved": _numbers(achieved, none),
            "lower": _numbers(lower, none),
            "upper": _numbers(upper, none),
            "promised": np.round(said, 3).tolist(),
        }


def interval(hits: Ints, looks: Ints) -> tuple[Floats, Floats]:
    """The equal-tailed 90 % interval of a detection probability, Jeffreys' prior Beta(1/2, 1/2)."""
    a, b = hits + 0.5, looks - hits + 0.5
    tail = (1 - INTERVAL) / 2
    lower, upper = betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)
    return np.where(hits > 0, lower, 0.0), np.where(hits < looks, upper, 1.0)


@lru_cache(maxsize=64)
def promise(sensor: Sensor) -> Floats:
    """Detection probability that the site promises, (azimuths, ranges); read-only.

    ``detection_probability`` where the radar can see at least half of a cell's sea: inside
    ``range_max_m`` and the radar horizon, and not behind land. Land has no height here: a low
    spit hides as a cliff does. 0 elsewhere.
    """
    sea, clear = (_cells(part) for part in _sea_and_clear(sensor))
    seen = (sea > SEA_MIN) & (clear >= 0.5 * sea)
    out: Floats = np.where(seen, sensor.detection_probability, 0.0)
    out.flags.writeable = False
    return out


def _cells(rays: NDArray[np.bool_]) -> Floats:
    """The share of True of each cell, from (rays, steps)."""
    steps = rays.shape[1]
    starts = np.arange(RANGES) * steps // RANGES
    width = np.diff(np.append(starts, steps))
    by_ring = np.add.reduceat(rays.astype(np.float64), starts, axis=1) / width
    out: Floats = by_ring.reshape(AZIMUTHS, RAYS_A_SECTOR, RANGES).mean(axis=1)
    return out


def _sea_and_clear(sensor: Sensor) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What is sea along rays and steps of range, and which of it the radar can see."""
    far = sensor.range_max_m
    steps = int(np.clip(far / STEP_M, RANGES, 1_000))
    range_m = (np.arange(steps) + 0.5) * far / steps
    rays = AZIMUTHS * RAYS_A_SECTOR
    azimuth = (np.arange(rays) + 0.5) * 2 * np.pi / rays
    lon0, lat0 = sensor.position
    lon, lat = travel(lon0, lat0, azimuth[:, None], range_m[None, :])
    high = min(far * 1.01 / DEGREE_M, 20.0)
    wide = min(high / max(np.cos(np.radians(abs(lat0) + high)), 0.05), 60.0)
    mask = LandMask((lon0 - wide, max(lat0 - high, -90.0), lon0 + wide, min(lat0 + high, 90.0)))
    land = mask.contains(lon, lat)
    behind = _behind(land, far / steps)
    near = range_m <= horizon_m(sensor.height_m, VESSEL_HEIGHT_M)
    return ~land, ~land & ~behind & near


def _behind(land: NDArray[np.bool_], step_m: float) -> NDArray[np.bool_]:
    """Which places along each ray lie behind land that is not the antenna's own ground."""
    steps = land.shape[1]
    run = np.zeros(land.shape)
    for k in range(steps):
        run[:, k] = np.where(land[:, k], (run[:, k - 1] if k else 0.0) + step_m, 0.0)
    first_sea = np.where(land.all(axis=1), steps, np.argmin(land, axis=1))
    own = np.arange(steps) < first_sea[:, None]
    hides = np.where(own, run > OWN_GROUND_M, run > NARROW_M)
    return np.logical_or.accumulate(hides, axis=1)


def _numbers(values: Floats, none: NDArray[np.bool_]) -> list[list[float | None]]:
    rows = np.round(values, 3).tolist()
    return [
        [None if n else v for v, n in zip(*r, strict=True)] for r in zip(rows, none, strict=True)
    ]
