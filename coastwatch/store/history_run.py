"""What a run's folder says beside its tracks, as a history asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Protocol

from coastwatch.model import InputError, Vessel
from coastwatch.store.alert_list import all_events, read_alerts
from coastwatch.store.history_watch import SILENT, Span, Watched, heard_in, silences_of
from coastwatch.store.own_files import checked_feeds, checked_rows
from coastwatch.store.run import Run

Rows = list[dict[str, Any]]
LAST_S = (
    7_258_118_400.0  # 2200-01-01: what is later is no clock of ours, and no nanoseconds hold it
)


class Log(Protocol):
    """What a history knows beside positions. Rows carry ``run``; spans are begin <= t < end."""

    def watched(self) -> list[Watched]: ...

    def alerts(self, begin: datetime, end: datetime) -> Rows: ...

    def events(self, begin: datetime, end: datetime) -> Rows: ...

    def crossings(self, begin: datetime, end: datetime) -> Rows: ...

    def vessels(self) -> dict[int, Vessel]: ...

    def suspects(self, rule: str) -> list[tuple[str, int]]:
        """The tracks (run, track) that alerts of a rule name, whenever they were raised."""
        ...

    def coverage(self, begin: datetime, end: datetime) -> Rows:
        """The ``coverage.json`` of each run that touches a span, in order of time."""
        ...

    def days(self) -> list[tuple[str, date]]:
        """The UTC days of which each run had positions when it was kept."""
        ...

    def close(self) -> None: ...


class RunLog:
    """A run's own files; its run is named ``name``, "" where it stands alone."""

    def __init__(self, run: Run, tracks_span: tuple[datetime, datetime] | None, name: str = ""):
        self._run, self._name = run, name
        self._span = _span(run, tracks_span)

    def watched(self) -> list[Watched]:
        if self._span is None:
            return []
        run, summary = self._run, self._run.summary
        feeds = checked_feeds(run.folder / "summary.json", summary)
        heard = heard_in(
            self._span, [(s.id, s.kind) for s in run.site.sensors], summary, run.coverage,
            self._silences(),
        )  # fmt: skip
        return [Watched(self._name, run.site.name, *self._span, feeds, heard)]

    def alerts(self, begin: datetime, end: datetime) -> Rows:
        return [row for row in self._alerts() if begin <= time_of(row) < end]

    def events(self, begin: datetime, end: datetime) -> Rows:
        return [row for row in self._events() if begin <= time_of(row) < end]

    def crossings(self, begin: datetime, end: datetime) -> Rows:
        path = self._run.folder / "crossings.jsonl"
        rows = checked_rows(path, self._run.crossings, ("time", "zone", "what"))
        return [row | {"run": self._name} for row in rows if begin <= time_of(row) < end]

    def vessels(self) -> dict[int, Vessel]:
        return self._run.vessels

    def suspects(self, rule: str) -> list[tuple[str, int]]:
        rows = {row["track"] for row in self._alerts() if row["rule"] == rule}
        return sorted((self._name, track) for track in rows if track is not None)

    def coverage(self, begin: datetime, end: datetime) -> Rows:
        if self._span is None:
            return []
        first, last = self._span
        touches = first < end.timestamp() and last >= begin.timestamp()
        return [found] if touches and (found := self._run.coverage) else []

    def days(self) -> list[tuple[str, date]]:
        """None: a run's own folder holds no copies of days that could be lost."""
        return []

    def close(self) -> None:
        """Nothing is open."""

    def _alerts(self) -> Rows:
        folder = self._run.folder
        if not any((folder / name).is_file() for name in ("alerts.sqlite", "alerts.jsonl")):
            return []
        return [row | {"run": self._name} for row in read_alerts(folder)]

    def _events(self) -> Rows:
        return [row | {"run": self._name} for row in all_events(self._run.folder)]

    def _silences(self) -> dict[str, list[Span]]:
        sensor_of = {row["id"]: row["zone"] for row in self._alerts() if row["rule"] == SILENT}
        told: dict[str, Rows] = {}
        for event in self._events():
            if event["alert"] in sensor_of:
                told.setdefault(sensor_of[event["alert"]], []).append(event)
        return {sensor: silences_of(events) for sensor, events in told.items()}


def time_of(row: dict[str, Any]) -> datetime:
    """A row's time. Raises InputError where it has none that can be read."""
    try:
        found = datetime.fromisoformat(row["time"])
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"a line of a run has no time that can be read: {str(row)[:80]}"
        ) from error


def _span(run: Run, tracks: tuple[datetime, datetime] | None) -> Span | None:
    """From when to when a run watched: as its summary says, else as its tracks do."""
    try:
        first, last = (
            datetime.fromisoformat(run.summary[name]).timestamp()
            for name in ("event_from", "event_until")
        )
        if 0 <= first <= last < LAST_S:
            return first, last
    except (KeyError, TypeError, ValueError, OverflowError):
        pass
    return tracks and (tracks[0].timestamp(), tracks[1].timestamp())
