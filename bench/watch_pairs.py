"""When definitions of two vessels hold in the truth: encounters, close approaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.watch_places import Places
from bench.watch_sail import KNOT, NM
from bench.watch_way import GRID_S, SMALL_M, Mask, Spans, Way, held
from coastwatch.model import Floats

Judge = Callable[[Floats, Floats, Way, Way], tuple[Mask, float]]


def _near(
    ways: Sequence[Way], first: Callable[[Way], bool], second: Callable[[Way], bool], judge: Judge
) -> dict[int, Spans]:
    """Of all pairs that are there at one time: when ``judge`` (of offsets and both) holds."""
    found: dict[int, Spans] = {}
    for i, a in enumerate(ways):
        for j, b in enumerate(ways):
            if i == j or not (first(a) and second(b)) or (first(b) and second(a) and j < i):
                continue
            one, other = _together(a, b)
            if one is None or other is None:
                continue
            mask, hold_s = judge(other.x - one.x, other.y - one.y, one, other)
            for span in held(one.times, mask, hold_s) if mask.any() else []:
                found.setdefault(i, []).append(span)
                found.setdefault(j, []).append(span)
    return found


def _together(a: Way, b: Way) -> tuple[Way | None, Way | None]:
    begin, end = max(a.times[0], b.times[0]), min(a.times[-1], b.times[-1])
    if end - begin < 60:
        return None, None
    times = np.arange(np.ceil(begin / GRID_S), np.floor(end / GRID_S) + 1) * GRID_S
    return _at(a, times), _at(b, times)


def _at(w: Way, times: Floats) -> Way:
    x, y, vx, vy, bow = (np.interp(times, w.times, c) for c in (w.x, w.y, w.vx, w.vy, w.heading))
    return Way(w.hull, times, x, y, np.hypot(vx, vy), np.arctan2(vx, vy), bow, vx, vy)


def encounter(ways: Sequence[Way], places: Places, slack: float) -> dict[int, Spans]:
    def judge(dx: Floats, dy: Floats, a: Way, b: Way) -> tuple[Mask, float]:
        slow = np.maximum(a.sog, b.sog) < 2 * KNOT * (1 + slack)
        mask = slow & (np.hypot(dx, dy) < 500 * (1 + slack))
        if mask.any():
            mask = mask & ~places.haven(a.x, a.y)
        return mask, 600 * (1 - slack)

    slow = {id(w): bool((w.sog < 2.2 * KNOT).any()) for w in ways}
    return _near(ways, lambda w: slow[id(w)], lambda w: slow[id(w)], judge)


def close(ways: Sequence[Way], places: Places, slack: float) -> dict[int, Spans]:
    """On the courses held a small craft and a ship will be within 0.3 NM in 20 min or less."""

    def judge(dx: Floats, dy: Floats, a: Way, b: Way) -> tuple[Mask, float]:
        ux, uy = b.vx - a.vx, b.vy - a.vy
        uu = np.maximum(ux**2 + uy**2, 1e-6)
        when = -(dx * ux + dy * uy) / uu
        miss = np.hypot(dx + when * ux, dy + when * uy)
        soon = (when > 0) & (when < 1_200 * (1 + slack))
        return soon & (miss < 0.3 * NM * (1 + 2 * slack)), 0.0

    return _near(ways, lambda w: w.hull.length_m < SMALL_M * (1 + slack), lambda w: w.ship, judge)
