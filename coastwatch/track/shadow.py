"""What hides behind what: a large ship nearer to the radar, on the same bearing, casts a shadow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.track.size import AMPLITUDE, AMPLITUDES, EXTENT, EXTENTS, RESOLUTION, TOLD
from coastwatch.track.table import FREE

LONG_M = 40.0  # what is at least so long hides what is behind it ...
STRONG_DB = 5.0  # ... or has a mean echo of so much over that of small craft: then so wide it is
HALF_UNKNOWN_M = 50.0
TOLD_OF = 3.0  # plots behind what is said of amplitude or extent
BEHIND_M = 30.0
OPAQUE = 0.85
WINDOW_RAD = 0.15


@njit()
def hiders(rows: Any, high: int, eye: Any) -> Any:
    """(bearing, range, half width, sigma, row) of the ships that hide others, (n, 5) by bearing."""
    found = np.empty((high, 5))
    when = (eye.begin_s + eye.end_s) / 2
    n = 0
    for i in range(high):
        if rows.status[i] == FREE or rows.status[i] == 0 or rows.status[i] == 3:
            continue
        half = _half_m(rows.traits[i])
        if half > 0.0:
            dt = max(when - rows.time_s[i], 0.0)
            dx = rows.x[i, 0] + dt * rows.x[i, 2] - eye.x_m
            dy = rows.x[i, 1] + dt * rows.x[i, 3] - eye.y_m
            found[n, 0], found[n, 1] = math.atan2(dx, dy), max(math.hypot(dx, dy), 1.0)
            found[n, 2] = half
            found[n, 3] = math.sqrt((rows.C[i, 0] + rows.C[i, 4]) / 2)
            found[n, 4] = i
            n += 1
    return found[np.argsort(found[:n, 0], kind="mergesort")]


@njit()
def _half_m(traits: Any) -> float:
    """Half the width of the shadow at the ship, 0 where it is too small to cast one."""
    length = traits[TOLD]
    if math.isnan(length) and traits[EXTENTS] >= TOLD_OF:
        length = traits[EXTENT] - traits[RESOLUTION]
    if length >= LONG_M:
        return length / 2
    if math.isnan(length) and traits[AMPLITUDES] >= TOLD_OF and traits[AMPLITUDE] > STRONG_DB:
        return HALF_UNKNOWN_M
    return 0.0


@njit()
def shade(ships: Any, bearing: float, range_m: float, sigma_m: float, row: int) -> float:
    """The probability that another ship hides track ``row``, at that bearing and range."""
    n = len(ships)
    if n == 0:
        return 0.0
    deepest = 0.0
    begin = bearing - WINDOW_RAD
    low = np.searchsorted(ships[:, 0], begin if begin >= -math.pi else begin + 2 * math.pi)
    for k in range(low, low + n):
        off = abs((ships[k % n, 0] - bearing + math.pi) % (2 * math.pi) - math.pi)
        if off > WINDOW_RAD:
            break
        nearer = ships[k % n, 1]
        if nearer > range_m - BEHIND_M or ships[k % n, 4] == row:
            continue
        loose = 5.0 + ships[k % n, 3] + sigma_m * nearer / range_m
        clear = (nearer * off - ships[k % n, 2]) / (0.5 * loose)
        deepest = max(deepest, 1.0 / (1.0 + math.exp(min(max(clear, -40.0), 40.0))))
    return OPAQUE * deepest
