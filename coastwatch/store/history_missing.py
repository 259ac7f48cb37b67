"""Days of positions that a history should have and has not: a lost file is no empty sea."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from coastwatch.store.aggregates import Aggregates
from coastwatch.store.history_files import DAYS, Files
from coastwatch.store.history_sql import midnight, next_midnight
from coastwatch.store.history_watch import Watched
from coastwatch.store.tombstones import removals

RunDay = tuple[str, date]  # a run's name and a UTC day


def lost(
    folder: Path, files: Files, aggregates: Aggregates, wanted: Iterable[RunDay]
) -> list[RunDay]:
    """Of days of runs those for which neither rows nor aggregates nor a tombstone stand."""
    buried = {stone.get("file") for stone in removals(folder) if stone["what"] == "positions"}

    def stands(run: str, day: date) -> bool:
        if run in aggregates.runs(day) or run in files.runs(day):
            return True
        # A stone names no run; where its day's aggregates are there they say whose rows it was.
        return f"{DAYS}/{day}.parquet" in buried and not aggregates.runs(day)

    return [(run, day) for run, day in wanted if not stands(run, day)]


def within(days: Iterable[RunDay], begin: datetime, end: datetime) -> Iterator[RunDay]:
    """Those that touch a span."""
    return ((run, d) for run, d in days if midnight(d) < end and begin < next_midnight(d))


def days_watched(run: Watched) -> list[RunDay]:
    """The UTC days that a run watched in, by its first and last time."""
    first = datetime.fromtimestamp(run.from_s, UTC).date()
    last = datetime.fromtimestamp(max(run.from_s, run.to_s), UTC)
    # What ended at midnight has nothing of the day that begins then.
    count = (last - midnight(first)) // timedelta(days=1) + (last > midnight(last.date()))
    return [(run.run, first + timedelta(days=k)) for k in range(max(count, 1))]
