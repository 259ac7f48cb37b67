"""stopped-outside-anchorage: who lies where nobody should."""

import pytest

from tests.watch_motion import BIG, Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "stopped-outside-anchorage"
FAR = zone("far anchorage", square(90_000, 0, 1000), "anchorage", ())
STOPS = way((200, 8, 90), (1000, 0.1, 90))
LIES = way((1200, 0.1, 90))


def test_a_vessel_that_stops_is_said_once_after_ten_minutes_and_over_when_it_sails():
    states = way((200, 8, 90), (1000, 0.1, 90), (400, 8, 90))
    says = said(RULE, Craft(states), every=10, zones=[FAR])
    assert summary(says) == [("caution", 800), ("over", 1380)]
    assert "lies stopped outside any anchorage, 0.1 kn for 10 min" in says[0].text


def test_a_vessel_that_says_it_is_at_anchor_is_said_after_two_minutes():
    anchored = Craft(LIES, nav_status=1, report_s=180, columns={"p_fixed": 0.98})
    says = said(RULE, anchored, every=10, zones=[FAR])
    assert summary(says) == [("caution", 120)]
    assert "is at anchor, as it says, outside any anchorage" in says[0].text


def test_in_a_lane_it_is_a_warning_whatever_its_trade():
    around = [FAR, zone("lane", square(0, 0, 5000), "tss-lane", ())]
    for craft in (Craft(STOPS), Craft(STOPS, ship_type=30, nav_status=7)):
        says = said(RULE, craft, every=10, zones=around)
        assert summary(says) == [("warning", 800)]
        assert says[0].text.endswith("in lane.")


def test_one_that_is_set_into_a_lane_is_said_again_at_a_higher_priority():
    states = way((200, 8, 90), (2600, 0.3, 90), at=(0, 0))
    near = zone("near", square(5100, 0, 4000), "tss-lane", ())
    [first, (priority, second)] = summary(said(RULE, Craft(states), every=10, zones=[FAR, near]))
    assert first == ("caution", 800)
    # 823 m made at 8 kn, the rest at 0.3 kn; some 30 m further it is surely inside.
    at_the_edge = 200 + (1100 - 823) / 0.1543
    assert priority == "warning"
    assert at_the_edge - 10 <= second <= at_the_edge + 300


@pytest.mark.parametrize(
    "craft",
    [
        Craft(way((200, 8, 90), (590, 0.1, 90), (400, 8, 90))),
        Craft(way((200, 8, 90), (1000, 0.8, 90))),
        Craft(LIES, mmsi=992_271_234),
        Craft(LIES, mmsi=2_270_001),
        Craft(LIES, nav_status=5),
        Craft(LIES, nav_status=7),
        Craft(LIES, ship_type=52),
        Craft(LIES, silent=(30, 1200)),
        dinghy(LIES),
        dinghy(LIES, columns=BIG | {"p_fixed": 0.97}),
    ],
    ids=["9 min 50 s", "0.8 kn", "buoy", "coast station", "moored", "fishing", "tug", "lost",
         "never moved", "fixed"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said(RULE, craft, every=10, zones=[FAR]) == []


def test_what_only_radar_sees_counts_when_it_has_come_there():
    assert summary(said(RULE, dinghy(STOPS), every=10, zones=[FAR])) == [("caution", 800)]


@pytest.mark.parametrize("kind", ["anchorage", "port-limits", "moorings", "wind-farm"])
def test_where_vessels_may_lie_nothing_is_said(kind):
    around = [FAR, zone("haven", square(0, 0, 5000), kind, ())]
    assert said(RULE, Craft(STOPS), every=10, zones=around) == []


def test_near_the_shore_nothing_is_said():
    # The test's sea is some 8 NM off.
    assert said(RULE, Craft(STOPS), every=10, shore_min_nm=12.0, zones=[FAR]) == []


def test_speeds_that_waver_about_the_limit_are_one_situation():
    waver = way((200, 8, 90), (700, 0.1, 90), *[(20, 0.9 if k % 2 else 0.2, 90) for k in range(60)])
    assert summary(said(RULE, Craft(waver), every=10, zones=[FAR])) == [("caution", 800)]


def test_where_no_anchorage_is_charted_only_lanes_are_watched():
    assert said(RULE, Craft(STOPS), every=10) == []
    assert len(said(RULE, Craft(STOPS), every=10, needs_anchorage=False)) == 1
    around = [zone("lane", square(0, 0, 5000), "tss-lane", ())]
    assert len(said(RULE, Craft(STOPS), every=10, zones=around)) == 1


def test_a_vessel_that_still_lies_there_under_a_new_track_is_not_said_again():
    # The first track ends at 900 s; the second, of the same vessel, is seen from then on.
    both = [Craft(LIES, mmsi=227_000_001), Craft(LIES, mmsi=227_000_001)]
    says = said(RULE, *both, every=10, zones=[FAR], rename=lambda s: [1] if s >= 900 else [2])
    assert summary(says) == [("caution", 600)]
