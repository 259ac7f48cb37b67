"""For how long a condition has held, track by track, with hysteresis."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from coastwatch.model import Ints
from coastwatch.watch.memory import Memory

Mask = NDArray[np.bool_]


class Lasting:
    """Finds the tracks of which a condition has held for ``hold_s`` without a break, and those of
    which, once found, it has not held for ``release_s``; both are seconds of event time.

    A rule makes one from the ``memory`` that it is given, which forgets a track when it has ended.
    """

    def __init__(self, memory: Memory, hold_s: float, release_s: float = 60.0) -> None:
        self._hold_s, self._release_s = hold_s, release_s
        self._since, self._until = memory.column(math.nan), memory.column(math.nan)
        self._found = memory.column(False, np.bool_)

    def step(
        self, slot: Ints, time_s: float, begins: Mask, ends: Mask | None = None
    ) -> tuple[Ints, Ints]:
        """The rows newly found, and those newly over.

        ``begins`` (n,) is the condition; ``ends`` where it certainly does not hold (default: where
        ``begins`` does not): between the two nothing changes.
        """
        ends = ~begins if ends is None else ends
        since, until = self._since.values[slot], self._until.values[slot]
        found = self._found.values[slot]
        since = np.where(begins & np.isnan(since), time_s, np.where(ends, np.nan, since))
        until = np.where(ends, np.where(np.isnan(until), time_s, until), np.nan)
        new = ~found & begins & (time_s - since >= self._hold_s)
        over = found & ends & (time_s - until >= self._release_s)
        self._since.values[slot], self._until.values[slot] = since, until
        self._found.values[slot] = (found | new) & ~over
        return np.flatnonzero(new), np.flatnonzero(over)

    def holding(self, slot: Ints) -> Mask:
        """Which rows are found and not over."""
        return np.asarray(self._found.values[slot])

    def since_s(self, slot: Ints) -> NDArray[np.float64]:
        """Since when the condition holds, NaN where it does not."""
        return np.asarray(self._since.values[slot])
