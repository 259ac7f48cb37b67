"""Pictures against zones: crossings as facts, and the rule of the mission."""

import json

import numpy as np
import pytest

from coastwatch.model import Status, Tracks
from coastwatch.watch import Watch
from tests.watch_scene import PLANE, SITE, T0, go, lane, picture, sail, square, zone


def test_a_craft_that_passes_through_enters_and_leaves():
    watch = Watch(SITE, [zone("z", square(1000, 0, 200), rules=())], PLANE)
    _, crossings = go(watch, 0, 0, 5, 0, 400)
    assert [(c.zone, c.what, c.track) for c in crossings] == [("z", "entry", 1), ("z", "exit", 1)]
    assert crossings[0].time_s == pytest.approx(T0 + 160, abs=10)


def test_a_fast_craft_does_not_jump_over_a_narrow_zone():
    watch = Watch(SITE, [zone("z", square(1000, 0, 20), rules=())], PLANE)
    _, crossings = go(watch, 0, 0, 20, 0, 100, step=10)
    assert [c.what for c in crossings] == ["entry", "exit"]


@pytest.mark.parametrize(("vx", "side"), [(5, "left-to-right"), (-5, "right-to-left")])
def test_a_line_is_crossed_in_a_direction(vx, side):
    watch = Watch(SITE, [zone("l", [(0, -5000), (0, 5000)], "line", ())], PLANE)
    _, crossings = go(watch, -100 * vx, 300, vx, 0, 200)
    assert [c.what for c in crossings] == [f"crossing-{side}"]


def test_noise_at_an_edge_crosses_nothing():
    zones = [
        zone("z", square(1000, 0, 1000), rules=()),
        zone("l", [(0, -9e3), (0, 9e3)], "line", ()),
    ]
    watch, random = Watch(SITE, zones, PLANE), np.random.default_rng(1)
    for s in range(300):
        x, y = random.normal(0, 10, 2)
        assert watch.step(picture(T0 + s, (x, y, 0, 0), sigma=30.0))[1] == []


def test_a_zone_counts_only_while_it_is_valid():
    later = zone("z", square(1000, 0, 200), rules=(), begin=T0 + 10_000)
    assert go(Watch(SITE, [later], PLANE), 0, 0, 5, 0, 400)[1] == []


def test_a_dinghy_is_warned_of_once_and_once_as_alarm_before_the_lane():
    shore = zone("shore", square(0, 0, 1500), "inshore-zone")
    seen = sail(Watch(SITE, [shore, lane()], PLANE), 0, 0, 3, 0, 1200)
    (alert,) = seen.alerts
    assert (alert.severity, alert.zone, alert.time_s) == ("warning", "shore", T0 + 30)
    (alarm,) = [e for e in seen.events if e.what == "updated"]
    assert (alarm.alert, alarm.severity) == (alert.id, "alarm")
    # The lane begins at 2,000 m; five minutes at 3 m/s before it is 1,100 m.
    assert alarm.time_s == pytest.approx(T0 + 1100 / 3, abs=3)
    assert alarm.text.startswith("Possible vulnerable craft, safety check: ")
    evidence = json.loads(json.dumps(dict(alarm.evidence), allow_nan=False))
    assert evidence["zone"] == "lane"
    assert evidence["eta_s"] == pytest.approx(300, abs=3)
    assert evidence["speed_kn"] == pytest.approx(3 / (1852 / 3600), rel=0.01)
    assert evidence["zone_version"] == "v1"


def test_the_same_pictures_give_the_same_ids():
    first, second = (go(Watch(SITE, [lane()], PLANE), 2500, 0, 3, 0, 90)[0] for _ in range(2))
    assert first == second
    assert first[0].id


@pytest.mark.parametrize(
    "columns",
    [
        {"mmsi": 227_000_001},
        {"p_unregistered": 0.5},
        {"p_small": 0.5},
        {"p_fixed": 0.9},
        {"existence": 0.5},
        {"status": int(Status.TENTATIVE)},
    ],
)
def test_nothing_less_than_all_the_evidence_raises_an_alert(columns):
    assert go(Watch(SITE, [lane()], PLANE), 2500, 0, 3, 0, 200, **columns)[0] == []


def test_neither_the_drifting_nor_the_flying_nor_the_moored_in_port_are_alerted():
    port = zone("port", square(2500, 0, 1500), "port-limits", ())
    assert go(Watch(SITE, [lane()], PLANE), 2500, 0, 0.1, 0, 200)[0] == []
    assert go(Watch(SITE, [lane()], PLANE), 2500, 0, 60, 0, 40)[0] == []
    assert go(Watch(SITE, [lane(), port], PLANE), 2500, 0, 2, 0, 200)[0] == []


def test_a_zone_that_does_not_ask_raises_nothing_and_one_that_asks_for_entries_gets_them():
    quiet = zone("quiet", square(1000, 0, 200), rules=())
    asking = zone("asking", square(1000, 0, 200), rules=("zone-entry", "zone-exit"))
    line = zone("line", [(500, -900), (500, 900)], "line", ("line-crossing",))
    alerts, _ = go(Watch(SITE, [quiet, asking, line], PLANE), 0, 0, 5, 0, 400, mmsi=227_000_001)
    assert [(a.rule, a.zone, a.mmsi) for a in alerts] == [
        ("line-crossing", "line", 227_000_001),
        ("zone-entry", "asking", 227_000_001),
        ("zone-exit", "asking", 227_000_001),
    ]


def test_an_ended_track_is_forgotten():
    watch = Watch(SITE, [lane()], PLANE)
    go(watch, 2500, 0, 3, 0, 60)
    watch.step(picture(T0 + 60, (2700, 0, 3, 0), status=int(Status.ENDED)))
    seen = sail(watch, 2500, 0, 3, 0, 60)
    # Its number begins anew within minutes: to the officer that is the same situation.
    assert [e.what for e in seen.events] == ["active again"]
    assert seen.alerts == []


def test_no_track_and_no_zone_are_no_trouble():
    assert Watch(SITE, [], PLANE).step(Tracks.empty(T0, 1)) == ([], [], [])
    assert go(Watch(SITE, [], PLANE), 0, 0, 5, 0, 60) == ([], [])
