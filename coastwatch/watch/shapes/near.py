"""What lies near one track: the shapes that hold it, the edges within reach of it and its way."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from coastwatch.model import Floats, Ints
from coastwatch.watch.shapes.chance import REACH, away, lost
from coastwatch.watch.shapes.tree import crossed


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
    a, b, c, d, found = (np.empty(shapes, np.int64) for _ in range(5))
    p_lost, near, nx, ny = (np.empty(shapes) for _ in range(4))
    return Scratch(
        np.full(shapes, -1), a, b, c, d, p_lost, near, nx, ny, found, np.full(edges, -1),
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
def look(tree: Any, s: Any, row: int, way: Any, root: Any, count: int) -> int:
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
def in_order(found: Any, count: int) -> None:
    for i in range(1, count):
        shape, j = found[i], i - 1
        while j >= 0 and found[j] > shape:
            found[j + 1] = found[j]
            j -= 1
        found[j + 1] = shape
