"""Small craft that are not alerted one by one, and why: they are where such craft belong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from coastwatch.model import Ints
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
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

    def key(self, scene: Scene) -> str:
        return scene.ground.zones[self.zone].id if self.zone >= 0 else self.words


class Withheld:
    """Tells where small craft belong, by zones, the site's fixed objects, and what lies still."""

    def __init__(self, site: Site) -> None:
        self._fixed = np.array(site.fixed, dtype=np.float64).reshape(-1, 3)

    def explained(self, scene: Scene, rows: Ints) -> tuple[Mask, Mask]:
        """(n,) which rows something explains at all, and which only in open water."""
        near = [k for k in BY_ZONE if k not in IN_OPEN_WATER]
        sure = scene.within(scene.ground.of_kind(*near))[rows]
        sure |= self._at_fixed(scene, rows) | _among_moored(scene, rows)
        weak = scene.within(scene.ground.of_kind(*IN_OPEN_WATER))[rows]
        return sure | weak, weak & ~sure

    def reason(self, scene: Scene, row: int) -> Reason | None:
        """Why a craft is not alerted, None where nothing explains it."""
        kinds = {scene.ground.zones[z].kind: z for z in reversed(scene.zones_at(row))}
        for kind, words in BY_ZONE.items():
            if kind in kinds:
                return Reason(words, kinds[kind])
        if self._at_fixed(scene, np.array([row]))[0]:
            return Reason(KNOWN, -1)
        return Reason(CLUSTER, -1) if _among_moored(scene, np.array([row]))[0] else None

    def _at_fixed(self, scene: Scene, rows: Ints) -> Mask:
        here = scene.tracks.state[rows, :2]
        if not len(self._fixed) or not len(rows):
            return np.zeros(len(rows), dtype=np.bool_)
        x, y = scene.ground.plane.to_xy(self._fixed[:, 0], self._fixed[:, 1])
        apart, nearest = cKDTree(np.column_stack([x, y])).query(here)
        return np.asarray(apart <= self._fixed[nearest, 2])


def _among_moored(scene: Scene, rows: Ints) -> Mask:
    t = scene.tracks
    lying = np.flatnonzero((t.p_fixed > LYING_P) & (t.mmsi < 0))
    if len(lying) < CLUSTER_N or not len(rows):
        return np.zeros(len(rows), dtype=np.bool_)
    tree = cKDTree(t.state[lying, :2])
    apart = np.asarray(tree.query(t.state[rows, :2], k=CLUSTER_N + 1)[0])
    others = CLUSTER_N - 1 + np.isin(rows, lying)  # it is not its own neighbour
    return np.asarray(np.take_along_axis(apart, others[:, None], axis=1)[:, 0] < CLUSTER_M)
