"""The sums behind ``p_fixed`` against a plain regression in which older positions fade."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.geo.place import place
from coastwatch.model import Detections, Kind
from coastwatch.track import Tracker, fixed, table
from coastwatch.track.fixed import ALIKE, LEAST, PRIOR, SWAY_MPS, UNDER_WAY_MPS, WINDOWS_S
from tests.test_track_bearings import CAMERA_XY, SIGMA_RAD, SITE
from tests.test_track_life import PLANE, T0, confirmed, plots

MANY = settings(max_examples=100, deadline=None)
BORN = np.array([3e4, -2e4])


def rows_for(*folded) -> SimpleNamespace:
    """A track's columns after (time, x, y, weight) in turn."""
    rows = SimpleNamespace(**table.empty(1, 1)._asdict())
    rows.born_xy[0] = BORN
    for t, x, y, w in folded:
        fixed.fold.py_func(rows, 0, t, x, y, 100.0, w)
    return rows


def drawn(seed: int, n: int):
    """Positions of a craft at uneven times: (n, 4) of time, x, y and weight."""
    random = np.random.default_rng(seed)
    t = T0 + np.cumsum(random.exponential(3.0, n))
    v = random.normal(0, 2, 2)
    xy = BORN + v * (t - T0)[:, None] + random.normal(0, 10, (n, 2))
    return np.column_stack([t, xy, random.uniform(0.5, 1.0, n)])


def line(t, xy, w):
    """The weighted least squares line: speed along it, scatter about it, and the spread in time."""
    A = np.column_stack([np.ones(len(t)), t])
    root = np.sqrt(w)[:, None]
    fit, *_ = np.linalg.lstsq(root * A, root * xy, rcond=None)
    left = ((xy - A @ fit) ** 2).sum(axis=1)
    return fit[1], (w * left).sum() / w.sum() / 2, np.average((t - np.average(t, weights=w)) ** 2,
                                                              weights=w)  # fmt: skip


def plain(positions, noise_m2: float) -> float:
    """``fixed.probability`` from the positions themselves."""
    t, xy, w0 = positions[:, 0] - positions[:, 0].max(), positions[:, 1:3] - BORN, positions[:, 3]
    ratio, speed2, still = [], [], []
    for window in WINDOWS_S:
        w = w0 * np.exp(t / window)
        v, scatter, spread = line(t, xy, w)
        scatter *= w.sum() / max(w.sum() - 2, 0.5)
        variance = ALIKE * max(scatter, noise_m2) / (w.sum() * spread)
        a, b = variance + SWAY_MPS**2, variance + UNDER_WAY_MPS**2
        ratio.append(b / a * np.exp(-0.5 * v @ v * (1 / a - 1 / b)))
        speed2.append(v @ v)
        still.append(a)
    odds = PRIOR / (1 - PRIOR) * ratio[1]
    surprise = min(np.exp(-0.5 * speed2[0] / still[0]) * fixed.DOUBT, 1.0)
    short = (w0 * np.exp(t / WINDOWS_S[0])).sum() >= LEAST
    return odds / (1 + odds) * (surprise if short else 1.0)


@MANY
@given(st.integers(0, 100_000), st.integers(6, 60))
def test_the_sums_are_those_of_a_regression_over_all_positions(seed, n):
    positions = drawn(seed, n)
    rows = rows_for(*positions)
    assert fixed.probability(rows.fix[:1], np.array([25.0]))[0] == pytest.approx(
        plain(positions, 25.0), abs=1e-5
    )


@MANY
@given(st.integers(0, 100_000), st.integers(6, 30))
def test_a_position_that_comes_late_counts_as_if_it_had_come_in_time(seed, n):
    positions = drawn(seed, n)
    order = np.arange(n)
    order[[n // 2, n // 2 + 1]] = order[[n // 2 + 1, n // 2]]
    # Forgetting goes by the newest, so that a late one weighs a little more than it would have.
    late, due = rows_for(*positions[order]), rows_for(*positions)
    lag = positions[n // 2 + 1, 0] - positions[n // 2, 0]
    np.testing.assert_allclose(late.fix[0, 1, fixed.W], due.fix[0, 1, fixed.W],
                               rtol=1 - np.exp(-lag / WINDOWS_S[1]) + 1e-9)  # fmt: skip
    assert late.fix[0, 1, fixed.AT] == positions[-1, 0]


def test_a_camera_that_sees_a_moored_boat_between_two_plots_does_not_shorten_the_time_between():
    def p_fixed(camera: bool) -> float:
        random, tracker = np.random.default_rng(3), Tracker(SITE, PLANE)
        for k in range(60):
            x, t = 4_000.0, T0 + 3 * k
            batch = [plots(t, x + random.normal(0, 10), 3_000 + random.normal(0, 10), sigma=10.0)]
            for ahead in (1.0, 2.0, 2.9) if camera else ():
                azimuth = np.arctan2(x - CAMERA_XY[0], 3_000 - CAMERA_XY[1])
                where = [float(v) for v in PLANE.to_lonlat(*CAMERA_XY)]
                azimuth -= float(PLANE.north_rad(*where))
                batch.append(Detections.of(
                    time_s=[t + ahead], kind=[Kind.BEARING], sensor=[1], azimuth_rad=[azimuth],
                    sigma_azimuth_rad=[SIGMA_RAD],
                ))  # fmt: skip
            picture = tracker.step(place(Detections.concat(batch), SITE, PLANE), t + 2.95)
        return float(confirmed(picture).p_fixed[0])

    assert p_fixed(camera=False) > 0.9
    assert p_fixed(camera=True) > 0.9
