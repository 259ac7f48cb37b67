"""At edges: noise raises nothing; narrow zones, bands, validity and edits are told as they are."""

import dataclasses
import math
import pickle
from itertools import pairwise

import numpy as np
import pytest

from coastwatch.model import Status
from coastwatch.watch import Watch
from coastwatch.watch.ground import Ground
from coastwatch.watch.standing import Standing
from tests.watch_scene import PLANE, SITE, T0, go, picture, square, zone

HALF = 9000
AREA = zone("area", square(10_000, 0, 10_000), rules=())
LINE = zone("line", [(0, -HALF), (0, HALF)], "line", ())
STRIP = [(-20, -HALF), (20, -HALF), (20, HALF), (-20, HALF), (-20, -HALF)]


def words(crossings):
    return [c.what for c in crossings]


def pass_by(zones, *craft, seconds=400, step=1, sigma=5.0, start=0):
    """What one standing says of craft on straight courses."""
    standing = Standing(Ground(zones, PLANE), PLANE)
    return follow(standing, *craft, seconds=seconds, step=step, sigma=sigma, start=start)


def follow(standing, *craft, seconds, step=1, sigma=5.0, start=0):
    told = []
    for s in range(start, start + seconds, step):
        now = [(x + vx * s, y + vy * s, vx, vy) for x, y, vx, vy in craft]
        told += look(standing, picture(T0 + s, *now, sigma=sigma))
    return told


def look(standing, tracks, ended=()):
    lon, lat = PLANE.to_lonlat(tracks.state[:, 0], tracks.state[:, 1])
    return standing.step(tracks, lon, lat, list(ended))[2]


@pytest.mark.parametrize(("wide", "memory_s"), [(1.0, 0), (1.0, 60), (1.0, 300), (1.5, 60)])
def test_thirty_hours_of_noise_at_an_edge_and_on_a_line_raise_nothing(wide, memory_s):
    """30 craft for an hour; ``wide`` times the error that they claim, white or correlated."""
    random, n, sigma = np.random.default_rng(1), 30, 20.0
    standing = Standing(Ground([AREA, LINE, zone("strip", STRIP)], PLANE), PLANE)
    start = picture(T0, *[(0, y, 0, 0) for y in np.linspace(-8000, 8000, n)], sigma=sigma)
    keep = math.exp(-1 / memory_s) if memory_s else 0.0
    off, speed = random.normal(0, 1, (2, n, 2))
    told = []
    for s in range(3600):
        new = random.normal(0, math.sqrt(1 - keep**2), (2, n, 2))
        off, speed = keep * off + new[0], keep * speed + new[1]
        state = start.state + np.column_stack([wide * sigma * off, 0.2 * speed])
        told += look(standing, dataclasses.replace(start, time_s=T0 + s, state=state))
    assert told == []


@pytest.mark.parametrize("sigma", [5.0, 20.0, 80.0])
def test_an_entry_is_said_when_place_and_way_make_it_sure(sigma):
    (entry,) = pass_by([AREA], (-1000, 0, 5, 0), seconds=400, sigma=sigma)
    late_m = 5 * (entry.time_s - T0) - 1000
    assert 1.6 * sigma <= late_m <= 1.7 * sigma + 5
    assert 0.95 <= entry.p < 0.98


def test_a_drifter_has_entered_when_no_edge_is_within_noise():
    """0.3 m/s is no way that is known: it takes 6 sigmas and half a minute."""
    (entry,) = pass_by([AREA], (-30, 0, 0.3, 0), seconds=700, sigma=10.0)
    assert entry.time_s - T0 == pytest.approx((30 + 60) / 0.3 + 30, abs=6)


def test_along_an_edge_nobody_enters_or_leaves():
    random = np.random.default_rng(2)
    standing = Standing(Ground([AREA, LINE], PLANE), PLANE)
    told = []
    for s in range(2000):
        x = random.normal(0, 20)
        told += look(standing, picture(T0 + s, (x, -8000 + 8 * s, 0, 8), sigma=20.0))
    assert told == []


def test_through_a_strip_narrower_than_the_error_is_an_entry_and_an_exit():
    told = pass_by([zone("strip", STRIP)], (-300, 0, 3, 0), seconds=200, sigma=25.0)
    assert words(told) == ["entry", "exit"]
    assert told[0].time_s == told[1].time_s
    assert told[0].p > 0.9


def test_past_a_buoy_field_smaller_than_the_error_nothing_is_said():
    small = zone("small", square(0, 0, 15))
    assert pass_by([small], (-500, 150, 5, 0), seconds=200, sigma=40.0) == []


def test_a_touch_and_back_is_no_way_through():
    standing = Standing(Ground([zone("strip", STRIP)], PLANE), PLANE)
    told = []
    for s, x in enumerate([*range(-100, -10, 5), *range(-10, -150, -5)]):
        told += look(standing, picture(T0 + s, (x, 0, 5 if s < 18 else -5, 0), sigma=10.0))
    assert told == []


@pytest.mark.parametrize("step", [1, 10, 30])
def test_a_line_and_a_narrow_zone_are_crossed_in_one_stride_or_in_many(step):
    zones = [LINE, zone("strip", STRIP)]
    told = pass_by(zones, (-450, 0, 15, 0), seconds=61, step=step, sigma=10.0)
    assert words(told) == ["crossing-left-to-right", "entry", "exit"]


def test_round_the_end_of_a_line_is_no_crossing_and_back_over_it_is_one():
    standing = Standing(Ground([LINE], PLANE), PLANE)
    way = [(-200, 8900), (-200, 9300), (200, 9300), (200, 8900), (-200, 8900)]
    told, t = [], T0
    for (x0, y0), (x1, y1) in pairwise(way):
        for k in range(20):
            x, y = x0 + (x1 - x0) * k / 20, y0 + (y1 - y0) * k / 20
            state = (x, y, (x1 - x0) / 40, (y1 - y0) / 40)
            told += look(standing, picture(t, state))
            t += 2
    assert words(told) == ["crossing-right-to-left"]


def test_a_mended_track_that_leaps_has_crossed_nothing_on_its_way():
    standing = Standing(Ground([LINE, zone("strip", STRIP)], PLANE), PLANE)
    look(standing, picture(T0, (-3000, 0, 5, 0)))
    assert look(standing, picture(T0 + 1, (3000, 0, 5, 0))) == []


def test_bands_are_told_coming_and_going():
    lane = zone("lane", square(0, 0, 500), "tss-lane", (), bands_nm=[1, 0.5])
    told = pass_by([lane], (-3000, 0, 10, 0), seconds=600)
    assert words(told) == [
        "within-1-nm", "within-0.5-nm", "entry", "exit", "beyond-0.5-nm", "beyond-1-nm",
    ]  # fmt: skip
    away = [10 * (c.time_s - T0) - 3000 for c in told]
    assert away == pytest.approx([-2352, -1426, -500, 500, 1426, 2352], abs=25)


def test_a_point_and_a_line_have_bands_too():
    line = zone("line", [(0, -HALF), (0, HALF)], "line", (), bands_nm=[0.25])
    told = pass_by([line], (-1000, 0, 10, 0), seconds=200)
    assert words(told) == ["within-0.25-nm", "crossing-left-to-right", "beyond-0.25-nm"]


def test_bands_are_not_the_zone_itself():
    lane = zone("lane", square(0, 0, 500), "tss-lane", (), bands_nm=[1])
    standing = Standing(Ground([lane], PLANE), PLANE)
    tracks = picture(T0, (-1000, 0, 1, 0))
    inside, ahead, _ = standing.step(tracks, np.zeros(1), np.zeros(1), [])
    assert len(inside.row) == 0
    assert ahead.zone.tolist() == [0]


def test_who_is_inside_when_a_zone_comes_into_force_has_entered():
    later = zone("later", square(0, 0, 500), rules=("zone-entry",), begin=T0 + 60)
    standing = Standing(Ground([later], PLANE), PLANE)
    told = follow(standing, (-300, 0, 1, 0), (2000, 0, 1, 0), seconds=120)
    assert [(c.what, c.track, c.time_s) for c in told] == [("entry", 1, T0 + 60)]
    inside, _, _ = standing.step(picture(T0 + 120, (0, 0, 1, 0)), np.zeros(1), np.zeros(1), [])
    assert inside.since_s[0] == T0 + 60


def test_when_a_zone_goes_out_of_force_nobody_has_left_it():
    over = zone("over", square(0, 0, 500), begin=T0 - 9, end=T0 + 60)
    assert pass_by([over], (-300, 0, 1, 0), seconds=120) == []


def test_a_zone_edited_under_a_craft_is_not_entered_and_one_unchanged_keeps_its_state():
    first = [zone("a", square(0, 0, 500)), zone("b", square(0, 0, 700))]
    standing = Standing(Ground(first, PLANE), PLANE)
    assert words(follow(standing, (-1000, 0, 5, 0), seconds=150)) == ["entry", "entry"]
    drawn_anew = dataclasses.replace(zone("a", square(0, 0, 600)), version="v2")
    new = zone("new", square(0, 0, 400))
    standing.exchange(Ground([new, first[1], drawn_anew], PLANE))
    tracks = picture(T0 + 150, (-250, 0, 5, 0))
    inside, _, told = standing.step(tracks, np.zeros(1), np.zeros(1), [])
    assert told == []
    since = dict(zip(inside.zone.tolist(), inside.since_s.tolist(), strict=True))
    assert since[0] == since[2] == T0 + 150
    assert since[1] < T0 + 100
    told = follow(standing, (-1000, 0, 5, 0), seconds=250, start=151)
    assert [(c.zone, c.what) for c in told] == [("new", "exit"), ("a", "exit"), ("b", "exit")]


def test_a_track_out_of_sight_during_an_edit_does_not_enter_by_it():
    standing = Standing(Ground([LINE], PLANE), PLANE)
    look(standing, picture(T0, (100, 0, 1, 0)))
    standing.exchange(Ground([LINE, AREA], PLANE))
    none = picture(T0 + 1, (0, 0, 0, 0)).take(np.zeros(1, dtype=bool))
    assert look(standing, none) == []
    assert words(follow(standing, (100, 0, 1, 0), seconds=100, start=2)) == []


def test_a_zone_taken_away_is_not_left():
    standing = Standing(Ground([AREA], PLANE), PLANE)
    look(standing, picture(T0, (100, 0, 1, 0)))
    standing.exchange(Ground([], PLANE))
    assert look(standing, picture(T0 + 1, (101, 0, 1, 0))) == []
    assert len(standing._pairs.keys) == 0


def test_the_watch_takes_an_edit_at_the_next_picture_and_alerts_name_the_version():
    watch = Watch(SITE, [zone("z", square(9000, 0, 100), rules=("zone-entry",))], PLANE)
    assert go(watch, 0, 0, 5, 0, 60)[0] == []
    new = dataclasses.replace(
        zone("z", square(1000, 0, 300), rules=("zone-entry",)), version="second"
    )
    watch.exchange([new])
    assert [z.version for z in watch.zones] == ["second"]
    alerts = []
    for s in range(60, 200):
        alerts += watch.step(picture(T0 + s, (5 * s, 0, 5, 0))).alerts
    entry = next(a for a in alerts if a.rule == "zone-entry")
    assert entry.evidence["zone_version"] == "second"


def test_nothing_is_kept_of_tracks_that_are_gone():
    """5,000 craft come and go, five at a time; some end, some only vanish."""
    watch, most = Watch(SITE, [AREA, LINE, zone("strip", STRIP)], PLANE), 0
    for t in range(400):
        now = picture(T0 + 10 * t, *[(10.0 * k, 0, 1, 0) for k in range(5)])
        now.id[:] = 5 * t + np.arange(5)
        watch.step(now)
        if t % 2:
            watch.step(dataclasses.replace(now, status=np.full(5, int(Status.ENDED))))
        most = max(most, len(watch._standing._pairs.keys), len(watch._standing._known.id))
    assert most <= 5 * 3


def test_the_same_pictures_give_the_same_facts_over_a_restart():
    zones = [AREA, LINE, zone("strip", STRIP)]
    once = pass_by(zones, (-450, 0, 3, 0), (450, 100, -3, 0), seconds=300)
    standing, again = Standing(Ground(zones, PLANE), PLANE), []
    for s in range(300):
        standing = pickle.loads(pickle.dumps(standing)) if s % 40 == 7 else standing
        now = [(-450 + 3 * s, 0, 3, 0), (450 - 3 * s, 100, -3, 0)]
        again += look(standing, picture(T0 + s, *now))
    assert once == again
    assert len(once) == 8
