"""destination-change: a vessel under way told another destination, or quite another arrival.

What is new must be heard twice. A new destination in port, or after a stop, is a new voyage.
"""

from __future__ import annotations

import difflib
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Say, Vessel
from coastwatch.site import Site
from coastwatch.watch.identities import keep, place_of, said_of
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import AGROUND, AT_ANCHOR, MOORED, is_vessel

VOYAGES_KEPT, SAID_KEPT = 50_000, 2_000
EVERY_S = 10.0
YEAR_H = 8_784.0  # a leap year, so that the 29th of February is a day
# What stands there when nobody has set it.
NONE = frozenset({"", "NONE", "NIL", "NA", "UNKNOWN", "TBA", "TBN", "FORORDERS", "ORDERS", "CLASSB",
                  "CLASSA", "NOTAVAILABLE", "NOTDEFINED", "DESTINATION", "TEST"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameters:
    """How fast is under way, how slow a stop; how alike two destinations are that are one (0 to
    1); and by how many hours an arrival changes: 0 is never, since many are never set again."""

    under_way_kn: float = 3.0
    stopped_kn: float = 0.5
    alike: float = 0.75
    eta_h: float = 0.0
    over_s: float = 3_600.0


@dataclass(frozen=True, slots=True)
class Voyage:
    """What a vessel told: as sent, the letters and digits of it, and what it told only once."""

    told: str = ""
    letters: str = ""
    once: str = ""
    eta: str = ""
    eta_once: str = ""
    sailed: bool = False  # heard under way, and not stopped since


class DestinationChange:
    """Remembers the voyage of each MMSI."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._voyages: OrderedDict[int, Voyage] = OrderedDict()
        self._said: OrderedDict[int, float] = OrderedDict()
        self._judged_s = -math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        if scene.time_s >= self._judged_s + EVERY_S:
            self._judged_s = scene.time_s
            self._stop(scene)
        for vessel in scene.vessels:
            if vessel.destination is not None and is_vessel(vessel.mmsi):
                yield from self._hear(scene, vessel)
        yield from self._tidy(scene)

    def _stop(self, scene: Scene) -> None:
        """Who stopped has ended a voyage."""
        slow = scene.sog_mps < self._p.stopped_kn * KNOT_MPS
        status = scene.memory.nav_status.values[scene.slot]
        slow |= np.isin(status, (AT_ANCHOR, MOORED, AGROUND))
        for mmsi in scene.tracks.mmsi[slow & (scene.tracks.mmsi >= 0)].tolist():
            voyage = self._voyages.get(mmsi)
            if voyage and voyage.sailed:
                self._voyages[mmsi] = replace(voyage, sailed=False)

    def _hear(self, scene: Scene, vessel: Vessel) -> Iterator[Say]:
        row = scene.rows_of_mmsi.get(vessel.mmsi, -1)
        sails = row >= 0 and scene.sog_mps[row] >= self._p.under_way_kn * KNOT_MPS
        told, letters = str(vessel.destination).strip(), _letters(str(vessel.destination))
        old = self._voyages.get(vessel.mmsi, Voyage())
        new, changes = self._change(old, told, letters, vessel.eta or "")
        new = replace(new, sailed=old.sailed or bool(sails))
        keep(self._voyages, vessel.mmsi, new, VOYAGES_KEPT)
        if changes and old.sailed and sails:
            yield self._say(scene, row, changes, old, new)

    def _change(
        self, old: Voyage, told: str, letters: str, eta: str
    ) -> tuple[Voyage, dict[str, object]]:
        """The voyage as it is told now, and what of it is new, for the evidence."""
        changes: dict[str, object] = {}
        new = old
        if letters in NONE:
            return old, changes
        if not old.letters or self._alike(old.letters, letters):
            new = replace(new, told=told, letters=letters, once="")
        elif old.once == letters:
            new = replace(new, told=told, letters=letters, once="")
            changes = {"destination_before": old.told, "destination_after": told}
        else:
            new = replace(new, once=letters)
        if not eta:
            return new, changes
        late_h = _apart_h(old.eta, eta) if old.eta else 0.0
        if not old.eta or not self._p.eta_h or abs(late_h) < self._p.eta_h:
            return replace(new, eta=eta, eta_once=""), changes
        if old.eta_once != eta:
            return replace(new, eta_once=eta), changes
        changes |= {"eta_before": old.eta, "eta_after": eta, "later_h": round(late_h, 1)}
        return replace(new, eta=eta, eta_once=""), changes

    def _alike(self, old: str, new: str) -> bool:
        """One word more, or one letter less, is no other destination."""
        if old in new or new in old:
            return True
        return difflib.SequenceMatcher(None, old, new).ratio() >= self._p.alike

    def _say(
        self, scene: Scene, row: int, changes: dict[str, object], old: Voyage, new: Voyage
    ) -> Say:
        mmsi = int(scene.tracks.mmsi[row])
        keep(self._said, mmsi, scene.time_s, SAID_KEPT)
        knots = float(scene.sog_mps[row]) / KNOT_MPS
        parts = []
        if "destination_after" in changes:
            parts.append(f'its destination from "{old.told}" to "{new.told}"')
        if "eta_after" in changes:
            parts.append(f"its arrival from {old.eta} to {new.eta} UTC")
        text = f"{scene.who(row)}, under way at {knots:.1f} kn, changed {' and '.join(parts)}."
        evidence = changes | {"speed_kn": round(knots, 1), "track": int(scene.tracks.id[row])}
        return said_of(RULE, scene, (mmsi,), mmsi, place_of(scene, mmsi), text, evidence)

    def _tidy(self, scene: Scene) -> Iterator[Say]:
        """A change is an event: it is over when nothing changed for so long."""
        while self._said:
            mmsi, said_s = next(iter(self._said.items()))
            if scene.time_s - said_s < self._p.over_s:
                return
            del self._said[mmsi]
            yield said_of(RULE, scene, (mmsi,), mmsi, place_of(scene, mmsi), "", over=True)


def _letters(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def _apart_h(before: str, after: str) -> float:
    """Hours from one "11-27T05:30" to another, the short way round the year."""
    try:
        old, new = (datetime.fromisoformat(f"2028-{when}") for when in (before, after))
    except ValueError:
        return 0.0
    hours = (new - old).total_seconds() / 3_600
    return (hours + YEAR_H / 2) % YEAR_H - YEAR_H / 2


RULE = RuleFile(
    "destination-change", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: destination change; Danish Maritime Authority,"
    " AisAbnormal; ITU-R M.1371-5, type 5",
    Parameters, DestinationChange,
)  # fmt: skip
