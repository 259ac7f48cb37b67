"""The tracker: detections of many sensors in, the picture out."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Floats, Ints, Kind, Status, Tracks
from coastwatch.site import Site
from coastwatch.track import identity, lifecycle
from coastwatch.track.association import assign
from coastwatch.track.clutter import Clutter
from coastwatch.track.filter import distance, update
from coastwatch.track.merge import merge
from coastwatch.track.motion import SPEED_SIGMA_MPS, predict
from coastwatch.track.table import Table

GATE = 16.0  # chi-square, 2 degrees of freedom: 0.03 % of true plots fall outside
AIS_GATE = 25.0
ADOPT_REACH_M = 2_000.0
JUMP_M, JUMP_MPS = 926.0, 25.7  # 0.5 NM and 50 kn: further, it is another hull
SPEED_MAX_MPS = 28.0
AIS_ALIVE_S = 60.0
MERGE_EVERY_S = 5.0
H_POSITION = np.eye(2, 4)
H_VELOCITY = np.eye(4)
BIRTH_ODDS_MIN = -2.5


class Tracker:
    """A Kalman filter a track, global nearest neighbour, M of N with existence probability.

    ``counts`` says what was not used, by reason.
    """

    def __init__(self, site: Site, plane: Plane) -> None:
        self.counts: Counter[str] = Counter()
        self._site, self._plane = site, plane
        self._n = len(site.sensors)
        self._table = Table.of_size(0, self._n)
        self._next_id = 1
        self._time_s = -math.inf
        self._clock_s = np.full(self._n + 1, -math.inf)  # each sensor's last sign of life
        self._ais_s = -math.inf
        self._merged_s = -math.inf
        self._clutter = [Clutter(s, site.picture_s) for s in (*site.sensors, None)]
        xy = [plane.to_xy(*s.position) for s in site.sensors]
        self._sensor_xy = np.array([[float(x), float(y)] for x, y in xy]).reshape(-1, 2)

    def step(self, detections: Detections, time_s: float | None = None) -> Tracks:
        """The picture at ``time_s`` (default: the last detection's time).

        ``detections`` are placed and sorted by time. An ended track is in one picture, then gone.
        """
        if time_s is None:
            time_s = float(detections.time_s[-1]) if len(detections) else self._time_s
        slices = np.floor(detections.time_s / self._site.picture_s)
        cuts = np.flatnonzero(np.diff(slices)) + 1
        bounds = [0, *cuts.tolist(), len(detections)]
        for begin, end in pairwise(bounds):
            if end > begin:
                batch = detections.take(slice(begin, end))
                self._take(batch)
                if end < len(detections):
                    self._settle(float(batch.time_s[-1]))
                    self._table.keep(self._table.status != Status.ENDED)
        self._settle(time_s)
        picture = self._picture(time_s)
        self._table.keep(self._table.status != Status.ENDED)
        return picture

    def _take(self, d: Detections) -> None:
        placed = np.isfinite(d.x_m) & np.isfinite(d.cov_m2).all(axis=(1, 2))
        self._count("bearings not used", d.kind == Kind.BEARING)
        lost = ~placed & (d.kind != Kind.BEARING) & (d.kind != Kind.LOOK)
        self._count("without position", lost)
        np.maximum.at(self._clock_s, np.where(d.sensor < 0, self._n, d.sensor), d.time_s)
        reports = placed & (d.kind == Kind.REPORT)
        if reports.any():
            self._ais_s = max(self._ais_s, float(d.time_s[reports].max()))
            self._take_reports(d.take(reports))
        plots = placed & ((d.kind == Kind.PLOT) | (d.kind == Kind.SENSOR_TRACK))
        for sensor in np.unique(d.sensor[plots]).tolist():
            self._take_plots(d.take(plots & (d.sensor == sensor)), sensor)
            self._count_misses(sensor)

    def _count(self, what: str, rows: NDArray[np.bool_]) -> None:
        if rows.any():
            self.counts[what] += int(rows.sum())

    # Plots

    def _take_plots(self, d: Detections, sensor: int) -> None:
        free = np.ones(len(d), dtype=bool)
        for confirmed in (True, False):
            t = self._table
            mine = (t.status != Status.TENTATIVE) == confirmed
            rows, columns, gain = self._pairs(d, sensor, np.flatnonzero(mine), np.flatnonzero(free))
            i, j = assign(rows, columns, gain)
            if len(i):
                self._update_by_plots(d, sensor, i, j, rows, columns, gain)
                free[j] = False
        places = zip(d.x_m[free].tolist(), d.y_m[free].tolist(), strict=True)
        self._clutter[sensor].learn(list(places))
        self._start(d.take(free), sensor)

    def _pairs(
        self, d: Detections, sensor: int, tracks: Ints, plots: Ints
    ) -> tuple[Ints, Ints, Floats]:
        """Pairs in the gate, with the log of their likelihood against clutter."""
        t = self._table
        scan = self._scan_s(sensor)
        seen = t.seen_s[tracks, sensor]
        tracks = tracks[~(d.time_s[0] - seen < 0.5 * scan)] if len(tracks) else tracks
        none = np.empty(0, dtype=np.int64)
        if not len(tracks) or not len(plots):
            return none, none, np.empty(0)
        dt = np.maximum(d.time_s[plots[len(plots) // 2]] - t.time_s[tracks], 0.0)
        middle, cov = predict(t.state[tracks], t.cov[tracks], dt)
        reach = 4 * np.sqrt(np.maximum(cov[:, 0, 0], cov[:, 1, 1]))
        reach += 4 * math.sqrt(float(d.cov_m2[plots][:, [0, 1], [0, 1]].max())) + 30.0
        tree = cKDTree(np.column_stack([d.x_m[plots], d.y_m[plots]]))
        near = tree.query_ball_point(middle[:, :2], reach, return_sorted=True)
        r = np.repeat(tracks, [len(x) for x in near])
        if not len(r):
            return none, none, np.empty(0)
        c = plots[np.concatenate([np.asarray(x, dtype=np.int64) for x in near])]
        dt = np.maximum(d.time_s[c] - t.time_s[r], 0.0)
        state, cov = predict(t.state[r], t.cov[r], dt)
        z = np.column_stack([d.x_m[c], d.y_m[c]])
        d2, logdet = distance(z, self._noise(d, c), state, cov)
        pd = self._pd(sensor)
        clutter = np.log([self._clutter[sensor].density(x, y) for x, y in z])
        gain = math.log(pd) - clutter - 0.5 * d2 - 0.5 * logdet
        inside = d2 < GATE
        return r[inside], c[inside], gain[inside]

    def _update_by_plots(
        self, d: Detections, sensor: int, i: Ints, j: Ints, rows: Ints, columns: Ints, gain: Floats
    ) -> None:
        t = self._table
        key = {(a, b): g for a, b, g in zip(rows.tolist(), columns.tolist(), gain, strict=True)}
        ratio = np.array([key[a, b] for a, b in zip(i.tolist(), j.tolist(), strict=True)])
        dt = np.maximum(d.time_s[j] - t.time_s[i], 0.0)
        state, cov = predict(t.state[i], t.cov[i], dt)
        z = np.column_stack([d.x_m[j], d.y_m[j]])
        t.state[i], t.cov[i] = update(state, cov, z, H_POSITION, self._noise(d, j))
        t.time_s[i] = np.maximum(d.time_s[j], t.time_s[i])
        t.seen_s[i, sensor] = t.due_s[i, sensor] = d.time_s[j]
        lifecycle.hit(t, i, ratio)
        self._measure(d, sensor, i, j)

    def _measure(self, d: Detections, sensor: int, i: Ints, j: Ints) -> None:
        """Amplitude and extent, as running means over about ten hits."""
        t = self._table
        small = self._site.sensors[sensor].amplitude_small_db if sensor >= 0 else None
        if small is not None:
            above = d.amplitude_db[j] - small
            old = t.amplitude_db[i]
            weight = np.maximum(1 / np.maximum(t.hits[i], 1), 0.1)
            new = np.where(np.isfinite(old), old + weight * (above - old), above)
            t.amplitude_db[i] = np.where(np.isfinite(above), new, old)
        extent = d.extent_m[j]
        t.length_m[i] = np.where(np.isfinite(extent), extent, t.length_m[i])

    def _start(self, d: Detections, sensor: int) -> None:
        if not len(d):
            return
        new = self._born(d, sensor)
        new.cov[:, :2, :2] = self._noise(d, np.arange(len(d)))
        new.cov[:, 2, 2] = new.cov[:, 3, 3] = SPEED_SIGMA_MPS**2
        density = self._clutter[sensor].density
        clutter = np.array([density(x, y) for x, y in zip(d.x_m, d.y_m, strict=True)])
        # A new plot is a vessel with the odds of a birth density of one in 100 km2 and scan; in
        # heavy clutter with little, but enough to live until a second plot can speak for it.
        new.odds[:] = np.clip(np.log(1e-8 / clutter), BIRTH_ODDS_MIN, -1.0)
        new.window[:] = new.looks[:] = new.hits[:] = 1
        small = self._site.sensors[sensor].amplitude_small_db if sensor >= 0 else None
        if small is not None:
            new.amplitude_db[:] = d.amplitude_db - small
        self._table.append(new)

    def _born(self, d: Detections, sensor: int) -> Table:
        new = Table.of_size(len(d), self._n)
        new.id[:] = np.arange(self._next_id, self._next_id + len(d))
        self._next_id += len(d)
        new.time_s[:] = new.born_s[:] = d.time_s
        new.state[:, 0], new.state[:, 1] = d.x_m, d.y_m
        new.born_xy[:] = new.state[:, :2]
        new.seen_s[:, sensor] = new.due_s[:, sensor] = d.time_s
        new.unregistered[:] = identity.odds(identity.UNREGISTERED_PRIOR)
        return new

    def _count_misses(self, sensor: int) -> None:
        if sensor < 0:
            return
        t, s = self._table, self._site.sensors[sensor]
        now = self._clock_s[sensor]
        due = np.where(np.isfinite(t.due_s[:, sensor]), t.due_s[:, sensor], t.born_s)
        far = np.hypot(*(t.state[:, :2] - self._sensor_xy[sensor]).T) > s.range_max_m
        i = np.flatnonzero((now - due > 1.4 * s.scan_s) & ~far)
        # Tracks that this sensor never saw may be in its shadow: they lose nothing by it.
        known = np.isfinite(t.seen_s[i, sensor])
        lifecycle.miss(t, i[known], self._pd(sensor))
        t.due_s[i, sensor] = due[i] + s.scan_s * np.floor((now - due[i]) / s.scan_s)

    # Reports

    def _take_reports(self, d: Detections) -> None:
        rank = _rank(d.mmsi)
        for r in range(int(rank.max()) + 1):
            self._take_report_each(d.take(rank == r))

    def _take_report_each(self, d: Detections) -> None:
        """At most one report of each MMSI."""
        t = self._table
        held = {m: i for i, m in enumerate(t.mmsi.tolist()) if m >= 0}
        i = np.array([held.get(m, -1) for m in d.mmsi.tolist()], dtype=np.int64)
        own = i >= 0
        if own.any():
            moved = np.hypot(d.x_m - t.state[i, 0], d.y_m - t.state[i, 1])
            dt = np.abs(d.time_s - t.time_s[i])
            jump = own & (moved > JUMP_M) & (moved > JUMP_MPS * np.maximum(dt, 1.0))
            self._count("position jumps", jump)
            if jump.any():
                # Another hull under the same MMSI, or a wrong fix: the old track keeps its life.
                t.mmsi[i[jump]] = -1
                own &= ~jump
            self._update_by_reports(d, i[own], np.flatnonzero(own))
        rest: Ints = np.flatnonzero(~own)
        if len(rest):
            rest = self._adopt(d, rest)
        if len(rest):
            self._start_reports(d.take(rest))

    def _adopt(self, d: Detections, rest: Ints) -> Ints:
        """Give reports to tracks that have no identity yet; return those that fit none."""
        t = self._table
        open_ = np.flatnonzero(t.mmsi < 0)
        if not len(open_):
            return rest
        tree = cKDTree(t.state[open_, :2])
        z = np.column_stack([d.x_m[rest], d.y_m[rest]])
        reach = np.full(len(z), ADOPT_REACH_M)
        near = tree.query_ball_point(z, reach, return_sorted=True)
        j = np.repeat(rest, [len(x) for x in near])
        if not len(j):
            return rest
        i = open_[np.concatenate([np.asarray(x, dtype=np.int64) for x in near])]
        state, cov = predict(t.state[i], t.cov[i], np.maximum(d.time_s[j] - t.time_s[i], 0.0))
        R = d.cov_m2[j] + np.eye(2) * 30.0**2  # antenna and echo are not at one place
        d2, _ = distance(np.column_stack([d.x_m[j], d.y_m[j]]), R, state, cov)
        vx, vy = self._velocity(d, j)
        off = np.hypot(vx - state[:, 2], vy - state[:, 3])
        loose = np.sqrt(cov[:, 2, 2] + cov[:, 3, 3])
        fits = (d2 < AIS_GATE) & ~(off > 3.0 + 3 * loose)
        a, b = assign(i[fits], j[fits], AIS_GATE + 1 - d2[fits])
        if len(a):
            t.mmsi[a] = d.mmsi[b]
            self._update_by_reports(d, a, b)
        return np.setdiff1d(rest, b)

    def _update_by_reports(self, d: Detections, i: Ints, j: Ints) -> None:
        t = self._table
        state, cov = predict(t.state[i], t.cov[i], np.maximum(d.time_s[j] - t.time_s[i], 0.0))
        z = np.column_stack([d.x_m[j], d.y_m[j]])
        state, cov = update(state, cov, z, H_POSITION, d.cov_m2[j])
        vx, vy = self._velocity(d, j)
        moving = np.isfinite(vx)
        if moving.any():
            full = np.column_stack([state[moving, :2], vx[moving], vy[moving]])
            R = np.zeros((int(moving.sum()), 4, 4))
            R[:, 0, 0] = R[:, 1, 1] = 1e8
            R[:, 2, 2] = R[:, 3, 3] = 0.7**2
            state[moving], cov[moving] = update(state[moving], cov[moving], full, H_VELOCITY, R)
        t.state[i], t.cov[i] = state, cov
        t.time_s[i] = np.maximum(t.time_s[i], d.time_s[j])
        t.seen_s[i, d.sensor[j]] = d.time_s[j]
        t.reports[i] += 1
        lifecycle.hit(t, i, np.full(len(i), 5.0))

    def _start_reports(self, d: Detections) -> None:
        new = self._born(d, -1)
        new.seen_s[:, -1] = new.due_s[:, -1] = np.nan
        new.seen_s[np.arange(len(d)), d.sensor] = d.time_s
        new.cov[:, :2, :2] = d.cov_m2
        vx, vy = self._velocity(d, np.arange(len(d)))
        known = np.isfinite(vx)
        new.state[:, 2], new.state[:, 3] = np.where(known, vx, 0.0), np.where(known, vy, 0.0)
        new.cov[:, 2, 2] = new.cov[:, 3, 3] = np.where(known, 0.7, SPEED_SIGMA_MPS) ** 2
        new.mmsi[:], new.odds[:] = d.mmsi, 2.0
        new.window[:] = new.looks[:] = new.hits[:] = new.reports[:] = 1
        self._table.append(new)

    def _velocity(self, d: Detections, j: Ints) -> tuple[Floats, Floats]:
        """Reported speed and course in the plane; NaN where either is not to be used."""
        sog, cog = d.sog_mps[j], d.cog_rad[j]
        slow = sog < 0.3
        sane = (sog < 60.0) & (np.isfinite(cog) | slow)
        cog = np.where(slow, 0.0, cog)
        vx, vy = self._plane.velocity(d.lon[j], d.lat[j], np.where(slow, 0.0, sog), cog)
        return np.where(sane, vx, np.nan), np.where(sane, vy, np.nan)

    # Between the batches

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
            if merged := merge(t, time_s):
                self.counts["merged"] += merged

    def _covered(self) -> Floats:
        covered = np.zeros(len(self._table))
        for s, xy in zip(self._site.sensors, self._sensor_xy, strict=True):
            if s.kind == "ais":
                far = np.hypot(*(self._table.state[:, :2] - xy).T)
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
            born_s=t.born_s.copy(), last_seen_s=t.seen_s.copy(),
        )  # fmt: skip
        # One plot is a plot; a track begins with the second, or with a report that names it.
        return picture.take(np.flatnonzero((t.hits >= 2) | (t.reports > 0)))

    # What the site says of a sensor

    def _scan_s(self, sensor: int) -> float:
        return self._site.sensors[sensor].scan_s if sensor >= 0 else 1.0

    def _pd(self, sensor: int) -> float:
        pd = self._site.sensors[sensor].detection_probability if sensor >= 0 else 0.8
        return min(pd, 0.95)

    def _noise(self, d: Detections, j: Ints) -> Floats:
        """Another tracker's output errs the same way twice: it counts for less."""
        factor = np.where(d.kind[j] == Kind.SENSOR_TRACK, 2.0, 1.0)
        return d.cov_m2[j] * factor[:, None, None] + np.eye(2)


def _rank(values: Ints) -> Ints:
    """How many equal values stand before each."""
    order = np.argsort(values, kind="stable")
    sorted_ = values[order]
    starts = np.flatnonzero(np.diff(sorted_, prepend=sorted_[0] - 1))
    run = np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = run
    return rank
