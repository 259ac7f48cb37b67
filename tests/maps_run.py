"""A run's folder made of real files, for the tests of the map: a strait, its ships and alerts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

START_S = 1_778_558_400.0  # 2026-05-12 04:00 UTC
SCHEMA = pa.schema(
    [("time", pa.timestamp("ns", "UTC")), ("track", pa.int64())]
    + [(name, pa.float64()) for name in ("lon", "lat", "x_m", "y_m", "vx_mps", "vy_mps")]
    + [("sigma_m", pa.float64()), ("existence", pa.float64())]
    + [("status", pa.string()), ("mmsi", pa.int64())]
    + [(name, pa.float64()) for name in ("p_unregistered", "p_small", "p_fixed")]
)
SITE = """
[site]
name = {name}
origin = [{lon}, {lat}]
{sensors}
"""
SENSORS = """
[[sensor]]
id = "gris-nez"
kind = "radar"
position = [1.583, 50.870]
range_max_m = 40000.0

[[sensor]]
id = "dover"
kind = "ais"
position = [1.345, 51.133]
"""


def track(
    number: int,
    way: list[tuple[float, float]],
    start_s: float = 0.0,
    end_s: float = 3600.0,
    step_s: float = 5.0,
    noise_m: float = 0.0,
    **known: Any,
) -> dict[str, Any]:
    """Columns of one track that sails its way (lon, lat) evenly between two times."""
    t = np.arange(start_s, end_s + step_s / 2, step_s)
    share = (t - start_s) / max(end_s - start_s, 1.0) * (len(way) - 1)
    lon, lat = (np.interp(share, np.arange(len(way)), axis) for axis in np.array(way, float).T)
    rng = np.random.default_rng(number)
    # Kalman estimates wander slowly about the truth; they do not jump from row to row.
    wander = np.cumsum(rng.normal(0, 0.3, (2, len(t))), axis=1) * noise_m / 111_195
    lon, lat = lon + wander[0], lat + wander[1]
    return {"track": number, "t": t, "lon": lon, "lat": lat, "status": "confirmed"} | known


def write_run(
    folder: Path,
    tracks: list[dict[str, Any]],
    alerts: list[dict[str, Any]] | None = None,
    zones: list[dict[str, Any]] | None = None,
    vessels: list[dict[str, Any]] | None = None,
    name: str = "Dover Strait",
    origin: tuple[float, float] = (1.5, 51.0),
    sensors: str = SENSORS,
) -> Path:
    """The folder, with the files that a run leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    site = SITE.format(name=json.dumps(name), lon=origin[0], lat=origin[1], sensors=sensors)
    (folder / "site.toml").write_text(site, encoding="utf-8")
    pq.write_table(_table(tracks), folder / "tracks.parquet")
    lines = "".join(json.dumps(alert) + "\n" for alert in alerts or [])
    (folder / "alerts.jsonl").write_text(lines, encoding="utf-8")
    (folder / "crossings.jsonl").write_text("", encoding="utf-8")
    (folder / "vessels.json").write_text(json.dumps(vessels or []), encoding="utf-8")
    collection = {"type": "FeatureCollection", "features": zones or []}
    (folder / "zones.geojson").write_text(json.dumps(collection), encoding="utf-8")
    (folder / "summary.json").write_text("{}", encoding="utf-8")
    return folder


def alert(
    number: int, track_number: int, time: str, lon: float, lat: float, **more: Any
) -> dict[str, Any]:
    """One line of alerts.jsonl."""
    return {
        "id": f"a{number:015x}",
        "time": time,
        "rule": "small-unregistered-craft",
        "severity": "alarm",
        "track": track_number,
        "mmsi": None,
        "zone": "tss-sw-lane",
        "lon": lon,
        "lat": lat,
        "text": f"Small unregistered craft (track {track_number}) about to enter the SW lane",
        "evidence": {
            "p_unregistered": 0.97,
            "p_small": 0.94,
            "sog_mps": 2.6,
            "time_to_zone_s": 540.0,
        },
    } | more


def zone(
    id: str, name: str, kind: str, coordinates: Any, type: str = "Polygon", **more: Any
) -> dict[str, Any]:
    properties = {"id": id, "name": name, "kind": kind, "source": "made for a test"} | more
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": type, "coordinates": coordinates},
    }


def strait(folder: Path, step_s: float = 5.0) -> Path:
    """An hour in the Dover Strait: lanes, ferries, fishing, buoys, clutter, three dinghies."""
    tracks, vessels = _traffic(step_s)
    alerts = [
        alert(1, 901, "2026-05-12T04:21:35.000Z", 1.548, 50.944),
        alert(2, 902, "2026-05-12T04:38:10.000Z", 1.664, 50.987, severity="warning"),
        alert(3, 903, "2026-05-12T04:52:05.000Z", 1.395, 50.820, severity="emergency"),
    ]
    return write_run(folder, tracks, alerts, lanes(), vessels)


def lanes() -> list[dict[str, Any]]:
    """A traffic separation scheme in outline, a boundary, a coastal band and a place on land."""

    def strip(a: float, b: float) -> list[list[list[float]]]:
        west = [(1.02, 50.62), (1.30, 50.86), (1.62, 51.05), (2.00, 51.22)]
        near = [[x + a, y - a] for x, y in west]
        far = [[x + b, y - b] for x, y in reversed(west)]
        return [[*near, *far, near[0]]]

    return [
        zone("tss-sw-lane", "SW-bound lane", "tss-lane", strip(-0.02, 0.04), note="Rule 10."),
        zone("separation", "Separation zone", "separation-zone", strip(0.04, 0.06)),
        zone("tss-ne-lane", "NE-bound lane", "tss-lane", strip(0.06, 0.11)),
        zone("itz", "French inshore zone", "inshore-zone", strip(0.11, 0.16)),
        zone("calais", "Calais approach", "port-limits",
             [[[1.78, 50.965], [1.88, 50.985], [1.86, 51.02], [1.76, 51.0], [1.78, 50.965]]]),
        zone("boundary", "UK-France boundary 1988", "line",
             [[1.265, 50.825], [1.283, 50.896], [1.357, 50.95], [1.548, 51.039], [1.725, 51.099]],
             type="LineString"),
        zone("portal", "Tunnel portal", "other", [1.813, 50.918], type="Point"),
    ]  # fmt: skip


def _traffic(step_s: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rng = np.random.default_rng(7)
    tracks, vessels = [], []

    def ship(number: int, name: str, way: list[tuple[float, float]], **more: Any) -> None:
        mmsi = 227_000_000 + number
        tracks.append(track(number, way, step_s=step_s, noise_m=4.0, mmsi=mmsi, **more))
        vessels.append({"mmsi": mmsi, "time_s": START_S, "name": name, "length_m": 180.0})

    ferries = ("COTE DES FLANDRES", "SPIRIT OF DOVER", "PRIDE OF CALAIS", "OPALE EXPRESS")
    for i, name in enumerate(ferries):
        a, b = (1.37, 51.12), (1.83, 50.98)
        ends = [a, b] if i % 2 else [b, a]
        cut = rng.uniform(0, 0.35)
        way = [
            tuple(np.array(ends[0]) * (1 - s) + np.array(ends[1]) * s) for s in (cut, 1 - cut / 2)
        ]
        ship(i + 1, name, way)
    for i in range(14):
        s, side = rng.uniform(0, 0.6), i % 2
        west = np.array([[1.02, 50.62], [1.30, 50.86], [1.62, 51.05], [2.00, 51.22]])
        lane = west + (np.array([0.01, -0.01]) if side else np.array([0.085, -0.085]))
        shares = np.array([s, s + 0.35]) * 3
        way = [tuple(np.interp(k, range(4), axis) for axis in lane.T) for k in shares]
        ship(20 + i, f"MV EXAMPLE {i + 1}", way[::-1] if side else way)
    for i in range(6):
        a = np.array([rng.uniform(1.35, 1.5), rng.uniform(50.75, 50.85)])
        way = [tuple(a + rng.normal(0, 0.02, 2)) for _ in range(6)]
        tracks.append(track(60 + i, way, step_s=step_s, noise_m=10.0, p_small=0.6))
    for i, (lon, lat) in enumerate([(1.70, 50.99), (1.72, 51.0), (1.55, 50.90), (1.45, 50.72)]):
        still = [(lon, lat), (lon, lat)]
        tracks.append(track(80 + i, still, step_s=step_s, noise_m=1.0, p_fixed=0.97))
    for i in range(40):
        at = np.array([1.583, 50.87]) + rng.normal(0, 0.12, 2)
        start = rng.uniform(0, 3590)
        way = [tuple(at), tuple(at + rng.normal(0, 0.002, 2))]
        end = min(start + 20, 3600.0)
        tracks.append(
            track(200 + i, way, start, end, step_s, 5.0, status="tentative", existence=0.3)
        )
    beaches = [
        (1.575, 50.925, 1.50, 50.97),
        (1.70, 50.965, 1.60, 51.02),
        (1.56, 50.80, 1.35, 50.83),
    ]
    for i, (lon, lat, to_lon, to_lat) in enumerate(beaches):
        tracks.append(track(901 + i, [(lon, lat), (to_lon, to_lat)], 400.0 * i, 3600.0, step_s,
                            15.0, p_unregistered=0.97, p_small=0.95))  # fmt: skip
    tracks.append(track(950, [(1.6, 50.75), (1.65, 50.8)], 0.0, 2000.0, step_s, 5.0))
    return tracks, vessels


def _table(tracks: list[dict[str, Any]]) -> pa.Table:
    if not tracks:
        return SCHEMA.empty_table()
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for one in tracks:
        n = len(one["t"])
        gap = np.maximum(np.gradient(one["t"]), 1e-9) if n > 1 else np.ones(n)
        east = 111_195 * np.cos(np.radians(np.nan_to_num(one["lat"], posinf=0.0, neginf=0.0)))
        speed = [np.gradient(v) / gap if n > 1 else np.zeros(n) for v in (one["lon"], one["lat"])]
        filled = {
            "time": np.round((START_S + one["t"]) * 1e9).astype("int64"),
            "lon": one["lon"], "lat": one["lat"], "x_m": np.zeros(n), "y_m": np.zeros(n),
            "vx_mps": speed[0] * east, "vy_mps": speed[1] * 111_195,
        }  # fmt: skip
        rest = {"sigma_m": 18.0, "existence": 0.99, "mmsi": None, "p_unregistered": 0.1,
                "p_small": 0.1, "p_fixed": 0.0}  # fmt: skip
        for name in SCHEMA.names:
            values = filled.get(name, one.get(name, rest.get(name)))
            columns[name] += list(values) if np.ndim(values) else [values] * n
    return pa.table({n: pa.array(columns[n]).cast(SCHEMA.field(n).type) for n in SCHEMA.names})
