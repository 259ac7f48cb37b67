"""impossible-position: one fault is noise, several a caution, many vessels' are the region's."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Flag, Tracks, Vessel
from coastwatch.site import Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.impossible_position import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, SITE, T0, picture, reports

SHIP = 227_000_001


def flag(mmsi=SHIP, check="jump", value=3.0):
    return mmsi, check, value


def says(until_s, at, step=10, ships=(), craft=None):
    """What the rule says of flags at seconds after T0; each flagged one reports, by ``ships``."""

    def heard(time_s):
        s = round(time_s - T0)
        flags = [Flag(m, time_s, c, "", v, 0.5, 0.0, "") for m, c, v in at.get(s, [])]
        return Heard(detections=reports(time_s, *ships), flags=flags)

    times = [T0 + s for s in range(0, until_s, step)]
    pictures = [picture(t, *craft, mmsi=SHIP) if craft else Tracks.empty(t, 0) for t in times]
    return says_of(Watch(SITE, [], PLANE), RULE.name, pictures, heard)


def test_one_jump_is_noise_and_the_second_within_ten_minutes_is_said_once():
    assert says(900, {60: [flag()]}) == []
    (say, over) = says(2000, {60: [flag()], 300: [flag(value=7.5)], 420: [flag()]})
    assert (say.time_s, say.priority, say.mmsi) == (T0 + 300, "caution", SHIP)
    assert "jump, by up to 7.5 NM" in say.text
    assert say.evidence["flags"] == {"jump": 2}
    json.dumps(dict(say.evidence), allow_nan=False)
    assert over.over
    assert over.time_s == T0 + 420 + 1210


def test_two_jumps_further_apart_than_the_window_are_two_faults():
    assert says(1500, {60: [flag()], 670: [flag()]}) == []


def test_speed_and_course_need_more_and_are_both_told():
    few = {60 * k: [flag(check="speed", value=20.0)] for k in range(3)}
    assert says(600, few) == []
    mixed = {60 * k: [flag(check=c, value=20.0)] for k, c in enumerate(["speed", "course"] * 2)}
    (say,) = says(600, mixed)
    assert say.time_s == T0 + 180
    assert "speed told is up to 20 kn off" in say.text
    assert "course told is up to 20° off" in say.text


def test_what_is_newly_wrong_joins():
    at = {60: [flag()], 120: [flag()]} | {180 + 10 * k: [flag(check="speed")] for k in range(4)}
    first, second = says(600, at)
    assert first.about == second.about
    assert set(second.evidence["flags"]) == {"jump", "speed"}


def test_jumps_between_two_vessels_of_one_mmsi_are_another_rules_business():
    at = {60: [flag(check="two places")], 70: [flag()], 80: [flag()], 90: [flag()]}
    assert says(600, at) == []


@pytest.mark.parametrize("check", ["clock", "statics changed", "impossible MMSI"])
def test_other_checks_say_nothing(check):
    assert says(600, {10 * k: [flag(check=check)] for k in range(30)}) == []


def test_it_stands_where_the_vessel_reports_itself_and_else_at_its_track():
    at = {60: [flag()], 120: [flag()]}
    ship = {"mmsi": SHIP, "x_m": 3000.0, "y_m": -500.0}
    (say,) = says(200, at, ships=[ship])
    assert (say.lon, say.lat) == pytest.approx(PLANE.to_lonlat(3000.0, -500.0))
    (say,) = says(200, at, craft=[(1000.0, 0.0, 0.0, 0.0)])
    assert (say.lon, say.lat) == pytest.approx(PLANE.to_lonlat(1000.0, 0.0))
    (say,) = says(200, at)
    assert (say.lon, say.lat, say.evidence["position_known"]) == (*SITE.origin, False)


def test_a_set_without_a_fix_that_reports_the_null_island_is_told_so():
    x, y = (float(v) for v in PLANE.to_xy(0.0, 0.0))
    first, *_ = says(60, {}, ships=[{"mmsi": SHIP, "x_m": x, "y_m": y}])
    assert "0°N 0°E" in first.text
    assert first.time_s == T0 + 10


def test_many_vessels_that_jump_are_one_word_of_the_region_and_none_of_each():
    at = {60 + 10 * k: [flag(SHIP + k)] for k in range(5)}
    at |= {120 + 10 * k: [flag(SHIP + k)] for k in range(5)}
    ships = [{"mmsi": SHIP + k, "x_m": 500.0 * k, "y_m": 0.0} for k in range(5)]
    (say, over) = says(1600, at, ships=ships)
    assert (say.about, say.priority, say.mmsi) == (("region",), "warning", -1)
    assert say.time_s == T0 + 90
    assert "GNSS interference or spoofing is possible" in say.text
    assert "4 vessels" in say.text
    assert say.evidence["to_one_place"] is True
    assert over.over
    json.dumps(dict(say.evidence), allow_nan=False)


def test_where_vessels_jump_everywhere_the_receiver_dates_wrongly_unless_they_jump_far():
    ships = [{"mmsi": SHIP + k, "x_m": 200_000.0 * k, "y_m": 0.0} for k in range(5)]
    for nm, said in ((3.0, []), (30.0, [SHIP + k for k in range(5)])):
        at = {s: [flag(SHIP + k, value=nm) for k in range(5)] for s in (60, 90)}
        assert sorted(s.mmsi for s in says(200, at, ships=ships)) == said


def test_small_jumps_are_a_receivers_noise():
    assert says(600, {60 * k: [flag(value=1.5)] for k in range(6)}) == []


def test_three_vessels_that_jump_are_said_one_by_one():
    at = {60: [flag(SHIP + k) for k in range(3)], 90: [flag(SHIP + k) for k in range(3)]}
    assert sorted(s.mmsi for s in says(200, at)) == [SHIP, SHIP + 1, SHIP + 2]


def inland(lon, lat, others=(), imo=9_074_729, site=SITE):
    """What is said of a ship that reports itself there for half an hour."""
    places = [(lon, lat), *others]
    xy = [tuple(float(v) for v in PLANE.to_xy(*place)) for place in places]

    def heard(time_s):
        rows = [{"mmsi": SHIP + k, "x_m": x, "y_m": y} for k, (x, y) in enumerate(xy)]
        vessels = [Vessel(SHIP, time_s, imo=imo)] if time_s == T0 else []
        return Heard(detections=reports(time_s, *rows), vessels=vessels)

    pictures = []
    for s in range(0, 1800, 30):
        tracks = picture(T0 + s, *((x, y, 0.0, 0.0) for x, y in xy))
        tracks.mmsi = SHIP + np.arange(len(xy))
        pictures.append(tracks)
    return says_of(Watch(site, [], PLANE), RULE.name, pictures, heard)


INLAND = (1.9, 50.8)  # 20 km behind Calais


def test_a_ship_that_reports_itself_from_inland_is_said_once():
    (say,) = inland(*INLAND)
    assert T0 + 600 <= say.time_s <= T0 + 690
    assert "km inland" in say.text
    assert say.evidence["worst"]["inland"] > 10


@pytest.mark.parametrize(
    "near_miss",
    [{"lon": 1.5, "lat": 51.0}, {"others": [(1.95, 50.8)]}, {"imo": 9_074_728},
     {"site": Site("Test", (1.5, 51.0), land=False)}],
    ids=["at sea", "where another one is", "no seagoing ship", "where the coast is not believed"],
)  # fmt: skip
def test_who_may_be_on_a_river_is_not_said(near_miss):
    assert inland(**({"lon": INLAND[0], "lat": INLAND[1]} | near_miss)) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_vessel_is_said_that_did_not_jump_twice_within_the_window(minutes):
    at = {}
    for m in minutes:
        at.setdefault(60 * m, []).append(flag())
    times = sorted(60 * m for m in minutes)
    close = any(b - a < 600 for a, b in pairwise(times))
    assert bool([s for s in says(3660, at, step=60) if not s.over]) == close
