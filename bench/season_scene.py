"""What a radar and an AIS station see of a scene of bench/season_cast: batches of detections."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from bench.season_cast import ORIGIN, Boat, Cast, Day
from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints, Kind
from coastwatch.simulate import radar as model
from coastwatch.simulate.motion import Motion
from coastwatch.simulate.scenario import Craft, Hull, Radar
from coastwatch.site import Sensor, Site

PACK = Path(__file__).resolve().parent.parent / "zones" / "dover-strait"
HOURS, PICTURE_S = 1.5, 6.0
NOISE_TIME_S, GNSS_M = 120.0, 6.0
STATION, HEARD, HORIZON_M = (1.583, 50.870), 0.88, 70_000.0
SEA_CLUTTER = (6.0, 15.0, 35.0)  # false plots a scan near the antenna: calm, moderate, rough
RADARS = (Radar("gris-nez", (1.583, 50.870), 60.0, 8, 17, 0, 0.4),)


class _Seen(Craft):
    """A boat as the radar's model takes it."""

    boat: Boat

    @property
    def hull(self) -> Hull:
        return Hull(self.boat.rcs_dbsm, self.boat.looks, self.boat.height_m)


@dataclass(frozen=True, slots=True)
class Scene:
    """Truth is (steps, boats) in the plane, a step a second; NaN where a boat is not there."""

    day: Day
    site: Site
    plane: Plane
    boats: list[Boat]
    x: Floats
    y: Floats
    seen: Detections  # all plots and reports, by time
    duration_s: float

    def batches(self, every_s: float = PICTURE_S) -> Iterator[tuple[float, Detections]]:
        """(time, all that came since the last), what ``Tracker.step`` takes."""
        times = self.day.start_s + np.arange(every_s, self.duration_s, every_s)
        begin = 0
        for time_s in times.tolist():
            end = int(np.searchsorted(self.seen.time_s, time_s, side="right"))
            yield time_s, self.seen.take(slice(begin, end))
            begin = end


def make(seed: int, hours: float = HOURS) -> Scene:
    """The scene of a seed: a random hour of a random day of 2026."""
    cast_rng, sail_rng, radio, *eyes = np.random.default_rng([seed, 6]).spawn(3 + len(RADARS))
    day, duration_s = Day.drawn(cast_rng), hours * 3600
    boats = Cast(day, duration_s, cast_rng).boats()
    plane = Plane(ORIGIN)
    motion = _sail(boats, duration_s, sail_rng)
    gone_s = np.array([b.start_s + sum(leg[2] for leg in b.legs) for b in boats])
    step = np.arange(len(motion.x_m))[:, None]
    there = (step >= motion.start_s) & (step <= gone_s)
    site = _site(RADARS, day)
    lonlat = plane.to_lonlat(motion.x_m, motion.y_m)
    found = [
        _plots(k, r, boats, motion, lonlat, gone_s, day, duration_s, eyes[k])
        for k, r in enumerate(RADARS)
    ]
    heard = _reports(len(RADARS), boats, motion, there, plane, day, radio)
    every = place(Detections.concat([*found, heard]), site, plane)
    every = every.take(np.argsort(every.time_s, kind="stable"))
    x, y = (np.where(there, column, np.nan) for column in (motion.x_m, motion.y_m))
    return Scene(day, site, plane, boats, x, y, every, duration_s)


def _site(radars: tuple[Radar, ...], day: Day) -> Site:
    sensors = [
        Sensor(r.id, "radar", r.position, r.height_m, r.range_max_m, r.scan_s, r.sigma_range_m,
               math.radians(r.sigma_azimuth_deg), detection_probability=0.8,
               clutter_per_scan=r.false_per_scan + SEA_CLUTTER[day.sea],
               amplitude_small_db=model.AMPLITUDE_SMALL_DBM)
        for r in radars
    ]  # fmt: skip
    sensors.append(Sensor("ais", "ais", STATION, 70.0, 75_000.0))
    return Site("season", ORIGIN, (PACK,), tuple(sensors), picture_s=PICTURE_S)


def _sail(boats: list[Boat], duration_s: float, rng: np.random.Generator) -> Motion:
    """The scripts with the lag of a hull, slow wander and unsteady speed."""
    steps = int(duration_s) + 2
    columns = [np.zeros((steps, len(boats))) for _ in range(5)]
    for i, boat in enumerate(boats):
        begin = int(boat.start_s)
        wanted = np.zeros((steps, 2))
        at = float(begin)
        for vx, vy, seconds in boat.legs:
            first, at = int(at), at + seconds
            wanted[first : int(min(at, steps))] = vx, vy
            if at >= steps:
                break
        turn, pace = _slow(rng, steps) * boat.wander_rad, 1 + _slow(rng, steps) * boat.unsteady
        v = np.column_stack([
            pace * (wanted[:, 0] * np.cos(turn) + wanted[:, 1] * np.sin(turn)),
            pace * (wanted[:, 1] * np.cos(turn) - wanted[:, 0] * np.sin(turn)),
        ])  # fmt: skip
        a = math.exp(-1 / boat.lag_s)
        rest = v[begin] if begin == 0 else np.zeros(2)
        v, _ = lfilter([1 - a], [1, -a], v, axis=0, zi=(a * rest)[None])
        v[: begin + 1] = v[begin]
        gone = np.cumsum(np.where(np.arange(steps)[:, None] > begin, v, 0.0), axis=0)
        swing = boat.swing_m * np.column_stack([_slow(rng, steps), _slow(rng, steps)])
        place_ = np.array(boat.xy) + gone + swing
        moving = np.hypot(*v.T) > 1e-3
        heading = np.unwrap(np.where(moving, np.arctan2(v[:, 0], v[:, 1]), 0.0))
        for column, value in zip(columns, (*place_.T, heading, np.hypot(*v.T)), strict=False):
            column[:, i] = value
    columns[4][1:] = np.diff(columns[2], axis=0)
    return Motion(*columns, np.array([b.start_s for b in boats]))


def _slow(rng: np.random.Generator, steps: int) -> Floats:
    """First-order Gauss-Markov noise of variance one."""
    a = math.exp(-1 / NOISE_TIME_S)
    white = rng.standard_normal(steps)
    white[0] /= math.sqrt(1 - a * a)
    return np.asarray(lfilter([math.sqrt(1 - a * a)], [1, -a], white))


def _plots(
    index: int, radar: Radar, boats: list[Boat], motion: Motion, lonlat: tuple[Floats, Floats],
    gone_s: Floats, day: Day, duration_s: float, rng: np.random.Generator,
) -> Detections:  # fmt: skip
    craft = []
    for b in boats:
        seen = _Seen(b.kind, b.kind, b.length_m, (ORIGIN,), beam_m=b.beam_m)
        object.__setattr__(seen, "boat", b)
        craft.append(seen)
    radar = Radar(radar.id, radar.position, radar.height_m, 0, 0, 0, radar.phase_s,
                  sea_clutter_per_scan=SEA_CLUTTER[day.sea])  # fmt: skip
    p = model.look(radar, craft, motion, lonlat, duration_s, rng)
    there = (p.craft < 0) | (p.time_s <= gone_s[p.craft])
    n = int(there.sum())
    return Detections.of(
        time_s=day.start_s + p.time_s[there], sensor=np.full(n, index),
        kind=np.full(n, int(Kind.PLOT)), range_m=p.range_m[there],
        azimuth_rad=p.azimuth_rad[there], amplitude_db=p.amplitude_dbm[there],
    )  # fmt: skip


def _reports(
    index: int, boats: list[Boat], motion: Motion, there: Floats, plane: Plane, day: Day,
    rng: np.random.Generator,
) -> Detections:  # fmt: skip
    """ITU-R M.1371-5 intervals; a share is lost at any range, the rest beyond the horizon."""
    parts, (sx, sy) = [Detections.empty()], plane.to_xy(*STATION)
    for i in [i for i, b in enumerate(boats) if b.grade]:
        fast = motion.speed_mps[:, i].max() > 14 * 0.5144
        every = 30.0 if boats[i].grade == "B" else 6.0 if fast else 10.0
        sent = np.arange(rng.uniform(0, every), len(there) - 1, every)
        sent = sent[rng.random(len(sent)) < HEARD]
        k: Ints = sent.astype(np.int64)
        near = np.hypot(motion.x_m[k, i] - sx, motion.y_m[k, i] - sy) < HORIZON_M
        sent, k = sent[there[k, i] & near], k[there[k, i] & near]
        if len(k):
            parts.append(_told(index, i, boats[i], sent, k, motion, plane, day, rng))
    return Detections.concat(parts)


def _told(
    index: int, i: int, boat: Boat, sent: Floats, k: Ints, motion: Motion, plane: Plane, day: Day,
    rng: np.random.Generator,
) -> Detections:  # fmt: skip
    x, y = (column[k, i] + GNSS_M * rng.standard_normal(len(k))
            for column in (motion.x_m, motion.y_m))  # fmt: skip
    lon, lat = plane.to_lonlat(x, y)
    sog, cog = plane.course(lon, lat, motion.vx_mps[k, i], motion.vy_mps[k, i])
    told = Detections.of(
        time_s=day.start_s + sent, sensor=np.full(len(k), index), lon=lon, lat=lat,
        kind=np.full(len(k), int(Kind.REPORT)), sog_mps=sog, cog_rad=cog,
        mmsi=np.full(len(k), 227_000_001 + i),
    )  # fmt: skip
    if boat.grade == "A":
        told.heading_rad[:], told.nav_status[:] = cog, 0
    return told
