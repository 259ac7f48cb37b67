"""erratic-movement: large turns again and again, little way made good."""

import numpy as np
import pytest

from tests.watch_motion import BIG, Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "erratic-movement"
COURSES = np.random.default_rng(7).uniform(0, 360, 40)
WILD = [(120, 9, float(c)) for c in COURSES[:18]]


def test_a_ship_that_turns_again_and_again_is_said_once_and_over_when_steady():
    says = said(RULE, Craft(way(*WILD, (2400, 12, 0))), every=30)
    assert [s.over for s in says] == [False, True]
    priority, second = summary(says)[0]
    assert priority == "caution"
    assert 1500 <= second <= 1620
    assert says[0].evidence["turns"] >= 6
    assert says[0].evidence["made_good_nm"] < 0.6 * says[0].evidence["sailed_nm"]
    assert "turned far" in says[0].text


@pytest.mark.parametrize(
    "craft",
    [
        Craft(way((1200, 9, 0), (1200, 9, 170))),
        Craft(way(*[(240, 9, 30 if k % 2 else -30) for k in range(10)])),
        Craft(way(*[(60, 9, k * 9.0) for k in range(40)])),
        Craft(way(*[(120, 1.5, c) for _, _, c in WILD])),
        Craft(way(*WILD), ship_type=30),
        Craft(way(*WILD), nav_status=3),
        Craft(way(*WILD), ship_type=36),
        Craft(way(*WILD), length_m=18.0),
        Craft(way(*WILD), silent=(300, 2160)),
        dinghy(way(*WILD)),
    ],
    ids=["one turn", "zigzag forward", "one wide circle", "1.5 kn", "fishing vessel",
         "restricted", "yacht", "short", "lost", "dinghy"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said(RULE, craft, every=30) == []


def test_a_large_target_of_radar_counts():
    assert len(said(RULE, dinghy(way(*WILD), columns=BIG), every=30)) == 1


def test_slow_turns_in_a_small_area_are_left_to_loitering():
    slow = Craft(way(*[(60, 3, c) for c in COURSES]))
    assert said(RULE, slow, every=30) == []
    assert len(said(RULE, slow, every=30, loiter_radius_nm=0.0)) == 1


def test_in_ports_and_near_the_shore_nothing_is_said():
    port = zone("port", square(0, 0, 9000), "port-limits", ())
    assert said(RULE, Craft(way(*WILD)), every=30, zones=[port]) == []
    assert said(RULE, Craft(way(*WILD)), every=30, shore_min_nm=12.0) == []


def test_changes_of_speed_count_like_turns():
    legs = [(60, 4 if k % 2 else 12, 0.0 if k < 20 else 180.0) for k in range(30)]
    says = said(RULE, Craft(way(*legs)), every=30)
    assert len(says) == 1
    assert says[0].evidence["speed_changes"] >= 6
