"""How the site's sensors fare, picture by picture: measured, and said when one fails.

Part of the engine's pure step: event time alone decides, state is bounded by the site and by the
tracks of the picture, and the order of rows of one time does not matter.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Kind, Say, Status, Tracks
from coastwatch.sensors import words
from coastwatch.sensors.coverage import promise
from coastwatch.sensors.radar import Radar, Reports, reports_of
from coastwatch.sensors.sight import Blind
from coastwatch.sensors.silence import Life
from coastwatch.site import Site

AIS_HELD_S = 30.0
RADAR_HELD_SCANS = 3.0
ALONE_S = 60.0
EPISODES_KEPT = 1_000
STEP_MIN_S = 0.1


class Health:
    """Watches every radar and AIS station of the site; ``step`` gives what is to be said."""

    def __init__(self, site: Site, plane: Plane) -> None:
        self._sensors, self._plane = site.sensors, plane
        self._radars = {
            i: Radar(i, s, plane) for i, s in enumerate(site.sensors) if s.kind == "radar"
        }
        self._lives = {i: r.life for i, r in self._radars.items()}
        self._lives |= {i: Life(None) for i, s in enumerate(site.sensors) if s.kind == "ais"}
        self._lives = dict(sorted(self._lives.items()))
        self._reports: Reports | None = None
        self._feeds: dict[str, set[int]] = {}
        self._ended: set[str] = set()
        self._over: set[int] = set()
        self._time_s = -math.inf
        self._due_s: float | None = None  # None: to be asked anew
        self._episodes: list[dict[str, Any]] = []
        self._open: dict[tuple[int, int], dict[str, Any]] = {}  # sensor, first sector or -1
        # A track counts as held by another while that one saw it within these seconds.
        scans = [RADAR_HELD_SCANS * s.scan_s for s in site.sensors]
        held = [
            t if s.kind == "radar" else AIS_HELD_S for s, t in zip(site.sensors, scans, strict=True)
        ]
        self._held_s = np.array([*held, AIS_HELD_S])

    def feed(self, name: str, detections: Detections, ended: bool) -> None:
        """What a feed delivered: which sensors speak through it, and whether it is over.

        A sensor all of whose feeds are over is not silent: nothing more is to come.
        """
        column = detections.sensor
        sensors = set(column.tolist() if len(column) < 100 else np.unique(column).tolist())
        known = self._feeds.setdefault(name, set())
        if sensors <= known and ended == (name in self._ended):
            return
        known |= sensors
        (self._ended.add if ended else self._ended.discard)(name)
        self._due_s = None
        live = [s for feed, s in self._feeds.items() if feed not in self._ended]
        self._over = set().union(*self._feeds.values()) - set().union(*live)

    def touch(self, sensor: int, time_s: float) -> None:
        """A sensor is alive though it brought nothing new: another station was first."""
        if sensor in self._lives and math.isfinite(time_s):
            self._lives[sensor].touch(time_s)
            self._due_s = None

    @property
    def due_s(self) -> float:
        """Until when the next picture must be drawn, lest a silence be noticed late; inf: never."""
        if self._due_s is None:
            due = [life.due_s for i, life in self._lives.items() if i not in self._over]
            self._due_s = max(min(due, default=math.inf), self._time_s + STEP_MIN_S)
        return self._due_s

    @np.errstate(over="ignore", invalid="ignore")  # a hostile row's NaN is an answer, no warning
    def step(self, batch: Detections, tracks: Tracks, time_s: float) -> list[Say]:
        """Take one picture: the placed rows that made it, and its tracks."""
        self._time_s, self._due_s = max(self._time_s, time_s), None
        believed = (tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING)
        seen = tracks.take(np.flatnonzero(believed & np.isfinite(tracks.state).all(axis=1)))
        says: list[Say] = []
        if self._radars:
            radars = list(self._radars.values())
            self._reports = reports_of(batch, self._reports, self._plane, radars, time_s)
        # Which sensor, the last column for reports of none, saw which track of late.
        recent = time_s - seen.last_seen_s <= self._held_s
        by_many = recent.sum(axis=1)
        for i, life in self._lives.items():
            radar = self._radars.get(i)
            if radar is None:
                times = batch.time_s[(batch.sensor == i) & _of_station(batch)]
                if len(times):
                    life.hear(np.sort(times))
            else:
                rows = np.flatnonzero((batch.sensor == i) & _of_radar(batch))
                others = by_many > recent[:, i]
                assert self._reports is not None
                if radar.step(batch.take(rows), seen, others, self._reports, time_s):
                    says += self._sight(i, radar, time_s)
            says += self._life(i, life, radar, seen, time_s)
        return says

    def _life(
        self, i: int, life: Life, radar: Radar | None, seen: Tracks, time_s: float
    ) -> list[Say]:
        sensor = self._sensors[i]
        if life.is_back():
            life.wake()
            self._close(i, -1, life.back_s)
            if radar:
                radar.sight.forget()
            return [words.heard(sensor, life, radar, time_s)]
        if i in self._over or time_s < life.due_s:
            return []
        life.fall_silent()
        for b in radar.sight.blind if radar else ():
            self._close(i, b.began, life.silent_since_s)
        self._begin(i, -1, {"what": "silent", "from": iso(life.silent_since_s)})
        recent = time_s - seen.last_seen_s <= ALONE_S
        alone = int((recent[:, i] & (recent.sum(axis=1) == 1)).sum())
        return [words.silent(sensor, life, radar, alone, time_s)]

    def _sight(self, i: int, radar: Radar, time_s: float) -> list[Say]:
        # What never showed that it turns may not have looked where nothing came from.
        if radar.life.silent or not radar.antenna.turning:
            return []
        found, again = radar.judge()
        says: list[Say] = []
        for b in radar.sight.blind:
            if (i, b.began) in self._open:
                low, high = b.azimuths_deg
                told = {"azimuth_from_deg": low, "azimuth_to_deg": high}
                self._open[i, b.began]["episode"].update(told)
        for b in again:
            since_s = self._close(i, b.began, time_s)
            says.append(words.sees(radar, b, since_s, time_s))
        for b in found:
            since_s = time_s - b.passes * radar.antenna.period_s
            low, high = b.azimuths_deg
            self._begin(i, b.began, {
                "what": "blind", "from": iso(since_s), "azimuth_from_deg": low,
                "azimuth_to_deg": high, "plots_expected": round(b.expected, 2),
            }, since_s)  # fmt: skip
            says.append(words.blind(radar, b, time_s))
        return says

    def _begin(self, i: int, sector: int, episode: dict[str, Any], since_s: float = 0.0) -> None:
        episode = {"sensor": self._sensors[i].id} | episode | {"until": None}
        self._open[i, sector] = {"episode": episode, "since_s": since_s}
        if len(self._episodes) < EPISODES_KEPT:
            self._episodes.append(episode)

    def _close(self, i: int, sector: int, time_s: float) -> float:
        """End an episode; when it began."""
        opened = self._open.pop((i, sector), {"episode": {}, "since_s": time_s})
        opened["episode"]["until"] = iso(time_s)
        return float(opened["since_s"])

    def summary(self) -> dict[str, Any]:
        """Each radar and AIS station in numbers, for ``summary.json``; null where not measured."""
        return {self._sensors[i].id: self._summary(i) for i in self._lives}

    def _summary(self, i: int) -> dict[str, Any]:
        sensor, life = self._sensors[i], self._lives[i]
        said: dict[str, Any] = {
            "kind": sensor.kind,
            "rows": life.rows,
            "last_heard": iso(life.last_s) if life.rows else None,
            "state": self._state(i),
            "silent_episodes": self._count(i, "silent"),
        }
        radar = self._radars.get(i)
        if radar is None:
            return said | {"reports_per_minute": _number(60 * life.rate, 2)}
        turns = radar.turns
        fraction = radar.grid.fraction(promise(sensor)) if radar.grid.looks.any() else None
        return said | {
            "blind_episodes": self._count(i, "blind"),
            "rotation_s": _number(radar.antenna.measured_s, 3),
            "rotation_promised_s": sensor.scan_s,
            "plots_per_scan": _number(radar.plots / turns if turns else math.nan, 2),
            "plots_per_scan_usual": _number(float(radar.sight.usual.sum()), 2),
            "unassociated_per_scan": _number(radar.unclaimed / turns if turns else math.nan, 2),
            "noise_db": _number(radar.noise_db, 1),
            "bias": radar.bias.document(),
            "coverage_kept": None if fraction is None else _number(fraction, 3),
        }

    def coverage(self) -> dict[str, Any]:
        """What ``coverage.json`` holds: the grid of each radar that was heard, and its episodes."""
        radars = {}
        for radar in self._radars.values():
            if radar.life.rows:
                mine = [e for e in self._episodes if e["sensor"] == radar.sensor.id]
                grid = radar.grid.document()
                radars[radar.sensor.id] = grid | {"moving": radar.moved, "episodes": mine}
        return {"version": 1, "radars": radars}

    def _state(self, i: int) -> str:
        life = self._lives[i]
        if not life.rows:
            return "never heard"
        if life.silent:
            return "silent"
        blind: list[Blind] = self._radars[i].sight.blind if i in self._radars else []
        return "blind in a sector" if blind else "over" if i in self._over else "heard"

    def _count(self, i: int, what: str) -> int:
        name = self._sensors[i].id
        return sum(e["what"] == what and e["sensor"] == name for e in self._episodes)


def iso(time_s: float) -> str:
    stamp = datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def _of_radar(d: Detections) -> NDArray[np.bool_]:
    seen: NDArray[np.bool_] = np.isin(d.kind, (Kind.PLOT, Kind.SENSOR_TRACK, Kind.LOOK))
    seen &= np.isfinite(d.time_s)
    return seen


def _of_station(d: Detections) -> NDArray[np.bool_]:
    heard: NDArray[np.bool_] = (d.kind == Kind.REPORT) | (d.kind == Kind.LOOK)
    heard &= np.isfinite(d.time_s)
    return heard


def _number(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
