"""The days of a kept history: GeoParquet 1.1, one file a UTC day, sorted by vessel and time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.model import InputError
from coastwatch.store.history_files import RUNS_KEY, checked, runs_in
from coastwatch.store.history_sql import (
    Engine,
    filled,
    literal,
    midnight,
    next_midnight,
    scan,
)
from coastwatch.store.tracks import TRACK_SCHEMA, sync

# Small enough that a vessel's rows are found without reading a day, large enough to compress.
GROUP_ROWS = 131_072
POINT = pa.struct([pa.field("x", pa.float64(), False), pa.field("y", pa.float64(), False)])
DAY_SCHEMA = pa.schema([*TRACK_SCHEMA, ("run", pa.string()), ("geometry", POINT)])
NAMES = ", ".join([*TRACK_SCHEMA.names, "run"])
FLOATS = [field.name for field in TRACK_SCHEMA if field.type == pa.float64()]
ENCODING = {"time": "DELTA_BINARY_PACKED"} | dict.fromkeys(
    [*FLOATS, "geometry.x", "geometry.y"], "BYTE_STREAM_SPLIT"
)
IN_ORDER = f"SELECT {NAMES} FROM {{rows}} ORDER BY mmsi NULLS LAST, run, track, time"


def add_to_day(engine: Engine, path: Path, day: date, rows: str, run: str) -> int:
    """Make a day anew with the rows of one run in it, in the place of those it had of that run.

    ``rows`` stands after FROM and names its run. The file is whole at any moment. Returns the
    run's number of rows of that day; with none a day that has none of it stays untouched. Raises
    InputError where a file cannot be read or written.
    """
    within = filled("time >= $begin AND time < $end", "", midnight(day), next_midnight(day))
    new = f"SELECT {NAMES} FROM {rows} WHERE {within}"
    count = int(engine.table(f"SELECT count(*) AS n FROM ({new})")["n"][0].as_py())
    held = runs_in(checked(path)) if path.is_file() else []
    if not count and run not in held:
        return 0
    if held:
        old = f"SELECT {NAMES} FROM {scan([path])} WHERE run <> {literal(run)}"
        new = f"{new} UNION ALL BY NAME {old}"
    write_day(path, engine.batches(IN_ORDER.format(rows=f"({new})"), GROUP_ROWS), {*held, run})
    return count


def keep_only(engine: Engine, path: Path, tracks: Iterable[tuple[str, int]]) -> int:
    """Make a day anew with the rows of these tracks (run, track) alone; how many rows went.

    A day without any row left has no file.
    """
    before = checked(path)
    wanted = track_table(tracks)
    rows = f"(SELECT * FROM {scan([path])} SEMI JOIN wanted USING (run, track))"
    left = engine.table(f"SELECT count(*) AS n FROM {rows}", wanted=wanted)["n"][0].as_py()
    if not left:
        path.unlink()
    elif left < before.num_rows:
        batches = engine.batches(IN_ORDER.format(rows=rows), GROUP_ROWS, wanted=wanted)
        write_day(path, batches, runs_in(before))
    return int(before.num_rows - left)


def track_table(tracks: Iterable[tuple[str, int]]) -> pa.Table:
    """Tracks (run, track) as a table of two columns."""
    rows = [{"run": run, "track": track} for run, track in tracks]
    return pa.Table.from_pylist(rows, pa.schema([("run", pa.string()), ("track", pa.int64())]))


def write_day(path: Path, batches: Iterable[pa.RecordBatch], runs: Iterable[str]) -> None:
    """Write rows of ``DAY_SCHEMA`` without their geometry, which follows from lon and lat.

    A position that is not finite has no geometry.
    """
    with replaced(path) as new:
        box = [np.inf, np.inf, -np.inf, -np.inf]
        with pq.ParquetWriter(
            new, DAY_SCHEMA, compression="zstd", column_encoding=ENCODING,
            use_dictionary=["run", "status", "mmsi", "track"],
        ) as file:  # fmt: skip
            for batch in batches:
                table, here = _with_points(batch)
                box = [*np.minimum(box[:2], here[:2]), *np.maximum(box[2:], here[2:])]
                file.write_table(table, row_group_size=GROUP_ROWS)
            file.add_key_value_metadata(
                {"geo": json.dumps(_geo(box)), RUNS_KEY: json.dumps(sorted(runs))}
            )


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A new file to write beside ``path``, which it replaces when it is whole and on disk.

    Raises InputError where the disk is full or fails; then the old file stands as it was.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield new
        sync(new)
        new.replace(path)
        sync(path.parent)
    except (OSError, pa.ArrowException) as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise InputError(
            f"{path}: cannot be written ({said}); free space and run it again"
        ) from error
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def _with_points(batch: pa.RecordBatch) -> tuple[pa.Table, list[float]]:
    table = pa.Table.from_batches([batch])
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    good = np.isfinite(lon) & np.isfinite(lat)
    x, y = np.where(good, lon, 0.0), np.where(good, lat, 0.0)
    points = pa.StructArray.from_arrays([x, y], fields=list(POINT), mask=pa.array(~good))
    table = table.select([*TRACK_SCHEMA.names, "run"]).append_column("geometry", points)
    if not good.any():
        return table.cast(DAY_SCHEMA), [np.inf, np.inf, -np.inf, -np.inf]
    x, y = lon[good], lat[good]
    return table.cast(DAY_SCHEMA), [x.min(), y.min(), x.max(), y.max()]


def _geo(box: list[float]) -> dict[str, Any]:
    """The metadata of GeoParquet 1.1; without a ``crs`` it is OGC:CRS84, lon and lat in WGS 84."""
    column: dict[str, Any] = {"encoding": "point", "geometry_types": ["Point"]}
    if np.isfinite(box).all():
        column["bbox"] = [float(v) for v in box]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
