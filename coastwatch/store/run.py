"""A run's folder: written as the picture goes on, read by maps, reports and notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.geo.plane import Plane
from coastwatch.model import (
    Alert,
    AlertEvent,
    Crossing,
    InputError,
    Reject,
    Status,
    Tracks,
    Vessel,
)
from coastwatch.site import Site, load
from coastwatch.store.alerts import AlertLog, iso, known

STATUS_WORDS = [s.name.lower() for s in Status]
TRACK_SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("ns", tz="UTC")),
        ("track", pa.int64()),
        *[(name, pa.float64()) for name in ("lon", "lat", "x_m", "y_m", "vx_mps", "vy_mps")],
        ("sigma_m", pa.float64()),
        ("existence", pa.float64()),
        ("status", pa.string()),
        ("mmsi", pa.int64()),
        *[(name, pa.float64()) for name in ("p_unregistered", "p_small", "p_fixed")],
    ]
)
# What a run may have left; a new run in the same folder starts without it.
RUN_FILES = (
    "tracks.parquet",
    "alerts.jsonl",
    "alerts.sqlite",
    "crossings.jsonl",
    "vessels.json",
    "rejects.jsonl",
    "summary.json",
    "coverage.json",
    "picture.html",
    "zones.geojson",
    "site.toml",
    "journal.cwj",
)
LIFE_FILES = re.compile(r"track-\d+(-associations)?\.(csv|svg)")
KEPT_TO_CONTINUE = ("alerts.sqlite", "site.toml", "zones.geojson", "journal.cwj")
ROWS_AT_ONCE = 50_000
VESSELS_KEPT = 100_000
REJECTS_KEPT = 100_000


class RunWriter:
    """Writes one run's folder; closing it makes ``tracks.parquet`` whole.

    Raises InputError when the folder cannot be written.
    """

    def __init__(self, folder: Path, site: Site, plane: Plane) -> None:
        self.rows = 0
        self._folder, self._site, self._plane = folder, site, plane
        self._vessels: dict[int, Vessel] = {}
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0
        self._rejects_kept = 0
        for name in ("tracks.parquet", "crossings.jsonl", "rejects.jsonl", "summary.json",
                     "coverage.json"):  # fmt: skip
            (folder / name).unlink(missing_ok=True)
        self._tracks = pq.ParquetWriter(folder / "tracks.parquet", TRACK_SCHEMA, compression="zstd")
        self._alerts = AlertLog(folder)
        self._crossings = (folder / "crossings.jsonl").open("w", encoding="utf-8")
        self._rejects = (folder / "rejects.jsonl").open("w", encoding="utf-8")

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
        if not len(tracks):
            return
        self._pending.append(_track_rows(tracks, self._plane))
        self._pending_rows += len(tracks)
        self.rows += len(tracks)
        if self._pending_rows >= ROWS_AT_ONCE:
            self._flush_tracks()

    @property
    def alert_log(self) -> AlertLog:
        """The log of alerts: where to resume from, and which acts wait."""
        return self._alerts

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

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
        (self._folder / "summary.json").write_text(text + "\n", encoding="utf-8")

    def write_coverage(self, coverage: Mapping[str, Any]) -> None:
        """What the radars achieved by range and azimuth, and when they were silent or blind."""
        text = json.dumps(coverage, ensure_ascii=False, allow_nan=False)
        (self._folder / "coverage.json").write_text(text + "\n", encoding="utf-8")

    def close(self) -> None:
        self._flush_tracks()
        self._tracks.close()
        rows = [asdict(self._vessels[mmsi]) for mmsi in sorted(self._vessels)]
        text = json.dumps(rows, indent=0, ensure_ascii=False)
        (self._folder / "vessels.json").write_text(text + "\n", encoding="utf-8")
        self._alerts.close()
        self._crossings.close()
        self._rejects.close()

    def _flush_tracks(self) -> None:
        if self._pending:
            self._tracks.write_table(pa.Table.from_batches(self._pending))
            self._pending, self._pending_rows = [], 0


@dataclass
class Run:
    """A finished run as its readers see it; each part is read when first asked for."""

    folder: Path
    site: Site = field(init=False)

    def __post_init__(self) -> None:
        if not (self.folder / "tracks.parquet").is_file():
            raise InputError(
                f"{self.folder}: no tracks.parquet in it; give the --out folder of a finished run"
            )
        self.site = load(self.folder / "site.toml")

    @cached_property
    def tracks(self) -> pa.Table:
        """The picture at each update, as ``TRACK_SCHEMA``."""
        try:
            return pq.read_table(self.folder / "tracks.parquet")
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(
                f"{self.folder / 'tracks.parquet'}: not readable ({error}); "
                f"`coastwatch replay {self.folder} --out NEW` makes it again from the journal"
            ) from error

    @cached_property
    def alerts(self) -> list[dict[str, Any]]:
        return _json_lines(self.folder / "alerts.jsonl")

    @cached_property
    def crossings(self) -> list[dict[str, Any]]:
        return _json_lines(self.folder / "crossings.jsonl")

    @cached_property
    def vessels(self) -> dict[int, Vessel]:
        rows = _json(self.folder / "vessels.json", [])
        return {row["mmsi"]: Vessel(**row) for row in rows}

    @cached_property
    def zones(self) -> dict[str, Any]:
        """The zones that were in force, as a GeoJSON FeatureCollection."""
        found: dict[str, Any] = _json(self.folder / "zones.geojson", {})
        return found or {"type": "FeatureCollection", "features": []}

    @cached_property
    def coverage(self) -> dict[str, Any]:
        """What the radars achieved; empty for a run of before there was such a file."""
        found: dict[str, Any] = _json(self.folder / "coverage.json", {})
        return found

    @cached_property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = _json(self.folder / "summary.json", {})
        return found


def read_run(folder: Path) -> Run:
    """The run in a folder. Raises InputError when there is none, naming the mend."""
    return Run(folder)


def prepare_folder(folder: Path, keep_journal: bool = False) -> None:
    """Make ``folder`` ready for a run: there, writable, and without an earlier run's files.

    Raises InputError, naming the folder and the mend.
    """
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


def _track_rows(tracks: Tracks, plane: Plane) -> pa.RecordBatch:
    n = len(tracks)
    x, y, vx, vy = tracks.state.T
    lon, lat = plane.to_lonlat(x, y)
    # One number for the position's uncertainty: the root mean square of the two axes.
    sigma = np.sqrt((tracks.cov[:, 0, 0] + tracks.cov[:, 1, 1]) / 2)
    columns = [
        pa.array(np.full(n, round(tracks.time_s * 1e9), dtype=np.int64)).cast(TRACK_SCHEMA[0].type),
        pa.array(tracks.id),
        *[pa.array(np.ascontiguousarray(c)) for c in (lon, lat, x, y, vx, vy, sigma)],
        pa.array(tracks.existence),
        pa.array([STATUS_WORDS[s] for s in tracks.status.tolist()]),
        pa.array(tracks.mmsi, mask=tracks.mmsi < 0),
        *[pa.array(c) for c in (tracks.p_unregistered, tracks.p_small, tracks.p_fixed)],
    ]
    return pa.RecordBatch.from_arrays(columns, schema=TRACK_SCHEMA)


def _json(path: Path, default: Any) -> Any:
    if not path.is_file():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable as JSON ({error}); run it again") from error


def _json_lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise InputError(f"{path}: line {number}: not JSON ({error})") from error
    return rows
