"""Hostile ASTERIX by records, detections and columns: nothing raised, every frame accounted for."""

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.fuzz import asterix, blocks
from coastwatch.decode.asterix import CATEGORIES, AsterixDecoder, encode_block
from coastwatch.decode.asterix.decoder import UNUSABLE
from coastwatch.decode.base import Context
from coastwatch.model import Datagram

SEEDS = blocks.valid(Random(1), 200)
BLOCKS = 6_000


def burst(number: int) -> bytes:
    return blocks.burst(Random(number), SEEDS)[0]


def test_the_seeds_are_valid_blocks_of_every_category():
    assert {block[0] for block in SEEDS} == set(CATEGORIES)
    live = asterix.Live()
    for block in SEEDS:
        live.feed(block, end=True)
    live.read()
    for decoder in live.decoders.values():
        balance = decoder.balance
        # What reads well as a record may be no video that could be shown.
        assert all(reason.startswith(UNUSABLE) for reason in balance.rejected)
        assert balance.decoded + balance.rejected.total() == balance.frames >= len(SEEDS)
    assert not live.decoders["records"].balance.rejected


@pytest.mark.parametrize("category", blocks.DETECTED)
def test_some_seeds_are_detections(category):
    block = encode_block(category, [blocks.DETECTED[category]])
    clock = encode_block(2, [blocks.DETECTED[2]])
    decoder = AsterixDecoder(Context(date_s=0.0))
    assert len(decoder.detections(Datagram(0, "radar", clock + block, whole=True))) == 2


@pytest.mark.parametrize("mutation", blocks.OF_BLOCKS, ids=lambda f: f.__name__.strip("_"))
def test_each_mutation_changes_what_is_sent(mutation):
    random, changed = Random(1), 0
    for block in SEEDS:
        body = bytearray(block[3:])
        mutation(random, body)
        changed += body != block[3:]
    assert changed > len(SEEDS) / 2


def test_a_seeded_run_finds_no_defect():
    report = asterix.run(BLOCKS, seed=7)
    assert report.defects == {}
    assert report.blocks >= BLOCKS
    for balance in report.books.values():
        assert balance.decoded > balance.frames / 4
        assert len(balance.rejected) > 40


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(burst))
def test_mutated_blocks_leave_exact_books_and_sound_values(data):
    asterix.check(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(SEEDS))
@example(b"", SEEDS[0])
def test_any_bytes_around_a_block_leave_exact_books(noise, block):
    asterix.check(noise + block)
    asterix.check(block + noise + block)


def test_what_a_check_refuses_it_names(monkeypatch):
    """The check itself can fail: a range too narrow is told with column and value."""
    monkeypatch.setitem(asterix.DETECTIONS, "kind", (9, 9))
    with pytest.raises(asterix.Defect, match="detections: kind"):
        for block in SEEDS:
            asterix.check(block)


def test_books_that_differ_between_the_ways_are_a_defect():
    live = asterix.Live()
    live.feed(SEEDS[0], end=True)
    live.decoders["records"].balance.frames += 1
    with pytest.raises(asterix.Defect, match="-1 frames"):
        live.read()


def test_compressed_video_unpacks_to_bounded_cells():
    """Two hundred times 65,536 cells in one datagram, each of them some hundred octets."""
    body = blocks.video(65_536, 4, 65_536, 64)
    block = b"\xf0" + (len(body) + 3).to_bytes(2) + bytes(body)
    decoder = AsterixDecoder(Context())
    decoder.detections(Datagram(10**18, "radar", block * 200, whole=True))
    assert decoder.balance.rejected == {"CAT 240 video: more cells at once than are read": 167}
    assert decoder.counts["video of an unknown radar"] == 33
    decoder.detections(Datagram(10**18, "radar", block, whole=True))
    assert decoder.counts["video of an unknown radar"] == 34
