"""One radar's antenna: how fast it turns and which sectors it has passed, in event time."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

import numpy as np

from coastwatch.model import Floats, Ints

SECTORS = 72  # of 5 degrees, clockwise from north
TURN = 2 * math.pi
EDGE = 1e-6  # an azimuth that rounding left just before a sector's edge has reached it
MARKS_MAX = 2_000  # in one picture: more is a flood, not an antenna
SPANS_KEPT = 31
PLOTS_KEPT = 256
SAME_MARK = 0.5  # sectors
BACK = 0.35  # rad: plots of one beam come in any order
FAITH_TURNS = 10.0  # an antenna that loses its rhythm is not timed anew at once
TWICE = 0.1  # turns: marks of one azimuth so close are one passage, told by two messages
COHERENT, UNEXPLAINED = 0.8, 0.2  # plots that all lie in one direction show no turn

Pass = tuple[int, int, int]  # row after which it is complete, first sector, how many sectors


class Antenna:
    """What marks (CAT 034/002 north and sectors), else the plots' own azimuths, say of the turn.

    Without either (a radar that stamps a whole scan with one time) a turn is taken to last what
    the site promises.
    """

    def __init__(self, scan_s: float) -> None:
        self.promised_s = scan_s
        self.measured_s = math.nan
        self.marked = False  # whether marks come
        self.turning = False  # whether marks or plots ever showed that it turns
        self._spans: deque[float] = deque(maxlen=SPANS_KEPT)
        self._marks: dict[int, float] = {}  # azimuth in 256ths of a turn -> when
        self._mark_s = -math.inf
        self._coherent_s = -math.inf
        self._at: float | None = None  # where it was, in sectors
        self._at_s = -math.inf
        self._turn_s = -math.inf
        self._time_s, self._azimuth = np.empty(0), np.empty(0)  # the last plots

    @property
    def period_s(self) -> float:
        """Seconds a turn: measured, else promised."""
        return self.measured_s if self.measured_s > 0 else self.promised_s

    def turn(self, time_s: Floats, azimuth_rad: Floats, mark: Ints, now_s: float) -> list[Pass]:
        """The sectors that rows, sorted by time, show to be passed since the last call.

        ``mark`` is 1 for a mark and 0 for a plot; azimuths may be NaN. A pass tells the row that
        completed it, which is the number of rows where time alone did.
        """
        known = np.isfinite(azimuth_rad)
        marks = np.flatnonzero(known & (mark == 1))[:MARKS_MAX]
        for row in marks.tolist():
            self._span(float(time_s[row]), float(azimuth_rad[row]))
        if len(marks):
            self.marked = self.turning = True
            self._mark_s = max(self._mark_s, float(time_s[marks[-1]]))
        plots = np.flatnonzero(known & (mark == 0))
        if now_s - self._mark_s <= 2.2 * self.period_s:
            return self._passed(time_s, azimuth_rad, marks, full=True)
        coherent = self._rhythm(time_s[plots], azimuth_rad[plots])
        if coherent:
            self._coherent_s, self.turning = now_s, True
            thin = plots[:: len(plots) // MARKS_MAX + 1]
            return self._passed(time_s, azimuth_rad, thin, full=False)
        if now_s - max(self._mark_s, self._coherent_s) < FAITH_TURNS * self.period_s:
            return []
        return self._timed(time_s, now_s)

    def _span(self, time_s: float, azimuth: float) -> None:
        """The time since the last mark of that azimuth is a turn, or a few where marks got lost."""
        key = round(azimuth / TURN * 256) % 256
        before = self._marks.get(key)
        if before is not None and abs(time_s - before) < TWICE * self.promised_s:
            return  # one passage told twice: by CAT 034 and by the video, say
        self._marks[key] = time_s
        if before is not None and time_s > before:
            self._spans.append(time_s - before)
            self.measured_s = median(self._spans)

    def _passed(self, time_s: Floats, azimuth: Floats, rows: Ints, full: bool) -> list[Pass]:
        """From each of ``rows`` to the next; ``full``: the same azimuth again is a whole turn."""
        passes: list[Pass] = []
        at = np.remainder(azimuth[rows] / TURN * SECTORS, SECTORS) + EDGE
        for row, u, t in zip(rows.tolist(), at.tolist(), time_s[rows].tolist(), strict=True):
            if self._at is None:
                self._at, self._at_s = u, t
                continue
            ahead = (u - self._at) % SECTORS
            same = ahead < SAME_MARK or ahead > SECTORS - SAME_MARK
            if full and same:
                ahead = float(SECTORS)
            elif not full and ahead > SECTORS * (1 - BACK / TURN):
                continue
            # Four times as fast as the site promises is no antenna.
            if t - self._at_s < 0.25 * self.promised_s * ahead / SECTORS:
                continue
            first, count = math.floor(self._at), math.floor(self._at + ahead) - math.floor(self._at)
            if count:
                passes.append((row, first % SECTORS, min(count, SECTORS)))
            self._at, self._at_s = u, t
        return passes

    def _rhythm(self, time_s: Floats, azimuth: Floats) -> bool:
        """Whether the last plots' azimuths grow evenly with time; their pace is the period."""
        t = np.concatenate([self._time_s, time_s])[-PLOTS_KEPT:]
        a = np.concatenate([self._azimuth, azimuth])[-PLOTS_KEPT:]
        recent = t > (t[-1] if len(t) else 0.0) - 4 * self.period_s
        self._time_s, self._azimuth = t, a = t[recent], a[recent]
        if len(t) < 10:
            return False
        step, dt = np.remainder(np.diff(a), TURN), np.diff(t)
        step[step > TURN - BACK] -= TURN
        whole = dt < 0.9 * self.period_s
        turned, passed_s = float(step[whole].sum()), float(dt[whole].sum())
        if turned < 1.5 * TURN or passed_s <= 0:
            return False
        period_s = TURN * passed_s / turned
        phase = a - TURN * (t - t[0]) / period_s
        spread, left = (1 - abs(np.exp(1j * angle).mean()) for angle in (a, phase))
        if left > min(1 - COHERENT, UNEXPLAINED * spread):
            return False
        if not 0.2 < period_s / self.promised_s < 5:
            return False
        self.measured_s = period_s
        return True

    def _timed(self, time_s: Floats, now_s: float) -> list[Pass]:
        """A whole turn each period, while rows come."""
        if self._turn_s == -math.inf:
            self._turn_s = now_s
        turns = (now_s - self._turn_s) / self.period_s
        if turns < 1 or not len(time_s):
            # In silence nothing is looked at: the turn begins again with the next row.
            self._turn_s = now_s if turns >= 2 else self._turn_s
            return []
        self._turn_s = now_s
        return [(len(time_s), 0, SECTORS)]
