"""heading-for-area: on the course held it comes in, steadily, with a probability."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.watch.rules import heading_for_area
from tests.rule_says import Spied
from tests.watch_scene import T0, picture, square, zone


def area(x=10_000, half=1500, **more):
    return zone("area", square(x, 0, half), rules=("heading-for-area",), **more)


def course(spied, x, y, vx, vy, seconds, start=0, spread=0.04):
    for s in range(0, seconds, 10):
        tracks = picture(T0 + start + s, (x + vx * s, y + vy * s, vx, vy))
        tracks.cov[:, 2, 2] = tracks.cov[:, 3, 3] = spread
        spied.play([tracks])
    return spied


def test_it_is_said_once_after_a_steady_minute_with_the_time_that_is_left():
    spied = course(Spied(heading_for_area.RULE, [area()]), 0, 0, 6, 0, 400)
    (said,) = spied.says
    assert said.time_s == T0 + 60
    eta_s = (8500 - 360) / 6
    assert said.text == (
        "Track 1 (no identity) enters area in 23 min, 4.4 NM on, if it holds its course: "
        "11.7 kn, course 090°."
    )
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["eta_min"] == pytest.approx(eta_s / 60, abs=0.1)
    assert evidence["probability"] > 0.9


def test_the_zones_own_time_counts():
    spied = course(Spied(heading_for_area.RULE, [area(ahead_min=10)]), 0, 0, 6, 0, 1000)
    (said,) = spied.says
    assert said.time_s == pytest.approx(T0 + (8500 - 3600) / 6 + 60, abs=20)


def test_who_passes_by_lies_inside_or_drifts_is_not_said():
    for where in ((0, 4000, 6, 0), (9000, 0, 2, 0), (8000, 0, 0.4, 0)):
        assert course(Spied(heading_for_area.RULE, [area()]), *where, 300).says == []


def test_a_course_that_is_hardly_known_is_not_said():
    spied = Spied(heading_for_area.RULE, [area(half=500)])
    assert course(spied, 0, 0, 6, 0, 300, spread=9.0).says == []
    assert len(course(Spied(heading_for_area.RULE, [area(half=500)]), 0, 0, 6, 0, 300).begun) == 1


def test_it_is_over_when_it_has_turned_away_and_when_it_has_come_in():
    spied = course(Spied(heading_for_area.RULE, [area()]), 0, 0, 6, 0, 200)
    course(spied, 1200, 0, 0, 6, 300, start=200)
    assert spied.over[0].time_s == T0 + 200 + 120
    assert "no longer heads for area" in spied.over[0].text
    spied = course(Spied(heading_for_area.RULE, [area()]), 4000, 0, 10, 0, 900)
    assert [s.over for s in spied.says] == [False, True]
    assert "has come into area" in spied.says[1].text


def test_of_too_many_at_once_the_soonest_are_said_first(monkeypatch):
    monkeypatch.setattr(heading_for_area, "AT_ONCE", 1)
    spied = Spied(heading_for_area.RULE, [area()])
    for s in range(0, 100, 10):
        craft = [(x + 6 * s, 0, 6, 0) for x in (0, 2000, 1000)]
        spied.play([picture(T0 + s, *craft)])
    told = [(s.track, s.time_s - T0) for s in spied.says]
    assert told == [(2, 60), (3, 70), (1, 80)]


@settings(max_examples=15, deadline=None)
@given(st.floats(-3000, 3000), st.floats(0.01, 4.0))
def test_it_is_said_where_most_of_the_courses_that_may_be_come_in(y, spread):
    """Against two thousand drawn courses, but for those that nearly balance."""
    spied = course(
        Spied(heading_for_area.RULE, [area()], hold_s=0.0), 0, y, 6, 0, 20, spread=spread
    )
    rng = np.random.default_rng(0)
    vx, vy = 6 + rng.normal(0, spread**0.5, 2000), rng.normal(0, spread**0.5, 2000)
    t = np.linspace(0, 1800, 400)[:, None]
    inside = (np.abs(vx * t - 10_000) < 1500) & (np.abs(y + vy * t) < 1500)
    drawn = float(np.mean(inside.any(axis=0)))
    if abs(drawn - 0.5) > 0.1:
        assert bool(spied.says) == (drawn > 0.5)
