"""The rules: who is alerted about, once, in which words, on what evidence."""

import json
import math
from dataclasses import replace

import pytest

from coastwatch.model import ConfigError, Status
from coastwatch.site import Site
from coastwatch.watch import Watch
from coastwatch.watch import rules as rule_files
from tests.watch_scene import PLANE, SITE, SMALL, T0, go, lane, picture, play, sail, square, zone

SHORE = zone("shore", square(0, 0, 1500), "inshore-zone")
LINE = zone("line", [(500, -900), (500, 900)], "line", ("line-crossing",))


def to_the_lane(**columns):
    return sail(Watch(SITE, [SHORE, lane()], PLANE), 0, 0, 3, 0, 900, **columns)


def told(events):
    """What its rule said of an alert, without what only time did."""
    return [e for e in events if e.what in ("raised", "updated", "active again", "rectified")]


def test_a_dinghy_that_heads_for_a_lane_is_a_warning_once_and_then_an_alarm_once():
    seen = to_the_lane()
    (alert,) = seen.alerts
    assert (alert.severity, alert.zone, alert.rule) == ("warning", "shore", SMALL)
    assert (alert.track, alert.mmsi) == (1, -1)
    raised, alarm = told(seen.events)
    assert [e.severity for e in (raised, alarm)] == ["warning", "alarm"]
    assert {raised.alert, alarm.alert} == {alert.id}
    assert alarm.evidence["zone"] == "lane"
    assert "in 5 min on this course" in alarm.text
    for said in (raised, alarm):
        assert said.text.startswith("Possible vulnerable craft, safety check")
        assert said.state == "active-unacknowledged"


def test_one_that_stays_a_caution_is_told_again_when_it_comes_to_a_lane():
    site = Site("Test", (1.5, 51.0), rules={SMALL: {"probability_min": 0.9999}})
    watch = Watch(site, [SHORE, lane()], PLANE)
    seen = play(watch, (picture(T0 + s, (3 * s, 0, 3, 0)) for s in range(900)))
    told = [(e.what, e.severity) for e in seen.events]
    assert told == [("raised", "caution"), ("updated", "caution")]
    assert [a.zone for a in seen.alerts] == ["shore"]
    assert seen.events[1].evidence["zone"] == "lane"
    assert "enters lane in 5 min" in seen.events[1].text


def test_the_same_input_gives_the_same_alerts_and_another_moment_another_id():
    first, second = to_the_lane(), to_the_lane()
    assert first == second
    watch = Watch(SITE, [SHORE, lane()], PLANE)
    later = play(watch, (picture(T0 + 1 + s, (3 * s, 0, 3, 0)) for s in range(900)))
    assert len(later.alerts) == len(first.alerts) == 1
    assert later.alerts[0].id != first.alerts[0].id


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
    seen = to_the_lane(**columns)
    assert (seen.alerts, seen.events) == ([], [])


def test_a_coasting_dinghy_is_still_alerted():
    seen = to_the_lane(status=int(Status.COASTING))
    assert [e.severity for e in told(seen.events)] == ["warning", "alarm"]


def test_port_limits_silence_the_rule_while_they_are_valid():
    port = square(0, 0, 9000)
    asked = [SHORE, lane()]
    valid = Watch(SITE, [*asked, zone("port", port, "port-limits", ())], PLANE)
    assert sail(valid, 0, 0, 3, 0, 900).events == []
    over = Watch(SITE, [*asked, zone("port", port, "port-limits", (), end=T0)], PLANE)
    assert len(told(sail(over, 0, 0, 3, 0, 900).events)) == 2


@pytest.mark.parametrize("kind", ["port-limits", "search-area", "other", "territorial-sea"])
def test_any_kind_of_zone_may_ask_for_the_rule(kind):
    ahead = zone("ahead", square(3000, 0, 1000), kind)
    alerts, _ = go(Watch(SITE, [ahead], PLANE), 1000, 0, 3, 0, 60)
    assert [(a.severity, a.zone) for a in alerts] == [("warning", "ahead")]


def test_the_evidence_is_numbers_that_json_takes_and_that_agree_with_the_craft():
    _, alarm = told(to_the_lane().events)
    evidence = json.loads(json.dumps(dict(alarm.evidence), allow_nan=False))
    numbers = {k: v for k, v in evidence.items() if isinstance(v, int | float)}
    assert all(math.isfinite(v) for v in numbers.values())
    assert evidence["score"] == pytest.approx(0.999 * 0.99 * 0.99 * 0.99, abs=1e-3)
    assert evidence["speed_kn"] == pytest.approx(3 * 3600 / 1852, rel=0.01)
    assert evidence["course_deg"] == pytest.approx(90, abs=1)
    assert evidence["eta_s"] == pytest.approx(300, abs=3)
    assert evidence["lane_distance_nm"] == pytest.approx(900 / 1852, rel=0.01)
    assert evidence["watched_s"] == pytest.approx(alarm.time_s - T0)
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


def test_a_craft_that_turns_into_a_lane_and_out_again_is_an_alarm_only_once():
    watch = Watch(SITE, [SHORE, lane()], PLANE)
    first = sail(watch, 1500, 0, 3, 0, 300)
    assert [a.severity for a in first.alerts] == ["alarm"]
    assert told(sail(watch, 2400, 0, -3, 0, 600).events) == []


RULES = ("zone-entry", "zone-exit", "line-crossing")


@pytest.mark.parametrize("rule", RULES)
def test_crossings_are_alerted_only_by_the_rule_that_a_zone_lists(rule):
    area = zone("area", square(1000, 0, 200), rules=(rule,))
    line = zone("line", [(500, -900), (500, 900)], "line", (rule,))
    alerts, crossings = go(Watch(SITE, [area, line], PLANE), 0, 0, 5, 0, 400)
    assert len(crossings) == 3
    where = "line" if rule == "line-crossing" else "area"
    assert [(a.rule, a.zone, a.severity) for a in alerts] == [(rule, where, "caution")]
    json.dumps(dict(alerts[0].evidence), allow_nan=False)


def test_zones_without_rules_keep_the_facts_and_raise_nothing():
    zones = [zone("area", square(1000, 0, 200), rules=()), zone(
        "line", [(500, -900), (500, 900)], "line", ())]  # fmt: skip
    alerts, crossings = go(Watch(SITE, zones, PLANE), 0, 0, 5, 0, 400)
    assert alerts == []
    assert len(crossings) == 3


@pytest.mark.parametrize(("rule", "key", "value", "mend"), [
    ("small-unregistered-craft", "score_min", 7.0, "give 0 to 1"),
    ("small-unregistered-craft", "probability_min", -2.0, "give -1 to 1"),
    ("drifting", "off_min_deg", 400.0, "give 0 to 360"),
    ("loitering", "radius_nm", -0.5, "give 0 to 1e\\+09"),
    ("loitering", "radius", 1.0, "unknown key 'radius'"),
    ("no-such", "on", True, "no such rule"),
    ("loitering", "per_hour", 1.5, "a whole number"),
])  # fmt: skip
def test_what_a_site_tells_a_rule_is_bounded_and_refused_by_file_and_key(rule, key, value, mend):
    site = Site("A", (1.5, 51.0), rules={rule: {key: value}}, where="night/site.toml")
    with pytest.raises(ConfigError, match=rf"night/site\.toml: \[rule\.{rule}\]: .*{mend}"):
        Watch(site, [], PLANE)


@pytest.mark.parametrize(("change", "mend"), [
    ({"name": "zone-entry"}, "own; choose another name"),
    ({"name": "My Rule"}, "small letters"),
    ({"name": "my-rule", "scope": "sea"}, "scope 'sea' is none of zone, site"),
    ({"name": "my-rule", "priority": "red"}, "priority 'red' is none of caution"),
])  # fmt: skip
def test_a_rule_of_ones_own_is_refused_by_what_is_wrong_with_it(change, mend):
    before = dict(rule_files.RULES)
    with pytest.raises(ConfigError, match=mend):
        rule_files.add_rule(replace(before["loitering"], **change))
    assert before == rule_files.RULES
