"""Each radar's azimuth bias, range bias and clock offset against AIS, on line; taken off when sure.

Measured = true + bias, as in docs/site.md, beside what site.toml takes off already. One Kalman
filter a radar holds its biases together with each vessel's own offset (where the echo's middle
lies from the reported place), so that a vessel seen a hundred times is one piece of evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints
from coastwatch.site import Sensor
from coastwatch.track import registration_kernel as kernel
from coastwatch.track.registration_kernel import AZIMUTH, CLOCK, RANGE

# A bias is worth taking off above this share of the sensor's own sigma; a clock's by what it
# moves a vessel of this speed.
WORTH, WORTH_MPS = 0.3, 10.0
NAMES = ("azimuth_bias_deg", "range_bias_m", "clock_offset_s")
UNITS = (180.0 / math.pi, 1.0, 1.0)
DIGITS = (3, 1, 2)


def _books() -> Floats:
    books = np.zeros(kernel.BOOKS)
    books[[kernel.TIME_S, kernel.DUE_S]] = -math.inf
    books[kernel.USUAL : kernel.USUAL + 2] = kernel.USUAL_SIGMA_M**2
    books[kernel.NOISE : kernel.NOISE + 2] = 1.0
    return books


def _prior() -> Floats:
    cov = np.zeros((kernel.SIZE, kernel.SIZE))
    np.fill_diagonal(cov[: kernel.FIRST, : kernel.FIRST], kernel.PRIOR_SIGMA**2)
    return cov


@dataclass(slots=True)
class _Radar:
    """One radar's filter: plain arrays, of a size that does not grow."""

    sensor: Sensor
    xy_m: Floats
    worth: Floats
    x: Floats = field(default_factory=lambda: np.zeros(kernel.SIZE))
    cov: Floats = field(default_factory=_prior)
    mmsi: Ints = field(default_factory=lambda: np.full(kernel.VESSELS_MAX, -1))
    hulls: Floats = field(default_factory=lambda: np.zeros((kernel.VESSELS_MAX, kernel.COLUMNS)))
    books: Floats = field(default_factory=_books)
    applied: Ints = field(default_factory=lambda: np.zeros(3, dtype=np.int64))

    def summary(self) -> dict[str, Any]:
        paired = self.books[kernel.PAIRED] > 0
        said: dict[str, Any] = {}
        for j, (name, unit, digits) in enumerate(zip(NAMES, UNITS, DIGITS, strict=True)):
            sigma = math.sqrt(max(self.cov[j, j], 0.0))
            said[name] = round(float(self.x[j] * unit), digits) if paired else None
            said[f"{name}_sigma"] = round(sigma * unit, digits) if paired else None
            said[f"{name}_applied"] = bool(self.applied[j])
        return said | {
            "vessels": int((self.hulls[:, kernel.PAIRS] >= kernel.PAIRS_MIN).sum()),
            "pairs": int(self.books[kernel.PAIRED]),
            "refused": int(self.books[kernel.REFUSED]),
            "jumps": int(self.books[kernel.JUMPS]),
            "applied": bool(self.applied.any()),
        }


class Registration:
    """The biases of a site's radars, learned from plots of vessels whose AIS is heard."""

    def __init__(self, sensors: Sequence[Sensor], plane: Plane) -> None:
        self._plane = plane
        self._radars = {
            i: _Radar(s, np.array(plane.to_xy(*s.position), dtype=np.float64), _worth(s))
            for i, s in enumerate(sensors)
            if s.kind == "radar"
        }

    def learn(
        self, sensor: int, d: Detections, mmsi: Ints, reported: Floats, reported_s: Floats
    ) -> None:
        """Take pairs: plots ``d`` of that sensor, as placed, and the vessels' own last reports.

        ``mmsi`` (n,), ``reported`` (n, 4): x, y, vx, vy in the plane, the hull's centre where it
        is known, at ``reported_s`` (n,). Rows that say too little, and reports too old, are left
        out, as are plots without range and azimuth: their place is not the radar's.
        """
        radar = self._radars.get(sensor)
        if radar is None or not len(d):
            return
        polar = np.isfinite(d.range_m) & np.isfinite(d.azimuth_rad)
        kernel.learn(
            radar.x, radar.cov, radar.mmsi, radar.hulls, radar.books, radar.applied, radar.worth,
            np.column_stack([np.where(polar, d.x_m, np.nan), d.y_m]), np.ascontiguousarray(d.cov_m2),
            np.ascontiguousarray(d.time_s), self._seen_from(radar, d), np.ascontiguousarray(mmsi),
            np.ascontiguousarray(reported), np.ascontiguousarray(reported_s),
        )  # fmt: skip

    def correction(self, sensor: int) -> tuple[float, float, float]:
        """Azimuth bias (rad), range bias (m) and clock offset (s) to be taken off, else 0.0."""
        radar = self._radars.get(sensor)
        if radar is None or not radar.applied.any():
            return 0.0, 0.0, 0.0
        azimuth, away, clock = np.where(radar.applied > 0, radar.x[:3], 0.0).tolist()
        return azimuth, away, clock

    def corrected(self, sensor: int, d: Detections) -> Detections:
        """The sensor's rows without its biases: place in the plane, range, azimuth and time.

        ``lon``, ``lat`` and ``cov_m2`` stay, as does the place of plots without range and azimuth.
        """
        azimuth, away, clock = self.correction(sensor)
        if not (azimuth or away or clock) or not len(d):
            return d
        at = self._seen_from(self._radars[sensor], d)
        dx, dy = d.x_m - at[:, 0], d.y_m - at[:, 1]
        ground = np.maximum(np.hypot(dx, dy), 1.0)
        shrunk = np.maximum(ground - away, 0.0) / ground
        cos, sin = shrunk * math.cos(azimuth), shrunk * math.sin(azimuth)
        polar = np.isfinite(d.range_m) & np.isfinite(d.azimuth_rad) & np.isfinite(at).all(axis=1)
        return replace(
            d,
            time_s=d.time_s - clock,
            x_m=np.where(polar, at[:, 0] + cos * dx - sin * dy, d.x_m),
            y_m=np.where(polar, at[:, 1] + sin * dx + cos * dy, d.y_m),
            range_m=np.maximum(d.range_m - away, 0.0),
            azimuth_rad=np.remainder(d.azimuth_rad - azimuth, 2 * np.pi),
        )

    def summary(self) -> dict[str, Any]:
        """Each radar's biases and sigmas by its id, for ``summary.json``; null before any pair."""
        return {radar.sensor.id: radar.summary() for radar in self._radars.values()}

    def _seen_from(self, radar: _Radar, d: Detections) -> Floats:
        """Where the sensor stood at each row, in the plane (n, 2)."""
        lon, lat = radar.sensor.position
        if (d.sensor_lon == lon).all() and (d.sensor_lat == lat).all():
            return np.repeat(radar.xy_m[None], len(d), axis=0)
        out: Floats = np.column_stack(self._plane.to_xy(d.sensor_lon, d.sensor_lat))
        return out


def _worth(s: Sensor) -> Floats:
    worth = np.zeros(3)
    worth[AZIMUTH], worth[RANGE] = WORTH * s.sigma_azimuth_rad, WORTH * s.sigma_range_m
    worth[CLOCK] = worth[RANGE] / WORTH_MPS
    return worth
