"""False plots by place, learned from tentative tracks that came to nothing.

A track's own plots never count, so that the map does not learn the targets. Cells are polar about
a fixed radar, square under a moving one; a cell that has seen little leans on its ring or row,
that one on all that the sensor covers, and this on what the site says. The squares repeat as far
apart as a moving radar sees across, so that those it leaves behind serve again ahead of it.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial import cKDTree

from coastwatch.model import Floats, Ints
from coastwatch.site import Sensor

RINGS, SECTORS = 16, 32
FORGET_SCANS = 400.0
# How many scans the coarser estimate is worth.
LEANS_SITE, LEANS_ALL, LEANS_RING = 2.0, 4.0, 8.0
# The third nearest plot of a look tells its density; worth so many scans, until there are so many.
NEIGHBOURS, LEANS_CROWD, CROWD_SCANS = 3, 6.0, 60.0
CROWD_FALSE = 0.2  # of a look's plots, until the map knows
DENSITY_MIN = 1e-11  # false plots per square metre and scan
DENSITY_UNKNOWN = 1e-9  # of a sensor that the site does not know


class Clutter:
    """One sensor's false plots per square metre and scan. ``xy_m`` (2,) is where it stands."""

    def __init__(self, sensor: Sensor | None, xy_m: Floats) -> None:
        self._xy, self._moving = xy_m, bool(sensor and sensor.moving)
        self._range_m = sensor.range_max_m if sensor else math.inf
        said = sensor.clutter_per_scan / (math.pi * sensor.range_max_m**2) if sensor else 0.0
        self._said = max(said, DENSITY_MIN) if sensor else DENSITY_UNKNOWN
        self._plots, self._looks = np.zeros((RINGS, SECTORS)), np.zeros((RINGS, SECTORS))
        self._scans, self._view = 0.0, np.ones((RINGS, SECTORS))
        self.stand(xy_m)
        self._fresh: Floats | None = None

    def density(self, xy: Floats) -> Floats:
        """At the places (n, 2) of one look's plots.

        Until the map has seen enough, how close the other plots of the look lie counts, too.
        """
        if not math.isfinite(self._range_m):
            return np.full(len(xy), self._said)
        if self._fresh is None:
            self._fresh = self._estimate()
        density: Floats = self._fresh.ravel()[self._cell(xy)]
        if self._scans > CROWD_SCANS or len(xy) <= NEIGHBOURS:
            return density
        apart = np.asarray(cKDTree(xy).query(xy, k=[NEIGHBOURS + 1])[0])[:, 0]
        crowd = CROWD_FALSE * (NEIGHBOURS - 1) / (math.pi * np.maximum(apart, 1.0) ** 2)
        crowded: Floats = _lean(crowd, LEANS_CROWD, density * self._scans, self._scans)
        return np.maximum(crowded, density)

    def stand(self, xy_m: Floats) -> None:
        """Where a moving sensor is now: which cells it sees."""
        if self._moving:
            x, y = (
                ((np.arange(n) + 0.5) / n * 2 - 1) * self._range_m + at
                for n, at in zip((SECTORS, RINGS), self._xy - xy_m, strict=True)
            )
            off = np.stack(np.meshgrid(x, y)) + self._range_m
            off = np.remainder(off, 2 * self._range_m) - self._range_m
            self._view = (np.hypot(*off) <= self._range_m).astype(np.float64)

    def pass_scans(self, scans: float) -> None:
        """The sensor has looked for so many scans."""
        keep = math.exp(-scans / FORGET_SCANS)
        self._plots *= keep
        self._looks = self._looks * keep + scans * self._view
        self._scans = self._scans * keep + scans
        self._fresh = None

    def learn(self, xy: Floats, plots: Floats) -> None:
        """``plots`` (n,) false ones at places (n, 2)."""
        if math.isfinite(self._range_m) and len(xy):
            added = np.bincount(self._cell(xy), plots, RINGS * SECTORS)
            self._plots += added.reshape(RINGS, SECTORS)
            self._fresh = None

    def _areas(self) -> Floats:
        if self._moving:
            side = 2 * self._range_m
            return np.full(RINGS, side**2 / (RINGS * SECTORS))
        edges = self._range_m * np.arange(RINGS + 1) / RINGS
        return math.pi * np.diff(edges**2) / SECTORS

    def _estimate(self) -> Floats:
        """Each mean is that of a gamma law whose prior is the coarser estimate."""
        area, looks = self._areas(), self._looks
        seen = float((looks * area[:, None]).sum() / area.sum() / SECTORS)
        everywhere = _lean(self._said, LEANS_SITE, self._plots.sum() / area.sum() / SECTORS, seen)
        around = self._plots.sum(axis=1) / area / SECTORS
        ring = _lean(everywhere, LEANS_ALL, around, looks.mean(axis=1))
        cell = _lean(ring[:, None], LEANS_RING, self._plots / area[:, None], looks)
        return np.maximum(cell, DENSITY_MIN)

    def _cell(self, xy: Floats) -> Ints:
        dx, dy = (xy - self._xy).T
        if self._moving:
            ring = (dy / self._range_m + 1) / 2 * RINGS % RINGS
            sector = (dx / self._range_m + 1) / 2 * SECTORS % SECTORS
        else:
            ring = np.hypot(dx, dy) / self._range_m * RINGS
            sector = np.arctan2(dx, dy) / (2 * math.pi) * SECTORS % SECTORS
        cell: Ints = np.clip(ring, 0, RINGS - 1).astype(np.int64) * SECTORS
        cell += np.clip(sector, 0, SECTORS - 1).astype(np.int64)
        return cell


def _lean(coarse: Floats | float, worth: float, counted: Floats, scans: Floats | float) -> Floats:
    lean: Floats = (worth * coarse + counted) / (worth + scans)
    return lean
