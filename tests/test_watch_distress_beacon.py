"""distress-beacon: at once, without a track or a position, and a test is never an emergency."""

import json
import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import ConfigError, Tracks, Vessel
from coastwatch.site import Site
from coastwatch.watch import Heard, Watch
from coastwatch.watch.rules import distress_beacon
from coastwatch.watch.rules.distress_beacon import RULE, DistressBeacon
from tests.watch_says import says_of
from tests.watch_scene import PLANE, SITE, T0, reports

SART, MOB, EPIRB, SHIP = 970_012_345, 972_001_234, 974_000_001, 227_000_001


def burst(mmsi=SART, status=14, x=2000.0, y=1000.0, **more):
    return {"mmsi": mmsi, "nav_status": status, "x_m": x, "y_m": y, **more}


def heard(at: dict[int, list[dict]], texts: dict[int, list[tuple[int, str]]] | None = None):
    """What is heard at seconds after T0: reports, and safety texts of MMSIs."""

    def at_time(time_s):
        s = round(time_s - T0)
        said = (texts or {}).get(s, [])
        vessels = [Vessel(mmsi, time_s, safety_text=text) for mmsi, text in said]
        return Heard(detections=reports(time_s, *at.get(s, [])), vessels=vessels)

    return at_time


def says(until_s, at, texts=None, step=10, site=SITE):
    """All that the rule says; there is no track at all."""
    watch = Watch(site, [], PLANE)
    times = range(0, until_s, step)
    return says_of(watch, RULE.name, [Tracks.empty(T0 + s, 0) for s in times], heard(at, texts))


@pytest.mark.parametrize("mmsi", [SART, MOB, EPIRB])
def test_an_active_beacon_is_an_emergency_in_the_picture_in_which_it_is_first_heard(mmsi):
    (say,) = says(30, {10: [burst(mmsi)]})
    assert (say.time_s, say.priority, say.mmsi, say.about) == (T0 + 10, "emergency", mmsi, (mmsi,))
    assert say.text.startswith("DISTRESS BEACON")
    assert str(mmsi) in say.text
    assert say.evidence["position_known"] is True
    assert (say.lon, say.lat) == pytest.approx(PLANE.to_lonlat(2000.0, 1000.0))
    json.dumps(dict(say.evidence), allow_nan=False)


def test_the_watch_makes_one_alert_of_it():
    watch = Watch(SITE, [], PLANE)
    seen = [watch.step(Tracks.empty(T0 + s, 0), heard({0: [burst()], 60: [burst()]})(T0 + s))
            for s in range(0, 120, 10)]  # fmt: skip
    alerts = [a for one in seen for a in one.alerts]
    (alert,) = alerts
    assert (alert.rule, alert.severity, alert.mmsi) == ("distress-beacon", "emergency", SART)


@pytest.mark.parametrize("status", [15, -1])
def test_a_beacon_under_test_is_a_caution_that_says_test(status):
    (say,) = says(30, {0: [burst(status=status)]})
    assert say.priority == "caution"
    assert say.text.startswith("TEST of AIS-SART")
    assert say.evidence["test"] is True


def test_any_other_status_of_a_beacon_is_distress():
    (say,) = says(30, {0: [burst(status=0)]})
    assert say.priority == "emergency"


@pytest.mark.parametrize(
    ("text", "priority"), [("SART TEST", "caution"), ("MOB TEST", "caution"),
                           ("EPIRB TEST", "caution"), ("SART ACTIVE", "emergency"),
                           ("mob active", "emergency"), ("HELP", "emergency")],
)  # fmt: skip
def test_a_text_alone_is_enough_and_then_the_position_is_said_to_be_unknown(text, priority):
    (say,) = says(30, {}, {10: [(MOB, text)]})
    assert say.priority == priority
    assert "position not known" in say.text
    assert say.evidence["position_known"] is False
    assert (say.lon, say.lat) == SITE.origin
    json.dumps(dict(say.evidence), allow_nan=False)


def test_a_report_without_a_position_is_said_at_once_and_again_when_it_has_one():
    lost = burst(x=math.nan, y=math.nan)
    first, second = says(60, {0: [lost], 10: [lost], 20: [burst()], 30: [burst()]})
    assert first.evidence["position_known"] is False
    assert second.time_s == T0 + 20
    assert second.about == first.about
    assert second.evidence["position_known"] is True


def test_a_test_that_turns_active_becomes_an_emergency_and_stays_one():
    first, second = says(90, {0: [burst(status=15)], 30: [burst()], 40: [burst(status=15)]})
    assert [first.priority, second.priority] == ["caution", "emergency"]
    assert second.time_s == T0 + 30
    assert "it was under test before" in second.text


def test_distress_in_the_text_counts_before_a_status_of_test():
    first, second = says(60, {0: [burst(status=15)]}, {20: [(SART, "SART ACTIVE")]})
    assert [first.priority, second.priority] == ["caution", "emergency"]


def test_where_it_drifts_joins_after_a_tenth_of_a_mile_and_each_five_minutes():
    drift = {60 * k: [burst(x=2000.0 + 30.0 * k)] for k in range(12)}
    said = says(660, drift)
    # 185.2 m are made in seven minutes; five minutes pass before.
    assert [round(s.time_s - T0) for s in said] == [0, 300, 600]
    quick = {60 * k: [burst(x=2000.0 + 120.0 * k)] for k in range(5)}
    said = says(300, quick)
    assert [round(s.time_s - T0) for s in said] == [0, 120, 240]
    assert "it moved 240 m E" in said[1].text
    assert {s.about for s in said} == {(SART,)}


def test_a_test_and_a_mistake_are_said_once_however_long_they_last():
    test = {60 * k: [burst(status=15)] for k in range(20)}
    assert len(says(1200, test)) == 1
    wrong = {60 * k: [burst(SHIP)] for k in range(20)}
    assert len(says(1200, wrong)) == 1


def test_it_is_over_when_it_was_not_heard_for_ten_minutes():
    first, second, last = says(1400, {60 * k: [burst()] for k in range(6)})
    assert not first.over
    assert not second.over
    assert last.over
    assert last.about == (SART,)
    assert last.time_s == T0 + 300 + 610


def test_a_beacon_that_falls_silent_just_under_ten_minutes_goes_on():
    said = says(640, {0: [burst()], 600: [burst()]})
    assert not any(s.over for s in said)


def test_an_ordinary_vessel_with_the_status_of_a_beacon_is_a_caution():
    assert says(30, {0: [burst(SHIP)]}) == []  # one message may be garbled
    (say,) = says(30, {0: [burst(SHIP)], 10: [burst(SHIP)]})
    assert say.priority == "caution"
    assert "no beacon" in say.text
    assert "mistake" in say.text


@pytest.mark.parametrize("mmsi", [SHIP, 971_000_001, 973_000_001, 982_270_001, 992_351_000])
def test_other_stations_and_their_texts_are_none_of_its_business(mmsi):
    assert says(30, {0: [burst(mmsi, 0)]}, {0: [(mmsi, "SART ACTIVE")]}) == []


def test_two_beacons_are_two_situations():
    assert len({s.about for s in says(30, {0: [burst(), burst(MOB)]})}) == 2


def test_it_cannot_be_switched_off():
    with pytest.raises(ConfigError, match="cannot be switched off"):
        Watch(Site("Test", (1.5, 51.0), rules={RULE.name: {"on": False}}), [], PLANE)


def test_its_state_is_plain():
    watch = Watch(SITE, [], PLANE)
    watch.step(Tracks.empty(T0, 0), Heard(detections=reports(T0, burst())))
    rule = next(r for r in watch._rules if isinstance(r, DistressBeacon))
    assert pickle.loads(pickle.dumps(rule))._beacons == rule._beacons
    assert list(rule._beacons) == [SART]


def test_of_too_many_the_first_is_over_and_forgotten(monkeypatch):
    monkeypatch.setattr(distress_beacon, "BEACONS_KEPT", 3)
    said = says(20, {0: [burst(SART + k) for k in range(3)], 10: [burst(SART + 3)]})
    assert [s.mmsi for s in said if not s.over] == [SART + k for k in range(4)]
    assert [s.mmsi for s in said if s.over] == [SART]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from([-1, 0, 14, 15]), min_size=1, max_size=8))
def test_the_worst_that_was_said_is_what_it_is(statuses):
    said = says(10 * len(statuses), {10 * k: [burst(status=s)] for k, s in enumerate(statuses)})
    distress = any(s in (0, 14) for s in statuses)
    assert said[-1].priority == ("emergency" if distress else "caution")
    assert len(said) <= 2
