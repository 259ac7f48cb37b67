"""What a day's hulls put on the air and before a radar, and what is received of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.watch_sail import ANCHORED, KNOT, MOORED, ORIGIN, PLANE, STEP_S, Hull, Path
from coastwatch.geo.place import place
from coastwatch.geo.polar import lonlat_to_polar
from coastwatch.model import Detections, Floats, Ints, Kind, Vessel
from coastwatch.simulate.ais import hearing_probability
from coastwatch.simulate.dover import DOVER_CROSSING
from coastwatch.site import Sensor, Site

START_S = 1_795_046_400.0  # midnight UTC of a November day
PICTURE_S = 5.0
GNSS_M, SOG_MPS = 5.0, 0.05
STATIC_S = 360.0
# Class B waits for a free slot, and sends with 2 W: of its reports more are lost.
LOST_B, HEIGHT_M = 0.25, {"A": 25.0, "B": 4.0}
TURN_RAD_S = float(np.radians(5.0)) / 15.0
STATIONS = DOVER_CROSSING.stations
SMALL_KINDS = ("yacht", "boat", "pilot", "rescue", "fishing")
SMALL_DB = 20.0
CREEP_MPS = 2.0
BEACONS = 970_000_000
RADAR = Sensor(
    "gris-nez", "radar", (1.583, 50.870), 60.0, range_max_m=35_000.0, scan_s=PICTURE_S,
    detection_probability=0.85, clutter_per_scan=3.0, amplitude_small_db=SMALL_DB,
)  # fmt: skip


def site(rules: dict[str, dict[str, float | bool]]) -> Site:
    """Two AIS stations and one radar."""
    stations = tuple(Sensor(s.id, "ais", s.position, s.height_m) for s in STATIONS)
    return Site("Dover Strait, a day", ORIGIN, sensors=(*stations, RADAR), rules=rules,
                picture_s=PICTURE_S)  # fmt: skip


@dataclass(slots=True)
class Air:
    """All that is received in a day: reports and plots by time, statics by time."""

    site: Site
    detections: Detections
    vessels: list[Vessel]

    def pictures(self, until_s: float) -> Iterator[tuple[float, Detections, list[Vessel]]]:
        """(event time, detections, statics) of each picture."""
        times = START_S + np.arange(PICTURE_S, until_s + 1e-6, PICTURE_S)
        said = np.array([v.time_s for v in self.vessels])
        rows = np.searchsorted(self.detections.time_s, times, side="right")
        words = np.searchsorted(said, times, side="right")
        row = word = 0
        for time_s, row_end, word_end in zip(
            times.tolist(), rows.tolist(), words.tolist(), strict=True
        ):
            batch = self.detections.take(slice(row, row_end))
            yield time_s, place(batch, self.site, PLANE), self.vessels[word:word_end]
            row, word = row_end, word_end


def receive(
    hulls: Sequence[Hull], paths: Sequence[Path], where: Site, rng: np.random.Generator
) -> Air:
    """What the site's stations and radar receive of hulls that sail these paths."""
    parts: list[Detections] = []
    vessels: list[Vessel] = []
    for hull, path in zip(hulls, paths, strict=True):
        if hull.grade:
            parts.append(_reports(hull, path, rng))
            vessels += _statics(hull, path, rng)
        parts.append(_plots(hull, path, len(STATIONS), rng))
    parts.append(_clutter(max(p.times_s[-1] for p in paths), len(STATIONS), rng))
    whole = Detections.concat(parts)
    vessels.sort(key=lambda v: (v.time_s, v.mmsi))
    return Air(where, whole.take(np.argsort(whole.time_s, kind="stable")), vessels)


def _reports(hull: Hull, path: Path, rng: np.random.Generator) -> Detections:
    """The reports of one hull that are heard."""
    time_s = _sent(hull, path, rng)
    x, y, vx, vy = (path.between(c, time_s) for c in (path.x, path.y, path.vx, path.vy))
    lon, lat = PLANE.to_lonlat(x, y)
    p = _heard(hull.grade, lon, lat)
    for begin, end, east, north in (*hull.strays, *hull.jumps):
        creeps = (begin, end, east, north) in hull.strays
        told = (
            np.minimum(CREEP_MPS * (time_s - begin) / np.hypot(east, north), 1.0) if creeps else 1.0
        )
        off = np.where((time_s >= begin) & (time_s < end), told, 0.0)
        x, y = x + off * east, y + off * north
    rows = np.flatnonzero(rng.random(len(time_s)) < 1 - np.prod(1 - p, axis=0))
    n, t = len(rows), time_s[rows]
    noise = rng.standard_normal((4, n))
    lon, lat = PLANE.to_lonlat(x[rows] + GNSS_M * noise[0], y[rows] + GNSS_M * noise[1])
    sog, cog = PLANE.course(lon, lat, vx[rows] + SOG_MPS * noise[2], vy[rows] + SOG_MPS * noise[3])
    step = np.clip(((t - path.start_s) / STEP_S).astype(np.int64), 0, len(path.x) - 1)
    bow = path.heading[step]
    _, heading = PLANE.course(lon, lat, np.sin(bow), np.cos(bow))
    is_a = hull.grade == "A"
    return Detections.of(
        time_s=START_S + t, sensor=np.argmax(p[:, rows], axis=0) if n else np.empty(0, np.int64),
        kind=np.full(n, int(Kind.REPORT)), lon=np.round(lon * 6e5) / 6e5,
        lat=np.round(lat * 6e5) / 6e5, sigma_m=np.full(n, 10.0),
        sog_mps=np.round(sog / KNOT, 1) * KNOT, cog_rad=np.radians(np.round(np.degrees(cog), 1)),
        heading_rad=np.radians(np.round(np.degrees(heading))) if is_a else np.full(n, np.nan),
        mmsi=np.full(n, hull.mmsi), nav_status=path.status[step] if is_a else np.full(n, -1),
        extent_m=np.full(n, hull.length_m), ahead_m=np.zeros(n), starboard_m=np.zeros(n),
    )  # fmt: skip


def _sent(hull: Hull, path: Path, rng: np.random.Generator) -> Floats:
    """When a set reports, by ITU-R M.1371-5: by class, speed, status and rate of turn."""
    knots, times_s = path.sog / KNOT, path.times_s
    if hull.grade == "A":
        turn = np.abs(np.gradient(np.unwrap(path.heading), STEP_S)) > TURN_RAD_S
        every = np.where(knots > 23, 2.0, np.where(turn, 10 / 3, 10.0))
        every = np.where((knots > 14) & (knots <= 23), np.where(turn, 2.0, 6.0), every)
        lies = (path.status == ANCHORED) | (path.status == MOORED)
        every = np.where(lies & (knots <= 3), 180.0, every)
    else:
        every = np.where(knots <= 2, 180.0, 30.0)
    done = np.cumsum(STEP_S / every) + rng.random()
    count = np.arange(np.ceil(done[0]), done[-1])
    sent = np.interp(count, done, times_s) + rng.uniform(-0.02, 0.02, len(count)) * 10
    off = np.zeros(len(sent), dtype=np.bool_)
    for begin, end in hull.silent:
        off |= (sent >= begin) & (sent < end)
    return np.asarray(np.sort(sent[~off]).clip(times_s[0], times_s[-1]))


def _heard(grade: str, lon: Floats, lat: Floats) -> Floats:
    """(stations, n) the probability that each receives a report."""
    rows = []
    for station in STATIONS:
        range_m, _ = lonlat_to_polar(*station.position, station.height_m, lon, lat)
        p = hearing_probability(station, np.full(len(lon), HEIGHT_M[grade]), range_m)
        rows.append(p * (1 - LOST_B if grade == "B" else 1.0))
    return np.array(rows)


def _statics(hull: Hull, path: Path, rng: np.random.Generator) -> Iterator[Vessel]:
    times_s = np.arange(path.times_s[0] + rng.uniform(0, STATIC_S), path.times_s[-1], STATIC_S)
    lon, lat = PLANE.to_lonlat(path.between(path.x, times_s), path.between(path.y, times_s))
    p = 1 - np.prod(1 - _heard(hull.grade, lon, lat), axis=0)
    heard = rng.random(len(times_s)) < p
    for begin, end in hull.silent:
        heard &= (times_s < begin) | (times_s >= end)
    if hull.mmsi >= BEACONS:
        return
    imo = _imo(hull.mmsi) if hull.grade == "A" and hull.length_m > 40 else None
    for time_s in times_s[heard].tolist():
        said: dict[str, object] = {
            "name": hull.name.upper(), "callsign": f"C{hull.mmsi % 1_000_000}", "imo": imo,
            "ship_type": hull.ship_type, "length_m": hull.length_m,
            "beam_m": float(round(hull.length_m / 6.5)), "destination": hull.destination,
        }  # fmt: skip
        for since_s, words in hull.says:
            said |= words if time_s >= since_s else {}
        yield Vessel(hull.mmsi, START_S + time_s, **said)  # type: ignore[arg-type]


def _imo(mmsi: int) -> int:
    """A number of seven digits that keeps to its check digit (IMO A.1117(30))."""
    digits = [9, *(int(d) for d in f"{mmsi % 100_000:05d}")]
    check = sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=True)) % 10
    return int("".join(map(str, [*digits, check])))


def _plots(hull: Hull, path: Path, sensor: int, rng: np.random.Generator) -> Detections:
    """One plot a scan, where the hull is near enough and shows."""
    first, last = path.times_s[[0, -1]]
    times_s = np.arange(np.ceil(first / PICTURE_S) * PICTURE_S, last, PICTURE_S) - 1.0
    times_s = times_s[times_s >= first]
    lon, lat = PLANE.to_lonlat(path.between(path.x, times_s), path.between(path.y, times_s))
    range_m, azimuth = lonlat_to_polar(*RADAR.position, RADAR.height_m, lon, lat)
    small = hull.kind in SMALL_KINDS
    share = np.clip(range_m / RADAR.range_max_m, 0, 1)
    pd = 0.92 - 0.5 * share**2 if small else np.full(len(times_s), 0.96)
    rows = np.flatnonzero((range_m < RADAR.range_max_m) & (rng.random(len(times_s)) < pd))
    level = SMALL_DB - 6.0 if small else SMALL_DB + 14.0
    return _seen(times_s[rows], range_m[rows], azimuth[rows], level, sensor, rng)


def _clutter(until_s: float, sensor: int, rng: np.random.Generator) -> Detections:
    scans = np.arange(PICTURE_S, until_s, PICTURE_S) - 1.0
    times_s = np.repeat(scans, rng.poisson(RADAR.clutter_per_scan, len(scans)))
    n = len(times_s)
    reach = RADAR.range_max_m * np.sqrt(rng.random(n))
    return _seen(times_s, reach, rng.uniform(0, 2 * np.pi, n), SMALL_DB - 6.0, sensor, rng)


def _seen(
    times_s: Floats, range_m: Floats, azimuth: Floats, level_db: float, sensor: int,
    rng: np.random.Generator,
) -> Detections:  # fmt: skip
    n = len(times_s)
    noise = rng.standard_normal((3, n))
    return Detections.of(
        time_s=START_S + times_s, sensor=np.full(n, sensor), kind=np.full(n, int(Kind.PLOT)),
        range_m=np.maximum(range_m + RADAR.sigma_range_m * noise[0], 1.0),
        azimuth_rad=np.remainder(azimuth + RADAR.sigma_azimuth_rad * noise[1], 2 * np.pi),
        amplitude_db=level_db + 3.0 * noise[2],
    )  # fmt: skip


def rows_at(paths: Sequence[Path], time_s: float) -> tuple[Ints, Floats]:
    """Which hulls are there at a time of the day, and their places (k, 2)."""
    here = [i for i, p in enumerate(paths) if p.start_s <= time_s <= p.times_s[-1]]
    at = [(paths[i].between(paths[i].x, np.array(time_s)),
           paths[i].between(paths[i].y, np.array(time_s))) for i in here]  # fmt: skip
    return np.array(here, dtype=np.int64), np.array(at, dtype=np.float64).reshape(-1, 2)
