"""ASTERIX as recorders wrap it: IOSS and ORADIS frames, told from raw blocks and taken off."""

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode import recognise
from coastwatch.decode.asterix import AsterixDecoder, encode_block
from coastwatch.decode.base import Context
from coastwatch.decode.envelopes import IOSS, ORADIS, RAW, Envelopes, told
from coastwatch.model import Datagram
from tests.asterix_records import random_record
from tests.shared import SHARED, needs_shared

PLOT = {"010": {"SAC": 8, "SIC": 17}, "140": 43_200.0, "020": {"TYP": 1}}


def ioss(blocks, board=2, line=1, day=27, time=4_320_000):
    size = len(blocks) + 12
    head = size.to_bytes(2) + bytes([board, line, day]) + time.to_bytes(3)
    return head + blocks + b"\xa5" * 4


def oradis(blocks, time=43_200_000):
    return (len(blocks) + 6).to_bytes(2) + time.to_bytes(4) + blocks


WRAP = {"IOSS": ioss, "ORADIS": oradis, "raw": bytes}
FRAMED = ["IOSS", "ORADIS"]


def plots(first, count=3):
    return encode_block(48, [PLOT | {"161": {"TRN": first + n}} for n in range(count)])


def decode(*datagrams):
    decoder = AsterixDecoder(Context(feed="radar"))
    records = [r for datagram in datagrams for r in decoder.records(datagram)]
    assert decoder.balance.difference == 0
    return [r["items"] for r in records], decoder


def numbers(records):
    return [items["161"]["TRN"] for items in records]


def whole(data):
    return Datagram(0, "radar", data, "p", whole=True)


def stream(data, places=()):
    bounds = [0, *sorted(places), len(data)]
    parts = [data[a:b] for a, b in pairwise(bounds)]
    return [
        *(Datagram(0, "radar", part, "p") for part in parts),
        Datagram(0, "radar", b"", end=True),
    ]


@pytest.mark.parametrize("wrap", WRAP)
def test_a_datagram_may_hold_several_frames_of_several_blocks(wrap):
    data = WRAP[wrap](plots(0) + plots(3, 1)) + WRAP[wrap](plots(4))
    found, decoder = decode(whole(data))
    assert numbers(found) == list(range(7))
    assert not decoder.balance.rejected


@pytest.mark.parametrize("wrap", WRAP)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=12))
def test_a_stream_cut_anywhere_gives_the_same_records(wrap, places):
    data = b"".join(WRAP[wrap](plots(n, 1 + n % 3)) for n in range(0, 30, 3))
    found, decoder = decode(*stream(data, [p for p in places if p < len(data)]))
    assert numbers(found) == [n + i for n in range(0, 30, 3) for i in range(1 + n % 3)]
    assert not decoder.balance.rejected


@pytest.mark.parametrize("size", [1, 20, 256, 257, 500, 4096])
@pytest.mark.parametrize("wrap", WRAP)
def test_frames_of_all_sizes_are_told(wrap, size):
    """Of 256 octets and more a frame begins with what could be a category."""
    rng = Random(size)
    blocks = b""
    while len(blocks) < size:
        blocks += encode_block(48, [random_record(48, rng, 0.3)])
    assert told(WRAP[wrap](blocks) * 2, final=False).name == wrap
    assert told(WRAP[wrap](blocks), final=True).name == wrap


@pytest.mark.parametrize("category", [1, 2, 8, 34, 48, 62])
def test_raw_blocks_of_any_category_are_never_taken_for_frames(category):
    rng = Random(category)
    number = category if category != 8 else 48
    for _ in range(300):
        count = rng.randint(1, 6)
        data = b"".join(
            encode_block(number, [random_record(number, rng, 0.2)]) for _ in range(count)
        )
        if category == 8:  # one without a table
            data = b"\x08" + data[1:]
        assert told(data, final=True) is RAW
        assert told(data, final=False) in (RAW, None)


@pytest.mark.parametrize("wrap", FRAMED)
@pytest.mark.parametrize("cuts", [(), (5, 60, 100), range(7, 400, 13)])
def test_after_a_damaged_frame_the_next_good_block_still_decodes(wrap, cuts):
    frames = [WRAP[wrap](plots(n)) for n in range(0, 30, 3)]
    for change in ("count", "block", "cut", "junk"):
        bad = list(frames)
        if change == "count":
            bad[4] = b"\x03\xe8" + bad[4][2:]
        elif change == "block":
            at = 8 if wrap == "IOSS" else 6
            bad[4] = bad[4][: at + 1] + b"\xff" + bad[4][at + 2 :]
        elif change == "cut":
            bad[4] = bad[4][:-9]
        else:
            bad[4] = bad[4] + bytes(range(40))
        data = b"".join(bad)
        found, decoder = decode(*stream(data, [c for c in cuts if c < len(data)]))
        # A cut ORADIS frame ends in octets of the next one, which may read as anything.
        found = [items for items in found if "161" in items]
        got = set(numbers(found))
        assert got >= set(range(12)) | set(range(18, 30)), change
        assert decoder.balance.rejected.total() >= 1
        assert len(numbers(found)) == len(got), "a block was read twice"


def test_a_reject_says_at_which_octet_of_the_stream_the_frame_was_lost():
    good = b"".join(ioss(plots(n)) for n in range(0, 9, 3))
    _, decoder = decode(*stream(good + bytes(30) + good, [70, 140]))
    (reject,) = decoder.rejects
    assert reject.reason == f"bytes that are no IOSS frame, at octet {len(good)}"
    assert decoder.balance.rejected == {"bytes that are no IOSS frame": 1}


@pytest.mark.parametrize("wrap", FRAMED)
def test_an_unfinished_frame_is_counted_at_the_end(wrap):
    data = WRAP[wrap](plots(0)) + WRAP[wrap](plots(3))
    found, decoder = decode(*stream(data[:-5]))
    assert numbers(found) == [0, 1, 2]
    assert decoder.balance.rejected == {f"unfinished {wrap} frame at the end of the stream": 1}


@pytest.mark.parametrize("wrap", FRAMED)
def test_a_wrapped_file_is_recognised_as_asterix(wrap):
    assert recognise(WRAP[wrap](plots(0)) * 3) == "asterix"


@pytest.mark.parametrize(
    "text",
    [b"!AIVDM,1,1,,A,13aEOK?P00PD2wVMdLDRhgvL289?,0*26\r\n" * 90, b"time,sensor,lon,lat\n" * 200,
     b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n" * 60],
)  # fmt: skip
def test_text_is_not_taken_for_frames(text):
    assert told(text, final=True) is RAW
    assert recognise(text) in ("nmea", "plots")


def test_hostile_bytes_hold_bounded_memory_and_raise_nothing():
    rng = Random(11)
    envelopes = Envelopes()
    seeds = [ioss(plots(0)), oradis(plots(0)), plots(0), bytes(64)]
    for n in range(3_000):
        data = bytearray(rng.choice(seeds) * rng.randint(1, 3))
        for _ in range(rng.randint(0, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        peer = f"peer {n % 400}"
        datagram = Datagram(0, "f", bytes(data), peer, whole=rng.random() < 0.3)
        for inner in envelopes.open(datagram):
            assert len(inner.data) <= 70_000
    assert len(envelopes._peers) <= 256
    assert all(len(s.data) <= 66_000 for s in envelopes._peers.values())
    assert len(envelopes.rejects) <= 100


def test_junk_without_end_in_a_framed_stream_is_forgotten():
    envelopes = Envelopes()
    first = list(envelopes.open(Datagram(0, "f", ioss(plots(0)) * 2, "p")))
    assert len(first) == 2
    rng = Random(3)
    for _ in range(40):
        list(envelopes.open(Datagram(0, "f", rng.randbytes(20_000), "p")))
        assert len(envelopes._peers["p"].data) <= 66_000 + 20_000


@pytest.mark.parametrize("wrap", FRAMED)
def test_streams_made_to_look_like_frames_everywhere_take_no_time_nor_multiply(wrap):
    """Blocks of six octets are ORADIS frames of 12288 at every one, of eight almost IOSS ones."""
    first = WRAP[wrap](plots(0)) * 2 + b"\x00"
    for made in (
        b"\x30\x00\x06abc",
        b"\x30\x00\x08abcde",
        b"\x01\x00\x06\x01\x00\x06",
        b"\x30\x00\x04\xa5",
    ):
        envelopes, given = Envelopes(), 0
        data = first + made * (1_000_000 // len(made))
        began = time.perf_counter()
        for at in range(0, len(data), 50_000):
            chunk = Datagram(0, "f", data[at : at + 50_000], "p")
            given += sum(len(inner.data) for inner in envelopes.open(chunk))
        given += sum(len(d.data) for d in envelopes.open(Datagram(0, "f", b"", "p", end=True)))
        assert given <= len(data)
        assert time.perf_counter() - began < 5.0


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("wrap", FRAMED)
def test_real_blocks_read_the_same_wrapped_and_raw(wrap):
    names = ["cat034.raw", "cat048.raw", "cat048ed1.15.bin", "cat062ed1.12.bin"]
    blocks = [(SHARED / "radar" / name).read_bytes() for name in names]
    raw, _ = decode(*stream(b"".join(blocks)))
    framed, decoder = decode(*stream(b"".join(WRAP[wrap](b) for b in blocks), [90, 200]))
    assert framed == raw
    assert len(raw) == 4
    assert not decoder.balance.rejected


assert {IOSS.name, ORADIS.name} == set(FRAMED)
