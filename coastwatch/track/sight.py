"""How a sensor sees one track: where its plots may lie, how likely one is, and how it errs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.track import imm
from coastwatch.track.motion import PSD, TURN
from coastwatch.track.shadow import opacity, shade

GATE = 25.0  # chi-square, 2 degrees of freedom: a sharp turn must not carry a craft out of it
REACH = math.sqrt(GATE)
# A track's own share of detections counts against that of its place, which is worth so many looks.
PULL_PRIOR = 8.0
SIGHT_FORGET_LOOKS = 600.0
_AGILE, _TURN = float(PSD.max()), float(np.abs(TURN).max())


@njit()
def reach(rows: Any, i: int, dt: float, R_max: float, eye: Any) -> float:
    """Half the width of a square that the gate lies in, whichever model holds."""
    C = rows.C[i]
    growth = _AGILE * dt**3 / 3
    xx = C[0] + 2 * dt * C[2] + dt * dt * C[7]
    yy = C[4] + 2 * dt * C[6] + dt * dt * C[9]
    speed = math.hypot(rows.x[i, 2], rows.x[i, 3]) + 3.0 * math.sqrt(max(C[7], C[9]))
    bend = speed * _TURN * dt * dt / 2
    apart = 0.0 if eye.at_once else speed * (eye.end_s - eye.begin_s) / 2
    return 1.2 * REACH * math.sqrt(max(xx, yy) + growth + R_max) + bend + apart


@njit()
def sift(rows: Any, i: int, plots: Any, found: Any, count: int) -> int:
    """Leave in ``found`` the plots that some model may reach; a cheap gate before the true one."""
    C, kept = rows.C[i], 0
    for f in range(count):
        j = found[f]
        dt = max(plots.time_s[j] - rows.time_s[i], 0.0)
        speed2 = rows.x[i, 2] ** 2 + rows.x[i, 3] ** 2
        bend = math.sqrt(speed2) * _TURN * dt * dt / 2
        growth = _AGILE * dt**3 / 3 + bend * bend / 4
        sxx = plots.R[j, 0] + C[0] + 2 * dt * C[2] + dt * dt * C[7] + growth
        sxy = plots.R[j, 1] + C[1] + dt * (C[3] + C[5]) + dt * dt * C[8]
        syy = plots.R[j, 2] + C[4] + 2 * dt * C[6] + dt * dt * C[9] + growth
        dx = plots.z[j, 0] - rows.x[i, 0] - dt * rows.x[i, 2]
        dy = plots.z[j, 1] - rows.x[i, 1] - dt * rows.x[i, 3]
        det = sxx * syy - sxy * sxy
        if syy * dx * dx - 2 * sxy * dx * dy + sxx * dy * dy < 1.3 * GATE * det:
            found[kept] = j
            kept += 1
    return kept


@njit()
def move(rows: Any, i: int, dt: float, T: Any, work: Any) -> None:
    """Row ``i`` as it is ``dt`` > 0 seconds on; ``T`` is ``transition(dt)``."""
    X, P, mu = work
    imm.predict(rows.X[i], rows.P[i], rows.mu[i], dt, T, X, P, mu)
    imm.copy(X, P, mu, rows.X[i], rows.P[i], rows.mu[i])
    imm.combine(X, P, mu, rows.x[i], rows.C[i])
    rows.time_s[i] += dt


@njit()
def detection(rows: Any, i: int, eye: Any, when: float) -> tuple[float, float]:
    """(The probability that this look has a plot of the track, if it is there to be seen; that a
    ship hides it.)"""
    dt = max(when - rows.time_s[i], 0.0)
    dx = rows.x[i, 0] + dt * rows.x[i, 2] - eye.x_m
    dy = rows.x[i, 1] + dt * rows.x[i, 3] - eye.y_m
    far = math.hypot(dx, dy)
    if far > eye.range_m:
        return 0.02, 0.0
    rings, sectors, _ = eye.sights.shape
    ring = min(int(far / eye.range_m * rings), rings - 1)
    bearing = math.atan2(dx, dy)
    sector = int(bearing / imm.TWO_PI * sectors) % sectors
    pd = eye.sights[ring, sector, 0] / eye.sights[ring, sector, 1]
    pd = (PULL_PRIOR * pd + rows.pull[i, 0]) / (PULL_PRIOR + rows.pull[i, 1])
    shaded = 0.0
    if len(eye.ships):
        sigma = math.sqrt((rows.C[i, 0] + rows.C[i, 4]) / 2)
        shaded = shade(eye.ships, bearing, far, sigma, i)
        pd *= 1.0 - opacity(eye.shaded) * shaded
    if when - rows.look_s[i, eye.sensor] < 0.5 * eye.scan_s:
        pd *= rows.rest[i, eye.sensor]  # the same turn: what has hit it already hits no more
    return min(max(pd, 0.02), 0.98), shaded


@njit()
def noise(rows: Any, i: int, plots: Any, eye: Any, j: int, R: Any) -> None:
    """The plot's covariance; of errors that repeat, less is new the sooner it comes again."""
    factor = 1.0
    if eye.correlated_s > 0.0:
        since = plots.time_s[j] - rows.seen_s[i, eye.sensor]
        if since < eye.correlated_s:
            factor = eye.correlated_s / max(since, 0.1 * eye.correlated_s)
    R[0] = plots.R[j, 0] * factor + 1e-4
    R[1] = plots.R[j, 1] * factor
    R[2] = plots.R[j, 2] * factor + 1e-4
    late = rows.time_s[i] - plots.time_s[j]
    R[0] += late * late * rows.C[i, 7] if late > 0 else 0.0
    R[2] += late * late * rows.C[i, 9] if late > 0 else 0.0


@njit()
def at_track(rows: Any, i: int, plots: Any, j: int) -> tuple[float, float]:
    """Where the plot would lie at the track's time, did it move as the track does."""
    late = rows.time_s[i] - plots.time_s[j]
    return plots.z[j, 0] + late * rows.x[i, 2], plots.z[j, 1] + late * rows.x[i, 3]


@njit()
def learn(rows: Any, i: int, eye: Any, hit: float, missed: float) -> None:
    dx, dy = rows.x[i, 0] - eye.x_m, rows.x[i, 1] - eye.y_m
    rings, sectors, _ = eye.sights.shape
    ring = min(int(math.hypot(dx, dy) / eye.range_m * rings), rings - 1)
    sector = int(math.atan2(dx, dy) / imm.TWO_PI * sectors) % sectors
    cell = eye.sights[ring, sector]
    cell[0] += hit
    cell[1] += hit + missed
    if cell[1] > SIGHT_FORGET_LOOKS:
        cell[0] /= 2
        cell[1] /= 2
