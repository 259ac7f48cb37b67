"""FlatGeobuf: streams, and is read in part over a network where it has its index."""

from __future__ import annotations

from pathlib import Path

from coastwatch.exports.layer import Layer
from coastwatch.exports.ogr import write as write_ogr


def write(layer: Layer, out: Path) -> None:
    """One layer; positions go without the packed index, which GDAL would hold in memory whole."""
    index = "NO" if layer.name == "positions" else "YES"
    write_ogr(layer, out, "FlatGeobuf", SPATIAL_INDEX=index, TITLE=layer.title)
