"""Plots files: every kind of row, every bad row refused alone, a bad header refused whole."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode import open_decoder
from coastwatch.decode.base import Context
from coastwatch.model import Datagram, InputError, Kind
from tests.shared import SHARED, needs_shared

T0 = 1_600_000_000.0
SENSORS = {"gris-nez": 0, "camera": 1}


def heard(data, sensors=SENSORS, chunk=None, received_s=0, **context):
    data = data if isinstance(data, bytes) else data.encode()
    of = open_decoder("plots", Context(feed="a.plots.csv", sensors=sensors, **context))
    step = chunk or max(len(data), 1)
    batches = [
        of.detections(
            Datagram(int(received_s * 1e9), "f", data[i : i + step], end=i + step >= len(data))
        )
        for i in range(0, len(data), step)
    ]
    assert of.balance.difference == 0
    return type(batches[0]).concat(batches), of


def test_a_position_is_a_plot_with_its_sigma_and_amplitude():
    d, of = heard(f"time,sensor,lon,lat,sigma_m,amplitude\n{T0},gris-nez,1.5,51.0,20,-60.5\n")
    assert (d.kind[0], d.sensor[0], d.time_s[0]) == (Kind.PLOT, 0, T0)
    assert (d.lon[0], d.lat[0], d.sigma_m[0], d.amplitude_db[0]) == (1.5, 51.0, 20.0, -60.5)
    assert d.mmsi[0] == -1 and math.isnan(d.range_m[0])
    assert (of.balance.ignored, of.balance.decoded) == (1, 1)


def test_range_and_azimuth_are_a_polar_plot_with_sigmas_in_radians():
    d, _ = heard(
        "sensor,azimuth_deg,range_m,time,sigma_range_m,sigma_azimuth_deg\n"
        f"gris-nez,-90,5000,{T0},15,0.5\n"
    )
    assert d.kind[0] == Kind.PLOT and d.range_m[0] == 5000.0
    assert d.azimuth_rad[0] == pytest.approx(1.5 * math.pi)
    assert (d.sigma_range_m[0], d.sigma_azimuth_rad[0]) == (15.0, pytest.approx(math.radians(0.5)))


def test_an_azimuth_alone_is_a_bearing_from_a_moving_sensor():
    d, _ = heard(
        "time,sensor,lon,lat,azimuth_deg,sensor_lon,sensor_lat\n"
        f"{T0},camera,,,24.13,10.39,63.43\n{T0},camera,,,,10.39,63.43\n"
    )
    assert d.kind.tolist() == [Kind.BEARING, Kind.LOOK]
    assert d.sensor_lon.tolist() == [10.39] * 2 and d.sensor_lat.tolist() == [63.43] * 2


def test_a_position_with_an_mmsi_is_a_report():
    d, _ = heard(f"time,sensor,lon,lat,mmsi\n{T0},,1.5,51.0,244660000\n", sensors={})
    assert (d.kind[0], d.mmsi[0], d.sensor[0]) == (Kind.REPORT, 244660000, -1)


@pytest.mark.parametrize(
    "stamp",
    [
        "2020-09-13T12:26:40Z",
        "2020-09-13T12:26:40.000Z",
        "2020-09-13 12:26:40Z",
        "2020-09-13T14:26:40+02:00",
        "1600000000",
        "1600000000.0",
        "1.6e9",
    ],
)
def test_times_are_iso_with_a_zone_or_unix_seconds(stamp):
    assert heard(f"time,sensor,lon,lat\n{stamp},gris-nez,1,50\n")[0].time_s.tolist() == [T0]


def test_mixed_times_in_one_file():
    rows = f"{T0},gris-nez,1,50\n2020-09-13T12:26:41.5Z,gris-nez,1,50\nno,gris-nez,1,50\n"
    d, of = heard("time,sensor,lon,lat\n" + rows)
    assert d.time_s.tolist() == [T0, T0 + 1.5] and of.balance.rejected == {"bad time": 1}


def test_a_mark_of_byte_order_crlf_quotes_spaces_and_blank_lines_are_no_matter():
    d, _ = heard(
        b'\xef\xbb\xbf"time", sensor ,lon,lat\r\n'
        b'"1600000000","gris-nez", 1.5 ,51.0\r\n\r\n1600000001,gris-nez,1.5,51.0'
    )
    assert d.lon.tolist() == [1.5, 1.5] and d.sensor.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,gris-nez,1,50,,", "bad time"),
        ("2020-09-13T12:26:40,gris-nez,1,50,,", "bad time"),
        ("2020-13-41T12:26:40Z,gris-nez,1,50,,", "bad time"),
        ("1600000000000,gris-nez,1,50,,", "bad time"),
        ("nan,gris-nez,1,50,,", "bad time"),
        (f"{T0},gris-nez,181,50,,", "bad lon"),
        (f"{T0},gris-nez,nan,50,,", "bad lon"),
        (f"{T0},gris-nez,1e999,50,,", "bad lon"),
        (f"{T0},gris-nez,1_0,50,,", "bad lon"),
        (f"{T0},gris-nez,1,-inf,,", "bad lat"),
        (f"{T0},gris-nez,1,,,", "lon without lat, or lat without lon"),
        (f"{T0},gris-nez,,,100,", "range_m without azimuth_deg"),
        (f"{T0},gris-nez,,,-1,10", "bad range_m"),
        (f"{T0},gris-nez,,,100,1000", "bad azimuth_deg"),
        (f"{T0},nowhere,1,50,,", "unknown sensor"),
        (f"{T0},gris-nez,1,50", "wrong number of fields"),
        (f"{T0},gris-nez,1,50,,,,", "wrong number of fields"),
        (f'{T0},"gris-nez,1,50,,', "row cannot be read"),
        ("\xff", "wrong number of fields"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_costs_only_itself(row, reason):
    good = f"{T0},gris-nez,1,50,,\n"
    d, of = heard(f"time,sensor,lon,lat,range_m,azimuth_deg\n{good}{row}\n{good}")
    assert len(d) == 2
    assert of.balance.rejected == {reason: 1}
    assert [(r.reason, r.line) for r in of.rejects] == [(reason, 3)]


def test_bytes_that_are_no_text_cost_only_their_row():
    d, of = heard(b"time,sensor,lon,lat\n\xff\xfe,gris-nez,1,50\n1600000000,gris-nez,1,50\n")
    assert len(d) == 1 and of.balance.rejected == {"row cannot be read": 1}


def test_unknown_sensors_are_counted_by_name():
    _, of = heard(f"time,sensor,lon,lat\n{T0},a,1,50\n{T0},b,1,50\n{T0},a,1,50\n")
    assert (of.counts["unknown sensor a"], of.counts["unknown sensor b"]) == (2, 1)


def test_the_names_of_unknown_sensors_are_bounded():
    rows = "".join(f"{T0},s{i},1,50\n" for i in range(500))
    _, of = heard("time,sensor,lon,lat\n" + rows)
    assert len(of.counts) <= 101 and of.counts.total() == 500


def test_a_row_without_a_sensor_belongs_to_the_feeds_own():
    d, _ = heard(f"time,sensor,lon,lat\n{T0},,1,50\n", sensor=1)
    assert d.sensor.tolist() == [1]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("when,sensor,lon,lat", "column time is missing"),
        ("lon,lat", "column time and sensor is missing"),
        ("time,sensor,lon", "column lat is missing beside lon"),
        ("time,sensor,range_m", "column azimuth_deg is missing beside range_m"),
        ("time,sensor,lon,lat,sensor_lat", "column sensor_lon is missing beside sensor_lat"),
        ("time,sensor", "columns lon,lat"),
        ("time,sensor,lon,lat,lon", "column lon stands twice"),
    ],
)
def test_a_header_that_lacks_a_column_is_one_clear_error(header, fault):
    with pytest.raises(InputError) as error:
        heard(f"{header}\n{T0},gris-nez,1,50\n")
    message = str(error.value)
    assert fault in message and "a.plots.csv" in message
    assert f"columns found: {header.replace(',', ', ')}" in message
    assert "range_m,azimuth_deg" in message


def test_a_live_feed_without_a_header_has_its_rows_refused_until_one_comes():
    data = f"{T0},gris-nez,1,50\ntime,sensor,lon,lat\n{T0},gris-nez,1,50\n"
    d, of = heard(data, received_s=T0)
    assert len(d) == 1 and of.balance.rejected == {"no usable header": 1}


def test_a_repeated_header_is_ignored():
    header = "time,sensor,lon,lat\n"
    d, of = heard(f"{header}{T0},gris-nez,1,50\n{header}{T0},gris-nez,1,50\n")
    assert len(d) == 2 and of.balance.ignored == 2


def test_a_column_that_is_not_ours_is_named():
    _, of = heard(f"time,sensor,lon,lat,colour\n{T0},gris-nez,1,50,red\n")
    assert of.counts["column not understood: colour"] == 1


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_the_chunks_of_a_stream_do_not_matter(chunk):
    data = "time,sensor,lon,lat\n" + "".join(f"{T0 + i},gris-nez,1,50\n" for i in range(20))
    d, _ = heard(data, chunk=chunk)
    assert d.time_s.tolist() == [T0 + i for i in range(20)]


def test_records_name_line_sensor_and_numbers():
    of = open_decoder("plots", Context(feed="a.plots.csv"))
    data = b"time,sensor,lon,lat,mmsi\n1600000000.5,x,1.5,51,244660000\n1600000001,x,,,\n"
    assert of.records(Datagram(0, "f", data, end=True)) == [
        {"sensor": "x", "lon": 1.5, "lat": 51.0, "mmsi": 244660000, "source": "a.plots.csv",
         "received": "2020-09-13T12:26:40.500000Z", "line": 2},
        {"sensor": "x", "lon": None, "lat": None, "mmsi": None, "source": "a.plots.csv",
         "received": "2020-09-13T12:26:41Z", "line": 3},
    ]  # fmt: skip


finite = st.floats(-1e7, 1e7) | st.sampled_from([math.nan, math.inf])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(finite, finite, finite, finite), max_size=8))
def test_what_comes_out_is_finite_and_in_range(rows):
    text = "".join(f"{T0},gris-nez,{a},{b},{c},{e}\n" for a, b, c, e in rows)
    d, of = heard(f"time,sensor,lon,lat,range_m,azimuth_deg\n{text}")
    assert of.balance.frames == len(rows) + 1
    assert (np.abs(d.lon) <= 180).all() and (np.abs(d.lat) <= 90).all()
    assert ((d.azimuth_rad >= 0) & (d.azimuth_rad < 2 * math.pi)).all()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_bytes_ever_raise(junk, cut):
    data = b"time,sensor,lon,lat,range_m,azimuth_deg\n" + junk
    _, of = heard(data, chunk=max(cut, 1))
    assert of.balance.pending == 0


def test_the_example_of_the_manual_decodes_as_the_manual_says():
    manual = (Path(__file__).parents[1] / "docs" / "decode.md").read_text()
    lines = manual[manual.index("    time,sensor,range_m") :].split("\n\n")[0].splitlines()
    d, _ = heard("".join(line.strip() + "\n" for line in lines))
    assert d.kind.tolist() == [Kind.PLOT, Kind.LOOK]


@pytest.mark.shared
@needs_shared
def test_real_files_give_every_row():
    for path in sorted((SHARED / "autoferry").glob("*.plots.csv")):
        sensors = {"radar": 0, "lidar": 1, "eo": 2, "ir": 3}
        d, of = heard(path.read_bytes(), sensors=sensors, chunk=50_000)
        assert len(d) == path.read_bytes().count(b"\n") - 1
        assert not of.balance.rejected
        assert {Kind.PLOT, Kind.BEARING, Kind.LOOK} == set(d.kind.tolist())
