"""How likely a craft without identity is a vulnerable one: log odds, part by part, from evidence.

The odds of each part are lines between points, kept in ``craft_odds.toml`` with what made them.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Ints
from coastwatch.watch.memory import Memory
from coastwatch.watch.scene import Scene

EVERY_S = 10.0  # nothing here changes sooner
BEGAN_S = 120.0  # what is there when the watch begins began who knows where
PORT_M = 600.0
SPEED_S, COURSE_S, SEAWARD_S = 60.0, 600.0, 180.0
PATH_MIN_M = 200.0
GROUP_M, GROUP_RAD, GROUP_MPS = 1.5 * NM_M, math.radians(30.0), 2.5 * KNOT_MPS
GROUP_SPEEDS_MPS = (0.7, 6.0)
GROUP_MAX = 2_000  # of a picture with more small craft, the others count no neighbours


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of evidence: log odds by value, lines between points; ``unknown`` for no value."""

    name: str
    knots: Floats
    odds: Floats
    unknown: float

    def of(self, values: Floats) -> Floats:
        """(n,) log odds of values, NaN for unknown."""
        told = np.interp(values, self.knots, self.odds)
        return np.where(np.isnan(values), self.unknown, told)


@dataclass(frozen=True, slots=True)
class Odds:
    """The table: ``prior`` log odds, to which each part adds; ``threshold`` a probability."""

    prior: float
    threshold: float
    parts: tuple[Part, ...]


@lru_cache(maxsize=1)
def odds() -> Odds:
    """The table that the package has."""
    text = files("coastwatch.watch").joinpath("craft_odds.toml").read_text(encoding="utf-8")
    return parse(tomllib.loads(text))


def parse(table: dict[str, Any]) -> Odds:
    """The table of a TOML document. Raises ValueError where a part is not one that we measure."""
    parts = tuple(
        Part(p["name"], np.array(p["knots"], float), np.array(p["odds"], float), p["unknown"])
        for p in table["part"]
    )
    if [p.name for p in parts] != list(NAMES):
        raise ValueError(f"craft odds: parts must be {', '.join(NAMES)}")
    return Odds(table["prior"], table["threshold"], parts)


# What each part looks at, in the order of the table.
NAMES = (
    "p_unregistered", "p_small", "p_fixed", "existence", "speed_kn", "fastest_kn", "straightness",
    "began_shore_nm", "began_at_port", "shore_nm", "seaward", "others_alike", "night",
    "watched_min",
)  # fmt: skip


class Craft:
    """Keeps the values of each track without identity, judged every ``EVERY_S`` of event time."""

    def __init__(self, memory: Memory, table: Odds | None = None) -> None:
        self.odds = table or odds()
        self._memory = memory
        self.values = memory.column(math.nan, shape=(len(NAMES),))
        self._log_odds = memory.column(math.nan)
        self._began_m, self._port = memory.column(math.nan), memory.column(math.nan)
        self._shore_m, self._fastest = memory.column(math.nan), memory.column(math.nan)
        self._known = memory.column(False, np.bool_)
        self._first_s, self._judged = math.nan, -1

    def step(self, scene: Scene) -> Floats:
        """(rows,) log odds; -inf for tracks with an identity, NaN for those not judged yet."""
        if math.isnan(self._first_s):
            self._first_s = scene.time_s
        self._meet(scene)
        now = math.floor(scene.time_s / EVERY_S)
        if now != self._judged:
            self._judged = now
            self._judge(scene)
        known = self._log_odds.values[scene.slot]
        return np.where(scene.tracks.mmsi >= 0, -np.inf, known)

    def log_odds(self, scene: Scene, row: int) -> float:
        """Of one row, NaN where it was not judged yet."""
        return float(self._log_odds.values[scene.slot[row]])

    def parts(self, slot: int) -> dict[str, dict[str, float | None]]:
        """Of one track: each part by name, its value and the log odds that it adds."""
        values = self.values.values[slot]
        return {
            part.name: {
                "value": None if math.isnan(value) else round(float(value), 4),
                "log_odds": round(float(part.of(np.array(value))), 4),
            }
            for part, value in zip(self.odds.parts, values.tolist(), strict=True)
        }

    def _meet(self, scene: Scene) -> None:
        """Where the tracks that are new began."""
        new = np.flatnonzero(~self._known.values[scene.slot])
        if not len(new):
            return
        slot = scene.slot[new]
        self._known.values[slot] = True
        if scene.time_s < self._first_s + BEGAN_S:
            return
        self._began_m.values[slot] = scene.shore_m[new]
        self._port.values[slot] = _near_port(scene, new)

    def _judge(self, scene: Scene) -> None:
        rows = np.flatnonzero(scene.tracks.mmsi < 0)
        slot = scene.slot[rows]
        values = self._measure(scene, rows)
        self.values.values[slot] = values
        told = (part.of(values[:, k]) for k, part in enumerate(self.odds.parts))
        self._log_odds.values[slot] = self.odds.prior + sum(told)

    def _measure(self, scene: Scene, rows: Ints) -> Floats:
        t, slot = scene.tracks, scene.slot[rows]
        watched_s = scene.time_s - self._memory.first_s.values[slot]
        speed, made_good = self._speed(scene, rows)
        fastest = np.fmax(self._fastest.values[slot], made_good)
        self._fastest.values[slot] = fastest
        columns = {
            "p_unregistered": t.p_unregistered[rows],
            "p_small": t.p_small[rows],
            "p_fixed": t.p_fixed[rows],
            "existence": t.existence[rows],
            "speed_kn": speed / KNOT_MPS,
            "fastest_kn": fastest / KNOT_MPS,
            "straightness": self._straightness(scene, rows),
            "began_shore_nm": self._began_m.values[slot] / NM_M,
            "began_at_port": self._port.values[slot],
            "shore_nm": scene.shore_m[rows] / NM_M,
            "seaward": self._seaward(scene, rows, speed, watched_s),
            "others_alike": _others_alike(scene, rows),
            "night": scene.night[rows].astype(np.float64),
            "watched_min": watched_s / 60.0,
        }
        return np.column_stack([columns[name] for name in NAMES])

    def _speed(self, scene: Scene, rows: Ints) -> tuple[Floats, Floats]:
        """Mean over a minute; and made good in it, NaN where a track was not there that long.

        The velocity of a young track may be anything; where it got to is not.
        """
        times, past = self._memory.short.past(scene.slot[rows], scene.time_s, SPEED_S)
        speed = np.hypot(past[:, :, 2], past[:, :, 3])
        there = np.isfinite(speed)
        mean = np.where(there, speed, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        mean = np.where(there.any(axis=1), mean, scene.sog_mps[rows])
        if not len(times) or scene.time_s - times[0] < SPEED_S / 2:
            return mean, np.full(len(rows), np.nan)
        moved = scene.tracks.state[rows, :2] - past[:, 0, :2]
        return mean, np.hypot(moved[:, 0], moved[:, 1]) / (scene.time_s - times[0])

    def _straightness(self, scene: Scene, rows: Ints) -> Floats:
        """Way made good over way made in ten minutes: 1 on one course, 0 to and fro."""
        _, past = self._memory.long.past(scene.slot[rows], scene.time_s, COURSE_S)
        way = np.concatenate([past[:, :, :2], scene.tracks.state[rows, None, :2]], axis=1)
        legs = np.diff(way, axis=1)
        there = np.asarray(np.isfinite(legs).all(axis=2))
        legs = np.where(there[:, :, None], legs, 0.0)
        path = np.hypot(legs[:, :, 0], legs[:, :, 1]).sum(axis=1)
        good = np.hypot(legs[:, :, 0].sum(axis=1), legs[:, :, 1].sum(axis=1))
        known = (there.sum(axis=1) >= 3) & (path > PATH_MIN_M)
        return np.where(known, good / np.maximum(path, 1.0), np.nan)

    def _seaward(self, scene: Scene, rows: Ints, speed: Floats, watched_s: Floats) -> Floats:
        """Share of the speed that leads away from the shore, over some three minutes: -1 to 1."""
        slot, now = scene.slot[rows], scene.shore_m[rows]
        was = self._shore_m.values[slot]
        was = np.where(np.isnan(was), now, was)
        ripe = 1.0 - np.exp(-watched_s / SEAWARD_S)  # of a memory that began with the track
        away = (now - was) / SEAWARD_S / np.maximum(ripe, 0.2) / np.maximum(speed, 0.5)
        self._shore_m.values[slot] = was + (now - was) * (1.0 - math.exp(-EVERY_S / SEAWARD_S))
        return np.where(watched_s >= 60.0, np.clip(away, -1.0, 1.0), np.nan)


def _near_port(scene: Scene, rows: Ints) -> Floats:
    """1 in or close to port limits, else 0."""
    ports = np.flatnonzero(scene.ground.of_kind("port-limits") & scene.valid)
    here = shapely.points(scene.tracks.state[rows, :2])
    apart = [shapely.distance(here, scene.ground.shapes[z]) for z in ports.tolist()]
    nearest = np.min(apart, axis=0) if apart else np.full(len(rows), np.inf)
    return np.where(nearest < PORT_M, 1.0, 0.0)


def _others_alike(scene: Scene, rows: Ints) -> Floats:
    """How many other small craft without identity are near each, on the like course and speed."""
    t = scene.tracks
    slow, fast = GROUP_SPEEDS_MPS
    speed = np.hypot(t.state[rows, 2], t.state[rows, 3])
    alike = (t.p_small[rows] > 0.5) & (t.p_fixed[rows] < 0.5) & (speed > slow) & (speed < fast)
    those = np.flatnonzero(alike)[:GROUP_MAX]
    count = np.zeros(len(rows))
    if len(those) > 1:
        state = t.state[rows[those]]
        course = np.arctan2(state[:, 2], state[:, 3])
        a, b = cKDTree(state[:, :2]).query_pairs(GROUP_M, output_type="ndarray").T
        off: Floats = np.abs(np.remainder(course[a] - course[b] + np.pi, 2 * np.pi) - np.pi)
        near = (off < GROUP_RAD) & (np.abs(speed[those[a]] - speed[those[b]]) < GROUP_MPS)
        both = np.concatenate([a[near], b[near]])
        count[those] = np.bincount(both, minlength=len(those))
    return count
