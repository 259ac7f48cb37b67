"""How craft move between calls: an integrated Ornstein-Uhlenbeck process, an axis at a time.

Uhlenbeck and Ornstein 1930: the velocity is Gaussian and forgets itself within ``speed_lasts_s``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.incident.assumed import Assumed
from coastwatch.incident.call import Call
from coastwatch.model import Floats

LOG_2PI = math.log(2 * math.pi)


def together(s: Floats, t: Floats, assumed: Assumed) -> Floats:
    """Covariance (m²) of the way made at times s and t since time 0 (any sign)."""
    tau, sigma = assumed.speed_lasts_s, assumed.speed_mps
    a, b = s[:, None] / tau, t[None, :] / tau
    # Stationary increments: cov(X_s, X_t) = (D(s) + D(t) - D(s - t)) / 2, D the mean square way.
    way = _mean_square(a) + _mean_square(b) - _mean_square(a - b)
    out: Floats = (sigma * tau) ** 2 * way / 2
    return out


def _mean_square(w: Floats) -> Floats:
    w = np.abs(w)
    out: Floats = 2 * (w + np.expm1(-w))
    return out


def with_velocity(s: Floats, u: Floats, assumed: Assumed) -> Floats:
    """Covariance (m²/s) of the way made at times s since time 0 with the velocity at times u."""
    tau = assumed.speed_lasts_s
    a, b = s[:, None] / tau, u[None, :] / tau
    out: Floats = assumed.speed_mps**2 * tau * (_ramp(a - b) - _ramp(-b))
    return out


def _ramp(w: Floats) -> Floats:
    out: Floats = -np.sign(w) * np.expm1(-np.abs(w))
    return out


def log_density(dx: Floats, dy: Floats, var: Floats) -> Floats:
    """Of an isotropic Gaussian in the plane."""
    out: Floats = -LOG_2PI - np.log(var) - (dx**2 + dy**2) / (2 * var)
    return out


def velocities(calls: Sequence[Call], lon: Floats, lat: Floats, plane: Plane) -> Floats:
    """(n, 2) plane velocities as told; zero of an engine that has stopped; NaN where not told."""
    out = np.full((len(calls), 2), np.nan)
    for i, call in enumerate(calls):
        if math.isfinite(call.course_rad + call.speed_mps):
            x, y = (lon[i], lat[i]) if call.placed else plane.origin
            out[i] = plane.velocity(x, y, call.speed_mps, call.course_rad)
        elif call.engine == "stopped":
            out[i] = 0.0
    return out
