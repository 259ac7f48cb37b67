"""What the watch remembers of each track: columns by slot, where it was, what it said of itself."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.shore import Shore
from coastwatch.model import Detections, Floats, Ints, Tracks, Vessel

ROOM_FIRST = 256
# Where each track was: every 10 s for two minutes, every minute for over half an hour.
SHORT_S, SHORT_N = 10.0, 14
LONG_S, LONG_N = 60.0, 33
VESSELS_KEPT = 50_000


class Column:
    """One value a track, by slot; ``fill`` is what a new track begins with.

    ``values`` is replaced when the memory grows: ask for it anew at each picture.
    """

    def __init__(self, room: int, fill: Any, dtype: Any, shape: tuple[int, ...]) -> None:
        self.fill = fill
        self.values: NDArray[Any] = np.full((room, *shape), fill, dtype=dtype)

    def grow(self, room: int) -> None:
        more = (room - len(self.values), *self.values.shape[1:])
        added = np.full(more, self.fill, dtype=self.values.dtype)
        self.values = np.concatenate([self.values, added])


class Ring:
    """Positions and velocities of all tracks at ``n`` moments, ``every_s`` apart or more."""

    def __init__(self, memory: Memory, every_s: float, n: int) -> None:
        self.every_s = every_s
        self.times_s: Floats = np.full(n, np.nan)
        self._at = -1
        self._rows = memory.column(np.nan, np.float32, (n, 4))

    def keep(self, slot: Ints, state: Floats, time_s: float) -> None:
        """Take one picture, unless the last that was kept is younger than ``every_s``."""
        last = self.times_s[self._at]
        if self._at >= 0 and time_s < last + self.every_s:
            return
        self._at = (self._at + 1) % len(self.times_s)
        self.times_s[self._at] = time_s
        self._rows.values[:, self._at] = np.nan
        self._rows.values[slot, self._at] = state

    def order(self, time_s: float, within_s: float) -> Ints:
        """The places of the moments of the last ``within_s`` seconds, oldest first."""
        n = len(self.times_s)
        order = (self._at + 1 + np.arange(n)) % n
        age = time_s - self.times_s[order]
        return np.asarray(order[(age >= 0) & (age <= within_s + 1e-6)])

    def past(self, slot: Ints, time_s: float, within_s: float) -> tuple[Floats, Floats]:
        """Times (k,) and states (n, k, 4: x, y, vx, vy) of the last ``within_s``, oldest first.

        NaN where a track was not there yet.
        """
        order = self.order(time_s, within_s)
        return self.times_s[order], self._rows.values[slot[:, None], order].astype(np.float64)


class Memory:
    """Slots for tracks, and the columns that rules keep by slot; freed when a track is gone.

    ``short`` and ``long`` are where tracks were. What a vessel's last report said is in
    ``heading_rad``, ``nav_status``, ``sog_mps``, ``cog_rad``, ``report_lon``, ``report_lat``,
    ``reported_s`` (columns, NaN or -1 where unknown); its statics in ``vessels`` by MMSI.
    ``shore`` knows how far the shore is from any place of the plane.
    """

    def __init__(self, plane: Plane) -> None:
        self.shore = Shore(plane)
        self.room = ROOM_FIRST
        self._columns: list[Column] = []
        self._ids: Ints = np.empty(0, dtype=np.int64)
        self._slots: Ints = np.empty(0, dtype=np.int64)
        self._free = list(range(ROOM_FIRST - 1, -1, -1))
        self.vessels: OrderedDict[int, Vessel] = OrderedDict()
        self.short, self.long = Ring(self, SHORT_S, SHORT_N), Ring(self, LONG_S, LONG_N)
        self.first_s = self.column(math.nan)
        self.heading_rad, self.sog_mps = self.column(math.nan), self.column(math.nan)
        self.cog_rad, self.reported_s = self.column(math.nan), self.column(math.nan)
        self.report_lon, self.report_lat = self.column(math.nan), self.column(math.nan)
        self.nav_status = self.column(-1, np.int64)

    def column(self, fill: Any, dtype: Any = np.float64, shape: tuple[int, ...] = ()) -> Column:
        """A new column, which the memory grows and sets to ``fill`` for each new track."""
        made = Column(self.room, fill, dtype, shape)
        self._columns.append(made)
        return made

    def slots_of(self, seen: Tracks, still: Ints) -> Ints:
        """The slot of each track of ``seen`` (ids rising), those of tracks not in ``still`` freed.

        ``still`` are the sorted ids of all tracks that go on, seen or not.
        """
        gone = ~_among(self._ids, still)
        if gone.any():
            self._free += self._slots[gone].tolist()
            self._ids, self._slots = self._ids[~gone], self._slots[~gone]
        new = seen.id[~_among(seen.id, self._ids)]
        if len(new):
            self._admit(new, seen.time_s)
        return self._slots[np.searchsorted(self._ids, seen.id)]

    def hear(self, seen: Tracks, slot: Ints, reports: Detections) -> None:
        """Take the last report of each vessel; ``reports`` are sorted by time."""
        if not len(reports) or not len(seen):
            return
        order = np.argsort(reports.mmsi, kind="stable")
        mmsi = reports.mmsi[order]
        last = np.searchsorted(mmsi, seen.mmsi, side="right") - 1
        known = (seen.mmsi >= 0) & (last >= 0) & (mmsi[np.maximum(last, 0)] == seen.mmsi)
        to, row = slot[known], order[last[known]]
        self.reported_s.values[to] = reports.time_s[row]
        self.report_lon.values[to], self.report_lat.values[to] = reports.lon[row], reports.lat[row]
        self.sog_mps.values[to], self.cog_rad.values[to] = (
            reports.sog_mps[row],
            reports.cog_rad[row],
        )
        self.heading_rad.values[to] = reports.heading_rad[row]
        self.nav_status.values[to] = reports.nav_status[row]

    def learn(self, vessels: Sequence[Vessel]) -> None:
        """The last word of each vessel on each field; of too many the oldest goes."""
        for new in vessels:
            old = self.vessels.pop(new.mmsi, None)
            told = {k: v for k, v in asdict(new).items() if v is not None}
            self.vessels[new.mmsi] = Vessel(**((asdict(old) if old else {}) | told))
            if len(self.vessels) > VESSELS_KEPT:
                self.vessels.popitem(last=False)

    def _admit(self, new: Ints, time_s: float) -> None:
        while len(self._free) < len(new):
            self._free = [*range(2 * self.room - 1, self.room - 1, -1), *self._free]
            self.room *= 2
            for column in self._columns:
                column.grow(self.room)
        slots = np.array([self._free.pop() for _ in range(len(new))], dtype=np.int64)
        for column in self._columns:
            column.values[slots] = column.fill
        self.first_s.values[slots] = time_s
        ids, where = np.concatenate([self._ids, new]), np.concatenate([self._slots, slots])
        order = np.argsort(ids, kind="stable")
        self._ids, self._slots = ids[order], where[order]


def _among(ids: Ints, sorted_ids: Ints) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(sorted_ids, ids), max(len(sorted_ids) - 1, 0))
    if not len(sorted_ids):
        return np.zeros(len(ids), dtype=np.bool_)
    return np.asarray(sorted_ids[at] == ids)
