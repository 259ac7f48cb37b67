"""False plots by place: what the site says of a sensor, and more where plots stay unclaimed."""

from __future__ import annotations

import math

from coastwatch.site import Sensor

DENSITY_MIN = 1e-10  # false plots per square metre and scan
DENSITY_UNKNOWN = 1e-9  # of a sensor that the site does not know
CELL_M = 1_500.0
FORGET = 0.02  # the share of a scan in what is learned
CELLS_MAX = 20_000


class Clutter:
    """One sensor's false plots per square metre and scan, learned in square cells."""

    def __init__(self, sensor: Sensor | None, picture_s: float) -> None:
        area_m2 = math.pi * sensor.range_max_m**2 if sensor else 1.0
        said = sensor.clutter_per_scan / area_m2 if sensor else DENSITY_UNKNOWN
        self._floor = max(said, DENSITY_MIN)
        self._keep = 1 - FORGET * picture_s / (sensor.scan_s if sensor else 1.0)
        self._cells: dict[tuple[int, int], float] = {}

    def density(self, x_m: float, y_m: float) -> float:
        """False plots per square metre and scan at a place."""
        return max(self._floor, self._cells.get(_cell(x_m, y_m), 0.0) / CELL_M**2)

    def learn(self, places: list[tuple[float, float]]) -> None:
        """The plots of one picture that no track claimed."""
        for x_m, y_m in places:
            cell = _cell(x_m, y_m)
            self._cells[cell] = self._cells.get(cell, 0.0) + FORGET
        for cell in self._cells:
            self._cells[cell] *= self._keep
        if len(self._cells) > CELLS_MAX:
            strongest = sorted(self._cells, key=lambda c: (-self._cells[c], c))[: CELLS_MAX // 2]
            self._cells = {cell: self._cells[cell] for cell in strongest}


def _cell(x_m: float, y_m: float) -> tuple[int, int]:
    return int(x_m // CELL_M), int(y_m // CELL_M)
