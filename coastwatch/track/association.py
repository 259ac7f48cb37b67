"""Whose is which: joint integrated probabilistic data association in each cluster.

The pairs that a gate left are listed track by track: those of track i are ``first[i]`` to
``first[i + 1]``, each with its plot ``plot`` and its weight ``w``, the odds of the pair against the
track having no plot of its own (Musicki and Evans 2004). What comes out is each pair's probability
``p``, and for each plot ``free``, the probability that no listed track made it.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
from numba import njit

from coastwatch.model import Floats, Ints

# A cluster of so many joint events at most is enumerated; a greater one goes by belief propagation.
EVENTS_MAX = 3_000
TRACKS_MAX, PLOTS_MAX = 10, 40
ROUNDS_MAX, ENOUGH = 200, 1e-5


@njit()
def marginals(first: Any, plot: Any, w: Any, plots: int, apart: bool, p: Any, free: Any) -> None:
    """Fill ``p`` (pairs) and ``free`` (plots).

    ``apart`` keeps close tracks from coalescing: of the joint events that differ only in which
    track of a set has which plot of a set, the likeliest alone counts (Blom and Bloem 2000, JPDA*).
    """
    tracks = len(first) - 1
    free[:] = 1.0
    root = clusters(first, plot, plots)
    order = ordered(root)
    begin = 0
    while begin < tracks:
        end = begin + 1
        while end < tracks and root[order[end]] == root[order[begin]]:
            end += 1
        members = order[begin:end]
        if end - begin == 1:
            _alone(first, plot, w, members[0], p, free)
        elif _events(first, members) <= EVENTS_MAX and end - begin <= TRACKS_MAX:
            exact(first, plot, w, members, apart, p, free)
        else:
            propagate(first, plot, w, members, p, free)
        begin = end


@njit()
def clusters(first: Any, plot: Any, plots: int) -> Any:
    """For each track the least plot of its cluster, -1 where it has none: union by plots."""
    parent = np.arange(plots)
    tracks = len(first) - 1
    for i in range(tracks):
        for k in range(first[i] + 1, first[i + 1]):
            a, b = _find(parent, plot[first[i]]), _find(parent, plot[k])
            if a != b:
                parent[max(a, b)] = min(a, b)
    root = np.empty(tracks, np.int64)
    for i in range(tracks):
        root[i] = _find(parent, plot[first[i]]) if first[i + 1] > first[i] else -1 - i
    return root


@njit()
def ordered(key: Any) -> Any:
    """Indices that sort ``key``, equals as they come. (That of numpy takes seconds to compile.)"""
    n, width = len(key), 1
    order, other = np.arange(n), np.empty(n, np.int64)
    while width < n:
        for low in range(0, n, 2 * width):
            half, high = min(low + width, n), min(low + 2 * width, n)
            a, b = low, half
            for k in range(low, high):
                if a < half and (b >= high or key[order[a]] <= key[order[b]]):
                    other[k] = order[a]
                    a += 1
                else:
                    other[k] = order[b]
                    b += 1
        order, other = other, order
        width *= 2
    return order


@njit()
def _find(parent: Any, a: int) -> int:
    while parent[a] != a:
        parent[a] = parent[parent[a]]
        a = parent[a]
    return a


@njit()
def _alone(first: Any, plot: Any, w: Any, i: int, p: Any, free: Any) -> None:
    total = 1.0
    for k in range(first[i], first[i + 1]):
        total += w[k]
    for k in range(first[i], first[i + 1]):
        p[k] = w[k] / total
        free[plot[k]] = 1.0 - p[k]


@njit()
def _events(first: Any, members: Any) -> float:
    """A bound of the number of joint events."""
    total = 1.0
    for i in members:
        total *= first[i + 1] - first[i] + 1
    return total


@njit()
def exact(first: Any, plot: Any, w: Any, members: Any, apart: bool, p: Any, free: Any) -> None:
    """Enumerate the joint events of one cluster: every track has one plot or none, no plot two."""
    n = len(members)
    local, seen = _local(first, plot, members)
    most = int(_events(first, members))
    weight = np.empty(most)
    choice = np.empty((most, n), np.int64)
    key = np.empty(most, np.int64)
    events = _walk(first, w, members, local, len(seen), weight, choice, key)
    if apart and len(seen) <= PLOTS_MAX:
        _likeliest(key[:events], weight)
    total = 0.0
    for e in range(events):
        total += weight[e]
    for t in range(n):
        for k in range(first[members[t]], first[members[t] + 1]):
            p[k] = 0.0
    for e in range(events):
        for t in range(n):
            if choice[e, t] >= 0:
                p[choice[e, t]] += weight[e] / total
    _left(first, plot, members, p, free)


@njit()
def _local(first: Any, plot: Any, members: Any) -> Any:
    """Each pair's plot by its number within the cluster, and the plots of these numbers."""
    begin, end = len(plot), 0
    for i in members:
        begin, end = min(begin, first[i]), max(end, first[i + 1])
    count = 0
    for i in members:
        count += first[i + 1] - first[i]
    seen, n = np.empty(count, np.int64), 0
    local = np.full(end - begin, -1, np.int64)
    for i in members:
        for k in range(first[i], first[i + 1]):
            at = 0
            while at < n and seen[at] != plot[k]:
                at += 1
            if at == n:
                seen[n] = plot[k]
                n += 1
            local[k - begin] = at
    return local, seen[:n]


@njit()
def _walk(first: Any, w: Any, members: Any, local: Any, plots: int, weight: Any, choice: Any,
          key: Any) -> int:  # fmt: skip
    """All joint events, depth first; their number. ``key`` tells who has a plot, and which are."""
    n = len(members)
    begin = first[members[0]]
    for i in members:
        begin = min(begin, first[i])
    at = np.full(n, -1, np.int64)  # -1: none; else the pair, counted within its track
    used = np.zeros(plots, np.bool_)
    product_ = np.ones(n + 1)
    t, events = 0, 0
    fresh = True
    while t >= 0:
        if t == n:
            weight[events] = product_[n]
            code = 0
            for s in range(n):
                pair = first[members[s]] + at[s] if at[s] >= 0 else -1
                choice[events, s] = pair
                if pair >= 0:
                    code |= (1 << s) | (1 << (TRACKS_MAX + min(local[pair - begin], PLOTS_MAX)))
            key[events] = code
            events += 1
            t -= 1
            fresh = False
            continue
        if fresh:
            at[t] = -1
            product_[t + 1] = product_[t]
            t += 1
            continue
        # Leave the present choice for the next one.
        if at[t] >= 0:
            used[local[first[members[t]] + at[t] - begin]] = False
        at[t] += 1
        count = first[members[t] + 1] - first[members[t]]
        while at[t] < count and used[local[first[members[t]] + at[t] - begin]]:
            at[t] += 1
        if at[t] == count:
            t -= 1
            continue
        k = first[members[t]] + at[t]
        used[local[k - begin]] = True
        product_[t + 1] = product_[t] * w[k]
        t += 1
        fresh = True
    return events


@njit()
def _likeliest(key: Any, weight: Any) -> None:
    """Of the events of one key leave the likeliest alone."""
    order = ordered(key)
    begin = 0
    while begin < len(order):
        end, best = begin, order[begin]
        while end < len(order) and key[order[end]] == key[order[begin]]:
            if weight[order[end]] > weight[best]:
                best = order[end]
            end += 1
        for e in order[begin:end]:
            if e != best:
                weight[e] = 0.0
        begin = end


@njit()
def _left(first: Any, plot: Any, members: Any, p: Any, free: Any) -> None:
    for i in members:
        for k in range(first[i], first[i + 1]):
            free[plot[k]] -= p[k]
    for i in members:
        for k in range(first[i], first[i + 1]):
            free[plot[k]] = min(max(free[plot[k]], 0.0), 1.0)


@njit()
def propagate(first: Any, plot: Any, w: Any, members: Any, p: Any, free: Any) -> None:
    """Loopy belief propagation in one cluster (Williams and Lau 2014, figure 3); it converges.

    Until the last round ``p`` holds the messages from plots to tracks, ``own`` those back.
    """
    own = np.empty(len(p))
    for i in members:
        p[first[i] : first[i + 1]] = 1.0
    for _ in range(ROUNDS_MAX):
        for i in members:
            free[plot[first[i] : first[i + 1]]] = 1.0
        for i in members:
            total = _total(w, p, first[i], first[i + 1])
            for k in range(first[i], first[i + 1]):
                own[k] = w[k] / (total - w[k] * p[k])
                free[plot[k]] += own[k]
        change = 0.0
        for i in members:
            for k in range(first[i], first[i + 1]):
                message = 1.0 / max(free[plot[k]] - own[k], 1.0)
                change = max(change, abs(message - p[k]))
                p[k] = message
        if change < ENOUGH:
            break
    for i in members:
        total = _total(w, p, first[i], first[i + 1])
        for k in range(first[i], first[i + 1]):
            p[k] = w[k] * p[k] / total
            free[plot[k]] = 1.0
    _left(first, plot, members, p, free)


@njit()
def _total(w: Any, p: Any, begin: int, end: int) -> float:
    total = 1.0
    for k in range(begin, end):
        total += w[k] * p[k]
    return total


def plain(first: Ints, plot: Ints, w: Floats, plots: int) -> tuple[Floats, Floats]:
    """The same marginals by going through every joint event: what the kernels are held to."""
    tracks = [range(a, b) for a, b in pairwise(first.tolist())]
    p, free, total = np.zeros(len(plot)), np.zeros(plots), 0.0
    for event in product(*([-1, *pairs] for pairs in tracks)):
        chosen = [k for k in event if k >= 0]
        used = [int(plot[k]) for k in chosen]
        if len(set(used)) == len(used):
            weight = float(np.prod(w[chosen]))
            total += weight
            p[chosen] += weight
            free += weight * ~np.isin(np.arange(plots), used)
    return p / total, free / total
