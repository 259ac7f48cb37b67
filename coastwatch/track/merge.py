"""Two tracks of one vessel become one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from coastwatch.model import Floats, Ints, Status
from coastwatch.track.table import FREE, Rows

REACH_M = 400.0
D2_MAX, SPEED_MPS = 9.0, 3.0  # nearer than this in position and in velocity
LEVER_M = 15.0  # antenna and echo are not at one place
HITS_MIN = 3.5
NEAREST = 8
# One sensor that saw both within so many scans sees two vessels: either may be missed at times.
SAME_SCANS = 5.0


def merge(t: Rows, high: int, time_s: float, scan_s: Floats) -> int:
    """Merge what is one vessel; returns how many tracks ended so. The older stays, with the
    identity of either; two identities are never one vessel. ``scan_s`` is each sensor's, and that
    of reports of no named sensor."""
    status = t.status[:high]
    i = np.flatnonzero((t.hits[:high] >= HITS_MIN) & (status != Status.ENDED) & (status != FREE))
    if len(i) < 2:
        return 0
    dt = np.maximum(time_s - t.time_s[i], 0.0)
    place = t.x[i, :2] + dt[:, None] * t.x[i, 2:]
    k = min(NEAREST, len(i))
    found = cKDTree(place).query(place, k=k, distance_upper_bound=REACH_M)
    apart, index = (np.asarray(column) for column in found)
    a, rank = np.nonzero(np.isfinite(apart))
    b = index[a, rank]
    a, b = np.unique(np.column_stack([a, b])[a < b], axis=0).T
    alike = _alike(t, i[a], i[b], place[a] - place[b], dt[a], dt[b])
    p, q = i[a[alike]], i[b[alike]]
    together = np.abs(t.seen_s[p] - t.seen_s[q]) < SAME_SCANS * scan_s
    gone: set[int] = set()
    for first, second in zip(p[~together.any(axis=1)].tolist(),
                             q[~together.any(axis=1)].tolist(), strict=True):  # fmt: skip
        named = t.mmsi[first] >= 0 and t.mmsi[second] >= 0
        if not (first in gone or second in gone or named):
            gone.add(_join(t, first, second))
    t.status[list(gone)] = Status.ENDED
    return len(gone)


def _alike(t: Rows, p: Ints, q: Ints, off: Floats, dp: Floats, dq: Floats) -> NDArray[np.bool_]:
    S = LEVER_M**2 * np.array([1.0, 0.0, 1.0]) + _spread(t.C[p], dp) + _spread(t.C[q], dq)
    det = S[:, 0] * S[:, 2] - S[:, 1] ** 2
    dx, dy = off.T
    d2 = (S[:, 2] * dx**2 - 2 * S[:, 1] * dx * dy + S[:, 0] * dy**2) / det
    apart_mps = np.hypot(*(t.x[p, 2:] - t.x[q, 2:]).T)
    alike: NDArray[np.bool_] = (d2 < D2_MAX) & (apart_mps < SPEED_MPS)
    return alike


def _spread(C: Floats, dt: Floats) -> Floats:
    """Covariances of position (n, 3) after ``dt`` (n,) seconds of straight motion."""
    xx, xy, xu, xv, yy, yu, yv, uu, uv, vv = C.T
    return np.column_stack([
        xx + 2 * dt * xu + dt**2 * uu, xy + dt * (xv + yu) + dt**2 * uv,
        yy + 2 * dt * yv + dt**2 * vv,
    ])  # fmt: skip


def _join(t: Rows, a: int, b: int) -> int:
    """The older row takes what the newer one knows better; returns the newer one."""
    old, new = (a, b) if t.id[a] < t.id[b] else (b, a)
    if t.C[new, 0] + t.C[new, 4] < t.C[old, 0] + t.C[old, 4]:
        t.time_s[old] = t.time_s[new]
        for moments in (t.X, t.P, t.mu, t.x, t.C):
            moments[old] = moments[new]
    if t.mmsi[new] > t.mmsi[old]:
        t.mmsi[old], t.grade[old] = t.mmsi[new], t.grade[new]
        for said in (t.p_mmsi, t.report, t.silence, t.traits):
            said[old] = said[new]
    for numbers in (t.reports, t.hits, t.found):
        numbers[old] = max(numbers[old], numbers[new])
    t.seen_s[old] = np.fmax(t.seen_s[old], t.seen_s[new])
    t.look_s[old] = np.fmax(t.look_s[old], t.look_s[new])
    t.heard_s[old] = max(t.heard_s[old], t.heard_s[new])
    if t.visible[new] + t.hidden[new] > t.visible[old] + t.hidden[old]:
        t.visible[old], t.hidden[old] = t.visible[new], t.hidden[new]
        t.exist_s[old] = t.exist_s[new]
    return new
