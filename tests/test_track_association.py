"""Association against going through every joint event, and the gate's grid against every pair."""

import time
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coastwatch.track import association
from coastwatch.track.association import clusters, marginals, plain, propagate
from coastwatch.track.gate import grid, near

seeds = st.integers(0, 100_000)
MANY = settings(max_examples=150, deadline=None)


def pairs(random, tracks: int, plots: int, share: float = 0.6, spread: float = 2.0):
    """Random pairs, track by track: (first, plot, w)."""
    gate = random.random((tracks, plots)) < share
    first = np.concatenate([[0], np.cumsum(gate.sum(axis=1))])
    plot = np.nonzero(gate)[1]
    return first, plot, np.exp(random.normal(0.5, spread, len(plot)))


def joint(first, plot, w, plots, apart=False):
    p, free = np.full(len(plot), np.nan), np.full(plots, np.nan)
    marginals(first, plot, w, plots, apart, p, free)
    return p, free


def believed(first, plot, w, plots):
    """Marginals by belief propagation alone."""
    p, free = np.full(len(plot), np.nan), np.ones(plots)
    propagate(first, plot, w, np.arange(len(first) - 1), p, free)
    return p, free


def apart_plainly(first, plot, w, plots):
    """JPDA*: of the events with the same tracks seen and the same plots used the likeliest."""
    best: dict[tuple, tuple[float, list[int]]] = {}
    tracks = [range(a, b) for a, b in pairwise(first)]
    for event in product(*([-1, *own] for own in tracks)):
        chosen = [k for k in event if k >= 0]
        used = plot[chosen].tolist()
        if len(set(used)) < len(used):
            continue
        key = tuple(k >= 0 for k in event), tuple(sorted(used))
        weight = float(np.prod(w[chosen]))
        if weight > best.get(key, (0.0, []))[0]:
            best[key] = weight, chosen
    p, total = np.zeros(len(plot)), sum(weight for weight, _ in best.values())
    for weight, chosen in best.values():
        p[chosen] += weight / total
    return p, 1.0 - np.bincount(plot, p, plots)


def assert_probabilities(first, plot, plots, p, free, off=1e-4):
    assert p.min(initial=0) >= 0
    assert p.max(initial=0) <= 1 + 1e-9
    np.testing.assert_allclose(np.bincount(plot, p, plots) + free, 1.0, atol=off)
    track = np.repeat(np.arange(len(first) - 1), np.diff(first))
    assert np.bincount(track, p).max(initial=0) <= 1 + 1e-9


@MANY
@given(seeds, st.integers(1, 4), st.integers(1, 5), st.sampled_from([0.2, 0.5, 0.9]))
def test_marginals_are_those_of_every_joint_event(seed, tracks, plots, share):
    first, plot, w = pairs(np.random.default_rng(seed), tracks, plots, share)
    p, free = joint(first, plot, w, plots)
    expected, left = plain(first, plot, w, plots)
    np.testing.assert_allclose(p, expected, atol=1e-12)
    np.testing.assert_allclose(free, left, atol=1e-12)
    assert_probabilities(first, plot, plots, p, free)


@MANY
@given(seeds, st.integers(1, 4), st.integers(1, 5), st.sampled_from([0.2, 0.5, 0.9]))
def test_tracks_are_kept_apart_by_the_likeliest_of_each_set_of_permutations(
    seed, tracks, plots, share
):
    first, plot, w = pairs(np.random.default_rng(seed), tracks, plots, share)
    p, free = joint(first, plot, w, plots, apart=True)
    expected, left = apart_plainly(first, plot, w, plots)
    np.testing.assert_allclose(p, expected, atol=1e-12)
    np.testing.assert_allclose(free, left, atol=1e-12)
    assert_probabilities(first, plot, plots, p, free)


def test_of_two_close_tracks_the_nearer_plot_each_is_sure_when_kept_apart():
    first, plot, w = np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.array([50.0, 45, 45, 50])
    together, _ = joint(first, plot, w, 2)
    apart, _ = joint(first, plot, w, 2, apart=True)
    assert together[0] < 0.6
    assert apart[0] > 0.9


@MANY
@given(seeds, st.integers(2, 6))
def test_belief_propagation_is_exact_where_there_are_no_loops(seed, tracks):
    """A chain: each track shares one plot with the next."""
    random = np.random.default_rng(seed)
    first, plot = np.arange(0, 2 * tracks + 1, 2), np.repeat(np.arange(tracks + 1), 2)[1:-1]
    w = np.exp(random.normal(0.5, 2, len(plot)))
    p, free = believed(first, plot, w, tracks + 1)
    expected, left = plain(first, plot, w, tracks + 1)
    np.testing.assert_allclose(p, expected, atol=2e-5)
    np.testing.assert_allclose(free, left, atol=2e-5)


def test_belief_propagation_is_near_exact_in_clusters_full_of_loops():
    errors = []
    for seed in range(400):
        random = np.random.default_rng(seed)
        tracks, plots = random.integers(2, 6, 2)
        first, plot, w = pairs(random, tracks, plots, 0.7)
        p, free = believed(first, plot, w, plots)
        assert_probabilities(first, plot, plots, p, free)
        errors.append(np.abs(p - plain(first, plot, w, plots)[0]))
    every = np.concatenate(errors)
    assert every.mean() < 0.006
    assert np.quantile(every, 0.95) < 0.025
    assert every.max() < 0.15


@MANY
@given(seeds, st.integers(1, 30), st.integers(1, 30), st.sampled_from([0.02, 0.05, 0.2]))
def test_clusters_are_the_connected_components_of_tracks_and_plots(seed, tracks, plots, share):
    first, plot, _ = pairs(np.random.default_rng(seed), tracks, plots, share)
    track = np.repeat(np.arange(tracks), np.diff(first))
    shape = (tracks + plots, tracks + plots)
    graph = coo_array((np.ones(len(plot)), (track, tracks + plot)), shape=shape)
    _, label = connected_components(graph, directed=False)
    root, label = clusters(first, plot, plots), label[:tracks]
    assert ((root[:, None] == root) == (label[:, None] == label)).all()


@MANY
@given(seeds)
def test_what_lies_in_other_clusters_changes_nothing(seed):
    random = np.random.default_rng(seed)
    a, b = pairs(random, 3, 3), pairs(random, 4, 2)
    # The tracks of both in turn, so that neither cluster's pairs stand together.
    order = [(0, 0), (1, 0), (1, 1), (0, 1), (1, 2), (0, 2), (1, 3)]
    own = [np.arange(x[0][i], x[0][i + 1]) for c, i in order for x in [(a, b)[c]]]
    plot = np.concatenate([(a, b)[c][1][k] + 3 * c for (c, _), k in zip(order, own, strict=True)])
    w = np.concatenate([(a, b)[c][2][k] for (c, _), k in zip(order, own, strict=True)])
    first = np.concatenate([[0], np.cumsum([len(k) for k in own])])
    p, _ = joint(first, plot, w, 5)
    alone = [joint(*x, n)[0] for x, n in ((a, 3), (b, 2))]
    expected = np.concatenate([alone[c][k] for (c, _), k in zip(order, own, strict=True)])
    np.testing.assert_allclose(p, expected, atol=1e-12)


# Of so many plots as tracks, all of them near certain, the messages settle slowly.
@pytest.mark.parametrize(("scale", "off"), [(1e-12, 1e-4), (1.0, 1e-4), (1e6, 0.01), (1e15, 0.01)])
def test_a_cluster_of_sixty_by_sixty_is_done_in_a_moment(scale, off):
    first, plot, w = pairs(np.random.default_rng(3), 60, 60, 0.9)
    joint(first, plot, w, 60, apart=True)
    begin = time.process_time()
    p, free = joint(first, plot, w * scale, 60, apart=True)
    assert time.process_time() - begin < 5.0  # 0.05 s measured; the rest is for a busy machine
    assert_probabilities(first, plot, 60, p, free, off)


@pytest.mark.parametrize("apart", [False, True])
def test_a_chain_too_long_to_enumerate_goes_by_belief_propagation_and_is_as_exact(apart):
    tracks = 1 + int(np.log(association.EVENTS_MAX) / np.log(3))
    first, plot = np.arange(0, 2 * tracks + 1, 2), np.repeat(np.arange(tracks + 1), 2)[1:-1]
    w = np.exp(np.random.default_rng(4).normal(2, 1, len(plot)))
    p, _ = joint(first, plot, w, tracks + 1, apart)
    np.testing.assert_allclose(p, plain(first, plot, w, tracks + 1)[0], atol=1e-4)


def brute(z, x, y, reach):
    return set(np.flatnonzero((np.abs(z - [x, y]) <= reach).all(axis=1)).tolist())


def found_near(z, x, y, reach, room):
    found = np.full(room, -1, np.int64)
    count = near(grid(z), z, x, y, reach, found)
    assert len(set(found[:count].tolist())) == count
    return set(found[:count].tolist())


PLACES = {
    "one": lambda random: np.array([[3.0, 4.0]]),
    "all equal": lambda random: np.full((500, 2), 7.0),
    "on a line": lambda random: np.column_stack([random.uniform(0, 1e5, 300), np.zeros(300)]),
    "upright": lambda random: np.column_stack([np.full(300, -5.0), random.uniform(0, 1e5, 300)]),
    "far apart": lambda random: np.vstack([random.normal(0, 1, (99, 2)), [[1e7, -1e7]]]),
    "a flood": lambda random: random.normal(0, 50, (5_000, 2)),
    "everywhere": lambda random: random.uniform(-4e4, 4e4, (400, 2)),
}


@pytest.mark.parametrize("how", PLACES)
def test_the_grid_finds_what_looking_at_every_plot_finds(how):
    random = np.random.default_rng(5)
    z = PLACES[how](random)
    for _ in range(60):
        x, y = z[random.integers(len(z))] + random.normal(0, 100, 2)
        reach = float(np.exp(random.uniform(0, 12)))
        assert found_near(z, x, y, reach, len(z)) == brute(z, x, y, reach)


@MANY
@given(seeds, st.integers(1, 40), st.floats(0.1, 1e8), st.floats(0.0, 1e8))
def test_the_grid_finds_them_at_any_scale(seed, n, scale, reach):
    random = np.random.default_rng(seed)
    z = random.normal(0, scale, (n, 2))
    x, y = random.normal(0, 2 * scale, 2)
    assert found_near(z, x, y, reach, n) == brute(z, x, y, reach)


@MANY
@given(seeds, st.integers(1, 200), st.integers(1, 20))
def test_of_more_plots_than_there_is_room_for_the_nearest_stay(seed, n, room):
    random = np.random.default_rng(seed)
    z, (x, y) = random.normal(0, 100, (n, 2)), random.normal(0, 50, 2)
    inside = np.array(sorted(brute(z, x, y, 120.0)), dtype=np.int64)
    off = np.hypot(*(z[inside] - [x, y]).T)
    assert found_near(z, x, y, 120.0, room) == set(inside[np.argsort(off)[:room]].tolist())


def test_the_grid_takes_memory_for_its_plots_and_not_for_the_sea_between_them():
    z = np.array([[0.0, 0.0], [1e8, 1.0], [5.0, 1e8]])
    assert len(grid(z)[5]) < 100
