"""Recorded scenes through the real watch: what it raised, and what the score was of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from bench.season_run import Recorded
from bench.season_scene import PICTURE_S
from coastwatch.geo.plane import Plane
from coastwatch.model import Floats, Ints, Say, Tracks
from coastwatch.site import Site
from coastwatch.watch import Watch
from coastwatch.watch.craft import NAMES, Odds
from coastwatch.watch.memory import Memory
from coastwatch.watch.rules import small_craft_withheld as withheld
from coastwatch.watch.rules import small_unregistered_craft as small
from coastwatch.watch.scene import Scene
from coastwatch.watch.zones import load_zones

HOLD = int(small.Parameters().sustained_s / PICTURE_S)  # pictures
# What the rule would raise at no probability is not looked at for its zones.
LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Watched:
    """A scene's tracks without identity, a row for each at each picture, by track and time.

    ``may`` is where the rule would raise it if it were likely enough. ``raised`` says when the
    watch raised what of which track: (event time, track, severity).
    """

    scene: Recorded
    time_s: Floats
    track: Ints
    values: Floats  # (n, parts)
    moving: Ints
    may: Ints
    raised: list[tuple[float, int, str]]
    withheld: int

    @property
    def dinghy(self) -> Ints:
        """(n,) 1 where the track is a dinghy's."""
        ids, at = np.unique(self.track, return_inverse=True)
        return np.array([self.scene.kind(t) == "dinghy" for t in ids.tolist()], dtype=np.int64)[at]

    def levels(self, table: Odds) -> Iterator[tuple[int, Floats, Floats]]:
        """Of each track: its times, and the probability that it had held so long by then."""
        p = np.where(self.may > 0, probability(table, self.values), 0.0)
        cuts = np.flatnonzero(np.diff(self.track)) + 1
        for rows in np.split(np.arange(len(p)), cuts):
            if len(rows) >= HOLD:
                held = np.lib.stride_tricks.sliding_window_view(p[rows], HOLD).min(axis=1)
                yield int(self.track[rows[0]]), self.time_s[rows[HOLD - 1 :]], held


def probability(table: Odds, values: Floats) -> Floats:
    """(n,) by the table."""
    told = sum(part.of(values[:, k]) for k, part in enumerate(table.parts))
    return np.asarray(1 / (1 + np.exp(-np.clip(table.prior + told, -50, 50))))


class _Kept(small.SmallUnregisteredCraft):
    """The rule, which also writes down what it saw."""

    def __init__(self, memory: Memory, site: Site) -> None:
        super().__init__(small.Parameters(), memory, site)
        self.rows: list[tuple[Floats, Ints, Floats, Ints, Ints]] = []

    def step(self, scene: Scene) -> Iterable[Say]:
        says = list(super().step(scene))
        rows = np.flatnonzero(scene.tracks.mmsi < 0)
        moving = small._under_way(scene, self._p)[rows]
        may = self._plausible(scene)[rows]
        near, at_lane = self._near(scene)
        explained, only_at_sea = self._withheld.explained(scene, rows)
        may = may & near[rows] & (~explained | (only_at_sea & at_lane[rows]))
        self.rows.append((
            np.full(len(rows), scene.time_s), scene.tracks.id[rows],
            self._craft.values.values[scene.slot[rows]].astype(np.float32),
            moving.astype(np.int64), may.astype(np.int64),
        ))  # fmt: skip
        return says


def watched(recorded: Recorded) -> Watched:
    """A scene through the watch with this rule, and the one that counts what it withholds."""
    site = recorded.site
    plane = Plane(site.origin)
    watch = Watch(site, load_zones(site.zones), plane)
    kept = _Kept(watch._memory, site)
    counting = withheld.SmallCraftWithheld(withheld.Parameters(), watch._memory, site)
    watch._rules = [kept, counting]
    raised, of, other = list[tuple[float, int, str]](), dict[str, int](), 0
    for tracks in recorded.pictures:
        seen = watch.step(_double(tracks))
        of |= {a.id: a.track for a in seen.alerts if a.rule == small.RULE.name}
        other += sum(a.rule == withheld.RULE.name for a in seen.alerts)
        raised += [
            (e.time_s, of[e.alert], e.severity)
            for e in seen.events
            if e.alert in of and e.what in ("raised", "updated", "active again")
        ]
    columns = [np.concatenate(c) for c in zip(*kept.rows, strict=True)]
    order = np.lexsort((columns[0], columns[1]))
    time_s, track, values, moving, may = (c[order] for c in columns)
    assert values.shape[1] == len(NAMES)
    return Watched(recorded, time_s, track, values, moving, may, raised, other)


def _double(tracks: Tracks) -> Tracks:
    columns = {f.name: getattr(tracks, f.name) for f in fields(tracks) if f.name != "time_s"}
    wide = {k: v.astype(np.float64) if v.dtype == np.float32 else v for k, v in columns.items()}
    return Tracks(time_s=tracks.time_s, **wide)
