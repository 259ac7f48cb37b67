"""What can be wrong with a zone's geometry, ring by ring and all rings together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, shape

from coastwatch.model import Floats
from coastwatch.watch.check_properties import LINE_KINDS, LINES
from coastwatch.watch.check_ring import VERTICES_MAX, around, crossings, repeated, turned, unwrapped
from coastwatch.watch.fault import NOTE, At, Fault, positions

OVERLAPS_MAX = 20  # told of one feature
# Where longitudes count on past 180: the world, and its copies to the west and the east.
WORLDS = [(-540.0, -180.0), (-180.0, 180.0), (180.0, 540.0)]
APART = "the rings do not go together"


def geometry(told: Any, kind: Any, at: At) -> Iterator[Fault]:
    """Every fault of a feature's geometry."""
    if not isinstance(told, dict):
        mend = "give a Polygon, MultiPolygon, LineString or, as other, a Point"
        yield at.fault("no geometry", mend)
        return
    what, coordinates = told.get("type"), told.get("coordinates")
    if kind in LINE_KINDS and what not in LINES:
        yield at.fault(f"a {kind} of type {what}", "give a LineString")
    elif what in LINES and kind not in (*LINE_KINDS, "other"):
        yield at.fault(f"a {kind} of type {what}", "give a Polygon, or use kind line")
    elif what == "Point" and kind != "other":
        yield at.fault(f"a {kind} of type Point", "give a Polygon, or use kind other")
    elif what not in (*LINES, "Point", "Polygon", "MultiPolygon"):
        yield at.fault(f"geometry type {what!r}", "give a Polygon, MultiPolygon or LineString")
        return
    if what == "Point":
        yield from positions([coordinates], at)
        return
    wrong, crosses = False, False
    for name, ring, turn in _parts(what, coordinates):
        for fault in _ring(ring, turn, at.within(name)):
            wrong |= fault.severity == "error"
            crosses |= "antimeridian" in fault.what
            yield fault
    if not wrong and what in ("Polygon", "MultiPolygon"):
        apart = list(_together(told, at))
        yield from apart
        wrong = bool(apart)
    if not wrong and crosses:
        yield from _split(told, at)


def drawn(told: dict[str, Any]) -> Any:
    """The shape of a geometry without fault: flat, and split where it crosses the antimeridian."""
    whole = _whole(told)
    west, _, east, _ = whole.bounds
    if west >= -180 and east <= 180:
        return whole
    parts = []
    for low, high in WORLDS:
        part = whole.intersection(shapely.box(low, -90, high, 90))
        shifted = shapely.transform(part, lambda xy, off=low + 180: xy - [off, 0])
        found = shapely.get_parts(shifted)
        parts += [p for p in found if p.geom_type == _kind_of(whole) and not p.is_empty]
    make = shapely.MultiPolygon if _kind_of(whole) == "Polygon" else shapely.MultiLineString
    return make(parts)


def _kind_of(whole: Any) -> str:
    return "Polygon" if shapely.get_dimensions(whole) == 2 else "LineString"


def _whole(told: dict[str, Any]) -> Any:
    """The shape with longitudes that count on over the antimeridian, holes beside their shells."""
    coordinates = flat(told["coordinates"])
    if told["type"] == "LineString":
        coordinates = unwrapped(np.array(coordinates)).tolist()
    elif told["type"] == "MultiLineString":
        coordinates = [unwrapped(np.array(line)).tolist() for line in coordinates]
    elif told["type"] == "Polygon":
        coordinates = _beside(coordinates)
    elif told["type"] == "MultiPolygon":
        coordinates = [_beside(rings) for rings in coordinates]
    return shape({"type": told["type"], "coordinates": coordinates})


def _beside(rings: list[Any]) -> list[Any]:
    shell, *holes = (unwrapped(np.array(ring, dtype=float)) for ring in rings)
    middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
    for hole in holes:
        hole[:, 0] += 360 * np.round((middle - hole[:, 0].mean()) / 360)
    return [ring.tolist() for ring in (shell, *holes)]


def flat(coordinates: Any) -> Any:
    """Coordinates without a third number: heights mean nothing here, and may be anything."""
    if coordinates and not isinstance(coordinates[0], list):
        return coordinates[:2]
    return [flat(part) for part in coordinates]


def _split(told: dict[str, Any], at: At) -> Iterator[Fault]:
    parts = shapely.get_num_geometries(drawn(told))
    mend = "split here at longitude 180, as RFC 7946 3.1.9 asks"
    yield at.fault(f"crosses the antimeridian: {parts} parts are made of it", mend, NOTE)


def _parts(what: Any, coordinates: Any) -> Iterator[tuple[str, Any, int]]:
    """Each ring or line with its name, and how it should turn: 1 a shell, -1 a hole, 0 a line.

    What is no list is given on, to be named as a fault.
    """
    if what == "LineString":
        yield "line:", coordinates, 0
    elif what == "MultiLineString":
        for i, line in enumerate(_list(coordinates)):
            yield f"line {i}:", line, 0
    elif what == "Polygon":
        for i, ring in enumerate(_list(coordinates)):
            yield f"ring {i}:", ring, -1 if i else 1
    elif what == "MultiPolygon":
        for p, polygon in enumerate(_list(coordinates)):
            for i, ring in enumerate(_list(polygon)):
                yield f"polygon {p} ring {i}:", ring, -1 if i else 1


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [None]


def _ring(ring: Any, turn: int, at: At) -> Iterator[Fault]:
    if not isinstance(ring, list):
        yield at.fault("no coordinates", "give a list of [longitude, latitude]")
        return
    if len(ring) > VERTICES_MAX:
        yield at.fault(f"{len(ring)} vertices", f"simplify it to {VERTICES_MAX} or fewer")
        return
    found = list(positions(ring, at))
    yield from found
    if any(fault.severity == "error" for fault in found):
        return
    least = 4 if turn else 2
    if len(ring) < least:
        yield at.fault(f"{len(ring)} points", f"give at least {least}")
        return
    yield from _course(np.array([p[:2] for p in ring], dtype=float), turn, at)


def _course(xy: Floats, turn: int, at: At) -> Iterator[Fault]:
    """What is wrong with the way that a ring or line goes."""
    if turn and (xy[0] != xy[-1]).any():
        yield at.fault("the ring is open", "repeat its first point at the end")
        xy = np.vstack([xy, xy[:1]])
    doubled = np.flatnonzero((np.diff(xy, axis=0) == 0).all(axis=1)).tolist()
    for i in doubled:
        yield at.within(f"vertex {i + 1}:").fault("the same as the one before", "remove it")
    over = np.flatnonzero(np.abs(np.diff(xy[:, 0])) > 180).tolist()
    for i in over:
        what = f"the edge to vertex {i + 1} crosses the antimeridian"
        yield at.within(f"vertex {i}:").fault(what, "split here", NOTE)
    if not turn:
        return
    xy = unwrapped(xy)
    if around(xy):
        yield at.fault("goes round a pole", "split it into polygons that do not")
        return
    yield from repeated(xy, at)
    yield from crossings(xy, at)
    if not doubled:
        yield from turned(xy, turn, at)


def _together(told: dict[str, Any], at: At) -> Iterator[Fault]:
    """Rings that are good one by one, and wrong together: a hole outside, parts that overlap."""
    whole = _whole(told)
    if whole.is_valid:
        return
    many = told["type"] == "MultiPolygon"
    told_of = 0
    parts = shapely.get_parts(whole)
    for p, part in enumerate(parts):
        name = f"polygon {p} " if many else ""
        for fault in _holes(part, name, at):
            told_of += 1
            yield fault
    tree = shapely.STRtree(parts)
    clean = [Polygon(part.exterior) for part in parts]
    pairs = tree.query(parts, predicate="intersects").T
    for a, b in sorted((int(a), int(b)) for a, b in pairs if a < b):
        if told_of >= OVERLAPS_MAX:
            break
        if not parts[a].is_valid or not parts[b].is_valid:
            shared = clean[a].intersection(clean[b])
        else:
            shared = parts[a].intersection(parts[b])
        if _wide(shared):
            told_of += 1
            same = parts[a].exterior.equals(parts[b].exterior)
            how = "the same ring as" if same else "it overlaps"
            what = f"{APART}: {how} polygon {a}, at {_point(shared)}"
            yield at.within(f"polygon {b} ring 0:").fault(what, "keep parts apart, or remove one")
    if not told_of:
        why = shapely.is_valid_reason(whole)
        yield at.fault(f"{APART} ({why})", "keep holes inside their shell, and parts apart")


def _holes(part: Any, name: str, at: At) -> Iterator[Fault]:
    """Holes that are outside their shell, the same twice, or that run into one another."""
    shell = Polygon(part.exterior)
    holes = [Polygon(ring) for ring in part.interiors]
    for i, hole in enumerate(holes, 1):
        here = at.within(f"{name}ring {i}:")
        if hole.exterior.equals(shell.exterior):
            yield here.fault(f"{APART}: the same ring as its shell", "remove it")
        elif not shell.covers(hole):
            out = _point(hole.difference(shell))
            what = f"{APART}: this hole is not inside its shell, at {out}"
            yield here.fault(what, "keep holes inside their shell")
    tree = shapely.STRtree(holes)
    pairs = tree.query(holes, predicate="intersects").T if holes else np.empty((0, 2))
    for a, b in sorted((int(a), int(b)) for a, b in pairs if a < b)[:OVERLAPS_MAX]:
        shared = holes[a].intersection(holes[b])
        if _wide(shared):
            same = holes[a].exterior.equals(holes[b].exterior)
            how = "the same ring as" if same else "it runs into"
            what = f"{APART}: {how} ring {a + 1}, at {_point(shared)}"
            yield at.within(f"{name}ring {b + 1}:").fault(what, "remove one, or keep them apart")


def _wide(shared: Any) -> bool:
    return bool(shapely.get_dimensions(shared) >= 1 and not shared.is_empty)


def _point(where: Any) -> str:
    point = shapely.point_on_surface(where)
    return f"[{point.x:.6f}, {point.y:.6f}]"
