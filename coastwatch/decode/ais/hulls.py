"""One MMSI in two places: which of its positions are of which hull, and what came before each."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coastwatch.geo.units import KNOT_MPS, NM_M
from coastwatch.model import Floats, Ints

EARTH_M = 6_371_008.8  # mean radius; great circles on it are right to 0.5 %
JUMP_M, JUMP_MPS = 0.5 * NM_M, 50.0 * KNOT_MPS
AIRCRAFT_MPS = 500.0 * KNOT_MPS
# Type 27 counts in tenths of a minute: so much of a jump may be rounding.
COARSE_M = 200.0
HULLS_MAX = 4
# A second place that was seen once is forgotten after this: it was a fault of one position.
ONCE_S = 600.0
VESSELS_KEPT = 20_000


class Fix(NamedTuple):
    """A position and what was said with it; speeds in m/s, NaN where unknown."""

    time_s: float
    lon: float
    lat: float
    sog_mps: float
    cog_rad: float
    coarse: bool


@dataclass(slots=True)
class Hull:
    """The last fix of one hull, and how many it has had."""

    number: int
    last: Fix
    count: int = 1
    since_s: float = 0.0


class Pairs(NamedTuple):
    """Each position with the one before it of the same hull; NaN where there is none.

    ``hull`` numbers the hulls of one MMSI from 0. ``others_m`` is how far the nearest other hull
    that is there lies, NaN where there is none. ``before`` has the columns of Fix.
    """

    hull: Ints
    before: Floats  # (n, 6)
    jump: NDArray[np.bool_]
    others_m: Floats


class Hulls:
    """Follows the hulls of each MMSI through batches of any size; the oldest of too many go."""

    def __init__(self) -> None:
        self._vessels: OrderedDict[int, list[Hull]] = OrderedDict()

    def pairs(self, mmsi: Ints, aircraft: NDArray[np.bool_], fixes: Floats) -> Pairs:
        """Assign positions (n), in the order of their arrival, with ``fixes`` (n, 6) as in Fix.

        A position belongs to the nearest hull that could have come there: within 0.5 NM, or at no
        more than 50 kn (500 kn for an aircraft). Where none could, it is a jump, and perhaps a
        second hull.
        """
        n = len(mmsi)
        found = Pairs(
            np.zeros(n, dtype=np.int64),
            np.full((n, 6), np.nan),
            np.zeros(n, dtype=np.bool_),
            np.full(n, np.nan),
        )
        if not n:
            return found
        order = np.argsort(mmsi, kind="stable")
        starts = np.flatnonzero(np.diff(mmsi[order], prepend=-1))
        plain = self._plain(mmsi, aircraft, fixes, order, starts)
        for start, end, is_plain in zip(starts, [*starts[1:], n], plain, strict=True):
            rows = order[start:end]
            if is_plain:
                self._follow(int(mmsi[rows[0]]), rows, fixes, found)
            else:
                self._assign(int(mmsi[rows[0]]), rows, aircraft, fixes, found)
        while len(self._vessels) > VESSELS_KEPT:
            self._vessels.popitem(last=False)
        return found

    def _plain(
        self, mmsi: Ints, aircraft: NDArray[np.bool_], fixes: Floats, order: Ints, starts: Ints
    ) -> list[bool]:
        """Of each vessel, whether one hull did it all: then there is nothing to assign."""
        before = np.empty((len(order), 6))
        before[1:] = fixes[order[:-1]]
        known = np.ones(len(starts), dtype=np.bool_)
        for i, start in enumerate(starts.tolist()):
            hulls = self._vessels.get(int(mmsi[order[start]]), [])
            known[i] = len(hulls) <= 1
            before[start] = hulls[0].last if hulls else fixes[order[start]]
        far = _infeasible(before, fixes[order], aircraft[order])
        jumps = np.add.reduceat(far, starts)
        plain: list[bool] = (known & (jumps == 0)).tolist()
        return plain

    def _follow(self, mmsi: int, rows: Ints, fixes: Floats, found: Pairs) -> None:
        hulls = self._hulls(mmsi)
        found.before[rows[1:]] = fixes[rows[:-1]]
        last = Fix(*fixes[rows[-1]].tolist())
        if hulls:
            found.before[rows[0]] = hulls[0].last
            hulls[0].last, hulls[0].count = last, hulls[0].count + len(rows)
        else:
            hulls.append(Hull(0, last, len(rows), float(fixes[rows[0], 0])))

    def _assign(
        self, mmsi: int, rows: Ints, aircraft: NDArray[np.bool_], fixes: Floats, found: Pairs
    ) -> None:
        """One by one: the reference, which ``_follow`` shortens where nothing jumps."""
        hulls = self._hulls(mmsi)
        for row in rows.tolist():
            fix = Fix(*fixes[row].tolist())
            hulls[:] = hulls[:1] + [
                h for h in hulls[1:] if h.count > 1 or fix.time_s - h.last.time_s <= ONCE_S
            ]
            near = [
                (distance_m(h.last, fix), h)
                for h in hulls
                if not infeasible(h.last, fix, bool(aircraft[row]))
            ]
            if near:
                hull = min(near, key=lambda pair: pair[0])[1]
                found.before[row] = hull.last
                hull.last, hull.count = fix, hull.count + 1
            else:
                hull = self._new(hulls, fix)
                if len(hulls) > 1:
                    nearest = min(hulls[:-1], key=lambda h: distance_m(h.last, fix))
                    found.before[row], found.jump[row] = nearest.last, True
            found.hull[row] = hull.number
            found.others_m[row] = _others_m(hulls, hull)

    def _new(self, hulls: list[Hull], fix: Fix) -> Hull:
        if len(hulls) == HULLS_MAX:
            oldest = min(hulls[1:], key=lambda h: h.last.time_s)
            hulls.remove(oldest)
        taken = {h.number for h in hulls}
        hull = Hull(min(set(range(HULLS_MAX)) - taken), fix, 1, fix.time_s)
        hulls.append(hull)
        return hull

    def _hulls(self, mmsi: int) -> list[Hull]:
        hulls = self._vessels.setdefault(mmsi, [])
        self._vessels.move_to_end(mmsi)
        return hulls


def _others_m(hulls: list[Hull], hull: Hull) -> float:
    """How far the nearest other hull is that both were there before and was heard since."""
    now_s = hull.last.time_s
    there = [
        distance_m(h.last, hull.last)
        for h in hulls
        if h is not hull
        and min(h.count, hull.count) > 1
        and abs(now_s - h.last.time_s) <= ONCE_S
        and h.last.time_s > hull.since_s
    ]
    return min(there, default=math.nan)


def distance_m(a: Fix, b: Fix) -> float:
    """Great-circle distance of two fixes."""
    return float(great_circle_m(a.lon, a.lat, b.lon, b.lat))


def great_circle_m(
    lon: Floats | float, lat: Floats | float, lon2: Floats | float, lat2: Floats | float
) -> Floats:
    """Haversine distances of positions in degrees, right to 0.5 %."""
    p, p2 = np.radians(lat), np.radians(lat2)
    half = np.sin((p2 - p) / 2) ** 2
    half = half + np.cos(p) * np.cos(p2) * np.sin(np.radians(np.subtract(lon2, lon)) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def infeasible(a: Fix, b: Fix, aircraft: bool) -> bool:
    """Whether no one hull can have been at both fixes."""
    return bool(_infeasible(np.array([a]), np.array([b]), np.array([aircraft]))[0])


def _infeasible(a: Floats, b: Floats, aircraft: NDArray[np.bool_]) -> NDArray[np.bool_]:
    way_m = great_circle_m(a[:, 1], a[:, 2], b[:, 1], b[:, 2])
    way_m = way_m - COARSE_M * np.maximum(a[:, 5], b[:, 5])
    # Stamps are whole seconds in most logs: two in one second may lie one apart.
    seconds = np.maximum(np.abs(b[:, 0] - a[:, 0]), 1.0)
    return (way_m > JUMP_M) & (way_m > np.where(aircraft, AIRCRAFT_MPS, JUMP_MPS) * seconds)
