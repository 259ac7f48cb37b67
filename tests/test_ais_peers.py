"""Right where other decoders are wrong: each case by its name."""

import math

import numpy as np
import pytest

from coastwatch.decode import nmea
from coastwatch.decode.ais.fields import BITS_MIN
from coastwatch.decode.ais.mmsi import MmsiClass, mmsi_class
from tests.ais_columns import LANES, armoured, columns, decoder, sentences
from tests.nmea import POSITION, VOYAGE, ais, records, signed, text
from tests.nmea import decoder as reader


@pytest.fixture(autouse=True)
def every_chunk_is_long_enough(monkeypatch):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)


def dgnss(lon_tenths, lat_tenths):
    """Type 17 at a place in tenths of a minute."""
    return sentences(
        f"{17:06b}00{2190047:030b}00{lon_tenths & 0x3FFFF:018b}{lat_tenths & 0x1FFFF:017b}"
        + "0" * 5
    )


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize(("lon", "lat"), [(-900, 30_600), (900, -30_600), (107_999, 53_999)])
def test_type_17_has_signed_tenths_of_minutes(bulk, lon, lat):
    m, _ = columns(text(*dgnss(lon, lat)), bulk)
    assert (m.lon[0], m.lat[0]) == (lon / 600, lat / 600)
    record = records(reader(), text(*dgnss(lon, lat)))[0]
    assert (record["lon"], record["lat"]) == (lon / 600, lat / 600)


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("code", [1, 19, 26, 38, 57, 100, 199, 255])
def test_an_unassigned_ship_type_keeps_its_number(bulk, code):
    lines = sentences(f"{24:06b}00{244660000:030b}01{code:08b}" + "0" * 120)
    _, s = columns(text(*lines), bulk)
    assert s.ship_type.tolist() == [code]
    assert records(reader(), text(*lines))[0]["ship_type"] == code


@pytest.mark.parametrize("bulk", LANES)
def test_text_ends_at_the_first_at_sign(bulk):
    lines = ais(VOYAGE | {"shipname": "ABC@XYZ", "destination": "@LEHAVRE"}, seq_id=1)
    _, s = columns(text(*lines), bulk)
    assert (s.name[0], s.destination[0], s.callsign[0]) == (b"ABC", b"", b"PABC")
    record = records(reader(), text(*lines))[0]
    assert (record["shipname"], record["destination"]) == ("ABC", "")


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("part", [2, 3])
def test_type_24_of_an_unknown_part_is_refused(bulk, part):
    of = decoder(bulk)
    lines = sentences(f"{24:06b}00{244660000:030b}{part:02b}" + "0" * 128)
    assert len(columns(text(*lines), bulk, of=of)[0]) == 0
    assert of.balance.rejected == {"AIS type 24 with unknown part": 1}


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("kind", sorted(set(BITS_MIN) - {0, 28}))
def test_a_truncated_payload_is_refused_and_not_half_decoded(bulk, kind):
    of = decoder(bulk)
    bits = f"{kind:06b}" + "0" * (BITS_MIN[kind] - 7)
    assert len(columns(text(*sentences(bits)), bulk, of=of)[0]) == 0
    assert set(of.balance.rejected) <= {f"AIS type {kind} truncated", "AIS payload too short"}
    assert of.balance.rejected.total() == of.balance.frames and of.rejects[0].raw


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("letter", ["X", "x", "_", "X", "~", " ", "\x7f"])
def test_illegal_armour_is_refused(bulk, letter):
    payload, fill = armoured("000001" + "0" * 162)
    of = decoder(bulk)
    bad = signed(f"!AIVDM,1,1,,A,{payload[:10]}{letter}{payload[11:]},{fill}")
    assert len(columns(text(bad), bulk, of=of)[0]) == 0
    assert of.balance.rejected == {"AIS payload characters": 1}


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("kind", [1, 18])
@pytest.mark.parametrize(
    "nothing", [{"lon": 181.0, "lat": 91.0, "speed": 102.3, "course": 360.0, "heading": 511},
                {"lon": 200.0, "lat": -100.0, "speed": 102.2, "course": 409.5, "heading": 400}]
)  # fmt: skip
def test_not_available_and_out_of_range_are_unknown(bulk, kind, nothing):
    m, _ = columns(text(*ais(POSITION | nothing | {"status": 15, "second": 63}, type=kind)), bulk)
    found = [m.lon[0], m.lat[0], m.sog_kn[0], m.cog_deg[0], m.heading_deg[0]]
    assert np.isnan(found).all() and (m.nav_status[0], m.second[0]) == (-1, -1)


@pytest.mark.parametrize("bulk", LANES)
def test_mmsi_0_is_kept_and_flagged(bulk):
    m, _ = columns(text(*ais(POSITION, mmsi=0)), bulk)
    assert m.mmsi.tolist() == [0] and m.lon[0] == pytest.approx(1.5)
    assert mmsi_class(m.mmsi).tolist() == [MmsiClass.IMPOSSIBLE]


@pytest.mark.parametrize("bulk", LANES)
def test_a_log_with_a_date_before_each_sentence_is_read_with_its_times(bulk):
    lines = [f"2016-04-01 00:00:{i:02d}, {ais(POSITION, mmsi=227000001 + i)[0]}" for i in range(9)]
    m, _ = columns(text(*lines), bulk)
    assert len(m) == 9 and m.time_s.tolist() == [1_459_468_800.0 + i for i in range(9)]
    assert not math.isnan(m.claimed_s.sum())
