"""One look of one sensor at all tracks: gates, association, update, misses and births.

The kernel behind ``plots``. A radar may look everywhere at once (all its plots bear one time) or
turn: then each track is met at its own plots' time.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Floats, Ints, Status
from coastwatch.track import existence, fixed, imm
from coastwatch.track.association import marginals
from coastwatch.track.gate import grid, near
from coastwatch.track.motion import MODELS, PSD, SPEED_SIGMA_MPS, TURN, stationary
from coastwatch.track.shadow import shade
from coastwatch.track.size import TOLD
from coastwatch.track.table import FREE

GATE = 25.0  # chi-square, 2 degrees of freedom: a sharp turn must not carry a craft out of it
REACH = math.sqrt(GATE)
NEAR_MAX, EACH_MAX = 64, 8  # plots looked at, and kept, for one track
PAIRS_MIN = 200_000  # that there is room for; a look of many plots has room for more
OVERDUE_SCANS = 1.3
SAME_TARGET = 20.0  # times: a sensor's tracker rarely gives a number of one vessel to another
PULL_FORGET, PULL_PRIOR = 0.97, 8.0
BORN_MIN = 1e-9
NOISE_GAIN = 0.2
SIGHT_FORGET_LOOKS = 600.0
ENDED, TENTATIVE = int(Status.ENDED), int(Status.TENTATIVE)
_AGILE, _TURN = float(PSD.max()), float(np.abs(TURN).max())
_SHARE = stationary()


class Plots(NamedTuple):
    """The plots of one look, as columns of one length."""

    z: Floats  # (m, 2) in the plane
    R: Floats  # (m, 3): xx, xy, yy
    time_s: Floats
    clutter: Floats  # false plots per m2 and look there
    fresh: Floats  # plots of craft that nobody tracks yet, per m2 and look there
    target: Ints


class Eye(NamedTuple):
    """The sensor that looks, at one time. ``sights`` (rings, sectors, 2): detections and looks."""

    sensor: int
    x_m: float
    y_m: float
    range_m: float
    scan_s: float
    pd: float
    at_once: bool
    correlated_s: float  # errors repeat for so long: another tracker's output
    begin_s: float
    end_s: float
    sights: Floats
    ships: Floats  # what hides what is behind it, see ``shadow``


class Found(NamedTuple):
    """What a look found: its pairs track by track, and what it made of the plots."""

    tracks: Ints  # (n,) rows that had plots in their gates
    first: Ints  # (n + 1,)
    plot: Ints  # (pairs,)
    p: Floats  # (pairs,)
    d2: Floats  # (pairs,)
    none: Floats  # (n,) probability that a track had none of them
    before: Floats  # (n,) its existence before
    free: Floats  # (m,) probability that no track made the plot
    next_id: int
    high: int  # rows beyond it are free
    refused: int  # births that there was no room for


def _entry(version: int) -> Any:
    """The kernel, made anew when any file of this room has changed (see ``sources``)."""

    @njit(cache=True)
    def take(counted: Any, high: int, columns: Any, eye_: Any, next_id: int, room: int) -> Any:
        rows, plots, eye = uncounted(counted), uncounted(columns), uncounted(eye_)
        m = len(plots.time_s) if version else 0
        tracks, first, plot, weight, like, d2, pd = _candidates(rows, high, plots, eye)
        pairs = first[-1]
        p, free = np.zeros(pairs), np.ones(m)
        marginals(first, plot, weight, m, True, p, free)
        none, before = _update(rows, plots, eye, tracks, first, plot, like, p, pd)
        _misses(rows, high, eye, tracks)
        births = _births(rows, high, plots, eye, free, next_id, room)
        return tracks, first, plot, p, d2, none, before, free, *births

    return take


take = _entry(sources(Path(__file__).parent))


@njit()
def _candidates(rows: Any, high: int, plots: Any, eye: Any) -> Any:
    """Tracks with plots in their gates, moved to these plots' time, and the pairs."""
    m = len(plots.time_s)
    room = min(high * min(EACH_MAX, m), max(m * 64, PAIRS_MIN)) + EACH_MAX
    tracks, pd = np.empty(high, np.int64), np.empty(high)
    first = np.zeros(high + 1, np.int64)
    plot, weight, d2 = np.empty(room, np.int64), np.empty(room), np.empty(room)
    like = np.empty((room, MODELS))
    found, T, last_dt = np.empty(NEAR_MAX, np.int64), np.empty((MODELS, MODELS)), -1.0
    work = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
    R, own = np.empty(3), np.empty(MODELS)
    R_max = 0.0
    for j in range(m):
        R_max = max(R_max, plots.R[j, 0], plots.R[j, 2])
    n, k = 0, 0
    if m == 0:
        return tracks[:0], first[:1], plot[:0], weight[:0], like[:0], d2[:0], pd[:0]
    cells = grid(plots.z)
    middle = (eye.begin_s + eye.end_s) / 2
    for i in range(high):
        if rows.status[i] == FREE or rows.status[i] == ENDED:
            continue
        dt = max(middle - rows.time_s[i], 0.0)
        x, y = rows.x[i, 0] + dt * rows.x[i, 2], rows.x[i, 1] + dt * rows.x[i, 3]
        count = near(cells, plots.z, x, y, _reach(rows, i, dt, R_max, eye), found)
        count = _sift(rows, i, plots, found, count)
        if count == 0 or k + EACH_MAX > room:
            continue
        when = plots.time_s[found[0]]
        dt = when - rows.time_s[i]
        if dt > 0.0:
            if dt != last_dt:
                imm.transition(dt, T)
                last_dt = dt
            move(rows, i, dt, T, work)
        existence.age(rows, i, when)
        pd[n] = _pd(rows, i, eye, when)
        got = _weigh(rows, i, plots, eye, found, count, pd[n], k, plot, weight, like, d2, R, own)
        if got:
            tracks[n] = i
            k += got
            n += 1
            first[n] = k
    return tracks[:n], first[: n + 1], plot[:k], weight[:k], like[:k], d2[:k], pd[:n]


@njit()
def _reach(rows: Any, i: int, dt: float, R_max: float, eye: Any) -> float:
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
def _sift(rows: Any, i: int, plots: Any, found: Any, count: int) -> int:
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
def _pd(rows: Any, i: int, eye: Any, when: float) -> float:
    """The probability that this look has a plot of the track, if it is there to be seen."""
    dt = max(when - rows.time_s[i], 0.0)
    dx = rows.x[i, 0] + dt * rows.x[i, 2] - eye.x_m
    dy = rows.x[i, 1] + dt * rows.x[i, 3] - eye.y_m
    far = math.hypot(dx, dy)
    if far > eye.range_m:
        return 0.02
    rings, sectors, _ = eye.sights.shape
    ring = min(int(far / eye.range_m * rings), rings - 1)
    bearing = math.atan2(dx, dy)
    sector = int(bearing / imm.TWO_PI * sectors) % sectors
    pd = eye.sights[ring, sector, 0] / eye.sights[ring, sector, 1]
    pd = (PULL_PRIOR * pd + rows.pull[i, 0]) / (PULL_PRIOR + rows.pull[i, 1])
    if len(eye.ships):
        pd *= 1.0 - shade(eye.ships, bearing, far, math.sqrt((rows.C[i, 0] + rows.C[i, 4]) / 2), i)
    if when - rows.look_s[i, eye.sensor] < 0.5 * eye.scan_s:
        pd *= rows.rest[i, eye.sensor]  # the same turn: what has hit it already hits no more
    return min(max(pd, 0.02), 0.98)


@njit()
def _weigh(rows: Any, i: int, plots: Any, eye: Any, found: Any, count: int, pd: float,
           k: int, plot: Any, weight: Any, like: Any, d2: Any, R: Any, own: Any) -> int:  # fmt: skip
    """The pairs of one track, from place ``k`` on: the EACH_MAX likeliest; their number."""
    got = 0
    seen = rows.visible[i] * pd
    for f in range(count):
        j = found[f]
        _noise(rows, i, plots, eye, j, R)
        zx, zy = _at_track(rows, i, plots, j)
        total, least = 0.0, np.inf
        for a in range(MODELS):
            own[a], chi2 = imm.likelihood(rows.X[i, a], rows.P[i, a], zx, zy, R)
            total += rows.mu[i, a] * own[a]
            least = min(least, chi2)
        if least >= GATE or total <= 0.0:
            continue
        w = seen * total / (plots.clutter[j] + plots.fresh[j]) / (1.0 - seen)
        if plots.target[j] >= 0 and rows.target[i, eye.sensor] == plots.target[j]:
            w *= SAME_TARGET
        place = k + got
        if got == EACH_MAX:
            place = k + int(np.argmin(weight[k : k + got]))
            if weight[place] >= w:
                continue
        else:
            got += 1
        plot[place], weight[place], d2[place] = j, w, least
        for a in range(MODELS):
            like[place, a] = own[a]
    return got


@njit()
def _noise(rows: Any, i: int, plots: Any, eye: Any, j: int, R: Any) -> None:
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
def _at_track(rows: Any, i: int, plots: Any, j: int) -> tuple[float, float]:
    """Where the plot would lie at the track's time, did it move as the track does."""
    late = rows.time_s[i] - plots.time_s[j]
    return plots.z[j, 0] + late * rows.x[i, 2], plots.z[j, 1] + late * rows.x[i, 3]


@njit()
def _update(rows: Any, plots: Any, eye: Any, tracks: Any, first: Any, plot: Any, like: Any,
            p: Any, pd: Any) -> Any:  # fmt: skip
    n = len(tracks)
    none, before = np.empty(n), np.empty(n)
    share, work = np.empty(EACH_MAX), np.empty(10)
    z, R = np.empty((EACH_MAX, 2)), np.empty((EACH_MAX, 3))
    for t in range(n):
        i, a, b = tracks[t], first[t], first[t + 1]
        count, hit, best = b - a, 0.0, a
        for k in range(a, b):
            hit += p[k]
            best = k if p[k] > p[best] else best
            z[k - a, 0], z[k - a, 1] = _at_track(rows, i, plots, plot[k])
            _noise(rows, i, plots, eye, plot[k], R[k - a])
        hit = min(hit, 1.0)
        none[t], before[t] = 1.0 - hit, rows.visible[i] + rows.hidden[i]
        seen = rows.visible[i]
        rows.visible[i], rows.hidden[i] = existence.look(seen, rows.hidden[i], pd[t], none[t])
        exists = rows.visible[i] + rows.hidden[i]
        if exists > 0.0:
            for k in range(count):
                share[k] = min(p[a + k] / exists, 1.0)
            rest = max(1.0 - hit / exists, 0.0)
            imm.update(rows.X[i], rows.P[i], rows.mu[i], rest, share, like[a:b], z, R, count,
                       work)  # fmt: skip
            imm.combine(rows.X[i], rows.P[i], rows.mu[i], rows.x[i], rows.C[i])
        missed = none[t] * seen * (1.0 - pd[t]) / (1.0 - seen * pd[t])
        _looked(rows, i, eye, plots.time_s[plot[a]], hit, missed)
        if hit > 0.5:
            j = plot[best]
            rows.seen_s[i, eye.sensor] = plots.time_s[j]
            rows.target[i, eye.sensor] = plots.target[j]
            zx, zy = plots.z[j, 0], plots.z[j, 1]
            size = (plots.R[j, 0] + plots.R[j, 2]) / 2
            fixed.fold(rows, i, plots.time_s[j], zx, zy, size, p[best])
            rows.noise_m2[i] += NOISE_GAIN * (size - rows.noise_m2[i])
            rows.heard_s[i] = max(rows.heard_s[i], plots.time_s[j])
    return none, before


@njit()
def _looked(rows: Any, i: int, eye: Any, when: float, hit: float, missed: float) -> None:
    """Keep the books of a look: ``hit`` its probability, ``missed`` that of an unseen visible."""
    same = when - rows.look_s[i, eye.sensor] < 0.5 * eye.scan_s
    rows.rest[i, eye.sensor] = (rows.rest[i, eye.sensor] if same else 1.0) * (1.0 - hit)
    rows.look_s[i, eye.sensor] = when
    rows.hits[i] += hit
    rows.missed[i] = 0 if hit > 0.5 else rows.missed[i] + (0 if same else 1)
    rows.pull[i, 0] = PULL_FORGET * rows.pull[i, 0] + hit
    rows.pull[i, 1] = PULL_FORGET * rows.pull[i, 1] + hit + missed
    if rows.status[i] != TENTATIVE and rows.visible[i] > 0.5:
        _learn_sight(rows, i, eye, hit, missed)


@njit()
def _learn_sight(rows: Any, i: int, eye: Any, hit: float, missed: float) -> None:
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


@njit()
def _misses(rows: Any, high: int, eye: Any, tracks: Any) -> None:
    """Tracks that the sensor has looked at, by what it sees of others, without a plot."""
    had = np.zeros(high, np.bool_)
    for i in tracks:
        had[i] = True
    for i in range(high):
        if had[i] or rows.status[i] == FREE or rows.status[i] == ENDED:
            continue
        if eye.at_once:
            looks, when = 1, eye.end_s
            if when - rows.look_s[i, eye.sensor] < 0.5 * eye.scan_s:
                continue
        else:
            due = rows.look_s[i, eye.sensor]
            if math.isnan(due):
                due = rows.born_s[i]
            late = (eye.end_s - due) / eye.scan_s
            if late < OVERDUE_SCANS:
                continue
            looks = int(late - (OVERDUE_SCANS - 1.0))
            when = due + looks * eye.scan_s
        dt = max(when - rows.time_s[i], 0.0)
        far = math.hypot(rows.x[i, 0] + dt * rows.x[i, 2] - eye.x_m,
                         rows.x[i, 1] + dt * rows.x[i, 3] - eye.y_m)  # fmt: skip
        if far > eye.range_m:
            continue
        for look in range(min(looks, 5)):
            at = when - (min(looks, 5) - 1 - look) * eye.scan_s
            existence.age(rows, i, at)
            pd, seen = _pd(rows, i, eye, at), rows.visible[i]
            rows.visible[i], rows.hidden[i] = existence.look(seen, rows.hidden[i], pd, 1.0)
            _looked(rows, i, eye, at, 0.0, seen * (1.0 - pd) / (1.0 - seen * pd))


@njit()
def _births(rows: Any, high: int, plots: Any, eye: Any, free: Any, next_id: int,
            room: int) -> tuple[int, int, int]:  # fmt: skip
    """A tentative track for each plot that may be a craft of its own, ``room`` at most."""
    i, refused = 0, 0
    for j in range(len(free)):
        chance = free[j] * plots.fresh[j] / (plots.clutter[j] + plots.fresh[j])
        if chance < BORN_MIN or free[j] < 0.02:
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
    rows.mmsi[i], rows.p_mmsi[i] = -1, 0.0
    rows.pull[i, :] = 0.0
    rows.noise_m2[i] = (R[0] + R[2]) / 2
    rows.report[i, :] = np.nan
    rows.silence[i, :] = 0.0
    rows.fix[i, :, :] = 0.0
    rows.traits[i, :] = 0.0
    rows.traits[i, TOLD] = np.nan
    rows.told[i], rows.grade[i] = 0, -1
    rows.seen_s[i, :] = np.nan
    rows.look_s[i, :] = np.nan
    rows.rest[i, :] = 1.0
    rows.target[i, :] = -1
