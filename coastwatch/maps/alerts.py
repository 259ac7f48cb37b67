"""A run's alerts for the page: where, why, who else is in it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coastwatch.alert_french import french_sentence
from coastwatch.maps.notes import Note, note
from coastwatch.maps.rows import LAT_MAX
from coastwatch.maps.text import evidence_rows, number, seconds, words
from coastwatch.model import PRIORITIES
from coastwatch.shown import clipped

ALERTS_MOST = 1_000
EVENTS_MOST, OTHERS_MOST, TEXT_MOST = 20, 20, 400
# Rules of collision: their tracks are dangerous targets while the alert holds (SN.1/Circ.243).
DANGERS = {"close-approach"}
# Where evidence names further tracks.
OTHERS = ("ship_track", "radar_track", "tracks")
OVER = ("rectified", "closed")
AGAIN = ("raised", "active again")

Events = Mapping[str, Sequence[tuple[float, str, str]]]  # of each alert: time, what, by


def shown_alerts(
    alerts: Sequence[Mapping[str, Any]], events: Events, from_s: float, to_s: float,
    notes: list[Note], zones: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The latest alerts of the span that have a place and a time, oldest first.

    ``zones`` are the names by id, for the French sentences; an alert that has none there keeps the
    English one alone.
    """
    placed = [shown | {"of": a} for a in alerts if (shown := _alert(a)) is not None]
    if lost := len(alerts) - len(placed):
        notes.append(
            note(
                f"{lost} alerts without a usable time or place left out",
                f"{lost} alertes sans heure ou position utilisable omises",
            )
        )
    drawn = [a for a in placed if from_s <= a["time"] <= to_s]
    if len(drawn) > ALERTS_MOST:
        notes.append(
            note(
                f"the latest {ALERTS_MOST} of {len(drawn)} alerts shown",
                f"les {ALERTS_MOST} dernières de {len(drawn)} alertes",
            )
        )
    drawn = sorted(drawn, key=lambda a: (a["time"], a["id"]))[-ALERTS_MOST:]
    for alert in drawn:
        alert |= _course(alert, events.get(alert["id"], ()))
        french = french_sentence(alert.pop("of"), zones or {})
        if french is not None:
            alert["french"] = clipped(french, TEXT_MOST)
        del alert["updated"]
    return drawn


def _alert(alert: Mapping[str, Any]) -> dict[str, Any] | None:
    time_s = seconds(alert.get("time"))
    lon, lat = number(alert.get("lon"), 5), number(alert.get("lat"), 5)
    if time_s is None or lon is None or lat is None or abs(lat) > LAT_MAX or abs(lon) > 540:
        return None
    shown: dict[str, Any] = {"time": time_s, "lon": lon, "lat": lat}
    for key, most in (("id", 64), ("rule", 60), ("zone", 80), ("text", TEXT_MOST), ("state", 40)):
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
    if alert.get("rule") in DANGERS:
        shown["danger"] = True
    others = _others(alert.get("evidence"), alert.get("track"))
    if others:
        shown["others"] = others
    shown["updated"] = seconds(alert.get("updated"))
    return shown


def _others(evidence: Any, own: Any) -> list[int]:
    """The other tracks that the evidence names."""
    if not isinstance(evidence, Mapping):
        return []
    named: list[Any] = []
    for key in OTHERS:
        value = evidence.get(key)
        named += value if isinstance(value, list) else [value]
    found = dict.fromkeys(t for t in named if type(t) is int and 0 <= t < 2**53 and t != own)
    return list(found)[:OTHERS_MOST]


def _course(alert: Mapping[str, Any], events: Sequence[tuple[float, str, str]]) -> dict[str, Any]:
    """What happened to the alert, and when it was over where it is."""
    until: float | None = None
    for time_s, what, _ in events:
        if what in AGAIN:
            until = None
        elif what in OVER and until is None:
            until = time_s
    state = alert["state"]
    if not events and state and not state.startswith("active"):
        until = alert["updated"]
    told: dict[str, Any] = {} if until is None else {"until": until}
    if events:
        told["events"] = [
            [round(time_s, 3), words(what, 40), words(by, 60)]
            for time_s, what, by in _both_ends(events)
        ]
    return told


def _both_ends(events: Sequence[Any]) -> Sequence[Any]:
    """How it began and how it ended, where there are more events than a page shows."""
    if len(events) <= EVENTS_MOST:
        return events
    return [*events[: EVENTS_MOST // 2], *events[-EVENTS_MOST // 2 :]]
