"""Sensor health from rows and tracks alone: what is measured, what is said, and what is not."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode.asterix import encode_block
from coastwatch.engine import Engine
from coastwatch.model import Datagram, Detections, Kind, Status, Tracks
from coastwatch.sensors import sight
from coastwatch.sensors.antenna import SECTORS, Antenna
from coastwatch.sensors.health import Health
from coastwatch.site import Asterix, Feed, Sensor, Site
from coastwatch.watch.scene import alert_id
from tests.sensor_scene import ORIGIN, PLANE, RADAR, SITE, STATION, T0, Scene, pictures, run

NOBODY = Tracks.empty(T0, 2)


def said(says):
    """Which situation each is about, as its rule, and its priority or that it is over."""
    assert all(s.about[0] == s.zone for s in says)
    return [(s.rule, "over" if s.over else s.priority) for s in says]


def happened(events):
    return [(e.what, e.severity) for e in events]


def summary(scene, sensor="gris-nez"):
    return run(scene)[1].summary()[sensor]


# -- measured ------------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [0, 1, 8, 32])
@pytest.mark.parametrize("turn_s", [2.4, 3.0, 5.5])
def test_the_rotation_is_measured_from_marks_or_from_the_plots_azimuths(marks, turn_s):
    found = summary(Scene(120, marks=marks, turn_s=turn_s))
    assert found["rotation_s"] == pytest.approx(turn_s, rel=0.01)
    assert found["rotation_promised_s"] == RADAR.scan_s


@pytest.mark.parametrize("marks", [0, 8])
def test_a_radar_that_slows_down_is_measured_anew_and_raises_nothing(marks):
    alerts, health = run(Scene(500, marks=marks, slow=(300.0, 6.0)))
    assert alerts == []
    assert health.summary()["gris-nez"]["rotation_s"] == pytest.approx(6.0, rel=0.01)


def test_lost_marks_do_not_lengthen_the_turn():
    antenna, random = Antenna(3.0), np.random.default_rng(1)
    for k in range(200):
        if random.random() < 0.7:
            t, azimuth = T0 + 3.0 * k / 8, k % 8 * math.pi / 4
            antenna.turn(np.array([t]), np.array([azimuth]), np.array([1]), t)
    assert antenna.measured_s == pytest.approx(3.0)


def test_a_north_told_by_two_messages_is_one_passage():
    antenna = Antenna(3.0)
    for k in range(40):
        for t in (T0 + 3.0 * k, T0 + 3.0 * k + 0.06):  # by the video, and by CAT 034
            antenna.turn(np.array([t]), np.array([0.0]), np.array([1]), t)
    assert antenna.measured_s == pytest.approx(3.0)


def test_every_sector_is_passed_once_a_turn_also_where_marks_get_lost():
    antenna, random = Antenna(3.0), np.random.default_rng(2)
    passed = np.zeros(SECTORS, dtype=int)
    for k in range(8 * 100 + 1):
        if random.random() < 0.7 or k in (0, 800):
            t, azimuth = T0 + 3.0 * k / 8, k % 8 * math.pi / 4
            for _, first, count in antenna.turn(
                np.array([t]), np.array([azimuth]), np.array([1]), t
            ):
                passed[(first + np.arange(count)) % SECTORS] += 1
    assert passed.min() >= 98 and passed.max() <= 100


def test_plots_and_false_plots_a_scan_are_counted():
    found = summary(Scene(600, vessels=30, false=12.0, pd=0.8))
    assert found["unassociated_per_scan"] == pytest.approx(12.0, rel=0.08)
    assert found["plots_per_scan"] == pytest.approx(12.0 + 0.8 * 30, rel=0.08)
    assert found["noise_db"] == pytest.approx(-80.0, abs=0.5)


@pytest.mark.parametrize("bias_deg", [0.0, 0.4, -1.2])
def test_the_bias_in_azimuth_shows_within_its_uncertainty(bias_deg):
    bias = summary(Scene(400, vessels=20, bias_rad=math.radians(bias_deg)))["bias"]
    assert bias["azimuth_sigma_deg"] < 0.05
    assert abs(bias["azimuth_deg"] - bias_deg) < 4 * bias["azimuth_sigma_deg"]
    assert abs(bias["range_m"]) < 4 * bias["range_sigma_m"] + 1.0


def test_without_ais_there_is_no_word_of_bias_nor_of_coverage():
    found = summary(Scene(200, station_dead=(0.0, 1e9)))
    assert found["bias"] is None and found["coverage_kept"] is None


# -- silence -------------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [0, 8])
@pytest.mark.parametrize("turn_s", [2.4, 5.0])
def test_silence_is_told_once_within_two_scans_and_its_end_once(marks, turn_s):
    alerts, health = run(Scene(400, marks=marks, turn_s=turn_s, dead=(200.0, 280.0)))
    assert said(alerts) == [("sensor-silent", "warning"), ("sensor-silent", "over")]
    gone, back = alerts
    assert 200.0 < gone.time_s - T0 <= 200.0 + 2 * turn_s + 1.5
    assert gone.track == gone.mmsi == -1 and gone.zone == "gris-nez"
    assert (gone.lon, gone.lat) == ORIGIN
    assert gone.evidence["scans_missed"] >= 2.0
    assert 280.0 < back.time_s - T0 <= 280.0 + 2 * turn_s + 2.5
    assert back.evidence["silent_s"] == pytest.approx(80.0, abs=turn_s)
    assert health.summary()["gris-nez"]["silent_episodes"] == 1
    assert gone.about == back.about


def test_the_engine_is_told_when_silence_is_due():
    health = Health(SITE, PLANE)
    last = max(
        float(batch.time_s[batch.sensor == 0].max())
        for batch, tracks, t in pictures(Scene(60.0))
        if health.step(batch, tracks, t) is not None
    )
    assert health.due_s == pytest.approx(last + 2 * 3.0 + 0.3)
    none = Detections.empty()
    assert health.step(none, NOBODY, health.due_s - 0.01) == []
    (alert,) = health.step(none, NOBODY, health.due_s)
    assert alert.rule == "sensor-silent"
    assert health.due_s > T0 + 70.0  # the AIS station's


def test_a_sensor_whose_feeds_are_all_over_is_not_silent_but_one_with_another_feed_is():
    for ended, expected in (({"a", "b"}, []), ({"a"}, ["sensor-silent"])):
        health, alerts = Health(SITE, PLANE), []
        for batch, tracks, time_s in pictures(Scene(200, dead=(100.0, 1e9))):
            for feed in ("a", "b"):
                over = feed in ended and time_s > T0 + 100
                health.feed(feed, batch if not over else Detections.empty(), over)
            alerts += health.step(batch, tracks, time_s)
        assert [a.rule for a in alerts if a.zone == "gris-nez"] == expected


def test_a_radar_heard_for_a_moment_only_is_not_called_silent():
    assert run(Scene(120, dead=(4.0, 1e9)))[0] == []


def test_a_radar_with_few_plots_and_no_marks_is_given_longer():
    """Two scans without a plot are nothing where one plot comes in two scans."""
    scene = Scene(3_000, vessels=1, false=0.3, marks=0, pd=0.3, dead=(2_400.0, 1e9))
    alerts, _ = run(scene)
    radar = [a for a in alerts if a.zone == "gris-nez"]
    assert all(a.time_s - T0 > 2_400.0 for a in radar)
    assert len(radar) <= 1


def test_an_ais_station_is_silent_by_the_rate_that_it_had():
    alerts, _ = run(Scene(700, station_dead=(400.0, 500.0)))
    assert said(alerts) == [("sensor-silent", "warning"), ("sensor-silent", "over")]
    assert alerts[0].zone == "ais-dover" and alerts[0].text.startswith("AIS station ais-dover")
    assert 415.0 < alerts[0].time_s - T0 < 425.0
    slow, _ = run(Scene(3_000, vessels=2, station_dead=(2_400.0, 2_405.0), step_s=3.0))
    assert slow == []


def test_a_station_that_brings_only_what_another_heard_first_lives():
    health, alerts = Health(SITE, PLANE), []
    for batch, tracks, time_s in pictures(Scene(700, station_dead=(400.0, 1e9))):
        health.touch(1, time_s - 0.5)
        alerts += health.step(batch, tracks, time_s)
    assert alerts == []


# -- blindness -----------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [0, 8])
def test_a_busy_sector_that_goes_blind_is_told_within_two_scans(marks):
    scene = Scene(600, vessels=90, marks=marks, blind=(300.0, 400.0, 60.0, 100.0))
    alerts, health = run(scene)
    rule = "sensor-blind-sector"
    assert said(alerts) == [(rule, "warning"), (rule, "over")]
    gone, back = alerts
    assert gone.about == back.about
    assert 300.0 < gone.time_s - T0 <= 300.0 + 2 * 3.0 + 1.5
    assert 50.0 <= gone.evidence["azimuth_from_deg"] <= 60.0
    assert 100.0 <= gone.evidence["azimuth_to_deg"] <= 110.0
    assert gone.evidence["plots_expected"] > 15 and gone.evidence["vessels_lost"] >= 3
    x, y = PLANE.to_xy(gone.lon, gone.lat)
    assert math.degrees(math.atan2(x, y)) == pytest.approx(80.0, abs=6.0)
    assert 400.0 < back.time_s - T0 < 415.0
    assert health.summary()["gris-nez"]["blind_episodes"] == 1


def test_a_sector_across_north_and_the_whole_circle_are_one_alert_each():
    across, _ = run(Scene(500, vessels=90, blind=(300.0, 400.0, 340.0, 20.0)))
    assert len(across) == 2
    assert 330 <= across[0].evidence["azimuth_from_deg"] <= 345
    assert 15 <= across[0].evidence["azimuth_to_deg"] <= 30
    whole, _ = run(Scene(500, blind=(300.0, 400.0, 0.0, 360.0)))
    assert len(whole) == 2
    assert whole[0].time_s - T0 <= 300.0 + 3 * 3.0
    assert "in any direction" in whole[0].text
    assert (whole[0].lon, whole[0].lat) == ORIGIN


def test_where_few_plots_come_it_takes_longer_or_cannot_be_told():
    thin, _ = run(Scene(700, vessels=0, false=20.0, blind=(300.0, 600.0, 60.0, 100.0)))
    assert said(thin)[0] == ("sensor-blind-sector", "warning")
    assert 315.0 < thin[0].time_s - T0 < 360.0
    empty, _ = run(Scene(700, vessels=0, false=1.0, blind=(300.0, 600.0, 60.0, 100.0)))
    assert empty == []


def test_a_gain_turned_down_is_no_blind_sector():
    """All directions lose most of their clutter at once; vessels still show."""
    health, alerts = Health(SITE, PLANE), []
    for batch, tracks, time_s in pictures(Scene(900, vessels=20, false=40.0)):
        if time_s > T0 + 500:
            mine = np.isin(batch.time_s, tracks.last_seen_s) | (batch.kind != Kind.PLOT)
            batch = batch.take(mine | (np.arange(len(batch)) % 12 == 0))
        alerts += health.step(batch, tracks, time_s)
    assert alerts == []


def test_vessels_that_come_and_go_and_berth_in_the_radars_shadow_blind_nothing():
    assert run(Scene(2 * 3600, seed=5, ports=0.3, step_s=3.0))[0] == []


def test_false_alerts_are_fewer_than_one_in_ten_radar_days(monkeypatch):
    """Runs that reach a lesser evidence are common enough to count, and fall by e a unit."""
    asked, low = sight.EVIDENCE, 9.0
    monkeypatch.setattr(sight, "EVIDENCE", low)
    hours = 3.0
    found = []
    for seed, marks in ((1, 8), (2, 0)):
        alerts, _ = run(Scene(hours * 1800, seed=seed, marks=marks, step_s=3.0))
        found += [a for a in alerts if not a.over]
    assert {a.rule for a in found} <= {"sensor-blind-sector"}
    per_day = (len(found) + 2 * math.sqrt(len(found) + 1)) * 24 / hours
    assert 0 < len(found) < 60
    assert per_day * math.exp(low - asked) < 0.1


# -- determinism and hostile rows ----------------------------------------------------------------


def shuffled(batch, random):
    """The rows in another order, still sorted by time."""
    order = random.permutation(len(batch))
    return batch.take(order[np.argsort(batch.time_s[order], kind="stable")])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_of_one_time_does_not_matter(seed):
    random = np.random.default_rng(seed)
    scene = Scene(150, vessels=25, seed=seed % 7, blind=(90.0, 120.0, 0.0, 120.0))
    first, second = Health(SITE, PLANE), Health(SITE, PLANE)
    for batch, tracks, time_s in pictures(scene):
        batch.time_s = np.floor(batch.time_s * 4) / 4
        tracks.last_seen_s = np.floor(tracks.last_seen_s * 4) / 4
        again = shuffled(batch, random)
        assert first.step(batch, tracks, time_s) == second.step(again, tracks, time_s)
    assert first.summary() == second.summary()
    assert json.dumps(first.coverage()) == json.dumps(second.coverage())


def test_the_same_scene_gives_the_same_alerts_to_the_bit():
    scene = Scene(300, dead=(100.0, 130.0), blind=(200.0, 250.0, 10.0, 90.0))
    first, second = run(scene)[0], run(scene)[0]
    assert first == second and len({alert_id(s) for s in first}) == len(first) > 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_hostile_rows_and_tracks_raise_nothing(seed):
    random = np.random.default_rng(seed)
    wild = np.array([np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, -1e9, 7.0, T0])
    health = Health(SITE, PLANE)
    for k in range(20):
        n, m = int(random.integers(0, 30)), int(random.integers(0, 20))
        columns = {
            name: random.choice(wild, n)
            for name in ("azimuth_rad", "range_m", "x_m", "y_m", "sensor_lon", "sensor_lat", "lon",
                         "lat", "sog_mps", "cog_rad", "amplitude_db")
        }  # fmt: skip
        batch = Detections.of(
            time_s=np.sort(T0 + k + random.choice([0.0, 0.5, -1e5, 1e5], n)),
            sensor=random.integers(-1, 3, n), kind=random.integers(0, 6, n),
            mmsi=random.integers(-1, 3, n), **columns,
        )  # fmt: skip
        batch.cov_m2[:] = random.choice(wild, (n, 2, 2))
        tracks = Tracks(
            T0 + k, random.integers(0, 9, m), random.choice(wild, (m, 4)),
            random.choice(wild, (m, 4, 4)), np.ones(m), np.full(m, int(Status.CONFIRMED)),
            random.integers(-1, 3, m), *(random.choice(wild, m) for _ in range(8)),
            random.choice(wild, (m, 3)),
        )  # fmt: skip
        health.step(batch, tracks, T0 + k)
    json.dumps(health.summary(), allow_nan=False)
    json.dumps(health.coverage(), allow_nan=False)


def test_a_site_without_radars_costs_and_says_nothing():
    health = Health(Site("None", ORIGIN, sensors=(Sensor("cam", "camera", ORIGIN),)), PLANE)
    for batch, tracks, time_s in pictures(Scene(20)):
        tracks.last_seen_s = tracks.last_seen_s[:, 1:]
        assert health.step(batch, tracks, time_s) == []
    assert health.summary() == {} and health.due_s == math.inf
    assert STATION.kind == "ais"


# -- in the engine -------------------------------------------------------------------------------

LONE = replace(RADAR, asterix=Asterix(8, 17))
LONE_SITE = Site("Lone", ORIGIN, sensors=(LONE,), feeds=(Feed("", id="r", sensor="gris-nez"),))


def turns(begin: int, end: int):
    """Datagrams of whole turns of 3 s: a vessel's plot and eight marks in each."""
    address = {"SAC": 8, "SIC": 17}
    for k in range(8 * begin, 8 * end):
        t = 3.0 * k / 8
        mark = {"010": address, "000": 2 if k % 8 else 1, "030": (T0 + t) % 86_400.0}
        data = encode_block(34, [mark | ({"020": k % 8 * 45.0} if k % 8 else {})])
        if k % 8 == 2:
            plot = {"010": address, "140": (T0 + t) % 86_400.0, "020": {"TYP": 1},
                    "040": {"RHO": 5.0, "THETA": 90.0}}  # fmt: skip
            data = encode_block(48, [plot]) + data
        yield Datagram(round((T0 + t + 0.02) * 1e9), "r", data, whole=True)


def events_of(datagrams):
    engine = Engine(LONE_SITE, [])
    drawn = [p for d in datagrams for p in engine.take(d)]
    return [e for p in [*drawn, *engine.finish()] for e in p.events]


def test_a_lone_radar_that_dies_is_told_in_live_silence_as_after_it():
    """Where nothing else draws pictures, silence draws its own; a gap in files says the same."""
    ticks = [Datagram(round((T0 + 60 + k) * 1e9), "", b"") for k in range(1, 40)]
    live = events_of([*turns(0, 20), *ticks, *turns(33, 40)])
    file = events_of([*turns(0, 20), *turns(33, 40)])
    assert happened(live) == [("raised", "warning"), ("rectified", "warning")]
    assert live[0].alert == live[1].alert
    assert live == file
    last = T0 + 3.0 * 159 / 8
    assert live[0].time_s == pytest.approx(last + 6.3, abs=0.01)
    only = events_of([*turns(0, 20), *ticks])
    assert only == live[:1]


def test_what_ends_with_its_feed_is_not_silent_in_the_engine():
    end = Datagram(0, "r", b"", end=True)
    ticks = [Datagram(round((T0 + 60 + k) * 1e9), "", b"") for k in range(1, 40)]
    assert events_of([*turns(0, 20), end, *ticks]) == []
    lost = Datagram(0, "r", b"", peer="10.0.0.1:5", end=True)  # a connection, not the feed
    assert happened(events_of([*turns(0, 20), lost, *ticks])) == [("raised", "warning")]
