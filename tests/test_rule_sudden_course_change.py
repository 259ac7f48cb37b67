"""sudden-course-change: a ship turns by over 45 degrees within a minute."""

import math

import pytest

from tests.watch_motion import BIG, Craft, dinghy, said, summary, way
from tests.watch_scene import lane, square, zone

RULE = "sudden-course-change"


def turn(by_deg: float, seconds: float = 30, knots: float = 12, then: float = 480):
    """Two minutes north, a turn, and on."""
    arc = [(1, knots, by_deg * (s + 1) / seconds) for s in range(int(seconds))]
    return way((120, knots, 0), *arc, (then, knots, by_deg), at=(0, -1500))


@pytest.mark.parametrize(("by_deg", "side"), [(70, "starboard"), (-70, "port"), (170, "starboard")])
def test_a_sharp_turn_is_said_once_with_its_side_and_over_when_steady(by_deg, side):
    says = said(RULE, Craft(turn(by_deg)))
    assert [s.over for s in says] == [False, True]
    priority, second = summary(says)[0]
    assert priority == "caution"
    assert 130 <= second <= 160
    assert f"to {side} within 60 s" in says[0].text
    assert says[0].evidence["turn_deg"] > 45


def test_the_whole_turn_and_both_courses_are_told():
    [say, _] = said(RULE, Craft(turn(90, seconds=10)))
    assert say.evidence["turn_deg"] == pytest.approx(90, abs=1)
    assert say.evidence["course_before_deg"] % 360 == pytest.approx(0, abs=1)
    assert say.evidence["course_deg"] == pytest.approx(90, abs=1)
    assert "from 000° to 090°, at 12.0 kn" in say.text


@pytest.mark.parametrize(
    "craft",
    [
        Craft(turn(40)),
        Craft(turn(70, seconds=150)),
        Craft(turn(70, knots=2.5)),
        Craft(turn(70), ship_type=30),
        Craft(turn(70), nav_status=7),
        Craft(turn(70), length_m=24.0),
        Craft(turn(70), nav_status=-1, heading_deg=math.nan, length_m=12.0),
        Craft(turn(70), silent=(105, 210)),
        dinghy(turn(70)),
    ],
    ids=["40 degrees", "in 150 s", "2.5 kn", "fishing vessel", "fishing", "24 m", "class B, 12 m",
         "not seen while it turned", "dinghy"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said(RULE, craft) == []


def test_a_course_that_is_hardly_known_has_not_turned():
    # 1 sigma of 0.2 m/s on 3.1 kn (1.6 m/s) is 7 degrees; a site that asks for 5 hears nothing.
    slow = Craft(turn(70, knots=3.1))
    assert len(said(RULE, slow)) == 2
    assert said(RULE, slow, sigma_max_deg=5.0) == []


def test_a_large_target_of_radar_counts_and_a_lane_makes_it_a_warning():
    around = [lane(rules=()), zone("l2", square(0, 0, 9000), "tss-lane", ())]
    says = said(RULE, dinghy(turn(70), columns=BIG), zones=around)
    assert [s.priority for s in says if not s.over] == ["warning"]
    assert "in l2" in says[0].text


def test_turns_in_harbours_and_near_the_shore_are_everyday():
    port = zone("port", square(0, 0, 9000), "port-limits", ())
    assert said(RULE, Craft(turn(70)), zones=[port]) == []
    # The test's sea is some 8 NM off.
    assert said(RULE, Craft(turn(70)), shore_min_nm=12.0) == []


def test_a_ship_whose_length_nobody_knows_counts_by_its_class_a():
    assert len(said(RULE, Craft(turn(70), length_m=None))) == 2


def test_a_circle_is_one_situation_while_it_lasts():
    arc = [(1, 12, 2.0 * s) for s in range(600)]
    says = said(RULE, Craft(way((120, 12, 0), *arc, (480, 12, 120))))
    assert [s.over for s in says] == [False, True]


def test_a_track_that_has_just_begun_has_to_settle():
    begins = way((15, 12, 0), (300, 12, 90), at=(0, -1500))
    assert not said(RULE, Craft(begins))
