"""The log of a kept history: one SQLite file with all that is not a position of a track."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import apsw

from coastwatch.model import InputError, Vessel
from coastwatch.store.alerts import guarded, open_database
from coastwatch.store.history_days import replaced
from coastwatch.store.history_missing import RunDay, days_watched
from coastwatch.store.history_run import Log, Rows, time_of
from coastwatch.store.history_watch import Heard, Watched
from coastwatch.store.run import HISTORY_LOG

LOG = HISTORY_LOG
VERSION = 1
TABLES = """
CREATE TABLE IF NOT EXISTS run (
    name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, site TEXT NOT NULL,
    from_s REAL NOT NULL, to_s REAL NOT NULL, feeds TEXT NOT NULL, heard TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alert (
    run TEXT NOT NULL, number INTEGER NOT NULL, time_s REAL NOT NULL, body TEXT NOT NULL,
    rule TEXT NOT NULL, track INTEGER, PRIMARY KEY (run, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    run TEXT NOT NULL, number INTEGER NOT NULL, time_s REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crossing (
    run TEXT NOT NULL, number INTEGER NOT NULL, time_s REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vessel (
    mmsi INTEGER PRIMARY KEY, time_s REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS day (
    run TEXT NOT NULL, day TEXT NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (run, day)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coverage (run TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alert_time ON alert (time_s);
CREATE INDEX IF NOT EXISTS alert_rule ON alert (rule);
CREATE INDEX IF NOT EXISTS event_time ON event (time_s);
CREATE INDEX IF NOT EXISTS crossing_time ON crossing (time_s);
"""


class HistoryLog:
    """The log of one history, open to be asked (``Log``), or, with ``write``, to be added to.

    Raises InputError where the file cannot be read or written.
    """

    def __init__(self, folder: Path, write: bool = False) -> None:
        self._path, self._write = folder / LOG, write
        if not write and not self._path.is_file():
            raise InputError(f"{folder}: no history; `coastwatch keep RUN --to {folder}` makes one")
        if not self._path.is_file():
            _make(self._path)
        with guarded(self._path):
            self.database = open_database(self._path, read=not write)
            if write:
                self.database.pragma("secure_delete", "ON")
                with self.database:
                    self.database.execute(TABLES)
                    self.database.pragma("user_version", VERSION)
            found = self.database.pragma("user_version")
        if found != VERSION:
            self.database.close()
            raise InputError(
                f"{self._path}: a history of version {found}; this coastwatch reads {VERSION}"
            )

    def close(self) -> None:
        if self._write:
            # One file is left, which can be read where nothing can be written.
            with suppress(apsw.BusyError):
                self.database.pragma("journal_mode", "DELETE")
        self.database.close()

    def runs(self) -> dict[str, str]:
        """The name of each run by its fingerprint."""
        return dict(self._all("SELECT fingerprint, name FROM run"))

    def watched(self) -> list[Watched]:
        rows = self._all("SELECT name, site, from_s, to_s, feeds, heard FROM run ORDER BY from_s")
        return [
            Watched(
                name, site, from_s, to_s, json.loads(feeds), tuple(map(_heard, json.loads(heard)))
            )
            for name, site, from_s, to_s, feeds, heard in rows
        ]

    def alerts(self, begin: datetime, end: datetime) -> Rows:
        return self._rows("alert", begin, end)

    def events(self, begin: datetime, end: datetime) -> Rows:
        return self._rows("event", begin, end)

    def crossings(self, begin: datetime, end: datetime) -> Rows:
        return self._rows("crossing", begin, end)

    def vessels(self) -> dict[int, Vessel]:
        rows = self._all("SELECT mmsi, body FROM vessel ORDER BY mmsi")
        return {mmsi: Vessel(**json.loads(body)) for mmsi, body in rows}

    def suspects(self, rule: str) -> list[tuple[str, int]]:
        return self._all(
            "SELECT DISTINCT run, track FROM alert WHERE rule = ? AND track IS NOT NULL "
            "ORDER BY run, track",
            (rule,),
        )

    def coverage(self, begin: datetime, end: datetime) -> Rows:
        if not self._has("coverage"):
            return []
        rows = self._all(
            "SELECT body FROM coverage JOIN run ON run.name = coverage.run "
            "WHERE from_s < ? AND to_s >= ? ORDER BY from_s, name",
            (end.timestamp(), begin.timestamp()),
        )
        return [json.loads(body) for (body,) in rows]

    def days(self) -> list[RunDay]:
        """The UTC days of which each run had positions when it was kept; of a run of which that
        is not told, the days in which it watched."""
        told = self._all("SELECT run, day FROM day ORDER BY run, day") if self._has("day") else []
        known = {run for run, _ in told}
        guessed = [run for run in self.watched() if run.run not in known]
        days = [(run, date.fromisoformat(day)) for run, day in told if day]
        return sorted([*days, *(day for run in guessed for day in days_watched(run))])

    def add(
        self, run: Watched, fingerprint: str, log: Log, whole: tuple[datetime, datetime],
        days: Mapping[date, int] | None = None,
    ) -> None:  # fmt: skip
        """Write a run and all that its own log has over ``whole``: in one transaction.

        ``days`` are its rows by UTC day, where that is known."""
        with guarded(self._path), self.database:
            heard = [[h.sensor, h.kind, h.up] for h in run.heard]
            self.database.execute(
                "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
                (run.run, fingerprint, run.site, run.from_s, run.to_s, _dump(run.feeds),
                 _dump(heard)),
            )  # fmt: skip
            self._insert("alert", log.alerts(*whole), ("rule", "track"))
            self._insert("event", log.events(*whole))
            self._insert("crossing", log.crossings(*whole))
            for vessel in log.vessels().values():
                self._tell(vessel)
            for told in log.coverage(*whole):
                self.database.execute("INSERT INTO coverage VALUES (?, ?)", (run.run, _dump(told)))
            if days is not None:  # an empty sea is told, too: with no day
                rows = [(run.run, str(day), n) for day, n in days.items()] or [(run.run, "", 0)]
                self.database.executemany("INSERT INTO day VALUES (?, ?, ?)", rows)

    def change(self, act: Callable[[apsw.Connection], None]) -> None:
        """Carry out one transaction on the file."""
        with guarded(self._path), self.database:
            act(self.database)

    def shrink(self) -> None:
        """Let nothing of deleted rows be left in the file."""
        with guarded(self._path):
            self.database.execute("VACUUM")

    def _insert(
        self, table: str, rows: Iterable[Mapping[str, Any]], more: tuple[str, ...] = ()
    ) -> None:
        marks = ", ".join("?" * (4 + len(more)))
        self.database.executemany(
            f"INSERT INTO {table} VALUES ({marks})",
            (
                (row["run"], number, time_of(dict(row)).timestamp(), _dump(row),
                 *(row[name] for name in more))
                for number, row in enumerate(rows, 1)
            ),
        )  # fmt: skip

    def _tell(self, new: Vessel) -> None:
        """The last known word on each field, whichever run is kept first."""
        rows = self._all("SELECT body FROM vessel WHERE mmsi = ?", (new.mmsi,))
        both = [json.loads(body) for (body,) in rows] + [asdict(new)]
        both.sort(key=lambda row: row["time_s"])
        told = {k: v for row in both for k, v in row.items() if v is not None}
        self.database.execute(
            "INSERT OR REPLACE INTO vessel VALUES (?, ?, ?)",
            (new.mmsi, told["time_s"], _dump(asdict(Vessel(**told)))),
        )

    def _has(self, table: str) -> bool:
        """A history that an earlier coastwatch wrote has not every table."""
        return bool(self._all("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)))

    def _rows(self, table: str, begin: datetime, end: datetime) -> Rows:
        rows = self._all(
            f"SELECT body FROM {table} WHERE time_s >= ? AND time_s < ? "
            "ORDER BY time_s, run, number",
            (begin.timestamp(), end.timestamp()),
        )
        return [json.loads(body) for (body,) in rows]

    def _all(self, text: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with guarded(self._path):
            return self.database.execute(text, values).fetchall()


def _make(path: Path) -> None:
    """A log with nothing in it: there whole or not at all, whenever a kill comes."""
    for left in path.parent.glob(f".{path.name}.new*"):
        left.unlink()
    with (
        replaced(path) as new, guarded(path), closing(apsw.Connection(str(new))) as database,
        database,
    ):  # fmt: skip
        database.execute(TABLES)
        database.pragma("user_version", VERSION)


def _heard(row: list[Any]) -> Heard:
    sensor, kind, up = row
    return Heard(sensor, kind, None if up is None else tuple((low, high) for low, high in up))


def _dump(value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False)  # ASCII: half a character, too
    except ValueError as error:
        said = "a value of the run's is Infinity or NaN, which JSON has not"
        raise InputError(f"{said}; `coastwatch replay` makes the run again") from error
