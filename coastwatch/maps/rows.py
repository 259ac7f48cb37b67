"""A run's track table -> columns that a map can trust: finite, in order, one slice a track."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from coastwatch.model import Floats, Ints, Status

# Web Mercator ends at 85.06 degrees; no track of a coast is lost by this.
LAT_MAX = 85.0
# 1970 to 2200: what a browser and a watch officer can both read.
TIME_MAX_S = 7_258_118_400.0


# What a picture needs of a run's tracks.
COLUMNS = ("track", "time", "lon", "lat", "vx_mps", "vy_mps", "sigma_m", "existence", "status",
           "mmsi", "p_unregistered", "p_small", "p_fixed", "heading_deg")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Usable rows as columns, sorted by track and time; NaN where a number is unknown."""

    track: Ints
    time_s: Floats
    lon: Floats  # degrees, unwrapped: within 180 degrees of the picture's centre
    lat: Floats
    vx_mps: Floats
    vy_mps: Floats
    sigma_m: Floats
    existence: Floats
    status: Ints  # model.Status
    mmsi: Ints  # -1 where unknown
    p_unregistered: Floats
    p_small: Floats
    p_fixed: Floats
    heading_deg: Floats  # true, as last said by AIS

    def __len__(self) -> int:
        return len(self.track)

    def take(self, index: NDArray[Any]) -> Rows:
        return Rows(*(getattr(self, f.name)[index] for f in fields(self)))

    def first(self) -> Ints:
        """Index of each track's first row, in order of track id."""
        starts = np.ones(len(self), dtype=bool)
        starts[1:] = self.track[1:] != self.track[:-1]
        return np.flatnonzero(starts)


def read_rows(table: pa.Table, from_s: float = -np.inf, to_s: float = np.inf) -> tuple[Rows, int]:
    """The usable rows of a run's tracks in the span of time, and how many rows were not usable.

    A row is usable when it has a track id, a time in 1970..2200 and a finite position that Web
    Mercator can show.
    """
    track, time_s, lon, lat = (_column(table, name) for name in ("track", "time_s", "lon", "lat"))
    with np.errstate(invalid="ignore"):
        usable = np.asarray(table["track"].is_valid()) & (time_s >= 0) & (time_s < TIME_MAX_S)
        usable &= (np.abs(lon) <= 540) & (np.abs(lat) <= LAT_MAX)
        index = np.flatnonzero(usable & (time_s >= from_s) & (time_s <= to_s))
    index = index[np.lexsort((time_s[index], track[index]))]
    del track, time_s, lon, lat
    # Column by column: two copies of a million rows at once would be a quarter of a gigabyte.
    columns = [_column(table, f.name)[index] for f in fields(Rows)]
    return Rows(*columns), int(len(usable) - usable.sum())


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    if name == "time_s":
        us = table["time"].cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
        micro: Floats = np.asarray(us.cast(pa.float64(), safe=False).to_numpy())
        return micro / 1e6
    if name == "status":
        return _statuses(table["status"])
    if name == "heading_deg" and name not in table.column_names:
        return np.full(len(table), np.nan)  # a run of before there were headings
    if name in ("track", "mmsi"):
        return np.asarray(table[name].cast(pa.int64()).fill_null(-1).to_numpy())
    return np.asarray(table[name].cast(pa.float64()).to_numpy())


def _statuses(column: pa.ChunkedArray) -> Ints:
    """Status names as codes; a name that is not ours counts as tentative, the least claim."""
    codes = {status.name.lower(): int(status) for status in Status}
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    parts = [np.empty(0, dtype=np.int64)]
    for chunk in column.chunks:
        names = [
            codes.get(str(n).lower(), int(Status.TENTATIVE)) for n in chunk.dictionary.to_pylist()
        ]
        lookup = np.array([*names, int(Status.TENTATIVE)], dtype=np.int64)
        parts.append(lookup[np.asarray(chunk.indices.fill_null(len(names)).to_numpy())])
    joined: Ints = np.concatenate(parts)
    return joined
