"""zone-entry: a track came into an area, where a zone asks for it; over when it has left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.model import Crossing, Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import motion, moving, p_inside


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: the zone and the track's covariance decide."""


class ZoneEntry:
    """One situation while the track is inside; over, too, when the zone is no longer in force."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._entered: dict[int, list[str]] = {}  # zone ids by track
        self._force: set[tuple[str, str]] = set()  # ids and versions

    def step(self, scene: Scene) -> Iterable[Say]:
        for track in scene.ended:
            self._entered.pop(track, None)
        asks = scene.ground.asks(RULE.name)
        for c in scene.crossings:
            row, zone = scene.row_of.get(c.track, -1), scene.ground.index_of.get(c.zone, -1)
            if row >= 0 and zone >= 0 and c.what == "entry" and asks[zone]:
                yield from self._entry(scene, row, zone, c)
            elif row >= 0 and c.what == "exit" and c.zone in self._entered.get(c.track, ()):
                self._entered[c.track].remove(c.zone)
                text = f"{scene.who(row)} has left {_name(scene, c.zone)}."
                yield RULE.over(scene, row, text, about=(c.track, c.zone))
        yield from self._withdrawn(scene)

    def _entry(self, scene: Scene, row: int, zone: int, c: Crossing) -> Iterable[Say]:
        entered = self._entered.setdefault(c.track, [])
        if c.zone not in entered:
            entered.append(c.zone)
            name = scene.ground.zones[zone].name
            text = f"{scene.who(row)} has entered {name} at {moving(scene, row)}."
            evidence = {"what": c.what, "p_inside": round(c.p, 4)}
            yield RULE.say(scene, row, text, evidence | motion(scene, row), zone=zone)

    def _withdrawn(self, scene: Scene) -> Iterable[Say]:
        """What was said of zones that are no longer in force, no longer ask, or lie elsewhere."""
        asks = scene.ground.asks(RULE.name) & scene.valid
        zones = [scene.ground.zones[z] for z in np.flatnonzero(asks).tolist()]
        force = {(z.id, z.version) for z in zones}
        if force == self._force:
            return
        self._force = force
        for track, entered in self._entered.items():
            row = scene.row_of.get(track, -1)
            for name in list(entered) if row >= 0 else []:
                zone = scene.ground.index_of.get(name, -1)
                if zone < 0 or not asks[zone] or not p_inside(scene, row, zone):
                    entered.remove(name)
                    text = f"{_name(scene, name)} is no longer what it was."
                    yield RULE.over(scene, row, text, about=(track, name))


def _name(scene: Scene, zone_id: str) -> str:
    zone = scene.ground.index_of.get(zone_id, -1)
    return scene.ground.zones[zone].name if zone >= 0 else zone_id


RULE = RuleFile(
    "zone-entry", 3, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: area entry",
    Parameters, ZoneEntry,
)  # fmt: skip
