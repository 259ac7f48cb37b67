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
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints, Kind
from coastwatch.site import Sensor
from coastwatch.track import registration_kernel as kernel

# A bias is worth taking off above this share of the sensor's own sigma; a clock's by what it
# moves a vessel of this speed.
WORTH, WORTH_MPS = 0.3, 10.0
# Taken off once it is above so many sigmas for so long, by that many vessels at least; no longer
# below the last.
ON_SIGMAS, ON_S, VESSELS_MIN, OFF_SIGMAS = 3.0, 60.0, 3, 2.0
NAMES = ("azimuth_bias_deg", "range_bias_m", "clock_offset_s")
UNITS = (180.0 / math.pi, 1.0, 1.0)
DIGITS = (3, 1, 2)


def _books() -> Floats:
    books = np.zeros(kernel.BOOKS)
    books[[kernel.TIME_S, kernel.DUE_S]] = -math.inf
    books[kernel.USUAL : kernel.NOISE] = kernel.USUAL_SIGMA_M**2
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
    worth: tuple[float, ...]
    x: Floats = field(default_factory=lambda: np.zeros(kernel.SIZE))
    cov: Floats = field(default_factory=_prior)
    mmsi: Ints = field(default_factory=lambda: np.full(kernel.VESSELS_MAX, -1))
    hulls: Floats = field(default_factory=lambda: np.zeros((kernel.VESSELS_MAX, kernel.COLUMNS)))
    books: Floats = field(default_factory=_books)
    applied: list[bool] = field(default_factory=lambda: [False] * 3)
    doubted_s: list[float] = field(default_factory=lambda: [-math.inf] * 3)

    @property
    def vessels(self) -> int:
        return int((self.hulls[:, kernel.PAIRS] >= kernel.PAIRS_MIN).sum())

    def judge(self) -> None:
        """Which biases are to be taken off: what is surely there, for a while, and worth it."""
        now_s = float(self.books[kernel.TIME_S])
        for j, (bias, worth) in enumerate(zip(self.x[:3].tolist(), self.worth, strict=True)):
            size, sigma = abs(bias), math.sqrt(max(float(self.cov[j, j]), 0.0))
            if not (size > ON_SIGMAS * sigma and size > worth and self.vessels >= VESSELS_MIN):
                self.doubted_s[j] = now_s
            if self.applied[j]:
                self.applied[j] = size > OFF_SIGMAS * sigma and size > worth / 2
            else:
                self.applied[j] = now_s - self.doubted_s[j] >= ON_S

    def summary(self) -> dict[str, Any]:
        paired = self.books[kernel.PAIRED] > 0
        said: dict[str, Any] = {}
        for j, (name, unit, digits) in enumerate(zip(NAMES, UNITS, DIGITS, strict=True)):
            sigma = math.sqrt(max(self.cov[j, j], 0.0))
            said[name] = round(float(self.x[j] * unit), digits) if paired else None
            said[f"{name}_sigma"] = round(sigma * unit, digits) if paired else None
            said[f"{name}_applied"] = self.applied[j]
        return said | {
            "vessels": self.vessels,
            "pairs": int(self.books[kernel.PAIRED]),
            "refused": int(self.books[kernel.REFUSED]),
            "jumps": int(self.books[kernel.JUMPS]),
            "applied": any(self.applied),
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
        self,
        sensor: int,
        d: Detections,
        mmsi: Ints,
        reported: Floats,
        reported_s: Floats,
        centred: NDArray[np.bool_] | None = None,
    ) -> None:
        """Take pairs: plots ``d`` of that sensor, as placed, and the vessels' own last reports.

        ``mmsi`` (n,), ``reported`` (n, 4): x, y, vx, vy in the plane at ``reported_s`` (n,), of
        the hull's middle where ``centred`` (n,), else of the antenna. Rows that say too little,
        reports of more than 15 s ago (of a vessel at rest 200 s), plots without range and
        azimuth, whose place is not the radar's, and sensor tracks, whose lag would pass for a
        clock's offset, are left out.
        """
        radar = self._radars.get(sensor)
        if radar is None or not len(d):
            return
        polar = np.isfinite(d.range_m) & np.isfinite(d.azimuth_rad) & (d.kind == Kind.PLOT)
        columns = (
            np.column_stack([np.where(polar, d.x_m, np.nan), d.y_m]), d.cov_m2, d.time_s,
            self._seen_from(radar, d), mmsi, reported, reported_s,
            np.zeros(len(d), dtype=bool) if centred is None else centred,
        )  # fmt: skip
        state = radar.x, radar.cov, radar.mmsi, radar.hulls, radar.books
        kernel.learn(*state, *(np.ascontiguousarray(column) for column in columns))
        radar.judge()

    def estimate(self, sensor: int) -> tuple[Floats, Floats]:
        """Azimuth bias (rad), range bias (m) and clock offset (s) as known by now, and (3, 3) cov.

        Raises KeyError where that sensor is no radar.
        """
        radar = self._radars[sensor]
        return radar.x[:3].copy(), radar.cov[:3, :3].copy()

    def correction(self, sensor: int) -> tuple[float, float, float]:
        """Azimuth bias (rad), range bias (m) and clock offset (s) to be taken off, else 0.0."""
        radar = self._radars.get(sensor)
        if radar is None or not any(radar.applied):
            return 0.0, 0.0, 0.0
        biases = zip(radar.x.tolist(), radar.applied, strict=False)
        azimuth, away, clock = (bias if applied else 0.0 for bias, applied in biases)
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


def _worth(s: Sensor) -> tuple[float, ...]:
    return WORTH * s.sigma_azimuth_rad, WORTH * s.sigma_range_m, WORTH * s.sigma_range_m / WORTH_MPS
