"""CSV (RFC 4180, UTF-8) that a spreadsheet opens without obeying it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import csv

from coastwatch.exports.layer import Layer
from coastwatch.exports.text import safe_cells

DECIMALS = 7
CELL_MOST = 32_767  # characters that Excel and its like keep of a cell


def write(layer: Layer, out: Path) -> None:
    """One row a feature: points as ``lon`` and ``lat`` in degrees, other shapes as ``wkt``.

    Every text is quoted, so that a spreadsheet that parts cells at ; does not part a text, and one
    that would begin a formula has an apostrophe before it.
    """
    options = csv.WriteOptions(quoting_style="needed")
    point = layer.geometry == "Point"
    names = ("lon", "lat") if point else ("wkt",)
    kinds = (pa.float64(), pa.float64()) if point else (pa.string(),)
    fields = [
        pa.field(f.name, pa.string() if pa.types.is_timestamp(f.type) else f.type)
        for f in layer.schema
        if f.name != "geometry"
    ]
    schema = pa.schema([*fields, *zip(names, kinds, strict=True)])
    long = 0
    with csv.CSVWriter(out, schema, write_options=options) as file:
        for batch in layer.batches:
            cells = [_cells(batch.column(f.name)) for f in fields]
            cells += _places(batch.column("geometry"), point)
            file.write_batch(pa.RecordBatch.from_arrays(cells, schema=schema))
            long += sum(map(_too_long, cells))
    if long:
        layer.notes.append(
            f"{long} cells are longer than the {CELL_MOST:,} characters that a spreadsheet keeps; "
            "it would cut them: open the file with a program for maps, or write fewer points with "
            "--every 60, or a row a position with --what positions"
        )


def _cells(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return safe_cells(column) if pa.types.is_string(column.type) else column


def _too_long(column: pa.Array) -> int:
    if not pa.types.is_string(column.type):
        return 0
    return int(pc.sum(pc.greater(pc.utf8_length(column), CELL_MOST)).as_py() or 0)


def _places(column: pa.Array, point: bool) -> list[pa.Array]:
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
    if not point:
        return [pa.array(shapely.to_wkt(shapes, rounding_precision=DECIMALS), pa.string())]
    xy = np.round([shapely.get_x(shapes), shapely.get_y(shapes)], DECIMALS)
    return [pa.array(axis, pa.float64(), from_pandas=True) for axis in xy]
