"""destination-change: another destination under way, not in port, not after a stop, once."""

import json

import pytest

from coastwatch.model import Vessel
from coastwatch.site import Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.destination_change import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, SITE, T0, picture

SHIP = 227_000_001
EVERY = 360


def says(*destinations, speeds=None, mmsi=SHIP, site=SITE, etas=()):
    """Statics every six minutes of a ship at these speeds (m/s)."""
    speeds = speeds or [6.0] * len(destinations)

    def heard(time_s):
        k, rest = divmod(round(time_s - T0), EVERY)
        if rest:
            return None
        eta = etas[k] if etas else None
        return Heard(vessels=[Vessel(mmsi, time_s, destination=destinations[k], eta=eta)])

    times = range(0, EVERY * len(destinations), 60)
    pictures = [picture(T0 + s, (0.0, 0.0, speeds[s // EVERY], 0.0), mmsi=mmsi) for s in times]
    return says_of(Watch(site, [], PLANE), RULE.name, pictures, heard)


def test_another_destination_under_way_is_said_when_it_is_heard_twice_and_once():
    (say,) = says("ROTTERDAM", "ROTTERDAM", "LE HAVRE", "LE HAVRE", "LE HAVRE")
    assert (say.time_s, say.priority, say.mmsi) == (T0 + 3 * EVERY, "caution", SHIP)
    assert 'from "ROTTERDAM" to "LE HAVRE"' in say.text
    assert "11.7 kn" in say.text
    json.dumps(dict(say.evidence), allow_nan=False)


@pytest.mark.parametrize(
    "after", ["Rotterdam", "ROTTERDAM EUROPOORT", "ROTERDAM", "NL ROTTERDAM", "NONE", "@@", "TBN"]
)
def test_the_same_in_other_words_and_none_at_all_are_no_change(after):
    assert says("ROTTERDAM", after, after, after) == []


def test_heard_once_it_is_a_slip():
    assert says("ROTTERDAM", "LE HAVRE", "ROTTERDAM", "LE HAVRE", "ROTTERDAM") == []


def test_in_port_or_after_a_stop_it_is_a_new_voyage():
    sequence = ["ROTTERDAM", "ROTTERDAM", "LE HAVRE", "LE HAVRE", "LE HAVRE"]
    assert says(*sequence, speeds=[0.1] * 5) == []
    assert says(*sequence, speeds=[6.0, 0.1, 6.0, 6.0, 6.0]) != []  # sailed under the old one
    assert says(*sequence, speeds=[6.0, 6.0, 0.1, 0.1, 6.0]) == []


def test_an_arrival_counts_where_the_site_asks_for_it():
    there = ["ROTTERDAM"] * 4
    etas = ["11-20T06:00", "11-20T06:00", "11-22T06:00", "11-22T06:00"]
    assert says(*there, etas=etas) == []
    asks = Site("Test", (1.5, 51.0), rules={RULE.name: {"eta_h": 12.0}})
    (say,) = says(*there, etas=etas, site=asks)
    assert say.evidence["later_h"] == 48.0
    assert says(*there, etas=["11-20T06:00"] * 2 + ["11-20T14:00"] * 2, site=asks) == []
    assert says(*there, etas=["12-31T20:00"] * 2 + ["01-01T02:00"] * 2, site=asks) == []


def test_it_is_over_after_an_hour():
    said = says("ROTTERDAM", *["LE HAVRE"] * 14)
    assert [s.over for s in said] == [False, True]


def test_aids_have_no_destination():
    assert says("ROTTERDAM", "LE HAVRE", "LE HAVRE", mmsi=992_351_000) == []
