"""Plots of one sensor: which track each belongs to, and what it tells that track."""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Detections, Floats, Ints, Kind, Status
from coastwatch.track import lifecycle
from coastwatch.track.association import assign, near
from coastwatch.track.filter import distance, update
from coastwatch.track.motion import predict, predict_position
from coastwatch.track.sensing import Sensing
from coastwatch.track.table import Table

GATE = 16.0  # chi-square, 2 degrees of freedom: 0.03 % of true plots fall outside
SIGMAS = math.sqrt(GATE)
H_POSITION = np.eye(2, 4)
SENSOR_TRACK_FACTOR = 2.0
SAME_TARGET = 3.0  # log odds: a sensor's tracker rarely gives a number of one vessel to another


def scans(d: Detections, scan_s: float) -> list[Detections]:
    """The plots in turn, half a scan at most in each part: a track may take one of each part."""
    part = np.floor((d.time_s - d.time_s.min()) / (0.5 * scan_s)).astype(np.int64)
    return [d.take(part == k) for k in np.unique(part).tolist()]


def take_plots(table: Table, d: Detections, sensing: Sensing) -> Detections:
    """Update the tracks by the plots of half a scan; returns the plots that no track claims.

    Believed tracks choose first, so that a tentative one cannot take their plot.
    """
    for believed in (True, False):
        known = table.status != Status.TENTATIVE
        mine = np.flatnonzero((known == believed) & (table.status != Status.ENDED))
        i, j, ratio = _choose(table, mine, d, sensing)
        _update(table, i, d.take(j), ratio, sensing)
        free = np.ones(len(d), dtype=bool)
        free[j] = False
        d = d.take(free)
    return d


def noise(d: Detections) -> Floats:
    """Covariances (n, 2, 2): another tracker's output errs the same way twice, and counts less."""
    factor = np.where(d.kind == Kind.SENSOR_TRACK, SENSOR_TRACK_FACTOR, 1.0)
    R: Floats = d.cov_m2 * factor[:, None, None] + np.eye(2)
    return R


def _choose(t: Table, tracks: Ints, d: Detections, sensing: Sensing) -> tuple[Ints, Ints, Floats]:
    """Tracks, the plot that each takes, and the log of its likelihood against clutter."""
    z, R = np.column_stack([d.x_m, d.y_m]), noise(d)
    i, j = _in_reach(t, tracks, d, z, R)
    i = tracks[i]
    seen = t.seen_s[i, sensing.index]
    fresh = ~(np.abs(d.time_s[j] - seen) < 0.5 * sensing.scan_s)
    i, j = i[fresh], j[fresh]
    ahead_s = np.maximum(d.time_s[j] - t.time_s[i], 0.0)
    d2, logdet = distance(z[j], R[j], *predict_position(t.state[i], t.cov[i], ahead_s))
    inside = d2 < GATE
    i, j = i[inside], j[inside]
    density = sensing.clutter.density(z)[j]
    ratio = math.log(sensing.pd) - np.log(density) - 0.5 * (d2 + logdet)[inside]
    same = (d.target[j] >= 0) & (t.target[i, sensing.index] == d.target[j])
    ratio += np.where(same, SAME_TARGET, 0.0)
    # A pair is worth what it is likelier than a miss of the track and a false plot.
    pair = assign(i, j, ratio - math.log(1 - sensing.pd))
    return i[pair], j[pair], ratio[pair]


def _in_reach(t: Table, tracks: Ints, d: Detections, z: Floats, R: Floats) -> tuple[Ints, Ints]:
    if not len(d):
        return near(np.empty((0, 2)), np.empty(0), z)
    begin, end = float(d.time_s.min()), float(d.time_s.max())
    state, cov = t.state[tracks], t.cov[tracks]
    dt = np.maximum((begin + end) / 2 - t.time_s[tracks], 0.0)
    middle, spread = predict_position(state, cov, dt)
    reach = SIGMAS * np.sqrt(np.maximum(spread[:, 0, 0], spread[:, 1, 1]))
    reach += SIGMAS * math.sqrt(float(R[:, [0, 1], [0, 1]].max()))
    sway_mps = np.hypot(*state[:, 2:].T) + SIGMAS * np.sqrt(np.maximum(cov[:, 2, 2], cov[:, 3, 3]))
    return near(middle, reach + sway_mps * (end - begin) / 2, z)


def _update(t: Table, i: Ints, d: Detections, ratio: Floats, sensing: Sensing) -> None:
    s = sensing.index
    state, cov = predict(t.state[i], t.cov[i], np.maximum(d.time_s - t.time_s[i], 0.0))
    z = np.column_stack([d.x_m, d.y_m])
    t.state[i], t.cov[i] = update(state, cov, z, H_POSITION, noise(d))
    t.time_s[i] = np.maximum(d.time_s, t.time_s[i])
    t.seen_s[i, s] = np.fmax(t.seen_s[i, s], d.time_s)
    t.due_s[i, s] = np.fmax(t.due_s[i, s], d.time_s)
    t.target[i, s] = d.target
    lifecycle.hit(t, i, np.logaddexp(math.log(1 - sensing.pd), ratio))
    _measure(t, i, d, sensing.small_db)


def _measure(t: Table, i: Ints, d: Detections, small_db: float) -> None:
    """Amplitude and extent, as running means over about ten hits."""
    weight = np.maximum(1 / np.maximum(t.hits[i], 1), 0.1)
    for column, new in ((t.amplitude_db, d.amplitude_db - small_db), (t.length_m, d.extent_m)):
        old = column[i]
        mean = np.where(np.isfinite(old), old + weight * (new - old), new)
        column[i] = np.where(np.isfinite(new), mean, old)
