"""What ASTERIX records become for the tracker: plots, system tracks and looks."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.base import Context
from coastwatch.model import Datagram, Kind

NOON_S = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()
MIDNIGHT_S = NOON_S - 43_200.0
SITE = {(8, 17): 0, (8, 18): 1}
PLOT = {
    "010": {"SAC": 8, "SIC": 17},
    "140": 43_200.0,
    "020": {"TYP": 1},
    "040": {"RHO": 5.0, "THETA": 45.0},
}
TRACK = {
    "010": {"SAC": 8, "SIC": 17},
    "070": 43_200.0,
    "105": {"LAT": 50.9, "LON": 1.6},
    "040": 4711,
}
MARK = {"010": {"SAC": 8, "SIC": 17}, "000": 2, "030": 43_200.0, "020": 90.0}


def decoder(**context):
    site = {"feed": "radar", "asterix": lambda sac, sic: SITE.get((sac, sic), -1)}
    return AsterixDecoder(Context(**(site | context)))


def detect(category, *records, received_s=NOON_S, d=None, **context):
    d = d or decoder(**context)
    data = encode_block(category, records)
    found = d.detections(Datagram(round(received_s * 1e9), "radar", data, whole=True))
    assert d.balance.difference == 0
    assert d.balance.decoded >= len(records)
    return found, d


def test_a_primary_plot_is_polar_in_metres_and_radians_with_amplitude_and_number():
    found, d = detect(48, PLOT | {"130": {"PAM": -61}, "161": {"TRN": 77}})
    assert len(found) == 1
    assert found.kind[0] == Kind.PLOT
    assert found.range_m[0] == 5 * 1852.0
    assert found.azimuth_rad[0] == pytest.approx(math.pi / 4)
    assert found.time_s[0] == NOON_S
    assert found.amplitude_db[0] == -61
    assert found.target[0] == 77
    assert found.sensor[0] == 0
    assert found.mmsi[0] == -1
    assert np.isnan(found.lon[0]) and np.isnan(found.x_m[0])
    assert d.take_vessels() == []


def test_what_a_plot_does_not_say_is_unknown():
    found, _ = detect(48, PLOT)
    assert np.isnan(found.amplitude_db[0])
    assert found.target[0] == -1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"020": {"TYP": 0}}, "no detection"),
        ({"020": {"TYP": 1, "SIM": 1}}, "simulated target"),
        ({"020": {"TYP": 1, "TST": 1}}, "simulated target"),
        ({"020": {"TYP": 1, "RAB": 1}}, "field monitor"),
        ({"020": {"TYP": 1, "ERR": 1}}, "beyond the range field"),
        ({"020": {"TYP": 2}}, "aircraft"),
        ({"020": {"TYP": 4}}, "aircraft"),
        ({"020": {"TYP": 5}}, "aircraft"),
        ({"020": {"TYP": 3}, "090": {"FL": 12.0}}, "aircraft"),
        ({"020": {"TYP": 7}, "220": 0x3C660C}, "aircraft"),
        ({"040": None}, "no polar position"),
        ({"140": None}, "no time of day"),
    ],
)
def test_records_that_are_no_plot_of_a_vessel_are_counted_by_reason(change, reason):
    record = {k: v for k, v in (PLOT | change).items() if v is not None}
    found, d = detect(48, record, PLOT)
    assert len(found) == 1
    assert d.counts == {reason: 1}


def test_a_clock_that_runs_past_midnight_goes_on_into_the_next_day():
    block = encode_block(48, [PLOT | {"140": 86_399.5}, PLOT | {"140": 86_400.5}])
    decoder = AsterixDecoder(Context(sensor=0, date_s=0.0))
    found = decoder.detections(Datagram(0, "", block, whole=True))
    assert found.time_s.tolist() == [86_399.5, 86_400.5]


@pytest.mark.parametrize("combined", [3, 6, 7])
def test_a_combined_plot_without_height_and_aircraft_address_is_kept(combined):
    found, d = detect(48, PLOT | {"020": {"TYP": combined}})
    assert len(found) == 1
    assert not d.counts


@pytest.mark.parametrize(
    ("received_s", "of_day_s", "expected_s"),
    [
        (MIDNIGHT_S + 0.5, 86_399.75, MIDNIGHT_S - 0.25),
        (MIDNIGHT_S - 0.5, 0.25, MIDNIGHT_S + 0.25),
        (MIDNIGHT_S + 0.5, 0.25, MIDNIGHT_S + 0.25),
        (MIDNIGHT_S + 0.5, 86_400.0, MIDNIGHT_S),
        (NOON_S - 1, 0.0, MIDNIGHT_S),
        (NOON_S, 43_200.0, NOON_S),
    ],
)
def test_the_time_of_day_joins_the_day_nearest_to_reception(received_s, of_day_s, expected_s):
    found, d = detect(48, PLOT | {"140": of_day_s}, received_s=received_s)
    assert found.time_s[0] == expected_s
    assert not d.counts


def test_without_reception_the_context_dates_the_first_record_and_midnight_rolls_over():
    times = [86_390.0, 86_399.0, 1.0, 86_399.5, 2.0]
    records = [PLOT | {"140": t} for t in times]
    found, d = detect(48, *records, received_s=0, date_s=MIDNIGHT_S)
    day = MIDNIGHT_S + 86_400.0
    expected = [day - 10, day - 1, day + 1, day - 0.5, day + 2]
    assert found.time_s.tolist() == expected
    later, _ = detect(34, MARK | {"030": 3.0}, received_s=0, d=d)
    assert later.time_s.tolist() == [day + 3]
    assert not d.counts


def test_without_any_date_time_counts_from_1970_and_is_counted_undated():
    found, d = detect(48, PLOT, PLOT | {"140": 43_203.0}, received_s=0)
    assert found.time_s.tolist() == [43_200.0, 43_203.0]
    assert d.counts == {"undated": 2}


def test_each_radar_address_finds_its_sensor_and_unknown_ones_are_counted():
    other, stranger = {"SAC": 8, "SIC": 18}, {"SAC": 1, "SIC": 2}
    records = [PLOT, PLOT | {"010": other}, PLOT | {"010": stranger}, PLOT | {"010": stranger}]
    found, d = detect(48, *records)
    assert found.sensor.tolist() == [0, 1, -1, -1]
    assert d.unknown_sensors == {(1, 2): 2}
    assert d.counts == {"unknown sensor 1/2": 2}


def test_the_sensor_of_the_feed_stands_in_for_an_unknown_or_missing_address():
    nameless = {k: v for k, v in PLOT.items() if k != "010"}
    records = [
        PLOT | {"010": {"SAC": 1, "SIC": 2}},
        nameless,
        PLOT | {"010": {"SAC": 8, "SIC": 18}},
    ]
    found, d = detect(48, *records, sensor=5)
    assert found.sensor.tolist() == [5, 5, 1]
    assert not d.unknown_sensors


def test_unknown_addresses_are_kept_only_up_to_a_bound():
    records = [PLOT | {"010": {"SAC": 1, "SIC": n}} for n in range(256)]
    _, d = detect(48, *records)
    assert len(d.unknown_sensors) == 20
    assert d.counts["unknown sensor, others"] == 236
    assert len(d.counts) == 21


def test_a_north_marker_and_a_sector_crossing_say_that_the_sensor_looked():
    north = {k: v for k, v in MARK.items() if k != "020"} | {"000": 1}
    found, d = detect(34, north, MARK, MARK | {"000": 3})
    assert found.kind.tolist() == [Kind.LOOK, Kind.LOOK]
    assert found.azimuth_rad.tolist() == pytest.approx([0.0, math.pi / 2])
    assert np.isnan(found.range_m).all()
    assert found.sensor.tolist() == [0, 0]
    assert found.time_s.tolist() == [NOON_S, NOON_S]
    assert d.counts == {"service message of type 3": 1}


def test_a_system_track_has_position_velocity_number_and_sigma():
    record = TRACK | {
        "185": {"VX": -3.0, "VY": 4.0},
        "500": {"APC": {"X": 30.0, "Y": 40.0}},
        "270": {"LENGTH": 90},
    }
    found, _ = detect(62, record)
    assert found.kind[0] == Kind.SENSOR_TRACK
    assert found.lat[0] == pytest.approx(50.9, abs=180 / 2**26)
    assert found.lon[0] == pytest.approx(1.6, abs=180 / 2**26)
    assert found.sog_mps[0] == 5.0
    assert found.cog_rad[0] == pytest.approx(math.atan2(-3, 4) % math.tau)
    assert found.target[0] == 4711
    assert found.sigma_m[0] == pytest.approx(math.sqrt(1250))
    assert found.extent_m[0] == 90


def test_the_accuracy_in_degrees_serves_where_that_in_metres_is_absent():
    step = 180 / 2**25
    found, _ = detect(62, TRACK | {"500": {"APW": {"LAT": 50 * step, "LON": 0.0}}})
    assert found.sigma_m[0] == pytest.approx(50 * step * 111_195 / math.sqrt(2), rel=1e-4)
    found, _ = detect(62, TRACK | {"500": {"APC": {"X": 0.0, "Y": 0.0}}})
    assert np.isnan(found.sigma_m[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"080": {"SIM": 1}}, "simulated target"),
        ({"080": {"CST": 1}}, "coasting track"),
        ({"136": 350.0}, "aircraft"),
        ({"390": {"CS": "DLH9CK"}}, "aircraft"),
        ({"105": None, "100": {"X": 1.0, "Y": 2.0}}, "no WGS 84 position"),
        ({"070": None}, "no time of day"),
    ],
)
def test_system_tracks_that_are_no_vessel_are_counted_by_reason(change, reason):
    record = {k: v for k, v in (TRACK | change).items() if v is not None}
    found, d = detect(62, record, TRACK)
    assert len(found) == 1
    assert d.counts == {reason: 1}


def test_a_mixed_datagram_keeps_the_order_of_its_blocks():
    d = decoder()
    data = encode_block(48, [PLOT, PLOT]) + encode_block(34, [MARK]) + encode_block(62, [TRACK])
    found = d.detections(Datagram(round(NOON_S * 1e9), "radar", data, whole=True))
    assert found.kind.tolist() == [Kind.PLOT, Kind.PLOT, Kind.LOOK, Kind.SENSOR_TRACK]
    assert d.balance.decoded == d.balance.frames == 4
