"""Where every target and track was at common times."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints
from coastwatch.score.read import Paths


class Samples(NamedTuple):
    """Positions at times ``slot`` (index), sorted by slot and then owner.

    ``bounds[i]:bounds[i + 1]`` are the rows of slot i.
    """

    bounds: NDArray[np.intp]
    slot: Ints
    owner: Ints
    xy: Floats  # (n, 2)
    mmsi: Ints


def sample(paths: Paths, xy: Floats, when_s: Floats, gap_s: float, tail_s: float) -> Samples:
    """The paths at the sorted times ``when_s``.

    Between two rows at most ``gap_s`` apart a position is interpolated; after the last row and in
    a longer gap the row before stands for ``tail_s``. The MMSI is that of the row before.
    """
    edges = np.searchsorted(paths.owner, np.arange(paths.owners + 1))
    parts = [
        _sample_one(paths.time_s[a:b], when_s, gap_s, tail_s, a)
        for a, b in itertools.pairwise(edges)
    ]
    if not parts:
        parts = [_sample_one(np.empty(0), np.empty(0), gap_s, tail_s, 0)]
    slot, before, after, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(slot, kind="stable")
    slot, before, after, share = slot[order], before[order], after[order], share[order]
    places = xy[before] + share[:, None] * (xy[after] - xy[before])
    bounds = np.searchsorted(slot, np.arange(len(when_s) + 1))
    return Samples(bounds, slot, paths.owner[before], places, paths.mmsi[before])


def _sample_one(
    time_s: Floats, when_s: Floats, gap_s: float, tail_s: float, offset: int
) -> tuple[Ints, Ints, Ints, Floats]:
    """Slots, the rows before and after each (from ``offset``), and the share of the latter."""
    if not len(time_s):
        none = np.empty(0, dtype=np.int64)
        return none, none, none, np.empty(0)
    last = np.searchsorted(when_s, time_s[-1] + tail_s, side="right")
    slot = np.arange(np.searchsorted(when_s, time_s[0]), last)
    when = when_s[slot]
    before = np.searchsorted(time_s, when, side="right") - 1
    after = np.minimum(before + 1, len(time_s) - 1)
    gap = time_s[after] - time_s[before]
    joined = (gap > 0) & (gap <= gap_s)
    share = np.where(joined, when - time_s[before], 0.0) / np.where(joined, gap, 1.0)
    kept = joined | (when - time_s[before] <= tail_s)
    return slot[kept], before[kept] + offset, after[kept] + offset, share[kept]
