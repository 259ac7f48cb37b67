"""A run for the bench of the picture: many ships on the ways of the Dover Strait, seeded."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coastwatch.store.run import Run, read_run
from coastwatch.store.tracks import TRACK_SCHEMA

ROOT = Path(__file__).parents[1]
START_S = 1_778_558_400.0  # 2026-05-12 04:00 UTC
ORIGIN = (1.5, 51.0)
SITE = f"""
[site]
name = "Dover Strait"
origin = [{ORIGIN[0]}, {ORIGIN[1]}]

[[sensor]]
id = "gris-nez"
kind = "radar"
position = [1.583, 50.870]
range_max_m = 40000.0
"""
STEP_S = 10.0
# Ways as lon, lat: the lanes, ferries both ways, and the inshore traffic of both coasts.
WAYS = [
    [(2.00, 51.28), (1.62, 51.08), (1.32, 50.88), (1.02, 50.66)],
    [(0.98, 50.52), (1.38, 50.74), (1.68, 51.00), (2.08, 51.14)],
    [(1.36, 51.12), (1.50, 51.06), (1.72, 50.99), (1.84, 50.975)],
    [(1.84, 50.975), (1.66, 51.00), (1.46, 51.07), (1.36, 51.12)],
    [(1.57, 50.73), (1.53, 50.86), (1.64, 50.95), (1.95, 51.03)],
    [(0.98, 50.90), (1.20, 51.05), (1.42, 51.16), (1.46, 51.33)],
]
SHARES = [0.28, 0.28, 0.12, 0.12, 0.1, 0.1]


def scene(folder: Path, ships: int, rows: int, seed: int, wander_m: float) -> Run:
    """A run of so many ships and rows.

    Ships hold their way but for slow turns of ``wander_m`` about it, with noise as a Kalman
    filter leaves it; every twentieth is a small craft without AIS that crosses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    shutil.copy(ROOT / "zones/dover-strait/tss.geojson", folder / "zones.geojson")
    each = rows // ships
    rng = np.random.default_rng(seed)
    with pq.ParquetWriter(folder / "tracks.parquet", TRACK_SCHEMA, compression="zstd") as file:
        for first in range(0, ships, 100):
            some = [_ship(n, each, rng, wander_m) for n in range(first, min(first + 100, ships))]
            file.write_table(pa.concat_tables(some))
    return read_run(folder)


def _ship(number: int, rows: int, rng: np.random.Generator, wander_m: float) -> pa.Table:
    t = np.arange(rows) * STEP_S + rng.uniform(0, 86_400 * 0.5)
    small = number % 20 == 7
    way = np.array(WAYS[rng.choice(len(WAYS), p=SHARES)])
    if small:
        a = np.array([rng.uniform(1.55, 1.95), rng.uniform(50.93, 51.0)])
        way = np.array([a, a + np.array([-0.2, 0.15])])
    speed_mps = rng.uniform(2.0, 3.5) if small else rng.uniform(5.0, 9.5)
    legs = np.hypot(*(np.diff(way, axis=0) * [70_000.0, 111_195.0]).T)
    along = rng.uniform(0, 0.3) * legs.sum() + np.arange(rows) * STEP_S * speed_mps
    # There and back again, so that every row is at sea.
    along = legs.sum() - np.abs(along % (2 * legs.sum()) - legs.sum())
    at = np.concatenate([[0.0], np.cumsum(legs)])
    lon, lat = (np.interp(along, at, axis) for axis in way.T)
    for axis, metres in ((0, 70_000.0), (1, 111_195.0)):
        phase, period = rng.uniform(0, 2 * np.pi, 3), rng.uniform(300, 1_800, 3)
        sway = np.sin(2 * np.pi * t[:, None] / period + phase) @ rng.dirichlet(np.ones(3))
        off = (rng.normal(0, 1.5 * wander_m) + wander_m * sway + rng.normal(0, 4.0, rows)) / metres
        lon, lat = (lon + off, lat) if axis == 0 else (lon, lat + off)
    east, north = np.gradient(lon) * 70_000.0 / STEP_S, np.gradient(lat) * 111_195.0 / STEP_S
    heading = np.degrees(np.arctan2(east, north)) % 360.0
    columns = {
        "time": pa.array(np.round((START_S + t) * 1e9).astype("int64")),
        "track": np.full(rows, number + 1), "lon": lon, "lat": lat,
        "x_m": np.zeros(rows), "y_m": np.zeros(rows), "vx_mps": east, "vy_mps": north,
        "sigma_m": np.full(rows, 12.0), "existence": np.full(rows, 0.99),
        "status": pa.array(["confirmed"] * rows),
        "mmsi": pa.nulls(rows) if small else np.full(rows, 227_000_000 + number),
        "p_unregistered": np.full(rows, 0.97 if small else 0.0),
        "p_small": np.full(rows, 0.95 if small else 0.05), "p_fixed": np.zeros(rows),
        "heading_deg": pa.nulls(rows) if small else np.round(heading),
    }  # fmt: skip
    return pa.table({f.name: pa.array(columns[f.name]).cast(f.type) for f in TRACK_SCHEMA})
