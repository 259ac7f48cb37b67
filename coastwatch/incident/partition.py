"""Which calls are of one craft: the posterior over partitions, as probabilities of its blocks.

Sets are the bits of an int. The weight of a partition is the product of its blocks' weights.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from itertools import combinations

EXACT_MOST = 10  # units: 3^10 steps
BEAM = 1000  # partitions kept where there are more,
MANY, BEAM_LEAST = 20, 30  # of more units fewer are kept: a flood of calls is answered in seconds
NARROW = 16.0  # and none whose logarithm is so far below the best
# A pair less likely than this to be one craft, the others left out, is never compared again.
HOPELESS = math.log(1e-4)

Weight = Callable[[int], float]
Barred = Callable[[int], bool]


def blocks(units: Sequence[int], log_weight: Weight, barred: Barred) -> dict[int, float]:
    """Probability of each set of calls that it is all of one craft's, where over 1e-12.

    ``units`` are disjoint sets that are never divided, in order of time. ``barred`` names the sets
    that may not be of one craft. Units that no chain of likely pairs connects are independent.
    """

    def gain(mask: int, parts: Sequence[int]) -> float:
        """Log weight of a block against its units each alone."""
        return -math.inf if barred(mask) else log_weight(mask) - sum(map(log_weight, parts))

    found: dict[int, float] = {}
    near = _near(units, gain)
    for group in _groups(units, near):
        exact = len(group) <= EXACT_MOST
        solved = _exact(group, gain) if exact else _beam(group, gain, near)
        found |= {mask: p for mask, p in solved.items() if p > 1e-12}
    return found


Gain = Callable[[int, Sequence[int]], float]


def _near(units: Sequence[int], gain: Gain) -> dict[int, int]:
    """For each unit, all calls and tracks of units that it is not hopeless with, itself too."""
    near = {unit: unit for unit in units}
    for one, other in combinations(units, 2):
        if gain(one | other, (one, other)) > HOPELESS:
            near[one] |= other
            near[other] |= one
    return near


def _groups(units: Sequence[int], near: dict[int, int]) -> list[list[int]]:
    """Units that chains of near pairs connect."""
    groups: list[int] = []
    for unit in units:
        touched = [group for group in groups if group & near[unit]]
        whole = near[unit]
        for group in touched:
            whole |= group
        groups = [*(group for group in groups if group not in touched), whole]
    return [[unit for unit in units if unit & group] for group in groups]


def _exact(units: list[int], gain: Gain) -> dict[int, float]:
    """By dynamic programming over subsets: Z(S) sums over the block that holds S's first unit."""
    n = len(units)
    logs, masks = [0.0] * (1 << n), [0] * (1 << n)
    for s in range(1, 1 << n):
        parts = [units[i] for i in range(n) if s >> i & 1]
        masks[s] = sum(parts)
        logs[s] = gain(masks[s], parts)
    # Weights are scaled by their count of units, so that no product of them overflows a float.
    scale = max(0.0, max((logs[s] / s.bit_count() for s in range(1, 1 << n)), default=0.0))
    weight = [math.exp(logs[s] - scale * s.bit_count()) if s else 1.0 for s in range(1 << n)]
    total = [1.0] + [0.0] * ((1 << n) - 1)
    for s in range(1, 1 << n):
        first = s & -s
        rest = b = s ^ first
        while True:
            total[s] += weight[first | b] * total[rest ^ b]
            if not b:
                break
            b = (b - 1) & rest
    whole = (1 << n) - 1
    return {masks[s]: weight[s] * total[whole ^ s] / total[whole] for s in range(1, whole + 1)}


def _beam(units: list[int], gain: Gain, near: dict[int, int]) -> dict[int, float]:
    """Unit by unit, keeping the BEAM best partitions: an approximation, the same on every run."""
    weights: dict[int, float] = {}
    beam = max(BEAM_LEAST, round(BEAM * min(1.0, MANY / len(units)) ** 3))

    def weight(mask: int) -> float:
        if mask not in weights:
            weights[mask] = gain(mask, [unit for unit in units if unit & mask])
        return weights[mask]

    kept: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for unit in units:
        alone = weight(unit)
        grown = [(log + alone, i, 0) for i, (log, _) in enumerate(kept)]
        for i, (log, partition) in enumerate(kept):
            grown += [
                (log - weight(block) + weight(block | unit), i, block)
                for block in partition
                if block & near[unit]
            ]
        least = max(log for log, _, _ in grown) - NARROW
        best = heapq.nlargest(beam, (one for one in grown if one[0] > least))
        kept = [
            (log, (*(b for b in kept[i][1] if b != joined), joined | unit))
            for log, i, joined in best
        ]
    shares = [math.exp(log - kept[0][0]) for log, _ in kept]
    total = sum(shares)
    found: dict[int, float] = {}
    for share, (_, partition) in zip(shares, kept, strict=True):
        for mask in partition:
            found[mask] = found.get(mask, 0.0) + share / total
    return found
