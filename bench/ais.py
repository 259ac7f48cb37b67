"""AIS: files of a million sentences to columns, against peers that read the same files."""

from __future__ import annotations

import operator
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bench import corpus
from bench.timing import Run, race

ROUNDS_VARIABLE = "COASTWATCH_BENCH_ROUNDS"
SMALL_SENTENCES = 20_000
CHUNK = 1 << 20
ROWS = 20_000

# The types that we give as columns; of the others the peers, too, tell type and MMSI only.
COLUMN_TYPES = {1, 2, 3, 4, 5, 9, 11, 17, 18, 19, 21, 24, 27}
POSITION_TYPES = (1, 2, 3, 4, 9, 11, 17, 18, 19, 21, 27)
PYAIS_FIELDS = ("msg_type", "mmsi", "lon", "lat", "speed", "course", "heading", "status", "second",
                "shipname")  # fmt: skip
AISCAT_FIELDS = ("type", *PYAIS_FIELDS[1:])
_SENTENCE = re.compile(rb"![A-Z]{2}VD[MO],[^!*\r\n]*\*[0-9A-F]{2}")


def main() -> None:
    """Print a line a contender and corpus; see docs/bench.md."""
    contenders = {"plain read": "bench.ais:plain", "coastwatch": "bench.ais:ours"}
    contenders["pyais"] = "bench.ais:pyais"
    if find_spec("aiscat"):
        contenders |= {"aiscat": "bench.ais:aiscat", "aiscat to JSON": "bench.ais:aiscat_json"}
    if shutil.which("gpsdecode"):
        contenders["gpsdecode to JSON"] = "bench.ais:gpsdecode"
    missing = {"aiscat", "gpsdecode to JSON"} - set(contenders)
    if missing:
        print(f"AIS: not installed and left out: {', '.join(sorted(missing))}")
    rounds = int(os.environ.get(ROUNDS_VARIABLE, "3"))
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("bare", "logged"):
            path, small = Path(folder, kind), Path(folder, f"{kind}.small")
            print(f"AIS {corpus.write(kind, path)}", flush=True)
            corpus.write(kind, small, SMALL_SENTENCES)
            _tell(kind, race(contenders, path, small, rounds))


def _tell(kind: str, runs: dict[str, Run]) -> None:
    own = corpus.SENTENCES / runs["coastwatch"].seconds
    for name, run in runs.items():
        rate = corpus.SENTENCES / run.seconds
        ratio = "" if name == "coastwatch" else f", coastwatch is {own / rate:.2f} times this"
        counts = ", ".join(f"{count:,} {what}" for what, count in run.result.items())
        print(f"AIS {kind}: {name} {rate:,.0f} sentences/s{ratio}; peak {run.peak_mb:.0f} MB; "
              f"start and {SMALL_SENTENCES:,} sentences {run.startup_s:.2f} s "
              f"(first process {run.first_s:.1f} s in all); {counts}",
              flush=True)  # fmt: skip


Counts = Callable[[], dict[str, int]]


def plain(path: Path) -> Counts:
    """The machine's limit: the bytes read and the line ends counted, nothing understood."""
    lines = sum(chunk.count(b"\n") for chunk in _chunks(path))
    return lambda: {"lines": lines}


def ours(path: Path) -> Counts:
    """Every column that coastwatch has, checksums verified, fragments joined, times chosen."""
    from coastwatch import read_ais

    messages, statics, balance = read_ais(path)

    def counts() -> dict[str, int]:
        if balance.difference:
            raise AssertionError(f"{balance.difference} frames unaccounted for")
        positions = np.isfinite(messages.lon) & np.isin(messages.msg_type, POSITION_TYPES)
        return {"messages": len(messages), "positions": int(positions.sum()),
                "statics": len(statics), "rejected": balance.rejected.total()}  # fmt: skip

    return counts


def pyais(path: Path) -> Counts:
    """pyais at its best: sentences from its stream, one attrgetter a message, columns by type."""
    from pyais.exceptions import AISBaseException
    from pyais.messages import MSG_CLASS
    from pyais.stream import ByteStream

    get: dict[type, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}
    columns = Columns(PYAIS_FIELDS)
    for sentence in ByteStream(_sentences(path)):
        if not sentence.is_valid:
            continue
        kind = sentence.ais_id
        if kind not in COLUMN_TYPES:
            columns.add(PYAIS_FIELDS[:2], (kind, sentence.bv.get(8, 30)))
            continue
        try:
            message = MSG_CLASS[kind].from_vector(sentence.bv)
        except AISBaseException:
            continue
        told = get.get(type(message))
        if told is None:
            names = tuple(n for n in PYAIS_FIELDS if hasattr(message, n))
            told = get[type(message)] = names, operator.attrgetter(*names)
        columns.add(told[0], told[1](message))
    return columns.closed()


def aiscat(path: Path) -> Counts:
    """aiscat's default: dicts from a decoder that is fed in chunks, then columns."""
    from aiscat import Decoder

    decoder, columns = Decoder(), Columns(AISCAT_FIELDS)
    for chunk in _bare_chunks(path):
        decoder.feed(chunk)
        while (message := decoder.next()) is not None:
            columns.add(AISCAT_FIELDS, tuple(map(message.get, AISCAT_FIELDS)))
    return columns.closed()


def aiscat_json(path: Path) -> Counts:
    """No columns: AIS-catcher's own C++ writing JSON, the most that a reader of it could reach."""
    from aiscat import Decoder

    decoder, messages = Decoder(format="json"), 0
    for chunk in _bare_chunks(path):
        decoder.feed(chunk)
        while decoder.next() is not None:
            messages += 1
    return lambda: {"messages": messages}


def gpsdecode(path: Path) -> Counts:
    """No columns: gpsd's decoder writing JSON that nobody reads."""
    with path.open("rb") as source:
        subprocess.run(["gpsdecode", "-j"], stdin=source, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)  # fmt: skip
    return dict


class Columns:
    """Rows of a peer -> NumPy columns, a chunk at a time: one float64 a field, names as bytes."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._parts: list[dict[str, np.ndarray]] = []
        self._groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        self._rows = 0

    def add(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """One message: these fields of it; None stands for unknown."""
        group = self._groups.get(names)
        if group is None:
            group = self._groups[names] = []
        group.append((self._rows, *values))
        self._rows += 1
        if self._rows == ROWS:
            self._close()

    def closed(self) -> Counts:
        """The columns are whole; how many messages, positions and named statics they hold."""
        self._close()
        kind, _, lon, *_, name = (
            np.concatenate([part[field] for part in self._parts]) for field in self._fields
        )

        def counts() -> dict[str, int]:
            positions = np.isfinite(lon) & (np.abs(lon) <= 180) & np.isin(kind, POSITION_TYPES)
            return {"messages": len(kind), "positions": int(positions.sum()),
                    "names": int((name != b"").sum())}  # fmt: skip

        return counts

    def _close(self) -> None:
        part = {n: np.full(self._rows, np.nan) for n in self._fields[:-1]}
        part[self._fields[-1]] = np.zeros(self._rows, dtype="S20")
        for names, rows in self._groups.items():
            at, *values = zip(*rows, strict=True)
            index = np.array(at)
            for field, column in zip(names, values, strict=True):
                if field == self._fields[-1]:
                    part[field][index] = [(v or "").encode("ascii", "replace") for v in column]
                else:
                    part[field][index] = np.array(column, dtype=float)
        self._parts.append(part)
        self._groups, self._rows = {}, 0


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _sentences(path: Path) -> Iterator[bytes]:
    """Bare sentences, which is all that the peers can read: of a log line nothing else is kept."""
    with path.open("rb") as file:
        if path.name.startswith("bare"):
            yield from file
            return
        while lines := file.readlines(CHUNK):
            yield from _SENTENCE.findall(b"".join(lines))


def _bare_chunks(path: Path) -> Iterator[bytes]:
    if path.name.startswith("bare"):
        yield from _chunks(path)
        return
    sentences = _sentences(path)
    while part := list(islice(sentences, ROWS)):
        yield b"\r\n".join(part) + b"\r\n"
