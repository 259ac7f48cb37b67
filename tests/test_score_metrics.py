import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.score import gospa, ospa


def points(*xs):
    return np.array([[x, 0.0] for x in xs]).reshape(-1, 2)


def test_gospa_of_hand_worked_sets():
    # One near pair (1 m), one missed: sqrt(1 + 4^2/2) = 3.
    assert gospa(points(0, 10), points(1), c=4) == pytest.approx((3.0, 1.0, 8.0, 0.0, 1))
    # Beyond c a pair is a miss and a false estimate: sqrt(8 + 8) = 4.
    assert gospa(points(0), points(10), c=4) == pytest.approx((4.0, 0.0, 8.0, 8.0, 0))
    # Three false: sqrt(3 * 8).
    assert gospa(points(), points(1, 2, 3), c=4) == pytest.approx((24**0.5, 0, 0, 24.0, 0))
    assert gospa(points(), points(), c=4) == (0, 0, 0, 0, 0)
    # Order 1: 2 + 3 + 5/2.
    assert gospa(points(0, 100, 900), points(2, 103), c=5, p=1).distance == pytest.approx(7.5)


def test_gospa_crosses_pairs_where_that_is_shorter():
    # Greedy would pair 0 with -1 (1 m) and leave 2 with 5 (3 m); both orders are in reach.
    found = gospa(points(0, 2), points(1.9, 2.1), c=10, p=2)
    assert found.localisation == pytest.approx(1.9**2 + 0.1**2)


def test_ospa_of_hand_worked_sets():
    assert ospa(points(0, 10), points(1), c=4) == pytest.approx(math.sqrt((1 + 16) / 2))
    assert ospa(points(0), points(10), c=4) == pytest.approx(4.0)
    assert ospa(points(), points(1, 2), c=4) == pytest.approx(4.0)
    assert ospa(points(), points(), c=4) == 0.0
    assert ospa(points(0, 5), points(1, 7), c=4, p=1) == pytest.approx(1.5)


def test_nonsense_orders_and_cutoffs_are_refused():
    for c, p in ((0.0, 2.0), (-1.0, 2.0), (math.nan, 2.0), (1.0, 0.5), (1.0, math.inf)):
        with pytest.raises(ValueError, match="must be above 0"):
            gospa(points(0), points(0), c=c, p=p)


sets = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=5).map(
    lambda rows: np.array(rows).reshape(-1, 2)
)
cutoffs, orders = st.floats(0.5, 80), st.sampled_from([1.0, 2.0, 3.0])


def slow_gospa(x, y, c, p):
    """Over every partial assignment, as the definition says."""
    if len(x) > len(y):
        x, y = y, x
    best = math.inf
    for chosen in itertools.permutations(range(len(y)), len(x)):
        cost = sum(min(math.dist(a, y[j]), c) ** p for a, j in zip(x, chosen, strict=True))
        best = min(best, cost + c**p / 2 * (len(y) - len(x)))
    return best ** (1 / p)


@settings(max_examples=60)
@given(sets, sets, cutoffs, orders)
def test_gospa_is_the_best_over_all_assignments(x, y, c, p):
    found = gospa(x, y, c, p)
    assert found.distance == pytest.approx(slow_gospa(x, y, c, p), abs=1e-6)
    parts = found.localisation + found.missed + found.false
    assert found.distance**p == pytest.approx(parts, rel=1e-9, abs=1e-12)
    assert found.missed == pytest.approx(c**p / 2 * (len(x) - found.assigned))
    assert found.false == pytest.approx(c**p / 2 * (len(y) - found.assigned))


@settings(max_examples=100)
@given(sets, sets, sets, cutoffs, orders)
def test_both_are_metrics(x, y, z, c, p):
    for metric in (lambda a, b: gospa(a, b, c, p).distance, lambda a, b: ospa(a, b, c, p)):
        assert metric(x, x) == 0
        assert metric(x, y) == pytest.approx(metric(y, x), abs=1e-9)
        assert metric(x, z) <= metric(x, y) + metric(y, z) + 1e-6
    assert 0 <= ospa(x, y, c, p) <= c + 1e-9
