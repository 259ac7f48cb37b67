"""A run -> the one data island of its picture: plain lists, texts and finite numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.maps.base import land, zones
from coastwatch.maps.coverage import coverage
from coastwatch.maps.frame import Frame, centre, frame_of, unwrap
from coastwatch.maps.paths import Heads, chosen, heads_of, paths
from coastwatch.maps.rows import LAT_MAX, Rows, read_rows
from coastwatch.maps.text import evidence_rows, number, seconds, words
from coastwatch.model import PRIORITIES
from coastwatch.site import Site

if TYPE_CHECKING:
    from coastwatch.store.run import Run

SMALL_RULE = "small-unregistered-craft"
ALERTS_MOST = 1_000
TRACKS_MOST = 10_000
TENTATIVE_MOST = 1_000
NOTES_MOST = 20


def island(run: Run) -> dict[str, Any]:
    """All that the page shows of a run, ready for JSON without NaN or infinity."""
    notes: list[str] = []
    rows, heads = _rows(run, notes)
    alerts = _alerts(run.alerts, notes)
    middle = _middle(run.site, rows, alerts)
    rows = replace(rows, lon=unwrap(rows.lon, middle))
    for alert in alerts:
        alert["lon"] = float(unwrap(np.array(alert["lon"]), middle))
    view = _view(run.site, _to_see(rows, heads), alerts, middle)
    window = view.padded()
    drawn_zones, faults = zones(run.zones, window)
    start_s, end_s = _span(rows, alerts)
    covered, unread = coverage(run.coverage, middle, start_s)
    return {
        "site": words(run.site.name, 80),
        "sensors": _sensors(run.site, middle),
        "start": start_s,
        "end": end_s,
        "view": [round(v, 5) for v in view.bounds()],
        "window": [round(v, 5) for v in window.bounds()],
        "land": land(window),
        "zones": drawn_zones,
        "tracks": paths(rows, heads, run.vessels, Plane(run.site.origin), start_s),
        "coverage": covered,
        "alerts": alerts,
        "notes": (notes + unread + faults)[:NOTES_MOST],
    }


def _rows(run: Run, notes: list[str]) -> tuple[Rows, Heads]:
    """The rows to draw and their tracks; what is left out is noted."""
    rows, unusable = read_rows(run.tracks)
    if unusable:
        notes.append(f"{unusable} track rows without a usable time or place left out")
    heads = heads_of(rows, _alerted(run.alerts))
    drawn = chosen(rows, heads, TRACKS_MOST, TENTATIVE_MOST)
    if drawn.all():
        return rows, heads
    never = heads.confirmed_row < 0
    for what, those in (("confirmed", ~never), ("tentative", never)):
        if not drawn[those].all():
            count = f"{int(drawn[those].sum())} of {int(those.sum())}"
            notes.append(f"{count} {what} tracks in this page, all in tracks.parquet")
    rows = rows.take(np.repeat(drawn, heads.last - heads.first + 1))
    return rows, heads_of(rows, _alerted(run.alerts))


def _to_see(rows: Rows, heads: Heads) -> Rows:
    """Rows of the tracks that were confirmed, where any was: clutter sets no window."""
    real = np.repeat(heads.confirmed_row >= 0, heads.last - heads.first + 1)
    return rows.take(real) if real.any() else rows


def _alerted(alerts: Sequence[Mapping[str, Any]]) -> set[int]:
    found = {a.get("track") for a in alerts if a.get("rule") == SMALL_RULE}
    return {t for t in found if isinstance(t, int)}


def _alerts(alerts: Sequence[Mapping[str, Any]], notes: list[str]) -> list[dict[str, Any]]:
    """The latest alerts that have a place and a time, oldest first."""
    drawn = [shown for a in alerts if (shown := _alert(a)) is not None]
    if len(drawn) < len(alerts):
        notes.append(f"{len(alerts) - len(drawn)} alerts without a usable time or place left out")
    if len(drawn) > ALERTS_MOST:
        notes.append(f"the latest {ALERTS_MOST} of {len(drawn)} alerts shown")
    return sorted(drawn, key=lambda a: (a["time"], a["id"]))[-ALERTS_MOST:]


def _alert(alert: Mapping[str, Any]) -> dict[str, Any] | None:
    time_s = seconds(alert.get("time"))
    lon, lat = number(alert.get("lon"), 5), number(alert.get("lat"), 5)
    if time_s is None or lon is None or lat is None or abs(lat) > LAT_MAX or abs(lon) > 540:
        return None
    shown: dict[str, Any] = {"time": time_s, "lon": lon, "lat": lat}
    for key, most in (("id", 64), ("rule", 60), ("zone", 80), ("text", 400), ("state", 40)):
        shown[key] = words(alert.get(key) or "", most)
    severity = alert.get("severity")
    shown["severity"] = severity if severity in PRIORITIES else PRIORITIES[0]
    said_s = seconds(alert.get("said"))
    if said_s is not None and said_s != time_s:
        shown["said"] = said_s
    for key in ("track", "mmsi"):
        if isinstance(alert.get(key), int):
            shown[key] = alert[key]
    shown["evidence"] = evidence_rows(alert.get("evidence"))
    return shown


def _span(rows: Rows, alerts: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """First and last time of the picture, UTC seconds; of the alerts where there is no track."""
    times = rows.time_s if len(rows) else [a["time"] for a in alerts]
    return (float(np.min(times)), float(np.max(times))) if len(times) else (0.0, 0.0)


def _middle(site: Site, rows: Rows, alerts: Sequence[Mapping[str, Any]]) -> float:
    """The longitude that the picture unwraps around: of what was seen, else of the site."""
    seen = np.concatenate([rows.lon, [a["lon"] for a in alerts]])
    return centre(seen) if len(seen) else site.origin[0]


def _view(site: Site, rows: Rows, alerts: Sequence[Mapping[str, Any]], middle: float) -> Frame:
    """What the page shows first: whole tracks and alerts, else the sensors and origin."""
    lon = np.concatenate([rows.lon, [a["lon"] for a in alerts]])
    lat = np.concatenate([rows.lat, [a["lat"] for a in alerts]])
    if len(lon):
        return frame_of(lon, lat)
    places = np.array([site.origin, *(s.position for s in site.sensors)], dtype=np.float64)
    places[:, 1] = np.clip(places[:, 1], -LAT_MAX, LAT_MAX)
    return frame_of(unwrap(places[:, 0], middle), places[:, 1], least_deg=1.0)


def _sensors(site: Site, middle: float) -> list[dict[str, Any]]:
    return [
        {
            "id": words(s.id, 60),
            "kind": s.kind,
            "lon": float(unwrap(np.array(s.position[0]), middle)),
            "lat": s.position[1],
            "range": s.range_max_m,
        }
        for s in site.sensors
        if abs(s.position[1]) <= LAT_MAX
    ]
