"""Two tracks of one vessel become one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints, Status
from coastwatch.track.association import near
from coastwatch.track.filter import distance
from coastwatch.track.motion import predict
from coastwatch.track.table import Table

REACH_M = 400.0
D2_MAX, SPEED_MPS = 9.0, 3.0  # nearer than this in position and in velocity
LEVER_M = 15.0  # antenna and echo are not at one place
HITS_MIN = 4
# One sensor that saw both within so much of a scan sees two vessels.
SAME_SCAN = 1.3


def merge(table: Table, time_s: float, scan_s: Floats) -> int:
    """Merge what is one vessel; returns how many tracks ended so. The older stays, with the
    identity of either; two identities are never one vessel. ``scan_s`` is each sensor's, and that
    of reports of no named sensor."""
    t = table
    i = np.flatnonzero((t.hits >= HITS_MIN) & (t.status != Status.ENDED))
    state, cov = predict(t.state[i], t.cov[i], np.maximum(time_s - t.time_s[i], 0.0))
    a, b = near(state[:, :2], np.full(len(i), REACH_M), state[:, :2])
    a, b = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0).T
    alike = _alike(state, cov, a, b)
    p, q = i[a[alike]], i[b[alike]]
    together = np.abs(t.seen_s[p] - t.seen_s[q]) < SAME_SCAN * scan_s
    one = ~together.any(axis=1)
    gone = np.zeros(len(t), dtype=bool)
    for first, second in zip(p[one].tolist(), q[one].tolist(), strict=True):
        named = t.mmsi[first] >= 0 and t.mmsi[second] >= 0
        if not (gone[first] or gone[second] or named):
            _join(t, first, second, gone)
    t.status[gone] = Status.ENDED
    return int(gone.sum())


def _alike(state: Floats, cov: Floats, a: Ints, b: Ints) -> NDArray[np.bool_]:
    R = cov[a, :2, :2] + LEVER_M**2 * np.eye(2)
    d2, _ = distance(state[a, :2], R, state[b], cov[b])
    apart_mps = np.hypot(*(state[a, 2:] - state[b, 2:]).T)
    alike: NDArray[np.bool_] = (d2 < D2_MAX) & (apart_mps < SPEED_MPS)
    return alike


def _join(t: Table, a: int, b: int, gone: NDArray[np.bool_]) -> None:
    old, new = (a, b) if t.id[a] < t.id[b] else (b, a)
    if t.cov[new, 0, 0] < t.cov[old, 0, 0]:
        t.state[old], t.cov[old], t.time_s[old] = t.state[new], t.cov[new], t.time_s[new]
    t.mmsi[old] = max(t.mmsi[old], t.mmsi[new])
    t.reports[old] += t.reports[new]
    t.seen_s[old] = np.fmax(t.seen_s[old], t.seen_s[new])
    t.due_s[old] = np.fmax(t.due_s[old], t.due_s[new])
    t.odds[old] = max(t.odds[old], t.odds[new])
    gone[new] = True
