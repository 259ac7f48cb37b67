"""How long a track's craft is, how it moves, and whether it is a small craft.

``Traits`` are running values, one row a track, in the columns named below; ``blank`` is where
they start. Each function gives new rows for old ones, so that they can be kept as one array.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats

Traits = NDArray[np.float64]

# Means with the weight behind them: amplitude over the sensor's small-craft threshold (dB), extent
# and the resolution it was seen with (m); the length that AIS told, NaN before; mean speed and the
# greatest (m/s); the mean of unit vectors along the course, and of what noise makes of it (rad2).
(AMPLITUDE, AMPLITUDES, EXTENT, RESOLUTION, EXTENTS, TOLD, SPEED, SPEED_MAX, SECONDS, EAST, NORTH,
 NOISE, COURSE_SECONDS, TRAITS) = range(14)  # fmt: skip
# Memory: plots, and seconds of motion and of course.
PLOTS, MOTION_S, COURSE_S = 30.0, 300.0, 120.0

# An extent errs by the range cell and by so much of the beam's width; that of a point comes out,
# as extents are never negative, this share of it too long.
BEAM, POINT = 0.15, 0.6
# What no number of plots mends: shares of the length and of the resolution.
LENGTH_ERROR, RESOLUTION_ERROR = 0.15, 0.4
TOLD_SIGMA_M = 0.5  # AIS tells whole metres
COURSE_MIN_S, COURSE_NOISE_RAD, COURSE_MIN_MPS = 20.0, 0.35, 0.5

# Evidence of a small craft, in log odds: each is bounded, so that none rules alone.
SMALL_M, SMALL_SPREAD_M = 15.0, 3.0
ODDS_MAX, LOGISTIC = 3.5, 1.7  # the logistic curve of this slope is near the normal one
# Small craft stay under the sensor's threshold: what shows just there is sooner small than not.
EVEN_DB, AMPLITUDE_SCALE_DB = 3.0, 2.0
# By speed (kn): what goes 10 to 22 kn is mostly a ship, slower or much faster mostly small; what
# hardly moves may be anything. By the greatest speed, and by the spread of the course (rad), which
# a boat in waves has and a ship has not.
SPEED_KN, SPEED_ODDS = (0.5, 3.0, 7.0, 11.0, 21.0, 26.0, 32.0), (0, 0.5, 0.4, -0.7, -0.7, 0, 0.8)
SPEED_MAX_KN, SPEED_MAX_ODDS = (25.0, 35.0), (0.0, 0.4)
TURN_RAD, TURN_ODDS = (0.02, 0.05, 0.10, 0.20), (-0.7, -0.2, 0.4, 0.8)


def blank(n: int) -> Traits:
    """``n`` rows of which nothing is known."""
    rows = np.zeros((n, TRAITS))
    rows[:, TOLD] = np.nan
    return rows


def fold(
    mean: Floats, weight: Floats, value: Floats, more: Floats | float, most: float
) -> tuple[Floats, Floats]:
    """A running mean and its weight after ``value`` with the weight ``more``.

    Of the weight ``most`` is remembered. An unknown value changes nothing.
    """
    known = np.isfinite(value)
    total = weight + np.where(known, more, 0.0)
    gain = np.where(known, more, 0.0) / np.maximum(total, 1e-12)
    return mean + gain * (np.where(known, value, mean) - mean), np.minimum(total, most)


def resolution_m(
    range_m: Floats, sigma_range_m: Floats | float, beamwidth_rad: Floats | float
) -> Floats:
    """1-sigma of one plot's extent by where its sensor sees it from; what is unknown counts 0."""
    beam = BEAM * np.nan_to_num(np.asarray(beamwidth_rad) * range_m)
    return np.hypot(np.nan_to_num(sigma_range_m), beam)


def seen(
    traits: Traits,
    amplitude_db: Floats,
    extent_m: Floats,
    resolution_m: Floats,
    weight: Floats | float = 1.0,
) -> Traits:
    """After one plot of each row: amplitude over the small-craft threshold and extent, NaN unknown.

    ``weight`` is the probability that the plot is of this track.
    """
    t = traits.copy()
    t[:, AMPLITUDE], t[:, AMPLITUDES] = fold(
        t[:, AMPLITUDE], t[:, AMPLITUDES], amplitude_db, weight, PLOTS
    )
    blur = np.where(np.isfinite(extent_m), resolution_m, np.nan)
    t[:, RESOLUTION], _ = fold(t[:, RESOLUTION], t[:, EXTENTS], blur, weight, PLOTS)
    t[:, EXTENT], t[:, EXTENTS] = fold(t[:, EXTENT], t[:, EXTENTS], extent_m, weight, PLOTS)
    return t


def told(traits: Traits, length_m: Floats) -> Traits:
    """After an AIS report of each row: the hull's length, NaN where it says nothing."""
    t = traits.copy()
    t[:, TOLD] = np.where(length_m > 0, length_m, t[:, TOLD])
    return t


def moved(traits: Traits, velocity: Floats, sigma_mps: Floats, dt_s: Floats | float) -> Traits:
    """After ``dt_s`` seconds at ``velocity`` (n, 2), each component known to ``sigma_mps`` (n,)."""
    t = traits.copy()
    squared = (velocity**2).sum(axis=1)
    # Noise alone looks like speed.
    speed = np.sqrt(np.maximum(squared - 2.0 * sigma_mps**2, 0.0))
    t[:, SPEED], t[:, SECONDS] = fold(t[:, SPEED], t[:, SECONDS], speed, dt_s, MOTION_S)
    t[:, SPEED_MAX] = np.fmax(t[:, SPEED_MAX], np.sqrt(squared) - 2.0 * sigma_mps)
    noise = sigma_mps**2 / np.maximum(squared, 1e-12)
    steady = (speed > COURSE_MIN_MPS) & (noise < COURSE_NOISE_RAD**2)
    length = np.where(steady, np.sqrt(squared), np.nan)
    weight = t[:, COURSE_SECONDS]
    for column, value in ((EAST, velocity[:, 0] / length), (NORTH, velocity[:, 1] / length)):
        t[:, column], _ = fold(t[:, column], weight, value, dt_s, COURSE_S)
    noise = np.where(steady, noise, np.nan)
    t[:, NOISE], t[:, COURSE_SECONDS] = fold(t[:, NOISE], weight, noise, dt_s, COURSE_S)
    return t


def length(traits: Traits) -> tuple[Floats, Floats]:
    """Length of each craft and its 1-sigma, m: as AIS told, else by extents; NaN where unknown."""
    extent, blur, n = (traits[:, k] for k in (EXTENT, RESOLUTION, EXTENTS))
    measured = np.sqrt(np.maximum(extent**2 - (POINT * blur) ** 2, 0.0))
    blurred = blur * np.hypot(RESOLUTION_ERROR, 1.0 / np.sqrt(np.maximum(n, 1e-3)))
    sigma = np.maximum(np.hypot(LENGTH_ERROR * measured, blurred), 1.0)
    known, is_told = n > 0, np.isfinite(traits[:, TOLD])
    return (
        np.where(is_told, traits[:, TOLD], np.where(known, measured, np.nan)),
        np.where(is_told, TOLD_SIGMA_M, np.where(known, sigma, np.nan)),
    )


def amplitude(traits: Traits) -> Floats:
    """Mean dB over the threshold, drawn towards 0 where few plots are behind it; NaN unknown."""
    n = traits[:, AMPLITUDES]
    return np.where(n > 0, traits[:, AMPLITUDE] * n / (n + 1.0), np.nan)


def turn_rms(traits: Traits) -> Floats:
    """Spread of the course over some two minutes, rad, less its noise; NaN where unknown."""
    R = np.clip(np.hypot(traits[:, EAST], traits[:, NORTH]), 1e-6, 1.0)
    spread = np.sqrt(np.maximum(-2.0 * np.log(R) - traits[:, NOISE], 0.0))
    return np.where(traits[:, COURSE_SECONDS] >= COURSE_MIN_S, spread, np.nan)


def speeds(traits: Traits) -> tuple[Floats, Floats]:
    """Mean and greatest speed, m/s, NaN where unknown."""
    known = traits[:, SECONDS] > 0
    mean, most = (np.where(known, traits[:, k], np.nan) for k in (SPEED, SPEED_MAX))
    return mean, most


def p_small(
    amplitude_db: Floats,
    length_m: Floats,
    length_sigma_m: Floats,
    mean_speed_mps: Floats,
    max_speed_mps: Floats,
    turn_rms_rad: Floats,
) -> Floats:
    """That each craft is shorter than some 15 m; a half where nothing is known. NaN is unknown."""
    short = (SMALL_M - length_m) / np.hypot(length_sigma_m, SMALL_SPREAD_M)
    evidence = (
        np.clip((EVEN_DB - amplitude_db) / AMPLITUDE_SCALE_DB, -ODDS_MAX, ODDS_MAX),
        np.clip(LOGISTIC * short, -ODDS_MAX, ODDS_MAX),
        np.interp(mean_speed_mps / KNOT_MPS, SPEED_KN, SPEED_ODDS),
        np.interp(max_speed_mps / KNOT_MPS, SPEED_MAX_KN, SPEED_MAX_ODDS),
        np.interp(turn_rms_rad, TURN_RAD, TURN_ODDS),
    )
    odds = sum(np.nan_to_num(e) for e in evidence)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def small(traits: Traits) -> Floats:
    """``p_small`` of all that is known of each row."""
    return p_small(amplitude(traits), *length(traits), *speeds(traits), turn_rms(traits))
