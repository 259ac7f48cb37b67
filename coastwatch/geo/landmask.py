"""Land as a polar radar sees it: which cells of range and azimuth lie on it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from coastwatch.geo.coast import coast
from coastwatch.geo.geodesy import travel
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import ConfigError, Floats

TURN = 2 * np.pi
MARGIN_M = 50.0  # GSHHG's shores are that good at best
EDGES_AT_ONCE = 100_000
FAR_M = 1_000_000.0  # no radar looks further over the sea


def land_mask(
    lon: float, lat: float, range_m: Floats, azimuth_rad: Floats, height_m: float = 0.0,
    margin_m: float = MARGIN_M, resolution: str = "f",
) -> NDArray[np.bool_]:  # fmt: skip
    """Whether each cell is land, (n, m) for m ranges and n azimuths seen from a position.

    Ranges (slant, m) and azimuths (true, radians, over the whole turn) are the centres of evenly
    spaced cells, rising. The coast is widened by ``margin_m`` on all sides. Raises ConfigError for
    a position or cells that cannot be.
    """
    range_m, azimuth_rad = np.asarray(range_m, np.float64), np.asarray(azimuth_rad, np.float64)
    n, m = len(azimuth_rad), len(range_m)
    if not n or not m:
        return np.zeros((n, m), np.bool_)
    step = (range_m[-1] - range_m[0]) / (m - 1) if m > 1 else 1.0
    if not (abs(lat) <= 89 and abs(lon) <= 360 and range_m[-1] <= FAR_M and step > 0):
        raise ConfigError(
            f"land mask at {lon}, {lat} to {range_m[-1]:g} m: no such place or ranges"
        )
    # Even-odd along each ray: what lies beyond an odd number of shores from the antenna is the
    # other of what the antenna stands on.
    flips = np.zeros((n, m + 1), np.bool_)
    land = coast(*_window(lon, lat, float(range_m[-1]) + step + margin_m), resolution)
    for rays, ranges in _crossings(land, (lon, lat, height_m), azimuth_rad):
        # What changes is the first cell whose centre lies beyond the shore.
        cell = np.ceil((ranges - range_m[0]) / step).clip(0, m).astype(np.int64)
        np.bitwise_xor.at(flips, (rays, cell), True)
    inside = np.logical_xor.accumulate(flips, axis=1)[:, :m]
    inside ^= bool(shapely.contains_xy(land, (lon + 180.0) % 360.0 - 180.0, lat))
    return _widened(inside, range_m, step, margin_m)


def _window(lon: float, lat: float, reach_m: float) -> tuple[float, float, float, float]:
    """Degrees around all that lies within reach, and some more, so that no cut is a shore."""
    _, lats = travel(lon, lat, np.array([0.0, np.pi]), 1.1 * reach_m)
    south, north = np.clip([lats[1], lats[0]], -89.9, 89.9)
    high = max(abs(south), abs(north))
    wide = np.degrees(1.2 * reach_m / (6.35e6 * np.cos(np.radians(high))))
    return lon - wide, float(south), lon + wide, float(north)


def _crossings(
    land: shapely.Geometry, radar: tuple[float, float, float], azimuth_rad: Floats
) -> list[tuple[NDArray[np.int64], Floats]]:
    """Where rays cross shores: numbers of rays and ranges, a batch of edges at a time."""
    rings = shapely.get_rings(shapely.get_parts(land))
    if not len(rings):
        return []
    points, ring = shapely.get_coordinates(rings, return_index=True)
    lon, lat, height_m = radar
    ranges, azimuths = lonlat_to_polar(lon, lat, height_m, *points.T)
    x, y = ranges * np.sin(azimuths), ranges * np.cos(azimuths)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    n, out = len(azimuth_rad), []
    for begin in range(0, len(starts), EDGES_AT_ONCE):
        i = starts[begin : begin + EDGES_AT_ONCE]
        turn = np.remainder(azimuths[i + 1] - azimuths[i] + np.pi, TURN) - np.pi
        low = azimuths[i] + np.minimum(turn, 0.0)
        # Rays that lie in [low, high), so that a vertex on a ray is crossed once.
        place = (low - azimuth_rad[0]) / TURN * n
        first = np.ceil(place)
        count = (np.ceil(place + np.abs(turn) / TURN * n) - first).astype(np.int64)
        edge = np.repeat(np.arange(len(i)), count)
        ray = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        rays = ray.astype(np.int64) % n
        sin, cos = np.sin(azimuth_rad[rays]), np.cos(azimuth_rad[rays])
        x0, y0, x1, y1 = (v[k][edge] for k in (i, i + 1) for v in (x, y))
        across = (x1 - x0) * cos - (y1 - y0) * sin
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.clip((y0 * sin - x0 * cos) / across, 0.0, 1.0)
        t = np.where(np.isfinite(t), t, 0.5)
        out.append((rays, np.hypot(x0 + t * (x1 - x0), y0 + t * (y1 - y0))))
    return out


def _widened(
    land: NDArray[np.bool_], range_m: Floats, step_m: float, margin_m: float
) -> NDArray[np.bool_]:
    """Land and what lies within the margin of it, along the range and across it."""
    n = len(land)
    if margin_m <= 0 or not land.any():
        return land
    deep = min(int(np.ceil(margin_m / step_m)), land.shape[1])
    wide = maximum_filter1d(land.view(np.uint8), 2 * deep + 1, axis=1, mode="constant")
    rays = np.ceil(margin_m / (np.maximum(range_m, margin_m / np.pi) * TURN / n))
    rays = np.minimum(rays, (n - 1) // 2).astype(np.int64)
    out = wide.copy()
    starts = np.flatnonzero(np.diff(rays, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(rays)], strict=True):
        part = np.ascontiguousarray(wide[:, start:end])
        size = 2 * int(rays[start]) + 1
        out[:, start:end] = maximum_filter1d(part, size, axis=0, mode="wrap")
    return out.view(np.bool_)
