"""distance-to-area: said at each nearer band, over beyond the widest one."""

import json

import pytest

from coastwatch.geo.units import NM_M
from coastwatch.model import Crossing
from coastwatch.watch.rules import distance_to_area
from tests.rule_says import Spied
from tests.watch_scene import T0, picture, square, zone

AREA = zone("area", square(0, 0, 500), rules=("distance-to-area",), bands_nm=[3, 1])


class Told:
    """The rule, told crossings at set times."""

    def __init__(self, spied, crossings):
        self.inner, self.crossings = spied.step, crossings

    def __call__(self, scene):
        scene.crossings = [
            Crossing(scene.time_s, 1, -1, "area", what, 0.0, 0.0)
            for s, what in self.crossings
            if T0 + s == scene.time_s
        ]
        return self.inner(scene)


def spied_with(*crossings, zones=(AREA,)):
    spied = Spied(distance_to_area.RULE, zones)
    spied.step = Told(spied, crossings)
    for s in range(60):
        spied.play([picture(T0 + s, (500 + 2.5 * NM_M - 5 * s, 0, -5, 0))])
    return spied


def test_each_nearer_band_is_said_and_joins_and_beyond_the_widest_it_is_over():
    spied = spied_with(
        (5, "within-3-nm"), (10, "within-1-nm"), (20, "beyond-1-nm"), (25, "within-1-nm"),
        (30, "beyond-1-nm"), (40, "beyond-3-nm"),
    )  # fmt: skip
    told = [(s.time_s - T0, s.over, s.evidence.get("band_nm")) for s in spied.says]
    assert told == [(5, False, 3), (10, False, 1), (40, True, None)]
    assert len({s.about for s in spied.says}) == 1
    assert "came within 3 NM of area: 2.5 NM off, 9.7 kn, course 270°" in spied.says[0].text
    evidence = json.loads(json.dumps(dict(spied.says[0].evidence), allow_nan=False))
    assert evidence["distance_nm"] == pytest.approx(2.5, abs=0.02)


def test_who_began_within_the_widest_band_is_over_beyond_the_band_that_was_said():
    spied = spied_with((5, "within-1-nm"), (20, "beyond-1-nm"))
    assert [s.over for s in spied.says] == [False, True]


def test_other_crossings_and_zones_that_do_not_ask_say_nothing():
    assert spied_with((5, "entry"), (9, "beyond-3-nm")).says == []
    quiet = zone("area", square(0, 0, 500), rules=(), bands_nm=[3])
    assert spied_with((5, "within-3-nm"), zones=(quiet,)).says == []


def test_a_track_that_comes_and_goes_is_said_at_each_band_and_over():
    """By the crossings of the watch itself."""
    spied, far, v = Spied(distance_to_area.RULE, [AREA]), 500 + 3.6 * NM_M, 20.0
    out = [far + v * s for s in range(-320, 1, 10)]
    for k, x in enumerate([*out[::-1], *out]):
        way = -v if k < len(out) else v
        spied.play([picture(T0 + 10 * k, (x, 0, way, 0))])
    assert [(s.over, s.evidence.get("band_nm")) for s in spied.says] == [
        (False, 3), (False, 1), (True, None),
    ]  # fmt: skip
    assert spied.begun[0].evidence["distance_nm"] == pytest.approx(3, abs=0.15)
    assert spied.begun[0].evidence["probability"] > 0.5
