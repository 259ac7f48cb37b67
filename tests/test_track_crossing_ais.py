"""Two vessels with AIS that cross: each keeps its MMSI, though neither is heard often."""

import math

import numpy as np
import pytest

from coastwatch.model import Detections, Status, Tracks
from coastwatch.track import Tracker
from tests.test_track_life import PLANE, SITE, T0, plots, report, scan

SCAN_S, SECONDS, MEET_S = 3.0, 480.0, 240.0
MMSI = (227_000_001, 235_000_002)
REPORT_S = 30.0
SEEDS = range(20)


def vessels(angle_deg: float, speed_mps: float) -> list[tuple[float, float, float, float]]:
    """Two of one speed that are at one place after four minutes."""
    found = []
    for course in (math.radians(-angle_deg / 2), math.radians(angle_deg / 2)):
        vx, vy = speed_mps * math.sin(course), speed_mps * math.cos(course)
        found.append((6_000.0 - vx * MEET_S, 4_000.0 - vy * MEET_S, vx, vy))
    return found


def pictures(seed: int, targets) -> list[Tracks]:
    """Scans of both, and their reports in turn, each every half minute."""
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(seed)
    offset, drawn = random.uniform(0, REPORT_S, 2), []
    for t in np.arange(0.0, SECONDS, SCAN_S):
        batch = []
        for (x, y, vx, vy), mmsi, first in zip(targets, MMSI, offset, strict=True):
            due = first + REPORT_S * math.floor((t - first) / REPORT_S)
            if t - SCAN_S < due <= t:
                east, north = random.normal(0, 10, 2)
                batch.append(report(T0 + due, x + vx * due + east, y + vy * due + north,
                                    mmsi, vx, vy))  # fmt: skip
        batch.append(scan(random, T0 + t, targets, clutter=20))
        d = Detections.concat(batch)
        drawn.append(tracker.step(d.take(np.argsort(d.time_s, kind="stable")), T0 + t + 0.5))
    return drawn


def carrying(picture: Tracks, mmsi: int) -> Tracks:
    held = (picture.status == Status.CONFIRMED) | (picture.status == Status.COASTING)
    return picture.take(np.flatnonzero(held & (picture.mmsi == mmsi)))


def right(drawn: list[Tracks], targets) -> bool:
    """One track a MMSI from the second minute on, one number, and at the end on its own vessel."""
    t = drawn[-1].time_s - T0
    truth = np.array([(x + vx * t, y + vy * t) for x, y, vx, vy in targets])
    for own, mmsi in enumerate(MMSI):
        numbers = [carrying(p, mmsi).id.tolist() for p in drawn[40:]]
        if any(one != numbers[0] or len(one) != 1 for one in numbers):
            return False
        off = np.hypot(*(carrying(drawn[-1], mmsi).state[0, :2] - truth).T)
        if off.argmin() != own or off[own] > 100.0:
            return False
    return True


@pytest.mark.parametrize(("angle_deg", "speed_mps"), [(10.0, 5.0), (30.0, 8.0)])
def test_two_that_cross_keep_their_names(angle_deg, speed_mps):
    targets = vessels(angle_deg, speed_mps)
    assert sum(right(pictures(seed, targets), targets) for seed in SEEDS) >= 19


def test_a_report_on_board_a_craft_that_crosses_one_without_ais_stays_with_its_own():
    targets, kept = vessels(20.0, 6.0), 0
    for seed in SEEDS[:10]:
        tracker, random = Tracker(SITE, PLANE), np.random.default_rng(seed)
        x, y, vx, vy = targets[0]
        for t in np.arange(0.0, SECONDS, SCAN_S):
            batch = [scan(random, T0 + t, targets, clutter=20)]
            if t % REPORT_S == 0:
                here = (x + vx * t + random.normal(0, 10), y + vy * t + random.normal(0, 10))
                batch.insert(0, report(T0 + t, *here, MMSI[0], vx, vy))
            picture = tracker.step(Detections.concat(batch), T0 + t + 0.5)
        mine = carrying(picture, MMSI[0])
        t = picture.time_s - T0
        kept += len(mine) == 1 and np.hypot(*(mine.state[0, :2] - [x + vx * t, y + vy * t])) < 100
        assert carrying(picture, MMSI[1]).id.tolist() == []
    assert kept >= 9


def test_two_that_had_each_others_names_are_two_again_though_both_report_in_one_batch():
    tracker = Tracker(SITE, PLANE)
    for k in range(30):
        t, x = T0 + 6 * k, 36.0 * k
        tracker.step(plots([t, t], [x, x], [0, 600], sigma=10.0), t)
        first, second = MMSI if k < 20 else MMSI[::-1]
        both = [report(t + 1, x + 6, 0, first, 6), report(t + 1, x + 6, 600, second, 6)]
        picture = tracker.step(Detections.concat(both), t + 2)
    assert picture.id.tolist() == [1, 2]
    assert picture.mmsi[picture.state[:, 1].argmin()] == first
    assert tracker.counts == {"identities moved": 1}
