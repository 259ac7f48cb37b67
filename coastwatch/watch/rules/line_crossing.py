"""line-crossing: a track crossed a line, in a direction, where a zone asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import bound, motion, moving

# Seen along the line, from its first point to its last.
SIDES = {
    "crossing-left-to-right": "from its left to its right",
    "crossing-right-to-left": "from its right to its left",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: the zone and the track's covariance decide."""


class LineCrossing:
    """An event, not a state: raised and over at once, kept for the officer's word."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None: ...

    def step(self, scene: Scene) -> Iterable[Say]:
        asks = scene.ground.asks(RULE.name)
        for c in scene.crossings:
            row, zone = scene.row_of.get(c.track, -1), scene.ground.index_of.get(c.zone, -1)
            if row < 0 or zone < 0 or c.what not in SIDES or not asks[zone]:
                continue
            way = bound(float(scene.cog_rad[row]))
            text = (
                f"{scene.who(row)} has crossed {scene.ground.zones[zone].name} {way}, "
                f"{SIDES[c.what]} (seen along the line), at {moving(scene, row)}."
            )
            evidence = {"what": c.what, "bound": way, "probability": round(c.p, 4)} | motion(
                scene, row
            )
            yield RULE.say(scene, row, text, evidence, zone=zone)
            yield RULE.over(scene, row, zone=zone)


RULE = RuleFile(
    "line-crossing", 3, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: line crossing",
    Parameters, LineCrossing,
)  # fmt: skip
