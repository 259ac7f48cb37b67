"""stopped-outside-anchorage: a vessel lies stopped or anchored where no anchorage is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import AT_ANCHOR, FISHES, MOORED, but_working, is_vessel, latest_s
from coastwatch.watch.words import LANES, numbers, place

# Where vessels may lie, and where those lie who work.
HAVENS = ("anchorage", "port-limits", "moorings", "wind-farm", "fishing-ground")
# An anchored vessel reports every three minutes: two of them missed, and no more.
FRESH_S = 560.0
FIXED_MAX = 0.5
SAME_M, TOLD_MAX = 500.0, 10_000
CAUTION, WARNING = 1, 2


@dataclass(frozen=True, slots=True)
class Parameters:
    """Less than ``speed_max_kn`` for ``hold_min``, or said to be at anchor for ``anchored_min``.

    What only radar sees must have been under way before, at ``way_min_kn`` for a minute: what was
    always there is a buoy or a wreck. Nearer to the shore than ``shore_min_nm`` are quays and
    ferry berths that no pack knows. Where the pack has no anchorage at all (``needs_anchorage``)
    only lanes and separation zones are watched: nobody can tell what is outside. A vessel that is
    still there, under a new track, is not said again within ``told_h``.
    """

    speed_max_kn: float = 0.5
    hold_min: float = 10.0
    anchored_min: float = 2.0
    anchored_max_kn: float = 1.0
    release_min: float = 3.0
    release_kn: float = 1.2
    way_min_kn: float = 3.0
    shore_min_nm: float = 0.5
    needs_anchorage: bool = True
    told_h: float = 12.0


class StoppedOutsideAnchorage:
    """A caution, and in a lane or a separation zone a warning."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(10.0)
        self._stopped = Lasting(memory, 60 * p.hold_min, 60 * p.release_min)
        self._anchored = Lasting(memory, 60 * p.anchored_min, 60 * p.release_min)
        self._under_way = Lasting(memory, 60.0)
        self._sailed = memory.column(False, np.bool_)
        self._said = memory.column(0, np.int64)
        self._told: dict[int, tuple[float, float, float, int]] = {}

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        slot, time_s, p = scene.slot, scene.time_s, self._p
        kn = scene.sog_mps / KNOT_MPS
        began, _ = self._under_way.step(slot, time_s, kn > p.way_min_kn)
        self._sailed.values[slot[began]] = True
        lies, lanes = self._lies(scene)
        status = scene.memory.nav_status.values[slot]
        ends = ~lies | (kn > p.release_kn)
        self._stopped.step(slot, time_s, lies & (kn < p.speed_max_kn), ends)
        anchored = lies & (status == AT_ANCHOR) & (kn < p.anchored_max_kn)
        self._anchored.step(slot, time_s, anchored, ends | (status != AT_ANCHOR))
        holds = self._stopped.holding(slot) | self._anchored.holding(slot)
        rank = np.where(holds, np.where(lanes, WARNING, CAUTION), 0)
        said = self._said.values[slot]
        for row in np.flatnonzero(rank > said).tolist():
            if not self._known(scene, row, int(rank[row])):
                yield self._say(scene, row, bool(lanes[row]))
        for row in np.flatnonzero((rank == 0) & (said > 0)).tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} no longer lies outside an anchorage.")
        self._said.values[slot] = np.where(holds, np.maximum(rank, said), 0)

    def _lies(self, scene: Scene) -> tuple[Mask, Mask]:
        """Which rows are vessels where no vessel should lie, and which of them are in a lane."""
        t, slot, ground = scene.tracks, scene.slot, scene.ground
        # An anchored ship looks fixed: its identity says that it is none.
        alone = (t.mmsi < 0) & self._sailed.values[slot]
        alone &= (t.p_fixed < FIXED_MAX) | (self._said.values[slot] > 0)
        lies = is_vessel(t.mmsi) | alone
        lies &= scene.time_s - latest_s(scene) <= FRESH_S
        lies &= ~scene.within(ground.of_kind(*HAVENS))
        lies &= ~(scene.shore_m < self._p.shore_min_nm * NM_M)
        lanes = lies & scene.within(ground.of_kind(*LANES))
        status = scene.memory.nav_status.values[slot]
        slow = lies & ~lanes & (scene.sog_mps < self._p.release_kn * KNOT_MPS)
        idle = but_working(scene, slow & ~np.isin(status, (FISHES, MOORED)))
        charted = (ground.of_kind("anchorage") & scene.valid).any() or not self._p.needs_anchorage
        return np.asarray((idle & charted) | lanes), lanes

    def _known(self, scene: Scene, row: int, rank: int) -> bool:
        """Whether this vessel has been told of at this place, under whichever track."""
        mmsi, (x, y) = int(scene.tracks.mmsi[row]), scene.tracks.state[row, :2].tolist()
        if mmsi < 0:
            return False
        at_s, x0, y0, before = self._told.pop(mmsi, (-math.inf, x, y, 0))
        there = scene.time_s - at_s < 3_600 * self._p.told_h and math.hypot(x - x0, y - y0) < SAME_M
        self._told[mmsi] = (scene.time_s, x, y, max(rank, before) if there else rank)
        if len(self._told) > TOLD_MAX:
            del self._told[next(iter(self._told))]
        return there and rank <= before

    def _say(self, scene: Scene, row: int, lane: bool) -> Say:
        slot, kn = scene.slot[row], scene.sog_mps[row] / KNOT_MPS
        status = int(scene.memory.nav_status.values[slot])
        since = np.fmin(
            self._stopped.since_s(scene.slot)[row], self._anchored.since_s(scene.slot)[row]
        )
        minutes = (scene.time_s - since) / 60
        what = "is at anchor, as it says," if status == AT_ANCHOR else "lies stopped"
        text = (
            f"{scene.who(row)} {what} outside any anchorage, {kn:.1f} kn for {minutes:.0f} min, "
            f"{place(scene, row)}."
        )
        evidence = numbers(
            speed_kn=kn, minutes=minutes, nav_status=status, shore_nm=scene.shore_m[row] / NM_M,
            p_fixed=scene.tracks.p_fixed[row],
        )  # fmt: skip
        return RULE.say(scene, row, text, evidence, priority="warning" if lane else "")


RULE = RuleFile(
    "stopped-outside-anchorage", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: anchored outside an anchorage; COLREG rule 10 (g): avoid "
    "anchoring in a traffic separation scheme",
    Parameters, StoppedOutsideAnchorage,
)  # fmt: skip
