"""ASTERIX in bulk: the kernels say what the plain decoder says, of good records and of bad."""

from random import Random

import numpy as np
import pytest

from coastwatch import read_asterix
from coastwatch.decode.asterix import CATEGORIES, AsterixDecoder, bulk, encode_block
from coastwatch.decode.asterix.bulk_columns import read_columns
from coastwatch.decode.asterix.bulk_program import columns_of, flat, plain_column, program
from coastwatch.decode.asterix.category import ADDRESS, Category
from coastwatch.decode.asterix.fields import uint
from coastwatch.decode.asterix.presence import Item
from coastwatch.decode.asterix.structures import Explicit, Fixed
from coastwatch.decode.asterix.tables import EDITIONS
from coastwatch.decode.base import Context
from coastwatch.feeds import read_file
from coastwatch.model import Datagram, InputError
from tests.asterix_records import random_record
from tests.shared import SHARED, needs_shared

BLOCKS = 300


def random_blocks(seed, categories=tuple(CATEGORIES), count=BLOCKS):
    rng = Random(seed)
    blocks = []
    for _ in range(count):
        category = rng.choice(categories)
        share = rng.choice((0.1, 0.5, 0.9))
        records = [random_record(category, rng, share) for _ in range(rng.randint(1, 9))]
        blocks.append(encode_block(category, records))
    return blocks


def mutated(blocks, seed):
    """Each block with some octets changed behind its header, its length made good."""
    rng = Random(seed)
    out = []
    for block in blocks:
        body = bytearray(block[3:])
        for _ in range(rng.choice((0, 1, 1, 2, 8))):
            body[rng.randrange(len(body))] = rng.choice((0, 1, 0xFE, 0xFF, rng.randrange(256)))
        if rng.random() < 0.2:
            del body[rng.randrange(len(body)) :]
        out.append(block[:1] + (len(body) + 3).to_bytes(2) + bytes(body))
    return out


def read_plain(datagrams):
    decoder = AsterixDecoder(Context(feed="radar"))
    return [r for d in datagrams for r in decoder.records(d)], decoder


def read_bulk(datagrams):
    decoder = AsterixDecoder(Context(feed="radar"))
    return read_columns(decoder, datagrams), decoder


def hold_equal(datagrams):
    """Both ways over the same datagrams: every record, every column, the books, the rejects."""
    records, plain = read_plain(datagrams)
    found, decoder = read_bulk(datagrams)
    assert found.balance == plain.balance
    assert found.balance.difference == 0
    assert decoder.counts == plain.counts
    assert list(decoder.rejects) == list(plain.rejects)
    assert set(found) == {r["cat"] for r in records}
    for category, columns in found.items():
        expected = [r for r in records if r["cat"] == category]
        assert columns.line.tolist() == [r["line"] for r in expected]
        rows = [flat(r["items"]) for r in expected]
        occur = {name for row in rows for name in row}
        assert set(columns.names) == {n for n in columns.columns if n in occur}
        for name, column in columns.columns.items():
            told = plain_column(column, rows)
            assert columns[name].dtype == told.dtype, (category, name)
            np.testing.assert_array_equal(columns[name], told, f"{category} {name}")
    return records, found


def stream(data, size):
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return [*(Datagram(0, "radar", p, "peer") for p in parts), Datagram(0, "radar", b"", end=True)]


@pytest.mark.parametrize("category", CATEGORIES)
def test_random_valid_records_of_every_category(category):
    blocks = random_blocks(category, (category,))
    records, found = hold_equal([Datagram(0, "radar", b, whole=True) for b in blocks])
    assert len(found[category]) == len(records) > BLOCKS
    assert len(found[category].names) > 0.9 * len(found[category].columns) > 4


@pytest.mark.parametrize("seed", range(6))
def test_mutated_blocks_give_the_same_records_and_the_same_rejects(seed):
    blocks = mutated(random_blocks(seed), seed)
    records, found = hold_equal([Datagram(0, "radar", b, whole=True) for b in blocks])
    assert found.balance.rejected.total() > BLOCKS / 10
    assert len(records) > BLOCKS / 2


@pytest.mark.parametrize("size", [1, 7, 100, 4096, 1 << 20])
def test_any_cut_of_the_stream_gives_the_same(size):
    blocks = mutated(random_blocks(size), size)[: 40 if size == 1 else BLOCKS]
    blocks.insert(7, b"\x00garbage between blocks" * 3)
    records, found = hold_equal(stream(b"".join(blocks), size))
    assert found.balance.rejected["bytes that are no ASTERIX block"]
    assert len(records) > 40


@pytest.mark.parametrize("room", [1, 2, 50])
def test_little_room_for_rows_changes_nothing(room, monkeypatch):
    monkeypatch.setattr(bulk, "ROOM", room)
    monkeypatch.setattr(bulk, "BATCH", 5_000)
    blocks = mutated(random_blocks(room), room)
    hold_equal([Datagram(0, "radar", b"".join(blocks), whole=True)])


def test_categories_without_a_table_are_counted_and_ignored():
    blocks = random_blocks(3, count=20)
    blocks[5:5] = [b"\xf7\x00\x05ab", b"\x03\x00\x04a"]
    _, found = hold_equal([Datagram(0, "radar", b, whole=True) for b in blocks])
    assert found.balance.ignored == 2


def test_a_table_that_kernels_do_not_know_is_read_the_plain_way(monkeypatch):
    class Odd(Explicit):
        pass

    odd = Category(
        48, "Odd", "0", "",
        Item("010", "Address", ADDRESS), Item("020", "Odd", Odd()),
        Item("030", "Number", Fixed(uint("N", 16))),
    )  # fmt: skip
    with pytest.raises(bulk.Unsupported, match="Odd"):
        program(odd)
    monkeypatch.setitem(EDITIONS, 48, (odd,))
    record = {"010": {"SAC": 1, "SIC": 2}, "020": "AB", "030": {"N": 7}}
    block = odd.encode([record, {"030": {"N": 9}}])
    _, found = hold_equal([Datagram(0, "radar", d, whole=True) for d in (block, block[:-1], block)])
    assert found[48]["030/N"].tolist() == [7, 9, 7, 9]
    assert found[48]["010/SAC"].tolist() == [1, -1, 1, -1]


def test_the_file_reader_gives_chosen_columns_with_lines_and_times(tmp_path):
    path = tmp_path / "radar.ast"
    plot = {"010": {"SAC": 8, "SIC": 17}, "140": 43_200.5, "040": {"RHO": 5.0, "THETA": 45.0}}
    track = {"105": {"LAT": 51.0, "LON": -1.5}, "245": {"STI": 0, "CHR": "DOVER 1"}}
    service = {"000": 1, "030": 43_201.0}
    path.write_bytes(
        encode_block(48, [plot, plot | {"070": {"V": 0, "G": 0, "L": 0, "MODE3A": "7700"}}])
        + encode_block(34, [service])
        + encode_block(62, [track])
    )
    found = read_asterix(path)
    assert {c: r.line.tolist() for c, r in found.items()} == {34: [3], 48: [1, 2], 62: [4]}
    plots = found[48]
    assert plots["140"].tolist() == [43_200.5, 43_200.5]
    assert plots["070/MODE3A"].tolist() == [-1, 0o7700]
    assert plots["010/SAC"].tolist() == [8, 8]
    assert np.isnan(plots["040/RHO"] - 5.0).sum() == np.isnan(plots.received_s).sum() - 2 == 0
    assert np.isnan(plots["110/3DH"]).tolist() == [True, True]
    assert found[62]["245/CHR"].tolist() == [b"DOVER 1"]
    assert found[62]["105/LAT"].tolist() == [pytest.approx(51.0, abs=1e-5)]
    assert found[62]["105/LON"].tolist() == [pytest.approx(-1.5, abs=1e-5)]
    assert found.balance.decoded == 4
    chosen = read_asterix(path, ["040", "105/LAT"])
    assert chosen[48].names == ("040/RHO", "040/THETA")
    assert chosen[62].names == ("105/LAT",)
    assert chosen[34].names == ()
    assert len(chosen[34]) == 1


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_asterix(tmp_path / "none")
    path = tmp_path / "radar.ast"
    path.write_bytes(encode_block(34, [{"000": 1}]))
    with pytest.raises(InputError, match="no ASTERIX field '040/RANGE'"):
        read_asterix(path, ["040/RANGE"])
    with pytest.raises(InputError, match="CAT 034 has no field '040/RHO'"):
        read_asterix(path)[34]["040/RHO"]


def test_every_field_that_stands_once_is_a_column():
    names = {c.name for c in columns_of(CATEGORIES[48])}
    assert {"040/RHO", "140", "020/ADSB/EP", "130/PAM", "070/MODE3A", "240", "120/CAL/D"} <= names
    assert not {"250", "030", "260", "RE", "120/RDS"} & names
    speed = program(CATEGORIES[62]).columns["380/IAS/IAS"]
    assert (speed.unit, len(speed.readings)) == ("NM/s or Mach", 2)


@pytest.mark.shared
@needs_shared
def test_recorded_radars_read_the_same_both_ways():
    compared = 0
    for path in sorted((SHARED / "radar").glob("cat*")):
        if path.suffix != ".txt":
            records, _ = hold_equal(list(read_file(path, path.name)))
            compared += len(records)
    assert compared > 162
