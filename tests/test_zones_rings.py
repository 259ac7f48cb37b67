"""Faults of rings: every one is named, with its vertex and its mend."""

import json
import math

import pytest
import shapely

from coastwatch.geo.plane import Plane
from coastwatch.watch.ground import Ground
from coastwatch.watch.zones import check_zones, load_zones, zones_to_geojson
from tests.test_zones import file_of
from tests.test_zones_check import HOLE, SHELL, feature


def faults(tmp_path, *features):
    return check_zones(file_of(tmp_path, *features))


def test_every_crossing_of_a_ring_is_told_with_both_edges(tmp_path):
    """A zigzag back over itself: its straight way home crosses each leg."""
    zigzag = [[1.0 + k / 10, 51.1 if k % 2 else 50.9] for k in range(6)]
    ring = [[0.9, 51.0], *zigzag, [1.6, 51.0], [0.9, 51.0]]
    found = faults(tmp_path, feature(ring))
    crossing = [f for f in found if "crosses itself at" in f.what]
    assert len(crossing) == 5
    assert all("the edge from vertex 7 is" in f.what for f in crossing)
    assert [f.where.split("ring 0: ")[1] for f in crossing] == [f"vertex {k}:" for k in range(1, 6)]
    assert "[1.050000, 51.000000]" in crossing[0].what


def test_crossings_are_told_of_open_and_doubled_rings_too(tmp_path):
    bow = [SHELL[0], SHELL[0], SHELL[2], SHELL[1], SHELL[3]]
    said = "\n".join(map(str, faults(tmp_path, feature(bow))))
    assert "is open" in said
    assert "vertex 1: the same as the one before" in said
    assert "vertex 0: crosses itself at [1.200000, 51.200000]" in said


def test_a_vertex_where_the_ring_was_before_is_named(tmp_path):
    eight = [[1.0, 51.0], [1.2, 51.2], [1.4, 51.0], [1.4, 51.4], [1.2, 51.2], [1.0, 51.4],
             [1.0, 51.0]]  # fmt: skip
    (fault,) = faults(tmp_path, feature(eight))
    assert "ring 0: vertex 4:" in fault.where
    assert "the same place as vertex 1" in fault.what


def test_a_spike_is_named(tmp_path):
    spike = [[1.0, 51.0], [1.4, 51.0], [1.4, 51.8], [1.4, 51.4], [1.0, 51.4], [1.0, 51.0]]
    fault = faults(tmp_path, feature(spike))[0]
    assert "vertex 2:" in fault.where
    assert "turns back on itself at [1.400000, 51.800000]" in fault.what


def test_a_vertex_on_another_edge_is_named(tmp_path):
    touch = [[1.0, 51.0], [1.4, 51.0], [1.4, 51.4], [1.2, 51.0], [1.0, 51.4], [1.0, 51.0]]
    assert any("crosses itself at [1.200000, 51.000000]" in f.what
               for f in faults(tmp_path, feature(touch)))  # fmt: skip


@pytest.mark.parametrize("odd", [math.nan, math.inf, "deep", None, {}, [1]])
def test_a_third_number_that_is_none_is_noted_by_vertex_and_dropped(tmp_path, odd):
    ring = [[*SHELL[0], 0.0], [*SHELL[1], odd], *SHELL[2:]]
    (fault,) = faults(tmp_path, feature(ring))
    assert fault.severity == "note"
    assert "ring 0: vertex 1:" in fault.where
    assert "is no height" in fault.what
    (zone,) = load_zones([file_of(tmp_path, feature(ring))])
    assert not zone.geometry.has_z


OUT = [[2, 51], [2, 52], [3, 52], [2, 51]]


def test_the_hole_outside_its_shell_is_named_not_its_neighbour(tmp_path):
    (fault,) = faults(tmp_path, feature(SHELL, HOLE, OUT))
    assert "ring 2:" in fault.where
    assert "this hole is not inside its shell" in fault.what


def test_the_same_hole_twice_and_two_that_run_into_one_another_are_named(tmp_path):
    (same,) = faults(tmp_path, feature(SHELL, HOLE, HOLE))
    assert "ring 2:" in same.where
    assert "the same ring as ring 1" in same.what
    wide = [[1.15, 51.1], [1.15, 51.3], [1.3, 51.3], [1.15, 51.1]]
    (into,) = faults(tmp_path, feature(SHELL, HOLE, wide))
    assert "it runs into ring 1" in into.what


def test_a_hole_that_is_its_shell_is_named(tmp_path):
    (fault,) = faults(tmp_path, feature(SHELL, SHELL[::-1]))
    assert "the same ring as its shell" in fault.what


def test_parts_that_overlap_are_named_in_pairs(tmp_path):
    def part(x):
        return [[[x, 51], [x + 0.3, 51], [x + 0.3, 51.3], [x, 51.3], [x, 51]]]

    parts = [part(1.0), part(2.0), part(1.2), part(2.0)]
    found = faults(tmp_path, feature(what="MultiPolygon", coordinates=parts))
    assert [(f.where.split(": ")[1], f.what.split(": ")[1]) for f in found] == [
        ("polygon 2 ring 0:", f"it overlaps polygon 0, at {_at(found[0])}"),
        ("polygon 3 ring 0:", f"the same ring as polygon 1, at {_at(found[1])}"),
    ]


def _at(fault) -> str:
    return fault.what.split(" at ")[1]


def test_a_zone_drawn_twice_is_a_fault_and_one_that_differs_in_what_it_asks_a_note(tmp_path):
    (twice,) = faults(tmp_path, feature(id="a"), feature(SHELL[::-1], id="b"))[-1:]
    assert twice.severity == "error"
    assert "'b'" in twice.where
    assert "the same geometry as zone 'a'" in twice.what
    (other,) = faults(tmp_path, feature(id="a"), feature(id="b", rules=[]))
    assert other.severity == "note"


DATELINE = [[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]]


def test_a_ring_over_the_antimeridian_is_split_and_said(tmp_path):
    path = file_of(tmp_path, feature(DATELINE))
    found = check_zones(path)
    assert {f.severity for f in found} == {"note"}
    assert "2 parts are made of it" in found[-1].what
    assert [f.where.split("ring 0: ")[1] for f in found[:-1]] == ["vertex 0:", "vertex 2:"]
    (zone,) = load_zones([path])
    assert sorted(p.bounds for p in zone.geometry.geoms) == [(-180, -1, -179, 1), (179, -1, 180, 1)]
    again = tmp_path / "again.geojson"
    again.write_text(json.dumps(zones_to_geojson([zone])))
    assert load_zones([again])[0].version == zone.version


def test_holes_and_lines_over_the_antimeridian_are_split_with_it(tmp_path):
    hole = [[179.5, -0.5], [179.5, 0.5], [-179.5, 0.5], [-179.5, -0.5], [179.5, -0.5]]
    beside = [[-179.4, 0.2], [-179.4, 0.4], [-179.2, 0.4], [-179.4, 0.2]]
    whole, line = load_zones([file_of(
        tmp_path,
        feature(DATELINE, hole, beside),
        feature(what="LineString", coordinates=[[179, 0], [-179, 1]], kind="line", id="l"),
    )])  # fmt: skip
    assert whole.geometry.area == pytest.approx(4 - 1 - 0.02)
    assert whole.geometry.is_valid
    assert len(line.geometry.geoms) == 2
    assert line.geometry.length == pytest.approx(math.hypot(2, 1))


def test_a_split_zone_is_one_zone_in_the_plane(tmp_path):
    (zone,) = load_zones([file_of(tmp_path, feature(DATELINE))])
    ground = Ground([zone], Plane((180.0, 0.0)))
    assert shapely.area(ground.shapes[0]) == pytest.approx(4 * 111_320 * 110_574, rel=0.01)


def test_a_self_crossing_over_the_antimeridian_is_named_where_it_is(tmp_path):
    bow = [[179, -1], [-179, 1], [-179, -1], [179, 1], [179, -1]]
    errors = [f for f in faults(tmp_path, feature(bow)) if f.severity == "error"]
    assert ["crosses itself at [180.000000, 0.000000]" in f.what for f in errors] == [True]
