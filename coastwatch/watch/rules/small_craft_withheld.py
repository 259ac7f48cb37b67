"""small-craft-withheld: how many small craft without AIS were not alerted one by one, and why.

Ports, moorings, fishing grounds, wind farms and fixed objects explain a small craft. What is
explained is not silent: one caution a place, renewed each half hour while there is anyone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.rules.small_unregistered_craft import Parameters as Small
from coastwatch.watch.rules.small_unregistered_craft import small_score
from coastwatch.watch.scene import Scene
from coastwatch.watch.withheld import Reason, Withheld

TRACKS_TOLD = 50
EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """``each_min`` minutes a count is told for."""

    each_min: float = 30.0


@dataclass(slots=True)
class _Count:
    """The craft of one place since the last word: tracks, and where the last of them was."""

    reason: Reason
    tracks: dict[int, float] = field(default_factory=dict)
    lonlat: tuple[float, float] = (math.nan, math.nan)


class SmallCraftWithheld:
    """Counts, place by place, the craft that small-unregistered-craft did not raise."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._each_s = p.each_min * 60.0
        self._small, self._withheld = Small(), Withheld(site)
        self._lasting = Lasting(memory, self._small.sustained_s, 120.0)
        self._counts: dict[str, _Count] = {}
        self._told: dict[str, str] = {}  # place -> its zone, while its caution is open
        self._period, self._counted_s = -1, -math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        score = small_score(scene, self._small)
        self._lasting.step(scene.slot, scene.time_s, score >= self._small.score_min)
        if scene.time_s >= self._counted_s + EVERY_S:
            self._counted_s = scene.time_s
            rows = np.flatnonzero(self._lasting.holding(scene.slot))
            for row in rows[self._withheld.explained(scene, rows)[0]].tolist():
                self._count(scene, row, float(score[row]))
        period = math.floor(scene.time_s / self._each_s)
        if self._period not in (-1, period):
            yield from self._tell(scene)
        self._period = period

    def _count(self, scene: Scene, row: int, score: float) -> None:
        reason = self._withheld.reason(scene, row)
        if reason is None:
            return
        count = self._counts.setdefault(reason.key(scene), _Count(reason))
        track = int(scene.tracks.id[row])
        count.tracks[track] = max(count.tracks.get(track, 0.0), score)
        count.lonlat = float(scene.lon[row]), float(scene.lat[row])

    def _tell(self, scene: Scene) -> Iterable[Say]:
        for place in sorted(self._told.keys() - self._counts.keys()):
            zone = self._told.pop(place)
            yield self._say(scene, place, zone, "None of them is left.", {}, (math.nan, math.nan))
        for place, count in sorted(self._counts.items()):
            known = [z for z in scene.ground.zones if z.id == place]
            where = f" in {known[0].name}" if known else ""
            minutes = round(self._each_s / 60)
            text = (
                f"{len(count.tracks)} small craft without AIS{where} in the last {minutes} min "
                f"not alerted one by one: {count.reason.words}."
            )
            evidence = {
                "craft": len(count.tracks),
                "reason": count.reason.words,
                "tracks": sorted(count.tracks)[:TRACKS_TOLD],
                "score_max": round(max(count.tracks.values()), 4),
                "minutes": minutes,
            }
            self._told[place] = place if known else ""
            yield self._say(scene, place, self._told[place], text, evidence, count.lonlat)
        self._counts = {}

    def _say(
        self, scene: Scene, place: str, zone: str, text: str, evidence: dict[str, object],
        lonlat: tuple[float, float],
    ) -> Say:  # fmt: skip
        version = next((z.version for z in scene.ground.zones if z.id == zone), "")
        told = evidence | ({"zone_version": version} if version else {})
        return Say(
            RULE.name, RULE.version, (place,), scene.time_s, RULE.priority, -1, -1, zone, *lonlat,
            text, told | ({"rule_version": RULE.version} if evidence else {}), version,
            over=not evidence,
        )  # fmt: skip


RULE = RuleFile(
    "small-craft-withheld", 1, "site", "caution",
    "coastwatch: what small-unregistered-craft explains away, see docs/small-craft.md",
    Parameters, SmallCraftWithheld,
)  # fmt: skip
