"""zone-speed: faster or slower than a zone allows, for a minute, with the speed's own sigma."""

import json

import pytest

from coastwatch.geo.units import KNOT_MPS
from coastwatch.watch.rules import zone_speed
from tests.rule_says import Spied
from tests.watch_scene import T0, picture, square, zone


def area(half=20_000, **settings):
    return zone("harbour", square(0, 0, half), rules=("zone-speed",), **settings)


def runs(spied, *speeds_kn, each_s=120, start_s=0, **columns):
    """A craft at one speed after the other, 120 s each."""
    x = 0.0
    for k, kn in enumerate(speeds_kn):
        for s in range(each_s):
            x += kn * KNOT_MPS
            t = T0 + start_s + k * each_s + s
            spied.play([picture(t, (x, 0, kn * KNOT_MPS, 0), **columns)])
    return spied


def test_too_fast_is_said_once_after_a_minute_and_over_a_minute_after_it_slowed_down():
    spied = runs(Spied(zone_speed.RULE, [area(speed_max_kn=10)]), 9, 14, 14, 9)
    (said,), (over,) = spied.begun, spied.over
    assert said.time_s == T0 + 180
    assert said.about == over.about == (1, "harbour", "faster")
    assert over.time_s == T0 + 420
    assert "is faster than the 10.0 kn of harbour: 14.0 kn, course 090°" in said.text
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["speed_max_kn"] == 10
    assert evidence["probability"] > 0.99
    assert evidence["speed_sigma_kn"] == pytest.approx(0.2 / KNOT_MPS, abs=1e-3)


def test_too_slow_is_said_and_who_lies_still_is_too_slow():
    spied = runs(Spied(zone_speed.RULE, [area(speed_min_kn=6)]), 8, 3, 3)
    assert [s.about for s in spied.says] == [(1, "harbour", "slower")]
    assert len(runs(Spied(zone_speed.RULE, [area(speed_min_kn=6)]), 0.1).begun) == 1


@pytest.mark.parametrize("speeds", [(10.8, 10.8), (14, 9, 14, 9)])
def test_within_the_margin_and_for_less_than_a_minute_nothing_is_said(speeds):
    spied = Spied(zone_speed.RULE, [area(speed_max_kn=10)])
    assert runs(spied, *speeds, each_s=50).says == []


def test_between_limit_and_margin_nothing_changes():
    spied = runs(Spied(zone_speed.RULE, [area(speed_max_kn=10)]), 14, 10.5, 14, 10.5)
    assert [s.over for s in spied.says] == [False]


def test_a_speed_that_is_hardly_known_is_not_judged():
    spied = Spied(zone_speed.RULE, [area(speed_max_kn=10)])
    for s in range(200):
        tracks = picture(T0 + s, (6 * s, 0, 6, 0))
        tracks.cov[:, 2, 2] = 2.0**2
        spied.play([tracks])
    assert spied.says == []


def test_without_a_limit_or_outside_nothing_is_judged():
    assert runs(Spied(zone_speed.RULE, [area()]), 40).says == []
    assert runs(Spied(zone_speed.RULE, [area(half=1, speed_max_kn=10)]), 40).says == []
