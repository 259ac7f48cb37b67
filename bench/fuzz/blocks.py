"""ASTERIX blocks of every category that has a table, and what a hostile sender makes of them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache
from random import Random

from coastwatch.decode.asterix.tables import CATEGORIES, TABLES
from tests.asterix_records import random_items

SEEDS = 2_000
SHARES = (0.05, 0.2, 0.5, 0.9)  # of a category's items, in a record
DATAGRAM_MAX = 65_507
_ODD = (0, 1, 2, 3, 0x7F, 0x80, 0xFD, 0xFE, 0xFF)
BOMB = 1 << 24  # octets that a compressed video of a few KiB becomes


SOURCE = {"SAC": 8, "SIC": 17}
# What becomes a detection; random items seldom do.
DETECTED = {
    1: {"010": SOURCE, "020": {"TYP": 0, "SSRPSR": 1}, "040": {"RHO": 5.0, "THETA": 45.0},
        "141": 100.0},
    2: {"010": SOURCE, "000": 1, "030": 43_200.0},
    10: {"010": SOURCE, "000": 1, "020": {"TYP": 3}, "140": 43_200.0, "161": {"TRK": 7},
         "042": {"X": 900.0, "Y": -700.0}, "500": {"DEVX": 3.0, "DEVY": 4.0}},
    20: {"010": SOURCE, "020": {"OT": 1}, "140": 43_200.0, "041": {"LAT": 51.0, "LON": 1.5}},
    34: {"010": SOURCE, "000": 1, "030": 43_200.0},
    48: {"010": SOURCE, "140": 43_200.0, "020": {"TYP": 1}, "040": {"RHO": 5.0, "THETA": 45.0},
         "130": {"PAM": -60}, "161": {"TRN": 7}},
    62: {"010": SOURCE, "070": 43_200.0, "105": {"LAT": 51.0, "LON": 1.5}, "040": 7,
         "185": {"VX": 3.0, "VY": -4.0}, "080": {"MON": 1}, "270": {"LENGTH": 90},
         "500": {"APC": {"X": 20.0, "Y": 10.0}}},
}  # fmt: skip


def valid(random: Random, count: int = SEEDS) -> list[bytes]:
    """So many blocks, of the tables in turn."""
    found = []
    for n in range(count):
        table = TABLES[n % len(TABLES)]
        share = random.choice(SHARES)
        records = [random_items(table, random, share) for _ in range(random.choice((1, 2, 5)))]
        if random.random() < 0.4 and table is CATEGORIES[table.number]:
            records.insert(0, DETECTED.get(table.number, records[0]))
        found.append(table.encode(records))
    return found


def burst(random: Random, seeds: list[bytes]) -> tuple[bytes, int]:
    """A datagram's worth of one to four blocks after some mutations, and how many they are."""
    count = random.choice((1, 1, 1, 2, 4))
    blocks = [_block(random, random.choice(seeds)) for _ in range(count)]
    data = b"".join(blocks)
    if random.random() < 0.15:
        data = random.choice(OF_BYTES)(random, data)
    return data[:DATAGRAM_MAX], count


def _block(random: Random, block: bytes) -> bytes:
    body = bytearray(block[3:])
    head = bytearray(block[:3])
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        random.choice(OF_BLOCKS)(random, body)
    if 240 in CATEGORIES and random.random() < 0.002:
        head[0], body = 240, _bomb(random)
    # Mostly the length is made good, so that what is inside is reached.
    length = len(body) + 3
    if random.random() < 0.05:
        length = random.choice((0, 1, 2, 3, length - 1, length + 1, random.randrange(1 << 16)))
    if random.random() < 0.02:
        head[0] = random.choice((*CATEGORIES, random.randrange(256)))
    return head[:1] + (length & 0xFFFF).to_bytes(2) + bytes(body[: (1 << 16) - 4])


def _bits(random: Random, body: bytearray) -> None:
    for _ in range(min(len(body), random.randint(1, 12))):
        body[random.randrange(len(body))] ^= 1 << random.randrange(8)


def _octets(random: Random, body: bytearray) -> None:
    """Counts, lengths and presence bits that say the least and the most."""
    for _ in range(min(len(body), random.randint(1, 4))):
        body[random.randrange(len(body))] = random.choice(_ODD)


def _presence(random: Random, body: bytearray) -> None:
    """A record's first octets announce other items, or go on and on."""
    chain = random.choice((1, 2, 3, 4, 5, 6, 40, 2_000))
    body[:1] = bytes(random.choice((1, 0xFF, random.randrange(256) | 1)) for _ in range(chain))


def _explicit(random: Random, body: bytearray) -> None:
    """A length of an explicit item or a count of repetitions, with so many octets or not."""
    length = random.choice(_ODD)
    at = random.randrange(len(body) + 1)
    body[at:at] = bytes((length,)) + bytes(random.choice((0, length, 3)))


def _extension(random: Random, body: bytearray) -> None:
    """Octets that each say that another follows."""
    at = random.randrange(len(body) + 1)
    body[at:at] = b"\xff" * random.choice((1, 7, 500, 5_000))


def _shorter(random: Random, body: bytearray) -> None:
    del body[random.randrange(len(body) + 1) :]


def _lost(random: Random, body: bytearray) -> None:
    at = random.randrange(len(body) + 1)
    del body[at : at + random.randint(1, 9)]


def _twice(random: Random, body: bytearray) -> None:
    at = random.randrange(len(body) + 1)
    body[at:at] = body[at // 2 : at]


OF_BLOCKS: tuple[Callable[[Random, bytearray], None], ...] = (
    _bits, _octets, _presence, _explicit, _extension, _shorter, _lost, _twice,
)  # fmt: skip


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _without_beginning(random: Random, data: bytes) -> bytes:
    return data[random.randrange(len(data) + 1) :]


def _glued(random: Random, data: bytes) -> bytes:
    """Noise, or other formats, before it or behind."""
    noise = random.choice((b"\0" * 9, b"0" * 300, b"$RATTM,11*00\r\n", random.randbytes(60)))
    return noise + data if random.random() < 0.5 else data + noise


def _many(random: Random, data: bytes) -> bytes:
    return data * random.choice((2, 10, 50))


OF_BYTES: tuple[Callable[[Random, bytes], bytes], ...] = (_cut, _without_beginning, _glued, _many)


def _bomb(random: Random) -> bytearray:
    resolution = random.randrange(1, 7)
    cells = random.choice((1, 1_000, 65_536, 65_537, BOMB, random.randrange(1 << 24)))
    told = min(BOMB, cells << resolution - 1 >> 3)
    size = random.choice((told, BOMB))
    return video(cells, resolution, size, random.choice((4, 64, 256)))


def video(cells: int, resolution: int, size: int, block: int) -> bytearray:
    """A record of CAT 240 that claims so many cells; they unpack to so many octets.

    EUROCONTROL-SPEC-0149-240, 5.2. ``block`` octets count as one.
    """
    packed = _packed(size)
    count = min(255, -(-len(packed) // block))
    packed = packed[: count * block]
    items = b"\x08\x11" + b"\x02" + bytes(4)  # 010, 000, 020
    items += bytes((0, 0, 0, 8)) + bytes(4) + (100_000_000).to_bytes(4)  # 041: cells of 15 m
    items += bytes((0x80, resolution))  # 048: compressed
    items += len(packed).to_bytes(2) + (cells & 0xFFFFFF).to_bytes(3)  # 049
    items += bytes((count,)) + packed.ljust(count * block, b"\0")
    presence = {4: 0xC0, 64: 0xA0, 256: 0x90}[block]
    return bytearray(bytes((0xE7, presence))) + items


@lru_cache(64)
def _packed(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)
