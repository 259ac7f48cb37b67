"""The columns say what pyais reads, for any bits of each type, by the plain reader and in bulk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import decode as pyais_decode

from coastwatch.decode import nmea
from coastwatch.decode.ais.fields import BITS_MIN, COLUMN_TYPES
from tests.ais_columns import LANES, columns, sentences
from tests.nmea import ais, text

LENGTHS = {5: 424, 19: 312, 21: 272, 24: 168}
SPEED_END = {9: 1_022.0, 27: 63.0}
STATIC = (5, 19, 21, 24)


@pytest.fixture(autouse=True)
def every_chunk_is_long_enough(monkeypatch):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)


@st.composite
def messages(draw, kinds):
    """Bits of a message: any values in any field, of a legal length."""
    kind = draw(st.sampled_from(kinds))
    length = LENGTHS.get(kind, BITS_MIN[kind])
    rest = draw(st.integers(0, 2 ** (length - 6) - 1))
    if kind == 24:
        rest = rest & ~(3 << (length - 40)) | draw(st.sampled_from([0, 1])) << (length - 40)
        if draw(st.booleans()):  # a craft that belongs to a ship
            mmsi = draw(st.integers(980_000_000, 989_999_999))
            rest = rest & ~((2**30 - 1) << (length - 38)) | mmsi << (length - 38)
    return f"{kind:06b}" + f"{rest:0{length - 6}b}"


def known(value, end=math.inf, low=-math.inf, high=math.inf):
    """A value of pyais as a column has it: NaN where it is not there or not available."""
    if value is None or value >= end or not low <= value <= high:
        return math.nan
    return float(value)


def told(value):
    return (value or "").partition("@")[0].strip().encode()


@pytest.mark.parametrize("bulk", LANES)
@settings(max_examples=250, deadline=None)
@given(bits=messages(sorted(COLUMN_TYPES - {17})))
def test_any_bits_of_a_type_with_columns_give_what_pyais_reads(bulk, bits):
    lines = sentences(bits)
    m, s = columns(text(*lines), bulk)
    p = pyais_decode(*lines)
    assert len(m) == 1 and len(m.rest) == 0
    assert (m.msg_type[0], m.mmsi[0], m.sentences[0]) == (p.msg_type, p.mmsi, len(lines))
    kind = p.msg_type
    moves = kind not in (5, 24)
    get = (lambda name: getattr(p, name, None)) if moves else (lambda name: None)
    expected = {
        "lon": known(get("lon"), low=-180, high=180),
        "lat": known(get("lat"), low=-90, high=90),
        "sog_kn": known(get("speed"), SPEED_END.get(kind, 102.2)),
        "cog_deg": known(get("course"), 360.0),
        "heading_deg": known(get("heading"), 360.0),
    }
    for name, value in expected.items():
        # Motion is kept in single precision; pyais rounds places to the sixth decimal.
        found, room = getattr(m, name)[0], 5.1e-7 if name in ("lon", "lat") else 0.0
        dtype = getattr(m, name).dtype.type
        np.testing.assert_allclose(found, dtype(value), rtol=0, atol=room, err_msg=name)
    second = p.second if kind in (1, 2, 3, 9, 18, 19, 21) else None
    assert m.second[0] == (second if second is not None and second < 60 else -1)
    status = get("status") if kind in (1, 2, 3, 27) else None
    assert m.nav_status[0] == (status if status is not None and status < 15 else -1)
    assert m.accuracy[0] == (-1 if get("accuracy") is None else get("accuracy"))
    assert m.raim[0] == (-1 if get("raim") is None else get("raim"))
    assert m.altitude_m[0] == (p.alt if kind == 9 and p.alt < 4_094 else -1)
    assert len(s) == (kind in STATIC)
    if len(s):
        check_statics(s, p, bits)


def check_statics(s, p, bits):
    assert (s.row[0], s.mmsi[0], s.msg_type[0]) == (0, p.mmsi, p.msg_type)
    name = told(getattr(p, "shipname", None) or getattr(p, "name", None))
    assert s.name[0] == name
    assert s.callsign[0] == told(getattr(p, "callsign", None))
    assert s.destination[0] == told(getattr(p, "destination", None))
    assert s.imo[0] == (getattr(p, "imo", 0) or -1)
    at = {5: 232, 19: 263}.get(p.msg_type, 40)
    part_b = p.msg_type == 24 and p.partno == 1
    if p.msg_type in (5, 19) or part_b:
        assert s.ship_type[0] == (int(bits[at : at + 8], 2) or -1)  # as sent; pyais folds them
    if p.msg_type == 21:
        assert s.ship_type[0] == (int(bits[38:43], 2) or -1)
    craft = part_b and 980_000_000 <= p.mmsi <= 989_999_999
    sized = (p.msg_type != 24 or part_b) and not craft
    for ours, theirs in (("bow", "bow"), ("stern", "stern"), ("port", "port"),
                         ("starboard", "starboard")):  # fmt: skip
        value = getattr(s, f"to_{ours}_m")[0]
        assert value == (getattr(p, f"to_{theirs}") if sized else -1)
    assert s.mothership[0] == ((p.mothership_mmsi or -1) if craft else -1)
    draught = getattr(p, "draught", 0)
    np.testing.assert_equal(s.draught_m[0], draught if draught else math.nan)
    assert s.part[0] == (p.partno if p.msg_type == 24 else -1)


@pytest.mark.parametrize("bulk", LANES)
@settings(max_examples=120, deadline=None)
@given(bits=messages(sorted(set(BITS_MIN) - COLUMN_TYPES - {0, 28})))
def test_the_other_types_come_through_pyais(bulk, bits):
    lines = sentences(bits)
    m, _ = columns(text(*lines), bulk)
    [(row, record)] = list(m.others())
    expected = pyais_decode(*lines).asdict(enum_as_int=True)
    assert row == 0 and list(record) == list(expected)
    for name in ("msg_type", "mmsi", "repeat"):
        assert (
            record[name]
            == expected[name]
            == (
                m.msg_type[0]
                if name == "msg_type"
                else m.mmsi[0]
                if name == "mmsi"
                else record[name]
            )
        )
    assert np.isnan([m.lon[0], m.lat[0], m.sog_kn[0]]).all()


@pytest.mark.parametrize("bulk", LANES)
@pytest.mark.parametrize("turn", [-128, -127, 0, 5, 127])
def test_the_rate_of_turn_is_as_sent(bulk, turn):
    bits = f"{1:06b}" + "0" * 36 + f"{turn & 255:08b}" + "0" * 118
    assert columns(text(*sentences(bits)), bulk)[0].turn.tolist() == [turn]


@pytest.mark.parametrize("bulk", LANES)
def test_a_longitude_keeps_all_that_was_sent(bulk):
    # A ten-thousandth of a minute is 1.7e-6 degrees; single precision is good for 1e-5 at best.
    for raw in (-107_999_999, 1, 89_123_457, 107_999_999):
        m, _ = columns(text(*ais({"type": 1, "mmsi": 1, "lon": raw / 600_000, "lat": 1.0})), bulk)
        assert round(m.lon[0] * 600_000) == raw
        assert m.lon[0] == raw / 600_000


@pytest.mark.parametrize("bulk", LANES)
def test_a_name_goes_on_in_its_extension(bulk):
    fields = {"type": 21, "mmsi": 992351000, "name": "SOUTH GOODWIN LIGHTV",
              "name_ext": "ESSEL", "lon": 1.5, "lat": 51.0}  # fmt: skip
    _, s = columns(text(*ais(fields, seq_id=1)), bulk)
    assert s.name.tolist() == [b"SOUTH GOODWIN LIGHTVESSEL"]


@pytest.mark.parametrize("bulk", LANES)
def test_an_extension_of_a_name_that_has_ended_is_none(bulk):
    fields = {"type": 21, "mmsi": 992351000, "name": "VARNE", "name_ext": "ESSEL",
              "lon": 1.5, "lat": 51.0}  # fmt: skip
    _, s = columns(text(*ais(fields, seq_id=1)), bulk)
    assert s.name.tolist() == [b"VARNE"]
