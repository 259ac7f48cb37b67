"""The zones of the bench: the pack of the strait, and areas and lines where scripts are played."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import shapely

from bench.watch_sail import PLANE
from bench.watch_sea import CALAIS, DOVER, DOWNS
from coastwatch.model import Zone
from coastwatch.watch.zones import load_zones

PACK = Path(__file__).resolve().parent.parent / "zones" / "dover-strait"
# Middles of the scripts' areas, and their radii (m): away from lanes, ferries and trawlers.
ENTERED = ((1.620, 51.370), 1_500.0)
DWELT = ((1.300, 50.580), 2_000.0)
AIMED_AT = ((0.780, 50.800), 1_500.0)
NEARED = ((1.330, 50.640), 1_200.0)
SLOW = ((2.300, 51.180), 3_000.0)
LINE = ((1.690, 51.400), (1.790, 51.370))
REPORTING = ((0.860, 50.700), (0.960, 50.790))
TSS = ("tss-wrong-way", "tss-crossing")


def zones() -> list[Zone]:
    """All of them."""
    pack = [
        replace(z, rules=(*z.rules, *(r for r in TSS if r not in z.rules)))
        if z.kind == "tss-lane" else z
        for z in load_zones([PACK])
    ]  # fmt: skip
    return [
        *pack,
        _circle("bench-entered", ENTERED, ("zone-entry", "zone-exit")),
        _circle("bench-dwelt", DWELT, ("zone-dwell",), dwell_min=30.0),
        _circle("bench-aimed-at", AIMED_AT, ("heading-for-area",), ahead_min=30.0),
        _circle("bench-neared", NEARED, ("distance-to-area",), bands_nm=[2.0, 1.0]),
        _circle("bench-slow", SLOW, ("zone-speed",), speed_max_kn=12.0),
        _circle("bench-downs", (DOWNS, 3_000.0), (), "anchorage"),
        _circle("bench-dover", (DOVER, 1_500.0), (), "port-limits"),
        _circle("bench-calais", (CALAIS, 1_500.0), (), "port-limits"),
        _line("bench-line", LINE, ("line-crossing",), "line"),
        _line("bench-reporting", REPORTING, ("not-reporting",), "reporting-line"),
    ]


def _circle(
    name: str, where: tuple[tuple[float, float], float], rules: tuple[str, ...],
    kind: str = "exclusion", **settings: object,
) -> Zone:  # fmt: skip
    (x, y), r = PLANE.to_xy(*where[0]), where[1]
    angles = [2 * math.pi * k / 64 for k in range(65)]
    ring = [PLANE.to_lonlat(x + r * math.cos(a), y + r * math.sin(a)) for a in angles]
    shape = shapely.Polygon([(float(lon), float(lat)) for lon, lat in ring])
    return _zone(name, shape, rules, kind, settings)


def _line(
    name: str, way: tuple[tuple[float, float], ...], rules: tuple[str, ...], kind: str
) -> Zone:
    return _zone(name, shapely.LineString(way), rules, kind, {})


def _zone(
    name: str, shape: object, rules: tuple[str, ...], kind: str, settings: dict[str, object]
) -> Zone:
    return Zone(name, name.replace("bench-", "area "), kind, shape, rules, -math.inf, math.inf,
                "bench", None, "", "1", settings)  # fmt: skip
