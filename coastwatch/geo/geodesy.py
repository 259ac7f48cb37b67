"""Geodesics on WGS 84 (Karney 2013, by pyproj) for scalars or arrays, in radians and metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from pyproj import Geod

from coastwatch.model import Floats

GEOD = Geod(ellps="WGS84")


def geodesic(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Distance (m), azimuth at the first point and forward azimuth at the second (radians).

    Degrees in, scalars or arrays that broadcast; azimuths lie in -pi..pi. What is not a position
    gives NaN.
    """
    (lon1, lat1, lon2, lat2), shape = _columns(lon1, lat1, lon2, lat2)
    azimuth, back, distance = GEOD.inv(lon1, lat1, lon2, lat2)
    onward = np.radians(np.remainder(back, 360.0) - 180.0)
    return _as(distance, shape), _as(np.radians(azimuth), shape), _as(onward, shape)


def travel(
    lon: ArrayLike, lat: ArrayLike, azimuth_rad: ArrayLike, distance_m: ArrayLike
) -> tuple[Floats, Floats]:
    """Longitude and latitude (degrees) after ``distance_m`` along the geodesic at that azimuth."""
    (lon, lat, azimuth, distance), shape = _columns(lon, lat, np.degrees(azimuth_rad), distance_m)
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, azimuth, distance)
    bad = ~np.isfinite(lon + lat + azimuth + distance)  # pyproj answers azimuth NaN by "stay"
    end_lon[bad] = end_lat[bad] = np.nan
    return _as(end_lon, shape), _as(end_lat, shape)


def _columns(*values: ArrayLike) -> tuple[list[Floats], tuple[int, ...]]:
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in values))
    return [np.ascontiguousarray(a).ravel() for a in arrays], arrays[0].shape


def _as(values: Floats, shape: tuple[int, ...]) -> Floats:
    out: Floats = values.reshape(shape)[()]  # a plain scalar where the input was scalars
    return out
