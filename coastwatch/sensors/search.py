"""A first guess of a radar's bias: where the plots of most vessels would lie upon their AIS."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.sensors.pairs import AZIMUTH_MAX_RAD, RANGE_MAX_M, Pairs

SCALES = np.linspace(0.96, 1.04, 17)
PEAKS = 6


class Guess(NamedTuple):
    """A bias, how many vessels it explains, and how many the next best one does."""

    azimuth_rad: float
    range_m: float
    scale: float
    vessels: float
    next_vessels: float


def search(pairs: Pairs, sigma_azimuth_rad: float, sigma_range_m: float) -> Guess:
    """The bias for which most vessels have a plot in most of their scans.

    Each vessel has one voice, shared among its scans, so that neither a ship at anchor for a day
    nor clutter beside one vessel outvotes the others. First in azimuth, then, at the best few
    azimuths, in range offset and scale.
    """
    width = sigma_azimuth_rad / 2
    bins = int(2 * AZIMUTH_MAX_RAD / width) + 1
    votes = _votes(pairs, (pairs.error_azimuth_rad + AZIMUTH_MAX_RAD) / width, bins, 5)
    guesses: list[Guess] = []
    for _ in range(PEAKS):
        k = int(np.argmax(votes))
        if votes[k] <= 0:
            break
        azimuth = (k + 0.5) * width - AZIMUTH_MAX_RAD
        near = np.abs(pairs.error_azimuth_rad - azimuth) < 3 * sigma_azimuth_rad
        guesses.append(_in_range(pairs.take(near), azimuth, sigma_range_m))
        votes[max(0, k - 12) : k + 13] = 0.0
    guesses.sort(key=lambda g: -g.vessels)
    if not guesses:
        return Guess(0.0, 0.0, 1.0, 0.0, 0.0)
    following = guesses[1].vessels if len(guesses) > 1 else 0.0
    return guesses[0]._replace(next_vessels=following)


def _in_range(pairs: Pairs, azimuth_rad: float, sigma_range_m: float) -> Guess:
    width = max(sigma_range_m, 10.0)
    bins = int(2 * RANGE_MAX_M / width) + 1
    best = Guess(azimuth_rad, 0.0, 1.0, 0.0, 0.0)
    # From the least scale on: of equals the one nearest to 1 stands.
    for scale in sorted(SCALES.tolist(), key=lambda s: abs(s - 1)):
        error = pairs.error_range_m + (1 - scale) * pairs.range_m
        votes = _votes(pairs, (error + RANGE_MAX_M) / width, bins, 5)
        k = int(np.argmax(votes))
        if votes[k] > best.vessels + 1e-9:
            offset = (k + 0.5) * width - RANGE_MAX_M
            best = Guess(azimuth_rad, offset, scale, float(votes[k]), 0.0)
    return best


def _votes(pairs: Pairs, place: Floats, bins: int, window: int) -> Floats:
    """The share of scans, summed over vessels, with a plot in a window about each bin."""
    cell = np.floor(place).astype(np.int64)
    inside = (cell >= 0) & (cell < bins)
    vessels = len(pairs.looks)
    cell, vessel, scan = cell[inside], pairs.vessel[inside], pairs.scan[inside]
    once = _distinct(vessel, scan, cell, bins)
    flat = np.bincount(vessel[once] * bins + cell[once], minlength=vessels * bins)
    share = flat.reshape(vessels, bins) / np.maximum(pairs.looks, 2)[:, None]
    # A single plot says little: that its vessel was looked at twice at least is held against it.
    padded = np.pad(share, ((0, 0), (window // 2, window // 2)))
    total = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1)
    voices: Floats = np.minimum(total[:, window:] - total[:, :-window], 1.0).sum(axis=0)
    return voices


def _distinct(vessel: Ints, scan: Ints, cell: Ints, bins: int) -> Ints:
    """Rows of distinct vessel, scan and cell: dense clutter has one voice a scan."""
    if not len(vessel):
        return np.empty(0, dtype=np.int64)
    scans = int(scan.max() - scan.min()) + 1
    key = (vessel * scans + (scan - scan.min())) * bins + cell
    index: Ints = np.unique(key, return_index=True)[1]
    return index
