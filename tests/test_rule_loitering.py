"""loitering: half an hour within a small area, slowly under way."""

import pytest

from tests.watch_motion import Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "loitering"
# To and fro, 6 min at 3 kn each way: 0.3 NM.
TO_AND_FRO = [(360, 3, 90 + 180 * (k % 2)) for k in range(7)]


def test_a_vessel_that_goes_to_and_fro_is_said_once_and_is_over_when_it_leaves():
    says = said(RULE, Craft(way(*TO_AND_FRO, (1500, 10, 0))), every=30)
    assert [s.over for s in says] == [False, True]
    priority, second = summary(says)[0]
    assert priority == "caution"
    assert 1800 <= second <= 1860
    assert "within 0.15 NM for 30 min at 3.0 kn" in says[0].text
    assert says[0].evidence["sailed_nm"] == pytest.approx(1.5, abs=0.1)
    assert says[0].evidence["made_good_nm"] < 0.35
    assert 2520 < summary(says)[1][1] < 3400


def test_a_small_craft_without_ais_counts():
    assert len(said(RULE, dinghy(way(*TO_AND_FRO)), every=30)) == 1


@pytest.mark.parametrize(
    "craft",
    [
        Craft(way((2500, 1.5, 90))),
        Craft(way((2500, 0.2, 90))),
        Craft(way(*[(360, 8, 90 + 180 * (k % 2)) for k in range(7)])),
        Craft(way(*[(900, 3, 90 + 180 * (k % 2)) for k in range(3)], (600, 9, 0))),
        Craft(way(*TO_AND_FRO[:4], (1100, 9, 0))),
        Craft(way(*TO_AND_FRO), ship_type=30),
        Craft(way(*TO_AND_FRO), nav_status=7),
        Craft(way(*TO_AND_FRO), nav_status=1),
        Craft(way(*TO_AND_FRO), ship_type=50),
        Craft(way(*TO_AND_FRO), silent=(60, 2520)),
        dinghy(way(*TO_AND_FRO), columns={"p_fixed": 0.9}),
    ],
    ids=["passes slowly", "lies", "fast", "wider", "24 min", "fishing vessel", "fishing",
         "at anchor", "pilot", "lost", "buoy"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said(RULE, craft, every=30, radius_nm=0.3) == []


@pytest.mark.parametrize("kind", ["port-limits", "anchorage", "fishing-ground", "pilot-area"])
def test_where_vessels_wait_nothing_is_said(kind):
    around = [zone("haven", square(0, 0, 9000), kind, ())]
    assert said(RULE, Craft(way(*TO_AND_FRO)), every=30, zones=around) == []


def test_near_the_shore_nothing_is_said():
    assert said(RULE, Craft(way(*TO_AND_FRO)), every=30, shore_min_nm=12.0) == []
