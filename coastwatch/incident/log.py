"""The log of incidents: calls as they were taken, and what became of them, by whom and why.

One SQLite file, ``incidents.sqlite``; each entry is one transaction on the disk (WAL, full sync).
Nothing is ever overwritten: events tell the whole story, the columns only where it stands.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coastwatch.incident.call import Call, caller_hash
from coastwatch.incident.correlate import Link
from coastwatch.model import InputError

FILE = "incidents.sqlite"
TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS incident (id INTEGER PRIMARY KEY, state TEXT NOT NULL,
    joined_to INTEGER);
CREATE TABLE IF NOT EXISTS call (id INTEGER PRIMARY KEY, incident INTEGER NOT NULL
    REFERENCES incident, digest TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS link (a INTEGER, b INTEGER, same INTEGER NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, time_s REAL NOT NULL, what TEXT NOT NULL,
    incident INTEGER NOT NULL, call INTEGER, other INTEGER, by TEXT NOT NULL,
    reason TEXT NOT NULL, body TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: opened, called, doubted, joined, parted or closed.

    ``call`` and ``other`` (an incident) are None where there is none; ``by`` is empty where the
    machine did it.
    """

    time_s: float
    what: str
    incident: int
    call: int | None
    other: int | None
    by: str
    reason: str
    body: Mapping[str, Any]


class IncidentLog:
    """The file of one folder. Raises InputError where it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=10.0)
            self._database.executescript(TABLES)
            with self._database:
                self._database.execute(
                    "INSERT OR IGNORE INTO meta VALUES ('salt', ?)", (secrets.token_hex(16),)
                )
        except sqlite3.Error as error:
            raise InputError(
                f"{path}: cannot be opened ({error}); name a folder that can be written"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    @contextmanager
    def entry(self) -> Iterator[None]:
        """One transaction: what is read and written within it is one entry, or none.

        Raises InputError where another holds the file for over ten seconds.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise InputError(
                f"{FILE}: another entry is being written ({error}); enter it again"
            ) from error
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def caller(self, phone: str) -> str:
        """What is kept of a phone number: a short hash, salted by this file."""
        (salt,) = self._database.execute("SELECT value FROM meta WHERE name = 'salt'").fetchone()
        return caller_hash(phone, salt)

    def calls(self) -> dict[int, Call]:
        """Every call by its number, in the order taken."""
        rows = self._database.execute("SELECT id, body FROM call ORDER BY id")
        return {number: Call.of_row(json.loads(body)) for number, body in rows}

    def incidents(self) -> dict[int, list[int]]:
        """The calls of each incident that has any, by number."""
        found: dict[int, list[int]] = {}
        for call, incident in self._database.execute("SELECT id, incident FROM call ORDER BY id"):
            found.setdefault(incident, []).append(call)
        return dict(sorted(found.items()))

    def state(self, incident: int) -> tuple[str, int | None]:
        """``open``, ``closed`` or ``joined`` (and to which). Raises InputError for no such one."""
        row = self._database.execute(
            "SELECT state, joined_to FROM incident WHERE id = ?", (incident,)
        ).fetchone()
        if row is None:
            numbers = [f"I{n}" for (n,) in self._database.execute("SELECT id FROM incident")]
            raise InputError(
                f"I{incident}: no such incident; there {_are(numbers)}; see `incident list`"
            )
        return row[0], row[1]

    def links(self) -> list[Link]:
        """What persons said of pairs of calls."""
        rows = self._database.execute("SELECT a, b, same FROM link ORDER BY a, b")
        return [(a, b, bool(same)) for a, b, same in rows]

    def events(self, incident: int | None = None) -> list[Event]:
        """What happened, in order: of one incident (as either side), or of all."""
        rows = self._database.execute(
            "SELECT time_s, what, incident, call, other, by, reason, body FROM event "
            "WHERE ?1 IS NULL OR incident = ?1 OR other = ?1 ORDER BY id",
            (incident,),
        )
        return [
            Event(t, what, number, call, other, by, reason, json.loads(body))
            for t, what, number, call, other, by, reason, body in rows
        ]

    def known(self, call: Call) -> int | None:
        """The number of this very call, where it was entered before."""
        row = self._database.execute(
            "SELECT id FROM call WHERE digest = ?", (call.digest(),)
        ).fetchone()
        return None if row is None else int(row[0])

    def open(self) -> int:
        """A new incident's number."""
        return int(
            self._database.execute("INSERT INTO incident (state) VALUES ('open')").lastrowid or 0
        )

    def add(self, call: Call, incident: int) -> int:
        """A call's number, once written as one of an incident's."""
        body = json.dumps(call.row(), ensure_ascii=True, allow_nan=False)
        return int(
            self._database.execute(
                "INSERT INTO call (incident, digest, body) VALUES (?, ?, ?)",
                (incident, call.digest(), body),
            ).lastrowid
            or 0
        )

    def move(self, calls: list[int], incident: int) -> None:
        """Make calls those of an incident."""
        self._database.executemany(
            "UPDATE call SET incident = ? WHERE id = ?", [(incident, c) for c in calls]
        )

    def set_state(self, incident: int, state: str, joined_to: int | None = None) -> None:
        self._database.execute(
            "UPDATE incident SET state = ?, joined_to = ? WHERE id = ?",
            (state, joined_to, incident),
        )

    def link(self, some: list[int], others: list[int], same: bool) -> None:
        """A person's word on every pair between two sets of calls; the last word counts."""
        pairs = {(min(a, b), max(a, b)) for a in some for b in others if a != b}
        self._database.executemany(
            "INSERT OR REPLACE INTO link VALUES (?, ?, ?)", [(*p, same) for p in sorted(pairs)]
        )

    def tell(
        self,
        time_s: float,
        what: str,
        incident: int,
        by: str = "",
        reason: str = "",
        call: int | None = None,
        other: int | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what happened."""
        self._database.execute(
            "INSERT INTO event (time_s, what, incident, call, other, by, reason, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (time_s, what, incident, call, other, by, reason, json.dumps(body or {})),
        )


def _are(names: list[str]) -> str:
    if not names:
        return "is none yet"
    shown = ", ".join(names[-8:])
    return f"{'is' if len(names) == 1 else 'are'} {'... ' if len(names) > 8 else ''}{shown}"
