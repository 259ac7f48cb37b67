"""ASTERIX records as Arrow tables: all fields of a category, and the columns that radars share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from coastwatch.decode.asterix.bulk import Piece
from coastwatch.decode.asterix.bulk_columns import as_columns
from coastwatch.decode.asterix.bulk_program import Array, columns_of
from coastwatch.decode.asterix.tables import EDITIONS
from coastwatch.decode.flat import RADAR
from coastwatch.geo.units import NM_M
from coastwatch.model import Floats

_TIME = pa.timestamp("ns", tz="UTC")


@lru_cache(64)
def records_schema(category: int) -> pa.Schema:
    """``received``, ``line`` and every column of the category's tables, whatever the edition."""
    kinds: dict[str, np.dtype[Any]] = {}
    for table in EDITIONS[category]:
        for column in columns_of(table):
            before = kinds.get(column.name, column.dtype)
            kinds[column.name] = np.result_type(column.dtype, before)
    fields = [
        (n, pa.string() if k.kind == "S" else pa.from_numpy_dtype(k)) for n, k in kinds.items()
    ]
    return pa.schema([("received", _TIME), ("line", pa.int64()), *fields])


def records_table(piece: Piece) -> pa.Table:
    """The records of a piece, in the specification's units; what one lacks is null."""
    schema = records_schema(piece.table.number)
    values = as_columns(piece).values
    arrays = [_times(piece.received_s), pa.array(piece.line, pa.int64())]
    for field in list(schema)[2:]:
        found = values.get(field.name)
        arrays.append(pa.nulls(len(piece.line), field.type) if found is None else
                      _array(found).cast(field.type))  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=schema)


def radar_table(pieces: Sequence[Piece]) -> pa.Table:
    """Position and number of each record, in input order, in the columns that all radars share."""
    line = np.concatenate([piece.line for piece in pieces])
    return pa.concat_tables([_radar(piece) for piece in pieces]).take(pa.array(np.argsort(line)))


def _radar(piece: Piece) -> pa.Table:
    values, n = as_columns(piece).values, len(piece.line)
    nothing = np.full(n, np.nan)
    is_track = piece.table.number == 62
    number = "040" if is_track else next((c for c in values if c.partition("/")[0] == "161"), "")
    sac, sic = (values.get(f"010/{part}", np.full(n, -1)) for part in ("SAC", "SIC"))
    sensors, which = np.unique(np.stack((sac, sic)), axis=1, return_inverse=True)
    names = ["None/None" if a < 0 else f"{a}/{b}" for a, b in sensors.T.tolist()]
    columns = {
        "time": _times(piece.received_s),
        "sensor": pa.DictionaryArray.from_arrays(
            pa.array(which.ravel(), pa.int32()), pa.array(names)
        ),
        "target": _array(values.get(number, np.full(n, -1))),
        "range_m": _array(values.get("040/RHO", nothing) * NM_M),
        "azimuth_deg": _array(values.get("040/THETA", nothing)),
        "lon": _array(values.get("105/LON", nothing)),
        "lat": _array(values.get("105/LAT", nothing)),
    }
    return pa.Table.from_arrays(
        [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(n, f.type) for f in RADAR],
        schema=RADAR,
    )


def _array(values: Array) -> pa.Array:
    if values.dtype.kind == "S":
        texts = np.char.decode(values, "latin-1")
        return pa.array(texts, pa.string(), mask=values == b"")
    if values.dtype.kind == "f":
        return pa.array(values, from_pandas=True)
    return pa.array(values, mask=values == -1)


def _times(time_s: Floats) -> pa.Array:
    unknown = np.isnan(time_s)
    ns = np.round(np.where(unknown, 0.0, time_s) * 1e6).astype(np.int64) * 1_000
    return pa.array(ns, _TIME, mask=unknown)
