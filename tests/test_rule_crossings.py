"""zone-entry, zone-exit, line-crossing: one situation while inside, events in words, evidence."""

import dataclasses
import json

import pytest

from coastwatch.watch import Watch
from coastwatch.watch.rules import line_crossing, zone_entry, zone_exit
from tests.rule_says import Spied
from tests.watch_scene import PLANE, SITE, T0, go, picture, square, zone

NAMED = {"mmsi": 227_000_001}


def area(*rules, **more):
    return zone("area", square(1000, 0, 200), rules=rules, **more)


def along(rule, zones, path, **columns):
    """What the rule says along (x, vx) pairs, one a second."""
    return Spied(rule, zones).play(
        picture(T0 + s, (x, 0, vx, 0), **columns) for s, (x, vx) in enumerate(path)
    )


OUT_AND_BACK = [
    *[(600 + 5 * s, 5) for s in range(180)],
    *[(1500 - 5 * s, -5) for s in range(100)],
]


THERE_AND_BACK = [
    *[(-203 + 5 * s, 5) for s in range(100)],
    *[(292 - 5 * s, -5) for s in range(100)],
]


def test_an_entry_is_said_once_while_inside_and_anew_after_it_has_left():
    spied = along(zone_entry.RULE, [area("zone-entry")], OUT_AND_BACK, **NAMED)
    assert [s.over for s in spied.says] == [False, True, False]
    assert spied.says[0].text == (
        "Vessel (MMSI 227000001, track 1) has entered area at 9.7 kn, course 090°."
    )
    evidence = json.loads(json.dumps(dict(spied.says[0].evidence), allow_nan=False))
    assert evidence["what"] == "entry"
    assert 0.9 < evidence["p_inside"] <= 1
    assert evidence["speed_kn"] == pytest.approx(9.72, abs=0.01)
    assert evidence["course_deg"] == pytest.approx(90, abs=0.5)
    assert evidence["sigma_m"] == 5.0


@pytest.mark.parametrize("how", ["leaves", "expires", "withdrawn", "moved"])
def test_an_entry_is_over_when_it_leaves_when_the_zone_expires_is_withdrawn_or_moved(how):
    more = {"end": T0 + 120} if how == "expires" else {}
    spied = Spied(zone_entry.RULE, [area("zone-entry", **more)])
    for s in range(200):
        if s == 120 and how == "withdrawn":
            spied.watch.exchange([])
        if s == 120 and how == "moved":
            elsewhere = zone("area", square(9000, 0, 200), rules=("zone-entry",))
            spied.watch.exchange([dataclasses.replace(elsewhere, version="v2")])
        spied.play([picture(T0 + s, (600 + 5 * s, 0, 5, 0))])
    assert [s.over for s in spied.says] == [False, True]
    assert spied.says[0].about == spied.says[1].about == (1, "area")
    at = {"leaves": 125, "expires": 120, "withdrawn": 120, "moved": 120}[how]
    assert spied.says[1].time_s == pytest.approx(T0 + at, abs=10)


def test_through_in_one_stride_is_an_entry_that_is_over_and_an_exit():
    narrow = zone("z", square(1000, 0, 5), rules=("zone-entry", "zone-exit"))
    watch = Watch(SITE, [narrow], PLANE)
    alerts, _ = go(watch, 900, 0, 30, 0, 20, step=10)
    assert sorted(a.rule for a in alerts) == ["zone-entry", "zone-exit"]
    there_and_back = [(900, 30), (1200, 30), (1250, -30), (950, -30)]
    spied = along(zone_entry.RULE, [narrow], there_and_back)
    assert [s.over for s in spied.says] == [False, True] * 2


def test_each_exit_is_an_event_of_its_own():
    again = [*OUT_AND_BACK, *[(1000 + 5 * s, 5) for s in range(80)]]
    spied = along(zone_exit.RULE, [area("zone-exit")], again, **NAMED)
    assert [s.over for s in spied.says] == [False, True] * 2
    assert "has left area at 9.7 kn" in spied.says[0].text
    assert spied.says[0].evidence["p_outside"] > 0.9


@pytest.mark.parametrize(
    ("velocity", "way", "sides"),
    [
        ((5, 0), "eastbound", "from its left to its right"),
        ((-5, 0), "westbound", "from its right to its left"),
        ((4, 4), "north-eastbound", "from its left to its right"),
        ((-4, -4), "south-westbound", "from its right to its left"),
    ],
)
def test_a_crossing_tells_its_direction_along_the_line_and_by_compass(velocity, way, sides):
    line = zone("l", [(0, -5000), (0, 5000)], "line", ("line-crossing",))
    vx, vy = velocity
    (alert,), _ = go(Watch(SITE, [line], PLANE), -40 * vx, -40 * vy, vx, vy, 90)
    assert f"has crossed l {way}, {sides}" in alert.text
    assert alert.evidence["bound"] == way
    json.dumps(dict(alert.evidence), allow_nan=False)


def test_there_and_back_are_two_events():
    line = zone("l", [(0, -5000), (0, 5000)], "line", ("line-crossing",))
    spied = along(line_crossing.RULE, [line], THERE_AND_BACK)
    assert [s.over for s in spied.says] == [False, True] * 2
    ways = [s.evidence["bound"] for s in spied.begun]
    assert ways == ["eastbound", "westbound"]
    assert spied.begun[0].evidence["probability"] > 0.9
