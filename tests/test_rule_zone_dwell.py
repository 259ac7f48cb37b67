"""zone-dwell: longer in a zone than it allows, once, and over when it has left."""

import json

import pytest

from coastwatch.watch.rules import zone_dwell
from tests.rule_says import Spied
from tests.watch_scene import T0, picture, square, zone


def area(**settings):
    return zone("area", square(0, 0, 500), rules=("zone-dwell",), **settings)


def visit(spied, stay_s, then_s=600):
    """In at T0, still, and out again by a leap."""
    for s in range(0, stay_s + then_s, 10):
        x = 0 if s < stay_s else 3000
        spied.play([picture(T0 + s, (x, 0, 0.1, 0))])
    return spied


def test_it_is_said_once_when_the_zones_time_is_over_and_over_when_it_has_left():
    spied = visit(Spied(zone_dwell.RULE, [area(dwell_min=10)]), 1800)
    (said,), (over,) = spied.begun, spied.over
    assert said.time_s == T0 + 600
    assert said.text.startswith("Track 1 (no identity) is in area for 10 min, longer than 10 min")
    assert over.about == said.about == (1, "area")
    # So slow a craft must be seen outside for 30 s, and have been gone for a minute.
    assert over.time_s == pytest.approx(T0 + 1800 + 30 + 60, abs=10)
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert (evidence["dwell_min"], evidence["limit_min"]) == (10, 10)


def test_who_leaves_just_before_is_not_said_and_time_begins_anew_when_it_comes_back():
    spied = Spied(zone_dwell.RULE, [area(dwell_min=10)])
    visit(spied, 590, 100)
    assert spied.says == []


def test_the_rules_own_time_counts_where_the_zone_gives_none_and_only_where_it_asks():
    assert visit(Spied(zone_dwell.RULE, [area()]), 2000).begun[0].time_s == T0 + 1800
    assert visit(Spied(zone_dwell.RULE, [area()], dwell_min=5.0), 2000).begun[0].time_s == T0 + 300
    quiet = zone("quiet", square(0, 0, 500), rules=(), dwell_min=1)
    assert visit(Spied(zone_dwell.RULE, [quiet]), 2000).says == []


def test_an_editing_of_the_zone_says_nothing_twice():
    spied = Spied(zone_dwell.RULE, [area(dwell_min=5)])
    for s in range(0, 1200, 10):
        if s == 600:
            spied.watch.exchange([zone("other", square(9000, 0, 5)), area(dwell_min=5)])
        spied.play([picture(T0 + s, (0, 0, 0.1, 0))])
    assert [s.over for s in spied.says] == [False]
