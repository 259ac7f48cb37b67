"""Detected cells to clusters, and clusters to centroids with their errors and extents."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from coastwatch.model import Floats, Ints

DEPTH = 100.0  # extents are taken where the power is above its peak's over this, or the threshold
MISSED = 4.0  # a cell seen near its threshold stands for one unseen, and was likely weaker
WEAK = 0.09  # of beam and pulse, at the threshold: chance picks what of a weak echo is seen
EDGES = 36.0  # of hidden neighbours on both sides, which mostly balance: measured
STEP_MIN = 0.05  # of a cell or spoke: no centroid is told to be better, whatever its strength


@dataclass(slots=True)
class Points:
    """Detected cells as columns, sorted by spoke and range."""

    along_rad: Floats
    col: Ints
    time_s: Floats
    power: Floats  # counts^2
    noise: Floats  # mean power about the cell
    limit: Floats  # power that the cell had to pass
    lon: Floats  # of the radar
    lat: Floats
    cut: NDArray[np.bool_]  # whether it was part of a cluster that was cut

    def __getitem__(self, rows: object) -> Points:
        return Points(*(getattr(self, f.name)[rows] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.col)


@dataclass(slots=True)
class Clusters:
    """One row a cluster; angles along the turns, cells from the first."""

    along_rad: Floats
    cell: Floats  # centre, in cells and parts of one
    time_s: Floats
    sigma_along_rad: Floats
    sigma_cell: Floats
    peak: Floats  # power of the strongest cell
    noise: Floats  # about it
    limit: Floats  # power that it had to pass
    lon: Floats  # of the radar at that cell
    lat: Floats
    wide_rad: Floats  # extent in azimuth of what is above a level
    deep_cells: Floats  # and in range
    height: Floats  # power of the peak over that level
    cells: Ints
    spokes: Ints
    first_cell: Ints
    last_cell: Ints
    first_rad: Floats
    last_rad: Floats
    cut: NDArray[np.bool_]

    def __getitem__(self, rows: object) -> Clusters:
        return Clusters(*(getattr(self, f.name)[rows] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.cell)


def join(points: list[Points]) -> Points:
    """Points one after the other."""
    return Points(*(np.concatenate([getattr(p, f.name) for p in points]) for f in fields(Points)))


def label(along_rad: Floats, col: Ints, link_rad: float, gap: int) -> Ints:
    """The number of the first cell of each cell's cluster.

    Cells belong together where their spokes lie within ``link_rad`` and their columns within
    ``gap``, or by way of others. Sorted by spoke, then by column. Azimuth counts on through north,
    so that there is no seam.
    """
    from coastwatch.decode.video import cfar_kernel as kernel

    labels = np.empty(len(col), np.int64)
    if len(col):
        kernel.label(along_rad, col, link_rad, gap, labels)
    return labels


def plain_label(along_rad: Floats, col: Ints, link_rad: float, gap: int) -> Ints:
    """What ``label`` must give: every pair looked at."""
    labels = np.arange(len(col))
    near = (np.abs(along_rad[:, None] - along_rad) <= link_rad) & (
        np.abs(col[:, None] - col) <= gap
    )
    while True:
        least = np.where(near, labels, len(col)).min(axis=1, initial=len(col))
        if (least == labels).all():
            return labels
        labels = least


def measure(
    points: Points, labels: Ints, spacing_rad: float, beamwidth_rad: float, pulse_cells: float
) -> Clusters:
    """Centroids weighted by amplitude, with errors, extents and peaks."""
    order = np.argsort(labels, kind="stable")
    p, group = points[order], labels[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(starts, append=len(group))
    total = np.add.reduceat
    which = np.repeat(np.arange(len(starts)), sizes)
    a = np.sqrt(p.power)
    W = total(a, starts)
    along, cell = total(a * p.along_rad, starts) / W, total(a * p.col, starts) / W
    # Undated spokes take no part in the time; a cluster of them alone has none.
    dated = np.isfinite(p.time_s)
    begin = p.time_s[dated].min() if dated.any() else 0.0  # UTC seconds would lose digits
    since = total(np.where(dated, a * (p.time_s - begin), 0.0), starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        time_s = begin + since / total(np.where(dated, a, 0.0), starts)
    top = np.maximum.reduceat(p.power, starts)
    at_top = np.flatnonzero(p.power == top[which])
    peak = at_top[np.flatnonzero(np.diff(which[at_top], prepend=-1))]  # the first of equals
    height = np.minimum(np.maximum(top / p.limit[peak], 1.0), DEPTH)
    strong = p.power * height[which] >= top[which]
    first, last = _span(p.along_rad, strong, starts)
    near, far = _span(p.col.astype(np.float64), strong, starts)
    every = np.ones(len(p), bool)
    first_rad, last_rad = _span(p.along_rad, every, starts)
    first_cell, last_cell = _span(p.col.astype(np.float64), every, starts)
    new_spoke = np.diff(p.along_rad, prepend=-math.inf) > 0
    new_spoke[starts] = True
    spokes = total(new_spoke.astype(np.int64), starts)
    sigma_along = _sigma(p, p.along_rad, along[which], starts, spacing_rad, spokes)
    weak = WEAK * p.limit[peak] / top
    sigma_along = np.hypot(sigma_along, weak * beamwidth_rad)
    columns = last_cell - first_cell + 1
    sigma_cell = _sigma(p, p.col.astype(np.float64), cell[which], starts, 1.0, columns)
    sigma_cell = np.hypot(sigma_cell, weak * pulse_cells)
    return Clusters(
        along, cell, time_s, sigma_along, sigma_cell, top, p.noise[peak], p.limit[peak],
        p.lon[peak], p.lat[peak], last - first + spacing_rad, far - near + 1, height, sizes, spokes,
        first_cell.astype(np.int64), last_cell.astype(np.int64), first_rad, last_rad,
        np.logical_or.reduceat(p.cut, starts),
    )  # fmt: skip


def _span(values: Floats, taken: np.ndarray, starts: Ints) -> tuple[Floats, Floats]:
    low = np.minimum.reduceat(np.where(taken, values, math.inf), starts)
    high = np.maximum.reduceat(np.where(taken, values, -math.inf), starts)
    return low, high


def _sigma(
    p: Points, x: Floats, centre: Floats, starts: Ints, step: float, count: Floats | Ints
) -> Floats:
    """Standard deviation of an amplitude-weighted centroid, in the unit of ``x``.

    Each cell has an error by its arm: the noise in its amplitude (variance: half the noise's
    power), and the chance that it passed its threshold at all, or did not, which for strong cells
    is nothing. All rows together have one more: what lies hidden below the threshold beyond the
    edges, as high as the threshold at most, uniform between all on one side and all on the other.
    """
    a, least = np.sqrt(p.power), np.sqrt(p.limit)
    W = np.add.reduceat(a, starts)
    passed = ndtr((a - least) / np.sqrt(p.noise / 2))
    each = p.noise / 2 + MISSED * p.power * passed * (1 - passed)
    chance = np.add.reduceat(each * (x - centre) ** 2, starts) / W**2
    hidden = np.minimum(np.add.reduceat(least, starts), W / 2) / count
    edges = (hidden / W * (count + 1) / 2 * step) ** 2 / np.where(count > 1, EDGES, 3)
    out: Floats = np.sqrt(chance + edges + (STEP_MIN * step) ** 2)
    return out
