"""Small craft that are not alerted one by one, and why: they are where such craft belong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coastwatch.model import Floats
from coastwatch.site import Site
from coastwatch.watch.scene import Scene

# Kinds of zones that explain a small craft, and the words for it, the strongest first.
BY_ZONE = {
    "port-limits": "within port limits",
    "moorings": "among moorings",
    "wind-farm": "in a wind farm",
    "fishing-ground": "on a known fishing ground",
}
# Whatever explains a craft in open water does so no longer when it is at a lane.
IN_OPEN_WATER = ("wind-farm", "fishing-ground")
KNOWN, CLUSTER = "at a known fixed object", "among moored craft"
# Moored craft are learned: so many tracks that lie still, without AIS, so near.
LYING_P, CLUSTER_N, CLUSTER_M = 0.9, 3, 250.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a craft is not alerted; ``zone`` is an index, -1 where no zone says so."""

    words: str
    zone: int
    open_water: bool

    def key(self, scene: Scene) -> str:
        return scene.ground.zones[self.zone].id if self.zone >= 0 else self.words


class Withheld:
    """Tells where small craft belong, by zones, the site's fixed objects, and what lies still."""

    def __init__(self, site: Site) -> None:
        self._fixed = np.array(site.fixed, dtype=np.float64).reshape(-1, 3)

    def reason(self, scene: Scene, row: int) -> Reason | None:
        """Why a craft is not alerted, None where nothing explains it."""
        kinds = {scene.ground.zones[z].kind: z for z in reversed(scene.zones_at(row))}
        for kind, words in BY_ZONE.items():
            if kind in kinds:
                return Reason(words, kinds[kind], kind in IN_OPEN_WATER)
        here = scene.tracks.state[row, :2]
        if self._at_fixed(scene, here):
            return Reason(KNOWN, -1, False)
        return Reason(CLUSTER, -1, False) if self._among_moored(scene, row, here) else None

    def _at_fixed(self, scene: Scene, here: Floats) -> bool:
        if not len(self._fixed):
            return False
        x, y = scene.ground.plane.to_xy(self._fixed[:, 0], self._fixed[:, 1])
        return bool((np.hypot(x - here[0], y - here[1]) <= self._fixed[:, 2]).any())

    def _among_moored(self, scene: Scene, row: int, here: Floats) -> bool:
        t = scene.tracks
        lying = (t.p_fixed > LYING_P) & (t.mmsi < 0)
        lying[row] = False
        near = np.hypot(*(t.state[lying, :2] - here).T) < CLUSTER_M
        return bool(near.sum() >= CLUSTER_N)
