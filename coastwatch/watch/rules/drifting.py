"""drifting: a vessel moves slowly where its bow does not point, for long."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course
from coastwatch.model import Floats, Say, Status
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
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
    is_vessel,
)
from coastwatch.watch.words import numbers, place

HARBOURS = ("port-limits", "moorings")
# An anchored vessel reports every three minutes: two of them missed, and no more.
FRESH_S = 560.0
# A course whose direction is worse known than this is none (1 sigma, radians).
COURSE_SIGMA_RAD = 0.35
# A vessel at this speed goes where its bow points; if not, its compass is wrong.
WAY_KN, COMPASS_DEG = 7.0, 30.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Speeds, angle and time are AisAbnormal's. Beyond ``anchored_max_kn`` the word of a vessel
    that it is moored or at anchor is not believed. Nearer to the shore than ``shore_min_nm`` ships
    are laid alongside."""

    speed_min_kn: float = 1.0
    speed_max_kn: float = 5.0
    off_min_deg: float = 45.0
    hold_min: float = 10.0
    release_s: float = 120.0
    anchored_max_kn: float = 2.0
    shore_min_nm: float = 0.5


class Drifting:
    """Judges vessels that tell their heading; not those whose trade it is to lie across."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(10.0)
        self._lasting = Lasting(memory, 60 * p.hold_min, p.release_s)
        self._compass_wrong = memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        heading = scene.memory.heading_rad.values[scene.slot]
        off_deg = np.degrees(
            np.abs(np.remainder(scene.cog_rad - heading + np.pi, 2 * np.pi) - np.pi)
        )
        begins, ends = self._conditions(scene, off_deg)
        new, over = self._lasting.step(scene.slot, scene.time_s, begins, ends)
        for row in new.tolist():
            yield self._say(scene, row, float(heading[row]), float(off_deg[row]))
        for row in over.tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} no longer moves across its heading.")

    def _conditions(self, scene: Scene, off_deg: Floats) -> tuple[Mask, Mask]:
        p, m, slot = self._p, scene.memory, scene.slot
        kn = scene.sog_mps / KNOT_MPS
        self._learn_compass(scene, kn, off_deg)
        status = m.nav_status.values[slot]
        tied = np.isin(status, (AT_ANCHOR, MOORED)) & (kn <= p.anchored_max_kn)
        judged = (
            is_vessel(scene.tracks.mmsi) & np.isfinite(off_deg) & ~self._compass_wrong.values[slot]
        )
        judged &= scene.time_s - m.reported_s.values[slot] <= FRESH_S
        judged &= ~tied & ~np.isin(status, (FISHES, RESTRICTED, SAILS))
        judged &= ~scene.within(scene.ground.of_kind(*HARBOURS))
        judged &= ~(scene.shore_m < p.shore_min_nm * NM_M)
        cov = scene.tracks.cov
        known = np.sqrt((cov[:, 2, 2] + cov[:, 3, 3]) / 2) < COURSE_SIGMA_RAD * scene.sog_mps
        across = judged & (off_deg > p.off_min_deg)
        begins = across & known & (kn >= p.speed_min_kn) & (kn <= p.speed_max_kn)
        begins &= scene.tracks.status == Status.CONFIRMED
        about = judged & (off_deg > p.off_min_deg - 10)
        about &= (kn >= 0.7 * p.speed_min_kn) & (kn <= 1.1 * p.speed_max_kn)
        return but_working(scene, begins), ~about

    def _learn_compass(self, scene: Scene, kn: Floats, off_deg: Floats) -> None:
        wrong = self._compass_wrong.values[scene.slot]
        way = (kn > WAY_KN) & np.isfinite(off_deg)
        self._compass_wrong.values[scene.slot] = np.where(way, off_deg > COMPASS_DEG, wrong)

    def _say(self, scene: Scene, row: int, heading: float, off_deg: float) -> Say:
        kn, cog = scene.sog_mps[row] / KNOT_MPS, float(scene.cog_rad[row])
        minutes = (scene.time_s - self._lasting.since_s(scene.slot)[row]) / 60
        text = (
            f"{scene.who(row)} moves at {kn:.1f} kn on {format_course(cog)} while its bow "
            f"points to {format_course(heading)}, for {minutes:.0f} min, {place(scene, row)}: "
            "it may be drifting."
        )
        evidence = numbers(
            speed_kn=kn, course_deg=math.degrees(cog) % 360,
            heading_deg=math.degrees(heading) % 360, off_deg=off_deg, minutes=minutes,
            shore_nm=scene.shore_m[row] / NM_M,
            nav_status=scene.memory.nav_status.values[scene.slot[row]],
        )  # fmt: skip
        return RULE.say(scene, row, text, evidence)


RULE = RuleFile(
    "drifting", 1, "site", "warning",
    "Danish Maritime Authority, AisAbnormal: DriftAnalysis (1 to 5 kn, 45 degrees, 10 min); "
    "EMSA Automated Behaviour Monitoring: drifting",
    Parameters, Drifting,
)  # fmt: skip
