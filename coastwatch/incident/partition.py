"""Which calls are of one craft: the posterior over partitions, as probabilities of its blocks.

Sets are the bits of an int. The weight of a partition is the product of its blocks' weights.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from itertools import combinations

EXACT_MOST = 10  # units: 3^10 steps
BEAM = 400  # partitions kept where there are more
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
    for group in _groups(units, gain):
        solve = _exact if len(group) <= EXACT_MOST else _beam
        found |= {mask: p for mask, p in solve(group, gain).items() if p > 1e-12}
    return found


Gain = Callable[[int, Sequence[int]], float]


def _groups(units: Sequence[int], gain: Gain) -> list[list[int]]:
    parent = list(range(len(units)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in combinations(range(len(units)), 2):
        if root(i) != root(j) and gain(units[i] | units[j], (units[i], units[j])) > HOPELESS:
            parent[root(j)] = root(i)
    groups: dict[int, list[int]] = {}
    for i, unit in enumerate(units):
        groups.setdefault(root(i), []).append(unit)
    return list(groups.values())


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


def _beam(units: list[int], gain: Gain) -> dict[int, float]:
    """Unit by unit, keeping the BEAM best partitions: an approximation, the same on every run."""
    kept: list[tuple[float, dict[int, tuple[int, ...]]]] = [(0.0, {})]
    known: dict[tuple[int, ...], float] = {}

    def of(parts: tuple[int, ...]) -> float:
        if parts not in known:
            known[parts] = gain(sum(parts), parts)
        return known[parts]

    for unit in units:
        grown = []
        for log, partition in kept:
            grown.append((log + of((unit,)), {**partition, unit: (unit,)}))
            for mask, parts in partition.items():
                joined = log - of(parts) + of((*parts, unit))
                if joined > -math.inf:
                    others = {m: p for m, p in partition.items() if m != mask}
                    grown.append((joined, {**others, mask | unit: (*parts, unit)}))
        kept = heapq.nlargest(BEAM, grown, key=lambda one: (one[0], tuple(sorted(one[1]))))
    best = kept[0][0]
    weights = [math.exp(log - best) for log, _ in kept]
    total = sum(weights)
    found: dict[int, float] = {}
    for weight, (_, partition) in zip(weights, kept, strict=True):
        for mask in partition:
            found[mask] = found.get(mask, 0.0) + weight / total
    return found
