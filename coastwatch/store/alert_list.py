"""The alerts of a run as lists: read from its log, or from its lines where it has none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from coastwatch.model import ConfigError, InputError
from coastwatch.store.alerts import (
    EVENT_COLUMNS,
    VERSION,
    alert_rows,
    guarded,
    iso,
    open_database,
)
from coastwatch.store.own_files import checked_rows

OLD_WORDS = {"information": "caution", "danger": "alarm"}


def read_alerts(folder: Path) -> list[dict[str, Any]]:
    """Each alert of a run as it has become, in the order of raising: a line of ``alerts.jsonl``.

    ``state``, ``updated`` and ``events`` are null for a run of before there were such things.
    Raises InputError where there is no run.
    """
    with _log(folder) as database:
        if database is not None:
            return list(alert_rows(database))
    path = folder / "alerts.jsonl"
    if not path.is_file():
        raise InputError(f"{folder}: no alerts in it; give the --out folder of a run")
    since = {"state": None, "updated": None, "said": None, "events": None}
    rows = checked_rows(path, read_lines(path), ("id", "time", "rule", "severity", "zone", "text"))
    return [since | in_todays_words(row) for row in rows]


def read_events(folder: Path, alert: str) -> list[dict[str, Any]]:
    """All that happened to an alert, in order; empty for a run of before events were kept."""
    with _log(folder) as database:
        return [] if database is None else list(_event_rows(database, alert))


def all_events(folder: Path) -> list[dict[str, Any]]:
    """All that happened to a run's alerts, in order of their numbers; evidence as an object.

    ``by`` is who did it, empty where the machine did.
    """
    with _log(folder) as database:
        rows = [] if database is None else list(_event_rows(database))
    return [row | {"by": row["who"], "evidence": json.loads(row["evidence"])} for row in rows]


def _event_rows(database: apsw.Connection, alert: str | None = None) -> Iterator[dict[str, Any]]:
    names = [name.strip() for name in EVENT_COLUMNS.split(",")]
    rows: Any = database.execute(
        f"SELECT {EVENT_COLUMNS} FROM event WHERE ?1 IS NULL OR alert = ?1 ORDER BY number",
        (alert,),
    )
    for values in rows:
        row = dict(zip(names, values, strict=True))
        yield row | {"time": iso(row["time_s"])}


def told_events(folder: Path) -> dict[str, list[tuple[float, str, str]]]:
    """What happened to each alert, in order: time (UTC s), what, by whom (empty: the machine)."""
    told: dict[str, list[tuple[float, str, str]]] = {}
    with _log(folder) as database:
        if database is not None:
            query = "SELECT alert, time_s, what, who FROM event ORDER BY alert, number"
            for alert, time_s, what, who in database.execute(query):
                told.setdefault(str(alert), []).append((float(time_s), str(what), str(who)))
    return told


def find_alert(folder: Path, prefix: str) -> str:
    """The id that begins so, of an alert that was raised or held back.

    Raises ConfigError where none or several do.
    """
    with _log(folder) as database:
        if database is None:
            found = [row["id"] for row in read_alerts(folder) if row["id"].startswith(prefix)]
        else:
            span = (prefix, prefix + "\U0010ffff")
            found = [
                row[0]
                for row in database.execute(
                    "SELECT id FROM alert WHERE id BETWEEN ?1 AND ?2 UNION SELECT alert FROM event "
                    "WHERE alert BETWEEN ?1 AND ?2 AND what = 'held back' LIMIT 10",
                    span,
                )
            ]
    if prefix in found:
        return prefix
    if not prefix or not found:
        raise ConfigError(f"no alert of {folder} has an id that begins with {prefix!r}")
    if len(found) > 1:
        raise ConfigError(f"{prefix!r} begins several ids: {', '.join(found)}; give more of it")
    return str(found[0])


def in_todays_words(row: dict[str, Any]) -> dict[str, Any]:
    """A line of ``alerts.jsonl``, where an old run called a severity by another name."""
    if not isinstance(row.get("rule", ""), str):
        row = row | {"rule": str(row["rule"])}  # another's hand: what counts by rule needs a word
    severity = row.get("severity")
    if isinstance(severity, str) and severity in OLD_WORDS:
        return row | {"severity": OLD_WORDS[severity]}
    return row


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines; none where it is missing. Raises InputError."""
    if not path.is_file():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: line {number}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise InputError(f"{path}: line {number}: no object; remove the line")
        rows.append(row)
    return rows


@contextmanager
def _log(folder: Path) -> Iterator[apsw.Connection | None]:
    """The log to read from; None where the run has none that holds events."""
    path = folder / "alerts.sqlite"
    if not path.is_file():
        yield None
        return
    with guarded(path):
        database = open_database(path, read=True)
        try:
            yield database if database.pragma("user_version") == VERSION else None
        finally:
            database.close()
