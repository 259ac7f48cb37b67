"""Where vessels usually go: how many passed each square kilometre on each course, as learned."""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.watch.ground import Mask

CELL_M, BLOCK = 1000.0, 10  # cells along the side of a block
OCTANTS = 8
DECAY_S = 3600.0
# A cell, those around it, and the neighbouring courses count as one way.
AROUND: Ints = np.array([(i, j, o) for i in (-1, 0, 1) for j in (-1, 0, 1) for o in (-1, 0, 1)])


class Routes:
    """Passages by kind of vessel, cell and octant of course, in arrays of fixed size that forget
    slowly. The last vessel of each cell and octant is remembered, so that it counts once."""

    def __init__(self, kinds: int, reach_m: float, half_life_s: float) -> None:
        self._half = math.ceil(reach_m / CELL_M / BLOCK) * BLOCK
        side = 2 * self._half
        self._half_life_s = half_life_s
        self._passed = np.zeros((kinds, side, side, OCTANTS), dtype=np.float32)
        self._last = np.full(self._passed.shape, -1, dtype=np.int32)
        self._blocks = np.zeros((kinds, side // BLOCK, side // BLOCK))
        self.began_s = math.nan
        self._decayed_s = math.nan

    def place(self, xy: Floats, course_rad: Floats) -> tuple[Ints, Ints, Mask]:
        """Cells (n, 3: line, column, octant), blocks (n,), and which rows are on the grid."""
        with np.errstate(invalid="ignore"):
            at = np.floor(xy[:, ::-1] / CELL_M) + self._half
            on: Mask = np.asarray(((at >= 0) & (at < 2 * self._half)).all(axis=1))
        at = np.where(on[:, None], at, 0).astype(np.int64)
        octant = np.round(course_rad / (2 * np.pi / OCTANTS)).astype(np.int64) % OCTANTS
        block = at[:, 0] // BLOCK * self._blocks.shape[2] + at[:, 1] // BLOCK
        return np.column_stack([at, octant]), block, on

    def pass_cells(self, kind: Ints, cell: Ints, mmsi: Ints) -> None:
        """Vessels came into cells, or took another course there."""
        where = (kind, *cell.T)
        new = self._last[where] != mmsi
        np.add.at(self._passed, tuple(w[new] for w in where), 1.0)
        self._last[where] = mmsi

    def pass_blocks(self, kind: Ints, block: Ints) -> None:
        """Vessels came into blocks."""
        np.add.at(self._blocks, (kind, *np.divmod(block, self._blocks.shape[2])), 1.0)

    def others(self, kind: Ints, cell: Ints, mmsi: Ints) -> Floats:
        """(n,) passages of other vessels of the kind through there and around, on such a course."""
        side = self._passed.shape[1]
        at = cell[:, None, :] + AROUND
        on = ((at[..., :2] >= 0) & (at[..., :2] < side)).all(axis=2)
        line, column = np.where(on, at[..., 0], 0), np.where(on, at[..., 1], 0)
        where = (kind[:, None], line, column, at[..., 2] % OCTANTS)
        passed = self._passed[where]
        own = self._last[where] == mmsi[:, None]
        theirs = np.where(own, np.maximum(passed - 1.0, 0.0), passed)
        return np.asarray(np.where(on, theirs, 0.0).sum(axis=1, dtype=np.float64))

    def around(self, kind: Ints, block: Ints) -> Floats:
        """(n,) passages of vessels of the kind through these blocks."""
        return np.asarray(self._blocks[(kind, *np.divmod(block, self._blocks.shape[2]))])

    def forget(self, time_s: float) -> None:
        """Let the past weigh less, by event time."""
        if math.isnan(self.began_s):
            self.began_s = self._decayed_s = time_s
        elif time_s >= self._decayed_s + DECAY_S:
            left = 0.5 ** ((time_s - self._decayed_s) / self._half_life_s)
            self._passed *= np.float32(left)
            self._blocks *= left
            self._decayed_s = time_s
