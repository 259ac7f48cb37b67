"""What can be wrong with a zone file: faults by feature, ring and vertex, each with its mend."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from shapely import is_valid_reason
from shapely.geometry import LinearRing, LineString, Point
from shapely.geometry import shape as shape_of
from shapely.strtree import STRtree

from coastwatch.model import Floats, InputError

KINDS = (
    "tss-lane",
    "separation-zone",
    "inshore-zone",
    "territorial-sea",
    "port-limits",
    "exclusion",
    "search-area",
    "line",
    "reporting-line",
    "anchorage",
    "moorings",
    "wind-farm",
    "fishing-ground",
    "beach",
    "pilot-area",
    "other",
)
VERTICES_MAX = 50_000
FILE_BYTES_MAX = 64 << 20
FAULTS_MAX = 1_000  # of one file: nobody reads more
LEVELS_MAX = 32  # of lists in lists; GeoJSON needs ten
YEARS = (1900, 2200)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a zone file. ``severity`` is "error", or "note" where we mended it."""

    file: str
    where: str
    what: str
    mend: str
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{place}: {self.what}; {self.mend}"


@dataclass(frozen=True, slots=True)
class _At:
    """Where we are in a file, for the faults found there."""

    file: str
    where: str = ""

    def within(self, where: str) -> _At:
        return _At(self.file, f"{self.where} {where}".strip())

    def fault(self, what: str, mend: str, severity: str = "error") -> Fault:
        return Fault(self.file, self.where, what, mend, severity)


def files_of(path: Path) -> list[Path]:
    """The zone files that a path means. Raises InputError where there are none."""
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix in (".geojson", ".json"))
        if found:
            return found
        raise InputError(f"{path}: no .geojson file in this folder; give a zone pack or a file")
    if path.is_file():
        return [path]
    raise InputError(f"{path}: no such zone file or folder; check the path")


def read_features(path: Path, rules: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The features of one file, and every fault in it; a feature with an error is left out."""
    at = _At(str(path))
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            size = f"the file is over {FILE_BYTES_MAX >> 20} MiB"
            return [], [at.fault(size, "split it or simplify its shapes")]
        document = json.loads(path.read_text(encoding="utf-8"))
        if _deep(document):
            raise RecursionError(f"nested more than {LEVELS_MAX} levels deep")
    except (OSError, ValueError, RecursionError) as error:
        return [], [at.fault(f"not readable as JSON ({error})", "give a GeoJSON file in UTF-8")]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        mend = 'wrap the features in {"type": "FeatureCollection", "features": [...]}'
        return [], [at.fault("not a FeatureCollection", mend)]
    good: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for index, feature in enumerate(features):
        name = _id(feature)
        found = list(_feature(feature, at.within(f"feature {index} {name!r}:"), rules))
        faults += found[: FAULTS_MAX - len(faults)]
        if not any(f.severity == "error" for f in found):
            good.append(feature)
    return good, faults


def _deep(document: Any) -> bool:
    level = [document]
    for _ in range(LEVELS_MAX):
        level = [
            inner
            for value in level
            if isinstance(value, list | dict)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _id(feature: Any) -> Any:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get("id") if isinstance(properties, dict) else None


def _feature(feature: Any, at: _At, rules: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        yield at.fault("not a Feature", 'give "type": "Feature" with properties and geometry')
        return
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        yield at.fault("no properties", "give id, name, kind and source")
        return
    yield from _properties(properties, at, rules)
    yield from _geometry(feature.get("geometry"), properties.get("kind"), at)


def _properties(p: dict[str, Any], at: _At, rules: tuple[str, ...]) -> Iterator[Fault]:
    for key in ("id", "name", "kind", "source"):
        if not isinstance(p.get(key), str) or not p[key].strip():
            yield at.fault(f"{key} is missing", f"give {key} as a text")
        elif not _writable(p[key]):
            yield at.fault(f"{key} holds half a character (a lone surrogate)", "type it anew")
    kind = p.get("kind")
    if isinstance(kind, str) and kind not in KINDS:
        yield at.fault(f"unknown kind {kind!r}", f"use one of {', '.join(KINDS)}")
    asked = p.get("rules", [])
    if not isinstance(asked, list):
        yield at.fault("rules is not a list", f"give a list of {', '.join(rules)}")
    else:
        for rule in asked:
            if rule not in rules:
                yield at.fault(f"unknown rule {rule!r}", f"use one of {', '.join(rules)}")
    accuracy = p.get("accuracy_m")
    if accuracy is not None and not (_number(accuracy) and accuracy >= 0):
        yield at.fault(f"accuracy_m = {accuracy!r}", "give metres as a number, 0 or more")
    yield from _validity(p, at)


def _writable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _validity(p: dict[str, Any], at: _At) -> Iterator[Fault]:
    times = []
    for key in ("valid_from", "valid_to"):
        if p.get(key) is None:
            continue
        try:
            times.append(moment(p[key]))
        except ValueError:
            yield at.fault(f"{key} = {p[key]!r} is no time", "write it as 2026-11-20T05:30:00Z")
    if len(times) == 2 and times[0] >= times[1]:
        yield at.fault("valid_to is not after valid_from", "exchange or correct the two")


def moment(text: Any) -> float:
    """UTC seconds of an ISO 8601 time with zone. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError("no time zone")
    if not YEARS[0] <= parsed.year < YEARS[1]:
        raise ValueError("not of our time")
    return parsed.timestamp()


def _geometry(geometry: Any, kind: Any, at: _At) -> Iterator[Fault]:
    if not isinstance(geometry, dict):
        yield at.fault(
            "no geometry", "give a Polygon, MultiPolygon, LineString or, as other, a Point"
        )
        return
    shape, coordinates = geometry.get("type"), geometry.get("coordinates")
    lines = ("LineString", "MultiLineString")
    if kind == "line" and shape not in lines:
        yield at.fault(f"a line of type {shape}", "give a LineString")
    elif shape in lines and kind not in ("line", "other"):
        yield at.fault(f"a {kind} of type {shape}", "give a Polygon, or use kind line")
    elif shape == "Point" and kind != "other":
        yield at.fault(f"a {kind} of type Point", "give a Polygon, or use kind other")
    elif shape not in (*lines, "Point", "Polygon", "MultiPolygon"):
        yield at.fault(f"geometry type {shape!r}", "give a Polygon, MultiPolygon or LineString")
        return
    if shape == "Point":
        yield from _positions([coordinates], at)
    wrong = False
    for name, ring, turn in _parts(shape, coordinates):
        for fault in _ring(ring, turn, at.within(name)):
            wrong |= fault.severity == "error"
            yield fault
    if not wrong and shape in ("Polygon", "MultiPolygon"):
        yield from _together(geometry, at)


def flat(coordinates: Any) -> Any:
    """Coordinates without a third number: heights mean nothing here, and may be anything."""
    if coordinates and not isinstance(coordinates[0], list):
        return coordinates[:2]
    return [flat(part) for part in coordinates]


def _together(geometry: dict[str, Any], at: _At) -> Iterator[Fault]:
    """Rings that are good one by one, and wrong together: a hole outside, parts that overlap."""
    whole = shape_of({"type": geometry["type"], "coordinates": flat(geometry["coordinates"])})
    if not whole.is_valid:
        what = f"the rings do not go together ({is_valid_reason(whole)})"
        yield at.fault(what, "keep holes inside their shell, and parts apart")


def _parts(shape: Any, coordinates: Any) -> Iterator[tuple[str, Any, int]]:
    """Each ring or line with its name, and how it should turn: 1 a shell, -1 a hole, 0 a line.

    What is no list is given on, to be named as a fault.
    """
    if shape == "LineString":
        yield "line:", coordinates, 0
    elif shape == "MultiLineString":
        for i, line in enumerate(_list(coordinates)):
            yield f"line {i}:", line, 0
    elif shape == "Polygon":
        for i, ring in enumerate(_list(coordinates)):
            yield f"ring {i}:", ring, -1 if i else 1
    elif shape == "MultiPolygon":
        for p, polygon in enumerate(_list(coordinates)):
            for i, ring in enumerate(_list(polygon)):
                yield f"polygon {p} ring {i}:", ring, -1 if i else 1


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [None]


def _ring(ring: Any, turn: int, at: _At) -> Iterator[Fault]:
    if not isinstance(ring, list):
        yield at.fault("no coordinates", "give a list of [longitude, latitude]")
        return
    if len(ring) > VERTICES_MAX:
        yield at.fault(f"{len(ring)} vertices", f"simplify it to {VERTICES_MAX} or fewer")
        return
    found = list(_positions(ring, at))
    yield from found
    if found:
        return
    least = 4 if turn else 2
    if len(ring) < least:
        yield at.fault(f"{len(ring)} points", f"give at least {least}")
        return
    yield from _shape(np.array([p[:2] for p in ring], dtype=float), turn, at)


def _shape(xy: Floats, turn: int, at: _At) -> Iterator[Fault]:
    if turn and (xy[0] != xy[-1]).any():
        yield at.fault("the ring is open", "repeat its first point at the end")
    doubled = np.flatnonzero((np.diff(xy, axis=0) == 0).all(axis=1)).tolist()
    for i in doubled:
        yield at.within(f"vertex {i + 1}:").fault("the same as the one before", "remove it")
    if (np.abs(np.diff(xy[:, 0])) > 180).any():
        yield at.fault("crosses the antimeridian", "split it there into two polygons")
    elif turn and not doubled:
        yield from _crossing(xy, at)
        yield from _winding(xy, turn, at)


def _winding(xy: Floats, turn: int, at: _At) -> Iterator[Fault]:
    x, y = (xy - xy[0]).T
    if turn * float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) < 0:
        way = "clockwise, as a hole does" if turn > 0 else "counter-clockwise, as a shell does"
        yield at.fault(f"winds {way}", "turned here; RFC 7946 has it the other way", "note")


def _positions(points: list[Any], at: _At) -> Iterator[Fault]:
    for i, point in enumerate(points):
        here = at.within(f"vertex {i}:")
        if not isinstance(point, list) or len(point) < 2 or not all(map(_is_real, point[:2])):
            yield here.fault(f"{str(point)[:60]} is no position", "give [longitude, latitude]")
            continue
        lon, lat = point[:2]
        if not (math.isfinite(lon) and math.isfinite(lat)):
            yield here.fault(f"{point[:2]} holds NaN or infinity", "give finite degrees")
        elif abs(lat) > 90 or abs(lon) > 180:
            swapped = abs(lon) <= 90 and abs(lat) <= 180
            hint = "longitude comes first: exchange the two" if swapped else "give degrees"
            yield here.fault(f"{point[:2]} is out of range", hint)


def _is_real(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 1 << 53


def _number(value: Any) -> bool:
    return _is_real(value) and math.isfinite(value)


def _crossing(xy: Floats, at: _At) -> Iterator[Fault]:
    if len(xy) < 4 or (xy[0] != xy[-1]).any():
        return
    ring = LinearRing(xy)
    if ring.is_simple:
        return
    segments = [LineString(pair) for pair in pairwise(xy)]
    tree = STRtree(segments)
    last = len(segments) - 1
    # One edge at a time: all pairs of a star of 50,000 edges would fill the memory.
    for i, segment in enumerate(segments):
        found = tree.query(segment, predicate="intersects").tolist()
        later = [j for j in found if j > i + 1 and not (i == 0 and j == last)]
        if not later:
            continue
        j = min(later)
        shared = segments[i].intersection(segments[j])
        point = shared if isinstance(shared, Point) else shared.representative_point()
        yield at.within(f"vertex {i}:").fault(
            f"crosses itself at [{point.x:.6f}, {point.y:.6f}], where the edge from vertex {j} is",
            "reorder or remove vertices",
        )
        return
    yield at.fault("touches itself", "remove the repeated part")
