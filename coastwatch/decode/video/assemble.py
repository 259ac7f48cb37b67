"""Spokes as they come to sectors of a turn: sorted, each azimuth once, bounded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.decode.video.clutter import SECTORS
from coastwatch.decode.video.settings import CELLS_MAX, SPOKES_MAX
from coastwatch.decode.video.spokes import Spokes
from coastwatch.model import Floats

TURN = 2 * math.pi
STEP = TURN / SECTORS
# A spoke may come this far behind another; further back is the next turn.
BACK_RAD = STEP / 2
PENDING_MAX = 1 << 26  # cells that may wait for their sector's end
SAME = 0.25  # of a spoke's width: nearer is the same spoke again
RANGE_MAX_M, CELL_MIN_M = 1e6, 0.01
TIME_MAX_S = 1e11  # beyond, no clock of ours goes: undated
DTYPES = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.uint32))


@dataclass(slots=True)
class Sector:
    """The spokes of one sector of one turn, in order of azimuth; n spokes of m cells."""

    turn: int
    number: int  # 0..SECTORS - 1, from north
    along_rad: Floats  # (n) azimuth, counted on over the turns
    time_s: Floats  # (n)
    cells: NDArray[Any]  # (n, m)
    spacing_rad: float  # from one spoke to the next
    lon: float
    lat: float

    @property
    def end_rad(self) -> float:
        """Where the next sector begins."""
        return (self.turn * SECTORS + self.number + 1) * STEP


@dataclass(frozen=True, slots=True)
class Geometry:
    """What must be the same for spokes to be of one picture."""

    cells: int
    range0_m: float
    cell_m: float
    bits: int
    width_rad: float
    dtype: str


def geometry(spokes: Spokes) -> Geometry | None:
    """The geometry of a batch; None for what cannot be a picture."""
    cells = spokes.cells
    if not isinstance(cells, np.ndarray) or cells.ndim != 2 or cells.dtype not in DTYPES:
        return None
    width, bits = spokes.width_rad, spokes.bits
    count = min(cells.shape[1], CELLS_MAX)
    near, length = spokes.range0_m, spokes.cell_m * count
    placed = -RANGE_MAX_M < near < RANGE_MAX_M and near + length <= RANGE_MAX_M
    if not (placed and spokes.cell_m >= CELL_MIN_M and 1 <= bits <= 32):  # NaN is none of these
        return None
    width = min(width, STEP) if width > 0 else 0.0
    return Geometry(count, spokes.range0_m, spokes.cell_m, bits, width, cells.dtype.str)


class Assembler:
    """Spokes of one geometry in, sectors out as soon as they are complete."""

    def __init__(self, shape: Geometry, rejected: Counter[str]) -> None:
        self._shape, self._rejected = shape, rejected
        self._along = math.nan  # of the latest spoke
        self._done = -math.inf  # sectors before this angle have been given out
        self._waiting: list[tuple[Floats, Floats, NDArray[Any]]] = []
        self._place = (math.nan, math.nan)
        self.pending = 0

    def take(self, spokes: Spokes) -> Iterator[Sector]:
        """The sectors that these spokes complete."""
        azimuth = np.asarray(spokes.azimuth_rad, np.float64).ravel()
        time_s = np.asarray(spokes.time_s, np.float64).ravel()
        time_s = np.where(np.abs(time_s) < TIME_MAX_S, time_s, np.nan)
        n = min(len(azimuth), len(time_s), len(spokes.cells), SPOKES_MAX)
        self._reject("spokes of uneven columns", len(spokes.cells) - n)
        good = np.abs(azimuth[:n]) < 1e3  # not NaN
        self._reject("spoke without azimuth", int(n - good.sum()))
        if not good.any():
            return
        self._place = (spokes.lon, spokes.lat)
        along = self._onward(np.remainder(azimuth[:n][good], TURN))
        late = along < self._done
        self._reject("spoke too late", int(late.sum()))
        along, time_s = along[~late], time_s[:n][good][~late]
        cells = spokes.cells[:n, : self._shape.cells][good][~late]
        limit = max(PENDING_MAX // max(self._shape.cells, 1), 1)
        for start in range(0, len(along), limit):
            part = slice(start, start + limit)
            self._waiting.append((along[part], time_s[part], cells[part]))
            self.pending += len(along[part])
            newest = float(along[: part.stop].max())
            yield from self._complete(math.floor((newest - BACK_RAD) / STEP) * STEP)
            if self.pending > limit:
                yield from self._complete(math.inf)

    def flush(self) -> Iterator[Sector]:
        """What waits, as it is."""
        yield from self._complete(math.inf)

    def _reject(self, reason: str, count: int) -> None:
        if count:
            self._rejected[reason] += count

    def _onward(self, azimuth: Floats) -> Floats:
        """Azimuths counted on from turn to turn: steps back of up to BACK_RAD stay steps back."""
        before = azimuth[0] if math.isnan(self._along) else self._along
        if before < self._done - TURN / 4:  # so far back that it must be on the way round again
            before = self._done
        step = np.diff(azimuth, prepend=before % TURN)
        step = np.remainder(step + BACK_RAD, TURN) - BACK_RAD
        along = before + np.cumsum(step)
        along = azimuth + np.round((along - azimuth) / TURN) * TURN  # sums lose digits
        self._along = float(along[-1])
        return along

    def _complete(self, until: float) -> Iterator[Sector]:
        """Sectors that end at ``until`` or before; infinite: all that wait, whole or not."""
        if not self._waiting or until <= self._done:
            return
        columns = [np.concatenate(column) for column in zip(*self._waiting, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        along = columns[0][order]
        stop = int(np.searchsorted(along, until))
        self._done = until if math.isfinite(until) else float(along[-1])
        if stop == 0:
            return
        rest = np.sort(order[stop:])
        self._waiting = (
            [(columns[0][rest], columns[1][rest], columns[2][rest])] if len(rest) else []
        )
        self.pending = len(rest)
        number = np.floor(along[:stop] / STEP).astype(np.int64)
        starts = np.flatnonzero(np.diff(number, prepend=number[:1] - 1))
        for start, end in zip(starts, [*starts[1:], stop][: len(starts)], strict=True):
            yield self._sector(int(number[start]), along[start:end], order[start:end], columns)

    def _sector(
        self, number: int, along: Floats, order: NDArray[np.int64], columns: list[Any]
    ) -> Sector:
        width = self._shape.width_rad
        fresh = np.ones(len(along), bool)
        last = -math.inf
        nearest = SAME * width if width > 0 else 1e-9
        if (np.diff(along) < nearest).any():
            for i, angle in enumerate(along):
                fresh[i] = angle - last >= nearest
                last = angle if fresh[i] else last
            self._reject("spoke repeated", int((~fresh).sum()))
        along = along[fresh]
        steps = np.diff(along)
        spacing = max(width, float(np.median(steps)) if len(steps) else 0.0)
        turn, place = divmod(number, SECTORS)
        cells = np.ascontiguousarray(columns[2][order[fresh]])
        return Sector(turn, place, along, columns[1][order[fresh]], cells, spacing, *self._place)
