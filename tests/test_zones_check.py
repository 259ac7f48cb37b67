"""Hostile zone files: each fault is named with its place and mend, and nothing raises."""

import json
import math
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import ConfigError, InputError
from coastwatch.watch.zones import check_zones, load_zones, zones_to_geojson
from tests.test_zones import file_of, json_like

SHELL = [[1.0, 51.0], [1.4, 51.0], [1.4, 51.4], [1.0, 51.4], [1.0, 51.0]]
HOLE = [[1.1, 51.1], [1.1, 51.2], [1.2, 51.2], [1.1, 51.1]]
MENDS = ("give", "use", "repeat", "remove", "reorder", "split", "simplify", "exchange", "keep")


def feature(*rings, what="Polygon", coordinates=None, **properties):
    about = {"id": "z", "name": "Z", "kind": "exclusion", "source": "test"} | properties
    drawn = coordinates if coordinates is not None else list(rings or [SHELL])
    geometry = {"type": what, "coordinates": drawn}
    return {"type": "Feature", "properties": about, "geometry": geometry}


def moved(index: int, point) -> list:
    return [*SHELL[:index], point, *SHELL[index + 1 :]]


FAULTS = {
    "nan": (feature(moved(2, [math.nan, 51.4])), "ring 0: vertex 2", "NaN"),
    "infinite": (feature(moved(1, [1.4, math.inf])), "ring 0: vertex 1", "infinity"),
    "overflowing": (feature(moved(1, [10**400, 51])), "ring 0: vertex 1", "no position"),
    "range": (feature(moved(3, [1.0, -90.5])), "ring 0: vertex 3", "out of range"),
    "swapped": (feature(moved(3, [51.4, 171.0])), "ring 0: vertex 3", "longitude comes first"),
    "text": (feature(moved(3, "1.0 51.4")), "ring 0: vertex 3", "no position"),
    "boolean": (feature(moved(3, [True, 51.4])), "ring 0: vertex 3", "no position"),
    "bow": (
        feature([SHELL[0], SHELL[2], SHELL[1], SHELL[3], SHELL[0]]),
        "ring 0: vertex 0", "crosses itself at [1.200000, 51.200000], where the edge from vertex 2",
    ),
    "hole in bow": (
        feature(SHELL, [[1.1, 51.1], [1.2, 51.2], [1.2, 51.1], [1.1, 51.2], [1.1, 51.1]]),
        "ring 1: vertex 0", "crosses itself at [1.150000, 51.150000]",
    ),
    "open": (feature(SHELL[:-1]), "ring 0", "is open"),
    "double": (feature([*SHELL[:2], *SHELL[1:]]), "ring 0: vertex 2", "same as the one before"),
    "one place only": (
        feature([SHELL[0], SHELL[0], SHELL[0], SHELL[1], SHELL[0]]),
        "ring 0: vertex 1", "same as the one before",
    ),
    "few": (feature(SHELL[:3]), "ring 0", "3 points"),
    "line of one": (
        feature(what="LineString", coordinates=SHELL[:1], kind="line"), "line:", "1 points"),
    "second line": (
        feature(what="MultiLineString", coordinates=[SHELL, [[1.0, 95.0], [1, 51]]], kind="line"),
        "line 1: vertex 0", "out of range",
    ),
    "second polygon": (
        feature(what="MultiPolygon", coordinates=[[SHELL], [SHELL[:-1]]]),
        "polygon 1 ring 0", "is open",
    ),
    "pole": (feature([[-90, 80], [30, 80], [150, 80], [-90, 80]]), "ring 0", "goes round a pole"),
    "huge": (feature([[1 + i * 1e-6, 51] for i in range(50_001)]), "ring 0", "50001 vertices"),
    "empty": (feature(what="MultiPolygon", coordinates=[]), "polygon 0 ring 0", "no coordinates"),
    "number": (feature(coordinates=7), "ring 0", "no coordinates"),
    "kind": (feature(kind="harbour"), "feature 1 'z'", "unknown kind 'harbour'"),
    "rule": (feature(rules=["x"]), "feature 1 'z'", "unknown rule 'x'"),
    "rule list": (feature(rules="zone-entry"), "feature 1 'z'", "rules is not a list"),
    "no id": (feature(id=None), "feature 1 None", "id is missing"),
    "no name": (feature(name=7), "feature 1 'z'", "name is missing"),
    "no kind": (feature(kind=None), "feature 1 'z'", "kind is missing"),
    "no source": (feature(source=""), "feature 1 'z'", "source is missing"),
    "half a letter": (feature(name="Z\ud800"), "feature 1 'z'", "half a character"),
    "accuracy": (feature(accuracy_m=-1), "feature 1 'z'", "accuracy_m = -1"),
    "time": (feature(valid_to="2026-11-20 05:30"), "feature 1 'z'", "valid_to"),
    "year one": (feature(valid_from="0001-01-01T00:00:00+05:00"), "feature 1 'z'", "valid_from"),
    "polygon as line": (feature(kind="line"), "feature 1 'z'", "a line of type Polygon"),
    "point": (feature(what="Point", coordinates=[1, 51]), "feature 1 'z'", "exclusion of type Po"),
    "wrong point": (
        feature(what="Point", coordinates=[1, math.nan], kind="other"), "vertex 0", "NaN"),
    "hole outside": (
        feature(SHELL, [[2, 51], [2, 52], [3, 52], [2, 51]]),
        "feature 1 'z'", "do not go together",
    ),
    "two shells in one place": (
        feature(what="MultiPolygon", coordinates=[[SHELL], [SHELL]]),
        "feature 1 'z'", "do not go together",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_file_feature_ring_vertex_and_mend(tmp_path, name):
    broken, where, what = FAULTS[name]
    path = file_of(tmp_path, feature(id="good"), broken)
    errors = [f for f in check_zones(path) if f.severity == "error"]
    fault = next(f for f in errors if what in f"{f.what}; {f.mend}")
    assert fault.file == str(path)
    assert "feature 1" in fault.where
    assert where in fault.where
    assert any(mend in fault.mend for mend in (*MENDS, "write", "type"))
    with pytest.raises(ConfigError, match="feature 1"):
        load_zones([path])


def test_a_ring_wound_the_wrong_way_is_turned_and_noted(tmp_path):
    path = file_of(tmp_path, feature(SHELL[::-1], HOLE[::-1]))
    shell, hole = check_zones(path)
    assert (shell.severity, hole.severity) == ("note", "note")
    assert "ring 0" in shell.where
    assert "winds clockwise" in shell.what
    assert "ring 1" in hole.where
    (zone,) = load_zones([path])
    assert zone.geometry.exterior.is_ccw
    assert not zone.geometry.interiors[0].is_ccw
    assert check_zones(file_of(tmp_path, feature(SHELL, HOLE))) == []


def test_heights_are_dropped_whatever_they_are(tmp_path):
    odd = [[1.0, 51.0, "deep"], [1.4, 51.0], [1.4, 51.4, None], [1.0, 51.4, 3], [1.0, 51.0, {}]]
    (zone,) = load_zones([file_of(tmp_path, feature(odd))])
    (flat,) = load_zones([file_of(tmp_path, feature())])
    assert zone == flat


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not readable as JSON"),
        ("{", "not readable as JSON"),
        ("[1, 2]", "not a FeatureCollection"),
        ('{"type": "Feature"}', "not a FeatureCollection"),
        ('{"type": "FeatureCollection", "features": {}}', "not a FeatureCollection"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"type": "FeatureCollection", "features": [' + "[" * 60 + "]" * 60 + "]}", "deep"),
        ('{"type": "FeatureCollection", "features": [' + "9" * 5000 + "]}", "not readable"),
    ],
)
def test_a_file_that_is_no_collection_is_one_fault(tmp_path, text, words):
    path = tmp_path / "odd.geojson"
    path.write_text(text)
    (fault,) = check_zones(path)
    assert words in str(fault)
    assert str(path) in str(fault)


def test_no_depth_of_nesting_raises(tmp_path):
    """Also where reading still succeeds and printing would not."""
    path = tmp_path / "deep.geojson"
    for depth in range(20, sys.getrecursionlimit(), 7):
        deep = "[" * depth + "]" * depth
        path.write_text('{"type": "FeatureCollection", "features": [{"type": "Feature",'
                        f'"properties": {{"id": {deep}, "rules": [{deep}]}}}}]}}')  # fmt: skip
        assert check_zones(path)


def test_bytes_that_are_no_text_are_a_fault(tmp_path):
    path = tmp_path / "latin.geojson"
    path.write_bytes('{"type": "FeatureCollection", "name": "Fréthun"}'.encode("latin-1"))
    (fault,) = check_zones(path)
    assert "UTF-8" in fault.mend


def test_a_star_of_many_edges_is_refused_in_little_memory(tmp_path):
    """Each edge crosses nearly all others: some four million pairs."""
    n = 3001
    angles = [math.pi * (n - 1) / n * i for i in range(n)]
    star = [[1.5 + 0.5 * math.cos(a), 51 + 0.5 * math.sin(a)] for a in angles]
    *faults, last = check_zones(file_of(tmp_path, feature([*star, star[0]])))
    assert len(faults) == 20
    assert all("crosses itself at" in f.what and "vertex" in f.where for f in faults)
    assert last.what == "crosses itself in more places"


def test_one_id_in_two_files_or_twice_in_one_is_a_fault(tmp_path):
    file_of(tmp_path, feature(), feature()).rename(tmp_path / "a.geojson")
    file_of(tmp_path, feature()).rename(tmp_path / "b.geojson")
    first, second = check_zones(tmp_path)
    assert "a.geojson" in first.file
    assert "b.geojson" in second.file
    for fault in (first, second):
        assert "a.geojson" in fault.what
        assert "own id" in fault.mend
    with pytest.raises(ConfigError, match="stands in"):
        load_zones([tmp_path / "b.geojson", tmp_path / "a.geojson"])


def test_every_fault_of_a_pack_is_told_at_once(tmp_path):
    path = file_of(tmp_path, feature(id="a", kind="x"), feature(SHELL[:3], id="b", source=None))
    with pytest.raises(ConfigError) as error:
        load_zones([path])
    assert len(str(error.value).splitlines()) == 3


def test_the_faults_of_one_file_are_bounded(tmp_path):
    assert len(check_zones(file_of(tmp_path, *[feature(kind="x")] * 2000))) == 1000


def test_a_path_to_nothing_is_an_error_with_a_mend(tmp_path):
    with pytest.raises(InputError, match="check the path"):
        check_zones(tmp_path / "none.geojson")
    with pytest.raises(ConfigError, match="check the path"):
        load_zones([tmp_path / "none.geojson"])


@settings(max_examples=150, deadline=None)
@given(document=json_like, broken=st.text(max_size=20))
def test_no_document_raises(tmp_path_factory, document, broken):
    path = tmp_path_factory.mktemp("z") / "x.geojson"
    for text in (json.dumps(document), broken):
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        assert check_zones(path)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [document]}))
    assert check_zones(path)


position = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda p: [p[0] / 4, 50 + p[1] / 4])
rings = st.lists(position, min_size=3, max_size=6).map(lambda r: [*r, r[0]])


@settings(max_examples=150, deadline=None)
@given(drawn=st.lists(st.lists(rings, min_size=1, max_size=2), min_size=1, max_size=2))
def test_what_passes_the_check_loads_as_valid_shapes_and_the_rest_is_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, drawn
):
    path = file_of(tmp_path_factory.mktemp("z"), feature(what="MultiPolygon", coordinates=drawn))
    if any(f.severity == "error" for f in check_zones(path)):
        with pytest.raises(ConfigError):
            load_zones([path])
    else:
        (zone,) = load_zones([path])
        assert zone.geometry.is_valid
        assert zone.geometry.area > 0


def test_zones_written_and_read_again_are_equal(tmp_path):
    zones = load_zones([file_of(
        tmp_path,
        feature(SHELL[::-1], HOLE[::-1], id="a", rules=["zone-exit"], note="{{7*7}}",
                accuracy_m=20.5, valid_from="2026-01-01T00:00:00.25+01:00"),
        feature(what="MultiPolygon", coordinates=[[SHELL], [[[2, 51], [3, 51], [3, 52], [2, 51]]]],
                id="b", kind="other", valid_to="2199-12-31T23:59:59Z"),
        feature(what="LineString", coordinates=SHELL[:3], id="c", kind="line"),
        feature(what="Point", coordinates=[1.5, 51], id="d", kind="other"),
    )])  # fmt: skip
    again: Path = tmp_path / "again.geojson"
    again.write_text(json.dumps(zones_to_geojson(zones)))
    assert load_zones([again]) == zones
    assert check_zones(again) == []
