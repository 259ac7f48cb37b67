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
from coastwatch.track import births, existence, fixed, imm, sight
from coastwatch.track.association import marginals
from coastwatch.track.gate import grid, near
from coastwatch.track.motion import MODELS
from coastwatch.track.shadow import opacity
from coastwatch.track.table import FREE

NEAR_MAX, EACH_MAX = 64, 8  # plots looked at, and kept, for one track
PAIRS_MIN = 200_000  # that there is room for; a look of many plots has room for more
OVERDUE_SCANS = 1.3
SAME_TARGET = 20.0  # times: a sensor's tracker rarely gives a number of one vessel to another
PULL_FORGET = 0.97
NOISE_GAIN = 0.2
BELIEVED_P, SHADOW_FORGET_LOOKS = 0.8, 400.0
COUNTS_PD = 0.3  # who would hardly have seen it has not missed it
ENDED, TENTATIVE = int(Status.ENDED), int(Status.TENTATIVE)


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
    ships: Floats  # what hides what is behind it, and what was seen in such shadows: ``shadow``
    shaded: Floats


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
        born = births.from_plots(rows, high, plots, eye, free, next_id, room)
        return tracks, first, plot, p, d2, none, before, free, *born

    return take


take = _entry(sources(Path(__file__).parent))


@njit()
def _candidates(rows: Any, high: int, plots: Any, eye: Any) -> Any:
    """Tracks with plots in their gates, moved to these plots' time, and the pairs."""
    m = len(plots.time_s)
    room = min(high * min(EACH_MAX, m), max(m * 64, PAIRS_MIN)) + EACH_MAX
    tracks, pd = np.empty(high, np.int64), np.empty((high, 2))
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
        count = near(cells, plots.z, x, y, sight.reach(rows, i, dt, R_max, eye), found)
        count = sight.sift(rows, i, plots, found, count)
        if count == 0 or k + EACH_MAX > room:
            continue
        when = plots.time_s[found[0]]
        dt = when - rows.time_s[i]
        if dt > 0.0:
            if dt != last_dt:
                imm.transition(dt, T)
                last_dt = dt
            sight.move(rows, i, dt, T, work)
        existence.age(rows, i, when)
        pd[n, 0], pd[n, 1] = sight.detection(rows, i, eye, when)
        got = _weigh(rows, i, plots, eye, found, count, pd[n, 0], k, plot, weight, like, d2, R, own)
        if got:
            tracks[n] = i
            k += got
            n += 1
            first[n] = k
    return tracks[:n], first[: n + 1], plot[:k], weight[:k], like[:k], d2[:k], pd[:n]


@njit()
def _weigh(
    rows: Any, i: int, plots: Any, eye: Any, found: Any, count: int, pd: float, k: int, plot: Any,
    weight: Any, like: Any, d2: Any, R: Any, own: Any,
) -> int:  # fmt: skip
    """The pairs of one track, from place ``k`` on: the EACH_MAX likeliest; their number."""
    got = 0
    seen = rows.visible[i] * pd
    for f in range(count):
        j = found[f]
        sight.noise(rows, i, plots, eye, j, R)
        zx, zy = sight.at_track(rows, i, plots, j)
        total, least = 0.0, np.inf
        for a in range(MODELS):
            own[a], chi2 = imm.likelihood(rows.X[i, a], rows.P[i, a], zx, zy, R)
            total += rows.mu[i, a] * own[a]
            least = min(least, chi2)
        if least >= sight.GATE or total <= 0.0:
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
            z[k - a, 0], z[k - a, 1] = sight.at_track(rows, i, plots, plot[k])
            sight.noise(rows, i, plots, eye, plot[k], R[k - a])
        hit = min(hit, 1.0)
        none[t], before[t] = 1.0 - hit, rows.visible[i] + rows.hidden[i]
        seen = rows.visible[i]
        rows.visible[i], rows.hidden[i] = existence.look(seen, rows.hidden[i], pd[t, 0], none[t])
        exists = rows.visible[i] + rows.hidden[i]
        if exists > 0.0:
            for k in range(count):
                share[k] = min(p[a + k] / exists, 1.0)
            rest = max(1.0 - hit / exists, 0.0)
            imm.update(rows.X[i], rows.P[i], rows.mu[i], rest, share, like[a:b], z, R, count,
                       work)  # fmt: skip
            imm.combine(rows.X[i], rows.P[i], rows.mu[i], rows.x[i], rows.C[i])
        missed = none[t] * seen * (1.0 - pd[t, 0]) / (1.0 - seen * pd[t, 0])
        _learn_shadow(eye, pd[t, 0], pd[t, 1], before[t], hit)
        _looked(rows, i, eye, plots.time_s[plot[a]], pd[t, 0], hit, missed)
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
def _looked(rows: Any, i: int, eye: Any, when: float, pd: float, hit: float, missed: float) -> None:
    """Keep the books of a look: ``hit`` its probability, ``missed`` that of an unseen visible."""
    same = when - rows.look_s[i, eye.sensor] < 0.5 * eye.scan_s
    rows.rest[i, eye.sensor] = (rows.rest[i, eye.sensor] if same else 1.0) * (1.0 - hit)
    rows.look_s[i, eye.sensor] = when
    rows.hits[i] += hit
    if hit > 0.5:
        rows.missed[i] = 0
    elif not same and pd > COUNTS_PD:
        rows.missed[i] += 1
    rows.pull[i, 0] = PULL_FORGET * rows.pull[i, 0] + hit
    rows.pull[i, 1] = PULL_FORGET * rows.pull[i, 1] + hit + missed
    if rows.status[i] != TENTATIVE and rows.visible[i] > 0.5:
        sight.learn(rows, i, eye, hit, missed)


@njit()
def _learn_shadow(eye: Any, pd: float, shaded: float, exists: float, hit: float) -> None:
    """What is seen of a believed track in a ship's shadow, against what would be without it."""
    if shaded > 0.5 and exists > BELIEVED_P:
        eye.shaded[1] += pd / (1.0 - opacity(eye.shaded) * shaded)
        eye.shaded[0] += hit
        if eye.shaded[1] > SHADOW_FORGET_LOOKS:
            eye.shaded[0] /= 2
            eye.shaded[1] /= 2


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
            pd, shaded = sight.detection(rows, i, eye, at)
            seen = rows.visible[i]
            _learn_shadow(eye, pd, shaded, seen + rows.hidden[i], 0.0)
            rows.visible[i], rows.hidden[i] = existence.look(seen, rows.hidden[i], pd, 1.0)
            _looked(rows, i, eye, at, pd, 0.0, seen * (1.0 - pd) / (1.0 - seen * pd))
