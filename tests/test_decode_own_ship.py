"""The ship that carries a radar: OSD and RSD, heading, place and way from all who tell them."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coastwatch.geo.geodesy import geodesic
from coastwatch.model import Datagram
from tests.nmea import T0, decoder, detections, records, signed, text

NM = 1852.0
HDT = signed("$HEHDT,100.0,T")
RMC = "$GPRMC,122640.00,A,5100.000,N,00130.000,E,5.2,28.2,130920,{},A"
RELATIVE = signed("$RATTM,11,2.0,0.0,R,,,,,,N,,T,,,A")
OSD = "$RAOSD,{},{},{},{},{},{},12.0,0.6,{}"


def osd(heading="35.1", valid="A", course="36.0", by="P", speed="10.2", speed_by="P", units="N"):
    return signed(OSD.format(heading, valid, course, by, speed, speed_by, units))


def heard(*lines, received_s=T0):
    of = decoder()
    found = detections(of, text(*lines), received_s=received_s)
    assert of.balance.difference == 0
    return found, of


def azimuth_deg(*lines):
    """Where dead ahead is, None where it is refused for want of a heading."""
    d, of = heard(*lines, RELATIVE)
    if of.balance.rejected:
        assert of.balance.rejected == {"relative bearing without heading": 1} and not len(d)
        return None
    return math.degrees(d.azimuth_rad[0])


def test_an_osd_record_names_its_units():
    (record,) = records(decoder(), text(osd(units="K")), received_s=T0)
    kmh = 1000.0 / NM
    assert record.pop("speed_kn") == pytest.approx(10.2 * kmh, abs=1e-6)
    assert record.pop("drift_kn") == pytest.approx(0.6 * kmh, abs=1e-6)
    assert record == {
        "sentence": "OSD", "heading_deg": 35.1, "heading_valid": True, "course_deg": 36.0,
        "course_source": "P", "speed_source": "P", "set_deg": 12.0,
        "received": "2020-09-13T12:26:40Z", "source": "test", "line": 1,
    }  # fmt: skip


def test_an_rsd_record_names_its_units():
    line = signed("$RARSD,0.5,10.0,1.0,20.0,,,2.0,30.0,4.5,270.5,6.0,S,H")
    (record,) = records(decoder(), text(line), received_s=T0)
    mile = 1609.344 / NM
    assert record["sentence"] == "RSD" and record["rotation"] == "H"
    assert record["range_scale_nm"] == pytest.approx(6 * mile, abs=1e-6)
    assert record["cursor_range_nm"] == pytest.approx(4.5 * mile, abs=1e-6)
    assert record["marker_1_range_nm"] == pytest.approx(mile, abs=1e-6)
    assert (record["cursor_bearing_deg"], record["origin_1_bearing_deg"]) == (270.5, 10.0)
    assert record["origin_2_range_nm"] is None and record["marker_2_bearing_deg"] == 30.0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (signed("$RAOSD,35.1,A,36.0,P,10.2,P,15.3,0.1"), "OSD fields"),
        (osd(heading="361.0"), "OSD fields"),
        (osd(valid="X"), "OSD fields"),
        (osd(units="Q"), "OSD fields"),
        (signed("$RARSD,,,,,,,,,,,N,H"), "RSD fields"),
        (signed("$RARSD,,,,,,,,,nan,,,N,H"), "RSD fields"),
        (signed("$RARSD,,,,,,,,,1,2,3,N,X"), "RSD fields"),
    ],
)
def test_malformed_radar_data_is_refused(line, reason):
    d, of = heard(line)
    assert len(d) == 0 and of.balance.rejected == {reason: 1}


@pytest.mark.parametrize(
    ("lines", "true"),
    [
        ([osd(heading="100.0")], 100.0),
        ([osd(heading="100.0", valid="V")], None),
        ([osd(heading="")], None),
        ([signed("$HCHDM,98.0,M")], None),
        ([signed(RMC.format("2.0,E")), signed("$HCHDM,98.0,M")], 100.0),
        ([signed(RMC.format("2.0,W")), signed("$HCHDG,98.0,,,,")], 96.0),
        ([signed("$HCHDG,98.0,,,2.0,E"), signed("$HCHDM,97.0,M")], 100.0),
        ([signed("$HCHDM,50.0,M"), HDT, signed("$HCHDG,98.0,,,9.0,E")], 100.0),
        ([signed("$HCHDG,98.0,,,9.0,E"), HDT], 100.0),
        ([signed(RMC.format(","))], None),
        ([signed("$GPVTG,100.0,T,98.0,M,12.0,N,22.2,K,A")], None),
        ([signed("$HCHDG,98.0,1.0,,3.0,E")], None),
    ],
)
def test_heading_is_taken_from_the_best_that_tells_it_and_never_from_a_course(lines, true):
    assert azimuth_deg(*lines) == (None if true is None else pytest.approx(true))


def test_a_compass_serves_when_the_gyro_has_been_silent():
    of = decoder()
    for late_s, line in ((0, HDT), (11, signed("$HCHDG,50.0,,,2.0,E")), (11, RELATIVE)):
        d = of.detections(Datagram((T0 + late_s) * 10**9, "test", text(line)))
    assert math.degrees(d.azimuth_rad[0]) == pytest.approx(52.0)


def place_after(seconds, *lines):
    of = decoder()
    of.detections(Datagram(T0 * 10**9, "test", text(*lines)))
    plot = signed("$RATTM,11,2.0,0.0,T,,,,,,N,,T,,,A")
    d = of.detections(Datagram(round((T0 + seconds) * 1e9), "test", text(plot)))
    return d.sensor_lon[0], d.sensor_lat[0]


FIX = "$GPGNS,122640.00,5100.000,N,00130.000,E,{},08,0.9,10.0,47.0,,"


@pytest.mark.parametrize(
    "way",
    [
        signed("$GPVTG,90.0,T,,M,20.0,N,37.04,K,A"),
        osd(course="90.0", by="B", speed="20.0", speed_by="B"),
        osd(course="90.0", by="P", speed="37.04", speed_by="R", units="K"),
    ],
)
def test_a_fix_some_seconds_old_is_brought_on_by_the_way_over_ground(way):
    lon, lat = place_after(5.0, signed(FIX.format("AA")), way)
    distance, azimuth, _ = geodesic(1.5, 51.0, lon, lat)
    assert distance == pytest.approx(5 * 20 * NM / 3600, rel=1e-6)
    assert math.degrees(azimuth) == pytest.approx(90.0, abs=0.01)


@pytest.mark.parametrize(
    "way",
    [
        osd(course="90.0", by="W", speed="20.0", speed_by="W"),
        osd(course="90.0", by="M", speed="20.0", speed_by="P"),
        signed("$GPVTG,90.0,T,,M,20.0,N,37.04,K,N"),
        signed("$GPVTG,,T,,M,20.0,N,37.04,K,A"),
    ],
)
def test_a_way_through_water_or_by_hand_moves_no_fix(way):
    assert place_after(5.0, signed(FIX.format("AA")), way) == (1.5, 51.0)


def test_a_fix_that_is_none_is_not_taken():
    assert math.isnan(place_after(0.0, signed(FIX.format("NN")))[0])
    assert math.isnan(place_after(11.0, signed(FIX.format("AA")))[0])


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0, 359.9).map(lambda v: round(v, 1)), st.floats(0, 359.9).map(lambda v: round(v, 1))
)
@example(359.9, 0.1)
def test_a_relative_bearing_is_added_to_the_heading_and_wraps(heading, bearing):
    line = signed(f"$RATTM,1,2.0,{bearing},R,,,,,,N,,T,,,A")
    d, _ = heard(signed(f"$HEHDT,{heading},T"), line)
    turn = math.radians(heading + bearing)
    assert 0 <= d.azimuth_rad[0] < math.tau
    assert math.remainder(d.azimuth_rad[0] - turn, math.tau) == pytest.approx(0.0, abs=1e-9)


METRES = {"K": 1000.0, "N": NM, "S": 1609.344}


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from("KNS"),
    st.lists(st.integers(1, 40_000).map(lambda v: v / 1000), min_size=3, max_size=3),
)
def test_each_unit_holds_in_every_field_of_a_target(unit, values):
    distance, speed, cpa = values
    line = signed(f"$RATTM,1,{distance},10.0,T,{speed},20.0,T,{cpa},-3.0,{unit},,T,,,A")
    (record,) = records(decoder(), text(line), received_s=T0)
    for name, value in (("distance_nm", distance), ("speed_kn", speed), ("cpa_nm", cpa)):
        assert record[name] * NM == pytest.approx(value * METRES[unit], abs=2e-3)
    d, _ = heard(line)
    assert d.range_m[0] == pytest.approx(distance * METRES[unit], abs=2e-3)
    assert d.sog_mps[0] == pytest.approx(speed * METRES[unit] / 3600, abs=1e-6)
    assert record["tcpa_min"] == -3.0


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from("KNS"),
    st.lists(st.integers(0, 60_000).map(lambda v: v / 1000), min_size=6, max_size=6),
)
def test_each_unit_holds_in_every_field_of_the_display(unit, values):
    o1, m1, o2, m2, cursor, scale = values
    line = f"$RARSD,{o1},1.0,{m1},2.0,{o2},3.0,{m2},4.0,{cursor},5.0,{scale},{unit},N"
    (record,) = records(decoder(), text(signed(line)), received_s=T0)
    names = ("origin_1", "marker_1", "origin_2", "marker_2", "cursor")
    for k, (name, value) in enumerate(zip(names, values, strict=False), 1):
        assert record[f"{name}_range_nm"] * NM == pytest.approx(value * METRES[unit], abs=2e-3)
        assert record[f"{name}_bearing_deg"] == k
    assert record["range_scale_nm"] * NM == pytest.approx(scale * METRES[unit], abs=2e-3)
