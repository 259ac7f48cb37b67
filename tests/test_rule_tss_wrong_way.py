"""tss-wrong-way: against the flow of a lane, for three minutes, above three knots."""

import json
import math

import pytest

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Vessel
from coastwatch.watch import Heard
from coastwatch.watch.rules import tss_wrong_way
from tests.rule_says import Spied
from tests.watch_scene import PLANE, T0, picture, reports, zone

MMSI = 227_000_001
SHIP = {"mmsi": MMSI, "p_small": 0.01}
RULES = ("tss-wrong-way",)


def lane(**more):
    """Eastward, 6 km wide and 40 km long."""
    more.setdefault("flow", [[float(v) for v in PLANE.to_lonlat(x, 0)] for x in (-20e3, 20e3)])
    corners = [(-20e3, -3e3), (20e3, -3e3), (20e3, 3e3), (-20e3, 3e3), (-20e3, -3e3)]
    return zone("lane", corners, "tss-lane", RULES, **more)


def goes(spied, course_deg, speed_kn=12.0, seconds=600, start=0, heard=None, **columns):
    way = math.radians(course_deg)
    vx, vy = speed_kn * KNOT_MPS * math.sin(way), speed_kn * KNOT_MPS * math.cos(way)
    for s in range(0, seconds, 10):
        tracks = picture(T0 + start + s, (vx * s, vy * s, vx, vy), **(SHIP | columns))
        spied.watch.step(tracks, heard(tracks.time_s) if heard else None)
    return spied


def test_against_the_traffic_is_a_warning_once_after_three_minutes_and_over_when_it_has_turned():
    spied = goes(Spied(tss_wrong_way.RULE, [lane()]), 270)
    goes(spied, 90, start=600, seconds=300)
    (said,), (over,) = spied.begun, spied.over
    assert (said.time_s, said.priority) == (T0 + 180, "warning")
    assert over.time_s == T0 + 660
    assert said.text == (
        "Vessel (MMSI 227000001, track 1) goes against the traffic in lane for 3 min: "
        "12.0 kn, course 270°, where traffic goes 090°."
    )
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["off_deg"] == pytest.approx(180, abs=1)
    assert evidence["flow_deg"] == pytest.approx(90, abs=1)


@pytest.mark.parametrize("course_deg", [90, 45, 0, 180, 220, 320])
def test_with_the_traffic_joining_or_crossing_is_not_said(course_deg):
    assert goes(Spied(tss_wrong_way.RULE, [lane()]), course_deg, seconds=400).says == []


def test_for_less_than_three_minutes_or_drifting_is_not_said():
    spied = Spied(tss_wrong_way.RULE, [lane()])
    for k in range(4):
        goes(spied, 270, seconds=150, start=300 * k)
        goes(spied, 90, seconds=150, start=300 * k + 150)
    assert spied.says == []
    assert goes(Spied(tss_wrong_way.RULE, [lane()]), 270, speed_kn=2.5).says == []


def told(**statics):
    return lambda time_s: Heard(vessels=[Vessel(MMSI, time_s, **statics)])


@pytest.mark.parametrize(
    ("statics", "columns", "priority"),
    [
        ({"ship_type": 70, "length_m": 180.0}, {"p_small": 0.9}, "warning"),
        ({"ship_type": 70, "length_m": 12.0}, {}, "caution"),
        ({"ship_type": 30, "length_m": 25.0}, {}, "caution"),
        ({"ship_type": 36}, {}, "caution"),
        ({}, {"p_small": 0.9}, "caution"),
        ({}, {"mmsi": -1}, "warning"),
    ],
)
def test_small_fishing_and_sailing_vessels_are_a_caution(statics, columns, priority):
    spied = goes(Spied(tss_wrong_way.RULE, [lane()]), 270, heard=told(**statics), **columns)
    assert [s.priority for s in spied.begun] == [priority]


def restricted(time_s):
    return Heard(reports(time_s, {"x_m": 0, "y_m": 0, "mmsi": MMSI, "nav_status": 3}))


@pytest.mark.parametrize(
    ("heard", "columns"),
    [
        (restricted, {}),
        (told(ship_type=51), {}),
        (None, {"mmsi": -1, "p_small": 0.9}),
        (None, {"mmsi": 111_227_001}),
    ],
    ids=["restricted", "rescue", "small craft without identity", "rescue aircraft"],
)
def test_whom_the_rule_excuses_is_not_said(heard, columns):
    assert goes(Spied(tss_wrong_way.RULE, [lane()]), 270, heard=heard, **columns).says == []


def test_a_lane_without_a_flow_or_that_does_not_ask_is_not_judged():
    assert goes(Spied(tss_wrong_way.RULE, [lane(flow=None)]), 270).says == []
    quiet = zone("quiet", lane().geometry.exterior.coords, "tss-lane", ())
    assert goes(Spied(tss_wrong_way.RULE, [quiet]), 270).says == []
