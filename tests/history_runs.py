"""Runs of a strait by the real writers, for the tests of what is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.incident import Call, IncidentLog
from coastwatch.model import Alert, AlertEvent, Crossing, Datagram, Status, Tracks, Vessel
from coastwatch.site import load
from coastwatch.store.alerts import AlertLog, iso
from coastwatch.store.journal import JOURNAL, Journal
from coastwatch.store.run import RunWriter, prepare_folder

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
ORIGIN = (1.5, 51.0)
SITE = """
[site]
name = "Strait"
origin = [{lon}, {lat}]
zones = []

[[sensor]]
id = "gris-nez"
kind = "radar"
position = [1.583, 50.870]

[[sensor]]
id = "dover"
kind = "ais"
position = [1.345, 51.133]

[[sensor]]
id = "mast"
kind = "camera"
position = [1.345, 51.133]
"""
SHIP = 227_000_001


def write_run(
    folder: Path,
    start: datetime = MONDAY,
    minutes: int = 90,
    step_s: float = 60.0,
    origin: tuple[float, float] = ORIGIN,
    silences: Sequence[tuple[str, float, float | None]] = (),
) -> Path:
    """A finished run: a ship with AIS (track 1), a boat by radar alone (2), a small craft that an
    alert names (3), one by its probabilities alone (4), one never confirmed (5).

    ``silences`` are alerts of silent sensors: sensor, from and to in seconds of the run.
    """
    prepare_folder(folder)
    site = SITE.format(lon=origin[0], lat=origin[1])
    (folder / "site.toml").write_text(site, encoding="utf-8")
    shape = {"type": "Polygon", "coordinates": [[[1, 50], [2, 50], [2, 52], [1, 50]]]}
    properties = {"id": "lane", "name": "Lane", "kind": "tss-lane"}
    zone = {"type": "Feature", "properties": properties, "geometry": shape}
    zones = {"type": "FeatureCollection", "features": [zone]}
    (folder / "zones.geojson").write_text(json.dumps(zones), encoding="utf-8")
    plane, start_s = Plane(load(folder / "site.toml").origin), start.timestamp()
    journal = Journal(folder / JOURNAL)
    with RunWriter(folder, plane, AlertLog(folder)) as run:
        for k in range(minutes + 1):
            run.write_tracks(picture(start_s + k * step_s, k))
        run.write_alerts(*_alerts(start_s, silences), frames=1, snapshot=b"the last plots")
        run.write_crossings(
            Crossing(start_s + 60.0 * k, 1 + k % 3, SHIP if k % 3 == 0 else -1, "lane",
                     ("entry", "exit")[k % 2], 1.5, 51.0) for k in range(9)
        )  # fmt: skip
        run.write_vessels([Vessel(SHIP, start_s, name="OPALE"), Vessel(999_000_001, start_s)])
        end_s = start_s + minutes * step_s
        run.write_summary(summary(start_s, end_s, run.rows, silences))
        run.write_coverage({"version": 1, "radars": {}})
    journal.append(Datagram(round((start_s + k) * 1e9), "feed", b"plot" * 50) for k in range(90))
    journal.close()
    return folder


def picture(time_s: float, k: int) -> Tracks:
    """Five tracks at one time; the ship has its MMSI from the fourth picture on."""
    n = 5
    speed = np.array([8.0, 4.0, 2.5, 2.0, 1.0])
    x = np.array([-9000.0, 2000.0, -3000.0, 5000.0, 7000.0]) + speed * 60 * k
    y = np.array([4000.0, -6000.0, 1000.0, 8000.0, -2000.0])
    status = np.array([Status.CONFIRMED] * 4 + [Status.TENTATIVE], dtype=np.int64)
    mmsi = np.array([SHIP if k > 3 else -1, -1, -1, -1, -1])
    sure, small = np.array([0.0, 0.3, 0.5, 0.9, 0.9]), np.array([0.1, 0.3, 0.5, 0.9, 0.9])
    none = np.full(n, np.nan)
    return Tracks(
        time_s, np.arange(1, n + 1), np.stack([x, y, speed, np.zeros(n)], axis=1),
        np.tile(np.eye(4) * 400.0, (n, 1, 1)), np.full(n, 0.99), status, mmsi,
        np.where(mmsi > 0, 0.99, 0.0), sure, small, np.full(n, 0.01), none, none,
        np.full(n, time_s), none, np.full((n, 4), time_s),
    )  # fmt: skip


def incident(folder: Path, tracks: Sequence[int], place: int = 0) -> None:
    """An incident whose call had these tracks as candidates, entered by the room's own log."""
    with IncidentLog(folder) as log, log.entry():
        call = Call(time_s=MONDAY.timestamp() + place, lon=1.5, lat=51.0)
        number = log.open()
        taken = log.add(call, number)
        rows: list[dict[str, Any]] = [{"track": t, "probability": 0.4} for t in tracks]
        log.tell(call.time_s, "opened", number, "", "", taken, None,
                 {"candidates": [*rows, {"track": None, "probability": 0.2}]})  # fmt: skip


def summary(
    start_s: float, end_s: float, rows: int, silences: Sequence[Any] = ()
) -> dict[str, Any]:
    """What a run says at its end, as far as a history reads it."""
    feed = {"frames": 100, "decoded": 97, "rejected": {"checksum": 2, "too short": 1}}
    silent = [name for name, _, _ in silences]
    sensors = {
        name: {"kind": kind, "rows": 9, "last_heard": iso(end_s), "state": "heard",
               "silent_episodes": silent.count(name)}
        for name, kind in (("gris-nez", "radar"), ("dover", "ais"))
    }  # fmt: skip
    first, last = (datetime.fromtimestamp(t, UTC).isoformat() for t in (start_s, end_s))
    return {"site": "Strait", "event_from": first, "event_until": last, "feeds": {"feed": feed},
            "tracks": {"rows": rows}, "sensors": sensors}  # fmt: skip


def _alerts(
    start_s: float, silences: Sequence[tuple[str, float, float | None]]
) -> tuple[list[Alert], list[AlertEvent]]:
    craft = ("small-unregistered-craft", "alarm", 3, "lane", start_s + 600.0, {})
    told = [craft] + [
        ("sensor-silent", "warning", -1, sensor, start_s + low, {"silent_since_s": start_s + low})
        for sensor, low, _ in silences
    ]
    alerts, events = [], []
    for k, (rule, severity, track, zone, time_s, evidence) in enumerate(told):
        id_ = f"{start_s:.0f}-{k}"
        alerts.append(
            Alert(id_, time_s, rule, severity, track, -1, zone, 1.5, 51.0, "Said.", evidence)
        )
        events.append(AlertEvent(id_, time_s, "raised", "active-unacknowledged", severity, "Said.",
                                 evidence=evidence, number=2 * k + 1))  # fmt: skip
        high = silences[k - 1][2] if k else 900.0
        if high is not None:
            what = "rectified" if k else "acknowledged"
            by = "" if k else "A. Officer"
            events.append(
                AlertEvent(id_, start_s + high, what, "normal", severity, by=by, number=2 * k + 2)
            )
    return alerts, events
