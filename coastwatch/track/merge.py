"""Two tracks of one vessel become one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from coastwatch.model import Status
from coastwatch.track.filter import distance
from coastwatch.track.motion import predict
from coastwatch.track.table import Table

REACH_M = 400.0
D2_MAX, SPEED_MPS = 9.0, 3.0  # nearer than this in position and in velocity
LEVER_M = 15.0  # antenna and echo are not at one place
HITS_MIN = 4
# One sensor that sees both within a scan or so sees two vessels.
APART_S = 4.0


def merge(table: Table, time_s: float) -> int:
    """Merge what is one vessel; returns how many tracks ended so. The older stays, with the
    identity of either; two identities are never one vessel."""
    t = table
    i = np.flatnonzero((t.hits >= HITS_MIN) & (t.status != Status.ENDED))
    if len(i) < 2:
        return 0
    state, cov = predict(t.state[i], t.cov[i], np.maximum(time_s - t.time_s[i], 0.0))
    pairs = cKDTree(state[:, :2]).query_pairs(REACH_M, output_type="ndarray")
    gone = np.zeros(len(t), dtype=bool)
    for a, b in pairs[np.lexsort(pairs.T)].tolist():
        p, q = int(i[a]), int(i[b])
        if gone[p] or gone[q] or (t.mmsi[p] >= 0 and t.mmsi[q] >= 0):
            continue
        R = cov[None, a, :2, :2] + LEVER_M**2 * np.eye(2)
        d2, _ = distance(state[None, a, :2], R, state[None, b], cov[None, b])
        apart_mps = np.hypot(*(state[a, 2:] - state[b, 2:]))
        shared = np.isfinite(t.seen_s[p]) & np.isfinite(t.seen_s[q])
        both = np.abs(t.seen_s[p] - t.seen_s[q])[shared]
        if d2[0] < D2_MAX and apart_mps < SPEED_MPS and not (both < APART_S).any():
            _join(t, p, q, gone)
    t.status[gone] = Status.ENDED
    return int(gone.sum())


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
