"""Several sensors, their own scans, clocks and noise: one picture."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

from coastwatch.model import Detections, Kind
from coastwatch.site import Sensor, Site
from coastwatch.track import Tracker
from coastwatch.track.existence import HIDES_PER_S, LEAVES_PER_S, SHOWS_PER_S
from coastwatch.track.motion import SPEED_SIGMA_MPS
from tests.test_track_imm import assert_honest, sail
from tests.test_track_life import (
    AIS,
    ORIGIN,
    PLANE,
    SITE,
    T0,
    confirmed,
    ever_confirmed,
    plots,
    report,
    rows,
)  # fmt: skip

RADARS = (
    Sensor("west", "radar", ORIGIN, clutter_per_scan=60.0),
    Sensor("east", "radar", (1.6, 51.1), scan_s=2.5, clutter_per_scan=60.0),
)
TWO = Site("Two radars", ORIGIN, sensors=(*RADARS, AIS))


def sort(batches: list[Detections]) -> Detections:
    d = Detections.concat(batches)
    return d.take(np.lexsort((d.sensor, d.time_s)))


def pictures_of(d: Detections, site: Site, seconds: int):
    tracker = Tracker(site, PLANE)
    edges = np.searchsorted(d.time_s, T0 + np.arange(seconds + 1))
    return [
        tracker.step(d.take(slice(edges[k], edges[k + 1])), T0 + k + 1.0) for k in range(seconds)
    ]


def false_plots(random, sensor: int, seconds: float) -> Detections:
    """Poisson clutter, uniform over a radar's area, each plot at its turn of the antenna."""
    s = RADARS[sensor]
    times, places = [], []
    x0, y0 = (float(v) for v in PLANE.to_xy(*s.position))
    for k in range(int(seconds / s.scan_s)):
        n = random.poisson(s.clutter_per_scan)
        a, r = random.uniform(0, 2 * math.pi, n), 40_000 * np.sqrt(random.random(n))
        times.append(T0 + s.scan_s * (k + a / (2 * math.pi)))
        places.append(np.column_stack([x0 + r * np.sin(a), y0 + r * np.cos(a)]))
    t, xy = np.concatenate(times), np.concatenate(places)
    return rows(Kind.PLOT, sensor, t, xy[:, 0], xy[:, 1], 60.0)


def test_half_an_hour_of_heavy_clutter_on_two_radars_confirms_nothing():
    random = np.random.default_rng(11)
    d = sort([false_plots(random, s, 1800.0) for s in (0, 1)])
    assert len(d) > 70_000
    assert ever_confirmed(pictures_of(d, TWO, 1800)) == set()


def test_a_weak_echo_in_heavy_clutter_is_confirmed_in_twenty_seconds_in_the_median():
    delays = []
    for seed in range(9):
        random = np.random.default_rng(seed)
        batches = [false_plots(random, s, 90.0) for s in (0, 1)]
        for s, scan_s in ((0, 3.0), (1, 2.5)):
            t = T0 + 0.4 + scan_s * np.arange(int(90 / scan_s))
            t = t[random.random(len(t)) < 0.7]
            noise = random.normal(0, 60, (2, len(t)))
            x, y = 6_000 - 2 * (t - T0) + noise[0], 9_000 + 1.5 * (t - T0) + noise[1]
            batches.append(rows(Kind.PLOT, s, t, x, y, 60.0))
        pictures = pictures_of(sort(batches), TWO, 90)
        near = (
            p.time_s - T0
            for p in pictures
            if len(c := confirmed(p)) and np.hypot(*(c.state[:, :2] - [6000, 9000]).T).min() < 600
        )
        delays.append(next(near, math.inf))
    assert np.median(delays) <= 20.0


def test_two_radars_with_their_own_scans_and_noise_make_one_track():
    random, batches = np.random.default_rng(3), []
    for s, scan_s, sigma in ((0, 3.0, 30.0), (1, 2.5, 80.0)):
        t = T0 + 0.3 + scan_s * np.arange(int(300 / scan_s))
        t = t[random.random(len(t)) < 0.85]
        noise = random.normal(0, sigma, (2, len(t)))
        batches.append(
            rows(Kind.PLOT, s, t, 5000 + 4 * (t - T0) + noise[0], 3000 + noise[1], sigma)
        )
    pictures = pictures_of(sort(batches), TWO, 300)
    assert ever_confirmed(pictures) == {1}
    assert np.isfinite(confirmed(pictures[-1]).last_seen_s[0, :2]).all()


def test_a_sensor_that_scans_twice_in_a_picture_makes_one_track():
    site = Site("Canal", ORIGIN, sensors=(
        Sensor("lidar", "radar", ORIGIN, range_max_m=150.0, scan_s=0.5, clutter_per_scan=1.0),
    ))  # fmt: skip
    random = np.random.default_rng(4)
    t = T0 + 0.1 + 0.5 * np.arange(120)
    noise = random.normal(0, 1.5, (2, len(t)))
    d = rows(Kind.PLOT, 0, t, 20 + 1.5 * (t - T0) + noise[0], 40 + noise[1], 1.5)
    pictures = pictures_of(d, site, 60)
    assert {i for p in pictures for i in p.id.tolist()} == {1}
    assert confirmed(pictures[-1]).state[0] == pytest.approx([110, 40, 1.5, 0], abs=2)


def after_misses(existence: float, pd: float, looks: int) -> float:
    """Bayes by hand: visible, hidden, gone; a miss each scan of 3 s, and half a second more."""
    hides, shows, leaves = HIDES_PER_S, SHOWS_PER_S, LEAVES_PER_S
    rates = np.array(
        [[-hides - leaves, hides, leaves], [shows, -shows - leaves, leaves], [0, 0, 0]]
    )
    p = np.array([existence, 0.0, 1 - existence])
    for _ in range(looks):
        p = p @ expm(3.0 * rates) * [1 - pd, 1, 1]
        p /= p.sum()
    return float((p @ expm(0.5 * rates))[:2].sum())


def test_looks_that_see_nothing_are_misses_and_silence_is_none():
    def existence(look: bool) -> tuple[float, float]:
        tracker = Tracker(SITE, PLANE)
        for k in range(8):
            before = tracker.step(plots(T0 + 3 * k, 4000, 0), T0 + 3 * k)
        for k in range(8, 13):
            t = T0 + 3 * k
            batch = Detections.of(time_s=[t], kind=[Kind.LOOK], sensor=[0])
            picture = tracker.step(batch if look else Detections.empty(), t + 0.5)
        return float(before.existence[0]), float(picture.existence[0])

    before, silent = existence(look=False)
    assert silent == pytest.approx(before * math.exp(-15.5 * LEAVES_PER_S), abs=1e-9)
    before, missed = existence(look=True)
    # Eight hits of eight looks say that this one is seen better than the site's 0.8 promises.
    assert after_misses(before, 0.95, 5) < missed < after_misses(before, 0.8, 5) < silent - 0.1


def test_each_sensor_has_its_own_time_last_seen_and_the_last_column_is_for_none_of_them():
    tracker = Tracker(TWO, PLANE)
    for k in range(5):
        batch = [rows(Kind.PLOT, s, T0 + 3 * k + 0.2 * s, 4000, 0) for s in (0, 1)]
        picture = tracker.step(sort(batch))
    odd = rows(Kind.REPORT, -1, T0 + 14, 4000, 0, 15.0, mmsi=[5], sog_mps=[0.0])
    picture = tracker.step(odd)
    seen = picture.last_seen_s[picture.mmsi == 5][0] - T0
    np.testing.assert_allclose(seen, [12.0, 12.2, np.nan, 14.0], atol=1e-6)


def test_another_trackers_number_decides_between_two_that_fit():
    def crossed(numbers: bool) -> bool:
        """Two targets close to each other; the sensor's last output is nearer to the other one."""
        tracker = Tracker(SITE, PLANE)
        known = [11, 22] if numbers else [-1, -1]
        for k in range(10):
            d = rows(Kind.SENSOR_TRACK, 0, [T0 + 3 * k] * 2, [4000, 4090], [0, 0], target=known)
            picture = tracker.step(d, T0 + 3 * k)
        first = int(picture.id[picture.state[:, 0].argmin()])
        d = rows(Kind.SENSOR_TRACK, 0, [T0 + 30], [4052], [0], target=known[:1])
        picture = tracker.step(d, T0 + 30)
        return bool(picture.last_seen_s[picture.id == first, 0][0] < T0 + 30)

    assert crossed(numbers=False)
    assert not crossed(numbers=True)


def test_the_pictures_covariance_is_honest_about_truth_that_moves_as_believed():
    random, n, steps = np.random.default_rng(9), 121, 40
    grid = np.stack(np.meshgrid(np.arange(-5, 6), np.arange(-5, 6)), -1).reshape(-1, 2) * 5_000.0
    start = np.concatenate([grid, random.normal(0, SPEED_SIGMA_MPS, (n, 2))], axis=1)
    truth = np.array([sail(random, state, np.full(steps, 3.0)) for state in start])
    open_sea = replace(SITE, land=False)
    tracker, nees, squares, claimed = Tracker(open_sea, PLANE), [], [], []
    for k in range(steps + 1):
        z = truth[:, k, :2] + random.normal(0, 30, (n, 2))
        picture = confirmed(tracker.step(plots(np.full(n, T0 + 3 * k), *z.T), T0 + 3 * k))
        if k % 4 == 0 and k:
            assert len(picture) == n
            off = picture.state[:, None, :2] - truth[None, :, k, :2]
            nearest = np.hypot(*off.transpose(2, 0, 1)).argmin(axis=0)
            e, cov = picture.state[nearest] - truth[:, k], picture.cov[nearest]
            there = np.linalg.solve(cov[:, :2, :2], e[:, :2, None])[:, :, 0]
            nees.append((e[:, :2] * there).sum(axis=1))
            squares.append((e[:, 2:] ** 2).sum(axis=1))
            claimed.append(np.trace(cov[:, 2:, 2:], axis1=1, axis2=2))
    assert_honest(np.mean(nees, axis=0), 2.0, careful=0.06)
    claim = float(np.mean(claimed))
    speed = np.mean(squares, axis=0) - np.mean(claimed, axis=0)
    assert abs(speed.mean()) < 1.96 * speed.std(ddof=1) / math.sqrt(n) < 0.25 * claim


def test_two_hulls_that_send_one_mmsi_keep_their_tracks_and_neither_is_unregistered():
    tracker, ids, doubt = Tracker(SITE, PLANE), set(), 0.0
    for k in range(80):
        t, y = T0 + 5 * k, 25.0 * k
        x = [0.0, 20_000.0]
        batch = [report(t, x[k % 2], y, 7, 0, 5), plots([t + 0.1] * 2, x, [y, y])]
        picture = tracker.step(sort(batch), t + 1)
        mine = confirmed(picture)
        ids |= set(mine.id.tolist())
        doubt = max(doubt, float(mine.p_unregistered.max(initial=0.0))) if k > 10 else doubt
    assert confirmed(picture).mmsi.tolist() == [7, 7]
    assert len(ids) == 2
    assert doubt == 0.0
