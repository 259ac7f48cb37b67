"""Craft close to each other: two tracks, each its own, neither drawn to the other."""

import math

import numpy as np
import pytest

from coastwatch.model import Status, Tracks
from tests.test_track_life import T0, run

SCANS = 200  # ten minutes
SETTLED = 20  # the first minute
SEEDS = range(9)


def pair(gap_m: float, turn_deg: float, speeds=(5.0, 5.0), behind_m: float = 0.0):
    """Two craft at (5, 5) km: ``gap_m`` beside each other, the second turned towards the first."""
    turn = math.radians(turn_deg)
    first = (5_000.0, 5_000.0, 0.0, speeds[0])
    second = (5_000.0 + gap_m, 5_000.0 - behind_m,
              -speeds[1] * math.sin(turn), speeds[1] * math.cos(turn))  # fmt: skip
    return [first, second]


def true_at(targets, time_s: float) -> np.ndarray:
    x, y, vx, vy = np.array(targets).T
    return np.column_stack([x + vx * (time_s - T0), y + vy * (time_s - T0)])


def believed(picture: Tracks, targets) -> Tracks:
    """The confirmed and coasting tracks about the two; false ones elsewhere are no matter here."""
    held = (picture.status == Status.CONFIRMED) | (picture.status == Status.COASTING)
    off = picture.state[:, None, :2] - true_at(targets, picture.time_s)
    return picture.take(np.flatnonzero(held & (np.hypot(*off.transpose(2, 0, 1)).min(1) < 400)))


def two_all_the_time(pictures: list[Tracks], targets) -> bool:
    return all(len(believed(p, targets)) == 2 for p in pictures[SETTLED:])


def pairing(picture: Tracks, targets) -> tuple[int, ...]:
    """The ids of the two tracks, that of the first craft's first, by the least sum of distances."""
    truth, tracks = true_at(targets, picture.time_s), believed(picture, targets)
    off = np.hypot(*(tracks.state[:, None, :2] - truth).transpose(2, 0, 1))
    straight = off[0, 0] + off[1, 1] <= off[0, 1] + off[1, 0]
    return tuple(tracks.id[[0, 1] if straight else [1, 0]].tolist())


def swapped(pictures: list[Tracks], targets) -> bool:
    """Whether the tracks have changed craft between the first minute and the end."""
    return pairing(pictures[SETTLED], targets) != pairing(pictures[-1], targets)


def apart(pictures: list[Tracks], targets) -> float:
    """The mean distance between the two tracks, as the pictures have it (m)."""
    states = [believed(p, targets).state[:, :2] for p in pictures]
    return float(np.mean([np.hypot(*(s[0] - s[1])) for s in states]))


def runs_of(targets) -> list[list[Tracks]]:
    """The runs, one a seed, in which there are two tracks all the time: all but one at most."""
    runs = [run(targets, SCANS, seed, clutter=20) for seed in SEEDS]
    both = [pictures for pictures in runs if two_all_the_time(pictures, targets)]
    assert len(both) >= len(SEEDS) - 1, f"two tracks in {len(both)} of {len(SEEDS)}"
    return both


# At two sigma the plots alone hardly say who is who.
@pytest.mark.parametrize(("gap_m", "swaps"), [(60.0, 3), (100.0, 1), (150.0, 0)])
def test_side_by_side_for_ten_minutes_they_are_two_and_stay_apart(gap_m, swaps):
    targets = pair(gap_m, 0.0)
    runs = runs_of(targets)
    assert sum(swapped(pictures, targets) for pictures in runs) <= swaps
    assert np.mean([apart(pictures[SETTLED:], targets) for pictures in runs]) >= 0.7 * gap_m


@pytest.mark.parametrize("turn_deg", [5.0, 15.0])
def test_crossing_at_a_small_angle_they_go_on_as_two(turn_deg):
    drift_m = 5.0 * 300 * math.sin(math.radians(turn_deg))
    targets = pair(drift_m, turn_deg)  # they meet after five minutes
    runs = runs_of(targets)
    if turn_deg > 10:  # at five degrees they are one echo for minutes, and who is who is lost
        assert sum(swapped(pictures, targets) for pictures in runs) <= 1
    assert np.mean([apart(pictures[-20:], targets) for pictures in runs]) >= 0.7 * drift_m * 0.9


def test_one_that_overtakes_the_other_close_by_keeps_its_track():
    targets = pair(80.0, 0.0, speeds=(4.0, 8.0), behind_m=1_200.0)
    assert not any(swapped(pictures, targets) for pictures in runs_of(targets))
