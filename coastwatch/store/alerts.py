"""The log of alerts: what was raised and what became of it, each thing once.

``alerts.sqlite`` is the log, ``alerts.jsonl`` what a person or a script reads of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from coastwatch.model import Act, Alert, AlertEvent, InputError
from coastwatch.store.acts import pack_act, unpack_act

VERSION = 3
BUSY_MS = 10_000
# Events that give the alert a new sentence and new evidence; in others the text is a remark.
TELLING = ("raised", "updated", "active again")
TABLES = """
CREATE TABLE IF NOT EXISTS alert (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time_s REAL NOT NULL,
    rule TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL, severity TEXT NOT NULL, updated_s REAL NOT NULL,
    said_s REAL NOT NULL, text TEXT NOT NULL, evidence TEXT NOT NULL, events INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (
    alert TEXT NOT NULL, number INTEGER NOT NULL, time_s REAL NOT NULL, what TEXT NOT NULL,
    state TEXT NOT NULL, severity TEXT NOT NULL, text TEXT NOT NULL,
    who TEXT NOT NULL, role TEXT NOT NULL, reason TEXT NOT NULL, evidence TEXT NOT NULL,
    PRIMARY KEY (alert, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS act (row INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS position (
    one INTEGER PRIMARY KEY CHECK (one = 1), frames INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS snapshot (
    one INTEGER PRIMARY KEY CHECK (one = 1), frames INTEGER NOT NULL, state BLOB NOT NULL);
"""
EVENT_COLUMNS = "alert, number, time_s, what, state, severity, text, who, role, reason, evidence"


class AlertLog:
    """The log of a run that goes on: one transaction a write, on disk when it returns.

    What is written again after a crash, because the journal was played again, is known by its id
    and number and changes nothing. Raises InputError where the log cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._lines_path = folder / "alerts.sqlite", folder / "alerts.jsonl"
        with self._guarded():
            self._database = open_database(self._path)
            _make_tables(self._database)
            self._lines = self._lines_path.open("w", encoding="utf-8")
            try:
                for (body,) in self._database.execute("SELECT body FROM alert ORDER BY seq"):
                    self._lines.write(body + "\n")
                self._lines.flush()
            except BaseException:
                self._lines.close()
                raise

    @property
    def frames(self) -> int:
        """The journal frames whose alerts are all in the log."""
        return int(self._one("SELECT max(frames) FROM position") or 0)

    @property
    def last_number(self) -> int:
        """The number of the last event; 0 before the first."""
        return int(self._one("SELECT max(number) FROM event") or 0)

    @property
    def last_s(self) -> float:
        """The time of the last event; 0 before the first."""
        return float(self._one("SELECT max(time_s) FROM event") or 0.0)

    def alerts(self, id_: str) -> list[tuple[dict[str, Any], float]]:
        """The alert of that id as it has become, and when it was raised; none where it is not."""
        time_s = self._one("SELECT max(time_s) FROM alert WHERE id = ?", id_)
        return [(row, float(time_s)) for row in alert_rows(self._database, id_)]

    def write(
        self,
        alerts: Iterable[Alert],
        events: Iterable[AlertEvent],
        frames: int,
        snapshot: bytes | None = None,
    ) -> None:
        """Write what a picture brought, with the number of journal frames behind it.

        ``snapshot`` is the state of the run after these frames, where it is time to keep one.
        Alerts, events, position and snapshot are in the log together or not at all. With nothing
        to keep nothing is written.
        """
        alerts, events = list(alerts), list(events)
        if not alerts and not events and snapshot is None:
            return
        with self._guarded():
            with self._database:
                bodies = [body for alert in alerts if (body := self._insert(alert))]
                for event in events:
                    self._note(event)
                self._database.execute(
                    "INSERT INTO position VALUES (1, ?1) "
                    "ON CONFLICT (one) DO UPDATE SET frames = max(frames, ?1)",
                    (frames,),
                )
                if snapshot is not None:
                    self._database.execute(
                        "INSERT OR REPLACE INTO snapshot VALUES (1, ?, ?)", (frames, snapshot)
                    )
            self._lines.writelines(body + "\n" for body in bodies)
            self._lines.flush()

    def resume(self) -> tuple[int, bytes] | None:
        """The last snapshot and the journal frames that are in it; None where there is none."""
        with self._guarded():
            row = self._database.execute("SELECT frames, state FROM snapshot").fetchone()
        return (row[0], row[1]) if row else None

    def ask(self, act: Act) -> int:
        """Put an act into the queue that a running watch takes up; its row."""
        return _queue(self._database, self._path, act)

    def waiting_acts(self, after: int = 0) -> list[tuple[int, Act]]:
        """The acts of the queue beyond row ``after``, in order, with their rows."""
        with self._guarded():
            rows: list[Any] = self._database.execute(
                "SELECT row, body FROM act WHERE row > ? ORDER BY row", (after,)
            ).fetchall()
        found = [(row, unpack_act(body)) for row, body in rows]
        return [(row, told[1]) for row, told in found if told]

    def close(self) -> None:
        """Write ``alerts.jsonl`` anew, each alert as it has become, and let the files go."""
        self._lines.close()
        with self._guarded():
            _replace_lines(self._lines_path, (_line(row) for row in alert_rows(self._database)))
            # One file is left, unless another process reads it just now.
            with suppress(apsw.BusyError):
                self._database.pragma("journal_mode", "DELETE")
            self._database.close()

    def _one(self, query: str, *values: Any) -> Any:
        """The one value that a query gives."""
        rows: list[Any] = self._database.execute(query, values).fetchall()
        return rows[0][0]

    def _insert(self, alert: Alert) -> str:
        """Insert an alert; its line, empty where the log has it already."""
        evidence = _dump(alert.evidence)
        body = _dump(alert_row(alert))
        self._database.execute(
            "INSERT OR IGNORE INTO alert VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (alert.id, alert.time_s, alert.rule, body, "active-unacknowledged", alert.severity,
             alert.time_s, alert.time_s, alert.text, evidence),
        )  # fmt: skip
        return body if self._database.changes() else ""

    def _note(self, e: AlertEvent) -> None:
        evidence = _dump(e.evidence)
        self._database.execute(
            f"INSERT OR IGNORE INTO event ({EVENT_COLUMNS}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (e.alert, e.number, e.time_s, e.what, e.state, e.severity, e.text, e.by, e.role,
             e.reason, evidence),
        )  # fmt: skip
        if not self._database.changes():
            return
        self._database.execute(
            "UPDATE alert SET state = ?, severity = ?, updated_s = ?, events = events + 1 "
            "WHERE id = ?",
            (e.state, e.severity, e.time_s, e.alert),
        )
        if e.what in TELLING:
            self._database.execute(
                "UPDATE alert SET said_s = ?, text = ?, evidence = ? WHERE id = ?",
                (e.time_s, e.text, evidence, e.alert),
            )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with guarded(self._path):
            yield


def ask(folder: Path, act: Act) -> int:
    """Put an act into the queue of the run in ``folder``, which another process writes."""
    path = folder / "alerts.sqlite"
    with guarded(path):
        database = open_database(path)
        try:
            return _queue(database, path, act)
        finally:
            database.close()


def open_database(path: Path, read: bool = False) -> apsw.Connection:
    """A connection to a log: write-ahead, each commit synced; or, with ``read``, only to read."""
    if read:
        database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        database.set_busy_timeout(BUSY_MS)
        return database
    database = apsw.Connection(str(path))
    database.set_busy_timeout(BUSY_MS)
    database.pragma("journal_mode", "WAL")
    database.pragma("synchronous", "FULL")
    database.transaction_mode = "IMMEDIATE"
    return database


def shrink(path: Path, act: Callable[[apsw.Connection], None] = lambda database: None) -> None:
    """Carry out what deletes from a log, and let nothing of deleted rows be left in its file.

    A kill at any point leaves a log that readers can open. Raises InputError.
    """
    with guarded(path):
        database = open_database(path)
        try:
            database.pragma("secure_delete", "ON")
            act(database)
            database.execute("VACUUM")  # while it is write-ahead, so that no hot journal can stay
            database.pragma("journal_mode", "DELETE")
        finally:
            database.close()


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Let errors of the database be ours, in one line."""
    try:
        yield
    except apsw.FullError as error:
        raise InputError(f"{path}: the disk is full; free space and run it again") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise InputError(
            f"{path}: not a log of alerts that can be read ({error}); move it away, "
            "and the journal makes it again"
        ) from error
    except apsw.Error as error:
        raise InputError(f"{path}: the log of alerts cannot be used: {error}") from error


def alert_rows(database: apsw.Connection, id_: str | None = None) -> Iterator[dict[str, Any]]:
    """Each alert as it has become, in the order of raising: ``alert_row`` and what came after."""
    columns = "body, state, severity, updated_s, said_s, text, evidence, events"
    rows: Any = database.execute(
        f"SELECT {columns} FROM alert WHERE ?1 IS NULL OR id = ?1 ORDER BY seq", (id_,)
    )
    for row in rows:
        body, state, severity, updated_s, said_s, text, evidence, events = row
        yield json.loads(body) | {
            "severity": severity,
            "text": text,
            "evidence": json.loads(evidence),
            "state": state,
            "updated": iso(updated_s),
            "said": iso(said_s),
            "events": events,
        }


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as ``alerts.jsonl`` has it: time in ISO 8601, unknown MMSI null, and so the track of
    an alert that is about none."""
    return {
        "id": alert.id,
        "time": iso(alert.time_s),
        "rule": alert.rule,
        "severity": alert.severity,
        "track": known(alert.track),
        "mmsi": known(alert.mmsi),
        "zone": alert.zone,
        "lon": alert.lon,
        "lat": alert.lat,
        "text": alert.text,
        "evidence": dict(alert.evidence),
    }


def iso(time_s: float) -> str:
    """UTC seconds as ISO 8601 with milliseconds and Z."""
    return f"{np.datetime64(round(time_s * 1000), 'ms')}Z"


def known(number: int) -> int | None:
    """-1 is our unknown inside; outside it is null."""
    return None if number < 0 else number


def _make_tables(database: apsw.Connection) -> None:
    with database:
        if database.pragma("user_version") != VERSION:
            # A log of an older program; the journal is played again from its start.
            for table in ("alert", "event", "act", "position", "snapshot"):
                database.execute(f"DROP TABLE IF EXISTS {table}")
        database.execute(TABLES)
        database.pragma("user_version", VERSION)


def _queue(database: apsw.Connection, path: Path, act: Act) -> int:
    body = pack_act(act)
    if unpack_act(body) is None:
        raise InputError("an act is too long, or no text: shorten --by or --reason")
    with guarded(path):
        database.execute("INSERT INTO act (body) VALUES (?)", (body,))
        return database.last_insert_rowid()


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, allow_nan=False)


def _line(row: Mapping[str, Any]) -> str:
    return _dump(row) + "\n"


def _replace_lines(path: Path, lines: Iterable[str]) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
