"""Which plots lie near enough to a track to be weighed: a grid of cells over the plots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

CELLS_MAX = 4  # a plot


@njit()
def grid(z: Any) -> Any:
    """Plots (m, 2) sorted into square cells, about one plot a cell.

    (x0, y0, cell size, columns, rows of cells, begin of each cell, order of plots).
    """
    m = len(z)
    x0, y0, x1, y1 = np.inf, np.inf, -np.inf, -np.inf
    for j in range(m):
        x0, x1 = min(x0, z[j, 0]), max(x1, z[j, 0])
        y0, y1 = min(y0, z[j, 1]), max(y1, z[j, 1])
    wide, high = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    size = max(math.sqrt(wide * high / m), wide / (CELLS_MAX * m), high / (CELLS_MAX * m))
    columns, lines = int(wide / size) + 1, int(high / size) + 1
    begin = np.zeros(columns * lines + 1, np.int64)
    cell = np.empty(m, np.int64)
    for j in range(m):
        cell[j] = int((z[j, 1] - y0) / size) * columns + int((z[j, 0] - x0) / size)
        begin[cell[j] + 1] += 1
    for c in range(columns * lines):
        begin[c + 1] += begin[c]
    order, filled = np.empty(m, np.int64), begin[:-1].copy()
    for j in range(m):
        order[filled[cell[j]]] = j
        filled[cell[j]] += 1
    return x0, y0, size, columns, lines, begin, order


@njit()
def near(cells: Any, z: Any, x: float, y: float, reach: float, found: Any) -> int:
    """Fill ``found`` with the plots in the square of half width ``reach``; returns their number.

    Of more than there is room for, the nearest ones stay.
    """
    x0, y0, size, columns, lines, begin, order = cells
    left, right = (x - reach - x0) / size, (x + reach - x0) / size
    low, high = (y - reach - y0) / size, (y + reach - y0) / size
    if right < 0.0 or high < 0.0 or left >= columns or low >= lines:
        return 0
    c0, c1 = int(max(left, 0.0)), int(min(right, columns - 1.0))
    l0, l1 = int(max(low, 0.0)), int(min(high, lines - 1.0))
    count, worst, most = 0, 0, np.inf
    for line in range(l0, l1 + 1):
        for k in range(begin[line * columns + c0], begin[line * columns + c1 + 1]):
            j = order[k]
            dx, dy = abs(z[j, 0] - x), abs(z[j, 1] - y)
            if dx > reach or dy > reach or dx * dx + dy * dy >= most:
                continue
            if count < len(found):
                found[count] = j
                count += 1
            else:
                found[worst] = j
            if count == len(found):
                worst, most = _furthest(z, x, y, found)
    return count


@njit()
def _furthest(z: Any, x: float, y: float, found: Any) -> tuple[int, float]:
    """Which of ``found`` lies furthest from a place, and the square of how far."""
    worst, most = 0, -1.0
    for f in range(len(found)):
        d2 = (z[found[f], 0] - x) ** 2 + (z[found[f], 1] - y) ** 2
        if d2 > most:
            worst, most = f, d2
    return worst, most
