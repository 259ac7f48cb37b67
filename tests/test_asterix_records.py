"""ASTERIX records: the form they take, exactness, and that writing and reading are inverse."""

import json
import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode.asterix import CATEGORIES, AsterixDecoder, editions, encode_block
from coastwatch.decode.asterix.category import Category, Profiles
from coastwatch.decode.asterix.tables import TABLES
from coastwatch.decode.base import Context
from coastwatch.model import Datagram, InputError
from tests.asterix_records import (
    random_items,
    random_record,
    random_value,
    tables_of,
    with_profile,
)

RECEIVED_NS = 1_763_932_403_123_456_000
# Every item of every profile of every edition.
ITEMS = [
    (table, one, item)
    for table in TABLES
    for one, profile in enumerate(tables_of(table))
    for item in profile.items
    if item
]
SOURCES = st.randoms(use_true_random=False)


def read(data, received_ns=RECEIVED_NS):
    decoder = AsterixDecoder(Context(feed="radar"))
    records = decoder.records(Datagram(received_ns, "radar", data, whole=True))
    assert decoder.balance.difference == 0
    assert not decoder.balance.rejected
    return records


def name_of(x):
    return f"{x.number:03d}-{x.edition}" if isinstance(x, Category) else getattr(x, "name", x)


@pytest.mark.parametrize(("table", "one", "item"), ITEMS, ids=name_of)
@settings(max_examples=15, deadline=None)
@given(rng=SOURCES)
def test_every_item_reads_back_as_it_was_written(table, one, item, rng):
    items = {item.name: random_value(item.structure, rng)}
    if isinstance(table, Profiles):
        items = with_profile(table, one, items, rng)
    data = table.encode([items])
    assert table.decode(data, 3, len(data)) == (items, len(data))


@pytest.mark.parametrize("table", TABLES, ids=name_of)
@settings(max_examples=30, deadline=None)
@given(rng=SOURCES, count=st.integers(1, 4))
def test_whole_records_of_every_edition_read_back_by_its_own_table(table, rng, count):
    records = [random_items(table, rng, rng.random()) for _ in range(count)]
    found = editions.read(table, table.encode(records), None)
    assert found.error is None
    assert found.records == records


@pytest.mark.parametrize("category", CATEGORIES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 5))
def test_whole_records_read_back_as_they_were_written(category, seed, count):
    rng = Random(seed)
    records = [random_record(category, rng, rng.random()) for _ in range(count)]
    found = read(encode_block(category, records))
    assert [r["items"] for r in found] == records
    assert [r["line"] for r in found] == list(range(1, count + 1))
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("category", CATEGORIES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_stepping_over_an_item_ends_where_reading_it_does(category, seed):
    table = CATEGORIES[category]
    data = encode_block(category, [random_record(category, Random(seed), 0.8)])
    _, end = table.decode(data, 3, len(data))
    assert table.decode(data, 3, len(data), only=()) == ({}, end) == ({}, len(data))


def test_a_record_written_by_hand_from_the_specification_is_read():
    # FSPEC 010, 140, 020, 040; 161 in the second octet.
    data = bytes.fromhex("300016" + "F110" + "0811" + "597F8C" + "20" + "0A80" + "4000" + "0123")
    data = data[:2] + bytes([len(data)]) + data[3:]
    (record,) = read(data)
    assert record == {
        "cat": 48,
        "sac": 8,
        "sic": 17,
        "received": "2025-11-23T21:13:23.123456Z",
        "line": 1,
        "items": {
            "010": {"SAC": 8, "SIC": 17},
            "140": 45823.09375,
            "020": {"TYP": 1, "SIM": 0, "RDP": 0, "SPI": 0, "RAB": 0},
            "040": {"RHO": 10.5, "THETA": 90.0},
            "161": {"TRN": 0x123},
        },
    }
    assert encode_block(48, [record["items"]]) == data


def test_the_record_of_the_documented_form_is_exact():
    items = {
        "010": {"SAC": 25, "SIC": 100},
        "070": 45827.3984375,
        "105": {"LAT": 7_674_061 * 180 / 2**25, "LON": 2_928_355 * 180 / 2**25},
    }
    (record,) = read(encode_block(62, [items]), received_ns=0)
    assert record["received"] is None
    assert (record["sac"], record["sic"]) == (25, 100)
    assert record["items"] == items


def test_texts_codes_and_registers_are_spelled_out():
    items = {
        "070": {"V": 0, "G": 0, "L": 0, "MODE3A": "0470"},
        "240": "RYR5XW",
        "250": [{"MBDATA": "8BD9EB2FBFE400", "BDS1": 6, "BDS2": 0}],
        "RE": "0102FF",
    }
    (record,) = read(encode_block(48, [items]))
    assert record["items"] == items
    assert record["sac"] is None


def test_indicated_airspeed_is_a_speed_or_a_mach_number_by_its_first_bit():
    speed, mach = {"IM": 0, "IAS": 1000 * 2**-14}, {"IM": 1, "IAS": 784 * 0.001}
    found = read(encode_block(62, [{"380": {"IAS": speed}}, {"380": {"IAS": mach}}]))
    assert [r["items"]["380"]["IAS"] for r in found] == [speed, mach]


def test_values_are_written_to_the_nearest_step_and_full_turns_wrap():
    written = {"040": {"RHO": 10.501, "THETA": 359.999}, "130": {"PAM": -70.4}}
    (record,) = read(encode_block(48, [written]))
    assert record["items"] == {"040": {"RHO": 10.5, "THETA": 0.0}, "130": {"PAM": -70}}


def test_subfields_left_out_are_zero_and_only_needed_extents_are_written():
    (record,) = read(encode_block(48, [{"020": {"TYP": 1}}]))
    assert record["items"]["020"] == {"TYP": 1, "SIM": 0, "RDP": 0, "SPI": 0, "RAB": 0}
    (record,) = read(encode_block(48, [{"020": {"FOEFRI": 3}}]))
    assert record["items"]["020"]["FOEFRI"] == 3
    assert "ADSB" not in record["items"]["020"]


def test_extents_of_a_later_edition_are_stepped_over():
    # 062/080 (the 13th item) with its seven known extents, one more, and then 062/290 with TRK.
    body = bytes.fromhex("0106" + "01" * 7 + "00" + "80" + "08")
    (record,) = read(b"\x3e" + (len(body) + 3).to_bytes(2) + body)
    assert set(record["items"]) == {"080", "290"}
    assert record["items"]["080"]["M5I"] == 0
    assert record["items"]["290"] == {"TRK": 2.0}


@pytest.mark.parametrize(
    ("category", "items", "words"),
    [
        (48, {"040": {"RHO": 256.0, "THETA": 0}}, ["CAT 048 record 1", "040", "RHO", "NM"]),
        (48, {"040": {"RHO": math.nan, "THETA": 0}}, ["RHO", "finite"]),
        (48, {"040": {"RHO": "far"}}, ["RHO", "finite"]),
        (48, {"040": {"RANGE": 1}}, ["040", "unknown sub-field 'RANGE'"]),
        (48, {"040": 3}, ["040", "dict"]),
        (48, {"041": 3}, ["unknown sub-field '041'"]),
        (48, {"070": {"MODE3A": "0480"}}, ["MODE3A", "octal"]),
        (48, {"070": {"MODE3A": 7}}, ["MODE3A", "octal"]),
        (48, {"240": "lower"}, ["240", "'l'"]),
        (48, {"240": "NINECHARS"}, ["240", "text of up to 8"]),
        (48, {"260": "xyz"}, ["260", "hex"]),
        (48, {"030": []}, ["030", "at least one"]),
        (48, {"250": [{}] * 256}, ["250", "more than 255"]),
        (48, {"250": 1}, ["250", "list"]),
        (48, {"SP": "0"}, ["SP", "hexadecimal"]),
        (48, {"SP": "00" * 255}, ["SP", "254"]),
        (48, {"130": {"PAM": 128}}, ["130", "PAM"]),
        (48, {}, ["at least one item"]),
        (62, {"390": {"CS": "Ω"}}, ["390", "CS", "Ω"]),
        (62, {"105": {"LAT": 91.0, "LON": 0.0}}, ["105", "LAT = 91.0", "-90..90 deg"]),
        (48, {"140": 90_000.0}, ["140", "0..86460 s"]),
        (1, {"RFS": [{"010": {}, "020": {}}]}, ["RFS", "one item"]),
        (1, {"RFS": [{"161": 7}]}, ["RFS", "'161'"]),
        (1, {"020": {"TYP": 0}, "161": 7}, ["CAT 001 record 1", "unknown sub-field '161'"]),
        (99, {"010": {}}, ["CAT 99", "034, 048, 062"]),
    ],
)
def test_what_cannot_be_written_is_named(category, items, words):
    with pytest.raises(InputError) as error:
        encode_block(category, [items])
    for word in words:
        assert word in str(error.value)


def test_a_block_that_would_be_too_long_is_refused():
    with pytest.raises(InputError, match="make more blocks"):
        encode_block(48, [{"SP": "00" * 254}] * 260)
