"""ais-gap: a vessel under way, where AIS is heard well, has not been heard for minutes.

It is about the MMSI at the place where it fell silent: its track may be over before it speaks
again. Nothing is said where the station is silent, where the coverage ends, or near the shore.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coastwatch.geo.units import KNOT_MPS, format_distance, format_position
from coastwatch.model import Floats, Ints, Say
from coastwatch.site import Site
from coastwatch.watch.ground import Mask
from coastwatch.watch.identities import (
    Place,
    counts_of,
    interval_s,
    last_reports,
    name_of,
    said_of,
    way,
)
from coastwatch.watch.memory import Memory
from coastwatch.watch.rule import RuleFile
from coastwatch.watch.scene import Scene
from coastwatch.watch.vessels import AGROUND, AT_ANCHOR, MOORED, is_class_a, is_vessel

CELL_M, CELLS = 4_000.0, 128  # squares about the origin in which reports are counted
GAPS_KEPT = 2_000
REMEMBERED = 60.0  # reports that were due: what a vessel's own share is learned from
SHARE_MAX = 0.95
HARBOURS = ("port-limits", "anchorage", "moorings")


@dataclass(frozen=True, slots=True)
class Parameters:
    """``p_max`` is how improbable silence by chance must be, for a set that is on; ``margin`` how
    much longer it is than any before. Who all fall silent at once have lost their station."""

    silent_s: float = 360.0
    silent_max_s: float = 540.0  # tracks without any sensor end at 600
    p_max: float = 1e-6
    missed_min: float = 8.0
    margin: float = 2.0
    under_way_kn: float = 3.0
    heard_min: float = 10.0
    share_min: float = 0.3
    cell_reports_min: float = 20.0
    ahead_m: float = 4_000.0
    shore_m: float = 1_852.0
    station_s: float = 30.0
    together: float = 0.25
    radar_s: float = 30.0
    forgotten_s: float = 3_600.0


class Gap(NamedTuple):
    """Since when an MMSI is silent, and where it was last."""

    since_s: float
    place: Place


class AisGap:
    """Counts the reports that each vessel should have sent since its last one was heard."""

    def __init__(self, p: Parameters, memory: Memory, site: Site) -> None:
        self._p = p
        radars = [k for k, s in enumerate(site.sensors) if s.kind == "radar"]
        self._radars = np.array(radars, dtype=np.int64)
        stations = [k for k, s in enumerate(site.sensors) if s.kind == "ais"]
        self._stations = np.array([*stations, -1], dtype=np.int64)
        self._reported_s = memory.column(-math.inf)
        self._missed, self._missed_most = memory.column(0.0), memory.column(0.0)
        self._due, self._heard = memory.column(0.0), memory.column(0.0)
        self._share, self._shore_m = memory.column(math.nan), memory.column(math.nan)
        self._covered = np.zeros((CELLS, CELLS), dtype=np.int32)
        self._gaps: OrderedDict[int, Gap] = OrderedDict()
        self._time_s = math.inf

    def step(self, scene: Scene) -> Iterable[Say]:
        self._cover(scene)
        yield from self._ends(scene)
        if len(scene):
            interval = interval_s(scene.sog_mps, is_class_a(scene))
            self._count(scene, interval)
            for row in self._silent(scene, interval).tolist():
                yield from self._say(scene, row)
        self._time_s = scene.time_s

    def _cover(self, scene: Scene) -> None:
        """Where reports are heard from."""
        x, y = scene.reports.x_m, scene.reports.y_m
        inside = (np.abs(x) < CELL_M * CELLS / 2) & (np.abs(y) < CELL_M * CELLS / 2)
        if inside.any():
            np.add.at(self._covered, _cells(x[inside], y[inside]), 1)
            np.minimum(self._covered, 1_000_000, out=self._covered)

    def _count(self, scene: Scene, interval: Floats) -> None:
        """Reports due and heard of each track's MMSI."""
        slot = scene.slot
        reported_s = scene.memory.reported_s.values[slot]
        dt_s = min(max(scene.time_s - self._time_s, 0.0), 60.0)
        # What is sent to a dead station is not missed.
        missed = self._missed.values[slot] + np.where(self._alive(scene), dt_s / interval, 0.0)
        spoke = reported_s > self._reported_s.values[slot]
        to = slot[spoke]
        if len(to):
            kept = REMEMBERED / np.maximum(self._due.values[to] + missed[spoke], REMEMBERED)
            heard = counts_of(scene.tracks.mmsi[spoke], scene.reports)
            self._due.values[to] = (self._due.values[to] + missed[spoke]) * kept
            self._heard.values[to] = (self._heard.values[to] + heard) * kept
            most = self._missed_most.values[to]
            self._missed_most.values[to] = np.maximum(most, missed[spoke])
            self._share.values[to] = scene.tracks.heard_share[spoke]
            missed[spoke] = 0.0
            self._reported_s.values[to] = reported_s[spoke]
        self._missed.values[slot] = missed

    def _alive(self, scene: Scene) -> Mask:
        """Which rows were last heard by a station that has heard somebody since."""
        seen_s = scene.tracks.last_seen_s[:, self._stations]
        last_s = np.fmax.reduce(seen_s, axis=0, initial=-math.inf)
        reported_s = scene.memory.reported_s.values[scene.slot]
        with np.errstate(invalid="ignore"):
            mine = seen_s >= reported_s[:, None] - self._p.station_s
        lives = last_s >= scene.time_s - self._p.station_s
        return np.asarray((mine & lives).any(axis=1))

    def _silent(self, scene: Scene, interval: Floats) -> Ints:
        """The rows that are silent, for no other reason that is known."""
        p, slot, memory = self._p, scene.slot, scene.memory
        heard, due = self._heard.values[slot], self._due.values[slot]
        able = is_vessel(scene.tracks.mmsi) & (heard >= p.heard_min)
        able &= ~np.isin(memory.nav_status.values[slot], (AT_ANCHOR, MOORED, AGROUND))
        told_mps = memory.sog_mps.values[slot]
        under_way = np.where(np.isnan(told_mps), scene.sog_mps, told_mps)
        able &= under_way >= p.under_way_kn * KNOT_MPS
        share = np.minimum(self._share.values[slot], heard / np.maximum(due, 1.0))
        able &= share >= p.share_min
        missed = self._missed.values[slot]
        needed = np.minimum(p.margin * self._missed_most.values[slot], p.silent_max_s / interval)
        chance = missed * np.log1p(-np.clip(share, 0.0, SHARE_MAX))
        overdue = able & (missed >= np.maximum(needed, p.missed_min))
        overdue &= chance <= math.log(p.p_max)
        silent_s = scene.time_s - memory.reported_s.values[slot]
        if overdue.sum() >= max(3.0, p.together * able.sum()):
            return np.empty(0, dtype=np.int64)
        rows = np.flatnonzero(overdue & (silent_s >= p.silent_s))
        return rows[self._plain(scene, rows)] if len(rows) else rows

    def _plain(self, scene: Scene, rows: Ints) -> Mask:
        """Which of these have no place that explains it: in port, at the shore, out of reach."""
        p = self._p
        harbour = scene.within(scene.ground.of_kind(*HARBOURS))
        fine = self._alive(scene)[rows] & ~harbour[rows]
        held = self._held(scene, rows)
        state = scene.tracks.state[rows]
        speed = np.maximum(np.hypot(state[:, 2], state[:, 3]), 1e-9)
        ahead = state[:, :2] + state[:, 2:] / speed[:, None] * p.ahead_m
        reached = [self._heard_from(at) >= p.cell_reports_min for at in (state[:, :2], ahead)]
        slot = scene.slot[rows]
        lon, lat = (c.values[slot] for c in (scene.memory.report_lon, scene.memory.report_lat))
        last = np.column_stack(scene.ground.plane.to_xy(lon, lat))
        off_shore = np.ones(len(rows), dtype=np.bool_)
        for at in (state[:, :2], last):
            off_shore &= ~(scene.memory.shore.distance_m(at[:, 0], at[:, 1]) < p.shore_m)
        # Of one that a radar holds it is known that it is still there.
        return fine & (held | (reached[0] & reached[1] & off_shore))

    def _heard_from(self, xy: Floats) -> Ints:
        inside = np.abs(xy).max(axis=1) < CELL_M * CELLS / 2
        at = _cells(*np.where(inside[:, None], xy, 0.0).T)
        return np.where(inside, self._covered[at], 0)

    def _held(self, scene: Scene, rows: Ints) -> Mask:
        """Which of these a radar sees under way."""
        seen_s = scene.tracks.last_seen_s[rows][:, self._radars]
        with np.errstate(invalid="ignore"):
            seen = (seen_s >= scene.time_s - self._p.radar_s).any(axis=1)
        return np.asarray(seen & (scene.sog_mps[rows] >= self._p.under_way_kn * KNOT_MPS))

    def _say(self, scene: Scene, row: int) -> Iterator[Say]:
        t, slot, mmsi = scene.tracks, scene.slot[row], int(scene.tracks.mmsi[row])
        if mmsi in self._gaps:
            return
        memory = scene.memory
        since_s = float(memory.reported_s.values[slot])
        last = Place(float(memory.report_lon.values[slot]), float(memory.report_lat.values[slot]))
        self._gaps[mmsi] = Gap(since_s, last)
        held = bool(self._held(scene, np.array([row])).any())
        place = Place(float(scene.lon[row]), float(scene.lat[row])) if held else last
        told_kn = float(memory.sog_mps.values[slot]) / KNOT_MPS
        told_kn = float(scene.sog_mps[row]) / KNOT_MPS if math.isnan(told_kn) else told_kn
        minutes, missed = (scene.time_s - since_s) / 60, float(self._missed.values[slot])
        text = (
            f"{scene.who(row)}, under way at {told_kn:.1f} kn, was not heard on AIS for"
            f" {minutes:.0f} min where AIS is heard well (about {missed:.0f} reports missed);"
            f" last at {format_position(last.lon, last.lat)}"
        )
        if held:
            text += f", and radar still sees it, at {scene.sog_mps[row] / KNOT_MPS:.1f} kn"
        elif len(self._radars):
            text += ", and no radar sees it"
        evidence = {
            "silent_min": round(minutes, 2),
            "reports_missed": round(missed, 1),
            "heard_share_there": round(float(self._share.values[slot]), 3),
            "heard_share_own": round(
                float(self._heard.values[slot] / max(self._due.values[slot], 1.0)), 3
            ),
            "longest_before_reports": round(float(self._missed_most.values[slot]), 1),
            "speed_kn": round(told_kn, 1),
            "course_deg": round(math.degrees(float(scene.cog_rad[row])), 1),
            "last_lon": round(last.lon, 5),
            "last_lat": round(last.lat, 5),
            "radar_sees_it": held,
            "track": int(t.id[row]),
        }
        priority = "warning" if held else "caution"
        yield said_of(RULE, scene, (mmsi,), mmsi, place, f"{text}.", evidence, priority=priority)

    def _ends(self, scene: Scene) -> Iterator[Say]:
        """Who is heard again; and who is not, for so long that nobody waits any more."""
        for mmsi, i in last_reports(scene.reports, self._gaps).items():
            gap = self._gaps.pop(mmsi)
            here = Place(float(scene.reports.lon[i]), float(scene.reports.lat[i]))
            moved_m, whither = way(gap.place, here)
            minutes = (float(scene.reports.time_s[i]) - gap.since_s) / 60
            text = (
                f"{name_of(scene, mmsi)} is heard again after {minutes:.0f} min, at"
                f" {format_position(here.lon, here.lat)}, {format_distance(moved_m)} {whither} of"
                " where it fell silent."
            )
            yield said_of(RULE, scene, (mmsi,), mmsi, here, text, over=True)
        while self._gaps:
            mmsi, gap = next(iter(self._gaps.items()))
            silent_s = scene.time_s - gap.since_s
            if silent_s < self._p.forgotten_s and len(self._gaps) <= GAPS_KEPT:
                return
            del self._gaps[mmsi]
            text = f"{name_of(scene, mmsi)} was not heard again for {silent_s / 60:.0f} min."
            yield said_of(RULE, scene, (mmsi,), mmsi, gap.place, text, over=True)


def _cells(x_m: Floats, y_m: Floats) -> tuple[Ints, Ints]:
    column, line = (np.floor(v / CELL_M).astype(np.int64) + CELLS // 2 for v in (x_m, y_m))
    return line, column


RULE = RuleFile(
    "ais-gap", 1, "site", "caution",
    "EMSA Automated Behaviour Monitoring: AIS gap; ITU-R M.1371-5, annex 1, tables 1 and 2",
    Parameters, AisGap,
)  # fmt: skip
