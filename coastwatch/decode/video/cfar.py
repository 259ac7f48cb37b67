"""Cells above what their neighbours in range lead to expect: OS-, GO- and CA-CFAR.

Every detector gives the same: cells whose power over the level of their reference cells, X, has a
chance of `law.HIT` in noise. Which of them are detections is decided with the clutter map.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from coastwatch.decode.video.law import SIDE_MIN, rank, scales
from coastwatch.decode.video.settings import VideoSettings
from coastwatch.model import Floats, Ints

BLOCK = 64  # columns of a block of the clutter map
MEAN_ROWS = 8  # rows that the mean of a block is made of
CLIP = 20.0
DECADES_MAX = 100.0  # of power: a log law of wide counts would overflow
NO_LAND = np.zeros((0, 0), np.uint8)


class Hits(NamedTuple):
    """Cells that stand out, sorted by row and column."""

    row: Ints
    col: Ints
    power: Floats  # counts^2
    ratio: Floats  # X
    reference: Ints  # index into law.Scales
    noise: Floats  # mean power of the noise about it, counts^2

    def only(self, kept: NDArray[np.bool_]) -> Hits:
        """The hits that are kept."""
        return Hits(
            self.row[kept], self.col[kept], self.power[kept], self.ratio[kept],
            self.reference[kept], self.noise[kept],
        )  # fmt: skip


class Detector:
    """CFAR over range as the settings ask for it."""

    def __init__(self, settings: VideoSettings) -> None:
        self.settings = settings
        self.half = settings.window_cells // 2
        self.scales = scales(settings.method, 2 * self.half, settings.pfa)
        index = np.arange(2 * self.half + 1)
        self.ranks = np.array([rank(int(n)) for n in index])
        self.least = power(settings.noise_min, settings, offset=0.0) * self.scales.level
        hit = self.scales.low[0]
        usable = np.isfinite(hit)
        if settings.law == "log":
            self._gain = usable.astype(np.float64)
            self._shift = np.where(usable, -10 * np.log10(hit) / settings.db_per_count, -1.0)
        else:
            self._gain = 1 / np.sqrt(hit)
            self._shift = settings.offset * (self._gain - 1)
        self._least = np.where(usable, counts(self.least, settings), np.inf)

    def hits(self, cells: NDArray[Any], land: NDArray[np.uint8] = NO_LAND) -> Hits:
        """The hits of (n, m) unsigned cells; ``land`` of the same shape is not 0 where masked."""
        from coastwatch.decode.video import cfar_kernel as kernel

        settings, half, guard = self.settings, self.half, self.settings.guard_cells
        if settings.method == "os":
            marked = np.zeros(cells.shape, np.uint8)
            kernel.os_hits(cells, land, half, guard, self._gain, self._shift, self._least,
                           self.ranks - 0.5, marked)  # fmt: skip
            row, col = np.divmod(np.flatnonzero(marked.view(np.bool_)), cells.shape[1])
            level, index = np.empty(len(row)), np.empty(len(row), np.int64)
            kernel.os_levels(cells, land, half, guard, self.ranks, row, col, level, index)
            level = power(level, settings)
        else:
            echo, greater = power(cells, settings), settings.method == "go"
            means, used = np.empty(cells.shape), np.empty(cells.shape, np.int64)
            kernel.mean_levels(echo, land, half, guard, greater, SIDE_MIN, means, used)
            over = echo > self.scales.low[0][used] * np.maximum(means, self.least[used])
            row, col = np.nonzero(over & (land == 0) if land.size else over)
            level, index = means[row, col], used[row, col]
        return self._told(cells, row, col, level, index)

    def plain_hits(self, cells: NDArray[Any], land: NDArray[np.uint8] = NO_LAND) -> Hits:
        """What ``hits`` must give, in NumPy alone: every cell's level, then the comparison."""
        level, index = plain_levels(cells, land, self.settings)
        floor = np.maximum(level, self.least[index])
        over = power(cells, self.settings) > self.scales.low[0][index] * floor
        row, col = np.nonzero(over & (land == 0) if land.size else over)
        return self._told(cells, row, col, level[row, col], index[row, col])

    def means(self, cells: NDArray[Any], land: NDArray[np.uint8] = NO_LAND) -> Floats:
        """Mean power of each block of `BLOCK` columns, (blocks); 0 where all is masked.

        Of every few rows, and no cell counts more than `CLIP` medians, so that no ship counts.
        """
        from coastwatch.decode.video import cfar_kernel as kernel

        step = max(len(cells) // MEAN_ROWS, 1)
        some = np.ascontiguousarray(cells[::step])
        out = np.zeros(-(-cells.shape[1] // BLOCK))
        log = self.settings.db_per_count * np.log(10) / 10 if self.settings.law == "log" else 0.0
        mask = np.ascontiguousarray(land[::step]) if land.size else NO_LAND
        kernel.block_means(some, mask, BLOCK, log, self.settings.offset, CLIP, out)
        return out

    def plain_means(self, cells: NDArray[Any], land: NDArray[np.uint8] = NO_LAND) -> Floats:
        """What ``means`` must give, block by block."""
        step = max(len(cells) // MEAN_ROWS, 1)
        sea = land[::step] == 0 if land.size else np.ones(cells[::step].shape, bool)
        out = []
        for start in range(0, cells.shape[1], BLOCK):
            some = cells[::step, start : start + BLOCK][sea[:, start : start + BLOCK]]
            echo = np.sort(power(some, self.settings))
            out.append(
                np.minimum(echo, CLIP * echo[(len(echo) - 1) // 2]).mean() if len(echo) else 0.0
            )
        return np.array(out)

    def _told(self, cells: NDArray[Any], row: Ints, col: Ints, level: Floats, index: Ints) -> Hits:
        echo = power(cells[row, col], self.settings)
        level = np.maximum(level, self.least[index])
        return Hits(row, col, echo, echo / level, index, level / self.scales.level[index])


def power(count: Any, settings: VideoSettings, offset: float | None = None) -> Floats:
    """Power of what was sent, counts^2 (of a log law: over that of count 0)."""
    x = np.asarray(count, dtype=np.float64)
    if settings.law == "log":
        return np.asarray(10 ** np.minimum(x * settings.db_per_count / 10, DECADES_MAX))
    return np.asarray((x + (settings.offset if offset is None else offset)) ** 2)


def counts(echo: Floats, settings: VideoSettings) -> Floats:
    """The count of a power: the inverse of ``power``."""
    if settings.law == "log":
        return np.asarray(10 * np.log10(echo) / settings.db_per_count)
    return np.asarray(np.sqrt(echo) - settings.offset)


def plain_levels(
    cells: NDArray[Any], land: NDArray[np.uint8], settings: VideoSettings
) -> tuple[Floats, Ints]:
    """Power of the level of each cell's reference, and its index in law.Scales; NaN for none."""
    half, pad = settings.window_cells // 2, settings.window_cells // 2 + settings.guard_cells
    sea = cells.astype(np.float64)
    if land.size:
        sea[land != 0] = np.nan
    wide = np.pad(sea, ((0, 0), (pad, pad)), constant_values=np.nan)
    windows = sliding_window_view(wide, 2 * pad + 1, axis=1)
    left, right = windows[..., :half], windows[..., -half:]
    if settings.method == "os":
        return _plain_ranks(np.concatenate([left, right], axis=-1), settings)
    sums, used = [], []
    for side in (left, right):
        sums.append(np.nansum(power(side, settings), axis=-1))
        used.append(np.isfinite(side).sum(axis=-1))
    (s1, s2), (n1, n2) = sums, used
    if settings.method == "ca":
        return (s1 + s2) / np.maximum(n1 + n2, 1), n1 + n2
    means = [
        np.where(n >= SIDE_MIN, s / np.maximum(n, 1), 0.0) for s, n in zip(sums, used, strict=True)
    ]
    fewer, more = np.minimum(n1, n2), np.maximum(n1, n2)
    return np.maximum(*means), np.where(fewer >= SIDE_MIN, fewer, half + more)


def _plain_ranks(windows: Floats, settings: VideoSettings) -> tuple[Floats, Ints]:
    """The k-th smallest of each window, equal counts laid evenly over the width of a count.

    Without that, coarse counts round the level, and where the noise is a few counts high the
    false alarms come out at twice their rate.
    """
    n = np.isfinite(windows).sum(axis=-1)
    k = np.array([rank(i) for i in range(windows.shape[-1] + 1)])[n]
    ordered = np.sort(windows, axis=-1)  # NaN last
    level = np.take_along_axis(ordered, k[..., None] - 1, axis=-1)
    below, equal = (ordered < level).sum(axis=-1), (ordered == level).sum(axis=-1)
    soft = level[..., 0] - 0.5 + (k - 0.5 - below) / np.maximum(equal, 1)
    return power(soft, settings), n
