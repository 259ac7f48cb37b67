"""Length, motion and smallness of a track's craft, from running values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.simulate import SCENARIOS, _cast
from coastwatch.simulate.motion import at
from coastwatch.simulate.radar import AMPLITUDE_SMALL_DBM, look
from coastwatch.track import size

NAN = math.nan


def traits(n=1, plots=0, db=NAN, extent_m=NAN, resolution_m=20.0):
    """Rows that were seen so often at one amplitude and extent."""
    t = size.blank(n)
    for _ in range(plots):
        t = size.seen(t, np.full(n, db), np.full(n, extent_m), np.full(n, resolution_m))
    return t


def sail(t, velocities, sigma_mps=0.0, dt_s=3.0):
    for v in velocities:
        t = size.moved(t, np.tile(v, (len(t), 1)), np.full(len(t), sigma_mps), dt_s)
    return t


def p_small(db=NAN, length_m=NAN, sigma_m=NAN, speed_kn=NAN, fastest_kn=NAN, turn_rad=NAN):
    columns = (db, length_m, sigma_m, speed_kn * KNOT_MPS, fastest_kn * KNOT_MPS, turn_rad)
    return float(size.p_small(*(np.array([c]) for c in columns))[0])


def test_where_nothing_is_known_it_is_a_half():
    assert size.small(size.blank(3)).tolist() == [0.5] * 3
    assert np.isnan(size.length(size.blank(1))).all() and np.isnan(size.speeds(size.blank(1))).all()


def test_weak_echoes_are_small_and_strong_ones_are_not():
    assert size.small(traits(plots=20, db=-6.0))[0] > 0.9
    assert size.small(traits(plots=20, db=10.0))[0] < 0.1


def test_one_plot_convinces_less_than_many():
    one, many = (float(size.small(traits(plots=n, db=-3.0))[0]) for n in (1, 20))
    assert 0.5 < one < many


def test_no_evidence_rules_alone():
    assert 0.9 < p_small(db=-100.0) < 0.98 and 0.02 < p_small(db=100.0) < 0.1
    assert 0.9 < p_small(length_m=1.0, sigma_m=0.5) < 0.98
    assert 0.02 < p_small(length_m=400.0, sigma_m=0.5) < 0.1
    assert 0.25 < p_small(speed_kn=16.0) < 0.5 < p_small(speed_kn=40.0, fastest_kn=45.0) < 0.8
    assert 0.25 < p_small(turn_rad=0.0) < 0.5 < p_small(turn_rad=1.0) < 0.75
    assert 0.4 < p_small(db=-100.0, length_m=400.0, sigma_m=0.5) < 0.6


numbers = st.floats(-1e6, 1e6) | st.just(NAN)


@given(numbers, st.floats(0, 1e4) | st.just(NAN), st.floats(0.1, 1e4), numbers, numbers, numbers)
def test_any_evidence_gives_a_probability(db, length_m, sigma_m, speed_kn, fastest_kn, turn_rad):
    assert 0.0 < p_small(db, length_m, sigma_m, speed_kn, fastest_kn, turn_rad) < 1.0


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_a_running_mean_is_the_mean_while_all_is_remembered(values):
    mean = weight = np.zeros(1)
    for value in values:
        mean, weight = size.fold(mean, weight, np.array([value]), 1.0, 100.0)
    assert mean[0] == pytest.approx(np.mean(values), abs=1e-9) and weight[0] == len(values)


def test_old_values_fade_and_unknown_ones_change_nothing():
    mean, weight = np.array([10.0]), np.array([30.0])
    for _ in range(60):
        mean, weight = size.fold(mean, weight, np.array([0.0]), 1.0, 30.0)
    assert mean[0] < 2.0 and weight[0] == 30.0
    same = size.fold(mean, weight, np.array([NAN]), 1.0, 30.0)
    assert (same[0][0], same[1][0]) == (mean[0], weight[0])


def test_a_plot_counts_by_the_probability_that_it_is_the_tracks():
    t = traits(plots=5, db=0.0)
    sure, doubtful = (size.seen(t, np.array([10.0]), np.array([NAN]), 20.0, w) for w in (1.0, 0.1))
    assert sure[0, size.AMPLITUDE] == pytest.approx(10 / 6)
    assert doubtful[0, size.AMPLITUDE] == pytest.approx(1 / 5.1)
    assert t[0, size.AMPLITUDE] == 0.0  # what was given is not changed


def test_ais_tells_the_length_and_keeps_its_word():
    t = size.told(traits(plots=10, extent_m=60.0), np.array([183.0]))
    t = size.told(t, np.array([NAN]))
    t = size.seen(t, np.array([NAN]), np.array([60.0]), np.array([20.0]))
    assert [float(v[0]) for v in size.length(t)] == [183.0, 0.5]


@pytest.mark.parametrize("true_m", [8.0, 20.0, 60.0, 150.0, 300.0])
@pytest.mark.parametrize("range_m", [3_000.0, 12_000.0])
def test_extents_give_the_length_within_its_sigma(true_m, range_m):
    random, n = np.random.default_rng(3), 400
    blur = float(size.resolution_m(np.array(range_m), 15.0, math.radians(1.0)))
    t = size.blank(n)
    for _ in range(12):  # in range and across, each cut off at nothing
        angle = random.uniform(0, 2 * np.pi, n)
        parts = true_m * np.array([np.abs(np.cos(angle)), np.abs(np.sin(angle))])
        parts = np.maximum(parts + blur / math.sqrt(2) * random.standard_normal((2, n)), 0.0)
        t = size.seen(t, np.full(n, NAN), np.hypot(*parts), np.full(n, blur))
    length, sigma = size.length(t)
    assert np.mean(np.abs(length - true_m) < 2.0 * sigma) > 0.9
    assert sigma.mean() < 0.2 * true_m + blur


def test_a_wide_beam_far_away_leaves_the_length_unsure():
    near, far = (
        size.length(traits(plots=10, extent_m=12.0, resolution_m=blur))[1][0] for blur in (15, 80)
    )
    assert far > 2.0 * near
    known = size.resolution_m(np.array([0.0, 10_000.0, NAN]), 15.0, math.radians(1.0))
    assert known[0] == known[2] == 15.0 and known[1] > 25.0


def test_noise_alone_is_no_speed_and_no_manoeuvre():
    random = np.random.default_rng(5)
    still = sail(size.blank(1), random.normal(0, 0.5, (100, 2)), sigma_mps=0.5)
    assert size.speeds(still)[0][0] < 0.5 and size.speeds(still)[1][0] < 1.0
    straight = sail(
        size.blank(1), np.array([0.0, 4.0]) + random.normal(0, 0.5, (60, 2)), sigma_mps=0.5
    )
    assert size.speeds(straight)[0][0] == pytest.approx(4.0, abs=0.3)
    assert size.turn_rms(straight)[0] < 0.06


def test_a_wandering_course_shows_and_a_fresh_one_is_unknown():
    random = np.random.default_rng(6)
    angle = random.normal(0, 0.2, 40)
    wander = 3.0 * np.column_stack([np.sin(angle), np.cos(angle)])
    assert size.turn_rms(sail(size.blank(1), wander))[0] == pytest.approx(0.2, abs=0.05)
    assert np.isnan(size.turn_rms(sail(size.blank(1), wander[:3]))[0])


def test_the_greatest_speed_stays():
    t = sail(size.blank(1), [(0.0, 2.0), (15.0, 0.0), (0.0, 2.0)])
    mean, most = (float(v[0]) for v in size.speeds(t))
    assert most == 15.0 and 2.0 < mean < 15.0


def exercise(seed, duration_s=120.0):
    """p_small of the craft of one simulated night, as one radar goes on, and which are small."""
    scenario = SCENARIOS["dover-crossing"]
    plane, random = Plane(scenario.origin), np.random.default_rng(seed)
    craft, motion = _cast(scenario, plane, duration_s, random)
    lonlat = plane.to_lonlat(motion.x_m, motion.y_m)
    plots = look(scenario.radars[0], craft, motion, lonlat, duration_s, random)
    short = np.array([c.length_m < size.SMALL_M for c in craft])
    t, every = size.blank(len(craft)), np.arange(len(craft))
    for scan in range(1, int(duration_s / 3.0)):
        mine = (np.floor(plots.time_s / 3.0) == scan) & (plots.craft >= 0)
        row, first = np.unique(plots.craft[mine], return_index=True)
        above_db = plots.amplitude_dbm[mine][first] - AMPLITUDE_SMALL_DBM
        t[row] = size.seen(t[row], above_db, np.full(len(row), NAN), 50.0)
        when, sigma = np.full(len(craft), 3.0 * scan), 0.3 + 2.0 / scan
        velocity = np.column_stack([at(c, when, every) for c in (motion.vx_mps, motion.vy_mps)])
        velocity += sigma * random.standard_normal(velocity.shape)
        t = size.moved(t, velocity, np.full(len(craft), sigma), 3.0)
        if scan in (3, 10, 35):
            known = t[:, size.AMPLITUDES] > 0
            yield size.small(t[known]), short[known]


def test_probabilities_come_true_over_many_simulated_nights():
    found = [part for seed in range(100, 110) for part in exercise(seed)]
    p, short = np.concatenate(found, axis=1)
    assert np.mean((p - short) ** 2) < 0.4 * short.mean() * (1 - short.mean())
    low, middle, high = p < 0.1, (p >= 0.1) & (p < 0.9), p >= 0.9
    assert min(low.sum(), middle.sum(), high.sum()) > 50
    assert short[low].mean() == pytest.approx(p[low].mean(), abs=0.05)
    assert short[high].mean() == pytest.approx(p[high].mean(), abs=0.05)
    assert 0.3 < short[middle].mean() < 0.85
