"""A radar and an AIS station over simulated traffic, picture by picture: for tests of health."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from coastwatch.geo.place import place
from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Kind, Say, Status, Tracks
from coastwatch.sensors.health import Health
from coastwatch.site import Sensor, Site

ORIGIN, T0 = (1.5, 51.0), 1_790_000_000.0
PLANE = Plane(ORIGIN)
RADAR = Sensor("gris-nez", "radar", ORIGIN, height_m=60.0, detection_probability=0.85)
STATION = Sensor("ais-dover", "ais", ORIGIN, range_max_m=75_000.0)
SITE = Site("Strait", ORIGIN, sensors=(RADAR, STATION))
RANGE_M = 36_000.0


@dataclass
class Scene:
    """What happens, in seconds from ``T0``; azimuths in degrees."""

    seconds: float
    seed: int = 1
    vessels: int = 40
    false: float = 20.0  # plots a turn
    pd: float = 0.85
    marks: int = 8  # a turn; 0 for a radar that sends none
    turn_s: float = 3.0
    slow: tuple[float, float] | None = None  # from when, to what period
    dead: tuple[float, float] | None = None
    blind: tuple[float, float, float, float] | None = None  # from, until, azimuths
    station_dead: tuple[float, float] | None = None
    ports: float = 0.0  # share of the vessels' time in a berth that the radar does not see
    step_s: float = 1.0
    bias_rad: float = 0.0
    site: Site = field(default=SITE)


def pictures(scene: Scene) -> Iterator[tuple[Detections, Tracks, float]]:
    """Rows of each picture, placed and in order of time, the tracks after them, and the time."""
    rng = np.random.default_rng(scene.seed)
    n = scene.vessels
    xy, v = np.empty((n, 2)), np.empty((n, 2))
    _launch(np.arange(n), xy, v, rng, anywhere=True)
    ids, next_id = np.arange(1, n + 1), n + 1
    berth = np.zeros(n, dtype=bool)
    seen = np.full((n, 3), np.nan)
    due = rng.uniform(0, 10, n)
    turned, t = rng.uniform(0, 1), 0.0
    while t < scene.seconds:
        dt = scene.step_s
        period = scene.slow[1] if scene.slow and t >= scene.slow[0] else scene.turn_s
        rows = []
        xy += v * dt * ~berth[:, None]
        out = np.flatnonzero(np.hypot(*xy.T) > 1.1 * RANGE_M)
        _launch(out, xy, v, rng)
        ids[out], seen[out] = np.arange(next_id, next_id + len(out)), np.nan
        next_id += len(out)
        if scene.ports:
            change = rng.random(n) < dt / 3_600 * np.where(berth, 1.0, scene.ports)
            berth ^= change
        if not _within(t, scene.dead):
            rows += _radar_rows(scene, rng, t, turned, period, xy, berth, seen)
        turned += dt / period
        report = np.flatnonzero(due <= t + dt)
        due[report] += 10.0
        if len(report) and not _within(t, scene.station_dead):
            when = np.sort(T0 + t + rng.random(len(report)) * dt)
            lon, lat = PLANE.to_lonlat(*xy[report].T)
            sog, cog = PLANE.course(lon, lat, *(v * ~berth[:, None])[report].T)
            rows.append(Detections.of(time_s=when, sensor=np.full(len(report), 1), lon=lon, lat=lat,
                kind=np.full(len(report), Kind.REPORT), mmsi=227_000_000 + ids[report],
                sog_mps=sog, cog_rad=cog))  # fmt: skip
            seen[report, 1] = when
        t += dt
        d = Detections.concat(rows)
        d = d.take(np.argsort(d.time_s, kind="stable"))
        yield place(d, scene.site, PLANE), _tracks(ids, xy, v, seen, T0 + t), T0 + t


def run(scene: Scene, health: Health | None = None) -> tuple[list[Say], Health]:
    """All that is said in a scene."""
    health = health or Health(scene.site, PLANE)
    alerts: list[Say] = []
    for batch, tracks, time_s in pictures(scene):
        health.feed("radar", batch, False)
        alerts += health.step(batch, tracks, time_s)
    return alerts, health


def _launch(i, xy, v, rng, anywhere=False) -> None:
    """Vessels on straight courses, from the edge inward unless they are ``anywhere``."""
    a = rng.uniform(0, 2 * math.pi, len(i))
    r = RANGE_M * (np.sqrt(rng.random(len(i))) if anywhere else np.full(len(i), 1.05))
    xy[i] = np.column_stack([r * np.sin(a), r * np.cos(a)])
    course = rng.uniform(0, 2 * math.pi, len(i)) if anywhere else a + math.pi
    course = course + rng.uniform(-1, 1, len(i))
    speed = rng.uniform(2, 10, len(i))
    v[i] = np.column_stack([speed * np.sin(course), speed * np.cos(course)])


def _radar_rows(scene, rng, t, turned, period, xy, berth, seen) -> list[Detections]:
    share = scene.step_s / period
    a = np.mod(np.arctan2(xy[:, 0], xy[:, 1]) / (2 * math.pi), 1.0)
    ahead = np.mod(a - turned, 1.0)  # of a turn, from where the antenna points
    hit = (ahead < share) & (rng.random(len(a)) < scene.pd) & ~berth
    hit &= np.hypot(*xy.T) < RANGE_M
    i = np.flatnonzero(hit)
    wrong = rng.poisson(scene.false * share)
    where = np.concatenate([ahead[i], rng.uniform(0, share, wrong)])
    r = np.concatenate([np.hypot(*xy[i].T), RANGE_M * np.sqrt(rng.random(wrong))])
    azimuth = (turned + where) * 2 * math.pi + scene.bias_rad
    azimuth = azimuth + np.radians(0.35) * rng.standard_normal(len(where))
    azimuth = np.mod(azimuth, 2 * math.pi)
    kept = ~_hidden(scene, t, azimuth)
    when = T0 + t + where * period
    seen[i[kept[: len(i)]], 0] = when[: len(i)][kept[: len(i)]]
    n = int(kept.sum())
    rows = [Detections.of(time_s=when[kept], sensor=np.zeros(n), kind=np.full(n, Kind.PLOT),
        azimuth_rad=azimuth[kept], range_m=r[kept] + 15.0 * rng.standard_normal(n),
        amplitude_db=-80.0 + rng.standard_normal(n))]  # fmt: skip
    if scene.marks:
        first = math.ceil(turned * scene.marks)
        k = np.arange(first, math.ceil((turned + share) * scene.marks))
        when = T0 + t + (k / scene.marks - turned) * period
        rows.append(Detections.of(time_s=when, sensor=np.zeros(len(k)),
            kind=np.full(len(k), Kind.LOOK),
            azimuth_rad=np.mod(k, scene.marks) / scene.marks * 2 * math.pi))  # fmt: skip
    return rows


def _hidden(scene, t, azimuth):
    if not scene.blind or not scene.blind[0] <= t < scene.blind[1]:
        return np.zeros(len(azimuth), dtype=bool)
    low, high = np.radians(scene.blind[2:])
    return np.mod(azimuth - low, 2 * math.pi) < np.mod(high - low - 1e-9, 2 * math.pi)


def _within(t, span) -> bool:
    return span is not None and span[0] <= t < span[1]


def _tracks(ids, xy, v, seen, time_s) -> Tracks:
    n = len(ids)
    cov = np.broadcast_to(np.diag([900.0, 900.0, 1.0, 1.0]), (n, 4, 4)).copy()
    one = np.ones(n)
    known = np.isfinite(seen).any(axis=1)
    return Tracks(time_s, ids.copy(), np.column_stack([xy, v]), cov, one,
        np.full(n, int(Status.CONFIRMED)), np.where(np.isfinite(seen[:, 1]), 227_000_000 + ids, -1),
        one, *[0 * one] * 3, np.nan * one, np.nan * one, np.full(n, T0), one, seen.copy(),
    ).take(np.flatnonzero(known))  # fmt: skip
