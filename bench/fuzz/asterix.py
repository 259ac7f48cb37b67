"""Hostile ASTERIX through every way in: nothing raised, exact books, sound values, no growth.

Seeded: `python -m bench.fuzz.asterix --blocks 1000000 --seed 1`. Led by coverage, where atheris is
installed: `python -m bench.fuzz.asterix --atheris -max_total_time=600`. See docs/bench.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from bench.fuzz.ais import DEFECTS_MAX, GROWTH_MB, SLOW_S, Defect, fault, in_range, resident_mb

BATCH = 500
PEERS = 5
RECEIVED_NS = 1_763_616_600_000_000_000
DAY_S = 86_400
# Least and greatest known value of each column; NaN or -1 besides, for unknown.
DETECTIONS = {
    "time_s": (-DAY_S, RECEIVED_NS / 1e9 + 100 * DAY_S), "lon": (-180, 180), "lat": (-90, 90),
    "range_m": (0, 6e6), "azimuth_rad": (0, 2 * np.pi), "sog_mps": (0, 1e5), "kind": (0, 4),
    "cog_rad": (0, 2 * np.pi), "target": (0, 1 << 16), "sigma_m": (0, 1e6),
}  # fmt: skip


@dataclass(slots=True)
class Report:
    """What a run saw: the books by way in, and each defect with the bytes that show it."""

    blocks: int = 0
    books: dict[str, Any] = field(default_factory=dict)
    defects: dict[str, bytes] = field(default_factory=dict)
    slowest_s: float = 0.0
    growth_mb: float = 0.0


def run(blocks: int, seed: int) -> Report:
    """So many mutated blocks by seed; it ends early at the tenth kind of defect."""
    from bench.fuzz.blocks import burst, valid
    from coastwatch.model import Balance

    random, report, live = Random(seed), Report(), Live()
    seeds = valid(random)
    report.books = {way: Balance() for way in live.decoders}
    check(b"".join(seeds[:60]))  # loads and compiles
    half_mb = 0.0
    while report.blocks < blocks and len(report.defects) < DEFECTS_MAX:
        bursts = []
        for _ in range(BATCH):
            data, count = burst(random, seeds)
            bursts.append(data)
            report.blocks += count
        for i, data in enumerate(bursts):
            if wrong := fault(live.feed, data):
                # With what the same peer sent before, whose last block may have been cut.
                before = bursts[i - PEERS] if i >= PEERS else b""
                report.defects.setdefault(wrong, before + data)
                live.renew(report.books)
        if wrong := fault(lambda _: live.read(), b""):
            alone = (data for data in bursts if fault(check, data))
            report.defects.setdefault(wrong, next(alone, b"".join(bursts)))
            live.renew(report.books)
        if not half_mb and report.blocks >= blocks / 2:
            half_mb = resident_mb()
    report.growth_mb, report.slowest_s = resident_mb() - half_mb, live.slowest_s
    live.renew(report.books)
    if report.growth_mb > GROWTH_MB and not report.defects:
        report.defects[f"grew by {report.growth_mb:.1f} MB in half the run"] = b""
    return report


def check(data: bytes) -> None:
    """These bytes alone through all ways, whole and as a stream. Raises Defect, or any other."""
    for whole in (True, False):
        live = Live(lambda _, whole=whole: whole)
        live.feed(data, end=True)
        live.read()
        for way, decoder in live.decoders.items():
            if decoder.balance.pending:
                raise Defect(f"{way}: {decoder.balance.pending} frames pending after the end")


class Live:
    """Decoders that go on: for hours in a run, for one input in a check.

    ``whole(n)`` says whether the n-th datagram is one; by default every second is.
    """

    def __init__(self, whole: Any = lambda n: n % 2 == 0) -> None:
        self.slowest_s = 0.0
        self._whole = whole
        self._fed = 0
        self._open()

    def _open(self) -> None:
        from coastwatch.decode.asterix import AsterixDecoder, bulk
        from coastwatch.decode.base import Context
        from coastwatch.decode.video import radars  # noqa: F401 (once half a second, not timed)

        self.decoders = {
            way: AsterixDecoder(Context(feed=way, date_s=0.0))
            for way in ("records", "detections", "columns")
        }
        self._reader = bulk.Reader(self.decoders["columns"])

    def renew(self, books: dict[str, Any]) -> None:
        """Begin anew, and add to the books what stood in those of old."""
        for way, decoder in self.decoders.items():
            books[way].add(decoder.balance)
        self._open()

    def feed(self, data: bytes, end: bool = False) -> None:
        """One datagram; its columns wait for ``read``. Raises Defect."""
        from coastwatch.model import Datagram

        self._fed += 1
        clock_ns = RECEIVED_NS + self._fed * 10_000_000 if self._fed % 3 else 0
        datagram = Datagram(
            clock_ns, "fuzz", data, str(self._fed % PEERS), self._whole(self._fed), end
        )
        for way in ("records", "detections"):
            decoder = self.decoders[way]
            found = self._timed(way, decoder, datagram)
            if decoder.balance.difference:
                raise Defect(f"{way}: {decoder.balance.difference} frames unaccounted for")
            if way == "records":
                for record in found:
                    json.dumps(record, allow_nan=False)
            else:
                in_range("detections", found, DETECTIONS)
        self._reader.take(datagram)

    def read(self) -> None:
        """The columns of what was fed, and their books, against the plain ones. Raises Defect."""
        from coastwatch.decode.asterix.bulk_columns import as_columns

        self._reader.read()
        pieces = [as_columns(piece) for piece in self._reader.pieces]
        self._reader.pieces.clear()
        balance, plain = self.decoders["columns"].balance, self.decoders["records"].balance
        if balance != plain:
            raise Defect(f"columns: {_apart(balance, plain)} than by records")
        for piece in pieces:
            _sound(piece)

    def _timed(self, way: str, decoder: Any, datagram: Any) -> Any:
        # A collection that walks through all modules takes 70 ms: none of it is the decoder's.
        gc.disable()
        begin = time.thread_time()
        try:
            found = getattr(decoder, way)(datagram)
        finally:
            gc.enable()
        took_s = time.thread_time() - begin
        self.slowest_s = max(self.slowest_s, took_s)
        if took_s > SLOW_S:
            raise Defect(f"{way}: {took_s * 1e3:.0f} ms for {len(datagram.data)} bytes")
        return found


def _apart(balance: Any, plain: Any) -> str:
    more = Counter(balance.rejected)
    more.subtract(plain.rejected)
    reasons = {why: n for why, n in more.items() if n}
    return f"{balance.frames - plain.frames:+} frames, rejected {reasons}"


def _sound(piece: Any) -> None:
    """Every value is one that its field's bits can say, where it is not absent."""
    from coastwatch.decode.asterix.bulk_program import columns_of

    columns = {column.name: column for column in columns_of(piece.table)}
    for name, values in piece.values.items():
        where = f"columns: CAT {piece.table.number:03d} {name}"
        if len(values) != len(piece.line):
            raise Defect(f"{where}: {len(values)} values for {len(piece.line)} records")
        if values.dtype.kind == "S":
            continue
        fields = [reading.field for reading in columns[name].readings]
        low, high = min(f.low for f in fields), max(f.high for f in fields)
        known = values[~np.isnan(values)] if values.dtype.kind == "f" else values[values != -1]
        if len(known) and not (known.min() >= low and known.max() <= high):
            raise Defect(f"{where}: {known.min()} to {known.max()} outside {low} to {high}")
    if (np.diff(piece.line) <= 0).any():
        raise Defect(f"columns: CAT {piece.table.number:03d} lines out of order")


def led_by_coverage(arguments: list[str]) -> None:
    """libFuzzer over ``check``; it ends at the first defect and writes the bytes to a file."""
    # As plain Python the kernels can be instrumented, and an index too large is an error.
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    import atheris

    with atheris.instrument_imports(include=["coastwatch.decode"]):
        import coastwatch.decode.asterix
        import coastwatch.decode.asterix.bulk_kernel  # noqa: F401
    from bench.fuzz.blocks import burst, valid

    seeds = valid(Random(1))

    def mutated(data: bytes, size_max: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, size_max))
        cut = random.randrange(len(data) + 1)
        return (data[:cut] + burst(random, seeds)[0] + data[cut:])[:size_max]

    atheris.Setup([sys.argv[0], *arguments], check, custom_mutator=mutated)
    atheris.Fuzz()


def main() -> int:
    """Exit status 1 where a defect was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.asterix", description=__doc__)
    parser.add_argument("--blocks", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="pass what follows to libFuzzer")
    options, rest = parser.parse_known_args()
    if options.atheris:
        led_by_coverage(rest)
        return 0
    if rest:
        parser.error(f"unknown: {' '.join(rest)}")
    begin = time.perf_counter()
    report = run(options.blocks, options.seed)
    print(f"{report.blocks:,} blocks, seed {options.seed}, "
          f"{time.perf_counter() - begin:.0f} s; slowest datagram {report.slowest_s * 1e3:.1f} ms, "
          f"growth in the second half {report.growth_mb:.1f} MB")  # fmt: skip
    for way, balance in report.books.items():
        print(f"{way}: {balance.frames:,} frames = {balance.decoded:,} decoded + "
              f"{balance.rejected.total():,} rejected + {balance.pending:,} pending + "
              f"{balance.expired:,} expired + {balance.ignored:,} ignored")  # fmt: skip
        for reason, count in balance.rejected.most_common(20):
            print(f"  {count:>9,} {reason}")
    for what, data in report.defects.items():
        print(f"DEFECT {what}\n  {data[:2_000]!r}")
    return 1 if report.defects else 0


if __name__ == "__main__":
    sys.exit(main())
