"""Incidents of several runs in one log: numbers given anew, what was entered later followed.

The file is that of the incident room (``incidents.sqlite``, docs/incident.md), so that the same
commands show it. Two tables of ours say where each thing came from, in the same transaction.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from coastwatch.model import InputError

INCIDENTS = "incidents.sqlite"
OURS = """
CREATE TABLE IF NOT EXISTS kept_from (run TEXT NOT NULL, what TEXT NOT NULL,
    number INTEGER NOT NULL, here INTEGER NOT NULL, PRIMARY KEY (run, what, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept_track (run TEXT NOT NULL, track INTEGER NOT NULL,
    PRIMARY KEY (run, track)) WITHOUT ROWID;
"""


def keep_incidents(run_folder: Path, folder: Path, run: str) -> int:
    """Bring a run's incidents into those of a history; how many entries were new.

    Calls, incidents and events get numbers of the history, the same ones whenever the run is kept
    again. Raises InputError where a file cannot be read or written.
    """
    source, target = run_folder / INCIDENTS, folder / INCIDENTS
    if not source.is_file():
        return 0
    try:
        with closing(sqlite3.connect(target, timeout=10.0)) as database:
            database.isolation_level = None
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("ATTACH ? AS run", (str(source),))
            database.execute("BEGIN IMMEDIATE")
            _like_the_source(database)
            new = _Bringing(database, run).all()
            database.execute("COMMIT")
            return new
    except sqlite3.Error as error:
        raise InputError(f"{source}: its incidents cannot be kept ({error})") from error


def named_tracks(folder: Path) -> set[tuple[str, int]]:
    """The tracks (run, track) that a folder's incidents name.

    A track is named where an entry of the log has its number under ``track``: it was a candidate
    for the craft of a call when that call was taken, or a person named it. In a run's own folder
    the run is "". Raises InputError where the file cannot be read: then nothing may go.
    """
    path = folder / INCIDENTS
    if not path.is_file():
        return set()
    try:
        with closing(sqlite3.connect(path, timeout=10.0)) as database:
            if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept_track'").fetchone():
                return set(database.execute("SELECT run, track FROM kept_track"))
            return {("", track) for track in _tracks_of(database, "main")}
    except (sqlite3.Error, ValueError) as error:
        raise InputError(f"{path}: not readable ({error}); nothing is pruned without it") from error


class _Bringing:
    """One run's log of incidents, attached as ``run``, brought into the history's."""

    def __init__(self, database: sqlite3.Connection, run: str) -> None:
        self._database, self._run = database, run

    def all(self) -> int:
        new = 0
        self._numbered("incident")
        for number, state, joined in self._new_and_old("incident", "id, state, joined_to"):
            self._database.execute(
                "INSERT OR REPLACE INTO main.incident VALUES (?, ?, ?)",
                (self._here("incident", number), state, self._here("incident", joined)),
            )
        self._numbered("call")
        for number, incident, digest, body in self._new_and_old(
            "call", "id, incident, digest, body"
        ):
            here = self._here("call", number)
            self._database.execute(
                "INSERT INTO main.call VALUES (?1, ?2, ?3, ?4) "
                "ON CONFLICT (id) DO UPDATE SET incident = ?2",
                # The same call may have been taken down in two runs.
                (here, self._here("incident", incident), f"{self._run}:{digest}", body),
            )
        for a, b, same in self._new_and_old("link", "a, b, same"):
            self._database.execute(
                "INSERT OR REPLACE INTO main.link VALUES (?, ?, ?)",
                (self._here("call", a), self._here("call", b), same),
            )
        known = self._numbered("event")
        for row in self._new_and_old("event", "*"):
            new += self._event(row) if row[0] not in known else 0
        self._database.executemany(
            "INSERT OR IGNORE INTO kept_track VALUES (?, ?)",
            [(self._run, track) for track in _tracks_of(self._database, "run")],
        )
        return new

    def _event(self, row: tuple[Any, ...]) -> int:
        number, time_s, what, incident, call, other, by, reason, body = row
        self._database.execute(
            "INSERT INTO main.event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._here("event", number), time_s, what, self._here("incident", incident),
             self._here("call", call), self._here("incident", other), by, reason,
             json.dumps(self._renamed(json.loads(body)))),
        )  # fmt: skip
        return 1

    def _numbered(self, table: str) -> set[int]:
        """Give each row of a table a number here that no other has; the rows that had one."""
        known = {
            number
            for (number,) in self._database.execute(
                "SELECT number FROM kept_from WHERE run = ? AND what = ?", (self._run, table)
            )
        }
        last = self._one(f"SELECT max(id) FROM main.{table}")
        last = max(last, self._one("SELECT max(here) FROM kept_from WHERE what = ?", table))
        for (number,) in self._database.execute(
            f"SELECT id FROM run.{table} ORDER BY id"
        ).fetchall():
            if number not in known:
                last += 1
                self._database.execute(
                    "INSERT INTO kept_from VALUES (?, ?, ?, ?)", (self._run, table, number, last)
                )
        return known

    def _here(self, table: str, number: int | None) -> int | None:
        if number is None:
            return None
        return self._one(
            "SELECT here FROM kept_from WHERE run = ? AND what = ? AND number = ?",
            self._run, table, number,
        )  # fmt: skip

    def _renamed(self, value: Any) -> Any:
        """What an entry says, with calls and incidents (C2, I1) under their numbers here."""
        if isinstance(value, dict):
            return {k: self._renamed(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._renamed(v) for v in value]
        if isinstance(value, str) and (named := re.fullmatch(r"([CI])(\d{1,9})", value)):
            table = {"C": "call", "I": "incident"}[named[1]]
            return f"{named[1]}{self._here(table, int(named[2])) or named[2]}"
        return value

    def _new_and_old(self, table: str, columns: str) -> list[Any]:
        order = "" if table == "link" else " ORDER BY id"
        return self._database.execute(f"SELECT {columns} FROM run.{table}{order}").fetchall()

    def _one(self, text: str, *values: Any) -> int:
        row = self._database.execute(text, values).fetchone()
        return int(row[0] or 0) if row else 0


def _like_the_source(database: sqlite3.Connection) -> None:
    """The tables of the run's log in the history's, as they are made there, and ours."""
    made = "SELECT name, sql FROM {}.sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
    here = {name for name, _ in database.execute(made.format("main"))}
    for name, text in database.execute(made.format("run")).fetchall():
        if name not in here and not name.startswith("sqlite_"):
            database.execute(text)
    database.execute("INSERT OR IGNORE INTO main.meta SELECT * FROM run.meta")
    for text in OURS.split(";"):
        database.execute(text)


def _tracks_of(database: sqlite3.Connection, schema: str) -> set[int]:
    bodies = database.execute(
        f"SELECT body FROM {schema}.event UNION ALL SELECT body FROM {schema}.call"
    )
    return {track for (body,) in bodies for track in _under_track(json.loads(body))}


def _under_track(value: Any) -> Iterator[int]:
    """Every whole number that stands under the key ``track``, however deep."""
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _under_track(inner)
    if isinstance(value, dict):
        track = value.get("track")
        if isinstance(track, int) and not isinstance(track, bool):
            yield track
