"""What a report shows: the figures of one span, each counted from a run or a kept history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from coastwatch.geo.hexagons import HEXAGON_M
from coastwatch.model import Floats, InputError, Ints
from coastwatch.reports.coverage import Coverage, coverage_of
from coastwatch.reports.lives import RuleLives, lives_of
from coastwatch.reports.span import Span
from coastwatch.reports.uncertain import COVERAGE, FALSE, FOUND, Interval, craft_between
from coastwatch.reports.watched import Watched, watched_in
from coastwatch.reports.weather import DayWeather
from coastwatch.rule_names import SMALL_RULE
from coastwatch.store.history import History

__all__ = ["COVERAGE", "Cells", "Counts", "Line", "Rescued", "Week", "week_of"]

WHATS = ("ais", "radar", "small")
# Acknowledgements of a span's last alerts come after it.
AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One track's way, thinned. ``what`` is one of WHATS."""

    what: str
    lon: Floats
    lat: Floats


@dataclass(frozen=True, slots=True)
class Cells:
    """Vessel-hours: a row a hexagon (q, r), day (its place in the span), hour and class."""

    q: Ints
    r: Ints
    day: Ints
    hour: Ints
    small: np.ndarray  # of bool: of small craft without AIS
    hours: Floats
    size_m: float = HEXAGON_M


@dataclass(frozen=True, slots=True)
class Often:
    """Hexagons (q, r) in which five tracks or more were on one day: of any kind, of small craft."""

    every: frozenset[tuple[int, int]] = frozenset()
    small: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Rescued:
    """One operation in SECMAR's words, each as a pair (English, French)."""

    name: str
    time: datetime
    state: str
    operation: str
    kind: tuple[str, str] | None
    event: tuple[str, str] | None
    craft: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()
    persons: Mapping[str, int] = field(default_factory=dict)
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """The few numbers by which a span is compared; None where nothing watched."""

    span: Span
    watched_h: float
    tracks: Mapping[str, int]
    alerts: int
    small_alerts: int
    crossings: int
    operations: int
    missing: Sequence[date] = ()  # days of which positions are lost


@dataclass(frozen=True)
class Week:
    """All that the pages show. Times are UTC, places in the site's plane unless said."""

    site: str
    origin: tuple[float, float]
    sensors: list[tuple[str, str, tuple[float, float], float]]  # id, kind, lon and lat, range (m)
    span: Span
    counts: Counts
    before: Counts | None
    year_before: Counts | None
    craft: Interval
    tracks_by_day: Mapping[tuple[date, str], int]
    cells: Cells
    often: Often
    lines: list[Line]
    lines_of: int
    alerts: list[dict[str, Any]]
    lives: Mapping[str, RuleLives]
    held: int  # alerts beyond their rule's limit, which were never raised
    crossings: Mapping[tuple[str, str, int], int]  # zone, what, hour
    zones: dict[str, Any]
    alerts_kept: bool  # whether there is a log of them; else nothing is known
    crossings_kept: bool
    watched: Watched
    coverage: Coverage
    heard: tuple[datetime, datetime] | None
    feeds: Mapping[str, Any]
    removed: int
    operations: list[Rescued]
    incidents_kept: bool
    person_words: Mapping[str, tuple[str, str]]
    weather: Mapping[date, DayWeather] | None
    as_of: datetime | None = None  # of the last entry that the records hold

    @property
    def nothing(self) -> bool:
        """Whether nothing watched at all."""
        return not (self.watched.hours or self.counts.tracks or self.alerts or self.crossings)

    @property
    def missing(self) -> Sequence[date]:
        """Days of which positions are lost: what they show is in no count of tracks."""
        return self.counts.missing

    def tracks(self, what: str) -> int:
        return self.counts.tracks.get(what, 0)


def week_of(
    history: History,
    span: Span,
    rescued: Mapping[str, Sequence[Rescued]] | None = None,
    person_words: Mapping[str, tuple[str, str]] | None = None,
    weather: Mapping[date, DayWeather] | None = None,
    told_until: datetime | None = None,
) -> Week:
    """The figures of a span. ``rescued`` has the operations of the span ("now"), of the one before
    ("before") and of a year before ("year"); None where no incidents are kept.
    ``told_until``: when the last word on an incident was said."""
    begin, end = span.begin, span.end
    told = rescued or {}
    operations = sorted(told.get("now", ()), key=lambda one: one.time)
    tracks = history.tracks(begin, end)
    alerts = history.alerts(begin, end)
    events = history.events(begin, end + AFTER)
    crossings = history.crossings(begin, end)
    uptime = _watched(history, span)
    year = span.year_before()
    ways = history.lines(begin, end)
    return Week(
        site=history.site.name,
        origin=history.site.origin,
        sensors=[(s.id, s.kind, s.position, s.range_max_m) for s in history.site.sensors],
        span=span,
        counts=_counts(history, span, uptime, tracks, alerts, crossings, operations),
        before=_counts_of(history, span.before(), told.get("before", ())),
        year_before=None if year is None else _counts_of(history, year, told.get("year", ())),
        craft=craft_between(_probabilities(history, span, tracks, alerts)),
        tracks_by_day=Counter(
            (b.date(), w)
            for b, w in zip(_times(tracks["begin"]), tracks["what"].to_pylist(), strict=True)
        ),
        cells=_cells(history.hexagons(span.whole_hours.begin, span.whole_hours.end), span),
        often=_often(history, span),
        lines=[
            Line(w, np.array(lon), np.array(lat))
            for w, lon, lat in zip(*(ways[c].to_pylist() for c in ("what", "lon", "lat")),
                                   strict=True)
        ],
        lines_of=int((ways.schema.metadata or {}).get(b"tracks", len(ways))),
        alerts=alerts,
        lives=lives_of(alerts, events),
        held=sum(e["what"] == "held back" and _at(e) < end for e in events),
        crossings=Counter((c["zone"], c["what"], _at(c).hour) for c in crossings),
        zones=history.zones,
        alerts_kept=_kept(history, "alerts.sqlite", "alerts.jsonl"),
        crossings_kept=_kept(history, "crossings.jsonl"),
        watched=uptime,
        coverage=coverage_of(history.coverage(begin, end)),
        heard=_heard(tracks),
        feeds=history.refused(begin, end),
        removed=len(history.tombstones()),
        operations=operations,
        incidents_kept=rescued is not None,
        person_words=person_words or {},
        weather=weather,
        as_of=_as_of(history, [*alerts, *events, *crossings], told_until),
    )  # fmt: skip


def _as_of(
    history: History, entries: Sequence[Mapping[str, Any]], told: datetime | None
) -> datetime | None:
    """The last of all: a run's end, something of an alert, a word on an incident."""
    span = history.span()
    times = [*(span or ()), *(_at(row) for row in entries), *([told] if told else ())]
    times += [datetime.fromtimestamp(run.to_s, UTC) for run in history.watched()]
    return max(times, default=None)


def _counts(
    history: History, span: Span, uptime: Watched, tracks: pa.Table,
    alerts: Sequence[Mapping[str, Any]], crossings: Sequence[Any], operations: Sequence[Rescued],
) -> Counts:  # fmt: skip
    return Counts(
        span, uptime.hours, Counter(tracks["what"].to_pylist()), len(alerts),
        sum(a["rule"] == SMALL_RULE for a in alerts), len(crossings), len(operations),
        history.missing_days(span.begin, span.end),
    )  # fmt: skip


def _counts_of(history: History, span: Span, operations: Sequence[Rescued]) -> Counts | None:
    """Another span's numbers; None where nothing watched then, which is not zero."""
    if not len(history.runs(span.begin, span.end)):
        return None
    begin, end = span.begin, span.end
    found = _counts(
        history, span, _watched(history, span), history.tracks(begin, end),
        history.alerts(begin, end), history.crossings(begin, end), operations,
    )  # fmt: skip
    return found if found.watched_h > 0 or found.tracks else None


def _watched(history: History, span: Span) -> Watched:
    return watched_in(history.watched(), span, [(s.id, s.kind) for s in history.site.sensors])


def _kept(history: History, *names: str) -> bool:
    """Whether there is a log; a kept history has one of its own."""
    return history.kept or any((history.folder / name).is_file() for name in names)


def _probabilities(
    history: History, span: Span, tracks: pa.Table, alerts: Sequence[Mapping[str, Any]]
) -> list[float]:
    """That each counted small track is one: its last word, or its alert's, whichever is surer.

    The rule's measured share of true alerts where the positions are kept no more.
    """
    small = tracks.filter(pc.equal(tracks["what"], "small"))
    if not len(small):
        return []
    try:
        last = history.query(
            "SELECT run, track, arg_max(existence * p_small * p_unregistered * "
            "if(isfinite(p_fixed), 1 - p_fixed, 1.0), time) AS p "
            "FROM positions WHERE time >= ? AND time < ? AND status IN ('confirmed', 'coasting') "
            "GROUP BY run, track", [span.begin, span.end],
        ).to_pylist()  # fmt: skip
    except InputError:
        last = []
    known = {(row["run"], row["track"]): row["p"] for row in last if row["p"] is not None}
    for alert in alerts:
        p = (alert.get("evidence") or {}).get("probability")
        key = (alert.get("run", ""), alert["track"])
        if alert["rule"] == SMALL_RULE and isinstance(p, int | float):
            known[key] = max(known.get(key, 0.0), min(float(p), 1.0))
    usual = FOUND / (FOUND + FALSE)
    pairs = zip(small["run"].to_pylist(), small["track"].to_pylist(), strict=True)
    found = [float(known.get(pair, usual)) for pair in pairs]
    return [p if np.isfinite(p) else usual for p in found]


def _cells(table: pa.Table, span: Span) -> Cells:
    place = {day: k for k, day in enumerate(span.days)}
    day = np.array([place[d] for d in table["day"].to_pylist()], dtype=np.int64)
    small = np.array([w == "small" for w in table["what"].to_pylist()], dtype=bool)
    q, r, hour = (table[c].to_numpy().astype(np.int64) for c in ("q", "r", "hour"))
    return Cells(q, r, day, hour, small, table["vessel_hours"].to_numpy().astype(float))


def _often(history: History, span: Span) -> Often:
    """All that a public map may show. By the day, since that is what is kept for good."""
    every: Counter[tuple[int, int, date]] = Counter()
    few: Counter[tuple[int, int, date]] = Counter()
    table = history.visitors(span.begin, span.end)
    columns = [table[c].to_pylist() for c in ("q", "r", "day", "what", "tracks")]
    for q, r, day, what, tracks in zip(*columns, strict=True):
        every[q, r, day] += tracks
        if what == "small":
            few[q, r, day] += tracks
    return Often(*(frozenset(c[:2] for c, n in found.items() if n >= 5) for found in (every, few)))


def _heard(tracks: pa.Table) -> tuple[datetime, datetime] | None:
    if not len(tracks):
        return None
    return min(_times(tracks["begin"])), max(_times(tracks["end"]))


def _times(column: pa.ChunkedArray) -> list[datetime]:
    # Cut to microseconds, which is what a datetime holds.
    return list(column.cast(pa.timestamp("us", "UTC"), safe=False).to_pylist())


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["time"])
