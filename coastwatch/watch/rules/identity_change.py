"""identity-change: a vessel changed its name, call sign or IMO number, or its MMSI under way.

What is new must be heard twice; other letters' cases, spaces, slips of one letter and what was
not told before are no change. That it changed its MMSI is said where one falls silent and another
one speaks up at the same place, at the same speed, and goes on.
"""

from __future__ import annotations

import difflib
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coastwatch.geo.units import NM_M
from coastwatch.model import Say, Vessel
from coastwatch.site import Site
from coastwatch.watch.identities import Place, is_imo, keep, name_of, place_of, said_of
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_vessel

KNOWN_KEPT, SAID_KEPT, PAIRS_KEPT = 50_000, 2_000, 1_000
ASPECTS = ("name", "callsign", "imo")
WORDS = {"name": "name", "callsign": "call sign", "imo": "IMO number"}
EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """How alike two names are that are one (0 to 1); and of a change of MMSI: how near the new
    one begins, how alike the velocity, for how long the old one was silent then, at most, and for
    how long both keep to it."""

    alike: float = 0.75
    near_m: float = 400.0
    speed_off_mps: float = 1.5
    speed_min_mps: float = 1.5
    silent_max_s: float = 240.0
    kept_s: float = 240.0
    over_s: float = 3_600.0


@dataclass(frozen=True, slots=True)
class Known:
    """What one MMSI said, in letters and digits, and what of it is new but heard only once."""

    told: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)


class IdentityChange:
    """Remembers what each MMSI said, and which fell silent where another one spoke up."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._known: OrderedDict[int, Known] = OrderedDict()
        self._said: OrderedDict[int, float] = OrderedDict()
        self._pairs: OrderedDict[tuple[int, int], float] = OrderedDict()
        self._begun = memory.column(False, np.bool_)
        self._judged_s = -math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        for vessel in scene.vessels:
            yield from self._hear(scene, vessel)
        if scene.time_s >= self._judged_s + EVERY_S:
            self._judged_s = scene.time_s
            self._pair(scene)
            yield from self._settle(scene)
        yield from self._tidy(scene)

    def _hear(self, scene: Scene, vessel: Vessel) -> Iterator[Say]:
        known = self._known.get(vessel.mmsi, Known())
        told, once = dict(known.told), dict(known.once)
        changed: dict[str, tuple[str, str]] = {}
        for aspect, new in _said(vessel):
            old = told.get(aspect)
            if old is None or self._alike(aspect, old, new):
                told[aspect] = new
                once.pop(aspect, None)
            elif once.get(aspect) == new:
                changed[aspect] = (old, new)
                told[aspect] = once.pop(aspect)
            else:
                once[aspect] = new
        keep(self._known, vessel.mmsi, replace(known, told=told, once=once), KNOWN_KEPT)
        if changed and is_vessel(vessel.mmsi):
            told_of = ", ".join(f"{WORDS[a]} from {o} to {n}" for a, (o, n) in changed.items())
            text = f"{name_of(scene, vessel.mmsi)} changed its {told_of}."
            evidence = {f"{a}_{when}": value for a, pair in changed.items()
                        for when, value in zip(("before", "after"), pair, strict=True)}  # fmt: skip
            yield self._say(scene, vessel.mmsi, text, evidence)

    def _alike(self, aspect: str, old: str, new: str) -> bool:
        if old == new:
            return True
        if aspect != "name":
            return False
        return difflib.SequenceMatcher(None, old, new).ratio() >= self._p.alike

    def _pair(self, scene: Scene) -> None:
        """Take note of each MMSI that spoke up where another one had just fallen silent."""
        t, memory, p = scene.tracks, scene.memory, self._p
        slot, silent_s = scene.slot, scene.time_s - memory.reported_s.values[scene.slot]
        named = is_vessel(t.mmsi) & np.isfinite(silent_s) & (scene.sog_mps >= p.speed_min_mps)
        begun = self._begun.values
        fresh = np.flatnonzero(named & ~begun[slot] & (silent_s < 30.0))
        young = fresh[scene.time_s - t.born_s[fresh] < p.silent_max_s]
        begun[slot[fresh]] = True
        quiet = np.flatnonzero(named & (silent_s > 20.0) & (silent_s < p.silent_max_s))
        if not len(young) or not len(quiet):
            return
        for row in young.tolist():
            off = t.state[quiet] - t.state[row]
            near = np.hypot(off[:, 0], off[:, 1])
            fits = (near < p.near_m) & (np.hypot(off[:, 2], off[:, 3]) < p.speed_off_mps)
            fits &= t.mmsi[quiet] != t.mmsi[row]
            # The old one was there before the new one, and spoke last before it did.
            fits &= t.born_s[quiet] < t.born_s[row]
            if fits.any():
                old = int(quiet[int(np.argmin(np.where(fits, near, np.inf)))])
                pair = (int(t.mmsi[old]), int(t.mmsi[row]))
                keep(self._pairs, pair, scene.time_s, PAIRS_KEPT)

    def _settle(self, scene: Scene) -> Iterator[Say]:
        """A pair of which the old one stays silent while the new one goes on is one vessel."""
        for pair, since_s in list(self._pairs.items()):
            old, new = pair
            row, gone = scene.rows_of_mmsi.get(new, -1), scene.rows_of_mmsi.get(old, -1)
            reported_s = scene.memory.reported_s.values
            spoke = gone >= 0 and reported_s[scene.slot[gone]] > since_s
            if spoke or row < 0:
                del self._pairs[pair]
            elif scene.time_s - since_s >= self._p.kept_s:
                del self._pairs[pair]
                if reported_s[scene.slot[row]] > since_s:
                    yield self._changed(scene, old, new, row)

    def _changed(self, scene: Scene, old: int, new: int, row: int) -> Say:
        minutes = self._p.kept_s / 60
        text = (
            f"{name_of(scene, new)} speaks where {name_of(scene, old)} fell silent, at the same"
            f" speed and course, and only it was heard for {minutes:.0f} min: it may have changed"
            " its MMSI."
        )
        speed_nm = float(scene.sog_mps[row]) * 3600 / NM_M
        evidence = {"mmsi_before": old, "mmsi_after": new, "speed_kn": round(speed_nm, 1),
                    "track": int(scene.tracks.id[row])}  # fmt: skip
        return self._say(scene, new, text, evidence)

    def _say(self, scene: Scene, mmsi: int, text: str, evidence: Mapping[str, object]) -> Say:
        keep(self._said, mmsi, scene.time_s, SAID_KEPT)
        place = place_of(scene, mmsi)
        told = {**evidence, "position_known": place.known}
        return said_of(RULE, scene, (mmsi,), mmsi, place, text, told)

    def _tidy(self, scene: Scene) -> Iterator[Say]:
        """A change is an event: it is over when nothing changed for so long."""
        while self._said:
            mmsi, said_s = next(iter(self._said.items()))
            if scene.time_s - said_s < self._p.over_s:
                return
            del self._said[mmsi]
            place = place_of(scene, mmsi)
            text = f"{name_of(scene, mmsi)} kept its identity since."
            yield said_of(RULE, scene, (mmsi,), mmsi, Place(*place), text, over=True)


def _said(vessel: Vessel) -> Iterator[tuple[str, str]]:
    """What a vessel says of who it is, in capitals and digits; what says nothing is left out."""
    for aspect in ASPECTS:
        value = getattr(vessel, aspect)
        if value is None:
            continue
        text = "".join(c for c in str(value).upper() if c.isalnum())
        if text and (aspect != "imo" or is_imo(text)):
            yield aspect, text


RULE = RuleFile(
    "identity-change", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: identity change; CISE anomaly types; ITU-R M.1371-5,"
    " type 5 and 24; IMO A.1117(30)",
    Parameters, IdentityChange,
)  # fmt: skip
