"""Whether a track is a real craft, and whether it can be seen: a Markov chain of three states.

Visible, hidden (behind a ship, in a trough) and gone (Musicki, Evans and Stankovic 1994, with the
occluded state of Musicki and Evans 2004's IPDA with visibility); a look tells of the first alone.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

HIDES_PER_S = 1 / 3_000.0
SHOWS_PER_S = 1 / 20.0
LEAVES_PER_S = 1 / 1_800.0
CERTAIN = 1.0 - 1e-9


@njit()
def pass_time(visible: float, hidden: float, dt: float) -> tuple[float, float]:
    """(visible, hidden) after ``dt`` >= 0 seconds in which nobody looked."""
    if dt <= 0.0:
        return visible, hidden
    rate = HIDES_PER_S + SHOWS_PER_S
    exists = (visible + hidden) * math.exp(-LEAVES_PER_S * dt)
    share = SHOWS_PER_S / rate
    now = visible * math.exp(-LEAVES_PER_S * dt)
    seen = exists * share + (now - exists * share) * math.exp(-rate * dt)
    return seen, exists - seen


@njit()
def look(visible: float, hidden: float, pd: float, none: float) -> tuple[float, float]:
    """(visible, hidden) after a look that had a plot of it with probability 1 - ``none``."""
    missed = 1.0 - visible * pd
    seen = 1.0 - none + none * visible * (1.0 - pd) / missed
    unseen = none * hidden / missed
    total = seen + unseen
    if total > CERTAIN:
        seen, unseen = seen / total * CERTAIN, unseen / total * CERTAIN
    return seen, unseen


@njit()
def age(rows: Any, i: int, time_s: float) -> None:
    """Bring the existence of row ``i`` to ``time_s``; time never runs back."""
    dt = time_s - rows.exist_s[i]
    if dt > 0.0:
        rows.visible[i], rows.hidden[i] = pass_time(rows.visible[i], rows.hidden[i], dt)
        rows.exist_s[i] = time_s
