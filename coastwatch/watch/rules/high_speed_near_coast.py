"""high-speed-near-coast: a craft is very fast close to the shore."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_distance
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import motion, moving, p_above, ship_type, speed_sigma_mps

FERRIES = (*range(40, 50), *range(60, 70))  # ship types: high-speed craft, passenger ships
OFFICIAL = (50, 51, 55)  # pilot, search and rescue, law enforcement
OUT = 1.1  # times as far out it is not over yet
AIRCRAFT = 111  # how the MMSI of a search and rescue aircraft begins


@dataclass(frozen=True, slots=True)
class Parameters:
    """Over ``speed_kn`` with ``p_min``, within ``within_nm`` of the shore, for ``hold_s``; over
    when it has been slower by ``slack_kn``, or farther out by a tenth, for ``release_s``.
    ``official``: whether pilot, rescue and law enforcement vessels are said, too."""

    speed_kn: float = 25.0
    within_nm: float = 1.0
    hold_s: float = 30.0
    p_min: float = 0.9
    slack_kn: float = 3.0
    release_s: float = 60.0
    official: bool = False


class HighSpeedNearCoast:
    """A warning; a caution for high-speed craft and passenger ships. Never rescue aircraft."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._lasting = Lasting(memory, p.hold_s, p.release_s)
        self._said = memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, speed = self._p, scene.sog_mps
        limit, near_m = p.speed_kn * KNOT_MPS, p.within_nm * NM_M
        may = np.flatnonzero(
            (speed >= limit - p.slack_kn * KNOT_MPS) & (scene.tracks.mmsi // 1_000_000 != AIRCRAFT)
        )
        shore_m, chance = np.full(len(scene), np.inf), np.zeros(len(scene))
        shore_m[may] = scene.memory.shore.distance_m(*scene.tracks.state[may, :2].T)
        chance[may] = p_above(speed[may], limit, speed_sigma_mps(scene, may))
        begins = (chance >= p.p_min) & (shore_m < near_m)
        new, over = self._lasting.step(scene.slot, scene.time_s, begins, ~(shore_m < OUT * near_m))
        for row in new.tolist():
            kind = ship_type(scene, row)
            if kind in OFFICIAL and not p.official:
                continue
            self._said.values[scene.slot[row]] = True
            distance_m = float(shore_m[row])
            text = (
                f"{scene.who(row)} is fast near the coast: {moving(scene, row)}, "
                f"{format_distance(distance_m)} from the shore."
            )
            evidence = {
                "shore_nm": round(distance_m / NM_M, 4),
                "probability": round(float(chance[row]), 4),
                "limit_kn": p.speed_kn,
                "ship_type": kind,
            }
            priority = "caution" if kind in FERRIES else ""
            yield RULE.say(scene, row, text, evidence | motion(scene, row), priority=priority)
        for row in over[self._said.values[scene.slot[over]]].tolist():
            self._said.values[scene.slot[row]] = False
            text = f"{scene.who(row)} is no longer fast near the coast."
            yield RULE.over(scene, row, text)


RULE = RuleFile(
    "high-speed-near-coast", 1, "site", "warning",
    "EMSA Automated Behaviour Monitoring: speed; CISE anomaly type: high speed near the coast; "
    "25 knots, 1 NM: coastwatch",
    Parameters, HighSpeedNearCoast,
)  # fmt: skip
