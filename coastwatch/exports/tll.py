"""NMEA 0183 TLL: the fused picture as radar targets, which OpenCPN and chart plotters show.

``$RATLL,xx,llll.llll,a,yyyyy.yyyy,a,c--c,hhmmss.ss,a,a*hh`` (IEC 61162-1), with a tag block before
it (``c:`` UTC seconds, ``s:`` source) by which `coastwatch decode` has the day, too.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from coastwatch.exports.layer import Layer
from coastwatch.exports.lines import places
from coastwatch.exports.names import named

SOURCE = "coastwatch"
# OpenCPN cuts a target's name here; a sentence of ours then has 76 bytes of the 82 allowed.
NAME_MOST = 20
# A target that no picture holds for so long, or for three of its turns, is told as lost.
LOST_S = 60.0
# A number rests so long after its loss: a receiver has dropped the lost target by then, and our
# decoder takes what comes after it for another vessel.
REST_S = 600.0
# OpenCPN files target n under 199200000 + n and begins another kind at 199300000.
NUMBER_MAX = 99_999
TWO_DIGITS = 99
# What IEC 61162-1 keeps for itself within a sentence, and what is not printable ASCII.
_RESERVED = re.compile(r"[^ -~]|[!$*,\\^~]")


def write(layer: Layer, out: Path) -> None:
    """The rows, in order of time, one sentence each; an ended or vanished track as lost (L)."""
    numbers = Numbers()
    with out.open("wb") as file:
        for sentence in _sentences(layer, numbers):
            file.write(sentence)
    if numbers.most > TWO_DIGITS:
        layer.notes.append(f"target numbers go to {numbers.most}; many plotters know none above 99")


def tll(number: int, lon: float, lat: float, name: str, time: datetime, status: str) -> bytes:
    """One sentence with its tag block. Degrees in; ``status`` is T (tracked), Q or L (lost)."""
    clock = f"{time:%H%M%S}.{time.microsecond // 10_000:02d}"
    body = (
        f"RATLL,{number:02d},{_minutes(lat, 2, 'NS')},{_minutes(lon, 3, 'EW')},"
        f"{plain(name)},{clock},{status},"
    )
    # The tag's time is that of the whole second; the sentence's own clock has the rest.
    tag = f"c:{int(time.timestamp())},s:{SOURCE}"
    return f"\\{tag}*{_sum(tag)}\\${body}*{_sum(body)}\r\n".encode("ascii")


def plain(name: str) -> str:
    """A name in the characters that a sentence can hold: accents go, the rest becomes a space."""
    ascii_ = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(_RESERVED.sub(" ", ascii_).split())[:NAME_MOST].strip()


@dataclass(slots=True)
class Numbers:
    """Target numbers from 1: the smallest that was never used or has rested since its loss."""

    most: int = 0
    _free: list[int] = field(default_factory=list)
    _resting: list[tuple[datetime, int]] = field(default_factory=list)

    def take(self, time: datetime) -> int | None:
        """A number for a new target; None where all are in use."""
        while self._resting and self._resting[0][0] <= time:
            heapq.heappush(self._free, heapq.heappop(self._resting)[1])
        if self._free:
            return heapq.heappop(self._free)
        if self.most >= NUMBER_MAX:
            return None
        self.most += 1
        return self.most

    def give_back(self, number: int, time: datetime) -> None:
        """The target was lost at this time."""
        heapq.heappush(self._resting, (time + timedelta(seconds=REST_S), number))


@dataclass(slots=True)
class _Target:
    number: int
    name: str
    time: datetime
    lon: float
    lat: float

    def said(self, status: str, time: datetime | None = None) -> bytes:
        return tll(self.number, self.lon, self.lat, self.name, time or self.time, status)


def _sentences(layer: Layer, numbers: Numbers) -> Iterator[bytes]:
    live: dict[int, _Target] = {}
    patience = timedelta(seconds=max(LOST_S, 3.0 * layer.every_s))
    swept = before = None
    for row in _rows(layer):
        time = row["time"]
        if swept is None or time - swept >= timedelta(seconds=1):
            yield from _vanished(live, numbers, before or time, time, patience)
            swept = time
        before = time
        target = live.get(row["track"]) or _new(row, numbers, live, layer)
        if target is None:
            continue
        target.name, target.time, target.lon, target.lat = named(row), time, row["lon"], row["lat"]
        if row["status"] == "ended":
            numbers.give_back(live.pop(row["track"]).number, time)
        yield target.said("L" if row["status"] == "ended" else "T")


def _new(
    row: Mapping[str, Any], numbers: Numbers, live: dict[int, _Target], layer: Layer
) -> _Target | None:
    """A target for a track that has none; None where it has ended or no number is left."""
    if row["status"] == "ended":
        return None
    number = numbers.take(row["time"])
    if number is None:
        layer.leave_out(f"positions of targets beyond number {NUMBER_MAX}")
        return None
    target = live[row["track"]] = _Target(number, "", row["time"], row["lon"], row["lat"])
    return target


def _vanished(
    live: dict[int, _Target],
    numbers: Numbers,
    before: datetime,
    time: datetime,
    patience: timedelta,
) -> Iterator[bytes]:
    """Targets that stopped without an end: told as lost where they were, once patience is over."""
    for track in sorted(k for k, target in live.items() if time - target.time > patience):
        target = live.pop(track)
        numbers.give_back(target.number, time)
        yield target.said("L", max(before, target.time + patience))


def _rows(layer: Layer) -> Iterator[Mapping[str, Any]]:
    names = ["time", "track", "what", "mmsi", "name", "status"]
    for batch in layer.batches:
        table = pa.Table.from_batches([batch])
        lon, lat = places(table)
        for k, row in enumerate(table.select(names).to_pylist()):
            yield row | {"lon": float(lon[k]), "lat": float(lat[k])}


def _minutes(angle_deg: float, digits: int, sides: str) -> str:
    """Degrees as (d)ddmm.mmmm and its side; rounded once, so that no 60.0000 minutes come out."""
    parts = int(np.round(abs(angle_deg) * 600_000.0))
    degrees, rest = divmod(parts, 600_000)
    side = sides[1] if angle_deg < 0 and parts else sides[0]
    return f"{degrees:0{digits}d}{rest // 10_000:02d}.{rest % 10_000:04d},{side}"


def _sum(text: str) -> str:
    total = 0
    for byte in text.encode("ascii"):
        total ^= byte
    return f"{total:02X}"
