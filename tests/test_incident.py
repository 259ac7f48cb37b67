"""Which calls are of one craft, and which track a craft may be, in probabilities that agree."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import NM_M
from coastwatch.incident import Call, Correlator, Evidence, Seen
from coastwatch.incident.ask import information
from coastwatch.incident.assumed import SOURCES, Assumed
from coastwatch.incident.evidence import members
from coastwatch.incident.partition import _beam, _exact, _near, blocks

PLANE = Plane((1.5, 51.0))
MIN = 60.0


def call(
    minute: float, east_m: float = math.nan, north_m: float = 0.0, n: float = math.nan, **said
):
    lon, lat = (math.nan, math.nan)
    if math.isfinite(east_m):
        lon, lat = map(float, PLANE.to_lonlat(east_m, north_m))
    usual = {"sigma_m": 185.2, "aboard_low": n, "aboard_high": n}
    return Call(minute * MIN, lon=lon, lat=lat, **(usual | said))


def correlate(calls, seen=None, links=()) -> Correlator:
    return Correlator(Evidence(calls, seen or Seen.none(len(calls)), PLANE), links)


def same(*calls, **more) -> float:
    return correlate(list(calls), **more).together((1 << len(calls)) - 1)


def seen(tracks, calls=1) -> Seen:
    """Tracks as (x, y, vx, vy, weight), the same at every call."""
    rows = np.array(tracks, float)
    xy = [np.tile(rows[:, k], (calls, 1)) for k in range(4)]
    var = np.full((calls, len(rows)), 30.0**2)
    return Seen(np.arange(len(rows)) + 10, rows[:, 4], *xy, var, np.full(calls, 0.6))


def test_two_calls_from_one_place_within_minutes_are_of_one_craft():
    assert same(call(0, 0, n=33), call(4, 300, n=30)) > 0.98


def test_two_calls_ten_miles_apart_within_minutes_are_of_two():
    assert same(call(0, 0), call(4, 10 * NM_M)) < 0.01


def test_the_nearer_in_place_the_likelier_one_craft():
    p = [same(call(0, 0), call(10, x)) for x in (0, 1000, 2000, 4000, 8000)]
    assert p == sorted(p, reverse=True)


def test_a_craft_may_have_drifted_there_in_an_hour_but_not_in_a_minute():
    assert same(call(0, 0), call(1, 4000)) < 0.2 < same(call(0, 0), call(60, 4000))


def test_a_told_course_carries_the_craft_to_where_it_calls_next():
    course = {"course_rad": math.pi / 2, "speed_mps": 2.0}
    ahead, behind = (same(call(0, 0, **course), call(60, x)) for x in (7000, -7000))
    assert ahead > 0.4 > 2 * behind


def test_numbers_that_differ_much_speak_for_two_craft_and_miscounts_do_not():
    alike, miscounted, different = (same(call(0, 0, n=33), call(10, 900, n=n)) for n in (33, 40, 5))
    assert alike > miscounted > 0.85
    assert different < 0.5


def test_one_phone_joins_what_place_alone_would_not_unless_it_is_a_relay():
    far = (call(0, 0), call(90, 9000))
    phone = [replace(c, caller="abc123") for c in far]
    relay = [replace(c, relayed=True) for c in phone]
    assert same(*phone) > 0.8 > same(*far)
    assert same(*relay) == pytest.approx(same(*far))


def test_different_phones_say_nothing_since_there_are_many_in_one_boat():
    a, b = call(0, 0), call(5, 500)
    assert same(replace(a, caller="a"), replace(b, caller="b")) == pytest.approx(same(a, b))


def test_a_call_that_says_nothing_stays_at_the_prior_and_is_never_joined():
    calls = [call(0, 0, n=30), call(3)]
    decision = correlate(calls).decide(1, {1: 0b1})
    assert decision.matches[0].probability == pytest.approx(1 / 4)
    assert decision.what == "doubtful"
    assert "position" in decision.ask[0].text


def test_a_wrong_digit_in_one_position_of_three_is_doubt_and_not_another_craft_for_sure():
    assert 0.05 < same(call(0, 0, n=33), call(5, 200, n=33), call(9, 4 * NM_M, n=33)) < 0.98


def test_a_persons_word_stands_over_any_probability():
    near, far = [call(0, 0), call(1, 10)], [call(0, 0), call(1, 20 * NM_M)]
    assert correlate(near, links=[(0, 1, False)]).together(0b11) == 0.0
    assert correlate(far, links=[(0, 1, True)]).together(0b11) == 1.0


def test_two_links_bind_three_calls_and_a_ban_in_their_midst_is_left_to_the_joiner():
    calls = [call(0, 0), call(1, 20 * NM_M), call(2, 40 * NM_M)]
    links = [(0, 1, True), (1, 2, True), (0, 2, False)]
    assert correlate(calls, links=links).together(0b111) == 1.0


def test_a_call_joins_the_incident_it_fits_and_says_why():
    calls = [call(0, 0, n=33), call(0, 8 * NM_M, n=60), call(5, 300, n=35)]
    decision = correlate(calls).decide(2, {1: 0b1, 2: 0b10})
    assert (decision.what, decision.incident) == ("joined", 1)
    first, second = decision.matches
    assert first.factors["place"] > 100 and first.factors["aboard"] > 1
    assert second.probability < 0.01
    assert first.distance_m == pytest.approx(300, abs=5)


def test_doubt_keeps_both_open_and_asks_what_would_tell_most():
    calls = [call(0, 0, n=15, words={"colour": "orange"}), call(20, 2500)]
    decision = correlate(calls).decide(1, {1: 0b1})
    assert (decision.what, decision.incident) == ("doubtful", 1)
    bits = [q.bits for q in decision.ask]
    assert bits == sorted(bits, reverse=True) and bits[0] > 0
    assert len(decision.ask) == 3


def test_a_call_never_joins_a_closed_incident_but_says_that_it_may_be_that_craft():
    calls = [call(0, 0, n=33), call(5, 100, n=33)]
    decision = correlate(calls).decide(1, {1: 0b1}, closed=[1])
    assert (decision.what, decision.incident) == ("doubtful", 1)
    assert decision.matches[0].closed and decision.matches[0].probability > 0.98


def test_an_incident_that_is_two_craft_takes_no_more():
    calls = [call(0, 0), call(1, 20 * NM_M), call(2, 50)]
    assert correlate(calls).decide(2, {1: 0b11}).what == "doubtful"


def test_candidates_sum_to_one_with_none_of_them_and_the_near_small_one_leads():
    tracks = [(100, 0, 1, 0, 0.8), (150, 0, 8, 0, 0.002), (9000, 0, 1, 0, 0.8)]
    found = correlate([call(0, 0)], seen(tracks)).candidates(0b1)
    assert sum(c.probability for c in found) == pytest.approx(1)
    assert found[0].track == 10 and found[0].probability > 0.8
    assert {c.track for c in found} == {-1, 10, 11, 12}
    assert found[0].distance_m == pytest.approx(100, abs=1)


def test_far_from_every_track_the_craft_is_one_that_no_sensor_holds():
    found = correlate([call(0, 0)], seen([(30_000, 0, 1, 0, 0.9)])).candidates(0b1)
    assert found[0].track == -1 and found[0].probability > 0.99


def test_an_engine_that_stopped_is_less_the_track_that_runs():
    tracks = [(100, 0, 6.0, 0, 0.5), (-100, 0, 0.3, 0, 0.5)]
    found = correlate([call(0, 0, engine="stopped")], seen(tracks)).candidates(0b1)
    p = {c.track: c.probability for c in found}
    assert p[11] > 5 * p[10]


def test_a_track_that_passes_through_both_calls_joins_them():
    calls = [call(0, 0), call(60, 6 * NM_M)]
    x = np.array([[0.0], [6 * NM_M]])
    run = Seen(np.array([7]), np.array([0.8]), x, np.zeros((2, 1)), np.full((2, 1), 3.1),
               np.zeros((2, 1)), np.full((2, 1), 900.0), np.full(2, 0.6))  # fmt: skip
    assert same(*calls, seen=run) > 2 * same(*calls)


def test_two_calls_on_one_track_are_one_craft_since_no_two_share_it():
    track = seen([(0, 0, 1.0, 0, 0.9)], calls=2)
    calls = [call(0, 0), call(2, 100)]
    assert same(*calls, seen=track) > 0.85
    parted = correlate(calls, track, [(0, 1, False)])
    shares = [parted.candidates(1 << i)[0] for i in (0, 1)]
    both = sum(c.probability for i in (0, 1) for c in parted.candidates(1 << i) if c.track == 10)
    assert both < 1 + 1e-9 and {c.track for c in shares} == {10, -1}


def test_two_calls_on_two_tracks_are_two_craft():
    tracks = seen([(0, 0, 1.0, 0, 0.9), (3000, 0, 1.0, 0, 0.9)], calls=2)
    calls = [call(0, 0), call(8, 3000)]
    assert same(*calls, seen=tracks) < same(*calls) / 2


def test_a_track_that_was_not_there_then_is_no_candidate_for_that_call():
    one = seen([(0, 0, 0, 0, 0.9)])
    gone = replace(one, x_m=one.x_m * np.nan, y_m=one.y_m * np.nan, var_m2=one.var_m2 * np.nan)
    p = {c.track: c.probability for c in correlate([call(0, 0)], gone).candidates(1)}
    assert p == {-1: pytest.approx(1), 10: 0}


CALLS = st.lists(
    st.builds(
        call,
        st.floats(0, 300),
        st.just(math.nan) | st.floats(-20_000, 20_000),
        st.floats(-20_000, 20_000),
        st.just(math.nan) | st.integers(1, 90).map(float),
        caller=st.sampled_from(["", "", "aa", "bb"]),
        engine=st.sampled_from(["", "stopped"]),
        words=st.dictionaries(st.just("colour"), st.sampled_from(["black", "white"])),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda c: c.digest(),
)


@settings(max_examples=40, deadline=None)
@given(CALLS)
def test_each_call_is_in_exactly_one_craft(calls):
    found = correlate(calls).blocks
    for i in range(len(calls)):
        assert sum(p for mask, p in found.items() if mask >> i & 1) == pytest.approx(1, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(CALLS, st.randoms(use_true_random=False))
def test_the_order_in_which_calls_come_in_changes_no_probability(calls, rng):
    order = list(range(len(calls)))
    rng.shuffle(order)
    one, other = correlate(calls), correlate([calls[i] for i in order])
    for a, b in combinations(range(len(calls)), 2):
        there = 1 << order.index(a) | 1 << order.index(b)
        assert other.together(there) == pytest.approx(one.together(1 << a | 1 << b), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(CALLS)
def test_a_call_from_far_away_changes_nothing_between_the_others(calls):
    far = call(150, 400_000, n=33)
    one, other = correlate(calls), correlate([*calls, far])
    placed = [i for i, c in enumerate(calls) if c.placed]
    if len(placed) < len(calls):  # a call without a place may be of the far craft
        return
    for a, b in combinations(range(len(calls)), 2):
        mask = 1 << a | 1 << b
        assert other.together(mask) == pytest.approx(one.together(mask), abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(CALLS)
def test_the_sum_over_subsets_is_the_sum_over_all_partitions(calls):
    e = Evidence(calls, Seen.none(len(calls)), PLANE)
    logs, pair = [], {}
    for partition in partitions(list(range(len(calls)))):
        masks = [sum(1 << i for i in block) for block in partition]
        logs.append(sum(map(e.log_weight, masks)))
        for mask in masks:
            pair.setdefault(mask, []).append(logs[-1])
    found = _exact([1 << i for i in range(len(calls))], gain_of(e))
    for mask, some in pair.items():
        assert found[mask] == pytest.approx(math.exp(logsumexp(some) - logsumexp(logs)), abs=1e-9)


def test_the_beam_agrees_with_the_exact_sum_where_both_can_be_had():
    rng = np.random.default_rng(5)
    middles = rng.normal(0, 5000, (3, 2))
    calls = [call(9 * i, *(middles[i % 3] + rng.normal(0, 600, 2)), n=30.0 + i) for i in range(9)]
    e = Evidence(calls, Seen.none(9), PLANE)
    units = [1 << i for i in range(9)]
    exact, beam = _exact(units, gain_of(e)), _beam(units, gain_of(e), _near(units, gain_of(e)))
    assert max(exact.values()) < 0.999
    assert max(abs(exact[m] - beam.get(m, 0.0)) for m in exact) < 0.02


def test_twenty_five_calls_are_told_apart_in_seconds():
    rng = np.random.default_rng(6)
    middles = rng.normal(0, 9000, (5, 2))
    calls = [call(4 * i, *(middles[i % 5] + rng.normal(0, 300, 2))) for i in range(25)]
    c = correlate(calls)
    for a, b in combinations(range(25), 2):
        assert (c.together(1 << a | 1 << b) > 0.5) == (a % 5 == b % 5)


def test_evidence_of_one_place_is_flat_and_of_two_the_textbook_gaussian():
    a = Assumed()
    e = Evidence([call(0, 0, clock_s=0.0), call(10, 1000, clock_s=0.0)], Seen.none(2), PLANE)
    assert e.parts(0b1)["place"] == pytest.approx(-math.log(a.area_m2))
    tau, t = a.speed_lasts_s, 600.0
    way = 2 * (a.speed_mps * tau) ** 2 * (t / tau - 1 + math.exp(-t / tau))
    var = way + 2 * 185.2**2
    wrong = var + a.wrong_m**2
    density = [-math.log(2 * math.pi * v) - 1000**2 / (2 * v) for v in (var, wrong)]
    g = a.place_wrong
    expected = np.logaddexp(
        density[0] + 2 * math.log(1 - g), density[1] + math.log(2 * g * (1 - g))
    )
    assert e.parts(0b11)["place"] == pytest.approx(expected - math.log(a.area_m2), abs=1e-3)


def test_a_craft_is_predicted_where_it_was_with_growing_doubt_and_along_its_told_course():
    moving = call(0, 0, course_rad=math.pi / 2, speed_mps=3.0)
    e = Evidence([moving, call(0, 0)], Seen.none(2), PLANE)
    (east, north), later = e.predicted([0], 1800.0)
    _, now = e.predicted([0], 0.0)
    (still, _), _ = e.predicted([1], 1800.0)
    assert 1500 < east < 3.0 * 1800 and abs(north) < 200
    assert later > now
    assert still == pytest.approx(0, abs=1)
    assert e.predicted([], 0.0) is None


def test_an_answer_that_is_alike_either_way_tells_nothing_and_a_clear_one_all():
    here, there = np.zeros(2), np.array([1e5, 0.0])
    assert information(0.5, (here, 1.0), (here, 1.0)) == pytest.approx(0, abs=1e-9)
    assert information(0.5, (here, 1.0), (there, 1.0)) == pytest.approx(1, abs=1e-6)
    assert information(0.0, (here, 1.0), (there, 1.0)) == 0


def test_every_assumption_has_its_source():
    assert set(SOURCES) == set(Assumed.__slots__)


def test_units_that_persons_joined_are_never_divided():
    found = blocks([0b011, 0b100], lambda mask: 0.0, lambda mask: False)
    assert set(found) == {0b011, 0b100, 0b111}
    assert members(0b101) == [0, 2]


def gain_of(e: Evidence):
    return lambda mask, parts: e.log_weight(mask) - sum(map(e.log_weight, parts))


def partitions(items):
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in partitions(rest):
        yield [[first], *smaller]
        for k, block in enumerate(smaller):
            yield [*smaller[:k], [first, *block], *smaller[k + 1 :]]


def test_a_flood_of_calls_does_not_grow_without_bound():
    """Of 100 calls that may all be of one craft, few enough sets are weighed to answer at once."""
    asked = 0

    def weight(mask):
        nonlocal asked
        asked += 1
        return 0.2 * mask.bit_count() + np.random.default_rng(mask % 2**63).normal(0, 0.3)

    found = blocks([1 << k for k in range(100)], weight, lambda _: False)
    assert asked < 80_000  # 36,000 measured; with as many partitions as for 20 calls 117,000
    for call in range(100):
        assert sum(p for mask, p in found.items() if mask >> call & 1) == pytest.approx(1.0)
