"""What an officer does with a run's alerts: list, explain, export, and act on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from coastwatch.cells import safe_cell
from coastwatch.model import PRIORITIES, Act, Alert, AlertEvent, ConfigError, Datagram, InputError
from coastwatch.shown import said_when, shown, shown_json
from coastwatch.store.acts import DESK, pack_act, unpack_act
from coastwatch.store.alert_list import find_alert, read_alerts, read_events
from coastwatch.store.alerts import AlertLog, ask
from coastwatch.store.journal import JOURNAL, Journal, is_written

ID_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alerts are asked for; what is None asks nothing.

    ``rule`` may hold * for any letters; ``severity`` is the least that is wanted; ``since`` and
    ``until`` are UTC seconds of the raising; ``open`` asks for those that are not settled.
    """

    rule: str | None = None
    severity: str | None = None
    state: str | None = None
    zone: str | None = None
    mmsi: int | None = None
    track: int | None = None
    since: float | None = None
    until: float | None = None
    open: bool = False
    role: str | None = None

    def takes(self, row: Mapping[str, Any]) -> bool:
        return self._of_what(row) and self._where_and_when(row)

    def _of_what(self, row: Mapping[str, Any]) -> bool:
        if self.rule is not None and not fnmatchcase(row["rule"], self.rule):
            return False
        if self.severity is not None and _rank(row["severity"]) < _rank(self.severity):
            return False
        if self.state is not None and row["state"] != self.state:
            return False
        if self.open and row["state"] == "normal":
            return False
        return self.role is None or _may(self.role, "see", row["rule"], row["severity"])

    def _where_and_when(self, row: Mapping[str, Any]) -> bool:
        # An alert that was updated may be about another zone by now.
        if self.zone is not None and self.zone not in (row["zone"], row["evidence"].get("zone")):
            return False
        if self.mmsi is not None and row["mmsi"] != self.mmsi:
            return False
        if self.track is not None and row["track"] != self.track:
            return False
        if self.since is None and self.until is None:
            return True
        time_s = utc_seconds(row["time"])
        return (self.since is None or time_s >= self.since) and (
            self.until is None or time_s < self.until
        )


def list_alerts(folder: Path, wanted: Filter | None = None) -> list[dict[str, Any]]:
    """The alerts of a run as they have become, in the order of raising: dicts as in alerts.jsonl.

    ``time`` is ISO 8601 in UTC, ``lon`` and ``lat`` are degrees, ``severity`` and ``state`` as in
    IMO resolution MSC.302(87). Raises InputError where there is no run or its log cannot be read,
    ConfigError for a role that there is none of.
    """
    wanted = wanted or Filter()
    if wanted.role is not None:
        _check_role(wanted.role)
    return [row for row in read_alerts(folder) if wanted.takes(row)]


def alert_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Alerts as lines for a terminal."""
    if not rows:
        return "no alerts"
    head = f"{'id':<{ID_SHOWN}}  {'raised':<20}  {'priority':<9}  {'state':<24}  what"
    return "\n".join([head, *map(_row_line, rows)])


def explain_alert(folder: Path, id_: str) -> str:
    """The whole life of one alert for a terminal; the beginning of its id is enough.

    Raises ConfigError where no alert, or more than one, has it.
    """
    id_ = find_alert(folder, id_)
    events = read_events(folder, id_)
    row = next((row for row in read_alerts(folder) if row["id"] == id_), None)
    if row is None:
        told = json.loads(events[0]["evidence"])
        lines = [f"Alert {shown(id_)} was held back, not raised", f"  {shown(events[0]['text'])}"]
    else:
        told = row["evidence"]
        lines = [f"Alert {shown(id_)}", *_head(row), f"  {said_when(row)}{shown(row['text'])}"]
    lines += ["", "Evidence", *(f"  {shown(k)}: {_value(v)}" for k, v in told.items())]
    if events:
        lines += ["", "Life", *(_event_line(event) for event in events)]
    return "\n".join(lines)


def export_alerts(rows: Iterable[Mapping[str, Any]], to: str) -> str:
    """Alerts as text: "jsonl", "csv" (its cells safe in a spreadsheet) or "geojson" (points)."""
    if to == "csv":
        return _csv(rows)
    if to == "geojson":
        features = [_feature(row) for row in rows]
        whole = {"type": "FeatureCollection", "features": features}
        return shown_json(whole) + "\n"
    return "".join(shown_json(row) + "\n" for row in rows)


def act_on_alert(folder: Path, act: Act) -> tuple[bool, str]:
    """Do an act on a run, or ask its watch to; whether that is done or asked, and the words for it.

    Where a watch is writing the run, the act waits in its queue. On a run that is over it goes to
    the journal, as the watch would have received it, and into the log at once. The beginning of
    the alert's id is enough. Raises ConfigError and InputError.
    """
    if not (folder / "alerts.sqlite").is_file():
        raise InputError(f"{folder}: no alerts.sqlite in it; give the --out folder of a run")
    _check_role(act.role)
    id_ = find_alert(folder, act.alert)
    act = Act(act.time_s, id_, act.what, act.by, act.role, act.reason)
    if unpack_act(pack_act(act)) is None:
        raise ConfigError("an act is too long, or no text: shorten --by or --reason")
    journal_path = folder / JOURNAL
    if is_written(journal_path):
        row = ask(folder, act)
        return True, f"{id_}: {act.what} is asked of the running watch (place {row} in its queue)"
    if journal_path.is_file() and not (folder / "summary.json").is_file():
        # Its journal may hold what the log does not know yet: only the watch itself can go on.
        row = ask(folder, act)
        waits = f"{id_}: {act.what} waits (place {row} in the queue)"
        return True, f"{waits}: this watch was interrupted, and does it when it goes on"
    event = _act_at_once(folder, act, Journal(journal_path) if journal_path.is_file() else None)
    done = event.what != "refused"
    return done, f"{id_}: {event.what}, now {event.state}" if done else f"{id_}: {event.text}"


def utc_seconds(text: str) -> float:
    """UTC seconds of a time in the log."""
    return datetime.fromisoformat(text).timestamp()


def _act_at_once(folder: Path, act: Act, journal: Journal | None) -> AlertEvent:
    """Do an act on a run that is over; the open journal keeps a watch from beginning meanwhile."""
    from coastwatch.watch.book import Book
    from coastwatch.watch.life import Entry

    try:
        log = AlertLog(folder)
        try:
            entries = []
            for row, time_s in log.alerts(act.alert):
                alert = Alert(**{k: row[k] for k in ("id", "rule", "zone", "lon", "lat", "text")},
                              time_s=time_s, severity=row["severity"], evidence=row["evidence"],
                              track=_number(row["track"]), mmsi=_number(row["mmsi"]))  # fmt: skip
                over = row["state"] in ("normal", "rectified-unacknowledged")
                entries.append(Entry(alert, (alert.rule, (alert.id,)), row["state"],
                                     alert.severity, alert.severity, alert.text, alert.evidence,
                                     holds=not over))  # fmt: skip
            book = Book.restored(entries, log.last_number)
            events = book.act([act], log.last_s)
            frames = log.frames
            if journal is not None:
                received_ns = round(act.time_s * 1e9)
                journal.append([Datagram(received_ns, DESK, pack_act(act), whole=True)])
                journal.commit()
                frames = journal.frames
            log.write([], events, frames)
        finally:
            log.close()
    finally:
        if journal is not None:
            journal.close()
    return events[0]


def _row_line(row: Mapping[str, Any]) -> str:
    return (
        f"{shown(row['id'][:ID_SHOWN]):<{ID_SHOWN}}  {shown(row['time'][:19]) + 'Z':<20}  "
        f"{shown(row['severity']):<9}  {shown(row['state'] or 'unknown'):<24}  "
        f"{shown(row['rule'])}: {said_when(row)}{shown(row['text'])}"
    )


def _head(row: Mapping[str, Any]) -> list[str]:
    about = [f"rule {row['rule']}"]
    about += [f"{name} {row[name]}" for name in ("track", "mmsi", "zone") if row[name]]
    place = f"{abs(row['lat']):.4f}° {'N' if row['lat'] >= 0 else 'S'}, "
    place += f"{abs(row['lon']):.4f}° {'E' if row['lon'] >= 0 else 'W'}"
    state = row["state"] or "state unknown"
    return [
        f"  {shown(row['severity'])}, {shown(state)}; {shown(', '.join(about))}",
        f"  raised {shown(row['time'])} at {place}",
    ]


def _event_line(event: Mapping[str, Any]) -> str:
    line = f"  {event['time']}  {event['what']}"
    after = ", ".join(part for part in (event["severity"], event["state"]) if part)
    line += f" ({after})" if after else ""
    if event["who"] or event["role"]:
        line += f" by {shown(event['who']) or 'nobody'} ({shown(event['role'])})"
    said = [shown(event[key]) for key in ("text", "reason") if event[key]]
    return f"{line}: {'; '.join(said)}" if said else line


def _value(value: object) -> str:
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _csv(rows: Iterable[Mapping[str, Any]]) -> str:
    names = ("id", "time", "rule", "severity", "state", "track", "mmsi", "zone", "lon", "lat",
             "text", "evidence", "updated", "said", "events")  # fmt: skip
    out = io.StringIO()
    # Every text is quoted, so that a spreadsheet that parts cells at ; does not part a text.
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(names)
    for row in rows:
        cells = dict(row) | {"evidence": shown_json(row["evidence"])}
        writer.writerow([safe_cell(cells[name]) for name in names])
    return out.getvalue()


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in row.items() if key not in ("lon", "lat")}
    point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "id": row["id"], "geometry": point, "properties": properties}


def _check_role(role: str) -> None:
    from coastwatch.watch.roles import shipped

    if role not in shipped():
        raise ConfigError(f"no role {role!r}; there are {', '.join(shipped())}")


def _may(role: str, what: str, rule: str, priority: str) -> bool:
    from coastwatch.watch.roles import may

    return may(role, what, rule, priority)


def _rank(severity: object) -> int:
    return PRIORITIES.index(severity) if severity in PRIORITIES else -1


def _number(value: int | None) -> int:
    return -1 if value is None else value
