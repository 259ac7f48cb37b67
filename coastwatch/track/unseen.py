"""Craft that nobody tracks yet: how many may be where, which is what a birth is likely by.

The intensity of undetected targets of a Poisson multi-Bernoulli tracker (Williams 2015), in square
cells: it grows as craft come, and falls wherever a sensor looks.
"""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats

CELLS = 24  # along the range of the sensor that reaches furthest
FIRST, PER_HOUR = 20.0, 20.0  # craft at the beginning, and that come, in the area of one sensor
WORTH_S = 300.0  # so much watching is what the above is worth against what was found since
FORGET_S = 3_600.0


class Unseen:
    """``xy`` (n, 2), ``range_m`` (n,) and ``pd`` (n,) of the sensors that can find a craft."""

    def __init__(self, xy: Floats, range_m: Floats, pd: Floats) -> None:
        self._pd, self._area = pd, math.pi * float((range_m**2).max(initial=1.0))
        reach = float(range_m.max(initial=1.0))
        self._cell = reach / CELLS
        low = (xy - range_m[:, None]).min(axis=0, initial=np.inf) if len(xy) else np.zeros(2)
        high = (xy + range_m[:, None]).max(axis=0, initial=-np.inf) if len(xy) else np.ones(2)
        # Sensors far apart share one grid: no more cells than this, whatever the site says.
        self._cell = max(self._cell, float((high - low).max()) / 400)
        self._low = low
        columns, lines = (np.ceil((high - low) / self._cell)).astype(np.int64).clip(1)
        x = low[0] + (np.arange(columns) + 0.5) * self._cell
        y = low[1] + (np.arange(lines) + 0.5) * self._cell
        self._covered = [
            np.hypot(x[None, :] - c[0], y[:, None] - c[1]) <= r + self._cell
            for c, r in zip(xy, range_m, strict=True)
        ]
        self._craft = np.full((lines, columns), FIRST / self._area)
        self._found, self._watched_s = 0.0, 0.0

    def density(self, xy: Floats) -> Floats:
        """Undetected craft per square metre at places (n, 2)."""
        lines, columns = self._craft.shape
        at = ((xy - self._low) / self._cell).astype(np.int64)
        found: Floats = self._craft[at[:, 1].clip(0, lines - 1), at[:, 0].clip(0, columns - 1)]
        return found

    def pass_time(self, dt_s: float, found: int) -> None:
        """``dt_s`` seconds go by, in which ``found`` new craft were confirmed."""
        keep = math.exp(-dt_s / FORGET_S)
        self._found, self._watched_s = self._found * keep + found, self._watched_s * keep + dt_s
        come = (PER_HOUR / 3600 * WORTH_S + self._found) / (WORTH_S + self._watched_s)
        self._craft += come / self._area * dt_s
        np.minimum(self._craft, 10 * FIRST / self._area, out=self._craft)

    def look(self, sensor: int, looks: float) -> None:
        """A sensor has looked: what it did not find is less likely there."""
        self._craft[self._covered[sensor]] *= (1 - self._pd[sensor]) ** min(looks, 5.0)
