"""ASTERIX framing of garbage: time grows with the bytes, and not more comes out than went in."""

import random
import time

import pytest

from coastwatch.decode.framing import AGAIN_MAX, BLOCK_MAX, Blocks
from coastwatch.model import Datagram

SIZE = 1_000_000
CHUNK = 1 << 16
# Headers within headers, found by search: each block leads to another and then to nothing.
NESTED = ("000400f70381", "0004001e02960b", "000f140005fc", "03f000fc0100001e150700")
GARBAGE = {
    "random": random.Random(1).randbytes(SIZE),
    "zeros": bytes(SIZE),
    "0x30": bytes(3) + b"0" * SIZE,
    "text": b"$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125.82,A*00\r\n" * (SIZE // 65),
    "headers": bytes.fromhex("300004") * (SIZE // 3),
    **{n: bytes.fromhex(n) * (SIZE // len(n) * 2) for n in NESTED},
}


def given(data, size=CHUNK):
    blocks, found = Blocks(), []
    for at in range(0, len(data), size):
        found += blocks.push(Datagram(0, "radar", data[at : at + size], "peer"))
    return found + blocks.push(Datagram(0, "radar", b"", "peer", end=True))


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_read_in_linear_time_and_does_not_multiply(kind):
    data = GARBAGE[kind]
    begin = time.thread_time()
    found = given(data)
    took_s = time.thread_time() - begin
    assert sum(map(len, found)) <= (AGAIN_MAX + 1) * len(data) + 2 * BLOCK_MAX
    begin = time.thread_time()
    given(data[: len(data) // 4])
    assert took_s < 8 * (time.thread_time() - begin) + 0.2
    assert took_s < 2.0  # measured: up to 0.5


@pytest.mark.parametrize("kind", NESTED)
def test_where_the_chunks_are_cut_makes_no_difference(kind):
    data = GARBAGE[kind][:30_000]
    assert given(data, 7) == given(data, 1_000) == given(data)
