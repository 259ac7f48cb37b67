"""encounter-at-sea: two vessels lie or drift together, away from any port: a transshipment?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.memory import Memory
from coastwatch.watch.pace import Pace
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import (
    FISHES,
    FISHING,
    PILOT,
    TENDER,
    TUG,
    is_vessel,
    latest_s,
    lengths_m,
    ship_types,
)
from coastwatch.watch.words import numbers, place

HAVENS = ("port-limits", "anchorage", "moorings")
FIXED_MAX = 0.5
# A vessel that lies reports every three minutes: two of them missed, and no more.
FRESH_S = 560.0
# More than so many neighbours are a harbour or a fleet, not an encounter; it bounds the search.
CROWD = 5
# What only radar sees, and nearer than the ship is long, may be the ship's own echo.
ECHO_MIN_M = 50.0
# Beyond these an encounter is over: so many times the distance, and the speed.
APART, SPED = 2.0, 1.5
SERVICES = {TUG: "a tug", PILOT: "a pilot vessel", TENDER: "a port tender", FISHING: "fishing"}
Pair = tuple[int, int]


class _Met(NamedTuple):
    """Since when two are together, since when no longer, and whether it was said."""

    since_s: float
    apart_s: float = math.nan
    said: bool = False


@dataclass(frozen=True, slots=True)
class Parameters:
    """Distance, speed and time are the mission's, after EMSA. Nearer to the shore than
    ``shore_min_nm`` many lie close together."""

    distance_max_m: float = 500.0
    speed_max_kn: float = 2.0
    hold_min: float = 10.0
    release_min: float = 3.0
    shore_min_nm: float = 1.0


class EncounterAtSea:
    """Follows pairs of slow vessels; a tug, pilot or fishing vessel lowers the priority."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._pace = p, Pace(10.0)
        self._met: dict[Pair, _Met] = {}

    def step(self, scene: Scene) -> Iterable[Say]:
        yield from self._ended(scene)
        if not self._pace.due(scene.time_s):
            return
        together = self._together(scene)
        now = set(together)
        for pair in together:
            met = self._met.setdefault(pair, _Met(scene.time_s))
            if not met.said and scene.time_s - met.since_s >= 60 * self._p.hold_min:
                met = met._replace(said=True)
                yield self._say(scene, pair, met)
            self._met[pair] = met._replace(apart_s=math.nan)
        for pair in [pair for pair in self._met if pair not in now]:
            yield from self._apart(scene, pair)

    def _ended(self, scene: Scene) -> Iterable[Say]:
        """A track's end ends what it is in: the alert of the other one, too."""
        if not scene.ended:
            return
        gone = set(scene.ended)
        for pair in [pair for pair in self._met if not gone.isdisjoint(pair)]:
            met = self._met.pop(pair)
            if met.said and pair[0] not in gone and pair[0] in scene.row_of:
                yield RULE.over(scene, scene.row_of[pair[0]], about=pair)

    def _together(self, scene: Scene) -> list[Pair]:
        """The pairs that are slow and near each other at sea, ids rising, in order."""
        rows = np.flatnonzero(self._slow(scene))
        if len(rows) < 2:
            return []
        xy = scene.tracks.state[rows, :2]
        reach = self._p.distance_max_m
        # One more than a crowd: whoever has that many neighbours is out.
        _, found = cKDTree(xy).query(xy, k=CROWD + 2, distance_upper_bound=reach)
        near = np.asarray(found)
        alone = near[:, -1] == len(rows)
        i, j = np.repeat(np.arange(len(rows)), CROWD), near[:, 1:-1].ravel()
        i, j = i[j < len(rows)], j[j < len(rows)]
        # The nearest of a vessel is itself, unless another lies in the very same place.
        keep = (i != j) & alone[i] & alone[j]
        a, b = rows[np.minimum(i[keep], j[keep])], rows[np.maximum(i[keep], j[keep])]
        a, b = self._two_vessels(scene, a, b)
        ids = scene.tracks.id
        return sorted(set(zip(ids[a].tolist(), ids[b].tolist(), strict=True)))

    def _slow(self, scene: Scene) -> Mask:
        t, p = scene.tracks, self._p
        slow = is_vessel(t.mmsi) | ((t.mmsi < 0) & (t.p_fixed < FIXED_MAX))
        slow &= scene.sog_mps < p.speed_max_kn * KNOT_MPS
        slow &= scene.time_s - latest_s(scene) <= FRESH_S
        slow &= ~scene.within(scene.ground.of_kind(*HAVENS))
        return np.asarray(slow & ~(scene.shore_m < p.shore_min_nm * NM_M))

    def _two_vessels(self, scene: Scene, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """Without pairs of one identity, nor of a ship and what may be its own echo."""
        t = scene.tracks
        apart = np.hypot(*(t.state[a, :2] - t.state[b, :2]).T)
        hull = np.fmax(np.fmax(lengths_m(scene, a), lengths_m(scene, b)), ECHO_MIN_M)
        named = (t.mmsi[a] >= 0) & (t.mmsi[b] >= 0)
        two = np.where(named, t.mmsi[a] != t.mmsi[b], apart > hull)
        return a[two], b[two]

    def _apart(self, scene: Scene, pair: Pair) -> Iterable[Say]:
        """One that is not together now: forgotten, or over when it is surely so for a while."""
        met, rows = self._met[pair], [scene.row_of.get(track, -1) for track in pair]
        if not met.said:
            del self._met[pair]
            return
        if min(rows) < 0:
            return
        if not self._surely_apart(scene, rows):
            self._met[pair] = met._replace(apart_s=math.nan)
        elif math.isnan(met.apart_s):
            self._met[pair] = met._replace(apart_s=scene.time_s)
        elif scene.time_s - met.apart_s >= 60 * self._p.release_min:
            del self._met[pair]
            text = f"{scene.who(rows[0])} and {scene.who(rows[1])} are no longer together."
            yield RULE.over(scene, rows[0], text, about=pair)

    def _surely_apart(self, scene: Scene, rows: list[int]) -> bool:
        p = self._p
        dx, dy = scene.tracks.state[rows[0], :2] - scene.tracks.state[rows[1], :2]
        fast = scene.sog_mps[rows].max() > SPED * p.speed_max_kn * KNOT_MPS
        return bool(fast or math.hypot(dx, dy) > APART * p.distance_max_m)

    def _say(self, scene: Scene, pair: Pair, met: _Met) -> Say:
        rows = np.array([scene.row_of[track] for track in pair])
        dx, dy = scene.tracks.state[rows[0], :2] - scene.tracks.state[rows[1], :2]
        apart_m, kn = math.hypot(dx, dy), scene.sog_mps[rows] / KNOT_MPS
        status = scene.memory.nav_status.values[scene.slot[rows]]
        types = np.where(status == FISHES, FISHING, ship_types(scene, rows)).tolist()
        served = sorted({SERVICES[t] for t in types if t in SERVICES})
        minutes = (scene.time_s - met.since_s) / 60
        text = (
            f"{scene.who(int(rows[0]))} and {scene.who(int(rows[1]))} have been within "
            f"{self._p.distance_max_m:.0f} m of each other for {minutes:.0f} min at "
            f"{kn[0]:.1f} and {kn[1]:.1f} kn, {place(scene, int(rows[0]))}"
            f"{'; one is ' + ' and '.join(served) if served else ''}."
        )
        evidence = numbers(
            distance_m=apart_m, speed_kn=kn[0], other_speed_kn=kn[1], minutes=minutes,
            shore_nm=scene.shore_m[rows[0]] / NM_M, ship_type=types[0], other_ship_type=types[1],
        )  # fmt: skip
        evidence |= {"other_track": pair[1], "other_mmsi": int(scene.tracks.mmsi[rows[1]])}
        evidence |= {"services": served} if served else {}
        priority = "caution" if served else ""
        return RULE.say(scene, int(rows[0]), text, evidence, about=pair, priority=priority)


RULE = RuleFile(
    "encounter-at-sea", 1, "site", "warning",
    "EMSA Automated Behaviour Monitoring: encounter at sea; CISE anomaly types: rendez-vous; "
    "Danish Maritime Authority, AisAbnormal: CloseEncounterAnalysis",
    Parameters, EncounterAtSea,
)  # fmt: skip
