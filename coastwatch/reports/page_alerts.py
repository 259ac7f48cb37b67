"""Alerts by rule: how many, how soon raised and acknowledged, and how each was closed."""

from __future__ import annotations

from collections import Counter

from coastwatch.model import PRIORITIES
from coastwatch.reports.edition import Edition, cell, figure, row, section, table, tally
from coastwatch.reports.figure_days import day_counts
from coastwatch.reports.lives import ENDS, RuleLives, quantiles
from coastwatch.reports.svg import INK, PAPER, SOFT, line, rect, svg, text
from coastwatch.reports.text import escape
from coastwatch.reports.veil import LEAST
from coastwatch.shown import clipped

# By lightness, so that they part in grey print, too.
# Told apart in grey print, too: by lightness, and what the machine closed by its outline.
DAYS_MOST = 14  # more stand in columns of their own
COLOURS = {"rectified": "#c3d0dc", "person": "#2a6a9e", "machine": PAPER, "unseen": "#e0a03c",
           "open": "#8a1c4a"}  # fmt: skip


def alerts_page(e: Edition) -> str:
    """The figure, and the numbers under it."""
    w = e.week
    if not w.alerts:
        held = f"<p>{e.say('held_back', n=e.count(e.alone(w.held)))}</p>" if w.held else ""
        none = e.none() if w.alerts_kept else f"<p>{e.say('no_alert_log')}</p>"
        return section("alerts", e.say("alerts"), none + held, short=True)
    lives = list(w.lives.values())
    total = len(w.alerts)
    times = quantiles([s for one in lives for s in one.acknowledged_s])
    asked = sum(one.asked for one in lives)
    seen = sum(len(one.acknowledged_s) for one in lives)
    counted = e.count(e.alone(total))
    lead = e.say("alerts_count", n=counted)
    if not e.public:  # all less those that ask is a number of the table of priorities
        lead += " " + e.say("alerts_lead", asked=e.count(asked), seen=e.count(seen))
    if times and (not e.public or seen >= LEAST):
        lead += " " + e.say("ack_lead", median=e.span(times[0]), most=e.span(times[1]))
    body = (
        figure(_ends_figure(e, lives), e.say("ends_caption", as_of=e.as_of()))
        if not e.public
        else ""
    )
    body += _by_rule(e, lives) + _partitions(e, lives)
    if w.held:
        body += f"<p>{e.say('held_back', n=e.count(e.alone(w.held)))}</p>"
    return section("alerts", e.say("alerts"), body + _reasons(e, lives), lead)


def _ends_figure(e: Edition, lives: list[RuleLives]) -> str:
    """A bar a rule, parted by how its alerts ended."""
    most = max(one.raised for one in lives)
    left, wide = 46.0, 122.0
    body, x = [], left
    for end in ENDS:
        said = e.plain(f"end_{end}_short")
        body.append(_part(x, 0.4, 3, 2.6, end) + text(x + 4, 2.7, said, 2.4))
        x += 7.5 + 1.32 * len(said)
    y = 6.0
    for one in lives:
        body.append(text(left - 2, y + 3.0, clipped(e.rule(one.rule), 36), 2.5, "end"))
        x = left
        for end in ENDS:
            n = one.ends.get(end, 0)
            step = wide * n / most
            if n:
                body.append(_part(x, y, step, 4.2, end))
                if step > 4:
                    fill = PAPER if end in ("person", "open") else INK
                    body.append(text(x + step / 2, y + 3.0, str(n), 2.3, "middle", fill))
            x += step
        body.append(text(x + 1.4, y + 3.1, e.count(one.raised), 2.6, "start", INK, "bold"))
        y += 5.8
    body.append(line(left, 5.2, left, y - 0.8, SOFT, 0.25))
    return svg(180.0, y, e.plain("ends_alt"), "".join(body))


def _part(x: float, y: float, wide: float, high: float, end: str) -> str:
    part = rect(x, y, wide, high, COLOURS[end], PAPER, 0.25)
    if end == "machine":
        part += rect(x + 0.25, y + 0.25, wide - 0.5, high - 0.5, PAPER, SOFT, 0.25)
    return part


def _by_rule(e: Edition, lives: list[RuleLives]) -> str:
    parts = e.parted({one.rule: one.raised for one in lives})
    if parts is None:
        return f"<p>{e.say('withheld_whole')}</p>"
    rows = []
    for one in lives:
        shown = parts[one.rule]
        told = not e.public or isinstance(shown, int)
        cells = [cell(e.html(shown), shown), *_times(e, one.detected_s, one.raised, told)]
        if one.asked:
            cells += _times(e, one.acknowledged_s, one.asked, told)
        else:
            cells.append(f'<td class="n" colspan="2"><small>{e.say("not_asked")}</small></td>')
        if not e.public:
            cells += [cell(e.html(one.ends.get(end, 0)), one.ends.get(end, 0)) for end in ENDS]
        rows.append(row(escape(e.rule(one.rule)), cells, one.rule))
    total = e.alone(len(e.week.alerts))
    last = [cell(e.html(total), total), "<td></td>" * 4]
    head = [e.say("rule"), f">{e.say('number')}", f">{e.say('detected')}", f">{e.say('ninety')}",
            f">{e.say('acknowledged')}", f">{e.say('ninety')}"]  # fmt: skip
    if not e.public:
        sums = [sum(one.ends.get(end, 0) for one in lives) for end in ENDS]
        last += [cell(e.html(n), n) for n in sums]
        head += [f">{e.say(f'end_{end}_short')}" for end in ENDS]
    ended = table("alerts", head, rows, e.say("alerts_caption"), row(e.say("total"), last),
                 kind="small")  # fmt: skip
    # Too wide for a phone: there it scrolls, for the keyboard as well.
    label = e.say("ends_caption", as_of=e.as_of())
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">{ended}</div>'


def _times(e: Edition, values: list[float], of: int, told: bool) -> list[str]:
    """Median and 90 %; in public only from five on."""
    found = quantiles(values)
    if not values:
        return [f'<td class="n" colspan="2"><small>{e.say("not_told")}</small></td>']
    if not told or found is None or (e.public and min(len(values), of) < LEAST):
        return [cell("··"), cell("··")]
    return [cell(e.span(found[0])), cell(e.span(found[1]))]


def _partitions(e: Edition, lives: list[RuleLives]) -> str:
    """The same alerts by priority, by day and by their end: tables with one total.

    A rule's priority is known, so in public the table by priority would tell of rules.
    """
    w = e.week
    ends: Counter[str] = Counter()
    for one in lives:
        ends.update(one.ends)
    _, by_day = day_counts(e)
    severity = Counter(str(a["severity"]) for a in w.alerts)
    tables = [
        _partition(e, "alerts-by-priority", "priority", {p: severity.get(p, 0) for p in
                   (*PRIORITIES[::-1], *sorted(set(severity) - set(PRIORITIES)))},
                   {p: e.say(p) for p in PRIORITIES}),
        _partition(e, "alerts-by-end", "how_closed", {end: ends.get(end, 0) for end in ENDS},
                   {end: e.say(f"end_{end}") for end in ENDS}),
        _partition(e, "alerts-by-day", "day", {str(d): n for d, n in by_day.items()},
                   {str(d): e.day(d) for d in by_day}),
    ]  # fmt: skip
    tables = tables[1:] if e.public else tables
    days = "" if len(by_day) <= DAYS_MOST else f'<div class="threes">{tables.pop()}</div>'
    return '<div class="thirds">' + "".join(f"<div>{t}</div>" for t in tables) + f"</div>{days}"


def _partition(
    e: Edition, name: str, title: str, counts: dict[str, int], words: dict[str, str]
) -> str:
    parts = e.parted(counts)
    if not parts:
        return f"<p>{e.say(title)}: {e.say('withheld_whole')}</p>"
    rows = [(words.get(k, escape(k)), n, k) for k, n in parts.items()]
    return tally(e, name, [e.say(title), f">{e.say('number')}"], rows,
                 e.alone(sum(counts.values())), e.say(f"{title}_caption"), hidden=True,
                 kind="small")  # fmt: skip


def _reasons(e: Edition, lives: list[RuleLives]) -> str:
    """Why persons closed alerts, in their words; not in public."""
    reasons: Counter[str] = Counter()
    for one in lives:
        reasons.update(one.reasons)
    if e.public or not reasons:
        return ""
    some = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:8]
    told = "; ".join(f"{escape(why[:80])} ({n})" for why, n in some)
    return f'<p class="note"><b>{e.say("reasons")}</b> {told}.</p>'
