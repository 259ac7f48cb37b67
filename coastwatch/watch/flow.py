"""The general direction of traffic flow in lanes, as their zones' ``flow`` setting tells it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints, Zone

FAR_M = 50_000.0  # no lane is that wide
SAMPLES = np.array([0.1, 0.3, 0.5, 0.7, 0.9])


class Along(NamedTuple):
    """At places in lanes: where traffic goes there, and how the place lies across the lane.

    ``direction_rad`` in the plane, clockwise from +y; ``right_m`` to the right of the line of
    flow; ``width_m`` of the lane. NaN in zones that tell no flow.
    """

    direction_rad: Floats
    right_m: Floats
    width_m: Floats


class Flow:
    """Legs of the lines of flow of all zones that tell one: a list of [lon, lat] in the direction
    of traffic. What is no such list tells none."""

    def __init__(self, zones: Sequence[Zone], shapes: NDArray[Any], plane: Plane) -> None:
        found = ((k, _line(z.settings.get("flow"), plane)) for k, z in enumerate(zones))
        lines = {k: line for k, line in found if line is not None}
        told, legs = list(lines), max((len(line) - 1 for line in lines.values()), default=0)
        self._of = np.full(len(zones), -1, dtype=np.int64)
        self._of[told] = np.arange(len(told))
        self._legs = np.array([len(line) - 1 for line in lines.values()], dtype=np.int64)
        self._start, self._along = np.zeros((2, len(told), legs, 2))
        self._length_m, self._width_m = np.zeros((2, len(told), legs))
        for at, (k, line) in enumerate(lines.items()):
            for leg, (a, b) in enumerate(pairwise(line)):
                length = math.dist(a, b)
                self._start[at, leg], self._along[at, leg] = a, (b - a) / length
                self._length_m[at, leg] = length
                self._width_m[at, leg] = _width(shapes[k], a, b)

    def tells(self, zone: Ints) -> NDArray[np.bool_]:
        """(n,) which zones tell a flow."""
        return np.asarray(self._of[zone] >= 0)

    def at(self, zone: Ints, xy: Floats) -> Along:
        """Along (n,) for places (n, 2) in zones (n,), by the nearest leg of each."""
        out = Along(*np.full((3, len(zone)), np.nan))
        nearest = np.full(len(zone), np.inf)
        k = np.flatnonzero(self.tells(zone))
        for leg in range(self._start.shape[1]):
            k = k[self._legs[self._of[zone[k]]] > leg]
            of = self._of[zone[k]], leg
            (x, y), (ux, uy) = (xy[k] - self._start[of]).T, self._along[of].T
            ahead, right = x * ux + y * uy, x * uy - y * ux
            away = np.hypot(ahead - np.clip(ahead, 0.0, self._length_m[of]), right)
            better = away < nearest[k]
            b = k[better]
            nearest[b], out.right_m[b] = away[better], right[better]
            out.direction_rad[b] = np.arctan2(ux, uy)[better]
            out.width_m[b] = self._width_m[of][better]
        return out


def _line(told: Any, plane: Plane) -> Floats | None:
    try:
        lonlat = np.array(told, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if lonlat.ndim != 2 or lonlat.shape[1] != 2:
        return None
    xy = np.column_stack(plane.to_xy(lonlat[:, 0], lonlat[:, 1]))
    if len(xy) < 2 or not np.isfinite(xy).all() or not np.diff(xy, axis=0).any(axis=1).all():
        return None
    return xy


def _width(shape: Any, a: Floats, b: Floats) -> float:
    """The middle one of the lane's widths across a leg."""
    along = (b - a) / math.dist(a, b)
    across = np.array([along[1], -along[0]]) * FAR_M
    places = a + SAMPLES[:, None] * (b - a)
    chords = shapely.linestrings(np.stack([places - across, places + across], axis=1))
    return float(np.median(shapely.length(shapely.intersection(shape, chords))))
