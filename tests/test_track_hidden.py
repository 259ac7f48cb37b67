"""A craft that is hidden for a while is not lost; one that is gone does not stay."""

import math

import numpy as np

from coastwatch.model import Detections, Status
from coastwatch.track import Tracker
from tests.test_track_life import PLANE, SITE, T0, plots, scan

SCAN_S = 3.0
HIDDEN_FROM_S, HIDDEN_S = 120.0, 25.0
SHIP = (3_000.0, 3_000.0, 0.5, -0.5)  # at anchor in the stream, between the radar and the craft
# Half a mile behind the ship it crosses its shadow, which the ship's 150 m cast there.
CRAFT = (3_304.0, 4_199.0, 4.0, -4.0)


def pictures(seed: int, seconds: float, away: tuple[float, float]):
    """Ship and craft scan by scan; the craft is not seen between two times ``away``."""
    tracker, random = Tracker(SITE, PLANE), np.random.default_rng(seed)
    for t in np.arange(0.0, seconds, SCAN_S):
        targets = [SHIP] if away[0] <= t < away[1] else [SHIP, CRAFT]
        yield tracker.step(scan(random, T0 + t, targets, clutter=20), T0 + t + 0.5)


def own(picture) -> int | None:
    """The id of the believed track at the craft's true place, if there is one."""
    x, y, vx, vy = CRAFT
    t = picture.time_s - T0
    held = picture.take((picture.status == Status.CONFIRMED) | (picture.status == Status.COASTING))
    off = np.hypot(*(held.state[:, :2] - [x + vx * t, y + vy * t]).T)
    return int(held.id[off.argmin()]) if len(off) and off.min() < 200 else None


def test_a_craft_that_passes_behind_a_ship_comes_out_with_its_number():
    kept = 0
    for seed in range(10):
        hidden = (HIDDEN_FROM_S, HIDDEN_FROM_S + HIDDEN_S)
        drawn = list(pictures(seed, 240.0, hidden))
        before = own(drawn[int(HIDDEN_FROM_S / SCAN_S) - 1])
        assert before is not None
        kept += own(drawn[-1]) == before
    assert kept >= 9


def test_a_craft_that_vanishes_is_ended_within_about_a_minute():
    ended_after = []
    for seed in range(10):
        drawn = list(pictures(seed, 300.0, (HIDDEN_FROM_S, math.inf)))
        number = own(drawn[int(HIDDEN_FROM_S / SCAN_S) - 1])
        held = [p.time_s for p in drawn if number in p.id[p.status != Status.ENDED].tolist()]
        ended_after.append(held[-1] - T0 - HIDDEN_FROM_S)
    assert max(ended_after) <= 70.0


def test_a_craft_is_not_lost_while_its_radar_is_silent_for_half_a_minute():
    tracker = Tracker(SITE, PLANE)
    for t in np.arange(0.0, 60.0, SCAN_S):
        picture = tracker.step(plots(T0 + t, 4_000 + 4 * t, 0.0), T0 + t + 0.5)
    number = picture.id.tolist()
    tracker.step(Detections.empty(), T0 + 75.0)
    for t in np.arange(90.0, 99.0, SCAN_S):
        picture = tracker.step(plots(T0 + t, 4_000 + 4 * t, 0.0), T0 + t + 0.5)
    assert picture.id.tolist() == number
