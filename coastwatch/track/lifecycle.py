"""A track's life: looks, misses, existence, confirmation and the end."""

from __future__ import annotations

import numpy as np

from coastwatch.model import Floats, Ints, Status
from coastwatch.track.sensing import Sensing
from coastwatch.track.table import Table

M, N = 3, 5  # confirmed by 3 hits in 5 looks
CONFIRMED_P = 0.98
ENDED_P = 0.02
ODDS_MAX = 12.0
COASTING_MISSES = 3
LONE_MISSES = 2  # these end what was seen once
OVERDUE_SCANS = 1.4
# What ends a track: no look hits it for so long, or nobody knows where it is.
TENTATIVE_S = 20.0
RADAR_S = 60.0
HIDDEN_S = 30.0
AIS_S = 600.0
SIGMA_END_M = 1_500.0
_COUNT = np.array([bin(i).count("1") for i in range(1 << N)])


def hit(table: Table, i: Ints, log_ratio: Floats) -> None:
    """A plot was associated: ``log_ratio`` is its likelihood against clutter."""
    table.odds[i] = np.minimum(table.odds[i] + log_ratio, ODDS_MAX)
    table.window[i] = (table.window[i] << 1 | 1) & ((1 << N) - 1)
    table.looks[i] += 1
    table.hits[i] += 1


def miss(table: Table, i: Ints, pd: float) -> None:
    """A sensor looked and did not see it. IPDA: Musicki, Evans and Stankovic (1994)."""
    p = 1 / (1 + np.exp(-table.odds[i]))
    p = p * (1 - pd) / (1 - p * pd)
    table.odds[i] = np.log(np.maximum(p, 1e-9) / np.maximum(1 - p, 1e-9))
    table.window[i] = (table.window[i] << 1) & ((1 << N) - 1)
    table.looks[i] += 1


def count_misses(table: Table, sensing: Sensing) -> None:
    """Each track that a turn of a living sensor has passed without a hit, while in its range."""
    t, s = table, sensing.index
    due = np.where(np.isfinite(t.due_s[:, s]), t.due_s[:, s], t.born_s)
    late_s = sensing.clock_s - due
    near = np.hypot(*(t.state[:, :2] - sensing.xy_m).T) <= sensing.range_max_m
    # Tracks that this sensor never saw may be in its shadow: they lose nothing by it.
    known = np.isfinite(t.seen_s[:, s])
    i = np.flatnonzero((late_s > OVERDUE_SCANS * sensing.scan_s) & near & known)
    miss(t, i, sensing.pd)
    turns = np.floor(late_s[i] / sensing.scan_s - (OVERDUE_SCANS - 1))
    t.due_s[i, s] = due[i] + sensing.scan_s * turns


def judge(table: Table, time_s: float) -> None:
    """Set each track's status at ``time_s``."""
    last = np.nanmax(table.seen_s, axis=1)
    silent = time_s - last
    recent = _COUNT[table.window]
    p = 1 / (1 + np.exp(-table.odds))
    tentative = table.status == Status.TENTATIVE
    identified = table.mmsi >= 0
    proven = (recent >= M) & (p >= CONFIRMED_P) | (table.reports >= 2)
    table.status[tentative & proven] = Status.CONFIRMED
    ended = table.status == Status.ENDED
    alive = ~ended & (table.status != Status.TENTATIVE)
    missed = (table.window & ((1 << COASTING_MISSES) - 1)) == 0
    coasting = np.where(identified & (table.reports > 0), silent > 60.0, missed | (silent > 15.0))
    table.status[alive] = np.where(coasting, Status.COASTING, Status.CONFIRMED)[alive]
    sigma = np.sqrt((table.cov[:, 0, 0] + table.cov[:, 1, 1]) / 2)
    limit = np.where(identified, AIS_S, RADAR_S)
    by_radar = table.reports == 0
    lone = (table.hits < 2) & (table.window & ((1 << LONE_MISSES) - 1) == 0)
    over = np.where(
        alive,
        # A craft behind a ship is not gone: what was confirmed is given time to come out.
        (silent > limit)
        | (by_radar & ((sigma > SIGMA_END_M) | ((p < ENDED_P) & (silent > HIDDEN_S)))),
        # Its existence is no reason: where clutter is dense it begins near none.
        (silent > np.where(identified, AIS_S, TENTATIVE_S))
        | (by_radar & (lone | ((table.looks >= N) & (recent < 2)))),
    )
    table.status[over | ended] = Status.ENDED
