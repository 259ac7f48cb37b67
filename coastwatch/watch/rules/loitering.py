"""loitering: a vessel keeps slowly under way within a small area, for half an hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import LONG_S, Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import AT_ANCHOR, FISHES, MOORED, but_working, is_vessel, latest_s
from coastwatch.watch.ways import SHARE_MIN, Ways, ways
from coastwatch.watch.words import numbers, place

HAVENS = ("port-limits", "anchorage", "moorings", "fishing-ground", "wind-farm", "pilot-area")
FIXED_MAX = 0.5
FRESH_S = 400.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Within ``radius_nm`` for ``minutes``, with ``share_max`` of the way sailed made good.

    Tugs, pilots, fishing vessels and others whose trade it is do so every day, and so do small
    craft ``shore_min_nm`` off a beach.
    """

    minutes: float = 30.0
    speed_min_kn: float = 0.5
    speed_max_kn: float = 5.0
    radius_nm: float = 0.75
    share_max: float = 0.5
    shore_min_nm: float = 1.0


class Loitering:
    """Looks at each minute of the last half hour, once a minute."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(LONG_S)
        self._lasting = Lasting(memory, 0.0, 120.0)

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        p, w = self._p, ways(scene, np.flatnonzero(self._judged(scene)), self._p.minutes)
        slow = (w.knots >= p.speed_min_kn) & (w.knots <= p.speed_max_kn)
        found = slow.sum(axis=1) >= SHARE_MIN * 60 * p.minutes / LONG_S
        found &= w.radius_m <= p.radius_nm * NM_M
        found &= w.made_m < p.share_max * w.sailed_m
        begins = np.zeros(len(scene), dtype=np.bool_)
        begins[w.row[found]] = True
        new, over = self._lasting.step(scene.slot, scene.time_s, but_working(scene, begins))
        for k in np.flatnonzero(np.isin(w.row, new)).tolist():
            yield self._say(scene, w, k)
        for row in over.tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} no longer keeps within a small area.")

    def _judged(self, scene: Scene) -> Mask:
        t, p, m, slot = scene.tracks, self._p, scene.memory, scene.slot
        vessel = is_vessel(t.mmsi) | ((t.mmsi < 0) & (t.p_fixed < FIXED_MAX))
        status = m.nav_status.values[slot]
        judged = vessel & ~np.isin(status, (AT_ANCHOR, MOORED, FISHES))
        judged &= scene.time_s - latest_s(scene) <= FRESH_S
        judged &= scene.sog_mps <= 1.5 * p.speed_max_kn * KNOT_MPS
        judged &= ~scene.within(scene.ground.of_kind(*HAVENS))
        return np.asarray(judged & ~(scene.shore_m < p.shore_min_nm * NM_M))

    def _say(self, scene: Scene, w: Ways, k: int) -> Say:
        row, kn = int(w.row[k]), float(np.nanmedian(w.knots[k]))
        radius, sailed, made = (float(v[k]) / NM_M for v in (w.radius_m, w.sailed_m, w.made_m))
        text = (
            f"{scene.who(row)} has kept within {radius:.2f} NM for {self._p.minutes:.0f} min "
            f"at {kn:.1f} kn, {place(scene, row)}: sailed {sailed:.1f} NM, made good {made:.1f} NM."
        )
        evidence = numbers(
            radius_nm=radius, sailed_nm=sailed, made_good_nm=made, speed_kn=kn,
            minutes=self._p.minutes, shore_nm=scene.shore_m[row] / NM_M,
            p_fixed=scene.tracks.p_fixed[row],
        )  # fmt: skip
        return RULE.say(scene, row, text, evidence)


RULE = RuleFile(
    "loitering", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: loitering; CISE anomaly types: loitering",
    Parameters, Loitering,
)  # fmt: skip
