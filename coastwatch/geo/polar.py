"""Polar sensors: slant range and true azimuth to and from a position at sea level, on WGS 84."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coastwatch.geo.geodesy import geodesic, travel
from coastwatch.geo.plane import A_M, E2
from coastwatch.model import Floats

RADIUS_M = 6_371_008.8  # mean radius (IUGG)
SIGMA_AZIMUTH_MAX_RAD = 1.0  # beyond it an azimuth says nothing, and the moments overflow


def polar_to_lonlat(
    sensor_lon: ArrayLike,
    sensor_lat: ArrayLike,
    height_m: ArrayLike,
    range_m: ArrayLike,
    azimuth_rad: ArrayLike,
) -> tuple[Floats, Floats]:
    """Where a target at sea level is, seen from an antenna ``height_m`` above it.

    ``range_m`` is the straight line to the target, ``azimuth_rad`` clockwise from true north;
    scalars or arrays that broadcast. A range below the height is a target under the antenna.
    NaN where anything is unknown or the range is longer than the earth is wide.
    """
    ground = ground_range(sensor_lat, height_m, range_m, azimuth_rad)
    return travel(sensor_lon, sensor_lat, azimuth_rad, ground)


def lonlat_to_polar(
    sensor_lon: ArrayLike,
    sensor_lat: ArrayLike,
    height_m: ArrayLike,
    lon: ArrayLike,
    lat: ArrayLike,
) -> tuple[Floats, Floats]:
    """Slant range (m) and true azimuth (radians, 0..2 pi): the inverse of ``polar_to_lonlat``."""
    ground, azimuth, _ = geodesic(sensor_lon, sensor_lat, lon, lat)
    h = np.asarray(height_m, dtype=np.float64)
    R = _radius_m(sensor_lat, azimuth)
    half = np.minimum(ground / (2 * R), np.pi / 2)
    return np.sqrt(h**2 + 4 * R * (R + h) * np.sin(half) ** 2), np.remainder(azimuth, 2 * np.pi)


def ground_range(
    sensor_lat: ArrayLike, height_m: ArrayLike, range_m: ArrayLike, azimuth_rad: ArrayLike
) -> Floats:
    """Length of the arc along sea level (m) under a slant range, by the law of cosines.

    d^2 = h^2 + 4 R (R + h) sin^2(s / 2R), with R the ellipsoid's radius in that azimuth: within
    1 mm at 100 km, since R changes by 3e-4 along the arc and only its curvature counts.
    """
    d, h = np.asarray(range_m, dtype=np.float64), np.asarray(height_m, dtype=np.float64)
    R = _radius_m(sensor_lat, azimuth_rad)
    square = np.where(d < 0, np.nan, np.maximum(d**2 - h**2, 0.0)) / (4 * R * (R + h))
    out: Floats = 2 * R * np.arcsin(np.sqrt(np.where(square > 1, np.nan, square)))
    return out


def horizon_m(height_m: ArrayLike, target_height_m: ArrayLike) -> Floats:
    """Radar line of sight (m) between two heights over a smooth earth of 4/3 radius.

    sqrt(2 k R h) for each, k = 4/3 (ITU-R P.453-14: the standard gradient of refractivity), R the
    mean radius. A height below the sea counts as 0, NaN stays NaN.
    """
    h, t = (np.maximum(np.asarray(v, dtype=np.float64), 0.0) for v in (height_m, target_height_m))
    out: Floats = np.sqrt(2 * 4 / 3 * RADIUS_M) * (np.sqrt(h) + np.sqrt(t))
    return out


def polar_covariance(
    range_m: ArrayLike,
    bearing_rad: ArrayLike,
    sigma_range_m: ArrayLike,
    sigma_azimuth_rad: ArrayLike,
) -> Floats:
    """Position covariance, (n, 2, 2) m^2, of a polar measurement turned into x, y.

    ``range_m`` is along the ground, ``bearing_rad`` the direction from sensor to target in the
    frame of the result, clockwise from +y (for a plane: true azimuth + convergence). The average
    true covariance of Lerro and Bar-Shalom (1993), equation 13, whose cross term vanishes along
    the bearing; it holds for any azimuth error, where a linear one is too small once
    sigma_azimuth^2 range / sigma_range exceeds 0.4.
    """
    r, s = np.asarray(range_m, dtype=np.float64), np.asarray(sigma_range_m, dtype=np.float64)
    q = np.minimum(np.asarray(sigma_azimuth_rad, dtype=np.float64), SIGMA_AZIMUTH_MAX_RAD) ** 2
    # cosh 2q - cosh q and sinh 2q - sinh q as products: a difference would lose all digits.
    cosh_step = 2 * np.sinh(1.5 * q) * np.sinh(0.5 * q)
    sinh_step = 2 * np.cosh(1.5 * q) * np.sinh(0.5 * q)
    damp = np.exp(-2 * q)
    along = damp * (r**2 * cosh_step + s**2 * (cosh_step + np.cosh(2 * q)))
    across = damp * (r**2 * sinh_step + s**2 * (sinh_step + np.sinh(2 * q)))
    return _turned(along, across, np.asarray(bearing_rad, dtype=np.float64))


def unbiased_range(range_m: ArrayLike, sigma_azimuth_rad: ArrayLike) -> Floats:
    """The range whose conversion to x, y has no bias (Lerro and Bar-Shalom 1993, equation 12).

    Azimuth noise bends the mean of many plots towards the sensor by range sigma^2 / 2: 0.75 m at
    40 km and 0.35 degrees.
    """
    q = np.minimum(np.asarray(sigma_azimuth_rad, dtype=np.float64), SIGMA_AZIMUTH_MAX_RAD) ** 2
    out: Floats = np.asarray(range_m, dtype=np.float64) * (1 - np.exp(-q) + np.exp(-q / 2))
    return out


def _radius_m(lat: ArrayLike, azimuth_rad: ArrayLike) -> Floats:
    """The ellipsoid's radius of curvature in an azimuth (Euler's formula)."""
    w = 1 - E2 * np.sin(np.radians(lat)) ** 2
    meridian, prime = A_M * (1 - E2) / w**1.5, A_M / np.sqrt(w)
    c2 = np.cos(azimuth_rad) ** 2
    out: Floats = meridian * prime / (prime * c2 + meridian * (1 - c2))
    return out


def _turned(along: Floats, across: Floats, bearing_rad: Floats) -> Floats:
    sin, cos = np.sin(bearing_rad), np.cos(bearing_rad)
    xx, yy = along * sin**2 + across * cos**2, along * cos**2 + across * sin**2
    xy = (along - across) * sin * cos
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)
