"""impossible-position: a vessel's reports cannot be true: they jump, or belie their own way.

One wrong position is noise. Many vessels at once are no fault of theirs: then one word is said
of the region.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import NM_M, format_distance, format_position
from coastwatch.model import Flag, Say
from coastwatch.site import Site
from coastwatch.watch.identities import Place, is_imo, last_reports, name_of, place_of, said_of
from coastwatch.watch.lasting import Lasting
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_vessel

# Checks of ``decode.ais.integrity``, and what a report of 0N 0E is called here.
JUMP, PLACES, DEFAULT, INLAND = "jump", "two places", "default position", "inland"
WAYS = ("speed", "course", "beyond range")
NULL_DEG = 0.01
INLAND_EVERY_S = 60.0
SUSPECTS_KEPT, FLAGS_KEPT, VICTIMS_KEPT = 5_000, 32, 500
REGION = ("region",)
WORDS = {
    JUMP: "positions jump, by up to {worst:.1f} NM",
    "speed": "speed told is up to {worst:.0f} kn off the way made",
    "course": "course told is up to {worst:.0f}° off the way made",
    "beyond range": "position is up to {worst:.0f} km from who heard it",
    INLAND: "position is {worst:.1f} km inland",
    DEFAULT: "position is 0°N 0°E, what a set without a fix may send",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """How many of each within the window; how many vessels make it a matter of the region, and
    within what of one another they are at one place. A ship with an IMO number is inland so far
    behind every shore, for so long; where another one is there, too, the coast lacks a river or a
    dock."""

    window_s: float = 600.0
    jumps: float = 2
    jump_nm: float = 2.0
    jump_sure_nm: float = 20.0
    ways: float = 4
    defaults: float = 2
    region_vessels: float = 4
    region_nm: float = 30.0
    one_place_nm: float = 2.0
    inland_m: float = 1_000.0
    inland_hold_s: float = 600.0
    inland_alone_m: float = 10_000.0
    quiet_s: float = 1_200.0


@dataclass(slots=True)
class Suspect:
    """One MMSI's flags of late: time, check, value."""

    flags: list[tuple[float, str, float]] = field(default_factory=list)
    said: tuple[str, ...] = ()
    shared_s: float = -math.inf
    place: Place | None = None


class ImpossiblePosition:
    """Adds up flags by MMSI, and those of all for the region."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._suspects: OrderedDict[int, Suspect] = OrderedDict()
        self._jumped: OrderedDict[int, tuple[float, Place]] = OrderedDict()
        self._victims: set[int] = set()
        self._region_s, self._region_said = -math.inf, 0
        self._land = site.land
        self._ashore = Lasting(memory, p.inland_hold_s)
        self._inland_s = -math.inf
        lon, lat = site.origin
        self._null_is_far = max(abs(lon), abs(lat)) > 2.0

    def step(self, scene: Scene) -> Iterable[Say]:
        fresh = self._take(scene)
        yield from self._region(scene)
        for mmsi in fresh:
            yield from self._judge(scene, mmsi)
        yield from self._tidy(scene)

    def _take(self, scene: Scene) -> list[int]:
        """The MMSIs that have new flags, in order."""
        fresh: dict[int, None] = {}
        for mmsi, time_s, check, value in (
            *_flagged(scene.flags), *self._defaults(scene), *self._inland(scene),
        ):  # fmt: skip
            suspect = self._suspects.setdefault(mmsi, Suspect())
            self._suspects.move_to_end(mmsi)
            if check == PLACES:
                suspect.shared_s = time_s
                continue
            suspect.flags = [*suspect.flags[1 - FLAGS_KEPT :], (time_s, check, value)]
            fresh[mmsi] = None
        for mmsi in fresh:
            suspect = self._suspects[mmsi]
            suspect.place = place_of(scene, mmsi)
            shared = suspect.shared_s > scene.time_s - self._p.window_s
            late = any(f[1] == JUMP and f[0] > scene.time_s - 60.0 for f in suspect.flags)
            if late and suspect.place.known and not shared:
                self._jumped[mmsi] = (scene.time_s, suspect.place)
                self._jumped.move_to_end(mmsi)
        return list(fresh)

    def _defaults(self, scene: Scene) -> Iterator[tuple[int, float, str, float]]:
        r = scene.reports
        null = (np.abs(r.lon) < NULL_DEG) & (np.abs(r.lat) < NULL_DEG) & (r.mmsi >= 0)
        if self._null_is_far:
            for mmsi, i in last_reports(r.take(null), np.unique(r.mmsi[null]).tolist()).items():
                yield mmsi, float(r.take(null).time_s[i]), DEFAULT, 0.0

    def _inland(self, scene: Scene) -> Iterator[tuple[int, float, str, float]]:
        """Ships that have been reporting themselves from inland for long, alone."""
        p, memory = self._p, scene.memory
        if not (self._land and len(scene)) or scene.time_s < self._inland_s + INLAND_EVERY_S:
            return
        self._inland_s = scene.time_s
        reported_s = memory.reported_s.values[scene.slot]
        told = is_vessel(scene.tracks.mmsi) & (scene.time_s - reported_s <= 2 * INLAND_EVERY_S)
        rows = np.flatnonzero(told)
        lon, lat = (c.values[scene.slot[rows]] for c in (memory.report_lon, memory.report_lat))
        x, y = scene.ground.plane.to_xy(lon, lat)
        far_m = -memory.shore.signed_m(x, y)
        deep = np.flatnonzero(far_m > p.inland_m)
        begins = np.zeros(len(scene), dtype=np.bool_)
        for k in deep.tolist():
            vessel = memory.vessels.get(int(scene.tracks.mmsi[rows[k]]))
            near = np.hypot(x[deep] - x[k], y[deep] - y[k]) < p.inland_alone_m
            others = scene.tracks.mmsi[rows[deep[near]]] != scene.tracks.mmsi[rows[k]]
            begins[rows[k]] = bool(vessel and is_imo(str(vessel.imo))) and not others.any()
        self._ashore.step(scene.slot, scene.time_s, begins)
        holding = begins[rows] & self._ashore.holding(scene.slot[rows])
        for k in np.flatnonzero(holding).tolist():
            yield int(scene.tracks.mmsi[rows[k]]), scene.time_s, INLAND, float(far_m[k]) / 1e3

    def _judge(self, scene: Scene, mmsi: int) -> Iterator[Say]:
        suspect, since_s = self._suspects[mmsi], scene.time_s - self._p.window_s
        # Two vessels on one MMSI jump from one to the other: another rule's business.
        shared = suspect.shared_s > since_s
        late = [f for f in suspect.flags if f[0] > since_s and not (shared and f[1] == JUMP)]
        # A receiver that dates reports wrongly makes ships jump along their ways, everywhere.
        least_nm = self._p.jump_sure_nm if self._misdated() else self._p.jump_nm
        late = [f for f in late if f[1] != JUMP or f[2] >= least_nm]
        found = Counter(check for _, check, _ in late)
        enough = {
            JUMP: found[JUMP] >= self._p.jumps,
            DEFAULT: found[DEFAULT] >= self._p.defaults,
            INLAND: found[INLAND] > 0,
        }
        ways = sum(found[check] for check in WAYS)
        enough |= {check: found[check] > 0 and ways >= self._p.ways for check in WAYS}
        if self._in_region(scene, mmsi):
            enough[JUMP] = enough["course"] = enough["speed"] = False
        wrong = tuple(sorted(check for check, it in enough.items() if it))
        if not wrong or set(wrong) <= set(suspect.said):
            return
        suspect.said = tuple(sorted({*wrong, *suspect.said}))
        worst = {check: max(v for _, c, v in late if c == check) for check in wrong}
        told = " and its ".join(WORDS[check].format(worst=worst[check]) for check in wrong)
        minutes = self._p.window_s / 60
        text = f"{name_of(scene, mmsi)}: its {told}, in {minutes:.0f} min; do not rely on its AIS."
        evidence = {
            "flags": {check: found[check] for check in wrong},
            "worst": {check: round(value, 4) for check, value in worst.items()},
            "window_min": minutes,
        }
        yield self._say(scene, mmsi, text, evidence)

    def _say(self, scene: Scene, mmsi: int, text: str, evidence: dict[str, object]) -> Say:
        place = self._suspects[mmsi].place or place_of(scene, mmsi)
        evidence["position_known"] = place.known
        return said_of(RULE, scene, (mmsi,), mmsi, place, text, evidence)

    def _misdated(self) -> bool:
        return len(self._jumped.keys() - self._victims) >= self._p.region_vessels

    def _in_region(self, scene: Scene, mmsi: int) -> bool:
        return mmsi in self._victims and scene.time_s - self._region_s < self._p.quiet_s

    def _region(self, scene: Scene) -> Iterator[Say]:
        """Many vessels jumped within the window: said when it begins, and when it has doubled."""
        since_s = scene.time_s - self._p.window_s
        while self._jumped and (
            next(iter(self._jumped.values()))[0] < since_s or len(self._jumped) > VICTIMS_KEPT
        ):
            self._jumped.popitem(last=False)
        if len(self._jumped) < self._p.region_vessels:
            return
        newest_s = next(reversed(self._jumped.values()))[0]
        if newest_s < scene.time_s:
            return
        # The median, which a few that are elsewhere do not move; degrees will do for that.
        lon, lat = np.array([(p.lon, p.lat) for _, p in self._jumped.values()]).T
        middle = Place(float(np.median(lon)), float(np.median(lat)))
        away_m = geodesic(middle.lon, middle.lat, lon, lat)[0]
        near = away_m <= self._p.region_nm * NM_M
        n = int(near.sum())
        if n < self._p.region_vessels:
            return
        self._region_s = newest_s
        self._victims = {m for m, it in zip(self._jumped, near.tolist(), strict=True) if it}
        if n >= 2 * self._region_said:
            self._region_said = n
            yield self._said_of_region(scene, middle, float(away_m[near].max()))

    def _said_of_region(self, scene: Scene, middle: Place, spread_m: float) -> Say:
        n = len(self._victims)
        together = spread_m <= self._p.one_place_nm * NM_M
        where = format_position(middle.lon, middle.lat)
        whither = f"to one place, {where}" if together else (
            f"within {format_distance(spread_m)} of {where}")  # fmt: skip
        text = (
            f"GNSS interference or spoofing is possible: the AIS positions of {n} vessels jumped"
            f" within {self._p.window_s / 60:.0f} min, {whither}; rely on radar."
        )
        evidence = {
            "vessels": n,
            "mmsis": sorted(self._victims)[:20],
            "to_one_place": together,
            "spread_nm": round(spread_m / NM_M, 2),
        }
        return said_of(RULE, scene, REGION, -1, middle, text, evidence, priority="warning")

    def _tidy(self, scene: Scene) -> Iterator[Say]:
        """What was quiet for long is over; so is the first of too many."""
        quiet_s = scene.time_s - self._p.quiet_s
        while self._suspects:
            mmsi, suspect = next(iter(self._suspects.items()))
            last_s = max(suspect.shared_s, *(f[0] for f in suspect.flags[-1:]), -math.inf)
            if last_s >= quiet_s and len(self._suspects) <= SUSPECTS_KEPT:
                break
            if suspect.said:
                minutes = (scene.time_s - last_s) / 60
                text = f"{name_of(scene, mmsi)}: its reports agree again, for {minutes:.0f} min."
                yield said_of(RULE, scene, (mmsi,), mmsi, place_of(scene, mmsi), text, over=True)
            del self._suspects[mmsi]
        if self._region_said and self._region_s < quiet_s:
            self._region_said = 0
            self._victims = set()
            place = Place(*scene.ground.plane.origin, known=False)
            text = "No more AIS positions of several vessels jump at once."
            yield said_of(RULE, scene, REGION, -1, place, text, over=True)


def _flagged(flags: Iterable[Flag]) -> Iterator[tuple[int, float, str, float]]:
    for f in flags:
        if f.check in (JUMP, PLACES, *WAYS):
            yield f.mmsi, f.time_s, f.check, f.value


RULE = RuleFile(
    "impossible-position", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: spoofing position; CISE anomaly types; ITU-R M.1371-5;"
    " checks of docs/ais-integrity.md",
    Parameters, ImpossiblePosition,
)  # fmt: skip
