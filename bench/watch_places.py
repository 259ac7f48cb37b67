"""Places as the truth of `bench/watch.py` sees them: areas, lines, lanes, havens, the shore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from bench.watch_sail import PLANE
from coastwatch.geo.shore import Shore
from coastwatch.model import Floats, Zone

Mask = NDArray[np.bool_]
HAVENS = ("port-limits", "anchorage", "moorings")


class Moves(Protocol):
    """What goes somewhere."""

    x: Floats
    y: Floats
    vx: Floats
    vy: Floats
    sog: Floats


class Places:
    """The bench's zones in the plane."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._shape = {z.id: _planar(z.geometry) for z in zones}
        havens = [self._shape[z.id] for z in zones if z.kind in HAVENS]
        self._havens = shapely.union_all(havens)
        self._shore = Shore(PLANE)
        self._lanes = [
            (self._shape[z.id], _planar(shapely.LineString(z.settings["flow"])))
            for z in zones
            if "flow" in z.settings
        ]
        for shape in (*self._shape.values(), self._havens):
            shapely.prepare(shape)

    def inside(self, name: str, x: Floats, y: Floats, more_m: float = 0.0) -> Mask:
        shape = self._shape[name].buffer(more_m) if more_m else self._shape[name]
        return np.asarray(shapely.contains_xy(shape, x, y))

    def haven(self, x: Floats, y: Floats) -> Mask:
        return np.asarray(shapely.contains_xy(self._havens, x, y))

    def distance(self, name: str, x: Floats, y: Floats) -> Floats:
        return np.asarray(shapely.distance(self._shape[name], shapely.points(x, y)))

    def crossed(self, name: str, x: Floats, y: Floats) -> NDArray[np.int64]:
        """The steps that cross a line."""
        xy = np.column_stack([x, y])
        if len(xy) < 2:
            return np.empty(0, dtype=np.int64)
        steps = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
        return np.flatnonzero(shapely.intersects(self._shape[name], steps)) + 1

    def aims(self, name: str, w: Moves, ahead_s: float, more_m: float) -> Mask:
        """Whether the course held leads into an area in time."""
        here = np.column_stack([w.x, w.y])
        there = here + ahead_s * np.column_stack([w.vx, w.vy])
        ways = shapely.linestrings(np.stack([here, there], axis=1))
        return np.asarray(shapely.intersects(self._shape[name].buffer(more_m), ways))

    def flow(self, x: Floats, y: Floats, course: Floats) -> tuple[Mask, Floats, Floats]:
        """Whether in a lane; degrees off its flow, 0 to 180; metres to the right of its middle."""
        within = np.zeros(len(x), dtype=np.bool_)
        off, across = np.zeros(len(x)), np.zeros(len(x))
        for lane, middle in self._lanes:
            rows = np.flatnonzero(shapely.contains_xy(lane, x, y))
            if not len(rows):
                continue
            here = shapely.points(x[rows], y[rows])
            at = shapely.line_locate_point(middle, here)
            a = shapely.get_coordinates(shapely.line_interpolate_point(middle, at - 50.0))
            b = shapely.get_coordinates(shapely.line_interpolate_point(middle, at + 50.0))
            ahead = np.arctan2(*(b - a).T)
            turn = course[rows] - ahead
            within[rows] = True
            off[rows] = np.degrees(np.abs(np.arctan2(np.sin(turn), np.cos(turn))))
            aside = np.column_stack([x[rows], y[rows]]) - (a + b) / 2
            across[rows] = aside[:, 0] * np.cos(ahead) - aside[:, 1] * np.sin(ahead)
        return within, off, across

    def width_m(self, x: float, y: float) -> float:
        """How wide the lane is here."""
        here = shapely.Point(x, y)
        lane, middle = min(self._lanes, key=lambda pair: pair[0].distance(here))
        at = middle.project(here)
        a, b = (np.array(middle.interpolate(at + d).coords[0]) for d in (-50.0, 50.0))
        side = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a)) * 15_000
        cut = shapely.LineString([(a + b) / 2 - side, (a + b) / 2 + side]).intersection(lane)
        return float(cut.length)

    def shore_m(self, x: Floats, y: Floats) -> Floats:
        return self._shore.distance_m(x, y)

    def lands(self, w: Moves, rows: NDArray[np.int64], ahead_s: float) -> Mask:
        """Whether the course held leads to within 200 m of the shore in time."""
        found = np.zeros(len(rows), dtype=np.bool_)
        for part in np.linspace(0.0, ahead_s, 41):
            x, y = w.x[rows] + part * w.vx[rows], w.y[rows] + part * w.vy[rows]
            found |= self._shore.distance_m(x, y) < 200.0
        return found


def _planar(shape: shapely.Geometry) -> shapely.Geometry:
    fine = shapely.segmentize(shape, 0.02)
    return shapely.transform(fine, lambda c: np.column_stack(PLANE.to_xy(*c.T)))
