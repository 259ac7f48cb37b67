"""Land, as far as it matters to the picture: what is only seen deep inland is no craft.

The shores are good to some 100 m and know few canals, so only what lies well behind them counts;
and where a vessel reports itself there is water, whatever the coast says.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from coastwatch.geo.coast import coast
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats
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

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._tiles: dict[tuple[int, int], NDArray[np.bool_]] = {}

    def inland(self, xy: Floats) -> NDArray[np.bool_]:
        """Whether each place (n, 2), m, lies more than DEEP_M behind every shore."""
        out = np.zeros(len(xy), np.bool_)
        cell = np.floor(xy / CELL_M).astype(np.int64)
        tile = cell // CELLS
        for i, j in np.unique(tile, axis=0).tolist():
            deep = self._tile(i, j)
            if deep is not None:
                here = (tile[:, 0] == i) & (tile[:, 1] == j)
                column, line = (cell[here] % CELLS).T
                out[here] = deep[line, column]
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
        afloat = d.sog_mps < AFLOAT_MPS
        cell = np.floor(np.column_stack([d.x_m, d.y_m])[afloat] / CELL_M).astype(np.int64)
        wide = int(DEEP_M / CELL_M)
        for x, y in np.unique(cell, axis=0).tolist():
            # Only where tracks have been looked up: far more reports than that come from afar.
            deep = self._tiles.get((x // CELLS, y // CELLS))
            if deep is not None and deep[y % CELLS, x % CELLS]:
                column, line = max(x % CELLS - wide, 0), max(y % CELLS - wide, 0)
                deep[line : y % CELLS + wide + 1, column : x % CELLS + wide + 1] = False

    def _tile(self, i: int, j: int) -> NDArray[np.bool_] | None:
        """The cells of one tile, (lines, columns); None where there is room for no more."""
        if (i, j) not in self._tiles and len(self._tiles) < TILES_MAX:
            self._tiles[i, j] = _deep(self._plane, i, j)
        return self._tiles.get((i, j))


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
