"""What a radar's video shows of the truth: noise, sea, rain, land and the echoes of craft.

Powers are over the mean power of the receiver's noise. Noise and clutter are complex Gaussian in
each cell, so that noise is Rayleigh in amplitude and the sea, whose local mean is
gamma-distributed, is K-distributed (Ward, Tough and Watts, Sea Clutter, 2013, 4.5). An echo adds to
them as a phasor whose strength holds through a scan and is drawn anew for the next (Swerling I or
III, by hull).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.coast import land_mask
from coastwatch.geo.polar import polar_to_lonlat
from coastwatch.model import Floats
from coastwatch.simulate.motion import Motion, at
from coastwatch.simulate.radar import ONE_M2_DBM, passes
from coastwatch.simulate.scenario import Craft, Radar, Video

FULL_SCALE = 255
NEAR_LOBES_DB, FAR_LOBES_DB = -46.0, -56.0  # two-way, under the main lobe
NEAR_LOBES_RAD = math.radians(10.0)
SEA_PATCH = 4, 4  # azimuths and cells in which the sea's local mean is one
LAND_PATCH = 6, 12  # fields, woods and villages
LAND_SPREAD_DB = 9.0
WIND_MPS = 9.0
RAIN_RADIUS_M = 900.0, 2_200.0
REACH_PULSES = 2.0  # beyond so many pulse lengths an echo's power is nothing


def sweep(
    radar: Radar,
    craft: Sequence[Craft],
    motion: Motion,
    lonlat: tuple[Floats, Floats],
    duration_s: float,
    rng: np.random.Generator,
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Each scan from north to north: when it began (s), and amplitudes (azimuths, cells)."""
    assert radar.video
    north_s = np.arange(radar.phase_s, duration_s - radar.scan_s, radar.scan_s)
    echo_rng, weather_rng, noise_rng = rng.spawn(3)
    time_s, range_m, azimuth, power = passes(radar, craft, motion, lonlat, north_s, echo_rng)
    index = np.broadcast_to(np.arange(len(craft)), time_s.shape)
    aspect = at(motion.heading_rad, time_s, index) - azimuth
    power_db = power - ONE_M2_DBM + radar.video.echo_db - 40.0 * np.log10(range_m / 1_000.0)
    weather = _Weather(radar, radar.video, weather_rng)
    lengths = [c.length_m for c in craft]
    for n, start_s in enumerate(north_s.tolist()):
        signal = echoes(radar.video, lengths, range_m[n], azimuth[n], power_db[n], aspect[n])
        yield start_s, amplitudes(radar.video, weather.power(start_s, noise_rng), signal, noise_rng)


def amplitudes(
    video: Video, clutter: Floats, signal: Floats, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Counts of a linear detector: echoes of power ``signal`` in noise of 1 and ``clutter``."""
    sigma = np.sqrt((1.0 + clutter) / 2.0)
    real = np.sqrt(signal) + sigma * rng.standard_normal(signal.shape)
    counts = video.noise_counts * np.hypot(real, sigma * rng.standard_normal(signal.shape))
    return np.clip(np.rint(counts), 0, FULL_SCALE).astype(np.uint8)


def echoes(
    video: Video,
    lengths_m: Sequence[float],
    range_m: Floats,
    azimuth: Floats,
    power_db: Floats,
    aspect: Floats,
) -> Floats:
    """Power of all craft's echoes, (azimuths, cells): scatterers along hulls, seen by a beam."""
    signal = np.zeros((video.azimuths, video.cells))
    at_rad = (np.arange(video.azimuths) + 0.5) * math.tau / video.azimuths
    reach = math.ceil(REACH_PULSES * video.pulse_m / video.cell_m)
    for n in np.flatnonzero(power_db > -20.0).tolist():
        count = max(1, math.ceil(lengths_m[n] / video.cell_m))
        along = (np.arange(count) + 0.5) / count - 0.5
        ranges = range_m[n] + lengths_m[n] * along * math.cos(aspect[n])
        bearings = azimuth[n] + lengths_m[n] * along * math.sin(aspect[n]) / range_m[n]
        share = 10.0 ** (power_db[n] / 10.0) / count
        for r, bearing in zip(ranges.tolist(), bearings.tolist(), strict=True):
            first = max(int(r / video.cell_m) - reach, 0)
            cells = np.arange(first, min(int(r / video.cell_m) + reach + 1, video.cells))
            off = ((cells + 0.5) * video.cell_m - r) / video.pulse_m
            pulse = np.exp(-4.0 * math.log(2.0) * off**2)
            signal[:, cells] += share * np.outer(gain(video, at_rad - bearing), pulse)
    return signal


def gain(video: Video, off_rad: Floats) -> Floats:
    """The antenna's two-way power gain: a Gaussian main lobe over flat side lobes."""
    off = np.abs((off_rad + math.pi) % math.tau - math.pi)
    main = np.exp(-8.0 * math.log(2.0) * (off / math.radians(video.beamwidth_deg)) ** 2)
    lobes = np.where(off < NEAR_LOBES_RAD, NEAR_LOBES_DB, FAR_LOBES_DB)
    out: Floats = np.maximum(main, 10.0 ** (lobes / 10.0))
    return out


@dataclass(slots=True)
class _Rain:
    """Cells of rain: where they are at the start, and how wide."""

    x_m: Floats
    y_m: Floats
    radius_m: Floats


class _Weather:
    """Mean power of what is no craft: land stands, rain drifts, the sea is drawn each scan."""

    def __init__(self, radar: Radar, video: Video, rng: np.random.Generator) -> None:
        self._video = video
        self._range_m = np.asarray((np.arange(video.cells) + 0.5) * video.cell_m, np.float64)
        azimuth = np.asarray((np.arange(video.azimuths) + 0.5) * math.tau / video.azimuths)
        self._x_m, self._y_m = (np.outer(f(azimuth), self._range_m) for f in (np.sin, np.cos))
        self._land = _land(radar, self._range_m, azimuth)
        size = -(-video.azimuths // LAND_PATCH[0]), -(-video.cells // LAND_PATCH[1])
        level_db = rng.normal(video.land_db, LAND_SPREAD_DB, size)
        self._ground = np.where(
            self._land, self._spread(10.0 ** (level_db / 10.0), LAND_PATCH), 0.0
        )
        self._wind_rad = rng.uniform(0.0, math.tau)
        far_m = rng.uniform(0.25, 0.9, video.rain) * video.cells * video.cell_m
        bearing = rng.uniform(0.0, math.tau, video.rain)
        radius = rng.uniform(*RAIN_RADIUS_M, video.rain)
        self._rain = _Rain(far_m * np.sin(bearing), far_m * np.cos(bearing), radius)

    def power(self, time_s: float, rng: np.random.Generator) -> Floats:
        """Of each cell, (azimuths, cells), at a time."""
        sea = 10.0 ** (self._video.sea_db / 10.0) * (self._range_m / 1_000.0) ** -3.0
        power = self._ground + np.where(self._land, 0.0, sea * self._texture(rng))
        drift = WIND_MPS * time_s
        rain = self._rain
        for x, y, radius in zip(rain.x_m, rain.y_m, rain.radius_m, strict=True):
            dx = self._x_m - x - drift * math.sin(self._wind_rad)
            dy = self._y_m - y - drift * math.cos(self._wind_rad)
            power += 10.0 ** (self._video.rain_db / 10.0) * np.exp(-(dx**2 + dy**2) / radius**2)
        return power

    def _texture(self, rng: np.random.Generator) -> Floats:
        shape, (rows, columns) = self._video.sea_shape, SEA_PATCH
        size = -(-self._video.azimuths // rows), -(-self._video.cells // columns)
        return self._spread(rng.gamma(shape, 1.0 / shape, size), SEA_PATCH)

    def _spread(self, patches: Floats, size: tuple[int, int]) -> Floats:
        whole: Floats = patches.repeat(size[0], axis=0).repeat(size[1], axis=1)
        return whole[: self._video.azimuths, : self._video.cells]


def _land(radar: Radar, range_m: Floats, azimuth: Floats) -> NDArray[np.bool_]:
    """Which cells are on land, by the coast itself."""
    lon, lat = radar.position
    reach = range_m[-1] / 111_000.0 * 1.1
    wide = reach / math.cos(math.radians(lat))
    mask = land_mask((lon - wide, lat - reach, lon + wide, lat + reach))
    where = polar_to_lonlat(lon, lat, radar.height_m, range_m[None, :], azimuth[:, None])
    return mask.contains(*where)
