"""Finished runs gathered into a history: daily tracks, one log, incidents, the site and its zones.

What is written first is what counts least: days of a run that is not in the log yet are passed
over by every reader, so that a kill at any point leaves a history that is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import tomli_w

from coastwatch.model import InputError
from coastwatch.site import load
from coastwatch.store.aggregates import Aggregates
from coastwatch.store.history_days import add_to_day, replaced
from coastwatch.store.history_files import DAYS, DayFiles, RunFiles
from coastwatch.store.history_incidents import keep_incidents
from coastwatch.store.history_log import LOG, HistoryLog
from coastwatch.store.history_missing import lost
from coastwatch.store.history_run import RunLog
from coastwatch.store.history_sql import Engine, scan
from coastwatch.store.journal import JOURNAL, StillWritten, is_written
from coastwatch.store.own_files import checked_zones
from coastwatch.store.run import Run, read_run
from coastwatch.store.tombstones import gone

LOCK = ".lock"
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one run: its name in the history, and what was written.

    ``rows`` and ``days`` of a run that is not ``new`` are of days whose file had been lost.
    """

    run: str
    new: bool
    rows: int = 0
    days: int = 0
    entries: int = 0  # of the log of incidents
    notes: tuple[str, ...] = ()


class AlreadyPruned(InputError):
    """A run whose positions were removed before any history had them."""


def keep_run(folder: Path, history: Path) -> Kept:
    """Gather one finished run into a history, which is made where there is none.

    A run that is there already changes nothing, save that days whose file was lost are written
    again, and that what was entered about its incidents since is brought along. Raises
    StillWritten where the run goes on, AlreadyPruned where its positions were removed before it was
    kept, InputError where it ended in disorder, is of another place, or cannot be read; and where
    the history cannot be written: it is then as it was.
    """
    run = _finished(folder)
    files = RunFiles(folder)
    checked_zones(folder / "zones.geojson", run.zones)
    next(iter(RunLog(run, files.span()).watched()), None)  # and its feeds
    fingerprint = _fingerprint(run)
    if (history / "site.toml").exists() and not (history / LOG).is_file():
        # A history's own site.toml is written after its log: this one is somebody else's.
        raise InputError(
            f"{history}: no history, but a site.toml that would be written over; give another --to"
        )
    with locked(history):
        _check_place(run, history)
        known = _known(history, fingerprint)
        name = known or _name(run, fingerprint)
        notes: tuple[str, ...] = ()
        removed = gone(folder, "positions")
        if removed and known is None:
            raise AlreadyPruned(f"{removed}; keep a run before it is pruned")
        if known is None:
            _check_logs(folder)
            wanted = files.days()
        else:
            # Of a pruned run the tracks of its incidents are left: no day of it is whole.
            wanted = [] if removed else _lost_days(files, history, name)
        days = _add_days(files, history, name, wanted)
        if known is None:
            log = HistoryLog(history, write=True)
            try:
                notes = _overlaps(log, run)
                _put_site(log, run, history)
                own = RunLog(run, files.span(), name)
                for watched in own.watched():
                    log.add(watched, fingerprint, own, EVER, days)
            finally:
                log.close()
        entries = keep_incidents(folder, history, name)
    return Kept(name, known is None, sum(days.values()), len(days), entries, notes)


@contextmanager
def locked(history: Path) -> Iterator[None]:
    """Hold a history against any other that would write it. Raises InputError."""
    try:
        history.mkdir(parents=True, exist_ok=True)
        file = os.open(history / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(
            f"{history}: cannot be written ({error.strerror}); name a folder that can"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in (history / DAYS).glob(".*.new"):
            path.unlink(missing_ok=True)  # of one that was killed
        yield
    except BlockingIOError as error:
        raise InputError(f"{history}: another command writes it; wait for its end") from error
    finally:
        os.close(file)


def _finished(folder: Path) -> Run:
    run = read_run(folder)
    if is_written(folder / JOURNAL):
        raise StillWritten(f"{folder}: the run is not over; keep it when it is")
    if not (folder / "summary.json").is_file():
        raise InputError(
            f"{folder}: the run is not over; `coastwatch watch` with the same --out goes on with "
            "it and ends it, then keep it"
        )
    return run


def _check_logs(folder: Path) -> None:
    """A history has logs of its own: one that a run has lost would be read there as empty."""
    for names in (("crossings.jsonl",), ("alerts.jsonl", "alerts.sqlite")):
        if not any((folder / name).is_file() for name in names):
            raise InputError(
                f"{folder}: no {' and no '.join(names)}; put it back, or an empty {names[0]} if "
                "the run had none"
            )


def _fingerprint(run: Run) -> str:
    """What makes a run the same one: a replay of it is, a copy of its folder too."""
    summary = run.summary
    feeds = {
        name: [said.get(key) for key in ("frames", "decoded", "detections", "bytes")]
        for name, said in summary.get("feeds", {}).items()
    }
    told = [
        summary.get("site"), run.site.origin, summary.get("event_from"),
        summary.get("event_until"), feeds, summary.get("tracks", {}).get("rows"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _known(history: Path, fingerprint: str) -> str | None:
    """The name under which the same run is there already."""
    if not (history / LOG).is_file():
        return None
    log = HistoryLog(history)
    try:
        return log.runs().get(fingerprint)
    finally:
        log.close()


def _name(run: Run, fingerprint: str) -> str:
    """A run's name in a history: when it began, and what tells it from others of that minute."""
    told = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", str(run.summary.get("event_from")), re.ASCII)
    began = told[0].replace(":", "") if told else ""
    return f"{began or 'run'}Z-{fingerprint[:8]}"


def _check_place(run: Run, history: Path) -> None:
    path = history / "site.toml"
    if path.is_file() and load(path).origin != run.site.origin:
        raise InputError(
            f"{run.folder}: its site has another origin than {path}; a history is of one place, "
            "give another --to"
        )


def _add_days(files: RunFiles, history: Path, name: str, days: Iterable[date]) -> dict[date, int]:
    """Write a run's rows of these days; how many there were of each that has any."""
    engine = Engine()
    try:
        counts = {
            day: add_to_day(
                engine, history / DAYS / f"{day}.parquet", day, scan(files.paths, name), name
            )
            for day in days
        }
    finally:
        engine.close()
    return {day: count for day, count in counts.items() if count}


def _lost_days(files: RunFiles, history: Path, name: str) -> list[date]:
    """The days of a run that is in the log of which nothing stands any more."""
    wanted = [(name, day) for day in files.days()]
    return [day for _, day in lost(history, DayFiles(history, [name]), Aggregates(history), wanted)]


def _overlaps(log: HistoryLog, run: Run) -> tuple[str, ...]:
    """A word on each run that watched at the same time: their tracks are not told apart."""
    mine = next(iter(RunLog(run, None).watched()), None)
    if mine is None:
        return ()
    return tuple(
        f"it watched at the same time as {other.run}: tracks of that time count twice"
        for other in log.watched()
        if other.from_s < mine.to_s and mine.from_s < other.to_s
    )


def _put_site(log: HistoryLog, run: Run, history: Path) -> None:
    """The site and the zones of the latest run; zones that only earlier ones had stay."""
    spans = [watched.to_s for watched in log.watched()]
    mine = next(iter(RunLog(run, None).watched()), None)
    latest = mine is None or mine.to_s >= max(spans, default=mine.to_s)
    path = history / "zones.geojson"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"features": []}
    first, second = (old, run.zones) if latest else (run.zones, old)
    features: dict[str, Any] = {}
    for feature in [*first["features"], *second["features"]]:
        features[str(feature["properties"].get("id"))] = feature
    zones = {"type": "FeatureCollection", "features": [features[name] for name in sorted(features)]}
    _put(path, json.dumps(zones) + "\n")
    if latest or not (history / "site.toml").is_file():
        site = tomli_w.dumps(run.site.to_document(zones=["zones.geojson"]))
        _put(history / "site.toml", site)


def _put(path: Path, text: str) -> None:
    with replaced(path) as new:
        new.write_text(text, encoding="utf-8")
