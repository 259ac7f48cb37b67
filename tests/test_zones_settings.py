"""Faults of what a zone says: settings, rules that cannot fire, validity that is over."""

import pytest

from coastwatch.watch.check import KINDS
from coastwatch.watch.rules import RULES
from coastwatch.watch.zones import DEFAULT_RULES, check_zones, load_zones
from tests.test_zones import file_of
from tests.test_zones_check import SHELL, feature

NOW_S = 1_790_000_000.0  # in September 2026
FLOW = [[1.0, 51.2], [1.2, 51.2], [1.4, 51.3]]


def faults(tmp_path, *features):
    return check_zones(file_of(tmp_path, *features), NOW_S)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"speed_max_kn": 0, "speed_min_kn": 0.0},
        {"speed_max_kn": 100, "dwell_min": 10_000, "ahead_min": 30},
        {"bands_nm": [1, 3]},
        {"bands_nm": [0.1, 1, 2, 3, 4, 5, 6, 50]},
        {"flow": FLOW},
    ],
)
def test_good_settings_are_no_fault_and_reach_the_zone(tmp_path, settings):
    path = file_of(tmp_path, feature(kind="tss-lane", settings=settings))
    assert check_zones(path, NOW_S) == []
    (zone,) = load_zones([path])
    assert zone.settings == settings


BAD = {
    "list": ([], "settings = []", "give an object"),
    "text": ("fast", "settings = 'fast'", "give an object"),
    "unknown": ({"speed_max": 5}, "unknown key 'speed_max'", "use 'speed_max_kn'"),
    "strange": ({"colour": "red"}, "unknown key 'colour'", "use one of speed_max_kn"),
    "speed": ({"speed_max_kn": 101}, "speed_max_kn = 101", "from 0 to 100"),
    "negative": ({"speed_min_kn": -1}, "speed_min_kn = -1", "from 0 to 100"),
    "nan": ({"speed_min_kn": float("nan")}, "speed_min_kn = nan", "from 0 to 100"),
    "boolean": ({"speed_max_kn": True}, "speed_max_kn = True", "from 0 to 100"),
    "number as text": ({"speed_max_kn": "8"}, "speed_max_kn = '8'", "from 0 to 100"),
    "huge": ({"dwell_min": 10**400}, "dwell_min = 1000", "above 0 to 10000"),
    "dwell": ({"dwell_min": 0}, "dwell_min = 0", "above 0 to 10000"),
    "ahead": ({"ahead_min": 121}, "ahead_min = 121", "above 0 to 120"),
    "exchanged": ({"speed_min_kn": 9, "speed_max_kn": 3}, "speed_min_kn is over", "exchange"),
    "no bands": ({"bands_nm": []}, "bands_nm = []", "1 to 8 numbers"),
    "one band": ({"bands_nm": 3}, "bands_nm = 3", "1 to 8 numbers"),
    "nine bands": ({"bands_nm": list(range(1, 10))}, "bands_nm = [1,", "1 to 8 numbers"),
    "far band": ({"bands_nm": [1, 51]}, "bands_nm: number 1 is 51", "above 0 to 50"),
    "band of none": ({"bands_nm": [None]}, "bands_nm: number 0 is None", "above 0 to 50"),
    "band twice": ({"bands_nm": [1, 1.0]}, "number 1, 1, stands there already", "remove"),
    "short flow": ({"flow": FLOW[:1]}, "is no line", "2 or more positions"),
    "flow of text": ({"flow": "north"}, "is no line", "2 or more positions"),
    "flow out of range": ({"flow": [[1, 51], [181, 51]]}, "out of range", "give degrees"),
    "flow that stands": ({"flow": [[1, 51], [1, 51]]}, "same as the one before", "remove"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_bad_setting_is_an_error_that_names_key_value_and_mend(tmp_path, name):
    settings, what, mend = BAD[name]
    found = faults(tmp_path, feature(kind="tss-lane", settings=settings))
    assert {f.severity for f in found} == {"error"}
    assert any(what in f.what and mend in f.mend for f in found)
    assert all("feature 0 'z'" in f.where for f in found)


def test_a_flow_is_of_lanes_only_and_its_faults_name_the_vertex(tmp_path):
    (fault,) = faults(tmp_path, feature(kind="exclusion", settings={"flow": FLOW}))
    assert "only a tss-lane" in fault.mend
    flow = [[1, 51], [1, 95]]
    (fault,) = faults(tmp_path, feature(kind="tss-lane", settings={"flow": flow}))
    assert fault.where.endswith("settings: flow: vertex 1:")


def test_a_time_ahead_beyond_what_the_watch_sees_is_noted(tmp_path):
    (fault,) = faults(tmp_path, feature(settings={"ahead_min": 60}))
    assert fault.severity == "note"


def test_a_rule_of_the_site_is_sent_to_the_site(tmp_path):
    name = next(n for n, rule in RULES.items() if rule.scope == "site")
    (fault,) = faults(tmp_path, feature(rules=[name]))
    assert fault.severity == "error"
    assert f"site.toml under [rule.{name}]" in fault.mend


def test_an_unknown_rule_is_told_the_one_that_it_is_like(tmp_path):
    (fault,) = faults(tmp_path, feature(rules=["zone-entri"]))
    assert "such as 'zone-entry'" in fault.mend


LINE = {"what": "LineString", "coordinates": SHELL[:3], "kind": "line"}


@pytest.mark.parametrize(
    "zone",
    [
        feature(rules=["line-crossing"]),
        feature(rules=["zone-entry"], **LINE),
        feature(rules=["zone-exit"], what="Point", coordinates=[1, 51], kind="other"),
        feature(rules=["zone-speed"]),
        feature(rules=["distance-to-area"], settings={"dwell_min": 5}),
        feature(rules=["tss-wrong-way"], kind="tss-lane"),
    ],
)
def test_a_rule_that_can_never_fire_is_noted(tmp_path, zone):
    (fault,) = faults(tmp_path, zone)
    assert fault.severity == "note"
    assert "can never fire here" in fault.what
    assert zone["properties"]["rules"][0] in fault.what


def test_rules_that_can_fire_are_no_fault(tmp_path):
    assert faults(
        tmp_path,
        feature(rules=["zone-entry", "zone-speed"], settings={"speed_max_kn": 8}, id="a"),
        feature(rules=["line-crossing"], **LINE, id="b"),
    ) == []  # fmt: skip


def test_a_validity_that_is_over_or_not_yet_is_noted(tmp_path):
    past, future = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
    (over,) = faults(tmp_path, feature(valid_to=past))
    assert over.severity == "note"
    assert "over since 2026-01-01" in over.what
    assert faults(tmp_path, feature(valid_from=past, valid_to=future)) == []
    assert faults(tmp_path, feature(valid_from=future)) == []
    for times in ({"valid_to": past}, {"valid_from": future}):
        (port,) = faults(tmp_path, feature(kind="port-limits", **times))
        assert "count as at sea" in port.what
    assert len(load_zones([file_of(tmp_path, feature(valid_to=past))])) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_default_rules_that_exist_and_takes_its_geometry(tmp_path, kind):
    line = kind in ("line", "reporting-line")
    zone = feature(kind=kind) if not line else feature(**(LINE | {"kind": kind}))
    assert faults(tmp_path, zone) == []
    assert all(RULES[rule].scope == "zone" for rule in DEFAULT_RULES[kind])
    wrong = feature(kind=kind) if line else feature(**(LINE | {"kind": kind}))
    assert bool(faults(tmp_path, wrong)) == (kind != "other")
