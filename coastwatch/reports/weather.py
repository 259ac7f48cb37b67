"""Weather and sea state of a span, from a CSV file with units in the names of its columns."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import InputError
from coastwatch.reports.span import Span

# What each column may hold; the wind may be told in knots instead.
BOUNDS = {
    "wind_mps": (0.0, 120.0), "wind_kn": (0.0, 240.0), "wind_from_deg": (0.0, 360.0),
    "wave_height_m": (0.0, 40.0), "sea_state": (0.0, 9.0), "visibility_m": (0.0, 500_000.0),
}  # fmt: skip
BYTES_MOST = 20_000_000


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
    """The weather of each day of a span that the file tells of.

    Raises InputError, naming file, line, column and mend.
    """
    by_day: dict[date, list[dict[str, float]]] = {}
    try:
        if path.stat().st_size > BYTES_MOST:
            raise InputError(f"{path}: over 20 MB; give the weather of the span alone")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(path, header)
        for row in lines:
            if not any(cell.strip() for cell in row):
                continue
            where = f"{path}: line {lines.line_num}"
            if len(row) != len(header):
                raise InputError(f"{where}: {len(row)} cells, the header has {len(header)}")
            told = dict(zip(header, row, strict=True))
            time = _time(where, told.pop("time"))
            values = {name: v for name, cell in told.items()
                      if (v := _number(where, name, cell)) is not None}  # fmt: skip
            if "wind_kn" in values:
                values["wind_mps"] = values.pop("wind_kn") * KNOT_MPS
            if span.begin <= time < span.end:
                by_day.setdefault(time.date(), []).append(values)
    except csv.Error as error:
        raise InputError(f"{path}: line {lines.line_num}: not CSV ({error})") from error
    return {day: _day(rows) for day, rows in sorted(by_day.items())}


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
    except ValueError:
        time = datetime.min
    if time.tzinfo is None:
        raise InputError(f"{where}: time {text[:40]!r}: write it as 2026-11-16T06:00Z")
    return time.astimezone(UTC)


def _number(where: str, name: str, text: str) -> float | None:
    if not text.strip():
        return None
    low, high = BOUNDS[name]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise InputError(f"{where}: {name} {text[:40]!r}: give a number from {low:g} to {high:g}")
    return value


def _day(rows: list[dict[str, float]]) -> DayWeather:
    def span(name: str) -> tuple[float, float] | None:
        values = [row[name] for row in rows if name in row]
        return (min(values), max(values)) if values else None

    from_deg = [math.radians(row["wind_from_deg"]) for row in rows if "wind_from_deg" in row]
    east, north = sum(map(math.sin, from_deg)), sum(map(math.cos, from_deg))
    # Winds from all round have no mean direction.
    steady = bool(from_deg) and math.hypot(east, north) > 0.2 * len(from_deg)
    mean = math.degrees(math.atan2(east, north)) % 360 if steady else None
    return DayWeather(len(rows), span("wind_mps"), mean, span("wave_height_m"),
                      span("sea_state"), span("visibility_m"))  # fmt: skip
