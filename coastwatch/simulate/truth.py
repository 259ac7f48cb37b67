"""The truth, which no tracker sees, and the site as its operator would describe it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.simulate.motion import STEP_S, Motion
from coastwatch.simulate.radar import AMPLITUDE_SMALL_DBM
from coastwatch.simulate.scenario import Craft, Radar, Scenario, Station

TRUTH_S = 2.0  # the step of truth.parquet


def truth_table(
    craft: Sequence[Craft],
    motion: Motion,
    lonlat: tuple[Floats, Floats],
    plane: Plane,
    start_s: float,
    duration_s: float,
) -> pa.Table:
    """One row for each craft each TRUTH_S while it is there; targets are numbered from 1.

    ``vx_mps`` and ``vy_mps`` are towards true east and north.
    """
    every = int(TRUTH_S / STEP_S)
    steps = np.arange(0, int(duration_s / STEP_S) + 1, every)
    row, index = np.nonzero(motion.present[steps])
    step = steps[row]
    lon, lat = lonlat[0][step, index], lonlat[1][step, index]
    vx, vy = motion.vx_mps[step, index], motion.vy_mps[step, index]
    sog, cog = plane.course(lon, lat, vx, vy)
    time_ns = np.int64(start_s) * 1_000_000_000 + (step * STEP_S * 1e9).astype(np.int64)
    mmsi = [c.transponder.mmsi if c.transponder else None for c in craft]
    return pa.table(
        {
            "time": pa.array(time_ns, pa.timestamp("ns", tz="UTC")),
            "target": pa.array(index + 1, pa.int64()),
            "lon": lon,
            "lat": lat,
            "vx_mps": sog * np.sin(cog),
            "vy_mps": sog * np.cos(cog),
            "mmsi": pa.array(mmsi, pa.int64()).take(index),
            "kind": pa.array([c.kind for c in craft]).take(index),
            "name": pa.array([c.name for c in craft]).take(index),
            "length_m": pa.array([c.length_m for c in craft], pa.float64()).take(index),
        }
    )


def write_truth(table: pa.Table, path: Path) -> None:
    """Write the truth, byte for byte the same for the same table."""
    pq.write_table(table, path, compression="zstd")


def site_toml(scenario: Scenario) -> str:
    """site.toml of an exercise: what an operator would know, and nothing of the truth."""
    document = {
        "site": {
            "name": scenario.site_name,
            "origin": list(scenario.origin),
            "zones": [f"zones/{scenario.pack}"],
        },
        "sensor": [
            *(_radar(radar) for radar in scenario.radars),
            *(_station(station) for station in scenario.stations),
        ],
        "feed": [
            *(_feed(f"{r.id}.pcap", r.id, "asterix", scenario.start) for r in scenario.radars),
            *(_feed(f"{s.id}.nmea", s.id, "nmea", scenario.start) for s in scenario.stations),
        ],
    }
    return tomli_w.dumps(document)


def _radar(radar: Radar) -> dict[str, Any]:
    video = radar.video
    # Of a radar that sends video the plots, and so clutter and what is small, are our own making.
    clutter = radar.false_per_scan + (0.0 if video else radar.sea_clutter_per_scan)
    row: dict[str, Any] = {
        "id": radar.id,
        "kind": "radar",
        "position": list(radar.position),
        "height_m": radar.height_m,
        "range_max_m": radar.range_max_m,
        "scan_s": radar.scan_s,
        "sigma_range_m": radar.sigma_range_m,
        "sigma_azimuth_deg": radar.sigma_azimuth_deg,
        "detection_probability": 0.85,
        "clutter_per_scan": clutter,
    }
    address = {"sac": radar.sac, "sic": radar.sic}
    if video:
        return row | {
            "beamwidth_deg": video.beamwidth_deg,
            "asterix": address,
            "video": {"pulse_m": video.pulse_m},
        }
    return row | {"amplitude_small_db": AMPLITUDE_SMALL_DBM, "asterix": address}


def _station(station: Station) -> dict[str, Any]:
    return {
        "id": station.id,
        "kind": "ais",
        "position": list(station.position),
        "height_m": station.height_m,
        "range_max_m": station.range_max_m,
        "station": station.name,
    }


def _feed(file: str, sensor: str, form: str, start: str) -> dict[str, Any]:
    feed = {"url": f"file:feeds/{file}", "id": sensor, "format": form, "sensor": sensor}
    return {**feed, "date": start[:10]} if form == "asterix" else feed
