"""A track's life: when it is confirmed, coasts and ends; what ended tells of clutter."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from numba import njit

from coastwatch.kernels import sources, uncounted
from coastwatch.model import Status
from coastwatch.track import existence
from coastwatch.track.table import FREE

CONFIRMED_P = 0.9
CONFIRMED_HITS, LIKELY_HITS = 2.6, 2.0
# Plots of chance lie far apart: what seems to be quick must show once more.
QUICK_MPS = 8.0
CONFIRMED_QUICK_HITS = 3.4
FASTEST_MPS = 33.0  # nothing by plots alone is a craft of over 64 kn
ENDED_P = 0.3
SURELY_P = 0.7  # what exists so surely may be hidden, and is kept though its place grows vague
COASTING_MISSES, COASTING_S, COASTING_AIS_S = 3, 15.0, 60.0
ENDED_MISSES = 6
LONE_MISSES, TENTATIVE_MISSES = 3, 5
LONE_SCANS = 4.0
# What ends a track: nobody sees it for so long, or knows where it is.
TENTATIVE_S, RADAR_S, AIS_S = 20.0, 90.0, 600.0
SIGMA_END_M = 1_500.0
LOST_SIGMAS = 3.5  # times the sigma of its plots
SHOWN_HITS = 1.5
# A track of so many hits was a craft; the plots of one that ends sooner were clutter.
PROVEN_HITS = 8.0
FOUND_HITS = 4.5  # and so many make it likely: by them births are counted
TENTATIVE, CONFIRMED, COASTING, ENDED = (int(s) for s in Status)


def _entry(version: int) -> Any:
    @njit(cache=True)
    def judge(counted: Any, high: int, time_s: float, scan_s: Any, ended: Any) -> Any:
        """Set each track's status at ``time_s``; what was never shown is free at once.

        Fills ``ended`` with rows of tracks that came to nothing. Returns their number, how many
        were found by plots for certain, and the new high mark.
        """
        rows = uncounted(counted)
        count, found, top = 0, 0, 0
        for i in range(high if version else 0):
            if rows.status[i] == FREE or rows.status[i] == ENDED:
                top = i + 1 if rows.status[i] == ENDED else top
                continue
            existence.age(rows, i, time_s)
            r = rows.visible[i] + rows.hidden[i]
            if rows.status[i] == TENTATIVE and _proven(rows, i, r):
                rows.status[i] = CONFIRMED
            if rows.found[i] == 0 and rows.hits[i] >= FOUND_HITS:
                rows.found[i] = 1
                found += rows.reports[i] == 0 and not rows.ashore[i]
            silent = time_s - rows.heard_s[i]
            if rows.status[i] == TENTATIVE:
                if _vain(rows, i, r, silent, scan_s):
                    rows.status[i] = FREE if rows.hits[i] < SHOWN_HITS else ENDED
            elif _over(rows, i, r, silent, time_s):
                rows.status[i] = ENDED
            else:
                rows.status[i] = COASTING if _coasts(rows, i, silent) else CONFIRMED
            over = rows.status[i] == FREE or rows.status[i] == ENDED
            if over and rows.reports[i] == 0 and rows.hits[i] < PROVEN_HITS:
                ended[count] = i
                count += 1
            top = top if rows.status[i] == FREE else i + 1
        return count, found, top

    return judge


judge = _entry(sources(Path(__file__).parent))


@njit()
def _proven(rows: Any, i: int, r: float) -> bool:
    speed = math.hypot(rows.x[i, 2], rows.x[i, 3])
    needed = CONFIRMED_HITS if speed < QUICK_MPS else CONFIRMED_QUICK_HITS
    seen = r >= CONFIRMED_P and rows.hits[i] >= needed and speed < FASTEST_MPS
    seen = seen and not rows.ashore[i]
    return rows.reports[i] >= 2 or seen


@njit()
def _vain(rows: Any, i: int, r: float, silent: float, scan_s: Any) -> bool:
    if rows.mmsi[i] >= 0:
        return silent > AIS_S
    patience = max(TENTATIVE_S, 3.0 * scan_s[rows.born_by[i]])
    # In a shadow nobody misses it: then time alone tells.
    over = rows.missed[i] >= LONE_MISSES or silent > LONE_SCANS * scan_s[rows.born_by[i]]
    lone = rows.hits[i] < SHOWN_HITS and over
    return silent > patience or lone or (rows.missed[i] >= TENTATIVE_MISSES and r < 0.5)


@njit()
def _over(rows: Any, i: int, r: float, silent: float, time_s: float) -> bool:
    if rows.reports[i] > 0:
        return silent > AIS_S
    dt = max(time_s - rows.time_s[i], 0.0)
    C = rows.C[i]
    variance = (C[0] + C[4]) / 2 + dt * (C[2] + C[6]) + dt * dt * (C[7] + C[9]) / 2
    lost = variance > min(LOST_SIGMAS**2 * rows.noise_m2[i], SIGMA_END_M**2)
    lost = lost and rows.missed[i] > COASTING_MISSES and r < SURELY_P
    return silent > RADAR_S or lost or (r < ENDED_P and rows.missed[i] >= ENDED_MISSES)


@njit()
def _coasts(rows: Any, i: int, silent: float) -> bool:
    if rows.reports[i] > 0:
        return silent > COASTING_AIS_S
    return rows.missed[i] >= COASTING_MISSES or silent > COASTING_S


def likely(rows: Any, high: int) -> Any:
    """What may be confirmed by its plots soon, if it is not on land."""
    return (rows.status[:high] == TENTATIVE) & (rows.hits[:high] >= LIKELY_HITS)


def shown(rows: Any, high: int) -> Any:
    """One plot is a plot; a track begins with the second, or with a report that names it."""
    seen = (rows.hits[:high] >= SHOWN_HITS) | (rows.reports[:high] > 0)
    return (rows.status[:high] != FREE) & seen
