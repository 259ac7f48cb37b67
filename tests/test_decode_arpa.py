"""Radar targets of an ARPA: TTM and TLL, true and relative bearings, own ship, time of day."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Datagram, Kind
from tests.nmea import T0, decoder, detections, records, signed, text
from tests.shared import SHARED, needs_shared

NM = 1852.0
RMC = signed("$GPRMC,122640.00,A,5100.000,N,00130.000,E,5.2,28.2,130920,,,A")
HDT = signed("$HEHDT,100.0,T")


def ttm(number="11", distance="11.4", bearing="13.6,T", motion="7.0,20.0,T", units="N", status="T",
        time="122639.50"):  # fmt: skip
    tail = f"0.5,-3.0,{units},WRECK,{status},,{time},A"
    return signed(f"$RATTM,{number},{distance},{bearing},{motion},{tail}")


def heard(*lines, received_s=T0, **context):
    of = decoder(**context)
    found = detections(of, text(*lines), received_s=received_s)
    assert of.balance.difference == 0
    return found, of


def test_a_ttm_record_names_its_units():
    record = records(decoder(), text(RMC, ttm()))[0]
    assert record == {
        "sentence": "TTM", "target": 11, "distance_nm": 11.4, "bearing_deg": 13.6,
        "bearing_reference": "T", "speed_kn": 7.0, "course_deg": 20.0, "course_reference": "T",
        "cpa_nm": 0.5, "tcpa_min": -3.0, "acquisition": "A", "name": "WRECK", "status": "T",
        "reference_target": False, "utc_time_of_day_s": 44799.5, "received": None,
        "time": "2020-09-13T12:26:40Z", "time_source": "RMC", "source": "test", "line": 2,
    }  # fmt: skip


def test_a_ttm_detection_is_a_sensor_track_in_si_units():
    d, _ = heard(ttm(), sensor=2)
    assert d.kind.tolist() == [Kind.SENSOR_TRACK] and d.sensor.tolist() == [2]
    assert d.target.tolist() == [11] and d.time_s.tolist() == [T0 - 0.5]
    assert d.range_m[0] == pytest.approx(11.4 * NM)
    assert d.azimuth_rad[0] == pytest.approx(math.radians(13.6))
    assert d.sog_mps[0] == pytest.approx(7.0 * NM / 3600)
    assert d.cog_rad[0] == pytest.approx(math.radians(20.0))
    assert math.isnan(d.sensor_lon[0]) and math.isnan(d.lon[0])


@pytest.mark.parametrize(("units", "metres"), [("K", 1000.0), ("N", NM), ("S", 1609.344), ("", NM)])
def test_units_of_distance_and_speed(units, metres):
    d, _ = heard(ttm(distance="2.0", units=units))
    assert d.range_m[0] == pytest.approx(2.0 * metres)
    assert d.sog_mps[0] == pytest.approx(7.0 * metres / 3600)


def test_a_relative_bearing_turns_with_a_fresh_heading():
    d, _ = heard(HDT, ttm(bearing="350.0,R"))
    assert d.azimuth_rad[0] == pytest.approx(math.radians(90.0))


def test_a_relative_bearing_without_a_fresh_heading_is_refused():
    d, of = heard(ttm(bearing="350.0,R"))
    assert len(d) == 0
    assert of.balance.rejected == {"relative bearing without heading": 1}
    of = decoder()
    for late_s, line in ((0, HDT), (11, ttm(bearing="350.0,R", time=""))):
        of.detections(Datagram((T0 + late_s) * 10**9, "test", text(line)))
    assert of.balance.rejected == {"relative bearing without heading": 1}


@pytest.mark.parametrize(
    ("heading", "true"),
    [
        (signed("$HEHDT,100.0,T"), 100.0),
        (signed("$HCHDG,98.0,1.0,E,3.0,E"), 102.0),
        (signed("$HCHDG,101.0,,,1.0,W"), 100.0),
        (signed("$GPTHS,100.0,A"), 100.0),
        (signed("$GPTHS,100.0,V"), None),
        (signed("$HCHDG,98.0,1.0,E,,"), None),
        (signed("$HEHDT,,T"), None),
    ],
)
def test_a_true_heading_comes_from_gyro_or_corrected_compass(heading, true):
    d, of = heard(heading, ttm(bearing="0.0,R"))
    if true is None:
        assert len(d) == 0 and of.balance.rejected["relative bearing without heading"] == 1
    else:
        assert d.azimuth_rad[0] == pytest.approx(math.radians(true))


def test_a_relative_course_is_no_course_over_ground():
    d, _ = heard(ttm(motion="7.0,20.0,R"))
    assert math.isnan(d.sog_mps[0]) and math.isnan(d.cog_rad[0])


def test_a_lost_target_is_a_record_but_no_detection():
    d, of = heard(ttm(status="L"))
    assert len(d) == 0 and of.balance.decoded == 1


def test_a_moving_ships_radar_measures_from_where_the_ship_is():
    d, _ = heard(RMC, ttm())
    assert (d.sensor_lon[0], d.sensor_lat[0]) == (1.5, 51.0)
    gga = signed("$GPGGA,122640.00,5106.000,N,00136.000,W,1,08,0.9,10.0,M,,,,")
    d, _ = heard(gga, ttm())
    assert (d.sensor_lon[0], d.sensor_lat[0]) == pytest.approx((-1.6, 51.1))


def test_an_old_or_invalid_own_position_is_not_taken():
    invalid = signed("$GPRMC,122640.00,V,5100.000,N,00130.000,E,,,130920,,,N")
    d, _ = heard(invalid, ttm())
    assert math.isnan(d.sensor_lon[0])
    of = decoder()
    of.detections(Datagram(T0 * 10**9, "test", text(RMC)))
    d = of.detections(Datagram((T0 + 11) * 10**9, "test", text(ttm(time=""))))
    assert math.isnan(d.sensor_lon[0])


def test_a_time_of_day_joins_the_day_of_the_stream_across_midnight():
    midnight = 1_600_041_600
    d, _ = heard(ttm(time="235959.00"), received_s=midnight + 1)
    assert d.time_s.tolist() == [midnight - 1]
    d, _ = heard(ttm(time="000001.00"), received_s=midnight - 1)
    assert d.time_s.tolist() == [midnight + 1]


def test_a_radar_on_local_time_is_not_believed():
    d, of = heard(ttm(time="142640.00"))
    assert d.time_s.tolist() == [T0] and of.counts["radar clock replaced"] == 1


def test_without_a_clock_the_day_of_the_feed_counts_and_midnight_advances_it():
    midnight = 1_600_041_600.0
    lines = [ttm(time="235958.00"), ttm(time="000003.00"), ttm(time="")]
    d, of = heard(*lines, received_s=0, date_s=midnight)
    assert d.time_s.tolist() == [midnight + 86_398, midnight + 86_403]
    assert of.counts["untimed"] == 1


def test_a_tll_is_a_sensor_track_at_a_place():
    tll = signed("$RATLL,03,5057.500,N,00130.300,W,BUOY,122639.00,T,R")
    d, _ = heard(tll)
    assert (d.lon[0], d.lat[0]) == pytest.approx((-1.505, 50.958333))
    assert d.target.tolist() == [3] and d.time_s.tolist() == [T0 - 1]
    assert math.isnan(d.range_m[0]) and math.isnan(d.sensor_lon[0])
    record = records(decoder(), text(tll))[0]
    assert (record["sentence"], record["name"], record["reference_target"]) == ("TLL", "BUOY", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (signed("$RATTM,11,,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A"), "TTM fields"),
        (signed("$RATTM,11,11.4,913.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A"), "TTM fields"),
        (signed("$RATTM,11,1_1,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A"), "TTM fields"),
        (signed("$RATTM,11,nan,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A"), "TTM fields"),
        (signed("$RATTM,11,11.4,13.6,X,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A"), "TTM fields"),
        (signed("$RATTM,11"), "TTM fields"),
        (signed("$RATLL,03,9957.500,N,00130.300,W,BUOY,122639.00,T,R"), "TLL fields"),
        (signed("$RATLL,03,,,,,BUOY,122639.00,T,R"), "TLL fields"),
    ],
)
def test_a_malformed_target_is_refused(line, reason):
    d, of = heard(line)
    assert len(d) == 0 and of.balance.rejected == {reason: 1}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("0123456789.,-TRNKSLQEW", max_size=8), max_size=17), st.booleans())
def test_any_fields_are_a_target_or_refused(fields, tll):
    _, of = heard(HDT, signed(f"$RA{'TLL' if tll else 'TTM'}," + ",".join(fields)))
    assert of.balance.frames == 2


@pytest.mark.shared
@needs_shared
def test_the_real_radar_of_a_moving_ship_is_placed_by_its_own_fix():
    data = (SHARED / "ais" / "OpenCPN__Hakefjord.log").read_bytes()[:20_000]
    d = detections(decoder(), data)
    track = d.take(d.kind == Kind.PLOT)  # in query, all the time
    assert track.target.tolist() == [11, 11]
    assert track.range_m.tolist() == pytest.approx([11.4 * NM] * 2)
    assert track.sensor_lon.tolist() == pytest.approx([11 + 44.343 / 60] * 2, abs=1e-4)
    assert track.sensor_lat.tolist() == pytest.approx([57 + 59.097 / 60] * 2, abs=1e-4)
