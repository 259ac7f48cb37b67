"""zone-exit: a track left an area, where a zone asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import motion, moving


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: the zone and the track's covariance decide."""


class ZoneExit:
    """An event, not a state: raised and over at once, kept for the officer's word."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None: ...

    def step(self, scene: Scene) -> Iterable[Say]:
        asks = scene.ground.asks(RULE.name)
        for c in scene.crossings:
            row, zone = scene.row_of.get(c.track, -1), scene.ground.index_of.get(c.zone, -1)
            if row < 0 or zone < 0 or c.what != "exit" or not asks[zone]:
                continue
            name = scene.ground.zones[zone].name
            text = f"{scene.who(row)} has left {name} at {moving(scene, row)}."
            evidence = {"what": c.what, "p_outside": round(c.p, 4)}
            yield RULE.say(scene, row, text, evidence | motion(scene, row), zone=zone)
            yield RULE.over(scene, row, zone=zone)


RULE = RuleFile(
    "zone-exit", 3, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: area exit",
    Parameters, ZoneExit,
)  # fmt: skip
