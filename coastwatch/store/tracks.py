"""The picture of a run on disk: ``tracks.parquet``, which a killed run can go on writing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.geo.plane import Plane
from coastwatch.model import Status, Tracks

STATUS_WORDS = [s.name.lower() for s in Status]
TRACK_SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("ns", tz="UTC")),
        ("track", pa.int64()),
        *[(name, pa.float64()) for name in ("lon", "lat", "x_m", "y_m", "vx_mps", "vy_mps")],
        ("sigma_m", pa.float64()),
        ("existence", pa.float64()),
        ("status", pa.string()),
        ("mmsi", pa.int64()),
        *[(name, pa.float64()) for name in ("p_unregistered", "p_small", "p_fixed")],
        ("heading_deg", pa.float64()),
    ]
)
PARTS = "tracks.parts"
ROWS_AT_ONCE = 50_000


class TrackWriter:
    """Writes pictures, row by row; closing makes ``tracks.parquet`` whole.

    Until then the rows stand in parts beside it, each whole on disk once ``checkpoint`` has
    returned its number. ``parts`` is the number that an earlier checkpoint gave: what was written
    after it is cut off, and writing goes on from there.
    """

    def __init__(self, folder: Path, plane: Plane, parts: int = 0, rows: int = 0) -> None:
        self.rows = rows
        self._path, self._folder, self._plane = folder / "tracks.parquet", folder / PARTS, plane
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.iterdir():
            if path not in [self._part(k) for k in range(parts)]:
                path.unlink()
        self._path.unlink(missing_ok=True)
        self._parts = parts
        self._file: pq.ParquetWriter | None = None
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0

    def write(self, tracks: Tracks) -> None:
        """One picture: a row a track."""
        if not len(tracks):
            return
        self._pending.append(track_rows(tracks, self._plane))
        self._pending_rows += len(tracks)
        self.rows += len(tracks)
        if self._pending_rows >= ROWS_AT_ONCE:
            self._flush()

    def checkpoint(self) -> int:
        """Put all that was written on disk, in whole parts; how many there are."""
        self._flush()
        if self._file:
            self._file.close()
            self._file = None
            sync(self._part(self._parts))
            self._parts += 1
        return self._parts

    def close(self) -> None:
        """Make the parts one file."""
        count = self.checkpoint()
        if count == 1:
            self._part(0).replace(self._path)
        else:
            with pq.ParquetWriter(self._path, TRACK_SCHEMA, compression="zstd") as whole:
                for k in range(count):
                    for batch in pq.ParquetFile(self._part(k)).iter_batches(ROWS_AT_ONCE):
                        whole.write_batch(batch)
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    def _flush(self) -> None:
        if not self._pending:
            return
        if self._file is None:
            part = self._part(self._parts)
            self._file = pq.ParquetWriter(part, TRACK_SCHEMA, compression="zstd")
        self._file.write_table(pa.Table.from_batches(self._pending))
        self._pending, self._pending_rows = [], 0

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:06d}.parquet"


def read_tracks(folder: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The rows of a run; of one that goes on, those up to its last checkpoint. None without any.

    ``columns`` (default: all) are read as far as the file has them. Raises ArrowInvalid or
    OSError where the file is torn.
    """
    whole = folder / "tracks.parquet"
    if whole.is_file():
        return _read(whole, columns)
    parts = []
    for path in sorted((folder / PARTS).glob("*.parquet")):
        try:
            parts.append(_read(path, columns))
        except pa.ArrowInvalid:
            break  # it is being written
    return pa.concat_tables(parts) if parts else None


def _read(path: Path, columns: Sequence[str] | None) -> pa.Table:
    if columns is not None:
        there = set(pq.read_schema(path).names)
        columns = [name for name in columns if name in there]
    return pq.read_table(path, columns=columns)


def parts_missing(folder: Path, parts: int) -> bool:
    """Whether one of the first ``parts`` parts of a run is not there to be gone on with."""
    return any(not (folder / PARTS / f"{k:06d}.parquet").is_file() for k in range(parts))


def track_rows(tracks: Tracks, plane: Plane) -> pa.RecordBatch:
    """One picture as rows of ``TRACK_SCHEMA``."""
    n = len(tracks)
    x, y, vx, vy = tracks.state.T
    lon, lat = plane.to_lonlat(x, y)
    # One number for the position's uncertainty: the root mean square of the two axes.
    sigma = np.sqrt((tracks.cov[:, 0, 0] + tracks.cov[:, 1, 1]) / 2)
    heading = np.degrees(tracks.heading_rad) % 360.0
    columns = [
        pa.array(np.full(n, round(tracks.time_s * 1e9), dtype=np.int64)).cast(TRACK_SCHEMA[0].type),
        pa.array(tracks.id),
        *[pa.array(np.ascontiguousarray(c)) for c in (lon, lat, x, y, vx, vy, sigma)],
        pa.array(tracks.existence),
        pa.array([STATUS_WORDS[s] for s in tracks.status.tolist()]),
        pa.array(tracks.mmsi, mask=tracks.mmsi < 0),
        *[pa.array(c) for c in (tracks.p_unregistered, tracks.p_small, tracks.p_fixed)],
        pa.array(np.round(heading, 1) % 360.0, mask=np.isnan(heading)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=TRACK_SCHEMA)


def sync(path: Path) -> None:
    """Return when a file that was closed is on disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
