"""What the surface, older and status categories of ASTERIX become for the tracker."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.asterix.detect import VIEWS
from coastwatch.decode.base import Context
from coastwatch.engine import Engine
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import DEG, NM_M
from coastwatch.model import Datagram, Kind
from coastwatch.site import Asterix, Sensor, Site

NOON_S = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()
MIDNIGHT_S = NOON_S - 43_200.0
SOURCE = {"SAC": 8, "SIC": 17}
HERE = (1.583, 50.87)
OLD_PLOT = {"010": SOURCE, "020": {"TYP": 0, "SSRPSR": 1}, "040": {"RHO": 5.0, "THETA": 45.0}}
OLD_MARK = {"010": SOURCE, "000": 2, "030": 43_200.0, "020": 90.0}
SURFACE = {
    "010": SOURCE,
    "000": 1,
    "020": {"TYP": 3},
    "140": 43_200.0,
    "040": {"RHO": 1500, "TH": 45.0},
}
HEARD = {"010": SOURCE, "020": {"OT": 1}, "140": 43_200.0, "041": {"LAT": 50.9, "LON": 1.6}}


def decoder(**context):
    known = {"feed": "radar", "asterix": lambda sac, sic: 0 if (sac, sic) == (8, 17) else -1}
    return AsterixDecoder(Context(**(known | context)))


def detect(category, *records, received_s=NOON_S, d=None, **context):
    d = d or decoder(**context)
    data = encode_block(category, records)
    found = d.detections(Datagram(round(received_s * 1e9), "radar", data, whole=True))
    assert d.balance.difference == 0
    assert not d.balance.rejected
    return found, d


def without(record, change):
    return {k: v for k, v in (record | change).items() if v is not None}


def test_an_old_plot_is_polar_with_power_number_and_the_time_in_full():
    time = 43_200.0 % 512
    found, d = detect(1, OLD_PLOT | {"141": time, "131": -70})
    assert found.kind.tolist() == [Kind.PLOT]
    assert found.range_m[0] == 5 * NM_M
    assert found.azimuth_rad[0] == pytest.approx(math.pi / 4)
    assert found.amplitude_db[0] == -70
    assert found.time_s[0] == NOON_S
    assert found.target[0] == -1
    assert found.sensor[0] == 0
    assert not d.counts


def test_an_old_track_has_number_and_velocity_and_is_a_plot_where_its_plot_is_sent():
    track = OLD_PLOT | {"020": {"TYP": 1, "SSRPSR": 1}, "161": 4711, "141": 0.0}
    track |= {"200": {"GSP": 2**-8, "HDG": 90.0}, "042": {"X": -3.0, "Y": 4.0}}
    found, _ = detect(1, track, without(track, {"040": None}))
    assert found.kind.tolist() == [Kind.PLOT, Kind.SENSOR_TRACK]
    assert found.target.tolist() == [4711, 4711]
    assert found.range_m.tolist() == [5 * NM_M, 5 * NM_M]
    assert found.azimuth_rad[1] == pytest.approx(math.atan2(-3, 4) % math.tau)
    assert found.sog_mps[0] == pytest.approx(NM_M / 256)
    assert found.cog_rad[0] == pytest.approx(math.pi / 2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"020": {"SIM": 1}}, "simulated target"),
        ({"020": {"SSRPSR": 1, "TST": 1}}, "simulated target"),
        ({"020": {"SSRPSR": 1, "RAB": 1}}, "field monitor"),
        ({"020": {"SSRPSR": 0}}, "no detection"),
        ({"020": {"SSRPSR": 2}}, "aircraft"),
        ({"090": {"HGT": 35.0}}, "aircraft"),
        ({"040": None}, "no position"),
        ({"020": {"TYP": 1, "SSRPSR": 1}, "170": {"GHO": 1}}, "ghost track"),
    ],
)
def test_old_reports_that_are_no_vessel_are_counted_by_reason(change, reason):
    found, d = detect(1, without(OLD_PLOT, change), OLD_PLOT)
    assert len(found) == 1
    assert d.counts == {reason: 1}


def test_a_truncated_time_is_nearest_to_the_record_before_or_to_reception():
    # 23:59:50 by a north mark; then plots over midnight, whose clock wraps every 512 s.
    mark = OLD_MARK | {"030": 86_390.0, "000": 1}
    d = decoder(date_s=MIDNIGHT_S)
    detect(2, mark, received_s=0, d=d)
    plots = [OLD_PLOT | {"141": t % 512} for t in (86_395.0, 86_399.5)]
    # The clock begins anew at midnight, within a turn: 512 s do not divide the day.
    plots += [OLD_PLOT | {"141": t} for t in (0.25, 3.0)]
    found, _ = detect(1, *plots, received_s=0, d=d)
    day = MIDNIGHT_S + 86_400.0
    assert (found.time_s - day).tolist() == [-5.0, -0.5, 0.25, 3.0]


def test_a_truncated_time_with_nothing_before_it_is_no_time():
    found, d = detect(1, OLD_PLOT | {"141": 3.0}, OLD_PLOT, received_s=0)
    assert len(found) == 0
    assert d.counts == {"no time of day before a truncated one": 1, "no time of day": 1}


def test_an_old_plot_without_a_time_is_from_when_the_record_before_was_or_it_was_received():
    found, _ = detect(1, OLD_PLOT, received_s=NOON_S + 0.5)
    assert found.time_s[0] == NOON_S + 0.5
    d = decoder(date_s=MIDNIGHT_S)
    detect(2, OLD_MARK, received_s=0, d=d)
    found, _ = detect(1, OLD_PLOT, received_s=0, d=d)
    assert found.time_s[0] == NOON_S


def test_old_marks_are_looks_at_north_at_sectors_and_at_south():
    north = without(OLD_MARK, {"020": None, "000": 1})
    south = without(OLD_MARK, {"020": None, "000": 3})
    found, d = detect(2, north, OLD_MARK, south, OLD_MARK | {"000": 8})
    assert found.kind.tolist() == [Kind.LOOK] * 3
    assert found.azimuth_rad.tolist() == pytest.approx([0, math.pi / 2, math.pi])
    assert d.counts == {"service message of type 8": 1}


def test_a_surface_plot_is_polar_with_covariance_length_and_amplitude():
    record = SURFACE | {"500": {"DEVX": 3.0, "DEVY": 4.0, "COVXY": -6.0}, "131": 200}
    found, _ = detect(10, record | {"270": {"LENGTH": 24}})
    assert found.kind.tolist() == [Kind.PLOT]
    assert found.range_m[0] == 1500
    assert found.azimuth_rad[0] == pytest.approx(math.pi / 4)
    assert found.cov_m2[0].tolist() == [[9, -6], [-6, 16]]
    assert found.amplitude_db[0] == 200
    assert found.extent_m[0] == 24
    assert found.time_s[0] == NOON_S


def test_a_surface_position_is_taken_on_earth_then_polar_then_cartesian():
    every = SURFACE | {"041": {"LAT": 50.9, "LON": 1.6}, "042": {"X": -300, "Y": 400}}
    found, _ = detect(10, every, without(every, {"041": None}),
                      without(every, {"041": None, "040": None}))  # fmt: skip
    assert found.lat[0] == pytest.approx(50.9)
    assert np.isnan(found.range_m[0]) and np.isnan(found.lat[1:]).all()
    assert found.range_m[1:].tolist() == [1500, 500]
    assert found.azimuth_rad[2] == pytest.approx(math.atan2(-300, 400) % math.tau)


def test_a_numbered_smoothed_surface_report_is_a_track_and_a_measured_one_a_plot():
    track = SURFACE | {"161": {"TRK": 77}, "202": {"VX": 3.0, "VY": -4.0}}
    smooth, measured = track | {"170": {"STH": 1}}, track | {"170": {"STH": 0}}
    by_polar = without(track, {"202": None, "200": {"GSP": 2**-8, "TRA": 180.0}})
    found, _ = detect(10, smooth, measured, by_polar)
    assert found.kind.tolist() == [Kind.SENSOR_TRACK, Kind.PLOT, Kind.SENSOR_TRACK]
    assert found.target.tolist() == [77] * 3
    assert found.sog_mps.tolist() == pytest.approx([5, 5, NM_M / 256])
    assert found.cog_rad[0] == pytest.approx(math.atan2(3, -4))
    assert found.cog_rad[2] == pytest.approx(math.pi)


def test_the_start_of_an_update_cycle_is_a_look_all_around():
    found, d = detect(10, {"010": SOURCE, "000": 2, "140": 43_200.0}, SURFACE | {"000": 3})
    assert found.kind.tolist() == [Kind.LOOK]
    assert np.isnan(found.azimuth_rad[0])
    assert d.counts == {"service message of type 3": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"020": {"TYP": 3, "SIM": 1}}, "simulated target"),
        ({"020": {"TYP": 3, "TST": 1}}, "simulated target"),
        ({"020": {"TYP": 3, "RAB": 1}}, "field monitor"),
        ({"020": {"TYP": 3, "TOT": 1}}, "aircraft"),
        ({"020": {"TYP": 3, "TOT": 3}}, "aircraft"),
        ({"090": {"FL": 1.0}}, "aircraft"),
        ({"220": 0x3C660C}, "aircraft"),
        ({"170": {"CST": 1}}, "coasting track"),
        ({"170": {"GHO": 1}}, "ghost track"),
        ({"040": None}, "no position"),
        ({"140": None}, "no time of day"),
    ],
)
def test_surface_reports_that_are_no_vessel_are_counted_by_reason(change, reason):
    found, d = detect(10, without(SURFACE, change), SURFACE)
    assert len(found) == 1
    assert d.counts == {reason: 1}


def test_a_multilaterated_position_has_its_covariance_and_velocity():
    accuracy = {"SDP": {"X": 3.0, "Y": 4.0, "XY": 0.25}}
    record = HEARD | {"500": accuracy, "202": {"VX": 3.0, "VY": 4.0}, "161": {"TRN": 5}}
    found, _ = detect(20, record, without(HEARD, {"041": None, "042": {"X": 30.0, "Y": 40.0}}))
    assert found.kind.tolist() == [Kind.SENSOR_TRACK, Kind.PLOT]
    assert found.lon[0] == pytest.approx(1.6, abs=6e-6)
    assert found.cov_m2[0].tolist() == [[9, 0], [0, 16]]
    assert np.isnan(found.cov_m2[1]).all()
    assert found.sog_mps[0] == 5
    assert found.target.tolist() == [5, -1]
    assert found.range_m[1] == 50


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"020": {"MS": 1, "SIM": 1}}, "simulated target"),
        ({"020": {"MS": 1, "RAB": 1}}, "field monitor"),
        ({"220": 0x3C660C}, "aircraft"),
        ({"170": {"CST": 1}}, "coasting track"),
        ({"041": None}, "no position"),
    ],
)
def test_multilaterated_reports_that_are_no_vessel_are_counted_by_reason(change, reason):
    found, d = detect(20, without(HEARD, change), HEARD)
    assert len(found) == 1
    assert d.counts == {reason: 1}


def test_status_messages_are_counted_by_what_they_say_and_are_no_detection():
    d = decoder()
    time = {"010": SOURCE, "140": 43_200.0}
    detect(19, time | {"000": 2}, d=d)
    sensor = {"010": SOURCE, "030": 43_200.0, "050": {"SAC": 8, "SIC": 18}}
    detect(63, sensor | {"060": {"CON": 1}}, sensor | {"060": {"CON": 3}}, sensor, d=d)
    found, _ = detect(65, {"010": SOURCE, "000": 1, "030": 43_200.0}, d=d)
    assert len(found) == 0
    assert d.counts == {
        "service message of type 2": 1,
        "service message of type 1": 1,
        "sensor status: degraded": 1,
        "sensor status: not connected": 1,
        "sensor status: unsaid": 1,
    }


def test_a_system_track_s_two_axes_and_cross_term_are_its_covariance():
    track = {"010": SOURCE, "070": 43_200.0, "105": {"LAT": 50.9, "LON": 1.6}}
    accuracy = {"APC": {"X": 30.0, "Y": 40.0}, "COV": -20.0}
    found, _ = detect(62, track | {"500": accuracy}, track | {"500": accuracy | {"COV": 35.0}})
    assert found.cov_m2[0].tolist() == [[900, -400], [-400, 1600]]
    assert found.cov_m2[1].tolist() == [[900, 0], [0, 1600]]  # no two axes have such a cross term


def test_a_message_s_own_covariance_reaches_the_plane_and_else_the_radar_s_does():
    radar = Sensor("gris-nez", "radar", HERE, 60.0, asterix=Asterix(8, 17))
    site = Site("Strait", (1.5, 51.0), sensors=(radar,))
    said = SURFACE | {"500": {"DEVX": 3.0, "DEVY": 4.0}}
    found, _ = detect(10, said, SURFACE)
    placed = place(found, site, Plane(site.origin))
    assert np.sqrt(np.linalg.eigvalsh(placed.cov_m2[0])) == pytest.approx([3, 4])
    across_m = 1500 * radar.sigma_azimuth_rad
    assert np.sqrt(np.linalg.eigvalsh(placed.cov_m2[1])) == pytest.approx(
        [across_m, radar.sigma_range_m], rel=0.01
    )


def test_a_radar_that_says_it_is_elsewhere_is_counted_by_name():
    where = {"positions": [HERE], "sensors": {"gris-nez": 0}}
    mark = {"010": SOURCE, "000": 1, "030": 43_200.0}
    near = mark | {"120": {"HGT": 60, "LAT": 50.874, "LON": 1.583}}  # 445 m
    far = mark | {"120": {"HGT": 60, "LAT": 50.8808, "LON": 1.583}}
    found, d = detect(34, mark, near, **where)
    assert len(found) == 2
    assert not d.counts
    found, d = detect(34, far, far, **where)
    assert len(found) == 2
    assert d.counts == {"gris-nez: I034/120 says 1.5830, 50.8808: 1.2 km from site.toml": 2}


def test_the_run_s_summary_names_the_radar_that_is_elsewhere_and_the_stranger_by_address():
    radar = Sensor("gris-nez", "radar", HERE, 60.0, asterix=Asterix(8, 17))
    engine = Engine(Site("Strait", (1.5, 51.0), sensors=(radar,)), [])
    far = {"010": SOURCE, "000": 1, "030": 43_200.0, "120": {"HGT": 0, "LAT": 50.9, "LON": 1.7}}
    data = encode_block(34, [far]) + encode_block(10, [SURFACE | {"010": {"SAC": 1, "SIC": 2}}])
    list(engine.take(Datagram(round(NOON_S * 1e9), "radar.pcap", data, whole=True)))
    counts = engine.summary()["feeds"]["radar.pcap"]["decoder"]
    assert counts == {
        "gris-nez: I034/120 says 1.7000, 50.9000: 8.9 km from site.toml": 1,
        "unknown sensor 1/2": 1,
    }


def test_a_category_that_has_a_table_and_no_view_is_counted(monkeypatch):
    monkeypatch.delitem(VIEWS, 65)
    found, d = detect(65, {"010": SOURCE, "000": 1, "030": 43_200.0})
    assert len(found) == 0
    assert d.counts == {"category 065 is no detection": 1}


def test_a_stranger_s_place_is_held_to_no_sensor():
    where = {"positions": [HERE], "sensors": {"gris-nez": 0}}
    stranger = {"010": {"SAC": 1, "SIC": 2}, "000": 1, "030": 43_200.0}
    found, d = detect(34, stranger | {"120": {"HGT": 0, "LAT": 0.0, "LON": 0.0}}, **where)
    assert found.sensor.tolist() == [-1]
    assert d.counts == {"unknown sensor 1/2": 1}


@pytest.mark.parametrize("category", [2, 10, 20, 62, 34])
def test_the_time_of_day_joins_the_nearest_day_in_every_category(category):
    record = {2: OLD_MARK, 10: SURFACE, 20: HEARD}.get(category)
    if category == 62:
        record = {"010": SOURCE, "070": 0.0, "105": {"LAT": 50.9, "LON": 1.6}}
    if category == 34:
        record = {"010": SOURCE, "000": 1, "030": 0.0}
    item = {2: "030", 34: "030", 62: "070"}.get(category, "140")
    late, _ = detect(category, record | {item: 86_399.75}, received_s=MIDNIGHT_S + 0.5)
    early, _ = detect(category, record | {item: 0.25}, received_s=MIDNIGHT_S - 0.5)
    assert late.time_s[0] == MIDNIGHT_S - 0.25
    assert early.time_s[0] == MIDNIGHT_S + 0.25


def test_bearings_of_degrees_stay_degrees_until_here():
    found, _ = detect(1, OLD_PLOT | {"141": 0.0, "040": {"RHO": 1.0, "THETA": 180.0}})
    assert found.azimuth_rad[0] == pytest.approx(180.0 * DEG)
