"""One picture of tracks against all shapes: who came in, went out, crossed; what to keep of whom.

What is sure is sure by the covariance. A track that moves towards the inside, by more than its
velocity's error, has entered at p >= 0.95. One that does not move needs a p at which noise never
arrives, for some time. Between the two nothing changes.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Floats, Ints
from coastwatch.watch.shapes.chance import REACH, away, beyond, lost, root_of
from coastwatch.watch.shapes.tree import crossed

ENTRY, EXIT, LEFT_TO_RIGHT, RIGHT_TO_LEFT = 0, 1, 2, 3
LIKELY_P = 0.95  # with a velocity to that side
SURE_P, SURE_SIGMAS, SURE_S = 1e-6, 4.75, 10.0  # without
MOVING_SIGMAS, MOVING_MIN_MPS = 4.0, 0.1
PASSED_P = 0.5  # of a passage through, between two places that are surely outside
# A longer stride than any craft makes is a mend of the track, not a way that it went.
JUMP_M, JUMP_MPS = 500.0, 60.0
NEVER = np.nan

TRACK, SHAPE, STATE, NET = 0, 1, 2, 3
SINCE, SURE, FROM_X, FROM_Y, P = 0, 1, 2, 3, 4


class Pairs(NamedTuple):
    """What is kept of tracks and shapes, sorted by track and shape; only pairs that matter.

    ``keys`` (n, 4): track, shape, state (1 inside), net crossings of a line (1 to its left).
    ``values`` (n, 5): inside since; sure since, of what is to be said; x and y before the track
    touched a shape that it is not in; probability of being inside.
    """

    keys: Ints
    values: Floats


class Shapes(NamedTuple):
    """What is known of each shape: line or area, whether a band round a zone, since which edition.

    ``hull`` (shapes, k, 2) are the corners furthest in k directions round the compass.
    """

    line: NDArray[np.bool_]
    band: NDArray[np.bool_]
    edition: Ints
    hull: Floats


class Scratch(NamedTuple):
    """Room for one track's look at the shapes near it, by shape; ``row`` says whose it is."""

    row: Ints
    within: Ints
    old: Ints
    net: Ints
    touched: Ints
    p_lost: Floats
    near: Floats
    nx: Floats
    ny: Floats
    found: Ints
    edge_row: Ints
    nodes: Ints
    boxes: Floats


def scratch(shapes: int, edges: int) -> Scratch:
    """Room for so many shapes and edges, nobody's yet."""
    ints = [np.empty(shapes, np.int64) for _ in range(5)]
    floats = [np.empty(shapes) for _ in range(4)]
    return Scratch(
        np.full(shapes, -1), *ints[:4], *floats, ints[4], np.full(edges, -1),
        np.empty(128, np.int64), np.empty((128, 3)),
    )  # fmt: skip


@njit()
def add(s: Any, row: int, shape: int, count: int) -> int:
    """The number of shapes found for a row, with this one among them."""
    if s.row[shape] == row:
        return count
    s.row[shape], s.within[shape], s.old[shape], s.net[shape], s.touched[shape] = row, 0, -1, 0, 0
    s.p_lost[shape], s.near[shape], s.nx[shape], s.ny[shape] = 0.0, np.inf, 0.0, 0.0
    s.found[count] = shape
    return count + 1


@njit()
def holding(tree: Any, line: Any, s: Any, row: int, x: float, y: float, count: int) -> int:
    """Finds the areas that hold a place; returns the number of shapes found."""
    cx, cy, half = tree.root[0], tree.root[1], tree.root[2]
    if not (abs(x - cx) < half and abs(y - cy) < half):
        return count
    node = 0
    while True:
        for k in range(tree.cover_at[node], tree.cover_at[node + 1]):
            count = add(s, row, tree.cover[k], count)
            s.within[tree.cover[k]] = 1
        if tree.child[node] < 0:
            break
        node, half = tree.child[node], half / 2
        if x >= cx:
            node, cx = node + 1, cx + half
        else:
            cx -= half
        if y >= cy:
            node, cy = node + 2, cy + half
        else:
            cy -= half
    for g in range(tree.group_at[node], tree.group_at[node + 1]):
        shape, within = tree.group_shape[g], tree.group_in[g]
        if line[shape]:
            continue
        for k in range(tree.edge_at[g], tree.edge_at[g + 1]):
            if crossed(tree.ends[tree.edge[k]], cx, cy, x, y):
                within ^= 1
        if within:
            count = add(s, row, shape, count)
            s.within[shape] = 1
    return count


@njit()
def _look(tree: Any, s: Any, row: int, way: Any, root: Any, count: int) -> int:
    """Looks at all edges within reach of a place, and of the stride to it.

    ``way`` is x, y before and now; ``root`` of the covariance.
    """
    px, py, x, y = way
    rx, ry = REACH * root[0], REACH * math.hypot(root[1], root[2])
    left, right = min(px, x - rx), max(px, x + rx)
    low, high = min(py, y - ry), max(py, y + ry)
    s.nodes[0], top = 0, 1
    s.boxes[0, 0], s.boxes[0, 1], s.boxes[0, 2] = tree.root[0], tree.root[1], tree.root[2]
    while top:
        top -= 1
        node, cx, cy, half = s.nodes[top], s.boxes[top, 0], s.boxes[top, 1], s.boxes[top, 2]
        if left > cx + half or right < cx - half or low > cy + half or high < cy - half:
            continue
        child = tree.child[node]
        if child >= 0:
            half /= 2
            for q in range(4):
                s.nodes[top] = child + q
                s.boxes[top, 0] = cx + (half if q & 1 else -half)
                s.boxes[top, 1] = cy + (half if q & 2 else -half)
                s.boxes[top, 2] = half
                top += 1
            continue
        first, last = tree.group_at[node], tree.group_at[node + 1]
        for k in range(tree.edge_at[first], tree.edge_at[last]):
            j = tree.edge[k]
            e = tree.ends[j]
            if min(e[0], e[2]) > right or max(e[0], e[2]) < left:
                continue
            if min(e[1], e[3]) > high or max(e[1], e[3]) < low or s.edge_row[j] == row:
                continue
            s.edge_row[j] = row
            count = _edge(s, row, e, tree.owner[j], way, root, count)
    return count


@njit()
def _edge(s: Any, row: int, e: Any, shape: int, way: Any, root: Any, count: int) -> int:
    """Takes one edge into the account of its shape: crossed, how near, what it takes from p."""
    px, py, x, y = way
    l11, l21, l22 = root
    sign = crossed(e, px, py, x, y)
    ax, bx = (e[0] - x) / l11, (e[2] - x) / l11
    ay, by = (e[1] - y - l21 * ax) / l22, (e[3] - y - l21 * bx) / l22
    near = away(ax, ay, bx, by)
    if not sign and near > REACH:
        return count
    count = add(s, row, shape, count)
    if sign:
        s.touched[shape] = 1
        s.net[shape] += sign
    if near <= REACH:
        dx, dy = e[2] - e[0], e[3] - e[1]
        left = dx * (y - e[1]) - dy * (x - e[0]) > 0.0
        s.p_lost[shape] += lost(ax, ay, bx, by, left)
        length = math.hypot(dx, dy)
        if near < s.near[shape] and length > 0:
            s.near[shape], s.nx[shape], s.ny[shape] = near, -dy / length, dx / length
    return count


@njit()
def _moves(s: Any, shape: int, v: Any, cov: Any, sign: float) -> bool:
    """Whether a track surely moves to the left of a shape's nearest edge (``sign`` 1), or right.

    Where no edge is near, that it surely moves at all.
    """
    vx, vy = v
    nx, ny, speed = s.nx[shape] * sign, s.ny[shape] * sign, math.hypot(vx, vy)
    if s.near[shape] > REACH:
        if speed < MOVING_MIN_MPS:
            return False
        nx, ny = vx / speed, vy / speed
    along = vx * nx + vy * ny
    variance = cov[2, 2] * nx * nx + 2 * cov[2, 3] * nx * ny + cov[3, 3] * ny * ny
    # What cannot be compared (NaN) is no motion.
    return along >= MOVING_MIN_MPS and along * along >= MOVING_SIGMAS**2 * max(variance, 0.0)


@njit()
def _across(hull: Any, x0: float, y0: float, x: float, y: float, variance: Any) -> float:
    """The probability that a straight way goes through a shape, as wide as it is across the way."""
    length = math.hypot(x - x0, y - y0)
    if length < 1e-6:
        return 0.0
    nx, ny = -(y - y0) / length, (x - x0) / length
    low, high = np.inf, -np.inf
    for k in range(len(hull)):
        off = (hull[k, 0] - x0) * nx + (hull[k, 1] - y0) * ny
        low, high = min(low, off), max(high, off)
    l11, l21, l22 = variance
    sigma = math.hypot(l11 * nx + l21 * ny, l22 * ny)
    return beyond(low / sigma) - beyond(high / sigma)


@njit()
def _since(value: Any, time_s: float, holds: bool) -> bool:
    """Whether what holds now has held for long enough; keeps since when."""
    if not holds:
        value[SURE] = NEVER
        return False
    if math.isnan(value[SURE]):
        value[SURE] = time_s
    return time_s - value[SURE] >= SURE_S


@njit()
def _meets(tree: Any, shape: int, first: Any, x0: float, y0: float, x: float, y: float) -> bool:
    """Whether a straight way meets a shape's edge."""
    for j in range(first[shape], first[shape + 1]):
        if crossed(tree.ends[j], x0, y0, x, y):
            return True
    return False


@njit()
def _area(s: Any, shape: int, key: Any, value: Any, track: Any) -> Any:
    """What an area or band is to a track now: (event or -1, whether the pair is kept).

    A track that touched it and is surely outside again gives event -2: it may have gone through.
    """
    time_s, px, py, v, cov = track
    p = value[P]
    if key[STATE]:
        out = s.within[shape] == 0 and p <= 1 - LIKELY_P and _moves(s, shape, v, cov, -1.0)
        if _since(value, time_s, s.within[shape] == 0 and p <= SURE_P) or out:
            return EXIT, False
        return -1, True
    came = p >= LIKELY_P and _moves(s, shape, v, cov, 1.0)
    met = not math.isnan(value[FROM_X])
    if not met and (s.touched[shape] or s.within[shape]):
        value[FROM_X], value[FROM_Y], met = px, py, True
    gone = met and p <= 1 - LIKELY_P and _moves(s, shape, v, cov, -1.0)
    sure = p >= 1 - SURE_P or (met and p <= SURE_P)
    if _since(value, time_s, sure):
        came, gone = came or p > 0.5, gone or p < 0.5
    if came:
        key[STATE], value[SINCE], value[SURE] = 1, time_s, NEVER
        value[FROM_X] = value[FROM_Y] = NEVER
        return ENTRY, True
    return (-2, False) if gone else (-1, met)


@njit()
def _line(s: Any, shape: int, key: Any, value: Any, track: Any) -> Any:
    """What a line is to a track now: (event or -1, whether the pair is kept)."""
    time_s, px, py, v, cov = track
    key[NET] += s.net[shape]
    if key[NET] == 0:
        return -1, False
    near = s.near[shape]
    value[P] = 1.0 - beyond(near)
    over = value[P] >= LIKELY_P and _moves(s, shape, v, cov, 1.0 if key[NET] > 0 else -1.0)
    if _since(value, time_s, near >= SURE_SIGMAS) or over:
        return (RIGHT_TO_LEFT if key[NET] > 0 else LEFT_TO_RIGHT), False
    return -1, True


@njit()
def in_order(found: Any, count: int) -> None:
    for i in range(1, count):
        shape, j = found[i], i - 1
        while j >= 0 and found[j] > shape:
            found[j + 1] = found[j]
            j -= 1
        found[j + 1] = shape


@njit()
def roomy(a: Any, n: int) -> Any:
    if n <= len(a):
        return a
    more = np.empty((2 * n, a.shape[1]), a.dtype)
    more[: len(a)] = a
    return more


def _entry(version: int) -> Any:
    @njit(cache=True)
    def follow(
        tree_: Any, shapes_: Any, scratch_: Any, first_edge: Any, old_: Any, begin: Any, end: Any,
        ids: Any, state_: Any, cov_: Any, before: Any, edition: Any, waited: Any, time_s: float,
    ) -> Any:  # fmt: skip
        """The pairs from now on, where each row's begin, and events: (row, shape, what), p.

        ``begin`` and ``end`` are each row's ``old`` pairs; ``before`` (rows, 2) where it was, NaN
        for a new track; ``edition`` (rows,) of the shapes when it was last seen; ``waited`` (rows,)
        seconds since then.
        """
        tree, shapes, s, old = (
            uncounted(tree_),
            uncounted(shapes_),
            uncounted(scratch_),
            uncounted(old_),
        )
        state, cov = uncounted(state_), uncounted(cov_)
        n = len(ids) if version else 0
        keys, values = np.empty((2 * len(old.keys) + 64, 4), np.int64), np.empty((64, 5))
        at, pairs = np.zeros(n + 1, np.int64), 0
        events, chances, told = np.empty((64, 3), np.int64), np.empty((64, 1)), 0
        for row in range(n):
            x, y, root = state[row, 0], state[row, 1], root_of(cov[row])
            px, py = before[row, 0], before[row, 1]
            born = math.isnan(px)
            stride = max(JUMP_M, JUMP_MPS * waited[row])
            if born or not math.hypot(x - px, y - py) <= stride:
                px, py = x, y
            count = 0
            for k in range(begin[row], end[row]):
                count = add(s, row, old.keys[k, SHAPE], count)
                s.old[old.keys[k, SHAPE]] = k
            count = holding(tree, shapes.line, s, row, x, y, count)
            count = _look(tree, s, row, (px, py, x, y), root, count)
            in_order(s.found, count)
            keys, values = roomy(keys, pairs + count), roomy(values, pairs + count)
            events, chances = roomy(events, told + 2 * count), roomy(chances, told + 2 * count)
            track = (time_s, px, py, (state[row, 2], state[row, 3]), cov[row])
            for f in range(count):
                shape = s.found[f]
                key, value, k = keys[pairs], values[pairs], s.old[shape]
                if k >= 0:
                    key[:], value[:] = old.keys[k], old.values[k]
                else:
                    key[TRACK], key[SHAPE], key[STATE], key[NET] = ids[row], shape, 0, 0
                    value[:] = NEVER
                event, kept = -1, False
                value[P] = min(max(s.within[shape] - s.p_lost[shape], 0.0), 1.0)
                if k < 0 and (born or shapes.edition[shape] > edition[row]):
                    # Nobody enters by being born or by an edit.
                    kept = not shapes.line[shape] and value[P] >= 0.5
                    key[STATE], value[SINCE] = kept, time_s
                elif shapes.line[shape]:
                    event, kept = _line(s, shape, key, value, track)
                else:
                    event, kept = _area(s, shape, key, value, track)
                if event == -2:
                    x0, y0 = value[FROM_X], value[FROM_Y]
                    p = _across(shapes.hull[shape], x0, y0, x, y, root)
                    if p >= PASSED_P and _meets(tree, shape, first_edge, x0, y0, x, y):
                        for what in (ENTRY, EXIT):
                            events[told, 0], events[told, 1], events[told, 2] = row, shape, what
                            chances[told, 0] = p
                            told += 1
                elif event >= 0:
                    events[told, 0], events[told, 1], events[told, 2] = row, shape, event
                    chances[told, 0] = 1.0 - value[P] if event == EXIT else value[P]
                    told += 1
                pairs += kept
            at[row + 1] = pairs
        return (
            keys[:pairs].copy(),
            values[:pairs].copy(),
            at,
            events[:told].copy(),
            chances[:told, 0].copy(),
        )

    return follow


follow = _entry(sources(Path(__file__).parent))
