"""tss-crossing: a vessel crosses a lane on a heading far from right angles to the flow.

Rule 10 (c) wants a heading as nearly as practicable at right angles; joining or leaving at a small
angle (10 (b)(iii)) is right, and shows by that it does not go on to the other side. The ferries of
the simulated exercise cross at 56 degrees to the flow: that is not said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.lanes import course, exempt, heading, lane_users, turned
from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import Pairs
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import motion, moving, ship_type

AGAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The angle between heading and flow, whichever way the vessel goes along it, is between
    ``angle_min_deg`` and ``angle_max_deg`` for ``hold_s``, while it goes ``share_min`` of the
    lane's width to one side; or is over ``steep_min_deg`` as well for ``steep_min`` minutes.
    Above ``speed_min_kn``, with ``p_inside_min`` of being in the lane. ``slack_deg`` beyond the
    angles ends it, ``release_s`` later it is over. More than ``against_deg`` off the flow is for
    tss-wrong-way."""

    angle_min_deg: float = 20.0
    angle_max_deg: float = 50.0
    share_min: float = 0.6
    hold_s: float = 120.0
    steep_min_deg: float = 30.0
    steep_min: float = 20.0
    against_deg: float = 135.0
    slack_deg: float = 5.0
    speed_min_kn: float = 3.0
    p_inside_min: float = 0.95
    release_s: float = 120.0


class TssCrossing:
    """Judges who is in a lane that tells its flow by the heading, where that is broadcast: the
    tide may set the course over ground; else by the course. Who is not judged: ``watch.lanes``.
    """

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._pairs, self._steep = Pairs(p.release_s), Pairs(0.0)
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, due = self._p, self._turns.rows(scene)
        row, zone, p_in = lane_users(scene, RULE.name, due)
        flow = scene.ground.flow.at(zone, scene.tracks.state[row, :2])
        ahead = heading(scene, row)
        told = np.isfinite(ahead)
        off_deg = np.degrees(
            np.abs(turned(np.where(told, ahead, course(scene, row)) - flow.direction_rad))
        )
        angle = np.minimum(off_deg, 180 - off_deg)
        may = (scene.sog_mps[row] > p.speed_min_kn * KNOT_MPS) & (p_in >= p.p_inside_min)
        may &= (off_deg <= p.against_deg) & (angle >= p.angle_min_deg - p.slack_deg)
        k = np.flatnonzero(may & (angle <= p.angle_max_deg + p.slack_deg))
        row, zone, p_in, told, angle = row[k], zone[k], p_in[k], told[k], angle[k]
        right_m, width_m = flow.right_m[k], flow.width_m[k]
        slanting = (angle >= p.angle_min_deg) & (angle <= p.angle_max_deg)
        held = self._pairs.step(scene, row, zone, slanting, right_m, due)
        s = np.flatnonzero(slanting & (angle >= p.steep_min_deg))
        steep = self._steep.step(scene, row[s], zone[s], np.ones(len(s), dtype=np.bool_), due=due)
        across_m, lasting_s = right_m - held.mark, scene.time_s - held.since_s
        through = (np.abs(across_m) >= p.share_min * width_m) & (lasting_s >= p.hold_s)
        through[s] |= scene.time_s - steep.since_s >= 60 * p.steep_min
        ripe = slanting & ~held.said & through
        for at in np.flatnonzero(ripe).tolist():
            r, z, by_heading = int(row[at]), int(zone[at]), bool(told[at])
            if exempt(scene, r):
                continue
            self._pairs.say(held, at)
            heads = float(scene.memory.heading_rad.values[scene.slot[r]])
            text = (
                f"{scene.who(r)} crosses {scene.ground.zones[z].name} on a "
                f"{'heading' if by_heading else 'course'} {angle[at]:.0f}° to the traffic, not at "
                f"right angles: {moving(scene, r)}"
                + (f", heading {format_course(heads)}." if by_heading else ".")
            )
            evidence = {
                "angle_deg": round(float(angle[at]), 4),
                "by_heading": by_heading,
                "across_nm": round(abs(float(across_m[at])) / NM_M, 4),
                "lane_width_nm": round(float(width_m[at]) / NM_M, 4),
                "lasting_s": round(float(lasting_s[at]), 4),
                "p_inside": round(float(p_in[at]), 4),
                "ship_type": ship_type(scene, r),
            }
            yield RULE.say(scene, r, text, evidence | motion(scene, r), zone=z)
        for r, name in held.over:
            text = f"{scene.who(r)} no longer crosses the lane so."
            yield RULE.over(scene, r, text, about=(int(scene.tracks.id[r]), name))


RULE = RuleFile(
    "tss-crossing", 1, "zone", "caution",
    "COLREG rule 10 (c), (b)(iii); 20 to 50 degrees, 0.6 of the width, 20 minutes: coastwatch",
    Parameters, TssCrossing,
)  # fmt: skip
