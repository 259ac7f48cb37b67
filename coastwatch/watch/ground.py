"""The zones in the site's plane: where each is, which rules it asks for, what it tells them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints, Zone
from coastwatch.watch.flow import Flow

# A straight edge in degrees and one in the plane differ; pieces this long keep it under a metre.
EDGE_DEG = 0.02
Mask = NDArray[np.bool_]


class Ground:
    """The zones in the site's plane, indexed; made once for each edition of the pack.

    ``areas`` and ``lines`` are indices into ``zones``; points of interest are in neither.
    """

    def __init__(self, zones: Sequence[Zone], plane: Plane) -> None:
        self.zones = list(zones)
        self.plane = plane
        self.index_of = {z.id: i for i, z in enumerate(self.zones)}
        self.shapes = np.array([_planar(z, plane) for z in zones], dtype=object)
        shapely.prepare(self.shapes)
        dimension = shapely.get_dimensions(self.shapes) if len(zones) else np.empty(0)
        self.areas = np.flatnonzero(dimension == 2)
        self.lines = np.flatnonzero(dimension == 1)
        self._valid_from_s = np.array([z.valid_from_s for z in self.zones], dtype=np.float64)
        self._valid_to_s = np.array([z.valid_to_s for z in self.zones], dtype=np.float64)
        self._asks: dict[str, Mask] = {}
        self._kinds: dict[tuple[str, ...], Mask] = {}
        self._settings: dict[tuple[str, float], Floats] = {}
        self._area_tree = STRtree(self.shapes[self.areas])
        self._line_tree = STRtree(self.shapes[self.lines])

    def inside(self, xy: Floats) -> tuple[Ints, Ints]:
        """Pairs (row of ``xy``, zone) of positions inside areas, sorted."""
        rows, found = self._area_tree.query(shapely.points(xy))
        zones = self.areas[found]
        within = shapely.contains_xy(self.shapes[zones], xy[rows, 0], xy[rows, 1])
        return _sorted(rows[within], zones[within])

    def touched(self, segments: NDArray[Any]) -> tuple[Ints, Ints]:
        """Pairs (row of ``segments``, zone) of areas that segments touch, sorted."""
        rows, found = self._area_tree.query(segments, predicate="intersects")
        return _sorted(rows, self.areas[found])

    def crossed(self, segments: NDArray[Any]) -> tuple[Ints, Ints]:
        """Pairs (row of ``segments``, zone) of lines that segments cross, sorted."""
        rows, found = self._line_tree.query(segments, predicate="intersects")
        return _sorted(rows, self.lines[found])

    def leftward(self, zone: int, segment: LineString) -> bool:
        """Whether a segment crosses a line from its right to its left."""
        line = self.shapes[zone]
        parts = list(getattr(line, "geoms", [line]))
        line = min(parts, key=lambda part: part.distance(segment))
        at = line.project(shapely.get_point(shapely.shortest_line(line, segment), 0))
        a, b = line.interpolate(max(at - 1, 0.0)), line.interpolate(min(at + 1, line.length))
        (x0, y0), (x1, y1) = segment.coords
        return bool((b.x - a.x) * (y1 - y0) - (b.y - a.y) * (x1 - x0) > 0)

    def valid(self, zone: int, time_s: float) -> bool:
        return bool(self._valid_from_s[zone] <= time_s < self._valid_to_s[zone])

    def valid_now(self, time_s: float) -> Mask:
        """(zones,) which are in force at a time."""
        return np.asarray((self._valid_from_s <= time_s) & (time_s < self._valid_to_s))

    def asks(self, rule: str) -> Mask:
        """(zones,) which list a rule."""
        if rule not in self._asks:
            self._asks[rule] = np.array([rule in z.rules for z in self.zones], dtype=np.bool_)
        return self._asks[rule]

    def of_kind(self, *kinds: str) -> Mask:
        """(zones,) which are of one of these kinds."""
        if kinds not in self._kinds:
            self._kinds[kinds] = np.array([z.kind in kinds for z in self.zones], dtype=np.bool_)
        return self._kinds[kinds]

    def setting(self, name: str, default: float) -> Floats:
        """(zones,) of a number that zones may set."""
        key = (name, default)
        if key not in self._settings:
            told = [z.settings.get(name, default) for z in self.zones]
            self._settings[key] = np.array(told, dtype=np.float64)
        return self._settings[key]

    @cached_property
    def flow(self) -> Flow:
        """Where traffic goes in lanes that tell it."""
        return Flow(self.zones, self.shapes, self.plane)

    def __reduce__(self) -> tuple[Any, ...]:
        return Ground, (self.zones, self.plane)


def _planar(zone: Zone, plane: Plane) -> Any:
    fine = shapely.segmentize(zone.geometry, EDGE_DEG)
    return shapely.transform(fine, lambda xy: np.column_stack(plane.to_xy(xy[:, 0], xy[:, 1])))


def _sorted(rows: Ints, zones: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((zones, rows))
    return rows[order], zones[order]
