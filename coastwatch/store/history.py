"""What is kept over weeks and years, asked as one: a run's folder or a kept history.

DuckDB reads the Parquet files of tracks (docs/history.md); SQLite has the rest. Every span is
``begin <= time < end`` in UTC; only rows of tracks that were confirmed or coasting count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from coastwatch.geo.hexagons import HEXAGON_M
from coastwatch.model import Vessel
from coastwatch.rule_names import SMALL_RULE
from coastwatch.site import Site, load
from coastwatch.store import history_sql as sql
from coastwatch.store.aggregates import CELLS, TRACK_DAYS, UTC_NS, VISITORS, Aggregates
from coastwatch.store.history_files import NOTHING, DayFiles, Files, RunFiles
from coastwatch.store.history_log import LOG, HistoryLog
from coastwatch.store.history_missing import lost, within
from coastwatch.store.history_run import Log, RunLog
from coastwatch.store.history_watch import UPTIME, Watched, uptime_table
from coastwatch.store.own_files import checked_zones
from coastwatch.store.run import read_run, read_zones
from coastwatch.store.tombstones import removals

__all__ = ["HEXAGON_M", "History", "open_history"]

LINES_MOST = 5_000
DAY_TABLES_MOST = 32  # a month of days with their tracks, about a megabyte each
POINTS = pa.schema(
    [("run", pa.string()), ("track", pa.int64()), ("spell", pa.int32()), ("time", UTC_NS),
     ("lon", pa.float64()), ("lat", pa.float64())]
)  # fmt: skip


def open_history(folder: Path) -> History:
    """A run's folder or a kept history, to be asked and closed (``with``).

    Spans are ``begin`` <= time < ``end`` in UTC. Raises InputError where there is neither, or where
    it cannot be read.
    """
    if (folder / LOG).is_file():
        kept = HistoryLog(folder)
        days = DayFiles(folder, [run.run for run in kept.watched()])
        zones = checked_zones(folder / "zones.geojson", read_zones(folder))
        return History(folder, load(folder / "site.toml"), zones, days, kept, kept=True)
    run = read_run(folder)
    files = RunFiles(folder)
    log = RunLog(run, files.span())
    zones = checked_zones(folder / "zones.geojson", run.zones)
    return History(folder, run.site, zones, files, log)


class History:
    """Tracks, alerts and all else that was kept, by span of time."""

    def __init__(
        self, folder: Path, site: Site, zones: dict[str, Any], files: Files, log: Log,
        kept: bool = False,
    ) -> None:  # fmt: skip
        self.folder, self.site, self.zones, self.kept = folder, site, zones, kept
        self._files, self._log = files, log
        self.aggregates = Aggregates(folder)
        self._engine = sql.Engine()
        self._engine.hold("nothing", NOTHING)
        self._day_tables: dict[str, pa.Table] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the database and its temporary files go."""
        self._engine.close()
        self._log.close()

    @cached_property
    def vessels(self) -> dict[int, Vessel]:
        """What vessels said of themselves, by MMSI."""
        return self._log.vessels()

    @property
    def incidents_path(self) -> Path | None:
        """The log of incidents, where there is one."""
        path = self.folder / "incidents.sqlite"
        return path if path.is_file() else None

    def span(self) -> tuple[datetime, datetime] | None:
        """The times of the first and the last position (UTC), removed ones too; None without."""
        old = self.aggregates.days()
        spans = [self._files.span(), *(self.aggregates.span(day) for day in old[:1] + old[-1:])]
        ends = [end for span in spans if span for end in span]
        return (min(ends), max(ends)) if ends else None

    def tracks(self, begin: datetime, end: datetime) -> pa.Table:
        """A row a track: ``run`` ("" in a run's own folder), ``track``, ``what``, ``mmsi`` (null
        where unknown), ``begin``, ``end`` (its first and last time in the span), ``rows``; ordered
        by run and track.

        ``what`` is "small" where an alert of the mission's rule names the track, or where it never
        had an MMSI in the span and ``p_small`` and ``p_unregistered`` are at least 0.8 and
        ``p_fixed`` at most 0.5 at its last row; else "ais" with an MMSI at its last row, else
        "radar".
        """
        days = [self._day_tracks(day, begin, end) for day in self._days(begin, end)]
        return self._classed(pa.concat_tables([TRACK_DAYS.empty_table(), *days]))

    def hexagons(self, begin: datetime, end: datetime, size_m: float = HEXAGON_M) -> pa.Table:
        """Time of tracks by cell, UTC day, hour and class: ``q``, ``r``, ``day``, ``hour``,
        ``what``, ``vessel_hours``; ordered so.

        Cells are pointy-top hexagons of the site's plane whose centres are ``size_m`` apart
        (geo/hexagons.py). Each row of a track stands for the time until the track's next row of
        the same UTC day, in the cell and the hour where it begins; the last row of a day stands
        for none. So the sum over all cells, hours and classes of a day is exactly the sum of
        ``end - begin`` over the day's tracks. The class is the one that the track has in that day.
        """
        days = [
            within_hours(self._day_cells(day, size_m), day, begin, end)
            for day in self._days(begin, end)
        ]
        return self._engine.table(sql.HOURS, cells=pa.concat_tables([CELLS.empty_table(), *days]))

    def visitors(self, begin: datetime, end: datetime, size_m: float = HEXAGON_M) -> pa.Table:
        """How many different tracks were in a cell on a UTC day that the span touches: ``q``,
        ``r``, ``day``, ``what``, ``tracks``; ordered by day, class and cell.

        Cells and classes are those of ``hexagons``. Whole days: what may be shown of a cell must
        not depend on where a span cuts the day.
        """
        days = [
            pa.concat_tables(
                [
                    self._live_by_cell(sql.VISITORS, day, size_m).cast(VISITORS),
                    self.aggregates.visitors(day, size_m),
                ]
            )
            for day in self._days(begin, end)
        ]
        whole = pa.concat_tables([VISITORS.empty_table(), *days])
        return self._engine.table(sql.ALL_VISITORS, visitors=whole)

    def lines(self, begin: datetime, end: datetime, points: int = 120) -> pa.Table:
        """Ways of tracks for paper: ``run``, ``track``, ``what``, ``lon``, ``lat`` (lists of at
        most ``points``), small craft first, then those with most rows.

        At most 5,000 tracks are given; ``schema.metadata[b"tracks"]`` has how many there were.
        """
        chosen = self._engine.table(
            "SELECT run, track, what, \"begin\", \"end\", row_number() OVER (ORDER BY "
            f"what <> 'small', rows DESC, run, track) AS place FROM found LIMIT {LINES_MOST}",
            found=(found := self.tracks(begin, end)),
        )  # fmt: skip
        spells = {"spells": max(points - 1, 1)}
        parts = [
            self._engine.table(self._filled(sql.LINES, day, begin, end), spells, chosen=chosen)
            for day in self._days(begin, end)
        ]
        near = pa.concat_tables([POINTS.empty_table(), *parts])
        ways = self._engine.table(sql.WAYS, points=near, chosen=chosen)
        return ways.replace_schema_metadata({"tracks": str(len(found))})

    def alerts(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        """Alerts raised in the span, each as it has become: a line of ``alerts.jsonl``, with
        ``run``."""
        return self._log.alerts(begin, end)

    def events(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        """What happened to alerts in the span, in order: ``time``, ``alert``, ``what``, ``state``,
        ``severity``, ``text``, ``by`` (empty: the machine), ``role``, ``reason``, ``evidence``,
        ``number``, ``run``."""
        return self._log.events(begin, end)

    def crossings(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        """Entries, exits and line crossings in the span: lines of ``crossings.jsonl``, with
        ``run``."""
        return self._log.crossings(begin, end)

    def uptime(self, begin: datetime, end: datetime) -> pa.Table:
        """A row a sensor and hour that begins in the span: ``sensor``, ``kind``, ``day``,
        ``hour``, ``share`` of the hour in which it was heard.

        0 where no run watched, null where a run watched and nothing tells of the sensor.
        """
        rows = uptime_table(self._log.watched(), begin, end)
        return rows if len(rows) else UPTIME.empty_table()

    def refused(self, begin: datetime, end: datetime) -> dict[str, dict[str, Any]]:
        """By feed: frames ``decoded`` and ``rejected`` by reason, of every run that touches the
        span, each as a whole: a run keeps no count by hour."""
        feeds: dict[str, dict[str, Any]] = {}
        for run in self._watched(begin, end):
            for name, said in run.feeds.items():
                feed = feeds.setdefault(name, {"decoded": 0, "rejected": {}})
                feed["decoded"] += said["decoded"]
                for reason, count in said["rejected"].items():
                    feed["rejected"][reason] = feed["rejected"].get(reason, 0) + count
        return dict(sorted(feeds.items()))

    def runs(self, begin: datetime, end: datetime) -> pa.Table:
        """When anything watched at all: ``run``, ``site``, ``from``, ``to`` of each run that
        touches the span, ordered by time."""
        runs = self._watched(begin, end)
        times = [[_time(run.from_s) for run in runs], [_time(run.to_s) for run in runs]]
        return pa.table(
            [[run.run for run in runs], [run.site for run in runs], *times],
            schema=pa.schema(
                [("run", pa.string()), ("site", pa.string()), ("from", UTC_NS), ("to", UTC_NS)]
            ),
        )

    def coverage(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        """The ``coverage.json`` of each run that touches the span (docs/sensors.md), in order of
        time; none where a run kept none."""
        return self._log.coverage(begin, end)

    def tombstones(self) -> list[dict[str, Any]]:
        """What was removed by policy, oldest first."""
        return removals(self.folder)

    def query(self, text: str, params: Sequence[Any] | dict[str, Any] = ()) -> pa.Table:
        """The answer to a question in SQL; the rows of all tracks are the view ``positions``.

        Raises InputError with DuckDB's word where it cannot be answered.
        """
        self._engine.run(
            "CREATE OR REPLACE TEMP VIEW positions AS SELECT * FROM "
            + self._files.rows(self._files.days())
        )
        return self._engine.table(text, params)

    def days(self) -> list[date]:
        """The UTC days that have positions, in order."""
        return self._files.days()

    def missing_days(self, begin: datetime, end: datetime) -> list[date]:
        """The UTC days that the span touches of which a kept run had positions that are lost.

        Neither rows of the run nor their aggregates nor a tombstone stand: the day's file was
        deleted or is an older one, and what is asked of that day answers too little. `coastwatch
        keep` of the same runs brings it back. A run's own folder has no such days.
        """
        wanted = within(self._log.days(), begin, end)
        return sorted({day for _, day in lost(self.folder, self._files, self.aggregates, wanted)})

    def paths(self) -> list[Path]:
        """The Parquet files of positions."""
        return self._files.all_paths()

    def watched(self) -> list[Watched]:
        """Each run, with when its sensors were heard."""
        return self._log.watched()

    def aggregate(self, day: date) -> None:
        """Keep what a day's rows come to, of the runs that are in no aggregate yet."""
        known = self.aggregates.runs(day)
        runs = sorted(set(self._files.runs(day)) - known)
        whole = sql.midnight(day), sql.next_midnight(day)
        ends = 'SELECT min(time) AS "first", max(time) AS "last" FROM '
        text = f"{ends}{self._files.rows([day], known)} WHERE time >= $begin AND time < $end"
        span = self._engine.table(sql.filled(text, "", *whole)).to_pylist()[0]
        if runs and span["first"] is not None:
            both = (span["first"].to_pydatetime(warn=False), span["last"].to_pydatetime(warn=False))
            tracks = self._live_tracks(day, *whole)
            by_cell = [
                self._live_by_cell(text, day, HEXAGON_M) for text in (sql.HEXAGONS, sql.VISITORS)
            ]
            self.aggregates.add(day, runs, both, tracks, *by_cell)

    def _days(self, begin: datetime, end: datetime) -> list[date]:
        days = sorted({*self._files.days(), *self.aggregates.days()})
        return [d for d in days if sql.midnight(d) < end and begin < sql.next_midnight(d)]

    def _day_tracks(self, day: date, begin: datetime, end: datetime) -> pa.Table:
        """A row a track of a day; of a removed day those whose time touches the span."""
        kept = self.aggregates.track_days(day)
        touch = pc.and_(
            pc.less(kept["begin"], pa.scalar(end, UTC_NS)),
            pc.greater_equal(kept["end"], pa.scalar(begin, UTC_NS)),
        )
        return pa.concat_tables([self._live_tracks(day, begin, end), kept.filter(touch)])

    def _live_tracks(self, day: date, begin: datetime, end: datetime) -> pa.Table:
        text = self._filled(sql.TRACK_DAYS, day, begin, end, self.aggregates.runs(day))
        # A week's questions all begin with the same days' tracks.
        if text not in self._day_tables:
            while len(self._day_tables) >= DAY_TABLES_MOST:
                del self._day_tables[next(iter(self._day_tables))]
            self._day_tables[text] = self._engine.table(text, {"day": day}).cast(TRACK_DAYS)
        return self._day_tables[text]

    def _day_cells(self, day: date, size_m: float) -> pa.Table:
        """Time by cell of a whole day, so that each row's time is what it always is."""
        live = self._live_by_cell(sql.HEXAGONS, day, size_m).cast(CELLS)
        return pa.concat_tables([live, self.aggregates.cells(day, size_m)])

    def _live_by_cell(self, text: str, day: date, size_m: float) -> pa.Table:
        whole = sql.midnight(day), sql.next_midnight(day)
        classes = self._classed(self._live_tracks(day, *whole)).select(["run", "track", "what"])
        text = self._filled(text, day, *whole, self.aggregates.runs(day))
        return self._engine.table(text, {"day": day, "size": size_m}, classes=classes)

    def _classed(self, track_days: pa.Table) -> pa.Table:
        return self._engine.table(
            sql.TRACKS.format(what=sql.WHAT), track_days=track_days, suspects=self._suspects
        )

    @cached_property
    def _suspects(self) -> pa.Table:
        pairs = self._log.suspects(SMALL_RULE)
        return pa.table(
            {
                "run": pa.array([run for run, _ in pairs], pa.string()),
                "track": pa.array([track for _, track in pairs], pa.int64()),
                "suspect": pa.array([True] * len(pairs), pa.bool_()),
            }
        )

    def _filled(
        self, text: str, day: date, begin: datetime, end: datetime, without: Iterable[str] = ()
    ) -> str:
        rows = self._files.rows([day], without)
        return sql.filled(text, rows, *sql.day_span(day, begin, end))

    def _watched(self, begin: datetime, end: datetime) -> list[Watched]:
        low, high = begin.timestamp(), end.timestamp()
        runs = [run for run in self._log.watched() if run.from_s < high and run.to_s >= low]
        return sorted(runs, key=lambda run: (run.from_s, run.run))


def within_hours(cells: pa.Table, day: date, begin: datetime, end: datetime) -> pa.Table:
    """Of a day's cells those whose hour begins in the span."""
    first = sql.midnight(day)
    hours = [h for h in range(24) if begin <= first + timedelta(hours=h) < end]
    return cells if len(hours) == 24 else _of_hours(cells, hours)


def _of_hours(cells: pa.Table, hours: list[int]) -> pa.Table:
    return cells.filter(pc.is_in(cells["hour"], pa.array(hours, pa.int64())))


def _time(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
