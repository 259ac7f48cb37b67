"""Is it there, and can it be seen: the chain against its generator, births, and the unseen."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from coastwatch.model import Detections, Kind
from coastwatch.site import Sensor, Site
from coastwatch.track import Tracker, existence
from coastwatch.track.existence import HIDES_PER_S, LEAVES_PER_S, SHOWS_PER_S, look, pass_time
from coastwatch.track.unseen import FIRST, PER_HOUR, WORTH_S, Unseen
from tests.test_track_life import ORIGIN, PLANE, T0, confirmed, plots

MANY = settings(max_examples=100, deadline=None)
RATES = np.array([
    [-HIDES_PER_S - LEAVES_PER_S, HIDES_PER_S, LEAVES_PER_S],
    [SHOWS_PER_S, -SHOWS_PER_S - LEAVES_PER_S, LEAVES_PER_S],
    [0.0, 0.0, 0.0],
])  # fmt: skip
beliefs = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda p: (p[0] * p[1], p[0] - p[0] * p[1])
)


@MANY
@given(beliefs, st.floats(0, 1e4))
def test_time_passes_as_the_exponential_of_the_generator_says(belief, dt):
    visible, hidden = belief
    expected = np.array([visible, hidden, 1 - visible - hidden]) @ expm(RATES * dt)
    assert pass_time(visible, hidden, dt) == pytest.approx(expected[:2], abs=1e-9)


def test_time_never_runs_back():
    assert pass_time(0.5, 0.2, -3.0) == (0.5, 0.2)


@MANY
@given(beliefs, st.floats(0.02, 0.98), st.floats(0, 1))
def test_a_look_is_bayes_over_visible_hidden_and_gone(belief, pd, none):
    """Without a plot, by hand; with one for certain it is there; and the mean of both between."""
    visible, hidden = belief
    missed = np.array([visible * (1 - pd), hidden, 1 - visible - hidden])
    expected = none * missed / missed.sum() + (1 - none) * np.array([1.0, 0.0, 0.0])
    assert look(visible, hidden, pd, none) == pytest.approx(expected[:2], abs=2e-9)


@MANY
@given(beliefs, st.lists(st.tuples(st.floats(0, 60), st.floats(0.02, 0.98), st.floats(0, 1))))
def test_beliefs_stay_probabilities_and_never_quite_certain(belief, looks):
    visible, hidden = belief
    for dt, pd, none in looks:
        visible, hidden = pass_time(visible, hidden, dt)
        visible, hidden = look(visible, hidden, pd, none)
        assert visible >= 0
        assert hidden >= 0
        assert visible + hidden <= existence.CERTAIN + 1e-12


def test_what_is_missed_after_it_was_sure_is_hidden_or_gone_and_may_come_back():
    visible, hidden = existence.CERTAIN, 0.0
    for _ in range(5):
        visible, hidden = look(*pass_time(visible, hidden, 3.0), 0.9, 1.0)
    gone = 1 - visible - hidden
    # With nothing to hide behind (see ``shadow``) it is a little likelier to have gone.
    assert 0.2 * gone < hidden < gone
    assert hidden > 5 * visible
    assert pass_time(visible, hidden, 60.0)[0] > 5 * visible


def newborn(clutter_per_scan: float, unseen: float = 1.0, **sensor) -> float:
    """Existence of a track after its first plot; the unseen are so many times as many."""
    radar = Sensor("radar", "radar", ORIGIN, clutter_per_scan=clutter_per_scan, **sensor)
    tracker = Tracker(Site("Test", ORIGIN, sensors=(radar,)), PLANE)
    tracker._unseen._craft *= unseen
    tracker.step(plots(T0, 4000, 0), T0)
    rows = tracker._rows
    assert rows.id[0] == 1
    return float(rows.visible[0] + rows.hidden[0])


def test_a_newborn_exists_the_more_the_more_craft_nobody_tracks_and_the_less_the_more_clutter():
    by_clutter = [newborn(c) for c in (0.1, 1.0, 10.0, 100.0, 1_000.0)]
    assert (np.diff(by_clutter) < 0).all()
    by_unseen = [newborn(30.0, n) for n in (0.01, 0.1, 1.0, 10.0)]
    assert (np.diff(by_unseen) > 0).all()


def test_a_newborn_exists_by_the_share_of_craft_among_all_unclaimed_plots():
    expected = FIRST * 0.85 / (FIRST * 0.85 + 30.0)  # both over the same area, at 0.85 a look
    assert newborn(30.0, detection_probability=0.85) == pytest.approx(expected, rel=0.01)


EYES = np.array([[0.0, 0.0], [30_000.0, 0.0]]), np.array([20_000.0, 20_000.0]), np.array([0.9, 0.5])
WEST, BETWEEN, EAST = np.array([[-10_000.0, 0.0]]), np.array([[15_000.0, 0.0]]), [[45_000.0, 0.0]]


def test_the_unseen_are_fewer_where_a_sensor_has_looked_and_by_its_probability():
    unseen = Unseen(*EYES)
    before = unseen.density(np.vstack([WEST, BETWEEN, EAST]))
    unseen.look(0, 1.0)
    unseen.look(1, 1.0)
    after = unseen.density(np.vstack([WEST, BETWEEN, EAST]))
    np.testing.assert_allclose(after / before, [0.1, 0.1 * 0.5, 0.5])


def test_the_unseen_grow_with_time_to_a_bound_and_need_no_look_to_be_finite():
    unseen = Unseen(*EYES)
    for _ in range(8):
        unseen.look(0, 1.0)
    low = unseen.density(WEST)[0]
    unseen.pass_time(60.0, 0)
    area = math.pi * 20_000.0**2
    assert unseen.density(WEST)[0] - low == pytest.approx(
        PER_HOUR / area / 60 * WORTH_S / (WORTH_S + 60)
    )
    for _ in range(500):
        unseen.pass_time(60.0, 5)
    assert unseen.density(WEST)[0] == pytest.approx(10 * FIRST / area)
    unseen.look(0, 1e9)
    assert 0 < unseen.density(WEST)[0] < FIRST / area


def test_where_many_craft_were_found_more_are_expected_to_come():
    def grown(found: int) -> float:
        unseen = Unseen(*EYES)
        for _ in range(120):
            unseen.pass_time(30.0, found)
            unseen.look(0, 5.0)
        before = unseen.density(WEST)[0]
        unseen.pass_time(1.0, 0)
        return float(unseen.density(WEST)[0] - before)

    none, one = grown(0), grown(1)
    assert none < one
    # An hour of one in each half minute is believed over the 20 an hour that were thought.
    per_s = one * math.pi * 20_000.0**2
    assert 0.7 / 30 < per_s < 1.0 / 30


def test_places_beyond_every_sensor_and_a_site_without_one_have_a_density():
    far = np.array([[1e8, -1e8], [-9e7, 9e7]])
    assert (Unseen(*EYES).density(far) > 0).all()
    nobody = Unseen(np.empty((0, 2)), np.empty(0), np.empty(0))
    nobody.pass_time(10.0, 0)
    assert np.isfinite(nobody.density(far)).all()


def test_a_craft_that_is_missed_for_a_while_is_kept_and_one_that_left_is_not():
    """Five minutes of sight; then a quarter of one without, or five."""

    def statuses(scans: int) -> list[int]:
        radar = Sensor("radar", "radar", ORIGIN, clutter_per_scan=30.0)
        tracker = Tracker(Site("Test", ORIGIN, sensors=(radar,)), PLANE)
        for k in range(100):
            picture = tracker.step(plots(T0 + 3 * k, 4000, 0), T0 + 3 * k)
        for k in range(100, 100 + scans):
            blind = Detections.of(time_s=[T0 + 3 * k], kind=[Kind.LOOK], sensor=[0])
            picture = tracker.step(blind, T0 + 3 * k)
        return confirmed(picture).id.tolist() + picture.id.tolist()

    assert statuses(5) == [1]
    assert statuses(100) == []
