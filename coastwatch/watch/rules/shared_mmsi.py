"""shared-mmsi: two vessels, in two places by turns, send one MMSI."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coastwatch.geo.geodesy import geodesic
from coastwatch.geo.units import KNOT_MPS, NM_M, format_distance, format_position
from coastwatch.model import Say
from coastwatch.site import Site
from coastwatch.watch.identities import Place, name_of, said_of, way
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene

PLACES = "two places"
FASTEST_MPS = 50.0 * KNOT_MPS  # as the check itself: further apart, it is another hull
ALONG_COS = math.cos(math.radians(25.0))
SHARERS_KEPT, PLACES_KEPT = 2_000, 8


@dataclass(frozen=True, slots=True)
class Parameters:
    """How many flags within the window, how far apart, and after what silence it is over.

    Two places on one course, less than ``dated_nm`` apart, may be one vessel's, wrongly dated.
    """

    flags: float = 3
    window_s: float = 1_800.0
    apart_nm: float = 1.0
    dated_nm: float = 20.0
    quiet_s: float = 3_600.0


class Heard(NamedTuple):
    """One report: when, where, on which course (radians)."""

    time_s: float
    place: Place
    cog_rad: float


@dataclass(slots=True)
class Sharer:
    """Where one MMSI was heard of late, and when it was flagged."""

    places: list[Heard]
    flagged_s: list[float]
    said: bool = False


class SharedMmsi:
    """Follows the places of each MMSI that is flagged."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._sharers: OrderedDict[int, Sharer] = OrderedDict()

    def step(self, scene: Scene) -> Iterable[Say]:
        flagged = {f.mmsi: f for f in scene.flags if f.check == PLACES}
        for mmsi, flag in flagged.items():
            sharer = self._sharers.setdefault(mmsi, Sharer([], []))
            self._sharers.move_to_end(mmsi)
            since_s = flag.time_s - self._p.window_s
            sharer.flagged_s = [t for t in sharer.flagged_s[-8:] if t > since_s] + [flag.time_s]
        self._follow(scene)
        for mmsi, flag in flagged.items():
            sharer = self._sharers[mmsi]
            if not sharer.said and len(sharer.flagged_s) >= self._p.flags:
                yield from self._say(scene, mmsi, sharer, flag.value)
        yield from self._tidy(scene)

    def _follow(self, scene: Scene) -> None:
        """The last places of each sharer, one of each of its hulls."""
        r = scene.reports
        if not self._sharers or not len(r):
            return
        mine = np.isin(r.mmsi, np.fromiter(self._sharers, np.int64)) & np.isfinite(r.lon + r.lat)
        for i in np.flatnonzero(mine).tolist():
            sharer, here = self._sharers[int(r.mmsi[i])], Place(float(r.lon[i]), float(r.lat[i]))
            time_s = float(r.time_s[i])
            others = [
                h for h in sharer.places
                if way(h.place, here)[0]
                > max(self._p.apart_nm * NM_M, FASTEST_MPS * (time_s - h.time_s))
            ]  # fmt: skip
            now = Heard(time_s, here, float(r.cog_rad[i]))
            sharer.places = [*others[1 - PLACES_KEPT :], now]

    def _say(self, scene: Scene, mmsi: int, sharer: Sharer, apart_nm: float) -> Iterator[Say]:
        places = sharer.places[-2:]
        # The other one may have yet to speak again.
        if len(places) < 2 or self._may_be_one(*places):
            return
        sharer.said = True
        (first_s, first, _), (second_s, second, _) = places
        apart_m, whither = way(first, second)
        text = (
            f"{name_of(scene, mmsi)} is sent by two vessels at once, {format_distance(apart_m)}"
            f" apart: at {format_position(first.lon, first.lat)} and at"
            f" {format_position(second.lon, second.lat)}."
        )
        evidence = {
            "apart_nm": round(apart_m / NM_M, 3),
            "direction": whither,
            "first": {"lon": round(first.lon, 5), "lat": round(first.lat, 5),
                      "heard_s_ago": round(scene.time_s - first_s, 1)},
            "second": {"lon": round(second.lon, 5), "lat": round(second.lat, 5),
                       "heard_s_ago": round(scene.time_s - second_s, 1)},
            "flags": len(sharer.flagged_s),
            "flagged_apart_nm": round(apart_nm, 3),
        }  # fmt: skip
        yield said_of(RULE, scene, (mmsi,), mmsi, second, text, evidence)

    def _may_be_one(self, a: Heard, b: Heard) -> bool:
        """Whether a vessel on one course may have been at both, at another time than is said."""
        distance, azimuth, _ = geodesic(a.place.lon, a.place.lat, b.place.lon, b.place.lat)
        turned = math.cos(a.cog_rad - b.cog_rad)
        along = abs(math.cos(a.cog_rad - float(azimuth)))
        return bool(distance < self._p.dated_nm * NM_M and turned > ALONG_COS and along > ALONG_COS)

    def _tidy(self, scene: Scene) -> Iterator[Say]:
        while self._sharers:
            mmsi, sharer = next(iter(self._sharers.items()))
            last_s = max(sharer.flagged_s, default=-math.inf)
            lasts = last_s >= scene.time_s - self._p.quiet_s
            if lasts and len(self._sharers) <= SHARERS_KEPT:
                return
            del self._sharers[mmsi]
            if sharer.said:
                minutes = (scene.time_s - last_s) / 60
                text = f"{name_of(scene, mmsi)} was heard from one place for {minutes:.0f} min."
                yield said_of(RULE, scene, (mmsi,), mmsi, sharer.places[-1].place, text, over=True)


RULE = RuleFile(
    "shared-mmsi", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: duplicate MMSI; CISE anomaly types; ITU-R M.585-9",
    Parameters, SharedMmsi,
)  # fmt: skip
