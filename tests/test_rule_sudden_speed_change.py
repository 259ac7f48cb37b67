"""sudden-speed-change: from over 7 to under 1 kn within 30 s, held for 60 s."""

import pytest

from tests.watch_motion import BIG, Craft, dinghy, said, summary, way
from tests.watch_scene import square, zone

RULE = "sudden-speed-change"
STOP = way((120, 12, 90), (10, 5, 90), (300, 0.2, 90))


def test_a_ship_that_stops_in_seconds_is_said_once_a_minute_later():
    says = said(RULE, Craft(STOP))
    assert summary(says) == [("warning", 190)]
    assert "from 12.0 kn to 0.2 kn within 20 s" in says[0].text
    assert says[0].evidence["took_s"] == pytest.approx(20)


def test_it_is_over_when_it_is_under_way_again_and_a_second_stop_is_another():
    twice = way((120, 12, 90), (300, 0.2, 90), (120, 9, 90), (120, 0.1, 90))
    assert summary(said(RULE, Craft(twice))) == [
        ("warning", 180),
        ("over", 420),
        ("warning", 600),
    ]


def test_a_large_target_that_only_radar_sees_is_judged_by_its_track():
    says = said(RULE, dinghy(STOP, columns=BIG))
    assert [s.priority for s in says] == ["warning"]
    assert says[0].mmsi == -1
    assert said(RULE, dinghy(STOP)) == []


@pytest.mark.parametrize(
    "craft",
    [
        Craft(way((120, 12, 90), (30, 4, 90), (300, 0.2, 90))),
        Craft(way((120, 6.5, 90), (300, 0.2, 90))),
        Craft(way((120, 12, 90), (300, 1.5, 90))),
        Craft(way((120, 12, 90), (50, 0.2, 90), (300, 3, 90))),
        Craft(STOP, silent=(110, 200)),
        Craft(way((500, 12, 90)), silent=(100, 500)),
        Craft(STOP, report_s=180),
        Craft(STOP, length_m=24.0),
        Craft(STOP, ship_type=50),
    ],
    ids=["in 40 s", "from 6.5 kn", "to 1.5 kn", "held 50 s", "unheard meanwhile", "lost",
         "hardly reports", "short", "pilot"],
)  # fmt: skip
def test_a_near_miss_is_not_said(craft):
    assert said(RULE, craft) == []


def test_a_set_that_says_0_kn_and_sails_on_has_not_stopped():
    class Liar(Craft):
        def report(self, s):
            return super().report(s) | ({"sog_mps": 0.0} if s > 120 else {})

    assert said(RULE, Liar(way((500, 12, 90)))) == []


def test_a_stop_in_port_limits_is_not_said():
    port = zone("port", square(0, 0, 9000), "port-limits", ())
    assert said(RULE, Craft(STOP), zones=[port]) == []


def test_pictures_ten_seconds_apart_say_the_same():
    assert summary(said(RULE, Craft(STOP), every=10)) == [("warning", 190)]
