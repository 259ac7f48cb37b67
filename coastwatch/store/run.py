"""A run's folder: written as the picture goes on, read by maps, reports and notebooks."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import pyarrow as pa

from coastwatch.geo.plane import Plane
from coastwatch.model import (
    Alert,
    AlertEvent,
    Crossing,
    InputError,
    Reject,
    Tracks,
    Vessel,
)
from coastwatch.site import Site, load
from coastwatch.store.alert_list import in_todays_words, read_lines, told_events
from coastwatch.store.alerts import AlertLog, iso, known
from coastwatch.store.journal import JOURNAL, is_written
from coastwatch.store.own_files import read_json, vessels_of
from coastwatch.store.tombstones import TOMBSTONES
from coastwatch.store.tracks import PARTS, TRACK_SCHEMA, TrackWriter, read_tracks

# What a run may have left; a new run in the same folder starts without it.
RUN_FILES = (
    "tracks.parquet",
    "alerts.jsonl",
    "alerts.jsonl.new",
    "alerts.sqlite",
    "alerts.sqlite-wal",
    "alerts.sqlite-shm",
    "crossings.jsonl",
    "vessels.json",
    "rejects.jsonl",
    "summary.json",
    "coverage.json",
    "picture.html",
    "zones.geojson",
    "zones-now.geojson",
    "site.toml",
    JOURNAL,
)
LIFE_FILES = re.compile(r"track-\d+(-associations)?\.(csv|svg)")
# What was committed last is in the log's -wal file until it is closed.
LOG_FILES = ("alerts.sqlite", "alerts.sqlite-wal", "alerts.sqlite-shm")
KEPT_TO_CONTINUE = (
    *LOG_FILES,
    "site.toml",
    "zones.geojson",
    "zones-now.geojson",
    JOURNAL,
    "crossings.jsonl",
    "rejects.jsonl",
)
HISTORY_LOG = "log.sqlite"  # by it a kept history is told from a run
VESSELS_KEPT = 100_000
REJECTS_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class WriterState:
    """How far a run's files had been written: what a snapshot keeps of its writer."""

    parts: int = 0
    rows: int = 0
    vessels: Mapping[int, Vessel] = field(default_factory=dict)
    rejects: int = 0
    crossings_bytes: int = 0
    rejects_bytes: int = 0


class RunWriter:
    """Writes one run's folder; closing it makes ``tracks.parquet`` whole.

    Raises InputError when the folder cannot be written.
    """

    def __init__(
        self, folder: Path, plane: Plane, log: AlertLog, state: WriterState | None = None
    ) -> None:
        state = state or WriterState()
        self._folder, self._alerts = folder, log
        self._vessels = dict(state.vessels)
        self._rejects_kept = state.rejects
        for name in ("summary.json", "coverage.json"):
            (folder / name).unlink(missing_ok=True)
        self._tracks = TrackWriter(folder, plane, state.parts, state.rows)
        self._crossings = _opened(folder / "crossings.jsonl", state.crossings_bytes)
        self._rejects = _opened(folder / "rejects.jsonl", state.rejects_bytes)

    @property
    def rows(self) -> int:
        """How many rows of tracks were written."""
        return self._tracks.rows

    def checkpoint(self) -> WriterState:
        """Put all on disk that was written; what a writer that goes on from here must know."""
        parts = self._tracks.checkpoint()
        sizes = []
        for file in (self._crossings, self._rejects):
            file.flush()
            os.fsync(file.fileno())
            sizes.append(file.tell())
        return WriterState(
            parts, self._tracks.rows, dict(self._vessels), self._rejects_kept, *sizes
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write_tracks(self, tracks: Tracks) -> None:
        """One picture: a row a track."""
        self._tracks.write(tracks)

    def write_alerts(
        self,
        alerts: Iterable[Alert],
        events: Iterable[AlertEvent],
        frames: int,
        snapshot: bytes | None = None,
    ) -> None:
        """New alerts and events, each written once; ``frames`` is the journal's position behind
        them, ``snapshot`` the run's state there."""
        self._alerts.write(alerts, events, frames, snapshot)

    def write_crossings(self, crossings: Iterable[Crossing]) -> None:
        for crossing in crossings:
            row = asdict(crossing) | {"time": iso(crossing.time_s)}
            del row["time_s"]
            row["mmsi"] = known(crossing.mmsi)
            self._crossings.write(json.dumps(row, ensure_ascii=False) + "\n")

    def write_vessels(self, vessels: Iterable[Vessel]) -> None:
        """What vessels say of themselves: the last known word on each field."""
        for new in vessels:
            old = self._vessels.get(new.mmsi)
            if old is None and len(self._vessels) >= VESSELS_KEPT:
                continue
            told = {k: v for k, v in asdict(new).items() if v is not None}
            self._vessels[new.mmsi] = Vessel(**((asdict(old) if old else {}) | told))

    def write_rejects(self, rejects: Iterable[Reject]) -> None:
        """Refused input, kept for inspection."""
        for r in rejects:
            self._rejects_kept += 1
            if self._rejects_kept > REJECTS_KEPT:
                return
            row = {
                "feed": r.feed,
                "line": r.line,
                "error": r.reason,
                "raw": r.raw.decode("latin-1"),
            }
            self._rejects.write(json.dumps(row) + "\n")

    def write_zones(self, document: Mapping[str, Any]) -> None:
        """The zones as they are from now on; those that the run began with stay as they are."""
        text = json.dumps(document, ensure_ascii=False)
        (self._folder / "zones-now.geojson").write_text(text + "\n", encoding="utf-8")

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
        (self._folder / "summary.json").write_text(text + "\n", encoding="utf-8")

    def write_coverage(self, coverage: Mapping[str, Any]) -> None:
        """What the radars achieved by range and azimuth, and when they were silent or blind."""
        text = json.dumps(coverage, ensure_ascii=False, allow_nan=False)
        (self._folder / "coverage.json").write_text(text + "\n", encoding="utf-8")

    def close(self) -> None:
        self._tracks.close()
        rows = [asdict(self._vessels[mmsi]) for mmsi in sorted(self._vessels)]
        text = json.dumps(rows, indent=0, ensure_ascii=False)
        (self._folder / "vessels.json").write_text(text + "\n", encoding="utf-8")
        self._alerts.close()
        self._crossings.close()
        self._rejects.close()


@dataclass
class Run:
    """A finished run as its readers see it; each part is read when first asked for."""

    folder: Path
    site: Site = field(init=False)

    def __post_init__(self) -> None:
        if not any((self.folder / name).exists() for name in ("tracks.parquet", PARTS)):
            what = "no tracks.parquet in it; give the --out folder of a run"
            if (self.folder / HISTORY_LOG).is_file():
                what = (
                    "a kept history, which `coastwatch report` reads; give the folder of a run, or "
                    "open a day of it (tracks/DAY.parquet) with any reader of GeoParquet"
                )
            raise InputError(f"{self.folder}: {what}")
        self.site = load(self.folder / "site.toml")

    @cached_property
    def tracks(self) -> pa.Table:
        """The picture at each update, as ``TRACK_SCHEMA``; of a run that goes on, up to a minute
        ago."""
        return self.columns(None)

    def columns(self, names: Sequence[str] | None) -> pa.Table:
        """The picture as ``tracks``, but only these columns, as far as the run has them; read
        anew each time and not kept."""
        try:
            found = read_tracks(self.folder, names)
            return TRACK_SCHEMA.empty_table() if found is None else found
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"{self.folder / 'tracks.parquet'}: not readable ({error}); "
                f"`coastwatch replay {self.folder} --out NEW` makes it again from the journal"
            ) from error

    @cached_property
    def alerts(self) -> list[dict[str, Any]]:
        """What ``alerts.jsonl`` holds; the severities of an old run in today's words."""
        return [in_todays_words(row) for row in read_lines(self.folder / "alerts.jsonl")]

    @cached_property
    def events(self) -> dict[str, list[tuple[float, str, str]]]:
        """What happened to each alert, by its id: time (UTC s), what, and by whom."""
        return told_events(self.folder)

    @cached_property
    def crossings(self) -> list[dict[str, Any]]:
        return read_lines(self.folder / "crossings.jsonl")

    @cached_property
    def vessels(self) -> dict[int, Vessel]:
        return vessels_of(self.folder / "vessels.json")

    @cached_property
    def zones(self) -> dict[str, Any]:
        """The zones that were in force last, as a GeoJSON FeatureCollection."""
        return read_zones(self.folder)

    @cached_property
    def coverage(self) -> dict[str, Any]:
        """What the radars achieved; empty for a run of before there was such a file."""
        found: dict[str, Any] = read_json(self.folder / "coverage.json", {})
        return found

    @cached_property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = read_json(self.folder / "summary.json", {})
        return found


def read_run(folder: Path) -> Run:
    """The run in a folder; each part is read when first asked for.

    ``tracks`` is an Arrow table, one row a track and picture: ``time`` (UTC), ``lon``, ``lat``
    (degrees), ``x_m``, ``y_m``, ``vx_mps``, ``vy_mps`` (the site's plane), ``sigma_m``,
    probabilities in 0..1 and ``mmsi`` (docs/run.md). ``alerts`` and ``crossings`` are lists of
    dicts, ``vessels`` what vessels said of themselves by MMSI, ``zones`` GeoJSON, ``coverage`` and
    ``summary`` dicts. Raises InputError when there is none, naming the mend.
    """
    return Run(folder)


def read_zones(folder: Path) -> dict[str, Any]:
    """The zones of a folder as they were last. Raises InputError."""
    now = folder / "zones-now.geojson"
    found: dict[str, Any] = read_json(now if now.is_file() else folder / "zones.geojson", {})
    if not isinstance(found.get("features", []), list):
        raise InputError(f"{folder}: its zones' features are no list; run it again")
    return {"type": "FeatureCollection", "features": []} | found


def prepare_folder(folder: Path, keep_journal: bool = False) -> None:
    """Make ``folder`` ready for a run: there, writable, and without an earlier run's files.

    Raises InputError, naming the folder and the mend: nothing is touched where a run goes on.
    """
    if is_written(folder / JOURNAL):
        raise InputError(f"{folder}: another run is writing here; end it or choose another --out")
    if (folder / HISTORY_LOG).is_file():
        raise InputError(f"{folder}: a kept history is here; choose another --out for a run")
    if (folder / TOMBSTONES).is_file():
        raise InputError(f"{folder}: what a pruned run left is here; choose another --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
        for name in RUN_FILES:
            if not (keep_journal and name in KEPT_TO_CONTINUE):
                (folder / name).unlink(missing_ok=True)
        for path in folder.glob("track-*"):
            if LIFE_FILES.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); give --out a folder that can"
        ) from error


def _opened(path: Path, size: int) -> TextIO:
    """A file of lines to go on with after so many bytes; what follows them is cut off."""
    file = path.open("r+" if size else "w", encoding="utf-8")
    file.seek(size)
    file.truncate()
    return file
