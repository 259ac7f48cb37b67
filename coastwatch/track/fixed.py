"""Does it move: the course made good over two windows against the scatter of what was measured.

Moored boats, buoys and quays echo from other places each time, and their filters wander; what
they do not do is get anywhere. A line is fitted to the measured positions, older ones forgotten,
and the speed along it is weighed: none against that of a craft under way.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.model import Floats

WINDOWS_S = np.array([20.0, 90.0])
UNDER_WAY_MPS = 3.0  # 1 sigma of each component of the velocity of a craft under way
SWAY_MPS = 0.12  # and of one that lies at anchor or at a quay, with wind and tide
PRIOR = 0.2
DOUBT = 60.0  # by so much must the short window speak against it to count
LEAST = 2.5  # positions
ALIKE = 2.0  # echoes of one object err alike: so many tell what one would
W, WT, WTT, WX, WY, WTX, WTY, WRR, AT = range(9)
_WINDOWS = WINDOWS_S.copy()


@njit()
def fold(rows: Any, i: int, time_s: float, x: float, y: float, variance: float, w: float) -> None:
    """Add a position (m) of that variance (m2), measured at ``time_s``, with weight ``w``.

    Times count from the newest, places from where the track was born.
    """
    x, y = x - rows.born_xy[i, 0], y - rows.born_xy[i, 1]
    for k in range(len(_WINDOWS)):
        s = rows.fix[i, k]
        dt = time_s - s[AT] if s[W] > 0.0 else 0.0
        _forget(s, max(dt, 0.0), _WINDOWS[k])
        t = min(dt, 0.0)
        s[AT] = time_s - t
        s[W] += w
        s[WT] += w * t
        s[WTT] += w * t * t
        s[WX] += w * x
        s[WY] += w * y
        s[WTX] += w * t * x
        s[WTY] += w * t * y
        s[WRR] += w * (x * x + y * y)


@njit()
def _forget(s: Any, dt: float, window: float) -> None:
    keep = math.exp(-dt / window)
    s[WTT] = keep * (s[WTT] - 2 * dt * s[WT] + dt * dt * s[W])
    s[WTX] = keep * (s[WTX] - dt * s[WX])
    s[WTY] = keep * (s[WTY] - dt * s[WY])
    s[WT] = keep * (s[WT] - dt * s[W])
    for k in (W, WX, WY, WRR):
        s[k] *= keep


def probability(fix: Floats, noise_m2: Floats, prior: Floats | float = PRIOR) -> Floats:
    """That each track is fixed, (n,): by the long window, unless the short one speaks against it.

    ``fix`` (n, 2, SUMS), ``noise_m2`` (n,) the least variance that its positions can have.
    """
    s = np.moveaxis(fix, 2, 0)
    weight = np.maximum(s[W], 1e-9)
    t, x, y = s[WT] / weight, s[WX] / weight, s[WY] / weight
    stt = np.maximum(s[WTT] / weight - t**2, 1e-9)
    stx, sty = s[WTX] / weight - t * x, s[WTY] / weight - t * y
    vx, vy = stx / stt, sty / stt
    scatter = np.maximum(s[WRR] / weight - x**2 - y**2 - (stx**2 + sty**2) / stt, 0.0) / 2
    scatter = scatter * weight / np.maximum(weight - 2, 0.5)
    variance = ALIKE * np.maximum(scatter, noise_m2[:, None]) / (weight * stt)
    still, moving = variance + SWAY_MPS**2, variance + UNDER_WAY_MPS**2
    ratio = moving / still * np.exp(-0.5 * (vx**2 + vy**2) * (1 / still - 1 / moving))
    odds = np.asarray(prior / (1 - np.asarray(prior)))[..., None] * ratio
    long = np.where(weight >= LEAST, odds / (1 + odds), np.asarray(prior)[..., None])[:, 1]
    # The short window is too short to tell that something lies still, but not that it moves.
    surprise = np.exp(-0.5 * (vx**2 + vy**2) / still)[:, 0] * DOUBT
    known = np.where(weight[:, 0] >= LEAST, np.minimum(surprise, 1.0), 1.0) * long
    out: Floats = known
    return out
