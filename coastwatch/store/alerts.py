"""The log of alerts: each written once, in one transaction with the journal's position."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from coastwatch.model import Alert


class AlertLog:
    """``alerts.sqlite`` is the log; ``alerts.jsonl`` the same, one object a line, for reading.

    After a crash the journal is played again from its start: ids are the same for the same
    input, so the log knows what it has, and the lines are written anew in the same order.
    """

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "alerts.sqlite", isolation_level=None)
        self._database.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS alert (id TEXT PRIMARY KEY, time_s REAL, body TEXT);
            CREATE TABLE IF NOT EXISTS position
                (one INTEGER PRIMARY KEY CHECK (one = 1), frames INTEGER);
            """
        )
        self._lines = (folder / "alerts.jsonl").open("w", encoding="utf-8")
        self._written: set[str] = set()

    def write(self, alerts: Iterable[Alert], frames: int) -> None:
        """Write the alerts that are new, with the number of journal frames behind them."""
        fresh = [a for a in alerts if a.id not in self._written]
        if not fresh:
            return
        bodies = [json.dumps(alert_row(a), ensure_ascii=False, allow_nan=False) for a in fresh]
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(
                "INSERT OR IGNORE INTO alert VALUES (?, ?, ?)",
                [(a.id, a.time_s, body) for a, body in zip(fresh, bodies, strict=True)],
            )
            self._database.execute("INSERT OR REPLACE INTO position VALUES (1, ?)", (frames,))
        self._lines.writelines(body + "\n" for body in bodies)
        self._lines.flush()
        self._written.update(a.id for a in fresh)

    def close(self) -> None:
        self._lines.close()
        self._database.execute("PRAGMA journal_mode = DELETE")
        self._database.close()


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
