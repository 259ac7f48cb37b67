"""The probability that a place known with a covariance is inside a shape: exact, edge by edge.

Where the covariance is made a unit circle, the probability of a polygon is a sum over its edges of
Owen's T function (D. B. Owen, Annals of Mathematical Statistics 27, 1956; A. R. DiDonato and
R. K. Hageman, SIAM J. Sci. Stat. Comput. 3, 1982). It holds for shapes small against sigma, for
narrow and bent ones, and for holes; only edges within some sigmas count.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

REACH = 6.0  # sigmas: what lies beyond has 1e-9 of the probability
SIGMA_MIN_M, SIGMA_MAX_M = 0.5, 5_000.0
SIGMA_UNKNOWN_M = 50.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


@njit()
def root_of(cov: Any) -> Any:
    """The lower triangle L of a covariance L L' of two coordinates: l11, l21, l22 in metres."""
    a, b, c = cov[0, 0], (cov[0, 1] + cov[1, 0]) / 2, cov[1, 1]
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return SIGMA_UNKNOWN_M, 0.0, SIGMA_UNKNOWN_M
    least, most = SIGMA_MIN_M**2, SIGMA_MAX_M**2
    a, c = min(max(a, least), most), min(max(c, least), most)
    l11 = math.sqrt(a)
    b = min(max(b, -0.999 * math.sqrt(a * c)), 0.999 * math.sqrt(a * c))
    l21 = b / l11
    return l11, l21, math.sqrt(max(c - l21 * l21, least * 1e-3))


@njit()
def beyond(h: float) -> float:
    """The probability that a unit normal is more than ``h``."""
    return 0.5 * math.erfc(h * 0.7071067811865476)


@njit()
def owen(h: float, t: float) -> float:
    """Owen's T(h, t / h) for h, t >= 0: what of the probability lies beyond an edge at distance h,
    from its foot to ``t`` along it.

    """
    if t >= REACH:
        return 0.5 * beyond(h)
    end = math.atan2(t, h)
    total = 0.0
    for k in range(len(NODES)):
        cos = math.cos(0.5 * end * (NODES[k] + 1.0))
        total += WEIGHTS[k] * math.exp(-0.5 * h * h / (cos * cos))
    return total * end / (4.0 * math.pi)


@njit()
def lost(ax: float, ay: float, bx: float, by: float, left: bool) -> float:
    """What an edge takes from the probability of being inside, the place being the origin.

    a and b in sigmas; ``left``: the place lies to the left of the edge. 0 where it is too far.
    """
    ux, uy = bx - ax, by - ay
    length = math.hypot(ux, uy)
    if length < 1e-12:
        return 0.0
    ux, uy = ux / length, uy / length
    h = abs(ax * uy - ay * ux)
    from_, to = ax * ux + ay * uy, bx * ux + by * uy
    if h > REACH or to < -REACH or from_ > REACH:
        return 0.0
    low, high = owen(h, abs(from_)), owen(h, abs(to))
    share = (high if to > 0 else -high) - (low if from_ > 0 else -low)
    return share if left else -share


@njit()
def away(ax: float, ay: float, bx: float, by: float) -> float:
    """How far the edge a -> b is from the origin, all in sigmas."""
    ux, uy = bx - ax, by - ay
    length2 = ux * ux + uy * uy
    t = 0.0 if length2 < 1e-24 else min(max(-(ax * ux + ay * uy) / length2, 0.0), 1.0)
    return math.hypot(ax + t * ux, ay + t * uy)
