"""Small multiples: the density day by day, and by the hours of the day."""

from __future__ import annotations

import numpy as np

from coastwatch.geo.plane import Plane
from coastwatch.model import Floats
from coastwatch.reports import figure_map as maps
from coastwatch.reports.edition import Edition, cell, row, table
from coastwatch.reports.scale import scale_to
from coastwatch.reports.svg import (
    DARK,
    INK,
    LAND,
    PAPER,
    RULE,
    SEA,
    SHORE,
    SOFT,
    Frame,
    hatch,
    rect,
    svg,
    text,
)
from coastwatch.reports.words import DAYS

Kinds = list[tuple[str, np.ndarray]]
HOURS = 3  # a panel is three hours of the day
# In millimetres: between panels, a map of the whole, the widest panel, a colour of the scale.
GAP, HALF, WIDEST, STEP = 1.6, 88.0, 44.0, 3.0
DAYS_MOST = 8  # more are put together by the day of the week
BESIDE = 4  # so few panels stand side by side


def bins(e: Edition, by: str) -> list[tuple[str, np.ndarray, str]]:
    """Each panel's label, the rows of cells in it, and why nothing is known of it: no watch, or its
    positions are lost; empty where something is."""
    c, watched = e.week.cells, e.week.watched
    days = e.week.span.days
    lost = [k for k, d in enumerate(days) if d in e.week.missing]
    known = ~np.isin(watched.place, lost)

    def panel(said: str, rows: np.ndarray, hours: np.ndarray) -> tuple[str, np.ndarray, str]:
        if c.hours[rows].any() or (known & ~watched.dark)[hours].any():
            return said, rows, ""
        return said, rows, "not_watched_cell" if watched.dark[hours].all() else "lost_cell"

    if by == "hour":
        three = (watched.first.hour + np.arange(len(known))) % 24 // HOURS
        return [panel(f"{h:02d}–{h + HOURS:02d} h", c.hour // HOURS == h // HOURS,
                      three == h // HOURS)
                for h in range(0, 24, HOURS) if (three == h // HOURS).any()]  # fmt: skip
    if len(days) <= DAYS_MOST:
        return [panel(e.day(d), c.day == k, watched.place == k) for k, d in enumerate(days)]
    weekday = np.array([d.weekday() for d in days])
    of_hour = weekday[watched.place]
    return [panel(DAYS[e.lang][n], weekday[c.day] == n, of_hour == n) for n in range(7)]


def panels(e: Edition, kinds: Kinds, window: tuple[float, float, float, float], by: str) -> str:
    """Small maps: a row of all traffic above one of small craft; one scale a row.

    A few stand side by side, each row under its map of the whole: as wide as the paper they would
    be higher than it. No panel repeats a map of the whole: of a span of one, "".
    """
    found = bins(e, by)
    if len(found) < 2:
        return ""
    beside = len(found) <= BESIDE
    wide = HALF if beside else 180.0
    width = min((wide - GAP * (len(found) - 1)) / len(found), WIDEST)
    height = width * (window[3] - window[1]) / (window[2] - window[0])
    height = min(max(height, 0.6 * width), 0.92 * width)
    frame = Frame(Plane(e.week.origin), window, width, height)
    name = f"land-{by}"
    body = [f'<defs><path id="{name}" d="{frame.land()}" fill="{LAND}" stroke="{SHORE}" '
            f'stroke-width="0.06"/><clipPath id="clip-{by}"><rect width="{width:.2f}" '
            f'height="{height:.2f}"/></clipPath></defs>']  # fmt: skip
    step = height + 9.4
    for k, (kind, pick) in enumerate(kinds):
        x, y = ((180.0 - HALF) * k, 3.6) if beside else (0.0, 3.6 + step * k)
        drawn = _row(e, kind, [(dark, *maps.cells_of(e.week, pick & rows))
                               for _, rows, dark in found], frame, by)  # fmt: skip
        body.append(f'<g transform="translate({x:.2f} {y:.2f})">{drawn}</g>')
        if k == 0 or beside:
            body += [text(x + i * (width + GAP) + width / 2, 2.4, said, 2.5, "middle", INK, "bold")
                     for i, (said, _, _) in enumerate(found)]  # fmt: skip
    high = 3.6 + step * (1 if beside else len(kinds)) - 2
    drawn = svg(180.0, high, e.plain(f"panels_{by}_alt"), "".join(body))
    return drawn.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)


def _row(
    e: Edition, kind: str, found: list[tuple[str, Floats, Floats, Floats]], frame: Frame, by: str
) -> str:
    """A row's maps, the hours of each, and its scale; the top left is 0, 0."""
    width, height = frame.width, frame.height
    scale = scale_to(max((float(h.max()) for *_, h in found if len(h)), default=1.0))
    body = []
    for k, (dark, q, r, hours) in enumerate(found):
        x = k * (width + GAP)
        drawn = hatch(0, 0, width, height, 1.4) if dark else (
            rect(0, 0, width, height, SEA)
            + f'<use href="#land-{by}" xlink:href="#land-{by}"/>'
            + maps.hexes(frame, q, r, hours, scale, e.week.cells.size_m))  # fmt: skip
        border = rect(0, 0, width, height, "none", RULE, 0.2)
        body.append(f'<g transform="translate({x:.2f} 0)"><g clip-path="url(#clip-{by})">'
                    f"{drawn}</g>{border}</g>")  # fmt: skip
        said = e.plain(dark) if dark else f"{e.number(float(hours.sum()), 0)} h"
        body.append(text(x + width / 2, height + 2.7, said, 2.2, "middle", SOFT))
    first, last = scale.edges[0], scale.edges[-1]
    span = f"{e.plain(f'density_{kind}')} ({first:g}–{last:g} h)".replace(
        ".", "," if e.lang == "fr" else ".")  # fmt: skip
    body.append(text(0, height + 6.0, span, 2.3, fill=SOFT))
    right = len(found) * (width + GAP) - GAP
    for k, colour in enumerate(scale.colours):
        x = right - (len(scale.colours) - k) * STEP
        body.append(rect(x, height + 4.2, STEP, 2, colour))
    return "".join(body)


def panel_table(e: Edition, kinds: Kinds, by: str) -> str:
    """Vessel-hours of each panel; their sums are those of the whole."""
    c = e.week.cells
    rows = []
    for said, pick, dark in bins(e, by):
        cells = [cell(e.say(dark)) if dark else
                 cell(e.number(float(c.hours[pick & of].sum()), 1), None,
                      more=f' data-hours="{float(c.hours[pick & of].sum()):.6f}"')
                 for _, of in kinds]  # fmt: skip
        rows.append(row(said, cells))
    head = [
        e.say("day" if by == "day" else "hour"),
        *(f">{e.say(f'density_{k}')}" for k, _ in kinds),
    ]
    return table(f"density-{by}", head, rows, e.say(f"panels_{by}_alt"), hidden=True)


__all__ = ["DARK", "PAPER", "bins", "panel_table", "panels"]
