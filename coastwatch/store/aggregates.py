"""What is kept of a day whose positions were removed: counts and time by cell, no position.

``aggregates/DAY.tracks.parquet`` has a row a track (run and number, class marks, first and last
time, rows), ``aggregates/DAY.hexagons.parquet`` the time of tracks by cell, hour and class,
``aggregates/DAY.visitors.parquet`` how many tracks were in each cell. The first is written last: a
run counts as aggregated once it is named there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from coastwatch.geo.hexagons import HEXAGON_M
from coastwatch.model import InputError
from coastwatch.store.history_days import replaced
from coastwatch.store.history_files import RUNS_KEY

FOLDER = "aggregates"
SPAN_KEY = b"coastwatch:span"
Span = tuple[datetime, datetime]
UTC_NS = pa.timestamp("ns", "UTC")
NAMELESS = -2  # in the place of an MMSI: the track had one
TRACK_DAYS = pa.schema(
    [("run", pa.string()), ("track", pa.int64()), ("day", pa.date32()), ("begin", UTC_NS),
     ("end", UTC_NS), ("rows", pa.int64()), ("mmsi", pa.int64()), ("ever_mmsi", pa.bool_()),
     ("small", pa.float64())]
)  # fmt: skip
CELLS = pa.schema(
    [("run", pa.string()), ("q", pa.int64()), ("r", pa.int64()), ("day", pa.date32()),
     ("hour", pa.int64()), ("what", pa.string()), ("ns", pa.int64())]
)  # fmt: skip
VISITORS = pa.schema(
    [("run", pa.string()), ("q", pa.int64()), ("r", pa.int64()), ("day", pa.date32()),
     ("what", pa.string()), ("tracks", pa.int64())]
)  # fmt: skip


class Aggregates:
    """The aggregates of a folder; each day is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._runs: dict[date, frozenset[str]] = {}

    def days(self) -> list[date]:
        """The days of which something is aggregated, in order."""
        names = sorted(path.name[:10] for path in self._folder.glob("*.tracks.parquet"))
        return [date.fromisoformat(name) for name in names]

    def runs(self, day: date) -> frozenset[str]:
        """The runs whose rows of a day are aggregated."""
        if day not in self._runs:
            self._runs[day] = frozenset(json.loads(self._said(day).get(RUNS_KEY, b"[]")))
        return self._runs[day]

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """The first and the last time of all rows of a day, unconfirmed ones too."""
        first, last = json.loads(self._said(day).get(SPAN_KEY, b"[null, null]"))
        return first and (datetime.fromisoformat(first), datetime.fromisoformat(last))

    def track_days(self, day: date) -> pa.Table:
        """A row a track of the day, as ``TRACK_DAYS``; ``mmsi`` is -2 where it had one."""
        if not self.runs(day):
            return TRACK_DAYS.empty_table()
        return _read(self._path(day, "tracks")).replace_schema_metadata(None)

    def cells(self, day: date, size_m: float) -> pa.Table:
        """Time by cell of the day, as ``CELLS``. Raises InputError for cells of another size."""
        return self._by_cell(day, "hexagons", CELLS, size_m)

    def visitors(self, day: date, size_m: float) -> pa.Table:
        """Tracks by cell of the day, as ``VISITORS``. Raises InputError as ``cells`` does."""
        return self._by_cell(day, "visitors", VISITORS, size_m)

    def add(
        self, day: date, runs: Iterable[str], span: Span, tracks: pa.Table, cells: pa.Table,
        visitors: pa.Table,
    ) -> None:  # fmt: skip
        """Aggregate some runs' rows of a day, of which ``span`` has the first and the last time;
        MMSIs are left out. Raises InputError."""
        known, spans = self.runs(day), [one for one in (self.span(day), span) if one]
        old = self.cells(day, HEXAGON_M), self.visitors(day, HEXAGON_M)
        had_one = pc.if_else(pc.greater_equal(tracks["mmsi"], 0), NAMELESS, tracks["mmsi"])
        place = tracks.schema.get_field_index("mmsi")
        tracks = tracks.set_column(place, "mmsi", had_one).cast(TRACK_DAYS)
        self._write(day, "hexagons", pa.concat_tables([old[0], cells.cast(CELLS)]), {})
        self._write(day, "visitors", pa.concat_tables([old[1], visitors.cast(VISITORS)]), {})
        whole = pa.concat_tables([self.track_days(day), tracks])
        first, last = min(first for first, _ in spans), max(last for _, last in spans)
        said = {
            RUNS_KEY: json.dumps(sorted({*known, *runs})),
            SPAN_KEY: json.dumps([first.isoformat(), last.isoformat()]),
        }
        self._write(day, "tracks", whole, said)
        self._runs.pop(day)

    def _by_cell(self, day: date, kind: str, schema: pa.Schema, size_m: float) -> pa.Table:
        if not self.runs(day):
            return schema.empty_table()
        if size_m != HEXAGON_M:
            raise InputError(
                f"{self._folder}: of {day} there is density in hexagons of {HEXAGON_M:g} m alone, "
                f"its positions were removed by policy; ask for {HEXAGON_M:g} m"
            )
        table = _read(self._path(day, kind)).replace_schema_metadata(None)
        return table.filter(pc.is_in(table["run"], pa.array(sorted(self.runs(day)), pa.string())))

    def _said(self, day: date) -> dict[bytes, bytes]:
        path = self._path(day, "tracks")
        return (_read(path).schema.metadata or {}) if path.is_file() else {}

    def _write(self, day: date, kind: str, table: pa.Table, said: dict[bytes, str]) -> None:
        with replaced(self._path(day, kind)) as new:
            pq.write_table(table.replace_schema_metadata(said or None), new, compression="zstd")

    def _path(self, day: date, kind: str) -> Path:
        return self._folder / f"{day}.{kind}.parquet"


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:150]
        raise InputError(
            f"{path}: not readable as Parquet ({said}); bring it back from a backup, "
            "the positions behind it are gone"
        ) from error
