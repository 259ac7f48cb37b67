"""Global nearest neighbour: which plot belongs to which track, cluster by cluster."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coastwatch.model import Floats, Ints


def assign(rows: Ints, columns: Ints, gain: Floats) -> tuple[Ints, Ints]:
    """The pairs of greatest total gain, each row and column used once at most.

    ``rows``, ``columns`` and ``gain`` list the pairs that are possible (in the gate); a pair
    without positive gain is never taken. Solved exactly in each connected cluster.
    """
    good = gain > 0
    rows, columns, gain = rows[good], columns[good], gain[good]
    if not len(rows):
        return rows, columns
    row_ids, r = np.unique(rows, return_inverse=True)
    column_ids, c = np.unique(columns, return_inverse=True)
    size = len(row_ids) + len(column_ids)
    links = coo_array((np.ones(len(r)), (r, len(row_ids) + c)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    order = np.argsort(label[r], kind="stable")
    bounds = np.flatnonzero(np.diff(label[r][order], prepend=-1, append=-2))
    taken = []
    for begin, end in pairwise(bounds):
        pairs = order[begin:end]
        if len(pairs) == 1:
            taken.append(pairs)
            continue
        rr, ri = np.unique(r[pairs], return_inverse=True)
        cc, ci = np.unique(c[pairs], return_inverse=True)
        matrix = np.zeros((len(rr), len(cc)))
        index = np.full(matrix.shape, -1)
        matrix[ri, ci] = gain[pairs]
        index[ri, ci] = pairs
        a, b = linear_sum_assignment(matrix, maximize=True)
        chosen = index[a, b]
        taken.append(chosen[chosen >= 0])
    picked = np.sort(np.concatenate(taken))
    return rows[picked], columns[picked]
