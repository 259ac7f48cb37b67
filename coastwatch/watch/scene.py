"""What a rule sees at one picture: the tracks, and where they stand to the zones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import LineString

from coastwatch.geo.plane import Plane
from coastwatch.model import Alert, Crossing, Floats, Ints, Tracks, Zone

# A straight edge in degrees and one in the plane differ; pieces this long keep it under a metre.
EDGE_DEG = 0.02


class Ground:
    """The zones in the site's plane, indexed; made once.

    ``areas`` and ``lines`` are indices into ``zones``; points of interest are in neither.
    """

    def __init__(self, zones: Sequence[Zone], plane: Plane) -> None:
        self.zones = list(zones)
        self.plane = plane
        self.shapes = np.array([_planar(z, plane) for z in zones], dtype=object)
        shapely.prepare(self.shapes)
        dimension = shapely.get_dimensions(self.shapes) if len(zones) else np.empty(0)
        self.areas = np.flatnonzero(dimension == 2)
        self.lines = np.flatnonzero(dimension == 1)
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
        z = self.zones[zone]
        return z.valid_from_s <= time_s < z.valid_to_s


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: ``tracks`` that are believed (confirmed or coasting), and what they did.

    ``inside`` maps a row of ``tracks`` to the zones (indices) it is in.
    """

    ground: Ground
    tracks: Tracks
    lon: Floats
    lat: Floats
    inside: Mapping[int, tuple[int, ...]]
    crossings: Sequence[Crossing]
    ended: Sequence[int]


def alert_id(rule: str, version: int, zone: Zone | None, track: int, time_s: float) -> str:
    """The same for the same input: a hash of rule, zone, track and event time."""
    about = (rule, version, zone.id if zone else "", zone.version if zone else "", track)
    text = "|".join(map(str, (*about, round(time_s * 1e9))))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def crossing_alert(rule: str, version: int, crossing: Crossing, zone: Zone, words: str) -> Alert:
    """An alert that says of one crossing what happened, for a zone that asks for it."""
    who = f"MMSI {crossing.mmsi}" if crossing.mmsi >= 0 else "no identity"
    return Alert(
        id=alert_id(rule, version, zone, crossing.track, crossing.time_s),
        time_s=crossing.time_s,
        rule=rule,
        severity="information",
        track=crossing.track,
        mmsi=crossing.mmsi,
        zone=zone.id,
        lon=crossing.lon,
        lat=crossing.lat,
        text=f"Track {crossing.track} ({who}) {words} {zone.name}.",
        evidence={"what": crossing.what, "zone_version": zone.version, "rule_version": version},
    )


def _planar(zone: Zone, plane: Plane) -> Any:
    fine = shapely.segmentize(zone.geometry, EDGE_DEG)
    return shapely.transform(fine, lambda xy: np.column_stack(plane.to_xy(xy[:, 0], xy[:, 1])))


def _sorted(rows: Ints, zones: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((zones, rows))
    return rows[order], zones[order]
