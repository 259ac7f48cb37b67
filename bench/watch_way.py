"""Ways of hulls as the truth sees them, and how long something held on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.watch_air import HEIGHT_M, STATIONS
from bench.watch_sail import PLANE, STEP_S, Hull, Path
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Floats
from coastwatch.simulate.ais import hearing_probability

Mask = NDArray[np.bool_]
Spans = list[tuple[float, float]]
GRID_S = 10.0
EVENT_S = 300.0  # what is an event may be said for so long
SHIP_M, SMALL_M = 50.0, 20.0


@dataclass(slots=True)
class Way:
    """One hull's path every ten seconds, its course and speed steadied over a minute."""

    hull: Hull
    times: Floats
    x: Floats
    y: Floats
    sog: Floats
    cog: Floats
    heading: Floats
    vx: Floats
    vy: Floats

    @classmethod
    def of(cls, hull: Hull, path: Path) -> Way:
        k = slice(None, None, int(GRID_S / STEP_S))
        vx, vy = (_steady(c)[k] for c in (path.vx, path.vy))
        return cls(hull, path.times_s[k], path.x[k], path.y[k], np.hypot(vx, vy),
                   np.arctan2(vx, vy), path.heading[k], vx, vy)  # fmt: skip

    @property
    def ship(self) -> bool:
        return self.hull.length_m >= SHIP_M


def held(times: Floats, mask: Mask, hold_s: float = 0.0, end_s: float = 0.0) -> Spans:
    """From when to when a mask has held for ``hold_s``; breaks of half a minute are none."""
    at = np.flatnonzero(mask)
    if not len(at):
        return []
    cuts = np.flatnonzero(np.diff(times[at]) > 30.0)
    firsts, lasts = np.append(at[0], at[cuts + 1]), np.append(at[cuts], at[-1])
    return [
        (float(times[a]) + hold_s, float(times[b]) + end_s)
        for a, b in zip(firsts, lasts, strict=True)
        if times[b] - times[a] >= hold_s
    ]


def events(times: Floats, mask: Mask) -> Spans:
    """When a mask becomes true."""
    at = np.flatnonzero(~mask[:-1] & mask[1:]) + 1
    return [(t, t + EVENT_S) for t in times[at].tolist()]


def heard(w: Way, k: int) -> float:
    """The share of her reports that are heard at a moment."""
    lon, lat = (np.atleast_1d(v) for v in PLANE.to_lonlat(w.x[k], w.y[k]))
    lost = 1.0
    for s in STATIONS:
        range_m, _ = lonlat_to_polar(*s.position, s.height_m, lon, lat)
        lost *= 1 - float(hearing_probability(s, np.array([HEIGHT_M[w.hull.grade]]), range_m)[0])
    return 1 - lost


def _steady(c: Floats) -> Floats:
    n = min(int(30 / STEP_S), max(len(c) // 2, 1))
    return np.convolve(np.pad(c, (n // 2, n - 1 - n // 2), "edge"), np.ones(n) / n, "valid")
