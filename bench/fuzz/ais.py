"""Hostile AIS through every way in: no exception, exact books, values in range, no growth, quick.

Seeded: `python -m bench.fuzz.ais --sentences 1000000 --seed 1`. Led by coverage, where atheris is
installed: `python -m bench.fuzz.ais --atheris -max_total_time=600`. See docs/bench.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.fuzz import mutate

SLOW_S = 0.050
GROWTH_MB = 20.0
BATCH = 500
PEERS = 5
RECEIVED_NS = 1_600_000_000_000_000_000
DEFECTS_MAX = 10
TIMES = (820_000_000, 4_102_600_000)  # 1996 to 2100, with a day of tolerance
# Least and greatest known value of each column; NaN or -1 besides, for unknown.
MESSAGES = {
    "msg_type": (0, 28), "mmsi": (0, 2**30 - 1), "lon": (-180, 180), "lat": (-90, 90),
    "sog_kn": (0, 1_022), "cog_deg": (0, 359.91), "heading_deg": (0, 359), "nav_status": (0, 15),
    "second": (0, 59), "accuracy": (0, 1), "raim": (0, 1), "turn": (-128, 127),
    "altitude_m": (0, 4_094), "sentences": (1, 9), "time_s": TIMES, "claimed_s": TIMES,
}  # fmt: skip
STATICS = {
    "mmsi": (0, 2**30 - 1), "imo": (1, 2**30 - 1), "ship_type": (0, 255), "draught_m": (0.1, 25.5),
    "to_bow_m": (0, 511), "to_stern_m": (0, 511), "to_port_m": (0, 63), "to_starboard_m": (0, 63),
    "part": (0, 1), "mothership": (0, 2**30 - 1), "eta": (0, 2**20 - 1),
}  # fmt: skip
DETECTIONS = {"time_s": TIMES, "lon": (-180, 180), "lat": (-90, 90), "mmsi": (1, 999_999_999)}


class Defect(Exception):
    """What a decoder must never do."""


@dataclass(slots=True)
class Report:
    """What a run saw: the books by way in, and each defect with the bytes that show it."""

    sentences: int = 0
    books: dict[str, Any] = field(default_factory=dict)
    defects: dict[str, bytes] = field(default_factory=dict)
    slowest_s: float = 0.0
    growth_mb: float = 0.0


def run(sentences: int, seed: int) -> Report:
    """So many mutated sentences by seed; it ends early at the tenth kind of defect."""
    from coastwatch.model import Balance

    random, seeds, report, live = Random(seed), mutate.valid(), Report(), Live()
    report.books = {way: Balance() for way in (*live.decoders, "columns")}
    check(b"".join(line.data + b"\n" for lines in seeds for line in lines))  # loads and compiles
    half_mb = 0.0
    while report.sentences < sentences and len(report.defects) < DEFECTS_MAX:
        bursts = [mutate.burst(random, seeds) for _ in range(BATCH)]
        for i, burst in enumerate(bursts):
            if wrong := fault(live.feed, burst):
                # With what the same peer sent before, whose last line may have been cut.
                before = bursts[i - PEERS] if i >= PEERS else b""
                report.defects.setdefault(wrong, before + burst)
                live.renew(report.books)
        if wrong := fault(lambda data: report.books["columns"].add(columns(data)), *bursts):
            alone = (burst for burst in bursts if fault(columns, burst))
            report.defects.setdefault(wrong, next(alone, b"".join(bursts)))
        report.sentences = report.books["records"].frames + live.decoders["records"].balance.frames
        if not half_mb and report.sentences >= sentences / 2:
            half_mb = resident_mb()
    report.growth_mb, report.slowest_s = resident_mb() - half_mb, live.slowest_s
    live.renew(report.books)
    if report.growth_mb > GROWTH_MB and not report.defects:
        report.defects[f"grew by {report.growth_mb:.1f} MB in half the run"] = b""
    return report


def check(data: bytes) -> None:
    """These bytes alone through all three ways. Raises Defect, or whatever the decoder raises."""
    live = Live()
    live.feed(data, end=True)
    for way, decoder in live.decoders.items():
        if decoder.balance.pending:
            raise Defect(f"{way}: {decoder.balance.pending} frames pending after the end")
    found, read = live.decoders["records"].balance, columns(data)
    for name in ("frames", "ignored"):
        if getattr(found, name) != getattr(read, name):
            raise Defect(f"{name}: {getattr(found, name)} by records, {getattr(read, name)} read")


def columns(data: bytes) -> Any:
    """The balance of a file of these bytes, once its columns, plain and in bulk, are seen sound."""
    from coastwatch.decode import nmea

    plain = _columns(data)
    usual = nmea.BULK_FROM, nmea.BULK_CHUNK
    nmea.BULK_FROM, nmea.BULK_CHUNK = 0, 1
    try:
        bulk = _columns(data)
    finally:
        nmea.BULK_FROM, nmea.BULK_CHUNK = usual
    if bulk != plain:
        raise Defect(f"columns: {bulk} in bulk, {plain} by the plain reader")
    return plain


def _columns(data: bytes) -> Any:
    from coastwatch import read_ais

    with tempfile.NamedTemporaryFile(suffix=".nmea") as file:
        file.write(data)
        file.flush()
        messages, statics, balance = read_ais(Path(file.name))
    if balance.difference or balance.pending:
        raise Defect(
            f"columns: {balance.difference} frames unaccounted for, {balance.pending} pend"
        )
    in_range("messages", messages, MESSAGES)
    in_range("statics", statics, STATICS)
    rows = np.array([*statics.row, *messages.rest.row], dtype=int)
    if len(rows) and not (rows.min() >= 0 and rows.max() < len(messages)):
        raise Defect("columns: statics or rest of a message that is not there")
    return balance


class Live:
    """Decoders that go on: for hours in a run, for one input in a check."""

    def __init__(self) -> None:
        from coastwatch.decode import open_decoder
        from coastwatch.decode.base import Context

        self._open = lambda way: open_decoder("nmea", Context(feed=way))
        self.decoders = {way: self._open(way) for way in ("records", "detections")}
        self.slowest_s = 0.0
        self.ranges = dict(DETECTIONS)  # of the columns that detections may have
        self._fed = 0

    def renew(self, books: dict[str, Any]) -> None:
        """Begin anew, and add to the books what stood in those of old."""
        for way, decoder in self.decoders.items():
            books[way].add(decoder.balance)
            self.decoders[way] = self._open(way)

    def feed(self, data: bytes, end: bool = False) -> None:
        """One datagram. Raises Defect."""
        from coastwatch.model import Datagram

        self._fed += 1
        # Some with a receiver's clock and some without, some whole and some cut anywhere.
        clock_ns = RECEIVED_NS + self._fed * 10_000_000 if self._fed % 3 else 0
        datagram = Datagram(clock_ns, "fuzz", data, str(self._fed % PEERS), self._fed % 2 == 0, end)
        for way, see in (("records", _see_records), ("detections", self._see_detections)):
            decoder = self.decoders[way]
            begin = time.thread_time()
            found = getattr(decoder, way)(datagram)
            took_s = time.thread_time() - begin
            self.slowest_s = max(self.slowest_s, took_s)
            if took_s > SLOW_S:
                raise Defect(f"{way}: {took_s * 1e3:.0f} ms for {len(data)} bytes")
            if decoder.balance.difference:
                raise Defect(f"{way}: {decoder.balance.difference} frames unaccounted for")
            see(found)

    def _see_detections(self, found: Any) -> None:
        in_range("detections", found, self.ranges)
        if not np.isfinite(found.time_s).all():
            raise Defect("detections: a time that is none")


def _see_records(records: list[dict[str, Any]]) -> None:
    for record in records:
        json.dumps(record, allow_nan=False)


def in_range(what: str, table: Any, ranges: dict[str, tuple[float, float]]) -> None:
    """Raise Defect for a column that is too short or has a value outside its range."""
    for name, (least, most) in ranges.items():
        column = getattr(table, name)
        if len(column) != len(table):
            raise Defect(f"{what}: {len(column)} of {name} for {len(table)} rows")
        unknown = np.isnan(column) if column.dtype.kind == "f" else column == -1
        wrong = column[~unknown & ~((column >= least) & (column <= most))]
        if len(wrong):
            raise Defect(f"{what}: {name} {wrong[0]} outside {least} to {most}")


def fault(feed: Callable[[bytes], object], *data: bytes) -> str:
    """What is wrong with feeding these bytes, "" where nothing is."""
    try:
        feed(b"".join(data))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def resident_mb() -> float:
    """The memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def led_by_coverage(arguments: list[str]) -> None:
    """libFuzzer over ``check``; it ends at the first defect and writes the bytes to a file."""
    # As plain Python the kernels can be instrumented, and an index too large is an error.
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    import atheris

    with atheris.instrument_imports(include=["coastwatch.decode"]):
        import coastwatch.decode.ais
        import coastwatch.decode.nmea  # noqa: F401
    seeds = mutate.valid()

    def mutated(data: bytes, size_max: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, size_max))
        cut = random.randrange(len(data) + 1)
        return (data[:cut] + mutate.burst(random, seeds) + data[cut:])[:size_max]

    atheris.Setup([sys.argv[0], *arguments], check, custom_mutator=mutated)
    atheris.Fuzz()


def main() -> int:
    """Exit status 1 where a defect was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.ais", description=__doc__)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="pass what follows to libFuzzer")
    options, rest = parser.parse_known_args()
    if options.atheris:
        led_by_coverage(rest)
        return 0
    if rest:
        parser.error(f"unknown: {' '.join(rest)}")
    begin = time.perf_counter()
    report = run(options.sentences, options.seed)
    print(f"{report.sentences:,} sentences, seed {options.seed}, "
          f"{time.perf_counter() - begin:.0f} s; slowest datagram {report.slowest_s * 1e3:.1f} ms, "
          f"growth in the second half {report.growth_mb:.1f} MB")  # fmt: skip
    for way, balance in report.books.items():
        print(f"{way}: {balance.frames:,} frames = {balance.decoded:,} decoded + "
              f"{balance.rejected.total():,} rejected + {balance.pending:,} pending + "
              f"{balance.expired:,} expired + {balance.ignored:,} ignored")  # fmt: skip
        for reason, count in balance.rejected.most_common():
            print(f"  {count:>9,} {reason}")
    for what, data in report.defects.items():
        print(f"DEFECT {what}\n  {data[:2_000]!r}")
    return 1 if report.defects else 0


if __name__ == "__main__":
    sys.exit(main())
