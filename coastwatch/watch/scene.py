"""What a rule sees at one picture: the tracks, where they stand, what was heard of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from coastwatch.geo.sun import CIVIL_RAD, elevation_rad
from coastwatch.model import Crossing, Detections, Flag, Floats, Ints, Say, Tracks, Vessel
from coastwatch.watch.ground import Ground, Mask
from coastwatch.watch.memory import Memory
from coastwatch.watch.standing import Ahead, Inside


@dataclass
class Scene:
    """One picture. ``tracks`` are those that are believed (confirmed or coasting), ids rising.

    All columns go by their rows: ``slot`` into the memory, ``lon`` and ``lat`` degrees,
    ``sog_mps`` and ``cog_rad`` (true) over the ground, ``sigma_m`` of the position (root mean
    square of two axes), ``shore_m`` to the nearest shore (0 on land, at most 25 km, NaN where
    unknown), ``night`` by the end of civil twilight. ``crossings`` are facts since the last
    picture; ``reports`` (AIS, sorted by time), ``vessels`` (statics) and ``flags`` (what AIS cannot
    mean) what was heard since.
    """

    ground: Ground
    memory: Memory
    tracks: Tracks
    slot: Ints
    lon: Floats
    lat: Floats
    sog_mps: Floats
    cog_rad: Floats
    inside: Inside
    ahead: Ahead
    crossings: Sequence[Crossing] = ()
    ended: Sequence[int] = ()
    reports: Detections = field(default_factory=Detections.empty)
    vessels: Sequence[Vessel] = ()
    flags: Sequence[Flag] = ()

    def __len__(self) -> int:
        return len(self.tracks)

    @property
    def time_s(self) -> float:
        return self.tracks.time_s

    @cached_property
    def sigma_m(self) -> Floats:
        cov = self.tracks.cov
        return np.asarray(np.sqrt((cov[:, 0, 0] + cov[:, 1, 1]) / 2))

    @cached_property
    def shore_m(self) -> Floats:
        return self.memory.shore.distance_m(self.tracks.state[:, 0], self.tracks.state[:, 1])

    @cached_property
    def night(self) -> Mask:
        return np.asarray(elevation_rad(self.lon, self.lat, self.time_s) < CIVIL_RAD)

    @cached_property
    def valid(self) -> Mask:
        """(zones,) which are in force now."""
        return self.ground.valid_now(self.time_s)

    @cached_property
    def row_of(self) -> dict[int, int]:
        """Track id -> row."""
        return {track: row for row, track in enumerate(self.tracks.id.tolist())}

    @cached_property
    def rows_of_mmsi(self) -> dict[int, int]:
        """MMSI -> row, of tracks with an identity."""
        return {m: row for row, m in enumerate(self.tracks.mmsi.tolist()) if m >= 0}

    def within(self, zones: Mask) -> Mask:
        """(rows,) which are in any of these zones (a mask over zones) that is in force."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.inside.row[(zones & self.valid)[self.inside.zone]]] = True
        return found

    def zones_at(self, row: int) -> list[int]:
        """The zones in force that a row is in."""
        first, last = np.searchsorted(self.inside.row, [row, row + 1])
        return [z for z in self.inside.zone[first:last].tolist() if self.valid[z]]

    def who(self, row: int) -> str:
        """A track's name for people, such as "NORDIC (MMSI 227000001, track 12)"."""
        track, mmsi = int(self.tracks.id[row]), int(self.tracks.mmsi[row])
        if mmsi < 0:
            return f"track {track} (no identity)"
        vessel = self.memory.vessels.get(mmsi)
        name = vessel.name if vessel and vessel.name else "vessel"
        return f"{name} (MMSI {mmsi:09d}, track {track})"


def alert_id(say: Say) -> str:
    """The same for the same input: rule and version, zone and version, track, event time."""
    about = (say.rule, say.version, say.zone, say.zone_version, say.track, *say.about)
    text = "|".join(map(str, (*about, round(say.time_s * 1e9))))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
