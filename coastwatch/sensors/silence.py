"""When a sensor last gave a sign of life, and how long its silence means nothing yet."""

from __future__ import annotations

import math

import numpy as np

from coastwatch.model import Floats
from coastwatch.sensors.antenna import Antenna

SCANS = 2.0
SLACK, SLACK_MAX_S = 0.1, 1.0  # of a turn: wind on the antenna, jitter of the stamps
# A gap that exponential gaps of the learned rate exceed with exp(-16): 0.003 false a radar-day of
# 28,800 scans, 0.01 a day for a station of one report a second.
EVIDENCE = 16.0
FAST_S, SLOW_S = 120.0, 1_800.0  # memory of the two rates; the lesser counts
GAP_MEMORY_S = 7_200.0
STEADY = 8.0  # signs a scan, from which single vessels no longer decide the rate
STEADY_GAPS, SPARSE_GAPS = 1.5, 3.0  # a silence longer than so many of the longest gap yet
LEAST_S = 20.0  # of a station
ROWS_MIN, STATION_ROWS_MIN, SCANS_MIN, HEARD_MIN_S = 10, 50, 3.0, 60.0
BACK_ROWS = 5  # a station is back with so many rows, a radar after two turns


class Life:
    """One sensor's signs of life: detections and looks. ``antenna`` is None for an AIS station."""

    def __init__(self, antenna: Antenna | None) -> None:
        self.first_s, self.last_s = math.inf, -math.inf
        self.rows = 0
        self.silent = False
        self.silent_since_s = math.nan
        self.back_s = math.nan  # in silence: since when it is heard again
        self._antenna = antenna
        self._back_rows = 0
        self._counts = np.zeros((2, 2))  # fast and slow: rows, seconds
        self._longest_s = 0.0
        self._judged_from_s = math.inf

    def hear(self, time_s: Floats) -> None:
        """Times of its rows, sorted; at least one."""
        first, last, n = float(time_s[0]), float(time_s[-1]), len(time_s)
        if self.silent:
            if not self._back_rows or first - self.last_s > 2 * self.allowed_s:
                self.back_s, self._back_rows = first, 0
            self._back_rows += n
        elif self.rows:
            self._learn(n, max(last - self.last_s, 0.0), time_s)
        self.rows += n
        self.first_s = min(self.first_s, first)
        self.last_s = max(self.last_s, last)

    def touch(self, time_s: float) -> None:
        """It is alive at that time, though it said nothing new."""
        if self.silent:
            self.back_s = self.back_s if self._back_rows else time_s
            self._back_rows += 1
        if self.rows:
            self.last_s = max(self.last_s, time_s)

    def _learn(self, n: int, passed_s: float, time_s: Floats) -> None:
        memory = np.array([FAST_S, SLOW_S])
        self._counts *= np.exp(-passed_s / memory)[:, None]
        self._counts += np.array([n, passed_s])
        gap_s = max(float(time_s[0]) - self.last_s, float(np.diff(time_s).max(initial=0.0)))
        self._longest_s = max(self._longest_s * math.exp(-passed_s / GAP_MEMORY_S), gap_s)

    @property
    def rate(self) -> float:
        """Signs of life a second, the lesser of the last minutes' and the last half hour's."""
        rows, seconds = self._counts.T
        return float(np.min(rows / np.maximum(seconds, 1e-3)))

    @property
    def allowed_s(self) -> float:
        """How long it may be silent."""
        chance_s = EVIDENCE / max(self.rate, 1e-9)
        antenna = self._antenna
        if antenna is None:
            return max(LEAST_S, chance_s, SPARSE_GAPS * self._longest_s)
        turn_s = antenna.period_s
        two_s = SCANS * turn_s + min(SLACK * turn_s, SLACK_MAX_S)
        if antenna.marked and antenna.measured_s > 0:
            return two_s
        gaps = STEADY_GAPS if self.rate * turn_s >= STEADY else SPARSE_GAPS
        return max(two_s, chance_s, gaps * self._longest_s)

    @property
    def due_s(self) -> float:
        """When its silence becomes an alert if nothing is heard until then; inf for never."""
        if self.silent or self.rows < ROWS_MIN:
            return math.inf
        heard_s = self.last_s - self.first_s
        if self._antenna is None:
            known = self.rows >= STATION_ROWS_MIN and heard_s >= HEARD_MIN_S
        else:
            known = heard_s >= SCANS_MIN * self._antenna.period_s
        return self.last_s + self.allowed_s if known else math.inf

    def fall_silent(self) -> None:
        self.silent, self.silent_since_s = True, self.last_s
        self.back_s, self._back_rows = math.nan, 0

    def is_back(self) -> bool:
        """Whether it is heard again, and long enough to say so."""
        if not self.silent or not self._back_rows:
            return False
        if self._antenna is None:
            return self._back_rows >= BACK_ROWS
        return self.last_s - self.back_s >= SCANS * self._antenna.period_s

    def wake(self) -> None:
        self.silent = False
