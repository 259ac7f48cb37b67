"""A run -> the one data island of its picture: plain lists, texts and finite numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coastwatch.alert_french import zone_names
from coastwatch.geo.plane import Plane
from coastwatch.maps.alerts import shown_alerts
from coastwatch.maps.base import land, zones
from coastwatch.maps.charts import charts
from coastwatch.maps.choice import Choice
from coastwatch.maps.coverage import coverage, french_fault
from coastwatch.maps.density import density, heard
from coastwatch.maps.frame import Frame, centre, frame_of, unwrap
from coastwatch.maps.notes import Note, note
from coastwatch.maps.paths import Heads, chosen, heads_of, paths
from coastwatch.maps.removed import are_gone, removed
from coastwatch.maps.rows import COLUMNS, LAT_MAX, Rows, read_rows
from coastwatch.maps.text import seconds, words
from coastwatch.maps.thin import TOLERANCE_M
from coastwatch.model import Floats
from coastwatch.rule_names import SMALL_RULE
from coastwatch.site import Site

if TYPE_CHECKING:
    from coastwatch.store.run import Run

TRACKS_MOST = 10_000
TENTATIVE_MOST = 1_000
NOTES_MOST = 20
DEFAULTS = Choice()


def island(run: Run, choice: Choice = DEFAULTS) -> dict[str, Any]:
    """All that the page shows of a run, ready for JSON without NaN or infinity."""
    notes: list[Note] = removed(run.folder)
    rows, heads = _rows(run, choice, notes)
    alerts = shown_alerts(
        run.alerts, run.events, choice.from_s, choice.to_s, notes, zone_names(run.zones)
    )
    middle = _middle(run.site, rows, alerts)
    rows = replace(rows, lon=unwrap(rows.lon, middle))
    for alert in alerts:
        alert["lon"] = float(unwrap(np.array(alert["lon"]), middle))
    view = _view(run.site, _to_see(rows, heads), alerts, middle)
    window = view.padded()
    drawn_zones, faults = zones(run.zones, window)
    start_s, end_s = _span(rows, alerts)
    covered, unread = coverage(run.coverage, middle, start_s)
    own, missing = charts(choice.charts, window)
    tracks, tolerance_m = paths(rows, heads, run.vessels, Plane(run.site.origin), start_s)
    kept, within_m = sum(len(one["t"]) for one in tracks), math.ceil(tolerance_m)
    if tolerance_m > TOLERANCE_M:
        notes.append(
            note(
                f"{kept} of {len(rows)} points of tracks drawn, right within {within_m} m",
                f"{kept} points de piste sur {len(rows)} dessinés, justes à {within_m} m près",
            )
        )
    optional = {
        "removed": True if are_gone(run.folder) else None,
        "density": density(rows, heads, view),
        "heard": _heard(run, middle, view, notes),
        "tiles": choice.tiles.document() if choice.tiles else None,
    }
    return {
        "lang": choice.lang,
        "palette": choice.palette,
        "site": words(run.site.name, 80),
        "sensors": _sensors(run.site, middle),
        "start": start_s,
        "end": end_s,
        "view": [round(v, 5) for v in view.bounds()],
        "window": [round(v, 5) for v in window.bounds()],
        "land": land(window),
        "zones": drawn_zones,
        "charts": own,
        "chart_names": [words(path.name, 80) for path in choice.charts],
        "tracks": tracks,
        "points": {"rows": len(rows), "kept": kept, "tolerance_m": within_m},
        "coverage": covered,
        "alerts": alerts,
        "notes": _told(notes + unread + faults + missing),
    } | {key: value for key, value in optional.items() if value is not None}


def _told(notes: list[Note]) -> list[Note]:
    """The first remarks, and how many more there would be."""
    over = len(notes) - NOTES_MOST
    if over <= 0:
        return notes
    more = note(f"and {over} more of the kind", f"et {over} autres du même genre")
    return [*notes[:NOTES_MOST], more]


def _rows(run: Run, choice: Choice, notes: list[Note]) -> tuple[Rows, Heads]:
    """The rows to draw and their tracks; what is left out is noted."""
    rows, unusable = read_rows(run.columns(COLUMNS), choice.from_s, choice.to_s)
    if unusable:
        notes.append(
            note(
                f"{unusable} track rows without a usable time or place left out",
                f"{unusable} points de piste sans heure ou position utilisable omis",
            )
        )
    heads = heads_of(rows, alerted_s := _alerted(run.alerts, choice.to_s))
    drawn = chosen(rows, heads, TRACKS_MOST, TENTATIVE_MOST)
    if drawn.all():
        return rows, heads
    never = heads.confirmed_row < 0
    for (en, fr), those in (
        (("confirmed", "confirmées"), ~never),
        (("tentative", "provisoires"), never),
    ):
        if not drawn[those].all():
            some, all_ = int(drawn[those].sum()), int(those.sum())
            notes.append(note(
                f"{some} of {all_} {en} tracks in this page, all in tracks.parquet",
                f"{some} pistes {fr} sur {all_} dans cette page, toutes dans tracks.parquet",
            ))  # fmt: skip
    rows = rows.take(np.repeat(drawn, heads.last - heads.first + 1))
    return rows, heads_of(rows, alerted_s)


def _heard(run: Run, middle: float, view: Frame, notes: list[Note]) -> dict[str, Any] | None:
    try:
        return heard(run.coverage, middle, view)
    except ValueError as error:
        why = words(error, 80)
        notes.append(
            note(
                f"the coverage of AIS cannot be drawn: {why}",
                f"la couverture AIS ne peut être dessinée : {french_fault(why)}",
            )
        )
        return None


def _to_see(rows: Rows, heads: Heads) -> tuple[Floats, Floats]:
    """Places of the tracks that were confirmed, where any was: clutter sets no window."""
    real = np.repeat(heads.confirmed_row >= 0, heads.last - heads.first + 1)
    return (rows.lon[real], rows.lat[real]) if real.any() else (rows.lon, rows.lat)


def _alerted(alerts: Sequence[Mapping[str, Any]], until_s: float) -> dict[int, float]:
    """Track -> when an alert first called it a small unregistered craft, UTC seconds."""
    found: dict[int, float] = {}
    for alert in alerts:
        track, time_s = alert.get("track"), seconds(alert.get("time"))
        if alert.get("rule") != SMALL_RULE or not isinstance(track, int) or time_s is None:
            continue
        if time_s <= until_s:
            found[track] = min(time_s, found.get(track, time_s))
    return found


def _span(rows: Rows, alerts: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """First and last time of the picture, UTC seconds; of the alerts where there is no track."""
    times = rows.time_s if len(rows) else [a["time"] for a in alerts]
    return (float(np.min(times)), float(np.max(times))) if len(times) else (0.0, 0.0)


def _middle(site: Site, rows: Rows, alerts: Sequence[Mapping[str, Any]]) -> float:
    """The longitude that the picture unwraps around: of what was seen, else of the site."""
    seen = np.concatenate([rows.lon, [a["lon"] for a in alerts]])
    return centre(seen) if len(seen) else site.origin[0]


def _view(
    site: Site, seen: tuple[Floats, Floats], alerts: Sequence[Mapping[str, Any]], middle: float
) -> Frame:
    """What the page shows first: whole tracks and alerts, else the sensors and origin."""
    lon = np.concatenate([seen[0], [a["lon"] for a in alerts]])
    lat = np.concatenate([seen[1], [a["lat"] for a in alerts]])
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
