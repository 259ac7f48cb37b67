"""False plots by place: what the site says of a sensor, and more where plots stay unclaimed."""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats, Ints
from coastwatch.site import Sensor

DENSITY_MIN = 1e-10  # false plots per square metre and scan
DENSITY_UNKNOWN = 1e-9  # of a sensor that the site does not know
BIRTHS_PER_SCAN = 0.02  # new craft that a sensor sees: one in 50 scans, some 24 an hour
CELL_M = 1_500.0
FORGET = 0.02  # the share of a scan in what is learned
CELLS_MAX = 20_000


class Clutter:
    """One sensor's false plots per square metre and scan: learned in square cells and, since few
    false plots fall in any one cell, over all that the sensor covers."""

    def __init__(self, sensor: Sensor | None) -> None:
        self._area_m2 = math.pi * sensor.range_max_m**2 if sensor else 1e10
        said = sensor.clutter_per_scan / self._area_m2 if sensor else DENSITY_UNKNOWN
        self._floor = max(said, DENSITY_MIN)
        self._scan_s = sensor.scan_s if sensor else 1.0
        self._time_s = -math.inf
        self._everywhere = 0.0  # plots a scan
        self._cells: Ints = np.empty(0, dtype=np.int64)  # sorted
        self._plots: Floats = np.empty(0)  # a scan, in each cell

    def density(self, xy: Floats) -> Floats:
        """False plots per square metre and scan at places (n, 2)."""
        base = max(self._floor, self._everywhere / self._area_m2)
        if not len(self._cells):
            return np.full(len(xy), base)
        cells = _cell(xy)
        at = np.minimum(np.searchsorted(self._cells, cells), len(self._cells) - 1)
        learned = np.where(self._cells[at] == cells, self._plots[at], 0.0)
        return np.maximum(base, learned / CELL_M**2)

    def birth_odds(self, density: Floats) -> Floats:
        """Log odds that a plot which no track claims is a new craft, where clutter is so dense."""
        return np.log(BIRTHS_PER_SCAN / self._area_m2 / density)

    def learn(self, xy: Floats, time_s: float) -> None:
        """Plots (n, 2) up to ``time_s`` that no track claimed."""
        passed_s = time_s - self._time_s
        kept = math.exp(-FORGET * passed_s / self._scan_s) if 0 < passed_s < math.inf else 1.0
        self._time_s = max(self._time_s, time_s)
        self._everywhere = self._everywhere * kept + FORGET * len(xy)
        cells = np.concatenate([self._cells, _cell(xy)])
        plots = np.concatenate([self._plots * kept, np.full(len(xy), FORGET)])
        self._cells, place = np.unique(cells, return_inverse=True)
        self._plots = np.zeros(len(self._cells))
        np.add.at(self._plots, place, plots)
        if len(self._cells) > CELLS_MAX:
            strongest = np.sort(np.argsort(-self._plots, kind="stable")[: CELLS_MAX // 2])
            self._cells, self._plots = self._cells[strongest], self._plots[strongest]


def _cell(xy: Floats) -> Ints:
    column, row = np.floor(xy / CELL_M).astype(np.int64).T
    cells: Ints = column * 2**32 + row
    return cells
