"""The pack dover-strait: whole, honest, rebuilt from its source, and where others have it."""

import json
import math
import runpy
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, shape

from coastwatch.geo.plane import Plane
from coastwatch.model import Zone
from coastwatch.watch.zones import check_zones, load_zones
from tests.shared import SHARED, needs_shared

ZONES = Path(__file__).resolve().parents[1] / "zones"
PACK = ZONES / "dover-strait"
PLANE = Plane((1.5, 51.0))
NEEDED = {
    "tss-lane": ("tss-sw-lane", "tss-ne-lane", "tss-ne-lane-sandettie"),
    "separation-zone": ("separation-centre", "separation-sandettie"),
    "inshore-zone": ("itz-english", "itz-french", "band-french-3nm", "band-english-3nm"),
    "line": ("boundary-1988", "srr-gris-nez"),
    "port-limits": ("port-calais", "port-dover", "port-dunkerque-est", "port-loon-plage",
                    "port-boulogne"),
    "other": ("band-french-300m", "band-english-300m", "site-coquelles", "site-frethun",
              "site-tunnel-portal"),
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> dict[str, Zone]:
    return {z.id: z for z in load_zones([PACK])}


def metres(geometry):
    """A shape in degrees, in metres of the plane."""
    fine = shapely.segmentize(geometry, 0.02)
    return shapely.transform(fine, lambda c: np.column_stack(PLANE.to_xy(c[:, 0], c[:, 1])))


def test_the_pack_is_clean_whole_and_each_id_stands_once(pack):
    assert check_zones(PACK) == []
    assert len(pack) == len(load_zones([PACK]))
    for kind, ids in NEEDED.items():
        for id_ in ids:
            assert pack[id_].kind == kind


def test_each_zone_says_source_accuracy_and_that_it_is_not_for_navigation(pack):
    for zone in pack.values():
        assert len(zone.source) > 10
        assert 0 < zone.accuracy_m <= 1000
        assert "Not for navigation" in zone.note


def test_lanes_share_no_water_with_separation_zones_or_each_other(pack):
    scheme = [z for z in pack.values() if z.kind in ("tss-lane", "separation-zone")]
    for i, one in enumerate(scheme):
        for other in scheme[i + 1 :]:
            a, b = metres(one.geometry), metres(other.geometry)
            assert a.intersection(b).area < 1e-3 * min(a.area, b.area), (one.id, other.id)


def test_ships_keep_to_the_right_and_inshore_waters_lie_outside(pack):
    """From England to France: the south-west-bound lane comes first."""
    across = LineString([(1.30, 51.12), (1.65, 50.85)])
    order = ["itz-english", "tss-sw-lane", "separation-centre", "tss-ne-lane"]
    at = [across.project(across.intersection(pack[z].geometry).centroid) for z in order]
    assert at == sorted(at)
    itz = metres(pack["itz-french"].geometry)
    lane = metres(pack["tss-ne-lane"].geometry)
    assert itz.intersection(lane).area < 1e-3 * itz.area
    assert itz.distance(metres(pack["tss-sw-lane"].geometry)) > itz.distance(lane)


@pytest.mark.parametrize(
    ("name", "width_m"),
    [("french-300m", 300), ("french-3nm", 5556), ("english-300m", 300), ("english-3nm", 5556)],
)
def test_a_band_ends_as_far_from_the_coast_as_it_says(pack, name, width_m):
    """From all along the outer edge, the way to the nearest land of the same coast."""
    build = runpy.run_path(str(ZONES / "build.py"))
    window = shapely.box(*build["BANDS"][name.split("-")[0]][2])
    land = metres(build["coast"](*build["WINDOW"]))
    edge = shapely.get_parts(pack[f"band-{name}"].geometry)
    points = [
        p.exterior.interpolate(f, normalized=True) for p in edge for f in np.arange(0, 1, 0.005)
    ]
    inner = [p for p in points if window.buffer(-0.002).contains(p)]
    away = np.array([land.distance(metres(p)) for p in inner])
    outer = away[away > 0.5 * width_m]
    assert len(outer) > 20
    assert np.percentile(outer, [5, 50, 95]) == pytest.approx(width_m, rel=0.05)
    assert away.max() < 1.05 * width_m


def test_the_build_gives_the_committed_files(tmp_path):
    build = runpy.run_path(str(ZONES / "build.py"))
    build["main"].__globals__["PACK"] = tmp_path
    build["main"]()
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == sorted(p.name for p in PACK.glob("*.geojson"))
    for name in written:
        assert (tmp_path / name).read_bytes() == (PACK / name).read_bytes(), name


def others(name: str):
    return json.loads((SHARED / "zones" / f"{name}.geojson").read_text())["features"]


@pytest.mark.shared
@needs_shared
def test_the_boundary_is_within_ten_metres_of_the_treaty_points(pack):
    points = [f["geometry"]["coordinates"] for f in others("boundary_uk_fr_1988")
              if f["geometry"]["type"] == "Point"]  # fmt: skip
    ours = pack["boundary-1988"].geometry.coords
    assert len(points) == len(ours) == 6
    for theirs, mine in zip(points, ours, strict=True):
        assert math.dist(*(np.ravel(PLANE.to_xy(*p)) for p in (theirs, mine))) < 10


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(("row", "ids"), [
    (0, ["tss-ne-lane"]), (1, ["tss-sw-lane"]), (2, ["tss-ne-lane-sandettie"]),
])  # fmt: skip
def test_lanes_agree_with_the_derived_lanes(pack, row, ids):
    theirs = metres(shape(others("tss_lanes_derived")[row]["geometry"]))
    mine = shapely.union_all([metres(pack[i].geometry) for i in ids])
    assert mine.intersection(theirs).area > 0.95 * min(mine.area, theirs.area)
    off = np.array([mine.boundary.distance(Point(p)) for p in theirs.exterior.coords])
    assert np.median(off) < 100


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(
    ("kind", "ours"),
    [("tss_lane", "tss-lane"), ("tss_separation_zone", "separation-zone")],
)
def test_scheme_agrees_with_the_official_areas_of_the_english_side(pack, kind, ours):
    mine = shapely.union_all([metres(z.geometry) for z in pack.values() if z.kind == ours])
    scheme = shapely.union_all([
        metres(z.geometry) for z in pack.values() if z.kind in ("tss-lane", "separation-zone")
    ])  # fmt: skip
    theirs = [metres(shape(f["geometry"])) for f in others("tss_ukho_official")
              if f["properties"]["kind"] == kind]  # fmt: skip
    # Theirs goes on beyond our scheme in the north; where both are, both say the same.
    both = shapely.union_all(theirs).intersection(scheme)
    assert both.area > 1e8
    assert both.intersection(mine).area > 0.99 * both.area


@pytest.mark.shared
@needs_shared
def test_the_search_and_rescue_line_is_within_a_kilometre(pack):
    theirs = metres(shape(others("srr_vts_grisnez")[0]["geometry"]))
    mine = metres(pack["srr-gris-nez"].geometry)
    assert max(theirs.distance(Point(p)) for p in mine.coords) < 1000
    assert isinstance(pack["itz-english"].geometry, Polygon)
