"""tss-crossing: across a lane at a slant, not at right angles; joining and leaving are right."""

import json
import math

import pytest

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Vessel
from coastwatch.watch import Heard
from coastwatch.watch.rules import tss_crossing
from tests.rule_says import Spied
from tests.watch_scene import PLANE, T0, picture, reports, zone

MMSI = 227_000_001
SHIP = {"mmsi": MMSI, "p_small": 0.01}
FLOW = [[float(v) for v in PLANE.to_lonlat(x, 0)] for x in (-20e3, 20e3)]
CORNERS = [(-20e3, -3e3), (20e3, -3e3), (20e3, 3e3), (-20e3, 3e3), (-20e3, -3e3)]
LANE = zone("lane", CORNERS, "tss-lane", ("tss-crossing",), flow=FLOW)


def sail(*legs, start=(-12e3, -4e3), speed_kn=14.0, heard=None, **columns):
    """Legs of (course_deg, minutes) from a place, a picture every 10 s."""
    spied, (x, y), s = Spied(tss_crossing.RULE, [LANE]), start, 0
    for course_deg, minutes in legs:
        way, v = math.radians(course_deg), speed_kn * KNOT_MPS
        for _ in range(round(minutes * 6)):
            state = (x, y, v * math.sin(way), v * math.cos(way))
            spied.watch.step(
                picture(T0 + s, state, **(SHIP | columns)), heard(T0 + s) if heard else None
            )
            x, y, s = x + 10 * state[2], y + 10 * state[3], s + 10
    return spied


def test_across_at_a_slant_is_said_once_and_is_over_on_the_other_side():
    spied = sail((50, 40))
    (said,), (over,) = spied.begun, spied.over
    assert said.priority == "caution"
    across_mps = 14 * KNOT_MPS * math.cos(math.radians(50))
    assert said.time_s - T0 == pytest.approx((1000 + 0.6 * 6000) / across_mps, abs=20)
    assert over.time_s - T0 == pytest.approx(7000 / across_mps + 120, abs=30)
    assert "crosses lane on a course 40° to the traffic, not at right angles" in said.text
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["angle_deg"] == pytest.approx(40, abs=0.5)
    assert evidence["lane_width_nm"] == pytest.approx(6000 / 1852, rel=0.01)
    assert evidence["by_heading"] is False


@pytest.mark.parametrize("course_deg", [0, 20, 340, 25, 34])
def test_ferries_at_nearly_right_angles_are_not_said(course_deg):
    assert sail((course_deg, 30), start=(0, -4e3)).says == []


@pytest.mark.parametrize(
    "legs",
    [
        [(75, 40)],
        [(60, 10), (90, 40)],
        [(90, 20), (105, 40)],
        [(90, 20), (105, 20), (125, 40)],
        [(90, 20), (125, 12), (90, 20)],
    ],
    ids=[
        "joins at 15",
        "joins at 30 and goes along",
        "leaves at 15",
        "leaves at 35 from the middle",
        "changes sides",
    ],
)
def test_joining_leaving_and_going_along_are_not_said(legs):
    start = (-18e3, -3500) if legs[0][0] < 90 else (-15e3, 1500)
    assert sail(*legs, start=start, speed_kn=10).says == []


def test_against_the_traffic_at_a_slant_is_a_bad_crossing_until_it_is_the_wrong_way():
    assert len(sail((320, 40), start=(12e3, -4e3)).begun) == 1
    assert sail((300, 40), start=(12e3, -4e3)).says == []


def test_a_long_slant_is_said_before_it_is_through():
    spied = sail((50, 60), start=(-12e3, -2900), speed_kn=4.0)
    assert spied.begun[0].time_s - T0 == pytest.approx(1200, abs=60)


def heads(heading_deg):
    def heard(time_s):
        ship = {"x_m": 0, "y_m": 0, "mmsi": MMSI, "nav_status": 0}
        return Heard(reports(time_s, ship | {"heading_rad": math.radians(heading_deg)}))

    return heard


def test_the_heading_counts_where_it_is_broadcast_since_the_tide_sets_the_course():
    assert sail((45, 30), heard=heads(5)).says == []
    (said,) = sail((20, 30), heard=heads(45)).begun
    assert said.evidence["by_heading"] is True
    assert said.text.endswith("heading 045°.")


def test_small_craft_without_identity_and_rescue_vessels_are_not_said():
    assert sail((50, 40), mmsi=-1, p_small=0.9).says == []
    rescue = lambda time_s: Heard(vessels=[Vessel(MMSI, time_s, ship_type=51)])  # noqa: E731
    assert sail((50, 40), heard=rescue).says == []
