"""Crossings by zone, direction and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from coastwatch.reports.edition import Edition, cell, figure, row, section, table
from coastwatch.reports.page_map import zone_names
from coastwatch.reports.svg import CIVIDIS, NAVY, PAPER, RULE, SOFT, hatch, line, rect, svg, text
from coastwatch.reports.text import escape
from coastwatch.reports.veil import Shown

HOURS = range(24)
AGAIN = 48  # letters of a name that has been said in the line before
WAYS = ("entry", "exit", "crossing-left-to-right", "crossing-right-to-left")


def crossings_page(e: Edition) -> str:
    """A row a zone and direction; its hours beside it; and the hours of all."""
    w = e.week
    total = sum(w.crossings.values())
    if not total:
        none = e.none() if w.crossings_kept else f"<p>{e.say('no_crossing_log')}</p>"
        return section("crossings", e.say("crossings"), none, short=True)
    by_way: Counter[tuple[str, str]] = Counter()
    by_hour: Counter[int] = Counter()
    for (zone, what, hour), n in w.crossings.items():
        by_way[zone, what] += n
        by_hour[hour] += n
    lead = e.say("crossings_lead", n=e.count(e.alone(total)))
    parts = e.parted({h: by_hour.get(h, 0) for h in HOURS})
    behind = _hours_table(e, parts, e.alone(total))
    hours = figure(_hours(e, parts), e.say("crossings_hours"), behind, e.say("table_behind"))
    return section("crossings", e.say("crossings"), hours + _ways(e, by_way), lead)


def _dark(e: Edition, hour: int) -> bool:
    """Whether the hour of the day was watched on no day of the span."""
    w = e.week.watched
    return bool(w.dark[(w.first.hour + np.arange(len(w.share))) % 24 == hour].all())


def _hours(e: Edition, parts: Mapping[int, Shown] | None) -> str:
    known = parts or {}
    most = max((n for n in known.values() if isinstance(n, int)), default=0)
    step, high = 180.0 / 24, 22.0
    body = [line(0, high + 4, 180, high + 4, SOFT, 0.25)]
    for h in HOURS:
        x, n = h * step, known.get(h)
        if _dark(e, h) and not n:
            body.append(hatch(x + 0.8, 4, step - 1.6, high))
        elif isinstance(n, int):
            tall = high * n / max(most, 1)
            body.append(rect(x + 0.8, 4 + high - tall, step - 1.6, tall, NAVY))
            body.append(text(x + step / 2, 3.1 + high - tall, e.count(n), 2.2, "middle"))
        else:
            body.append(text(x + step / 2, high + 2.4, e.count(n), 2.2, "middle", SOFT))
        body.append(text(x + step / 2, high + 7.4, f"{h:02d}", 2.3, "middle", SOFT))
    return svg(180.0, high + 9, e.plain("crossings_alt"), "".join(body))


def _hours_table(e: Edition, parts: Mapping[int, Shown] | None, total: Shown) -> str:
    """What the figure shows; an hour not watched is not none."""
    rows = []
    for h in HOURS:
        n = parts[h] if parts else None
        dark = _dark(e, h) and not n
        told = cell(e.say("not_watched_cell")) if dark else cell(e.html(n), n)
        rows.append(row(f"{h:02d}", [told], str(h)))
    head = [e.say("hour"), f">{e.say('number')}"]
    last = row(e.say("total"), [cell(e.html(total), total)])
    return table("crossings-by-hour", head, rows, e.say("crossings_hours"), last, hidden=True)


def _ways(e: Edition, by_way: Counter[tuple[str, str]]) -> str:
    w = e.week
    names = zone_names(w)
    parts = e.parted(by_way)
    if parts is None:  # its rows alone would tell how many there are of at least one
        return f"<p>{e.say('withheld_whole')}</p>"
    total = e.alone(sum(by_way.values()))
    most = max(by_way.values())
    rows = []
    before = ""
    for (zone, what), _ in sorted(
        by_way.items(), key=lambda i: (-_zone_sum(by_way, i[0][0]), i[0])
    ):
        shown = parts[zone, what]
        cells = [
            f'<td class="w">{e.say(what) if what in WAYS else escape(what[:20])}</td>',
            cell(e.html(shown), shown),
            f'<td class="bar">{_bar(shown, most)}</td>',
        ]
        if not e.public:
            hours = [w.crossings.get((zone, what, h), 0) for h in HOURS]
            cells.append(f'<td class="strip">{_strip(e, hours, names.get(zone, zone))}</td>')
        name = escape(names.get(zone, zone))
        # Said once in full: the next line is of the same zone.
        again = f'<span class="again">{escape(names.get(zone, zone), AGAIN)}</span>'
        again = again if zone == before else name
        rows.append(row(again, cells, f"{zone}/{what}"))
        before = zone
    head = [e.say("zone"), e.say("direction"), f">{e.say('number')}", ""]
    head[3] = f'<span class="sr">{e.say("share")}</span>'
    if not e.public:
        head.append(e.say("by_hour_of_day"))
    blank = "<td></td>" * (1 if e.public else 2)
    foot = row(e.say("total"), ["<td></td>", cell(e.html(total), total), blank])
    return table("crossings", head, rows, e.say("crossings_caption"), foot, kind="crossings")


def _zone_sum(by_way: Counter[tuple[str, str]], zone: str) -> int:
    return sum(n for (z, _), n in by_way.items() if z == zone)


def _bar(n: Shown | None, most: int) -> str:
    share = n / most if isinstance(n, int) and most else 0.0
    return f'<div class="fill" style="width:{100 * share:.1f}%"></div>'


def _strip(e: Edition, hours: list[int], name: str) -> str:
    """24 cells, darker with more; a count of none stays white, paler than any in grey print."""
    most = max(hours) or 1
    body = []
    for h, n in enumerate(hours):
        k = round((len(CIVIDIS) - 1) * n / most)
        body.append(rect(h * 2, 0, 2.04 if h < 23 else 2, 3, CIVIDIS[k] if n else PAPER))
    body.append(rect(0, 0, 48, 3, "none", RULE, 0.15))
    told = e.plain("strip_alt", zone=name, hour=f"{hours.index(max(hours)):02d}", n=max(hours))
    return svg(48, 3, told, "".join(body), "inline")
