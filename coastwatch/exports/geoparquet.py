"""GeoParquet 1.1 (WKB): the file of notebooks; times are timestamps in UTC."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from coastwatch.exports.layer import Layer


def write(layer: Layer, out: Path) -> None:
    """One table; its ``geo`` metadata names the kinds of geometry and what they span."""
    kinds: set[str] = set()
    least, most = np.full(2, np.inf), np.full(2, -np.inf)
    with pq.ParquetWriter(out, layer.schema, compression="zstd") as file:
        for batch in layer.batches:
            file.write_batch(batch)
            shapes = shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))
            kinds.update(s.geom_type for s in shapes if s is not None)
            places = shapely.get_coordinates(shapes)
            if len(places):
                least = np.minimum(least, places.min(axis=0))
                most = np.maximum(most, places.max(axis=0))
        # Without "crs" it is OGC:CRS84: longitude, latitude on WGS 84.
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": sorted(kinds)}
        if np.isfinite(least).all():
            column["bbox"] = [*least.tolist(), *most.tolist()]
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        file.add_key_value_metadata({"geo": json.dumps(geo), "title": layer.title})
