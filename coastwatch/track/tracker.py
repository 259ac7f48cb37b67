"""The tracker: detections of many sensors in, the picture out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.model import Detections, Ints, Kind, Status, Tracks
from coastwatch.site import Site
from coastwatch.track import bearings, levers, lifecycle, plots, reports, size, table
from coastwatch.track.bearings import Frame
from coastwatch.track.evidence import Evidence
from coastwatch.track.land import Land
from coastwatch.track.life import Lives
from coastwatch.track.look import Found
from coastwatch.track.merge import merge
from coastwatch.track.picture import moments
from coastwatch.track.recorder import Recorder
from coastwatch.track.registration import Registration
from coastwatch.track.reports import Reports
from coastwatch.track.sensing import Sensing, sensings
from coastwatch.track.table import FREE
from coastwatch.track.unseen import Unseen

# Plain numbers: columns compare with these ten times faster than with members of an enum.
REPORT, PLOT, SENSOR_TRACK, BEARING, LOOK = (int(kind) for kind in Kind)
ENDED = int(Status.ENDED)
MERGE_EVERY_S = 5.0
ROOM_FIRST = 256
SURE_P = 0.9  # of pairs that a radar's biases are learned from
BEARINGS_MAX = 1_000  # of one frame
FAR_M = 1e8  # beyond the earth's other end
# What a flood of echoes or of invented identities may fill; neither takes the other's place.
NAMELESS_MAX, NAMED_MAX = 20_000, 200_000


class Tracker:
    """Joint integrated probabilistic data association over interacting models.

    ``counts`` says what was not used, by reason; ``registration`` the biases of the radars;
    ``lives`` what was believed of the tracks ``explain``, look by look.
    """

    def __init__(self, site: Site, plane: Plane, explain: frozenset[int] = frozenset()) -> None:
        self.counts: Counter[str] = Counter()
        self._plane, self._slice_s = plane, site.picture_s
        self._sensings = sensings(site, plane)
        self._scan_s = np.array([s.scan_s for s in self._sensings])
        self._rows = table.empty(ROOM_FIRST, len(site.sensors))
        self._high, self._next_id = 0, 1
        self._nameless, self._named, self._found = 0, 0, 0
        self._ended: Ints = np.empty(ROOM_FIRST, dtype=np.int64)
        self._time_s = -math.inf
        self._merged_s = -math.inf
        eyes = [s for s in self._sensings if s.kind == "radar"]
        self._eyes = {s.index: k for k, s in enumerate(eyes)}
        stations = [s.xy_m for s in self._sensings if s.kind == "ais"]
        known = np.array(site.fixed, dtype=float).reshape(-1, 3)
        known[:, :2] = np.column_stack(plane.to_xy(known[:, 0], known[:, 1]))
        self._evidence = Evidence(np.array(stations).reshape(-1, 2), known)
        self.registration = Registration(site.sensors, plane)
        self.lives = Lives(explain)
        self._recorder = Recorder(self.lives, self._evidence) if explain else None
        self._land = Land(plane, site.land)
        self._unseen = Unseen(
            np.array([s.xy_m for s in eyes]).reshape(-1, 2),
            np.array([s.range_max_m for s in eyes]), np.array([s.pd for s in eyes]),
        )  # fmt: skip

    def step(self, detections: Detections, time_s: float | None = None) -> Tracks:
        """The picture at ``time_s`` (default: the last detection's time).

        ``detections`` are placed and sorted by time. An ended track is in one picture, then gone.
        """
        d = self._timed(detections)
        if time_s is None:
            time_s = float(d.time_s[-1]) if len(d) else self._time_s
        for batch in self._slices(d):
            # What is over by now must not be revived by what comes, however long the pause.
            self._settle(max(float(batch.time_s[0]), self._time_s))
            self._take(batch)
        self._settle(time_s)
        picture = self._picture(time_s)
        status = self._rows.status
        status[status == ENDED] = FREE
        return picture

    def heard(self) -> dict[str, Any]:
        """How AIS was heard where in the whole run: for ``coverage.json``, by squares at sea."""
        return self._evidence.hearing.document(self._plane)

    def _slices(self, d: Detections) -> list[Detections]:
        cuts = np.flatnonzero(np.diff(np.floor(d.time_s / self._slice_s))) + 1
        if not len(cuts):
            return [d] if len(d) else []
        return [d.take(slice(begin, end)) for begin, end in pairwise([0, *cuts.tolist(), len(d)])]

    def _timed(self, d: Detections) -> Detections:
        """The rows that have a time. A row before the last picture's time counts as late, and is
        used as if its track had moved straight on since."""
        timed = np.isfinite(d.time_s)
        self._count("late", d.time_s < self._time_s)
        if timed.all():
            return d
        self._count("without time", ~timed)
        return d.take(timed)

    def _take(self, d: Detections) -> None:
        placed = _placed(d)
        lost = ~placed & (d.kind != BEARING) & (d.kind != LOOK)
        self._count("without position", lost)
        named = placed & (d.kind == REPORT)
        if named.any():
            self._take_reports(d.take(named))
        for _, index, part, around in sorted(self._parts(d, placed), key=lambda part: part[:2]):
            sensing = self._sensings[index]
            sensing.stand(part, self._plane)
            if part.kind[0] == BEARING:
                self._take_bearings(sensing, part)
            else:
                self._look(sensing, part.take(part.kind != LOOK), part, around)

    def _parts(
        self, d: Detections, placed: NDArray[np.bool_]
    ) -> Iterator[tuple[float, int, Detections, bool]]:
        """The looks of all sensors: begin, sensor, rows, and if it is known to go all around."""
        seen = placed & ((d.kind == PLOT) | (d.kind == SENSOR_TRACK))
        looks = seen | (d.kind == LOOK)
        for index in np.unique(d.sensor[looks]).tolist():
            scan_s = self._sensings[index].scan_s
            for part in plots.scans(d.take(looks & (d.sensor == index)), scan_s):
                around = (part.kind == LOOK) & np.isnan(part.azimuth_rad)
                yield float(part.time_s[0]), index, part, bool(around.any())
        pointed = (d.kind == BEARING) & np.isfinite(d.azimuth_rad)
        self._count("bearings without direction", (d.kind == BEARING) & ~pointed)
        for index in np.unique(d.sensor[pointed]).tolist():
            mine = d.take(pointed & (d.sensor == index))
            for when in np.unique(mine.time_s).tolist():
                yield when, index, mine.take(mine.time_s == when), False

    def _count(self, what: str, rows: NDArray[np.bool_]) -> None:
        if rows.any():
            self.counts[what] += int(rows.sum())

    def _look(self, sensing: Sensing, d: Detections, part: Detections, around: bool) -> None:
        """One look of a radar: its plots ``d``, and ``part`` with its signs of life."""
        self._count("plots beyond the first", np.arange(len(d)) >= plots.PLOTS_MAX)
        raw, d = d, self.registration.corrected(sensing.index, d)
        last_s = sensing.looked_s
        sensing.notice(d)
        end_s = float(part.time_s[-1])
        whole = around or sensing.at_once
        self._make_room(len(d))
        if self._recorder:
            self._recorder.before(self._rows, self._high, sensing.index)
        found = plots.take_plots(
            self._rows, self._high, d, sensing, self._unseen, end_s, whole, self._next_id,
            NAMELESS_MAX - self._nameless,
        )  # fmt: skip
        self._nameless += found.next_id - self._next_id
        self._next_id, self._high = found.next_id, found.high
        if found.refused:
            self.counts["no room for a track"] += found.refused
        looks = min((end_s - last_s) / sensing.scan_s, 1.0) if last_s > -math.inf else 1.0
        if whole or looks > 0:
            sensing.looked_s = end_s
            sensing.clutter.pass_scans(1.0 if whole else looks)
            if sensing.index in self._eyes:
                self._unseen.look(self._eyes[sensing.index], 1.0 if whole else looks)
        self._learn(sensing, raw, found)

    def _learn(self, sensing: Sensing, d: Detections, found: Found) -> None:
        """What the pairs tell beyond state and existence."""
        row = np.repeat(found.tracks, np.diff(found.first))
        self._evidence.take_plots(self._rows, sensing, d, row, found.plot, found.p)
        sure = (found.p > SURE_P) & (self._rows.reports[row] > 0) & (self._rows.mmsi[row] >= 0)
        if sure.any() and sensing.index >= 0:
            row, report = row[sure], self._rows.report[row[sure]]
            self.registration.learn(
                sensing.index, d.take(found.plot[sure]), self._rows.mmsi[row],
                report[:, 1:5], report[:, 0], report[:, 5] > 0,
            )  # fmt: skip
        if self._recorder:
            self._recorder.look(self._rows, self._high, sensing.index, d, found)

    def _take_bearings(self, sensing: Sensing, d: Detections) -> None:
        """One frame of a camera."""
        lon, lat = float(d.sensor_lon[0]), float(d.sensor_lat[0])
        if not (abs(lon) <= 360 and abs(lat) <= 90):
            self._count("bearings from nowhere", d.kind == BEARING)
            return
        azimuth = d.azimuth_rad + float(self._plane.north_rad(lon, lat))
        azimuth = (azimuth - sensing.pointing.bias_rad)[:BEARINGS_MAX]
        told = np.nan_to_num(d.sigma_azimuth_rad[:BEARINGS_MAX])
        frame = Frame(
            azimuth, np.maximum(told, sensing.pointing.sigma_rad),
            sensing.bearings.density(azimuth), sensing.index,
            float(sensing.xy_m[0]), float(sensing.xy_m[1]), sensing.range_max_m, sensing.pd,
            float(d.time_s[0]),
        )  # fmt: skip
        self._count("bearings beyond the first", np.arange(len(d)) >= BEARINGS_MAX)
        if self._recorder:
            self._recorder.before(self._rows, self._high, sensing.index)
        off, columns = bearings.take(self._rows, self._high, frame)
        books = (self._next_id, self._high, 0)
        found = Found(*(*columns, *books))
        sensing.bearings.learn(frame.azimuth_rad, found.free)
        sensing.pointing.learn(off, found.p)
        if self._recorder:
            self._recorder.look(self._rows, self._high, sensing.index, d, found)

    def _make_room(self, wanted: int) -> None:
        have = len(self._rows.id)
        need = min(self._high + wanted, NAMELESS_MAX + NAMED_MAX)
        if need > have:
            self._rows = table.grown(self._rows, max(2 * have, need))
            self._ended = np.empty(len(self._rows.id), dtype=np.int64)

    def _take_reports(self, d: Detections) -> None:
        self._count("reports of nobody", d.mmsi < 0)
        d = d.take(d.mmsi >= 0)
        self._land.sailed(d)
        velocity = reports.velocity(d, self._plane)
        xy, spread = levers.to_centre(d, velocity)
        for part in reports.rounds(d) if len(d) else []:
            self._make_room(len(part))
            existed = self._rows.visible[: self._high] + self._rows.hidden[: self._high]
            cov = d.cov_m2[part] + spread[part]
            batch = Reports(
                xy[part],
                np.column_stack([cov[:, 0, 0], cov[:, 0, 1], cov[:, 1, 1]]),
                velocity[part], d.time_s[part], d.mmsi[part], d.sensor[part],
                np.isfinite(d.ahead_m[part]).astype(np.float64),
            )  # fmt: skip
            order = np.argsort(self._rows.mmsi[: self._high], kind="stable")
            where, jumps, swaps, next_id, self._high = reports.take(
                self._rows, self._high, order, self._rows.mmsi[order], batch, self._next_id,
                NAMED_MAX - self._named,
            )  # fmt: skip
            self._named += next_id - self._next_id
            self._next_id = next_id
            self._evidence.take_reports(self._rows, d.take(part[where >= 0]), where[where >= 0])
            if self._recorder:
                self._recorder.reports(self._rows, d.take(part), where, existed)
            for what, n in (("position jumps", jumps), ("identities moved", swaps),
                            ("no room for a track", int((where < 0).sum()))):  # fmt: skip
                if n:
                    self.counts[what] += n

    def _settle(self, time_s: float) -> None:
        """Time passes to ``time_s``: judging, merging, what ended teaches of clutter."""
        dt = time_s - self._time_s
        self._time_s = max(self._time_s, time_s)
        rows = self._rows
        if held := self._land.hold(rows, self._high):
            self.counts["tracks held back inland"] += held
        n, found, self._high = lifecycle.judge(rows, self._high, time_s, self._scan_s, self._ended)
        self._found += found
        if math.isfinite(dt) and dt > 0:
            self._unseen.pass_time(dt, self._found)
            self._found = 0
        shown = np.flatnonzero(lifecycle.shown(rows, self._high))
        self._evidence.pass_time(rows, shown, time_s)
        ended = self._ended[:n]
        for index in np.unique(rows.born_by[ended]).tolist():
            mine = ended[rows.born_by[ended] == index]
            plots_ = rows.born_free[mine] + rows.hits[mine] - 1
            self._sensings[index].clutter.learn(rows.born_xy[mine], plots_)
        if time_s - self._merged_s >= MERGE_EVERY_S:
            self._merged_s = time_s
            if merged := merge(rows, self._high, time_s, self._scan_s):
                self.counts["merged"] += merged
        held = (rows.status[: self._high] != FREE) & (rows.status[: self._high] != ENDED)
        self._named = int((held & (rows.mmsi[: self._high] >= 0)).sum())
        self._nameless = int(held.sum()) - self._named

    def _picture(self, time_s: float) -> Tracks:
        t = self._rows
        which = np.flatnonzero(lifecycle.shown(t, self._high))
        which = which[np.argsort(t.id[which], kind="stable")]
        state, cov = moments(t, which, time_s)
        length, sigma = size.length(t.traits[which])
        return Tracks(
            time_s=time_s, id=t.id[which], state=state, cov=cov,
            existence=t.visible[which] + t.hidden[which], status=t.status[which],
            mmsi=t.mmsi[which], p_mmsi=np.where(t.mmsi[which] >= 0, t.p_mmsi[which], 0.0),
            p_unregistered=self._evidence.p_unregistered(t, which),
            p_small=size.small(t.traits[which]), p_fixed=self._evidence.p_fixed(t, which),
            length_m=length, length_sigma_m=sigma, born_s=t.born_s[which],
            heard_share=self._evidence.heard_share(state[:, :2]), last_seen_s=t.seen_s[which],
            heading_rad=self._evidence.heading_rad(t, which, time_s),
        )  # fmt: skip


def _placed(d: Detections) -> NDArray[np.bool_]:
    """Rows with a position, and a covariance that is one."""
    a, b, c = d.cov_m2[:, 0, 0], d.cov_m2[:, 0, 1], d.cov_m2[:, 1, 1]
    with np.errstate(invalid="ignore", over="ignore"):
        near = (np.abs(d.x_m) < FAR_M) & (np.abs(d.y_m) < FAR_M) & (a + c < FAR_M**2)
        placed: NDArray[np.bool_] = near & (a > 0) & (c > 0) & (a * c > b * b)
    return placed
