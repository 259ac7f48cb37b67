"""A radar's azimuth and range bias against AIS, with its uncertainty; or plainly that none is seen.

Measured = true + bias, as in docs/site.md. Plots are paired with AIS reports brought to the plots'
times; a first guess is voted for by the vessels, then fitted robustly, and what the vessels' own
errors (hull, antenna, clock) make of it is told by leaving out each in turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.sensors.pairs import Pairs, Plots, pairs
from coastwatch.sensors.search import Guess, search
from coastwatch.sensors.solve import AZIMUTH, LATENCY, OFFSET, SCALE, Solution, solve
from coastwatch.sensors.surroundings import surroundings
from coastwatch.sensors.ways import Reports
from coastwatch.site import Sensor

VESSELS_MIN = 4
SPREAD_MIN_DEG = 40.0
# By so much must the best alignment be likelier than the next best: in log likelihood, and times.
AHEAD, AHEAD_TIMES = 8.0, 1.2
# Coarser than this an estimate mends nothing.
SIGMA_AZIMUTH_MAX_RAD, SIGMA_RANGE_MAX_M = math.radians(1.0), 200.0


@dataclass(frozen=True, slots=True)
class Registration:
    """What the AIS says of one radar. ``reason`` is empty where the bias is observable.

    ``theta`` is azimuth bias (rad), range bias (m), range scale less 1, AIS latency (s); ``cov``
    (4, 4) its covariance, zero for what is not ``free`` (kept at 0). ``range_at_m`` is the range
    at which the range bias as a whole is best known. ``spread_deg``: the arc of all bearings.
    """

    sensor: Sensor
    reason: str
    theta: Floats
    cov: Floats
    free: tuple[bool, bool, bool, bool]
    plots: int
    vessels: int
    pairs: int
    spread_deg: float
    range_from_m: float
    range_to_m: float
    range_at_m: float
    sigma_azimuth_rad: float
    sigma_range_m: float

    @property
    def sigma(self) -> Floats:
        """1-sigma of each of ``theta``."""
        out: Floats = np.sqrt(np.diag(self.cov))
        return out

    def range_bias_at(self, range_m: float) -> tuple[float, float]:
        """The whole range bias (m) at a range, and its 1-sigma."""
        a = np.array([0.0, 1.0, range_m, 0.0])
        return float(a @ self.theta), math.sqrt(max(float(a @ self.cov @ a), 0.0))

    def remaining(self) -> tuple[float, float]:
        """What the site's own values leave, in sigmas: of azimuth, of range where best known."""
        s = self.sensor
        azimuth = math.remainder(self.theta[AZIMUTH] - s.azimuth_bias_rad, math.tau)
        bias, sigma = self.range_bias_at(self.range_at_m)
        left = bias - s.range_bias_m - (s.range_scale - 1.0) * self.range_at_m
        return azimuth / self.sigma[AZIMUTH], left / sigma

    def lines(self) -> list[str]:
        """The keys of this sensor's table in site.toml that would mend it."""
        if self.reason:
            return []
        lines = [
            f"azimuth_bias_deg = {math.degrees(self.theta[AZIMUTH]):.3f}",
            f"range_bias_m = {self.theta[OFFSET]:.1f}",
        ]
        return [*lines, f"range_scale = {1.0 + self.theta[SCALE]:.5f}"]

    def to_document(self) -> dict[str, Any]:
        """JSON-ready, units in the names; nulls where nothing is observable."""
        head = {
            "sensor": self.sensor.id,
            "observable": not self.reason,
            "reason": self.reason or None,
            "plots": self.plots,
            "vessels": self.vessels,
            "pairs": self.pairs,
            "bearings_spread_deg": round(self.spread_deg, 1),
        }
        names = ("azimuth_bias_deg", "range_bias_m", "range_scale", "ais_latency_s")
        units = (180.0 / math.pi, 1.0, 1.0, 1.0)
        for k, (name, unit) in enumerate(zip(names, units, strict=True)):
            known = not self.reason and self.free[k]
            value = self.theta[k] * unit + (1.0 if k == SCALE else 0.0)
            head[name] = round(float(value), 6) if known else None
            head[f"{name}_sigma"] = round(float(self.sigma[k] * unit), 6) if known else None
        if self.reason:
            return head
        bias, sigma = self.range_bias_at(self.range_at_m)
        azimuth, left = self.remaining()
        return head | {
            "range_m": [round(self.range_from_m), round(self.range_to_m)],
            "range_best_known_at_m": round(self.range_at_m),
            "range_bias_there_m": round(bias, 2),
            "range_bias_there_m_sigma": round(sigma, 2),
            "noise_azimuth_deg": round(math.degrees(self.sigma_azimuth_rad), 4),
            "noise_range_m": round(self.sigma_range_m, 2),
            "remaining_azimuth_sigmas": round(azimuth, 2),
            "remaining_range_sigmas": round(left, 2),
            "site_lines": self.lines(),
        }


def register(plots: Plots, reports: Reports, sensor: Sensor, plane: Plane) -> Registration:
    """The bias of one radar over all these plots and reports.

    The plots are as measured: what the site takes off already is part of the answer.
    """
    known = np.isfinite(plots.time_s + plots.range_m + plots.azimuth_rad)
    known &= np.isfinite(plots.sensor_lon + plots.sensor_lat) & (plots.range_m > 0)
    plots = plots.take(known)
    count = len(plots.time_s)
    near = pairs(plots, reports, sensor, plane)
    sigmas = sensor.sigma_azimuth_rad, sensor.sigma_range_m
    about = surroundings(near, *sigmas)
    guess = search(near, about, *sigmas)
    found = solve(near, about, guess, *sigmas)
    spread = _spread_deg(found.rows)
    ranges = found.rows.range_m if len(found.rows) else np.zeros(1)
    low, high = np.quantile(ranges, (0.02, 0.98)).tolist()
    cov = found.cov
    at = -cov[OFFSET, SCALE] / cov[SCALE, SCALE] if found.free[SCALE] else np.median(ranges)
    return Registration(
        sensor, _reason(count, near, guess, found, spread), found.theta, cov,
        tuple(found.free.tolist()), count, found.vessels, len(found.rows), spread, low, high,
        float(np.clip(np.nan_to_num(at), low, high)), found.sigma_azimuth_rad, found.sigma_range_m,
    )  # fmt: skip


def _reason(plots: int, near: Pairs, guess: Guess, found: Solution, spread_deg: float) -> str:
    """Why the bias is not observable; empty where it is."""
    if not plots:
        return "no plot with range and azimuth"
    if not len(near.looks):
        return "no vessel with AIS within its reach while it looked"
    if found.vessels < VESSELS_MIN:
        return f"{found.vessels} vessels seen by radar and AIS; {VESSELS_MIN} are needed"
    if guess.score < max(guess.next_score * AHEAD_TIMES, guess.next_score + AHEAD):
        return (
            "no alignment stands out: the log likelihood of the best is "
            f"{guess.score:.1f}, of another {guess.next_score:.1f}"
        )
    if spread_deg < SPREAD_MIN_DEG:
        return (
            f"the vessels' bearings span {spread_deg:.0f} degrees; {SPREAD_MIN_DEG:.0f} are needed "
            "to tell a bias from a wrong place"
        )
    sigma = np.sqrt(np.diag(found.cov))
    at_m = float(np.median(found.rows.range_m))
    a = np.array([0.0, 1.0, at_m, 0.0])
    if not (
        sigma[AZIMUTH] < SIGMA_AZIMUTH_MAX_RAD
        and math.sqrt(max(a @ found.cov @ a, 0.0)) < SIGMA_RANGE_MAX_M
    ):
        return "the vessels disagree: no bias of the radar explains their errors"
    return ""


def _spread_deg(rows: Pairs) -> float:
    """The least arc that holds all paired bearings, to 5 degrees."""
    if not len(rows):
        return 0.0
    sectors = np.unique(np.floor(np.degrees(rows.azimuth_rad) / 5.0).astype(np.int64) % 72)
    gaps = np.diff(np.append(sectors, sectors[0] + 72))
    return float(5 * (73 - gaps.max())) if len(sectors) > 1 else 5.0


__all__ = ["LATENCY", "Plots", "Registration", "Reports", "register"]
