"""Zone files: every fault by name; the pack dover-strait against what is published."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from coastwatch.geo.plane import Plane
from coastwatch.model import ConfigError, InputError
from coastwatch.watch.zones import check_zones, load_zones, zones_to_geojson
from tests.shared import SHARED, needs_shared

PACK = Path(__file__).resolve().parents[1] / "zones/dover-strait"
RING = [[1.0, 51.0], [1.2, 51.0], [1.2, 51.2], [1.0, 51.0]]


def feature(ring=RING, geometry=None, **properties):
    about = {"id": "z", "name": "Z", "kind": "exclusion", "source": "test"} | properties
    about = {k: v for k, v in about.items() if v is not ...}
    geometry = geometry or {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": about, "geometry": geometry}


def file_of(tmp_path: Path, *features) -> Path:
    path = tmp_path / "pack.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


NAN = float("nan")
BOW = [[1.0, 51.0], [1.2, 51.2], [1.2, 51.0], [1.0, 51.2], [1.0, 51.0]]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (feature([*RING[:2], [NAN, 51.1], RING[0]]), ["ring 0", "vertex 2", "NaN"]),
        (feature([*RING[:2], [1.1, 91.0], RING[0]]), ["vertex 2", "out of range"]),
        (feature([[51.0, 91.0], [51, 92], [52, 92], [51.0, 91.0]]), ["exchange"]),
        (feature(BOW), ["crosses itself at [1.100000, 51.100000]", "vertex 0"]),
        (feature(RING[:3]), ["3 points"]),
        (feature([*RING[:3], [1.0, 51.1]]), ["open", "repeat"]),
        (feature([RING[0], *RING]), ["vertex 1", "same"]),
        (feature([[-90, 80], [30, 80], [150, 80], [-90, 80]]), ["ring 0", "pole"]),
        (feature(kind="harbour"), ["harbour", "port-limits"]),
        (feature(rules=["no-such"]), ["no-such", "small-unregistered-craft"]),
        (feature(source=...), ["source is missing"]),
        (feature(id=...), ["id is missing"]),
        (feature(name=" "), ["name is missing"]),
        (feature(valid_from="yesterday"), ["valid_from", "2026-11-20T05:30:00Z"]),
        (
            feature(valid_from="2026-02-01T00:00:00Z", valid_to="2026-01-01T00:00:00Z"),
            ["not after"],
        ),
        (feature(kind="line"), ["line of type Polygon"]),
        (feature(geometry={"type": "LineString", "coordinates": RING}), ["exclusion of type Line"]),
        (feature(geometry={"type": "Circle"}), ["Circle"]),
        (feature(accuracy_m="good"), ["accuracy_m"]),
        (feature([[1 + i * 1e-6, 51] for i in range(50_001)]), ["50001 vertices"]),
        ("not a feature", ["not a Feature"]),
    ],
)
def test_each_fault_is_named_with_its_place_and_mend(tmp_path, broken, words):
    path = file_of(tmp_path, feature(id="good"), broken)
    faults = check_zones(path)
    assert faults
    said = "\n".join(map(str, faults))
    for word in [str(path), "feature 1", *words]:
        assert word in said
    with pytest.raises(ConfigError) as error:
        load_zones([path])
    assert "feature 1" in str(error.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "Feature"}', "[" * 100_000, "\udcff"])
def test_what_is_no_collection_is_said_to_be_none(tmp_path, text):
    path = tmp_path / "x.geojson"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    (fault,) = check_zones(path)
    assert str(path) in str(fault)


def test_an_id_may_stand_once_over_all_files(tmp_path):
    for name in ("a", "b"):
        file_of(tmp_path, feature()).rename(tmp_path / f"{name}.geojson")
    (fault,) = check_zones(tmp_path)
    assert "b.geojson" in str(fault)
    assert "a.geojson" in str(fault)


def test_a_folder_without_zones_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"no \.geojson"):
        check_zones(tmp_path)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(coordinates=json_like, properties=json_like, kind=st.sampled_from(["line", "other", "x"]),
       what=st.sampled_from(["Polygon", "LineString", "MultiPolygon", "Point", "?"]))  # fmt: skip
def test_no_document_makes_the_check_fail(tmp_path_factory, coordinates, properties, kind, what):
    path = tmp_path_factory.mktemp("z") / "x.geojson"
    good = feature(kind=kind, geometry={"type": what, "coordinates": coordinates})
    odd = {"type": "Feature", "properties": properties, "geometry": coordinates}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [good, odd, coordinates]}))
    assert check_zones(path)


def test_zones_written_and_read_again_are_the_same_to_the_version(tmp_path):
    whole = feature(valid_from="2026-01-01T00:00:00Z", rules=["zone-entry"], accuracy_m=5, note="n")
    first = load_zones([file_of(tmp_path, whole), PACK])
    path = tmp_path / "again.geojson"
    path.write_text(json.dumps(zones_to_geojson(first)))
    second = load_zones([path])
    assert [z.version for z in second] == [z.version for z in first]
    assert second[0].valid_from_s == first[0].valid_from_s
    assert second[0].rules == ("zone-entry",)
    assert math.isinf(second[0].valid_to_s)


def pack() -> dict:
    return {z.id: z for z in load_zones([PACK])}


def test_the_pack_is_clean_and_has_what_the_strait_needs():
    assert check_zones(PACK) == []
    zones = pack()
    for needed in ("tss-sw-lane", "tss-ne-lane", "separation-centre", "itz-english", "itz-french",
                   "boundary-1988", "srr-gris-nez", "port-calais", "port-dover", "port-loon-plage",
                   "port-dunkerque-est", "port-boulogne", "band-french-300m", "band-french-3nm",
                   "band-english-3nm", "site-coquelles", "site-frethun", "site-tunnel-portal",
                   ):  # fmt: skip
        assert needed in zones
    for z in zones.values():
        assert z.source
        assert z.accuracy_m
        assert "Not for navigation" in z.note
        assert z.geometry.is_valid


def test_lanes_and_separation_zones_share_no_water():
    zones = [z for z in pack().values() if z.kind in ("tss-lane", "separation-zone")]
    for i, a in enumerate(zones):
        for b in zones[i + 1 :]:
            shared = a.geometry.intersection(b.geometry).area
            assert shared < 1e-3 * min(a.geometry.area, b.geometry.area), (a.id, b.id)
    assert (
        pack()["tss-sw-lane"].geometry.centroid.y > pack()["separation-centre"].geometry.centroid.y
    )


def test_the_bands_are_as_wide_as_they_say():
    zones, plane = pack(), Plane((1.5, 51.0))
    # Off Wissant the coast is plain: so far off it, the band ends.
    for name, metres in (("band-french-300m", 300.0), ("band-french-3nm", 5556.0)):
        ring = zones[name].geometry
        x, y = plane.to_xy(1.70, 50.90)
        distances = np.arange(0, 9000, 10.0)
        out = distances / math.sqrt(2)
        lon, lat = plane.to_lonlat(x - out, y + out)
        inside = [ring.contains(Point(a, b)) for a, b in zip(lon, lat, strict=True)]
        assert sum(inside) * 10.0 == pytest.approx(metres, rel=0.15)


def test_each_band_lies_off_its_own_coast():
    zones = pack()
    for width in ("300m", "3nm"):
        english, french = (zones[f"band-{side}-{width}"].geometry for side in ("english", "french"))
        assert not english.intersects(french)
        assert not english.intersects(Point(1.58, 50.88).buffer(0.05))
        assert not french.intersects(Point(1.34, 51.11).buffer(0.05))


@pytest.mark.shared
@needs_shared
def test_the_pack_agrees_with_other_transcriptions():
    zones = pack()

    def features(name):
        return json.loads((SHARED / "zones" / name).read_text())["features"]

    treaty = np.array(features("boundary_uk_fr_1988.geojson")[0]["geometry"]["coordinates"])
    ours = np.array(zones["boundary-1988"].geometry.coords)
    assert np.abs((ours - treaty) * [70_000, 111_000]).max() < 10
    lane = features("tss_lanes_derived.geojson")[1]
    assert lane["properties"]["name"] == "Dover Strait TSS SW-bound lane"
    other, mine = shape(lane["geometry"]), zones["tss-sw-lane"].geometry
    assert mine.symmetric_difference(other).area < 0.03 * other.area
    srr = shape(features("srr_vts_grisnez.geojson")[0]["geometry"])
    assert (
        max(srr.distance(Point(p)) for p in zones["srr-gris-nez"].geometry.coords) * 111_000 < 1000
    )
