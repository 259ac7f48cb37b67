"""Radar: ASTERIX to columns, against peers that read the same records; and raw video to plots."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.timing import Run, race

ROUNDS_VARIABLE = "COASTWATCH_BENCH_ROUNDS"
PEERS_VARIABLE = "COASTWATCH_BENCH_PEERS"
# asterix_decoder and libasterix are both the package `asterix`: only one of them can be installed.
PEERS = Path(os.environ.get(PEERS_VARIABLE, Path(sys.prefix, "peers")))
RECORDS = 500_000
SMALL_RECORDS = 2_000
# Who would need minutes for all reads the beginning of the same file.
LESS, LEAST = 50_000, 10_000
DISTINCT = 20_000
BLOCK_RECORDS = 20
SEED = 1
CHUNK = 1 << 16

Counts = Callable[[], dict[str, int]]


def main() -> None:
    """ASTERIX first; video where its bench is there. See docs/bench.md."""
    asterix()
    video()


def video() -> None:
    """The bench of raw video to plots, which is a file of its own."""
    if find_spec("bench.video"):
        from importlib import import_module

        import_module("bench.video").main()


def asterix() -> None:
    """Print a line a contender and category."""
    contenders = {
        RECORDS: {"coastwatch": "bench.radar:ours", "plain read": "bench.radar:plain"},
        LESS: {"coastwatch to records": "bench.radar:our_records"},
        LEAST: {},
    }
    if Path(PEERS, "asterix").is_dir():
        contenders[LESS]["asterix_decoder to dicts"] = "bench.radar:asterix_decoder"
    else:
        print(f"ASTERIX: not in {PEERS} and left out: asterix_decoder")
    if find_spec("asterix") and find_spec("asterix.generated"):
        contenders[LEAST]["libasterix to values"] = "bench.radar:libasterix"
    else:
        print("ASTERIX: not installed and left out: libasterix")
    rounds = int(os.environ.get(ROUNDS_VARIABLE, "3"))
    with tempfile.TemporaryDirectory() as folder:
        for category, make in ((48, plot), (62, track)):
            blocks = encoded(category, make)
            small = Path(folder, f"{category}.small")
            write(small, blocks, SMALL_RECORDS)
            own = 0.0
            for records, names in contenders.items():
                path = Path(folder, f"{category}.{records}")
                write(path, blocks, records)
                if records == RECORDS:
                    print(f"CAT {category:03d}: {RECORDS:,} records of "
                          f"{path.stat().st_size / RECORDS:.1f} octets, up to "
                          f"{BLOCK_RECORDS} a block, seed {SEED}", flush=True)  # fmt: skip
                runs = race(names, path, small, rounds)
                own = own or records / runs["coastwatch"].seconds
                _tell(category, records, own, runs)


def _tell(category: int, records: int, own: float, runs: dict[str, Run]) -> None:
    for name, run in runs.items():
        rate = records / run.seconds
        ratio = "" if name == "coastwatch" else f", coastwatch is {own / rate:.1f} times this"
        counts = ", ".join(f"{count:,} {what}" for what, count in run.result.items())
        print(f"CAT {category:03d}: {name} {rate:,.0f} records/s{ratio}; {records:,} records; "
              f"peak {run.peak_mb:.0f} MB; start and {SMALL_RECORDS:,} records "
              f"{run.startup_s:.2f} s (first process {run.first_s:.1f} s in all); {counts}",
              flush=True)  # fmt: skip


def plot(random: Random) -> dict[str, Any]:
    """A report of a combined radar: a primary plot, or with a transponder's answers."""
    record = {
        "010": {"SAC": 8, "SIC": 17},
        "140": random.uniform(0, 86_399),
        "020": {"TYP": 1},
        "040": {"RHO": random.uniform(0.5, 40), "THETA": random.uniform(0, 359.9)},
        "130": {"PRL": random.uniform(0, 3), "PAM": random.randint(-90, -20)},
        "161": {"TRN": random.randrange(4_096)},
        "042": {"X": random.uniform(-40, 40), "Y": random.uniform(-40, 40)},
        "200": {"GSP": random.uniform(0, 0.2), "HDG": random.uniform(0, 359.9)},
        "170": {"CNF": 0, "RAD": 1, "TRE": 0},
    }
    if random.random() < 0.5:
        record |= {
            "020": {"TYP": 5},
            "070": {"V": 0, "G": 0, "L": 0, "MODE3A": f"{random.randrange(4_096):04o}"},
            "090": {"V": 0, "G": 0, "FL": random.randrange(400)},
            "220": random.randrange(1 << 24),
            "240": f"DOV{random.randrange(10_000)}",
            "230": {"COM": 1, "STAT": 0, "MSSC": 1},
        }
    return record


def track(random: Random) -> dict[str, Any]:
    """A system track as a tracker sends it, half of them aircraft."""
    record: dict[str, Any] = {
        "010": {"SAC": 8, "SIC": 100},
        "015": 1,
        "070": random.uniform(0, 86_399),
        "105": {"LAT": random.uniform(50.5, 51.5), "LON": random.uniform(0.5, 2.5)},
        "100": {"X": random.uniform(-9e4, 9e4), "Y": random.uniform(-9e4, 9e4)},
        "185": {"VX": random.uniform(-20, 20), "VY": random.uniform(-20, 20)},
        "040": random.randrange(1 << 16),
        "080": {"MON": 1, "CNF": 0, "SIM": 0, "AMA": 0, "CST": 0},
        "290": {"PSR": random.uniform(0, 60), "TRK": random.uniform(0, 60)},
        "200": {"TRANS": 0, "LONG": 0, "VERT": 0},
        "500": {"APC": {"X": random.uniform(5, 90), "Y": random.uniform(5, 90)}},
    }
    if random.random() < 0.5:
        record |= {
            "060": {"V": 0, "G": 0, "CH": 0, "MODE3A": f"{random.randrange(4_096):04o}"},
            "380": {"ADR": random.randrange(1 << 24), "ID": f"DOV{random.randrange(10_000)}"},
            "136": random.randrange(400),
            "130": random.uniform(0, 40_000),
            "220": random.uniform(-2_000, 2_000),
        }
    return record


def encoded(category: int, make: Callable[[Random], dict[str, Any]]) -> list[tuple[bytes, int]]:
    """Blocks of so many distinct records, each with how many it holds."""
    from coastwatch.decode.asterix import encode_block

    random, blocks, left = Random(SEED), [], DISTINCT
    while left:
        count = min(left, random.randint(1, BLOCK_RECORDS))
        blocks.append((encode_block(category, [make(random) for _ in range(count)]), count))
        left -= count
    return blocks


def write(path: Path, blocks: list[tuple[bytes, int]], records: int) -> None:
    """So many records or some more: the blocks again and again."""
    with path.open("wb") as file:
        while records > 0:
            for block, count in blocks:
                file.write(block)
                records -= count
                if records <= 0:
                    break


def plain(path: Path) -> Counts:
    """The machine's limit: the bytes read and the blocks' lengths followed."""
    blocks = sum(1 for _ in _blocks(path))
    return lambda: {"blocks": blocks}


def ours(path: Path) -> Counts:
    """Every column that occurs, every length and value checked."""
    from coastwatch import read_asterix

    found = read_asterix(path)

    def counts() -> dict[str, int]:
        if found.balance.difference or found.balance.rejected:
            raise AssertionError(f"{found.balance}")
        (records,) = found.values()
        columns = [records[name] for name in records.names]
        values = sum(int(np.count_nonzero(c == c if c.dtype.kind == "f" else
                                          c != records.columns[n].absent))
                     for n, c in zip(records.names, columns, strict=True))  # fmt: skip
        return {"records": len(records), "columns": len(columns), "values": values}

    return counts


def our_records(path: Path) -> Counts:
    """No columns: the plain decoder's dicts of all items, which live feeds and `decode` use."""
    from coastwatch.decode.asterix import AsterixDecoder
    from coastwatch.decode.base import Context
    from coastwatch.feeds import read_file

    decoder = AsterixDecoder(Context())
    records = sum(len(decoder.records(datagram)) for datagram in read_file(path, "bench"))
    return lambda: {"records": records}


def asterix_decoder(path: Path) -> Counts:
    """No columns: its C library's dicts, made and dropped, without its descriptions of items."""
    sys.path.insert(0, str(PEERS))
    import asterix

    records = 0
    for part in _parts(path):
        records += len(asterix.parse(part, verbose=False))  # type: ignore[attr-defined]
    return lambda: {"records": records}


def libasterix(path: Path) -> Counts:
    """No columns: every value of every item asked for, and dropped."""
    import asterix.base as base
    import asterix.generated as generated

    uaps = {48: generated.Cat_048_1_32.cv_uap, 62: generated.Cat_062_1_21.cv_uap}
    records = values = 0
    for block in _blocks(path):
        uap = uaps[block[0]]
        for raw in base.RawDatablock.parse(base.Bits.from_bytes(block)):
            for record in uap.parse(raw.get_raw_records()):
                records += 1
                for item in record.items_regular.values():
                    values += _values(base, item.arg.arg)
    return lambda: {"records": records, "values": values}


def _values(base: Any, variation: Any) -> int:
    """Ask for each value of an item; how many there are."""
    if isinstance(variation, base.Element):
        rule = variation._get_rule()
        if isinstance(rule, base.RuleContentDependent):
            variation.as_uint()
            return 1
        content = rule._get_content()
        if isinstance(content, base.ContentString):
            content.as_string()
        elif isinstance(content, base.ContentQuantity):
            content._as_quantity()
        else:
            variation.as_uint()
        return 1
    if isinstance(variation, base.Compound):
        return sum(_values(base, item.arg.arg) for item in variation.arg.values())
    if isinstance(variation, base.Repetitive):
        return sum(_values(base, one) for one in variation.arg)
    if isinstance(variation, base.Explicit):
        return 1
    items = variation.arg
    if not isinstance(variation, base.Group):
        items = [item for part in items for item in part]
    return sum(_values(base, i.arg.arg.arg) for i in items if isinstance(i, base.Item))


def _blocks(path: Path) -> Iterator[bytes]:
    data, at = path.read_bytes(), 0
    while at < len(data):
        end = at + int.from_bytes(data[at + 1 : at + 3])
        yield data[at:end]
        at = end


def _parts(path: Path) -> Iterator[bytes]:
    """Whole blocks, 64 KiB or so at a time."""
    part, size = [], 0
    for block in _blocks(path):
        part.append(block)
        size += len(block)
        if size >= CHUNK:
            yield b"".join(part)
            part, size = [], 0
    yield b"".join(part)
