"""Rows of a plots file -> checked columns, many at a time; a bad row costs only itself."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as pacsv

from coastwatch.decode.stamps import EARLIEST_S, LATEST_S, prefix_s
from coastwatch.model import Floats, Ints

# Least and greatest sound value of each number column.
NUMBERS = {
    "lon": (-180.0, 180.0),
    "lat": (-90.0, 90.0),
    "range_m": (0.0, 1e6),
    "azimuth_deg": (-360.0, 720.0),
    "sensor_lon": (-180.0, 180.0),
    "sensor_lat": (-90.0, 90.0),
    "sigma_m": (1e-3, 1e5),
    "sigma_range_m": (1e-3, 1e5),
    "sigma_azimuth_deg": (1e-5, 90.0),
    "amplitude": (-1e6, 1e6),
    "mmsi": (1.0, 999_999_999.0),
}
_NUMBER = r"^[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})([eE][+-]?\d{1,3})?$"
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")
_UTC_STAMP = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?Z$"

Mask = NDArray[np.bool_]
Strings = dict[str, Any]  # pyarrow string arrays by column


@dataclass(slots=True)
class Rows:
    """Sound rows as columns; ``refused`` has the reason and index of each of the others."""

    time_s: Floats
    sensor: list[str]
    line: Ints
    numbers: dict[str, Floats]
    refused: list[tuple[str, int]]
    repeated_headers: int = 0

    def __len__(self) -> int:
        return len(self.time_s)

    def column(self, name: str) -> Floats:
        """A number column, NaN where the file does not have it."""
        found = self.numbers.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def take(self, mask: Mask) -> Rows:
        """The rows where ``mask`` is set."""
        if mask.all():
            return self
        sensor = [name for name, keep in zip(self.sensor, mask.tolist(), strict=True) if keep]
        numbers = {name: values[mask] for name, values in self.numbers.items()}
        return Rows(self.time_s[mask], sensor, self.line[mask], numbers, self.refused)


def read_rows(header: list[str], lines: list[bytes], numbers: list[int]) -> Rows:
    """The rows of these lines, whose places in the text are ``numbers``."""
    index, table, refused = _parse(header, lines)
    again = pc.equal(table["sensor"], "sensor").to_numpy(zero_copy_only=False)
    again &= pc.equal(table["time"], "time").to_numpy(zero_copy_only=False)
    reasons = np.zeros(len(index), dtype=np.int64)
    time_s = _times(table["time"])
    checks = [("bad time", np.isfinite(time_s) & (time_s > EARLIEST_S) & (time_s < LATEST_S))]
    columns = {}
    for name in NUMBERS:
        if name in table:
            columns[name], sound = _numbers(table[name], *NUMBERS[name])
            checks.append((f"bad {name}", sound))
    if "mmsi" in columns:
        checks.append(("bad mmsi", ~(columns["mmsi"] % 1 > 0)))
    checks += _pairs(columns, len(index))
    for k, (_, sound) in enumerate(checks, 1):
        reasons[(reasons == 0) & ~sound] = k
    for i in np.flatnonzero((reasons > 0) & ~again).tolist():
        refused.append((checks[reasons[i] - 1][0], int(index[i])))
    refused.sort(key=lambda item: item[1])
    line = np.asarray(numbers, dtype=np.int64)[index]
    rows = Rows(time_s, table["sensor"].to_pylist(), line, columns, refused)
    rows = rows.take((reasons == 0) & ~again)
    rows.repeated_headers = int(again.sum())
    return rows


def _parse(header: list[str], lines: list[bytes]) -> tuple[Ints, Strings, list[tuple[str, int]]]:
    """The index of each row that has the header's fields, its known columns, and the others."""
    blob = b"\n".join(lines)
    odd = blob.count(b'"') or b"\r" in blob or b"\0" in blob
    if not odd and blob.isascii():
        found = _parse_plain(header, blob, len(lines))
        if found:
            return np.arange(len(lines)), found, []
    return _parse_each(header, lines)


def _parse_plain(header: list[str], blob: bytes, n: int) -> Strings | None:
    """All columns at once, where no row needs care."""
    known = [name for name in header if name in NUMBERS or name in ("time", "sensor")]
    names = [name if name in known else f"\0{i}" for i, name in enumerate(header)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(blob),
            pacsv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            pacsv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            pacsv.ConvertOptions(
                column_types={name: pa.string() for name in known},
                include_columns=known,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != n:
        return None
    return {name: pc.utf8_trim_whitespace(table[name].combine_chunks()) for name in known}


def _parse_each(
    header: list[str], lines: list[bytes]
) -> tuple[Ints, Strings, list[tuple[str, int]]]:
    """Line by line: quoted fields, and rows that have too few or too many."""
    index, fields, refused = [], [], []
    for i, line in enumerate(lines):
        try:
            row = next(csv.reader([line.decode("utf-8")], strict=True))
        except (UnicodeDecodeError, csv.Error, StopIteration):
            refused.append(("row cannot be read", i))
            continue
        if len(row) != len(header):
            refused.append(("wrong number of fields", i))
            continue
        index.append(i)
        fields.append([f.strip() for f in row])
    columns = {
        name: pa.array([row[k] for row in fields], pa.string())
        for k, name in enumerate(header)
        if name in NUMBERS or name in ("time", "sensor")
    }
    return np.array(index, dtype=np.int64), columns, refused


def _numbers(text: Any, low: float, high: float) -> tuple[Floats, Mask]:
    """Values (NaN where empty), and where the field is empty or a sound number."""
    empty = pc.equal(text, "").to_numpy(zero_copy_only=False)
    values = _floats(text)
    with np.errstate(invalid="ignore"):
        return values, empty | ((values >= low) & (values <= high))


def _floats(text: Any) -> Floats:
    """The number in each field, NaN where there is none."""
    numeric = pc.match_substring_regex(text, _NUMBER)
    cast = pc.cast(pc.if_else(numeric, text, pa.scalar(None, pa.string())), pa.float64())
    values: Floats = cast.to_numpy(zero_copy_only=False).astype(np.float64)
    return values


def _times(text: Any) -> Floats:
    """UTC seconds of Unix seconds or ISO 8601 with its zone, NaN where it is neither."""
    values = _floats(text)
    left = np.flatnonzero(np.isnan(values))
    if not len(left):
        return values
    rest = text.take(pa.array(left))
    try:
        if not pc.all(pc.match_substring_regex(rest, _UTC_STAMP)).as_py():
            raise ValueError("not all are plain UTC stamps")
        stamps_ns = pc.cast(rest, pa.timestamp("ns", tz="UTC")).cast(pa.int64())
        values[left] = stamps_ns.to_numpy(zero_copy_only=False) / 1e9
    except (ValueError, pa.ArrowInvalid):
        values[left] = [_iso_s(item) for item in rest.to_pylist()]
    return values


def _iso_s(text: str) -> float:
    time_s = prefix_s(text.encode()) if _ISO.fullmatch(text) else None
    return np.nan if time_s is None else time_s


def _pairs(columns: dict[str, Floats], n: int) -> list[tuple[str, Mask]]:
    """What stands only in pairs: a longitude without its latitude places nothing."""
    nan = np.full(n, np.nan)

    def has(name: str) -> Mask:
        return ~np.isnan(columns.get(name, nan))

    return [
        ("lon without lat, or lat without lon", has("lon") == has("lat")),
        ("sensor_lon without sensor_lat", has("sensor_lon") == has("sensor_lat")),
        ("range_m without azimuth_deg", ~has("range_m") | has("azimuth_deg")),
    ]
