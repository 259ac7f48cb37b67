"""What no tracker should be asked, and what it does then."""

import math

import numpy as np
import pytest

from coastwatch.model import Detections, Kind
from coastwatch.track import Tracker
from coastwatch.track import tracker as module
from tests.test_track_life import ORIGIN, PLANE, SITE, T0, confirmed, plots, report, rows


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("time_s", math.nan, "without time"),
        ("time_s", math.inf, "without time"),
        ("x_m", math.nan, "without position"),
        ("y_m", math.inf, "without position"),
        ("cov_m2", math.nan, "without position"),
        ("cov_m2", [[-1.0, 0.0], [0.0, -1.0]], "without position"),
        ("cov_m2", [[1.0, 2.0], [2.0, 1.0]], "without position"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.PLOT, Kind.REPORT])
def test_a_broken_row_is_counted_and_the_others_are_tracked(kind, column, value, reason):
    tracker = Tracker(SITE, PLANE)
    for k in range(6):
        bad = rows(kind, 0, T0 + 3 * k, 4000, 0, mmsi=[9])
        getattr(bad, column)[0] = value
        d = Detections.concat([plots(T0 + 3 * k, -4000, 0), bad])
        picture = tracker.step(d, T0 + 3 * k + 0.5)
    assert tracker.counts == {reason: 6}
    assert confirmed(picture).id.tolist() == [1]
    assert np.isfinite(picture.state).all()


def test_a_report_with_absurd_speed_and_course_still_gives_its_place():
    tracker = Tracker(SITE, PLANE)
    for k, (sog, cog) in enumerate([(math.nan, 1.0), (1e9, 1.0), (-5.0, 0.0), (3.0, math.inf)]):
        d = rows(Kind.REPORT, 1, T0 + 10 * k, 100, 50, mmsi=[9], sog_mps=[sog], cog_rad=[cog])
        picture = tracker.step(d)
    assert picture.state[0] == pytest.approx([100, 50, 0, 0], abs=0.5)


def test_late_rows_are_counted_and_used_and_never_turn_time_back():
    tracker = Tracker(SITE, PLANE)
    for k in range(8):
        late = 1.4 if k % 2 else 0.0
        picture = tracker.step(plots(T0 + 3 * k - late, 4000, 0), T0 + 3 * k + 2)
        assert picture.time_s == T0 + 3 * k + 2
        assert np.linalg.eigvalsh(picture.cov).min(initial=1.0) > 0
    assert tracker.counts["late"] == 4
    assert confirmed(picture).id.tolist() == [1]


def test_thousands_of_echoes_in_one_place_cost_neither_memory_nor_the_craft_elsewhere():
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(1)
    for k in range(6):
        x, y = random.normal(0, 10, (2, 3000))
        d = plots(np.full(3001, T0 + 3 * k), np.append(x, 15_000), np.append(y, 15_000))
        picture = tracker.step(d, T0 + 3 * k + 0.5)
    # Squares of 3,000 would be 9 million pairs; the tracks stay of the order of the echoes.
    assert len(picture) < 6_000
    assert np.hypot(*(confirmed(picture).state[:, :2] - 15_000).T).min() < 60


@pytest.mark.parametrize("sigma", [30.0, 3e6])
def test_a_craft_beside_a_flood_of_echoes_keeps_its_own_plots(sigma):
    """Also where one echo is so vague that it may belong to any track."""
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(2)
    for k in range(14):
        x, y = random.uniform(-400, 400, 400), random.uniform(-700, -100, 400)
        vague = plots(T0 + 3 * k, 0, -400, sigma=sigma)
        craft = plots(T0 + 3 * k, 4.0 * 3 * k, 100)
        d = Detections.concat([plots(np.full(400, T0 + 3 * k), x, y), vague, craft])
        picture = tracker.step(d if k >= 6 else craft, T0 + 3 * k)
    first = picture.take(picture.id == 1)
    assert first.last_seen_s[0, 0] == T0 + 39
    assert np.hypot(*(first.state[0, :2] - [156, 100])) < 60


def test_a_bearing_that_says_nothing_of_where_costs_nothing():
    tracker = Tracker(SITE, PLANE)
    for k in range(20):
        vague = Detections.of(
            time_s=[T0 + 3 * k], kind=[Kind.BEARING], sensor=[0], azimuth_rad=[1.5],
            sigma_azimuth_rad=[1e300], sensor_lon=[ORIGIN[0]], sensor_lat=[ORIGIN[1]],
        )  # fmt: skip
        d = Detections.concat([plots(T0 + 3 * k, 4000, 0), vague])
        picture = tracker.step(d, T0 + 3 * k + 0.5)
    assert confirmed(picture).existence[0] > 0.99
    assert picture.state[0] == pytest.approx([4000, 0, 0, 0], abs=1)


def test_tracks_have_bounds_and_a_flood_of_one_kind_leaves_room_for_the_other(monkeypatch):
    monkeypatch.setattr(module, "NAMELESS_MAX", 50)
    monkeypatch.setattr(module, "NAMED_MAX", 40)
    tracker = Tracker(SITE, PLANE)
    x = 1_000.0 * np.arange(100)
    names = rows(Kind.REPORT, 1, np.full(100, T0), x, x * 0, mmsi=np.arange(100))
    picture = tracker.step(Detections.concat([names, plots(np.full(100, T0), x, x + 50_000)]), T0)
    assert len(picture) == 40
    assert tracker.counts == {"no room for a track": 110}
    picture = tracker.step(plots(np.full(50, T0 + 3), x[:50], x[:50] + 50_000), T0 + 3)
    assert (picture.mmsi < 0).sum() == 50


def test_time_that_leaps_ends_the_tracks_and_the_next_ones_are_new():
    tracker = Tracker(SITE, PLANE)
    for t in (T0, T0 + 10):
        tracker.step(report(t, 0, 0, 3))
    picture = tracker.step(report(T0 + 1e6, 5_000_000, 0, 3))
    assert sorted(picture.status.tolist()) == [0, 3]
    assert tracker.step(Detections.empty(), T0 + 1e6 + 1).id.tolist() == [2]


def test_a_pause_ends_tracks_alike_whether_or_not_empty_steps_fill_it():
    def ids(empty: bool) -> list[int]:
        tracker = Tracker(SITE, PLANE)
        for t in (T0, T0 + 10, T0 + 20):
            tracker.step(report(t, 0, 0, 3))
        for k in range(200 if empty else 0):
            tracker.step(Detections.empty(), T0 + 30 + 10 * k)
        return tracker.step(report(T0 + 2_500, 0, 0, 3)).take([0, -1]).id.tolist()

    assert ids(empty=True)[-1] == ids(empty=False)[-1] == 2


def test_a_track_that_ends_within_a_great_batch_is_in_its_picture_as_ended_and_only_there():
    tracker = Tracker(SITE, PLANE)
    for k in range(6):
        tracker.step(plots(T0 + 3 * k, 4000, 0), T0 + 3 * k + 1)
    later = plots(T0 + 20 + 3.0 * np.arange(60), np.full(60, -4000.0), np.zeros(60))
    picture = tracker.step(later)
    assert dict(zip(picture.id.tolist(), picture.status.tolist(), strict=True)) == {1: 3, 2: 1}
    assert tracker.step(plots(T0 + 200, -4000, 0)).id.tolist() == [2]


def test_nothing_at_all_is_an_empty_picture():
    tracker = Tracker(SITE, PLANE)
    assert len(tracker.step(Detections.empty(), T0)) == 0
    assert len(tracker.step(Detections.empty())) == 0
    picture = tracker.step(Detections.empty(), T0 + 1)
    assert picture.last_seen_s.shape == (0, len(SITE.sensors) + 1)
