"""Pictures of a scene against its truth: GOSPA, delay, switches, false tracks; NEES and NIS."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from bench.tracker_scene import BETWEEN_S, Scene
from coastwatch.model import Detections, Floats, Ints, Status, Tracks
from coastwatch.score.metrics import Pairs, assign, gospa_of
from coastwatch.track import Tracker

C_M, WARM_S, NEW_S = 200.0, 30.0, 20.0

Shown = tuple[Ints, Floats]  # numbers and states (n, 4) of the confirmed and coasting tracks


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one run, or the mean of several; NaN where there was nothing to count."""

    gospa_m: float
    rms_m: float  # of the assigned pairs
    missed: float  # vessels a scan
    false: float  # tracks a scan
    delay_s: float  # median, from a new small craft's appearance to its first confirmed track
    switches: float  # per vessel-hour
    false_tracks: float  # per hour, that were away from all vessels for most of their lives


def judge(scene: Scene, shown: Sequence[Shown], warm_s: float = WARM_S) -> Marks:
    """The pictures after each of the first scans of a scene. GOSPA: c = 200 m, p = 2, alpha = 2.

    Only scans later than ``warm_s`` count, for tracks and switches, too. A craft that is never
    found counts in the delay with its whole life.
    """
    rows, pairing = [], _Pairing(len(scene.small))
    life: dict[int, int] = {}
    away: dict[int, int] = {}
    for i, (ids, states) in enumerate(shown):
        there = np.flatnonzero(scene.present[i])
        apart = np.hypot(
            scene.x[i][there][:, None] - states[:, 0], scene.y[i][there][:, None] - states[:, 1]
        )
        counts = scene.times_s[i] - scene.times_s[0] >= warm_s
        pairing.take(apart, there, ids, float(scene.times_s[i]), bool(counts))
        if counts:
            found = gospa_of(apart, assign(apart, C_M), C_M)
            rows.append((found.distance, found.localisation, found.assigned,
                         len(there) - found.assigned, len(ids) - found.assigned))  # fmt: skip
            far = (apart > C_M).all(axis=0)
            for track, is_far in zip(ids.tolist(), far.tolist(), strict=True):
                life[track] = life.get(track, 0) + 1
                away[track] = away.get(track, 0) + is_far
    if not rows:
        return Marks(*[np.nan] * len(fields(Marks)))
    table = np.array(rows)
    between_s = float(scene.times_s[1] - scene.times_s[0])
    hours = len(rows) * between_s / 3600
    vessels = scene.present[len(shown) - len(rows) : len(shown)].sum() * between_s / 3600
    return Marks(
        gospa_m=float(table[:, 0].mean()),
        rms_m=float(np.sqrt(table[:, 1].sum() / max(table[:, 2].sum(), 1))),
        missed=float(table[:, 3].mean()),
        false=float(table[:, 4].mean()),
        delay_s=_delay(scene, pairing.first_s, float(scene.times_s[len(shown) - 1])),
        switches=pairing.switches / vessels if vessels else np.nan,
        false_tracks=sum(2 * away[t] > n for t, n in life.items()) / hours,
    )


def mean(marks: Sequence[Marks]) -> Marks:
    """Of the runs of several seeds."""
    table = np.array([[getattr(m, f.name) for f in fields(Marks)] for m in marks])
    told = np.isfinite(table)
    total = np.where(told, table, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    return Marks(*np.where(told.any(axis=0), total, np.nan).tolist())


class _Pairing:
    """Which track each vessel has: it keeps the one it had while that is within the gate, as in
    CLEAR MOT (Bernardin and Stiefelhagen 2008)."""

    def __init__(self, vessels: int) -> None:
        self.held, self.last = np.full(vessels, -1), np.full(vessels, -1)
        self.first_s = np.full(vessels, np.inf)
        self.switches = 0

    def take(self, apart: Floats, there: Ints, ids: Ints, time_s: float, counts: bool) -> Pairs:
        """Pairs (vessels, columns of ``ids``) at this time; changes are counted if they count."""
        column = {track: j for j, track in enumerate(ids.tolist())}
        at = np.array([column.get(track, -1) for track in self.held[there].tolist()], dtype=int)
        keep = at >= 0
        keep[keep] = apart[np.flatnonzero(keep), at[keep]] < C_M
        free_rows = np.flatnonzero(~keep)
        free_columns = np.setdiff1d(np.arange(len(ids)), at[keep])
        rows, columns = assign(apart[np.ix_(free_rows, free_columns)], C_M)
        rows, columns = free_rows[rows], free_columns[columns]
        before = self.last[there[rows]]
        self.switches += int(((before >= 0) & (before != ids[columns])).sum()) if counts else 0
        taken = np.isin(self.held, ids[columns])  # a vessel that left the gate holds it no more
        self.held[taken] = -1
        self.held[there[rows]] = self.last[there[rows]] = ids[columns]
        both = np.append(np.flatnonzero(keep), rows), np.append(at[keep], columns)
        self.first_s[there[both[0]]] = np.minimum(self.first_s[there[both[0]]], time_s)
        return there[both[0]], both[1]


def _delay(scene: Scene, first_s: Floats, end_s: float) -> float:
    """Median over the small craft that came late, at least half a minute before the end."""
    new = scene.small & np.isfinite(scene.born_s) & (scene.born_s < end_s - 30)
    waits = np.minimum(first_s, end_s)[new] - scene.born_s[new]
    return float(np.median(waits)) if len(waits) else np.nan


def consistency(scene: Scene, tracker: Tracker, warm_s: float = WARM_S) -> dict[str, Consistency]:
    """NEES of the pictures, and NIS of the next plots, by what the vessel did in the last 10 s.

    NIS: a copy of the tracker is asked for the picture at the next scan before it sees that scan;
    its covariance and the plot's are the innovation's.
    """
    pairing = _Pairing(len(scene.small))
    nees: dict[str, list[float]] = {}
    nis: dict[str, list[float]] = {}
    for i, (time_s, batch) in enumerate(scene.batches()):
        does = _doing(scene, i)
        if time_s - scene.times_s[0] >= warm_s:
            seen = copy.deepcopy(tracker).step(Detections.empty(), time_s)
            _innovations(scene, i, seen, pairing.held, does, nis)
        seen = believed(tracker.step(batch, time_s))
        there = np.flatnonzero(scene.present[i])
        truth = np.column_stack([c[i][there] for c in (scene.x, scene.y, scene.vx, scene.vy)])
        apart = np.hypot(*(truth[:, None, :2] - seen.state[None, :, :2]).transpose(2, 0, 1))
        vessels, columns = pairing.take(apart, there, seen.id, time_s, True)
        if time_s - scene.times_s[0] >= warm_s:
            rows = np.searchsorted(there, vessels)
            off = truth[rows] - seen.state[columns]
            values = np.einsum("ni,nij,nj->n", off, np.linalg.inv(seen.cov[columns]), off)
            _file(nees, does[vessels], values)
    return {kind: Consistency(np.array(nees[kind]), np.array(nis.get(kind, []))) for kind in nees}


def believed(tracks: Tracks) -> Tracks:
    """The confirmed and coasting ones."""
    shown = (tracks.status == Status.CONFIRMED) | (tracks.status == Status.COASTING)
    return tracks.take(np.flatnonzero(shown))


def by_kind(scene: Scene, shown: Sequence[Shown]) -> dict[str, list[float]]:
    """Distance of each vessel at each scan from its track, infinite where it has none, by kind."""
    pairing = _Pairing(len(scene.small))
    found: dict[str, list[float]] = {}
    for i, (ids, states) in enumerate(shown):
        there = np.flatnonzero(scene.present[i])
        apart = np.hypot(
            scene.x[i][there][:, None] - states[:, 0], scene.y[i][there][:, None] - states[:, 1]
        )
        vessels, columns = pairing.take(apart, there, ids, float(scene.times_s[i]), False)
        off = np.full(len(scene.small), np.inf)
        off[vessels] = apart[np.searchsorted(there, vessels), columns]
        hull = np.where(scene.small, "small craft, ", "ship, ").astype(object)
        kinds = hull + _doing(scene, i).astype(object)
        kinds[scene.times_s[i] - scene.born_s < NEW_S] = f"small craft, in its first {NEW_S:g} s"
        if scene.times_s[i] - scene.times_s[0] >= WARM_S:
            _file(found, kinds[there], off[there])
    return found


@dataclass(frozen=True, slots=True)
class Consistency:
    """Normalised squared errors: of states (4 degrees of freedom), of innovations (2)."""

    nees: Floats
    nis: Floats


def _doing(scene: Scene, i: int) -> np.ndarray:
    """What each vessel did in the 10 s before scan i: steady, manoeuvring, or between."""
    past = slice(max(0, i - int(10 / BETWEEN_S)), i + 1)
    turn = np.degrees(np.abs(scene.turn_rad_s[past])).max(axis=0)
    push = np.abs(scene.accel_mps2[past]).max(axis=0)
    out = np.where((turn > 0.5) | (push > 0.1), "manoeuvring", "between")
    return np.where((turn < 0.1) & (push < 0.02), "steady", out)


def _innovations(scene: Scene, i: int, seen: Tracks, held: Ints, does: np.ndarray,
                 nis: dict[str, list[float]]) -> None:  # fmt: skip
    """The plot of each track's vessel, if it had one in scan i, against the picture before it."""
    vessel_of = {track: vessel for vessel, track in enumerate(held.tolist())}
    plot_of = {who: row for row, who in enumerate(scene.origin[i].tolist()) if who >= 0}
    scan = scene.scans[i]
    for j, track in enumerate(seen.id.tolist()):
        vessel = vessel_of.get(track, -1)
        row = plot_of.get(vessel, -1)
        if row >= 0:
            off = np.array([scan.x_m[row], scan.y_m[row]]) - seen.state[j, :2]
            S = seen.cov[j, :2, :2] + scan.cov_m2[row]
            nis.setdefault(str(does[vessel]), []).append(float(off @ np.linalg.solve(S, off)))


def _file(into: dict[str, list[float]], kinds: np.ndarray, values: Floats) -> None:
    for kind, value in zip(kinds.tolist(), values.tolist(), strict=True):
        into.setdefault(kind, []).append(value)
