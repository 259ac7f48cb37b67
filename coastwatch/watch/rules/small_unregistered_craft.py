"""small-unregistered-craft: a small craft without AIS in, or about to cross, a zone.

The first word is a safety check, never an accusation. One warning a track when it is believed,
one danger when it is in or close to a shipping lane.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
import shapely

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Alert, Floats, Zone
from coastwatch.site import Site
from coastwatch.watch.scene import Ground, Scene, alert_id

NAME = "small-unregistered-craft"
VERSION = 1
LANES = ("tss-lane", "separation-zone")
# Which of several zones to name: the one that matters most to a small craft.
ORDER = (*LANES, "exclusion", "line", "territorial-sea", "inshore-zone", "search-area", "other",
         "port-limits")  # fmt: skip
WARNING, DANGER = "warning", "danger"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The thresholds. A score is the product of independent probabilities, so 0.75 asks about
    0.93 of each of four. The speeds are those of a drifting raft's upper end and of a fast boat."""

    score_min: float = 0.75
    sustained_s: float = 30.0
    speed_min_mps: float = 0.6
    speed_max_mps: float = 18.0
    ahead_s: float = 600.0
    lane_ahead_s: float = 300.0
    spread_max_m: float = 2_000.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A zone that a craft is in (``eta_s`` 0) or will be in."""

    zone: Zone
    eta_s: float
    distance_m: float

    @property
    def rank(self) -> tuple[bool, int, float]:
        return (self.eta_s > 0, ORDER.index(self.zone.kind), self.eta_s)


class SmallUnregisteredCraft:
    """Watches each track without identity; see ``Parameters`` for what convinces it."""

    def __init__(self, site: Site, ground: Ground) -> None:
        self._p = Parameters()
        self._ground = ground
        self._asked = {i for i, z in enumerate(ground.zones) if NAME in z.rules}
        self._ports = {i for i, z in enumerate(ground.zones) if z.kind == "port-limits"}
        self._since: dict[int, float] = {}
        self._said: dict[int, str] = {}

    def step(self, scene: Scene) -> list[Alert]:
        score, speed = self._score(scene)
        alerts = []
        for row in np.flatnonzero(score >= self._p.score_min).tolist():
            track = int(scene.tracks.id[row])
            since = self._since.setdefault(track, scene.tracks.time_s)
            if scene.tracks.time_s - since < self._p.sustained_s or self._in_port(scene, row):
                continue
            if self._said.get(track) == DANGER:
                continue
            alerts += self._judge(scene, row, float(score[row]), float(speed[row]))
        for row in np.flatnonzero(score < self._p.score_min).tolist():
            self._since.pop(int(scene.tracks.id[row]), None)
        for track in scene.ended:
            self._since.pop(track, None)
            self._said.pop(track, None)
        return alerts

    def _score(self, scene: Scene) -> tuple[Floats, Floats]:
        t = scene.tracks
        speed = np.hypot(t.state[:, 2], t.state[:, 3])
        score = t.existence * t.p_unregistered * t.p_small * (1 - t.p_fixed)
        moving = (speed >= self._p.speed_min_mps) & (speed <= self._p.speed_max_mps)
        return np.where(moving & (t.mmsi < 0), score, 0.0), speed

    def _in_port(self, scene: Scene, row: int) -> bool:
        ports = self._ports.intersection(scene.inside.get(row, ()))
        return any(self._ground.valid(z, scene.tracks.time_s) for z in ports)

    def _judge(self, scene: Scene, row: int, score: float, speed_mps: float) -> list[Alert]:
        places = self._here(scene, row) + self._ahead(scene, row, speed_mps)
        lanes = [p for p in places if p.zone.kind in LANES and p.eta_s <= self._p.lane_ahead_s]
        track = int(scene.tracks.id[row])
        severity = DANGER if lanes else WARNING
        if not places or self._said.get(track) == severity:
            return []
        self._said[track] = severity
        place = min(lanes or places, key=lambda p: p.rank)
        lane = min((p for p in places if p.zone.kind in LANES), key=lambda p: p.rank, default=None)
        return [self._alert(scene, row, severity, place, lane, score)]

    def _here(self, scene: Scene, row: int) -> list[_Place]:
        return [
            _Place(self._ground.zones[z], 0.0, 0.0)
            for z in scene.inside.get(row, ())
            if z in self._asked and self._ground.valid(z, scene.tracks.time_s)
        ]

    def _ahead(self, scene: Scene, row: int, speed_mps: float) -> list[_Place]:
        """Zones on the course held so far, where it is known well enough to say so."""
        x, y, vx, vy = scene.tracks.state[row]
        ahead_s = self._p.ahead_s
        way = shapely.linestrings([[(x, y), (x + vx * ahead_s, y + vy * ahead_s)]])
        _, areas = self._ground.touched(way)
        _, lines = self._ground.crossed(way)
        here = shapely.points(x, y)
        places = []
        for z in sorted({*areas.tolist(), *lines.tolist()} & self._asked):
            if z in scene.inside.get(row, ()) or not self._ground.valid(z, scene.tracks.time_s):
                continue
            distance_m = float(
                shapely.distance(here, shapely.intersection(way[0], self._ground.shapes[z]))
            )
            eta_s = distance_m / speed_mps
            cov = scene.tracks.cov[row]
            spread = math.sqrt(np.trace(cov[:2, :2]) + eta_s**2 * np.trace(cov[2:, 2:]))
            if spread <= self._p.spread_max_m:
                places.append(_Place(self._ground.zones[z], eta_s, distance_m))
        return places

    def _alert(
        self,
        scene: Scene,
        row: int,
        severity: str,
        place: _Place,
        lane: _Place | None,
        score: float,
    ) -> Alert:
        t = scene.tracks
        track, time_s = int(t.id[row]), t.time_s
        lon, lat = float(scene.lon[row]), float(scene.lat[row])
        vx, vy = t.state[row, 2:]
        sog, cog = (float(v) for v in self._ground.plane.course(lon, lat, vx, vy))
        speed_kn, course_deg = sog / KNOT_MPS, math.degrees(cog) % 360
        evidence = {
            "score": score,
            "p_unregistered": float(t.p_unregistered[row]),
            "p_small": float(t.p_small[row]),
            "p_fixed": float(t.p_fixed[row]),
            "existence": float(t.existence[row]),
            "speed_kn": speed_kn,
            "course_deg": course_deg,
            "sigma_m": math.sqrt(float(np.trace(t.cov[row, :2, :2])) / 2),
            "watched_s": time_s - float(t.born_s[row]),
            "distance_nm": place.distance_m / NM_M,
            "eta_s": place.eta_s,
        }
        if lane is not None:
            evidence |= {"lane_distance_nm": lane.distance_m / NM_M, "lane_eta_s": lane.eta_s}
        rounded: dict[str, object] = {key: round(value, 4) for key, value in evidence.items()}
        rounded |= {"zone_version": place.zone.version, "rule_version": VERSION}
        return Alert(
            id=alert_id(NAME, VERSION, place.zone, track, time_s),
            time_s=time_s,
            rule=NAME,
            severity=severity,
            track=track,
            mmsi=-1,
            zone=place.zone.id,
            lon=lon,
            lat=lat,
            text=_text(track, speed_kn, course_deg, place, lane),
            evidence=rounded | {"thresholds": asdict(self._p)},
        )


def _text(
    track: int, speed_kn: float, course_deg: float, place: _Place, lane: _Place | None
) -> str:
    words = (
        f"Possible vulnerable craft, safety check: small craft without AIS (track {track}), "
        f"{speed_kn:.1f} kn, course {course_deg:03.0f}°, {_where(place)}"
    )
    if lane is not None and lane.zone.id != place.zone.id:
        words += f"; {_where(lane)}"
    return words + "."


def _where(place: _Place) -> str:
    if place.eta_s == 0:
        return f"in {place.zone.name}"
    verb = "crosses" if place.zone.kind == "line" else "enters"
    minutes = max(1, round(place.eta_s / 60))
    return f"{verb} {place.zone.name} in {minutes} min on this course"
