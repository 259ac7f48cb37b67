"""GeoJSON (RFC 7946): seven decimals of a degree, about a centimetre; times as ISO 8601 with Z."""

from __future__ import annotations

from pathlib import Path

from coastwatch.exports.layer import Layer
from coastwatch.exports.ogr import write as write_ogr


def write(layer: Layer, out: Path) -> None:
    """One FeatureCollection."""
    write_ogr(layer, out, "GeoJSON", RFC7946="YES")
