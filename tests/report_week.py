"""A made-up week in the Dover Strait, written by the real writers: for the report and its pictures.

``python -m tests.report_week OUT`` writes three runs (the week, the week before, the year before).
Ships keep to the lanes, ferries cross, fishing boats work, dinghies leave on calm nights. Two
outages: one radar on Thursday, everything from Saturday 14:00 to Sunday 02:00.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.incident import Call, IncidentLog
from coastwatch.incident.outcome import outcome_told, tell_outcome
from coastwatch.model import Alert, AlertEvent, Crossing, Tracks, Vessel
from coastwatch.sensors.coverage import promise
from coastwatch.site import load
from coastwatch.store.alerts import AlertLog, iso
from coastwatch.store.run import RunWriter, prepare_folder
from coastwatch.watch.zones import load_zones, zones_to_geojson

ROOT = Path(__file__).resolve().parents[1]
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK_S, DAY_S, HOUR_S, KNOT = 604_800.0, 86_400.0, 3_600.0, 1852 / 3600
SITE = f"""
[site]
name = "Dover Strait"
origin = [1.50, 51.00]
zones = ["{ROOT / "zones" / "dover-strait"}"]

[[sensor]]
id = "gris-nez"
kind = "radar"
position = [1.583, 50.870]
height_m = 60.0
range_max_m = 40000.0

[[sensor]]
id = "dover"
kind = "radar"
position = [1.345, 51.133]
height_m = 90.0
range_max_m = 40000.0

[[sensor]]
id = "ais-gris-nez"
kind = "ais"
position = [1.583, 50.870]

[[sensor]]
id = "ais-dover"
kind = "ais"
position = [1.345, 51.133]
"""
LANES = (
    ((1.02, 50.55), (1.43, 50.86), (1.72, 51.07), (2.05, 51.19)),
    ((2.02, 51.36), (1.77, 51.22), (1.62, 51.13), (1.34, 50.97), (0.98, 50.76)),
)
FERRY = ((1.83, 50.985), (1.70, 51.03), (1.45, 51.10), (1.37, 51.12))
BEACHES = ((1.597, 50.815), (1.660, 50.905), (1.705, 50.935), (1.750, 50.962), (1.575, 50.73))
FAR_SIDE = ((1.40, 51.02), (1.30, 51.03), (1.45, 51.05), (1.20, 50.98))
GROUNDS = ((1.42, 50.78), (1.50, 50.90), (1.86, 51.05), (1.30, 50.92), (1.95, 51.09))
# Metres of wave and metres a second of wind by day: calm nights are those on which people leave.
WAVES, WINDS = (1.6, 0.5, 0.4, 1.1, 0.5, 1.9, 1.2), (11.0, 4.0, 3.5, 8.0, 4.5, 14.0, 9.0)
SENSORS = ("gris-nez", "dover", "ais-gris-nez", "ais-dover")
RADAR_OFF = (3 * DAY_S + 3 * HOUR_S, 3 * DAY_S + 15.5 * HOUR_S)
LEAVE = (0, 9, 12, 1, 7, 0, 1)


class _Way:
    """One vessel's way: times and plane positions, and what is known of it."""

    def __init__(self, plane: Plane, way: Any, start_s: float, speed_kn: float, **known: Any):
        x, y = plane.to_xy(*np.array(way, float).T)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        self.x, self.y, self.t = x, y, start_s + along / (speed_kn * KNOT)
        self.known = {"mmsi": -1, "p_small": 0.1, "p_unregistered": 0.02, "p_fixed": 0.01} | known

    def at(self, time_s: float) -> tuple[float, float]:
        return (float(np.interp(time_s, self.t, self.x)), float(np.interp(time_s, self.t, self.y)))


def write_week(
    folder: Path,
    monday: datetime = MONDAY,
    seed: int = 1,
    step_s: float = 120.0,
    share: float = 1.0,
    outages: bool = True,
) -> Path:
    """A run's folder of one week; ``share`` scales the traffic, ``step_s`` the pictures."""
    rng = np.random.default_rng(seed)
    shutil.rmtree(folder, ignore_errors=True)
    prepare_folder(folder)
    (folder / "site.toml").write_text(SITE, encoding="utf-8")
    site = load(folder / "site.toml")
    zones = load_zones(site.zones)
    (folder / "zones.geojson").write_text(json.dumps(zones_to_geojson(zones)), encoding="utf-8")
    plane, start_s = Plane(site.origin), monday.timestamp()
    ways = _traffic(rng, plane, share)
    dark = [(5 * DAY_S + 14 * HOUR_S, 6 * DAY_S + 2 * HOUR_S)] if outages else []
    with RunWriter(folder, plane, AlertLog(folder)) as run:
        crossings = _pictures(run, ways, zones, plane, start_s, step_s, dark)
        told = _alerts(run, rng, ways, plane, start_s, dark)
        run.write_vessels(_vessels(ways, start_s))
        run.write_summary(_summary(start_s, len(ways), crossings, told, dark))
        run.write_coverage(_coverage(site, start_s, outages, dark, ways, plane))
    _incidents(folder, plane, ways, start_s, rng)
    return folder


def write_weather(path: Path, monday: datetime = MONDAY) -> Path:
    """The weather of that week, every three hours."""
    rng = np.random.default_rng(5)
    lines = ["time,wind_mps,wind_from_deg,wave_height_m,sea_state,visibility_m"]
    for k in range(56):
        at = monday + timedelta(hours=3 * k)
        day = at.weekday() + at.hour / 24
        wave = float(np.interp(day, np.arange(7) + 0.3, WAVES)) + rng.normal(0, 0.05)
        wind = float(np.interp(day, np.arange(7) + 0.3, WINDS)) + rng.normal(0, 0.5)
        sea = next(i for i, top in enumerate((0.1, 0.1, 0.5, 1.25, 2.5, 4.0, 99)) if wave <= top)
        lines.append(
            f"{at:%Y-%m-%dT%H:%MZ},{max(wind, 0.5):.1f},{(220 + 15 * day) % 360:.0f},"
            f"{max(wave, 0.2):.2f},{sea},{rng.choice([4000, 9000, 15000, 20000])}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _traffic(rng: np.random.Generator, plane: Plane, share: float) -> list[_Way]:
    ways: list[_Way] = []

    def add(way: Any, start_s: float, speed_kn: float, **known: Any) -> None:
        ways.append(_Way(plane, way, start_s, speed_kn, **known))

    number = iter(range(227_000_000, 228_000_000))
    for lane in LANES:
        for start_s in np.sort(rng.uniform(-3 * HOUR_S, WEEK_S, int(700 * share))):
            aside = rng.normal(0, 0.008)
            way = [(lon + rng.normal(0, 0.003), lat + aside) for lon, lat in lane]
            add(way, start_s, rng.uniform(9, 19), mmsi=next(number))
    for start_s in np.sort(rng.uniform(0, WEEK_S, int(380 * share))):
        hour = start_s % DAY_S / HOUR_S
        if hour > 5 or rng.random() < 0.5:
            way = [(lon + rng.normal(0, 0.006), lat + rng.normal(0, 0.005)) for lon, lat in FERRY]
            add(way[:: rng.choice([1, -1])], start_s, rng.uniform(15, 20), mmsi=next(number))
    for start_s in np.sort(rng.uniform(0, WEEK_S, int(60 * share))):
        at = np.array(GROUNDS[rng.integers(len(GROUNDS))]) + rng.normal(0, 0.02, 2)
        way = [at := at + rng.normal(0, 0.012, 2) for _ in range(18)]
        mmsi = next(number) if rng.random() < 0.6 else -1
        add(way, start_s, 3.5, mmsi=mmsi, p_small=0.6, p_unregistered=0.1 if mmsi > 0 else 0.6)
    for day, boats in enumerate(LEAVE):
        for _ in range(round(boats * share)):
            beach = np.array(BEACHES[rng.integers(len(BEACHES))]) + rng.normal(0, 0.008, 2)
            end = np.array(FAR_SIDE[rng.integers(len(FAR_SIDE))]) + rng.normal(0, 0.02, 2)
            way = [beach, beach * 0.6 + end * 0.4 + rng.normal(0, 0.012, 2), end]
            start_s = day * DAY_S + rng.triangular(1, 4.5, 9) * HOUR_S
            add(
                way,
                start_s,
                rng.uniform(3, 5.5),
                p_small=rng.uniform(0.85, 0.97),
                p_unregistered=rng.uniform(0.88, 0.99),
                dinghy=True,
            )
    for lon, lat in ((1.70, 50.99), (1.55, 50.90), (1.45, 50.72), (1.52, 51.12)):
        add([(lon, lat), (lon, lat + 1e-4)], 0.0, 1e-5, p_fixed=0.97, p_unregistered=0.3)
        ways[-1].t = np.array([0.0, WEEK_S])
    return ways


def _pictures(
    run: RunWriter,
    ways: list[_Way],
    zones: Any,
    plane: Plane,
    start_s: float,
    step_s: float,
    dark: list[tuple[float, float]],
) -> int:
    """Write every picture, and the crossings between one and the next; how many those were."""
    import shapely

    begin, end = (np.array([w.t[i] for w in ways]) for i in (0, -1))
    areas = [z for z in zones if z.geometry.geom_type == "Polygon"]
    tree = shapely.STRtree([z.geometry for z in areas])
    inside: set[tuple[int, int]] = set()
    count = 0
    for time_s in np.arange(0.0, WEEK_S, step_s):
        if any(a <= time_s < b for a, b in dark):
            inside = set()
            continue
        up = np.flatnonzero((begin <= time_s) & (time_s < end))
        xy = np.array([ways[i].at(time_s) for i in up]).reshape(-1, 2)
        ahead = np.array([ways[i].at(time_s + 10) for i in up]).reshape(-1, 2)
        ids = np.array([_id(i, time_s, dark) for i in up.tolist()], dtype=np.int64)
        run.write_tracks(_tracks(start_s + time_s, up, ids, xy, (ahead - xy) / 10, ways))
        lon, lat = plane.to_lonlat(*xy.T)
        found = tree.query(shapely.points(lon, lat), predicate="within")
        now = {(int(up[i]), int(z)) for i, z in found.T}
        place = {int(t): (float(a), float(b)) for t, a, b in zip(up, lon, lat, strict=True)}
        last = {t for t, _ in inside}
        told = [(t, z, "entry") for t, z in sorted(now - inside) if time_s and t in last]
        told += [(t, z, "exit") for t, z in sorted(inside - now) if t in place]
        run.write_crossings(
            Crossing(
                start_s + time_s,
                _id(t, time_s, dark),
                ways[t].known["mmsi"],
                areas[z].id,
                what,
                *place[t],
                0.98,
            )
            for t, z, what in told
        )
        inside, count = now, count + len(told)
    return count


def _tracks(time_s: float, up: Any, ids: Any, xy: Any, velocity: Any, ways: list[_Way]) -> Tracks:
    n = len(up)
    known = {k: np.array([ways[i].known[k] for i in up]) for k in ways[0].known}
    nan = np.full(n, np.nan)
    return Tracks(
        time_s,
        ids,
        np.column_stack([xy, velocity]),
        np.tile(np.diag([400.0, 400.0, 0.25, 0.25]), (n, 1, 1)),
        np.full(n, 0.98),
        np.ones(n, dtype=np.int64),
        known["mmsi"].astype(np.int64),
        np.ones(n),
        known["p_unregistered"].astype(float),
        known["p_small"].astype(float),
        known["p_fixed"].astype(float),
        nan,
        nan,
        nan,
        nan,
        np.full((n, 5), np.nan),
    )


RULES = (
    ("close-approach", "warning", 60),
    ("ais-gap", "caution", 24),
    ("drifting", "warning", 7),
    ("loitering", "caution", 14),
    ("tss-wrong-way", "warning", 5),
    ("zone-speed", "caution", 9),
    ("identity-change", "caution", 3),
)


def _alerts(
    run: RunWriter,
    rng: np.random.Generator,
    ways: list[_Way],
    plane: Plane,
    start_s: float,
    dark: list[tuple[float, float]],
) -> int:
    told: list[tuple[float, str, str, int]] = []
    for i, way in enumerate(ways):
        if way.known.get("dinghy"):
            told.append(
                (
                    way.t[0] + rng.uniform(300, 2400),
                    "small-unregistered-craft",
                    str(rng.choice(["warning", "alarm", "alarm"])),
                    i,
                )
            )
    ships = [i for i, w in enumerate(ways) if w.known["mmsi"] > 0 and w.t[0] >= 0]
    for rule, severity, number in RULES:
        for i in rng.choice(ships, min(number, len(ships)), replace=False).tolist():
            at = rng.uniform(ways[i].t[0], min(ways[i].t[-1], WEEK_S - 60))
            told.append((float(at), rule, severity, i))
    told = [one for one in told if not any(a <= one[0] < b for a, b in dark) and one[0] < WEEK_S]
    events = 0
    for number, (at, rule, severity, i) in enumerate(sorted(told)):
        alert = _alert(number, at, rule, severity, ways[i], _id(i, at, dark), plane, start_s, rng)
        life = _life(alert, rng, events)
        events += len(life)
        raised = [] if life[0].what == "held back" else [alert]
        run.write_alerts(raised, life, number + 1)
    silences = _silences(start_s, dark, len(told), events)
    for alert, life in silences:
        run.write_alerts([alert], life, len(told))
    return len(told) + len(silences)


def _silences(
    start_s: float, dark: list[tuple[float, float]], number: int, events: int
) -> list[tuple[Alert, list[AlertEvent]]]:
    """What the sensors' room says of outages, by the words that the uptime is read from."""
    spans = [(name, a, b) for a, b in dark for name in SENSORS]
    spans += [("dover", *RADAR_OFF)] if dark else []
    found = []
    for sensor, a, b in spans:
        evidence = {"silent_since_s": start_s + a, "silent_s": 60.0}
        alert = Alert(
            f"{number + len(found):020x}",
            start_s + a + 60,
            "sensor-silent",
            "warning",
            -1,
            -1,
            sensor,
            1.5,
            51.0,
            f"{sensor} is silent.",
            evidence,
        )
        told = {"text": alert.text, "severity": "warning"}
        over = {"silent_since_s": start_s + a, "silent_s": b - a}
        raised, rectified = "active-unacknowledged", "normal"
        found.append(
            (
                alert,
                [
                    AlertEvent(
                        alert.id,
                        alert.time_s,
                        "raised",
                        raised,
                        evidence=evidence,
                        number=events + 1,
                        **told,
                    ),
                    AlertEvent(
                        alert.id,
                        alert.time_s + 95,
                        "acknowledged",
                        "active-acknowledged",
                        "warning",
                        by="C. Wells",
                        role="technician",
                        number=events + 2,
                    ),
                    AlertEvent(
                        alert.id,
                        start_s + b,
                        "rectified",
                        rectified,
                        evidence=over,
                        number=events + 3,
                        **told,
                    ),
                ],
            )
        )
        events += 3
    return found


def _id(i: int, time_s: float, dark: list[tuple[float, float]]) -> int:
    """A track's number: what was lost in an outage is a new track after it."""
    return i + 1 + 10_000 * sum(bool(time_s >= b) for _, b in dark)


def _alert(
    number: int,
    at: float,
    rule: str,
    severity: str,
    way: _Way,
    track: int,
    plane: Plane,
    start_s: float,
    rng: np.random.Generator,
) -> Alert:
    lon, lat = (float(v) for v in plane.to_lonlat(*way.at(at)))
    small = rule == "small-unregistered-craft"
    evidence = {"watched_s": round(at - way.t[0], 1), "probability": 0.95} if small else {}
    if rule == "ais-gap":
        evidence = {"silent_min": round(float(rng.uniform(6, 9)), 1)}
    text = (
        f"Small craft without AIS (track {track}) heads for the lane."
        if small
        else (f"Vessel (MMSI {way.known['mmsi']}, track {track}): {rule.replace('-', ' ')}.")
    )
    return Alert(
        f"{number:020x}",
        start_s + at,
        rule,
        severity,
        track,
        way.known["mmsi"],
        "tss-sw-lane" if small else "",
        lon,
        lat,
        text,
        evidence,
    )


def _life(alert: Alert, rng: np.random.Generator, number: int) -> list[AlertEvent]:
    """What became of an alert: held back, or raised; seen; closed by a person, or over."""

    def event(after_s: float, what: str, state: str, **more: Any) -> AlertEvent:
        found.append(
            AlertEvent(
                alert.id,
                alert.time_s + after_s,
                what,
                state,
                alert.severity,
                number=number + len(found) + 1,
                **more,
            )
        )
        return found[-1]

    found: list[AlertEvent] = []
    told = {"text": alert.text, "evidence": alert.evidence}
    if alert.rule == "close-approach" and rng.random() < 0.1:
        return [event(0, "held back", "", **told)]
    caution = alert.severity == "caution"
    event(0, "raised", "active" if caution else "active-unacknowledged", **told)
    seen_s = float(rng.lognormal(3.9, 0.8))
    if not caution and rng.random() < 0.93:
        by = {"by": str(rng.choice(["A. Martin", "C. Wells"])), "role": "watch-officer"}
        event(seen_s, "acknowledged", "active-acknowledged", **by)
        if rng.random() < 0.25:
            why = str(rng.choice(["a buoy", "spoken to on VHF 16", "pilot boat", "lifeboat sent"]))
            event(seen_s + 200, "closed", "normal", reason=why, **by)
            return found
    if rng.random() < 0.9:
        end = "normal" if len(found) > 1 or caution else "rectified-unacknowledged"
        event(seen_s + float(rng.uniform(300, 4000)), "rectified", end)
    return found


def _vessels(ways: list[_Way], start_s: float) -> list[Vessel]:
    named = [w.known["mmsi"] for w in ways if w.known["mmsi"] > 0]
    return [Vessel(m, start_s, f"MV EXAMPLE {m % 1000}", ship_type=70) for m in named]


def _summary(start_s: float, tracks: int, crossings: int, alerts: int, dark: Any) -> dict[str, Any]:
    def feed(decoded: int, rejected: dict[str, int]) -> dict[str, Any]:
        return {
            "frames": decoded + sum(rejected.values()),
            "decoded": decoded,
            "rejected": rejected,
            "pending": 0,
            "expired": 0,
            "ignored": 0,
            "late": 0,
        }

    last = iso(start_s + WEEK_S - 60)
    sensors = {
        name: {
            "kind": kind,
            "rows": 90_000,
            "last_heard": last,
            "state": "over",
            "silent_episodes": len(dark),
        }
        for name, kind in (
            ("gris-nez", "radar"),
            ("dover", "radar"),
            ("ais-gris-nez", "ais"),
            ("ais-dover", "ais"),
        )
    }
    return {
        "site": "Dover Strait",
        "event_from": iso(start_s),
        "event_until": last,
        "feeds": {
            "ais-dover": feed(4_817_220, {"checksum": 1_904, "AIS payload too short": 77}),
            "ais-gris-nez": feed(5_120_411, {"checksum": 2_210}),
            "dover": feed(20_118_400, {}),
            "gris-nez": feed(21_640_012, {"block length outside its datagram": 3}),
        },
        "tracks": {"pictures": 0, "confirmed": tracks, "ended": 0, "counts": {}, "rows": 0},
        "crossings": crossings,
        "alerts": {"total": alerts},
        "sensors": sensors,
        "registration": {},
        "notes": [],
    }


def _coverage(
    site: Any, start_s: float, outages: bool, dark: Any, ways: list[_Way], plane: Plane
) -> dict[str, Any]:
    """As the sensors' room writes it: how often each cell of range and azimuth gave a plot."""
    radars = {}
    for sensor in site.sensors:
        if sensor.kind != "radar":
            continue
        azimuth, ring = np.meshgrid(np.arange(36), np.arange(10), indexing="ij")
        said = promise(sensor)
        # No ship passes close by, nor in a corner of the farthest sea.
        sea = ((said > 0) & (ring > 0) & ((azimuth + 3 * ring) % 36 > 1)).astype(int)
        share = 0.97 - 0.006 * ring**2
        if sensor.id == "dover":
            share -= np.where((azimuth == 13) & (ring > 2), 0.55, 0.0)  # a mast stands there
        share = np.round(np.clip(share, 0, 1), 3)
        looks = sea * 90_000
        silent = [(a, b) for a, b in dark]
        if outages and sensor.id == "dover":
            silent.insert(0, RADAR_OFF)
        grid = {
            name: [
                [v if s else None for v, s in zip(row, at, strict=True)]
                for row, at in zip(values.round(3).tolist(), sea.tolist(), strict=True)
            ]
            for name, values in (
                ("achieved", share),
                ("lower", share - 0.01),
                ("upper", share + 0.01),
            )
        }
        radars[sensor.id] = {
            "lon": sensor.position[0],
            "lat": sensor.position[1],
            "range_max_m": sensor.range_max_m,
            "horizon_m": 45_000.0,
            "azimuths": 36,
            "ranges": 10,
            "looks": looks.tolist(),
            "hits": np.round(looks * share).astype(int).tolist(),
            **grid,
            "promised": said.round(3).tolist(),
            "moving": False,
            "episodes": [
                {
                    "sensor": sensor.id,
                    "what": "silent",
                    "from": iso(start_s + a),
                    "until": iso(start_s + b),
                }
                for a, b in silent
            ],
        }
    return {"version": 1, "radars": radars, "ais": _books(site, ways, plane)}


def _books(site: Any, ways: list[_Way], plane: Plane) -> dict[str, Any]:
    """AIS reports due and heard by squares of 2 km: fewer the farther from the nearest antenna."""
    due: Counter[tuple[int, int]] = Counter()
    for way in ways:
        if way.known["mmsi"] > 0:
            for t in np.arange(way.t[0], way.t[-1], 120.0).tolist():
                x, y = (int(v // 2_000) for v in way.at(t))
                due[x, y] += 12
    squares = sorted(due)
    x, y = (np.array(squares, dtype=float).T + 0.5) * 2_000
    antennas = [plane.to_xy(*np.array(s.position)) for s in site.sensors if s.kind == "ais"]
    far = np.min([np.hypot(x - a, y - b) for a, b in antennas], axis=0)
    count = np.array([due[one] for one in squares])
    lon, lat = plane.to_lonlat(x, y)
    heard = (count * np.clip(1.0 - (far / 75_000) ** 2, 0.02, 0.98)).astype(int)
    return {
        "square_m": 2_000.0,
        "lon": np.round(lon, 5).tolist(),
        "lat": np.round(lat, 5).tolist(),
        "due": count.tolist(),
        "heard": heard.tolist(),
    }


ENDS = (
    (
        "SAR",
        "engine failure",
        ["motor pleasure craft over 8 m=assisted"],
        ["rescued=41"],
        ["vedette SNSM"],
    ),
    (
        "SAR",
        "leak",
        ["motor pleasure craft over 8 m=lost"],
        ["rescued=52", "missing=1", "dead=2"],
        ["patrouilleur", "hélicoptère", "vedette SNSM"],
    ),
    ("SAR", "sinking", ["motor pleasure craft under 8 m=lost"], ["rescued=33"], ["RNLI lifeboat"]),
    ("SAR", "uncertainty", ["motor pleasure craft over 8 m=overcame it alone"], ["unaided=38"], []),
    ("MAS", "fouled propeller", ["fishing vessel=towed"], ["assisted=3"], ["vedette SNSM"]),
    ("DIV", "false alert", [], ["false alert=2"], []),
    (
        "SAR",
        "engine failure",
        ["motor pleasure craft over 8 m=assisted"],
        ["rescued=47"],
        ["patrouilleur"],
    ),
)


def _incidents(
    folder: Path, plane: Plane, ways: list[_Way], start_s: float, rng: np.random.Generator
) -> None:
    boats = [w for w in ways if w.known.get("dinghy")][: len(ENDS) + 1]
    for number, way in enumerate(boats, 1):
        at = min(way.t[0] + 5400.0, WEEK_S - 60)
        lon, lat = (float(v) for v in plane.to_lonlat(*way.at(at)))
        call = Call(
            start_s + at,
            lon=lon,
            lat=lat,
            sigma_m=185.0,
            aboard_low=30.0,
            aboard_high=40.0,
            text="<b>Ali</b> is calling, many people",
            taken_by="C. Wells",
            caller=f"{rng.integers(16**6):06x}",
        )
        with IncidentLog(folder) as log, log.entry():
            incident = log.open()
            log.add(call, incident)
            log.tell(start_s + at, "opened", incident, "C. Wells", "as told", number)
        if number <= len(ENDS):
            told = outcome_told(*ENDS[number - 1])
            tell_outcome(folder, f"I{incident}", told, "A. Martin", start_s + at + 7200)


def main(out: Path) -> None:
    write_week(out / "w47")
    write_week(out / "w46", MONDAY - timedelta(days=7), 2, share=0.9, outages=False)
    write_week(out / "w47-2025", datetime(2025, 11, 17, tzinfo=UTC), 3, share=0.8, outages=False)
    write_weather(out / "weather.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
