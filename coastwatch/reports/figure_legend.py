"""The legend of the map of the week, in three columns."""

from __future__ import annotations

from coastwatch.reports import figure_map as maps
from coastwatch.reports.edition import Edition
from coastwatch.reports.svg import AIS, DARK, PAPER, RADAR, SMALL, hatch, line, rect, text

COLUMN, ROW = 60.0, 5.2
ZONES = (("tss-lane", "zone_lane"), ("separation-zone", "zone_separation"),
         ("inshore-zone", "zone_inshore"))  # fmt: skip


def legend(e: Edition) -> tuple[str, float]:
    """The drawing, and how high it is; in public without what is of single craft."""
    marks = [] if e.public else [
        (_taper(AIS), "ais"), (_taper(RADAR), "radar"), (line(0, 1.5, 9, 1.5, SMALL, 1.0), "small"),
        (maps.diamond(4, 1.5, 1.7, True), "mark_small"),
        (maps.diamond(4, 1.5, 1.7, False), "mark_other"),
    ]  # fmt: skip
    marks.append((hatch(0, 0, 9, 3), "unseen"))
    for kind, said in ZONES:
        style, _ = maps.ZONES[kind]
        marks.append((f'<rect width="9" height="3" {style} stroke-width="0.25"/>', said))
    lines = line(1.5, 0, 4.5, 3, DARK, 0.15) + line(5.5, 0, 8.5, 3, DARK, 0.15)
    marks.append((rect(0, 0, 9, 3, PAPER) + lines, "unseen_small"))
    drawn = [
        f'<g transform="translate({k % 3 * COLUMN:g} {k // 3 * ROW:g})">{mark}'
        f"{text(11, 2.4, e.plain(said), 2.6)}</g>"
        for k, (mark, said) in enumerate(marks)
    ]
    return "".join(drawn), (len(marks) + 2) // 3 * ROW


def _taper(colour: str) -> str:
    return f'<path d="M0 1.9L9 0.9L9 1.9L0 2Z" fill="{colour}"/>'
