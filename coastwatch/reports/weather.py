"""Weather and sea state of a span, from a CSV file with units in the names of its columns."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import InputError
from coastwatch.reports.span import Span

# What each column may hold; the wind may be told in knots instead.
BOUNDS = {
    "wind_mps": (0.0, 120.0), "wind_kn": (0.0, 240.0), "wind_from_deg": (0.0, 360.0),
    "wave_height_m": (0.0, 40.0), "sea_state": (0.0, 9.0), "visibility_m": (0.0, 500_000.0),
}  # fmt: skip
BYTES_MOST, LINE_MOST = 20_000_000, 4_000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DayWeather:
    """Ranges (least, most) of one UTC day; None where nothing was told. The wind's direction is
    the mean of its vectors, degrees it blows from."""

    rows: int
    wind_mps: tuple[float, float] | None
    wind_from_deg: float | None
    wave_height_m: tuple[float, float] | None
    sea_state: tuple[float, float] | None
    visibility_m: tuple[float, float] | None


def read_weather(path: Path, span: Span) -> dict[date, DayWeather]:
    """The weather of each day of a span that the file tells of, read line by line.

    Raises InputError, naming file, line, column and mend.
    """
    days: dict[date, _Day] = {}
    header: list[str] = []
    try:
        with path.open("rb") as file:
            for number, row in _rows(path, file):
                if not header:
                    header = [name.strip() for name in row]
                    _check_header(path, header)
                    continue
                where = f"{path}: line {number}"
                if len(row) != len(header):
                    raise InputError(f"{where}: {len(row)} cells, the header has {len(header)}")
                told = dict(zip(header, row, strict=True))
                time = _time(where, told.pop("time"))
                values = {name: v for name, cell in told.items()
                          if (v := _number(where, name, cell)) is not None}  # fmt: skip
                if "wind_kn" in values:
                    values["wind_mps"] = values.pop("wind_kn") * KNOT_MPS
                if span.begin <= time < span.end:
                    days.setdefault(time.date(), _Day()).add(values)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a CSV file") from error
    if not header:
        _check_header(path, header)
    return {day: told.whole() for day, told in sorted(days.items())}


def _rows(path: Path, file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of each line that has any; a cell holds no line's end."""
    read = 0
    # A line is asked for by its length, so that one without an end is not held whole.
    for number, data in enumerate(iter(lambda: file.readline(LINE_MOST + 1), b""), 1):
        where = f"{path}: line {number}"
        read += len(data)
        if read > BYTES_MOST:
            raise InputError(f"{path}: over 20 MB; give the weather of the span alone")
        if len(data) > LINE_MOST:
            raise InputError(f"{where}: over {LINE_MOST:,} bytes; give a time and six numbers")
        try:
            text = data.decode("utf-8-sig" if number == 1 else "utf-8")
            row = next(csv.reader([text], strict=True), [])
        except UnicodeDecodeError as error:
            raise InputError(f"{where}: no UTF-8 text ({error.reason}); save it as UTF-8") from None
        except csv.Error as error:
            mend = "end lines by LF, and each quote on its line"
            raise InputError(f"{where}: not CSV ({error}); {mend}") from None
        if any(cell.strip() for cell in row):
            yield number, row


def _check_header(path: Path, header: list[str]) -> None:
    if "time" not in header:
        raise InputError(f"{path}: line 1: no column time; it may have {', '.join(BOUNDS)}")
    for name in header:
        if name != "time" and name not in BOUNDS:
            raise InputError(
                f"{path}: line 1: unknown column {name[:40]!r}; give time, {', '.join(BOUNDS)}"
            )
    if len(set(header)) < len(header) or {"wind_mps", "wind_kn"} <= set(header):
        raise InputError(f"{path}: line 1: a column stands twice; give each once, the wind in one")


def _time(where: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.strip())
        # The first and the last days there are have no UTC everywhere.
        utc = time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        utc = None
    if utc is None:
        raise InputError(f"{where}: time {text[:40]!r}: write it as 2026-11-16T06:00Z")
    return utc


def _number(where: str, name: str, text: str) -> float | None:
    if not text.strip():
        return None
    low, high = BOUNDS[name]
    # What Python takes for a number besides: 1_0, digits of other scripts, nan.
    value = float(text) if NUMBER.fullmatch(text.strip()) else math.nan
    if not low <= value <= high:
        raise InputError(f"{where}: {name} {text[:40]!r}: give a number from {low:g} to {high:g}")
    return value


@dataclass(slots=True)
class _Day:
    """What the rows of a day come to, so far: as small for a million rows as for one."""

    rows: int = 0
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    winds: int = 0
    east: float = 0.0
    north: float = 0.0

    def add(self, values: dict[str, float]) -> None:
        self.rows += 1
        for name, value in values.items():
            low, high = self.ranges.get(name, (value, value))
            self.ranges[name] = min(low, value), max(high, value)
        if "wind_from_deg" in values:
            from_rad = math.radians(values["wind_from_deg"])
            self.winds += 1
            self.east += math.sin(from_rad)
            self.north += math.cos(from_rad)

    def whole(self) -> DayWeather:
        # Winds from all round have no mean direction.
        steady = self.winds > 0 and math.hypot(self.east, self.north) > 0.2 * self.winds
        mean = math.degrees(math.atan2(self.east, self.north)) % 360 if steady else None
        told = self.ranges.get
        return DayWeather(self.rows, told("wind_mps"), mean, told("wave_height_m"),
                          told("sea_state"), told("visibility_m"))  # fmt: skip
