"""AIS messages: fields as pyais names them, reports in SI units, statics, duplicates."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import decode as pyais_decode
from pyais.messages import MSG_CLASS

from coastwatch.decode.ais import fields as wire
from coastwatch.decode.ais import payload
from coastwatch.decode.ais.reports import VESSELS_KEPT, Register
from coastwatch.decode.sentence import Refused
from coastwatch.model import Kind, Vessel
from tests.nmea import POSITION, T0, VOYAGE, ais, decoder, detections, records, signed, tagged, text

KNOT = 1852 / 3600
NOTHING = {"lon": 181.0, "lat": 91.0, "speed": 102.3, "course": 360.0, "heading": 511, "status": 15}


def heard(*lines, **context):
    of = decoder(**context)
    found = detections(of, text(*lines), received_s=T0)
    assert of.balance.difference == 0
    return found, of


positions = st.fixed_dictionaries(
    {
        "type": st.sampled_from([1, 2, 3, 18]),
        "mmsi": st.integers(1, 999_999_999),
        "lon": st.floats(-180, 180),
        "lat": st.floats(-90, 90),
        "speed": st.floats(0, 102.1),
        "course": st.floats(0, 359.9),
        "heading": st.integers(0, 359),
        "accuracy": st.booleans(),
        "second": st.sampled_from([60, 61, 62, 63]),  # none: the receiver's clock stands
    }
)


@settings(max_examples=150, deadline=None)
@given(positions)
def test_what_pyais_encodes_comes_back_in_si_units(fields):
    d, _ = heard(*ais(fields))
    assert d.kind.tolist() == [Kind.REPORT] and d.mmsi.tolist() == [fields["mmsi"]]
    assert d.lon[0] == pytest.approx(fields["lon"], abs=2e-6)
    assert d.lat[0] == pytest.approx(fields["lat"], abs=2e-6)
    assert d.sog_mps[0] == pytest.approx(fields["speed"] * KNOT, abs=0.1 * KNOT)
    assert d.cog_rad[0] == pytest.approx(math.radians(fields["course"]), abs=0.002)
    assert d.heading_rad[0] == pytest.approx(math.radians(fields["heading"]))
    assert d.sigma_m[0] == (10.0 if fields["accuracy"] else 30.0)
    assert d.time_s.tolist() == [T0]


@settings(max_examples=60, deadline=None)
@given(positions)
def test_records_have_the_fields_of_pyais_under_their_names(fields):
    lines = ais(fields)
    record = records(decoder(), text(*lines))[0]
    own = {k: record.pop(k) for k in ("received", "source", "line")}
    assert own == {"received": None, "source": "test", "line": 1}
    expected = pyais_decode(*lines).asdict(enum_as_int=True)
    assert record == json.loads(json.dumps(expected, default=float))


@pytest.mark.parametrize("kind", [1, 2, 3, 18])
def test_what_is_not_available_is_unknown(kind):
    d, _ = heard(*ais(POSITION | NOTHING | {"lon": 1.0, "lat": 50.0}, type=kind))
    assert np.isnan([d.sog_mps[0], d.cog_rad[0], d.heading_rad[0]]).all()
    assert d.nav_status.tolist() == [-1]


def test_a_report_without_a_position_is_counted_and_gives_no_detection():
    d, of = heard(*ais(POSITION | NOTHING))
    assert len(d) == 0 and of.counts["without position"] == 1
    assert of.balance.decoded == 1


def test_a_report_without_any_time_is_counted_and_gives_no_detection():
    of = decoder()
    assert len(detections(of, text(*ais(POSITION)))) == 0
    assert of.counts["untimed"] == 1


def test_an_aircraft_flies_in_whole_knots():
    d, _ = heard(*ais({"type": 9, "mmsi": 111232506, "lon": 1.5, "lat": 51.0, "speed": 110,
                       "course": 45.0}))  # fmt: skip
    assert d.sog_mps[0] == pytest.approx(110 * KNOT)
    d, _ = heard(*ais({"type": 9, "mmsi": 111232506, "lon": 1.5, "lat": 51.0, "speed": 1023}))
    assert np.isnan(d.sog_mps[0])


def test_a_long_range_report_is_as_coarse_as_its_grid():
    fields = {"type": 27, "mmsi": 244660000, "lon": 1.5, "lat": 51.0, "speed": 12, "course": 90,
              "accuracy": True}  # fmt: skip
    d, _ = heard(*ais(fields))
    assert d.sog_mps[0] == pytest.approx(12 * KNOT) and 50 < d.sigma_m[0] < 60
    d, _ = heard(*ais(fields | {"speed": 63, "course": 511}))
    assert np.isnan([d.sog_mps[0], d.cog_rad[0]]).all()


@pytest.mark.parametrize("mmsi", [0, 1_073_741_823])
def test_an_mmsi_that_is_none_identifies_nobody(mmsi):
    d, of = heard(*ais(POSITION, mmsi=mmsi), *ais(VOYAGE, mmsi=mmsi))
    assert d.mmsi.tolist() == [-1]
    assert of.take_vessels() == []


def test_base_stations_and_buoys_are_no_detections():
    base = {"type": 4, "mmsi": 2190047, "lon": 1.5, "lat": 51.0, "year": 2020, "month": 9, "day": 1}
    buoy = {"type": 21, "mmsi": 992190047, "lon": 1.5, "lat": 51.0, "name": "CS 4"}
    d, of = heard(*ais(base), *ais(buoy))
    assert len(d) == 0 and of.balance.decoded == of.balance.frames


def test_two_stations_that_hear_one_transmission_give_one_detection_and_two_records():
    lines = [tagged(ais(POSITION)[0], s=s, c=T0 + i) for i, s in enumerate(("dover", "calais"))]
    d, of = heard(*lines, sensors={"dover": 4, "calais": 5})
    assert d.sensor.tolist() == [4] and of.counts["duplicates"] == 1
    assert len(records(decoder(), text(*lines))) == 2


def test_the_same_payload_later_is_a_new_report():
    line = ais(POSITION)[0]
    d, of = heard(tagged(line, c=T0), tagged(line, c=T0 + 10))
    assert len(d) == 2 and of.counts["duplicates"] == 0


def test_the_sensor_is_the_station_that_heard_it_else_the_feeds_own():
    line = ais(POSITION)[0]
    other = ais(POSITION, mmsi=244660001)[0]
    third = ais(POSITION, mmsi=244660002)[0]
    d, _ = heard(tagged(line, s="dover"), f"{other},r003669987,{T0}", tagged(third, s="x"),
                 sensor=9, sensors={"dover": 4, "003669987": 5})  # fmt: skip
    assert d.sensor.tolist() == [4, 5, 9]


def test_statics_of_class_a_name_the_vessel():
    of = decoder()
    detections(of, text(*ais(VOYAGE, seq_id=1)), received_s=T0)
    assert of.take_vessels() == [
        Vessel(244660000, T0, "DOVER STAR", "PABC", 70, 9074729, 120.0, 20.0, "ROTTERDAM EUROPOORT")
    ]
    assert of.take_vessels() == []


def test_the_two_parts_of_class_b_statics_make_one_vessel():
    a = ais({"type": 24, "mmsi": 235001234, "partno": 0, "shipname": "GULL"})
    b = ais({"type": 24, "mmsi": 235001234, "partno": 1, "callsign": "MABC", "ship_type": 37,
             "to_bow": 6, "to_stern": 5, "to_port": 2, "to_starboard": 1})  # fmt: skip
    of = decoder()
    detections(of, text(*a, *b), received_s=T0)
    assert of.take_vessels() == [
        Vessel(235001234, T0, "GULL", "MABC", 37, None, 11.0, 3.0, None),
    ]


def test_a_dinghy_of_a_mother_ship_has_no_dimensions():
    b = ais({"type": 24, "mmsi": 982350012, "partno": 1, "mothership_mmsi": 235001234,
             "ship_type": 36, "callsign": "D1"})  # fmt: skip
    of = decoder()
    detections(of, text(*b), received_s=T0)
    assert of.take_vessels()[0].length_m is None


def test_text_ends_at_the_first_at_sign_and_unknowns_are_none():
    of = decoder()
    fields = {"type": 5, "mmsi": 244660000, "shipname": "ABC@XYZ", "destination": "@@@"}
    detections(of, text(*ais(fields, seq_id=1)), received_s=T0)
    assert of.take_vessels() == [Vessel(244660000, T0, "ABC")]


def test_the_ship_type_is_the_one_that_was_sent():
    of = decoder()
    # pyais folds 26 into 25 and 57 into 56: both reserved.
    sentence = ais(VOYAGE, ship_type=70)[0].split(",")[5]
    bits = "".join(f"{payload.ARMOUR.index(c):06b}" for c in sentence.encode())
    bits = bits[:232] + f"{57:08b}" + bits[240:]
    body = "".join(chr(payload.ARMOUR[int(bits[i : i + 6], 2)]) for i in range(0, len(bits), 6))
    second = ais(VOYAGE, seq_id=0)[1]
    detections(of, text(signed(f"!AIVDM,2,1,0,A,{body},0"), second), received_s=T0)
    assert of.take_vessels()[0].ship_type == 57


def test_the_time_of_arrival_is_as_broadcast_and_unknown_where_a_part_of_it_is():
    of = decoder()
    fields = {"type": 5, "mmsi": 244660000, "shipname": "A", "month": 11, "day": 27}
    whole = fields | {"hour": 5, "minute": 30}
    partial = fields | {"mmsi": 244660001, "hour": 24, "minute": 60}
    detections(of, text(*ais(whole, seq_id=1), *ais(partial, seq_id=2)), received_s=T0)
    assert [v.eta for v in of.take_vessels()] == ["11-27T05:30", None]


def test_a_safety_broadcast_is_the_word_of_its_sender():
    of = decoder()
    told = ais({"type": 14, "mmsi": 970012345, "text": "SART TEST"})
    detections(of, text(*told), received_s=T0)
    assert of.take_vessels() == [Vessel(970012345, T0, safety_text="SART TEST")]


def test_what_contradicts_the_last_statics_stands_beside_them():
    of = decoder()
    names = ("GULL", "KITE")
    sentences = [ais({"type": 24, "mmsi": 235001234, "partno": 0, "shipname": n}) for n in names]
    detections(of, text(*(s for one in sentences for s in one)), received_s=T0)
    assert [v.name for v in of.take_vessels()] == ["GULL", "KITE"]
    assert of.take_vessels() == []


def test_a_beacon_that_does_not_know_its_place_is_heard():
    of = decoder()
    lost = {"type": 1, "lon": 181, "lat": 91, "status": 14}
    beacon, ship = ais(lost | {"mmsi": 970012345}), ais(lost | {"mmsi": 227000001})
    told = detections(of, text(*beacon, *ship), received_s=T0)
    assert told.mmsi.tolist() == [970012345]
    assert told.nav_status.tolist() == [14]
    assert np.isnan(told.lon).all()


def test_the_register_is_bounded_and_forgets_the_oldest():
    register = Register()
    for mmsi in range(1, VESSELS_KEPT + 10):
        register.add(Vessel(mmsi, 0.0))
    kept = register.take()
    assert len(kept) == VESSELS_KEPT and kept[0].mmsi == 10


@pytest.mark.parametrize("kind", sorted(wire.BITS_MIN))
def test_every_type_is_refused_one_character_short_and_read_when_whole(kind):
    length = math.ceil(wire.BITS_MIN[kind] / 6)
    head = chr(payload.ARMOUR[kind]).encode()
    words, _ = payload.words(head + b"0" * (length - 1), 0)
    assert payload.kind(words) == kind
    assert payload.record(head + b"0" * (length - 1), 0)["msg_type"] in (kind, 1)
    with pytest.raises(Refused):
        payload.words(head + b"0" * (length - 2), 0)


def test_every_type_that_pyais_knows_has_its_least_length():
    assert set(MSG_CLASS) == set(wire.BITS_MIN)


@settings(max_examples=400, deadline=None)
@given(st.binary(min_size=1, max_size=190), st.integers(0, 63), st.integers(0, 5))
def test_any_payload_is_json_or_refused(raw, kind, fill_bits):
    armoured = bytes(payload.ARMOUR[b & 63] for b in raw)
    armoured = bytes([payload.ARMOUR[kind]]) + armoured
    try:
        payload.words(armoured, fill_bits)
    except Refused:
        return
    record = payload.record(armoured, fill_bits)
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_binary_fields_are_base64():
    record = records(decoder(), text(*ais({"type": 8, "mmsi": 2190047, "dac": 366, "fid": 56,
                                           "data": b"\xde\xad"})))[0]  # fmt: skip
    assert record["data"] == "3q0="
