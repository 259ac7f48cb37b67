"""Whose turn it is, for what need not be judged at each picture."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Ints
from coastwatch.watch.memory import Memory
from coastwatch.watch.scene import Scene

GROUPS = 4


class Turns:
    """Gives each track its turn every ``every_s``, by event time, in groups by slot: so no
    picture has to bear them all."""

    def __init__(self, memory: Memory, every_s: float) -> None:
        self._every_s = every_s
        self._last = memory.column(-np.inf)

    def rows(self, scene: Scene) -> Ints:
        """The rows whose turn has come; that of a new track has."""
        turn = np.floor(scene.time_s / self._every_s + scene.slot % GROUPS / GROUPS)
        due = np.flatnonzero(turn != self._last.values[scene.slot])
        self._last.values[scene.slot[due]] = turn[due]
        return due
