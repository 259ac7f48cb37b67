"""What can be wrong with one ring: which way it winds, where it touches and crosses itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LinearRing, Point
from shapely.strtree import STRtree

from coastwatch.model import Floats, Ints
from coastwatch.watch.fault import NOTE, At, Fault

VERTICES_MAX = 50_000
TOLD_MAX = 20  # crossings and touches of one ring, each


def unwrapped(xy: Floats) -> Floats:
    """Positions with longitudes that count on over the antimeridian, from where they begin."""
    out = np.array(xy, dtype=np.float64)
    step = np.diff(out[:, 0])
    out[1:, 0] -= 360.0 * np.cumsum((step > 180).astype(int) - (step < -180))
    return out


def around(xy: Floats) -> bool:
    """Whether an unwrapped ring ends a turn of the earth from where it began."""
    return bool(abs(xy[0, 0] - xy[-1, 0]) > 180)


def turned(xy: Floats, turn: int, at: At) -> Iterator[Fault]:
    """A note where a ring winds the wrong way: ``turn`` 1 a shell, -1 a hole."""
    x, y = (xy - xy[0]).T
    if turn * float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) < 0:
        way = "clockwise, as a hole does" if turn > 0 else "counter-clockwise, as a shell does"
        yield at.fault(f"winds {way}", "turned here; RFC 7946 has it the other way", NOTE)


def repeated(xy: Floats, at: At) -> Iterator[Fault]:
    """Vertices where the ring has been before, other than the one before and the end."""
    seen: dict[tuple[float, float], int] = {}
    told = 0
    for i, place in enumerate(map(tuple, xy[:-1].tolist())):
        first = seen.setdefault(place, i)
        if first != i and (xy[i - 1] != xy[i]).any() and not _joined(xy, first, i):
            told += 1
            if told > TOLD_MAX:
                yield at.fault("more vertices stand where others do", "remove them")
                return
            what = f"the same place as vertex {first}: the ring touches itself"
            yield at.within(f"vertex {i}:").fault(what, "remove one, or split the ring there")


def _joined(xy: Floats, first: int, i: int) -> bool:
    """Whether all vertices from ``i`` to the end are the first one again."""
    return first == 0 and bool((xy[i:] == xy[0]).all())


def crossings(xy: Floats, at: At) -> Iterator[Fault]:
    """Each place where a closed ring crosses or touches itself along its edges, up to a bound.

    That vertices stand in one place is told by ``repeated``.
    """
    keep = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
    place, xy = np.flatnonzero(keep), xy[keep]
    if len(xy) < 4 or LinearRing(xy).is_simple:
        return
    told = 0
    for fault in _meetings(xy, place, at):
        told += 1
        if told > TOLD_MAX:
            yield at.fault("crosses itself in more places", "reorder or remove vertices")
            return
        yield fault
    if not told and len(np.unique(xy[:-1], axis=0)) == len(xy) - 1:
        yield at.fault("touches itself", "remove the repeated part")


def _meetings(xy: Floats, place: Ints, at: At) -> Iterator[Fault]:
    n = len(xy) - 1
    edges = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    tree = STRtree(edges)
    step = np.diff(xy, axis=0)
    after = np.roll(step, -1, axis=0)
    flat = step[:, 0] * after[:, 1] - step[:, 1] * after[:, 0] == 0
    back = flat & ((step * after).sum(axis=1) < 0)
    # One edge at a time: all pairs of a star of 50,000 edges would fill the memory.
    for i in range(n):
        if back[i]:
            what = f"turns back on itself at [{xy[i + 1, 0]:.6f}, {xy[i + 1, 1]:.6f}]"
            yield at.within(f"vertex {place[i + 1]}:").fault(what, "remove it")
        found = tree.query(edges[i], predicate="intersects")
        for j in np.sort(found[found > i + 1]).tolist():
            if i == 0 and j == n - 1:
                continue
            shared = edges[i].intersection(edges[j])
            if _corner(shared, xy, i, j):
                continue
            point = shared if isinstance(shared, Point) else shared.representative_point()
            what = f"crosses itself at [{_out(point.x):.6f}, {point.y:.6f}], where the edge from "
            yield at.within(f"vertex {place[i]}:").fault(
                f"{what}vertex {place[j]} is", "reorder or remove vertices"
            )


def _corner(shared: object, xy: Floats, i: int, j: int) -> bool:
    """Whether two edges only meet where both have a vertex."""
    if not isinstance(shared, Point):
        return False
    here = (shared.x, shared.y)
    ends = [[tuple(p) for p in xy[k : k + 2].tolist()] for k in (i, j)]
    return here in ends[0] and here in ends[1]


def _out(lon: float) -> float:
    """A longitude that counted on, as it is written."""
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180
