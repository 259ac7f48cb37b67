"""approach-to-shore: at the shore before long on the course held; ports and passers-by are not."""

import json

import numpy as np
import pytest

from coastwatch.geo.coast import LandMask
from coastwatch.geo.shore import Shore
from coastwatch.geo.units import NM_M
from coastwatch.model import Vessel
from coastwatch.watch import Heard
from coastwatch.watch.rules import approach_to_shore
from coastwatch.watch.rules.approach_to_shore import landfall_s
from tests.rule_says import Spied, StraightShore
from tests.watch_scene import PLANE, T0, picture, square, zone

MMSI = 227_000_001


def goes(spied, *legs, start=(0.0, 6000.0), heard=None, **columns):
    """Legs of (vx, vy, seconds) off a shore along y = 0."""
    spied.watch._memory.shore = StraightShore()
    (x, y), t = start, 0
    for vx, vy, seconds in legs:
        for _ in range(0, seconds, 10):
            tracks = picture(T0 + t, (x, y, vx, vy), **columns)
            spied.watch.step(tracks, heard(tracks.time_s) if heard else None)
            x, y, t = x + 10 * vx, y + 10 * vy, t + 10
    return spied


def ship(length_m):
    return lambda t: Heard(vessels=[Vessel(MMSI, t, length_m=length_m)])


def test_a_craft_without_identity_is_said_once_and_over_when_it_turns_away():
    spied = goes(Spied(approach_to_shore.RULE), (0, -5, 300), (5, 0, 300))
    (said,), (over,) = spied.begun, spied.over
    # 5,800 m at 5 m/s are 1,160 s: within 20 minutes from the start.
    assert (said.time_s, said.priority) == (T0 + 60, "caution")
    assert over.time_s == T0 + 300 + 120
    assert said.text == (
        "Track 1 (no identity) heads for the shore: there in 18 min, 3.0 NM on, if it holds its "
        "course; 9.7 kn, course 180°."
    )
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["eta_min"] == pytest.approx((6000 - 300 - 200) / 5 / 60, abs=0.5)


@pytest.mark.parametrize(
    "leg",
    [(5, 0, 600), (0, 5, 600), (0, -0.5, 600), (0, -3, 300), (8, -1, 300)],
    ids=["along", "away", "drifting", "too far off", "nearly along"],
)
def test_who_goes_along_away_or_slowly_is_not_said(leg):
    assert goes(Spied(approach_to_shore.RULE), leg).says == []


def test_less_than_a_minute_of_it_is_not_said():
    legs = [(0, -5, 50), (5, 0, 100)] * 3
    assert goes(Spied(approach_to_shore.RULE), *legs).says == []


def test_ships_from_open_water_are_said_where_wanted_ten_minutes_off_and_yachts_are_not():
    legs, named = [(0, -8, 600)], {"mmsi": MMSI, "p_small": 0.01}
    assert goes(Spied(approach_to_shore.RULE), *legs, heard=ship(120.0), **named).says == []
    spied = goes(Spied(approach_to_shore.RULE, ships=True), *legs, heard=ship(120.0), **named)
    assert spied.begun[0].time_s - T0 == pytest.approx((6000 - 200) / 8 - 600 + 60, abs=20)
    yacht = Spied(approach_to_shore.RULE, ships=True)
    assert goes(yacht, *legs, heard=ship(12.0), **named).says == []
    close = {"start": (0.0, 1500.0), "heard": ship(120.0)}
    near = Spied(approach_to_shore.RULE, ships=True)
    assert goes(near, (0, -4, 250), **close, **named).says == []
    everyone = Spied(approach_to_shore.RULE, everyone=True)
    assert len(goes(everyone, *legs, heard=ship(12.0), **named).begun) == 1


@pytest.mark.parametrize("kind", ["port-limits", "anchorage"])
def test_who_heads_for_a_haven_or_is_in_one_is_not_said(kind):
    ahead = zone("haven", square(0, 500, 800), kind, ())
    assert goes(Spied(approach_to_shore.RULE, [ahead]), (0, -5, 600)).says == []
    around = zone("haven", square(0, 5000, 4000), kind, ())
    assert goes(Spied(approach_to_shore.RULE, [around]), (0, -5, 300)).says == []
    aside = zone("haven", square(3000, 500, 800), kind, ())
    assert len(goes(Spied(approach_to_shore.RULE, [aside]), (0, -5, 300)).begun) == 1


def test_landfalls_are_those_of_the_coast_itself():
    """Courses from the middle of the strait, against the exact distance every ten seconds."""
    rng, n = np.random.default_rng(2), 60
    way = rng.uniform(0, 2 * np.pi, n)
    state = np.column_stack([rng.uniform(-8e3, 8e3, (n, 2)), 15 * np.sin(way), 15 * np.cos(way)])
    told = landfall_s(Shore(PLANE), state, 200.0, np.full(n, 1800.0))
    mask = LandMask((0.2, 50.2, 2.8, 51.8))
    t = np.arange(0, 1800, 10.0)
    for row in range(n):
        lon, lat = PLANE.to_lonlat(*(state[row, :2] + t[:, None] * state[row, 2:]).T)
        near = mask.contains(lon, lat) | (mask.distance_to_coast_m(lon, lat) < 200)
        if near.any() and t[near.argmax()] < 1700:
            assert told[row] == pytest.approx(t[near.argmax()], abs=40)
        elif not near.any():
            assert not told[row] < 1760
    assert np.isfinite(told).sum() > 10


def test_the_unknown_and_those_that_lie_still_reach_nothing():
    still = np.array([[0.0, 0, 0, 0], [np.nan, 0, 1, 1]])
    assert np.isinf(landfall_s(Shore(PLANE), still, 200.0, np.full(2, 1200.0))).all()
    along = np.array([[0.0, 3 * NM_M, 5, 0]])
    assert np.isinf(landfall_s(StraightShore(), along, 200.0, np.full(1, 1200.0))).all()
