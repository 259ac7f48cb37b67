"""close-approach: a small craft and a ship will pass closely if both hold their course.

For the safety of the small craft: a ship may not see it. The probability that they pass within the
limit, by what is known of both, decides; so vague tracks raise nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.approach import Passes, passes
from coastwatch.watch.ground import Mask
from coastwatch.watch.memory import Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_class_a, is_vessel
from coastwatch.watch.words import numbers, place

HARBOURS = ("port-limits", "moorings")
FIXED_MAX, EXISTENCE_MIN, SMALL_MIN, LARGE_MAX = 0.5, 0.8, 0.7, 0.1
BOAT_MAX_KN = 50.0
CRAFT_M = 20.0  # as in COLREG rule 10 (j)
PAIRS_MAX = 20_000  # the soonest
# Said at once, without waiting to see whether it lasts.
NOW_S = 120.0
WARNING, ALARM = 1, 2
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Parameters:
    """CPA and time are the mission's. It begins at a probability of ``p_min`` that lasts ``hold_s``
    and is over ``release_s`` after it was last at ``p_end``, or when they open. An alarm within
    ``alarm_min`` where the craft is likely a dinghy, ``dinghy_min`` being the product of
    existence, unregistered, small and not fixed; a caution where the craft has AIS, for the ship
    sees it. Nearer to the shore than ``shore_min_nm``, where they would meet, are fairways, rivers
    and harbours, in which all pass closely."""

    cpa_max_nm: float = 0.3
    tcpa_max_min: float = 20.0
    p_min: float = 0.5
    p_end: float = 0.3
    hold_s: float = 20.0
    release_s: float = 90.0
    alarm_min: float = 6.0
    dinghy_min: float = 0.5
    ship_min_kn: float = 3.0
    length_min_m: float = 50.0
    closing_min_kn: float = 1.0
    shore_min_nm: float = 0.5


class _Pair(NamedTuple):
    """Since when a pair approaches, when it last did, and what was said of it."""

    since_s: float
    last_s: float
    rank: int = 0


class CloseApproach:
    """Holds every small craft against every ship that may come near it; a pair is one situation."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(5.0)
        self._pairs: dict[Pair, _Pair] = {}

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        p = self._p
        small, ships = self._small(scene), self._ships(scene)
        found = passes(
            scene.tracks.state, scene.tracks.cov, np.flatnonzero(small), np.flatnonzero(ships),
            p.cpa_max_nm * NM_M, 60 * p.tcpa_max_min, p.closing_min_kn * KNOT_MPS, p.p_end,
        ).soonest(PAIRS_MAX)  # fmt: skip
        found = found.take(self._at_sea(scene, found))
        ids, dinghy = scene.tracks.id, self._dinghy(scene)
        pairs = zip(ids[found.small].tolist(), ids[found.ship].tolist(), strict=True)
        alarm = (found.tcpa_s < 60 * p.alarm_min) & dinghy[found.small]
        ranks = np.where(found.p < p.p_min, 0, np.where(alarm, ALARM, WARNING)).tolist()
        at_once = (found.tcpa_s < NOW_S).tolist()
        for k, pair in enumerate(pairs):
            since_s, _, rank = self._pairs.get(pair, (scene.time_s, 0.0, -1))
            if rank < 0 and not ranks[k]:
                continue
            if ranks[k] > rank and (at_once[k] or scene.time_s - since_s >= p.hold_s):
                rank = ranks[k]
                yield self._say(scene, found, k, pair, rank)
            self._pairs[pair] = _Pair(since_s, scene.time_s, max(rank, 0))
        yield from self._past(scene)

    def _small(self, scene: Scene) -> Mask:
        t = scene.tracks
        unnamed = (t.mmsi < 0) & (t.p_fixed < FIXED_MAX) & (t.existence >= EXISTENCE_MIN)
        small = unnamed & (t.p_small >= SMALL_MIN)
        # Who tells its length is believed: a yacht of 14 m is no ship.
        short = (t.length_m < CRAFT_M) | (t.p_small >= SMALL_MIN)
        small |= is_vessel(t.mmsi) & ~is_class_a(scene) & short
        small &= scene.sog_mps < BOAT_MAX_KN * KNOT_MPS
        return np.asarray(small & ~scene.within(scene.ground.of_kind(*HARBOURS)))

    def _ships(self, scene: Scene) -> Mask:
        t = scene.tracks
        large = (t.length_m >= self._p.length_min_m) | (t.p_small < LARGE_MAX)
        ship = np.where(t.mmsi < 0, t.p_fixed < FIXED_MAX, is_vessel(t.mmsi)) & large
        ship &= (scene.sog_mps > self._p.ship_min_kn * KNOT_MPS) & (t.p_small < SMALL_MIN)
        return np.asarray(ship & ~scene.within(scene.ground.of_kind(*HARBOURS)))

    def _at_sea(self, scene: Scene, found: Passes) -> Mask:
        """Which pairs would pass clear of the shore; what is unknown counts as sea."""
        x, y, vx, vy = scene.tracks.state[found.small].T
        shore = scene.memory.shore.distance_m(x + vx * found.tcpa_s, y + vy * found.tcpa_s)
        return np.asarray(~(shore < self._p.shore_min_nm * NM_M))

    def _dinghy(self, scene: Scene) -> Mask:
        t = scene.tracks
        score = t.existence * t.p_unregistered * t.p_small * (1 - t.p_fixed)
        return np.asarray((t.mmsi < 0) & (score >= self._p.dinghy_min))

    def _past(self, scene: Scene) -> Iterable[Say]:
        """Those that no longer approach: forgotten, and over if they were said."""
        for pair, known in list(self._pairs.items()):
            if scene.time_s - known.last_s < (self._p.release_s if known.rank else 1e-6):
                continue
            del self._pairs[pair]
            row, ship = (scene.row_of.get(track, -1) for track in pair)
            if known.rank and row >= 0:
                other = scene.who(ship) if ship >= 0 else f"track {pair[1]}"
                text = f"{_craft(scene, row)} and {other} no longer approach closely."
                yield RULE.over(scene, row, text, about=pair)

    def _say(self, scene: Scene, found: Passes, k: int, pair: Pair, rank: int) -> Say:
        t, a, b = scene.tracks, int(found.small[k]), int(found.ship[k])
        apart = math.hypot(*(t.state[a, :2] - t.state[b, :2])) / NM_M
        cpa, minutes, p = found.cpa_m[k] / NM_M, found.tcpa_s[k] / 60, float(found.p[k])
        kn, course = scene.sog_mps / KNOT_MPS, scene.cog_rad
        text = (
            f"{_craft(scene, a)} and {scene.who(b)} pass within {cpa:.2f} NM in {minutes:.0f} min "
            f"if both hold their course (probability {p:.2f} of less than "
            f"{self._p.cpa_max_nm:g} NM): now {apart:.1f} NM apart, the craft at {kn[a]:.1f} kn on "
            f"{format_course(course[a])}, the ship at {kn[b]:.1f} kn on "
            f"{format_course(course[b])}, {place(scene, a)}."
        )
        evidence = numbers(
            cpa_nm=cpa, tcpa_min=minutes, probability=p, distance_nm=apart,
            cpa_sigma_nm=found.sigma_m[k] / NM_M, speed_kn=kn[a], ship_speed_kn=kn[b],
            course_deg=math.degrees(course[a]) % 360, ship_course_deg=math.degrees(course[b]) % 360,
            p_small=t.p_small[a], p_unregistered=t.p_unregistered[a], existence=t.existence[a],
            p_fixed=t.p_fixed[a],
        )  # fmt: skip
        evidence |= {"ship_track": pair[1], "ship_mmsi": int(t.mmsi[b])}
        priority = "alarm" if rank == ALARM else "caution" if t.mmsi[a] >= 0 else ""
        return RULE.say(scene, a, text, evidence, about=pair, priority=priority)


def _craft(scene: Scene, row: int) -> str:
    if scene.tracks.mmsi[row] >= 0:
        return scene.who(row)
    return f"Small craft without AIS (track {int(scene.tracks.id[row])})"


RULE = RuleFile(
    "close-approach", 1, "site", "warning",
    "COLREG rules 5, 7 and 8 (risk of collision); Danish Maritime Authority, AisAbnormal: "
    "CloseEncounterAnalysis; limits of the mission: 0.3 NM, 20 min",
    Parameters, CloseApproach, per_hour=60,
)  # fmt: skip
