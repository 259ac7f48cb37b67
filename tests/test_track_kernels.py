"""The tracker's kernels against plain versions of the same formulas."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.site import Sensor
from coastwatch.track import association
from coastwatch.track.association import assign, near
from coastwatch.track.clutter import CELL_M, FORGET, Clutter
from coastwatch.track.filter import distance, update
from coastwatch.track.motion import ACCELERATION_PSD, predict, predict_position

H = np.eye(2, 4)


def random_tracks(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    root = random.normal(size=(n, 4, 4)) * [100, 100, 3, 3]
    return random.normal(size=(n, 4)) * 1000, root @ root.transpose(0, 2, 1) + np.eye(4)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_prediction_and_update_are_the_textbook_ones(seed, n):
    state, cov = random_tracks(seed, n)
    random = np.random.default_rng(seed + 1)
    dt = random.uniform(0, 10, n)
    moved, grown = predict(state, cov, dt)
    z, R = random.normal(size=(n, 2)) * 1000, np.tile(np.diag([90.0, 40.0]), (n, 1, 1))
    better, tighter = update(moved, grown, z, H, R)
    d2, logdet = distance(z, R, moved, grown)
    place, spread = predict_position(state, cov, dt)
    np.testing.assert_allclose(place, moved[:, :2])
    np.testing.assert_allclose(spread, grown[:, :2, :2], rtol=1e-9, atol=1e-6)
    for i in range(n):
        F = np.eye(4)
        F[0, 2] = F[1, 3] = dt[i]
        block = np.array([[dt[i] ** 3 / 3, dt[i] ** 2 / 2], [dt[i] ** 2 / 2, dt[i]]])
        Q = ACCELERATION_PSD * np.kron(block, np.eye(2))
        P = F @ cov[i] @ F.T + Q
        S = H @ P @ H.T + R[i]
        K = P @ H.T @ np.linalg.inv(S)
        v = z[i] - H @ F @ state[i]
        np.testing.assert_allclose(moved[i], F @ state[i])
        np.testing.assert_allclose(grown[i], P, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(better[i], F @ state[i] + K @ v, rtol=1e-6, atol=1e-4)
        np.testing.assert_allclose(tighter[i], P - K @ S @ K.T, rtol=1e-6, atol=1e-2)
        assert d2[i] == pytest.approx(v @ np.linalg.inv(S) @ v)
        assert logdet[i] == pytest.approx(np.log(np.linalg.det(2 * np.pi * S)))
        assert np.linalg.eigvalsh(tighter[i]).min() > 0


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_the_assignment_has_the_greatest_gain_there_is(tracks, plots, data):
    gains = data.draw(st.lists(st.floats(-5, 20), min_size=tracks * plots, max_size=tracks * plots))
    gain = np.array(gains).reshape(tracks, plots)
    possible = gain > -3
    rows, columns = np.nonzero(possible)
    pair = assign(rows, columns, gain[rows, columns])
    i, j = rows[pair], columns[pair]
    assert len(set(i.tolist())) == len(i)
    assert len(set(j.tolist())) == len(j)
    worth = np.where(possible, np.maximum(gain, 0), 0)
    wide = worth if tracks <= plots else worth.T
    best = max(
        sum(wide[r, c] for r, c in enumerate(p))
        for p in permutations(range(wide.shape[1]), len(wide))
    )
    assert gain[i, j].sum() == pytest.approx(best)


def test_the_filter_is_consistent_with_truth_that_moves_as_it_believes():
    random = np.random.default_rng(3)
    runs, steps, dt = 400, 30, np.full(400, 3.0)
    truth = np.concatenate([random.normal(0, 1000, (runs, 2)), random.normal(0, 6, (runs, 2))], 1)
    R = np.tile(np.diag([15.0**2, 60.0**2]), (runs, 1, 1))
    z = truth[:, :2] + random.normal(size=(runs, 2)) * [15, 60]
    state = np.concatenate([z, np.zeros((runs, 2))], 1)
    cov = np.zeros((runs, 4, 4))
    cov[:, :2, :2], cov[:, 2, 2], cov[:, 3, 3] = R, 36, 36
    block = ACCELERATION_PSD * np.array([[9.0, 4.5], [4.5, 3.0]])
    noise = np.linalg.cholesky(np.kron(block, np.eye(2)))
    nis = []
    for _ in range(steps):
        truth = truth + np.c_[truth[:, 2:] * 3.0, np.zeros((runs, 2))]
        truth = truth + random.normal(size=(runs, 4)) @ noise.T
        state, cov = predict(state, cov, dt)
        z = truth[:, :2] + random.normal(size=(runs, 2)) * [15, 60]
        nis.append(distance(z, R, state, cov)[0].mean())
        state, cov = update(state, cov, z, H, R)
    e = truth - state
    nees = np.einsum("ni,nij,nj->n", e, np.linalg.inv(cov), e).mean()
    # The mean of 400 chi-squares of 4 degrees of freedom lies within 4 +- 0.28 at 95 %.
    assert nees == pytest.approx(4.0, abs=0.28)
    # 30 times 400 chi-squares of 2 degrees of freedom: 2 +- 0.036 at 95 %.
    assert np.mean(nis) == pytest.approx(2.0, abs=0.036)


def test_a_cluster_too_great_for_exactness_is_still_one_to_one_and_never_far_from_best(monkeypatch):
    random = np.random.default_rng(5)
    rows, columns = np.nonzero(random.random((40, 40)) < 0.3)
    gain = random.uniform(0.1, 10, len(rows))
    exact = assign(rows, columns, gain)
    monkeypatch.setattr(association, "EXACT_CELLS", 10)
    greedy = assign(rows, columns, gain)
    assert len(set(rows[greedy].tolist())) == len(set(columns[greedy].tolist())) == len(greedy)
    # Best first has at least half of the best there is.
    assert 0.5 * gain[exact].sum() <= gain[greedy].sum() <= gain[exact].sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(0, 40))
def test_near_finds_what_looking_at_every_pair_finds(seed, n, m):
    random = np.random.default_rng(seed)
    centres, points = random.uniform(0, 100, (n, 2)), random.uniform(0, 100, (m, 2))
    reach = random.uniform(0, 40, n)
    rows, columns = near(centres, reach, points)
    apart = np.hypot(*(centres[:, None] - points[None]).transpose(2, 0, 1))
    expected = set()
    for i in range(n):
        closest = np.argsort(apart[i])[: association.NEAREST]
        expected |= {(i, j) for j in closest.tolist() if apart[i, j] <= reach[i]}
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == expected


def test_clutter_is_what_a_plain_count_by_cell_says_and_never_less_than_the_site():
    random = np.random.default_rng(7)
    sensor = Sensor("radar", "radar", (1.5, 51.0), clutter_per_scan=20.0, scan_s=3.0)
    clutter, plain, total = Clutter(sensor), {}, 0.0
    for k in range(60):
        xy = np.concatenate(
            [random.uniform(-20_000, 20_000, (60, 2)), random.normal(0, 300, (9, 2))]
        )
        clutter.learn(xy, 100.0 + 3 * k)
        kept = np.exp(-FORGET) if k else 1.0
        plain = {cell: value * kept for cell, value in plain.items()}
        total = total * kept + FORGET * len(xy)
        for x, y in xy.tolist():
            cell = (x // CELL_M, y // CELL_M)
            plain[cell] = plain.get(cell, 0.0) + FORGET
    area = np.pi * 40_000.0**2
    places = random.uniform(-25_000, 25_000, (200, 2))
    base = max(20 / area, total / area)
    expected = [max(base, plain.get((x // CELL_M, y // CELL_M), 0) / CELL_M**2) for x, y in places]
    np.testing.assert_allclose(clutter.density(places), expected)
    assert total > 40
    assert clutter.density(np.array([[0.0, 0.0]])) > 10 * base


def test_clutter_of_a_sensor_that_turns_fast_is_forgotten_and_never_negative():
    clutter = Clutter(Sensor("lidar", "radar", (1.5, 51.0), scan_s=0.01))
    here = np.zeros((1, 2))
    before = clutter.density(here)[0]
    for k in range(50):
        clutter.learn(np.zeros((20, 2)), 10.0 + k)
    assert clutter.density(here)[0] > before
    clutter.learn(np.empty((0, 2)), 1_000.0)
    assert clutter.density(here)[0] == pytest.approx(before)
