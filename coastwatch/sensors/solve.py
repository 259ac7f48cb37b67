"""Robust weighted least squares of a radar's bias, and how uncertain it is.

Measured azimuth = true + b; measured range = (1 + k) true + c; AIS late by t seconds, so that a
vessel is ahead of what she says: errors are linear in b, c, k and t (Lin, Bar-Shalom and
Kirubarajan 2004, for c, b and the scale; Zhou, Leung and Yip 1999, for maximum likelihood).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints
from coastwatch.sensors.pairs import Pairs
from coastwatch.sensors.search import Guess
from coastwatch.sensors.surroundings import SEEN, Surroundings, likelier

# The parameters, in units in which they are of a size: rad, km, per cent... of the columns below.
AZIMUTH, OFFSET, SCALE, LATENCY = range(4)
ITERATIONS = 25
GATE, GATE_FIRST = 16.0, 36.0  # chi-square of two degrees of freedom
HUBER = 2.0
# A vessel that few of her scans show is not seen: what lies near her is clutter.
SEEN_SHARE, SEEN_PLOTS = 0.3, 2
# Where the echo lies on a hull, and the antenna of her GNSS: one error a vessel, 1-sigma.
# In azimuth, besides, what her aspect and the antenna's heading make of it, in the radar's sigmas.
# What is seen of both counts against the usual values as so many vessels more.
HULL_M, HULL_MAX_M = 20.0, 60.0
SQUINT, SQUINT_MAX = 0.1, 2.0
USUAL_VESSELS = 5
# So few pairs are paired anew without each vessel in turn.
REPAIRED_MAX = 3_000
FREE_SIGMA = (np.inf, np.inf, 0.01, 3.0)  # beyond these scale and latency are not observable


@dataclass(slots=True)
class Solution:
    """``theta`` is b (rad), c (m), k, t (s); ``cov`` (4, 4), zero where ``free`` is False."""

    theta: Floats
    cov: Floats
    free: NDArray[np.bool_]
    rows: Pairs
    vessels: int
    sigma_azimuth_rad: float
    sigma_range_m: float


def solve(
    pairs: Pairs,
    about: Surroundings,
    guess: Guess,
    sigma_azimuth_rad: float,
    sigma_range_m: float,
) -> Solution:
    """The bias from a first guess of it: pairs are chosen, weighed and fitted in turn.

    Latency, then scale, are left out (0) where they are not observable.
    """
    for free in ((True, True, True, True), (True, True, True, False), (True, True, False, False)):
        solution = _solve(pairs, about, guess, (sigma_azimuth_rad, sigma_range_m), np.array(free))
        sigma = np.sqrt(np.diag(solution.cov))
        if np.all(sigma < FREE_SIGMA):
            break
    if len(pairs) <= REPAIRED_MAX and np.isfinite(solution.cov).all():
        anew = _paired_anew(pairs, about, solution, (sigma_azimuth_rad, sigma_range_m))
        solution.cov = _no_less(solution.cov, anew)
    return solution


def _paired_anew(
    pairs: Pairs, about: Surroundings, of: Solution, sigmas: tuple[float, float]
) -> Floats:
    """Covariance of ``theta`` by the jackknife that pairs and fits anew without each vessel.

    Where pairs are few, one vessel may decide which others are believed.
    """
    start = Guess(of.theta[AZIMUTH], of.theta[OFFSET], 1.0 + of.theta[SCALE], 0.0, 0.0)
    left = []
    for vessel in np.unique(of.rows.vessel).tolist():
        others = pairs.take(pairs.vessel != vessel)
        theta = _solve(others, about, start, sigmas, of.free, covariance=False).theta
        if np.isfinite(theta).all():
            left.append(theta)
    n = len(left)
    if n < 3:
        return np.zeros((4, 4))
    off = np.array(left) - np.mean(left, axis=0)
    out: Floats = (n - 1) / n * off.T @ off
    return out


def _no_less(cov: Floats, other: Floats) -> Floats:
    """The covariance, and where another is larger in any direction what it lacks there."""
    size = np.sqrt(np.diag(cov))
    size = np.where(size > 0, size, 1.0)
    more, axes = np.linalg.eigh((other - cov) / np.outer(size, size))
    lacking = (axes * np.maximum(more, 0.0)) @ axes.T
    out: Floats = cov + np.where(cov.any(axis=0), lacking * np.outer(size, size), 0.0)
    return out


def _solve(
    pairs: Pairs,
    about: Surroundings,
    guess: Guess,
    sigmas: tuple[float, float],
    free: NDArray[np.bool_],
    covariance: bool = True,
) -> Solution:
    theta = np.array([guess.azimuth_rad, guess.range_m, guess.scale - 1.0, 0.0])
    theta[~free] = 0.0
    if not free[SCALE]:
        theta[OFFSET] += (guess.scale - 1.0) * (np.median(pairs.range_m) if len(pairs) else 0.0)
    noise, own = np.array(sigmas), np.array([SQUINT * sigmas[0], HULL_M])
    rows, A, y, w = pairs, np.empty((0, 4)), np.empty(0), np.empty(0)
    for turn in range(ITERATIONS):
        rows = _chosen(pairs, about, theta, noise, own, GATE_FIRST if turn < 3 else GATE)
        A, y = _system(rows)
        residual = (y - A @ theta).reshape(2, -1)
        noise = _noise(residual, rows, sigmas)
        own = _own(residual, rows, noise, own, sigmas[0])
        w = _weights(residual, rows, noise, own)
        before, theta = theta, _fit(A, y, w, free)
        if turn > 5 and np.all(np.abs(theta - before) < (1e-7, 1e-2, 1e-6, 1e-3)):
            break
    known = covariance and bool(np.isfinite(theta).all())
    cov = (
        _honest(A, y, w, np.tile(rows.vessel, 2), free)
        if known
        else np.diag(np.where(free, np.inf, 0.0))
    )
    return Solution(theta, cov, free, rows, len(np.unique(rows.vessel)), *noise.tolist())


def _system(rows: Pairs) -> tuple[Floats, Floats]:
    """The linear model: azimuth rows first, then range rows."""
    n = len(rows)
    A = np.zeros((2 * n, 4))
    A[:n, AZIMUTH], A[:n, LATENCY] = 1.0, rows.rate_azimuth_radps
    A[n:, OFFSET], A[n:, SCALE], A[n:, LATENCY] = 1.0, rows.range_m, rows.rate_range_mps
    return A, np.concatenate([rows.error_azimuth_rad, rows.error_range_m])


def _chosen(
    pairs: Pairs, about: Surroundings, theta: Floats, noise: Floats, own: Floats, gate: float
) -> Pairs:
    """One plot a vessel and scan, one vessel a plot: the nearest; of vessels that are seen.

    Only plots that are likelier a vessel's than clutter, by how dense clutter is about her.
    """
    A, y = _system(pairs)
    error = (y - A @ theta).reshape(2, -1)
    spread = _spread(pairs, own)
    sigma = np.hypot(noise[0], spread[0]), np.hypot(noise[1], spread[1])
    d2 = (error[0] / sigma[0]) ** 2 + (error[1] / sigma[1]) ** 2
    odds = SEEN / (1 - SEEN) * likelier(pairs, about, sigma)
    k = np.flatnonzero(d2 < np.minimum(2 * np.log(odds), gate))
    k = k[np.argsort(d2[k], kind="stable")]
    k = k[np.unique(pairs.plot[k], return_index=True)[1]]
    k = k[np.argsort(d2[k], kind="stable")]
    if len(k):
        scan = pairs.scan[k] - pairs.scan.min()
        k = k[np.unique(pairs.vessel[k] * (scan.max() + 1) + scan, return_index=True)[1]]
    hits = np.bincount(pairs.vessel[k], minlength=len(pairs.looks))
    seen = hits >= np.maximum(SEEN_PLOTS, SEEN_SHARE * pairs.looks)
    return pairs.take(np.sort(k[seen[pairs.vessel[k]]]))


def _noise(residual: Floats, rows: Pairs, sigmas: tuple[float, float]) -> Floats:
    """What the radar's own noise is, about each vessel's mean.

    Scaled median deviation, so that clutter in the gate does not make it; between a third of what
    the site says and twice it.
    """
    if len(rows) < 10:
        return np.array(sigmas)
    means = [_means(r, np.ones(len(rows)), rows.vessel, len(rows.looks)) for r in residual]
    counts = np.bincount(rows.vessel, minlength=len(rows.looks))[rows.vessel]
    own = np.sqrt(np.maximum(1 - 1 / counts, 0.25))
    found = [
        1.4826 * np.median(np.abs(r - m[rows.vessel]) / own)
        for r, m in zip(residual, means, strict=True)
    ]
    out: Floats = np.clip(found, np.array(sigmas) / 3, np.array(sigmas) * 2)
    return out


def _spread(rows: Pairs, own: Floats) -> tuple[Floats, Floats]:
    """1-sigma, in azimuth and range, of the errors that all pairs of a vessel share."""
    place = np.hypot(own[1], rows.sigma_ais_m)
    return np.hypot(own[0], place / rows.range_m), place


def _own(
    residual: Floats, rows: Pairs, noise: Floats, before: Floats, sigma_azimuth: float
) -> Floats:
    """1-sigma of what is one vessel's own, in azimuth (rad) and along (m).

    Her means' spread beyond what else is known of it: one step of its maximum likelihood (weights
    1 / variance squared), from the value before; a vessel beyond three sigmas counts as one there.
    """
    usual = np.array([SQUINT * sigma_azimuth, HULL_M])
    most = np.array([SQUINT_MAX * sigma_azimuth, HULL_MAX_M])
    count = len(rows.looks)
    hits = np.bincount(rows.vessel, minlength=count)
    some = hits > 0
    n = int(some.sum())
    if n < 4:
        return usual
    found = np.empty(2)
    # Errors of AIS differ from report to report, so that they are not taken off along the range.
    known = (np.hypot(before[1], rows.sigma_ais_m) / rows.range_m, np.zeros(len(rows)))
    ones = np.ones(len(rows))
    for j in (0, 1):
        mean = _means(residual[j], ones, rows.vessel, count)[some]
        variance = (
            noise[j] ** 2 / hits[some] + _means(known[j] ** 2, ones, rows.vessel, count)[some]
        )
        total = variance + before[j] ** 2
        w = 1.0 / total**2
        own = float(w @ (np.minimum(mean**2, 9 * total) - variance) / w.sum())
        # Some of the spread went into the parameters fitted.
        own = min(max(own, 0.0), most[j] ** 2) * n / max(n - 1.5, 1.0)
        found[j] = np.sqrt((USUAL_VESSELS * usual[j] ** 2 + n * own) / (USUAL_VESSELS + n))
    return found


def _weights(residual: Floats, rows: Pairs, noise: Floats, own: Floats) -> Floats:
    """Inverse variances: n plots of one vessel share her own error. Huber's, by plot and vessel."""
    n = np.bincount(rows.vessel, minlength=len(rows.looks))[rows.vessel]
    parts = []
    for r, sigma, spread in zip(residual, noise, _spread(rows, own), strict=True):
        w = 1.0 / (sigma**2 + n * spread**2)
        w *= _huber(r / np.hypot(sigma, spread))
        mean = _means(r, w, rows.vessel, len(rows.looks))[rows.vessel]
        parts.append(w * _huber(mean / np.sqrt(sigma**2 / n + spread**2)))
    return np.concatenate(parts)


def _huber(z: Floats) -> Floats:
    out: Floats = HUBER / np.maximum(np.abs(z), HUBER)
    return out


def _means(values: Floats, w: Floats, group: Ints, count: int) -> Floats:
    weight = np.bincount(group, w, count)
    out: Floats = np.bincount(group, w * values, count) / np.where(weight > 0, weight, 1.0)
    return out


def _fit(A: Floats, y: Floats, w: Floats, free: NDArray[np.bool_]) -> Floats:
    theta = np.zeros(4)
    N, b = A.T @ (w[:, None] * A), A.T @ (w * y)
    theta[free] = _solved(N[np.ix_(free, free)], b[free])
    return theta


def _solved(N: Floats, b: Floats) -> Floats:
    """Of normal equations whose columns differ in size; NaN where they do not decide."""
    size = np.sqrt(np.maximum(np.diag(N), 1e-300))
    scaled = N / np.outer(size, size)
    if not np.isfinite(scaled).all() or np.linalg.cond(scaled) > 1e10:
        return np.full(len(b), np.nan)
    out: Floats = np.linalg.solve(scaled, b / size) / size
    return out


def _honest(A: Floats, y: Floats, w: Floats, group: Ints, free: NDArray[np.bool_]) -> Floats:
    """The jackknife's covariance, in no parameter smaller than what the weights promise.

    Of few vessels the first is often too small by chance, while the second believes its model.
    """
    cov = _jackknife(A, y, w, group, free)
    N = (A.T @ (w[:, None] * A))[np.ix_(free, free)]
    size = np.sqrt(np.maximum(np.diag(N), 1e-300))
    least = np.zeros(4)
    if np.isfinite(cov).all():
        least[free] = np.diag(np.linalg.inv(N / np.outer(size, size))) / size**2
        cov = _widened(cov, least)
    return cov


def _widened(cov: Floats, least: Floats) -> Floats:
    """The covariance with variances of at least these; correlations stay."""
    own = np.sqrt(np.diag(cov))
    grow = np.where(own > 0, np.sqrt(np.maximum(own**2, least)) / np.where(own > 0, own, 1.0), 1.0)
    out: Floats = cov * np.outer(grow, grow)
    return out


def _jackknife(A: Floats, y: Floats, w: Floats, group: Ints, free: NDArray[np.bool_]) -> Floats:
    """Covariance by leaving out each vessel in turn (Efron 1982): her plots err together.

    Infinite where one vessel alone decides.
    """
    names = np.unique(group)
    N, b = A.T @ (w[:, None] * A), A.T @ (w * y)
    left = []
    for name in names.tolist():
        own = group == name
        Ng, bg = A[own].T @ (w[own, None] * A[own]), A[own].T @ (w[own] * y[own])
        left.append(_solved((N - Ng)[np.ix_(free, free)], (b - bg)[free]))
    cov = np.zeros((4, 4))
    where = np.ix_(free, free)
    if len(names) < 3 or not np.isfinite(left).all():
        cov[where] = np.where(np.eye(int(free.sum())) > 0, np.inf, 0.0)
        return cov
    off = np.array(left) - np.mean(left, axis=0)
    cov[where] = (len(names) - 1) / len(names) * off.T @ off
    return cov
