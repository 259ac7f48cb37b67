"""How well AIS is heard where, and what it says of a craft that nothing of it is heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.plane import Plane
from coastwatch.geo.units import KNOT_MPS
from coastwatch.model import Detections, Floats, Ints

CELL_M, CELLS = 4_000.0, 64  # squares about the plane's origin: 256 km in each direction
RING_M, RINGS = 5_000.0, 40
BOOK_M, BOOK_CELLS = 2_000.0, 128  # the books of the whole run: smaller squares, as far
# What is remembered of a place: so many reports that were due. A busy place learns within a
# minute that it has gone deaf, a quiet one keeps what it knows.
MEMORY = 60.0
SURPLUS = 3.0  # reports more than were due count for no more than this
# How many reports due outweigh what the ring says of a cell, and the ring outside of a ring.
OWN, OUTER = 10.0, 2.0
SHARE_MAX = 0.95
# How often a station, or its feed, may fall silent at once: what silence itself is judged by.
FAILURE_S = 3_600.0

# ITU-R M.1371-5, annex 1, tables 1 and 2. Class A: knots up to which an interval holds, the
# interval in seconds, and that while changing course.
CLASS_A = ((14.0, 10.0, 10.0 / 3.0), (23.0, 6.0, 2.0), (np.inf, 2.0, 2.0))
STILL_KN, STILL_S = 3.0, 180.0  # at anchor or moored, and not moving faster
# Class B as its "CS" sets send, the most common; "SO" sets send more often when fast.
SLOW_KN, SLOW_S, CLASS_B_S = 2.0, 180.0, 30.0
AT_ANCHOR, MOORED = 1, 5  # navigational status

P_CLASS_A = 0.5  # of what carries AIS and was never heard
# A model that is wrong now and then is sure of nothing: silence of any length counts for so much.
DOUBT = 0.002

Mask = NDArray[np.bool_]


class Grade(IntEnum):
    """What a set's reporting interval goes by."""

    UNKNOWN = -1
    B = 0
    A = 1
    A_STILL = 2  # its navigator says that it is at anchor or moored


def grade(d: Detections) -> Ints:
    """The grade of the set behind each report, as far as a report tells.

    Class B has no navigational status and hardly a compass.
    """
    still = (d.nav_status == AT_ANCHOR) | (d.nav_status == MOORED)
    is_a = (d.nav_status >= 0) | np.isfinite(d.heading_rad)
    return np.where(still, int(Grade.A_STILL), np.where(is_a, int(Grade.A), int(Grade.B)))


def interval_s(grade: Ints, speed_mps: Floats, turning: Mask) -> Floats:
    """Seconds between reports of each set, infinite where its grade is unknown."""
    knots = speed_mps / KNOT_MPS
    row = np.searchsorted([limit for limit, *_ in CLASS_A[:-1]], knots)
    straight, changing = (np.array([r[k] for r in CLASS_A])[row] for k in (1, 2))
    a = np.where(turning, changing, straight)
    still = (grade == Grade.A_STILL) & (knots <= STILL_KN)
    b = np.where(knots <= SLOW_KN, SLOW_S, CLASS_B_S)
    known = np.where(grade == Grade.B, b, np.where(still, STILL_S, a))
    return np.where(grade == Grade.UNKNOWN, np.inf, known)


def silence(silent: Floats, speed_mps: Floats, turning: Mask, share: Floats, dt_s: float) -> Floats:
    """``silent`` (n, 4), zeros at a track's birth, after ``dt_s`` more seconds without a report.

    Its columns: reports that a set of class A and one of class B would have sent by now, and
    -log P(nothing heard) of each. The first report comes at any time within an interval, and one
    is received with probability ``share``. A slow ship may be moored with her status set, and
    then sends every three minutes only. Speeds should err on the low side where they are unsure.
    """
    slow = speed_mps / KNOT_MPS <= STILL_KN
    a = np.where(slow, int(Grade.A_STILL), int(Grade.A))
    b = np.full(len(speed_mps), int(Grade.B))
    sent = np.column_stack([dt_s / interval_s(g, speed_mps, turning) for g in (a, b)])
    p = np.clip(share, 0.0, SHARE_MAX)[:, None]
    before, after = silent[:, :2], silent[:, :2] + sent
    more = _unheard(after, p) - _unheard(before, p)
    return np.column_stack([after, silent[:, 2:] + more])


def p_unregistered(silent: Floats, prior: Floats | float) -> Floats:
    """That a craft of which nothing was heard carries no AIS (or none that is switched on).

    ``silent`` (n, 4) is what ``silence`` made of it, ``prior`` the probability at its birth.
    """
    a, b = np.exp(-silent[:, 2]), np.exp(-silent[:, 3])
    unheard = DOUBT + (1.0 - DOUBT) * (P_CLASS_A * a + (1.0 - P_CLASS_A) * b)
    return np.asarray(prior / (prior + (1.0 - np.asarray(prior)) * unheard))


def _unheard(sent: Floats, share: Floats) -> Floats:
    """-log P(none received) of so many reports, the last of which may not have been sent yet."""
    whole = np.floor(sent)
    return np.asarray(-whole * np.log1p(-share) - np.log1p(-share * (sent - whole)))


class _Where(NamedTuple):
    """Of each place: the nearest station, the ring about it, the cell, and whether it has one."""

    group: Ints
    ring: Ints
    cell: Ints
    inside: Mask


@dataclass(slots=True)
class Hearing:
    """What share of the reports sent at a place is received, learned from vessels with AIS.

    ``stations`` (s, 2) are the site's AIS stations in its plane, m; there may be none. All else is
    the state, plain arrays of fixed size. ``due`` and ``heard`` count reports by cell, and
    ``ring_due`` and ``ring_heard`` by range from the nearest station, of late (see ``MEMORY``);
    ``ring_share`` is what these say. Of the vessels about each station, ``silent`` is how many
    reports should have been received since the last one was, and ``silent_s`` for how long.
    ``all_due`` and ``all_heard`` forget nothing, and count what a dead station missed.
    """

    stations: Floats
    due: Floats = field(default_factory=lambda: np.zeros(CELLS * CELLS))
    heard: Floats = field(default_factory=lambda: np.zeros(CELLS * CELLS))
    ring_due: Floats = field(init=False)
    ring_heard: Floats = field(init=False)
    ring_share: Floats = field(init=False)
    silent: Floats = field(init=False)
    silent_s: Floats = field(init=False)
    all_due: Floats = field(default_factory=lambda: np.zeros(BOOK_CELLS**2))
    all_heard: Floats = field(default_factory=lambda: np.zeros(BOOK_CELLS**2))

    def __post_init__(self) -> None:
        groups = max(len(self.stations), 1)
        self.ring_due, self.ring_heard, self.ring_share = np.zeros((3, groups, RINGS + 1))
        self.silent, self.silent_s = np.zeros((2, groups))

    def learn(
        self, dt_s: float, xy: Floats, interval_s: Floats, carries: Mask, reports: Ints
    ) -> None:
        """``dt_s`` seconds in which ``reports`` (n,) were received of vessels at ``xy`` (n, 2).

        ``carries``: known, before these seconds began, to have AIS switched on, as by a report of
        the last ten minutes. ``interval_s`` is what each one's set should keep to (as
        ``interval_s``); infinite teaches nothing.
        """
        row = np.flatnonzero(carries & np.isfinite(interval_s) & np.isfinite(xy).all(axis=1))
        due, heard = dt_s / interval_s[row], reports[row].astype(np.float64)
        self._book(xy[row], due, heard)
        at, groups = self._where(xy[row]), len(self.silent)
        spoken = np.bincount(at.group, heard, groups) > 0
        self.silent += np.bincount(at.group, due * self._place(at), groups)
        self.silent_s += dt_s
        self.silent[spoken] = self.silent_s[spoken] = 0.0
        # What is sent to a dead station teaches nothing of places.
        due = due * self._alive()[at.group]
        _count(self.due, self.heard, at.cell[at.inside], due[at.inside], heard[at.inside])
        near = at.ring < RINGS
        ring = (at.group * (RINGS + 1) + at.ring)[near]
        _count(self.ring_due, self.ring_heard, ring, due[near], heard[near])
        # Who is heard far out is heard near by: what a ring lacks it takes from the next.
        sure = np.maximum(self.ring_due, self.ring_heard) + OUTER
        for r in range(RINGS - 1, -1, -1):
            lent = self.ring_heard[:, r] + OUTER * self.ring_share[:, r + 1]
            self.ring_share[:, r] = lent / sure[:, r]

    def share(self, xy: Floats) -> Floats:
        """(n,) that a report sent at ``xy`` (n, 2) is received, 0 to 0.95.

        0 where no vessel with AIS ever proved it, and where all of it fell silent.
        """
        at = self._where(xy)
        return self._place(at) * self._alive()[at.group]

    def document(self, plane: Plane) -> dict[str, Any]:
        """The books of the whole run: middles of squares (degrees), the reports due there, and
        those that were received."""
        cell = np.flatnonzero(self.all_due)
        row, column = np.divmod(cell, BOOK_CELLS)
        y, x = ((at - BOOK_CELLS // 2 + 0.5) * BOOK_M for at in (row, column))
        lon, lat = plane.to_lonlat(x, y)
        return {
            "square_m": BOOK_M,
            "lon": np.round(lon, 5).tolist(),
            "lat": np.round(lat, 5).tolist(),
            "due": np.round(self.all_due[cell], 1).tolist(),
            "heard": self.all_heard[cell].astype(np.int64).tolist(),
        }

    def _book(self, xy: Floats, due: Floats, heard: Floats) -> None:
        """Enter into the books of the whole run."""
        at = np.floor(xy / BOOK_M) + BOOK_CELLS // 2
        inside = ((at >= 0) & (at < BOOK_CELLS)).all(axis=1)
        column, row = at[inside].astype(np.int64).T
        cell = row * BOOK_CELLS + column
        np.add.at(self.all_due, cell, due[inside])
        np.add.at(self.all_heard, cell, heard[inside])

    def _place(self, at: _Where) -> Floats:
        """The share by place, as if all stations were alive: of the cell, else of its ring."""
        due, heard = (np.where(at.inside, a[at.cell], 0.0) for a in (self.due, self.heard))
        share = heard + OWN * self.ring_share[at.group, at.ring]
        return np.minimum(share / (np.maximum(due, heard) + OWN), SHARE_MAX)

    def _alive(self) -> Floats:
        """(stations,) that each is alive: by Bayes, from what should have been received since."""
        dead = self.silent_s / FAILURE_S * np.exp(np.minimum(self.silent, 50.0))
        return 1.0 / (1.0 + dead)

    def _where(self, xy: Floats) -> _Where:
        group, least = np.zeros(len(xy), dtype=np.int64), np.full(len(xy), np.inf)
        for s, (x, y) in enumerate(self.stations.tolist()):
            range_m = np.hypot(xy[:, 0] - x, xy[:, 1] - y)
            nearer = range_m < least
            group[nearer], least[nearer] = s, range_m[nearer]
        ring = np.minimum(least / RING_M, RINGS).astype(np.int64)
        column, row = np.floor(xy.T / CELL_M) + CELLS // 2
        inside = (column >= 0) & (column < CELLS) & (row >= 0) & (row < CELLS)
        cell = np.where(inside, row * CELLS + column, 0.0).astype(np.int64)
        return _Where(group, ring, cell, inside)


def _count(due: Floats, heard: Floats, at: Ints, more_due: Floats, more_heard: Floats) -> None:
    """Add to the books of places, and forget what they no longer hold."""
    due += np.bincount(at, more_due, due.size).reshape(due.shape)
    heard += np.bincount(at, more_heard, heard.size).reshape(heard.shape)
    np.minimum(heard, due + SURPLUS, out=heard)
    kept = MEMORY / np.maximum(due, MEMORY)
    due *= kept
    heard *= kept
