"""The zones in the site's plane: where each is, which rules it asks for, what it tells them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import NM_M
from coastwatch.model import Floats, Ints, Zone
from coastwatch.watch.flow import Flow
from coastwatch.watch.shapes.tree import Tree, tree_of

# A straight edge in degrees and one in the plane differ; pieces this long keep it under a metre.
EDGE_DEG = 0.02
# A round corner of a band is made of chords that are this near to it.
ROUND_M = 1.0
COMPASS = 32
Mask = NDArray[np.bool_]


class Ground:
    """The zones in the site's plane, indexed; made once for each edition of the pack.

    A zone has a shape, unless it is a point, and one more for each of its bands, by ``zone`` and
    then width: ``zone`` and ``band_nm`` (shapes,), the latter 0 for the zone itself. ``shape_of``
    (zones,) is -1 for a point. ``hull`` (shapes, 32, 2) are corners round the compass.
    """

    def __init__(self, zones: Sequence[Zone], plane: Plane) -> None:
        self.zones = list(zones)
        self.plane = plane
        self.index_of = {z.id: i for i, z in enumerate(self.zones)}
        self.shapes = _planar([z.geometry for z in self.zones], plane)  # one a zone, in metres
        self.zone, self.band_nm, shapes = _shapes(self.zones, self.shapes)
        self.line = shapely.get_dimensions(shapes) == 1 if len(shapes) else np.zeros(0, np.bool_)
        self.band = self.band_nm > 0
        self.areas = self.zone[~self.line & ~self.band]
        self.lines = self.zone[self.line]
        self.hull = _hulls(shapes)
        ends, owner = _edges(shapes)
        self.first_edge: Ints = np.searchsorted(owner, np.arange(len(shapes) + 1))
        self.tree: Tree = tree_of(ends, owner, self.line)
        self._valid_from_s = np.array([z.valid_from_s for z in self.zones], dtype=np.float64)
        self._valid_to_s = np.array([z.valid_to_s for z in self.zones], dtype=np.float64)
        self._asks: dict[str, Mask] = {}
        self._kinds: dict[tuple[str, ...], Mask] = {}
        self._settings: dict[tuple[str, float], Floats] = {}

    @property
    def valid_from_s(self) -> Floats:
        """(zones,) UTC seconds, -inf where always."""
        return self._valid_from_s

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


def _planar(geometries: list[Any], plane: Plane) -> NDArray[Any]:
    """Shapes in metres, the inside to the left of every edge."""
    drawn = np.array(geometries, dtype=object)
    if not len(drawn):
        return drawn
    fine = shapely.segmentize(drawn, EDGE_DEG)
    flat = shapely.transform(fine, lambda xy: np.column_stack(plane.to_xy(xy[:, 0], xy[:, 1])))
    return np.asarray(flat)


def _shapes(zones: list[Zone], drawn: NDArray[Any]) -> tuple[Ints, Floats, NDArray[Any]]:
    """Which zone each shape belongs to, how far round it goes in NM, and the shapes."""
    bands = [sorted({float(b) for b in z.settings.get("bands_nm", ())}) for z in zones]
    point = shapely.get_dimensions(drawn) == 0 if len(drawn) else np.zeros(0, np.bool_)
    told = [
        (i, nm) for i, wide in enumerate(bands) for nm in ([] if point[i] else [0.0]) + wide
    ]  # fmt: skip
    zone = np.array([i for i, _ in told], dtype=np.int64)
    band_nm = np.array([nm for _, nm in told], dtype=np.float64)
    shapes = drawn[zone]
    for nm in np.unique(band_nm[band_nm > 0]).tolist():
        metres, which = nm * NM_M, band_nm == nm
        chords = max(8, math.ceil(math.pi / 4 / math.acos(1 - min(ROUND_M / metres, 1.0))))
        shapes[which] = shapely.buffer(shapes[which], metres, quad_segs=chords)
    return zone, band_nm, shapely.orient_polygons(shapes) if len(shapes) else shapes


def _edges(shapes: NDArray[Any]) -> tuple[Floats, Ints]:
    """All edges of all shapes as x, y, x, y, and whose each is; rising."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    area = shapely.get_dimensions(parts) == 2
    rings, of_ring = shapely.get_rings(parts[area], return_index=True)
    lines = np.concatenate([rings, parts[~area]])
    owner = np.concatenate([of_part[area][of_ring], of_part[~area]])
    xy, of_line = shapely.get_coordinates(lines, return_index=True)
    joined = of_line[1:] == of_line[:-1]
    ends = np.column_stack([xy[:-1], xy[1:]])[joined]
    whose = owner[of_line[:-1][joined]]
    order = np.argsort(whose, kind="stable")
    return np.ascontiguousarray(ends[order], dtype=np.float64), whose[order].astype(np.int64)


def _hulls(shapes: NDArray[Any]) -> Floats:
    """(shapes, 32, 2): the corner that is furthest in each direction round the compass."""
    angle = np.arange(COMPASS) * 2 * math.pi / COMPASS
    ways = np.column_stack([np.sin(angle), np.cos(angle)])
    out = np.zeros((len(shapes), COMPASS, 2))
    xy, of_shape = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(of_shape, np.arange(len(shapes) + 1))
    for i in range(len(shapes)):
        corners = xy[first[i] : first[i + 1]]
        out[i] = corners[np.argmax(corners @ ways.T, axis=0)]
    return out
