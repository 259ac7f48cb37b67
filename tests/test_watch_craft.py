"""The odds of a vulnerable craft: each part shown, what they add up to, and what is withheld."""

import json
import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.season_fit import reliability
from bench.season_watch import probability
from coastwatch.watch import Watch
from coastwatch.watch.craft import NAMES, odds
from coastwatch.watch.rules import small_craft_withheld as counting
from coastwatch.watch.rules import small_unregistered_craft as small
from tests.rule_says import Spied, StraightShore
from tests.watch_scene import PLANE, SITE, SMALL, T0, lane, picture, square, zone

DAY_S = 7 * 3600.0  # after T0, which is at night
WATERS = zone("waters", [(-30e3, -9e3), (30e3, -9e3), (30e3, 30e3), (-30e3, 30e3), (-30e3, -9e3)],
              "territorial-sea")  # fmt: skip
KNOT = 1852 / 3600


def spied(*zones, rule=small.RULE, site=SITE, **parameters) -> Spied:
    """The rule before a straight shore along y = 0, sea to the north."""
    one = Spied(rule, [WATERS, *zones], site, **parameters)
    one.watch._memory.shore = StraightShore()
    return one


def way(seconds, begin=(0, 100), v=(0, 2.4), after=200, day=False, **columns):
    """Pictures each 2 s of a craft that comes ``after`` a buoy far off has been there alone."""
    t0 = T0 + (DAY_S if day else 0)
    for s in range(0, after + seconds, 2):
        one = picture(t0 + s, (-25e3, 20e3, 0, 0), p_small=0.1, p_fixed=0.99)
        if s >= after:
            gone = s - after
            craft = (begin[0] + v[0] * gone, begin[1] + v[1] * gone, *v)
            both = picture(t0 + s, (-25e3, 20e3, 0, 0), craft, **columns)
            both.p_fixed[0], both.p_small[0], both.p_unregistered[0] = 0.99, 0.1, 0.1
            one = both
        yield one


def test_a_slow_craft_off_the_beach_at_night_is_a_warning_before_it_is_a_mile_out():
    first = spied().play(way(700)).begun[-1]
    assert first.priority == "warning"
    assert first.evidence["parts"]["shore_nm"]["value"] < 1
    assert first.text.startswith("Possible vulnerable craft, safety check: ")


@pytest.mark.parametrize(
    "more",
    [
        {"v": (0, 14.0), "day": True},
        {"begin": (0, 20_000), "v": (2.4, 0), "day": True},
    ],
    ids=["fast by day", "in mid-sea by day"],
)
def test_what_is_not_likely_is_a_caution_and_stays_in_the_log(more):
    says = spied().play(way(300, **more)).begun
    assert [s.priority for s in says] == ["caution"]
    assert says[0].evidence["probability"] < odds().threshold


def test_each_part_is_shown_and_the_parts_add_up_to_the_score():
    for say in spied(lane()).play(way(900)).begun:
        evidence = json.loads(json.dumps(dict(say.evidence), allow_nan=False))
        assert list(evidence["parts"]) == list(NAMES)
        told = evidence["prior_log_odds"] + sum(p["log_odds"] for p in evidence["parts"].values())
        assert told == pytest.approx(evidence["log_odds"], abs=2e-3)
        assert evidence["probability"] == pytest.approx(1 / (1 + np.exp(-told)), abs=1e-3)
        values = np.array([[p["value"] for p in evidence["parts"].values()]], dtype=float)
        assert probability(odds(), values)[0] == pytest.approx(evidence["probability"], abs=1e-3)


def test_the_parts_say_what_was_seen():
    parts = spied().play(way(700)).begun[-1].evidence["parts"]
    value = {name: part["value"] for name, part in parts.items()}
    assert value["speed_kn"] == pytest.approx(2.4 / KNOT, rel=0.01)
    assert value["began_shore_nm"] == pytest.approx(100 / 1852, abs=0.005)
    assert (value["night"], value["began_at_port"], value["others_alike"]) == (1, 0, 0)
    by_day = spied(probability_min=0.0).play(way(700, day=True, begin=(0, 4000))).begun[-1]
    assert by_day.evidence["parts"]["night"]["value"] == 0
    assert by_day.evidence["parts"]["began_shore_nm"]["value"] == pytest.approx(2.16, abs=0.01)


def test_where_a_track_began_is_unknown_when_the_watch_itself_began_then():
    says = spied(probability_min=0.0).play(way(200, after=0)).begun
    assert says[0].evidence["parts"]["began_shore_nm"]["value"] is None


def test_one_that_begins_at_a_port_is_known_by_it():
    port = zone("port", square(0, 100, 300), "port-limits", ())
    says = spied(port, probability_min=0.0).play(way(600)).begun
    assert says[0].evidence["parts"]["began_at_port"]["value"] == 1
    assert says[0].time_s > T0 + 200 + 300 / 2.4  # not before it has left


def test_others_on_the_like_course_near_by_count():
    def group(n):
        for s in range(0, 300, 2):
            yield picture(T0 + s, *((300.0 * k, 500 + 2.4 * s, 0, 2.4) for k in range(n)))

    alone, three = (spied(probability_min=0.0).play(group(n)).begun for n in (1, 3))
    assert alone[0].evidence["parts"]["others_alike"]["value"] == 0
    assert [s.evidence["parts"]["others_alike"]["value"] for s in three] == [2, 2, 2]


def test_a_caution_becomes_a_warning_and_then_an_alarm_of_the_same_craft():
    far = [s.evidence["probability"] for s in spied(probability_min=1.0).play(way(60)).begun]
    near_lane = zone("lane", square(0, 3500, 1000), "tss-lane")
    says = spied(near_lane, probability_min=far[0] * 1.1).play(way(1200)).begun
    ranks = [s.priority for s in says]
    assert ranks[0] == "caution"
    assert ranks[-1] == "alarm"
    assert all(a != b for a, b in pairwise(ranks))
    assert {s.about for s in says} == {(2,)}


def test_one_that_stops_is_not_over_and_one_that_tells_its_name_is():
    def then(after, **columns):
        yield from way(400)
        for s in range(600, 600 + after, 2):
            yield picture(T0 + s, (-25e3, 20e3, 0, 0), (0, 1060, 0, 0), **columns)

    assert spied().play(then(400)).over == []
    over = spied().play(then(400, mmsi=227_000_001)).over
    assert [s.about for s in over] == [(2,)]
    assert "no longer looks like" in over[0].text


EXPLAINED = {
    "port-limits": "within port limits",
    "moorings": "among moorings",
    "wind-farm": "in a wind farm",
    "fishing-ground": "on a known fishing ground",
}


@pytest.mark.parametrize(("kind", "words"), EXPLAINED.items())
def test_what_a_zone_explains_is_counted_and_raised_when_it_leaves(kind, words):
    ground = zone("ground", square(0, 500, 800), kind, ())
    assert spied(ground).play(way(400)).says == []
    says = spied(ground, rule=counting.RULE).play(way(1900, v=(0, 0.65))).begun
    assert [(s.priority, s.zone, s.track) for s in says] == [("caution", "ground", -1)]
    assert says[0].evidence["reason"] == words
    assert says[0].evidence["tracks"] == [2]
    assert "1 small craft without AIS in ground" in says[0].text
    left = spied(ground, probability_min=0.05).play(way(700)).begun
    assert left[0].time_s > T0 + 200 + 1200 / 2.4
    assert left[0].priority == "warning"


def test_a_fishing_ground_at_a_lane_explains_nothing():
    ground = zone("ground", square(0, 500, 2000), "fishing-ground", ())
    near_lane = zone("lane", square(0, 1700, 1000), "tss-lane")
    assert spied(ground, near_lane).play(way(600)).begun[-1].priority == "alarm"


def test_known_fixed_objects_and_moored_craft_explain_what_is_at_them():
    lon, lat = (float(v) for v in PLANE.to_lonlat(0, 500))
    buoy = replace(SITE, fixed=((lon, lat, 700.0),))
    assert spied(site=buoy).play(way(400)).says == []
    assert spied(site=buoy).play(way(700)).begun != []

    def moored(n):
        for s in range(0, 200, 2):
            lying = ((60.0 * k, 600, 0.1, 0) for k in range(n))
            tracks = picture(T0 + s, (0, 400 + 0.8 * s, 0, 0.8), *lying)
            tracks.p_fixed[1:] = 0.99
            yield tracks

    assert spied().play(moored(4)).says == []
    assert spied().play(moored(2)).begun != []


def test_the_count_is_over_when_nobody_is_left():
    ground = zone("ground", square(0, 500, 800), "port-limits", ())
    says = spied(ground, rule=counting.RULE).play(way(5600, v=(0, 0.65))).says
    assert [s.over for s in says] == [False, False, True]


def test_a_watch_that_was_put_by_goes_on_as_if_it_had_not_been():
    pictures = list(way(700))
    whole = Watch(SITE, [WATERS], PLANE)
    halted = Watch(SITE, [WATERS], PLANE)
    said: list[list] = [[], []]
    for k, tracks in enumerate(pictures):
        if k == 180:
            halted = pickle.loads(pickle.dumps(halted))
        for one, watch in zip(said, (whole, halted), strict=True):
            one += [a for a in watch.step(tracks).alerts if a.rule == SMALL]
    assert said[0] == said[1] != []


def test_probabilities_are_true_of_seasons_that_the_odds_were_not_made_from():
    sample = np.load(Path(__file__).parent / "data" / "craft_sample.npz")
    p = probability(odds(), sample["values"].astype(np.float64))
    rows, error = reliability(p, sample["dinghy"].astype(np.float64))
    assert len(p) > 2_000
    assert len(rows) >= 8
    assert error < 0.05
