"""How many small craft there may have been, given those counted: an interval, and its grounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from coastwatch.model import Floats

# docs/small-craft.md, measured by bench/seasons.py: dinghies alerted of those that were there, and
# alerts that were none.
FOUND, THERE, FALSE = 139, 148, 4
COVERAGE = 0.9
# Beyond this many the normal law is as good as the exact sum.
EXACT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """90 % of the probability lies in ``low`` to ``high``; ``middle`` is the median."""

    low: int
    middle: int
    high: int


def craft_between(probabilities: Sequence[float]) -> Interval:
    """The number of small craft behind counted tracks, each one with the probability given.

    Of the counted a Poisson-binomial number is real; those missed are negative binomial, with the
    detection rate's Beta posterior (Jeffreys prior). Nothing is said of hours not watched, nor of
    one craft counted twice.
    """
    p = np.clip(np.asarray(probabilities, float), 0.0, 1.0)
    real = _real(p)
    shares = (np.arange(15) + 0.5) / 15
    rates = stats.beta.ppf(shares, FOUND + 0.5, THERE - FOUND + 0.5)
    size = len(real) + int(len(real) * 0.4) + 12
    total = np.zeros(size)
    for found in np.flatnonzero(real > 1e-9).tolist():
        missed = np.arange(size - found)
        law = np.mean([stats.nbinom.pmf(missed, found + 1, rate) for rate in rates], axis=0)
        total[found:] += real[found] * law
    below = np.cumsum(total / total.sum())
    tail = (1 - COVERAGE) / 2
    low, middle, high = (int(np.searchsorted(below, q)) for q in (tail, 0.5, 1 - tail))
    return Interval(low, middle, high)


def rounded(interval: Interval) -> tuple[int, int]:
    """The interval outward to two digits: no more precision than there is."""
    low, high = interval.low, interval.high
    step = 10 ** max(len(str(high)) - 2, 0)
    return low // step * step, -(-high // step) * step


def _real(p: Floats) -> Floats:
    """Probability of each number of real ones."""
    law: Floats = np.ones(1)
    if len(p) > EXACT_MOST:
        at = np.arange(len(p) + 1)
        law = np.array(stats.norm.pdf(at, p.sum(), max(np.sqrt((p * (1 - p)).sum()), 0.5)))
        law /= law.sum()
        return law
    for one in p:
        law = np.convolve(law, [1 - one, one])
    return law
