"""shared-mmsi: two vessels on one MMSI are one situation, with both places."""

import json
import math

import pytest

from coastwatch.model import Flag, Tracks
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules.shared_mmsi import RULE
from tests.watch_says import says_of
from tests.watch_scene import PLANE, SITE, T0, reports

SHIP = 227_000_001
HERE, THERE = (0.0, 0.0), (18_520.0, 0.0)  # 10 NM


def says(until_s, heard_at, flagged_at, step=10, speed=8.0, cog_rad=math.nan):
    """Reports at (second: places), flags at seconds."""

    def heard(time_s):
        s = round(time_s - T0)
        told = [{"mmsi": SHIP, "x_m": x + speed * s, "y_m": y, "cog_rad": cog_rad}
                for x, y in heard_at(s)]  # fmt: skip
        flags = [Flag(SHIP, time_s, "two places", "", 10.0, 0.5, 0.0, "")] if flagged_at(s) else []
        return Heard(detections=reports(time_s, *told), flags=flags)

    pictures = [Tracks.empty(T0 + s, 0) for s in range(0, until_s, step)]
    return says_of(Watch(SITE, [], PLANE), RULE.name, pictures, heard)


def by_turns(s):
    return [HERE if s // 10 % 2 else THERE]


def test_two_vessels_by_turns_are_one_situation_with_both_places():
    (say,) = says(1800, by_turns, lambda s: s >= 60)
    assert (say.time_s, say.priority, say.about) == (T0 + 80, "caution", (SHIP,))
    assert "two vessels at once, 10.0 NM apart" in say.text
    assert say.evidence["apart_nm"] == pytest.approx(10.0, rel=0.01)
    first, second = say.evidence["first"], say.evidence["second"]
    assert {first["heard_s_ago"], second["heard_s_ago"]} == {0.0, 10.0}
    x, _ = PLANE.to_xy(second["lon"], second["lat"])
    assert x == pytest.approx(18_520 + 8 * 80, abs=5)
    json.dumps(dict(say.evidence), allow_nan=False)


def test_two_flags_are_not_enough():
    assert says(1800, by_turns, lambda s: s in (60, 70)) == []


def test_two_places_on_one_course_may_be_one_vessel_wrongly_dated():
    east, north = math.pi / 2, 0.0
    assert says(1800, by_turns, lambda s: s >= 60, cog_rad=east) == []
    assert len(says(1800, by_turns, lambda s: s >= 60, cog_rad=north)) == 1
    far = (92_600.0, 0.0)  # 50 NM
    assert len(says(1800, lambda s: [HERE if s // 10 % 2 else far], lambda s: s >= 60,
                    cog_rad=east)) == 1  # fmt: skip


def test_flags_of_which_only_one_place_is_heard_wait_for_the_other():
    def late(s):
        return [THERE] if s >= 300 else [HERE]

    (say,) = says(600, late, lambda s: s >= 60)
    assert say.time_s == T0 + 300


def test_a_fast_vessel_heard_seldom_is_not_two():
    assert says(1800, lambda s: [HERE] if s % 180 == 0 else [], lambda s: True, speed=20.0) == []


def test_it_is_over_when_it_was_not_flagged_for_an_hour():
    _, over = says(4800, by_turns, lambda s: 60 <= s <= 120)
    assert over.over
    assert over.about == (SHIP,)
    assert over.time_s == T0 + 120 + 3610


def test_other_checks_say_nothing():
    watch = Watch(SITE, [], PLANE)
    flags = [Flag(SHIP, T0, "jump", "", 10.0, 0.5, 0.0, "")] * 9
    pictures = [Tracks.empty(T0 + s, 0) for s in range(9)]
    assert says_of(watch, RULE.name, pictures, lambda t: Heard(flags=flags)) == []
