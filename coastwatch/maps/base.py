"""What lies under the tracks: land and zones, cut to the window and thin enough for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.coast import seamless_coast
from coastwatch.maps.frame import Frame
from coastwatch.maps.notes import Note, note
from coastwatch.maps.text import number, words
from coastwatch.maps.thin import METRES_PER_DEGREE, deltas

SCALE = 1e5  # one step is a hundred-thousandth of a degree, 1.1 m
LAND_VERTICES = 120_000
ZONE_VERTICES = 120_000
ZONES_MOST = 2_000
FINE_DEG = 30.0  # windows wider than this take the coarser coast
FINEST_M = 15.0
LON_MAX = 540.0  # a zone over the antimeridian may go on beyond 180
DRAWN = ("Polygon", "LineString", "Point")
# Why a zone cannot be drawn, in English and French.
NO_GEOMETRY = ("it has no geometry", "elle n'a pas de géométrie")
EMPTY = ("its geometry is empty or not finite", "sa géométrie est vide ou non finie")
NOWHERE = ("its coordinates are not on Earth", "ses coordonnées ne sont pas sur Terre")
FLAT = ("its geometry has neither area nor length", "sa géométrie n'a ni surface ni longueur")
NO_SHAPE = ("its geometry is no valid GeoJSON", "sa géométrie n'est pas du GeoJSON valide")


def land(window: Frame) -> list[list[list[int]]]:
    """Land in the window as polygons of rings of delta-coded lon, lat steps."""
    resolution = "f" if window.east - window.west <= FINE_DEG else "h"
    tolerance = tolerance_deg(window)
    # Polygon by polygon: to join them first takes minutes for a world and shows no difference.
    parts = [
        _without_ponds(part, tolerance)
        for part in _parts(
            seamless_coast(window.west, window.south, window.east, window.north, resolution),
            "Polygon",
        )
        if part.area > tolerance**2
    ]
    shapes = simplified(parts, tolerance, LAND_VERTICES)
    return [_rings(polygon) for shape in shapes for polygon in _parts(shape, "Polygon")]


def zones(collection: Mapping[str, Any], window: Frame) -> tuple[list[dict[str, Any]], list[Note]]:
    """Zones ready for the page, and one line for each that cannot be drawn, with its name."""
    shapes, named = [], []
    faults: list[Note] = []
    features = collection.get("features") or []
    for i, feature in enumerate(features[:ZONES_MOST], 1):
        try:
            shapes.append(_shape(feature, window))
            named.append(_said(feature.get("properties") or {}) | _place(shapes[-1]))
        except _Undrawable as fault:
            faults.append(_fault(i, feature, fault.said))
        except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError):
            del shapes[len(named) :]
            faults.append(_fault(i, feature, NO_SHAPE))
    if len(features) > ZONES_MOST:
        over = len(features) - ZONES_MOST
        faults.append(
            note(
                f"{over} zones beyond the first {ZONES_MOST} left out",
                f"{over} zones au-delà des {ZONES_MOST} premières omises",
            )
        )
    shapes = simplified(shapes, FINEST_M / METRES_PER_DEGREE, ZONE_VERTICES)
    return [said | drawn(shape) for said, shape in zip(named, shapes, strict=True)], faults


class _Undrawable(Exception):
    """A zone's geometry that no map can show; ``said`` is why, in each language."""

    def __init__(self, said: tuple[str, str]) -> None:
        self.said = said


def _fault(i: int, feature: Any, why: tuple[str, str]) -> Note:
    """Which zone is not drawn, by its place in the file, its id and its name, and why."""
    told = (feature.get("properties") if isinstance(feature, Mapping) else None) or {}
    known = told if isinstance(told, Mapping) else {}
    own = [words(known[key], 80) for key in ("id", "name") if known.get(key) is not None]
    which = f"{i} ({', '.join(own)})" if own else f"{i}"
    en, fr = why
    return note(
        f"zone {which} cannot be drawn: {en}", f"la zone {which} ne peut être dessinée : {fr}"
    )


def tolerance_deg(window: Frame) -> float:
    """What a screen of 16,000 pixels that shows the whole window cannot show; 15 m at least."""
    return max(FINEST_M / METRES_PER_DEGREE, (window.east - window.west) / 16_000)


def simplified(shapes: list[BaseGeometry], tolerance: float, most: int) -> list[BaseGeometry]:
    """The shapes with outlines kept within the tolerance, which doubles until ``most`` points fit.

    ``tolerance`` is in degrees of latitude; a degree of longitude is shorter, so the error is
    less. Where it has to double, shapes that have become too small to see leave the list's
    geometry empty.
    """
    thin = shapely.simplify(np.array(shapes, dtype=object), tolerance)
    while shapely.get_num_coordinates(thin).sum() > most and tolerance < 1.0:
        tolerance *= 2
        thin = shapely.simplify(thin, tolerance)
        speck = (shapely.area(thin) > 0) & (shapely.area(thin) < tolerance**2)
        thin[speck] = shapely.Polygon()
    return list(thin)


def _without_ponds(polygon: Any, tolerance: float) -> BaseGeometry:
    """The polygon without the lakes that would be specks."""
    ponds = [shapely.Polygon(ring) for ring in polygon.interiors]
    kept = [pond.exterior for pond in ponds if pond.area > (5 * tolerance) ** 2]
    return shapely.Polygon(polygon.exterior, kept) if ponds else polygon


def _shifted(shape: BaseGeometry, east_deg: float) -> BaseGeometry:
    return shapely.transform(shape, lambda places: places + np.array([east_deg, 0.0]))


def world_strips(window: Frame) -> Iterable[tuple[float, float, float]]:
    """The window as pieces of the -180..180 world, each with the shift that brings it back."""
    for shift in (-360.0, 0.0, 360.0):
        west, east = max(window.west - shift, -180.0), min(window.east - shift, 180.0)
        if east > west:
            yield west, east, shift


def _shape(feature: Any, window: Frame) -> BaseGeometry:
    """The zone's geometry beside the window. Raises _Undrawable, or what shapely raises."""
    if not isinstance(feature, Mapping) or feature.get("geometry") is None:
        raise _Undrawable(NO_GEOMETRY)
    with np.errstate(invalid="ignore"):  # NaN is refused below, in our own words
        shape = shapely.force_2d(shapely.geometry.shape(feature["geometry"]))
    places = shapely.get_coordinates(shape)
    if shape.is_empty or not np.isfinite(places).all():
        raise _Undrawable(EMPTY)
    if (np.abs(places[:, 0]) > LON_MAX).any() or (np.abs(places[:, 1]) > 90.0).any():
        raise _Undrawable(NOWHERE)
    polygons, lines, points = (_parts(shape, kind) for kind in DRAWN)
    # A bow tie's two halves cancel each other out until they are told apart.
    flat = not any(shapely.make_valid(p).area for p in polygons) and not any(
        line.length for line in lines
    )
    if flat and not points:
        raise _Undrawable(FLAT)
    middle = (shape.bounds[0] + shape.bounds[2]) / 2
    return _shifted(shape, 360.0 * round((window.centre_lon - middle) / 360.0))


def _said(properties: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        key: words(properties[key], most)
        for key, most in (("id", 80), ("name", 80), ("kind", 40), ("note", 600), ("source", 200))
        if properties.get(key) is not None
    }
    accuracy_m = number(properties.get("accuracy_m"), 0)
    return {"kind": "other"} | said | ({} if accuracy_m is None else {"accuracy": accuracy_m})


def _place(shape: BaseGeometry) -> dict[str, Any]:
    spot = shape.representative_point()
    return {
        "at": [round(spot.x, 5), round(spot.y, 5)],
        "bounds": [round(v, 5) for v in shape.bounds],
    }


def drawn(shape: BaseGeometry) -> dict[str, Any]:
    """Its polygons, lines and points, delta-coded."""
    return {
        "polygons": [_rings(p) for p in _parts(shape, DRAWN[0])],
        "lines": [_steps(p.coords) for p in _parts(shape, DRAWN[1])],
        "points": [_steps(p.coords) for p in _parts(shape, DRAWN[2])],
    }


def _parts(shape: BaseGeometry, kind: str) -> list[Any]:
    parts = shapely.get_parts(shape)
    # A collection may hold collections; a second look opens those that get_parts left whole.
    flat = shapely.get_parts(parts) if len(parts) else parts
    return [p for p in flat if p.geom_type == kind and not p.is_empty]


def _rings(polygon: Any) -> list[list[int]]:
    return [_steps(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]


def _steps(coordinates: Any) -> list[int]:
    """lon, lat, then the steps to each next point, flat."""
    points = np.asarray(coordinates, dtype=np.float64)
    return (
        np.column_stack([deltas(points[:, 0], SCALE), deltas(points[:, 1], SCALE)]).ravel().tolist()
    )
