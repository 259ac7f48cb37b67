"""Scale factors of CFAR detectors, for a false-alarm rate in thermal noise and in K clutter.

X is the power of a cell over the level of its reference cells: their mean (CA), the greater of the
means of both sides (GO, Hansen 1973), or their k-th smallest (OS, Rohling 1983). In noise, whose
power is exponential, P(X > scale) has closed forms (Gandhi and Kassam 1988); in clutter that is
K-distributed, with a texture of its own in every cell, it is integrated here (Ward, Tough and
Watts, Sea Clutter, IET 2006).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import comb, gammaln, kve
from scipy.stats import binom

from coastwatch.decode.video.settings import Method
from coastwatch.model import Floats

RANK = 0.75  # k of n, as Rohling recommends
REFERENCE_MIN, SIDE_MIN = 8, 4  # cells, below which there is no level, or none of a side
# Bands of false alarms in noise whose share of all cells tells how spiky the clutter is: from the
# first rate to the second. What is rarer is a target. The rarer band is nearer to the tail that is
# asked for, and needs ten times as many cells.
BANDS = ((1e-2, 1e-4), (1e-3, 1e-6), (1e-4, 1e-7))
HIT = BANDS[0][0]
SHAPES = np.geomspace(0.15, 60.0, 25)  # of the K law; beyond, it is noise
GRID_STEP, GRID_END = 1 / 64, 64.0  # of the level, in means


class Scales(NamedTuple):
    """Scale factors by index of reference, and what spiky clutter multiplies them by.

    The index is the number of reference cells; for GO the smaller of both sides', or, where only
    one side has enough, window // 2 more than that side's (it is then CA).
    """

    low: Floats  # (bands, window + 1) scales of the bands; infinite where there is no level
    high: Floats  # (bands, window + 1)
    asked: Floats  # (window + 1) scale of the rate asked
    level: Floats  # (window + 1) level of unit noise: the level over it is the noise's power
    share: list[Floats]  # of each band: rising shares of cells between low and high, from noise on
    factor: list[Floats]  # of each band and share: what the asked scale is multiplied by


@lru_cache(maxsize=16)
def scales(method: Method, window: int, pfa: float) -> Scales:
    """The tables of one detector; ``window`` counts the reference cells of both sides."""
    rates = [*(low for low, _ in BANDS), *(high for _, high in BANDS), pfa]
    out, level = np.full((len(rates), window + 1), np.inf), np.ones(window + 1)
    for index in range(window + 1):
        way, n = method, index
        if method == "go":
            way, n = ("ca", index - window // 2) if index > window // 2 else ("go", index)
        if n >= (SIDE_MIN if method == "go" else REFERENCE_MIN):
            out[:, index] = [noise_scale(way, n, rate) for rate in rates]
            level[index] = noise_level(way, n)
    whole = window // 2 if method == "go" else window
    spiky = [_spiky(method, whole, pfa, band, out[-1, whole]) for band in BANDS]
    bands = len(BANDS)
    return Scales(out[:bands], out[bands:-1], out[-1], level, [s for s, _ in spiky],
                  [f for _, f in spiky])  # fmt: skip


def rank(n: int) -> int:
    """Which of n reference cells, counted from the smallest, is the level."""
    return max(int(np.ceil(RANK * n)), 1)


def noise_rate(method: Method, n: int, scale: float) -> float:
    """P(X > scale) in exponential noise."""
    if method == "ca":
        return float((1 + scale / n) ** -n)
    if method == "os":
        i = np.arange(rank(n))
        return float(np.prod((n - i) / (n - i + scale)))
    j, t = np.arange(n), scale / n
    both = np.sum(comb(n - 1 + j, j) * (2 + t) ** -(n + j))
    return float(2 * (1 + t) ** -n - 2 * both)


def noise_scale(method: Method, n: int, rate: float) -> float:
    """The scale with which ``noise_rate`` is ``rate``."""
    high = 2.0
    while noise_rate(method, n, high) > rate:
        high *= 2
    log = brentq(lambda x: np.log(noise_rate(method, n, np.exp(x)) / rate), -9.0, np.log(high))
    return float(np.exp(log))


def noise_level(method: Method, n: int) -> float:
    """The mean of the level in noise of unit power."""
    if method == "ca":
        return 1.0
    if method == "os":
        return float(np.sum(1 / (n - np.arange(rank(n)))))
    # E max of two means of n exponentials, from the density of one times the law of the other.
    j = np.arange(n)
    smaller = np.sum(comb(n + j, j) * 0.5 ** (n + j + 1))
    return float(2 * (1 - smaller))


def k_survival(x: Floats, shape: float) -> Floats:
    """P(power > x) of K clutter of mean 1 (Ward, Tough and Watts 2006)."""
    z = 2 * np.sqrt(shape * np.maximum(x, 1e-300))
    log = np.log(2) - gammaln(shape) + shape * np.log(z / 2) + np.log(kve(shape, z)) - z
    out: Floats = np.where(x > 0, np.minimum(np.exp(log), 1.0), 1.0)
    return out


def k_rate(method: Method, n: int, shape: float, scale: float) -> float:
    """P(X > scale) where all cells are K clutter of one shape, textures independent."""
    z, mass = _level_law(method, n, shape)
    return float(np.sum(mass * k_survival(scale * z, shape)))


@lru_cache(maxsize=128)
def _level_law(method: Method, n: int, shape: float) -> tuple[Floats, Floats]:
    """The level's distribution on a grid: centres and masses."""
    if method == "os":  # on a grid that is fine near zero, where spiky clutter keeps its level
        edges = np.concatenate([[0.0], np.geomspace(1e-7, GRID_END, 4000)])
        below = binom.sf(rank(n) - 1, n, 1 - k_survival(edges, shape))
    else:
        edges = np.arange(0.0, GRID_END + GRID_STEP / 2, GRID_STEP)
        wide = np.arange(0.0, n * 16.0, GRID_STEP)  # of the sum; what is above lies in no window
        cell = -np.diff(k_survival(wide, shape), append=0.0)
        size = 2 * len(wide)
        total = np.fft.irfft(np.fft.rfft(cell, size) ** n, size)[: len(wide)]
        mean = (wide + GRID_STEP * n / 2) / n  # masses stand in the middles of their bins
        law = np.minimum(np.cumsum(total), 1.0)
        below = np.interp(edges, np.concatenate([[0.0], mean]), np.concatenate([[0.0], law]))
        below = below**2 if method == "go" else below
    return (edges[1:] + edges[:-1]) / 2, np.maximum(np.diff(below), 0.0)


def _spiky(
    method: Method, n: int, pfa: float, band: tuple[float, float], asked: float
) -> tuple[Floats, Floats]:
    """Share of cells in a band, and factor of the asked scale, over falling shape."""
    low, high = (noise_scale(method, n, rate) for rate in band)
    share, factor = [band[0] - band[1]], [1.0]
    for shape in SHAPES[::-1]:
        now = k_rate(method, n, shape, low) - k_rate(method, n, shape, high)
        if now > share[-1]:  # the spikiest shapes have fewer again: they are taken as the last

            def excess(x: float, shape: float = shape) -> float:
                return float(np.log(max(k_rate(method, n, shape, asked * np.exp(x)), 1e-300) / pfa))

            share.append(now)
            factor.append(float(np.exp(brentq(excess, -0.5, 12.0, xtol=1e-3))))
    return np.array(share), np.maximum.accumulate(np.maximum(factor, 1.0))
