"""What goes from the folder of a run that is over: plots first, then positions of tracks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.store.alert_list import read_lines
from coastwatch.store.alerts import guarded, open_database, shrink
from coastwatch.store.history import History
from coastwatch.store.history_days import replaced
from coastwatch.store.history_incidents import named_tracks
from coastwatch.store.history_run import time_of
from coastwatch.store.history_sql import Engine, midnight, moment, next_midnight, scan
from coastwatch.store.journal import JOURNAL, Journal, read_journal
from coastwatch.store.prune import Policy, Removal, coarse, is_coarse
from coastwatch.store.prune_history import carried, sha256_of
from coastwatch.store.run import LIFE_FILES
from coastwatch.store.tracks import ROWS_AT_ONCE, TRACK_SCHEMA

REJECTS, TRACKS = "rejects.jsonl", "tracks.parquet"
CROSSINGS, VESSELS = "crossings.jsonl", "vessels.json"


def run_removals(history: History, policy: Policy) -> Iterator[Removal]:
    """Each removal in turn; the next is looked for when the one before is done."""
    folder = history.folder
    watched = history.watched()
    begin, end = (
        (datetime.fromtimestamp(time_s, UTC) for time_s in (watched[0].from_s, watched[0].to_s))
        if watched
        else (None, None)
    )
    named = {track for _, track in named_tracks(folder)}
    # Without its positions an old day is known by its aggregates: after a kill the rest still goes.
    old = [d for d in {*history.days(), *history.aggregates.days()} if policy.is_old(d)]
    yield from _plots(folder, policy, begin, end)
    engine = Engine()
    try:
        yield from _positions(history, engine, policy, named)
        yield from _crossings(folder, policy, named)
        yield from _names(history, engine, policy, named)
    finally:
        engine.close()
    if not old:
        return
    for path in sorted([folder / "picture.html", *folder.glob("track-*")]):
        if path.is_file() and (path.name == "picture.html" or LIFE_FILES.fullmatch(path.name)):
            yield _whole(path, "pictures", begin, end)


def _plots(
    folder: Path, policy: Policy, begin: datetime | None, end: datetime | None
) -> Iterator[Removal]:
    """The journal, what was refused, and the snapshot: all of it once the run ended long enough
    ago; of a longer run the journal's frames that were received before."""
    before = policy.plots_before
    journal = folder / JOURNAL
    if end is None or end > before:
        if journal.is_file():
            yield from _older_frames(journal, before)
        return
    for path in (journal, folder / REJECTS):
        if path.is_file() and path.stat().st_size:
            yield _whole(path, "plots", begin, end)
    yield from _snapshot(folder / "alerts.sqlite", begin, end)


def _whole(path: Path, what: str, begin: datetime | None, end: datetime | None) -> Removal:
    size, digest = path.stat().st_size, sha256_of(path)
    return Removal(what, path.name, begin, end, None, size, digest, path.unlink)


def _older_frames(journal: Path, before: datetime) -> Iterator[Removal]:
    before_ns = int(before.timestamp()) * 1_000_000_000
    times = [d.received_ns for d in read_journal(journal) if 0 < d.received_ns < before_ns]
    if not times:
        return

    def act() -> None:
        with replaced(journal) as new:
            new.unlink(missing_ok=True)
            out = Journal(new)
            out.append(d for d in read_journal(journal) if not 0 < d.received_ns < before_ns)
            out.close()

    first, last = (datetime.fromtimestamp(t / 1e9, UTC) for t in (min(times), max(times)))
    size, digest = journal.stat().st_size, sha256_of(journal)
    yield Removal("plots", journal.name, first, last, len(times), size, digest, act)


def _snapshot(path: Path, begin: datetime | None, end: datetime | None) -> Iterator[Removal]:
    """The state of the engine, which holds the last plots."""
    if not path.is_file():
        return
    with guarded(path):
        database = open_database(path, read=True)
        try:
            there = "SELECT 1 FROM sqlite_master WHERE name = 'snapshot'"
            has = database.execute(there).fetchone()
            row: Any = database.execute("SELECT state FROM snapshot").fetchone() if has else None
        finally:
            database.close()
    if row is None:
        return

    def delete(database: apsw.Connection) -> None:
        database.execute("DELETE FROM snapshot")

    digest = hashlib.sha256(row[0]).hexdigest()
    yield Removal(
        "plots", "alerts.sqlite", begin, end, 1, len(row[0]), digest, lambda: shrink(path, delete)
    )


def _goes(policy: Policy, named: set[int]) -> str:
    """What is true of a row that is old and of a track that no incident names."""
    kept = ", ".join(str(track) for track in sorted(named)) or "NULL"
    return f"(time < {moment(policy.tracks_before)} AND coalesce(track NOT IN ({kept}), true))"


def _positions(
    history: History, engine: Engine, policy: Policy, named: set[int]
) -> Iterator[Removal]:
    path, goes = history.folder / TRACKS, _goes(policy, named)
    old = [day for day in history.days() if policy.is_old(day)]
    if not old:
        return
    last = next_midnight(old[-1])
    count = engine.table(f"SELECT count(*) AS n FROM {scan([path])} WHERE {goes}")["n"][0].as_py()
    if not count:
        return

    def first() -> None:
        for day in old:
            history.aggregate(day)

    def act() -> None:
        rows = f"SELECT * FROM {scan([path])} WHERE NOT {goes} ORDER BY time, track"
        with replaced(path) as new, pq.ParquetWriter(new, TRACK_SCHEMA, compression="zstd") as file:
            for batch in engine.batches(rows, ROWS_AT_ONCE):
                file.write_table(pa.Table.from_batches([batch]).cast(TRACK_SCHEMA))

    yield Removal(
        "positions", path.name, midnight(old[0]), last, count, path.stat().st_size,
        sha256_of(path), act, first,
    )  # fmt: skip


def _crossings(folder: Path, policy: Policy, named: set[int]) -> Iterator[Removal]:
    """Old crossings lose track, MMSI, place and minute; zone, way and hour stay."""
    path, end = folder / CROSSINGS, policy.tracks_before
    if not path.is_file():
        return
    rows = read_lines(path)
    goes = [time_of(row) < end and not is_coarse(row) and row["track"] not in named for row in rows]
    if not any(goes):
        return
    new = [coarse(row) if old else row for row, old in zip(rows, goes, strict=True)]
    text = "".join(json.dumps(row) + "\n" for row in new)
    yield _written(path, "crossings", sum(goes), text)


def _names(history: History, engine: Engine, policy: Policy, named: set[int]) -> Iterator[Removal]:
    """What vessels said of themselves that no position carries which stays, once it is old."""
    path, before = history.folder / VESSELS, (policy.now - policy.tracks).timestamp()
    old = [mmsi for mmsi, vessel in history.vessels.items() if vessel.time_s < before]
    paths = history.paths()
    stay = [f"{scan(paths)} WHERE NOT {_goes(policy, named)}"] if paths else []
    idle = set(old) - carried(engine, old, stay)
    if idle:
        left = [asdict(v) for mmsi, v in sorted(history.vessels.items()) if mmsi not in idle]
        text = json.dumps(left, indent=0) + "\n"
        yield _written(path, "names", len(idle), text)


def _written(path: Path, what: str, rows: int, text: str) -> Removal:
    """A file of text that loses some of it."""

    def act() -> None:
        with replaced(path) as new:
            new.write_text(text, encoding="utf-8")

    return Removal(what, path.name, None, None, rows, path.stat().st_size, sha256_of(path), act)
