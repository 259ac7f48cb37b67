"""unusual-route: a ship stays where, and on courses on which, ships have not been seen to go.

Learns on line, for each square kilometre and octant of course, how many vessels passed, and says
nothing before it has seen enough traffic around for long enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.routes import Routes
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.turns import Turns
from coastwatch.watch.words import length_m, minutes, motion, moving, ship_type

AGAIN_S = 10.0
SHIP, OTHER = 0, 1
BIG_TYPES = range(60, 90)  # passenger, cargo, tanker
VESSEL_MMSI = (200_000_000, 800_000_000)  # no aircraft, station, buoy or beacon
HAVENS = ("port-limits", "anchorage", "moorings")

# What nobody has seen for minutes may be anywhere.
LOST_M = 300.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Fewer than ``used_min`` others of its kind went there, for ``hold_min``, above
    ``speed_min_kn``; over when it has been on a used way for ``release_s``. Judged after
    ``hours_min`` of learning, where ``vessels_min`` of its kind passed through the 10 km around.
    What was learned weighs half after ``half_life_days``. Ships are ``ship_length_min_m`` long or
    more, or passenger ships, cargo ships and tankers; ``others``: whether other vessels with an
    identity are learned and judged, too. ``reach_km``: how far from the site's origin."""

    used_min: float = 1.0
    hold_min: float = 20.0
    speed_min_kn: float = 3.0
    release_s: float = 300.0
    hours_min: float = 24.0
    vessels_min: float = 200.0
    half_life_days: float = 30.0
    ship_length_min_m: float = 50.0
    others: bool = False
    reach_km: float = 60.0


class UnusualRoute:
    """Judges and learns of each track every 10 s; ports, anchorages and moorings are left out."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._routes = Routes(1 + p.others, 1000 * p.reach_km, 86_400 * p.half_life_days)
        self._lasting = Lasting(memory, 60 * p.hold_min, p.release_s)
        self._kind = memory.column(-1, np.int64)
        self._cell = memory.column(-1, np.int64, (3,))
        self._blocks = memory.column(-1, np.int64, (2,))  # the last two
        self._turns = Turns(memory, AGAIN_S)

    def step(self, scene: Scene) -> Iterable[Say]:
        self._routes.forget(scene.time_s)
        t, due = scene.tracks, self._turns.rows(scene)
        cell, block, on = self._routes.place(t.state[:, :2], scene.cog_rad)
        on &= (t.mmsi >= VESSEL_MMSI[0]) & (t.mmsi < VESSEL_MMSI[1]) & ~(t.p_fixed > 0.5)
        on &= (scene.sog_mps >= self._p.speed_min_kn * KNOT_MPS) & (scene.sigma_m < LOST_M)
        on &= ~scene.within(scene.ground.of_kind(*HAVENS))
        rows = self._learn(scene, due[on[due]], cell, block)
        unusual, others, around = self._judge(scene, rows, cell, block)
        new, over = self._lasting.step(scene.slot[due], scene.time_s, unusual[due])
        for row in due[new].tolist():
            yield self._words(scene, row, float(others[row]), float(around[row]))
        for row in due[over].tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} is no longer off the usual routes.")

    def _learn(self, scene: Scene, rows: Ints, cell: Ints, block: Ints) -> Ints:
        """The rows that are of a kind that is learned; what is new of them is."""
        slot, mmsi = scene.slot, scene.tracks.mmsi
        changed = rows[(self._cell.values[slot[rows]] != cell[rows]).any(axis=1)]
        self._cell.values[slot[changed]] = cell[changed]
        self._kind.values[slot[changed]] = [self._kind_of(scene, r) for r in changed.tolist()]
        kind = self._kind.values[slot]
        changed = changed[kind[changed] >= 0]
        self._routes.pass_cells(kind[changed], cell[changed], mmsi[changed])
        entered = changed[~(self._blocks.values[slot[changed]] == block[changed, None]).any(axis=1)]
        self._routes.pass_blocks(kind[entered], block[entered])
        last = self._blocks.values[slot[entered], 0]
        self._blocks.values[slot[entered]] = np.column_stack([block[entered], last])
        return rows[kind[rows] >= 0]

    def _kind_of(self, scene: Scene, row: int) -> int:
        long = length_m(scene, row) >= self._p.ship_length_min_m
        if long or ship_type(scene, row) in BIG_TYPES:
            return SHIP
        return OTHER if self._p.others else -1

    def _judge(
        self, scene: Scene, rows: Ints, cell: Ints, block: Ints
    ) -> tuple[Mask, Floats, Floats]:
        """(n,) who is off the usual ways; passages of others there; passages around."""
        n, p = len(scene), self._p
        unusual, others, around = np.zeros(n, dtype=np.bool_), np.zeros(n), np.zeros(n)
        if scene.time_s - self._routes.began_s < 3600 * p.hours_min:
            return unusual, others, around
        kind = self._kind.values[scene.slot]
        around[rows] = self._routes.around(kind[rows], block[rows])
        rows = rows[around[rows] >= p.vessels_min]
        others[rows] = self._routes.others(kind[rows], cell[rows], scene.tracks.mmsi[rows])
        unusual[rows] = others[rows] < p.used_min
        return unusual, others, around

    def _words(self, scene: Scene, row: int, others: float, around: float) -> Say:
        lasting_s = scene.time_s - float(self._lasting.since_s(scene.slot)[row])
        hours = (scene.time_s - self._routes.began_s) / 3600
        like = "ships" if self._kind.values[scene.slot[row]] == SHIP else "such vessels"
        text = (
            f"{scene.who(row)} is where {like} have not been seen to go on such a course, for "
            f"{minutes(lasting_s)}: {moving(scene, row)}; {around:.0f} passed within 10 km in "
            f"{hours:.0f} h."
        )
        evidence: dict[str, object] = {
            "others_there": round(others, 4),
            "passages_around": round(around, 4),
            "learned_h": round(hours, 4),
            "lasting_min": round(lasting_s / 60, 4),
        }
        return RULE.say(scene, row, text, evidence | motion(scene, row))


RULE = RuleFile(
    "unusual-route", 1, "site", "caution",
    "DMA AisAbnormal: course over ground in cell; CISE anomaly type: deviation from the usual "
    "route; all numbers: coastwatch",
    Parameters, UnusualRoute,
)  # fmt: skip
