"""How tracks stand to zones: who is in which, since when, who came, left, crossed or will come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely

from coastwatch.geo.plane import Plane
from coastwatch.model import Crossing, Floats, Ints, Tracks
from coastwatch.watch.ground import Ground

# A track has moved when it is this many sigmas, and so many metres, from where it last stood:
# noise at an edge is no crossing, and a moored vessel crosses nothing.
MOVED_SIGMAS, MOVED_MIN_M, MOVED_MAX_M = 6.0, 25.0, 500.0
AHEAD_S = 1_800.0


class Inside(NamedTuple):
    """Who is in which zone: pairs sorted by row and zone.

    ``p`` is the probability of being inside by the track's covariance; ``since_s`` when it came.
    """

    row: Ints
    zone: Ints
    p: Floats
    since_s: Floats


class Ahead(NamedTuple):
    """Who will be in which zone, or across which line, if it holds its course: sorted pairs.

    ``eta_s`` seconds from now, ``distance_m`` along the course, ``spread_m`` the 1-sigma of the
    position by then, across the course.
    """

    row: Ints
    zone: Ints
    eta_s: Floats
    distance_m: Floats
    spread_m: Floats


class Standing:
    """Follows all tracks through all zones; event time and tracks alone decide."""

    def __init__(self, ground: Ground, plane: Plane) -> None:
        self._ground, self._plane = ground, plane
        self._stood: dict[int, tuple[float, float]] = {}
        self._in: dict[int, dict[int, float]] = {}

    def exchange(self, ground: Ground) -> None:
        """Other zones from now on. Nobody has entered or left a zone by its being edited."""
        old = {(z.id, z.version): i for i, z in enumerate(self._ground.zones)}
        new = {
            old[z.id, z.version]: i for i, z in enumerate(ground.zones) if (z.id, z.version) in old
        }
        self._in = {
            track: {new[z]: since for z, since in zones.items() if z in new}
            for track, zones in self._in.items()
        }
        self._ground = ground

    def step(
        self, tracks: Tracks, lon: Floats, lat: Floats, ended: list[int]
    ) -> tuple[Inside, Ahead, list[Crossing]]:
        """One picture of tracks that are believed."""
        xy = tracks.state[:, :2]
        rows, zones = self._ground.inside(xy)
        inside: dict[int, dict[int, float]] = {}
        for row, zone in zip(rows.tolist(), zones.tolist(), strict=True):
            inside.setdefault(row, {})[zone] = tracks.time_s
        crossings = self._crossings(tracks, lon, lat, inside)
        since = [
            self._in.get(int(tracks.id[r]), {}).get(z, tracks.time_s)
            for r, z in zip(rows.tolist(), zones.tolist(), strict=True)
        ]
        for track in ended:
            self._stood.pop(track, None)
            self._in.pop(track, None)
        pairs = Inside(rows, zones, np.ones(len(rows)), np.array(since, dtype=np.float64))
        return pairs, self._ahead(tracks), crossings

    def _crossings(
        self, tracks: Tracks, lon: Floats, lat: Floats, inside: dict[int, dict[int, float]]
    ) -> list[Crossing]:
        moved, segments = self._moved(tracks, inside)
        if not moved:
            return []
        touched = _grouped(*self._ground.touched(segments))
        crossed = _grouped(*self._ground.crossed(segments))
        found: list[tuple[int, int, str]] = []
        for s, row in enumerate(moved):
            before, now = self._in[int(tracks.id[row])], inside.get(row, {})
            self._in[int(tracks.id[row])] = {z: before.get(z, t) for z, t in now.items()}
            for zone in sorted({*touched.get(s, ()), *before, *now}):
                if zone in now and zone in before:
                    continue
                # Touched and in it neither before nor after: through it in one stride.
                found += [(row, zone, "entry")] if zone not in before else []
                found += [(row, zone, "exit")] if zone not in now else []
            for zone in crossed.get(s, ()):
                left = self._ground.leftward(zone, segments[s])
                what = "crossing-right-to-left" if left else "crossing-left-to-right"
                found.append((row, zone, what))
        ground = self._ground
        return [
            Crossing(tracks.time_s, int(tracks.id[row]), int(tracks.mmsi[row]),
                     ground.zones[zone].id, what, float(lon[row]), float(lat[row]))
            for row, zone, what in found
            if ground.valid(zone, tracks.time_s)
        ]  # fmt: skip

    def _moved(self, tracks: Tracks, inside: dict[int, dict[int, float]]) -> tuple[list[int], Ints]:
        """The rows that have moved since they last stood, with their segments."""
        sigma = np.sqrt((tracks.cov[:, 0, 0] + tracks.cov[:, 1, 1]) / 2)
        stride = np.clip(MOVED_SIGMAS * sigma, MOVED_MIN_M, MOVED_MAX_M).tolist()
        moved, ends = [], []
        for row, (track, (x, y)) in enumerate(
            zip(tracks.id.tolist(), tracks.state[:, :2].tolist(), strict=True)
        ):
            stood = self._stood.get(track)
            if stood is None:
                self._stood[track] = (x, y)
                self._in[track] = dict(inside.get(row, {}))
            elif (x - stood[0]) ** 2 + (y - stood[1]) ** 2 > stride[row] ** 2:
                moved.append(row)
                ends.append((stood, (x, y)))
                self._stood[track] = (x, y)
        return moved, shapely.linestrings(ends) if ends else np.empty(0, dtype=object)

    def _ahead(self, tracks: Tracks) -> Ahead:
        x, y, vx, vy = tracks.state.T
        far = np.column_stack([x + vx * AHEAD_S, y + vy * AHEAD_S])
        ways = shapely.linestrings(np.stack([tracks.state[:, :2], far], axis=1))
        pairs = [self._ground.touched(ways), self._ground.crossed(ways)]
        row, zone = (np.concatenate([p[k] for p in pairs]) for k in (0, 1))
        order = np.lexsort((zone, row))
        row, zone = row[order], zone[order]
        here = shapely.points(tracks.state[row, :2])
        met = shapely.intersection(ways[row], self._ground.shapes[zone])
        distance = shapely.distance(here, met)
        speed = np.maximum(np.hypot(vx, vy), 1e-9)[row]
        eta = distance / speed
        trace = np.trace(tracks.cov[:, :2, :2], axis1=1, axis2=2)[row]
        spread = np.sqrt(trace + eta**2 * np.trace(tracks.cov[:, 2:, 2:], axis1=1, axis2=2)[row])
        new = distance > 0
        return Ahead(*(a[new] for a in (row, zone, eta, distance, spread)))


def _grouped(rows: Ints, zones: Ints) -> dict[int, tuple[int, ...]]:
    groups: dict[int, tuple[int, ...]] = {}
    for row, zone in zip(rows.tolist(), zones.tolist(), strict=True):
        groups[row] = (*groups.get(row, ()), zone)
    return groups
