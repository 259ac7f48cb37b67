"""Distances between two sets of points: GOSPA and OSPA."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from coastwatch.model import Floats

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]  # rows and columns, pair by pair


class Gospa(NamedTuple):
    """A GOSPA distance and its parts: ``distance**p = localisation + missed + false``.

    ``localisation`` is the sum of the assigned distances to the power p; ``missed`` and ``false``
    are c^p/2 for each truth without estimate and each estimate without truth; ``assigned`` counts
    the pairs.
    """

    distance: float
    localisation: float
    missed: float
    false: float
    assigned: int


def gospa(truth: ArrayLike, estimates: ArrayLike, c: float, p: float = 2.0) -> Gospa:
    """Generalised OSPA with alpha = 2 (Rahmathullah, Garcia-Fernandez, Svensson 2017, eq. 3).

    ``truth`` (n, dimensions) and ``estimates`` (m, dimensions) in one unit, either may be empty;
    ``c`` > 0 is the distance beyond which a pair is a miss and a false estimate; ``p`` >= 1.
    Raises ValueError for other c and p.
    """
    distances = _distances(truth, estimates, c, p)
    return gospa_of(distances, assign(distances, c, p), c, p)


def ospa(truth: ArrayLike, estimates: ArrayLike, c: float, p: float = 2.0) -> float:
    """Optimal sub-pattern assignment distance (Schuhmacher, Vo, Vo 2008, eq. 3), 0..c.

    Arguments and errors as ``gospa``; 0 where both sets are empty, c where only one is. Raises
    ValueError for c not above 0 and p below 1.
    """
    distances = _distances(truth, estimates, c, p)
    return ospa_of(distances, assign(distances, c, p), c, p)


def gospa_of(distances: Floats, pairs: Pairs, c: float, p: float = 2.0) -> Gospa:
    """GOSPA of a matrix of distances, (truths, estimates), and its best pairs."""
    n, m = distances.shape
    rows, columns = pairs
    localisation = float(np.sum(distances[rows, columns] ** p))
    missed, false = (c**p / 2 * (count - len(rows)) for count in (n, m))
    total = localisation + missed + false
    return Gospa(total ** (1 / p), localisation, missed, false, len(rows))


def ospa_of(distances: Floats, pairs: Pairs, c: float, p: float = 2.0) -> float:
    """OSPA of a matrix of distances, (truths, estimates), and its best pairs."""
    most = max(distances.shape)
    if most == 0:
        return 0.0
    rows, columns = pairs
    near = float(np.sum(distances[rows, columns] ** p))
    return float(((near + c**p * (most - len(rows))) / most) ** (1 / p))


def assign(distances: Floats, c: float, p: float = 2.0) -> Pairs:
    """Rows and columns of the best pairs nearer than ``c``, in order of rows."""
    near = distances < c
    if near.sum(axis=0).max(initial=0) <= 1 and near.sum(axis=1).max(initial=0) <= 1:
        rows, columns = np.nonzero(near)  # nothing to choose: the usual case at sea
        return rows, columns
    rows, columns = linear_sum_assignment(np.minimum(distances, c) ** p)
    kept = near[rows, columns]
    return rows[kept], columns[kept]


def _distances(truth: ArrayLike, estimates: ArrayLike, c: float, p: float) -> Floats:
    if not (c > 0 and p >= 1 and np.isfinite(c) and np.isfinite(p)):
        raise ValueError(f"c = {c} must be above 0 and p = {p} at least 1")
    x, y = _points(truth), _points(estimates)
    if not (len(x) and len(y)):
        return np.empty((len(x), len(y)))
    out: Floats = np.linalg.norm(x[:, None, :] - y[None, :, :], axis=-1)
    return out


def _points(points: ArrayLike) -> Floats:
    array = np.asarray(points, dtype=np.float64)
    return array.reshape(len(array), array.size // max(len(array), 1))
