"""Tracks x zones -> crossings, as facts, and alerts, by the rules that zones and site list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import (
    Act,
    Alert,
    AlertEvent,
    ConfigError,
    Crossing,
    Detections,
    Flag,
    Kind,
    Say,
    Status,
    Tracks,
    Vessel,
    Zone,
)
from coastwatch.site import Site
from coastwatch.watch.book import Book
from coastwatch.watch.ground import Ground
from coastwatch.watch.limits import back_min_of, limits_of
from coastwatch.watch.memory import Memory
from coastwatch.watch.rules import RULES
from coastwatch.watch.scene import Scene
from coastwatch.watch.standing import Standing

__all__ = ["Heard", "Seen", "Watch"]

REPORT = int(Kind.REPORT)


class Heard(NamedTuple):
    """What else came with a picture: detections, statics, AIS flags, words of sensors, acts."""

    detections: Detections | None = None
    vessels: Sequence[Vessel] = ()
    flags: Sequence[Flag] = ()
    says: Sequence[Say] = ()
    acts: Sequence[Act] = ()


class Seen(NamedTuple):
    """What a picture brought: alerts raised, crossings as facts, all that happened to alerts."""

    alerts: list[Alert]
    crossings: list[Crossing]
    events: list[AlertEvent]


class Watch:
    """Holds each picture against the zones. Deterministic: event time and input alone decide.

    Raises ConfigError where the site tells a rule what it does not know.
    """

    def __init__(self, site: Site, zones: Sequence[Zone], plane: Plane) -> None:
        for name in site.rules:
            if name not in RULES:
                known = ", ".join(sorted(RULES))
                raise ConfigError(f"{site.where}: [rule.{name}]: no such rule; known are {known}")
        self._plane = plane
        self._ground = Ground(zones, plane)
        self._standing = Standing(self._ground, plane)
        self._memory = Memory(plane)
        made = (rule.made(self._memory, site) for rule in RULES.values())
        self._rules = [rule for rule in made if rule]
        limits = limits_of(site, {name: rule.per_hour for name, rule in RULES.items()})
        back = back_min_of(site, {name: rule.back_min for name, rule in RULES.items()})
        self._book = Book(limits, back)

    @property
    def zones(self) -> Sequence[Zone]:
        """The zones that are in force."""
        return self._ground.zones

    @property
    def due_s(self) -> float:
        """When the next picture is due, lest an alert sound again too late; inf: never."""
        return self._book.due_s

    def act(self, acts: Sequence[Act], time_s: float) -> list[AlertEvent]:
        """What comes of acts when there are no more pictures; the last was at ``time_s``."""
        return self._book.act(acts, time_s)

    def exchange(self, zones: Sequence[Zone]) -> None:
        """Other zones from the next picture on."""
        self._ground = Ground(zones, self._plane)
        self._standing.exchange(self._ground)

    def step(self, tracks: Tracks, heard: Heard | None = None) -> Seen:
        """Take the next picture, and what was heard since the last one."""
        heard = heard or Heard()
        scene = self._scene(tracks, heard)
        says = [*heard.says, *(said for rule in self._rules for said in rule.step(scene))]
        alerts, events = self._book.step(says, heard.acts, tracks.time_s, scene.ended)
        return Seen(alerts, list(scene.crossings), events)

    def _scene(self, tracks: Tracks, heard: Heard) -> Scene:
        believed = (tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING)
        over = tracks.status == Status.ENDED
        seen = tracks.take(np.flatnonzero(believed & np.isfinite(tracks.state).all(axis=1)))
        memory = self._memory
        still = np.sort(tracks.id[~over])
        slot = memory.slots_of(seen, still)
        memory.learn(heard.vessels)
        d = heard.detections
        reports = Detections.empty() if d is None else d.take(d.kind == REPORT)
        memory.hear(seen, slot, reports)
        memory.short.keep(slot, seen.state, tracks.time_s)
        memory.long.keep(slot, seen.state, tracks.time_s)
        lon, lat = self._plane.to_lonlat(seen.state[:, 0], seen.state[:, 1])
        sog, cog = self._plane.course(lon, lat, seen.state[:, 2], seen.state[:, 3])
        ended = tracks.id[over].tolist()
        inside, ahead, crossings = self._standing.step(seen, lon, lat, ended, still)
        return Scene(
            self._ground, memory, seen, slot, lon, lat, sog, cog, inside, ahead, crossings,
            ended, reports, heard.vessels, heard.flags,
        )  # fmt: skip
