"""Where a history's rows lie: the Parquet files of a run, or one a day; looked at before use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.model import InputError
from coastwatch.store.history_sql import SINCE, literal, scan
from coastwatch.store.tracks import PARTS, TRACK_SCHEMA

DAYS = "tracks"
RUNS_KEY = b"coastwatch:runs"  # in a day's metadata: the runs whose rows it holds
NOTHING = pa.schema([*TRACK_SCHEMA, ("run", pa.string())]).empty_table()


class Files(Protocol):
    """The rows of tracks, day by day."""

    def days(self) -> list[date]:
        """The UTC days that have rows, in order."""
        ...

    def rows(self, days: Iterable[date], without: Iterable[str] = ()) -> str:
        """What stands after FROM for these days' rows, save those of the runs ``without``.

        Rows of other days may be among them. Raises InputError for a file that is torn or old.
        """
        ...

    def all_paths(self) -> list[Path]:
        """Every file."""
        ...

    def runs(self, day: date) -> list[str]:
        """The runs that have rows of a day."""
        ...

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last time of all rows."""
        ...


class RunFiles:
    """One run: ``tracks.parquet``, or its parts while it goes on."""

    def __init__(self, folder: Path) -> None:
        whole = folder / "tracks.parquet"
        self.paths = [whole] if whole.is_file() else whole_parts(folder)
        found = [checked(path) for path in self.paths]
        self._span, self._days = span_of(found), _days_of(found)

    def span(self) -> tuple[datetime, datetime] | None:
        return self._span

    def all_paths(self) -> list[Path]:
        return self.paths

    def runs(self, day: date) -> list[str]:
        return [""] if day in self._days else []

    def days(self) -> list[date]:
        return self._days

    def rows(self, days: Iterable[date], without: Iterable[str] = ()) -> str:
        if self._span is None or "" in without:
            return "(SELECT *, '' AS run FROM nothing LIMIT 0)"
        return scan(self.paths, "")


class DayFiles:
    """The days of a kept history; rows of a run that is not ``known`` are left out.

    They are those of a `keep` that was killed before it could write the run into the log.
    """

    def __init__(self, folder: Path, known: Iterable[str]) -> None:
        self._paths = {
            day: path for path in sorted((folder / DAYS).glob("*.parquet")) if (day := day_of(path))
        }
        self._known = frozenset(known)
        self._seen: dict[date, pq.FileMetaData] = {}

    def days(self) -> list[date]:
        return [day for day in self._paths if self._looked_at(day).num_rows]

    def rows(self, days: Iterable[date], without: Iterable[str] = ()) -> str:
        found = [day for day in days if day in self._paths]
        if not found:
            return "(SELECT * FROM nothing LIMIT 0)"
        held = {run for day in found for run in runs_in(self._looked_at(day))}
        out = (held - self._known) | (held & set(without))
        rows = scan(self._paths[day] for day in found)
        if not out:
            return rows
        names = ", ".join(literal(name) for name in sorted(out))
        return f"(SELECT * FROM {rows} WHERE run NOT IN ({names}))"

    def all_paths(self) -> list[Path]:
        return [path for path in self._paths.values() if path.is_file()]

    def runs(self, day: date) -> list[str]:
        if day not in self._paths:
            return []
        return sorted(self._known.intersection(runs_in(self._looked_at(day))))

    def span(self) -> tuple[datetime, datetime] | None:
        days = self.days()
        return span_of([self._looked_at(day) for day in days[:1] + days[-1:]])

    def _looked_at(self, day: date) -> pq.FileMetaData:
        if day not in self._seen:
            self._seen[day] = checked(self._paths[day])
        return self._seen[day]


def day_of(path: Path) -> date | None:
    """The day that a file is named for; None where it is no day's."""
    try:
        return date.fromisoformat(path.name.removesuffix(".parquet"))
    except ValueError:
        return None


def checked(path: Path) -> pq.FileMetaData:
    """A file's metadata, once its columns are those of tracks. Raises InputError, with the mend."""
    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:150]
        raise InputError(f"{path}: not readable as Parquet ({said}); {_mend(path)}") from error
    for wanted in TRACK_SCHEMA:
        place = schema.get_field_index(wanted.name)
        if place < 0 and wanted.name in SINCE:
            continue
        if place < 0 or not _alike(schema.field(place).type, wanted.type):
            raise InputError(
                f"{path}: no column {wanted.name} of type {wanted.type}; {_mend(path)}"
            )
    return metadata


def runs_in(metadata: pq.FileMetaData) -> list[str]:
    """The runs whose rows a day's file holds, as its writer says."""
    told = (metadata.metadata or {}).get(RUNS_KEY, b"[]")
    try:
        return [str(name) for name in json.loads(told)]
    except (ValueError, TypeError):
        return []


def span_of(files: Iterable[pq.FileMetaData]) -> tuple[datetime, datetime] | None:
    """First and last time of some files, from their statistics alone."""
    ends = [end for file in files for both in _group_spans(file) for end in both]
    return (min(ends), max(ends)) if ends else None


def _days_of(files: Iterable[pq.FileMetaData]) -> list[date]:
    """The days that a run's files may have rows of, in order."""
    found: set[date] = set()
    for file in files:
        for first, last in _group_spans(file):
            days = (last.date() - first.date()).days
            found.update(first.date() + timedelta(days=k) for k in range(days + 1))
    return sorted(found)


def _group_spans(file: pq.FileMetaData) -> Iterator[tuple[datetime, datetime]]:
    """First and last time of each row group."""
    column = next(i for i in range(file.num_columns) if file.schema.column(i).path == "time")
    for group in range(file.num_row_groups):
        said = file.row_group(group).column(column).statistics
        if said is not None and said.has_min_max:
            yield _utc(said.min), _utc(said.max)


def _utc(time: Any) -> datetime:
    stamp = time.to_pydatetime(warn=False) if hasattr(time, "to_pydatetime") else time
    found: datetime = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    return found.astimezone(UTC)


def _alike(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_timestamp(wanted):
        return bool(pa.types.is_timestamp(found)) and found.tz is not None
    if pa.types.is_string(wanted):
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    return bool(found == wanted)


def _mend(path: Path) -> str:
    if path.parent.name == DAYS:
        return "move it away and `coastwatch keep` its runs again"
    return f"`coastwatch replay {path.parent} --out NEW` makes it again from the journal"


def whole_parts(folder: Path) -> list[Path]:
    """The parts of a run that goes on, save the one that is being written."""
    found = []
    for path in sorted((folder / PARTS).glob("*.parquet")):
        try:
            pq.read_metadata(path)
        except (pa.ArrowException, OSError):
            break
        found.append(path)
    return found
