"""Rows -> one parquet file, group by group, in bounded memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.model import InputError

ROWS_AT_ONCE = 50_000


class Tables:
    """Appends rows (dicts by column) to a parquet file, which unless ``always`` begins with a row.

    Raises InputError where the file cannot be written.
    """

    def __init__(self, path: Path, schema: pa.Schema, always: bool) -> None:
        self._path, self._schema = path, schema
        self._rows: list[dict[str, Any]] = []
        self._file: pq.ParquetWriter | None = None
        if always:
            self._open()

    def add(self, row: dict[str, Any]) -> None:
        """Append one row; a column that it lacks is null."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_AT_ONCE:
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
