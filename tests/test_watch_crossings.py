"""Entries, exits and line crossings: what a track did, by the probability of being inside."""

import dataclasses
import time

import numpy as np
import pytest

from coastwatch.model import Status, Tracks
from coastwatch.watch import Watch
from tests.watch_scene import PLANE, SITE, T0, go, picture, square, zone


def test_entry_and_exit_carry_time_place_and_identity():
    watch = Watch(SITE, [zone("z", square(1000, 0, 200), rules=())], PLANE)
    _, (entry, exit_) = go(watch, 0, 0, 5, 0, 400, mmsi=227_000_001)
    assert (entry.what, exit_.what) == ("entry", "exit")
    assert entry.mmsi == exit_.mmsi == 227_000_001
    assert entry.time_s == pytest.approx(T0 + 800 / 5, abs=6)
    assert exit_.time_s == pytest.approx(T0 + 1200 / 5, abs=6)
    x, y = PLANE.to_xy(exit_.lon, exit_.lat)
    assert (float(x), float(y)) == pytest.approx((1200, 0), abs=30)


def test_through_a_narrow_zone_in_one_stride_is_entry_and_exit_at_once():
    watch = Watch(SITE, [zone("z", square(1000, 0, 5), rules=())], PLANE)
    _, crossings = go(watch, 900, 0, 30, 0, 20, step=10)
    assert [(c.what, c.time_s) for c in crossings] == [("entry", T0 + 10), ("exit", T0 + 10)]


def test_a_track_born_in_a_zone_has_not_entered_it_but_leaves_it():
    watch = Watch(SITE, [zone("z", square(0, 0, 200), rules=())], PLANE)
    assert [c.what for c in go(watch, 0, 0, 5, 0, 100)[1]] == ["exit"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ([(0, -5000), (0, 5000)], "crossing-left-to-right"),
        ([(0, 5000), (0, -5000)], "crossing-right-to-left"),
    ],
)
def test_the_side_of_a_crossing_follows_the_lines_own_direction(line, what):
    watch = Watch(SITE, [zone("l", line, "line", ())], PLANE)
    _, (crossing,) = go(watch, -203, 100, 5, 0, 100)
    assert crossing.what == what


def test_there_and_back_is_one_crossing_each_way():
    watch = Watch(SITE, [zone("l", [(0, -5000), (0, 5000)], "line", ())], PLANE)
    there = go(watch, -203, 100, 5, 0, 100)[1]
    back = go(watch, 292, 100, -5, 0, 100)[1]
    assert [c.what for c in there + back] == ["crossing-left-to-right", "crossing-right-to-left"]


@pytest.mark.parametrize("seed", range(5))
def test_noise_at_an_edge_and_on_a_line_raises_nothing(seed):
    zones = [
        zone("z", square(1000, 0, 1000), rules=("zone-entry", "zone-exit")),
        zone("l", [(0, -9000), (0, 9000)], "line", ("line-crossing",)),
    ]
    watch, random = Watch(SITE, zones, PLANE), np.random.default_rng(seed)
    for s in range(200):
        x, y = random.normal(0, 15, 2)
        seen = watch.step(picture(T0 + s, (x, y, 0.1, 0), sigma=20.0))
        assert (seen.alerts, seen.crossings) == ([], [])


@pytest.mark.parametrize("times", [{"begin": T0 + 1e4}, {"end": T0}])
def test_a_zone_outside_its_validity_raises_nothing(times):
    every = ("zone-entry", "zone-exit", "small-unregistered-craft")
    area = zone("z", square(1000, 0, 200), "tss-lane", every, **times)
    line = zone("l", [(500, -900), (500, 900)], "line", ("line-crossing",), **times)
    assert go(Watch(SITE, [area, line], PLANE), 0, 0, 5, 0, 400) == ([], [])


def test_an_ended_track_is_forgotten_and_its_number_may_begin_anew():
    watch = Watch(SITE, [zone("z", square(1000, 0, 200), rules=())], PLANE)
    watch.step(picture(T0, (1000, 0, 5, 0)))
    assert len(watch._standing._known.id) == len(watch._standing._pairs.keys) == 1
    watch.step(picture(T0 + 1, (1005, 0, 5, 0), status=int(Status.ENDED)))
    assert len(watch._standing._known.id) == len(watch._standing._pairs.keys) == 0
    watch.step(picture(T0 + 1, (0, 0, 5, 0)))
    watch.step(picture(T0 + 1, (5, 0, 5, 0), status=int(Status.ENDED)))
    # A jump into the zone under the same number is a birth, no entry.
    assert watch.step(picture(T0 + 2, (1000, 0, 5, 0)))[1] == []


def test_a_tentative_track_and_one_without_a_place_cross_nothing():
    asked = [zone("z", square(1000, 0, 200), rules=("zone-entry",))]
    tentative = {"status": int(Status.TENTATIVE)}
    assert go(Watch(SITE, asked, PLANE), 0, 0, 5, 0, 400, **tentative) == ([], [])
    watch = Watch(SITE, asked, PLANE)
    seen = watch.step(picture(T0, (np.nan, 0, 5, 0), (0, np.inf, 5, 0)))
    assert (seen.alerts, seen.crossings) == ([], [])


def test_crossings_come_by_row_then_zone_and_are_the_same_each_time():
    zones = [zone(name, square(1000, 0, half), rules=()) for name, half in (("b", 50), ("a", 40))]
    zones.append(zone("l", [(1000, -90), (1000, 90)], "line", ()))

    def once():
        watch = Watch(SITE, zones, PLANE)
        watch.step(picture(T0, (900, 0, 30, 0), (900, 10, 30, 0)))
        return watch.step(picture(T0 + 10, (1200, 0, 30, 0), (1200, 10, 30, 0)))[1]

    found = [(c.track, c.zone, c.what) for c in once()]
    ways = [("b", "entry"), ("b", "exit"), ("a", "entry"), ("a", "exit")]
    ways.append(("l", "crossing-left-to-right"))
    assert found == [(track, *way) for track in (1, 2) for way in ways]
    assert once() == once()


def test_two_thousand_tracks_and_two_hundred_zones(capsys):
    """Says what a step costs; that every craft is judged is asserted, the time is not."""
    random = np.random.default_rng(3)
    zones = [
        zone(f"z{i}", square(*random.uniform(-3e4, 3e4, 2), random.uniform(200, 4000)),
             "tss-lane" if i % 4 == 0 else "inshore-zone")
        for i in range(180)
    ]  # fmt: skip
    for i in range(20):
        (x, y), (u, v) = random.uniform(-3e4, 3e4, (2, 2))
        zones.append(zone(f"l{i}", [(x, y), (u, v)], "line"))
    craft = np.column_stack([random.uniform(-3e4, 3e4, (2000, 2)), random.normal(0, 6, (2000, 2))])
    start = picture(T0, *craft)
    start = dataclasses.replace(start, p_unregistered=np.where(np.arange(2000) % 20, 0.05, 0.99))
    watch, costs, crossings = Watch(SITE, zones, PLANE), [], []
    for s in range(60):
        state = start.state + np.pad(start.state[:, 2:] * s, ((0, 0), (0, 2)))
        now: Tracks = dataclasses.replace(start, time_s=T0 + s, state=state)
        begun = time.perf_counter()
        crossings += watch.step(now)[1]
        costs.append(time.perf_counter() - begun)
    with capsys.disabled():
        print(
            f" {np.median(costs) * 1e3:.0f} ms a step, {max(costs) * 1e3:.0f} ms at most;", end=""
        )
    assert len(crossings) > 100
    assert len(watch._standing._known.id) == 2000
