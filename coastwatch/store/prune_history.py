"""What goes from a kept history: positions of old days, their crossings' tracks, idle names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import apsw
import pyarrow as pa

from coastwatch.store.history import History
from coastwatch.store.history_days import keep_only, track_table
from coastwatch.store.history_files import DAYS, day_of
from coastwatch.store.history_incidents import named_tracks
from coastwatch.store.history_log import LOG, HistoryLog
from coastwatch.store.history_sql import Engine, midnight, next_midnight, scan
from coastwatch.store.prune import Policy, Removal, coarse, is_coarse


def history_removals(history: History, policy: Policy) -> Iterator[Removal]:
    """Each removal in turn; the next is looked for when the one before is done."""
    named = named_tracks(history.folder)
    days = [day for day in history.days() if policy.is_old(day)]
    engine, log = Engine(), HistoryLog(history.folder, write=True)
    try:
        for day in days:
            path = history.folder / DAYS / f"{day}.parquet"
            if path.is_file() and (rows := _unnamed(engine, path, named)):
                yield _positions(history, engine, day, path, named, rows)
        yield from _crossings(log, policy, named)
        yield from _names(history, log, policy, engine, named)
    finally:
        log.close()
        engine.close()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _positions(
    history: History, engine: Engine, day: date, path: Path, named: set[tuple[str, int]], rows: int
) -> Removal:
    return Removal(
        "positions", f"{DAYS}/{path.name}", midnight(day), next_midnight(day), rows,
        path.stat().st_size, sha256_of(path),
        act=lambda: _ignore(keep_only(engine, path, sorted(named))),
        first=lambda: history.aggregate(day),
    )  # fmt: skip


def _unnamed(engine: Engine, path: Path, named: set[tuple[str, int]]) -> int:
    """How many of a day's rows are of tracks that no incident names."""
    found = engine.table(f"SELECT run, track, count(*) AS n FROM {scan([path])} GROUP BY ALL")
    rows = zip(*(found[name].to_pylist() for name in ("run", "track", "n")), strict=True)
    return sum(n for run, track, n in rows if (run, track) not in named)


def _crossings(log: HistoryLog, policy: Policy, named: set[tuple[str, int]]) -> Iterator[Removal]:
    """Old crossings lose track, MMSI, place and minute; zone, way and hour stay."""
    rows = log.database.execute(
        "SELECT run, number, time_s, body FROM crossing WHERE time_s < ? ORDER BY run, number",
        (policy.tracks_before.timestamp(),),
    )
    old = [(run, number, time_s, json.loads(body)) for run, number, time_s, body in rows]
    old = [row for row in old if not is_coarse(row[3]) and (row[0], row[3]["track"]) not in named]
    if not old:
        return

    def act(database: apsw.Connection) -> None:
        changed = [(coarse(body), run, number) for run, number, _, body in old]
        database.executemany(
            "UPDATE crossing SET body = ?, time_s = ? WHERE run = ? AND number = ?",
            [
                (json.dumps(body),
                 datetime.fromisoformat(body["time"]).timestamp(), run, number)
                for body, run, number in changed
            ],
        )  # fmt: skip

    yield _of_log(log, "crossings", [row[3] for row in old], act)


def _names(
    history: History, log: HistoryLog, policy: Policy, engine: Engine, named: set[tuple[str, int]]
) -> Iterator[Removal]:
    """What vessels said of themselves that no position carries which stays, once it is old."""
    before = (policy.now - policy.tracks).timestamp()
    found = log.database.execute(
        "SELECT mmsi, body FROM vessel WHERE time_s < ? ORDER BY mmsi", (before,)
    )
    old: dict[int, Any] = {mmsi: json.loads(body) for mmsi, body in found}
    idle = sorted(old.keys() - carried(engine, old, _staying(history, policy), named))
    if idle:
        yield _of_log(
            log, "names", [old[mmsi] for mmsi in idle],
            lambda database: database.executemany(
                "DELETE FROM vessel WHERE mmsi = ?", [(mmsi,) for mmsi in idle]
            ),
        )  # fmt: skip


def carried(
    engine: Engine, mmsis: Iterable[int], stay: Iterable[str], named: Iterable[tuple[str, int]] = ()
) -> set[int]:
    """Which of these MMSIs a position carries that stays: each of ``stay`` is what stands after
    FROM, and may ask for the tracks of ``named``."""
    wanted = pa.table({"mmsi": pa.array(sorted(mmsis), pa.int64())})
    rows = " UNION ALL ".join(f"(SELECT mmsi FROM {one})" for one in stay)
    if not rows or not len(wanted):
        return set()
    found = engine.table(
        f"SELECT DISTINCT mmsi FROM ({rows}) SEMI JOIN wanted USING (mmsi)",
        wanted=wanted, named=track_table(named),
    )  # fmt: skip
    return set(found["mmsi"].to_pylist())


def _staying(history: History, policy: Policy) -> list[str]:
    """The rows that a policy leaves: of old days those of named tracks."""
    old: dict[bool, list[Path]] = {True: [], False: []}
    for path in history.paths():
        day = day_of(path)
        old[day is not None and policy.is_old(day)].append(path)
    after = {True: " SEMI JOIN named USING (run, track)", False: ""}
    return [scan(paths) + after[is_old] for is_old, paths in old.items() if paths]


def _of_log(log: HistoryLog, what: str, rows: list[dict[str, Any]], act: Any) -> Removal:
    """Rows of the log that go, or lose what names somebody."""
    text = "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows)
    data = text.encode()

    def carry_out() -> None:
        log.change(act)
        log.shrink()

    digest = hashlib.sha256(data).hexdigest()
    return Removal(what, LOG, None, None, len(rows), len(data), digest, carry_out)


def _ignore(_: object) -> None:
    """A count that nobody asks for."""
