"""The alerts about sensors: what they say, on what evidence, under which id."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np

from coastwatch.geo.polar import polar_to_lonlat
from coastwatch.model import Say
from coastwatch.sensors.radar import Radar
from coastwatch.sensors.sight import EVIDENCE, Blind
from coastwatch.sensors.silence import Life
from coastwatch.site import Sensor

SILENT, BLIND = "sensor-silent", "sensor-blind-sector"
VERSION = 1
KINDS = {"radar": "Radar", "ais": "AIS station"}


def silent(sensor: Sensor, life: Life, radar: Radar | None, alone: int, now_s: float) -> Say:
    """A sensor is silent; ``alone``: the tracks that only it has seen of late."""
    silent_s = now_s - life.silent_since_s
    evidence: dict[str, Any] = {
        "silent_since_s": round(life.silent_since_s, 3),
        "silent_s": round(silent_s, 3),
        "allowed_s": round(life.allowed_s, 3),
        "tracks_alone": alone,
    }
    since = f"{_name(sensor)} is silent since {clock(life.silent_since_s)}"
    if radar is None:
        evidence["reports_per_minute"] = round(60 * life.rate, 2)
        missed = f"about {life.rate * silent_s:.0f} reports missed"
    else:
        turn_s = radar.antenna.period_s
        evidence["rotation_s"] = round(turn_s, 3)
        evidence["scans_missed"] = round(silent_s / turn_s, 2)
        evidence["plots_per_scan"] = round(float(radar.sight.usual.sum()), 2)
        missed = f"{math.floor(silent_s / turn_s + 1e-9)} scans missed"
    what = "What it alone saw is now not watched"
    if alone:
        what += f": {alone} {'track' if alone == 1 else 'tracks'} at present"
    place = (radar.lon, radar.lat) if radar else sensor.position
    return _say(SILENT, (sensor.id,), sensor, place, now_s, f"{since}: {missed}. {what}.", evidence)


def heard(sensor: Sensor, life: Life, radar: Radar | None, now_s: float) -> Say:
    """A silent sensor is heard again."""
    silent_s = life.back_s - life.silent_since_s
    evidence = {
        "silent_since_s": round(life.silent_since_s, 3),
        "heard_again_s": round(life.back_s, 3),
        "silent_s": round(silent_s, 3),
    }
    text = (
        f"{_name(sensor)} is heard again since {clock(life.back_s)}; "
        f"it was silent for {_long(silent_s)}."
    )
    place = (radar.lon, radar.lat) if radar else sensor.position
    return _say(SILENT, (sensor.id,), sensor, place, now_s, text, evidence, over=True)


def blind(radar: Radar, b: Blind, now_s: float) -> Say:
    """Sectors of a radar show nothing any more."""
    turn_s = radar.antenna.period_s
    evidence = _sector(b) | {
        "passes": b.passes,
        "plots_expected": round(b.expected, 2),
        "plots_seen": 0,
        "vessels_lost": b.vessels,
        "evidence": round(b.evidence, 2),
        "evidence_asked": EVIDENCE,
        "rotation_s": round(turn_s, 3),
    }
    text = (
        f"{_name(radar.sensor)} sees nothing {_between(b)} "
        f"since {clock(now_s - b.passes * turn_s)}, "
        f"though it turns: {b.expected:.0f} plots expected in {b.passes} scans, none came"
    )
    if b.vessels:
        text += f", and {b.vessels} {'vessel' if b.vessels == 1 else 'vessels'} lost from its sight"
    text += ". What it alone saw there is now not watched."
    return _say(
        BLIND, (radar.sensor.id, b.began), radar.sensor, centre(radar, b), now_s, text, evidence
    )


def sees(radar: Radar, b: Blind, since_s: float, now_s: float) -> Say:
    """Sectors that were blind show plots again; they were blind since ``since_s``."""
    evidence = _sector(b) | {
        "blind_since_s": round(since_s, 3),
        "blind_s": round(now_s - since_s, 3),
    }
    text = (
        f"{_name(radar.sensor)} sees again {_between(b)}; it was blind there for "
        f"{_long(now_s - since_s)}."
    )
    return _say(
        BLIND, (radar.sensor.id, b.began), radar.sensor, centre(radar, b), now_s, text, evidence,
        over=True,
    )  # fmt: skip


def centre(radar: Radar, b: Blind) -> tuple[float, float]:
    """The middle of a blind sector; the radar itself where all of it is blind."""
    low, high = b.azimuths_deg
    if (low, high) == (0.0, 360.0):
        return radar.lon, radar.lat
    middle = np.radians(low + (high - low) % 360.0 / 2)
    lon, lat = polar_to_lonlat(radar.lon, radar.lat, 0.0, radar.sensor.range_max_m / 2, middle)
    return float(lon), float(lat)


def clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(round(time_s), UTC):%H:%M:%S} UTC"


def _name(sensor: Sensor) -> str:
    return f"{KINDS.get(sensor.kind, 'Sensor')} {sensor.id}"


def _between(b: Blind) -> str:
    low, high = b.azimuths_deg
    return "in any direction" if high - low == 360.0 else f"between {low:03.0f}° and {high:03.0f}°"


def _sector(b: Blind) -> dict[str, Any]:
    low, high = b.azimuths_deg
    return {"azimuth_from_deg": low, "azimuth_to_deg": high}


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _say(
    rule: str,
    about: tuple[str | int, ...],
    sensor: Sensor,
    place: tuple[float, float],
    time_s: float,
    text: str,
    evidence: dict[str, Any],
    over: bool = False,
) -> Say:
    return Say(
        rule=rule, version=VERSION, about=about, time_s=time_s, priority="warning", track=-1,
        mmsi=-1, zone=sensor.id, lon=place[0], lat=place[1], text=text,
        evidence=evidence | {"rule_version": VERSION}, over=over,
    )  # fmt: skip
