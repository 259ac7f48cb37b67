"""zone-speed: a track is faster, or slower, than a zone allows, for a minute."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import Held, Pairs, asked
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import motion, moving, p_above, speed_sigma_mps

AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Held for ``hold_s``, by ``margin_kn`` beyond the limit and with ``p_min`` that the speed is
    beyond it and ``p_inside_min`` that the track is inside; over after ``release_s`` within it."""

    hold_s: float = 60.0
    margin_kn: float = 1.0
    p_min: float = 0.95
    p_inside_min: float = 0.9
    release_s: float = 60.0


class ZoneSpeed:
    """A zone sets ``speed_max_kn``, ``speed_min_kn`` or both in its settings; both are judged by
    themselves. Whoever lies still in a zone with a least speed is too slow there."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._fast, self._slow = Pairs(p.release_s), Pairs(p.release_s)
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        due = self._turns.rows(scene)
        rows, zones, p_in = asked(scene, RULE.name, due)
        for pairs, setting, sign in (
            (self._fast, "speed_max_kn", 1.0),
            (self._slow, "speed_min_kn", -1.0),
        ):
            limit = scene.ground.setting(setting, sign * math.inf)[zones] * KNOT_MPS
            k = np.flatnonzero(sign * (scene.sog_mps[rows] - limit) > 0)
            row, zone, limit = rows[k], zones[k], limit[k]
            beyond = sign * (scene.sog_mps[row] - limit)
            p = p_above(beyond, 0.0, speed_sigma_mps(scene, row))
            begins = (beyond > self._p.margin_kn * KNOT_MPS) & (p >= self._p.p_min)
            begins &= p_in[k] >= self._p.p_inside_min
            held = pairs.step(scene, row, zone, begins, due=due)
            yield from self._words(scene, pairs, held, row, zone, begins, limit, p, setting)

    def _words(
        self, scene: Scene, pairs: Pairs, held: Held, row: Ints, zone: Ints, begins: Mask,
        limit: Floats, p: Floats, setting: str,
    ) -> Iterable[Say]:  # fmt: skip
        what = "faster" if setting == "speed_max_kn" else "slower"
        ripe = begins & ~held.said & (scene.time_s - held.since_s >= self._p.hold_s)
        for k in np.flatnonzero(ripe).tolist():
            pairs.say(held, k)
            r, z, limit_kn = int(row[k]), int(zone[k]), float(limit[k]) / KNOT_MPS
            sigma_kn = float(speed_sigma_mps(scene, row[k : k + 1])[0]) / KNOT_MPS
            place = scene.ground.zones[z]
            text = (
                f"{scene.who(r)} is {what} than the {limit_kn:.1f} kn of {place.name}: "
                f"{moving(scene, r)}."
            )
            evidence = {
                setting: round(limit_kn, 4),
                "probability": round(float(p[k]), 4),
                "speed_sigma_kn": round(sigma_kn, 4),
                "lasting_s": round(scene.time_s - float(held.since_s[k]), 4),
            }
            about = (int(scene.tracks.id[r]), place.id, what)
            yield RULE.say(scene, r, text, evidence | motion(scene, r), zone=z, about=about)
        for r, name in held.over:
            text = f"{scene.who(r)} is no longer {what} than the zone allows."
            yield RULE.over(scene, r, text, about=(int(scene.tracks.id[r]), name, what))


RULE = RuleFile(
    "zone-speed", 1, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: speed in area; DMA AisAbnormal: speed over ground",
    Parameters, ZoneSpeed,
)  # fmt: skip
