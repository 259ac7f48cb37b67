"""Scenes through the real tracker, kept as pictures with their truth: that is what takes long."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from bench.season_scene import Scene, make
from coastwatch.geo.plane import Plane
from coastwatch.geo.shore import Shore
from coastwatch.model import Floats, Ints, Status, Tracks
from coastwatch.site import Site
from coastwatch.track import Tracker

NEAR_M = 250.0  # a track is of the boat that it is mostly nearest to, within this
NAMELESS = -1


@dataclass(frozen=True, slots=True)
class Truth:
    """One boat: ``off_s`` event time when it is first a mile from the shore, inf where never."""

    kind: str
    beach: bool
    start_s: float
    off_s: float
    seen_s: float  # of its first confirmed track, inf where none


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scene as the tracker saw it. ``boat_of`` says which boat each track was, -1 for none."""

    seed: int
    start_s: float
    duration_s: float
    night: bool
    site: Site
    boats: list[Truth]
    pictures: list[Tracks]
    boat_of: dict[int, int]

    def kind(self, track: int) -> str:
        boat = self.boat_of.get(track, -1)
        return self.boats[boat].kind if boat >= 0 else "clutter"


def recorded(seeds: range, folder: Path) -> Iterator[Recorded]:
    """The scenes of the seeds, from ``folder`` where they were made before."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        path = folder / f"{seed}.pickle"
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(pickle.dumps(record(make(seed), seed)))
            part.rename(path)
        yield pickle.loads(path.read_bytes())


def record(scene: Scene, seed: int) -> Recorded:
    """What the tracker makes of a scene.

    Tracks that carried an identity all their life are left out: the rule never looks at them.
    """
    tracker = Tracker(scene.site, scene.plane)
    pictures, votes = list[Tracks](), dict[int, Counter[int]]()
    nameless: set[int] = set()
    seen_s = np.full(len(scene.boats), np.inf)
    for time_s, batch in scene.batches():
        tracks = tracker.step(batch, time_s)
        nameless.update(tracks.id[(tracks.mmsi < 0) & (tracks.status > 0)].tolist())
        boat = _nearest(scene, tracks)
        for track, one in zip(tracks.id.tolist(), boat.tolist(), strict=True):
            votes.setdefault(track, Counter())[one] += 1
        shown = boat[(boat >= 0) & (tracks.status == Status.CONFIRMED)]
        seen_s[shown] = np.minimum(seen_s[shown], time_s)
        pictures.append(tracks)
    ids = np.array(sorted(nameless))
    kept = [_small(p.take(np.isin(p.id, ids))) for p in pictures]
    boat_of = {t: votes[t].most_common(1)[0][0] for t in ids.tolist()}
    off_s = _off_s(scene)
    truths = [
        Truth(
            b.kind + b.grade,
            b.beach,
            scene.day.start_s + b.start_s,
            float(off_s[i]),
            float(seen_s[i]),
        )
        for i, b in enumerate(scene.boats)
    ]
    return Recorded(seed, scene.day.start_s, scene.duration_s, scene.day.dark, scene.site,
                    truths, kept, boat_of)  # fmt: skip


def _nearest(scene: Scene, tracks: Tracks) -> Ints:
    """(n,) the boat nearest to each track, -1 where none is within NEAR_M."""
    step = int(tracks.time_s - scene.day.start_s)
    apart = np.hypot(tracks.state[:, :1] - scene.x[step], tracks.state[:, 1:2] - scene.y[step])
    apart = np.where(np.isfinite(apart), apart, np.inf)
    nearest = apart.argmin(axis=1) if len(tracks) else np.empty(0, dtype=np.int64)
    return np.where(apart.min(axis=1, initial=np.inf) < NEAR_M, nearest, -1)


def _off_s(scene: Scene) -> Floats:
    shore = Shore(Plane(scene.site.origin))
    step = np.arange(0, len(scene.x), 10)
    out = np.full(len(scene.boats), np.inf)
    for i, boat in enumerate(scene.boats):
        if boat.kind == "dinghy":
            x, y = np.nan_to_num(scene.x[step, i]), np.nan_to_num(scene.y[step, i])
            there = np.isfinite(scene.x[step, i])
            off = np.flatnonzero(there & (shore.distance_m(x, y) > 1852))
            if len(off):
                out[i] = scene.day.start_s + step[off[0]]
    return out


def _small(tracks: Tracks) -> Tracks:
    """In single precision, but for times: half of the room."""
    columns = {f.name: getattr(tracks, f.name) for f in fields(tracks) if f.name != "time_s"}
    half = {
        name: value.astype(np.float32)
        for name, value in columns.items()
        if value.dtype == np.float64 and not name.endswith("_s")
    }
    return Tracks(time_s=tracks.time_s, **(columns | half))
