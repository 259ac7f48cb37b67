"""high-speed-near-coast: over 25 kn within a mile of the shore, for half a minute."""

import json

import pytest

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Vessel
from coastwatch.watch import Heard
from coastwatch.watch.rules import high_speed_near_coast
from tests.rule_says import Spied, StraightShore
from tests.watch_scene import T0, picture

MMSI = 227_000_001


def goes(spied, *legs, off_m=1000, heard=None, cov=0.04, **columns):
    """Legs of (knots, seconds) along a shore."""
    spied.watch._memory.shore = StraightShore()
    x, t = 0.0, 0
    for kn, seconds in legs:
        for _ in range(0, seconds, 5):
            tracks = picture(T0 + t, (x, off_m, kn * KNOT_MPS, 0), **columns)
            tracks.cov[:, 2, 2] = cov
            spied.watch.step(tracks, heard(tracks.time_s) if heard else None)
            x, t = x + 5 * kn * KNOT_MPS, t + 5
    return spied


def test_it_is_a_warning_once_after_half_a_minute_and_over_a_minute_after_it_slowed():
    spied = goes(Spied(high_speed_near_coast.RULE), (30, 100), (23.5, 100), (10, 100))
    (said,), (over,) = spied.begun, spied.over
    assert (said.time_s, said.priority) == (T0 + 30, "warning")
    assert over.time_s == T0 + 260
    assert said.text == (
        "Track 1 (no identity) is fast near the coast: 30.0 kn, course 090°, 0.5 NM from the shore."
    )
    evidence = json.loads(json.dumps(dict(said.evidence), allow_nan=False))
    assert evidence["probability"] > 0.99
    assert evidence["shore_nm"] == pytest.approx(0.54, abs=0.01)


@pytest.mark.parametrize(
    ("legs", "more"),
    [
        ([(24.5, 300)], {}),
        ([(30, 300)], {"off_m": 2000}),
        ([(30, 25), (20, 100), (30, 25)], {}),
        ([(27, 300)], {"cov": 4.0}),
        ([(120, 100)], {"mmsi": 111_227_001}),
    ],
    ids=["slower", "farther", "too short", "speed hardly known", "rescue aircraft"],
)
def test_the_near_misses_are_not_said(legs, more):
    assert goes(Spied(high_speed_near_coast.RULE), *legs, **more).says == []


@pytest.mark.parametrize(
    ("kind", "priorities"),
    [(40, []), (69, []), (37, ["warning"]), (51, []), (55, []), (50, [])],
)
def test_ferries_and_officials_are_not_said(kind, priorities):
    heard = lambda t: Heard(vessels=[Vessel(MMSI, t, ship_type=kind)])  # noqa: E731
    spied = goes(Spied(high_speed_near_coast.RULE), (30, 100), (5, 100), heard=heard, mmsi=MMSI)
    assert [s.priority for s in spied.begun] == priorities
    assert len(spied.over) == len(priorities)


@pytest.mark.parametrize(
    ("kind", "wanted", "priority"), [(55, "official", "warning"), (40, "ferries", "caution")]
)
def test_they_are_said_where_a_site_wants_it(kind, wanted, priority):
    heard = lambda t: Heard(vessels=[Vessel(MMSI, t, ship_type=kind)])  # noqa: E731
    spied = Spied(high_speed_near_coast.RULE, **{wanted: True})
    assert [s.priority for s in goes(spied, (30, 100), heard=heard, mmsi=MMSI).begun] == [priority]


def test_of_a_vessel_with_an_identity_the_type_is_waited_for():
    spied = goes(Spied(high_speed_near_coast.RULE), (30, 600), mmsi=MMSI)
    assert [(s.time_s, s.priority) for s in spied.begun] == [(T0 + 390, "caution")]


def test_a_track_that_nobody_has_seen_for_minutes_is_not_said():
    assert not goes(Spied(high_speed_near_coast.RULE), (30, 200), sigma=900.0).begun
