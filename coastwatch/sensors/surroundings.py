"""How likely a plot beside a vessel is by chance: clutter about her, and others beside her."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from coastwatch.model import Floats
from coastwatch.sensors.pairs import AZIMUTH_MAX_RAD, RANGE_MAX_M, RANGE_MAX_SHARE, Pairs

# Of a vessel in one scan, whom the radar sees at all.
SEEN = 0.6
# What her echo and her antenna may lie apart, 1-sigma: half a ship.
APART_M = 20.0


class Surroundings(NamedTuple):
    """By vessel: plots about her, per scan, rad and m; how many lie side by side with her."""

    density: Floats
    crowd: Floats


def surroundings(pairs: Pairs, sigma_azimuth_rad: float, sigma_range_m: float) -> Surroundings:
    """What a chance pair of each vessel is held against.

    All plots in the whole gate about a vessel count, her own too. Who lie within three sigmas of
    one another, as in a harbour, would all be explained by one echo.
    """
    count = len(pairs.looks)
    seen = np.bincount(pairs.vessel, minlength=count)
    reach = RANGE_MAX_M + RANGE_MAX_SHARE * pairs.range_m
    area = np.bincount(pairs.vessel, 4 * AZIMUTH_MAX_RAD * reach, count) / np.maximum(seen, 1)
    density = (seen + 1.0) / np.maximum(pairs.looks, 1) / np.where(seen > 0, area, 1.0)
    near_m = 3 * math.hypot(sigma_range_m, APART_M)
    return Surroundings(density, _crowd(pairs, 3 * sigma_azimuth_rad, near_m))


def likelier(pairs: Pairs, about: Surroundings, spread: tuple[Floats, Floats]) -> Floats:
    """By pair: how much likelier than by chance a plot is, if it lay upon its vessel exactly.

    ``spread`` is the 1-sigma of the errors in azimuth (rad) and range (m).
    """
    peak = 2 * math.pi * spread[0] * spread[1]
    out: Floats = 1.0 / (peak * about.density[pairs.vessel])
    return out


def _crowd(pairs: Pairs, near_rad: float, near_m: float) -> Floats:
    """How many vessels lie within these of each one, herself too, by their mean places."""
    vessels = len(pairs.looks)
    n = np.maximum(np.bincount(pairs.vessel, minlength=vessels), 1)
    r = np.bincount(pairs.vessel, pairs.range_m, vessels) / n
    x, y = (np.bincount(pairs.vessel, f(pairs.azimuth_rad), vessels) for f in (np.sin, np.cos))
    azimuth = np.arctan2(x, y)
    order = np.argsort(r)
    crowd = np.ones(vessels)
    first = np.searchsorted(r[order], r - near_m)
    last = np.searchsorted(r[order], r + near_m)
    for v in range(vessels):
        about = order[first[v] : last[v]]
        turned = np.abs(np.remainder(azimuth[about] - azimuth[v] + math.pi, math.tau) - math.pi)
        crowd[v] = max(1, int(np.count_nonzero(turned < near_rad)))
    return crowd
