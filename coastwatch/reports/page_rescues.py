"""Incidents and rescues in the words of SECMAR, and the weather of the days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coastwatch.reports.edition import Edition, figure, row, section, table, tally
from coastwatch.reports.svg import INK, NAVY, SMALL, SOFT, line, rect, svg, text
from coastwatch.reports.text import escape
from coastwatch.reports.week import Rescued

TYPES = ("SAR", "MAS", "SUR", "POL", "DIV", "")
GRAVE = ("missing", "dead", "dead by accident", "dead by natural causes")
LISTED = 10


def rescues_page(e: Edition) -> str:
    """Persons by outcome, operations by type and event, craft, means; and each operation."""
    w = e.week
    if not w.incidents_kept:
        return section("rescues", e.say("rescues"), f"<p>{e.say('no_incident_log')}</p>",
                       short=True)  # fmt: skip
    if not w.operations:
        return section("rescues", e.say("rescues"), e.none(), short=True)
    persons = _persons(w.operations)
    people = sum(persons.values())
    lead = e.say(
        "rescues_lead", n=e.count(e.alone(len(w.operations))), people=e.count(e.alone(people))
    )
    body = _people(e, persons)
    of = e.of
    events = Counter(o.event[of] if o.event else e.say("no_outcome") for o in w.operations)
    types = {kind: sum(o.operation == kind for o in w.operations) for kind in TYPES}
    names = {o.operation: f"{o.operation} – {o.kind[of]}" for o in w.operations if o.kind}
    names[""] = e.say("no_outcome")
    ends = Counter(c[1][of] for o in w.operations for c in o.craft)
    parts = [
        _counted(
            e, "operations-by-type", "operation", {k: n for k, n in types.items() if n}, names
        ),
        # In public one table of operations: those without an outcome would stand in both.
        ""
        if e.public
        else _counted(e, "operations-by-event", "event", dict(events.most_common()), {}),
        _counted(e, "craft-by-outcome", "craft_outcome", dict(ends.most_common()), {}),
    ]
    if not e.public:
        means = Counter(m for o in w.operations for m in o.means)
        parts.append(_counted(e, "means", "means", dict(means.most_common(8)), {}))
    body += f'<div class="halves">{"".join(parts)}</div>'
    if not e.public:
        body += _each(e, w.operations)
    return section("rescues", e.say("rescues"), body, lead)


def _persons(operations: Iterable[Rescued]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in operations:
        found.update(one.persons)
    return found


def _people(e: Edition, persons: Counter[str]) -> str:
    """A bar an outcome; the grave ones in the colour of alarm, named at the bar all the same."""
    words = e.week.person_words
    counts = {name: persons[name] for name in words if persons.get(name)}
    if not counts:
        return f"<p>{e.say('no_persons')}</p>"
    parts = e.parted(counts)
    if parts is None:
        return f"<p>{e.say('withheld_whole')}</p>"
    of = e.of
    most = max((n for n in parts.values() if isinstance(n, int)), default=1)
    left, wide, y = 58.0, 105.0, 0.0
    body = []
    for name, n in parts.items():
        grave = words[name][0] in GRAVE
        body.append(text(left - 2, y + 3.6, words[name][of].capitalize(), 2.9, "end"))
        step = wide * n / max(most, 1) if isinstance(n, int) else 0.0
        body.append(rect(left, y + 0.6, max(step, 0.3), 4.2, SMALL if grave else NAVY))
        body.append(
            text(left + max(step, 0.3) + 1.6, y + 3.8, e.count(n), 3.2, "start", INK, "bold")
        )
        y += 6.2
    body.append(line(left, 0, left, y, SOFT, 0.25))
    rows = [(words[k][of].capitalize(), n, k) for k, n in parts.items()]
    total = e.alone(sum(counts.values()))
    head = [e.say("outcome"), f">{e.say('persons')}"]
    behind = tally(e, "persons", head, rows, total, e.say("persons"), hidden=True)
    drawn = svg(180.0, y, e.plain("persons_alt", n=e.count(total)), "".join(body))
    return figure(drawn, e.say("persons_caption"), behind, e.say("table_behind"))


def _counted(
    e: Edition, name: str, title: str, counts: dict[str, int], words: dict[str, str]
) -> str:
    if not counts:
        return ""
    parts = e.parted(counts)
    if parts is None:
        return f"<div><p>{e.say(title)}: {e.say('withheld_whole')}</p></div>"
    rows = [(escape(words.get(k, k)), n, k) for k, n in parts.items()]
    head, total = [e.say(title), f">{e.say('number')}"], e.alone(sum(counts.values()))
    return f"<div>{tally(e, name, head, rows, total, kind='small')}</div>"


def _each(e: Edition, operations: list[Rescued]) -> str:
    """Each operation, one a row: never a caller, a phone, or what was said."""
    of = e.of
    words = e.week.person_words
    rows = []
    for one in operations[:LISTED]:
        craft = ", ".join(f"{kind[of]}: {end[of]}" for kind, end in one.craft) or "–"
        people = ", ".join(
            f"{words[k][of].lower()} {n}" for k, n in one.persons.items() if k in words
        )
        event = one.event[of] if one.event else e.plain("no_outcome")
        rows.append(
            row(
                escape(one.name),
                [
                    f'<td class="w">{escape(e.moment(one.time))}</td>',
                    f"<td>{escape(one.operation or '–')}</td>",
                    f"<td>{escape(event)}</td>",
                    f"<td>{escape(craft)}</td>",
                    f"<td>{escape(people or '–')}</td>",
                    f"<td>{escape(', '.join(one.means) or '–')}</td>",
                ],
                one.name,
            )
        )
    head = [
        e.say("incident"),
        e.say("time"),
        e.say("operation"),
        e.say("event"),
        e.say("craft"),
        e.say("persons"),
        e.say("means"),
    ]
    caption = e.say("each_caption", shown=len(rows), of=len(operations))
    return table("operations", head, rows, caption, kind="small")
