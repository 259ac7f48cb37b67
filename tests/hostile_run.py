"""A run's folder in which every free text is of one's choosing: for the tests of safe text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from coastwatch.incident import Call, IncidentLog
from coastwatch.incident.outcome import outcome_told, tell_outcome
from coastwatch.model import Alert, AlertEvent
from coastwatch.store.alerts import AlertLog
from tests.maps_run import START_S, track, write_run, zone

SENSORS = """
[[sensor]]
id = {id}
kind = "radar"
position = [1.583, 50.870]
range_max_m = 40000.0
"""


def write_texts(folder: Path, texts: Sequence[str], one: str) -> Path:
    """A run with a vessel, a zone, an alert and a call for help for each text.

    Each text is name, call sign, destination and safety text of its vessel, every word of its zone
    and of its alert (with its evidence, the officer's name and the reason). ``one`` names what a
    run has one of: the site, its sensor, its feed.
    """
    tracks, vessels, zones = [], [], []
    for i, text in enumerate(texts):
        lon, lat = 1.2 + 0.005 * i, 50.8 + 0.02 * (i % 10)
        mmsi = 227_000_000 + i
        tracks.append(track(i, [(lon, lat), (lon + 0.05, lat)], step_s=600.0, mmsi=mmsi))
        vessels.append({"mmsi": mmsi, "time_s": START_S, "name": text, "callsign": text,
                        "destination": text, "eta": text, "safety_text": text})  # fmt: skip
        ring = [[lon, lat], [lon + 0.02, lat], [lon + 0.02, lat + 0.01], [lon, lat]]
        told = {"note": text, "source": text, "rules": [text], "valid_from": text}
        zones.append(zone(f"{i} {text}", text, "tss-lane", [ring], **told))
    told_of = SENSORS.format(id=json.dumps(_toml(one)))
    write_run(folder, tracks, [], zones, vessels, name=_toml(one), sensors=told_of)
    # A zone pack and an act with a lone surrogate are refused, so none reaches the logs.
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    _alerts(folder, whole)
    crossings = [{"track": i, "mmsi": None, "zone": text, "what": "entry", "lon": 1.4, "lat": 50.9,
                  "p": 0.9, "time": "2026-05-12T04:20:00.000Z"}
                 for i, text in enumerate(texts)]  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in crossings)
    (folder / "crossings.jsonl").write_text(lines, encoding="utf-8")
    feed = {"frames": 3, "decoded": 2, "rejected": {one: 1}, "pending": 0, "expired": 0,
            "ignored": 0, "late": 0}  # fmt: skip
    told = {"feeds": {one: feed}, "event_from": "2026-05-12T04:00:00+00:00",
            "event_until": "2026-05-12T05:00:00+00:00"}  # fmt: skip
    (folder / "summary.json").write_text(json.dumps(told), encoding="utf-8")
    # Who calls at once is weighed with all others: so ten calls hold the texts.
    _incidents(folder, ["\n".join(whole[k::10]) for k in range(10)])
    return folder


def _alerts(folder: Path, texts: Sequence[str]) -> None:
    """Raised, acknowledged and closed, through the real log."""
    (folder / "alerts.jsonl").unlink(missing_ok=True)
    log = AlertLog(folder)
    for i, text in enumerate(texts):
        evidence = {text: text, "list": [text], "speed_kn": 3.0}
        at = START_S + 600 + i
        raised = Alert(f"a{i:015x}", at, text, "warning", i, -1, text, 1.4, 50.9, text, evidence)
        events = [
            AlertEvent(raised.id, at + after, what, state, "warning", number=3 * i + k + 1, **more)
            for k, (after, what, state, more) in enumerate([
                (0, "raised", "active-unacknowledged", {"text": text, "evidence": evidence}),
                (9, "acknowledged", "active-acknowledged", {"by": text, "role": text}),
                (20, "closed", "normal", {"by": text, "role": text, "reason": text}),
            ])
        ]  # fmt: skip
        log.write([raised], events, i + 1)
    log.close()


def _incidents(folder: Path, texts: Sequence[str]) -> None:
    with IncidentLog(folder) as log, log.entry():
        for text in texts:
            call = Call(START_S + 900, lon=1.4, lat=50.9, text=text, place=text, taken_by=text)
            log.add(call, log.open())
    for i, text in enumerate(texts, 1):
        told = outcome_told("SAR", "collision", [], [], [text])
        tell_outcome(folder, f"I{i}", told, text, START_S + 2000)


def _toml(text: str) -> str:
    """What TOML carries of a text in the escapes of JSON: controls, too, no half a character."""
    return "".join(c for c in text if c < "\ud800" and c != "\x7f")
