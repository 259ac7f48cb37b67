"""Thinned lines: fewer points, and still the right place at every time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.maps.thin import deltas, thin, weights


@st.composite
def lines(draw):
    """Several lines end to end, in metres, with uneven steps and standstills in time."""
    lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = sum(lengths)
    first = np.cumsum([0, *lengths[:-1]])
    time_s = np.concatenate([np.cumsum(rng.integers(0, 4, k)) for k in lengths]).astype(float)
    x, y = np.cumsum(rng.normal(0, draw(st.sampled_from([0.0, 5.0, 200.0])), (2, n)), axis=1)
    return first, time_s, x, y


@settings(max_examples=60, deadline=None)
@given(lines(), st.sampled_from([1.0, 15.0, 300.0]))
def test_every_dropped_point_lies_within_the_tolerance_at_its_own_time(drawn, tolerance_m):
    first, time_s, x, y = drawn
    ends = np.union1d(first, np.append(first[1:], len(x)) - 1)
    kept = weights(ends, time_s, x, y, 0.5) > tolerance_m
    kept[ends] = True
    at = np.flatnonzero(kept)
    for row in np.flatnonzero(~kept):
        b = np.searchsorted(at, row)
        a, b = at[b - 1], at[b]
        share = (time_s[row] - time_s[a]) / (time_s[b] - time_s[a] or 1.0)
        off = np.hypot(x[a] + share * (x[b] - x[a]) - x[row], y[a] + share * (y[b] - y[a]) - y[row])
        assert off <= tolerance_m * (1 + 1e-9)


def test_a_steady_ship_needs_only_its_ends_and_a_turn_one_point_more():
    t = np.arange(601.0)
    east = np.minimum(t, 300.0) * 1e-4
    north = 51 + np.maximum(t - 300.0, 0.0) * 1e-4
    kept = thin(np.array([0]), t, east, north, np.zeros(601, dtype=bool), 1000).kept
    assert np.flatnonzero(kept).tolist() == [0, 300, 600]


def test_a_stop_and_go_on_a_straight_course_is_kept_for_its_timing():
    t = np.arange(601.0)
    north = 51 + np.where(t < 300, 0.0, (t - 300) * 1e-4)
    kept = thin(np.array([0]), t, np.zeros(601), north, np.zeros(601, dtype=bool), 1000).kept
    assert 300 in np.flatnonzero(kept)


def test_the_budget_is_met_by_a_wider_tolerance_and_asked_rows_stay():
    rng = np.random.default_rng(3)
    lon, lat = np.cumsum(rng.normal(0, 0.01, (2, 5000)), axis=1)
    keep = np.zeros(5000, dtype=bool)
    keep[1234] = True
    first = np.array([0, 2500])
    kept, tolerance_m = thin(first, np.tile(np.arange(2500.0), 2), lon, lat, keep, 200)
    assert 150 < kept.sum() <= 200
    assert tolerance_m > 15
    assert kept[[0, 1234, 2499, 2500, 4999]].all()


def test_no_rows_are_no_line():
    none = np.zeros(0)
    assert thin(np.zeros(0, dtype=int), none, none, none, none.astype(bool), 10).kept.tolist() == []


@given(st.lists(st.floats(-180, 180), max_size=30))
def test_deltas_add_up_to_the_rounded_values(values):
    assert (
        np.cumsum(deltas(np.array(values), 1e5)).tolist()
        == np.round(np.array(values) * 1e5).tolist()
    )
