"""heading-for-area: on the course that it holds, a track will be in an area before long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_distance
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import Pairs
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import minutes, motion, moving, p_inside

AGAIN_S = 10.0
AT_ONCE = 300  # is said at one picture, what comes soonest first; the rest ten seconds later
SLACK = 1.2  # times as far ahead it is not over yet


@dataclass(frozen=True, slots=True)
class Parameters:
    """``ahead_min`` where the zone's settings give none (30 is as far as the watch looks);
    steady for ``hold_s``, with ``p_min`` by the track's covariance, above ``speed_min_kn``;
    over ``release_s`` after it has turned away or entered."""

    ahead_min: float = 30.0
    hold_s: float = 60.0
    p_min: float = 0.5
    speed_min_kn: float = 1.0
    release_s: float = 120.0


class HeadingForArea:
    """Each track and zone by itself; a zone sets ``ahead_min`` in its settings."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._pairs = Pairs(p.release_s)
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        due = self._turns.rows(scene)
        turn = np.zeros(len(scene), dtype=np.bool_)
        turn[due] = True
        p, ground, ahead = self._p, scene.ground, scene.ahead
        k = np.flatnonzero((ground.asks(RULE.name) & scene.valid)[ahead.zone] & turn[ahead.row])
        ahead_s = 60 * ground.setting("ahead_min", p.ahead_min)
        near = ahead.eta_s[k] <= SLACK * ahead_s[ahead.zone[k]]
        k = k[near & (scene.sog_mps[ahead.row[k]] >= p.speed_min_kn * KNOT_MPS)]
        row, zone, eta_s = ahead.row[k], ahead.zone[k], ahead.eta_s[k]
        begins = (eta_s <= ahead_s[zone]) & (ahead.p[k] >= p.p_min)
        held = self._pairs.step(scene, row, zone, begins, due=due)
        ripe = begins & ~held.said & (scene.time_s - held.since_s >= p.hold_s)
        soonest = np.flatnonzero(ripe)
        if len(soonest) > AT_ONCE:
            soonest = np.sort(soonest[np.argsort(eta_s[soonest], kind="stable")[:AT_ONCE]])
        for at in soonest.tolist():
            self._pairs.say(held, at)
            eta, distance_m, chance = (
                float(column[k[at]]) for column in (ahead.eta_s, ahead.distance_m, ahead.p)
            )
            yield self._words(scene, int(row[at]), int(zone[at]), eta, distance_m, chance)
        for r, name in held.over:
            yield self._over(scene, r, name)

    def _words(
        self, scene: Scene, row: int, zone: int, eta_s: float, distance_m: float, chance: float
    ) -> Say:
        place = scene.ground.zones[zone]
        verb = "crosses" if zone in scene.ground.lines else "enters"
        text = (
            f"{scene.who(row)} {verb} {place.name} in {minutes(eta_s)}, "
            f"{format_distance(distance_m)} on, if it holds its course: {moving(scene, row)}."
        )
        evidence = {
            "eta_min": round(eta_s / 60, 4),
            "distance_nm": round(distance_m / NM_M, 4),
            "probability": round(chance, 4),
            "steady_s": self._p.hold_s,
        }
        return RULE.say(scene, row, text, evidence | motion(scene, row), zone=zone)

    def _over(self, scene: Scene, row: int, name: str) -> Say:
        zone = scene.ground.index_of.get(name, -1)
        there = zone >= 0 and p_inside(scene, row, zone) > 0
        what = "has come into" if there else "no longer heads for"
        place = scene.ground.zones[zone].name if zone >= 0 else name
        text = f"{scene.who(row)} {what} {place}."
        return RULE.over(scene, row, text, about=(int(scene.tracks.id[row]), name))


RULE = RuleFile(
    "heading-for-area", 1, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: heading to area; 30 minutes: coastwatch",
    Parameters, HeadingForArea,
)  # fmt: skip
