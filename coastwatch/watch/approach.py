"""Which of two sets of tracks will pass each other closely, when, and how probably."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints

# Where the limit is so many times exceeded, or so badly known, no probability of note is left.
FAR = 2.5


class Passes(NamedTuple):
    """Pairs of rows that close: distance ``cpa_m`` at the closest point, ``tcpa_s`` from now, the
    1-sigma of that distance, and the probability ``p`` that it is less than the limit."""

    small: Ints
    ship: Ints
    cpa_m: Floats
    tcpa_s: Floats
    sigma_m: Floats
    p: Floats

    def soonest(self, n: int) -> Passes:
        """The ``n`` soonest, in the order of small and ship."""
        return self.take(np.sort(np.argsort(self.tcpa_s, kind="stable")[:n]))

    def take(self, which: NDArray[Any]) -> Passes:
        """The pairs that an index or mask picks."""
        return Passes(
            self.small[which], self.ship[which], self.cpa_m[which], self.tcpa_s[which],
            self.sigma_m[which], self.p[which],
        )  # fmt: skip


def passes(
    state: Floats, cov: Floats, small: Ints, ship: Ints,
    limit_m: float, horizon_s: float, closing_mps: float, p_min: float,
) -> Passes:  # fmt: skip
    """All pairs of ``small`` and ``ship`` (rows of (n, 4) ``state``, (n, 4, 4) ``cov``) that pass
    within ``limit_m`` with probability ``p_min`` or more, in ``horizon_s`` on straight courses.

    Pairs with less than ``closing_mps`` between their velocities have no closest point of note.
    """
    order = small[np.argsort(state[small, 0], kind="stable")]
    reach_m = FAR * limit_m
    if len(order):
        reach_m += horizon_s * float(np.hypot(state[order, 2], state[order, 3]).max())
    pairs, values = _passes(
        state, cov, order, ship, limit_m, horizon_s, closing_mps, p_min, reach_m
    )
    by = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, values = pairs[by], values[by]
    return Passes(pairs[:, 0], pairs[:, 1], *values.T)


@njit(cache=True)
def _passes(
    state: Any, cov: Any, small: Any, ship: Any,
    limit_m: float, horizon_s: float, closing_mps: float, p_min: float, reach_m: float,
) -> Any:  # fmt: skip
    """Pairs (k, 2) and cpa, tcpa, sigma, p (k, 4). ``small`` is sorted by x.

    A ship meets only what lies within ``reach_m`` of the way that it will make.
    """
    count, pairs, values = 0, np.empty((256, 2), np.int64), np.empty((256, 4))
    xs, ys = state[small, 0].copy(), state[small, 1].copy()
    uxs, uys = state[small, 2].copy(), state[small, 3].copy()
    far2 = (FAR * limit_m) ** 2
    for j in ship:
        x, y, ux, uy = state[j, 0], state[j, 1], state[j, 2], state[j, 3]
        to_x, to_y = x + ux * horizon_s, y + uy * horizon_s
        first = np.searchsorted(xs, min(x, to_x) - reach_m)
        last = np.searchsorted(xs, max(x, to_x) + reach_m)
        south, north = min(y, to_y) - reach_m, max(y, to_y) + reach_m
        for k in range(first, last):
            if ys[k] < south or ys[k] > north:
                continue
            rx, ry, vx, vy = xs[k] - x, ys[k] - y, uxs[k] - ux, uys[k] - uy
            aside, v2 = rx * vy - ry * vx, vx * vx + vy * vy
            # What passes far off is nearly all: it goes first, without a root.
            if aside * aside > far2 * v2:
                continue
            closing, i = -(rx * vx + ry * vy), small[k]
            if closing <= 0.0 or v2 < closing_mps * closing_mps or closing > horizon_s * v2:
                continue
            v, t = math.sqrt(v2), closing / v2
            # The miss distance, signed, and its variance along the same axis, across the way.
            nx, ny = -vy / v, vx / v
            miss = rx * nx + ry * ny
            variance = _across(cov[i], nx, ny, t) + _across(cov[j], nx, ny, t)
            sigma = math.sqrt(max(variance, 1e-6))
            root = sigma * math.sqrt(2.0)
            p = 0.5 * (math.erf((limit_m - miss) / root) + math.erf((limit_m + miss) / root))
            if p < p_min:
                continue
            if count == len(pairs):
                pairs = np.concatenate((pairs, np.empty_like(pairs)))
                values = np.concatenate((values, np.empty_like(values)))
            pairs[count, 0], pairs[count, 1] = i, j
            values[count, 0], values[count, 1] = abs(miss), t
            values[count, 2], values[count, 3] = sigma, p
            count += 1
    return pairs[:count], values[:count]


@njit(cache=True)
def _across(C: Any, nx: float, ny: float, t: float) -> float:
    """The variance along (nx, ny) of a position ``t`` seconds on."""
    position = nx * nx * C[0, 0] + 2 * nx * ny * C[0, 1] + ny * ny * C[1, 1]
    both = nx * nx * C[0, 2] + nx * ny * (C[0, 3] + C[1, 2]) + ny * ny * C[1, 3]
    velocity = nx * nx * C[2, 2] + 2 * nx * ny * C[2, 3] + ny * ny * C[3, 3]
    return float(position + 2 * t * both + t * t * velocity)
