"""uncorrelated-target: a vessel, not a small one, under way without AIS where it would be heard.

Small craft are another rule's business, and another word's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course, format_position
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_vessel

HARBOURS = ("port-limits", "anchorage", "moorings", "wind-farm")


@dataclass(frozen=True, slots=True)
class Parameters:
    """``small_max`` and ``length_m`` are both asked: not small by its echoes, or surely so long."""

    sustained_s: float = 300.0
    released_s: float = 120.0
    speed_min_kn: float = 4.0
    speed_max_kn: float = 50.0
    unregistered_min: float = 0.9
    small_max: float = 0.2
    length_m: float = 40.0
    existence_min: float = 0.95
    fixed_max: float = 0.1
    share_min: float = 0.3
    sigma_max_m: float = 150.0
    radar_s: float = 30.0
    twin_nm: float = 2.0
    twin_speed_off_mps: float = 1.0


class UncorrelatedTarget:
    """Holds each track without identity against all of ``Parameters``."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._radars = [k for k, s in enumerate(site.sensors) if s.kind == "radar"]
        self._lasting = Lasting(memory, p.sustained_s, p.released_s)
        self._said = memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._radars or not len(scene):
            return
        named = scene.tracks.mmsi >= 0
        likely = self._likely(scene)
        # What merely slows down, or is hidden for a while, has not ceased to be without AIS.
        ends = np.where(self._lasting.holding(scene.slot), named, ~likely)
        _, over = self._lasting.step(scene.slot, scene.time_s, likely, ends)
        quiet = scene.within(scene.ground.of_kind(*HARBOURS))
        said = self._said.values
        for row in over[said[scene.slot[over]]].tolist():
            said[scene.slot[row]] = False
            text = f"{scene.who(row)} has an identity now."
            yield RULE.over(scene, row, text, about=(int(scene.tracks.id[row]),))
        holding = self._lasting.holding(scene.slot) & likely & ~quiet & ~said[scene.slot]
        for row in np.flatnonzero(holding).tolist():
            if self._has_twin(scene, row):
                continue
            said[scene.slot[row]] = True
            yield self._say(scene, row)

    def _likely(self, scene: Scene) -> Mask:
        p, t, speed_kn = self._p, scene.tracks, scene.sog_mps / KNOT_MPS
        moving = (speed_kn >= p.speed_min_kn) & (speed_kn <= p.speed_max_kn)
        with np.errstate(invalid="ignore"):
            seen = (t.last_seen_s[:, self._radars] >= scene.time_s - p.radar_s).any(axis=1)
            long = t.length_m - t.length_sigma_m >= p.length_m
            big = (t.p_small <= p.small_max) & ~(t.length_m + t.length_sigma_m < p.length_m)
        alone = (t.mmsi < 0) & (t.p_unregistered >= p.unregistered_min)
        sure = (t.existence >= p.existence_min) & (t.p_fixed <= p.fixed_max)
        sure &= (scene.sigma_m <= p.sigma_max_m) & (t.heard_share >= p.share_min)
        return np.asarray(moving & seen & (long | big) & alone & sure)

    def _has_twin(self, scene: Scene, row: int) -> bool:
        """Whether an identity that no radar sees moves in parallel: ais-radar-disagreement's."""
        p, t = self._p, scene.tracks
        off = t.state - t.state[row]
        twin = is_vessel(t.mmsi) & (np.hypot(off[:, 2], off[:, 3]) <= p.twin_speed_off_mps)
        twin &= np.hypot(off[:, 0], off[:, 1]) <= p.twin_nm * NM_M
        with np.errstate(invalid="ignore"):
            seen = (t.last_seen_s[:, self._radars] >= scene.time_s - p.radar_s).any(axis=1)
        return bool((twin & ~seen).any())

    def _say(self, scene: Scene, row: int) -> Say:
        t, knots = scene.tracks, float(scene.sog_mps[row]) / KNOT_MPS
        watched_min = (scene.time_s - float(t.born_s[row])) / 60
        length = float(t.length_m[row])
        size = f", about {length:.0f} m long," if math.isfinite(length) else ""
        text = (
            f"A vessel without AIS{size} is under way: track {int(t.id[row])}, {knots:.1f} kn,"
            f" course {format_course(float(scene.cog_rad[row]))}, at"
            f" {format_position(float(scene.lon[row]), float(scene.lat[row]))};"
            f" radar has seen it for {watched_min:.0f} min."
        )
        evidence = {
            "speed_kn": round(knots, 1),
            "course_deg": round(math.degrees(float(scene.cog_rad[row])) % 360, 1),
            "p_unregistered": round(float(t.p_unregistered[row]), 4),
            "p_small": round(float(t.p_small[row]), 4),
            "existence": round(float(t.existence[row]), 4),
            "heard_share": round(float(t.heard_share[row]), 3),
            "length_m": round(length, 1) if math.isfinite(length) else None,
            "sigma_m": round(float(scene.sigma_m[row]), 1),
            "watched_min": round(watched_min, 1),
        }
        return RULE.say(scene, row, text, evidence, about=(int(t.id[row]),))


RULE = RuleFile(
    "uncorrelated-target", 1, "site", "caution",
    "CISE anomaly types: uncorrelated radar target; SOLAS V/19.2.4 (who must carry AIS)",
    Parameters, UncorrelatedTarget,
)  # fmt: skip
