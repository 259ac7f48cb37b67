"""Bearings of a camera: whose they may be, and what they tell of those tracks. They start none.

A bearing is taken as a position at each track's own range, as uncertain along the line of sight as
makes no difference; association and update are then those of plots.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Floats, Status
from coastwatch.track import existence, imm
from coastwatch.track.association import marginals
from coastwatch.track.look import EACH_MAX
from coastwatch.track.motion import MODELS
from coastwatch.track.sight import move
from coastwatch.track.table import FREE

GATE = 9.0
# One camera's errors repeat from frame to frame: so many seconds of them are one measurement.
CORRELATED_S = 2.0
LOOSE = 10.0  # along the line of sight, times the track's own sigma
NEAREST_M = 5.0  # of what is under the camera a bearing says nothing
HITS_MIN = 1.5
SECTORS = 36
FORGET_FRAMES, LEANS_FRAMES = 300.0, 30.0
# A camera's bias and scatter: from pairs so sure, over so many; at first it is believed to scatter
# DOUBT times as much as the site says, which is worth so many pairs.
SURE_P, FORGET_PAIRS, LEANS_PAIRS, DOUBT = 0.8, 300.0, 20.0, 2.0
SIGMA_UNKNOWN_RAD = math.radians(1.0)
ENDED = int(Status.ENDED)


class Frame(NamedTuple):
    """One look of a camera: bearings clockwise from +y of the plane, and how it looks."""

    azimuth_rad: Floats
    sigma_rad: Floats
    clutter: Floats  # false bearings per radian there
    sensor: int
    x_m: float
    y_m: float
    range_m: float
    pd: float
    time_s: float


def _entry(version: int) -> Any:
    @njit(cache=True)
    def take(counted: Any, high: int, frame_: Any) -> Any:
        """Update the tracks. Gives how far off each pair is (rad) and the variance that its track
        has in it, and rows, pairs and probabilities as ``look.take`` does."""
        rows, frame = uncounted(counted), uncounted(frame_)
        m = len(frame.azimuth_rad) if version else 0
        tracks, first = np.empty(high, np.int64), np.zeros(high + 1, np.int64)
        room = high * EACH_MAX
        plot, weight, d2 = np.empty(room, np.int64), np.empty(room), np.empty(room)
        like, z, R = np.empty((room, MODELS)), np.empty((room, 2)), np.empty((room, 3))
        off = np.empty((room, 2))
        T = np.empty((MODELS, MODELS))
        work = np.empty((MODELS, 4)), np.empty((MODELS, 10)), np.empty(MODELS)
        n, k = 0, 0
        for i in range(high):
            if rows.status[i] == FREE or rows.status[i] == ENDED or rows.hits[i] < HITS_MIN:
                continue
            if not _in_view(rows, i, frame, m):
                continue
            dt = frame.time_s - rows.time_s[i]
            if dt > 0.0:
                imm.transition(dt, T)
                move(rows, i, dt, T, work)
            existence.age(rows, i, frame.time_s)
            got = _weigh(rows, i, frame, m, k, plot, weight, d2, like, z, R, off)
            if got:
                tracks[n] = i
                k += got
                n += 1
                first[n] = k
        p, free = np.zeros(k), np.ones(m)
        marginals(first[: n + 1], plot[:k], weight[:k], m, True, p, free)
        none, before = np.empty(n), np.empty(n)
        share, add = np.empty(EACH_MAX), np.empty(10)
        for t in range(n):
            i, a, b = tracks[t], first[t], first[t + 1]
            hit = min(p[a:b].sum(), 1.0)
            none[t], before[t] = 1.0 - hit, rows.visible[i] + rows.hidden[i]
            # It is there or not at any range: of existence a bearing says nothing.
            exists = max(before[t], hit, 1e-9)
            for e in range(b - a):
                share[e] = p[a + e] / exists
            imm.update(rows.X[i], rows.P[i], rows.mu[i], 1.0 - hit / exists, share,
                       like[a:b], z[a:b], R[a:b], b - a, add)  # fmt: skip
            imm.combine(rows.X[i], rows.P[i], rows.mu[i], rows.x[i], rows.C[i])
            if hit > 0.5:
                rows.seen_s[i, frame.sensor] = frame.time_s
        return off[:k], (tracks[:n], first[: n + 1], plot[:k], p, d2[:k], none, before, free)

    return take


take = _entry(sources(Path(__file__).parent))


@njit()
def _line(rows: Any, i: int, frame: Any, dt: float) -> tuple[float, float, float]:
    """The track's bearing from the camera, its distance, and the bearing's variance."""
    dx = rows.x[i, 0] + dt * rows.x[i, 2] - frame.x_m
    dy = rows.x[i, 1] + dt * rows.x[i, 3] - frame.y_m
    far = max(math.hypot(dx, dy), NEAREST_M)
    C = rows.C[i]
    xx = C[0] + 2 * dt * C[2] + dt * dt * C[7]
    xy = C[1] + dt * (C[3] + C[5]) + dt * dt * C[8]
    yy = C[4] + 2 * dt * C[6] + dt * dt * C[9]
    a, b = dy / far, -dx / far
    return math.atan2(dx, dy), far, (a * a * xx + 2 * a * b * xy + b * b * yy) / far**2


@njit()
def _in_view(rows: Any, i: int, frame: Any, m: int) -> bool:
    dt = max(frame.time_s - rows.time_s[i], 0.0)
    azimuth, far, variance = _line(rows, i, frame, dt)
    if far > frame.range_m or far <= NEAREST_M:
        return False
    loose = variance + (dt * dt / far) ** 2
    for j in range(m):
        off = _turned(frame.azimuth_rad[j] - azimuth)
        if off * off < 2.0 * GATE * (loose + frame.sigma_rad[j] ** 2):
            return True
    return False


@njit()
def _turned(angle: float) -> float:
    return (angle + math.pi) % imm.TWO_PI - math.pi


@njit()
def _weigh(rows: Any, i: int, frame: Any, m: int, k: int, plot: Any, weight: Any, d2: Any,
           like: Any, z: Any, R: Any, offs: Any) -> int:  # fmt: skip
    azimuth, far, variance = _line(rows, i, frame, 0.0)
    if far <= NEAREST_M:
        return 0
    since = frame.time_s - rows.seen_s[i, frame.sensor]
    repeat = CORRELATED_S / max(since, 0.05) if since < CORRELATED_S else 1.0
    along = LOOSE * math.sqrt(rows.C[i, 0] + rows.C[i, 4])
    seen, got = rows.visible[i] * frame.pd, 0
    for j in range(m):
        off = _turned(frame.azimuth_rad[j] - azimuth)
        spread = frame.sigma_rad[j] ** 2 * repeat
        if got == EACH_MAX or off * off >= GATE * (variance + spread):
            continue
        e = k + got
        sin, cos = math.sin(frame.azimuth_rad[j]), math.cos(frame.azimuth_rad[j])
        z[e, 0], z[e, 1] = frame.x_m + far * sin, frame.y_m + far * cos
        l2, a2 = along * along, far * far * spread
        R[e, 0] = l2 * sin * sin + a2 * cos * cos
        R[e, 1] = (l2 - a2) * sin * cos
        R[e, 2] = l2 * cos * cos + a2 * sin * sin
        total = 0.0
        for a in range(MODELS):
            density, _ = imm.likelihood(rows.X[i, a], rows.P[i, a], z[e, 0], z[e, 1], R[e])
            # Across the line of sight alone, and by radian.
            like[e, a] = density * math.sqrt(imm.TWO_PI) * along * far
            total += rows.mu[i, a] * like[e, a]
        plot[e], d2[e] = j, off * off / (variance + spread)
        offs[e, 0], offs[e, 1] = off, variance
        weight[e] = seen * total / frame.clutter[j] / (1.0 - seen)
        got += 1
    return got


class BearingClutter:
    """False bearings of one camera by direction, learned from those that no track claims."""

    def __init__(self, per_frame: float) -> None:
        self._said = max(per_frame, 0.01) / (2 * math.pi)
        self._count, self._frames = np.zeros(SECTORS), 0.0

    def density(self, azimuth_rad: Floats) -> Floats:
        """Per radian and frame."""
        width = 2 * math.pi / SECTORS
        every = (LEANS_FRAMES * self._said + self._count / width) / (LEANS_FRAMES + self._frames)
        density: Floats = every[self._sector(azimuth_rad)]
        return np.maximum(density, 1e-3)

    def learn(self, azimuth_rad: Floats, free: Floats) -> None:
        """One frame: the probability of each bearing that no track made it."""
        keep = 1 - 1 / FORGET_FRAMES
        self._count *= keep
        self._frames = self._frames * keep + 1
        self._count += np.bincount(self._sector(azimuth_rad), free, SECTORS)

    def _sector(self, azimuth_rad: Floats) -> Any:
        return (np.remainder(azimuth_rad, 2 * math.pi) / (2 * math.pi) * SECTORS).astype(
            np.int64
        ) % SECTORS


class Pointing:
    """How far off a camera points, and how much its bearings scatter, learned from sure pairs."""

    def __init__(self, sigma_rad: float) -> None:
        self._sigma = sigma_rad if sigma_rad > 0 else SIGMA_UNKNOWN_RAD
        self._pairs, self._sum, self._squares = 0.0, 0.0, 0.0

    @property
    def bias_rad(self) -> float:
        """Measured less true, drawn towards none where few pairs are behind it."""
        return self._sum / (self._pairs + LEANS_PAIRS)

    @property
    def sigma_rad(self) -> float:
        """Never less than what the site says; more where the pairs scatter more."""
        prior = LEANS_PAIRS * (DOUBT * self._sigma) ** 2
        scatter = (self._squares + prior) / (self._pairs + LEANS_PAIRS) - self.bias_rad**2
        return math.sqrt(max(scatter, self._sigma**2))

    def learn(self, off: Floats, p: Floats) -> None:
        """``off`` (n, 2): differences from what the bias made of them, and the tracks' variance."""
        sure = (p > SURE_P) & (off[:, 1] < self._sigma**2)
        if not sure.any():
            return
        whole = off[sure, 0] + self.bias_rad
        keep = 1 - min(float(sure.sum()) / FORGET_PAIRS, 1.0)
        self._pairs = self._pairs * keep + float(sure.sum())
        self._sum = self._sum * keep + float(whole.sum())
        self._squares = self._squares * keep + float((whole**2 - off[sure, 1]).sum())
