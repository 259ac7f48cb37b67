"""sudden-course-change: a ship under way has turned far within a minute."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import KNOT_MPS, NM_M, format_course
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import (
    FISHES,
    RESTRICTED,
    SAILS,
    but_working,
    is_class_a,
    latest_s,
    lengths_m,
)
from coastwatch.watch.words import LANES, numbers, place

HARBOURS = ("port-limits", "moorings", "anchorage")
EVERY_S = 10.0
# Turns are seen where the track was seen: not over a gap, nor while it settles after one.
GAP_MAX_S, SETTLED_S, FRESH_S = 45.0, 30.0, 35.0
LARGE_P_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Parameters:
    """Angle, time and speed are the mission's. Small craft turn often: only vessels of
    ``length_min_m`` are judged, and of those who do not tell it class A and what radar sees as
    large; outside harbours and ``shore_min_nm`` off, where ships manoeuvre. The course must be
    known to ``sigma_max_deg``."""

    turn_min_deg: float = 45.0
    within_s: float = 60.0
    speed_min_kn: float = 3.0
    sigma_max_deg: float = 8.0
    hold_s: float = 10.0
    release_s: float = 300.0
    length_min_m: float = 50.0
    shore_min_nm: float = 2.0


class SuddenCourseChange:
    """Holds the course of each ship against where it went in the last minute."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(EVERY_S)
        self._lasting = Lasting(memory, p.hold_s, p.release_s)
        self._seen_s, self._settled_s = memory.column(math.nan), memory.column(-math.inf)

    def step(self, scene: Scene) -> Iterable[Say]:
        if not self._pace.due(scene.time_s):
            return
        fresh = self._fresh(scene)
        turned, before = self._turned(scene, np.flatnonzero(self._known(scene) & fresh))
        begins = self._judged(scene, turned > math.radians(self._p.turn_min_deg))
        new, over = self._lasting.step(scene.slot, scene.time_s, begins)
        for row in new.tolist():
            yield self._say(scene, row, float(turned[row]), before[row])
        for row in over.tolist():
            yield RULE.over(scene, row, f"{scene.who(row)} holds its course again.")

    def _fresh(self, scene: Scene) -> Mask:
        """Which rows are seen now; gaps are noted."""
        latest, slot = latest_s(scene), scene.slot
        # A new track settles, too: by a plot or two its course is a guess.
        gap = ~(latest - self._seen_s.values[slot] <= GAP_MAX_S)
        self._settled_s.values[slot[gap]] = scene.time_s + SETTLED_S
        self._seen_s.values[slot] = latest
        return np.asarray(scene.time_s - latest <= FRESH_S)

    def _known(self, scene: Scene) -> Mask:
        cov, p = scene.tracks.cov, self._p
        sigma = np.sqrt((cov[:, 2, 2] + cov[:, 3, 3]) / 2)
        under_way = scene.sog_mps > p.speed_min_kn * KNOT_MPS
        return np.asarray(under_way & (sigma < math.radians(p.sigma_max_deg) * scene.sog_mps))

    def _turned(self, scene: Scene, rows: Ints) -> tuple[Floats, Floats]:
        """How far each row has turned within the time, 0 for others; its velocity before (n, 2)."""
        p, ring = self._p, scene.memory.short
        times, past = ring.past(scene.slot[rows], scene.time_s, p.within_s)
        v, now = past[:, :, 2:], scene.tracks.state[rows, None, 2:]
        settled = times >= self._settled_s.values[scene.slot[rows], None]
        speed = np.hypot(v[:, :, 0], v[:, :, 1])
        dot = (v * now).sum(axis=2)
        along = dot / (np.maximum(speed, 1e-9) * scene.sog_mps[rows, None])
        along = np.where(settled & (speed > p.speed_min_kn * KNOT_MPS), along, 1.0)
        turned, before = np.zeros(len(scene)), np.full((len(scene), 2), np.nan)
        if len(times):
            least = np.argmin(along, axis=1)
            at = np.arange(len(rows))
            turned[rows] = np.arccos(np.clip(along[at, least], -1.0, 1.0))
            before[rows] = v[at, least]
        return turned, before

    def _judged(self, scene: Scene, turned: Mask) -> Mask:
        status = scene.memory.nav_status.values[scene.slot]
        turned &= ~np.isin(status, (FISHES, RESTRICTED, SAILS))
        turned &= ~scene.within(scene.ground.of_kind(*HARBOURS))
        turned &= ~(scene.shore_m < self._p.shore_min_nm * NM_M)
        rows = np.flatnonzero(but_working(scene, turned))
        length = lengths_m(scene, rows)
        unsaid = is_class_a(scene)[rows] | (scene.tracks.p_small[rows] < LARGE_P_SMALL)
        large = (length >= self._p.length_min_m) | (np.isnan(length) & unsaid)
        out = np.zeros(len(scene), dtype=np.bool_)
        out[rows[large]] = True
        return out

    def _say(self, scene: Scene, row: int, turned: float, before: Floats) -> Say:
        vx, vy = scene.tracks.state[row, 2:]
        side = "starboard" if before[0] * vy - before[1] * vx < 0 else "port"
        # The plane's north is not the true one: the turn is, and the course now.
        now = float(scene.cog_rad[row])
        was = now - turned if side == "starboard" else now + turned
        kn = scene.sog_mps[row] / KNOT_MPS
        text = (
            f"{scene.who(row)} turned by {math.degrees(turned):.0f}° to {side} within "
            f"{self._p.within_s:.0f} s, from {format_course(was)} to {format_course(now)}, "
            f"at {kn:.1f} kn, {place(scene, row)}."
        )
        evidence = numbers(
            turn_deg=math.degrees(turned), course_before_deg=math.degrees(was) % 360,
            course_deg=math.degrees(now) % 360, speed_kn=kn,
            speed_before_kn=math.hypot(*before) / KNOT_MPS, shore_nm=scene.shore_m[row] / NM_M,
        )  # fmt: skip
        lane = scene.within(scene.ground.of_kind(*LANES))[row]
        return RULE.say(scene, row, text, evidence, priority="warning" if lane else "")


RULE = RuleFile(
    "sudden-course-change", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: sudden change of course; "
    "Danish Maritime Authority, AisAbnormal: CourseOverGroundAnalysis",
    Parameters, SuddenCourseChange,
)  # fmt: skip
