"""zone-dwell: a track is in an area for longer than the zone allows; over when it has left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.pairs import Pairs
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import minutes, motion, moving


@dataclass(frozen=True, slots=True)
class Parameters:
    """``dwell_min`` where the zone's settings give none; ``p_min`` of being inside by then;
    ``release_s`` outside before it is over."""

    dwell_min: float = 30.0
    p_min: float = 0.9
    release_s: float = 60.0


class ZoneDwell:
    """Each track and zone by itself; a zone sets ``dwell_min`` in its settings."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._pairs = Pairs(p.release_s)

    def step(self, scene: Scene) -> Iterable[Say]:
        ground, inside = scene.ground, scene.inside
        dwell_s = 60 * ground.setting("dwell_min", self._p.dwell_min)[inside.zone]
        asks = (ground.asks(RULE.name) & scene.valid)[inside.zone]
        k = np.flatnonzero(asks & (scene.time_s - inside.since_s >= dwell_s))
        row, zone, dwell_s = inside.row[k], inside.zone[k], dwell_s[k]
        sure = inside.p[k] >= self._p.p_min
        held = self._pairs.step(scene, row, zone, sure)
        for at in np.flatnonzero(sure & ~held.said).tolist():
            self._pairs.say(held, at)
            r, z = int(row[at]), int(zone[at])
            stayed_s, limit_s = scene.time_s - float(inside.since_s[k][at]), float(dwell_s[at])
            text = (
                f"{scene.who(r)} is in {ground.zones[z].name} for {minutes(stayed_s)}, longer "
                f"than {minutes(limit_s)}; now {moving(scene, r)}."
            )
            evidence = {
                "dwell_min": round(stayed_s / 60, 4),
                "limit_min": round(limit_s / 60, 4),
                "p_inside": round(float(inside.p[k][at]), 4),
            }
            yield RULE.say(scene, r, text, evidence | motion(scene, r), zone=z)
        for r, name in held.over:
            text = f"{scene.who(r)} has left the area in which it stayed long."
            yield RULE.over(scene, r, text, about=(int(scene.tracks.id[r]), name))


RULE = RuleFile(
    "zone-dwell", 1, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: in area; CISE anomaly type: loitering in an area",
    Parameters, ZoneDwell,
)  # fmt: skip
