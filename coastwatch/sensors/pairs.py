"""Plots of one radar beside the vessels that AIS tells of: which may be which, at any bias."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Floats, Ints
from coastwatch.sensors.ways import Reports, Way, ways
from coastwatch.site import Sensor

# How far a plot may lie from a vessel to be looked at: no radar is worse aligned and still used.
AZIMUTH_MAX_RAD = math.radians(15.0)
RANGE_MAX_M, RANGE_MAX_SHARE = 300.0, 0.05
# Nearer than this, height and hull say more than a bias.
NEAR_M = 400.0
# More plots tell no more: whole scans are left out.
PLOTS_MAX = 200_000
# The plane's own azimuths differ from the true ones by less than this.
CONVERGENCE_RAD = math.radians(2.0)


@dataclass(slots=True)
class Plots:
    """What one radar measured, as it measured it: UTC seconds, slant range, azimuth, its place."""

    time_s: Floats
    range_m: Floats
    azimuth_rad: Floats
    sensor_lon: Floats
    sensor_lat: Floats

    def take(self, index: NDArray[np.bool_] | Ints) -> Plots:
        return Plots(*(getattr(self, f.name)[index] for f in fields(self)))


@dataclass(slots=True)
class Pairs:
    """Each row: one plot beside one vessel. Errors are measured less true, angles in -pi..pi.

    ``rate_range_mps`` and ``rate_azimuth_radps`` say how the true place moves with the vessel, so
    what a second of AIS latency does. ``sigma_ais_m`` is that of her place. ``looks[v]`` counts
    the scans in which vessel ``v`` was within reach.
    """

    plot: Ints
    vessel: Ints
    scan: Ints
    error_azimuth_rad: Floats
    error_range_m: Floats
    range_m: Floats
    azimuth_rad: Floats
    rate_range_mps: Floats
    rate_azimuth_radps: Floats
    sigma_ais_m: Floats
    looks: Ints

    def __len__(self) -> int:
        return len(self.plot)

    def take(self, index: NDArray[np.bool_] | Ints) -> Pairs:
        names = (f.name for f in fields(self) if f.name != "looks")
        return replace(self, **{name: getattr(self, name)[index] for name in names})


def pairs(plots: Plots, reports: Reports, sensor: Sensor, plane: Plane) -> Pairs:
    """All that may belong together, within 15 degrees and 300 m + 5 %."""
    plots = thinned(plots, sensor.scan_s)
    x, y = plane.to_xy(plots.sensor_lon, plots.sensor_lat)
    scan = np.floor(plots.time_s / sensor.scan_s).astype(np.int64)
    found: list[tuple[int, tuple[Floats, ...]]] = []
    looks: list[int] = []
    for way in ways(reports, plane):
        rows, seen = _of_vessel(plots, (x, y), scan, way, sensor, plane)
        if seen:
            found.append((len(looks), rows))
            looks.append(seen)
    columns = [np.concatenate(parts) for parts in zip(*(r for _, r in found), strict=True)]
    if not columns:
        none = np.empty(0)
        whole = np.empty(0, dtype=np.int64)
        return Pairs(
            whole, whole, whole, none, none, none, none, none, none, none, whole
        )  # fmt: skip
    vessel = np.repeat([v for v, _ in found], [len(r[0]) for _, r in found])
    plot = columns[0].astype(np.int64)
    error_azimuth, error_range, range_m, azimuth, rate_range, rate_azimuth, sigma = columns[1:]
    return Pairs(
        plot, vessel, scan[plot], error_azimuth, error_range, range_m, azimuth,
        rate_range, rate_azimuth, sigma, np.array(looks, dtype=np.int64),
    )  # fmt: skip


def thinned(plots: Plots, scan_s: float) -> Plots:
    """The plots in order of time; of very many, those of every n-th scan."""
    plots = plots.take(np.argsort(plots.time_s, kind="stable"))
    every = -(-len(plots.time_s) // PLOTS_MAX)
    if every <= 1:
        return plots
    return plots.take(np.floor(plots.time_s / scan_s).astype(np.int64) % every == 0)


def wrapped(angle_rad: Floats) -> Floats:
    """The same angle in -pi..pi."""
    out: Floats = np.remainder(angle_rad + np.pi, 2 * np.pi) - np.pi
    return out


def _of_vessel(
    plots: Plots, at: tuple[Floats, Floats], scan: Ints, way: Way, sensor: Sensor, plane: Plane
) -> tuple[tuple[Floats, ...], int]:
    """The columns of ``Pairs`` of one vessel, and the scans in which she was within reach."""
    first, last = np.searchsorted(plots.time_s, way.time_s[[0, -1]] + np.array([-200.0, 200.0]))
    part = slice(int(first), int(last))
    x, y, vx, vy, sigma = way.at(plots.time_s[part])
    dx, dy = x - at[0][part], y - at[1][part]
    away = np.hypot(dx, dy)
    reach = (away > NEAR_M) & (away < sensor.range_max_m)
    near = np.abs(plots.range_m[part] - away) < RANGE_MAX_M + 2 * RANGE_MAX_SHARE * away
    turned = np.abs(wrapped(plots.azimuth_rad[part] - np.arctan2(dx, dy)))
    k = np.flatnonzero(reach & near & (turned < AZIMUTH_MAX_RAD + CONVERGENCE_RAD))
    plot = k + part.start
    lon, lat = plane.to_lonlat(x[k], y[k])
    range_m, azimuth = lonlat_to_polar(
        plots.sensor_lon[plot], plots.sensor_lat[plot], sensor.height_m, lon, lat
    )
    error_azimuth = wrapped(plots.azimuth_rad[plot] - azimuth)
    error_range = plots.range_m[plot] - range_m
    inside = np.abs(error_azimuth) < AZIMUTH_MAX_RAD
    inside &= np.abs(error_range) < RANGE_MAX_M + RANGE_MAX_SHARE * range_m
    vx, vy, dx, dy, away = vx[k], vy[k], dx[k], dy[k], away[k]
    rates = (dx * vx + dy * vy) / away, (dy * vx - dx * vy) / away**2
    columns = (
        plot.astype(np.float64),
        error_azimuth,
        error_range,
        range_m,
        azimuth,
        *rates,
        sigma[k],
    )
    return tuple(c[inside] for c in columns), len(np.unique(scan[part][reach]))
