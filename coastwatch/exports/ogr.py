"""Layers written by GDAL (through pyogrio), batch by batch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyogrio.raw import write_arrow

from coastwatch.exports.layer import Layer
from coastwatch.model import InputError

# GDAL's own clock and name in what it writes; with a fixed one the same data are the same bytes.
CLOCK = "OGR_CURRENT_DATE"


def write(layer: Layer, out: Path, driver: str, **options: str) -> None:
    """Write a layer with one of GDAL's drivers and its creation options. Raises InputError."""
    failed: list[Exception] = []
    reader = pa.RecordBatchReader.from_batches(layer.schema, _told(layer.batches, failed))
    try:
        with _clock(f"{layer.stamp:%Y-%m-%dT%H:%M:%S}.000Z"):
            write_arrow(
                reader,
                os.fspath(out),
                layer=layer.name,
                driver=driver,
                geometry_name="geometry",
                geometry_type=layer.geometry,
                crs="EPSG:4326",
                **options,
            )
    except (DataLayerError, DataSourceError, FeatureError, RuntimeError) as error:
        if failed:
            raise failed[0] from None
        raise InputError(f"{out.name}: GDAL cannot write it ({error})") from error


def _told(
    batches: Iterable[pa.RecordBatch], failed: list[Exception]
) -> Iterator[pa.RecordBatch]:
    """The batches; what breaks them off is kept, since GDAL only says that they broke off."""
    try:
        yield from batches
    except Exception as error:
        failed.append(error)
        raise


@contextmanager
def _clock(time: str) -> Iterator[None]:
    before = pyogrio.get_gdal_config_option(CLOCK)
    pyogrio.set_gdal_config_options({CLOCK: time})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({CLOCK: before})
