"""encounter-at-sea: within 500 m, under 2 kn, for ten minutes, away from ports."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.watch_motion import OTHER, Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "encounter-at-sea"


def lies(x: float, y: float = 0.0, seconds: int = 1000, knots: float = 0.3, **more) -> Craft:
    return Craft(way((seconds, knots, 90), at=(x, y)), **more)


def two(gap_m: float = 300.0, **more) -> tuple[Craft, Craft]:
    return lies(0), lies(gap_m, mmsi=OTHER, **more)


def test_two_vessels_that_lie_together_are_said_once_as_one_situation():
    says = said(RULE, *two(), every=5)
    assert summary(says) == [("warning", 600)]
    assert says[0].about == (1, 2)
    assert says[0].text.startswith(
        "SHIP 1 (MMSI 227000001, track 1) and SHIP 2 (MMSI 228000002, track 2) have been within "
        "500 m of each other for 10 min"
    )
    assert says[0].evidence["distance_m"] == pytest.approx(300, abs=1)
    assert says[0].evidence["other_mmsi"] == OTHER


def test_it_is_over_when_they_have_parted():
    leaves = Craft(way((800, 0.3, 90), (600, 9, 90), at=(300, 0)), mmsi=OTHER)
    says = said(RULE, lies(0, seconds=1400), leaves, every=5)
    assert summary(says) == [("warning", 600), ("over", 980)]
    assert says[1].about == (1, 2)


def test_it_is_over_when_the_other_track_ends():
    says = said(RULE, *two(), every=5, rename=lambda s: [2] if s >= 900 else [])
    assert summary(says) == [("warning", 600), ("over", 900)]
    says = said(RULE, *two(), every=5, rename=lambda s: [2] if s >= 500 else [])
    assert says == []


def test_a_small_craft_without_ais_beside_a_ship_counts_and_a_ships_own_echo_does_not():
    assert len(said(RULE, lies(0), dinghy(way((1000, 0.3, 90), at=(250, 0))), every=5)) == 1
    assert said(RULE, lies(0), dinghy(way((1000, 0.3, 90), at=(90, 0))), every=5) == []


@pytest.mark.parametrize(("ship_type", "word"), [(52, "a tug"), (50, "a pilot"), (30, "fishing")])
def test_a_tug_pilot_or_fishing_vessel_is_named_and_lowers_the_priority(ship_type, word):
    [say] = said(RULE, *two(ship_type=ship_type), every=5)
    assert say.priority == "caution"
    assert f"one is {word}" in say.text
    assert say.evidence["other_ship_type"] == ship_type


@pytest.mark.parametrize(
    "other",
    [
        lies(560, mmsi=OTHER),
        lies(300, mmsi=OTHER, knots=2.5),
        Craft(way((590, 0.3, 90), (410, 9, 90), at=(300, 0)), mmsi=OTHER),
        lies(300, mmsi=992_271_234),
        lies(300, mmsi=2_270_001),
        lies(300, mmsi=227_000_001),
        lies(300, mmsi=OTHER, silent=(30, 1000)),
        dinghy(way((1000, 0.1, 90), at=(300, 0)), columns={"p_fixed": 0.97}),
    ],
    ids=["560 m", "2.5 kn", "9 min 50 s", "buoy", "coast station", "one identity", "lost", "fixed"],
)
def test_a_near_miss_is_not_said(other):
    assert said(RULE, lies(0), other, every=5) == []


@pytest.mark.parametrize("kind", ["port-limits", "anchorage", "moorings"])
def test_where_vessels_lie_together_nothing_is_said(kind):
    around = [zone("haven", square(0, 0, 5000), kind, ())]
    assert said(RULE, *two(), every=5, zones=around) == []


def test_near_the_shore_nothing_is_said():
    assert said(RULE, *two(), every=5, shore_min_nm=12.0) == []


def test_a_crowd_is_a_harbour_that_no_zone_knows():
    crowd = [lies(40.0 * k, mmsi=227_000_001 + k) for k in range(9)]
    assert said(RULE, *crowd, every=10) == []


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=2, max_size=8))
def test_pairs_are_those_of_a_search_by_hand(cells):
    xy = np.array(cells, dtype=float) * 200.0
    fleet = [lies(x, y, 40, mmsi=227_000_001 + k) for k, (x, y) in enumerate(xy.tolist())]
    says = said(RULE, *fleet, every=10, hold_min=0.2, shore_min_nm=0.0)
    apart = np.hypot(*np.moveaxis(xy[:, None] - xy[None, :], 2, 0))
    near = (apart < 500) & ~np.eye(len(xy), dtype=bool)
    crowd = near.sum(axis=1) > 5
    expected = {
        (i + 1, j + 1) for i in range(len(xy)) for j in range(i + 1, len(xy))
        if near[i, j] and not crowd[i] and not crowd[j]
    }  # fmt: skip
    assert {s.about for s in says} == expected
