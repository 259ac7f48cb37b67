"""Which shapes a track comes to on the course that it holds: a march through the tree's cells."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from coastwatch.kernels import sources, uncounted
from coastwatch.watch.shapes.chance import beyond
from coastwatch.watch.shapes.follow import SHAPE, STATE, roomy
from coastwatch.watch.shapes.near import add, holding, in_order
from coastwatch.watch.shapes.tree import left_of

SLOW_MPS = 0.05  # slower has no course
FAR_M = 120_000.0
STEPS_MAX = 4_000
DUE, SPEED, SPREAD, P = 0, 1, 2, 3


@njit()
def _march(tree: Any, shapes: Any, s: Any, row: int, way: Any, count: int) -> int:
    """The shapes whose edges a way meets, ``s.near`` how far along, ``s.old`` 1 where entered."""
    x, y, ux, uy, far = way
    root_x, root_y, root_half = tree.root[0], tree.root[1], tree.root[2]
    gone = 0.0
    # From outside the tree, to where the way comes in.
    for at, u, c in ((x, ux, root_x), (y, uy, root_y)):
        if u != 0.0:
            gone = max(gone, min((c - root_half - at) / u, (c + root_half - at) / u) + 0.01)
    for _ in range(STEPS_MAX):
        px, py = x + ux * gone, y + uy * gone
        cx, cy, half = root_x, root_y, root_half
        if gone >= far or not (abs(px - cx) <= half and abs(py - cy) <= half):
            break
        node = 0
        while tree.child[node] >= 0:
            node, half = tree.child[node], half / 2
            if px >= cx:
                node, cx = node + 1, cx + half
            else:
                cx -= half
            if py >= cy:
                node, cy = node + 2, cy + half
            else:
                cy -= half
        first, last = tree.group_at[node], tree.group_at[node + 1]
        for k in range(tree.edge_at[first], tree.edge_at[last]):
            count = _meet(tree, shapes, s, row, tree.edge[k], way, count)
        out = np.inf
        if ux != 0.0:
            out = (cx + (half if ux > 0 else -half) - x) / ux
        if uy != 0.0:
            out = min(out, (cy + (half if uy > 0 else -half) - y) / uy)
        gone = max(out, gone) + 1e-3
    return count


@njit()
def _meet(tree: Any, shapes: Any, s: Any, row: int, j: int, way: Any, count: int) -> int:
    x, y, ux, uy, far = way
    shape = tree.owner[j]
    if s.edge_row[j] == row or shapes.band[shape]:
        return count
    s.edge_row[j] = row
    ax, ay, bx, by = tree.ends[j, 0], tree.ends[j, 1], tree.ends[j, 2], tree.ends[j, 3]
    if left_of(x, y, x + ux, y + uy, ax, ay) == left_of(x, y, x + ux, y + uy, bx, by):
        return count
    turn = (bx - ax) * uy - (by - ay) * ux  # to the left, where positive: into an area
    if turn == 0.0 or (turn < 0.0 and not shapes.line[shape]):
        return count
    t = ((bx - ax) * (ay - y) - (by - ay) * (ax - x)) / turn
    if not 0.0 <= t <= far:
        return count
    count = add(s, row, shape, count)
    s.near[shape] = min(s.near[shape], t)
    return count


@njit()
def _spread(cov: Any, nx: float, ny: float, t: float) -> float:
    """1-sigma in a direction after ``t`` seconds of position and velocity as they are known."""
    place = cov[0, 0] * nx * nx + 2 * cov[0, 1] * nx * ny + cov[1, 1] * ny * ny
    both = cov[0, 2] * nx * nx + (cov[0, 3] + cov[1, 2]) * nx * ny + cov[1, 3] * ny * ny
    pace = cov[2, 2] * nx * nx + 2 * cov[2, 3] * nx * ny + cov[3, 3] * ny * ny
    return math.sqrt(max(place + 2 * t * both + t * t * pace, 0.01))


@njit()
def _chance(hull: Any, way: Any, t: float, cov: Any, speed: float) -> Any:
    """1-sigma across the course at ``t`` metres, and the probability of coming in by the end."""
    x, y, ux, uy, far = way
    across = _spread(cov, -uy, ux, t / speed)
    along = _spread(cov, ux, uy, t / speed)
    low, high = np.inf, -np.inf
    for k in range(len(hull)):
        off = -(hull[k, 0] - x) * uy + (hull[k, 1] - y) * ux
        low, high = min(low, off), max(high, off)
    p = (beyond(low / across) - beyond(high / across)) * beyond((t - far) / along)
    return across, p


def _entry(version: int) -> Any:
    @njit(cache=True)
    def foresee(
        tree_: Any, shapes_: Any, scratch_: Any, begin: Any, end: Any, old_shapes: Any,
        old_values_: Any, keys_: Any, at: Any, fresh: Any, state_: Any, cov_: Any, time_s: float,
        within_s: float,
    ) -> Any:  # fmt: skip
        """(row, shape) and values (due, speed, spread, p) of what is ahead, sorted by row, shape.

        ``old_shapes`` and ``old_values``, ``begin`` to ``end`` of each row, were found before:
        kept for rows that are not ``fresh``, unless one of them is due. What a row is in by
        ``keys`` and ``at`` is not ahead of it.
        """
        tree, shapes, s = uncounted(tree_), uncounted(shapes_), uncounted(scratch_)
        old_values, keys = uncounted(old_values_), uncounted(keys_)
        state, cov = uncounted(state_), uncounted(cov_)
        room = len(old_shapes) + 64
        pairs, values, count = np.empty((room, 2), np.int64), np.empty((room, 4)), 0
        for row in range(len(state) if version else 0):
            k, last = at[row], at[row + 1]
            found = end[row] - begin[row]
            speed = math.hypot(state[row, 2], state[row, 3])
            way = (0.0, 0.0, 0.0, 0.0, 0.0)
            anew = fresh[row]
            for f in range(begin[row], begin[row] if anew else end[row]):
                anew = anew or old_values[f, DUE] <= time_s
            if anew:
                found = 0
                if speed >= SLOW_MPS:
                    x, y = state[row, 0], state[row, 1]
                    far = min(speed * within_s, FAR_M)
                    way = (x, y, state[row, 2] / speed, state[row, 3] / speed, far)
                    found = holding(tree, shapes.line, s, row, x, y, 0)
                    for f in range(found):
                        s.near[s.found[f]] = 0.0
                    found = _march(tree, shapes, s, row, way, found)
                    in_order(s.found, found)
            pairs, values = roomy(pairs, count + found), roomy(values, count + found)
            for f in range(found):
                shape = s.found[f] if anew else old_shapes[begin[row] + f]
                while k < last and keys[k, SHAPE] < shape:
                    k += 1
                if shapes.band[shape] or (k < last and keys[k, SHAPE] == shape and keys[k, STATE]):
                    continue
                if anew:
                    t = s.near[shape]
                    across, p = _chance(shapes.hull[shape], way, t, cov[row], speed)
                    values[count, DUE], values[count, SPEED] = time_s + t / speed, speed
                    values[count, SPREAD], values[count, P] = across, p
                else:
                    values[count] = old_values[begin[row] + f]
                pairs[count, 0], pairs[count, 1] = row, shape
                count += 1
        return pairs[:count].copy(), values[:count].copy()

    return foresee


foresee = _entry(sources(Path(__file__).parent))
