"""Truth and tracks files -> columns, checked; Parquet or CSV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from coastwatch.model import Floats, InputError, Ints

BELIEVED = ("confirmed", "coasting")  # the tracks that the picture stands for
PER_SECOND = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}


@dataclass(frozen=True, slots=True)
class Paths:
    """Positions of many owners (targets or tracks), sorted by owner and time, no time twice.

    ``owner`` counts from 0 in the order of the file's ids; ``mmsi`` is -1 where unknown.
    """

    owner: Ints
    time_s: Floats
    lon: Floats
    lat: Floats
    mmsi: Ints

    @property
    def owners(self) -> int:
        return int(self.owner[-1]) + 1 if len(self.owner) else 0


def read_truth(path: Path) -> Paths:
    """The true paths: columns time, target, lon, lat and perhaps mmsi.

    Raises InputError, naming the file, the column and the mend.
    """
    table = _table(path, ("time", "target", "lon", "lat"))
    if not table.num_rows:
        raise InputError(f"{path}: no rows; give the truth of at least one target")
    return _paths(table, "target", path)


def read_tracks(path: Path) -> Paths:
    """The confirmed and coasting tracks of a run: columns time, track, lon, lat, status, mmsi.

    Raises InputError, naming the file, the column and the mend.
    """
    table = _table(path, ("time", "track", "lon", "lat", "status"))
    believed = pc.is_in(table["status"].cast(pa.string()), value_set=pa.array(BELIEVED))
    return _paths(table.filter(believed), "track", path)


def _table(path: Path, needed: tuple[str, ...]) -> pa.Table:
    try:
        if path.suffix == ".csv":
            options = pa_csv.ConvertOptions(strings_can_be_null=True)
            table = pa_csv.read_csv(path, convert_options=options)
        else:
            names = pq.read_schema(path).names
            table = pq.read_table(path, columns=[n for n in (*needed, "mmsi") if n in names])
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path}: cannot be read ({reason}); give a .csv, or a .parquet file such as a run's "
            "tracks.parquet or an exercise's truth.parquet"
        ) from error
    for name in needed:
        if name not in table.column_names:
            raise InputError(
                f"{path}: column {name!r} is missing; needed are {', '.join(needed)}, "
                f"found are {', '.join(table.column_names) or 'none'}"
            )
    return table


def _paths(table: pa.Table, owner: str, path: Path) -> Paths:
    if table[owner].null_count:
        row = int(np.flatnonzero(np.asarray(table[owner].is_null()))[0])
        raise InputError(f"{path}: column {owner!r}, row {row + 1}: no value; name the {owner}")
    named = table[owner].combine_chunks().dictionary_encode()
    ids = np.asarray(named.indices, dtype=np.int64)
    columns = {
        # One moment written in two ways must stay one moment: doubles of today differ by 0.2 us.
        "time": np.round(_time_s(table, path), 4),
        "lon": _numbers(table, "lon", path, 360.0),
        "lat": _numbers(table, "lat", path, 90.0),
    }
    order = np.lexsort((columns["time"], ids))
    ids, time_s = ids[order], columns["time"][order]
    twice = np.zeros(len(ids), dtype=bool)
    twice[1:] = (np.diff(ids) == 0) & (np.diff(time_s) == 0)
    order = order[~twice]
    lon, lat, mmsi = columns["lon"][order], columns["lat"][order], _mmsi(table, path)[order]
    return Paths(ids[~twice], time_s[~twice], lon, lat, mmsi)


def _time_s(table: pa.Table, path: Path) -> Floats:
    column = table["time"]
    if pa.types.is_timestamp(column.type):
        _refuse(np.asarray(column.is_null()), "time", path, "give ISO 8601 with Z or Unix seconds")
        ticks = np.asarray(column.cast(pa.int64()).fill_null(0))
        return np.asarray(ticks / PER_SECOND[column.type.unit], dtype=np.float64)
    return _numbers(table, "time", path, np.inf)


def _numbers(table: pa.Table, name: str, path: Path, limit: float) -> Floats:
    column = table[name]
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        mend = "ISO 8601 with Z or Unix seconds" if name == "time" else "degrees as plain numbers"
        raise InputError(f"{path}: column {name!r} holds {column.type}, not numbers; give {mend}")
    values = np.asarray(column.cast(pa.float64()).fill_null(np.nan), dtype=np.float64)
    bad = ~np.isfinite(values) | (np.abs(values) > limit)
    _refuse(bad, name, path, "give a finite number" if name == "time" else f"give ±{limit:g}°")
    return values


def _refuse(bad: NDArray[np.bool_], name: str, path: Path, mend: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0]) + 1
        raise InputError(f"{path}: column {name!r}, row {row}: no valid value; {mend}")


def _mmsi(table: pa.Table, path: Path) -> Ints:
    if "mmsi" not in table.column_names:
        return np.full(table.num_rows, -1, dtype=np.int64)
    column = table["mmsi"]
    try:
        # By way of floats: other programs write a column with gaps so, and nine digits fit.
        numbers = np.asarray(column.cast(pa.float64()).fill_null(-1.0), dtype=np.float64)
    except pa.ArrowException as error:
        raise InputError(
            f"{path}: column 'mmsi' holds {column.type}; give whole numbers, empty where unknown"
        ) from error
    known = (numbers > 0) & (numbers < 1e9)
    return np.where(known, numbers, -1.0).astype(np.int64)
