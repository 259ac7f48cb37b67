"""A week of a strait as a kept history, made day by day straight into its layout; seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tomli_w

from coastwatch.geo.plane import Plane
from coastwatch.model import Vessel
from coastwatch.site import parse
from coastwatch.store.history_days import write_day
from coastwatch.store.history_files import DAYS
from coastwatch.store.history_log import HistoryLog
from coastwatch.store.history_watch import Heard, Watched
from coastwatch.store.tracks import STATUS_WORDS, TRACK_SCHEMA

MONDAY = date(2026, 11, 16)
RUN = "2026-11-16T0000Z-bench"
ORIGIN = (1.5, 51.0)
ROWS_A_TRACK = 5_000  # a picture a second over 83 minutes: a transit at 16 kn through 22 NM
AIS, RADAR = 0.80, 0.97  # shares below which a track has AIS, is by radar alone; the rest is small
AT_ONCE = 25  # tracks that are made together
SENSORS = ("gris-nez", "dover")


def make(folder: Path, positions: int, seed: int = 7) -> int:
    """Make the history of a week with about so many positions; how many vessels it has."""
    tracks = positions // ROWS_A_TRACK // 7
    folder.mkdir(parents=True)
    sensors = [{"id": name, "kind": "radar", "position": list(ORIGIN)} for name in SENSORS]
    document = {"site": {"name": "Strait", "origin": list(ORIGIN)}, "sensor": sensors}
    site = parse(document, folder)
    (folder / "site.toml").write_text(tomli_w.dumps(site.to_document(zones=[])))
    for k in range(7):
        day = MONDAY + timedelta(days=k)
        batches = _day(np.random.default_rng((seed, k)), day, tracks, 1 + k * tracks)
        write_day(folder / DAYS / f"{day}.parquet", batches, [RUN])
    begin = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC).timestamp()
    end = begin + 7 * 86_400.0
    up = ((begin, end),)
    watched = Watched(RUN, "Strait", begin, end, {"feed": {"decoded": positions, "rejected": {}}},
                      tuple(Heard(name, "radar", up) for name in SENSORS))  # fmt: skip
    log = HistoryLog(folder, write=True)
    said = _Said(np.random.default_rng((seed, 99)), 7 * tracks, begin)
    log.add(watched, "bench", said, (datetime.min.replace(tzinfo=UTC),) * 2)
    log.close()
    return 7 * tracks


def _day(rng: Any, day: date, tracks: int, first: int) -> Iterator[pa.RecordBatch]:
    """The rows of a day in the order of the layout: by MMSI, those without one last."""
    with_ais = int(tracks * AIS)
    plane = Plane(ORIGIN)
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    for at in range(0, tracks, AT_ONCE):
        numbers = np.arange(at, min(at + AT_ONCE, tracks))
        yield _tracks(rng, plane, midnight, numbers, first, with_ais, tracks)


def _tracks(
    rng: Any, plane: Plane, midnight: int, numbers: Any, first: int, with_ais: int, tracks: int
) -> pa.RecordBatch:
    n, rows = len(numbers), ROWS_A_TRACK
    small = numbers >= int(tracks * RADAR)
    speed = np.where(small, rng.uniform(2, 4, n), rng.uniform(5, 10, n))
    course = rng.uniform(0, 2 * np.pi, n)
    start = rng.integers(0, 86_400 - rows, n)
    t = np.arange(rows)
    vx = (speed * np.sin(course))[:, None] + rng.normal(0, 0.05, (n, rows))
    vy = (speed * np.cos(course))[:, None] + rng.normal(0, 0.05, (n, rows))
    x = rng.uniform(-20_000, 20_000, n)[:, None] + vx.mean(1)[:, None] * (t - rows / 2)
    y = rng.uniform(-20_000, 20_000, n)[:, None] + vy.mean(1)[:, None] * (t - rows / 2)
    x, y = x + rng.normal(0, 3, (n, rows)), y + rng.normal(0, 3, (n, rows))
    lon, lat = plane.to_lonlat(x.ravel(), y.ravel())
    coasting = rng.random(n * rows) < 0.02
    status = np.where(coasting, STATUS_WORDS.index("coasting"), STATUS_WORDS.index("confirmed"))
    # A heading is the course to a whole degree, of who has AIS.
    heading = np.degrees(np.arctan2(vx, vy)).ravel().round() % 360
    words = pa.DictionaryArray.from_arrays(status.astype(np.int8), STATUS_WORDS)
    mmsi = np.repeat(np.where(numbers < with_ais, 200_000_000 + first + numbers, -1), rows)
    chance = np.where(small, 0.9, 0.1)
    p_small = np.clip(chance[:, None] + rng.normal(0, 0.02, (n, rows)), 0, 1).ravel()
    p_alone = np.repeat(np.where(numbers < with_ais, 0.0, chance), rows)
    columns = {
        "time": pa.array((midnight + start[:, None] + t).ravel() * 1_000_000_000),
        "track": np.repeat(first + numbers, rows), "lon": lon, "lat": lat, "x_m": x.ravel(),
        "y_m": y.ravel(), "vx_mps": vx.ravel(), "vy_mps": vy.ravel(),
        "sigma_m": rng.gamma(9, 2, n * rows), "existence": 1 - rng.beta(1, 200, n * rows),
        "status": words.cast(pa.string()), "mmsi": pa.array(mmsi, mask=mmsi < 0),
        "p_unregistered": p_alone, "p_small": p_small, "p_fixed": rng.beta(2, 8, n * rows),
        "heading_deg": pa.array(heading, mask=mmsi < 0),
        "run": pa.array([RUN] * (n * rows)),
    }  # fmt: skip
    arrays = [pa.array(columns[f.name]).cast(f.type) for f in TRACK_SCHEMA]
    return pa.RecordBatch.from_arrays([*arrays, columns["run"]], [*TRACK_SCHEMA.names, "run"])


@dataclass
class _Said:
    """What the log of such a week holds: an alert a hundred tracks, a crossing and a name each."""

    rng: Any
    tracks: int
    begin: float

    def alerts(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        told = {"rule": "small-unregistered-craft", "severity": "warning", "zone": "lane",
                "state": "active-unacknowledged", "evidence": {}}  # fmt: skip
        return [
            self._row(k, 1 + 100 * k)
            | told
            | {"id": f"a{k}", "text": f"Safety check: track {1 + 100 * k}."}
            | {"lon": ORIGIN[0] + self.rng.normal(0, 0.2), "lat": ORIGIN[1]}
            for k in range(self.tracks // 100)
        ]

    def events(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        return [row | {"alert": row["id"], "what": "raised"} for row in self.alerts(begin, end)]

    def crossings(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        return [self._row(k, 1 + k) | {"zone": "lane", "what": "entry"} for k in range(self.tracks)]

    def coverage(self, begin: datetime, end: datetime) -> list[dict[str, Any]]:
        return []

    def vessels(self) -> dict[int, Vessel]:
        numbers = range(200_000_001, 200_000_001 + self.tracks)
        return {mmsi: Vessel(mmsi, self.begin, f"VESSEL {mmsi}") for mmsi in numbers}

    def _row(self, number: int, track: int) -> dict[str, Any]:
        time = datetime.fromtimestamp(self.begin + self.rng.uniform(0, 7 * 86_400), UTC)
        return {"time": time.isoformat(), "track": track, "mmsi": None, "run": RUN}
