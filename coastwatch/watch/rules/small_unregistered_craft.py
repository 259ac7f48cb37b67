"""small-unregistered-craft: a small craft without AIS in, or about to cross, a zone.

The first word is a safety check, never an accusation. A caution for any that is believed; a
warning for one that is likely to be vulnerable (``watch.craft``), which becomes an alarm when it is
in or close to a shipping lane. Where such craft belong it is withheld, see small-craft-withheld.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Say, Zone
from coastwatch.site import Site
from coastwatch.watch.craft import Craft, odds
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.withheld import Withheld

LANES = ("tss-lane", "separation-zone")
# Which of several zones to name: the one that matters most to a small craft.
ORDER = (*LANES, "exclusion", "line", "territorial-sea", "inshore-zone", "search-area", "other",
         "port-limits")  # fmt: skip
CAUTION, WARNING, ALARM = "caution", "warning", "alarm"
# Said anywhere and said again at a lane, by how likely it is.
RANKS = ("", CAUTION, CAUTION, WARNING, ALARM)
AT_LANE = (2, 4)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The thresholds. ``probability_min`` below 0 is that of the table of odds. A score is the
    product of independent probabilities, so 0.75 asks about 0.93 of each of four. The speeds are
    those of a drifting raft's upper end and of a fast boat."""

    probability_min: float = -1.0
    each_min: float = 0.5
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
        self._p, self._craft, self._withheld = p, Craft(memory), Withheld(site)
        self._least = p.probability_min if p.probability_min >= 0 else odds().threshold
        self._small = Lasting(memory, p.sustained_s, 120.0)
        self._likely = Lasting(memory, p.sustained_s, 120.0)
        self._gone = Lasting(memory, 120.0)
        self._said = memory.column(0, np.int64)  # an index into RANKS

    def step(self, scene: Scene) -> Iterable[Say]:
        score, probability = small_score(scene, self._p), _probability(self._craft.step(scene))
        small = score >= self._p.score_min
        likely = (probability >= self._least) & self._plausible(scene)
        small_now = small & self._holds(self._small, scene, small)
        likely_now = likely & self._holds(self._likely, scene, likely)
        yield from self._over(scene, small, probability)
        near, at_lane = self._near(scene)
        rank = np.where(likely_now, 3 + at_lane, small_now * (1 + at_lane)) * near
        # A caution is told again at a lane, and may become a warning, and that an alarm; nothing
        # becomes less.
        rows = np.flatnonzero(rank > self._said.values[scene.slot])
        explained, only_at_sea = self._withheld.explained(scene, rows)
        rows = rows[~explained | (only_at_sea & at_lane[rows])]
        for row in rows.tolist():
            yield self._judge(scene, row, int(rank[row]), float(score[row]))

    def _holds(self, lasting: Lasting, scene: Scene, begins: Mask) -> Mask:
        lasting.step(scene.slot, scene.time_s, begins)
        return lasting.holding(scene.slot)

    def _plausible(self, scene: Scene) -> Mask:
        """No single probability speaks against it, and it is under way."""
        t, least = scene.tracks, self._p.each_min
        each = np.stack([t.existence, t.p_unregistered, t.p_small, 1 - t.p_fixed])
        return np.asarray((each > least).all(axis=0) & _under_way(scene, self._p))

    def _over(self, scene: Scene, small: Mask, probability: Floats) -> Iterable[Say]:
        """What is a small craft without AIS no more. One that only stops is still one."""
        t = scene.tracks
        still = t.existence * t.p_unregistered * t.p_small >= self._p.each_min
        still |= probability >= self._least / 2
        gone, _ = self._gone.step(scene.slot, scene.time_s, ~small & ~(still & (t.mmsi < 0)))
        said = self._said.values
        for row in gone[said[scene.slot[gone]] > 0].tolist():
            said[scene.slot[row]] = 0
            text = f"{scene.who(row)} no longer looks like a small craft without AIS."
            yield RULE.over(scene, row, text, about=(int(t.id[row]),))

    def _near(self, scene: Scene) -> tuple[Mask, Mask]:
        """(rows,) which are in or about to cross a zone that asks, and a lane that asks."""
        p, inside, ahead = self._p, scene.inside, scene.ahead
        asks = scene.ground.asks(RULE.name) & scene.valid
        lanes = asks & scene.ground.of_kind(*LANES)
        soon = (ahead.eta_s <= p.ahead_s) & (ahead.spread_m <= p.spread_max_m)
        near, at_lane = np.zeros((2, len(scene)), dtype=np.bool_)
        near[inside.row[asks[inside.zone]]] = True
        near[ahead.row[soon & asks[ahead.zone]]] = True
        at_lane[inside.row[lanes[inside.zone]]] = True
        at_lane[ahead.row[soon & (ahead.eta_s <= p.lane_ahead_s) & lanes[ahead.zone]]] = True
        return near, at_lane

    def _judge(self, scene: Scene, row: int, rank: int, score: float) -> Say:
        places = self._places(scene, row)
        lanes = [p for p in places if p.zone.kind in LANES and p.eta_s <= self._p.lane_ahead_s]
        self._said.values[scene.slot[row]] = rank
        place = min((lanes if rank in AT_LANE else []) or places, key=lambda p: p.rank)
        lane = min((p for p in places if p.zone.kind in LANES), key=lambda p: p.rank, default=None)
        return self._say(scene, row, RANKS[rank], place, lane, score)

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
        log_odds = float(self._craft.log_odds(scene, row))
        evidence = {
            "score": score,
            "probability": float(_probability(np.array(log_odds))),
            "log_odds": log_odds,
            "prior_log_odds": self._craft.odds.prior,
            "p_unregistered": float(t.p_unregistered[row]),
            "p_small": float(t.p_small[row]),
            "p_fixed": float(t.p_fixed[row]),
            "existence": float(t.existence[row]),
            "heard_share": float(t.heard_share[row]),
            "length_m": float(t.length_m[row]),
            "speed_kn": speed_kn,
            "course_deg": course_deg,
            "sigma_m": float(scene.sigma_m[row]),
            "watched_s": scene.time_s - float(t.born_s[row]),
            "distance_nm": place.distance_m / NM_M,
            "eta_s": place.eta_s,
        }
        if lane is not None:
            evidence |= {"lane_distance_nm": lane.distance_m / NM_M, "lane_eta_s": lane.eta_s}
        rounded: dict[str, object] = {
            key: round(value, 4) for key, value in evidence.items() if math.isfinite(value)
        }
        rounded |= {"parts": self._craft.parts(int(scene.slot[row]))}
        rounded |= {"thresholds": asdict(self._p) | {"probability_min": self._least}}
        text = _text(int(t.id[row]), speed_kn, course_deg, place, lane)
        # One craft is one situation, whatever zones it crosses.
        about = (int(t.id[row]),)
        return RULE.say(scene, row, text, rounded, zone=place.index, about=about, priority=priority)


def small_score(scene: Scene, p: Parameters) -> Floats:
    """(rows,) that each is a small craft without AIS under way, as a product; 0 with an MMSI."""
    t = scene.tracks
    score = t.existence * t.p_unregistered * t.p_small * (1 - t.p_fixed)
    return np.where(_under_way(scene, p), score, 0.0)


def _under_way(scene: Scene, p: Parameters) -> Mask:
    speed = scene.sog_mps
    moving = (speed >= p.speed_min_mps) & (speed <= p.speed_max_mps)
    return np.asarray(moving & (scene.tracks.mmsi < 0))


def _probability(log_odds: Floats) -> Floats:
    """NaN, for not judged yet, counts as none."""
    return np.nan_to_num(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))))


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
    "small-unregistered-craft", 3, "zone", WARNING,
    "coastwatch: the rule of the mission, see docs/small-craft.md",
    Parameters, SmallUnregisteredCraft, per_hour=60,
)  # fmt: skip
