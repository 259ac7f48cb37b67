"""A tree of square cells over the edges of shapes: what lies near a place, without looking far.

A cell with few edges is a leaf. A shape without an edge in a cell holds the whole cell or nothing
of it: that is said once, at the largest such cell. Where a shape has edges in a leaf, the leaf
says whether its centre is inside; a place is inside if the way from the centre to it crosses an
even number of edges, or else odd. No edge outside the leaf is ever looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coastwatch.kernels import sources
from coastwatch.model import Floats, Ints

LEAF_EDGES = 8
LEVELS_MAX = 18
HALF_MIN_M = 25.0
# Edges that lie on one another are not told apart by smaller cells: then stop.
ENTRIES_MAX, ENTRIES_FEW = 16, 4096
CLOSE_M = 1e-3  # an edge so near to a cell counts as in it
# No centre of a cell should lie on an edge that somebody drew at a round number.
ODD = 0.6180339887498949


class Tree(NamedTuple):
    """Cells and what is in them; nodes are numbered level by level, the root is 0.

    ``root`` is its centre and half width. ``child`` is the first of four (x then y rising), -1 at a
    leaf. The shapes that hold node n but not its parent: ``cover[cover_at[n]:cover_at[n + 1]]``. In
    a leaf, groups ``group_at[n]:group_at[n + 1]`` of the edges of one shape ``group_shape``, of
    which ``group_in`` says whether the centre is inside: ``edge[edge_at[g]:edge_at[g + 1]]``.
    ``ends`` (edges, 4) are x, y of begin and end, the inside to the left; ``owner`` their shapes.
    """

    root: Floats
    child: Ints
    cover_at: Ints
    cover: Ints
    group_at: Ints
    group_shape: Ints
    group_in: Ints
    edge_at: Ints
    edge: Ints
    ends: Floats
    owner: Ints


def tree_of(ends: Floats, owner: Ints, line: NDArray[np.bool_]) -> Tree:
    """The tree of edges sorted by ``owner``; ``line`` (shapes,) tells lines from areas."""
    if not len(ends):
        none, two = np.empty(0, np.int64), np.zeros(2, np.int64)
        root = np.array([0.0, 0.0, 1.0])
        return Tree(root, np.array([-1]), two, none, two, none, none, two[:1], none, ends, owner)
    x, y = ends[:, ::2], ends[:, 1::2]
    wide = max(np.ptp(x), np.ptp(y), 100.0)
    root = np.array([x.min() + wide * ODD, y.min() + wide * (ODD - 0.05), wide * 0.7])
    return Tree._make((root, *build(ends, owner, line, root), ends, owner))


@njit()
def left_of(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether a place lies to the left of the edge a -> b; on it counts as right."""
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0


@njit()
def crossed(e: Any, px: float, py: float, qx: float, qy: float) -> int:
    """1 where the way p -> q crosses an edge from its right to its left, -1 the other way, or 0.

    A way through the vertex of two edges crosses one of them, or both, or none: never wrongly.
    """
    ax, ay, bx, by = e[0], e[1], e[2], e[3]
    before, after = left_of(ax, ay, bx, by, px, py), left_of(ax, ay, bx, by, qx, qy)
    if before == after or left_of(px, py, qx, qy, ax, ay) == left_of(px, py, qx, qy, bx, by):
        return 0
    return 1 if after else -1


@njit()
def _touches(e: Any, cx: float, cy: float, half: float) -> bool:
    """Whether an edge comes into a square cell (separating axes)."""
    reach = half + CLOSE_M
    if min(e[0], e[2]) > cx + reach or max(e[0], e[2]) < cx - reach:
        return False
    if min(e[1], e[3]) > cy + reach or max(e[1], e[3]) < cy - reach:
        return False
    dx, dy = e[2] - e[0], e[3] - e[1]
    across = dx * (cy - e[1]) - dy * (cx - e[0])
    return bool(abs(across) <= reach * (abs(dx) + abs(dy)))


@njit()
def _room(a: Any, n: int) -> Any:
    """The array with room for ``n``."""
    if n <= len(a):
        return a
    more = np.empty(max(2 * len(a), n), a.dtype)
    more[: len(a)] = a
    return more


@njit()
def _groups(ends: Any, owner: Any, line: Any, root: Any) -> Any:
    """The root's groups: shape and whether the centre is inside, and where their edges begin."""
    shape, inside = np.empty(len(line), np.int64), np.empty(len(line), np.int64)
    at, count = np.zeros(len(line) + 1, np.int64), 0
    far_x, far_y = root[0] - 2 * root[2], root[1] - 1.9 * root[2]
    for e in range(len(ends)):
        if e == 0 or owner[e] != owner[e - 1]:
            shape[count], inside[count], at[count] = owner[e], 0, e
            count += 1
        if crossed(ends[e], far_x, far_y, root[0], root[1]):
            inside[count - 1] ^= 1
    at[count] = len(ends)
    return shape[:count].copy(), inside[:count].copy(), at[: count + 1].copy()


@njit()
def _part(level: Any, ends: Any, line: Any, old: Any, new: Any, out: Any) -> Any:
    """One child's share of its parent's groups: (groups, entries, covers) now in ``out``.

    ``old`` and ``new`` are the centres of parent and child and half its width.
    """
    shape, inside, at, edge, first, last = level
    g_shape, g_in, g_at, g_edge, cover, groups, entries, covers = out
    for g in range(first, last):
        within, begun = inside[g], entries
        g_edge = _room(g_edge, entries + at[g + 1] - at[g])
        for k in range(at[g], at[g + 1]):
            e = ends[edge[k]]
            if crossed(e, old[0], old[1], new[0], new[1]):
                within ^= 1
            if _touches(e, new[0], new[1], new[2]):
                g_edge[entries] = edge[k]
                entries += 1
        if entries > begun:
            g_shape, g_in = _room(g_shape, groups + 1), _room(g_in, groups + 1)
            g_at = _room(g_at, groups + 2)
            g_shape[groups], g_in[groups], g_at[groups + 1] = shape[g], within, entries
            groups += 1
        elif within and not line[shape[g]]:
            cover = _room(cover, covers + 1)
            cover[covers] = shape[g]
            covers += 1
    return g_shape, g_in, g_at, g_edge, cover, groups, entries, covers


@njit()
def _leaf(leaves: Any, shape: Any, inside: Any, at: Any, edge: Any, first: int, last: int) -> Any:
    """The leaves' lists with one more leaf."""
    l_shape, l_in, l_at, l_edge, groups, entries = leaves
    for g in range(first, last):
        l_shape, l_in = _room(l_shape, groups + 1), _room(l_in, groups + 1)
        l_at, l_edge = _room(l_at, groups + 2), _room(l_edge, entries + at[g + 1] - at[g])
        for k in range(at[g], at[g + 1]):
            l_edge[entries] = edge[k]
            entries += 1
        l_shape[groups], l_in[groups], l_at[groups + 1] = shape[g], inside[g], entries
        groups += 1
    return l_shape, l_in, l_at, l_edge, groups, entries


def _entry(version: int) -> Any:
    @njit(cache=True)
    def build(ends: Any, owner: Any, line: Any, root: Any) -> Any:
        """Child, cover_at, cover, group_at, group_shape, group_in, edge_at, edge of ``Tree``."""
        few = np.zeros(64 if version else 65, np.int64)
        most = ENTRIES_MAX * len(ends) + ENTRIES_FEW
        child, cover_at, group_at = few.copy(), few.copy(), few.copy()
        leaves = (few.copy(), few.copy(), few.copy(), few.copy(), 0, 0)
        cover, covers = few.copy(), 0
        shape, inside, at = _groups(ends, owner, line, root)
        edge = np.arange(len(ends))
        of_node = np.array([0, len(shape)])  # where each node's groups begin, on this level
        centre = np.empty((1, 2))
        centre[0, 0], centre[0, 1] = root[0], root[1]
        node, nodes, half = 0, 1, root[2]
        for level in range(LEVELS_MAX + 1):
            parts = (
                few.copy(),
                few.copy(),
                np.zeros(64, np.int64),
                few.copy(),
                cover,
                0,
                0,
                covers,
            )
            n = len(of_node) - 1
            centres, begins, made = np.empty((4 * n, 2)), np.zeros(4 * n + 1, np.int64), 0
            for k in range(n):
                first, last = of_node[k], of_node[k + 1]
                child, group_at = _room(child, node + 1), _room(group_at, node + 2)
                small = half <= HALF_MIN_M or level == LEVELS_MAX or leaves[5] + parts[6] > most
                if small or at[last] - at[first] <= LEAF_EDGES:
                    child[node] = -1
                    leaves = _leaf(leaves, shape, inside, at, edge, first, last)
                else:
                    child[node] = nodes
                    for q in range(4):
                        x = centre[k, 0] + (half if q & 1 else -half) / 2
                        y = centre[k, 1] + (half if q & 2 else -half) / 2
                        parts = _part(
                            (shape, inside, at, edge, first, last),
                            ends,
                            line,
                            (centre[k, 0], centre[k, 1]),
                            (x, y, half / 2),
                            parts,
                        )
                        centres[made, 0], centres[made, 1] = x, y
                        begins[made + 1] = parts[5]
                        made += 1
                        cover_at = _room(cover_at, nodes + 2)
                        cover_at[nodes + 1] = parts[7]
                        nodes += 1
                group_at[node + 1] = leaves[4]
                node += 1
            cover, covers = parts[4], parts[7]
            if not made:
                break
            shape, inside, at, edge = parts[0], parts[1], parts[2], parts[3]
            of_node, centre, half = begins[: made + 1], centres[:made], half / 2
        groups, entries = leaves[4], leaves[5]
        return (
            child[:nodes].copy(), cover_at[: nodes + 1].copy(), cover[:covers].copy(),
            group_at[: nodes + 1].copy(), leaves[0][:groups].copy(), leaves[1][:groups].copy(),
            leaves[2][: groups + 1].copy(), leaves[3][:entries].copy(),
        )  # fmt: skip

    return build


build = _entry(sources(Path(__file__).parent))
