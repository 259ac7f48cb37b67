"""A first guess of a radar's bias: where most vessels' plots would lie upon their AIS."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.sensors.pairs import AZIMUTH_MAX_RAD, RANGE_MAX_M, Pairs
from coastwatch.sensors.surroundings import APART_M, SEEN, Surroundings, likelier

SCALES = np.linspace(0.96, 1.04, 17)
PEAKS = 8
# Echoes of fixed things repeat in each scan, so all of a vessel's scans tell as much as one; pairs
# beyond so many take too long.
SCANS_COUNTED, PAIRS_MAX = 1.0, 40_000


class Guess(NamedTuple):
    """A bias, the log likelihood ratio of it against clutter alone, and that of the next best."""

    azimuth_rad: float
    range_m: float
    scale: float
    score: float
    next_score: float


def search(
    pairs: Pairs, about: Surroundings, sigma_azimuth_rad: float, sigma_range_m: float
) -> Guess:
    """The bias under which the plots are likeliest: of the vessels, or clutter as dense as there.

    Vessels vote first, in azimuth and then in range offset and scale; about each of the best
    places the likelihood is climbed. Each vessel has one voice, so that neither a ship at anchor
    for a day nor clutter beside one vessel outvotes the others; those side by side share one.
    """
    few = pairs
    if len(pairs) > PAIRS_MAX:
        few = pairs.take(pairs.scan % (-(-len(pairs) // PAIRS_MAX)) == 0)
    score = _Likelihood(few, about, sigma_azimuth_rad, sigma_range_m)
    # Where clutter alone fills any window a vessel's vote is worth nothing.
    worth = np.exp(-about.density * 6 * sigma_azimuth_rad * 6 * sigma_range_m) / about.crowd
    width = sigma_azimuth_rad / 2
    bins = int(2 * AZIMUTH_MAX_RAD / width) + 1
    votes = _votes(few, (few.error_azimuth_rad + AZIMUTH_MAX_RAD) / width, bins, worth)
    guesses: list[Guess] = []
    for _ in range(PEAKS):
        k = int(np.argmax(votes))
        if votes[k] <= 0:
            break
        azimuth = (k + 0.5) * width - AZIMUTH_MAX_RAD
        near = np.abs(few.error_azimuth_rad - azimuth) < 2 * sigma_azimuth_rad
        first = _in_range(few.take(near), azimuth, sigma_range_m, worth)
        guesses.append(_climbed(score, first, sigma_azimuth_rad, sigma_range_m))
        votes[max(0, k - 4) : k + 5] = 0.0
    if not guesses:
        return Guess(0.0, 0.0, 1.0, 0.0, 0.0)
    best = max(guesses, key=lambda g: g.score)
    at_m = float(np.median(few.range_m))

    def other(g: Guess) -> bool:
        away_m = (g.range_m - best.range_m) + (g.scale - best.scale) * at_m
        apart = abs(g.azimuth_rad - best.azimuth_rad) > 1.5 * sigma_azimuth_rad
        return apart or abs(away_m) > 4 * sigma_range_m

    return best._replace(next_score=max((g.score for g in guesses if other(g)), default=0.0))


class _Likelihood:
    """The log likelihood ratio of a bias over some pairs, summed over vessels."""

    def __init__(
        self, pairs: Pairs, about: Surroundings, sigma_azimuth_rad: float, sigma_range_m: float
    ) -> None:
        self._pairs = pairs
        spread = np.hypot(pairs.sigma_ais_m, APART_M)
        self._sigma_azimuth = np.hypot(sigma_azimuth_rad, spread / pairs.range_m)
        self._sigma_range = np.hypot(sigma_range_m, spread)
        self._ratio = likelier(pairs, about, (self._sigma_azimuth, self._sigma_range))
        self._looked, self._group = _scans(pairs)
        looks = np.bincount(self._looked, minlength=len(pairs.looks))
        self._share = np.minimum(1.0, SCANS_COUNTED / np.maximum(looks, 1)) / about.crowd

    def __call__(self, azimuth_rad: float, range_m: float, scale: float) -> float:
        p = self._pairs
        za = (p.error_azimuth_rad - azimuth_rad) / self._sigma_azimuth
        zr = (p.error_range_m - range_m - (scale - 1) * p.range_m) / self._sigma_range
        hit = np.bincount(
            self._group, self._ratio * np.exp(-0.5 * (za**2 + zr**2)), len(self._looked)
        )
        gain = np.log1p(SEEN * (hit - 1.0)) if len(hit) else np.empty(0)
        own = np.bincount(self._looked, gain, len(p.looks))
        # One whom the radar does not see at all speaks for no bias, and against none.
        return float(np.maximum(own * self._share, 0.0).sum())


def _scans(pairs: Pairs) -> tuple[Ints, Ints]:
    """The vessel of each distinct vessel and scan, and to which of them each pair belongs."""
    if not len(pairs):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    scan = pairs.scan - pairs.scan.min()
    scans = int(scan.max()) + 1
    key, group = np.unique(pairs.vessel * scans + scan, return_inverse=True)
    return key // scans, group


def _climbed(score: _Likelihood, first: Guess, sigma_azimuth: float, sigma_range: float) -> Guess:
    """The top of the likelihood about a guess: each of three is moved in turn, in finer steps."""
    place = [first.azimuth_rad, first.range_m, first.scale]
    best = score(*place)
    for fine in (1.0, 0.5, 0.25):
        steps = (sigma_azimuth * fine, sigma_range * fine, 0.005 * fine)
        for _ in range(4):
            before = best
            for k, step in enumerate(steps):
                for move in (-2, -1, 1, 2):
                    tried = [*place]
                    tried[k] += move * step
                    value = score(*tried)
                    if value > best:
                        best, better = value, tried
                        place = better
            if best <= before:
                break
    return Guess(place[0], place[1], place[2], best, 0.0)


def _in_range(pairs: Pairs, azimuth_rad: float, sigma_range_m: float, worth: Floats) -> Guess:
    """The offset and scale in range for which most vessels have plots at this azimuth bias."""
    width = max(sigma_range_m, 10.0)
    bins = int(2 * RANGE_MAX_M / width) + 1
    best = Guess(azimuth_rad, 0.0, 1.0, 0.0, 0.0)
    # From the least scale on: of equals the one nearest to 1 stands.
    for scale in sorted(SCALES.tolist(), key=lambda s: abs(s - 1)):
        error = pairs.error_range_m + (1 - scale) * pairs.range_m
        votes = _votes(pairs, (error + RANGE_MAX_M) / width, bins, worth)
        k = int(np.argmax(votes))
        if votes[k] > best.score + 1e-9:
            offset = (k + 0.5) * width - RANGE_MAX_M
            best = Guess(azimuth_rad, offset, scale, float(votes[k]), 0.0)
    return best


def _votes(pairs: Pairs, place: Floats, bins: int, worth: Floats, window: int = 5) -> Floats:
    """The share of scans, summed over vessels, with a plot in a window about each bin."""
    cell = np.floor(place).astype(np.int64)
    inside = (cell >= 0) & (cell < bins)
    vessels = len(pairs.looks)
    cell, vessel, scan = cell[inside], pairs.vessel[inside], pairs.scan[inside]
    once = _distinct(vessel, scan, cell, bins)
    flat = np.bincount(vessel[once] * bins + cell[once], minlength=vessels * bins)
    # A single plot says little: that its vessel was looked at twice at least is held against it.
    share = flat.reshape(vessels, bins) / np.maximum(pairs.looks, 2)[:, None]
    padded = np.pad(share, ((0, 0), (window // 2, window // 2)))
    total = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1)
    voices: Floats = worth @ np.minimum(total[:, window:] - total[:, :-window], 1.0)
    return voices


def _distinct(vessel: Ints, scan: Ints, cell: Ints, bins: int) -> Ints:
    """Rows of distinct vessel, scan and cell: dense clutter has one voice a scan."""
    if not len(vessel):
        return np.empty(0, dtype=np.int64)
    scans = int(scan.max() - scan.min()) + 1
    key = (vessel * scans + (scan - scan.min())) * bins + cell
    index: Ints = np.unique(key, return_index=True)[1]
    return index
