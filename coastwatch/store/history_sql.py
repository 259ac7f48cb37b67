"""What a history asks of DuckDB: the connection, and the few statements behind its figures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.geo.hexagons import ROOT_3
from coastwatch.model import InputError
from coastwatch.rule_names import LIKELY, STANDING

THREADS, MEMORY = 2, "1GB"
BELIEVED = "status IN ('confirmed', 'coasting')"

# Columns that files of earlier versions lack: there they are unknown.
SINCE = ("heading_deg",)

# A row a track and UTC day: all that its classes and counts follow from, and no position.
# isfinite, since DuckDB 2.0.1 takes isnan from a Parquet file's statistics, which pass over NaN.
TRACK_DAYS = """
SELECT run, track, $day::DATE AS day, min(time) AS "begin", max(time) AS "end",
    count(*)::BIGINT AS rows, arg_max(coalesce(mmsi, -1), time) AS mmsi,
    max(mmsi) IS NOT NULL AS ever_mmsi,
    arg_max(coalesce(if(NOT isfinite(p_small + p_unregistered) OR (isfinite(p_fixed) AND
        p_fixed > {standing}), 0.0, least(p_small, p_unregistered)), 0.0), time) AS small
FROM {rows} WHERE {believed} AND time >= $begin AND time < $end GROUP BY run, track
"""
# The last day's word counts, as the last row's does in a day.
TRACKS = """
SELECT run, track, {what} AS what, if(mmsi >= 0, mmsi, NULL) AS mmsi, "begin", "end", rows
FROM (SELECT run, track, min("begin") AS "begin", max("end") AS "end", sum(rows)::BIGINT AS rows,
        arg_max(mmsi, day) AS mmsi, bool_or(ever_mmsi) AS ever_mmsi, arg_max(small, day) AS small,
        arg_max(last_mmsi, day) AS last_mmsi
    FROM (SELECT *, mmsi <> -1 AS last_mmsi FROM track_days) GROUP BY run, track) AS one
LEFT JOIN suspects USING (run, track) ORDER BY run, track
"""
WHAT = f"""CASE WHEN suspect OR (NOT ever_mmsi AND small >= {LIKELY}) THEN 'small'
    WHEN last_mmsi THEN 'ais' ELSE 'radar' END"""
# The cell (q, r) of each row of ``stay``, as geo/hexagons.py rounds it.
IN_CELLS = f"""axial AS (
    SELECT *, (x_m - y_m / {ROOT_3!r}) / $size AS u, 2 * y_m / {ROOT_3!r} / $size AS v
    FROM stay WHERE isfinite(x_m) AND isfinite(y_m)
), cell AS (
    SELECT *, round_even(u, 0) AS a, round_even(v, 0) AS b, round_even(-u - v, 0) AS c FROM axial
), placed AS (
    SELECT *,
        if(abs(a - u) > abs(b - v) AND abs(a - u) > abs(c + u + v), -b - c, a)::BIGINT AS q,
        if(NOT (abs(a - u) > abs(b - v) AND abs(a - u) > abs(c + u + v))
            AND abs(b - v) > abs(c + u + v), -a - c, b)::BIGINT AS r FROM cell
)"""
# Time in a cell: each row stands until the track's next one of the day, in the hour it begins in.
HEXAGONS = f"""
WITH timed AS (
    SELECT run, track, time, x_m, y_m,
        lead(time) OVER (PARTITION BY run, track ORDER BY time) AS next
    FROM {{rows}} WHERE {{believed}} AND time >= $begin AND time < $end
), stay AS (
    SELECT run, track, x_m, y_m, hour(time) AS hour, epoch_ns(next) - epoch_ns(time) AS ns
    FROM timed WHERE next IS NOT NULL
), {IN_CELLS}, visit AS (
    SELECT run, track, q, r, hour, sum(ns) AS ns FROM placed GROUP BY ALL
)
SELECT run, q, r, $day::DATE AS day, hour, what, sum(ns)::BIGINT AS ns
FROM visit JOIN classes USING (run, track) GROUP BY run, q, r, hour, what
ORDER BY run, q, r, hour, what
"""
VISITORS = f"""
WITH stay AS (
    SELECT run, track, x_m, y_m
    FROM {{rows}} WHERE {{believed}} AND time >= $begin AND time < $end
), {IN_CELLS}, visit AS (SELECT DISTINCT run, track, q, r FROM placed)
SELECT run, q, r, $day::DATE AS day, what, count(*)::BIGINT AS tracks
FROM visit JOIN classes USING (run, track) GROUP BY run, q, r, what ORDER BY run, q, r, what
"""
ALL_VISITORS = """
SELECT q, r, day, what, sum(tracks)::BIGINT AS tracks FROM visitors
GROUP BY q, r, day, what ORDER BY day, what, q, r
"""
HOURS = """
SELECT q, r, day, hour, what, sum(ns)::BIGINT / 3.6e12 AS vessel_hours FROM cells
GROUP BY q, r, day, hour, what ORDER BY day, hour, what, q, r
"""
# One row of each of ``points`` spells of equal length, and the last: what paper can show.
LINES = """
SELECT run, track, spell, min(time) AS time, arg_min(lon, time) AS lon, arg_min(lat, time) AS lat
FROM (SELECT run, track, time, lon, lat, ((epoch_ns(time) - epoch_ns("begin")) * $spells //
        greatest(epoch_ns("end") - epoch_ns("begin"), 1))::INTEGER AS spell
    FROM {rows} JOIN chosen USING (run, track)
    WHERE {believed} AND time >= $begin AND time < $end AND isfinite(lon) AND isfinite(lat))
GROUP BY run, track, spell
"""
WAYS = """
SELECT run, track, what, list(lon ORDER BY time) AS lon, list(lat ORDER BY time) AS lat
FROM (SELECT run, track, spell, min(time) AS time, arg_min(lon, time) AS lon,
        arg_min(lat, time) AS lat FROM points GROUP BY run, track, spell)
JOIN chosen USING (run, track) GROUP BY run, track, what, place ORDER BY place
"""


def database(spill: str, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory: two threads, so much memory, and a folder to spill to."""
    found = duckdb.connect(
        config={
            "threads": THREADS, "memory_limit": memory, "temp_directory": spill,
            "preserve_insertion_order": False, "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )  # fmt: skip
    found.execute("SET TimeZone = 'UTC'")
    return found


class Engine:
    """DuckDB in memory, with a folder to spill to that goes with it."""

    def __init__(self) -> None:
        self._spill = tempfile.mkdtemp(prefix="coastwatch-")
        self._database = database(self._spill)

    def table(
        self, sql: str, params: dict[str, Any] | Sequence[Any] = (), **known: Any
    ) -> pa.Table:
        """The answer as a table; ``known`` are tables that the statement names. InputError."""
        try:
            for name, value in known.items():
                self._database.register(name, value)
            told = params if isinstance(params, dict) else list(params)
            answer = self._database.sql(sql, params=told) if told else self._database.sql(sql)
            if answer is None:
                raise InputError("a history is only read: give a query (SELECT ...)")
            return answer.to_arrow_table()
        except duckdb.Error as error:
            raise InputError(_said(error)) from error
        finally:
            for name in known:
                self._database.unregister(name)

    def batches(self, sql: str, rows: int, **known: pa.Table) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece, each of so many rows but the last; never all in memory."""
        try:
            for name, value in known.items():
                self._database.register(name, value)
            waiting: list[pa.RecordBatch] = []
            for batch in self._database.sql(sql).to_arrow_reader(rows):
                waiting.append(batch)
                while sum(map(len, waiting)) >= rows:
                    whole = pa.Table.from_batches(waiting)
                    yield whole.slice(0, rows).combine_chunks().to_batches()[0]
                    waiting = whole.slice(rows).to_batches()
            if waiting:
                yield pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]
        except duckdb.Error as error:
            raise InputError(_said(error)) from error
        finally:
            for name in known:
                self._database.unregister(name)

    def hold(self, name: str, table: pa.Table) -> None:
        """Let statements name a table from now on."""
        self._database.register(name, table)

    def run(self, sql: str) -> None:
        """Carry a statement out. Raises InputError."""
        try:
            self._database.execute(sql)
        except duckdb.Error as error:
            raise InputError(_said(error)) from error

    def close(self) -> None:
        self._database.close()
        shutil.rmtree(self._spill, ignore_errors=True)


def scan(paths: Iterable[Path], run: str | None = None) -> str:
    """What stands after FROM for Parquet files; ``run`` names the run of files that do not."""
    paths = list(paths)
    files = listed(paths)
    named = "" if run is None else f", {literal(run)} AS run"
    for name in SINCE:
        if not any(name in pq.read_schema(path).names for path in paths):
            named += f", NULL::DOUBLE AS {name}"
    return f"(SELECT *{named} FROM read_parquet([{files}], union_by_name = true))"


def listed(paths: Iterable[Path]) -> str:
    """Files as DuckDB's list of them has each: no character of a path stands for others."""
    return ", ".join(literal(_plain(path)) for path in paths)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def moment(time: datetime) -> str:
    """A time as SQL compares a column of times with it, so that row groups can be passed over."""
    return f"'{time.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'::TIMESTAMPTZ_NS"


def filled(sql: str, rows: str, begin: datetime, end: datetime) -> str:
    """A statement with its rows and its span written in."""
    sql = sql.format(rows=rows, believed=BELIEVED, standing=STANDING) if "{rows}" in sql else sql
    return sql.replace("$begin", moment(begin)).replace("$end", moment(end))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def next_midnight(day: date) -> datetime:
    return midnight(day) + timedelta(days=1)


def day_span(day: date, begin: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The part of a day that lies in a span."""
    return max(begin, midnight(day)), min(end, next_midnight(day))


def _plain(path: Path) -> str:
    """A path in which no character stands for others."""
    return "".join(f"[{c}]" if c in "[*?" else c for c in str(path))


def _said(error: Exception) -> str:
    """DuckDB's word in one line, with the mend where we know it."""
    line = " ".join(str(error).split())[:300]
    if "No space left" in line or "max_temp_directory_size" in line:
        return f"the disk for temporary files is full ({line}); free space and ask again"
    return f"DuckDB cannot answer: {line}"
