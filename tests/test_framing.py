"""Framing: no boundary loses or glues a message, and damage costs only itself."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.decode.framing import (
    BAD_LENGTH,
    FORGOTTEN,
    LINE_MAX,
    NO_BLOCK,
    PEERS_MAX,
    TOO_LONG,
    UNFINISHED,
    Blocks,
    Lines,
)
from coastwatch.model import Datagram
from tests.shared import SHARED, needs_shared

A = b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23"
B = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
TAGGED = rb"\s:2573315,c:1671620143*0B\!BSVDM,1,1,,A,144`?v0P0rPP,0*12"


def chunk(data: bytes, peer: str = "", end: bool = False) -> Datagram:
    return Datagram(0, "feed", data, peer, whole=False, end=end)


def whole(data: bytes, peer: str = "192.0.2.1:4000") -> Datagram:
    return Datagram(0, "feed", data, peer, whole=True)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(p % (len(data) + 1) for p in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def test_cr_lf_and_crlf_end_lines_and_blank_lines_are_left_out() -> None:
    lines = Lines()
    assert lines.push(chunk(b"a\rb\nc\r\n\r\n\nd\n")) == [b"a", b"b", b"c", b"d"]
    assert lines.numbers == [1, 2, 3, 6]


def test_crlf_cut_in_two_is_one_line_end() -> None:
    lines = Lines()
    assert lines.push(chunk(b"a\r")) == [b"a"]
    assert lines.push(chunk(b"\nb\r\n")) == [b"b"]
    assert lines.numbers == [2]


def test_a_line_of_1024_bytes_passes_and_one_of_1025_is_dropped_and_counted() -> None:
    lines = Lines()
    text = b"x" * LINE_MAX
    assert lines.push(chunk(text + b"\n" + text + b"y\n" + A + b"\n")) == [text, A]
    assert lines.dropped == {TOO_LONG: 1}
    assert lines.rejects[0].line == 2 and lines.rejects[0].raw == b"x" * 200


def test_an_endless_line_costs_only_itself_and_no_memory() -> None:
    lines = Lines()
    for _ in range(1000):
        assert lines.push(chunk(b"z" * 65_536)) == []
    assert lines.push(chunk(b"zz\n" + A + b"\n")) == [A]
    assert lines.dropped == {TOO_LONG: 1}


def test_an_endless_line_is_counted_once_by_one_peer_while_another_goes_on() -> None:
    lines = Lines()
    lines.push(chunk(b"z" * 5000, peer="bad"))
    assert lines.push(chunk(A + b"\n", peer="good")) == [A]
    lines.push(chunk(b"z" * 5000, peer="bad"))
    assert lines.dropped.total() == 1


def test_two_sentences_glued_without_newline_are_two() -> None:
    lines = Lines()
    assert lines.push(chunk(A + B + TAGGED + TAGGED + b"\n")) == [A, B, TAGGED, TAGGED]
    assert lines.numbers == [1, 1, 1, 1]


def test_a_tag_block_stays_with_its_sentence() -> None:
    assert Lines().push(whole(TAGGED + b"\r\n")) == [TAGGED]


def test_junk_and_log_prefixes_stay_on_the_line() -> None:
    line = b"1671620143.5\t\x00\xff " + A
    assert Lines().push(chunk(line + b"\n")) == [line]


def test_a_datagram_without_newline_is_complete_when_it_ends_in_a_checksum() -> None:
    lines = Lines()
    suffixed = A + b",rMiamiStation,1671620143"
    assert lines.push(whole(A)) == [A]
    assert lines.push(whole(suffixed)) == [suffixed]
    assert lines.push(whole(TAGGED)) == [TAGGED]
    assert lines.push(whole(A + b"\r\n" + B)) == [A, B]
    assert lines.numbers == [4, 5]


def test_a_sentence_cut_over_two_datagrams_is_glued_per_peer() -> None:
    lines = Lines()
    assert lines.push(whole(A[:20], peer="one")) == []
    assert lines.push(whole(B[:25], peer="two")) == []
    assert lines.push(whole(A[20:], peer="one")) == [A]
    assert lines.push(whole(B[25:] + b"\n", peer="two")) == [B]


@pytest.mark.parametrize("start", [A, TAGGED, b"$GPZDA,1*00", b"UdPbC\x00" + TAGGED])
def test_a_cut_sentence_is_not_glued_to_a_new_one(start: bytes) -> None:
    lines = Lines()
    assert lines.push(whole(A[:20])) == []
    assert lines.push(whole(start)) == [A[:20], start]


def test_a_datagram_that_holds_no_sentence_waits_for_nothing() -> None:
    assert Lines().push(whole(b"2026-11-20T10:00:00Z,radar,1.5,51.0")) == [
        b"2026-11-20T10:00:00Z,radar,1.5,51.0"
    ]


def test_an_overlong_datagram_costs_only_itself() -> None:
    lines = Lines()
    assert lines.push(whole(b"!" + b"q" * 3000)) == []
    assert lines.push(whole(b"more text\r\n" + A)) == [b"more text", A]
    assert lines.dropped == {TOO_LONG: 1}


def test_an_empty_datagram_changes_nothing() -> None:
    lines = Lines()
    lines.push(whole(A[:20]))
    assert lines.push(whole(b"")) == []
    assert lines.push(whole(A[20:])) == [A]


def test_the_end_gives_the_unfinished_line_of_that_peer_or_of_all() -> None:
    lines = Lines()
    lines.push(chunk(b"one", peer="1"))
    lines.push(chunk(b"two", peer="2"))
    lines.push(chunk(b"three", peer="3"))
    assert lines.push(chunk(b"", peer="2", end=True)) == [b"two"]
    assert lines.push(chunk(b"", end=True)) == [b"one", b"three"]
    assert lines.flush() == []


def test_peers_beyond_the_bound_are_forgotten_oldest_first_and_counted() -> None:
    lines = Lines()
    for i in range(PEERS_MAX + 3):
        lines.push(whole(b"!half", peer=f"p{i}"))
    assert lines.dropped == {FORGOTTEN: 3}
    assert lines.push(whole(b"*00", peer="p3")) == [b"!half*00"]


pieces = st.one_of(
    st.sampled_from(
        [A, B, TAGGED, b"\n", b"\r\n", b"\r", b"\\", b"*5C", b"*5C\\", b"!", b"$", b"g"]
    ),
    st.sampled_from([b"x" * 1010, b"x" * 1021, b"x" * 1024, b"x" * 1025, b"y" * 3]),
    st.binary(max_size=12),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=25).map(b"".join), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_split_of_a_stream_gives_the_same_lines(data: bytes, places: list[int]) -> None:
    one, many = Lines(), Lines()
    expected = one.push(chunk(data))
    numbers = one.numbers
    expected += one.push(chunk(b"", end=True))
    numbers = numbers + one.numbers
    got, at = [], []
    for part in cut(data, places):
        got += many.push(chunk(part))
        at += many.numbers
    got += many.push(chunk(b"", end=True))
    assert (got, at + many.numbers, many.dropped) == (expected, numbers, one.dropped)
    assert all(0 < len(line) <= LINE_MAX for line in got)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=12))
def test_no_bytes_are_lost_without_a_count(datagrams: list[tuple[bytes, bool]]) -> None:
    lines = Lines()
    out = []
    for data, is_whole in datagrams:
        out += lines.push(Datagram(0, "f", data, "p", whole=is_whole))
    out += lines.flush()
    bare = bytes.maketrans(b"", b"")
    sent = b"".join(data for data, _ in datagrams).translate(bare, b"\r\n")
    assert b"".join(out) == sent


def block(category: int, body: bytes) -> bytes:
    return bytes([category]) + (3 + len(body)).to_bytes(2) + body


BLOCKS = [
    block(48, bytes(range(1, 40))),
    block(34, b"\xf6\x08\x11\x02\x55"),
    block(62, b"\x9f" * 90),
]


def test_several_blocks_in_one_datagram() -> None:
    assert Blocks().push(whole(b"".join(BLOCKS))) == BLOCKS


@pytest.mark.parametrize(
    "bad", [b"\x30\x00\x02", b"\x30\x00\x00", b"\x30\x10\x00rest", b"\x30\x00"]
)
def test_a_bad_length_costs_the_rest_of_its_datagram_only(bad: bytes) -> None:
    blocks = Blocks()
    assert blocks.push(whole(BLOCKS[0] + bad)) == BLOCKS[:1]
    assert blocks.push(whole(BLOCKS[1])) == BLOCKS[1:2]
    assert blocks.dropped == {BAD_LENGTH: 1}
    assert blocks.rejects[0].raw == bad


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(BLOCKS), st.binary(max_size=40)), max_size=12).map(b"".join),
    st.lists(st.integers(0, 10_000), max_size=12),
)
def test_any_split_of_a_stream_gives_the_same_blocks(data: bytes, places: list[int]) -> None:
    one, many = Blocks(), Blocks()
    expected = one.push(chunk(data)) + one.push(chunk(b"", end=True))
    got = [b for part in cut(data, places) for b in many.push(chunk(part))]
    got += many.push(chunk(b"", end=True))
    assert (got, many.dropped) == (expected, one.dropped)


def test_a_block_is_given_as_soon_as_its_last_byte_is_here() -> None:
    blocks = Blocks()
    assert blocks.push(chunk(BLOCKS[0][:-1])) == []
    assert blocks.push(chunk(BLOCKS[0][-1:])) == [BLOCKS[0]]


def stream_of(n: int) -> list[bytes]:
    rng = random.Random(7)
    return [block(rng.choice([34, 48, 62]), rng.randbytes(rng.randint(8, 200))) for _ in range(n)]


def lost_by(at: int, flip: int, size: int, sent: list[bytes]) -> int:
    """How many blocks a stream loses by one damaged byte."""
    data = bytearray(b"".join(sent))
    data[at] ^= flip
    blocks, got = Blocks(), []
    for i in range(0, len(data), size):
        got += blocks.push(chunk(bytes(data[i : i + size])))
    got += blocks.push(chunk(b"", end=True))
    return len(set(sent) - set(got))


@pytest.mark.parametrize("flip", [1, 2, 8, 64])
def test_any_one_damaged_byte_in_a_stream_costs_a_block(flip: int) -> None:
    """Of all its bytes; but for one in a thousand, where the damaged length meets another block."""
    sent = stream_of(60)
    cost = [lost_by(at, flip, 1 + at % 3000, sent) for at in range(len(b"".join(sent)))]
    assert sum(lost > 1 for lost in cost) <= len(cost) / 1000
    assert max(cost) <= len(sent) / 2


def test_a_long_block_made_by_chance_does_not_swallow_true_ones() -> None:
    # The category is damaged; inside, chance begins a block that ends where a true one does.
    assert lost_by(403, 1, 1000, stream_of(60)) == 1


def test_junk_before_and_between_blocks_is_skipped_and_counted_once_each() -> None:
    blocks = Blocks()
    junk = b"\xff" * 100
    got = blocks.push(chunk(junk + b"".join(BLOCKS) + junk + b"".join(BLOCKS), end=True))
    assert got == BLOCKS + BLOCKS
    assert blocks.dropped == {NO_BLOCK: 2}


def test_an_unfinished_block_at_the_end_is_counted() -> None:
    blocks = Blocks()
    assert blocks.push(chunk(BLOCKS[0] + b"\x30\x00", end=True)) == BLOCKS[:1]
    assert blocks.dropped == {UNFINISHED: 1}


def test_endless_junk_holds_bounded_memory() -> None:
    blocks = Blocks()
    rng = random.Random(3)
    for _ in range(40):
        blocks.push(chunk(rng.randbytes(65_536)))
    assert all(len(s.data) <= 3 * 65_536 for s in blocks._peers.values())


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("name", ["cat034.raw", "cat048.raw", "cat062ed1.12.bin"])
def test_real_recordings_are_blocks_to_the_last_byte(name: str) -> None:
    data = (Path(SHARED) / "radar" / name).read_bytes()
    blocks = Blocks()
    got = [b for i in range(0, len(data), 7) for b in blocks.push(chunk(data[i : i + 7]))]
    got += blocks.push(chunk(b"", end=True))
    assert b"".join(got) == data and not blocks.dropped
