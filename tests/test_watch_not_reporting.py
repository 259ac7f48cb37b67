"""not-reporting: large vessels that cross a reporting line and have not told who they are."""

import json
import math

import numpy as np
import pytest

from coastwatch.model import Vessel
from coastwatch.site import Sensor, Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.not_reporting import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, T0, picture, reports, square, zone

SITE = Site("Test", (1.5, 51.0), sensors=(Sensor("radar", "radar", (1.5, 51.0)),))
LINE = zone("line", [(600, -900), (600, 900)], "line", (RULE.name,))
SHIP = 227_000_001
WHOLE = {"name": "NORDIC", "destination": "ROTTERDAM", "imo": 9_074_729, "ship_type": 70,
         "length_m": 180.0}  # fmt: skip


def says(statics, mmsi=SHIP, until=1500, step=10, status=0, zones=(LINE,), later=None, begins=0,
         length=(math.nan, math.nan), speed=6.0, **columns):  # fmt: skip
    """A ship that crosses the line after 100 s; first heard at ``begins``."""
    pictures = []
    for s in range(0, until, step):
        tracks = picture(T0 + s, (speed * s, 0.0, speed, 0.0), mmsi=mmsi, **columns)
        tracks.length_m[:], tracks.length_sigma_m[:] = length
        tracks.last_seen_s = np.array([[T0 + s, T0 + s]])
        pictures.append(tracks)

    def heard(time_s):
        s = round(time_s - T0)
        if mmsi < 0 or s < begins:
            return None
        vessels = [Vessel(mmsi, time_s, **statics)] if s == begins and statics else []
        vessels += [Vessel(mmsi, time_s, **later[1])] if later and later[0] == s else []
        row = {"mmsi": mmsi, "x_m": speed * s, "y_m": 0.0, "nav_status": status, "sog_mps": speed}
        return Heard(detections=reports(time_s, row), vessels=vessels)

    return says_of(Watch(SITE, zones, PLANE), RULE.name, pictures, heard)


def but(*missing):
    return {k: v for k, v in WHOLE.items() if k not in missing}


def test_a_large_ship_that_never_tells_her_voyage_is_said_when_she_had_time_to():
    (say,) = says(but("destination", "imo"))
    assert (say.priority, say.mmsi, say.zone, say.about) == ("caution", SHIP, "line", (1,))
    assert say.time_s == T0 + 780
    assert (
        "crossed line 11 min ago without AIS voyage data: no destination, no IMO number" in say.text
    )
    assert say.evidence["missing"] == ["destination", "IMO number"]
    assert say.evidence["length_told_m"] == 180.0
    json.dumps(dict(say.evidence), allow_nan=False)


def test_who_was_heard_long_before_the_line_is_said_at_the_line():
    line = zone("line", [(6000, -900), (6000, 900)], "line", (RULE.name,))
    (say,) = says(but("name"), zones=(line,))
    assert 1000 <= say.time_s - T0 <= 1030
    assert "crossed line without" in say.text


def test_class_a_that_never_tells_anything_is_taken_for_a_large_ship():
    (say,) = says({})
    assert say.evidence["missing"] == ["name", "destination", "IMO number"]
    assert says({}, status=-1) == []
    assert says({}, length=(20.0, 5.0)) == []


@pytest.mark.parametrize(
    "statics",
    [WHOLE, WHOLE | {"length_m": 40.0, "name": None}, WHOLE | {"ship_type": 30, "imo": None}],
    ids=["all told", "small", "a fishing vessel without IMO number"],
)
def test_who_told_it_all_and_who_need_not_is_not_said(statics):
    assert says(statics) == []


def test_statics_that_come_in_time_are_enough():
    assert says({}, later=(500, WHOLE)) == []


def test_statics_that_come_later_end_it():
    say, over = says({}, later=(1000, WHOLE))
    assert over.over
    assert over.about == say.about
    assert over.time_s == T0 + 1000


def test_a_large_vessel_without_any_identity_is_said_at_the_line():
    (say,) = says({}, mmsi=-1, length=(120.0, 15.0), p_small=0.01)
    assert 100 <= say.time_s - T0 <= 130
    assert "without AIS identity; radar makes it about 120 m long" in say.text
    for case in ({"length": (120.0, 90.0)}, {"p_small": 0.9}, {"p_unregistered": 0.5}):
        assert says({}, **({"mmsi": -1, "length": (120.0, 15.0), "p_small": 0.01} | case)) == []


def test_lines_that_do_not_ask_and_vessels_that_do_not_cross_are_left_alone():
    silent = zone("line", [(600, -900), (600, 900)], "line", ())
    far = zone("line", [(60_000, -900), (60_000, 900)], "line", (RULE.name,))
    assert says({}, zones=(silent,)) == []
    assert says({}, zones=(far,)) == []


def test_an_area_may_ask_too_and_then_entering_counts():
    area = zone("area", square(2000, 0, 1000), "exclusion", (RULE.name,))
    (say,) = says({}, zones=(area,))
    assert say.zone == "area"


def test_a_second_line_is_the_same_situation():
    lines = [zone(f"line{x}", [(x, -900), (x, 900)], "line", (RULE.name,)) for x in (600, 5000)]
    assert len(says({}, zones=lines)) == 1
