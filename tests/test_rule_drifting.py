"""drifting: slowly across its heading, for ten minutes."""

import math

import numpy as np
import pytest

from tests.watch_motion import Craft, said, summary, way
from tests.watch_scene import square, zone

ACROSS = way((1500, 2.5, 140))


def test_a_vessel_that_moves_across_its_bow_for_ten_minutes_is_said_once():
    says = said("drifting", Craft(ACROSS, heading_deg=45), every=5)
    assert summary(says) == [("warning", 600)]
    assert "2.5 kn on 140° while its bow points to 045°, for 10 min" in says[0].text
    assert says[0].text.startswith("SHIP 1 (MMSI 227000001, track 1)")
    assert says[0].evidence["off_deg"] == pytest.approx(95, abs=0.5)
    assert says[0].evidence["speed_kn"] == pytest.approx(2.5, abs=0.01)


def test_it_is_over_when_it_is_under_way_again():
    states = way((900, 2.5, 140), (600, 9, 45))
    assert summary(said("drifting", Craft(states, heading_deg=45), every=5)) == [
        ("warning", 600),
        ("over", 1020),
    ]


@pytest.mark.parametrize(
    "craft",
    [
        Craft(way((590, 2.5, 140), (300, 9, 45)), heading_deg=45),
        Craft(way((1500, 2.5, 85)), heading_deg=45),
        Craft(way((1500, 0.6, 140)), heading_deg=45),
        Craft(way((1500, 6, 140)), heading_deg=45),
        Craft(ACROSS, heading_deg=math.nan),
        Craft(way((1500, 1.5, 140)), heading_deg=45, nav_status=1),
        Craft(ACROSS, heading_deg=45, nav_status=7),
        Craft(ACROSS, heading_deg=45, ship_type=52),
        Craft(ACROSS, heading_deg=45, mmsi=992_271_234),
        Craft(ACROSS, heading_deg=45, silent=(30, 1500)),
    ],
    ids=["9 min 50 s", "40 degrees", "0.6 kn", "6 kn", "no heading", "at anchor", "fishing", "tug",
         "buoy", "lost"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said("drifting", craft, every=5) == []


def test_a_vessel_that_says_it_is_at_anchor_is_not_believed_when_it_moves_fast():
    says = said("drifting", Craft(ACROSS, heading_deg=45, nav_status=1), every=5)
    assert summary(says) == [("warning", 600)]


def test_a_compass_that_was_wrong_under_way_is_not_believed_when_slow():
    states = np.concatenate([way((120, 12, 140)), way((1500, 2.5, 140), at=(480, -570))])
    assert said("drifting", Craft(states, heading_deg=45), every=5) == []


def test_a_vessel_in_port_limits_is_not_judged():
    port = zone("port", square(0, 0, 9000), "port-limits", ())
    assert said("drifting", Craft(ACROSS, heading_deg=45), every=5, zones=[port]) == []


def test_the_time_and_the_angle_are_the_sites_to_set():
    craft = Craft(way((1500, 2.5, 85)), heading_deg=45)
    says = said("drifting", craft, every=5, off_min_deg=30.0, hold_min=5.0)
    assert summary(says) == [("warning", 300)]
