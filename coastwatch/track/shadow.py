"""What hides behind what: a large ship nearer to the radar, on the same bearing, casts a shadow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from coastwatch.model import Floats, Status
from coastwatch.track.size import AMPLITUDE, AMPLITUDES, EXTENT, EXTENTS, RESOLUTION, TOLD
from coastwatch.track.table import Rows

LONG_M = 40.0  # what is at least so long hides what is behind it ...
STRONG_DB = 5.0  # ... or has a mean echo of so much over that of small craft: then so wide it is
HALF_UNKNOWN_M = 50.0
TOLD_OF = 3.0  # plots behind what is said of amplitude or extent
BEHIND_M = 30.0
SHADOW_M = 3_000.0  # an antenna on a cliff looks over a ship at what is further behind it
OPAQUE, LEANS_LOOKS = 0.85, 10.0
WINDOW_RAD = 0.15
CLEAR = 40.0  # so many sigmas beside a ship nothing is left of its shadow


def hiders(rows: Rows, high: int, x_m: float, y_m: float, time_s: float) -> Floats:
    """(bearing, range, half width, sigma, row) of the ships that hide others, (n, 5) by bearing."""
    believed = (rows.status[:high] == Status.CONFIRMED) | (rows.status[:high] == Status.COASTING)
    half = _half_m(rows.traits[:high])
    i = np.flatnonzero(believed & (half > 0.0))
    if not len(i):
        return np.empty((0, 5))
    dt = np.maximum(time_s - rows.time_s[i], 0.0)
    dx, dy = (rows.x[i, :2] + dt[:, None] * rows.x[i, 2:] - [x_m, y_m]).T
    sigma = np.sqrt((rows.C[i, 0] + rows.C[i, 4]) / 2)
    far = np.maximum(np.hypot(dx, dy), 1.0)
    ships = np.column_stack([np.arctan2(dx, dy), far, half[i], sigma, i])
    return ships[np.argsort(ships[:, 0], kind="stable")]


def _half_m(traits: Floats) -> Floats:
    """Half the widths of the shadows at the ships, 0 where one is too small to cast any."""
    told = np.isfinite(traits[:, TOLD])
    seen = traits[:, EXTENTS] >= TOLD_OF
    length = np.where(told, traits[:, TOLD], np.where(seen, traits[:, EXTENT], 0.0))
    length -= np.where(told | ~seen, 0.0, traits[:, RESOLUTION])
    strong = (traits[:, AMPLITUDES] >= TOLD_OF) & (traits[:, AMPLITUDE] > STRONG_DB)
    unknown = np.where(strong & ~told & ~seen, HALF_UNKNOWN_M, 0.0)
    return np.where(length >= LONG_M, length / 2, unknown)


@njit()
def opacity(shaded: Any) -> float:
    """How much less is seen in shadows, from ``shaded``: detections there, and what there would be.

    Antennas stand high and ships are low: OPAQUE is where the learning begins.
    """
    seen = (shaded[0] + LEANS_LOOKS * (1.0 - OPAQUE)) / (shaded[1] + LEANS_LOOKS)
    return min(max(1.0 - seen, 0.0), OPAQUE)


@njit()
def shade(ships: Any, bearing: float, range_m: float, sigma_m: float, row: int) -> float:
    """The probability that another ship hides track ``row``, at that bearing and range."""
    n = len(ships)
    if n == 0:
        return 0.0
    deepest = 0.0
    begin = bearing - WINDOW_RAD
    begin = begin if begin >= -math.pi else begin + 2 * math.pi
    low, end = 0, n
    while low < end:
        half = (low + end) // 2
        if ships[half, 0] < begin:
            low = half + 1
        else:
            end = half
    for k in range(low, low + n):
        ship = k if k < n else k - n
        off = abs(ships[ship, 0] - bearing)
        off = min(off, 2 * math.pi - off)
        if off > WINDOW_RAD:
            break
        nearer = ships[ship, 1]
        behind = range_m - nearer
        if behind < BEHIND_M or behind > SHADOW_M or ships[ship, 4] == row:
            continue
        loose = 5.0 + ships[ship, 3] + sigma_m * nearer / range_m
        clear = (nearer * off - ships[ship, 2]) / (0.5 * loose)
        if clear < CLEAR:
            deepest = max(deepest, 1.0 / (1.0 + math.exp(max(clear, -CLEAR))))
    return deepest
