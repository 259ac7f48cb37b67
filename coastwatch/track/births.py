"""New tracks, each from one plot that may be a craft of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.model import Status
from coastwatch.track import fixed
from coastwatch.track.motion import MODELS, SPEED_SIGMA_MPS, stationary
from coastwatch.track.size import TOLD
from coastwatch.track.table import FREE

FREE_MIN = 0.1  # what some track has made so surely starts no other
BORN_MIN = 1e-9  # a plot less likely a craft than this starts nothing
TENTATIVE = int(Status.TENTATIVE)
_SHARE = stationary()


@njit()
def from_plots(rows: Any, high: int, plots: Any, eye: Any, free: Any, next_id: int,
            room: int) -> tuple[int, int, int]:  # fmt: skip
    """A tentative track for each plot that may be a craft of its own, ``room`` at most."""
    i, refused = 0, 0
    for j in range(len(free)):
        chance = free[j] * plots.fresh[j] / (plots.clutter[j] + plots.fresh[j])
        if chance < BORN_MIN or free[j] < FREE_MIN:
            continue
        while i < len(rows.status) and rows.status[i] != FREE:
            i += 1
        if i == len(rows.status) or room <= 0:
            refused += 1
            continue
        born(rows, i, next_id, plots.time_s[j], plots.z[j, 0], plots.z[j, 1], plots.R[j])
        rows.visible[i], rows.born_free[i] = chance, free[j]
        rows.born_by[i], rows.hits[i] = eye.sensor, 1.0
        rows.seen_s[i, eye.sensor] = rows.look_s[i, eye.sensor] = plots.time_s[j]
        rows.rest[i, eye.sensor], rows.target[i, eye.sensor] = 0.0, plots.target[j]
        fixed.fold(rows, i, plots.time_s[j], plots.z[j, 0], plots.z[j, 1],
                   (plots.R[j, 0] + plots.R[j, 2]) / 2, 1.0)  # fmt: skip
        next_id += 1
        room -= 1
        high = max(high, i + 1)
    return next_id, high, refused


@njit()
def born(rows: Any, i: int, id_: int, time_s: float, x: float, y: float, R: Any) -> None:
    """Row ``i`` becomes a tentative track of unknown velocity."""
    rows.id[i], rows.status[i] = id_, TENTATIVE
    rows.time_s[i] = rows.exist_s[i] = rows.born_s[i] = rows.heard_s[i] = time_s
    rows.born_xy[i, 0], rows.born_xy[i, 1] = x, y
    rows.x[i, 0], rows.x[i, 1], rows.x[i, 2], rows.x[i, 3] = x, y, 0.0, 0.0
    C = rows.C[i]
    C[:] = 0.0
    C[0], C[1], C[4], C[7], C[9] = R[0] + 1e-4, R[1], R[2] + 1e-4, SPEED_SIGMA_MPS**2, 0.0
    C[9] = C[7]
    for a in range(MODELS):
        rows.X[i, a, :] = rows.x[i]
        rows.P[i, a, :] = C
        rows.mu[i, a] = _SHARE[a]
    rows.visible[i], rows.hidden[i], rows.born_free[i], rows.born_by[i] = 0.0, 0.0, 0.0, -1
    rows.hits[i], rows.missed[i], rows.reports[i], rows.found[i] = 0.0, 0, 0, 0
    rows.ashore[i] = 0
    rows.mmsi[i], rows.p_mmsi[i] = -1, 0.0
    rows.pull[i, :] = 0.0
    rows.noise_m2[i] = (R[0] + R[2]) / 2
    rows.report[i, :] = np.nan
    rows.silence[i, :] = 0.0
    rows.fix[i, :, :] = 0.0
    rows.traits[i, :] = 0.0
    rows.traits[i, TOLD] = np.nan
    rows.told[i], rows.grade[i] = 0, -1
    rows.heading[i, :] = np.nan
    rows.seen_s[i, :] = np.nan
    rows.look_s[i, :] = np.nan
    rows.rest[i, :] = 1.0
    rows.target[i, :] = -1
