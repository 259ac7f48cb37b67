"""Fewer points on a line, with the place at every time still right within a tolerance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints

Mask = NDArray[np.bool_]

METRES_PER_DEGREE = 111_195.0
TOLERANCE_M = 15.0
# A line of n points needs log2(n) levels when it halves well; this bounds the worst case.
LEVELS = 60


class Thinned(NamedTuple):
    """Which rows to draw, and within how many metres the line is right at every row's time."""

    kept: Mask
    tolerance_m: float


def thin(first: Ints, time_s: Floats, lon: Floats, lat: Floats, keep: Mask, most: int) -> Thinned:
    """Which rows to draw: ``keep``, the ends of each line, and what else the shape needs.

    Rows are sorted by line and time; ``first`` holds each line's first row. The tolerance is 15 m,
    or the least at which no more than ``most`` rows stay (the ends and ``keep`` in any case).
    """
    if not len(time_s):
        return Thinned(np.zeros(0, dtype=bool), TOLERANCE_M)
    fixed = keep.copy()
    fixed[first] = True
    fixed[np.append(first[1:], len(time_s)) - 1] = True
    # Line by line the scale of longitude follows the latitude of the line's start.
    line = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(time_s))))
    x = lon * METRES_PER_DEGREE * np.cos(np.radians(lat[first]))[line]
    y = lat * METRES_PER_DEGREE
    needed_m = weights(np.flatnonzero(fixed), time_s, x, y, TOLERANCE_M)
    tolerance_m, room = TOLERANCE_M, max(most - int(fixed.sum()), 0)
    if int((needed_m > TOLERANCE_M).sum()) > room:
        tolerance_m = float(np.partition(needed_m, -room - 1)[-room - 1])
    return Thinned(fixed | (needed_m > tolerance_m), tolerance_m)


def weights(ends: Ints, time_s: Floats, x: Floats, y: Floats, least_m: float) -> Floats:
    """For each row the tolerance in metres up to which its line needs it; 0 where it is less than
    ``least_m``, and for the ``ends``.

    The time-aware Douglas-Peucker of Meratnia and de By (EDBT 2004, "TD-TR"), run level by level
    over all lines at once. Where it splits does not depend on the tolerance, so one run serves
    all: a row is needed as long as it, and every split above it, is further off than that. A
    stretch between two neighbours of ``ends`` that belong to different lines must be empty, as it
    is where each line's first and last row are among them.
    """
    needed2 = np.zeros(len(time_s))
    a, b = ends[:-1], ends[1:]
    above2 = np.full(len(a), np.inf)
    for _ in range(LEVELS):
        inner = b - a > 1
        a, b, above2 = a[inner], b[inner], above2[inner]
        if not len(a):
            break
        middle, distance2 = _furthest(a, b, time_s, x, y)
        split = distance2 > least_m**2
        a, b, middle = a[split], b[split], middle[split]
        above2 = np.minimum(above2, distance2)[split]
        needed2[middle] = above2
        a, b = np.concatenate((a, middle)), np.concatenate((middle, b))
        above2 = np.tile(above2, 2)
    return np.sqrt(needed2)


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
