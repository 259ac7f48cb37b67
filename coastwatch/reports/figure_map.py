"""Maps: the week's ways and alerts, the density in hexagons, and where no sensor looked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.reports.figure_coverage import reach
from coastwatch.reports.scale import Scale
from coastwatch.reports.svg import (
    AIS,
    DARK,
    INK,
    LAND,
    NAVY,
    PAPER,
    RADAR,
    RULE,
    SEA,
    SHORE,
    SMALL,
    SOFT,
    Frame,
    area,
    line,
    path,
    rect,
    text,
)
from coastwatch.reports.week import Week
from coastwatch.rule_names import SMALL_RULE

ZONES = {
    "tss-lane": ('fill="#e4edf7" stroke="#8aa4c4"', 0.15),
    "separation-zone": ('fill="#d6c6e2" stroke="#94799f"', 0.15),
    "inshore-zone": ('fill="none" stroke="#9fb3a8" stroke-dasharray="1.2 0.8"', 0.15),
    "exclusion": ('fill="none" stroke="#a8442a" stroke-dasharray="0.6 0.6"', 0.3),
    "port-limits": ('fill="none" stroke="#8d8471" stroke-dasharray="0.5 0.5"', 0.2),
    "line": ('fill="none" stroke="#5d6b78" stroke-dasharray="2 0.8 0.4 0.8"', 0.2),
}
# By dash and by weight first, by colour second: the lines differ in grey print, too.
WAYS = {"ais": (AIS, 0.14, 0.30), "radar": (RADAR, 0.22, 0.9), "small": (SMALL, 0.75, 0.95)}
SEEING = ("radar", "camera")  # kinds that see a craft without AIS
MARKS = {"caution": 0.8, "warning": 1.3, "alarm": 1.8, "emergency": 2.3}


def window_of(week: Week) -> tuple[float, float, float, float]:
    """What the maps show, in the plane (m): where nearly all time was spent, and the sensors."""
    plane = Plane(week.origin)
    x, y = _centres(week)
    weight = week.cells.hours
    if not len(x):
        return (-40_000.0, -35_000.0, 40_000.0, 35_000.0)
    edges = [_quantile(v, weight, s) for v in (x, y) for s in (0.004, 0.996)]
    sx, sy = plane.to_xy(*np.array([s[2] for s in week.sensors] or [week.origin], float).T)
    near = [(a, b) for a, b in zip(sx, sy, strict=True) if math.hypot(a, b) < 200_000]
    xs, ys = (
        [edges[0], edges[1], *(a for a, _ in near)],
        [edges[2], edges[3], *(b for _, b in near)],
    )
    pad = 3_000.0
    return (min(xs) - pad, min(ys) - pad, max(xs) + pad, max(ys) + pad)


def ground(
    week: Week, frame: Frame, zones: bool = True, name: str = "", small: bool = False
) -> str:
    """Sea, land, zones and the hatching of what no sensor covers.

    A craft without AIS is only seen by radar: with ``small`` what no radar covers is hatched as
    well; where zones are drawn it is lined wide apart and the other way.
    """
    land = frame.land()
    parts = [rect(0, 0, frame.width, frame.height, SEA)]
    parts += _zones(week, frame) if zones else []
    dark = unseen(week, frame, SEEING if small else ())
    if zones:
        parts.append(hatched(frame, unseen(week, frame, SEEING).difference(dark), 4.5, -1))
    parts.append(hatched(frame, dark))
    named = f' id="{name}"' if name else ""
    parts.append(f'<path{named} d="{land}" fill="{LAND}" stroke="{SHORE}" stroke-width="0.12"/>')
    return "".join(parts)


def covered(week: Week, frame: Frame, kinds: Sequence[str] = ()) -> BaseGeometry:
    """What some sensor of the site reaches, on the drawing; of some kinds only, where given.

    A radar reaches the cells that its coverage promises (not behind land), else its range.
    """
    found = []
    for name, kind, place, range_m in week.sensors:
        if kinds and kind not in kinds:
            continue
        x, y = (float(v[0]) for v in frame.of(np.array([place[0]]), np.array([place[1]])))
        cover = week.coverage.radars.get(name)
        if cover is not None and (cover.lon, cover.lat, cover.range_m) == (*place, range_m):
            found.append(reach(cover, (x, y), frame.m_per_mm))
        else:
            found.append(shapely.Point(x, y).buffer(range_m / frame.m_per_mm))
    return shapely.union_all(found)


def unseen(week: Week, frame: Frame, kinds: Sequence[str] = ()) -> BaseGeometry:
    """What no sensor (of some kinds, where given) reaches; all where nothing watched."""
    whole = shapely.box(0, 0, frame.width, frame.height)
    return whole if week.watched.hours == 0 else whole.difference(covered(week, frame, kinds))


def hatched(frame: Frame, dark: BaseGeometry, step: float = 2.0, lean: int = 1) -> str:
    """Diagonal lines over a part of a drawing."""
    if dark.is_empty:
        return ""
    far = frame.width + frame.height
    low, high = (0.0, far) if lean > 0 else (-frame.height, frame.width)
    rays = shapely.linestrings(
        [[(k, 0), (k - lean * frame.height, frame.height)] for k in np.arange(low, high, step)]
    )
    cut = shapely.intersection(rays, dark)
    lines = [p for g in cut for p in getattr(g, "geoms", [g]) if p.geom_type == "LineString"]
    data = "".join(path(*np.asarray(p.coords).T) for p in lines if not p.is_empty)
    return f'<path d="{data}" fill="none" stroke="{DARK}" stroke-width="0.12" opacity="0.75"/>'


def _zones(week: Week, frame: Frame) -> list[str]:
    drawn = []
    order = list(ZONES)
    for feature in week.zones.get("features", []):
        kind = feature["properties"].get("kind")
        if kind not in ZONES or feature["properties"]["id"].endswith("300m"):
            continue
        try:
            found = shape(feature["geometry"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue

        def placed(points: np.ndarray) -> np.ndarray:
            return np.column_stack(frame.of(points[:, 0], points[:, 1]))

        flat = shapely.transform(shapely.force_2d(found), placed).simplify(0.08)
        flat = shapely.clip_by_rect(flat, -1, -1, frame.width + 1, frame.height + 1)
        style, thick = ZONES[kind]
        data = area(flat) or "".join(
            path(*np.asarray(p.coords).T)
            for p in getattr(flat, "geoms", [flat])
            if p.geom_type == "LineString" and len(p.coords)
        )
        if data:
            drawn.append((order.index(kind), f'<path d="{data}" {style} stroke-width="{thick}"/>'))
    return [one for _, one in sorted(drawn, key=lambda item: item[0])]


def ways(week: Week, frame: Frame) -> str:
    """Every way, tapered: thin where it begins, so that it tells its direction."""
    parts = []
    for what in ("ais", "radar", "small"):
        colour, thick, opacity = WAYS[what]
        chosen = [one for one in week.lines if one.what == what and len(one.lon) > 1]
        if what == "small":
            halo = "".join(path(*frame.of(one.lon, one.lat)) for one in chosen)
            parts.append(
                f'<path d="{halo}" fill="none" stroke="{PAPER}" stroke-width="1.3" '
                'opacity="0.75" stroke-linecap="round"/>'
            )
        for share, low, high in ((0.35, 0.0, 0.34), (0.65, 0.33, 0.67), (1.0, 0.66, 1.0)):
            data = "".join(_piece(frame, one.lon, one.lat, low, high) for one in chosen)
            parts.append(
                f'<path d="{data}" fill="none" stroke="{colour}" stroke-linecap="round" '
                f'stroke-width="{thick * share:.2f}" opacity="{opacity}"/>'
            )
    return "".join(parts)


def _piece(frame: Frame, lon: Floats, lat: Floats, low: float, high: float) -> str:
    first, last = math.floor(low * (len(lon) - 1)), math.ceil(high * (len(lon) - 1))
    x, y = frame.of(lon[first : last + 1], lat[first : last + 1])
    flat = np.column_stack([x, y])
    if len(flat) > 2:
        flat = np.asarray(shapely.LineString(flat).simplify(0.06).coords)
    inside = (flat.max(axis=0) > -5).all() and (flat.min(axis=0) < 400).all()
    return path(*flat.T) if len(flat) > 1 and inside and np.isfinite(flat).all() else ""


def alert_marks(week: Week, frame: Frame) -> str:
    """Diamonds, larger by priority; those of small craft filled."""
    parts = []
    for alert in sorted(week.alerts, key=lambda a: MARKS.get(a["severity"], 1.0)):
        lon, lat = alert.get("lon"), alert.get("lat")
        if not isinstance(lon, int | float) or not isinstance(lat, int | float):
            continue
        if alert["rule"].startswith("sensor"):
            continue
        (x,), (y,) = frame.of(np.array([float(lon)]), np.array([float(lat)]))
        if not (0 <= x <= frame.width and 0 <= y <= frame.height):
            continue
        parts.append(diamond(x, y, MARKS.get(alert["severity"], 1.0), alert["rule"] == SMALL_RULE))
    return "".join(parts)


def diamond(x: float, y: float, size: float, small: bool) -> str:
    fill, stroke = (SMALL, PAPER) if small else (PAPER, INK)
    return (
        f'<path d="M{x:.2f} {y - size:.2f}l{size:g} {size:g}l{-size:g} {size:g}'
        f'l{-size:g} {-size:g}Z" fill="{fill}" stroke="{stroke}" stroke-width="0.28"/>'
    )


def sensors(week: Week, frame: Frame) -> str:
    """A square for a radar, a triangle for an AIS station, with its name."""
    parts = []
    named: set[tuple[float, float]] = set()
    for name, kind, place, _ in week.sensors:
        (x,), (y,) = frame.of(np.array([place[0]]), np.array([place[1]]))
        shape_ = (
            f"M{x - 1:.2f} {y - 1:.2f}h2v2h-2Z"
            if kind == "radar"
            else (f"M{x:.2f} {y - 1.6:.2f}l1.5 2.6h-3Z")
        )
        parts.append(f'<path d="{shape_}" fill="{NAVY}" stroke="{PAPER}" stroke-width="0.25"/>')
        if place not in named:
            left = x > frame.width / 2
            parts.append(
                text(
                    x + (2.2 if left else -2.2),
                    y + 0.9,
                    name,
                    2.3,
                    "start" if left else "end",
                    NAVY,
                    "bold",
                )
            )
        named.add(place)
    return "".join(parts)


def scale_bar(week: Week, frame: Frame, words: str = "10 NM", metres: float = 18_520.0) -> str:
    """A bar, where no sensor stands."""
    places = np.array([s[2] for s in week.sensors] or [week.origin], float).T
    off = list(zip(*(v.tolist() for v in frame.of(*places)), strict=True))
    wide = metres / frame.m_per_mm
    x, y = frame.width - wide - 6, frame.height - 4
    if any(x - 16 < a < x + wide + 6 and b > y - 8 for a, b in off):
        x = 6.0  # a sensor stands there
    return (
        rect(x - 3, y - 5, wide + 7, 7.5, PAPER)
        + line(x, y, x + wide, y, INK, 0.5)
        + line(x, y - 1, x, y + 0.25, INK, 0.3)
        + line(x + wide, y - 1, x + wide, y + 0.25, INK, 0.3)
        + text(x + wide / 2, y - 1.4, words, 2.4, "middle")
    )


def edge(frame: Frame) -> str:
    return (
        f'<rect width="{frame.width:g}" height="{frame.height:g}" fill="none" '
        f'stroke="{RULE}" stroke-width="0.3"/>'
    )


def cells_of(week: Week, pick: np.ndarray) -> tuple[Floats, Floats, Floats]:
    """Hexagons q, r and their vessel-hours, over the rows picked."""
    c = week.cells
    if not pick.any():
        return np.empty(0), np.empty(0), np.empty(0)
    pairs, place = np.unique(np.column_stack([c.q[pick], c.r[pick]]), axis=0, return_inverse=True)
    hours: Floats = np.bincount(place.ravel(), weights=c.hours[pick]).astype(float)
    return pairs[:, 0].astype(float), pairs[:, 1].astype(float), hours


def hexes(frame: Frame, q: Floats, r: Floats, hours: Floats, scale: Scale, size_m: float) -> str:
    """Hexagons by the step of their colour, one path a colour."""
    if not len(q):
        return ""
    step = scale.step(hours)
    paths = frame.hexagons(q, r, size_m)
    x, y = frame.at(*_places(q, r, size_m))
    shown = (x > -3) & (x < frame.width + 3) & (y > -3) & (y < frame.height + 3)
    drawn = []
    for k, colour in enumerate(scale.colours):
        data = "".join(paths[i] for i in np.flatnonzero((step == k) & shown))
        if data:
            drawn.append(f'<path d="{data}" fill="{colour}"/>')
    return "".join(drawn)


def _places(q: Floats, r: Floats, size_m: float) -> tuple[Floats, Floats]:
    from coastwatch.geo.hexagons import centre_of

    return centre_of(q, r, size_m)


def _centres(week: Week) -> tuple[Floats, Floats]:
    return _places(week.cells.q.astype(float), week.cells.r.astype(float), week.cells.size_m)


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    if not len(total) or total[-1] <= 0:
        return float(values.min() if share < 0.5 else values.max())
    at = min(int(np.searchsorted(total, share * total[-1])), len(order) - 1)
    return float(values[order[at]])


def legend_steps(x: float, y: float, width: float, scale: Scale, labels: Sequence[str]) -> str:
    """The scale's colours with the number at each edge."""
    step = width / len(scale.colours)
    parts = [rect(x + k * step, y, step, 2.6, c) for k, c in enumerate(scale.colours)]
    parts += [
        text(x + k * step, y + 5.4, said, 2.2, "middle", SOFT) for k, said in enumerate(labels)
    ]
    return "".join(parts)
