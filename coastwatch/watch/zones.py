"""Zones from packs: GeoJSON files, checked, with their default rules by kind."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

from coastwatch.model import ConfigError, InputError, Zone
from coastwatch.watch.check import Fault, drawn, files_of, moment, read_features
from coastwatch.watch.rules import RULES

__all__ = ["Fault", "check_zones", "load_zones", "read_zones", "zones_to_geojson"]

SMALL = ("small-unregistered-craft",)
# Where a small craft without AIS is an officer's business. Port limits are where small craft
# belong; crossings of lines are kept as facts, and raise an alert only where a pack asks for it.
DEFAULT_RULES: dict[str, tuple[str, ...]] = {
    "tss-lane": (*SMALL, "tss-crossing", "tss-wrong-way"),
    "separation-zone": SMALL,
    "inshore-zone": SMALL,
    "territorial-sea": SMALL,
    "exclusion": SMALL,
    "search-area": (),
    "port-limits": (),
    "line": SMALL,
    "reporting-line": ("not-reporting",),
    "anchorage": (),
    "moorings": (),
    "wind-farm": (),
    "fishing-ground": (),
    "beach": (),
    "pilot-area": (),
    "other": (),
}


# Zones drawn in one place are the same where all of these are.
MEANING = ("kind", "rules", "valid_from", "valid_to", "settings")


def check_zones(path: Path, now_s: float | None = None) -> list[Fault]:
    """Every fault of a zone file or folder; what is over is over at ``now_s``, or else today.

    ``now_s`` is UTC seconds since 1970. A fault has ``severity`` ("error" stops a run, "note" does
    not) and, as text, file, feature and mend. Rings are held to RFC 7946 and OGC Simple Features.
    Raises InputError where there is nothing to check.
    """
    features, faults = _read(path, time.time() if now_s is None else now_s)
    return faults + _duplicates(features)


def load_zones(paths: Sequence[Path]) -> list[Zone]:
    """The zones of GeoJSON files and folders, in their order.

    Geometry is longitude, latitude in degrees of WGS 84; ``valid_from_s`` and ``valid_to_s`` are
    UTC seconds, infinite where open. What a file holds: docs/zones.md.
    Raises ConfigError that names every error, one a line.
    """
    features: list[tuple[Path, dict[str, Any]]] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            found, wrong = _read(path, math.nan)
        except InputError as error:
            raise ConfigError(str(error)) from error
        features += found
        faults += wrong
    faults += _duplicates(features)
    errors = [str(f) for f in faults if f.severity == "error"]
    if errors:
        raise ConfigError("\n".join(errors))
    return [_zone(feature) for _, feature in features]


def read_zones(document: Any) -> list[Zone]:
    """The zones of a document that ``zones_to_geojson`` made. Raises ConfigError for another."""
    try:
        return [_zone(feature) for feature in document["features"]]
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise ConfigError(f"no zones of a run: {error}") from error


def zones_to_geojson(zones: Sequence[Zone]) -> dict[str, Any]:
    """The zones as a FeatureCollection that ``load_zones`` reads back to the same zones."""
    return {"type": "FeatureCollection", "features": [_feature(z) for z in zones]}


def _read(path: Path, now_s: float) -> tuple[list[tuple[Path, dict[str, Any]]], list[Fault]]:
    features, faults = [], []
    scopes = {name: rule.scope for name, rule in RULES.items()}
    for file in files_of(path):
        found, wrong = read_features(file, scopes, now_s)
        features += [(file, f) for f in found]
        faults += wrong
    return features, faults


def _duplicates(features: list[tuple[Path, dict[str, Any]]]) -> list[Fault]:
    """Ids that stand twice; zones that mean the same twice, and those drawn in one place."""
    seen: dict[str, Path] = {}
    drawn_as: dict[bytes, dict[str, Any]] = {}
    faults = []
    for path, feature in features:
        p = feature["properties"]
        name, at = p["id"], f"feature {p['id']!r}"
        if name in seen:
            what = f"the id stands in {seen[name]} already"
            faults.append(Fault(str(path), at, what, "give each zone its own id"))
            continue
        seen[name] = path
        other = drawn_as.setdefault(drawn(feature["geometry"]).normalize().wkb, p)
        if other is p:
            continue
        what = f"the same geometry as zone {other['id']!r} in {seen[other['id']]}"
        if all(p.get(key) == other.get(key) for key in MEANING):
            faults.append(Fault(str(path), at, what, "remove one of the two"))
        else:
            mend = "keep both only if both are meant: they differ in what they ask"
            faults.append(Fault(str(path), at, what, mend, "note"))
    return faults


def _zone(feature: dict[str, Any]) -> Zone:
    p = feature["properties"]
    geometry = _oriented(drawn(feature["geometry"]))
    rules = tuple(p["rules"]) if "rules" in p else DEFAULT_RULES[p["kind"]]
    begin = moment(p["valid_from"]) if p.get("valid_from") else -math.inf
    end = moment(p["valid_to"]) if p.get("valid_to") else math.inf
    meaning = [p["id"], p["kind"], list(rules), begin, end, mapping(geometry)]
    if p.get("settings"):
        meaning.append(p["settings"])
    canonical = json.dumps(meaning, sort_keys=True)
    return Zone(
        id=p["id"],
        name=p["name"],
        kind=p["kind"],
        geometry=geometry,
        rules=rules,
        valid_from_s=begin,
        valid_to_s=end,
        source=p["source"],
        accuracy_m=p.get("accuracy_m"),
        note=str(p.get("note") or ""),
        settings=dict(p.get("settings") or {}),
        version=hashlib.sha256(canonical.encode()).hexdigest()[:12],
    )


def _oriented(geometry: Any) -> Any:
    """Counter-clockwise shells, as RFC 7946 has them."""
    if geometry.geom_type == "Polygon":
        return orient(geometry)
    if geometry.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([orient(part) for part in geometry.geoms])
    return geometry


def _feature(zone: Zone) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": zone.id,
        "name": zone.name,
        "kind": zone.kind,
        "rules": list(zone.rules),
        "source": zone.source,
        "accuracy_m": zone.accuracy_m,
        "note": zone.note,
    }
    if zone.settings:
        properties["settings"] = dict(zone.settings)
    for key, time_s in (("valid_from", zone.valid_from_s), ("valid_to", zone.valid_to_s)):
        if math.isfinite(time_s):
            properties[key] = _iso(time_s)
    return {"type": "Feature", "properties": properties, "geometry": mapping(zone.geometry)}


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat()
