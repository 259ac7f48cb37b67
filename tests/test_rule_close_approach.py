"""close-approach: a small craft and a ship on courses that meet; the closed form, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.watch.approach import passes
from tests.watch_motion import Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "close-approach"
MEET_S = 1502
LARGE = {"p_small": 0.02, "p_unregistered": 0.01, "length_m": 180.0}


def ship(offset_m: float = 0.0, knots: float = 12.0, seconds: int = 1600, **more) -> Craft:
    """A ship eastward, which crosses the dinghy's way at MEET_S, ``offset_m`` beyond it."""
    speed = knots * KNOT_MPS
    start = (-speed * MEET_S, 3 * KNOT_MPS * MEET_S + offset_m)
    more = {"columns": LARGE} | more
    return Craft(way((seconds, knots, 90), at=start), **more)


def boat(seconds: int = 1600, **more) -> Craft:
    return dinghy(way((seconds, 3, 0)), **more)


def test_a_dinghy_before_a_ship_is_a_warning_then_an_alarm_and_over_when_past():
    says = said(RULE, boat(), ship(), every=5)
    assert summary(says) == [("warning", 325), ("alarm", 1145), ("over", 1590)]
    assert {s.about for s in says} == {(1, 2)}
    assert says[0].text.startswith(
        "Small craft without AIS (track 1) and SHIP 1 (MMSI 227000001, track 2) pass within "
        "0.00 NM in 20 min if both hold their course"
    )
    assert says[0].evidence["tcpa_min"] == pytest.approx(19.6, abs=0.1)
    assert says[0].evidence["ship_mmsi"] == 227_000_001
    assert 0.8 < says[0].evidence["probability"] < says[1].evidence["probability"]


def test_a_small_yacht_with_class_b_is_a_caution_as_the_ship_sees_it():
    small = {"p_small": 0.95, "length_m": 9.0}
    yacht = Craft(way((1600, 3, 0)), mmsi=228_000_002, nav_status=-1, heading_deg=math.nan,
                  length_m=9.0, ship_type=36, columns=small)  # fmt: skip
    says = said(RULE, yacht, ship(), every=5)
    assert summary(says) == [("caution", 325), ("over", 1590)]
    assert says[0].text.startswith("SHIP 2 (MMSI 228000002, track 1) and SHIP 1")


def test_a_yacht_that_tells_a_length_of_14_m_is_small_though_its_track_is_not_sure():
    columns = {"p_small": 0.57, "length_m": 14.0}
    yacht = Craft(way((1600, 3, 0)), mmsi=228_000_002, nav_status=-1, heading_deg=math.nan,
                  length_m=14.0, ship_type=36, columns=columns)  # fmt: skip
    assert summary(said(RULE, yacht, ship(), every=5))[0] == ("caution", 325)


@pytest.mark.parametrize(
    ("craft", "other"),
    [
        (boat(), ship(offset_m=1600.0)),
        (boat(), ship(knots=2.5)),
        (boat(), ship(columns=LARGE | {"p_small": 0.95, "length_m": 9.0})),
        (boat(), ship(mmsi=992_271_234)),
        (boat(columns={"p_fixed": 0.9}), ship()),
        (boat(columns={"existence": 0.5}), ship()),
        (boat(columns={"p_small": 0.3}), ship()),
        (boat(seconds=290), ship(seconds=290)),
        (dinghy(way((1600, 3, 180))), ship()),
    ],
    ids=["0.8 NM off", "slow ship", "two small", "buoy", "fixed", "doubtful", "not small",
         "in 20 min 10 s", "away"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft, other):
    assert said(RULE, craft, other, every=5) == []


def test_tracks_that_are_vaguely_known_wait_until_they_are_better_known():
    # 388 m apart at the closest, 168 m within the limit; 1 sigma is 0.283 m/s times the time left,
    # so that a probability of 0.75 (0.674 sigma) is reached 880 s before.
    soon = summary(said(RULE, boat(), ship(offset_m=400.0), every=5))
    assert soon[0] == ("warning", pytest.approx(325, abs=20))
    late = summary(said(RULE, boat(), ship(offset_m=400.0), every=5, p_min=0.75))
    assert late[0] == ("warning", pytest.approx(MEET_S - 880 + 25, abs=30))
    # 0.42 NM apart: likelier beyond the limit, and the surer the nearer.
    assert said(RULE, boat(), ship(offset_m=800.0), every=5) == []


def test_a_ship_that_turns_away_ends_it_and_a_pair_says_nothing_twice():
    speed = 12 * KNOT_MPS
    start = (-speed * MEET_S, 3 * KNOT_MPS * MEET_S)
    turns = Craft(way((700, 12, 90), (900, 12, 330), at=start), columns=LARGE)
    assert summary(said(RULE, boat(), turns, every=5)) == [("warning", 325), ("over", 785)]


def test_in_port_limits_nothing_is_said():
    port = zone("port", square(0, 0, 20_000), "port-limits", ())
    assert said(RULE, boat(), ship(), every=5, zones=[port]) == []


def test_where_they_would_meet_near_the_shore_nothing_is_said():
    # The test's sea is some 8 NM off.
    assert said(RULE, boat(), ship(), every=5, shore_min_nm=12.0) == []


def test_the_end_of_the_ship_is_the_end_of_it():
    says = said(RULE, boat(), ship(), every=5, rename=lambda s: [2] if s >= 600 else [])
    assert summary(says) == [("warning", 325), ("over", 685)]


def by_hand(state, cov, small, ships, limit_m, horizon_s, closing_mps, p_min):
    """The same by looking at every pair, and along its way second by second."""
    found = {}
    for i in small:
        for j in ships:
            r, v = state[i, :2] - state[j, :2], state[i, 2:] - state[j, 2:]
            if i == j or np.hypot(*v) < closing_mps:
                continue
            t = np.arange(0.0, horizon_s + 0.05, 0.1)
            apart = np.hypot(r[0] + v[0] * t, r[1] + v[1] * t)
            k = int(np.argmin(apart))
            if k in (0, len(t) - 1):
                continue
            across = np.array([-v[1], v[0]]) / np.hypot(*v)
            ahead = np.hstack([np.eye(2), t[k] * np.eye(2)])
            sigma = math.sqrt(across @ (ahead @ (cov[i] + cov[j]) @ ahead.T) @ across)
            m, cdf = float(r @ across), lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2)))
            p = cdf((limit_m - m) / sigma) - cdf((-limit_m - m) / sigma)
            if p >= p_min:
                found[i, j] = (apart[k], t[k], sigma, p)
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_closed_form_agrees_with_a_search_by_hand(seed):
    random = np.random.default_rng(seed)
    n = 14
    state = np.column_stack([random.uniform(-6000, 6000, (n, 2)), random.uniform(-8, 8, (n, 2))])
    root = random.normal(0, 1, (n, 4, 4)) * np.array([20, 20, 0.2, 0.2])[:, None]
    cov = root @ np.swapaxes(root, 1, 2)
    small, ships = np.arange(7), np.arange(7, n)
    told = (0.3 * NM_M, 1200.0, 0.5, 0.3)
    found = passes(state, cov, small, ships, *told)
    hand = by_hand(state, cov, small.tolist(), ships.tolist(), *told)
    pairs = list(zip(found.small.tolist(), found.ship.tolist(), strict=True))
    # What closes within a tenth of a second of now or of the horizon may be either.
    edge = {p for p, t in zip(pairs, found.tcpa_s, strict=True) if t < 0.2 or t > 1199.8}
    assert set(pairs) - edge == set(hand) - edge
    for k, pair in enumerate(pairs):
        if pair in hand and pair not in edge:
            cpa, t, sigma, p = hand[pair]
            assert found.cpa_m[k] == pytest.approx(cpa, abs=1.0)
            assert found.tcpa_s[k] == pytest.approx(t, abs=0.11)
            assert found.sigma_m[k] == pytest.approx(sigma, rel=1e-2)
            assert found.p[k] == pytest.approx(p, abs=1e-2)


def test_the_probability_is_that_of_ships_drawn_from_what_is_known():
    random = np.random.default_rng(3)
    state = np.array([[0.0, 0, 0, 1.5], [-6000.0, 1300, 6, 0]])
    cov = np.stack([np.diag([400.0, 400, 0.04, 0.04]), np.diag([100.0, 100, 0.02, 0.02])])
    found = passes(state, cov, np.array([0]), np.array([1]), 0.3 * NM_M, 1200.0, 0.5, 0.0)
    drawn = [random.multivariate_normal(state[k], cov[k], 40_000) for k in (0, 1)]
    r, v = np.split(drawn[0] - drawn[1], 2, axis=1)
    miss = np.abs(r[:, 0] * v[:, 1] - r[:, 1] * v[:, 0]) / np.hypot(*v.T)
    assert found.p[0] == pytest.approx((miss < 0.3 * NM_M).mean(), abs=0.01)


def test_of_too_many_pairs_the_soonest_are_kept():
    state = np.array([[0.0, 0, 0, 0], *([-600.0 * k, 0, 6, 0] for k in range(1, 9))])
    cov = np.tile(np.diag([25.0, 25, 1e-4, 1e-4]), (9, 1, 1))
    found = passes(state, cov, np.array([0]), np.arange(1, 9), 500.0, 1200.0, 0.5, 0.3)
    assert found.ship.tolist() == list(range(1, 9))
    assert found.soonest(3).ship.tolist() == [1, 2, 3]
