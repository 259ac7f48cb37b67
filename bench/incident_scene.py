"""Made-up nights of calls: boats that launch alone and together, and what their people tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.incident import Call, Seen
from coastwatch.incident.words import ATTRIBUTES
from coastwatch.model import Floats

PLANE = Plane((1.5, 51.0))
BEACHES = ((1.57, 50.90), (1.62, 50.94), (1.78, 50.97), (2.05, 51.01))
STEP_S, NIGHT_S = 60.0, 8 * 3600.0
TOGETHER = 0.5  # of further boats: launched with an earlier one, on nearly its course and speed
TRACKED = 0.6
RESOLVED_M = 150.0  # two boats nearer than this have one track
OTHERS, SHIPS = 4, 25


@dataclass
class Night:
    """Calls in order of time, the boat of each, and the tracks there were at each."""

    calls: list[Call]
    boat: list[int]
    seen: Seen


@dataclass
class Boat:
    xy: Floats  # (steps, 2) in the plane; NaN before the launch
    launched_s: float
    failed_s: float
    aboard: int
    words: dict[str, str]
    beach: int
    heading_deg: float
    speed_kn: float


def night(seed: int) -> Night:
    """One night of one to six boats and one to twenty calls."""
    rng = np.random.default_rng(seed)
    stream = rng.uniform(0, 2 * math.pi), rng.uniform(1.0, 3.0) * KNOT_MPS
    boats: list[Boat] = []
    for _ in range(int(rng.integers(1, 7))):
        first = boats[rng.integers(len(boats))] if boats and rng.random() < TOGETHER else None
        boats.append(_boat(rng, stream, first))
    n = int(rng.integers(1, 21))
    share = rng.dirichlet(np.ones(len(boats)))
    told = [_call(rng, k, boats[k]) for k in rng.choice(len(boats), n, p=share)]
    told.sort(key=lambda one: one[0].time_s)
    calls, boat = [c for c, _ in told], [b for _, b in told]
    return Night(calls, boat, _seen(rng, calls, boats))


def _boat(rng: np.random.Generator, stream: tuple[float, float], first: Boat | None) -> Boat:
    if first is None:
        beach, launched = int(rng.integers(len(BEACHES))), rng.uniform(0, 3 * 3600.0)
    else:
        beach, launched = first.beach, first.launched_s + rng.uniform(0, 600.0)
    t = np.arange(0.0, NIGHT_S, STEP_S)
    failed = launched + rng.uniform(1.0, 5.0) * 3600.0
    heading_deg, speed_kn = rng.normal(310.0, 15.0), rng.uniform(2.5, 5.0)
    if first is not None:
        heading_deg = rng.normal(first.heading_deg, 4.0)
        speed_kn = first.speed_kn * rng.normal(1.0, 0.07)
    heading, speed = math.radians(heading_deg), speed_kn * KNOT_MPS
    under_way = (t >= launched) & (t < failed)
    way = speed * np.array([math.sin(heading), math.cos(heading)])
    tide = stream[1] * np.sin(2 * math.pi * t / (12.42 * 3600) + stream[0])
    flow = tide[:, None] * np.array([math.sin(math.radians(35)), math.cos(math.radians(35))])
    wander = rng.normal(0, 0.2 * KNOT_MPS, (len(t), 2)).cumsum(0) * 0.1
    v = np.where(under_way[:, None], way, 0.0) + flow + wander
    v[t < launched] = 0.0
    start = np.array(PLANE.to_xy(*BEACHES[beach])) + rng.normal(0, 300.0, 2)
    xy = start + (v * STEP_S).cumsum(0)
    xy[t < launched] = np.nan
    words = {name: str(rng.choice(list(a.share), p=list(a.share.values())))
             for name, a in ATTRIBUTES.items()}  # fmt: skip
    aboard = int(np.clip(math.exp(rng.normal(math.log(40), 0.5)), 4, 120))
    return Boat(xy, launched, failed, aboard, words, beach, heading_deg, speed_kn)


def _call(rng: np.random.Generator, number: int, boat: Boat) -> tuple[Call, int]:
    first = boat.launched_s + 1800.0
    last = NIGHT_S - 2 * STEP_S
    # Calls come in bursts about the time that the engine fails, and some at any time.
    near = boat.failed_s + rng.exponential(1800.0) * rng.choice([-0.3, 1.0])
    t = float(np.clip(near if rng.random() < 0.7 else rng.uniform(first, last), first, last))
    lon, lat, sigma = _place(rng, boat, t)
    low, high = _aboard(rng, boat.aboard)
    words = {
        name: _reported(rng, name, value) for name, value in boat.words.items()
        if rng.random() < 0.35
    }  # fmt: skip
    engine = "stopped" if t > boat.failed_s and rng.random() < 0.5 else ""
    relayed = rng.random() < 0.1
    phone = f"{number}-{rng.integers(3)}" if rng.random() < 0.5 else ""
    caller = "relay" if relayed and phone else phone
    call = Call(round(t), lon=lon, lat=lat, sigma_m=sigma, aboard_low=low, aboard_high=high,
                engine=engine, words=words, caller=caller, relayed=relayed)  # fmt: skip
    return call, number


def _place(rng: np.random.Generator, boat: Boat, t: float) -> tuple[float, float, float]:
    """A position as told: a fix, a stale one, "some 2 NM off", a wrong digit, or none."""
    kind = rng.choice(["fix", "stale", "vague", "wrong", "none"], p=[0.55, 0.15, 0.1, 0.05, 0.15])
    if kind == "none":
        return math.nan, math.nan, math.nan
    told, sigma = 185.2, 100.0
    if kind == "stale":
        t -= rng.uniform(300.0, 1500.0)
    if kind == "vague":
        told = sigma = NM_M
    if kind == "wrong":
        sigma = 4 * NM_M
    i = max(int(t / STEP_S), int(boat.launched_s / STEP_S) + 1)
    x, y = boat.xy[i] + rng.normal(0, sigma, 2)
    lon, lat = PLANE.to_lonlat(x, y)
    return float(lon), float(lat), told


def _aboard(rng: np.random.Generator, aboard: int) -> tuple[float, float]:
    if rng.random() < 0.25:
        return math.nan, math.nan
    if rng.random() < 0.1:  # no count at all: a guess, or what they were told to say
        told = math.exp(rng.normal(math.log(40), 0.6))
    else:
        told = aboard * math.exp(rng.normal(0, 0.2))
    told = max(1.0, float(5 * round(told / 5) if told > 12 else round(told)))
    return told, told


def _reported(rng: np.random.Generator, name: str, value: str) -> str:
    attribute = ATTRIBUTES[name]
    if rng.random() < attribute.wrong:
        return str(rng.choice(list(attribute.share), p=list(attribute.share.values())))
    return value


def _seen(rng: np.random.Generator, calls: list[Call], boats: list[Boat]) -> Seen:
    tracks: list[tuple[Floats, float]] = []
    for boat in boats:
        off = [np.nanmedian(np.hypot(*(boat.xy - other).T)) for other, w in tracks if w > 0.5]
        if rng.random() < TRACKED and not any(o < RESOLVED_M for o in off):
            tracks.append((boat.xy + rng.normal(0, 30.0, 2), 0.7))
    t = np.arange(0.0, NIGHT_S, STEP_S)
    for k in range(OTHERS + SHIPS):
        small = k < OTHERS
        speed = rng.uniform(0, 5) if small else rng.uniform(8, 18)
        course = rng.uniform(0, 2 * math.pi)
        start = rng.uniform(-15 * NM_M, 15 * NM_M, 2)
        way = np.array([math.sin(course), math.cos(course)]) * speed * KNOT_MPS
        tracks.append(
            (start + way * (t - rng.uniform(0, NIGHT_S))[:, None], 0.3 if small else 0.002)
        )
    at = np.array([int(c.time_s / STEP_S) for c in calls])
    xy = np.stack([track[at] for track, _ in tracks], 1)
    before = np.stack([track[np.maximum(at - 1, 0)] for track, _ in tracks], 1)
    v = (xy - before) / STEP_S
    v[np.isnan(v[..., 0])] = np.nan
    there = np.isfinite(v[..., 0])
    xy[~there] = np.nan
    return Seen(
        np.arange(len(tracks)), np.array([w for _, w in tracks]), xy[..., 0], xy[..., 1],
        v[..., 0], v[..., 1], np.where(there, 40.0**2, np.nan), np.full(len(calls), 0.6),
    )  # fmt: skip
