"""tss-wrong-way: a vessel goes against the general direction of traffic flow of a lane."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, format_course
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.lanes import course, exempt, lane_users, turned
from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import Pairs
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import is_small, minutes, motion, moving, ship_type

AGAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """More than ``off_min_deg`` off the flow for ``hold_s``, above ``speed_min_kn``, with
    ``p_inside_min`` of being in the lane; over ``release_s`` after it is less than
    ``off_over_deg`` off, has left or has stopped."""

    off_min_deg: float = 150.0
    off_over_deg: float = 135.0
    hold_s: float = 180.0
    speed_min_kn: float = 3.0
    p_inside_min: float = 0.95
    release_s: float = 60.0


class TssWrongWay:
    """Judges who is in a lane that tells its flow; a caution for vessels under 20 m, fishing or
    sailing, else a warning.

    Who is not judged: see ``watch.lanes``.
    """

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._pairs = Pairs(p.release_s)
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, due = self._p, self._turns.rows(scene)
        row, zone, p_in = lane_users(scene, RULE.name, due)
        flow = scene.ground.flow.at(zone, scene.tracks.state[row, :2])
        turn = turned(course(scene, row) - flow.direction_rad)
        off_deg, speed_kn = np.degrees(np.abs(turn)), scene.sog_mps[row] / KNOT_MPS
        begins = (off_deg > p.off_min_deg) & (speed_kn > p.speed_min_kn) & (p_in >= p.p_inside_min)
        may = np.flatnonzero((off_deg >= p.off_over_deg) & (speed_kn >= 0.8 * p.speed_min_kn))
        row, zone, p_in = row[may], zone[may], p_in[may]
        turn, off_deg, begins = turn[may], off_deg[may], begins[may]
        held = self._pairs.step(scene, row, zone, begins, due=due)
        ripe = begins & ~held.said & (scene.time_s - held.since_s >= p.hold_s)
        for k in np.flatnonzero(ripe).tolist():
            r, z, lasting_s = int(row[k]), int(zone[k]), scene.time_s - float(held.since_s[k])
            if exempt(scene, r):
                continue
            self._pairs.say(held, k)
            flow_rad = (float(scene.cog_rad[r]) - float(turn[k])) % (2 * math.pi)
            text = (
                f"{scene.who(r)} goes against the traffic in {scene.ground.zones[z].name} for "
                f"{minutes(lasting_s)}: {moving(scene, r)}, where traffic goes "
                f"{format_course(flow_rad)}."
            )
            evidence = {
                "off_deg": round(float(off_deg[k]), 4),
                "flow_deg": round(math.degrees(flow_rad), 4),
                "lasting_s": round(lasting_s, 4),
                "p_inside": round(float(p_in[k]), 4),
                "ship_type": ship_type(scene, r),
            }
            priority = "caution" if is_small(scene, r) else ""
            yield RULE.say(scene, r, text, evidence | motion(scene, r), zone=z, priority=priority)
        for r, name in held.over:
            text = f"{scene.who(r)} no longer goes against the traffic."
            yield RULE.over(scene, r, text, about=(int(scene.tracks.id[r]), name))


RULE = RuleFile(
    "tss-wrong-way", 1, "zone", "warning",
    "COLREG rule 10 (b)(i); 150 degrees, 3 minutes, 3 knots: coastwatch",
    Parameters, TssWrongWay,
)  # fmt: skip
