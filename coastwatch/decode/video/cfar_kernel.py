"""CFAR and labelling as machine code; what each must give stands in cfar.py and cluster.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from coastwatch.decode.video.cfar import DECADES_MAX

EXPONENT_MAX = DECADES_MAX * np.log(10)


@njit(cache=True)
def os_hits(cells: Any, land: Any, half: int, guard: int, gain: Any, shift: Any, least: Any,
            need: Any, hits: Any) -> None:  # fmt: skip
    """Mark the cells whose count ``x * gain + shift`` lies above the level of their reference.

    No level is made: the reference cells below that count are told, whole rows at a time. ``gain``
    to ``need`` go by number of reference cells; masked cells stand at the end of the scale, where
    nothing is above them.
    """
    n, m = cells.shape
    pad, end = half + guard, cells.dtype.type(-1)
    row, low = np.full(m + 2 * pad, end, cells.dtype), np.empty(m, cells.dtype)
    below, within = np.empty(m, np.uint8), np.empty(m, np.uint8)
    part, used = np.empty(m, np.float32), np.empty(m, np.int64)
    open_ = np.zeros(m, np.uint8)
    _used(open_, half, guard, used)
    for r in range(n):
        masked = land.shape[0] > 0 and land[r].any()
        row[pad : pad + m] = cells[r]
        if masked:
            for i in range(m):
                if land[r, i]:
                    row[pad + i] = end
            _used(land[r], half, guard, used)
        for i in range(m):
            y = cells[r, i] * gain[used[i]] + shift[used[i]]
            floor = max(np.floor(y + 0.5), 0.0)
            low[i] = cells.dtype.type(floor)
            part[i] = max(y + 0.5 - floor, 0.0) if y > least[used[i]] else -1.0
        _told(row, low, half, guard, below, within)
        for i in range(m):
            soft = below[i] + part[i] * within[i]
            hits[r, i] = part[i] >= 0.0 and soft > need[used[i]]
        if masked:
            for i in range(m):
                hits[r, i] &= not land[r, i]
            _used(open_, half, guard, used)


@njit(inline="never")
def _told(row: Any, low: Any, half: int, guard: int, below: Any, within: Any) -> None:
    """How many reference cells stand below ``low``, and at it."""
    m = len(low)
    below[:] = 0
    within[:] = 0
    for j in range(half):
        left, right = row[j : j + m], row[j + half + 2 * guard + 1 : j + half + 2 * guard + 1 + m]
        for i in range(m):
            v = low[i]
            below[i] += np.uint8(left[i] < v) + np.uint8(right[i] < v)
            within[i] += np.uint8(left[i] == v) + np.uint8(right[i] == v)


@njit()
def _used(land: Any, half: int, guard: int, used: Any) -> None:
    """Number of reference cells that are neither beyond the row nor masked."""
    m = len(land)
    clear = np.zeros(m + 1, np.int64)
    for i in range(m):
        clear[i + 1] = clear[i] + (land[i] == 0)
    for i in range(m):
        a, b = max(i - guard - half, 0), max(i - guard, 0)
        c, d = min(i + guard + 1, m), min(i + guard + half + 1, m)
        used[i] = clear[b] - clear[a] + clear[d] - clear[c]


@njit(cache=True)
def os_levels(cells: Any, land: Any, half: int, guard: int, ranks: Any, rows: Any, cols: Any,
              level: Any, used: Any) -> None:  # fmt: skip
    """The k-th smallest reference cell of some cells, in counts and parts of one; NaN for none."""
    m = cells.shape[1]
    window = np.empty(2 * half, np.int64)
    for p in range(len(rows)):
        r, c, n = rows[p], cols[p], 0
        for side in range(2):
            start = c - guard - half if side == 0 else c + guard + 1
            for i in range(max(start, 0), min(start + half, m)):
                if land.shape[0] == 0 or not land[r, i]:
                    window[n] = cells[r, i]
                    n += 1
        used[p] = n
        level[p] = np.nan
        if n > 0:
            level[p] = _soft_rank(window, n, ranks[n])


@njit()
def _soft_rank(window: Any, n: int, k: int) -> float:
    """The k-th smallest of n counts, as if equal counts lay evenly over their width."""
    value = _rank(window, n, k)
    below, equal = 0, 0
    for i in range(n):
        below += window[i] < value
        equal += window[i] == value
    return value - 0.5 + (k - 0.5 - below) / equal


@njit()
def _rank(window: Any, n: int, k: int) -> int:
    """The k-th smallest, by bisection: as many turns as the counts have bits."""
    low, high = window[0], window[0]
    for i in range(1, n):
        low, high = min(low, window[i]), max(high, window[i])
    while low < high:
        middle = low + (high - low) // 2
        count = 0
        for i in range(n):
            count += window[i] <= middle
        if count >= k:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True)
def block_means(cells: Any, land: Any, block: int, log: float, offset: float, clip: float,
                out: Any) -> None:  # fmt: skip
    """Mean power of each block of columns, no cell above ``clip`` medians; 0 for none."""
    n, m = cells.shape
    window = np.empty(n * block, np.int64)
    for b in range(len(out)):
        count = 0
        for r in range(n):
            for i in range(b * block, min((b + 1) * block, m)):
                if land.shape[0] == 0 or not land[r, i]:
                    window[count] = cells[r, i]
                    count += 1
        if count == 0:
            out[b] = 0.0
            continue
        most = clip * _power(_rank(window, count, (count - 1) // 2 + 1), log, offset)
        total = 0.0
        for i in range(count):
            total += min(_power(window[i], log, offset), most)
        out[b] = total / count


@njit()
def _power(x: int, log: float, offset: float) -> float:
    return np.exp(min(x * log, EXPONENT_MAX)) if log > 0.0 else (x + offset) ** 2


@njit(cache=True)
def mean_levels(power: Any, land: Any, half: int, guard: int, greater: bool, fewest: int,
                level: Any, used: Any) -> None:  # fmt: skip
    """Mean power of the reference cells (CA), or of the greater side (GO), of every cell."""
    n, m = power.shape
    total, clear = np.zeros(m + 1), np.zeros(m + 1, np.int64)
    for r in range(n):
        for i in range(m):
            sea = land.shape[0] == 0 or not land[r, i]
            clear[i + 1] = clear[i] + sea
            total[i + 1] = total[i] + (power[r, i] if sea else 0.0)
        for i in range(m):
            a, b = max(i - guard - half, 0), max(i - guard, 0)
            c, d = min(i + guard + 1, m), min(i + guard + half + 1, m)
            n1, n2 = clear[b] - clear[a], clear[d] - clear[c]
            s1, s2 = total[b] - total[a], total[d] - total[c]
            if greater:
                # A side too small to tell a mean is left out; the rest counts as the smaller side.
                m1 = s1 / n1 if n1 >= fewest else 0.0
                m2 = s2 / n2 if n2 >= fewest else 0.0
                level[r, i] = max(m1, m2)
                used[r, i] = min(n1, n2) if min(n1, n2) >= fewest else half + max(n1, n2)
            else:
                level[r, i] = (s1 + s2) / max(n1 + n2, 1)
                used[r, i] = n1 + n2


@njit(cache=True)
def label(along: Any, cell: Any, link: float, gap: int, labels: Any) -> None:
    """Number of the first cell of the cluster of each; cells sorted by spoke, then range."""
    n = len(along)
    for i in range(n):
        labels[i] = i
    begin = 0  # of the spokes within reach
    for i in range(n):
        while along[i] - along[begin] > link:
            begin += 1
        j = begin
        while j < i:
            # Spokes are sorted by range: find the first cell near enough, then skip to the next.
            stop = j
            spoke = along[j]
            high = _spoke_end(along, j, i)
            first = _search(cell, j, high, cell[i] - gap)
            while first < high and cell[first] <= cell[i] + gap:
                if spoke != along[i] or first < i:
                    _join(labels, first, i)
                first += 1
            stop = high
            j = stop
    for i in range(n):
        labels[i] = _root(labels, i)


@njit()
def _spoke_end(along: Any, j: int, i: int) -> int:
    low, high = j + 1, i
    while low < high:
        middle = (low + high) // 2
        if along[middle] > along[j]:
            high = middle
        else:
            low = middle + 1
    return low


@njit()
def _search(cell: Any, low: int, high: int, value: int) -> int:
    while low < high:
        middle = (low + high) // 2
        if cell[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit()
def _root(labels: Any, i: int) -> int:
    while labels[i] != i:
        labels[i] = labels[labels[i]]
        i = labels[i]
    return i


@njit()
def _join(labels: Any, a: int, b: int) -> None:
    a, b = _root(labels, a), _root(labels, b)
    labels[max(a, b)] = min(a, b)
