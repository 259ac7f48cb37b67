"""The first page: what the week was in a few numbers, and against other weeks."""

from __future__ import annotations

from coastwatch.reports.edition import Edition, cell, figure, row, table
from coastwatch.reports.figure_days import days_figure, days_table
from coastwatch.reports.span import Span
from coastwatch.reports.text import escape
from coastwatch.reports.uncertain import rounded
from coastwatch.reports.veil import Shown
from coastwatch.reports.week import WHATS, Counts
from coastwatch.rule_names import SMALL_RULE


def cover(e: Edition) -> str:
    """Title, key figures, the days, the comparison."""
    w = e.week
    name = e.say("span") if w.span.whole_days else e.say("span_times")
    name = e.week_name(w.span.name, short=False) or name
    stamp = f'<p class="stamp">{e.say("provisional")}</p>'
    edition = f" · {e.say('public_edition')}" if e.public else ""
    head = (
        f'<header><div><p class="kicker">{e.of_span("title")}{edition}</p><h1>{escape(w.site)}</h1>'
        f'<p class="sub">{name} · {escape(e.dates())} (UTC)</p>'
        f'<p class="as-of">{e.say("as_of", time=e.as_of(), mark=e.mark)}</p></div>{stamp}</header>'
    )
    tiles = "".join(_tiles(e))
    said = f"{e.say('days_caption')} {e.lost()}".strip()
    days = figure(days_figure(e), said, days_table(e), e.say("table_behind"))
    return (
        f'{head}<section id="key" aria-labelledby="key-h"><h2 id="key-h" class="sr">'
        f'{e.say("figures")}</h2><p class="watch">{_watched(e)}</p>'
        f'<div class="tiles">{tiles}</div><h3>{e.say("days")}</h3>{days}'
        f"<h3>{e.of_span('compared')}</h3>{_compared(e)}</section>"
    )


def _watched(e: Edition) -> str:
    w = e.week
    if w.nothing:
        return f"<strong>{e.say('unheard')}</strong>"
    share = min(w.watched.hours / w.span.hours, 1.0)
    told = e.say("watched", hours=e.hours(w.watched.hours), of=e.hours(w.span.hours),
                 share=e.percent(share))  # fmt: skip
    gaps = w.watched.gaps()
    if gaps:
        longest = sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[:4])
        some = "; ".join(f"{e.moment(a)} – {e.moment(b)}" for a, b in longest)
        more = f" (+{len(gaps) - 4})" if len(gaps) > 4 else ""
        told += " " + e.say("not_watched", gaps=some + more)
    told += f" <strong>{e.lost()}</strong>" if w.missing else ""
    for kept, key in ((w.alerts_kept, "no_alert_log"), (w.crossings_kept, "no_crossing_log")):
        told += "" if kept else f" <strong>{e.say(key)}</strong>"
    known = w.alerts_kept and w.crossings_kept and not w.missing
    if known and not (w.alerts or w.operations or w.tracks("small") or w.crossings):
        told += f" <strong>{e.say('nothing')}</strong>"
    return told


def _tiles(e: Edition) -> list[str]:
    w = e.week
    if w.nothing:  # which is not zero
        said = (*((e.say(what), what) for what in ("small", "ais", "radar")),
                (e.say("alerts_tile"), "alerts"))  # fmt: skip
        tiles = [_tile(e, None, word, e.say("not_watched_cell"), what) for word, what in said]
        return tiles + _operations(e) if w.operations else tiles
    parts = e.parted({what: w.tracks(what) for what in WHATS})
    small = None if parts is None else parts["small"]
    tiles = []
    for what in ("small", "ais", "radar"):
        shown = None if parts is None else parts[what]
        note = e.say(f"{what}_note")
        if what == "small":
            note = _interval(e, small)
        note = e.lost("without") or note
        tiles.append(_tile(e, shown, e.say(what, n=e.count(shown)), note, what))
    alerts = e.alone(w.counts.alerts) if w.alerts_kept else None
    word = e.say("alerts_tile", n=e.count(alerts))
    tiles.append(_tile(e, alerts, word, _alerts_note(e), "alerts"))
    return tiles + _operations(e) if w.incidents_kept else tiles


def _alerts_note(e: Edition) -> str:
    """How many are for small craft, and why that need not be how many small craft there are."""
    w = e.week
    if not w.alerts_kept:
        return e.say("no_log_note")
    # As in the table of rules: another partition of the same total could give away what it hides.
    known = e.parted({one.rule: one.raised for one in w.lives.values()})
    if known is None:
        return e.say("withheld_note")
    note = e.say("alerts_note", small=e.count(known.get(SMALL_RULE, 0)))
    # In public always: whether the two are equal would tell of one that is withheld.
    differ = e.public or w.counts.small_alerts != w.tracks("small")
    return f"{note}; {e.say('alerts_differ')}" if differ else note


def _operations(e: Edition) -> list[str]:
    operations = e.alone(e.week.counts.operations)
    people = e.alone(sum(sum(o.persons.values()) for o in e.week.operations))
    note = e.say("operations_note", people=e.count(people))
    word = e.say("operations_tile", n=e.count(operations))
    return [_tile(e, operations, word, note, "operations")]


def _interval(e: Edition, shown: Shown | None) -> str:
    """The interval, save where it would tell a count that is withheld."""
    if not isinstance(shown, int):
        return e.say("withheld_note")
    low, high = rounded(e.week.craft)
    return e.say("small_note", low=e.count(low), high=e.count(high))


def _tile(e: Edition, n: Shown | None, word: str, note: str, kind: str) -> str:
    told = f' data-n="{n}"' if isinstance(n, int) else ""
    return (f'<div class="tile {kind}"><p class="big" data-figure="{kind}"{told}>{e.html(n)}</p>'
            f'<p class="word">{word}</p><p class="note">{note}</p></div>')  # fmt: skip


def _compared(e: Edition) -> str:
    w = e.week
    year = w.span.year_before()
    columns = [(e.say("this_span"), _name(e, w.span), None if w.nothing else w.counts),
               (e.say("span_before"), _name(e, w.span.before()), w.before),
               (e.say("span_year"), _name(e, year) if year else "", w.year_before)]  # fmt: skip
    head = [e.say("what"), *(f">{told}<br>{escape(name)}" if name else f">{told}"
                             for told, name, _ in columns)]  # fmt: skip
    logs = {"alerts": w.alerts_kept, "crossings": w.crossings_kept}
    rows = [row(e.say("hours_watched"), [_hours(e, c) for _, _, c in columns])]
    rows += [row(e.say(k), [_tracked(e, c, k) for _, _, c in columns], k) for k in WHATS]
    for key, pick in (("alerts_row", "alerts"), ("crossings_row", "crossings")):
        rows.append(
            row(
                e.say(key),
                [
                    _counted(e, c if logs[pick] else None, getattr(c, pick, 0))
                    for _, _, c in columns
                ],
                pick,
            )
        )
    if w.incidents_kept:
        cells = [_counted(e, c, c.operations if c else 0, rate=False) for _, _, c in columns]
        rows.append(row(e.say("operations_row"), cells, "operations"))
    return table("compared", head, rows, e.say("compared_note"), kind="compare")


def _name(e: Edition, span: Span) -> str:
    return e.week_name(span.name) or e.dates(span)


def _hours(e: Edition, c: Counts | None) -> str:
    if c is None:
        return cell(f'<span class="none">{e.say("no_data")}</span>')
    return cell(f"{e.hours(c.watched_h)} / {e.hours(c.span.hours)} h")


def _tracked(e: Edition, c: Counts | None, what: str) -> str:
    if c is None:
        return cell(f'<span class="none">{e.say("no_data")}</span>')
    parts = e.parted({k: c.tracks.get(k, 0) for k in WHATS})
    lost = ", ".join(e.day(d) for d in c.missing)
    shown = None if parts is None else parts[what]
    note = e.say("without_short", days=lost) if lost else ""
    return _counted(e, c, shown, rate=not lost, veil=False, note=note)


def _counted(
    e: Edition,
    c: Counts | None,
    n: Shown | None,
    rate: bool = True,
    veil: bool = True,
    note: str = "",
) -> str:
    if c is None:
        return cell(f'<span class="none">{e.say("no_data")}</span>')
    shown = e.alone(n) if veil and isinstance(n, int) else n
    if rate and isinstance(shown, int) and c.watched_h >= 1:
        hourly = e.number(shown / c.watched_h, 2)
        return cell(f"<b>{e.html(shown)}</b> <small>{hourly}/h</small>", shown)
    told = f" <small>{note}</small>" if note else ""
    return cell(f"<b>{e.html(shown)}</b>{told}", shown)
