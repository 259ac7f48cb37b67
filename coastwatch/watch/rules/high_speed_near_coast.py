"""high-speed-near-coast: a craft is very fast close to the shore."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_distance
from coastwatch.model import Floats, Say
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

# What nobody has seen for minutes may be anywhere, and its speed is a guess.
LOST_M = 300.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Over ``speed_kn`` with ``p_min``, within ``within_nm`` of the shore, for ``hold_s``; over
    when it has been slower by ``slack_kn``, or farther out by a tenth, for ``release_s``. Of a
    vessel with an identity its ship type is waited for, ``statics_s`` from its first sight.
    ``ferries``, ``official``: whether high-speed craft and passenger ships, and whether pilot,
    rescue and law enforcement vessels are said, too."""

    speed_kn: float = 25.0
    within_nm: float = 1.0
    hold_s: float = 30.0
    p_min: float = 0.9
    slack_kn: float = 3.0
    release_s: float = 60.0
    statics_s: float = 390.0
    ferries: bool = False
    official: bool = False


class HighSpeedNearCoast:
    """A warning; a caution of vessels with an identity whose type is not known, and of ferries
    where those are said. Never rescue aircraft."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._lasting = Lasting(memory, p.hold_s, p.release_s)
        self._said = memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, slot, said = self._p, scene.slot, self._said.values
        shore_m, chance = self._near(scene)
        begins = (chance >= p.p_min) & (shore_m < p.within_nm * NM_M)
        out = ~(shore_m < OUT * p.within_nm * NM_M)
        _, over = self._lasting.step(slot, scene.time_s, begins, out)
        for row in np.flatnonzero(begins & self._lasting.holding(slot) & ~said[slot]).tolist():
            if self._concerns(scene, row):
                said[slot[row]] = True
                yield self._words(scene, row, float(shore_m[row]), float(chance[row]))
        for row in over[said[slot[over]]].tolist():
            said[slot[row]] = False
            text = f"{scene.who(row)} is no longer fast near the coast."
            yield RULE.over(scene, row, text)

    def _near(self, scene: Scene) -> tuple[Floats, Floats]:
        """(n,) metres to the shore, infinite for who is slow; probabilities of being fast."""
        p, speed, t = self._p, scene.sog_mps, scene.tracks
        shore_m, chance = np.full(len(scene), np.inf), np.zeros(len(scene))
        fast = (speed >= (p.speed_kn - p.slack_kn) * KNOT_MPS) & (scene.sigma_m < LOST_M)
        may = np.flatnonzero(fast & (t.mmsi // 1_000_000 != AIRCRAFT))
        shore_m[may] = scene.memory.shore.distance_m(*t.state[may, :2].T)
        chance[may] = p_above(speed[may], p.speed_kn * KNOT_MPS, speed_sigma_mps(scene, may))
        return shore_m, chance

    def _concerns(self, scene: Scene, row: int) -> bool:
        p, kind = self._p, ship_type(scene, row)
        if kind < 0 and scene.tracks.mmsi[row] >= 0:
            first_s = float(scene.memory.first_s.values[scene.slot[row]])
            return scene.time_s - first_s >= p.statics_s
        return (p.official or kind not in OFFICIAL) and (p.ferries or kind not in FERRIES)

    def _words(self, scene: Scene, row: int, shore_m: float, chance: float) -> Say:
        text = (
            f"{scene.who(row)} is fast near the coast: {moving(scene, row)}, "
            f"{format_distance(shore_m)} from the shore."
        )
        kind = ship_type(scene, row)
        evidence = {
            "shore_nm": round(shore_m / NM_M, 4),
            "probability": round(chance, 4),
            "limit_kn": self._p.speed_kn,
            "ship_type": kind,
        }
        unknown = kind < 0 and scene.tracks.mmsi[row] >= 0
        priority = "caution" if unknown or kind in FERRIES else ""
        return RULE.say(scene, row, text, evidence | motion(scene, row), priority=priority)


RULE = RuleFile(
    "high-speed-near-coast", 1, "site", "warning",
    "EMSA Automated Behaviour Monitoring: speed; CISE anomaly type: high speed near the coast; "
    "25 knots, 1 NM: coastwatch",
    Parameters, HighSpeedNearCoast,
)  # fmt: skip
