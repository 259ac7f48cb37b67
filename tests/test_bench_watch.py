"""The bench of the watch: scripts do what their rules define, and an honest day does not."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.watch_acts import SCRIPTS
from bench.watch_air import receive, site
from bench.watch_crowd import Crowd
from bench.watch_crowd import site as crowd_site
from bench.watch_crowd import zones as crowd_zones
from bench.watch_grounds import zones
from bench.watch_places import Places
from bench.watch_sail import ANCHORED, HOLD, KNOT, LIE, Hull, Leg, sail
from bench.watch_sea import Cast, background
from bench.watch_stage import Player
from bench.watch_truth import Truth
from bench.watch_way import events, held
from coastwatch.model import Kind
from coastwatch.watch import Watch

PLACES = Places(zones())
BY_THE_WAY = [
    "zone-entry", "zone-exit", "zone-dwell", "line-crossing", "heading-for-area",
    "distance-to-area", "zone-speed", "tss-wrong-way", "tss-crossing", "distance-to-shore",
    "high-speed-near-coast", "encounter-at-sea", "drifting", "sudden-speed-change",
    "sudden-course-change", "loitering", "stopped-outside-anchorage", "erratic-movement",
    "close-approach", "ais-gap",
]  # fmt: skip


def sailed(hulls, until_s=40_000.0, seed=3):
    rng = np.random.default_rng(seed)
    return Truth(hulls, [sail(h, until_s, rng) for h in hulls], PLACES)


@pytest.mark.parametrize("rule", BY_THE_WAY)
def test_a_script_is_what_its_rule_defines_and_in_its_time(rule):
    script = SCRIPTS[rule](Player(Cast(np.random.default_rng(5))), 7_200.0)
    spans = sailed(script.hulls).spans(rule, 0.0)
    assert any(
        begin <= script.end_s and end >= script.begin_s for s in spans.values() for begin, end in s
    )


def test_a_ship_that_holds_her_course_in_open_water_is_none_of_it():
    hull = Hull("cargo", 227_000_001, "A", 150.0, 0.0, -30_000.0, -50_000.0,
                [Leg(HOLD, 60.0, math.nan, 12.0, 3_600.0)])  # fmt: skip
    truth = sailed([hull], 3_600.0)
    own = set(BY_THE_WAY) - {"ais-gap", "distance-to-area", "distance-to-shore", "tss-crossing"}
    assert not any(truth.spans(rule, 0.1) for rule in own)


def test_an_anchored_ship_swings_and_stays():
    hull = Hull("cargo", 227_000_001, "A", 150.0, 0.0, 0.0, 0.0, [Leg(LIE, status=ANCHORED)])
    path = sail(hull, 43_200.0, np.random.default_rng(1))
    assert np.hypot(path.x, path.y).max() < 2 * 120.0 + 1
    assert path.sog.max() < 0.3 * KNOT
    assert np.ptp(path.heading) > 0.5


def test_a_silent_set_is_not_heard_and_a_strayed_one_tells_another_place():
    legs = [Leg(HOLD, 60.0, math.nan, 12.0, 3_600.0)]
    quiet = Hull("cargo", 227_000_001, "A", 150.0, 0.0, 0.0, 0.0, legs, silent=[(600.0, 1_800.0)])
    lost = replace(quiet, mmsi=227_000_002, silent=[], jumps=[(600.0, 900.0, 20_000.0, 0.0)])
    rng = np.random.default_rng(1)
    paths = [sail(h, 3_600.0, rng) for h in (quiet, lost)]
    air = receive([quiet, lost], paths, site({}), rng)
    told = air.detections.take(air.detections.kind == Kind.REPORT)
    start_s = told.time_s.min() - told.time_s.min() % 3_600
    seconds = told.time_s - start_s
    mine = told.mmsi == quiet.mmsi
    assert not ((seconds > 600.0) & (seconds < 1_800.0) & mine).any()
    assert ((seconds < 600.0) & mine).sum() > 40
    hers = told.take((told.mmsi == lost.mmsi) & (seconds > 610.0) & (seconds < 890.0))
    assert len(hers) > 20 and (hers.lon > 1.7).all()


def test_an_honest_day_has_its_traffic():
    hulls = background(Cast(np.random.default_rng(2)))
    kinds = {kind: sum(h.kind == kind for h in hulls) for kind in {h.kind for h in hulls}}
    assert kinds["cargo"] + kinds["tanker"] > 200 and kinds["ferry"] == 60
    mmsis = [h.mmsi for h in hulls if h.grade]
    assert len(set(mmsis)) == len(mmsis)


def test_held_bridges_short_breaks_and_events_begin():
    times = np.arange(0.0, 200.0, 10.0)
    mask = (times >= 50) & (times <= 120) & (times != 80)
    assert held(times, mask, 60.0) == [(110.0, 120.0)]
    assert held(times, mask, 80.0) == []
    assert [begin for begin, _ in events(times, mask)] == [50.0, 90.0]


def test_the_crowd_goes_through_the_watch():
    rng = np.random.default_rng(4)
    pack = crowd_zones(60, rng)
    crowd = Crowd(200, rng)
    watch = Watch(crowd_site(), pack, crowd.plane)
    heard = 0
    for tracks, words in crowd.pictures(15):
        watch.step(tracks, words)
        heard += len(words.detections)
    assert len(tracks) == 200 and 60 < heard < 1_500
