"""not-reporting: a large vessel crossed a reporting line without AIS identity or voyage data.

Ships of 300 GT and more report to CALDOVREP when they enter the Dover Strait; 300 GT are about
50 m. What they are to report must stand in their AIS. Statics come every six minutes, so who has
just been heard for the first time is given time to send them.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Crossing, Say, Vessel
from coastwatch.site import Site
from coastwatch.watch.identities import Place, keep, name_of, said_of
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import is_class_a, is_vessel, vessel_of

WAITING_KEPT, SAID_KEPT = 2_000, 2_000
# Ship types that trade: passengers, cargo, tankers (ITU-R M.1371-5, table 53).
TRADES = range(60, 90)
EVERY_S = 10.0
NOTHING = "AIS identity"


@dataclass(frozen=True, slots=True)
class Parameters:
    """``patience_s``: what a vessel may take to send its statics twice; ``unregistered_min`` and
    ``radar_length_m`` are asked of who sends nothing at all."""

    length_m: float = 50.0
    patience_s: float = 780.0
    unregistered_min: float = 0.9
    small_max: float = 0.2
    radar_length_m: float = 50.0
    speed_min_kn: float = 2.0


class Waiting(NamedTuple):
    """A crossing that may yet be explained."""

    zone: str
    what: str
    time_s: float
    place: Place


class NotReporting:
    """Holds each large vessel that crosses a line against what it has told by then."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        self._radars = [k for k, s in enumerate(site.sensors) if s.kind == "radar"]
        self._heard_s = memory.column(math.nan)  # when it was first heard
        self._waiting: OrderedDict[int, Waiting] = OrderedDict()
        self._said: OrderedDict[int, str] = OrderedDict()
        self._judged_s = -math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        heard_s = self._heard_s.values[scene.slot]
        told = np.isnan(heard_s) & np.isfinite(scene.memory.reported_s.values[scene.slot])
        self._heard_s.values[scene.slot[told]] = scene.time_s
        for crossing in scene.crossings:
            self._cross(scene, crossing)
        for track in scene.ended:
            self._waiting.pop(track, None)
            self._said.pop(track, None)
        if scene.time_s >= self._judged_s + EVERY_S and (self._waiting or self._said):
            self._judged_s = scene.time_s
            yield from self._judge(scene)
            yield from self._mend(scene)

    def _cross(self, scene: Scene, c: Crossing) -> None:
        """Note a crossing; of an area, its entry."""
        zone = scene.ground.index_of.get(c.zone, -1)
        if zone < 0 or not scene.ground.asks(RULE.name)[zone] or c.what == "exit":
            return
        if c.track in scene.row_of and c.track not in self._said:
            crossed = Waiting(c.zone, c.what, c.time_s, Place(c.lon, c.lat))
            keep(self._waiting, c.track, crossed, WAITING_KEPT)

    def _judge(self, scene: Scene) -> Iterator[Say]:
        class_a = is_class_a(scene)
        for track, crossed in list(self._waiting.items()):
            row = scene.row_of.get(track, -1)
            if row < 0:
                continue
            named = bool(is_vessel(scene.tracks.mmsi[row]))
            missing = self._missing(scene, row, bool(class_a[row]))
            known_s = float(self._heard_s.values[scene.slot[row]] if named else crossed.time_s)
            if missing and named and scene.time_s - known_s < self._p.patience_s:
                continue  # it may yet tell
            del self._waiting[track]
            if missing and scene.sog_mps[row] >= self._p.speed_min_kn * KNOT_MPS:
                keep(self._said, track, crossed.zone, SAID_KEPT)
                yield self._say(scene, row, crossed, missing)

    def _missing(self, scene: Scene, row: int, class_a: bool) -> tuple[str, ...]:
        """What a large vessel has not told; nothing of one that is not known to be large."""
        t, p = scene.tracks, self._p
        if t.mmsi[row] < 0:
            return (NOTHING,) if self._is_large_on_radar(scene, row) else ()
        if not is_vessel(t.mmsi[row]):
            return ()
        v = vessel_of(scene, row) or Vessel(int(t.mmsi[row]), scene.time_s)
        if v.length_m is None:
            # Class A is carried by ships that must; one that never tells its size, too.
            if not class_a or t.length_m[row] < p.length_m:
                return ()
        elif v.length_m < p.length_m:
            return ()
        trades = v.ship_type is None or v.ship_type in TRADES
        wanted: dict[str, str | int | None] = {"name": v.name, "destination": v.destination}
        wanted |= {"IMO number": v.imo} if trades else {}
        return tuple(what for what, told in wanted.items() if not told)

    def _is_large_on_radar(self, scene: Scene, row: int) -> bool:
        t, p = scene.tracks, self._p
        large = t.length_m[row] - t.length_sigma_m[row] >= p.radar_length_m
        sure = t.p_small[row] <= p.small_max and t.p_unregistered[row] >= p.unregistered_min
        return bool(self._radars and large and sure)

    def _say(self, scene: Scene, row: int, crossed: Waiting, missing: tuple[str, ...]) -> Say:
        zone = scene.ground.index_of.get(crossed.zone)
        name = scene.ground.zones[zone].name if zone is not None else crossed.zone
        minutes = (scene.time_s - crossed.time_s) / 60
        when = f" {minutes:.0f} min ago" if minutes >= 1 else ""
        lacks = f"AIS voyage data: no {', no '.join(missing)}"
        if missing == (NOTHING,):
            lacks = f"{NOTHING}; radar makes it about {scene.tracks.length_m[row]:.0f} m long"
        text = f"{scene.who(row)} crossed {name}{when} without {lacks}."
        vessel = scene.memory.vessels.get(int(scene.tracks.mmsi[row]))
        told_m = vessel.length_m if vessel else None
        seen_m = float(scene.tracks.length_m[row])
        evidence = {
            "missing": list(missing),
            "what": crossed.what,
            "crossed_min_ago": round(minutes, 1),
            "crossed_lon": round(crossed.place.lon, 5),
            "crossed_lat": round(crossed.place.lat, 5),
            "length_told_m": told_m,
            "length_seen_m": round(seen_m, 1) if math.isfinite(seen_m) else None,
            "speed_kn": round(float(scene.sog_mps[row]) / KNOT_MPS, 1),
        }
        about = (int(scene.tracks.id[row]),)
        return RULE.say(scene, row, text, evidence, zone=zone, about=about)

    def _mend(self, scene: Scene) -> Iterator[Say]:
        """Who has told it since."""
        class_a = is_class_a(scene) if self._said else ()
        for track in list(self._said):
            row = scene.row_of.get(track, -1)
            if row < 0 or not is_vessel(scene.tracks.mmsi[row]):
                continue
            if not self._missing(scene, row, bool(class_a[row])) and vessel_of(scene, row):
                del self._said[track]
                mmsi = int(scene.tracks.mmsi[row])
                place = Place(float(scene.lon[row]), float(scene.lat[row]))
                text = f"{name_of(scene, mmsi)} tells who it is and where it is bound now."
                yield said_of(RULE, scene, (track,), mmsi, place, text, track=track, over=True)


RULE = RuleFile(
    "not-reporting", 1, "zone", "caution",
    "IMO MSC.85(70) (CALDOVREP, mandatory ship reporting in the Dover Strait); IMO A.851(20);"
    " SOLAS V/11 and V/19.2.4",
    Parameters, NotReporting,
)  # fmt: skip
