"""What a large ship hides: the craft behind it, on every bearing, and never itself."""

import math

import numpy as np
import pytest

from coastwatch.model import Detections, Kind
from coastwatch.track import Tracker
from coastwatch.track.shadow import OPAQUE, shade
from tests.test_track_life import PLANE, SITE, T0, plots, report

FAR_M, NEAR_M = 6_000.0, 4_000.0


def ships(*bearings_deg: float) -> np.ndarray:
    """Ships of 200 m at 4 km as ``hiders`` gives them, which are tracks 0, 1 and so on."""
    bearings = (np.radians(bearings_deg) + math.pi) % math.tau - math.pi
    found = [[b, NEAR_M, 100.0, 10.0, k] for k, b in enumerate(bearings)]
    return np.array(sorted(found))


def turned(degrees: float) -> float:
    return (math.radians(degrees) + math.pi) % math.tau - math.pi


@pytest.mark.parametrize("south_deg", [0.0, 90.0, 179.7, 180.0, 180.3, 270.0, 359.9])
def test_a_ship_hides_what_is_behind_it_on_any_bearing_and_nothing_beside_or_before_it(south_deg):
    both = ships(south_deg, south_deg + 40)
    for off in (-0.5, 0.0, 0.5):
        assert shade(both, turned(south_deg + off), FAR_M, 20.0, 9) > 0.8 * OPAQUE
        assert shade(both, turned(south_deg + off), NEAR_M, 20.0, 9) == 0.0
        assert shade(both, turned(south_deg + off), 8_000.0, 20.0, 9) == 0.0
    for off in (-4.0, 4.0):
        assert shade(both, turned(south_deg + off), FAR_M, 20.0, 9) < 0.01


def test_without_a_ship_nothing_is_hidden_and_no_ship_hides_itself():
    assert shade(np.empty((0, 5)), 0.0, FAR_M, 20.0, 0) == 0.0
    assert shade(ships(0.0), 0.0, FAR_M, 20.0, 0) == 0.0


def existence_after_misses(vy: float) -> float:
    """Of a ship of 300 m that says so once, then is seen by radar, then missed four times."""
    tracker, y = Tracker(SITE, PLANE), 9_000.0
    told = report(T0, 0, y, 7, 0, vy)
    told.extent_m[:] = 300.0
    tracker.step(told, T0)
    for k in range(1, 30):
        t = 3.0 * k
        look = Detections.of(time_s=[T0 + t], kind=[Kind.LOOK], sensor=[0])
        seen = [plots(T0 + t, 0, y + vy * t)] if k < 26 else []
        picture = tracker.step(Detections.concat([*seen, look]), T0 + t)
    return float(picture.existence[0])


def test_a_ship_that_goes_away_from_the_radar_is_missed_as_one_that_comes_is():
    assert existence_after_misses(15.0) == pytest.approx(existence_after_misses(-15.0), abs=0.1)
