"""An ARPA uses a target's number again for another vessel: numbers that never mean two of them."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import NamedTuple

from coastwatch.geo.plane import A_M

# Numbers of up to six figures are sent; what stands before them tells their lives apart.
LIFE = 1_000_000
TARGETS_MAX = 16_384
# A target under one number may have gone so far: at this speed, beside what an ARPA errs.
SPEED_MAX_MPS, SLACK_M = 30.0, 300.0
# Lost, or unheard of for so long, it must come again nearer than it could have got to.
SILENT_S, SPEED_LOST_MPS = 60.0, 15.0
FAR_S = 600.0


class Place(NamedTuple):
    """Where a target was last, as given to ``Lives.number``."""

    time_s: float
    at: tuple[str, float, float]
    lost: bool
    life: int


class Lives:
    """Gives each target a number by which it is itself: a new one after a loss and a leap.

    The first life of a number is the number. Which sentences came before decides alone, so that a
    replay numbers the same way.
    """

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[str, int], Place] = OrderedDict()
        self._sources: dict[str, int] = {}
        self._last = 0
        self._forgotten = False

    def number(
        self, source: str, target: int, time_s: float, at: tuple[str, float, float]
    ) -> tuple[int, bool]:
        """The target's own number, and whether it is a new vessel under a number used before.

        ``source`` is who numbers (a peer's station); ``at`` a frame's name ("ship" or "earth") and
        the place in it: x, y (m) or longitude, latitude (degrees).
        """
        key = (source, target)
        before = self._places.get(key)
        again = before is not None and _leapt(before, time_s, at)
        life = self._first(source) if before is None else before.life
        if again:
            life = self._next()
        self._keep(key, Place(time_s, at, False, life))
        return target + LIFE * life, again

    def lose(self, source: str, target: int) -> None:
        """The ARPA says that it has lost this target."""
        place = self._places.get((source, target))
        if place:
            self._places[source, target] = place._replace(lost=True)

    def _keep(self, key: tuple[str, int], place: Place) -> None:
        self._places[key] = place
        self._places.move_to_end(key)
        if len(self._places) > TARGETS_MAX:
            self._places.popitem(last=False)
            self._forgotten = True

    def _first(self, source: str) -> int:
        """The life of a number not known here: 0 for the first who numbers, while none is lost."""
        if len(self._sources) < TARGETS_MAX:
            self._sources.setdefault(source, len(self._sources))
        return 0 if self._sources.get(source) == 0 and not self._forgotten else self._next()

    def _next(self) -> int:
        self._last += 1
        return self._last


def _leapt(before: Place, time_s: float, at: tuple[str, float, float]) -> bool:
    """Whether no vessel could have come from there to here."""
    gone_s = abs(time_s - before.time_s)
    away = before.lost or gone_s > SILENT_S
    if at[0] != before.at[0]:
        return away
    if away and gone_s > FAR_S:
        return True
    speed = SPEED_LOST_MPS if away else SPEED_MAX_MPS
    return _apart_m(before.at, at) > SLACK_M + speed * gone_s


def _apart_m(one: tuple[str, float, float], other: tuple[str, float, float]) -> float:
    dx, dy = other[1] - one[1], other[2] - one[2]
    if one[0] == "ship":
        return math.hypot(dx, dy)
    east = math.radians(math.remainder(dx, 360.0)) * math.cos(math.radians(one[2]))
    return A_M * math.hypot(east, math.radians(dy))
