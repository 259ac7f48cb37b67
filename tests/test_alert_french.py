"""The alerts in French: what each rule really says, number by number, and when it stays English."""

import copy
import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.alert_french import (
    LABELS,
    SENTENCES,
    VALUES,
    french_sentence,
    zone_names,
)
from coastwatch.maps.text import evidence_rows
from coastwatch.watch.rules import RULES
from tests.says_heard import heard

SENSORS = {"sensor-silent", "sensor-blind-sector", "held-back"}
# Tests in which each rule raises what it can say: a new rule adds its own here.
RAISED = {
    "rule_approach_to_shore": ["ships_from_open_water_are_said_where_wanted_ten_minutes_off_and_"
                               "yachts_are_not"],
    "rule_close_approach": [
        "a_yacht_that_tells_a_length_of_14_m_is_small_though_its_track_is_not_sure",
        "the_end_of_the_ship_is_the_end_of_it",
    ],
    "rule_crossings": ["there_and_back_are_two_events", "each_exit_is_an_event_of_its_own",
                       "an_entry_is_said_once_while_inside_and_anew_after_it_has_left"],
    "rule_distance_to_area": ["each_nearer_band_is_said_and_joins_and_beyond_the_widest_it_is_"
                              "over"],
    "rule_distance_to_shore": ["the_parameter_counts"],
    "rule_drifting": ["the_time_and_the_angle_are_the_sites_to_set"],
    "rule_encounter_at_sea": [
        "a_tug_pilot_or_fishing_vessel_is_named_and_lowers_the_priority",
        "a_small_craft_without_ais_beside_a_ship_counts_and_a_ships_own_echo_does_not",
    ],
    "rule_erratic_movement": ["changes_of_speed_count_like_turns"],
    "rule_heading_for_area": ["the_zones_own_time_counts"],
    "rule_high_speed_near_coast": ["it_is_a_warning_once_after_half_a_minute_and_over_a_minute_"
                                   "after_it_slowed"],
    "rule_loitering": ["a_small_craft_without_ais_counts"],
    "rule_stopped_outside_anchorage": [
        "a_vessel_that_says_it_is_at_anchor_is_said_after_two_minutes",
        "in_a_lane_it_is_a_warning_whatever_its_trade",
    ],
    "rule_sudden_course_change": ["a_sharp_turn_is_said_once_with_its_side_and_over_when_steady"],
    "rule_sudden_speed_change": ["pictures_ten_seconds_apart_say_the_same"],
    "rule_tss_crossing": [
        "across_at_a_slant_is_said_once_and_is_over_on_the_other_side",
        "the_heading_counts_where_it_is_broadcast_since_the_tide_sets_the_course",
    ],
    "rule_tss_wrong_way": ["small_fishing_and_sailing_vessels_are_a_caution"],
    "rule_unusual_route": ["a_ship_on_a_course_that_no_other_took_is_said_once_and_over_on_the_"
                           "route"],
    "rule_zone_dwell": ["an_editing_of_the_zone_says_nothing_twice"],
    "rule_zone_speed": ["too_slow_is_said_and_who_lies_still_is_too_slow",
                        "too_fast_is_said_once_after_a_minute_and_over_a_minute_after_it_slowed_"
                        "down"],
    "sensors_health": ["a_sector_across_north_and_the_whole_circle_are_one_alert_each",
                       "an_ais_station_is_silent_by_the_rate_that_it_had",
                       "the_engine_is_told_when_silence_is_due"],
    "watch_ais_gap": [
        "a_ship_that_falls_silent_is_said_after_six_minutes_at_its_last_place_once",
        "radar_that_still_sees_it_under_way_makes_it_a_warning_at_the_place_of_now",
    ],
    "watch_ais_radar_disagreement": [
        "a_large_vessel_that_radar_never_sees_among_others_is_said_after_ten_minutes",
        "a_track_beside_its_own_reports_is_said_after_two_minutes_once",
        "it_is_over_when_the_twin_is_gone",
    ],
    "watch_craft": ["what_a_zone_explains_is_counted_and_raised_when_it_leaves"],
    "watch_destination_change": [
        "an_arrival_counts_where_the_site_asks_for_it",
        "another_destination_under_way_is_said_when_it_is_heard_twice_and_once",
    ],
    "watch_distress_beacon": [
        "a_report_without_a_position_is_said_at_once_and_again_when_it_has_one",
        "a_test_that_turns_active_becomes_an_emergency_and_stays_one",
        "an_ordinary_vessel_with_the_status_of_a_beacon_is_a_caution",
        "two_beacons_are_two_situations",
        "where_it_drifts_joins_after_a_tenth_of_a_mile_and_each_five_minutes",
    ],
    "watch_identity_change": [
        "call_sign_and_imo_number_count_too_and_a_false_imo_number_does_not",
        "one_mmsi_that_goes_on_as_another_is_said_when_it_kept_to_it",
    ],
    "watch_impossible_position": [
        "a_set_without_a_fix_that_reports_the_null_island_is_told_so",
        "a_ship_that_reports_itself_from_inland_is_said_once",
        "many_vessels_that_jump_are_one_word_of_the_region_and_none_of_each",
        "speed_and_course_need_more_and_are_both_told",
        "what_is_newly_wrong_joins",
    ],
    "watch_not_reporting": [
        "a_large_ship_that_never_tells_her_voyage_is_said_when_she_had_time_to",
        "a_large_vessel_without_any_identity_is_said_at_the_line",
        "an_area_may_ask_too_and_then_entering_counts",
    ],
    "watch_shared_mmsi": ["flags_of_which_only_one_place_is_heard_wait_for_the_other"],
    "watch_uncorrelated_target": ["a_size_that_nobody_knows_is_not_told",
                                  "five_minutes_are_five_minutes_without_a_break"],
}  # fmt: skip
HELD = "tests/test_alert_french.py::test_a_rule_that_is_held_back_is_raised_for_real"
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|was|has|have|for|at|from|with|without|within|no|not|in|it|its|by|"
    r"track|vessel|craft|heading|shore|ago|while|if|NM|kn|radar sees|reports|identity|bound\w*)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def numbers(text):
    return sorted(n.replace(",", ".") for n in NUMBER.findall(text))


@pytest.fixture(scope="module")
def alerts(tmp_path_factory):
    nodes = [f"tests/test_{file}.py::test_{name}" for file, names in RAISED.items()
             for name in names]  # fmt: skip
    said = heard(tmp_path_factory.mktemp("says"), [*nodes, HELD])
    return [alert for alert in said if alert["rule"] != "ship-near-boat"]


def french(alert):
    return french_sentence(alert, alert["zones"])


def test_every_rule_has_its_french():
    assert set(SENTENCES) == set(RULES) | SENSORS


def test_a_rule_that_is_held_back_is_raised_for_real():
    from coastwatch.model import Say
    from coastwatch.watch.limits import Limits

    limits = Limits({"ship-near-boat": 1})
    for n, priority in enumerate(("warning", "caution", "caution")):
        say = Say("ship-near-boat", 1, (n,), 1.8e9 + n, priority, n, -1, "", 1.5, 51.0, "It.", {})
        limits.passes(say)
        limits.hold(say, f"{n}a0b")
    assert list(limits.says(1.8e9 + 60))


def test_what_every_rule_really_says_is_there_to_be_translated(alerts):
    assert {a["rule"] for a in alerts} == set(SENTENCES)


def test_what_the_rules_really_say_is_said_in_french(alerts):
    left = [(a["rule"], a["text"]) for a in alerts if french(a) is None]
    assert not left


def test_the_numbers_are_those_of_the_english_sentence_all_of_them_and_no_other(alerts):
    for alert in alerts:
        assert numbers(french(alert)) == numbers(alert["text"]), alert["text"]


def test_no_english_word_is_left_but_names(alerts):
    for alert in alerts:
        said = re.sub(r"«[^»]*»", "", french(alert))
        assert not ENGLISH.findall(said), said


def test_it_is_set_as_french_is(alerts):
    for alert in alerts:
        said = french(alert)
        assert said[0].isupper() or said[0].isdigit()
        assert said.endswith(".")
        assert not re.search(r"\d\.\d|[\w)] [;:!?](?:\s|$)|« | »| {2}|'", said), said
        assert re.search(r"\d (?:nœuds?|milles?|min|m|s|h|km)\b", said) is None, said


def test_who_and_where_are_those_of_the_english_sentence(alerts):
    said = {a["rule"]: french(a) for a in alerts}
    assert (
        "iste 1 (sans identité) a franchi la ligne «\u00a0l\u00a0» vers l" in said["line-crossing"]
    )
    assert "en position 51°00,0′N 001°3" in said["uncorrelated-target"]
    assert {"SHIP 1 (MMSI 227000001, piste 1)", "SHIP 2 (MMSI 228000002, piste 2)"} <= {
        name for a in alerts if a["rule"] == "encounter-at-sea"
        for name in re.findall(r"SHIP \d \(MMSI \d{9}, piste \d\)", french(a))
    }  # fmt: skip


def test_what_the_evidence_lacks_leaves_it_english(alerts):
    for alert in alerts:
        whole = french(alert)
        assert french(alert | {"evidence": {}}) is None, alert["rule"]
        assert french(alert | {"evidence": None}) is None
        for key in alert["evidence"]:
            less = {k: v for k, v in alert["evidence"].items() if k != key}
            assert french(alert | {"evidence": less}) in (None, whole), (alert["rule"], key)


def test_evidence_that_tells_other_numbers_than_the_sentence_leaves_it_english(alerts):
    for alert in alerts:
        whole = french(alert)
        for key, value in alert["evidence"].items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                other = alert["evidence"] | {key: value * 2 + 37}
                assert french(alert | {"evidence": other}) in (None, whole), (alert["rule"], key)


def test_another_wording_of_an_older_version_stays_english(alerts):
    for alert in alerts:
        assert french(alert | {"text": "Something happened."}) is None


def test_a_rule_of_ones_own_stays_english():
    own = {"rule": "ship-near-boat", "text": "A ship is near a boat.", "evidence": {"speed_kn": 1}}
    assert french_sentence(own, {}) is None


def test_a_rule_of_ones_own_may_be_given_its_french(monkeypatch):
    said = "{who} passe à {distance_nm:far} d’un bateau, {place} ; {motion}."
    monkeypatch.setitem(SENTENCES, "ship-near-boat", said)
    own = {
        "rule": "ship-near-boat", "track": 3,
        "text": "Track 3 (no identity) passes 150 m from a boat, in Rade: 5.0 kn, course 007°.",
        "evidence": {"distance_nm": 0.081, "speed_kn": 5.0, "course_deg": 7.2},
    }  # fmt: skip
    assert french_sentence(own, {"r": "Rade"}) == (
        "Piste 3 (sans identité) passe à 150\u00a0m d’un bateau, dans la zone «\u00a0Rade\u00a0»"
        "\u202f; 5,0\u00a0nœuds, route 007°."
    )
    assert french_sentence(own, {}) is None


def test_a_vessel_may_be_named_as_it_likes(alerts):
    ship = next(a for a in alerts if a["rule"] == "sudden-speed-change" and a["mmsi"])
    for name in ("{who}", "{0.__class__}", "A (B)", "12.3 kn", "TRACK 7", "%s", "L'AUBE SALÉE"):
        said = french(ship | {"text": ship["text"].replace("SHIP 1", name)})
        assert said is not None
        assert said.startswith(f"{name} (MMSI 227000001, piste 1) a ralenti")


def test_characters_that_are_not_printed_leave_it_english(alerts):
    for alert in alerts:
        for mark in ("\u202e", "\x00", "\n", "\ud800"):
            assert french(alert | {"text": alert["text"] + mark}) is None


def test_every_label_and_word_of_the_evidence_has_its_french(alerts):
    for alert in alerts:
        for label, value in evidence_rows(alert["evidence"]):
            for part in label.split(": "):
                # What nobody knows leaves its unit in the label.
                known = part in LABELS or re.sub(r" (m|nm|kn|s|deg|mps)$", "", part) in LABELS
                assert known, (alert["rule"], label)
            if label in ("what", "how", "bound", "reason") and not value.startswith("within-"):
                assert value in VALUES, value


def test_names_of_zones_are_taken_where_they_are_text():
    features = [
        {"properties": {"id": "a", "name": "Rade\u00a0d’essai"}}, {"properties": {"id": "b"}},
        {"properties": {"id": 7, "name": "x"}}, {"properties": None}, 3,
    ]  # fmt: skip
    assert zone_names({"features": features}) == {"a": "Rade d’essai", "b": "b"}
    assert zone_names({"features": None}) == {}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([10**400, -(10**400), math.nan, math.inf, "1", "nan", "°", "{who}"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_nothing_that_an_alert_may_hold_makes_it_raise(alerts, data):
    alert = copy.deepcopy(data.draw(st.sampled_from(alerts)))
    for key in data.draw(st.lists(st.sampled_from(sorted(alert)), max_size=2)):
        if key != "zones":
            alert[key] = data.draw(json_values)
    if isinstance(alert["evidence"], dict) and alert["evidence"]:
        for key in data.draw(st.lists(st.sampled_from(sorted(alert["evidence"])), max_size=3)):
            alert["evidence"][key] = data.draw(json_values)
    said = french(alert)
    if said is not None:
        json.dumps(said)
        assert numbers(said) == numbers(alert["text"])


@settings(max_examples=200, deadline=None)
@given(rule=st.sampled_from(sorted(SENTENCES)) | json_values, alert=json_values, text=json_values)
def test_a_line_that_is_no_alert_stays_as_it_is(rule, alert, text):
    line = alert if isinstance(alert, dict) else {}
    assert french_sentence(line | {"rule": rule, "text": text}, {}) is None
