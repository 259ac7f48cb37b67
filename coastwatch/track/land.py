"""Land, as far as it matters to the picture: what is only seen deep inland is no craft.

The shores are good to some 100 m and know few canals, so only what lies well behind them counts;
and where a vessel reports itself there is water, whatever the coast says.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from coastwatch.geo.coast import coast
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints
from coastwatch.track import lifecycle
from coastwatch.track.table import Rows

DEEP_M = 300.0
CELL_M, CELLS = 100.0, 512  # of a tile's side
EDGE = 5  # cells around a tile, so that shores just beyond it count
TILES_MAX = 256  # of 262 kB; there is no land beyond
ROUND_M = 2e7  # to the earth's other end
AFLOAT_MPS = 30.0  # what is quicker flies


class Land:
    """Tells what lies deep inland, anywhere in the plane; tiles are made as they are asked for."""

    def __init__(self, plane: Plane, believed: bool = True) -> None:
        self._plane, self._believed = plane, believed
        self._tiles: dict[tuple[int, int], NDArray[np.bool_]] = {}

    def inland(self, xy: Floats) -> NDArray[np.bool_]:
        """Whether each place (n, 2), m, lies more than DEEP_M behind every shore; none where
        the coast is not ``believed``."""
        out = np.zeros(len(xy), np.bool_)
        if not self._believed:
            return out
        for tile, here, lines, columns in _by_tile(xy):
            if tile not in self._tiles and len(self._tiles) < TILES_MAX:
                self._tiles[tile] = _deep(self._plane, *tile)
            if tile in self._tiles:
                out[here] = self._tiles[tile][lines, columns]
        return out

    def hold(self, rows: Rows, high: int) -> int:
        """Mark those that may soon be confirmed and lie deep inland; how many did not before."""
        likely = np.flatnonzero(lifecycle.likely(rows, high))
        inland = self.inland(rows.x[likely, :2])
        held = int((inland & (rows.ashore[likely] == 0)).sum())
        rows.ashore[likely] = inland
        return held

    def sailed(self, d: Detections) -> None:
        """Vessels report themselves, ``d`` placed: there is water about them."""
        if not self._tiles:
            return
        wide = int(DEEP_M / CELL_M)
        xy = np.column_stack([d.x_m, d.y_m])[d.sog_mps < AFLOAT_MPS]
        for tile, _, lines, columns in _by_tile(xy):
            # Only where tracks have been looked up: far more reports than that come from afar.
            if tile in self._tiles:
                deep = self._tiles[tile]
                wet = np.flatnonzero(deep[lines, columns])
                for y, x in zip(lines[wet].tolist(), columns[wet].tolist(), strict=True):
                    deep[max(y - wide, 0) : y + wide + 1, max(x - wide, 0) : x + wide + 1] = False


def _by_tile(xy: Floats) -> Iterator[tuple[tuple[int, int], Ints, Ints, Ints]]:
    """The tiles that places (n, 2) lie in, which ones, and their lines and columns there."""
    cell = np.floor(xy / CELL_M).astype(np.int64)
    tile = cell // CELLS
    order = np.lexsort(tile.T)
    cuts = np.flatnonzero(np.diff(tile[order], axis=0).any(axis=1)) + 1
    for here in np.split(order, cuts) if len(xy) else []:
        i, j = tile[here[0]].tolist()
        columns, lines = (cell[here] % CELLS).T
        yield (i, j), here, lines, columns


def _deep(plane: Plane, i: int, j: int) -> NDArray[np.bool_]:
    at = np.arange(-EDGE, CELLS + EDGE) + 0.5
    lon, lat = plane.to_lonlat(*np.meshgrid((i * CELLS + at) * CELL_M, (j * CELLS + at) * CELL_M))
    if np.hypot(i, j) * CELLS * CELL_M > ROUND_M or not np.isfinite(lon + lat).all():
        return np.zeros((CELLS, CELLS), np.bool_)
    # Degrees that run on over the antimeridian, so that the window is the short way round.
    lon = plane.origin[0] + np.remainder(lon - plane.origin[0] + 180.0, 360.0) - 180.0
    land = coast(lon.min(), lat.min(), lon.max(), lat.max())
    shapely.prepare(land)
    dry = shapely.contains_xy(land, np.remainder(lon + 180.0, 360.0) - 180.0, lat)
    # A shore may pass anywhere between two cells' middles: half a cell more is sure.
    far = distance_transform_edt(dry) * CELL_M if not dry.all() else np.full(dry.shape, np.inf)
    deep: NDArray[np.bool_] = far > DEEP_M + CELL_M / 2
    return np.ascontiguousarray(deep[EDGE:-EDGE, EDGE:-EDGE])
