"""uncorrelated-target: a big vessel on radar without AIS, where AIS would be heard."""

import json
import math

import numpy as np
import pytest

from coastwatch.site import Sensor, Site
from coastwatch.watch import Watch
from coastwatch.watch.rules.uncorrelated_target import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, T0, picture, square, zone

SITE = Site("Test", (1.5, 51.0), sensors=(Sensor("radar", "radar", (1.5, 51.0)),))


def says(until=900, step=5, speed=6.0, length=(120.0, 20.0), seen=True, share=0.9, zones=(),
         site=SITE, change=None, **columns):  # fmt: skip
    """A ship that moves east; ``change(second, tracks)`` may mend each picture."""
    columns = {"p_small": 0.01, "p_unregistered": 0.99} | columns
    pictures = []
    for s in range(0, until, step):
        tracks = picture(T0 + s, (speed * s, 0.0, speed, 0.0), **columns)
        tracks.length_m[:], tracks.length_sigma_m[:] = length
        tracks.heard_share[:] = share
        tracks.last_seen_s = np.array([[T0 + s if seen else math.nan, math.nan]])
        if change:
            change(s, tracks)
        pictures.append(tracks)
    return says_of(Watch(site, zones, PLANE), RULE.name, pictures)


def test_a_big_vessel_without_ais_is_said_after_five_minutes_once():
    (say,) = says(until=1800)
    assert (say.time_s, say.priority, say.about, say.track) == (T0 + 300, "caution", (1,), 1)
    assert "vessel without AIS, about 120 m long, is under way" in say.text
    assert "11.7 kn" in say.text
    assert say.evidence["watched_min"] == 5.0
    json.dumps(dict(say.evidence), allow_nan=False)


def test_a_size_that_nobody_knows_is_not_told():
    (say,) = says(length=(math.nan, math.nan))
    assert "long" not in say.text
    assert say.evidence["length_m"] is None


@pytest.mark.parametrize(
    "near_miss",
    [
        {"mmsi": 227_000_001},
        {"p_unregistered": 0.7},
        {"p_small": 0.9, "length": (15.0, 5.0)},
        {"p_small": 0.1, "length": (15.0, 5.0)},
        {"p_small": 0.9, "length": (math.nan, math.nan)},
        {"p_fixed": 0.5},
        {"existence": 0.8},
        {"speed": 1.0},
        {"speed": 40.0},
        {"share": 0.1},
        {"seen": False},
        {"sigma": 300.0},
        {"until": 299},
        {"site": Site("Test", (1.5, 51.0))},
        {"zones": [zone("port", square(0, 0, 9000), "port-limits", ())]},
    ],
    ids=lambda case: " ".join(case),
)
def test_what_is_small_known_still_doubtful_or_in_port_is_not_said(near_miss):
    assert says(**near_miss) == []


def test_it_is_over_when_it_has_an_identity_and_not_when_it_stops():
    def named(s, tracks):
        tracks.mmsi[:] = 227_000_001 if s >= 600 else -1

    say, over = says(change=named)
    assert over.over
    assert over.about == say.about
    assert over.time_s == T0 + 600 + 120

    def stops(s, tracks):
        tracks.state[:, 2] = 0.0 if s >= 600 else 6.0

    assert len(says(change=stops)) == 1


def test_an_identity_that_flickers_ends_nothing():
    def flickers(s, tracks):
        tracks.mmsi[:] = 227_000_001 if s >= 600 and s % 60 == 0 else -1

    assert len(says(until=1500, change=flickers)) == 1


def test_five_minutes_are_five_minutes_without_a_break():
    def breaks(s, tracks):
        tracks.p_unregistered[:] = 0.5 if s == 150 else 0.99

    (say,) = says(change=breaks)
    assert say.time_s == T0 + 155 + 300


def test_an_identity_that_moves_in_parallel_unseen_by_radar_is_another_rules_business():
    def says_beside(radar_sees, speed=6.0):
        pictures = []
        for s in range(0, 600, 5):
            craft = [(6.0 * s, 0.0, 6.0, 0.0), (speed * s, 800.0, speed, 0.0)]
            tracks = picture(T0 + s, *craft, p_small=0.01)
            tracks.mmsi = np.array([-1, 227_000_001])
            seen = T0 + s if radar_sees else math.nan
            tracks.last_seen_s = np.array([[T0 + s, math.nan], [seen, T0 + s]])
            pictures.append(tracks)
        return says_of(Watch(SITE, [], PLANE), RULE.name, pictures)

    assert says_beside(radar_sees=False) == []
    assert len(says_beside(radar_sees=True)) == 1
    assert len(says_beside(radar_sees=False, speed=3.0)) == 1
