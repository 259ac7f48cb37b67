"""Tracks x zones -> crossings, as facts, and alerts, by the rules that the zones list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from coastwatch.geo.plane import Plane
from coastwatch.model import Alert, Crossing, Floats, Ints, Status, Tracks, Zone
from coastwatch.site import Site
from coastwatch.watch.rules import RULES
from coastwatch.watch.scene import Ground, Scene

__all__ = ["Watch"]

# A track has moved when it is this many sigmas, and so many metres, from where it last stood:
# noise at an edge is no crossing, and a moored vessel crosses nothing.
MOVED_SIGMAS, MOVED_MIN_M, MOVED_MAX_M = 6.0, 25.0, 500.0


class Watch:
    """Holds each picture against the zones. Deterministic: event time and tracks alone decide.

    Entries, exits and line crossings follow from the segment between the last two places where a
    track stood, so that a fast craft does not jump over a narrow zone.
    """

    def __init__(self, site: Site, zones: Sequence[Zone], plane: Plane) -> None:
        self._ground = Ground(zones, plane)
        self._plane = plane
        self._stood: dict[int, tuple[float, float]] = {}
        self._in: dict[int, frozenset[int]] = {}
        self._rules = [make(site, self._ground) for make in RULES.values()]

    def step(self, tracks: Tracks) -> tuple[list[Alert], list[Crossing]]:
        """The alerts that rise at this picture, and the crossings since the last."""
        believed = (tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING)
        ended = tracks.id[tracks.status == Status.ENDED].tolist()
        seen = tracks.take(np.flatnonzero(believed & np.isfinite(tracks.state).all(axis=1)))
        xy = seen.state[:, :2]
        lon, lat = self._plane.to_lonlat(xy[:, 0], xy[:, 1])
        rows, zones = self._ground.inside(xy)
        inside = _grouped(rows, zones)
        crossings = self._crossings(seen, lon, lat, inside)
        scene = Scene(self._ground, seen, lon, lat, inside, crossings, ended)
        alerts = [alert for rule in self._rules for alert in rule.step(scene)]
        for track in ended:
            self._stood.pop(track, None)
            self._in.pop(track, None)
        return alerts, crossings

    def _crossings(
        self, tracks: Tracks, lon: Floats, lat: Floats, inside: dict[int, tuple[int, ...]]
    ) -> list[Crossing]:
        moved, segments = self._moved(tracks, inside)
        if not moved:
            return []
        touched = _grouped(*self._ground.touched(segments))
        crossed = _grouped(*self._ground.crossed(segments))
        found: list[tuple[int, int, str]] = []
        for s, row in enumerate(moved):
            before, now = self._in[int(tracks.id[row])], frozenset(inside.get(row, ()))
            self._in[int(tracks.id[row])] = now
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

    def _moved(self, tracks: Tracks, inside: dict[int, tuple[int, ...]]) -> tuple[list[int], Ints]:
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
                self._in[track] = frozenset(inside.get(row, ()))
            elif (x - stood[0]) ** 2 + (y - stood[1]) ** 2 > stride[row] ** 2:
                moved.append(row)
                ends.append((stood, (x, y)))
                self._stood[track] = (x, y)
        return moved, shapely.linestrings(ends) if ends else np.empty(0, dtype=object)


def _grouped(rows: Ints, zones: Ints) -> dict[int, tuple[int, ...]]:
    groups: dict[int, tuple[int, ...]] = {}
    for row, zone in zip(rows.tolist(), zones.tolist(), strict=True):
        groups[row] = (*groups.get(row, ()), zone)
    return groups
