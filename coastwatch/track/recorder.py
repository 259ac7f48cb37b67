"""Writes the lives of the tracks that someone asked to have explained."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Detections, Floats, Ints, Kind, Status
from coastwatch.track.evidence import Evidence
from coastwatch.track.life import Candidate, Lives, Look
from coastwatch.track.look import Found
from coastwatch.track.table import FREE, Rows


class Recorder:
    """Compares the rows of the explained tracks before and after each look."""

    def __init__(self, lives: Lives, evidence: Evidence) -> None:
        self._lives, self._evidence = lives, evidence
        self._looked: dict[int, tuple[float, float]] = {}

    def before(self, rows: Rows, high: int, sensor: int) -> None:
        """Remember when the sensor last looked at each, and its existence."""
        self._looked = {
            i: (float(rows.look_s[i, sensor]), float(rows.visible[i] + rows.hidden[i]))
            for i in self._mine(rows, high)
        }

    def look(self, rows: Rows, high: int, sensor: int, d: Detections, found: Found) -> None:
        """Write down what a look made of them: candidates, a miss, or a birth."""
        place = {int(i): t for t, i in enumerate(found.tracks)}
        for i in self._mine(rows, high):
            old_s, before = self._looked.get(i, (np.nan, 0.0))
            if i in place and i in self._looked:
                t = place[i]
                pairs = range(int(found.first[t]), int(found.first[t + 1]))
                those = [
                    _candidate(d, int(found.plot[k]), float(found.p[k]), float(found.d2[k]))
                    for k in pairs
                ]
                kind = Kind(int(d.kind[found.plot[pairs[0]]])) if those else Kind.LOOK
                missed = float(found.none[t])
                self._add(rows, i, sensor, kind, float(found.before[t]), missed, those)
            elif i not in self._looked:
                first = int(
                    np.argmin(
                        np.abs(d.time_s - rows.born_s[i])
                        + np.hypot(d.x_m - rows.x[i, 0], d.y_m - rows.x[i, 1])
                    )
                )
                kind = Kind(int(d.kind[first]))
                self._add(rows, i, sensor, kind, 0.0, 0.0, [_candidate(d, first, 1.0, 0.0)])
            elif rows.look_s[i, sensor] != old_s and rows.look_s[i, sensor] > -np.inf:
                self._add(rows, i, sensor, Kind.LOOK, before, 1.0, [])

    def reports(self, rows: Rows, d: Detections, where: Ints, existed: Floats) -> None:
        """Write down the reports that were theirs; ``existed`` is each row's existence before."""
        for j, i in enumerate(where.tolist()):
            if i >= 0 and int(rows.id[i]) in self._lives.ids:
                before = float(existed[i]) if i < len(existed) else 0.0
                one = [_candidate(d, j, 1.0, np.nan)]
                self._add(rows, i, int(d.sensor[j]), Kind.REPORT, before, 0.0, one)

    def _mine(self, rows: Rows, high: int) -> list[int]:
        there = rows.status[:high] != FREE
        mine = there & np.isin(rows.id[:high], list(self._lives.ids))
        return np.flatnonzero(mine).tolist()

    def _add(self, rows: Rows, i: int, sensor: int, kind: Kind, before: float, missed: float,
             candidates: list[Candidate]) -> None:  # fmt: skip
        one = np.array([i])
        C, x = rows.C[i], rows.x[i]
        time_s = candidates[0].time_s if candidates else float(rows.look_s[i, sensor])
        q, a, left, right = rows.mu[i].tolist()
        self._lives.add(int(rows.id[i]), Look(
            time_s=time_s, sensor=sensor, kind=kind, existence_before=before,
            existence=float(rows.visible[i] + rows.hidden[i]),
            p_visible=float(rows.visible[i]), p_missed=missed, modes=(q, a, left, right),
            status=Status(int(rows.status[i])), x_m=float(x[0]), y_m=float(x[1]),
            vx_mps=float(x[2]), vy_mps=float(x[3]), sigma_m=float(np.sqrt((C[0] + C[4]) / 2)),
            mmsi=int(rows.mmsi[i]), p_fixed=float(self._evidence.p_fixed(rows, one)[0]),
            p_unregistered=float(self._evidence.p_unregistered(rows, one)[0]),
            cov_xx_m2=float(C[0]), cov_xy_m2=float(C[1]), cov_yy_m2=float(C[4]),
        ), candidates)  # fmt: skip


def _candidate(d: Detections, j: int, p: float, d2: float) -> Candidate:
    return Candidate(
        time_s=float(d.time_s[j]), x_m=float(d.x_m[j]), y_m=float(d.y_m[j]), probability=p, d2=d2,
        mmsi=int(d.mmsi[j]), azimuth_rad=float(d.azimuth_rad[j]),
    )  # fmt: skip
