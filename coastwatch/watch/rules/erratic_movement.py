"""erratic-movement: a ship under way turns far, again and again, and gets little further."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import NM_M
from coastwatch.model import Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import LONG_S, Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import (
    AT_ANCHOR,
    FISHES,
    MOORED,
    RESTRICTED,
    SAILS,
    but_working,
    is_class_a,
    latest_s,
    lengths_m,
)
from coastwatch.watch.ways import SHARE_MIN, Ways, ways
from coastwatch.watch.words import numbers, place

HAVENS = ("port-limits", "anchorage", "moorings", "fishing-ground", "wind-farm", "pilot-area")
FRESH_S = 90.0
LARGE_P_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Parameters:
    """``turns_min`` changes of course by ``turn_min_deg`` or of speed by ``change_min_kn`` from one
    minute to the next in ``minutes``, at ``speed_min_kn`` all the while, with less than
    ``share_max`` of the way sailed made good: one turn, or one zigzag, is none of this.

    Only class A and vessels of ``length_min_m`` are judged; slow ones within ``loiter_radius_nm``
    are another rule's.
    """

    minutes: float = 25.0
    turns_min: float = 6.0
    turn_min_deg: float = 30.0
    change_min_kn: float = 4.0
    speed_min_kn: float = 2.0
    share_max: float = 0.6
    length_min_m: float = 50.0
    shore_min_nm: float = 2.0
    loiter_radius_nm: float = 0.75
    loiter_max_kn: float = 5.0


class ErraticMovement:
    """Counts large changes in the last half hour, once a minute."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(LONG_S)
        self._lasting = Lasting(memory, 0.0, 300.0)

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        p, w = self._p, ways(scene, np.flatnonzero(self._judged(scene)), self._p.minutes)
        turns, changes = self._changes(w)
        way = (w.knots > p.speed_min_kn).sum(axis=1) >= SHARE_MIN * 60 * p.minutes / LONG_S
        loiters = (np.nanmax(w.knots, axis=1, initial=0.0) <= p.loiter_max_kn) & (
            w.radius_m <= p.loiter_radius_nm * NM_M
        )
        found = way & ~loiters & (w.made_m < p.share_max * w.sailed_m)
        found &= turns + changes >= p.turns_min
        begins = np.zeros(len(scene), dtype=np.bool_)
        begins[w.row[found]] = True
        ends = np.ones(len(scene), dtype=np.bool_)
        # Between the two, nothing changes: a count that wavers is no news.
        ends[w.row[way & (turns + changes >= p.turns_min / 2)]] = False
        new, over = self._lasting.step(scene.slot, scene.time_s, self._ships(scene, begins), ends)
        for k in np.flatnonzero(np.isin(w.row, new)).tolist():
            yield self._say(scene, w, k, int(turns[k]), int(changes[k]))
        for row in over.tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} holds a steady course again.")

    def _judged(self, scene: Scene) -> Mask:
        status = scene.memory.nav_status.values[scene.slot]
        judged = ~np.isin(status, (AT_ANCHOR, MOORED, FISHES, RESTRICTED, SAILS))
        judged &= is_class_a(scene) | (scene.tracks.p_small < LARGE_P_SMALL)
        judged &= scene.time_s - latest_s(scene) <= FRESH_S
        judged &= ~scene.within(scene.ground.of_kind(*HAVENS))
        return np.asarray(judged & ~(scene.shore_m < self._p.shore_min_nm * NM_M))

    def _changes(self, w: Ways) -> tuple[Ints, Ints]:
        """How often each has turned far, and how often it has changed speed, minute by minute."""
        p = self._p
        a, b = w.velocity[:, :-1], w.velocity[:, 1:]
        cross = a[:, :, 0] * b[:, :, 1] - a[:, :, 1] * b[:, :, 0]
        turn = np.abs(np.arctan2(cross, (a * b).sum(axis=2)))
        moves = (w.knots[:, :-1] > p.speed_min_kn) & (w.knots[:, 1:] > p.speed_min_kn)
        turned = moves & (turn > math.radians(p.turn_min_deg))
        changed = moves & ~turned & (np.abs(np.diff(w.knots, axis=1)) > p.change_min_kn)
        return turned.sum(axis=1), changed.sum(axis=1)

    def _ships(self, scene: Scene, begins: Mask) -> Mask:
        rows = np.flatnonzero(but_working(scene, begins))
        length = lengths_m(scene, rows)
        out = np.zeros(len(scene), dtype=np.bool_)
        out[rows[(length >= self._p.length_min_m) | np.isnan(length)]] = True
        return out

    def _say(self, scene: Scene, w: Ways, k: int, turns: int, changes: int) -> Say:
        row, kn = int(w.row[k]), float(np.nanmedian(w.knots[k]))
        sailed, made = float(w.sailed_m[k]) / NM_M, float(w.made_m[k]) / NM_M
        text = (
            f"{scene.who(row)} has turned far {turns} times and changed speed {changes} times in "
            f"{self._p.minutes:.0f} min at {kn:.1f} kn, {place(scene, row)}: sailed {sailed:.1f} "
            f"NM, made good {made:.1f} NM."
        )
        evidence = numbers(
            turns=turns, speed_changes=changes, minutes=self._p.minutes, speed_kn=kn,
            sailed_nm=sailed, made_good_nm=made, radius_nm=w.radius_m[k] / NM_M,
            shore_nm=scene.shore_m[row] / NM_M,
        )  # fmt: skip
        return RULE.say(scene, row, text, evidence)


RULE = RuleFile(
    "erratic-movement", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: erratic movement; CISE anomaly types: unusual movement",
    Parameters, ErraticMovement,
)  # fmt: skip
