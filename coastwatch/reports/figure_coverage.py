"""Where each radar saw, azimuth by azimuth, and where AIS was received: a panel each."""

from __future__ import annotations

import numpy as np
import shapely

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.reports.coverage import Heard, RadarCover
from coastwatch.reports.edition import Edition, cell, figure, row, table
from coastwatch.reports.svg import (
    CIVIDIS,
    DARK,
    INK,
    LAND,
    NAVY,
    PAPER,
    RULE,
    SEA,
    SHORE,
    SOFT,
    Frame,
    hatch,
    path,
    rect,
    svg,
    text,
)
from coastwatch.reports.text import escape

SHARES = (0.8, 0.6, 0.4, 0.2, 0.0)  # lower ends of the classes; darker is more
COLOURS = (CIVIDIS[9], CIVIDIS[7], CIVIDIS[5], CIVIDIS[3], CIVIDIS[0])
COMPASS = {
    "en": ("N", "NE", "E", "SE", "S", "SW", "W", "NW"),
    "fr": ("N", "NE", "E", "SE", "S", "SO", "O", "NO"),
}
LEAST_LOOKS = 5  # what the public may see; of AIS reports, what says anything
RADARS_SHOWN = 4
ARC_DEG = 2.5
PLACE = tuple[float, float]


def coverage_figure(e: Edition) -> str:
    """A panel a radar and one of AIS, with the table behind them; "" where no run tells."""
    told = e.week.coverage
    radars = list(told.radars.items())[:RADARS_SHOWN]
    many = len(radars) + (told.ais is not None)
    if not many:
        return f"<p>{e.say('no_coverage')}</p>"
    wide = min(58.0, (180.0 - 3.0 * (many - 1)) / many)
    parts = [
        f'<g transform="translate({k * (wide + 3):.2f} 0)">{_radar(e, name, cover, wide, k)}</g>'
        for k, (name, cover) in enumerate(radars)
    ]
    if told.ais is not None:
        x = len(radars) * (wide + 3)
        parts.append(f'<g transform="translate({x:.2f} 0)">{_ais(e, told.ais, wide)}</g>')
    high = wide + 7.0
    drawn = svg(180.0, high + 6, e.plain("coverage_alt"), "".join(parts) + _key(e, high))
    behind = _table(e, radars) if radars else ""
    return figure(drawn, e.say("coverage_caption"), behind, e.say("table_behind"))


def reach(cover: RadarCover, place: PLACE, m_per_mm: float) -> shapely.Geometry:
    """On a drawing: the cells in which a radar at ``place`` is promised to see."""
    azimuths, rings = cover.looks.shape
    found = []
    for a in range(azimuths):
        promised = cover.promised[a] > 0
        edges = np.flatnonzero(np.diff(np.concatenate([[0], promised.astype(int), [0]])))
        for low, high in zip(edges[::2], edges[1::2], strict=True):
            ring = _sector(cover, place, m_per_mm, a, low / rings, high / rings)
            found.append(shapely.Polygon(np.column_stack(ring)))
    # A hair wider, so that no line is left between neighbours.
    return shapely.union_all([shapely.buffer(one, 0.02) for one in found])


def _radar(e: Edition, name: str, cover: RadarCover, wide: float, number: int) -> str:
    place = _place(e, cover)
    window = (place[0] - cover.range_m, place[1] - cover.range_m,
              place[0] + cover.range_m, place[1] + cover.range_m)  # fmt: skip
    frame = Frame(Plane(e.week.origin), window, wide, wide)
    middle, unit = (wide / 2, wide / 2), frame.m_per_mm
    round_ = f'cx="{wide / 2:.2f}" cy="{wide / 2:.2f}" r="{wide / 2:.2f}"'
    parts = [
        f'<clipPath id="reach-{number}"><circle {round_}/></clipPath>'
        f'<g clip-path="url(#reach-{number})">',
        rect(0, 0, wide, wide, SEA),
        _cells(e, cover, middle, unit),
        f'<path d="{frame.land()}" fill="{LAND}" stroke="{SHORE}" stroke-width="0.12"/></g>',
        f'<circle {round_} fill="none" stroke="{RULE}" stroke-width="0.3"/>',
        f'<circle cx="{wide / 2:.2f}" cy="{wide / 2:.2f}" r="{wide / 4:.2f}" fill="none" '
        f'stroke="{PAPER}" stroke-width="0.25" stroke-dasharray="0.8 0.8"/>',
        f'<path d="M{wide / 2 - 0.9:.2f} {wide / 2 - 0.9:.2f}h1.8v1.8h-1.8Z" fill="{NAVY}" '
        f'stroke="{PAPER}" stroke-width="0.3"/>',
    ]
    miles = f"{e.number(cover.range_m / 1852, 0)} NM"
    parts.append(text(wide - 0.5, wide - 0.6, miles, 2.3, "end", SOFT))
    north = text(wide / 2, 2.9, "N", 2.3, "middle", INK, "bold")
    share = cover.measured
    said = "" if share is None else e.plain("coverage_measured", share=e.percent(share))
    title = text(0, 3.0, f"{e.plain('kind_radar')} {name}"[:26], 2.8, weight="bold")
    return (
        title
        + f'<g transform="translate(0 4.5)">{"".join(parts)}{north}</g>'
        + text(0, wide + 7.2, said, 2.3, fill=SOFT)
    )


def _cells(e: Edition, cover: RadarCover, middle: PLACE, unit: float) -> str:
    """Each colour's cells as one path; what is promised and was not measured is hatched."""
    rings = cover.looks.shape[1]
    seen = cover.seen
    if e.public:
        seen = np.where(cover.looks < LEAST_LOOKS, np.nan, seen)
    data = dict.fromkeys(COLOURS, "")
    empty = []
    for a, r in np.ndindex(cover.looks.shape):
        ring = _sector(cover, middle, unit, a, r / rings, (r + 1) / rings)
        if np.isfinite(seen[a, r]):
            data[_colour(float(seen[a, r]))] += path(*ring) + "Z"
        elif cover.promised[a, r] > 0:
            empty.append(shapely.Polygon(np.column_stack(ring)))
    drawn = [
        f'<path d="{one}" fill="{colour}" stroke="{SEA}" stroke-width="0.1"/>'
        for colour, one in data.items()
        if one
    ]
    return "".join(drawn) + _hatched(empty, 2 * middle[0])


def _hatched(areas: list[shapely.Polygon], wide: float, step: float = 1.3) -> str:
    if not areas:
        return ""
    rays = shapely.linestrings([[(k, 0), (k - wide, wide)] for k in np.arange(0, 2 * wide, step)])
    cut = shapely.intersection(rays, shapely.union_all(areas))
    lines = [p for g in cut for p in getattr(g, "geoms", [g]) if p.geom_type == "LineString"]
    data = "".join(path(*np.asarray(p.coords).T) for p in lines if not p.is_empty)
    return f'<path d="{data}" fill="none" stroke="{DARK}" stroke-width="0.18"/>'


def _sector(
    cover: RadarCover, middle: PLACE, unit: float, a: int, near: float, far: float
) -> tuple[Floats, Floats]:
    """The outline of a cell on a drawing; ``near`` and ``far`` are shares of the range."""
    width = 360.0 / cover.looks.shape[0]
    turn = np.radians(np.linspace(a * width, (a + 1) * width, max(2, round(width / ARC_DEG) + 1)))
    angle = np.concatenate([turn, turn[::-1]])
    radius = np.repeat([far, near], len(turn)) * cover.range_m / unit
    return middle[0] + radius * np.sin(angle), middle[1] - radius * np.cos(angle)


def _ais(e: Edition, books: Heard, wide: float) -> str:
    plane = Plane(e.week.origin)
    x, y = plane.to_xy(books.lon, books.lat)
    half = books.side_m / 2
    west, south, east, north = (float(v) for v in (x.min(), y.min(), x.max(), y.max()))
    frame = Frame(plane, (west - half, south - half, east + half, north + half), wide, wide)
    u, v = frame.at(x, y)
    side = books.side_m / frame.m_per_mm
    parts = [rect(0, 0, wide, wide, SEA)]
    for a, b, due, got in zip(u, v, books.due, books.heard, strict=True):
        if due >= LEAST_LOOKS:
            share = min(got / due, 1.0)
            parts.append(rect(a - side / 2, b - side / 2, side, side, _colour(share)))
    parts.append(f'<path d="{frame.land()}" fill="none" stroke="{SHORE}" stroke-width="0.2"/>')
    parts.append(
        f'<rect width="{wide:.2f}" height="{wide:.2f}" fill="none" stroke="{RULE}" '
        'stroke-width="0.3"/>'
    )
    title = text(0, 3.0, e.plain("coverage_ais"), 2.8, weight="bold")
    got = float(books.heard.sum() / books.due.sum()) if books.due.sum() > 0 else 0.0
    said = e.plain("coverage_received", share=e.percent(min(got, 1.0)))
    return (
        title
        + f'<g transform="translate(0 4.5)">{"".join(parts)}</g>'
        + text(0, wide + 7.2, said, 2.3, fill=SOFT)
    )


def _colour(share: float) -> str:
    return COLOURS[next(k for k, low in enumerate(SHARES) if share >= low)]


def _key(e: Edition, y: float) -> str:
    parts = []
    lows = (*SHARES, None)
    for k, low in enumerate(lows):
        x = 30.0 * k
        if low is None:
            parts.append(
                hatch(x, y + 2.6, 6, 2.8) + text(x + 7.4, y + 4.9, e.plain("unmeasured"), 2.4)
            )
            continue
        high = e.percent(1.0 if k == 0 else SHARES[k - 1])
        said = f"{e.number(100 * low, 0)}–{high}"
        parts.append(rect(x, y + 2.6, 6, 2.8, COLOURS[k]) + text(x + 7.4, y + 4.9, said, 2.4))
    return "".join(parts)


def _table(e: Edition, radars: list[tuple[str, RadarCover]]) -> str:
    """The share seen by the eight points of the compass."""
    rows = []
    for name, cover in radars:
        azimuths = cover.looks.shape[0]
        middle = (np.arange(azimuths) + 0.5) * 360 / azimuths
        point = ((middle + 22.5) % 360 // 45).astype(int)
        cells = []
        for k in range(8):
            looks, hits = (int(grid[point == k].sum()) for grid in (cover.looks, cover.hits))
            promised = bool((cover.promised[point == k] > 0).any())
            none = looks < (LEAST_LOOKS if e.public else 1)
            unseen = e.say("unmeasured") if promised else e.say("not_promised")
            cells.append(cell(unseen if none else e.percent((hits + 0.5) / (looks + 1.0))))
        rows.append(row(escape(name), cells))
    head = [e.say("sensor"), *(f">{point}" for point in COMPASS[e.lang])]
    return table("coverage", head, rows, e.say("coverage_caption"), hidden=True, kind="small")


def _place(e: Edition, cover: RadarCover) -> PLACE:
    x, y = Plane(e.week.origin).to_xy(np.array([cover.lon]), np.array([cover.lat]))
    return float(x[0]), float(y[0])
