"""Rows and columns -> one parquet file, group by group, in bounded memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from coastwatch.decode.ais.columns import Messages, Motion, Statics, Texts
from coastwatch.decode.ais.fields import MOTION
from coastwatch.decode.flat import BULK, STATICS
from coastwatch.model import Floats, InputError, Ints

ROWS_AT_ONCE = 50_000


class Tables:
    """Appends rows (dicts by column) to a parquet file, which unless ``always`` begins with a row.

    Raises InputError where the file cannot be written.
    """

    def __init__(self, path: Path, schema: pa.Schema, always: bool) -> None:
        self._path, self._schema = path, schema
        self._rows: list[dict[str, Any]] = []
        self._tables: list[pa.Table] = []
        self._file: pq.ParquetWriter | None = None
        if always:
            self._open()

    def add(self, row: dict[str, Any]) -> None:
        """Append one row; a column that it lacks is null."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_AT_ONCE:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Append columns of the file's own schema."""
        if not table.num_rows:
            return
        self._tables.append(table)
        if sum(t.num_rows for t in self._tables) >= ROWS_AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Make the file whole."""
        self._flush()
        if self._file:
            self._file.close()

    def _open(self) -> pq.ParquetWriter:
        try:
            self._file = pq.ParquetWriter(self._path, self._schema, compression="zstd")
        except OSError as error:
            raise InputError(
                f"{self._path}: cannot be written ({error}); give another --out"
            ) from error
        return self._file

    def _flush(self) -> None:
        if self._rows:
            file = self._file or self._open()
            columns = [
                pa.array([row.get(f.name) for row in self._rows], f.type) for f in self._schema
            ]
            file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
            self._rows.clear()
        if self._tables:
            (self._file or self._open()).write_table(pa.concat_tables(self._tables))
            self._tables.clear()


def bulk_table(messages: Messages, feed: str) -> pa.Table:
    """The motion of all messages but types 5 and 24, which tell none; unknown is null."""
    m = messages.take((messages.msg_type != 5) & (messages.msg_type != 24))
    return pa.Table.from_arrays(
        [
            _times(m.time_s),
            pa.array(m.mmsi, pa.int64()),
            pa.array(m.msg_type, pa.int16()),
            pa.array(m.lon, pa.float64(), from_pandas=True),
            pa.array(m.lat, pa.float64(), from_pandas=True),
            *(_tenths(getattr(m, name)) for name in MOTION),
            pa.array(m.nav_status, pa.int16(), mask=m.nav_status < 0),
            _sources(m.station, m.stations, feed),
        ],
        schema=BULK,
    )


def statics_table(messages: Messages, statics: Statics, feed: str) -> pa.Table:
    """What types 5, 19, 21 and 24 say of their senders; unknown is null."""
    s = statics
    length = s.to_bow_m.astype(np.float64) + s.to_stern_m
    beam = s.to_port_m.astype(np.float64) + s.to_starboard_m
    return pa.Table.from_arrays(
        [
            _times(s.time_s),
            pa.array(s.mmsi, pa.int64()),
            pa.array(s.msg_type, pa.int16()),
            *(_text(getattr(s, name)) for name in ("name", "callsign", "destination")),
            pa.array(s.ship_type, pa.int16(), mask=s.ship_type < 0),
            pa.array(s.imo, pa.int64(), mask=s.imo < 0),
            pa.array(length, pa.float64(), mask=length <= 0),
            pa.array(beam, pa.float64(), mask=beam <= 0),
            _sources(messages.station[s.row], messages.stations, feed),
        ],
        schema=STATICS,
    )


def _times(time_s: Floats) -> pa.Array:
    unknown = np.isnan(time_s)
    # As the other outputs: to the microsecond.
    ns = np.round(np.where(unknown, 0.0, time_s) * 1e6).astype(np.int64) * 1_000
    return pa.array(ns, pa.timestamp("ns", tz="UTC"), mask=unknown)


def _tenths(values: Motion) -> pa.Array:
    """Doubles of what was sent in tenths and kept in single precision."""
    return pa.array(np.round(values.astype(np.float64), 1), pa.float64(), from_pandas=True)


def _text(values: Texts) -> pa.Array:
    # Six-bit characters are ASCII, and ASCII is UTF-8.
    column = pa.array(values, pa.binary()).cast(pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _sources(stations: Ints, names: list[str], feed: str) -> pa.Array:
    """The station that heard each message, else the feed."""
    index = pa.array(stations, pa.int32())
    return pa.DictionaryArray.from_arrays(index, pa.array([feed, *names[1:]])).cast(pa.string())
