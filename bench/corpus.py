"""One million AIS sentences for the benchmarks: real logs where there are any, else simulated."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SENTENCES = 1_000_000
LOGS_VARIABLE = "COASTWATCH_AIS_LOGS"
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "ais"
SEED = 1
SIMULATED = 100_000

_AIS = re.compile(rb"![A-Z]{2}VD[MO],[^!*\r\n]*\*[0-9A-F]{2}")
_BEGIN = re.compile(rb"![A-Z]{2}VD[MO],")
# The first 6 characters of a payload, where this is a message's only or first sentence.
_MMSI = re.compile(rb"(![A-Z]{2}VD[MO],\d,1,[^,]*,[^,]*,[0-W`-w]{4})([0-W`-w])([0-W`-w])")


def logs() -> list[Path]:
    """The raw logs, by name: of the folder that the environment names, or of the one beside us."""
    folder = Path(os.environ.get(LOGS_VARIABLE, BESIDE))
    return [p for p in sorted(folder.glob("*")) if p.is_file() and p.suffix not in (".tsv", ".md")]


def write(kind: str, path: Path, sentences: int = SENTENCES) -> str:
    """Write a corpus of exactly so many sentences and say in a line what it is made of.

    ``bare``: the checksum-valid VDM and VDO sentences alone, one a line. ``logged``: the lines as
    the logs hold them, with prefixes, tag blocks, suffixes, $PGHP and other sentences. Both run
    through the logs again and again; each pass is another fleet, see ``_as_fleet``.
    """
    files = logs()
    source = [p.read_bytes() for p in files] or [_simulated(kind)]
    if kind == "bare":
        source = [b"".join(s + b"\r\n" for s in _valid(data)) for data in source]
    lines = [line for data in source for line in data.splitlines(keepends=True)]
    left = sentences
    with path.open("wb") as out:
        for line, count in _passes(lines):
            out.write(line)
            left -= count
            if left <= 0:
                break
    if left < 0:
        raise ValueError("the last line of the corpus holds more sentences than were wanted")
    made = f"{len(files)} raw logs" if files else f"sentences simulated with seed {SEED}"
    return f"{kind}: {sentences:,} sentences, {path.stat().st_size / 1e6:.1f} MB, of {made}"


def _valid(data: bytes) -> Iterator[bytes]:
    for found in _AIS.finditer(data):
        body, _, told = found[0].rpartition(b"*")
        if _checksum(body[1:]) == int(told, 16):
            yield found[0]


def _checksum(body: bytes) -> int:
    return int(np.bitwise_xor.reduce(np.frombuffer(body, dtype=np.uint8)))


def _passes(lines: list[bytes]) -> Iterator[tuple[bytes, int]]:
    """Lines without end, each with the number of AIS sentences in it."""
    counts = [len(_BEGIN.findall(line)) for line in lines]
    fleet = 0
    while True:
        for line, count in zip(lines, counts, strict=True):
            yield (_as_fleet(line, fleet) if fleet and count else line), count
        fleet += 1


def _as_fleet(line: bytes, fleet: int) -> bytes:
    """The line as sent by another fleet, so that a repeat is no second hearing of one message.

    The same three low bits are flipped in two characters of the MMSI: the armour stays legal and
    the checksum true, in this line and wherever else the log names it ($PGHP). Eight fleets.
    """
    flip = fleet % 8

    def other(found: re.Match[bytes]) -> bytes:
        return found[1] + bytes((found[2][0] ^ flip, found[3][0] ^ flip))

    return _MMSI.sub(other, line)


def _simulated(kind: str) -> bytes:
    """What a coast station could log: class A and B positions and statics, with tag blocks."""
    from pyais.encode import encode_dict

    random = np.random.default_rng(SEED)
    lines: list[str] = []
    while len(lines) < SIMULATED:
        i = len(lines)
        mmsi = 227_000_000 + int(random.integers(2_000))
        where = {"lon": 1.5 + random.normal(0, 0.2), "lat": 51 + random.normal(0, 0.1),
                 "speed": float(random.uniform(0, 20)), "course": float(random.uniform(0, 360)),
                 "second": i % 60}  # fmt: skip
        message: dict[str, Any] = {"type": 1 if mmsi % 3 else 18, "mmsi": mmsi, **where}
        if random.random() < 0.1:
            message = {"type": 5, "mmsi": mmsi, "shipname": f"VESSEL {mmsi % 2_000}"}
        sent = encode_dict(message, talker_id="AI", sentence_type="VDM", seq_id=i % 10)
        lines += sent if kind == "bare" else [_tagged(s, 1_600_000_000 + i // 50) for s in sent]
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def _tagged(sentence: str, epoch_s: int) -> str:
    block = f"s:station,c:{epoch_s}"
    return f"\\{block}*{_checksum(block.encode()):02X}\\{sentence}"
