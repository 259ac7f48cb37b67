"""Tracks' lives, from plots and reports to pictures."""

import math

import numpy as np
import pytest

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Kind, Status, Tracks
from coastwatch.site import Sensor, Site
from coastwatch.track import Tracker

T0 = 1_763_616_600.0
ORIGIN = (1.5, 51.0)
PLANE = Plane(ORIGIN)
RADAR = Sensor("radar", "radar", ORIGIN, amplitude_small_db=-70.0, clutter_per_scan=30.0)
AIS = Sensor("ais", "ais", ORIGIN, range_max_m=60_000.0)
SITE = Site("Test", ORIGIN, sensors=(RADAR, AIS))
KNOT = 1852 / 3600


def rows(kind: Kind, sensor: int, t, x, y, sigma: float = 30.0, **more) -> Detections:
    t, x, y = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (t, x, y))
    lon, lat = PLANE.to_lonlat(x, y)
    cov = np.tile(np.eye(2) * sigma**2, (len(t), 1, 1))
    return Detections.of(
        time_s=t, x_m=x, y_m=y, lon=lon, lat=lat, cov_m2=cov,
        kind=np.full(len(t), kind), sensor=np.full(len(t), sensor), **more,
    )  # fmt: skip


def plots(t, x, y, **more) -> Detections:
    return rows(Kind.PLOT, 0, t, x, y, **more)


def report(t: float, x: float, y: float, mmsi: int, vx: float = 0.0, vy: float = 0.0) -> Detections:
    lon, lat = PLANE.to_lonlat(x, y)
    sog, cog = PLANE.course(lon, lat, vx, vy)
    return rows(
        Kind.REPORT, 1, t, x, y, 15.0, mmsi=[mmsi], sog_mps=[float(sog)], cog_rad=[float(cog)]
    )


def scan(random, t: float, targets, pd: float = 0.9, clutter: int = 0, db: float = -60.0):
    """One scan: targets as (x, y, vx, vy) at T0, with misses and uniform clutter."""
    seen = [
        (x + vx * (t - T0), y + vy * (t - T0)) for x, y, vx, vy in targets if random.random() < pd
    ]
    seen = [(x + random.normal(0, 30), y + random.normal(0, 30)) for x, y in seen]
    for _ in range(clutter):
        r, a = 40_000 * math.sqrt(random.random()), random.uniform(0, 2 * math.pi)
        seen.append((r * math.sin(a), r * math.cos(a)))
    # A turn without an echo is still a look.
    look = Detections.of(time_s=[t], kind=[Kind.LOOK], sensor=[0])
    if not seen:
        return look
    x, y = np.array(seen).T
    found = plots(np.full(len(x), t), x, y, amplitude_db=np.full(len(x), db))
    return Detections.concat([found, look])


def run(targets, scans: int, seed: int = 1, site: Site = SITE, **how) -> list[Tracks]:
    tracker, random = Tracker(site, PLANE), np.random.default_rng(seed)
    return [
        tracker.step(scan(random, T0 + 3 * k, targets, **how), T0 + 3 * k + 0.5)
        for k in range(scans)
    ]


def confirmed(picture: Tracks) -> Tracks:
    return picture.take(np.flatnonzero(picture.status == Status.CONFIRMED))


def ever_confirmed(pictures: list[Tracks]) -> set[int]:
    return {i for p in pictures for i in confirmed(p).id.tolist()}


def test_one_craft_is_one_track_that_follows_it():
    pictures = run([(5000, 8000, 3, -2)], 40)
    assert len(ever_confirmed(pictures)) == 1
    last = confirmed(pictures[-1])
    assert last.state[0, :2] == pytest.approx([5000 + 3 * 117.5, 8000 - 2 * 117.5], abs=60)
    assert last.state[0, 2:] == pytest.approx([3, -2], abs=1.5)


def test_a_dinghy_with_poor_echo_is_confirmed_within_twenty_seconds_in_the_median():
    delays = []
    for seed in range(15):
        pictures = run([(3000, 4000, -2, 1)], 20, seed=seed, pd=0.7, clutter=20)
        first = next(p.time_s for p in pictures if len(confirmed(p)))
        delays.append(first - T0)
    assert np.median(delays) <= 20.0


def test_clutter_alone_makes_no_picture():
    assert len(ever_confirmed(run([], 200, clutter=30))) <= 1


def test_crossing_craft_keep_their_tracks():
    pictures = run([(-600, 0, 6, 0), (600, 200, -6, 0)], 60, pd=0.95)
    assert len(ever_confirmed(pictures)) == 2
    first = dict(zip(pictures[10].id.tolist(), pictures[10].state, strict=True))
    last = dict(zip(pictures[-1].id.tolist(), pictures[-1].state, strict=True))
    for i in ever_confirmed(pictures):
        assert np.sign(first[i][2]) == np.sign(last[i][2])


def test_craft_on_near_courses_never_swap_their_tracks():
    for seed in range(8):
        pictures = run([(-900, 0, 5, 0), (-900, 400, 5, -0.5), (900, 200, -6, 0)], 60, seed=seed)
        last = confirmed(pictures[-1])
        truth = {0: (-900 + 5 * 177.5, 0), 1: (-900 + 5 * 177.5, 400 - 0.5 * 177.5)}
        truth[2] = (900 - 6 * 177.5, 200)
        start = {0: (-900, 0), 1: (-900, 400), 2: (900, 200)}
        early = pictures[4]
        for target, xy in truth.items():
            off = np.hypot(*(last.state[:, :2] - xy).T)
            track = last.id[off.argmin()]
            t = early.time_s - T0
            v = [(5, 0), (5, -0.5), (-6, 0)][target]
            then = np.array(start[target]) + np.array(v) * t
            row = early.state[early.id == track]
            assert len(row) == 1
            assert np.hypot(*(row[0, :2] - then)) < 150


def test_missed_scans_make_a_track_coast_and_then_end_exactly_once():
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(1)
    states = []
    for k in range(60):
        targets = [(4000, 0, 2, 0)] if k < 15 else []
        picture = tracker.step(scan(random, T0 + 3 * k, targets, pd=1.0), T0 + 3 * k)
        states += [Status(s).name for s in picture.status.tolist()]
    assert states[0] == "TENTATIVE"
    assert "COASTING" in states
    assert states.count("ENDED") == 1
    assert states[-1] == "ENDED"
    assert len(tracker.step(Detections.empty(), T0 + 300)) == 0


def test_a_report_gives_its_identity_to_the_radar_track():
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(2)
    for k in range(20):
        t = T0 + 3 * k
        batch = [scan(random, t, [(2000, 1000, 5, 0)], pd=0.95)]
        if k >= 8:
            batch.insert(0, report(t, 2000 + 5 * (t - T0), 1000, 227_000_001, 5, 0))
        picture = tracker.step(Detections.concat(batch), t)
    assert confirmed(picture).mmsi.tolist() == [227_000_001]
    assert confirmed(picture).id.tolist() == [1]
    assert confirmed(picture).p_unregistered.tolist() == [0.0]


def test_a_vessel_by_ais_alone_is_confirmed_by_its_second_report_coasts_and_ends():
    tracker = Tracker(SITE, PLANE)
    first = tracker.step(report(T0, 9000, 0, 1, 0, 4))
    second = tracker.step(report(T0 + 30, 9000, 120, 1, 0, 4))
    assert (first.status.tolist(), second.status.tolist()) == ([0], [1])
    assert tracker.step(Detections.empty(), T0 + 200).status.tolist() == [Status.COASTING]
    assert tracker.step(Detections.empty(), T0 + 1000).status.tolist() == [Status.ENDED]
    assert len(tracker.step(Detections.empty(), T0 + 1010)) == 0
    again = tracker.step(report(T0 + 2000, 0, 0, 1))
    assert again.id.tolist() == [2]


def test_two_tracks_of_one_vessel_become_the_older_and_the_other_ends_once():
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(2)
    seen: dict[int, list[int]] = {}
    for k in range(60):
        t = T0 + 3 * k
        # The reports begin off the echo, then come together with it.
        off = max(0.0, 2_500.0 - 100.0 * k)
        batch = [
            report(t, 2000 + 5 * (t - T0) + off, 1000, 227_000_001, 5 - 100 / 3 * (off > 0), 0)
        ]
        batch.append(scan(random, t, [(2000, 1000, 5, 0)], pd=1.0))
        picture = tracker.step(Detections.concat(batch), t)
        for i, status in zip(picture.id.tolist(), picture.status.tolist(), strict=True):
            seen.setdefault(i, []).append(status)
    assert len(confirmed(picture)) == 1
    assert confirmed(picture).mmsi.tolist() == [227_000_001]
    ended = [i for i, statuses in seen.items() if Status.ENDED in statuses]
    assert all(seen[i].count(Status.ENDED) == 1 and seen[i][-1] == Status.ENDED for i in ended)
    assert tracker.counts["merged"] == 1


def test_a_jump_is_another_hull():
    tracker = Tracker(SITE, PLANE)
    for k in range(5):
        picture = tracker.step(report(T0 + 10 * k, 0, 50 * k, 7, 0, 5))
    picture = tracker.step(report(T0 + 50, 20_000, 0, 7, 0, 5))
    assert len(picture) == 2
    assert tracker.counts["position jumps"] == 1


def test_positions_at_the_other_end_of_the_world_are_tracked():
    tracker = Tracker(SITE, PLANE)
    for k in range(3):
        picture = tracker.step(report(T0 + 10 * k, 1.2e7 + 50 * k, -9e6, 5))
    assert confirmed(picture).mmsi.tolist() == [5]


def test_unregistered_needs_ais_that_is_heard():
    def after(others: bool) -> float:
        tracker, random = Tracker(SITE, PLANE), np.random.default_rng(4)
        for k in range(60):
            t = T0 + 3 * k
            batch = [scan(random, t, [(3000, 3000, 2, 0)])]
            if others:
                batch.append(report(t, -20_000, 0, 9))
            picture = tracker.step(Detections.concat(batch), t)
        mine = picture.take(np.flatnonzero((picture.mmsi < 0) & (picture.status == 1)))
        return float(mine.p_unregistered[0])

    assert after(others=True) > 0.95
    assert after(others=False) == pytest.approx(0.3)


def test_small_follows_amplitude_and_fixed_follows_displacement():
    weak = confirmed(run([(3000, 3000, 2, 0)], 60, db=-76.0)[-1])
    strong = confirmed(run([(3000, 3000, 0, 0)], 60, db=-60.0)[-1])
    assert weak.p_small[0] > 0.9
    assert strong.p_small[0] < 0.1
    assert weak.p_fixed[0] < 0.1
    assert strong.p_fixed[0] > 0.8


def test_rows_that_cannot_be_used_are_counted_and_cost_nothing():
    tracker = Tracker(SITE, PLANE)
    odd = Detections.of(
        time_s=[T0, T0, T0], kind=[Kind.BEARING, Kind.LOOK, Kind.PLOT], sensor=[0, 0, -1]
    )
    assert len(tracker.step(odd)) == 0
    assert tracker.counts["bearings without direction"] == 1
    assert tracker.counts["without position"] == 1


def test_the_same_input_gives_the_same_arrays():
    how = {"pd": 0.8, "clutter": 10, "seed": 6}
    first, second = (run([(1000, 2000, 3, 3), (-4000, 0, 0, 5)], 50, **how) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        for name in ("id", "state", "cov", "existence", "status", "mmsi", "p_small"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_one_great_batch_gives_the_tracks_of_many_small_ones():
    random = np.random.default_rng(8)
    targets = [(3000 * i, 2000, 3, 0) for i in range(-4, 5)]
    scans = [scan(random, T0 + 3 * k, targets, clutter=10) for k in range(60)]
    stepped, whole = Tracker(SITE, PLANE), Tracker(SITE, PLANE)
    for k, batch in enumerate(scans):
        small = stepped.step(batch, T0 + 3 * k)
    great = whole.step(Detections.concat(scans), T0 + 177)
    assert confirmed(small).id.tolist() == confirmed(great).id.tolist()
    np.testing.assert_allclose(confirmed(small).state, confirmed(great).state)
