"""small-unregistered-craft: a small craft without AIS in, or about to cross, a zone.

The first word is a safety check, never an accusation. A warning when it is believed, which
becomes an alarm when it is in or close to a shipping lane.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Say, Zone
from coastwatch.site import Site
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene

LANES = ("tss-lane", "separation-zone")
# Which of several zones to name: the one that matters most to a small craft.
ORDER = (*LANES, "exclusion", "line", "territorial-sea", "inshore-zone", "search-area", "other",
         "port-limits")  # fmt: skip
WARNING, ALARM = "warning", "alarm"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The thresholds. A score is the product of independent probabilities, so 0.75 asks about
    0.93 of each of four. The speeds are those of a drifting raft's upper end and of a fast boat."""

    score_min: float = 0.75
    sustained_s: float = 30.0
    speed_min_mps: float = 0.6
    speed_max_mps: float = 18.0
    ahead_s: float = 600.0
    lane_ahead_s: float = 300.0
    spread_max_m: float = 2_000.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A zone that a craft is in (``eta_s`` 0) or will be in."""

    zone: Zone
    index: int
    eta_s: float
    distance_m: float

    @property
    def rank(self) -> tuple[bool, int, float]:
        return (
            self.eta_s > 0,
            ORDER.index(self.zone.kind) if self.zone.kind in ORDER else len(ORDER),
            self.eta_s,
        )


class SmallUnregisteredCraft:
    """Watches each track without identity; see ``Parameters`` for what convinces it."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._lasting = Lasting(memory, p.sustained_s, 120.0)
        self._said = memory.column(0, np.int64)  # 1 after a warning, 2 after an alarm

    def step(self, scene: Scene) -> Iterable[Say]:
        score = self._score(scene)
        begins = score >= self._p.score_min
        _, over = self._lasting.step(scene.slot, scene.time_s, begins)
        said = self._said.values
        for row in over[said[scene.slot[over]] > 0].tolist():
            said[scene.slot[row]] = 0
            text = f"{scene.who(row)} no longer looks like a small craft without AIS."
            yield RULE.over(scene, row, text, about=(int(scene.tracks.id[row]),))
        believed = begins & self._lasting.holding(scene.slot) & (said[scene.slot] < 2)
        believed &= ~scene.within(scene.ground.of_kind("port-limits"))
        for row in np.flatnonzero(believed).tolist():
            yield from self._judge(scene, row, float(score[row]))

    def _score(self, scene: Scene) -> Floats:
        t, speed = scene.tracks, scene.sog_mps
        score = t.existence * t.p_unregistered * t.p_small * (1 - t.p_fixed)
        moving = (speed >= self._p.speed_min_mps) & (speed <= self._p.speed_max_mps)
        return np.where(moving & (t.mmsi < 0), score, 0.0)

    def _judge(self, scene: Scene, row: int, score: float) -> Iterable[Say]:
        places = self._places(scene, row)
        lanes = [p for p in places if p.zone.kind in LANES and p.eta_s <= self._p.lane_ahead_s]
        rank, slot = 2 if lanes else 1, scene.slot[row]
        if not places or self._said.values[slot] >= rank:
            return
        self._said.values[slot] = rank
        place = min(lanes or places, key=lambda p: p.rank)
        lane = min((p for p in places if p.zone.kind in LANES), key=lambda p: p.rank, default=None)
        yield self._say(scene, row, ALARM if lanes else WARNING, place, lane, score)

    def _places(self, scene: Scene, row: int) -> list[_Place]:
        """Zones that it is in, or will be on a course that is known well enough to say so."""
        ground, asks = scene.ground, scene.ground.asks(RULE.name)
        places = [_Place(ground.zones[z], z, 0.0, 0.0) for z in scene.zones_at(row) if asks[z]]
        a = scene.ahead
        first, last = np.searchsorted(a.row, [row, row + 1])
        for k in range(first, last):
            zone, eta_s, distance_m = int(a.zone[k]), float(a.eta_s[k]), float(a.distance_m[k])
            known = eta_s <= self._p.ahead_s and a.spread_m[k] <= self._p.spread_max_m
            if known and asks[zone] and scene.valid[zone]:
                places.append(_Place(ground.zones[zone], zone, eta_s, distance_m))
        return places

    def _say(
        self,
        scene: Scene,
        row: int,
        priority: str,
        place: _Place,
        lane: _Place | None,
        score: float,
    ) -> Say:
        t, speed_kn = scene.tracks, float(scene.sog_mps[row]) / KNOT_MPS
        course_deg = math.degrees(scene.cog_rad[row]) % 360
        evidence = {
            "score": score,
            "p_unregistered": float(t.p_unregistered[row]),
            "p_small": float(t.p_small[row]),
            "p_fixed": float(t.p_fixed[row]),
            "existence": float(t.existence[row]),
            "speed_kn": speed_kn,
            "course_deg": course_deg,
            "sigma_m": float(scene.sigma_m[row]),
            "watched_s": scene.time_s - float(t.born_s[row]),
            "distance_nm": place.distance_m / NM_M,
            "eta_s": place.eta_s,
        }
        if lane is not None:
            evidence |= {"lane_distance_nm": lane.distance_m / NM_M, "lane_eta_s": lane.eta_s}
        rounded: dict[str, object] = {key: round(value, 4) for key, value in evidence.items()}
        rounded |= {"thresholds": asdict(self._p)}
        text = _text(int(t.id[row]), speed_kn, course_deg, place, lane)
        # One craft is one situation, whatever zones it crosses.
        about = (int(t.id[row]),)
        return RULE.say(scene, row, text, rounded, zone=place.index, about=about, priority=priority)


def _text(
    track: int, speed_kn: float, course_deg: float, place: _Place, lane: _Place | None
) -> str:
    words = (
        f"Possible vulnerable craft, safety check: small craft without AIS (track {track}), "
        f"{speed_kn:.1f} kn, course {course_deg:03.0f}°, {_where(place)}"
    )
    if lane is not None and lane.zone.id != place.zone.id:
        words += f"; {_where(lane)}"
    return words + "."


def _where(place: _Place) -> str:
    if place.eta_s == 0:
        return f"in {place.zone.name}"
    verb = "crosses" if place.zone.kind == "line" else "enters"
    minutes = max(1, round(place.eta_s / 60))
    return f"{verb} {place.zone.name} in {minutes} min on this course"


RULE = RuleFile(
    "small-unregistered-craft", 2, "zone", WARNING,
    "coastwatch: the rule of the mission, see docs/watch.md",
    Parameters, SmallUnregisteredCraft, per_hour=60,
)  # fmt: skip
