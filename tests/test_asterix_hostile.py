"""Damaged ASTERIX: nothing is raised, all is counted, and damage costs only itself."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode.asterix import CATEGORIES, AsterixDecoder, bulk, encode_block
from coastwatch.decode.asterix.decoder import UNUSABLE
from coastwatch.decode.asterix.editions import RECORDS_MAX, TOO_MANY
from coastwatch.decode.asterix.presence import PLANS_KEPT, Presence
from coastwatch.decode.asterix.structures import Malformed
from coastwatch.decode.asterix.tables import TABLES
from coastwatch.decode.base import REJECTS_KEPT, Context
from coastwatch.decode.framing import DATAGRAM_BLOCKS_MAX
from coastwatch.model import Datagram
from tests.asterix_records import random_items, random_record, tables_of

PLOT = {
    "010": {"SAC": 8, "SIC": 17},
    "140": 43_200.0,
    "020": {"TYP": 1},
    "040": {"RHO": 5.0, "THETA": 45.0},
}
MUTATIONS = 20_000


def decoder(**known):
    return AsterixDecoder(Context(feed="radar", sensor=0, **known))


def whole(data):
    return Datagram(0, "radar", data, whole=True)


def block(category, body):
    return bytes([category]) + (len(body) + 3).to_bytes(2) + body


def plots(count):
    return encode_block(48, [PLOT | {"161": {"TRN": n}} for n in range(count)])


def test_good_records_before_a_bad_one_are_kept_and_the_next_block_still_counts():
    good = plots(3)
    bad = block(48, good[3:] + b"\xff\xff\xff\xfe\x08")
    d = decoder()
    detections = d.detections(whole(bad + plots(2)))
    assert detections.target.tolist() == [0, 1, 2, 0, 1]
    assert d.balance.frames == 6
    assert d.balance.decoded == 5
    assert d.balance.rejected == {"CAT 048 item 010 runs past the end of its block": 1}
    (reject,) = d.rejects
    assert reject.reason.endswith(f"record at octet {len(good)} of {len(bad)}")
    assert reject.raw == b"\xff\xff\xff\xfe\x08"
    assert (reject.line, reject.feed) == (4, "radar")


@pytest.mark.parametrize(
    ("category", "body", "reason"),
    [
        (1, "6080", "CAT 001 item 161 runs past the end of its block"),
        (1, "6000", "CAT 001 item 040 runs past the end of its block"),
        (1, "0101020103", "CAT 001 item RFS runs past the end of its block"),
        (1, "0101020110", "CAT 001 item RFS undefined field number"),
        (2, "0101020101", "CAT 002 item FSPEC presence bits run past the last item"),
        (2, "01020110", "CAT 002 item RFS undefined field number"),
        (20, "1059999999FFFFFFFF", "CAT 020 item 041 LAT outside -90..90 deg"),
        (34, "20FFFFFF", "CAT 034 item 030 value outside 0..86460 s"),
        (48, "00", "CAT 048 item FSPEC announces no item"),
        (48, "01", "CAT 048 item FSPEC runs past the end of its block"),
        (48, "FFFFFFFFFE", "CAT 048 item FSPEC presence bits run past the last item"),
        (62, "40", "CAT 062 item FSPEC undefined presence bit 2"),
        (62, "010101018000", "CAT 062 item FSPEC undefined presence bit 29"),
        (48, "1000", "CAT 048 item 040 runs past the end of its block"),
        (48, "2003", "CAT 048 item 020 runs past the end of its block"),
        (48, "0210", "CAT 048 item 130 runs past the end of its block"),
        (48, "0201", "CAT 048 item 130 presence bits run past the last item"),
        (48, "020101", "CAT 048 item 130 presence bits run past the last item"),
        (48, "0120FF", "CAT 048 item 250 runs past the end of its block"),
        (48, "0120", "CAT 048 item 250 runs past the end of its block"),
        (48, "010180", "CAT 048 item 210 runs past the end of its block"),
        (48, "01014001", "CAT 048 item 030 runs past the end of its block"),
        (48, "0101010400", "CAT 048 item SP explicit length of zero"),
        (48, "0101010405AA", "CAT 048 item SP runs past the end of its block"),
        (48, "01010104", "CAT 048 item SP runs past the end of its block"),
        (62, "01100400", "CAT 062 item 380 runs past the end of its block"),
        (34, "0420", "CAT 034 item 050 undefined presence bit 3"),
    ],
)
def test_each_kind_of_damage_has_its_own_reason_in_both_ways_of_reading(category, body, reason):
    for read in ("records", "detections"):
        d = decoder(editions=lambda number, *_: "1.21" if number == 62 else "auto")
        getattr(d, read)(whole(block(category, bytes.fromhex(body))))
        assert d.balance.difference == 0
        if reason:
            assert d.balance.rejected == {reason: 1}, read
        else:
            assert d.balance.rejected.total() <= 1


def test_categories_without_a_table_are_counted_and_ignored():
    d = decoder()
    data = block(21, b"\x80\x01\x02") + plots(1) + block(8, b"\x01") + block(21, b"")
    assert len(d.detections(whole(data))) == 1
    assert (d.balance.frames, d.balance.decoded, d.balance.ignored) == (4, 1, 3)
    assert d.counts["category 021"] == 2
    assert d.counts["category 008"] == 1


def test_a_block_length_beyond_the_datagram_costs_one_frame():
    d = decoder()
    data = plots(2) + b"\x30\xff\xff\x80"
    assert len(d.detections(whole(data))) == 2
    assert d.balance.frames == 3
    assert d.balance.rejected.total() == 1
    assert d.balance.difference == 0
    assert len(d.rejects) == 1


def test_a_stream_cut_anywhere_gives_the_same_records():
    data = plots(3) + encode_block(62, [{"040": 7}]) + plots(2)
    expected = decoder().records(whole(data))
    for cut in range(1, len(data)):
        d = decoder()
        found = d.records(Datagram(0, "radar", data[:cut], peer="a"))
        found += d.records(Datagram(0, "radar", data[cut:], peer="a"))
        found += d.records(Datagram(0, "radar", b"", peer="a", end=True))
        assert found == expected, cut
        assert d.balance.difference == 0


def test_an_unfinished_block_is_counted_when_the_stream_ends():
    d = decoder()
    assert d.records(Datagram(0, "radar", plots(2)[:-1], peer="a")) == []
    assert d.balance.frames == 0
    d.records(Datagram(0, "radar", b"", end=True))
    assert d.balance.rejected.total() == 1
    assert d.balance.difference == 0


def test_empty_and_tiny_datagrams_are_no_records():
    d = decoder()
    for data in (b"", b"\x30", b"\x30\x00", b"\x30\x00\x03", b"\x30\x00\x00"):
        assert d.records(whole(data)) == []
        assert len(d.detections(whole(data))) == 0
    assert d.balance.difference == 0


def test_no_reception_time_however_strange_is_an_error():
    for received_ns in (-1, 1, 2**62, 2**63, 2**80):
        d = decoder()
        (record,) = d.records(Datagram(received_ns, "radar", plots(1), whole=True))
        assert record["received"] is None or record["received"].endswith("Z")
        assert len(d.detections(Datagram(received_ns, "radar", plots(1), whole=True))) == 1


def test_seeded_mutations_never_raise_and_always_balance():
    rng = Random(48)
    corpus = [
        encode_block(c, [random_record(c, rng, share) for _ in range(2)])
        for c in CATEGORIES
        for share in (0.05, 0.2, 0.2, 0.5)
    ]
    corpus.append(plots(4))
    refused = 0
    full, lazy = decoder(), decoder()
    for _ in range(MUTATIONS):
        data = mutated(rng.choice(corpus), rng)
        full.records(whole(data))
        lazy.detections(whole(data))
    for d in (full, lazy):
        assert d.balance.difference == 0
        assert len(d.rejects) == REJECTS_KEPT
        refused = d.balance.rejected.total()
    # Reading everything and reading only what detections need agree on what is damaged, save that
    # only detections need what is in the video.
    for reason in [r for r in lazy.balance.rejected if r.startswith(UNUSABLE)]:
        lazy.balance.decoded += lazy.balance.rejected.pop(reason)
    assert full.balance == lazy.balance
    assert refused > MUTATIONS / 4
    assert full.balance.decoded > MUTATIONS / 4
    assert len(full.balance.rejected) < 1000


def mutated(data, rng):
    """A block with some octets changed, cut, doubled or its length rewritten."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if len(changed) <= 3:
            break
        at = rng.randrange(3, len(changed))
        match rng.randrange(5):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
            case 2:
                del changed[at : at + rng.randint(1, 8)]
            case 3:
                changed[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
            case 4:
                changed[at:at] = changed[at : at + 20]
    if rng.random() < 0.9:
        changed[1:3] = len(changed).to_bytes(2)
    return bytes(changed)


def test_random_octets_as_one_record_never_raise():
    rng = Random(62)
    for category in CATEGORIES:
        d = decoder()
        for _ in range(2_000):
            d.records(whole(block(category, rng.randbytes(rng.randint(1, 60)))))
        assert d.balance.difference == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda t: f"{t.number:03d}-{t.edition}")
@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 5), st.randoms(use_true_random=False))
def test_whatever_the_octets_a_table_raises_malformed_or_stays_inside_them(table, data, at, rng):
    """Random octets, and valid records with random octets in them."""
    if rng.random() < 0.5:
        whole = table.encode([random_items(table, rng, 0.3)])[3:]
        cut = rng.randrange(len(whole) + 1)
        data = bytes(at) + whole[:cut] + data[: rng.randint(0, 4)] + whole[cut:]
    end = rng.randint(min(at, len(data)), len(data))
    for only in (None, (), ("010", "020", "040")):
        try:
            items, stop = table.decode(data, at, end, only)
        except Malformed as error:
            assert error.item and error.reason
        else:
            assert at < stop <= end
            assert json.dumps(items)
            assert only is None or set(items) <= set(only)


def test_counts_and_chains_cannot_ask_for_more_than_their_block():
    """255 repetitions, endless chains and the longest lists take time by octets, not by claims."""
    for table in TABLES:
        for profile in tables_of(table):
            for item in filter(None, profile.items):
                for fill in (b"\xff", b"\x01", b"\x00", b"\x81"):
                    data = fill * 4096
                    try:
                        _, stop = item.structure.decode(data, 0, len(data))
                        assert stop <= len(data)
                    except Malformed:
                        pass


def test_the_longest_block_of_the_shortest_records_is_read_as_far_as_is_sane():
    """62: 32 thousand records of two octets, which both editions take."""
    data = block(62, b"\x20\x07" * 30_000)
    d = decoder()
    assert len(d.records(whole(data))) == RECORDS_MAX
    assert d.balance.rejected == {f"CAT 062: {TOO_MANY}": 1}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=6), st.randoms(use_true_random=False))
def test_any_octets_in_any_chunks_balance_and_raise_nothing(chunks, rng):
    d = decoder()
    good = plots(1)
    for chunk in chunks:
        data = chunk + good if rng.random() < 0.5 else chunk
        if rng.random() < 0.3:
            data = (len(data) + 6).to_bytes(2) + bytes(4) + data
        d.detections(Datagram(0, "radar", data, rng.choice("ab"), whole=rng.random() < 0.3))
    d.detections(Datagram(0, "radar", b"", end=True))
    assert d.balance.difference == 0


def test_the_cache_of_presence_bits_stays_bounded():
    slots = CATEGORIES[62].items
    presence = Presence(slots)
    rng = Random(34)
    for _ in range(3 * PLANS_KEPT):
        bits = bytes(rng.randrange(256) | 1 for _ in range(4)) + b"\x00"
        try:
            presence.read(bits, 0, len(bits))
        except Malformed:
            continue
    assert 0 < len(presence._plans) <= PLANS_KEPT


CROWD = b"\x20\x20" * 30_000  # records of a report descriptor (048/020) alone


@pytest.mark.parametrize("way", ["records", "detections"])
def test_a_crowd_of_tiny_records_ends_its_block_and_the_next_still_counts(way):
    d = decoder()
    getattr(d, way)(whole(block(48, CROWD)))
    assert d.balance.decoded == RECORDS_MAX
    assert d.balance.rejected == {f"CAT 048: {TOO_MANY}": 1}
    assert len(d.detections(whole(plots(2)))) == 2
    assert d.balance.difference == 0


def test_a_crowd_of_tiny_records_reads_the_same_by_kernel():
    data = plots(3) + block(48, CROWD) + plots(2)
    plain = decoder()
    plain.records(whole(data))
    reader = bulk.Reader(decoder())
    reader.take(whole(data))
    reader.read()
    assert sum(len(piece.block) for piece in reader.pieces) == RECORDS_MAX + 5
    lines = sorted(int(n) for piece in reader.pieces for n in piece.line)
    assert lines == [*range(1, RECORDS_MAX + 4), RECORDS_MAX + 5, RECORDS_MAX + 6]
    assert reader._decoder.balance == plain.balance


def test_a_crowd_of_tiny_blocks_costs_the_rest_of_its_datagram():
    d = decoder()
    d.records(whole(block(48, b"\x20\x20") * 13_000))
    assert d.balance.decoded == DATAGRAM_BLOCKS_MAX
    assert d.balance.rejected == {"more than 4096 blocks in a datagram": 1}
