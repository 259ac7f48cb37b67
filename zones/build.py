"""Writes the zone pack dover-strait from the positions typed here: `python zones/build.py`.

Positions are (degrees, minutes) as published, north and east positive. What touches the shore is
cut by the coast of GSHHG. Not for navigation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.coast import coast
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import NM_M

PACK = Path(__file__).parent / "dover-strait"
PLANE = Plane((1.50, 51.00))
WINDOW = (-0.4, 50.1, 2.9, 51.8)
IMO = (
    "IMO Ships' Routeing, traffic separation scheme In the Strait of Dover and adjacent waters "
    "(positions in WGS 84)"
)
TREATY = (
    "Agreement of 2 November 1988 between the United Kingdom and France on the territorial sea "
    "in the Straits of Dover, article 1 (decree 89-284)"
)
OWN = "coastwatch: a watch area of our own"
Position = tuple[
    float, float, float, float
]  # latitude degrees, minutes, longitude degrees, minutes

SW_LANE = [
    (51, 6.13, 1, 38.10), (51, 6.49, 1, 37.55), (50, 57.59, 1, 23.00), (50, 51.14, 1, 17.20),
    (50, 33.37, 0, 36.50), (50, 26.91, 0, -1.09), (50, 32.71, 0, -3.49), (50, 38.91, 0, 32.70),
    (50, 52.09, 1, 2.85), (50, 52.47, 1, 2.45), (51, 2.53, 1, 22.24), (51, 6.93, 1, 30.90),
    (51, 14.13, 1, 43.99), (51, 27.35, 1, 52.76), (51, 33.66, 2, 2.17), (51, 31.07, 2, 7.90),
    (51, 26.77, 2, 1.48), (51, 22.49, 1, 57.61), (51, 16.53, 1, 52.29),
]  # fmt: skip
NE_LANE = [
    (50, 16.34, 0, 3.31), (50, 26.94, 0, 59.90), (50, 39.69, 1, 22.20), (50, 39.49, 1, 22.40),
    (50, 44.54, 1, 26.90), (50, 53.64, 1, 30.70), (51, 4.34, 1, 45.89), (51, 6.44, 1, 48.89),
    (51, 11.23, 2, 4.09), (51, 13.71, 2, 0.99), (51, 9.35, 1, 47.10), (51, 9.75, 1, 45.61),
    (51, 10.26, 1, 43.74), (51, 6.13, 1, 38.10), (51, 5.77, 1, 38.65), (50, 56.87, 1, 24.03),
    (50, 42.87, 1, 18.30), (50, 32.71, 0, 57.73), (50, 22.12, 0, 0.91),
]  # fmt: skip
NE_LANE_SANDETTIE = [
    (51, 9.75, 1, 45.61), (51, 12.35, 1, 51.03), (51, 15.05, 1, 54.40), (51, 18.43, 2, 4.69),
    (51, 22.03, 1, 58.39), (51, 16.53, 1, 52.29), (51, 10.26, 1, 43.74),
]  # fmt: skip
# The general direction of traffic flow leads through the middles between these corners.
SW_FLOW = [
    ((51, 33.66, 2, 2.17), (51, 31.07, 2, 7.90)), ((51, 27.35, 1, 52.76), (51, 22.49, 1, 57.61)),
    ((51, 14.13, 1, 43.99), (51, 16.53, 1, 52.29)), ((51, 6.93, 1, 30.90), (51, 6.49, 1, 37.55)),
    ((51, 2.53, 1, 22.24), (50, 57.59, 1, 23.00)), ((50, 52.47, 1, 2.45), (50, 51.14, 1, 17.20)),
    ((50, 38.91, 0, 32.70), (50, 33.37, 0, 36.50)), ((50, 32.71, 0, -3.49), (50, 26.91, 0, -1.09)),
]  # fmt: skip
NE_FLOW = [
    ((50, 16.34, 0, 3.31), (50, 22.12, 0, 0.91)), ((50, 26.94, 0, 59.90), (50, 32.71, 0, 57.73)),
    ((50, 39.69, 1, 22.20), (50, 42.87, 1, 18.30)), ((50, 53.64, 1, 30.70), (50, 56.87, 1, 24.03)),
    ((51, 4.34, 1, 45.89), (51, 5.77, 1, 38.65)), ((51, 6.44, 1, 48.89), (51, 9.35, 1, 47.10)),
    ((51, 11.23, 2, 4.09), (51, 13.71, 2, 0.99)),
]  # fmt: skip
NE_FLOW_SANDETTIE = [
    ((51, 9.75, 1, 45.61), (51, 10.26, 1, 43.74)), ((51, 15.05, 1, 54.40), (51, 16.53, 1, 52.29)),
    ((51, 18.43, 2, 4.69), (51, 22.03, 1, 58.39)),
]  # fmt: skip
SEPARATION = {
    "centre": ("Dover Strait separation zone", [
        (50, 22.12, 0, 0.91), (50, 32.71, 0, 57.73), (50, 42.87, 1, 18.30), (50, 56.87, 1, 24.03),
        (51, 5.77, 1, 38.65), (51, 6.13, 1, 38.10), (51, 6.49, 1, 37.55), (50, 57.59, 1, 23.00),
        (50, 51.14, 1, 17.20), (50, 33.37, 0, 36.50), (50, 26.91, 0, -1.09)]),
    "sandettie": ("Separation zone at Sandettie", [
        (51, 9.75, 1, 45.61), (51, 9.35, 1, 47.10), (51, 13.71, 2, 0.99), (51, 16.03, 2, 4.19),
        (51, 18.43, 2, 4.69), (51, 15.05, 1, 54.40), (51, 12.35, 1, 51.03)]),
    "north": ("Separation zone south of Foxtrot 3", [
        (51, 22.03, 1, 58.39), (51, 22.49, 1, 57.61), (51, 16.53, 1, 52.29)]),
    "english": ("Separation zone off the English inshore traffic zone", [
        (50, 52.09, 1, 2.85), (50, 38.91, 0, 32.70), (50, 32.71, 0, -3.49), (50, 34.64, 0, -4.29),
        (50, 39.37, 0, 32.50), (50, 52.47, 1, 2.45)]),
    "french": ("Separation zone off the French inshore traffic zone", [
        (50, 16.34, 0, 3.31), (50, 14.49, 0, 4.11), (50, 26.37, 1, 0.20), (50, 39.29, 1, 22.63),
        (50, 39.69, 1, 22.20), (50, 26.94, 0, 59.90)]),
    "calais": ("Separation zone north of Calais and Dunkerque", [
        (51, 4.34, 1, 45.89), (51, 9.85, 2, 3.12), (51, 11.23, 2, 4.09), (51, 6.44, 1, 48.89)]),
}  # fmt: skip
# The shoreward corners lie on land, so that the coast makes the fourth side.
ITZ_ENGLISH = [
    (50, 34.64, 0, -4.29), (50, 39.37, 0, 32.50), (50, 52.47, 1, 2.45), (51, 2.53, 1, 22.24),
    (51, 8.42, 1, 22.24), (51, 12.00, 1, 10.00), (51, 5.00, 0, 30.00), (50, 55.00, 0, -10.00),
    (50, 49.60, 0, -16.86),
]  # fmt: skip
ITZ_FRENCH = [
    (50, 30.09, 1, 34.59), (50, 30.09, 1, 45.00), (50, 52.10, 1, 45.00), (50, 52.10, 1, 34.96),
    (50, 53.64, 1, 30.70), (50, 44.54, 1, 26.90), (50, 39.49, 1, 22.40), (50, 39.29, 1, 22.63),
    (50, 30.09, 1, 6.66),
]  # fmt: skip
# Points I to VI of the agreement: degrees, minutes and seconds in European Datum 1950.
TREATY_ED50 = [
    ((50, 49, 30.95), (1, 15, 53.43)), ((50, 53, 47), (1, 16, 58)), ((50, 57, 0), (1, 21, 25)),
    ((51, 2, 19), (1, 32, 53)), ((51, 5, 58), (1, 43, 31)), ((51, 12, 0.72), (1, 53, 20.07)),
]  # fmt: skip
SRR_LINE = [
    (51, 5.33, 2, 32.75), (51, 31.97, 2, 15.02), (51, 31.99, 2, 11.19), (51, 30.18, 2, 7.30),
    (51, 20.20, 2, 2.32), (51, 14.39, 1, 57.31), (51, 5.98, 1, 43.51), (51, 2.28, 1, 32.86),
    (50, 57.00, 1, 21.39), (50, 48.90, 1, 16.51), (50, 32.80, 0, 57.79), (50, 24.50, 0, 0.04),
]  # fmt: skip
PORTS = {
    "calais": ("Calais", 50.9735, 1.8405),
    "dover": ("Dover", 51.1180, 1.3390),
    "dunkerque-est": ("Dunkerque Est", 51.0570, 2.3490),
    "loon-plage": ("Loon-Plage (Dunkerque Ouest)", 51.0360, 2.1440),
    "boulogne": ("Boulogne", 50.7440, 1.5640),
}
PORT_RADIUS_M = 0.6 * NM_M
SITES = {
    "coquelles": ("Coquelles, tunnel terminal", 50.929, 1.812),
    "frethun": ("Calais-Fréthun station", 50.902, 1.812),
    "tunnel-portal": ("Channel Tunnel, French portal (Beussingue)", 50.916, 1.781),
}
BANDS = {
    "french": ("French", "Boulogne to Bray-Dunes", (1.30, 50.66, 2.58, 51.22)),
    "english": ("English", "Dungeness to Ramsgate", (0.85, 50.82, 1.60, 51.42)),
}

# Each band is that of its own side's land.
INLAND = {"french": (1.90, 50.90), "english": (1.25, 51.15)}


def main() -> None:
    land = coast(*WINDOW)
    write("tss", [
        zone("tss-sw-lane", "Dover Strait TSS, south-west-bound lane", "tss-lane",
             area(SW_LANE), IMO, 20, flow=flow(SW_FLOW)),
        zone("tss-ne-lane", "Dover Strait TSS, north-east-bound lane", "tss-lane",
             area(NE_LANE), IMO, 20, flow=flow(NE_FLOW)),
        zone("tss-ne-lane-sandettie", "Dover Strait TSS, north-east-bound lane west of Sandettie",
             "tss-lane", area(NE_LANE_SANDETTIE), IMO, 20,
             note="With the deep-water route, which is part of this lane.",
             flow=flow(NE_FLOW_SANDETTIE)),
        *[zone(f"separation-{key}", name, "separation-zone", area(corners), IMO, 20)
          for key, (name, corners) in SEPARATION.items()],
    ])  # fmt: skip
    shore = "Seaward limits as published; the shoreward limit is the coast of GSHHG (50 to 500 m)."
    write("inshore", [
        zone("itz-english", "English inshore traffic zone", "inshore-zone",
             largest(area(ITZ_ENGLISH).difference(land)), IMO, 500, rules=[],
             note=f"{shore} No rule: the 3 NM band watches the shore."),
        zone("itz-french", "French inshore traffic zone", "inshore-zone",
             largest(area(ITZ_FRENCH).difference(land)), IMO, 500, rules=[],
             note=f"{shore} No rule: the 3 NM band watches the shore."),
    ])  # fmt: skip
    write("boundaries", [treaty_line(), srr_line()])
    write("ports", [port(key, *row, land) for key, row in PORTS.items()])
    write("bands", [band(key, *row, metres, land) for key, row in BANDS.items()
                    for metres in (300.0, 3 * NM_M)])  # fmt: skip
    write("sites", [
        zone(f"site-{key}", name, "other", Point(lon, lat), "published addresses", 300, rules=[],
             note="Point of interest on land; no rule.")
        for key, (name, lat, lon) in SITES.items()
    ])  # fmt: skip


def area(corners: list[Position]) -> Polygon:
    """A polygon of straight edges between published corners."""
    ring = Polygon(
        [(lon + lon_min / 60, lat + lat_min / 60) for lat, lat_min, lon, lon_min in corners]
    )
    assert ring.is_valid, shapely.is_valid_reason(ring)
    return shapely.set_precision(ring, 1e-6)


def flow(corners: list[tuple[Position, Position]]) -> list[list[float]]:
    """Along a lane in the direction of traffic: the middles between opposite corners."""
    middles = []
    for pair in corners:
        lats, lons = zip(*((a + b / 60, c + d / 60) for a, b, c, d in pair), strict=True)
        middles.append([round(sum(lons) / 2, 6), round(sum(lats) / 2, 6)])
    return middles


def treaty_line() -> dict[str, Any]:
    def degrees(dms: tuple[float, float, float]) -> float:
        return dms[0] + dms[1] / 60 + dms[2] / 3600

    shift = Transformer.from_crs("EPSG:4230", "EPSG:4326", always_xy=True, only_best=False)
    points = [shift.transform(degrees(lon), degrees(lat)) for lat, lon in TREATY_ED50]
    line = LineString([(round(lon, 6), round(lat, 6)) for lon, lat in points])
    note = (
        "Points I to VI, published in European Datum 1950, shifted to WGS 84 by EPSG's "
        "transformation (metres). Loxodromes between them are drawn straight."
    )
    name = "United Kingdom - France territorial sea boundary (1988)"
    return zone("boundary-1988", name, "line", line, TREATY, 10, note=note)


def srr_line() -> dict[str, Any]:
    line = LineString(
        [(lon + lon_min / 60, lat + lat_min / 60) for lat, lat_min, lon, lon_min in SRR_LINE]
    )
    note = (
        "Limit of the search and rescue region of CROSS Gris-Nez with Dover and Belgium; it "
        "follows the median line. Digitised to 0.01 minute, but only good to about half a mile."
    )
    source = "French state, SECMAR operations maps (predisauvetage), limit of the SRR Gris-Nez"
    name = "Search and rescue region Gris-Nez, outer limit"
    rounded = shapely.set_precision(line, 1e-6)
    return zone("srr-gris-nez", name, "line", rounded, source, 1000, rules=[], note=note)


def port(key: str, name: str, lat: float, lon: float, land: BaseGeometry) -> dict[str, Any]:
    circle = lonlat(Point(*PLANE.to_xy(lon, lat)).buffer(PORT_RADIUS_M, quad_segs=12))
    note = "A circle of 0.6 NM on the harbour entrance, less the land: NOT the statutory limit."
    shape = largest(circle.difference(land))
    return zone(f"port-{key}", f"{name}, approach", "port-limits", shape, OWN, 300, note=note)


def band(
    key: str,
    coast_of: str,
    reach: str,
    window: tuple[float, float, float, float],
    metres: float,
    land: BaseGeometry,
) -> dict[str, Any]:
    parts = shapely.get_parts(land.intersection(shapely.box(*window).buffer(0.2)))
    near = xy(next(p for p in parts if p.contains(Point(INLAND[key]))))
    shape = near.buffer(metres, quad_segs=8).difference(near).simplify(metres / 100)
    shape = lonlat(shape).intersection(shapely.box(*window))
    shape = shapely.make_valid(shapely.set_precision(shape, 1e-5))
    wide = metres > 1000
    note = (
        f"{metres:.0f} m from the GSHHG coast, which follows the shore to 50 to 500 m and knows no "
        "tide. " + ("" if wide else "No rule: bathers and jet skis live here. ")
    )
    words = "3 NM" if wide else "300 m"
    return zone(
        f"band-{key}-{'3nm' if wide else '300m'}", f"{coast_of} {words} band, {reach}",
        "inshore-zone" if wide else "other", largest(shape),
        "coastwatch: buffer of the GSHHG coast (LGPL)", 500,
        rules=None if wide else [], note=note.strip(),
    )  # fmt: skip


def zone(
    id_: str, name: str, kind: str, shape: BaseGeometry, source: str, accuracy_m: float,
    rules: list[str] | None = None, note: str = "", flow: list[list[float]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    properties: dict[str, Any] = {"id": id_, "name": name, "kind": kind}
    if rules is not None:
        properties["rules"] = rules
    properties |= {"source": source, "accuracy_m": accuracy_m}
    properties["note"] = f"{note} Not for navigation.".strip()
    if flow is not None:
        properties["settings"] = {"flow": flow}
    if shape.geom_type == "Polygon":
        shape = shapely.geometry.polygon.orient(shape)
    return {"type": "Feature", "properties": properties, "geometry": mapping(shape)}


def largest(shape: BaseGeometry) -> BaseGeometry:
    """The parts that are more than slivers, as one polygon or several."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    top = max(p.area for p in parts)
    kept = [p for p in parts if p.area > 0.02 * top]
    kept = [shapely.geometry.polygon.orient(Polygon(p.exterior)) for p in kept]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def xy(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda c: columns(*PLANE.to_xy(c[:, 0], c[:, 1])))


def lonlat(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda c: columns(*PLANE.to_lonlat(c[:, 0], c[:, 1])))


def columns(a: Any, b: Any) -> Any:
    return np.column_stack([a, b])


def write(name: str, features: list[dict[str, Any]]) -> None:
    PACK.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    text = '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"
    (PACK / f"{name}.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
