"""Detections in bulk are those of the plain decoder: rows, times, sensors, counts and books."""

from dataclasses import fields
from random import Random

import numpy as np
import pytest

from bench.fuzz import blocks
from coastwatch.decode.asterix import AsterixDecoder, decoder, encode_block
from coastwatch.decode.asterix.tables import EDITIONS
from coastwatch.decode.base import Context
from coastwatch.model import Datagram, Detections, InputError
from tests.asterix_records import random_items
from tests.test_asterix_bulk import mutated, random_blocks, stream

SENSORS = {(8, 17): 0, (8, 18): 1}


def context():
    return Context(
        feed="radar",
        date_s=86_400.0 * 20_000,
        asterix=lambda sac, sic: SENSORS.get((sac, sic), -1),
        positions=((1.5, 51.0), (1.6, 50.9)),
        sensors={"a": 0, "b": 1},
    )


def read(datagrams, bulk, monkeypatch):
    monkeypatch.setattr(decoder, "BULK_FROM", 0 if bulk else 1 << 60)
    monkeypatch.setattr(decoder, "BULK_CHUNK", 1)
    reader = AsterixDecoder(context())
    found = Detections.concat([reader.detections(d) for d in datagrams])
    assert (reader.reader is not None) == bulk
    return found, reader


def hold_equal(datagrams, monkeypatch):
    found, bulk = read(datagrams, True, monkeypatch)
    told, plain = read(datagrams, False, monkeypatch)
    assert bulk.balance == plain.balance
    assert bulk.counts == plain.counts
    assert bulk.unknown_sensors == plain.unknown_sensors
    assert list(bulk.rejects) == list(plain.rejects)
    for f in fields(Detections):
        np.testing.assert_allclose(
            getattr(found, f.name), getattr(told, f.name), rtol=1e-12, err_msg=f.name
        )
    return told, plain


def varied(rng):
    """Records that mostly are detections, with addresses, times and what rules one out varied."""
    category = rng.choice((34, 48, 48, 62, 62, 2, 10, 20, 63))
    table = rng.choice(EDITIONS[category])
    records = []
    for _ in range(rng.randint(1, 9)):
        other = random_items(table, rng, 0.3)
        record = dict(blocks.DETECTED.get(category, other))
        for name in other:
            if rng.random() < 0.3:
                record[name] = other[name]
        record["010"] = {"SAC": 8, "SIC": rng.choice((17, 17, 18, 19, rng.randrange(256)))}
        if rng.random() < 0.1:
            del record["010"]
        for time in ("030", "070", "140"):
            if isinstance(record.get(time), float):
                record[time] = rng.choice((0.0, 10.0, 43_200.5, 86_399.0, 86_430.0))
        records.append(record)
    try:
        return table.encode(records)
    except InputError:  # the record is of the newest edition, the table of an older one
        return encode_block(34, [blocks.DETECTED[34]])


@pytest.mark.parametrize("seed", range(8))
def test_detections_in_bulk_are_the_plain_ones(seed, monkeypatch):
    rng = Random(seed)
    data = b"".join(varied(rng) for _ in range(250))
    told, plain = hold_equal(stream(data, 9_000), monkeypatch)
    assert len(told) > 300
    assert set(told.kind.tolist()) == {1, 2, 4}
    assert len(plain.counts) > 12
    assert np.isfinite(told.cov_m2).any()


@pytest.mark.parametrize("seed", range(4))
def test_detections_of_mutated_blocks_are_the_plain_ones(seed, monkeypatch):
    rng = Random(seed)
    good = [varied(rng) for _ in range(150)]
    data = b"".join(mutated([*good, *random_blocks(seed, count=100)], seed))
    _, plain = hold_equal(stream(data, 9_000), monkeypatch)
    assert plain.balance.rejected.total() > 20


def test_received_times_join_each_record_to_its_own_day(monkeypatch):
    data = encode_block(48, [blocks.DETECTED[48] | {"140": t} for t in (86_399.0, 1.0)])
    day_ns = 86_400 * 20_000 * 10**9
    datagrams = [Datagram(day_ns * k, "radar", data * 3, whole=True) for k in (1, 1)]
    found, reader = read(
        [Datagram(0, "radar", data * 3, whole=True), *datagrams], True, monkeypatch
    )
    told, plain = read([Datagram(0, "radar", data * 3, whole=True), *datagrams], False, monkeypatch)
    assert found.time_s.tolist() == told.time_s.tolist()
    assert reader.counts == plain.counts


def test_short_or_live_datagrams_load_no_kernel():
    reader = AsterixDecoder(context())
    data = encode_block(48, [blocks.DETECTED[48]] * 2_000)
    for _ in range(25):
        reader.detections(Datagram(1, "radar", data[:50_000], whole=True))
    assert reader.reader is None
