"""What a coastal X-band radar makes of the truth: plots with noise, misses and clutter.

Echo strength is the craft's mean cross-section times a gamma fluctuation, in dBm as the radar
reports it after sensitivity-time control (STC): equal craft show equally at any range, while the
threshold, fixed up to STC_M, rises with R^4 beyond. A detection is an echo above the threshold,
so probability and amplitude belong together: close to, a dinghy shows in about 0.8 of the scans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc

from coastwatch.geo.coast import land_mask
from coastwatch.geo.polar import lonlat_to_polar, polar_to_lonlat
from coastwatch.model import ConfigError, Floats, Ints
from coastwatch.simulate.motion import Motion, at
from coastwatch.simulate.scenario import Craft, Radar

ONE_M2_DBM = -80.0  # what an echo of 1 m2 is reported as
THRESHOLD_DBM = -88.0
STC_M = 12_000.0
# Share of echoes above the threshold that become plots: the rest are lost to plot extraction.
EXTRACTION = 0.92
SHADOW_DB = 15.0
SHADOW_HEIGHT_M = 15.0  # lower hulls throw no shadow worth a name
RANGE_MIN_M = 100.0
SEA_CLUTTER_M = 2_000.0  # scale of its fall with range; hardly any is left at 5 km
AMPLITUDE_SMALL_DBM = -70.0  # between a yacht's mean echo and a fishing boat's


@dataclass(slots=True)
class Plots:
    """What one radar reports, in order of time. ``craft`` is -1 where it is clutter."""

    time_s: Floats
    range_m: Floats
    azimuth_rad: Floats
    amplitude_dbm: Floats
    craft: Ints


def look(
    radar: Radar,
    craft: Sequence[Craft],
    motion: Motion,
    lonlat: tuple[Floats, Floats],
    duration_s: float,
    rng: np.random.Generator,
) -> Plots:
    """All plots of a radar from 0 to ``duration_s``. ``lonlat`` is the truth, (steps, craft)."""
    north_s = np.arange(radar.phase_s, duration_s - radar.scan_s, radar.scan_s)
    found = _echoes(radar, craft, motion, lonlat, north_s, rng)
    false = _false_plots(radar, north_s, rng)
    sea = _sea_clutter(radar, north_s, rng)
    columns = [np.concatenate(parts) for parts in zip(found, false, sea, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    time_s, range_m, azimuth, amplitude, index = (column[order] for column in columns)
    return Plots(time_s, range_m, azimuth, amplitude, index.astype(np.int64))


def detection_probability(
    rcs_dbsm: Floats | float, looks: Floats | float, range_m: Floats | float
) -> Floats:
    """Of an unshadowed echo within the radar's horizon, by mean cross-section and range."""
    need_db = threshold_dbm(range_m) - ONE_M2_DBM - rcs_dbsm
    return np.asarray(EXTRACTION * gammaincc(looks, looks * 10.0 ** (need_db / 10.0)))


def threshold_dbm(range_m: Floats | float) -> Floats:
    """The weakest echo, as reported, that passes as a plot."""
    beyond = np.maximum(np.asarray(range_m) / STC_M, 1.0)
    return np.asarray(THRESHOLD_DBM + 40.0 * np.log10(beyond))


def horizon_m(antenna_m: float, target_m: Floats | float) -> Floats:
    """Radar line of sight over a smooth earth of 4/3 radius."""
    return np.asarray(4_120.0 * (np.sqrt(antenna_m) + np.sqrt(target_m)))


def _echoes(
    radar: Radar,
    craft: Sequence[Craft],
    motion: Motion,
    lonlat: tuple[Floats, Floats],
    north_s: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, ...]:
    """The craft's own plots as (time, range, azimuth, amplitude, craft), one row a plot."""
    time_s, r, a, power = passes(radar, craft, motion, lonlat, north_s, rng)
    shape = time_s.shape
    index = np.broadcast_to(np.arange(shape[1]), shape)
    seen = power > threshold_dbm(r)
    seen &= rng.random(shape) < EXTRACTION
    seen &= (r > RANGE_MIN_M) & (r < radar.range_max_m)
    r = r + radar.sigma_range_m * rng.standard_normal(shape)
    a = a + np.radians(radar.sigma_azimuth_deg) * rng.standard_normal(shape)
    a = np.mod(a, 2.0 * np.pi)
    return time_s[seen], r[seen], a[seen], power[seen], index[seen].astype(np.float64)


def passes(
    radar: Radar,
    craft: Sequence[Craft],
    motion: Motion,
    lonlat: tuple[Floats, Floats],
    north_s: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats, Floats]:
    """When the beam passes each craft, its range and azimuth then, and its echo: (scans, craft).

    Echoes are in dBm as STC evens them out; -inf for a craft beyond the horizon or not yet there.
    """
    range_m, azimuth = lonlat_to_polar(*radar.position, radar.height_m, *lonlat)
    azimuth = np.unwrap(azimuth, axis=0)
    shape = (len(north_s), len(craft))
    index = np.broadcast_to(np.arange(shape[1]), shape)
    time_s = _beam_times(azimuth, north_s, radar.scan_s, index)
    r, a = at(range_m, time_s, index), at(azimuth, time_s, index)
    power = _power_dbm(craft, shape, rng) - _shadow_db(radar, craft, motion, r, a, time_s, index)
    there = r < horizon_m(radar.height_m, np.array([c.hull.height_m for c in craft]))
    there &= time_s >= motion.start_s
    return time_s, r, a, np.where(there, power, -np.inf)


def _beam_times(azimuth: Floats, north_s: Floats, scan_s: float, index: Ints) -> Floats:
    """When the antenna, north at ``north_s``, passes each craft: (scans, craft)."""
    start = north_s[:, None] + np.zeros(index.shape)
    turns = np.floor(at(azimuth, start, index) / (2.0 * np.pi))
    time_s = start
    for _ in range(2):  # a craft's azimuth changes by far less than a beam within a scan
        time_s = start + scan_s * (at(azimuth, time_s, index) / (2.0 * np.pi) - turns)
    return np.asarray(np.maximum(time_s, 0.0))


def _power_dbm(craft: Sequence[Craft], shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    rcs = np.array([c.hull.rcs_dbsm + c.rcs_offset_db for c in craft])
    looks = np.array([c.hull.looks for c in craft])
    fluctuation = np.maximum(rng.gamma(looks, 1.0 / looks, shape), 1e-6)
    return np.asarray(ONE_M2_DBM + rcs + 10.0 * np.log10(fluctuation))


def _shadow_db(
    radar: Radar,
    craft: Sequence[Craft],
    motion: Motion,
    range_m: Floats,
    azimuth: Floats,
    time_s: Floats,
    index: Ints,
) -> Floats:
    """Loss of what lies behind a high hull: below the ray over its top, within its width."""
    heading = at(motion.heading_rad, time_s, index)
    loss = np.zeros(range_m.shape)
    heights = np.array([c.hull.height_m for c in craft])
    for b in np.flatnonzero(heights >= SHADOW_HEIGHT_M).tolist():
        r, a = range_m[:, b, None], azimuth[:, b, None]
        aspect = np.abs(np.sin(heading[:, b, None] - a))
        width = craft[b].length_m * aspect + craft[b].beam_m * (1.0 - aspect)
        ray_m = radar.height_m - (radar.height_m - heights[b]) * range_m / r
        aside = np.abs(np.sin((azimuth - a) / 2.0)) * 2.0 * r
        hidden = (range_m > r + width) & (aside < width / 2.0) & (ray_m > heights / 2.0)
        loss = np.where(hidden, SHADOW_DB, loss)
    return loss


def _false_plots(radar: Radar, north_s: Floats, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Noise and stray echoes, evenly over the covered disc, just above the threshold."""
    count = int(rng.poisson(radar.false_per_scan * len(north_s)))
    inner = (RANGE_MIN_M / radar.range_max_m) ** 2
    range_m = radar.range_max_m * np.sqrt(rng.uniform(inner, 1.0, count))
    azimuth = rng.uniform(0.0, 2.0 * np.pi, count)
    return _clutter(radar, north_s, range_m, azimuth, 2.0, rng)


def _sea_clutter(radar: Radar, north_s: Floats, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Echoes of waves: on the water, dense near the antenna, weak."""
    count = int(rng.poisson(radar.sea_clutter_per_scan * len(north_s)))
    range_m, azimuth = _wet_places(radar, count, rng)
    return _clutter(radar, north_s, range_m, azimuth, 1.2, rng)


def _wet_places(radar: Radar, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """``count`` places on the water, with a density that falls off with range."""
    lon, lat = radar.position
    mask = land_mask((lon - 0.4, lat - 0.25, lon + 0.4, lat + 0.25))
    ranges, azimuths, wet = [np.empty(0)], [np.empty(0)], 0
    while wet < count:
        r = RANGE_MIN_M + rng.gamma(2.0, SEA_CLUTTER_M / 2.0, 2 * count + 16)
        a = rng.uniform(0.0, 2.0 * np.pi, len(r))
        sea = ~mask.contains(*polar_to_lonlat(lon, lat, radar.height_m, r, a))
        ranges.append(r[sea])
        azimuths.append(a[sea])
        wet += int(sea.sum())
        if not sea.any():
            raise ConfigError(
                f"radar {radar.id!r} has no sea around it; set sea_clutter_per_scan 0"
            )
    return np.concatenate(ranges)[:count], np.concatenate(azimuths)[:count]


def _clutter(
    radar: Radar,
    north_s: Floats,
    range_m: Floats,
    azimuth: Floats,
    spread_db: float,
    rng: np.random.Generator,
) -> tuple[Floats, ...]:
    """Rows of clutter: each in a random scan, when the beam passes it, barely strong enough."""
    time_s = rng.choice(north_s, len(range_m)) + radar.scan_s * azimuth / (2.0 * np.pi)
    power = threshold_dbm(range_m) + rng.exponential(spread_db, len(range_m))
    return time_s, range_m, azimuth, power, np.full(len(range_m), -1.0)
