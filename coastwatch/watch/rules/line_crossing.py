"""line-crossing: a track crossed a line, in a direction, where a zone asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: the zone and the track's covariance decide."""


class LineCrossing:
    """An event, not a state: raised and over at once, kept for the officer's word."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None: ...

    def step(self, scene: Scene) -> Iterable[Say]:
        for c in scene.crossings:
            zone = scene.ground.index_of.get(c.zone, -1)
            row = scene.row_of.get(c.track, -1)
            if zone < 0 or row < 0 or not c.what.startswith("crossing"):
                continue
            if scene.ground.asks(RULE.name)[zone]:
                text = f"{scene.who(row)} has crossed {scene.ground.zones[zone].name}."
                yield RULE.say(scene, row, text, {"what": c.what}, zone=zone)


RULE = RuleFile(
    "line-crossing", 2, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: line crossing",
    Parameters, LineCrossing,
)  # fmt: skip
