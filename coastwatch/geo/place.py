"""Detections as sensors give them -> positions and covariances in the site's plane."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import (
    polar_covariance,
    polar_to_lonlat,
    unbiased_range,
)
from coastwatch.model import Detections, Floats, Kind
from coastwatch.site import Sensor, Site

# Position 1-sigma (m) where neither the detection nor its sensor says: a GNSS fix with some
# latency, another tracker's output, a plot of an unknown radar.
SIGMA_M = {Kind.REPORT: 15.0, Kind.SENSOR_TRACK: 50.0, Kind.PLOT: 50.0}

SIGMA_MIN, SIGMA_MAX = 1e-9, 1e7  # metres or radians: no sensor is so good, or so bad

_STEP_DEG = 1e-3  # of latitude: where north is, to 1e-8 rad

Mask = NDArray[np.bool_]


@np.errstate(over="ignore", invalid="ignore")  # a hostile row's NaN is an answer, not a warning
def place(detections: Detections, site: Site, plane: Plane) -> Detections:
    """The detections with lon/lat, x_m/y_m, cov_m2 and the sensor's position filled in.

    A position that came with the row stands; else it follows from range and azimuth and the row's
    sensor (its own ``sensor_lon``/``sensor_lat``, or the site's). Bearings and looks get no
    position, nor do rows that say too little: their columns stay NaN. The input is not changed.
    Where the site knows a sensor's bias, range, azimuth and course come out without it.

    Covariance: the row's own ``cov_m2`` (along east and north at the target), else its
    ``sigma_range_m`` and ``sigma_azimuth_rad``, else its ``sigma_m``, else the sensor's of the
    site (plots and polar rows), else a default by kind.
    """
    d = detections
    station = _stations(site.sensors)
    at = np.where((d.sensor >= 0) & (d.sensor < len(site.sensors)), d.sensor, -1)
    own = np.isfinite(d.sensor_lon) & np.isfinite(d.sensor_lat)
    seen_from = ~own & (d.kind != Kind.REPORT)
    sensor_lon = np.where(seen_from, station.lon[at], d.sensor_lon)
    sensor_lat = np.where(seen_from, station.lat[at], d.sensor_lat)
    placed = replace(_mended(d, station, at, own), sensor_lon=sensor_lon, sensor_lat=sensor_lat)

    free = (d.kind == Kind.BEARING) | (d.kind == Kind.LOOK)
    given = _on_earth(d.lon, d.lat) & ~free
    polar = ~given & ~free & np.isfinite(placed.range_m) & np.isfinite(placed.azimuth_rad)
    sigma_range, sigma_azimuth, by_sensor = _polar_sigmas(placed, station, at, polar)

    lon, lat = np.where(given, d.lon, np.nan), np.where(given, d.lat, np.nan)
    if polar.any():
        height = np.nan_to_num(station.height_m[at[polar]])
        lon[polar], lat[polar] = polar_to_lonlat(
            sensor_lon[polar],
            sensor_lat[polar],
            height,
            unbiased_range(placed.range_m[polar], np.where(by_sensor, sigma_azimuth, 0.0)[polar]),
            placed.azimuth_rad[polar],
        )
    x, y = plane.to_xy(lon, lat)
    cov = _isotropic(placed)
    if by_sensor.any():
        i = np.flatnonzero(by_sensor)
        cov[i] = _seen_covariance(
            placed.take(i), plane, (x[i], y[i]), station.height_m[at[i]],
            (sigma_range[i], sigma_azimuth[i]),
        )  # fmt: skip
    own_cov = _is_covariance(d.cov_m2)
    if own_cov.any():
        cov[own_cov] = _in_plane(d.cov_m2[own_cov], plane, lon[own_cov], lat[own_cov])
    cov[~np.isfinite(x)] = np.nan
    return replace(placed, lon=lon, lat=lat, x_m=x, y_m=y, cov_m2=cov)


class _Stations(NamedTuple):
    """The site's sensors as columns, with a last row of unknowns for index -1."""

    lon: Floats
    lat: Floats
    height_m: Floats
    azimuth_bias_rad: Floats
    range_bias_m: Floats
    range_scale: Floats
    sigma_range_m: Floats
    sigma_azimuth_rad: Floats


@lru_cache(maxsize=64)
def _stations(sensors: tuple[Sensor, ...]) -> _Stations:
    rows = []
    for s in sensors:
        sigmas = (s.sigma_range_m, s.sigma_azimuth_rad) if s.kind == "radar" else (np.nan, np.nan)
        biases = (s.azimuth_bias_rad, s.range_bias_m, s.range_scale)
        rows.append((*s.position, s.height_m, *biases, *sigmas))
    unknown = (np.nan, np.nan, np.nan, 0.0, 0.0, 1.0, np.nan, np.nan)
    return _Stations(*np.array([*rows, unknown], dtype=np.float64).T)


def _mended(d: Detections, station: _Stations, at: NDArray[np.int64], own: Mask) -> Detections:
    """The detections without the biases that the site knows of: measured = true + bias."""
    turn, offset, scale = (
        column[at]
        for column in (station.azimuth_bias_rad, station.range_bias_m, station.range_scale)
    )
    if not (turn.any() or offset.any() or (scale != 1.0).any()):
        return d
    # A moving ship's tracker adds the ship's own way, which is not turned with its radar.
    seen = (d.kind == Kind.SENSOR_TRACK) & np.isfinite(d.azimuth_rad) & ~own
    return replace(
        d,
        range_m=np.where(d.range_m >= 0, np.maximum((d.range_m - offset) / scale, 0.0), d.range_m),
        azimuth_rad=np.where(
            turn != 0, np.remainder(d.azimuth_rad - turn, 2 * np.pi), d.azimuth_rad
        ),
        cog_rad=np.where(seen, np.remainder(d.cog_rad - turn, 2 * np.pi), d.cog_rad),
    )


def _on_earth(lon: Floats, lat: Floats) -> Mask:
    on: Mask = (np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0)
    return on


def _polar_sigmas(
    d: Detections, station: _Stations, at: NDArray[np.int64], polar: Mask
) -> tuple[Floats, Floats, Mask]:
    """Range and azimuth sigmas, and the rows whose covariance they make."""
    row_range, row_azimuth = _positive(d.sigma_range_m), _positive(d.sigma_azimuth_rad)
    sigma_range = np.where(np.isfinite(row_range), row_range, station.sigma_range_m[at])
    sigma_azimuth = np.where(np.isfinite(row_azimuth), row_azimuth, station.sigma_azimuth_rad[at])
    known = np.isfinite(sigma_range + sigma_azimuth) & _on_earth(d.sensor_lon, d.sensor_lat)
    told = np.isfinite(row_range) | np.isfinite(row_azimuth)
    silent = ~np.isfinite(_positive(d.sigma_m))
    return sigma_range, sigma_azimuth, known & (told | (silent & (polar | (d.kind == Kind.PLOT))))


def _positive(sigma: Floats) -> Floats:
    """A sigma of zero is a missing one, not a perfect sensor; one wider than the earth, too."""
    return np.where((sigma > SIGMA_MIN) & (sigma < SIGMA_MAX), sigma, np.nan)


def _isotropic(d: Detections) -> Floats:
    sigma = _positive(d.sigma_m)
    for kind, default_m in SIGMA_M.items():
        sigma = np.where(np.isnan(sigma) & (d.kind == kind), default_m, sigma)
    cov: Floats = (sigma**2)[:, None, None] * np.eye(2)
    return cov


def _is_covariance(cov_m2: Floats) -> Mask:
    """Rows whose matrix is one: symmetric, finite, of two axes that some sensor could have."""
    xx, yy, xy = cov_m2[:, 0, 0], cov_m2[:, 1, 1], cov_m2[:, 0, 1]
    sound = (xx * yy > xy**2) & (xy == cov_m2[:, 1, 0])
    least, most = np.minimum(xx, yy), np.maximum(xx, yy)
    is_one: Mask = sound & (least > SIGMA_MIN**2) & (most < SIGMA_MAX**2)
    return is_one


def _in_plane(cov_m2: Floats, plane: Plane, lon: Floats, lat: Floats) -> Floats:
    """A covariance along east and north turned by what north is off the plane's y axis."""
    (x, y), (south_x, south_y) = plane.to_xy(lon, lat), plane.to_xy(lon, lat - _STEP_DEG)
    turn = np.arctan2(x - south_x, y - south_y)
    cos, sin = np.cos(turn), np.sin(turn)
    R = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    out: Floats = R @ cov_m2 @ np.swapaxes(R, -1, -2)
    return out


def _seen_covariance(
    d: Detections,
    plane: Plane,
    target: tuple[Floats, Floats],
    height_m: Floats,
    sigmas: tuple[Floats, Floats],
) -> Floats:
    """Covariance of what a sensor saw, along and across its line of sight in the plane.

    The line between the two points in the plane holds the convergence already, to 1e-4 rad.
    """
    sensor_x, sensor_y = plane.to_xy(d.sensor_lon, d.sensor_lat)
    dx, dy = target[0] - sensor_x, target[1] - sensor_y
    ground, height = np.hypot(dx, dy), np.abs(np.nan_to_num(height_m))
    slant = np.hypot(ground, height)
    # Along the ground a slant error grows as slant/ground, but stays finite under the antenna.
    sigma_range, sigma_azimuth = sigmas
    lever = np.sqrt(np.maximum(ground**2 + height * sigma_range, sigma_range**2))
    along = sigma_range * np.maximum(slant, sigma_range) / lever
    return polar_covariance(ground, np.arctan2(dx, dy), along, sigma_azimuth)
