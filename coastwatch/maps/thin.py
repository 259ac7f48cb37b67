"""Fewer points on a line, with the place at every time still right within a tolerance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints

Mask = NDArray[np.bool_]

METRES_PER_DEGREE = 111_195.0
# A line of n points needs log2(n) levels when it halves well; this bounds the worst case.
LEVELS = 60


def thin(first: Ints, time_s: Floats, lon: Floats, lat: Floats, keep: Mask, most: int) -> Mask:
    """Which rows to draw: ``keep``, the ends of each line, and what else the shape needs.

    Rows are sorted by line and time; ``first`` holds each line's first row. The tolerance starts
    at 15 m and doubles until at most ``most`` rows stay (the ends and ``keep`` stay in any case).
    """
    if not len(time_s):
        return np.zeros(0, dtype=bool)
    fixed = keep.copy()
    fixed[first] = True
    fixed[np.append(first[1:], len(time_s)) - 1] = True
    most = max(most, int(fixed.sum()))
    # Line by line the scale of longitude follows the latitude of the line's start.
    line = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(time_s))))
    x = lon * METRES_PER_DEGREE * np.cos(np.radians(lat[first]))[line]
    y = lat * METRES_PER_DEGREE
    tolerance_m = 15.0
    while True:
        kept = fixed | douglas_peucker(np.flatnonzero(fixed), time_s, x, y, tolerance_m)
        if kept.sum() <= most or tolerance_m > 1e7:
            return kept
        tolerance_m *= 2


def douglas_peucker(ends: Ints, time_s: Floats, x: Floats, y: Floats, tolerance_m: float) -> Mask:
    """Rows between ``ends`` that lie further than the tolerance from where the kept line would
    place them at their own time.

    The time-aware Douglas-Peucker of Meratnia and de By (EDBT 2004, "TD-TR"), run level by level
    over all lines at once. A stretch between two neighbours of ``ends`` that belong to different
    lines must be empty, as it is where each line's first and last row are among them.
    """
    kept = np.zeros(len(time_s), dtype=bool)
    a, b = ends[:-1], ends[1:]
    for _ in range(LEVELS):
        inner = b - a > 1
        a, b = a[inner], b[inner]
        if not len(a):
            break
        middle, distance2 = _furthest(a, b, time_s, x, y)
        split = distance2 > tolerance_m**2
        a, b, middle = a[split], b[split], middle[split]
        kept[middle] = True
        a, b = np.concatenate((a, middle)), np.concatenate((middle, b))
    return kept


def _furthest(a: Ints, b: Ints, time_s: Floats, x: Floats, y: Floats) -> tuple[Ints, Floats]:
    """The row of each stretch a..b that is furthest from the chord, and its squared distance."""
    count = b - a - 1
    start = np.cumsum(count) - count
    stretch = np.repeat(np.arange(len(a)), count)
    row = np.arange(count.sum()) - start[stretch] + a[stretch] + 1
    span = time_s[b] - time_s[a]
    share = (time_s[row] - time_s[a][stretch]) / np.where(span > 0, span, 1.0)[stretch]
    dx = x[row] - x[a][stretch] - share * (x[b] - x[a])[stretch]
    dy = y[row] - y[a][stretch] - share * (y[b] - y[a])[stretch]
    distance2 = dx * dx + dy * dy
    most = np.maximum.reduceat(distance2, start)
    at_most = np.flatnonzero(distance2 == most[stretch])
    _, where = np.unique(stretch[at_most], return_index=True)
    return row[at_most[where]], most


def deltas(values: NDArray[Any], scale: float) -> list[int]:
    """Whole numbers of ``1 / scale``: the first, then each step to the next; few digits in JSON."""
    whole = np.round(np.asarray(values, dtype=np.float64) * scale).astype(np.int64)
    steps = np.diff(whole, prepend=np.int64(0))
    return [int(v) for v in steps.tolist()]
