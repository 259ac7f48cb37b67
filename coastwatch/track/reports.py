"""Reports (AIS): which track carries the identity that each names, and what it tells that track."""

from __future__ import annotations

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints, Status
from coastwatch.track import lifecycle
from coastwatch.track.association import assign, near
from coastwatch.track.filter import distance, update
from coastwatch.track.motion import predict, predict_position
from coastwatch.track.plots import H_POSITION
from coastwatch.track.table import Table

GATE = 25.0
REACH_M = 2_000.0
LEVER_M = 30.0  # antenna and echo are not at one place
JUMP_M, JUMP_MPS = 926.0, 25.7  # 0.5 NM and 50 kn: further, it is another hull
SPEED_REPORTED_SIGMA_MPS = 0.7
SPEED_APART_MPS = 3.0
SLOW_MPS, SANE_MPS = 0.3, 60.0
HIT_ODDS = 5.0
H_VELOCITY = np.eye(4)[2:]


def rounds(d: Detections) -> list[Detections]:
    """The reports in turn, one of each MMSI at most in each part."""
    order = np.argsort(d.mmsi, kind="stable")
    starts = np.flatnonzero(np.diff(d.mmsi[order], prepend=d.mmsi[order][0] - 1))
    rank = np.empty(len(d), dtype=np.int64)
    rank[order] = np.arange(len(d)) - np.repeat(starts, np.diff(np.append(starts, len(d))))
    return [d.take(rank == k) for k in range(int(rank.max()) + 1)]


def take_reports(table: Table, d: Detections, velocity: Floats) -> tuple[Ints, int]:
    """Update the tracks by one report of each MMSI at most; ``velocity`` (n, 2) is what they say.

    Returns the index of the reports that fit no track, and how many jumped: two hulls may send one
    MMSI, or a fix be wrong, so each place has its own track and keeps the identity.
    """
    i, j, jumped = _own(table, d)
    _update(table, i, d.take(j), velocity[j])
    rest = np.setdiff1d(np.arange(len(d)), j)
    a, b = _adopt(table, d.take(rest), velocity[rest])
    table.mmsi[a] = d.mmsi[rest[b]]
    _update(table, a, d.take(rest[b]), velocity[rest[b]])
    return np.setdiff1d(rest, rest[b]), jumped


def velocity(d: Detections, plane: Plane) -> Floats:
    """Reported speed and course in the plane, (n, 2); NaN where either is not to be used."""
    slow = d.sog_mps < SLOW_MPS
    sane = (d.sog_mps >= 0) & (d.sog_mps < SANE_MPS) & (np.isfinite(d.cog_rad) | slow)
    sog = np.where(sane & ~slow, d.sog_mps, 0.0)
    cog = np.where(sane & ~slow, d.cog_rad, 0.0)
    both = np.column_stack(plane.velocity(d.lon, d.lat, sog, cog))
    return np.where(sane[:, None], both, np.nan)


def _own(t: Table, d: Detections) -> tuple[Ints, Ints, int]:
    """The track that carries each report's MMSI, the nearest where several do."""
    order = np.argsort(t.mmsi, kind="stable")
    first, last = (np.searchsorted(t.mmsi[order], d.mmsi, side) for side in ("left", "right"))
    held = last - first
    j = np.repeat(np.arange(len(d)), held)
    i = order[np.arange(len(j)) - np.repeat(np.cumsum(held) - held, held) + first[j]]
    dt = d.time_s[j] - t.time_s[i]
    moved = np.hypot(d.x_m[j] - t.state[i, 0], d.y_m[j] - t.state[i, 1])
    fits = ~((moved > JUMP_M) & (moved > JUMP_MPS * np.maximum(np.abs(dt), 1.0)))
    fits &= t.status[i] != Status.ENDED
    i, j, dt = i[fits], j[fits], dt[fits]
    place, _ = predict_position(t.state[i], t.cov[i], np.maximum(dt, 0.0))
    off = np.hypot(d.x_m[j] - place[:, 0], d.y_m[j] - place[:, 1])
    nearest = np.lexsort((t.id[i], off, j))
    _, one = np.unique(j[nearest], return_index=True)
    chosen = nearest[one]
    return i[chosen], j[chosen], int((held > 0).sum()) - len(chosen)


def _adopt(t: Table, d: Detections, velocity: Floats) -> tuple[Ints, Ints]:
    """Tracks that have no identity yet, and the report that gives each one."""
    nameless = np.flatnonzero((t.mmsi < 0) & (t.status != Status.ENDED))
    z = np.column_stack([d.x_m, d.y_m])
    j, i = near(z, np.full(len(d), REACH_M), t.state[nameless, :2])
    i = nameless[i]
    state, cov = predict(t.state[i], t.cov[i], np.maximum(d.time_s[j] - t.time_s[i], 0.0))
    d2, _ = distance(z[j], d.cov_m2[j] + LEVER_M**2 * np.eye(2), state, cov)
    off = np.hypot(*(velocity[j] - state[:, 2:]).T)
    loose = np.sqrt(cov[:, 2, 2] + cov[:, 3, 3])
    fits = (d2 < GATE) & ~(off > SPEED_APART_MPS + 3 * loose)
    i, j = i[fits], j[fits]
    pair = assign(i, j, GATE + 1 - d2[fits])
    return i[pair], j[pair]


def _update(t: Table, i: Ints, d: Detections, velocity: Floats) -> None:
    state, cov = predict(t.state[i], t.cov[i], np.maximum(d.time_s - t.time_s[i], 0.0))
    z = np.column_stack([d.x_m, d.y_m])
    state, cov = update(state, cov, z, H_POSITION, d.cov_m2)
    known = np.isfinite(velocity).all(axis=1)
    R = np.broadcast_to(SPEED_REPORTED_SIGMA_MPS**2 * np.eye(2), (int(known.sum()), 2, 2))
    state[known], cov[known] = update(state[known], cov[known], velocity[known], H_VELOCITY, R)
    t.state[i], t.cov[i] = state, cov
    t.time_s[i] = np.maximum(t.time_s[i], d.time_s)
    t.seen_s[i, d.sensor] = np.fmax(t.seen_s[i, d.sensor], d.time_s)
    t.reports[i] += 1
    lifecycle.hit(t, i, np.full(len(i), HIT_ODDS))
