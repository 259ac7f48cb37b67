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
from coastwatch.model import Detections, Floats, Ints
from coastwatch.track import existence, fixed, identity, imm
from coastwatch.track.births import born
from coastwatch.track.motion import MODELS
from coastwatch.track.table import FREE

SLOW_MPS, SANE_MPS = 0.3, 60.0
HEARD_ODDS = math.exp(5.0)


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
        held = identity.positions(rows, high, reports)
        for j in range(m):
            i, jumped = identity.own(rows, order, keys, reports, j)
            jumps += jumped
            if i >= 0:
                other = identity.better(rows, held, reports, j, i)
                if other >= 0:
                    identity.swap(rows, order, i, other)
                    swaps += 1
                    i = other
                where[j] = i
                _hear(rows, i, reports, j)
        claimed = where >= 0
        identity.adopt(rows, held, reports, where)
        for j in range(m):
            if where[j] >= 0 and not claimed[j]:
                _hear(rows, where[j], reports, j)
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
def _hear(rows: Any, i: int, reports: Any, j: int) -> None:
    """A track after its own report: state, existence, identity."""
    when = reports.time_s[j]
    dt = max(when - rows.time_s[i], 0.0)
    X, P, mu = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
    T, like = np.empty((MODELS, MODELS)), np.empty((1, MODELS))
    imm.transition(dt, T)
    imm.predict(rows.X[i], rows.P[i], rows.mu[i], dt, T, X, P, mu)
    zx, zy = identity.at_track(rows, i, reports, j)
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
    imm.measure(X, P, mu, hx, u, identity.SPEED_SIGMA_MPS**2)
    hx[2], hx[3] = 0.0, 1.0
    imm.measure(X, P, mu, hx, v, identity.SPEED_SIGMA_MPS**2)


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
