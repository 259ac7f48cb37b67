"""Reports (AIS): measurements that carry an identity, and which track that identity belongs to.

A report goes to the track that carries its MMSI unless another one fits so much better that the
two must have been swapped. Reports of unknown ones and tracks without identity are associated
jointly, by position and velocity, as plots are.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from coastwatch.geo.plane import Plane
from coastwatch.kernels import sources, uncounted
from coastwatch.model import Detections, Floats, Ints, Status
from coastwatch.track import existence, fixed, imm
from coastwatch.track.association import marginals
from coastwatch.track.gate import grid, near
from coastwatch.track.look import born
from coastwatch.track.motion import MODELS
from coastwatch.track.table import FREE

GATE = 25.0
REACH_M = 1_000.0
JUMP_M, JUMP_MPS = 926.0, 25.7  # 0.5 NM and 50 kn: further, it is another hull
SPEED_SIGMA_MPS = 0.7
SLOW_MPS, SANE_MPS = 0.3, 60.0
NEAR_MAX, EACH_MAX = 64, 8
# Vessels that only AIS shows, per m2 and (m/s)2, against which a track must be the likelier one.
NEW_DENSITY = 1e-9 / (2 * math.pi * 8.0**2)
HEARD_ODDS = math.exp(5.0)
# Reports of one vessel err alike (clock, antenna): a swap needs more than one chance in so many.
SWAP_ODDS = 1e4
ENDED = int(Status.ENDED)


class Reports(NamedTuple):
    """One report of each MMSI at most, in order of time."""

    z: Floats  # (m, 2) the hull's centre
    R: Floats  # (m, 3)
    velocity: Floats  # (m, 2), NaN unknown
    time_s: Floats
    mmsi: Ints
    sensor: Ints
    centred: Floats  # 1 where z is the middle of the hull, 0 where it is the antenna


def rounds(d: Detections) -> list[Ints]:
    """Indices of the reports in turn, one of each MMSI at most in each part."""
    order = np.argsort(d.mmsi, kind="stable")
    starts = np.flatnonzero(np.diff(d.mmsi[order], prepend=d.mmsi[order][0] - 1))
    rank = np.empty(len(d), dtype=np.int64)
    rank[order] = np.arange(len(d)) - np.repeat(starts, np.diff(np.append(starts, len(d))))
    return [np.flatnonzero(rank == k) for k in range(int(rank.max()) + 1)]


def velocity(d: Detections, plane: Plane) -> Floats:
    """Reported speed and course in the plane, (n, 2); NaN where either is not to be used."""
    slow = d.sog_mps < SLOW_MPS
    sane = (d.sog_mps >= 0) & (d.sog_mps < SANE_MPS) & (np.isfinite(d.cog_rad) | slow)
    sog = np.where(sane & ~slow, d.sog_mps, 0.0)
    cog = np.where(sane & ~slow, d.cog_rad, 0.0)
    both = np.column_stack(plane.velocity(d.lon, d.lat, sog, cog))
    return np.where(sane[:, None], both, np.nan)


def _entry(version: int) -> Any:
    @njit(cache=True)
    def take(counted: Any, high: int, order: Any, keys: Any, columns: Any, next_id: int,
             room: int) -> Any:  # fmt: skip
        """Update and start tracks by reports; ``order`` sorts the rows up to ``high`` by MMSI,
        which gives ``keys``.

        Returns each report's row (-1: no room), how many jumped and how many identities moved,
        the next id and the new high mark.
        """
        rows, reports = uncounted(counted), uncounted(columns)
        m = len(reports.mmsi) if version else 0
        where = np.full(m, -1, np.int64)
        jumps, swaps = 0, 0
        held = _positions(rows, high, reports)
        for j in range(m):
            i, jumped = _own(rows, order, keys, reports, j)
            jumps += jumped
            if i >= 0:
                other = _better(rows, held, reports, j, i)
                if other >= 0:
                    _swap(rows, order, i, other)
                    swaps += 1
                    i = other
                where[j] = i
                _hear(rows, i, reports, j)
        _adopt(rows, held, reports, where)
        i = 0
        for j in range(m):
            if where[j] >= 0 or room <= 0:
                continue
            while i < len(rows.status) and rows.status[i] != FREE:
                i += 1
            if i == len(rows.status):
                break
            _begin(rows, i, reports, j, next_id)
            where[j], high = i, max(high, i + 1)
            next_id += 1
            room -= 1
        return where, jumps, swaps, next_id, high

    return take


take = _entry(sources(Path(__file__).parent))


@njit()
def _positions(rows: Any, high: int, reports: Any) -> Any:
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
def _own(rows: Any, order: Any, keys: Any, reports: Any, j: int) -> tuple[int, int]:
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
    zx, zy = _at_track(rows, i, reports, j)
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
def _at_track(rows: Any, i: int, reports: Any, j: int) -> tuple[float, float]:
    late = max(rows.time_s[i] - reports.time_s[j], 0.0)
    return reports.z[j, 0] + late * rows.x[i, 2], reports.z[j, 1] + late * rows.x[i, 3]


@njit()
def _better(rows: Any, held: Any, reports: Any, j: int, i: int) -> int:
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
def _swap(rows: Any, order: Any, i: int, other: int) -> None:
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
    for k in range(6):
        rows.report[i, k], rows.report[other, k] = rows.report[other, k], rows.report[i, k]


@njit()
def _adopt(rows: Any, held: Any, reports: Any, where: Any) -> None:
    """Reports whose MMSI no track carries, and tracks without one: jointly."""
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
                _hear(rows, i, reports, j)


@njit()
def _hear(rows: Any, i: int, reports: Any, j: int) -> None:
    """A track after its own report: state, existence, identity."""
    when = reports.time_s[j]
    dt = max(when - rows.time_s[i], 0.0)
    X, P, mu = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
    T, like = np.empty((MODELS, MODELS)), np.empty((1, MODELS))
    imm.transition(dt, T)
    imm.predict(rows.X[i], rows.P[i], rows.mu[i], dt, T, X, P, mu)
    zx, zy = _at_track(rows, i, reports, j)
    least = np.inf
    for m in range(MODELS):
        least = min(least, imm.likelihood(X[m], P[m], zx, zy, reports.R[j])[1])
    # Far off it is not the report that is wrong, but what was believed since the last one.
    factor = max(least / 9.0, 1.0)
    for m in range(MODELS):
        P[m] *= factor
        like[0, m] = imm.likelihood(X[m], P[m], zx, zy, reports.R[j])[0] + 1e-30
    z, R = np.array([[zx, zy]]), np.empty((1, 3))
    R[0] = reports.R[j]
    imm.update(X, P, mu, 0.0, np.ones(1), like, z, R, 1, np.empty(10))
    _speed(X, P, mu, reports.velocity[j, 0], reports.velocity[j, 1])
    imm.copy(X, P, mu, rows.X[i], rows.P[i], rows.mu[i])
    imm.combine(X, P, mu, rows.x[i], rows.C[i])
    rows.time_s[i] += dt
    existence.age(rows, i, when)
    _told(rows, i, reports, j)


@njit()
def _speed(X: Any, P: Any, mu: Any, u: float, v: float) -> None:
    if math.isnan(u):
        return
    hx = np.zeros(4)
    hx[2] = 1.0
    imm.measure(X, P, mu, hx, u, SPEED_SIGMA_MPS**2)
    hx[2], hx[3] = 0.0, 1.0
    imm.measure(X, P, mu, hx, v, SPEED_SIGMA_MPS**2)


@njit()
def _told(rows: Any, i: int, reports: Any, j: int) -> None:
    when, s = reports.time_s[j], reports.sensor[j]
    r = rows.visible[i] + rows.hidden[i]
    sure = min(r * HEARD_ODDS / (r * HEARD_ODDS + 1.0 - r), existence.CERTAIN)
    share = rows.visible[i] / r if r > 0.0 else 1.0
    rows.visible[i], rows.hidden[i] = sure * share, sure * (1.0 - share)
    variance = (reports.R[j, 0] + reports.R[j, 2]) / 2
    fixed.fold(rows, i, when, reports.z[j, 0], reports.z[j, 1], variance, 1.0)
    rows.heard_s[i] = max(rows.heard_s[i], when)
    if not rows.seen_s[i, s] > when:
        rows.seen_s[i, s] = when
    rows.reports[i] += 1
    rows.told[i] += 1
    rows.hits[i] += 1.0
    rows.p_mmsi[i] = (1.0 + rows.p_mmsi[i]) / 2
    rows.silence[i, :] = 0.0
    rows.report[i, 0] = when
    rows.report[i, 1:3] = reports.z[j]
    rows.report[i, 3:5] = reports.velocity[j]
    rows.report[i, 5] = reports.centred[j]


@njit()
def _begin(rows: Any, i: int, reports: Any, j: int, next_id: int) -> None:
    """A new track from a report."""
    born(rows, i, next_id, reports.time_s[j], reports.z[j, 0], reports.z[j, 1], reports.R[j])
    rows.mmsi[i], rows.visible[i] = reports.mmsi[j], 0.5
    rows.hidden[i] = 0.0
    _speed(rows.X[i], rows.P[i], rows.mu[i], reports.velocity[j, 0], reports.velocity[j, 1])
    imm.combine(rows.X[i], rows.P[i], rows.mu[i], rows.x[i], rows.C[i])
    _told(rows, i, reports, j)
    rows.hits[i] = 1.0
