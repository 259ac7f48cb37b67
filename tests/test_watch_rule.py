"""The rules: who is alerted about, once, in which words, on what evidence."""

import json
import math

import pytest

from coastwatch.model import Status
from coastwatch.watch import Watch
from tests.watch_scene import PLANE, SITE, SMALL, T0, go, lane, picture, square, zone

SHORE = zone("shore", square(0, 0, 1500), "inshore-zone")
LINE = zone("line", [(500, -900), (500, 900)], "line", ("line-crossing",))


def to_the_lane(**columns):
    return go(Watch(SITE, [SHORE, lane()], PLANE), 0, 0, 3, 0, 900, **columns)[0]


def test_a_dinghy_that_heads_for_a_lane_is_a_warning_once_and_then_a_danger_once():
    alerts = to_the_lane()
    assert [(a.severity, a.zone, a.rule) for a in alerts] == [
        ("warning", "shore", SMALL),
        ("alarm", "lane", SMALL),
    ]
    for alert in alerts:
        assert alert.text.startswith("Possible vulnerable craft, safety check")
        assert "in 5 min on this course" in alerts[1].text
        assert alert.track == 1
        assert alert.mmsi == -1


def test_the_same_input_gives_the_same_alerts_and_no_id_twice():
    first, second = to_the_lane(), to_the_lane()
    assert first == second
    assert len({a.id for a in first}) == len(first) == 2
    later = go(Watch(SITE, [SHORE, lane()], PLANE), -3, 0, 3, 0, 900)[0]
    assert later[1].time_s != first[1].time_s
    assert later[1].id != first[1].id


@pytest.mark.parametrize(
    "columns",
    [
        {"mmsi": 227_000_001},
        {"p_fixed": 0.9},
        {"p_small": 0.1},
        {"p_unregistered": 0.1},
        {"existence": 0.3},
        {"existence": math.nan},
        {"status": int(Status.TENTATIVE)},
    ],
    ids=lambda columns: " ".join(columns),
)
def test_the_identified_fixed_big_doubtful_and_tentative_raise_nothing(columns):
    assert to_the_lane(**columns) == []


def test_a_coasting_dinghy_is_still_alerted():
    assert len(to_the_lane(status=int(Status.COASTING))) == 2


def test_port_limits_silence_the_rule_while_they_are_valid():
    port = square(0, 0, 9000)
    asked = [SHORE, lane()]
    valid = Watch(SITE, [*asked, zone("port", port, "port-limits", ())], PLANE)
    assert go(valid, 0, 0, 3, 0, 900)[0] == []
    over = Watch(SITE, [*asked, zone("port", port, "port-limits", (), end=T0)], PLANE)
    assert len(go(over, 0, 0, 3, 0, 900)[0]) == 2


@pytest.mark.parametrize("kind", ["port-limits", "search-area", "other", "territorial-sea"])
def test_any_kind_of_zone_may_ask_for_the_rule(kind):
    ahead = zone("ahead", square(3000, 0, 1000), kind)
    alerts, _ = go(Watch(SITE, [ahead], PLANE), 1000, 0, 3, 0, 60)
    assert [(a.severity, a.zone) for a in alerts] == [("warning", "ahead")]


def test_the_evidence_is_numbers_that_json_takes_and_that_agree_with_the_craft():
    _, danger = to_the_lane()
    evidence = json.loads(json.dumps(dict(danger.evidence), allow_nan=False))
    numbers = {k: v for k, v in evidence.items() if isinstance(v, int | float)}
    assert all(math.isfinite(v) for v in numbers.values())
    assert evidence["score"] == pytest.approx(0.999 * 0.99 * 0.99 * 0.99, abs=1e-3)
    assert evidence["speed_kn"] == pytest.approx(3 * 3600 / 1852, rel=0.01)
    assert evidence["course_deg"] == pytest.approx(90, abs=1)
    assert evidence["eta_s"] == pytest.approx(300, abs=3)
    assert evidence["lane_distance_nm"] == pytest.approx(900 / 1852, rel=0.01)
    assert evidence["watched_s"] == pytest.approx(danger.time_s - T0)
    assert evidence["thresholds"]["score_min"] == 0.75


def test_the_score_must_hold_without_a_break():
    watch, alerts = Watch(SITE, [SHORE], PLANE), []
    for s in range(120):
        p_small = 0.1 if s % 25 == 0 else 0.99
        alerts += watch.step(picture(T0 + s, (3 * s, 0, 3, 0), p_small=p_small))[0]
    assert alerts == []


def test_a_course_that_is_hardly_known_warns_of_nothing_ahead():
    ahead = [zone("ahead", square(3000, 0, 1000))]
    assert len(go(Watch(SITE, ahead, PLANE), 1000, 0, 3, 0, 60)[0]) == 1
    assert go(Watch(SITE, ahead, PLANE), 1000, 0, 3, 0, 60, sigma=3000.0)[0] == []


def test_a_craft_that_turns_into_a_lane_and_out_again_is_a_danger_only_once():
    watch = Watch(SITE, [SHORE, lane()], PLANE)
    first = go(watch, 1500, 0, 3, 0, 300)[0]
    assert [a.severity for a in first] == ["alarm"]
    assert go(watch, 2400, 0, -3, 0, 600)[0] == []


RULES = ("zone-entry", "zone-exit", "line-crossing")


@pytest.mark.parametrize("rule", RULES)
def test_crossings_are_alerted_only_by_the_rule_that_a_zone_lists(rule):
    area = zone("area", square(1000, 0, 200), rules=(rule,))
    line = zone("line", [(500, -900), (500, 900)], "line", (rule,))
    alerts, crossings = go(Watch(SITE, [area, line], PLANE), 0, 0, 5, 0, 400)
    assert len(crossings) == 3
    where = "line" if rule == "line-crossing" else "area"
    assert [(a.rule, a.zone, a.severity) for a in alerts] == [(rule, where, "information")]
    json.dumps(dict(alerts[0].evidence), allow_nan=False)


def test_zones_without_rules_keep_the_facts_and_raise_nothing():
    zones = [zone("area", square(1000, 0, 200), rules=()), zone(
        "line", [(500, -900), (500, 900)], "line", ())]  # fmt: skip
    alerts, crossings = go(Watch(SITE, zones, PLANE), 0, 0, 5, 0, 400)
    assert alerts == []
    assert len(crossings) == 3
