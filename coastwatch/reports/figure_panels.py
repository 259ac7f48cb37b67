"""Small multiples: the density day by day, and by the hours of the day."""

from __future__ import annotations

import numpy as np

from coastwatch.geo.plane import Plane
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
                      three == h // HOURS) for h in range(0, 24, HOURS)]  # fmt: skip
    if len(days) <= 8:
        return [panel(e.day(d), c.day == k, watched.place == k) for k, d in enumerate(days)]
    weekday = np.array([d.weekday() for d in days])
    of_hour = weekday[watched.place]
    return [panel(DAYS[e.lang][n], weekday[c.day] == n, of_hour == n) for n in range(7)]


def panels(e: Edition, kinds: Kinds, window: tuple[float, float, float, float], by: str) -> str:
    """Two rows of small maps: all traffic above, small craft below; one scale a row."""
    found = bins(e, by)
    label = 0.0
    gap = 1.6
    width = (180.0 - label - gap * (len(found) - 1)) / len(found)
    height = width * (window[3] - window[1]) / (window[2] - window[0])
    height = min(max(height, 0.6 * width), 0.92 * width)
    frame = Frame(Plane(e.week.origin), window, width, height)
    land = frame.land()
    name = f"land-{by}"
    body = [f'<defs><path id="{name}" d="{land}" fill="{LAND}" stroke="{SHORE}" '
            f'stroke-width="0.06"/><clipPath id="clip-{by}"><rect width="{width:.2f}" '
            f'height="{height:.2f}"/></clipPath></defs>']  # fmt: skip
    y = 3.6
    for k, (said, _, _) in enumerate(found):
        body.append(text(k * (width + gap) + width / 2, 2.4, said, 2.5, "middle", INK, "bold"))
    for kind, pick in kinds:
        sums = [maps.cells_of(e.week, pick & rows) for _, rows, _ in found]
        scale = scale_to(max((float(h.max()) for _, _, h in sums if len(h)), default=1.0))
        for k, ((_, _, dark), (q, r, hours)) in enumerate(zip(found, sums, strict=True)):
            x = k * (width + gap)
            drawn = hatch(0, 0, width, height, 1.4) if dark else (
                rect(0, 0, width, height, SEA)
                + f'<use href="#{name}" xlink:href="#{name}"/>'
                + maps.hexes(frame, q, r, hours, scale, e.week.cells.size_m))  # fmt: skip
            border = rect(0, 0, width, height, "none", RULE, 0.2)
            body.append(f'<g transform="translate({x:.2f} {y:.2f})"><g clip-path="url(#clip-{by})">'
                        f"{drawn}</g>{border}</g>")  # fmt: skip
            total = float(hours.sum())
            said = e.plain(dark) if dark else f"{e.number(total, 0)} h"
            body.append(text(x + width / 2, y + height + 2.7, said, 2.2, "middle", SOFT))
        first, last = scale.edges[0], scale.edges[-1]
        span = f"{e.plain(f'density_{kind}')} ({first:g}–{last:g} h)".replace(
            ".", "," if e.lang == "fr" else ".")  # fmt: skip
        body.append(text(0, y + height + 6.0, span, 2.3, fill=SOFT))
        step = 3.0
        for k, colour in enumerate(scale.colours):
            body.append(
                rect(180 - (len(scale.colours) - k) * step, y + height + 4.2, step, 2, colour)
            )
        y += height + 9.4
    drawn = svg(180.0, y - 2, e.plain(f"panels_{by}_alt"), "".join(body))
    return drawn.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)


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
