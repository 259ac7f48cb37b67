"""AIS reception learned from vessels that carry it, and what silence says of those that do not."""

import json
from dataclasses import fields

import numpy as np
import pytest

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Detections
from coastwatch.track.hearing import (
    Grade,
    Hearing,
    grade,
    interval_s,
    p_unregistered,
    silence,
)

PRIOR = 0.3
STATION = np.array([[0.0, 0.0]])
HERE = np.array([[3_000.0, 3_000.0]])


class Air:
    """Vessels with AIS about a station, what of it is received, and what is learned from that."""

    def __init__(self, n, loss, seed=1, stations=STATION, reach_m=30_000.0):
        self.random = np.random.default_rng(seed)
        angle = self.random.uniform(0, 2 * np.pi, n)
        range_m = reach_m * np.sqrt(self.random.random(n))
        self.xy = np.column_stack([range_m * np.sin(angle), range_m * np.cos(angle)])
        self.interval_s = np.where(self.random.random(n) < 0.5, 10.0, 30.0)
        self.next_s = self.random.random(n) * self.interval_s
        self.loss = loss
        self.hearing = Hearing(stations)
        self.time_s, self.known = 0.0, np.ones(n, dtype=bool)

    def run(self, seconds, loss=None, dt_s=1.0):
        """So many seconds of learning; ``loss`` gives the share lost at each place.

        Vessels that are not known become so by their first report that is received.
        """
        loss = self.loss if loss is None else loss
        for _ in range(int(seconds / dt_s)):
            self.time_s += dt_s
            reports = np.zeros(len(self.xy), dtype=np.int64)
            while (sent := self.next_s <= self.time_s).any():
                reports += sent & (self.random.random(len(self.xy)) >= loss(self.xy))
                jitter = self.random.uniform(0.9, 1.1, len(self.xy))
                self.next_s += np.where(sent, self.interval_s * jitter, 0.0)
            self.hearing.learn(dt_s, self.xy, self.interval_s, self.known, reports)
            self.known = self.known | (reports > 0)

    def share(self, xy=HERE):
        return self.hearing.share(np.asarray(xy, dtype=float))


def lost(share):
    return lambda xy: np.full(len(xy), share)


def quiet(share, seconds, speed_mps=6.0):
    """p_unregistered of one craft that was silent for so long at one share of reception."""
    state = silence(
        np.zeros((1, 4)), np.array([speed_mps]), np.zeros(1, bool), np.array([share]), seconds
    )
    return float(p_unregistered(state, PRIOR)[0])


@pytest.mark.parametrize(
    ("of", "knots", "turning", "expected"),
    [
        (Grade.A, 0, False, 10), (Grade.A, 13.9, False, 10), (Grade.A, 13.9, True, 10 / 3),
        (Grade.A, 14.1, False, 6), (Grade.A, 14.1, True, 2), (Grade.A, 24, False, 2),
        (Grade.A_STILL, 1, False, 180), (Grade.A_STILL, 4, False, 10),
        (Grade.B, 1, False, 180), (Grade.B, 6, True, 30), (Grade.B, 30, False, 30),
        (Grade.UNKNOWN, 6, False, np.inf),
    ],
)  # fmt: skip
def test_intervals_are_those_of_the_recommendation(of, knots, turning, expected):
    found = interval_s(np.array([int(of)]), np.array([knots * KNOT_MPS]), np.array([turning]))
    assert found == pytest.approx([expected])


def test_a_report_tells_the_grade_of_its_set():
    d = Detections.of(nav_status=[0, 1, 5, -1, -1], heading_rad=[np.nan, 1.0, 1.0, 1.0, np.nan])
    assert grade(d).tolist() == [Grade.A, Grade.A_STILL, Grade.A_STILL, Grade.A, Grade.B]


def reliability(p, truth, bins=10):
    """Mean probability and share of truth in each bin that is filled well."""
    of = np.clip((p * bins).astype(int), 0, bins - 1)
    filled = [of == b for b in range(bins) if (of == b).sum() >= 400]
    return np.array([(p[b].mean(), truth[b].mean()) for b in filled])


def never_heard_until(random, share, interval, seconds):
    """Which of the sets that report at their intervals are unheard for so long."""
    first = np.full(len(interval), np.inf)
    at = random.random(len(interval)) * interval
    while (at < seconds).any():
        first = np.where((random.random(len(interval)) < share) & np.isinf(first), at, first)
        at = at + interval * random.uniform(0.9, 1.1, len(interval))
    return first > seconds


def fleet(random, n):
    """Craft without AIS, and the sets of the others: grade and speed."""
    without, is_a = random.random(n) < PRIOR, random.random(n) < 0.5
    speed = random.uniform(0.2, 14.0, n)
    a = np.where(speed <= 3 * KNOT_MPS, int(Grade.A_STILL), int(Grade.A))
    return without, speed, np.where(is_a, a, int(Grade.B))


def believed(random, n, seconds, sent_share, learned_share):
    """Of those silent so far: what we believe, and whether they carry none."""
    without, speed, sets = fleet(random, n)
    straight = np.zeros(n, dtype=bool)
    unheard = never_heard_until(random, sent_share, interval_s(sets, speed, straight), seconds)
    p = p_unregistered(silence(np.zeros((n, 4)), speed, straight, learned_share, seconds), PRIOR)
    left = without | unheard
    return p[left], without[left]


def test_probabilities_come_true_among_ten_thousand_craft():
    random, found = np.random.default_rng(7), []
    for seconds in (20.0, 45.0, 60.0, 120.0, 400.0):
        share = random.uniform(0.2, 0.95, 10_000)
        p, truth = believed(random, 10_000, seconds, share, share)
        assert p.mean() == pytest.approx(truth.mean(), abs=0.015)
        found.append((p, truth))
    bins = reliability(*np.concatenate(found, axis=1))
    assert len(bins) == 7
    assert np.abs(bins[:, 0] - bins[:, 1]).max() < 0.03


def test_probabilities_come_true_by_shares_that_were_learned():
    random = np.random.default_rng(8)
    air = Air(150, lambda xy: 0.1 + 0.7 * np.minimum(np.hypot(*xy.T) / 30_000, 1.0))
    air.run(600)
    xy = random.uniform(-20_000, 20_000, (10_000, 2))
    sent, learned = 1.0 - air.loss(xy), air.share(xy)
    found = [believed(random, len(xy), s, sent, learned) for s in (20.0, 60.0, 120.0)]
    bins = reliability(*np.concatenate(found, axis=1))
    assert len(bins) >= 6
    assert np.abs(bins[:, 0] - bins[:, 1]).max() < 0.05


def test_steps_add_up_to_the_same_as_one():
    speed, turning, share = (
        np.array([1.0, 4.0, 9.0]),
        np.array([False, True, False]),
        np.full(3, 0.7),
    )
    whole = silence(np.zeros((3, 4)), speed, turning, share, 95.0)
    state = np.zeros((3, 4))
    for _ in range(95):
        state = silence(state, speed, turning, share, 1.0)
    np.testing.assert_allclose(state, whole)


def test_what_may_be_moored_takes_longer_to_believe():
    assert quiet(0.9, 90.0) > 0.98
    assert quiet(0.9, 90.0, speed_mps=0.3) < 0.55
    assert quiet(0.9, 900.0, speed_mps=0.3) > 0.98


def test_without_reception_time_says_nothing():
    assert quiet(0.0, 1e6) == pytest.approx(PRIOR)


def test_silence_never_makes_certain():
    assert 0.99 < quiet(0.95, 1e6) < 0.999


def test_where_nothing_was_ever_heard_nothing_is_covered():
    assert Hearing(STATION).share(HERE).tolist() == [0.0]
    air = Air(20, lost(1.0))
    air.run(300)
    assert air.share().tolist() == [0.0]


@pytest.mark.parametrize("loss", [0.1, 0.4, 0.7])
def test_the_share_that_is_received_is_learned(loss):
    air = Air(60, lost(loss))
    air.run(600)
    shares = air.share(air.xy)
    assert shares.mean() == pytest.approx(1.0 - loss, abs=0.06)
    assert np.abs(shares - (1.0 - loss)).mean() < 0.12


def test_vessels_that_are_found_by_being_heard_do_not_flatter_the_share():
    air = Air(60, lost(0.9))
    air.known[:] = False
    for _ in range(10):
        air.run(30)
        assert air.share(air.xy).mean() < 0.15


def test_reception_that_fades_with_range_is_learned_by_range():
    air = Air(80, lambda xy: np.where(np.hypot(*xy.T) < 15_000, 0.1, 0.9))
    air.run(900)
    near, far = air.share([[0.0, 9_000.0], [0.0, 24_000.0]])
    assert near > 0.75 and far < 0.3


def test_who_is_heard_far_out_proves_what_lies_nearer_but_nothing_beyond():
    air = Air(10, lost(0.1))
    angle = np.linspace(0, 6, 10)
    air.xy = 22_000.0 * np.column_stack([np.sin(angle), np.cos(angle)])
    air.run(300)
    near, beyond = air.share([[4_000.0, 0.0], [60_000.0, 0.0]])
    assert near > 0.7 and beyond == 0.0


def test_a_cell_of_its_own_is_not_what_its_ring_is():
    def shadow(xy):
        return np.where(xy[:, 0] > 0, 1.0, 0.1)

    air = Air(120, shadow)
    air.run(900)
    east = air.xy[(air.xy[:, 0] > 4_000)]
    west = air.xy[(air.xy[:, 0] < -4_000)]
    assert air.share(east).mean() < 0.3 < 0.75 < air.share(west).mean()


def test_an_outage_makes_nobody_unregistered_and_its_end_is_seen_at_once():
    air = Air(25, lost(0.15))
    air.run(600)
    newcomers, straight = np.full(40, 6.0), np.zeros(40, dtype=bool)
    state = np.zeros((40, 4))
    for _ in range(900):
        air.run(1, loss=lost(1.0))
        state = silence(state, newcomers, straight, np.repeat(air.share(), 40), 1.0)
    assert air.share()[0] < 0.01
    assert p_unregistered(state, PRIOR).max() < 0.45
    air.run(20)
    assert air.share()[0] > 0.6


def test_a_dead_station_leaves_the_other_ones_waters_covered():
    stations = np.array([[-40_000.0, 0.0], [40_000.0, 0.0]])
    air = Air(60, lost(0.15), stations=stations, reach_m=60_000.0)
    air.run(600)
    air.run(300, loss=lambda xy: np.where(xy[:, 0] < 0, 1.0, 0.15))
    west, east = air.share([[-30_000.0, 0.0], [30_000.0, 0.0]])
    assert west < 0.05 and east > 0.7


def test_one_vessel_that_goes_dark_does_not_make_the_place_deaf():
    air = Air(30, lost(0.15))
    air.run(600)
    dark = np.arange(30) == 0
    air.run(600, loss=lambda xy: np.where(dark, 1.0, 0.15))
    elsewhere = np.hypot(*(air.xy - air.xy[0]).T) > 8_000
    assert air.share(air.xy[elsewhere]).mean() > 0.75


def test_an_empty_sea_proves_less_and_less():
    air = Air(10, lost(0.1))
    air.run(300)
    before, nobody = air.share()[0], np.empty((0, 2))
    none = np.empty(0)
    for _ in range(6):
        air.hearing.learn(1_800.0, nobody, none, none > 0, none.astype(np.int64))
    assert air.share()[0] < 0.3 * before


def test_a_set_that_sends_too_often_hides_no_later_deafness():
    often, carries = Hearing(np.empty((0, 2))), np.ones(1, dtype=bool)
    busy = [[1_000.0, 1_000.0]]
    for _ in range(600):
        often.learn(1.0, np.array(busy), np.array([30.0]), carries, np.array([1]))
    assert often.share(np.array(busy))[0] > 0.2
    for _ in range(1_200):
        often.learn(1.0, np.array(busy), np.array([30.0]), carries, np.array([0]))
    assert often.share(np.array(busy))[0] < 0.05


def test_who_is_not_known_to_carry_ais_or_has_no_place_teaches_nothing():
    hearing = Hearing(STATION)
    xy = np.array([[0.0, 0.0], [np.nan, 0.0], [1.0, 1.0]])
    hearing.learn(
        1.0,
        xy,
        np.array([10.0, 10.0, np.inf]),
        np.array([False, True, True]),
        np.array([1, 1, 1]),
    )
    assert hearing.due.sum() == hearing.heard.sum() == hearing.ring_heard.sum() == 0.0


def test_the_state_keeps_its_size_and_far_places_are_no_fault():
    air = Air(40, lost(0.1), reach_m=1e6)
    shapes = [getattr(air.hearing, f.name).shape for f in fields(Hearing)]
    air.run(60)
    assert [getattr(air.hearing, f.name).shape for f in fields(Hearing)] == shapes
    shares = air.share([[1e7, -1e7], [np.nan, 0.0], [0.0, np.inf]])
    assert ((shares >= 0) & (shares <= 0.95)).all() and shares[0] == 0.0


def test_the_books_of_the_whole_run_hold_all_that_was_due_and_count_a_dead_station():
    air = Air(60, lost(0.25), stations=STATION)
    air.run(1_200)
    air.run(1_200, lost(1.0))
    books = air.hearing.document(Plane((1.5, 51.0)))
    due = 2_400 * (1 / air.interval_s).sum()
    assert sum(books["due"]) == pytest.approx(due, rel=0.01)
    # Half an hour in vain is no reason to expect less: 75 % of the first half, none of the second.
    assert sum(books["heard"]) / sum(books["due"]) == pytest.approx(0.375, abs=0.02)
    assert len({len(books[key]) for key in ("lon", "lat", "due", "heard")}) == 1
    json.dumps(books, allow_nan=False)
