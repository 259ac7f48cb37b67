"""sudden-speed-change: a ship under way has stopped within seconds, and lies stopped."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import but_working, latest_s, lengths_m
from coastwatch.watch.words import numbers, place

HARBOURS = ("port-limits", "moorings")
# A radar's speed that is known worse than this says nothing (1 sigma).
SIGMA_MAX_MPS = 1.0
# The track itself must be near a stop by then: a set may say 0 kn and sail on.
TRACK_MAX_KN = 2.0
LARGE_P_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Parameters:
    """Speeds and times are AisAbnormal's, which judges long vessels only, as a sudden stop points
    to a grounding or a collision; boats and those who work at sea stop so every day."""

    speed_high_kn: float = 7.0
    speed_low_kn: float = 1.0
    within_s: float = 30.0
    hold_s: float = 60.0
    length_min_m: float = 50.0
    again_kn: float = 2.0


class SuddenSpeedChange:
    """Judges speeds as they are told: by AIS where there is an identity, else by radar.

    Between two reports nothing is known, and a track that coasts is told nothing.
    """

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._last_s = p, -math.inf
        self._fast_s, self._fast_mps = memory.column(math.nan), memory.column(math.nan)
        self._slow_s, self._said = memory.column(math.nan), memory.column(False, np.bool_)

    def step(self, scene: Scene) -> Iterable[Say]:
        p, slot = self._p, scene.slot
        told_s, mps, new = self._told(scene)
        self._last_s = scene.time_s
        fast = new & (mps > p.speed_high_kn * KNOT_MPS)
        slow = new & (mps < p.speed_low_kn * KNOT_MPS)
        self._fast_s.values[slot[fast]] = told_s[fast]
        self._fast_mps.values[slot[fast]] = mps[fast]
        since = self._slow_s.values[slot]
        sudden = slow & np.isnan(since) & (told_s - self._fast_s.values[slot] <= p.within_s)
        since = np.where(sudden, told_s, np.where(new & ~slow, np.nan, since))
        self._slow_s.values[slot] = since
        found = slow & (told_s - since >= p.hold_s)
        for row in self._judged(scene, found).tolist():
            self._said.values[slot[row]] = True
            yield self._say(scene, row, float(mps[row]), float(told_s[row] - since[row]))
        # One stop is one situation, judged once.
        self._slow_s.values[slot[found]] = self._fast_s.values[slot[found]] = np.nan
        again = new & self._said.values[slot] & (mps > p.again_kn * KNOT_MPS)
        self._said.values[slot[again]] = False
        for row in np.flatnonzero(again).tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} is under way again.")

    def _told(self, scene: Scene) -> tuple[Floats, Floats, Mask]:
        """When each row's speed was last told, what it was, and whether that is news."""
        m, slot, t = scene.memory, scene.slot, scene.tracks
        named = t.mmsi >= 0
        told_s = np.where(named, m.reported_s.values[slot], latest_s(scene))
        mps = np.where(named, m.sog_mps.values[slot], scene.sog_mps)
        known = named | (np.sqrt((t.cov[:, 2, 2] + t.cov[:, 3, 3]) / 2) < SIGMA_MAX_MPS)
        return told_s, mps, known & (told_s > self._last_s)

    def _judged(self, scene: Scene, found: Mask) -> Ints:
        found = found & (scene.sog_mps < TRACK_MAX_KN * KNOT_MPS)
        found &= ~scene.within(scene.ground.of_kind(*HARBOURS))
        rows = np.flatnonzero(but_working(scene, found))
        length = lengths_m(scene, rows)
        large = np.isnan(length) & (scene.tracks.p_small[rows] < LARGE_P_SMALL)
        return rows[(length >= self._p.length_min_m) | large]

    def _say(self, scene: Scene, row: int, mps: float, held_s: float) -> Say:
        slot = scene.slot[row]
        before_mps = float(self._fast_mps.values[slot])
        took_s = float(self._slow_s.values[slot] - self._fast_s.values[slot])
        text = (
            f"{scene.who(row)} slowed from {before_mps / KNOT_MPS:.1f} kn to "
            f"{mps / KNOT_MPS:.1f} kn within {took_s:.0f} s and has lain so for {held_s:.0f} s, "
            f"{place(scene, row)}."
        )
        evidence = numbers(
            before_kn=before_mps / KNOT_MPS, speed_kn=mps / KNOT_MPS, took_s=took_s, held_s=held_s,
            track_speed_kn=scene.sog_mps[row] / KNOT_MPS, shore_nm=scene.shore_m[row] / NM_M,
        )  # fmt: skip
        return RULE.say(scene, row, text, evidence)


RULE = RuleFile(
    "sudden-speed-change", 1, "site", "warning",
    "Danish Maritime Authority, AisAbnormal: SuddenSpeedChangeAnalysis (7 to 1 kn in 30 s, 60 s)",
    Parameters, SuddenSpeedChange,
)  # fmt: skip
