"""Regular hexagons on the Web Mercator map, and what falls into each of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from coastwatch.geo.hexagons import ROOT_3, cell_of, centre_of
from coastwatch.maps.frame import Frame
from coastwatch.maps.thin import deltas
from coastwatch.model import Floats, Ints

SCALE = 1e5  # as land and tracks
CELLS_MOST = 4_000
ACROSS = 60  # hexagons along the longer side of the view, or up to twice as many


class Cells(NamedTuple):
    """Hexagons with something in them, by row and column; ``at`` is each place's cell."""

    column: Ints
    row: Ints
    at: Ints


def size_for(view: Frame) -> float:
    """Circumradius of hexagons that suit the view: a power of two, so that pictures compare.

    In Web Mercator units: the world is 1 wide.
    """
    x, y = mercator(np.array([view.west, view.east]), np.array([view.south, view.north]))
    side = max(float(np.ptp(x)), float(np.ptp(y)), 1e-6)
    return float(2.0 ** np.floor(np.log2(side / ACROSS / ROOT_3)))


def cells_of(lon: Floats, lat: Floats, size: float) -> Cells:
    """The pointy-top hexagon of circumradius ``size`` that holds each place."""
    column, row = cell_of(*mercator(lon, lat), size * ROOT_3)
    cells, at = np.unique(np.column_stack([row, column]), axis=0, return_inverse=True)
    return Cells(cells[:, 1], cells[:, 0], at.reshape(-1))


def middles(cells: Cells, size: float) -> tuple[Floats, Floats]:
    """lon, lat of the cells' middles."""
    x, y = centre_of(cells.column, cells.row, size * ROOT_3)
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))
    return x * 360.0 - 180.0, lat


def document(cells: Cells, size: float, **columns: Any) -> dict[str, Any]:
    """As the page reads it: middles as delta-coded hundred-thousandths of a degree."""
    lon, lat = middles(cells, size)
    whole = {name: np.round(values).astype(np.int64).tolist() for name, values in columns.items()}
    return {"size": size, "lon": deltas(lon, SCALE), "lat": deltas(lat, SCALE)} | whole


def mercator(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """x to the east from 180 W and y to the south, the world 1 wide (EPSG:3857, scaled)."""
    sin = np.sin(np.radians(np.clip(lat, -85.06, 85.06)))
    return lon / 360.0 + 0.5, 0.5 - np.arctanh(sin) / (2 * np.pi)
