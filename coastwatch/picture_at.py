"""A run's tracks as a caller's craft may be one of them: where each was at the times of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.incident import Call, Seen
from coastwatch.incident.assumed import Assumed
from coastwatch.site import Site
from coastwatch.store.run import Run

NAMES = ("track", "lon", "lat", "vx_mps", "vy_mps", "sigma_m", "existence", "status", "mmsi",
         "p_unregistered", "p_small", "p_fixed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What the picture last said of a track, for a reader."""

    mmsi: int | None
    name: str | None
    lon: float
    lat: float
    speed_mps: float
    course_rad: float
    p_unregistered: float
    p_small: float
    p_fixed: float


def seen_at(
    run: Run, calls: Sequence[Call], plane: Plane, assumed: Assumed
) -> tuple[Seen, dict[int, Known]]:
    """Where the tracks of a run were at the calls' times, and the last word on each.

    A track counts if it was confirmed within ``track_within_s`` of a call; its row nearest in time
    is carried to the call at its own speed, the uncertainty growing with the gap.
    """
    p_seen = np.array([_p_seen(call, run.site, assumed) for call in calls])
    rows = _rows(run, calls, assumed)
    confirmed = np.isin(rows["status"], ["confirmed", "coasting"])
    tracks = np.unique(rows["track"][confirmed])
    if not len(tracks):
        none = Seen.none(len(calls))
        return replace(none, p_seen=p_seen), {}
    keep = np.isin(rows["track"], tracks)
    rows = {name: column[keep] for name, column in rows.items()}
    x, y = plane.to_xy(rows["lon"], rows["lat"])
    rows |= {"x_m": x, "y_m": y}
    placed = np.full((5, len(calls), len(tracks)), np.nan)
    for i, call in enumerate(calls):
        placed[:, i] = _at(rows, tracks, call.time_s, assumed)
    last = _nearest(rows, tracks, np.inf)
    weight = rows["existence"][last] * (1 - rows["p_fixed"][last]) * (
        rows["p_unregistered"][last] * rows["p_small"][last] + assumed.ship_calls
    )  # fmt: skip
    weight = np.clip(np.nan_to_num(weight), 1e-9, 1.0)
    x, y, vx, vy, var = placed
    return Seen(tracks, weight, x, y, vx, vy, var, p_seen), _known(run, rows, tracks, last, plane)


def _rows(run: Run, calls: Sequence[Call], assumed: Assumed) -> dict[str, Any]:
    times = [call.time_s for call in calls]
    within = assumed.track_within_s
    low, high = (
        pa.scalar(round(t * 1e9), pa.int64()).cast(pa.timestamp("ns", "UTC"))
        for t in (min(times) - within, max(times) + within)
    )
    time = run.tracks["time"]
    table = run.tracks.filter(
        pc.and_(pc.greater_equal(time, low), pc.less_equal(time, high))
    ).select(["time", *NAMES])
    rows = {name: table[name].to_numpy() for name in NAMES if name != "mmsi"}
    rows["mmsi"] = table["mmsi"].fill_null(-1).to_numpy()
    rows["time_s"] = table["time"].cast(pa.int64()).to_numpy() / 1e9
    return rows


def _at(rows: dict[str, Any], tracks: Any, time_s: float, assumed: Assumed) -> Any:
    """(5, J): x, y, vx, vy and position variance at one time; NaN where a track was not near."""
    i = _nearest(rows, tracks, time_s)
    gap = time_s - rows["time_s"][i]
    x = rows["x_m"][i] + rows["vx_mps"][i] * gap
    y = rows["y_m"][i] + rows["vy_mps"][i] * gap
    var = rows["sigma_m"][i] ** 2 + (assumed.track_speed_kn * KNOT_MPS * gap) ** 2
    out = np.stack([x, y, rows["vx_mps"][i], rows["vy_mps"][i], var])
    out[:, (np.abs(gap) > assumed.track_within_s) | ~np.isfinite(out).all(axis=0)] = np.nan
    return out


def _nearest(rows: dict[str, Any], tracks: Any, time_s: float) -> Any:
    """The row of each track that is nearest to a time; the last where that is infinite."""
    gap = -rows["time_s"] if np.isinf(time_s) else np.abs(rows["time_s"] - time_s)
    order = np.lexsort((gap, rows["track"]))
    first = np.searchsorted(rows["track"][order], tracks)
    return order[first]


def _known(
    run: Run, rows: dict[str, Any], tracks: Any, last: Any, plane: Plane
) -> dict[int, Known]:
    lon, lat = rows["lon"][last], rows["lat"][last]
    speed, course = plane.course(lon, lat, rows["vx_mps"][last], rows["vy_mps"][last])
    found = {}
    for j, track in enumerate(tracks.tolist()):
        i = last[j]
        mmsi = int(rows["mmsi"][i])
        vessel = run.vessels.get(mmsi)
        found[track] = Known(
            mmsi if mmsi >= 0 else None, vessel.name if vessel else None, float(lon[j]),
            float(lat[j]), float(speed[j]), float(course[j]),
            *(float(rows[name][i]) for name in ("p_unregistered", "p_small", "p_fixed")),
        )  # fmt: skip
    return found


def _p_seen(call: Call, site: Site, assumed: Assumed) -> float:
    """The chance that an inflatable at a call's place has a track."""
    if not call.placed:
        return assumed.seen_unknown
    for sensor in site.sensors:
        if sensor.kind == "radar":
            off = float(geodesic(*sensor.position, call.lon, call.lat)[0])
            if off <= assumed.reach_share * sensor.range_max_m:
                return assumed.seen_in_reach
    return assumed.seen_outside
