"""One picture of tracks against all shapes: who came in, went out, crossed; what to keep of whom.

A track has entered at p >= 0.95 (left at p <= 0.05) if it is on its way in (out), so surely that
place and velocity together are 5.5 sigmas from what noise at the edge would be. Else it must be 6
sigmas off every edge, and move, or be there for 30 s. Between the two nothing changes: at 0.95
alone a vessel that lies at an edge would come and go 7 times an hour (noise that lasts a minute),
or 180 times (fresh noise each second).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Floats, Ints
from coastwatch.watch.shapes.chance import beyond, root_of
from coastwatch.watch.shapes.near import add, holding, in_order, look
from coastwatch.watch.shapes.tree import crossed

ENTRY, EXIT, LEFT_TO_RIGHT, RIGHT_TO_LEFT = 0, 1, 2, 3
NOTHING, GONE = -1, -2  # gone: touched it, and is surely outside again
LIKELY_P = 0.95
BOTH_SIGMAS, ON_WAY_SIGMAS, ON_WAY_MIN_MPS = 5.5, 4.0, 0.1
MOVING_SIGMAS, MOVING_MIN_MPS, SURE_S = 3.0, 0.5, 30.0
PASSED_P = 0.5  # of a passage through, between two places that are surely outside
# A longer stride than any craft makes is a mend of the track, not a way that it went.
JUMP_M, JUMP_MPS = 500.0, 60.0
NEVER = np.nan

TRACK, SHAPE, STATE, NET = 0, 1, 2, 3
SINCE, SURE, FROM_X, FROM_Y, P = 0, 1, 2, 3, 4


class Pairs(NamedTuple):
    """What is kept of tracks and shapes, sorted by track and shape; only pairs that matter.

    ``keys`` (n, 4): track, shape, state (1 inside), net crossings of a line (1 to its left).
    ``values`` (n, 5): inside since; sure since, of what is to be said; x and y before the track
    touched a shape that it is not in; probability of being inside.
    """

    keys: Ints
    values: Floats


class Shapes(NamedTuple):
    """What is known of each shape: line or area, whether a band round a zone, since which edition.

    ``hull`` (shapes, k, 2) are the corners furthest in k directions round the compass.
    """

    line: NDArray[np.bool_]
    band: NDArray[np.bool_]
    edition: Ints
    hull: Floats


@njit()
def _moves(s: Any, shape: int, v: Any, cov: Any, sign: float) -> bool:
    """Whether a track is surely on its way to the left of a shape's nearest edge (``sign`` 1), or
    to the right. Where no edge is near, whether it surely moves.

    """
    vx, vy = v
    nx, ny, speed = s.nx[shape] * sign, s.ny[shape] * sign, math.hypot(vx, vy)
    near, alone = s.near[shape], s.near[shape] == np.inf
    if alone:
        nx, ny = vx / max(speed, 1e-9), vy / max(speed, 1e-9)
    along = vx * nx + vy * ny
    variance = cov[2, 2] * nx * nx + 2 * cov[2, 3] * nx * ny + cov[3, 3] * ny * ny
    # What cannot be compared (NaN) is no motion.
    least, enough = MOVING_MIN_MPS, MOVING_SIGMAS**2
    if not alone:
        least, enough = ON_WAY_MIN_MPS, max(ON_WAY_SIGMAS**2, BOTH_SIGMAS**2 - near * near)
    known = variance >= 0.0
    return bool(known and along >= least and along * along >= enough * max(variance, 1e-6))


@njit()
def _across(hull: Any, x0: float, y0: float, x: float, y: float, variance: Any) -> float:
    """The probability that a straight way goes through a shape, as wide as it is across the way."""
    length = math.hypot(x - x0, y - y0)
    if length < 1e-6:
        return 0.0
    nx, ny = -(y - y0) / length, (x - x0) / length
    low, high = np.inf, -np.inf
    for k in range(len(hull)):
        off = (hull[k, 0] - x0) * nx + (hull[k, 1] - y0) * ny
        low, high = min(low, off), max(high, off)
    l11, l21, l22 = variance
    sigma = math.hypot(l11 * nx + l21 * ny, l22 * ny)
    return beyond(low / sigma) - beyond(high / sigma)


@njit()
def _since(value: Any, time_s: float, holds: bool) -> bool:
    """Whether what holds now has held for long enough; keeps since when."""
    if not holds:
        value[SURE] = NEVER
        return False
    if math.isnan(value[SURE]):
        value[SURE] = time_s
    return bool(time_s - value[SURE] >= SURE_S)


@njit()
def _meets(tree: Any, shape: int, first: Any, x0: float, y0: float, x: float, y: float) -> bool:
    """Whether a straight way meets a shape's edge."""
    found = False
    for j in range(first[shape], first[shape + 1]):
        found = found or crossed(tree.ends[j], x0, y0, x, y) != 0
    return found


@njit()
def _area(s: Any, shape: int, key: Any, value: Any, track: Any) -> Any:
    """What an area or band is to a track now: (event, whether the pair is kept).

    ``GONE`` is a track that may have gone through.
    """
    time_s, px, py, v, cov = track
    p = value[P]
    if key[STATE]:
        out = s.within[shape] == 0 and p <= 1 - LIKELY_P and _moves(s, shape, v, cov, -1.0)
        if _since(value, time_s, s.within[shape] == 0 and s.near[shape] == np.inf) or out:
            return EXIT, False
        return NOTHING, True
    came = p >= LIKELY_P and _moves(s, shape, v, cov, 1.0)
    met = not math.isnan(value[FROM_X])
    if not met and (s.touched[shape] or s.within[shape]):
        value[FROM_X], value[FROM_Y], met = px, py, True
    gone = met and p <= 1 - LIKELY_P and _moves(s, shape, v, cov, -1.0)
    if _since(value, time_s, met and s.near[shape] == np.inf):
        came, gone = came or p > 0.5, gone or p < 0.5
    if came:
        key[STATE], value[SINCE], value[SURE] = 1, time_s, NEVER
        value[FROM_X] = value[FROM_Y] = NEVER
        return ENTRY, True
    return (GONE, False) if gone else (NOTHING, met)


@njit()
def _line(s: Any, shape: int, key: Any, value: Any, track: Any) -> Any:
    """What a line is to a track now: (event, whether the pair is kept)."""
    time_s, _, _, v, cov = track
    key[NET] += s.net[shape]
    if key[NET] == 0:
        return NOTHING, False
    near = s.near[shape]
    value[P] = 1.0 - beyond(near)
    over = value[P] >= LIKELY_P and _moves(s, shape, v, cov, 1.0 if key[NET] > 0 else -1.0)
    if _since(value, time_s, near == np.inf) or over:
        return (RIGHT_TO_LEFT if key[NET] > 0 else LEFT_TO_RIGHT), False
    return NOTHING, True


@njit()
def roomy(a: Any, n: int) -> Any:
    if n <= len(a):
        return a
    more = np.empty((2 * n, a.shape[1]), a.dtype)
    more[: len(a)] = a
    return more


@njit()
def _settle(tree: Any, shapes: Any, s: Any, shape: int, pair: Any, track: Any, here: Any) -> Any:
    """What a known shape is to a known track: (event, its probability, whether to keep)."""
    key, value = pair
    if shapes.line[shape]:
        event, kept = _line(s, shape, key, value, track)
        return event, value[P], kept
    event, kept = _area(s, shape, key, value, track)
    if event == EXIT:
        return event, 1.0 - value[P], kept
    if event != GONE:
        return event, value[P], kept
    x, y, root, first = here
    x0, y0 = value[FROM_X], value[FROM_Y]
    p = _across(shapes.hull[shape], x0, y0, x, y, root)
    through = p >= PASSED_P and _meets(tree, shape, first, x0, y0, x, y)
    return (GONE if through else NOTHING), p, False


@njit()
def _tell(told: Any, row: int, shape: int, event: int, p: float) -> Any:
    """The list of events, their probabilities and number, with one more."""
    events, chances, count = told
    events, chances = roomy(events, count + 1), roomy(chances, count + 1)
    events[count, 0], events[count, 1], events[count, 2] = row, shape, event
    chances[count, 0] = p
    return events, chances, count + 1


@njit()
def _pair(old: Any, k: int, track: int, shape: int, key: Any, value: Any) -> None:
    """A pair as it was, or a new one."""
    if k >= 0:
        key[:], value[:] = old.keys[k], old.values[k]
    else:
        key[TRACK], key[SHAPE], key[STATE], key[NET] = track, shape, 0, 0
        value[:] = NEVER


def _entry(version: int) -> Any:
    @njit(cache=True)
    def follow(
        tree_: Any, shapes_: Any, scratch_: Any, first_edge: Any, old_: Any, begin: Any, end: Any,
        ids: Any, state_: Any, cov_: Any, before: Any, edition: Any, waited: Any, time_s: float,
    ) -> Any:  # fmt: skip
        """The pairs from now on, where each row's begin, and events: (row, shape, what), p.

        ``begin`` and ``end`` are each row's ``old`` pairs; ``before`` (rows, 2) where it was, NaN
        for a new track; ``edition`` (rows,) of the shapes when it was last seen; ``waited`` (rows,)
        seconds since then.
        """
        tree, shapes, s = uncounted(tree_), uncounted(shapes_), uncounted(scratch_)
        old, state, cov = uncounted(old_), uncounted(state_), uncounted(cov_)
        n = len(ids) if version else 0
        keys, values = np.empty((2 * len(old.keys) + 64, 4), np.int64), np.empty((64, 5))
        at, pairs = np.zeros(n + 1, np.int64), 0
        told = (np.empty((64, 3), np.int64), np.empty((64, 1)), 0)
        for row in range(n):
            x, y, root = state[row, 0], state[row, 1], root_of(cov[row])
            px, py = before[row, 0], before[row, 1]
            born = math.isnan(px)
            stride = max(JUMP_M, JUMP_MPS * waited[row])
            if born or not math.hypot(x - px, y - py) <= stride:
                px, py = x, y
            count = 0
            for k in range(begin[row], end[row]):
                count = add(s, row, old.keys[k, SHAPE], count)
                s.old[old.keys[k, SHAPE]] = k
            count = holding(tree, shapes.line, s, row, x, y, count)
            count = look(tree, s, row, (px, py, x, y), root, count)
            in_order(s.found, count)
            keys, values = roomy(keys, pairs + count), roomy(values, pairs + count)
            track = (time_s, px, py, (state[row, 2], state[row, 3]), cov[row])
            for f in range(count):
                shape = s.found[f]
                key, value, k = keys[pairs], values[pairs], s.old[shape]
                _pair(old, k, ids[row], shape, key, value)
                value[P] = min(max(s.within[shape] - s.p_lost[shape], 0.0), 1.0)
                if k < 0 and (born or shapes.edition[shape] > edition[row]):
                    # Nobody enters by being born or by an edit.
                    kept = not shapes.line[shape] and value[P] >= 0.5
                    key[STATE], value[SINCE] = kept, time_s
                    pairs += kept
                    continue
                here = (x, y, root, first_edge)
                event, p, kept = _settle(tree, shapes, s, shape, (key, value), track, here)
                if event == GONE:
                    told = _tell(told, row, shape, ENTRY, p)
                    event = EXIT
                if event != NOTHING:
                    told = _tell(told, row, shape, event, p)
                pairs += kept
            at[row + 1] = pairs
        events, chances, count = told
        return (
            keys[:pairs].copy(), values[:pairs].copy(), at, events[:count].copy(),
            chances[:count, 0].copy(),
        )  # fmt: skip

    return follow


follow = _entry(sources(Path(__file__).parent))
