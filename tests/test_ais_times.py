"""Which time a message has: received, claimed, the event's; and from where."""

import math

import numpy as np
import pytest

from coastwatch.decode import nmea
from coastwatch.decode.ais.columns import TIME_SOURCES
from tests.ais_columns import LANES, columns, decoder
from tests.nmea import POSITION, T0, ais, signed, tagged, text

LINE = ais(POSITION, second=60)[0]  # no UTC second
PGHP = signed(f"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,{LINE[-2:]}")
PGHP_S = 1_384_257_600.011


@pytest.fixture(autouse=True)
def every_chunk_is_long_enough(monkeypatch):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)


def source(m, row=0):
    return TIME_SOURCES[m.time_source[row]]


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize(
    ("line", "time_s", "where"),
    [
        (tagged(LINE, c=T0), T0, "tag block"),
        (tagged(LINE, c=T0 * 1000 + 250), T0 + 0.25, "tag block"),
        (tagged(LINE, s="dover", c=T0), T0, "tag block"),
        (f"2016-04-01 00:00:02, {LINE}", 1_459_468_802, "log prefix"),
        (f"2016-04-01T00:00:02.5Z {LINE}", 1_459_468_802.5, "log prefix"),
        (f"2016-04-01 02:00:02+02:00 {LINE}", 1_459_468_802, "log prefix"),
        (f"{T0},{LINE}", T0, "log prefix"),
        (f"{T0}\t{LINE}", T0, "log prefix"),
        (f"1550303566167726840 {LINE}", 1_550_303_566.16772684, "log prefix"),
        (f"{LINE},1327992119157", 1_327_992_119.157, "log suffix"),
        (f"{LINE},r003669987,1152921693", 1_152_921_693, "log suffix"),
        (f"{PGHP}\r\n{LINE}", PGHP_S, "PGHP"),
        (f"{PGHP},1327992119157\r\n{LINE},1327992119173", PGHP_S, "PGHP"),
        (tagged(f"{LINE},1327992119157", c=T0), T0, "tag block"),
        (f"{T0} {LINE},1327992119157", T0, "log prefix"),
    ],
)
def test_a_stamp_is_the_claimed_time_and_the_events(bulk, line, time_s, where):
    for received_s in (0.0, T0 + 30.0):
        m, _ = columns(text(line), bulk, received_s)
        assert m.time_s[0] == m.claimed_s[0] == pytest.approx(time_s, abs=1e-6)
        assert source(m) == where
        np.testing.assert_equal(m.received_s[0], received_s or math.nan)


@pytest.mark.parametrize("bulk", LANES)
def test_a_hint_for_another_sentence_is_not_taken(bulk):
    other = ais(POSITION, mmsi=227000001, second=60)[0]
    m, _ = columns(text(PGHP, other, LINE), bulk)
    assert np.isnan(m.time_s).all() and [source(m, 0), source(m, 1)] == ["", ""]


@pytest.mark.parametrize("bulk", LANES)
def test_without_any_clock_a_message_has_no_time(bulk):
    m, _ = columns(text(LINE), bulk)
    assert math.isnan(m.time_s[0]) and math.isnan(m.claimed_s[0]) and source(m) == ""


@pytest.mark.parametrize("bulk", LANES)
def test_the_receivers_clock_is_the_last_resort(bulk):
    m, _ = columns(text(LINE), bulk, T0 + 0.5)
    assert (m.time_s[0], m.received_s[0], source(m)) == (T0 + 0.5, T0 + 0.5, "received")
    assert math.isnan(m.claimed_s[0])


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize(
    ("late_s", "refined"),
    [(-1.5, False), (-0.5, True), (0.0, True), (3.25, True), (5.5, False), (25.0, False)],
)
def test_the_utc_second_refines_the_receivers_clock_where_it_is_near(bulk, late_s, refined):
    line = ais(POSITION, second=T0 % 60)[0]
    m, _ = columns(text(line), bulk, T0 + late_s)
    assert m.received_s[0] == pytest.approx(T0 + late_s, abs=1e-6)
    assert m.time_s[0] == pytest.approx(T0 if refined else T0 + late_s)
    assert source(m) == ("received, UTC second" if refined else "received")


@pytest.mark.parametrize("bulk", LANES)
def test_the_utc_second_is_right_around_the_minute(bulk):
    minute = T0 - T0 % 60
    m, _ = columns(text(ais(POSITION, second=58)[0]), bulk, minute + 1.0)
    assert m.time_s[0] == minute - 2.0


@pytest.mark.parametrize("bulk", LANES)
def test_zda_sets_a_live_receivers_clock_right_for_ten_minutes(bulk):
    zda = signed("$GPZDA,122640.00,13,09,2020,00,00")  # T0
    of = decoder(bulk)
    columns(text(zda), bulk, T0 + 100.0, of=of)  # the receiver is 100 s fast
    m, _ = columns(text(LINE), bulk, T0 + 107.5, of=of)
    assert (m.time_s[0], m.received_s[0], source(m)) == (T0 + 7.5, T0 + 107.5, "ZDA")
    late, _ = columns(text(LINE), bulk, T0 + 100.0 + 601.0, of=of)
    assert source(late) == "received"


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize(
    ("clock", "name"),
    [("$GPZDA,122640.25,13,09,2020,00,00", "ZDA"),
     ("$GPRMC,122640.25,A,5100.0,N,00130.0,E,0,0,130920,,,A", "RMC")],
)  # fmt: skip
def test_a_file_without_stamps_goes_by_its_streams_clock(bulk, clock, name):
    m, _ = columns(text(signed(clock), LINE), bulk)
    assert (m.time_s[0], source(m)) == (T0 + 0.25, name) and math.isnan(m.claimed_s[0])


@pytest.mark.parametrize("bulk", LANES)
def test_a_base_station_dates_a_file_that_has_nothing_else(bulk):
    base = {"type": 4, "mmsi": 2190047, "lon": 1.5, "lat": 51.0, "year": 2020, "month": 9,
            "day": 13, "hour": 12, "minute": 26, "second": 40}  # fmt: skip
    m, _ = columns(text(*ais(base), LINE), bulk)
    assert m.utc_s[0] == T0 and math.isnan(m.utc_s[1])
    assert (m.time_s[1], source(m, 1)) == (T0, "base station")


def test_the_choice_is_counted():
    of = decoder(False)
    columns(text(tagged(LINE, c=T0), LINE, f"{T0},{LINE}"), False, of=of)
    assert {k: v for k, v in of.counts.items() if k.startswith("time")} == {
        "time from tag block": 1, "time from nowhere": 1, "time from log prefix": 1
    }  # fmt: skip
