"""distance-to-shore: comes within miles of the shore; once, with hysteresis, off by default."""

import json

import numpy as np
import pytest

from coastwatch.geo.units import NM_M
from coastwatch.watch.rules import distance_to_shore
from tests.rule_says import Spied, StraightShore
from tests.watch_scene import T0, picture


def goes(spied, *legs, start_nm=4.0, **columns):
    """Legs of (speed to the south, m/s, seconds) off a shore along y = 0."""
    spied.watch._memory.shore = StraightShore()
    y, t = start_nm * NM_M, 0
    for speed, seconds in legs:
        for _ in range(0, seconds, 10):
            spied.play([picture(T0 + t, (0, y, 0, -speed), **columns)])
            y, t = y - 10 * speed, t + 10
    return spied


def test_it_is_off_unless_a_site_says():
    assert distance_to_shore.RULE.on is False


def test_it_is_said_once_and_over_when_it_is_well_out_again():
    spied = goes(Spied(distance_to_shore.RULE), (10, 400), (-10, 800))
    (said,), (over,) = spied.begun, spied.over
    assert said.time_s - T0 == pytest.approx(NM_M / 10 + 30, abs=11)
    assert "came within 3 NM of the shore: 2.8 NM off, 19.4 kn, course 180°" in said.text
    json.dumps(dict(said.evidence), allow_nan=False)
    assert said.evidence["shore_nm"] == pytest.approx(2.85, abs=0.1)
    out_s = 400 + (400 - 0.7 * NM_M / 10)
    assert over.time_s - T0 == pytest.approx(out_s + 60, abs=21)


def test_noise_at_the_limit_says_it_once():
    spied = Spied(distance_to_shore.RULE)
    spied.watch._memory.shore = StraightShore()
    noise = np.random.default_rng(0).normal(0, 100, 200)
    for s, off in enumerate([1852, *noise]):
        spied.play([picture(T0 + 10 * s, (0, 3 * NM_M - 150 + off, 0, -1), sigma=100.0)])
    assert [s.over for s in spied.says] in ([], [False])


def test_who_began_near_the_shore_has_not_come_and_stays_unsaid():
    assert goes(Spied(distance_to_shore.RULE), (2, 600), start_nm=2.5).says == []
    assert goes(Spied(distance_to_shore.RULE), (2, 600), start_nm=5).says == []


def test_the_parameter_counts():
    assert goes(Spied(distance_to_shore.RULE), (10, 150)).says == []
    assert (
        len(goes(Spied(distance_to_shore.RULE, within_nm=3.8), (10, 150), start_nm=4.2).begun) == 1
    )
