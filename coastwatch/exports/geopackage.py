"""GeoPackage (OGC 12-128r19): one table; DATETIME columns are UTC to the millisecond."""

from __future__ import annotations

from pathlib import Path

from coastwatch.exports.layer import Layer
from coastwatch.exports.ogr import write as write_ogr


def write(layer: Layer, out: Path) -> None:
    """One table with a spatial index; ``last_change`` is the last time of the run."""
    write_ogr(layer, out, "GPKG", DESCRIPTION=layer.title, DATETIME_PRECISION="MILLISECOND")
