"""How far the shore is from anywhere in the plane, quickly: tiles of signed distance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from coastwatch.geo.coast import coast
from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints

CELL_M, CELLS = 200.0, 256  # of a tile's side
EDGE = 125  # cells around a tile: shores as far as this count
STEP = 22  # divides the 506 cells of a tile with its edges
FAR_M = EDGE * CELL_M
TILES_MAX = 128  # of 265 kB; beyond nothing is known
ROUND_M = 2e7  # to the earth's other end

_Tile = NDArray[np.float32]


class Shore:
    """Metres to the nearest shore of GSHHG, good to some 100 m; tiles are made when asked for.

    A distance is never more than FAR_M (25 km), which then means that far or further.
    """

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._tiles: dict[tuple[int, int], _Tile] = {}

    def distance_m(self, x_m: Floats, y_m: Floats) -> Floats:
        """(n,) metres to the shore from places of the plane, 0 on land; NaN where unknown."""
        signed = self.signed_m(x_m, y_m)
        return np.where(signed < 0, 0.0, signed)

    def signed_m(self, x_m: Floats, y_m: Floats) -> Floats:
        """As ``distance_m``, but negative on land: how far inland."""
        out = np.full(len(x_m), np.nan)
        known = np.flatnonzero((np.abs(x_m) < ROUND_M) & (np.abs(y_m) < ROUND_M))
        at = np.column_stack([x_m, y_m])[known] / CELL_M
        for tile, here in _by_tile(np.floor(at / CELLS).astype(np.int64)):
            if tile not in self._tiles:
                if len(self._tiles) >= TILES_MAX:
                    continue
                self._tiles[tile] = _signed(self._plane, *tile)
            out[known[here]] = _between(self._tiles[tile], at[here] - np.array(tile) * CELLS)
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        return Shore, (self._plane,)


def _by_tile(tile: Ints) -> Iterator[tuple[tuple[int, int], Ints]]:
    order = np.lexsort(tile.T)
    cuts = np.flatnonzero(np.diff(tile[order], axis=0).any(axis=1)) + 1
    for here in np.split(order, cuts) if len(tile) else []:
        i, j = tile[here[0]].tolist()
        yield (i, j), here


def _between(tile: _Tile, at: Floats) -> Floats:
    """Bilinear between the corners of cells, at which the tile's values stand."""
    column, line = np.minimum(np.floor(at).astype(np.int64), CELLS - 1).T
    u, v = at[:, 0] - column, at[:, 1] - line
    low = (1 - u) * tile[line, column] + u * tile[line, column + 1]
    high = (1 - u) * tile[line + 1, column] + u * tile[line + 1, column + 1]
    return np.asarray((1 - v) * low + v * high)


def _corners(plane: Plane, i: int, j: int) -> tuple[Floats, Floats]:
    """Degrees of the corners of a tile's cells and of those around it.

    Every 22nd is projected, and what lies between is interpolated: right to a metre, ten times as
    quick.
    """
    at = np.arange(-EDGE, CELLS + EDGE + 1.0)
    few = at[::STEP]
    lon, lat = plane.to_lonlat(*np.meshgrid((i * CELLS + few) * CELL_M, (j * CELLS + few) * CELL_M))
    # Degrees that run on over the antimeridian, so that the window is the short way round.
    lon = plane.origin[0] + np.remainder(lon - plane.origin[0] + 180.0, 360.0) - 180.0
    weights = np.maximum(1 - np.abs(at[:, None] - few) / STEP, 0)
    return weights @ lon @ weights.T, weights @ lat @ weights.T


def _signed(plane: Plane, i: int, j: int) -> _Tile:
    """Signed distances at the (CELLS + 1)^2 corners of a tile's cells."""
    lon, lat = _corners(plane, i, j)
    if not np.isfinite(lon + lat).all():
        return np.full((CELLS + 1, CELLS + 1), np.nan, dtype=np.float32)
    land = coast(lon.min(), lat.min(), lon.max(), lat.max())
    shapely.prepare(land)
    dry = shapely.contains_xy(land, np.remainder(lon + 180.0, 360.0) - 180.0, lat)
    sea = distance_transform_edt(~dry) if dry.any() else np.full(dry.shape, np.inf)
    inland = distance_transform_edt(dry) if not dry.all() else np.full(dry.shape, np.inf)
    # The shore passes half a cell before the first corner on its other side.
    signed = np.where(dry, 0.5 - inland, sea - 0.5) * CELL_M
    signed = np.clip(signed, -FAR_M, FAR_M).astype(np.float32)
    return np.ascontiguousarray(signed[EDGE:-EDGE, EDGE:-EDGE])
