"""Which measurement may belong to which track, and by global nearest neighbour, which does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from coastwatch.model import Floats, Ints

# A crowd of echoes in one place must not grow the pairs, or the matrix of a cluster, by its square.
NEAREST = 16
EXACT_CELLS = 250_000


def near(centres: Floats, reach_m: Floats, points: Floats) -> tuple[Ints, Ints]:
    """Pairs (centre, point) no further apart than the centre's reach, in order of centre.

    ``centres`` (n, 2), ``reach_m`` (n,), ``points`` (m, 2). Each centre has its ``NEAREST`` points
    at most.
    """
    none = np.empty(0, dtype=np.int64)
    if not len(centres) or not len(points):
        return none, none
    k = np.arange(1, min(NEAREST, len(points)) + 1)
    limit = float(reach_m.max()) * (1 + 1e-9)
    found = cKDTree(points).query(centres, k=k, distance_upper_bound=limit)
    apart, index = (np.asarray(column) for column in found)
    rows, ranks = np.nonzero(apart <= reach_m[:, None])
    return rows, index[rows, ranks].astype(np.int64)


def assign(rows: Ints, columns: Ints, gain: Floats) -> Ints:
    """The index of the pairs of greatest total gain, each row and column used once at most.

    ``rows``, ``columns`` and ``gain`` list the pairs that are possible (in the gate); a pair
    without positive gain is never taken. Solved exactly in each connected cluster, save one of
    more than ``EXACT_CELLS`` (rows times columns): there the best pair goes first.
    """
    good = np.flatnonzero(gain > 0)
    if not len(good):
        return good
    row_ids, r = np.unique(rows[good], return_inverse=True)
    column_ids, c = np.unique(columns[good], return_inverse=True)
    size = len(row_ids) + len(column_ids)
    links = coo_array((np.ones(len(r)), (r, len(row_ids) + c)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    order = np.argsort(label[r], kind="stable")
    bounds = np.flatnonzero(np.diff(label[r][order], prepend=-1, append=-2))
    taken = []
    for begin, end in pairwise(bounds):
        pairs = order[begin:end]
        if len(pairs) > 1:
            pairs = pairs[_solve(r[pairs], c[pairs], gain[good[pairs]])]
        taken.append(pairs)
    picked: Ints = good[np.sort(np.concatenate(taken))]
    return picked


def _solve(rows: Ints, columns: Ints, gain: Floats) -> Ints:
    row_ids, r = np.unique(rows, return_inverse=True)
    column_ids, c = np.unique(columns, return_inverse=True)
    if len(row_ids) * len(column_ids) > EXACT_CELLS:
        return _best_first(r, c, gain)
    matrix = np.zeros((len(row_ids), len(column_ids)))
    index = np.full(matrix.shape, -1)
    matrix[r, c] = gain
    index[r, c] = np.arange(len(r))
    chosen: Ints = index[linear_sum_assignment(matrix, maximize=True)]
    return chosen[chosen >= 0]


def _best_first(rows: Ints, columns: Ints, gain: Floats) -> Ints:
    used_row: set[int] = set()
    used_column: set[int] = set()
    taken = []
    for pair in np.argsort(-gain, kind="stable").tolist():
        r, c = int(rows[pair]), int(columns[pair])
        if r not in used_row and c not in used_column:
            used_row.add(r)
            used_column.add(c)
            taken.append(pair)
    return np.array(taken, dtype=np.int64)
