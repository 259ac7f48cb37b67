"""The kernels read what the plain readers read, whatever the bytes and wherever chunks are cut."""

import resource
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz.mutate import burst, valid
from coastwatch.decode import nmea
from coastwatch.decode.ais.columns import MESSAGE_COLUMNS, STATIC_COLUMNS, Messages, Statics
from coastwatch.decode.base import Context
from coastwatch.decode.nmea import NmeaDecoder
from coastwatch.model import Datagram
from tests.nmea import POSITION, T0, VOYAGE, ais, signed, tagged, text
from tests.shared import SHARED, needs_shared

LOGS = sorted(p.name for p in (SHARED / "ais").glob("*") if p.suffix != ".tsv")


def read(data, bulk, sizes, received_ns=0):
    """Decoder, messages and statics of bytes that come in chunks of these sizes, in turns."""
    of = NmeaDecoder(Context(feed="test"))
    of.expect(nmea.BULK_FROM if bulk else -(1 << 60))
    parts, at, turn = [], 0, 0
    while at < len(data):
        end = at + sizes[turn % len(sizes)]
        turn += 1
        parts.append(of.columns(Datagram(received_ns, "test", data[at:end], end=end >= len(data))))
        at = end
    starts = np.cumsum([0, *(len(m) for m, _ in parts)]).tolist()[:-1]
    return of, Messages.concat(m for m, _ in parts), Statics.concat((s for _, s in parts), starts)


def assert_both_read_the_same(data, sizes, received_ns=0):
    plain, messages, statics = read(data, False, sizes, received_ns)
    bulk, bulk_messages, bulk_statics = read(data, True, sizes, received_ns)
    for columns, a, b in (
        (MESSAGE_COLUMNS, messages, bulk_messages),
        (STATIC_COLUMNS, statics, bulk_statics),
    ):
        for name in columns:
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert messages.stations == bulk_messages.stations
    assert list(messages.others()) == list(bulk_messages.others())
    assert plain.balance == bulk.balance and plain.balance.difference == 0
    assert plain.counts == bulk.counts
    # What framing refuses is told at the end of a chunk by one, line by line by the other.
    assert sorted(map(repr, plain.rejects)) == sorted(map(repr, bulk.rejects))
    return plain


@pytest.fixture(autouse=True)
def every_chunk_is_long_enough(monkeypatch):
    monkeypatch.setattr(nmea, "BULK_CHUNK", 1)


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("received_ns", [0, 1_500_000_000_123_456_789])
def test_real_logs_read_the_same(name, received_ns):
    data = (SHARED / "ais" / name).read_bytes()[:1_200_000]
    assert_both_read_the_same(data, [70_001, 131, 40_000], received_ns)


FRAMES = [
    lambda line: line,
    lambda line: tagged(line, s="dover", c=T0),
    lambda line: tagged(line, c=T0 * 1000 + 7, t="note", s="r003669987"),
    lambda line: f"\\s:x,c:{T0}*00\\{line}",  # a tag block whose checksum is wrong
    lambda line: f"2016-04-01 00:00:02, {line}",
    lambda line: f"2016-02-30T00:00:02 {line}",  # no such day
    lambda line: f"{T0},{line}",
    lambda line: f"{T0}\t{line}",
    lambda line: f"155030356616772{T0 % 10000} {line}",
    lambda line: f"{line},r003669987,{T0}",
    lambda line: f"{line},1327992119157,b12,T33.7",
    lambda line: f"{line}{line}",  # glued
    lambda line: line[:-1],
    lambda line: line.replace("A", "a", 1),
    lambda line: f"# {line}",
    lambda line: signed("$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1," + line[-2:]) + "\r\n" + line,
    lambda line: signed("$PGHP,1,2013,11,12,12,0,0,11,219,,,1,") + "\n" + line,
    lambda line: signed("$PGHP,1,2013,11,12,12,0,0,11,219,,,1," + "F" * 40) + "\n" + line,
    lambda line: signed("$PGHP,1,2013,11,12,12,0,0,-1,219,,,1,7a") + "\n" + line,
    lambda line: "\\si:AISD*3F\\\r" + line,
    lambda line: signed("$GPZDA,120000.00,12,11,2013,00,00") + "\r\n" + line,
    lambda line: signed("$GPZDA,235960.257,31,12,2019,00,00") + "\r\n" + line,
    lambda line: signed("$GPZDA,240000,31,02,2019,00,00") + "\r\n" + line,
    lambda line: (
        signed("$GPRMC,092211.07,A,5759.09700,N,01144.34344,E,5.2,28.2,200715,,,A") + "\r\n" + line
    ),
    lambda line: signed("$IIRMC,092210,A,5759.095,N,01144.342,E,5.5,31.1,,0.0,E,A") + "\n" + line,
    lambda line: signed("$IIRMC,092210,V,,,,,,,200715,0.0,E,A") + "\n" + line,
    lambda line: signed("$HEHDT,123.4,T") + "\n" + line,
    lambda line: signed("$IIMTW,16.8,C") + "\r\n\r\n" + line,
    lambda line: signed("$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A") + "\n" + line,
]
MESSAGES = [
    *(ais(POSITION | {"lon": 1.0 + kind / 7, "type": kind})[0] for kind in (1, 2, 3, 18)),
    ais({"type": 4, "mmsi": 2190047, "lon": 1.5, "lat": 51.0, "year": 2013, "month": 11, "day": 12,
         "hour": 1, "minute": 2, "second": 3})[0],
    *ais(VOYAGE, seq_id=3),
    *ais(VOYAGE, seq_id=3, mmsi=227000001),
    *ais(VOYAGE, seq_id=4, radio_channel="A")[::-1],
    ais({"type": 20, "mmsi": 2190047, "offset1": 1, "number1": 1, "timeout1": 1})[0],
    ais({"type": 21, "mmsi": 992190047, "lon": 1.5, "lat": 51.0, "name": "CS 4"})[0],
    signed("!AIVDM,1,1,,A,,0"), signed("!AIVDM,1,1,,A,1,0"), signed("!AIVDM,1,1,,A,15Mxyz,0"),
    signed("!AIVDM,1,2,,A,15M67F001o,0"), signed("!BSVDO,3,1,7,B,55M67F001o,0"),
]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(MESSAGES), st.sampled_from(FRAMES), st.sampled_from("\r\n")),
        min_size=1,
        max_size=25,
    ),
    st.lists(st.integers(1, 300), min_size=1, max_size=4),
    st.sampled_from([0, T0 * 10**9]),
)
def test_any_mixture_of_lines_reads_the_same(lines, sizes, received_ns):
    data = "".join(frame(line) + end for line, frame, end in lines).encode("ascii")
    assert_both_read_the_same(data, sizes, received_ns)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(50, 40_000))
def test_mutated_sentences_read_the_same(seed, size):
    random, seeds = Random(seed), valid()
    data = b"".join(burst(random, seeds) for _ in range(250))
    assert_both_read_the_same(data, [size])


def test_a_wild_clock_expires_fragments_by_both_ways_alike():
    first, second = ais(VOYAGE, seq_id=3)
    other = ais(VOYAGE, seq_id=5)[0]
    data = text(signed("$GPZDA,120000,31,12,2024,00,00"), first, f"{T0},{other}", second)
    plain = assert_both_read_the_same(data, [10_000])
    assert (plain.balance.decoded, plain.balance.expired) == (0, 3)


def test_a_million_unfinished_fragments_take_no_memory():
    part = "!AIVDM,2,1,{},A,55Mf@6P00001MUS;7GQL4hh61L4hh6222222,0"
    flood = text(*(tagged(signed(part.format(i % 10)), s=f"s{i}") for i in range(50_000)))
    of = NmeaDecoder(Context(feed="test"))
    of.expect(nmea.BULK_FROM)
    of.columns(Datagram(0, "test", flood))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(19):
        of.columns(Datagram(0, "test", flood))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert of.balance.difference == 0
    assert of.balance.pending + of.balance.expired == of.balance.frames == 1_000_000
    assert of.balance.pending <= 4_096
    assert grown_mb < 20
