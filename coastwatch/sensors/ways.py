"""AIS reports -> where each vessel was at the times of a radar's plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints

# Between reports a vessel's way is believed over so long a gap, before and after them over less.
GAP_S, BEYOND_S = 60.0, 15.0
# Slower than this she lies at anchor or alongside, and reports each three minutes.
SLOW_MPS, SLOW_GAP_S, SLOW_BEYOND_S = 0.5, 400.0, 200.0
# Her acceleration: a floor, and turning at 0.3 degrees a second of her speed.
ACCELERATION_MPS2, TURN_RADPS = 5e-4, 5e-3
# 1-sigma of a GNSS fix whose report says nothing.
SIGMA_M = 15.0


@dataclass(slots=True)
class Reports:
    """AIS position reports as columns: UTC seconds, identity, degrees, motion (NaN unknown)."""

    time_s: Floats
    mmsi: Ints
    lon: Floats
    lat: Floats
    sog_mps: Floats
    cog_rad: Floats
    sigma_m: Floats


@dataclass(slots=True)
class Way:
    """One vessel's reports in order of time, in the plane."""

    mmsi: int
    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    sigma_m: float

    def at(self, time_s: Floats) -> tuple[Floats, ...]:
        """x, y (m), vx, vy (m/s) and 1-sigma (m) at these times; NaN where she was not heard.

        The reckoning from the report before and the one from the report behind, each weighed by
        its nearness: exact at both reports and for a steady course.
        """
        after = np.searchsorted(self.time_s, time_s)
        last = len(self.time_s) - 1
        i, j = np.clip(after - 1, 0, last), np.clip(after, 0, last)
        since, until = np.abs(time_s - self.time_s[i]), np.abs(self.time_s[j] - time_s)
        gap = self.time_s[j] - self.time_s[i]
        w = np.where(gap > 0, since / np.where(gap > 0, gap, 1.0), 0.0)
        speed = np.hypot(self.vx_mps[i], self.vy_mps[i])
        speed = np.maximum(speed, np.hypot(self.vx_mps[j], self.vy_mps[j]))
        slow, inside = speed < SLOW_MPS, (gap > 0) | (since == 0)
        believed = np.where(
            inside,
            gap <= np.where(slow, SLOW_GAP_S, GAP_S),
            np.minimum(since, until) <= np.where(slow, SLOW_BEYOND_S, BEYOND_S),
        )
        places = []
        for p, v in ((self.x_m, self.vx_mps), (self.y_m, self.vy_mps)):
            reckoned = p[i] + v[i] * (time_s - self.time_s[i])
            back = p[j] + v[j] * (time_s - self.time_s[j])
            places.append(np.where(believed, (1 - w) * reckoned + w * back, np.nan))
        vx = (1 - w) * self.vx_mps[i] + w * self.vx_mps[j]
        vy = (1 - w) * self.vy_mps[i] + w * self.vy_mps[j]
        far = np.minimum(since, until)
        drift = 0.5 * np.where(slow, 0.0, ACCELERATION_MPS2 + TURN_RADPS * speed) * far**2
        return *places, vx, vy, np.hypot(self.sigma_m, drift)


def ways(reports: Reports, plane: Plane) -> Iterator[Way]:
    """Each vessel's way, in order of MMSI. Reports of one second, or of no vessel, count once."""
    known = (reports.mmsi > 0) & np.isfinite(reports.time_s + reports.lon + reports.lat)
    x, y = plane.to_xy(reports.lon, reports.lat)
    known &= np.isfinite(x + y)
    vx, vy = plane.velocity(reports.lon, reports.lat, reports.sog_mps, reports.cog_rad)
    still = reports.sog_mps < SLOW_MPS
    vx, vy = np.where(still, 0.0, vx), np.where(still, 0.0, vy)
    order = np.lexsort((reports.time_s, reports.mmsi))
    order = order[known[order]]
    mmsi, time_s = reports.mmsi[order], reports.time_s[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (mmsi[1:] != mmsi[:-1]) | (time_s[1:] > time_s[:-1])
    order, mmsi = order[new], mmsi[new]
    for rows in np.split(order, np.flatnonzero(np.diff(mmsi)) + 1) if len(order) else ():
        t = reports.time_s[rows]
        sigma = reports.sigma_m[rows]
        sigma_m = float(np.median(np.where(sigma > 0, sigma, SIGMA_M)))
        u, v = (_known(p[rows], c[rows], t) for p, c in ((x, vx), (y, vy)))
        yield Way(int(reports.mmsi[rows[0]]), t, x[rows], y[rows], u, v, sigma_m)


def _known(place: Floats, velocity: Floats, time_s: Floats) -> Floats:
    """Velocities, where untold those of the way made; 0 of a vessel with one report."""
    untold = ~np.isfinite(velocity)
    if not untold.any():
        return velocity
    made = np.gradient(place, time_s) if len(place) > 1 else np.zeros(1)
    out: Floats = np.where(untold, made, velocity)
    return out
