"""distress-beacon: an AIS-SART, MOB device or EPIRB-AIS is heard; what is a test is said to be one.

It waits for no track and no position. One situation a beacon, over when it falls silent.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from coastwatch.geo.units import NM_M, format_distance, format_position
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.identities import BEACONS, Place, name_of, said_of, way
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene

ACTIVE, UNDER_TEST = 14, 15  # navigational status
BEACONS_KEPT = 2_000
# A beacon's word, by rank: what is greater counts before what is less, and is kept.
TEST, MISTAKE, DISTRESS = 1, 2, 3
EMERGENCY = "emergency"
# What each is, and what its distress means.
MEANING = {
    970: "a survival craft or person in distress",
    972: "a person overboard",
    974: "a vessel in distress",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """A beacon sends a burst of eight messages each minute: ten minutes are ten bursts missed."""

    moved_nm: float = 0.1
    again_s: float = 300.0
    silent_s: float = 600.0


@dataclass(slots=True)
class Beacon:
    """What is known of one, and what was said of it (rank 0: nothing yet)."""

    mmsi: int
    first_s: float
    heard_s: float = -math.inf
    place: Place | None = None
    fixed_s: float = math.nan
    rank: int = 0
    messages: int = 0
    words: str = ""
    said_rank: int = 0
    said_s: float = -math.inf
    said_place: Place | None = None


class DistressBeacon:
    """Keeps each beacon by its MMSI, and so each vessel that sends a beacon's status."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p, self._origin = p, Place(*site.origin, known=False)
        self._beacons: OrderedDict[int, Beacon] = OrderedDict()

    def step(self, scene: Scene) -> Iterable[Say]:
        self._hear_reports(scene)
        self._hear_texts(scene)
        for mmsi in list(self._beacons):
            beacon = self._beacons[mmsi]
            if scene.time_s - beacon.heard_s > self._p.silent_s:
                del self._beacons[mmsi]
                if beacon.said_rank:
                    yield self._over(scene, beacon)
            elif self._is_news(scene.time_s, beacon):
                yield self._say(scene, beacon)
        while len(self._beacons) > BEACONS_KEPT:
            yield self._over(scene, self._beacons.popitem(last=False)[1])

    def _hear_reports(self, scene: Scene) -> None:
        r = scene.reports
        device = np.isin(r.mmsi // 1_000_000, list(BEACONS))
        told = device | ((r.nav_status == ACTIVE) & (r.mmsi >= 0))
        told &= r.time_s > scene.time_s - self._p.silent_s
        for i in np.flatnonzero(told).tolist():
            mmsi, status = int(r.mmsi[i]), int(r.nav_status[i])
            rank = MISTAKE
            if device[i]:
                # 15 is "undefined", too, and so unknown: a beacon in distress says 14.
                rank = TEST if status in (UNDER_TEST, -1) else DISTRESS
            beacon = self._heard(mmsi, float(r.time_s[i]), rank)
            beacon.messages += 1
            if np.isfinite(r.lon[i]) and np.isfinite(r.lat[i]):
                beacon.place = Place(float(r.lon[i]), float(r.lat[i]))
                beacon.fixed_s = float(r.time_s[i])

    def _hear_texts(self, scene: Scene) -> None:
        for vessel in scene.vessels:
            if vessel.safety_text is None or vessel.mmsi // 1_000_000 not in BEACONS:
                continue
            words = vessel.safety_text.upper().split()
            test = "TEST" in words and "ACTIVE" not in words
            when_s = min(vessel.time_s or scene.time_s, scene.time_s)
            beacon = self._heard(vessel.mmsi, when_s, TEST if test else DISTRESS)
            beacon.words = " ".join(words)[:80]

    def _heard(self, mmsi: int, time_s: float, rank: int) -> Beacon:
        beacon = self._beacons.get(mmsi) or Beacon(mmsi, time_s)
        beacon.heard_s = max(beacon.heard_s, time_s)
        beacon.rank = max(beacon.rank, rank)
        self._beacons[mmsi] = beacon
        return beacon

    def _is_news(self, time_s: float, beacon: Beacon) -> bool:
        """Something new is known of a beacon: what it is, where, or that it still calls."""
        if beacon.rank > beacon.said_rank:
            # One message of an ordinary vessel may be garbled; a beacon gets no such doubt.
            return beacon.rank != MISTAKE or beacon.messages > 1
        now, said = beacon.place, beacon.said_place
        if now is not None and said is None and beacon.said_rank:
            return True
        # A test, or a status set by mistake, is said once.
        if beacon.rank != DISTRESS or beacon.heard_s <= beacon.said_s:
            return False
        if time_s - beacon.said_s >= self._p.again_s:
            return True
        return bool(now and said and way(said, now)[0] > self._p.moved_nm * NM_M)

    def _say(self, scene: Scene, beacon: Beacon) -> Say:
        place = beacon.place or self._origin
        text = self._text(scene, beacon)
        evidence = {
            "mmsi": beacon.mmsi,
            "test": beacon.rank == TEST,
            "position_known": place.known,
            "position_age_s": round(scene.time_s - beacon.fixed_s, 1) if place.known else None,
            "messages": beacon.messages,
            "safety_text": beacon.words,
            "first_heard_min_ago": round((scene.time_s - beacon.first_s) / 60, 1),
        }
        if beacon.said_place and beacon.place:
            moved_m, _ = way(beacon.said_place, beacon.place)
            evidence["moved_nm"] = round(moved_m / NM_M, 3)
        beacon.said_rank, beacon.said_s = beacon.rank, scene.time_s
        beacon.said_place = beacon.place
        priority = EMERGENCY if beacon.rank == DISTRESS else "caution"
        about = (beacon.mmsi,)
        return said_of(RULE, scene, about, beacon.mmsi, place, text, evidence, priority=priority)

    def _text(self, scene: Scene, beacon: Beacon) -> str:
        where = "position not known"
        if beacon.place:
            where = f"at {format_position(beacon.place.lon, beacon.place.lat)}"
        if beacon.rank == MISTAKE:
            return (
                f'{name_of(scene, beacon.mmsi)} sends the status "AIS-SART active" though its'
                f" MMSI is no beacon's, {where}; likely set by mistake, please ask."
            )
        kind = beacon.mmsi // 1_000_000
        device = f"{BEACONS[kind]} (MMSI {beacon.mmsi:09d})"
        if beacon.rank == TEST:
            return f"TEST of {device}, {where}: it says that it is under test."
        told = f"DISTRESS BEACON: {device} is active, {where}: {MEANING[kind]}"
        if beacon.said_rank == TEST:
            told += "; it was under test before"
        if beacon.said_rank == DISTRESS and beacon.place and beacon.said_place:
            moved_m, whither = way(beacon.said_place, beacon.place)
            if moved_m > self._p.moved_nm * NM_M:
                told += f"; it moved {format_distance(moved_m)} {whither}"
        if beacon.said_rank == DISTRESS:
            told += f"; heard for {(beacon.heard_s - beacon.first_s) / 60:.0f} min now"
        return f"{told}."

    def _over(self, scene: Scene, beacon: Beacon) -> Say:
        place = beacon.place or self._origin
        name = BEACONS.get(beacon.mmsi // 1_000_000, "vessel")
        silent = (scene.time_s - beacon.heard_s) / 60
        text = f"{name} (MMSI {beacon.mmsi:09d}) is not heard any more, for {silent:.0f} min."
        return said_of(RULE, scene, (beacon.mmsi,), beacon.mmsi, place, text, over=True)


RULE = RuleFile(
    "distress-beacon", 1, "site", EMERGENCY,
    "ITU-R M.585-9, annex 2; ITU-R M.1371-5, annex 8, 3.1 and 3.12; IMO MSC.246(83) AIS-SART;"
    " IEC 61097-14",
    Parameters, DistressBeacon, per_hour=1_000_000, always=True,
)  # fmt: skip
