"""Whose report it is: by the identity that a track carries, by position and velocity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.model import Status
from coastwatch.track import imm
from coastwatch.track.association import marginals
from coastwatch.track.gate import grid, near
from coastwatch.track.motion import MODELS
from coastwatch.track.size import TOLD
from coastwatch.track.table import FREE

GATE = 25.0
REACH_M = 1_000.0
JUMP_M, JUMP_MPS = 926.0, 25.7  # 0.5 NM and 50 kn: further, it is another hull
SPEED_SIGMA_MPS = 0.7  # of a reported speed, each component
NEAR_MAX, EACH_MAX = 64, 8
# Vessels that only AIS shows, per m2 and (m/s)2, against which a track must be the likelier one.
NEW_DENSITY = 1e-9 / (2 * math.pi * 8.0**2)
# Reports of one vessel err alike (clock, antenna): a swap needs more than one chance in so many.
SWAP_ODDS = 1e4
ENDED = int(Status.ENDED)


@njit()
def positions(rows: Any, high: int, reports: Any) -> Any:
    """Where the tracks are, as a grid: (cells, places, rows)."""
    when = reports.time_s[0] if len(reports.time_s) else 0.0
    which, z = np.empty(high, np.int64), np.empty((high, 2))
    n = 0
    for i in range(high):
        if rows.status[i] != FREE and rows.status[i] != ENDED:
            dt = max(when - rows.time_s[i], 0.0)
            which[n] = i
            z[n, 0] = rows.x[i, 0] + dt * rows.x[i, 2]
            z[n, 1] = rows.x[i, 1] + dt * rows.x[i, 3]
            n += 1
    return grid(z[:n] if n else np.zeros((1, 2))), z[:n], which[:n]


@njit()
def _near(held: Any, reports: Any, j: int, found: Any) -> int:
    """The places, in ``held``, of tracks near a report."""
    cells, z, _ = held
    if len(z) == 0:
        return 0
    return near(cells, z, reports.z[j, 0], reports.z[j, 1], REACH_M, found)


@njit()
def own(rows: Any, order: Any, keys: Any, reports: Any, j: int) -> tuple[int, int]:
    """The row that carries the report's MMSI, the nearest of several; else -1, and if it jumped."""
    mmsi = reports.mmsi[j]
    low, end = 0, len(order)
    while low < end:
        half = (low + end) // 2
        if keys[half] < mmsi:
            low = half + 1
        else:
            end = half
    best, least, held = -1, np.inf, 0
    while low < len(order) and keys[low] == mmsi:
        i = order[low]
        low += 1
        if rows.status[i] == FREE or rows.status[i] == ENDED or rows.mmsi[i] != mmsi:
            continue
        held = 1
        dt = reports.time_s[j] - rows.time_s[i]
        moved = math.hypot(reports.z[j, 0] - rows.x[i, 0], reports.z[j, 1] - rows.x[i, 1])
        if moved > JUMP_M and moved > JUMP_MPS * max(abs(dt), 1.0):
            continue
        off = math.hypot(reports.z[j, 0] - rows.x[i, 0] - dt * rows.x[i, 2],
                         reports.z[j, 1] - rows.x[i, 1] - dt * rows.x[i, 3])  # fmt: skip
        if off < least or (off == least and rows.id[i] < rows.id[best]):
            best, least = i, off
    return best, (1 if held and best < 0 else 0)


@njit()
def _fit(rows: Any, i: int, reports: Any, j: int) -> tuple[float, float]:
    """Density (1/m2 (m/s)-2) of a report if the track made it, and its chi-square in position."""
    dt = reports.time_s[j] - rows.time_s[i]
    X, P, mu = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
    T = np.empty((MODELS, MODELS))
    imm.transition(max(dt, 0.0), T)
    imm.predict(rows.X[i], rows.P[i], rows.mu[i], max(dt, 0.0), T, X, P, mu)
    zx, zy = at_track(rows, i, reports, j)
    total, least = 0.0, np.inf
    u, v = reports.velocity[j]
    R = np.array([SPEED_SIGMA_MPS**2, 0.0, SPEED_SIGMA_MPS**2])
    V = np.zeros(10)
    for m in range(MODELS):
        density, chi2 = imm.likelihood(X[m], P[m], zx, zy, reports.R[j])
        least = min(least, chi2)
        if not math.isnan(u):
            V[0], V[1], V[4] = P[m, 7], P[m, 8], P[m, 9]
            density *= imm.likelihood(X[m, 2:], V, u, v, R)[0]
        else:
            density *= 2.5e-3
        total += mu[m] * density
    return total, least


@njit()
def at_track(rows: Any, i: int, reports: Any, j: int) -> tuple[float, float]:
    """Where the report would lie at the track's time, which may be the later one."""
    late = max(rows.time_s[i] - reports.time_s[j], 0.0)
    return reports.z[j, 0] + late * rows.x[i, 2], reports.z[j, 1] + late * rows.x[i, 3]


@njit()
def better(rows: Any, held: Any, reports: Any, j: int, i: int) -> int:
    """Another track that must be the one that speaks, -1 where there is none."""
    fit, chi2 = _fit(rows, i, reports, j)
    if chi2 < GATE:
        return -1
    which = held[2]
    found = np.empty(NEAR_MAX, np.int64)
    best, most = -1, fit * SWAP_ODDS
    for k in found[: _near(held, reports, j, found)]:
        other = which[k]
        if other == i or rows.status[other] == 0:
            continue
        density, near2 = _fit(rows, other, reports, j)
        density *= 1.0 - 0.9 * rows.p_mmsi[other]
        if near2 < GATE and density > most and density > NEW_DENSITY:
            best, most = other, density
    return best


@njit()
def swap(rows: Any, order: Any, i: int, other: int) -> None:
    """The identities of two tracks change places; what they said of themselves goes with them.

    So do their places in ``order``: the next report of this batch may be the other one's.
    """
    for k in range(len(order)):
        if order[k] == i:
            order[k] = other
        elif order[k] == other:
            order[k] = i
    rows.mmsi[i], rows.mmsi[other] = rows.mmsi[other], rows.mmsi[i]
    rows.p_mmsi[i], rows.p_mmsi[other] = 0.5 * rows.p_mmsi[other], 0.5 * rows.p_mmsi[i]
    rows.reports[i], rows.reports[other] = rows.reports[other], rows.reports[i]
    rows.grade[i], rows.grade[other] = rows.grade[other], rows.grade[i]
    rows.told[i], rows.told[other] = rows.told[other], rows.told[i]
    length = rows.traits[i, TOLD]
    rows.traits[i, TOLD], rows.traits[other, TOLD] = rows.traits[other, TOLD], length
    for k in range(2):
        rows.heading[i, k], rows.heading[other, k] = rows.heading[other, k], rows.heading[i, k]
    for k in range(6):
        rows.report[i, k], rows.report[other, k] = rows.report[other, k], rows.report[i, k]


@njit()
def adopt(rows: Any, held: Any, reports: Any, where: Any) -> None:
    """Reports whose MMSI no track carries, and tracks without one: jointly. Fills ``where``."""
    m = len(where)
    which = held[2]
    first, plot = np.zeros(m + 1, np.int64), np.empty(m * EACH_MAX, np.int64)
    weight, k = np.empty(m * EACH_MAX), 0
    found = np.empty(NEAR_MAX, np.int64)
    for j in range(m):
        begin = k
        if where[j] < 0:
            count = _near(held, reports, j, found)
            for place in found[:count]:
                i = which[place]
                if rows.mmsi[i] >= 0:
                    continue
                density, chi2 = _fit(rows, i, reports, j)
                if chi2 < GATE:
                    carries = max(
                        0.5 * math.exp(-min(rows.silence[i, 2], rows.silence[i, 3])), 0.01
                    )
                    exists = max(rows.visible[i] + rows.hidden[i], 1e-3)
                    odds = density * carries * exists / NEW_DENSITY
                    e = k
                    if k - begin == EACH_MAX:
                        e = begin + int(np.argmin(weight[begin:k]))
                        if weight[e] >= odds:
                            continue
                    else:
                        k += 1
                    plot[e], weight[e] = place, odds
        first[j + 1] = k
    p, free = np.zeros(k), np.ones(len(which))
    marginals(first, plot[:k], weight[:k], len(which), True, p, free)
    for j in range(m):
        for e in range(first[j], first[j + 1]):
            i = which[plot[e]]
            if p[e] > 0.5 and rows.mmsi[i] < 0:
                rows.mmsi[i], rows.p_mmsi[i] = reports.mmsi[j], p[e] / 2
                where[j] = i
