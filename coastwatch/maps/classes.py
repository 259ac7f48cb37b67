"""What a track was taken for at each time, so that a replay shows no more than was known then."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coastwatch.maps.rows import Rows
from coastwatch.model import Floats, Ints, Status
from coastwatch.rule_names import LIKELY, STANDING

CLASSES = ("small", "ais", "radar", "fixed")  # the first wins where a page must leave tracks out
SMALL, AIS, RADAR, FIXED = range(4)
STEPS_MOST = 8  # of a track's class, and of its identity

Step = tuple[float, int]  # UTC seconds, and what holds from then on


def real(rows: Rows) -> NDArray[np.bool_]:
    """Which rows make their track a real one."""
    known = (rows.status == Status.CONFIRMED) | (rows.status == Status.COASTING)
    # Who has named itself by AIS is shown from the first report.
    return np.asarray(known | ((rows.status == Status.TENTATIVE) & (rows.mmsi > 0)))


def mmsi_by_then(rows: Rows, first: Ints) -> Ints:
    """The last MMSI that each row's track had said by then, -1 where it had said none."""
    index = np.arange(len(rows))
    start = np.repeat(first, np.diff(np.append(first, len(rows))))
    said = np.maximum.accumulate(np.where(rows.mmsi > 0, index, -1)) if len(rows) else index
    return np.where(said >= start, rows.mmsi[said], -1)


def class_by_then(rows: Rows, mmsi: Ints, confirmed: NDArray[np.bool_]) -> Ints:
    """What each row says of its track, as an index of CLASSES; alerts aside.

    A track is a small unregistered craft where it is confirmed by then, has named no MMSI, both
    probabilities reach 0.8 and it is no likelier to stand than not. Aids to navigation (MMSI
    99...) count as fixed.
    """
    believed = (rows.p_unregistered >= LIKELY) & (rows.p_small >= LIKELY)
    believed &= ~(rows.p_fixed > STANDING)
    small = believed & (mmsi < 0) & confirmed
    fixed = (rows.p_fixed >= LIKELY) | (mmsi // 10_000_000 == 99)
    kind = np.select([small, fixed, mmsi >= 0], [SMALL, FIXED, AIS], RADAR)
    return np.asarray(kind, dtype=np.int64)


def class_steps(
    time_s: Floats, kind: Ints, alerted_s: float | None = None, most: int = STEPS_MOST
) -> list[Step]:
    """When a track's class changed and to what, the first from its start.

    From ``alerted_s`` on an alert calls it small. Where it changed more often than ``most``, the
    shortest spells are left out: the class before them holds on, so none is shown too early.
    """
    steps = _changes(time_s, kind)
    if alerted_s is not None:
        before = [step for step in steps if step[0] < alerted_s]
        steps = _merged([*before, (alerted_s, SMALL)])
    while len(steps) > most:
        spells = [b[0] - a[0] for a, b in pairwise(steps[1:])]
        del steps[1 + int(np.argmin(spells))]
        steps = _merged(steps)
    return steps


def named_steps(time_s: Floats, mmsi: Ints) -> list[Step]:
    """When a track's MMSI became known or another; the latest where there were many."""
    steps = _changes(time_s, mmsi)
    return steps if len(steps) <= STEPS_MOST else [(steps[0][0], -1), *steps[1 - STEPS_MOST :]]


def _changes(time_s: Floats, value: Ints) -> list[Step]:
    at = np.flatnonzero(np.append(True, value[1:] != value[:-1]))
    return list(zip(time_s[at].tolist(), value[at].tolist(), strict=True))


def _merged(steps: list[Step]) -> list[Step]:
    return [step for i, step in enumerate(steps) if not i or step[1] != steps[i - 1][1]]
