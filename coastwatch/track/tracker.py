"""The tracker: detections of many sensors in, the picture out."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Kind, Status, Tracks
from coastwatch.site import Site
from coastwatch.track import identity, initiation, lifecycle, plots, reports
from coastwatch.track.life import Lives
from coastwatch.track.merge import merge
from coastwatch.track.motion import predict
from coastwatch.track.sensing import Sensing, sensings
from coastwatch.track.table import Table

AIS_ALIVE_S = 60.0
MERGE_EVERY_S = 5.0
# What a flood of echoes or of invented identities may fill; neither takes the other's place.
NAMELESS_MAX, NAMED_MAX = 20_000, 200_000


class Tracker:
    """A Kalman filter a track, global nearest neighbour, M of N with existence probability.

    ``counts`` says what was not used, by reason.
    """

    def __init__(self, site: Site, plane: Plane, explain: frozenset[int] = frozenset()) -> None:
        self.counts: Counter[str] = Counter()
        self.lives = Lives(explain)
        self._plane, self._slice_s = plane, site.picture_s
        self._sensings = sensings(site, plane)
        self._scan_s = np.array([s.scan_s for s in self._sensings])
        self._n = len(site.sensors)
        self._table = Table.of_size(0, self._n)
        self._next_id = 1
        self._time_s = -math.inf
        self._ais_s = -math.inf
        self._merged_s = -math.inf

    def step(self, detections: Detections, time_s: float | None = None) -> Tracks:
        """The picture at ``time_s`` (default: the last detection's time).

        ``detections`` are placed and sorted by time. An ended track is in one picture, then gone.
        """
        d = self._timed(detections)
        if time_s is None:
            time_s = float(d.time_s[-1]) if len(d) else self._time_s
        cuts = np.flatnonzero(np.diff(np.floor(d.time_s / self._slice_s))) + 1
        for begin, end in pairwise([0, *cuts.tolist(), len(d)]):
            if end > begin:
                batch = d.take(slice(begin, end))
                # What is over by now must not be revived by what comes, however long the pause.
                self._settle(max(float(batch.time_s[0]), self._time_s))
                self._take(batch)
                self._table.keep((self._table.status != Status.ENDED) | _shown(self._table))
        self._settle(time_s)
        picture = self._picture(time_s)
        self._table.keep(self._table.status != Status.ENDED)
        return picture

    def _timed(self, d: Detections) -> Detections:
        """The rows that have a time. A row before the last picture's time counts as late, and is
        used as if it were of its track's time."""
        timed = np.isfinite(d.time_s)
        self._count("without time", ~timed)
        self._count("late", d.time_s < self._time_s)
        return d.take(timed)

    def _take(self, d: Detections) -> None:
        placed = _placed(d)
        self._count("bearings not used", d.kind == Kind.BEARING)
        lost = ~placed & (d.kind != Kind.BEARING) & (d.kind != Kind.LOOK)
        self._count("without position", lost)
        named = placed & (d.kind == Kind.REPORT)
        if named.any():
            self._ais_s = max(self._ais_s, float(d.time_s[named].max()))
            for part in reports.rounds(d.take(named)):
                self._take_reports(part)
        seen = (d.kind == Kind.PLOT) | (d.kind == Kind.SENSOR_TRACK)
        for sensing in self._sensings:
            mine = d.sensor == sensing.index
            looked = mine & (seen | (d.kind == Kind.LOOK))
            if looked.any():
                sensing.clock_s = max(sensing.clock_s, float(d.time_s[looked].max()))
                self._take_plots(d.take(mine & seen & placed), sensing)

    def _count(self, what: str, rows: NDArray[np.bool_]) -> None:
        if rows.any():
            self.counts[what] += int(rows.sum())

    def _take_reports(self, d: Detections) -> None:
        velocity = reports.velocity(d, self._plane)
        new, jumped = reports.take_reports(self._table, d, velocity)
        if jumped:
            self.counts["position jumps"] += jumped
        new = new[: self._room(NAMED_MAX, self._table.mmsi >= 0, len(new))]
        self._append(initiation.from_reports(d.take(new), velocity[new], self._n, self._next_id))

    def _take_plots(self, d: Detections, sensing: Sensing) -> None:
        for part in plots.scans(d, sensing.scan_s) if len(d) else []:
            free = plots.take_plots(self._table, part, sensing)
            xy = np.column_stack([free.x_m, free.y_m])
            sensing.clutter.learn(xy, float(part.time_s.max()))
            room = self._room(NAMELESS_MAX, self._table.mmsi < 0, len(free))
            new = free.take(slice(room))
            self._append(initiation.from_plots(new, sensing, self._n, self._next_id))
        if sensing.index >= 0:
            lifecycle.count_misses(self._table, sensing)

    def _room(self, most: int, held: NDArray[np.bool_], wanted: int) -> int:
        room = max(0, most - int(held.sum()))
        if wanted > room:
            self.counts["no room for a track"] += wanted - room
        return min(room, wanted)

    def _append(self, new: Table) -> None:
        self._next_id += len(new)
        self._table.append(new)

    def _settle(self, time_s: float) -> None:
        """Time passes to ``time_s``: evidence of silence, merging, judging."""
        t = self._table
        dt = time_s - self._time_s
        if math.isfinite(dt) and dt > 0 and time_s - self._ais_s < AIS_ALIVE_S:
            identity.unheard(t, self._covered(), dt)
        self._time_s = max(self._time_s, time_s)
        if not len(t):
            return
        lifecycle.judge(t, time_s)
        if time_s - self._merged_s >= MERGE_EVERY_S:
            self._merged_s = time_s
            if merged := merge(t, time_s, self._scan_s):
                self.counts["merged"] += merged

    def _covered(self) -> Floats:
        """1 for each track in the range of an AIS station of the site, else 0."""
        covered = np.zeros(len(self._table))
        for s in self._sensings:
            if s.kind == "ais":
                far = np.hypot(*(self._table.state[:, :2] - s.xy_m).T)
                covered = np.maximum(covered, far < s.range_max_m)
        return covered

    def _picture(self, time_s: float) -> Tracks:
        t = self._table
        state, cov = predict(t.state, t.cov, np.maximum(time_s - t.time_s, 0.0))
        picture = Tracks(
            time_s=time_s, id=t.id.copy(), state=state, cov=cov,
            existence=identity.sigmoid(t.odds), status=t.status.copy(), mmsi=t.mmsi.copy(),
            p_mmsi=np.where(t.mmsi >= 0, 1 - 0.5 ** np.maximum(t.reports, 1), 0.0),
            p_unregistered=identity.p_unregistered(t), p_small=identity.p_small(t),
            p_fixed=identity.p_fixed(t, time_s), length_m=t.length_m.copy(),
            length_sigma_m=np.full(len(t), np.nan),
            born_s=t.born_s.copy(), last_seen_s=t.seen_s.copy(),
        )  # fmt: skip
        return picture.take(np.flatnonzero(_shown(t)))


def _shown(t: Table) -> NDArray[np.bool_]:
    """One plot is a plot; a track begins with the second, or with a report that names it."""
    return (t.hits >= 2) | (t.reports > 0)


def _placed(d: Detections) -> NDArray[np.bool_]:
    """Rows with a position, and a covariance that is one."""
    finite = np.isfinite(d.x_m) & np.isfinite(d.y_m) & np.isfinite(d.cov_m2).all(axis=(1, 2))
    a, b, c = (np.where(finite, d.cov_m2[:, i, j], 1.0) for i, j in ((0, 0), (0, 1), (1, 1)))
    return finite & (a > 0) & (c > 0) & (a * c > b * b)
