"""distance-to-area: a track came nearer to an area than a distance that the zone names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import shapely

from coastwatch.geo.units import NM_M, format_distance
from coastwatch.model import Crossing, Say
from coastwatch.site import Site
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.words import motion, moving

BAND = re.compile(r"(within|beyond)-(.+)-nm")


@dataclass(frozen=True, slots=True)
class Parameters:
    """None: the zone's ``bands_nm`` and the track's covariance decide."""


class DistanceToArea:
    """One situation a track and zone, said again at each nearer band; over beyond the widest band
    in which it was said."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        # By track and zone, the widest and the nearest band (NM) of the situation.
        self._bands: dict[int, dict[str, tuple[float, float]]] = {}

    def step(self, scene: Scene) -> Iterable[Say]:
        for track in scene.ended:
            self._bands.pop(track, None)
        asks = scene.ground.asks(RULE.name)
        for c in scene.crossings:
            row, zone = scene.row_of.get(c.track, -1), scene.ground.index_of.get(c.zone, -1)
            band = BAND.fullmatch(c.what)
            if row >= 0 and zone >= 0 and band and asks[zone]:
                yield from self._change(scene, row, zone, c, band[1] == "within", float(band[2]))

    def _change(
        self, scene: Scene, row: int, zone: int, c: Crossing, within: bool, band_nm: float
    ) -> Iterable[Say]:
        known = self._bands.setdefault(c.track, {})
        wide, near = known.get(c.zone, (0.0, float("inf")))
        name = scene.ground.zones[zone].name
        if within:
            known[c.zone] = (max(wide, band_nm), min(near, band_nm))
            if band_nm < near:
                yield self._words(scene, row, zone, c, band_nm)
        elif c.zone in known and band_nm >= wide:
            del known[c.zone]
            text = f"{scene.who(row)} is beyond {band_nm:g} NM of {name}."
            yield RULE.over(scene, row, text, zone=zone)

    def _words(self, scene: Scene, row: int, zone: int, c: Crossing, band_nm: float) -> Say:
        shape = scene.ground.shapes[zone]
        distance_m = float(shape.distance(shapely.Point(scene.tracks.state[row, :2])))
        text = (
            f"{scene.who(row)} came within {band_nm:g} NM of {scene.ground.zones[zone].name}: "
            f"{format_distance(distance_m)} off, {moving(scene, row)}."
        )
        evidence = {
            "what": c.what,
            "band_nm": band_nm,
            "distance_nm": round(distance_m / NM_M, 4),
            "probability": round(c.p, 4),
        }
        return RULE.say(scene, row, text, evidence | motion(scene, row), zone=zone)


RULE = RuleFile(
    "distance-to-area", 1, "zone", "caution",
    "EMSA Automated Behaviour Monitoring: distance to area",
    Parameters, DistanceToArea,
)  # fmt: skip
