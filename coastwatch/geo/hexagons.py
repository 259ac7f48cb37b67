"""A plane in hexagons: pointy-top cells in axial coordinates, as density is counted in.

After Red Blob Games, *Hexagonal grids* (axial coordinates, cube rounding).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coastwatch.model import Floats

ROOT_3 = 3.0**0.5
# A cell of the density that is kept: a nautical mile from centre to centre.
HEXAGON_M = 1852.0


def cell_of(
    x_m: ArrayLike, y_m: ArrayLike, size_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells (q, r) of positions in the plane; neighbours' centres are ``size_m`` apart.

    q grows to the east, r to the north-north-east. What is not finite raises ValueError.
    """
    x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a position that is not finite is in no hexagon")
    q, r = (x - y / ROOT_3) / size_m, 2 * y / ROOT_3 / size_m
    s = -q - r
    whole = [np.rint(one) for one in (q, r, s)]
    off = [np.abs(a - b) for a, b in zip(whole, (q, r, s), strict=True)]
    first = (off[0] > off[1]) & (off[0] > off[2])
    second = ~first & (off[1] > off[2])
    q = np.where(first, -whole[1] - whole[2], whole[0])
    r = np.where(second, -whole[0] - whole[2], whole[1])
    return q.astype(np.int64), r.astype(np.int64)


def centre_of(q: ArrayLike, r: ArrayLike, size_m: float) -> tuple[Floats, Floats]:
    """The centres of cells in the plane (m)."""
    q, r = np.asarray(q, float), np.asarray(r, float)
    return (q + r / 2) * size_m, r * size_m * ROOT_3 / 2


def corners_of(q: ArrayLike, r: ArrayLike, size_m: float) -> tuple[Floats, Floats]:
    """The six corners of cells, counter-clockwise from the north-east one: shape (..., 6) each."""
    x, y = centre_of(q, r, size_m)
    turn = np.radians(30.0 + 60.0 * np.arange(6))
    side = size_m / ROOT_3
    return x[..., None] + side * np.cos(turn), y[..., None] + side * np.sin(turn)
