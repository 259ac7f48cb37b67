"""One edition of a report: its language, whether it is public, and how numbers and times read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from coastwatch.reports.span import Span
from coastwatch.reports.text import breakable, escape
from coastwatch.reports.veil import Shown, veiled, veiled_count
from coastwatch.reports.week import Week
from coastwatch.reports.words import DAYS, MONTHS, WEEK_NAMES, WORDS, agreed
from coastwatch.rule_names import rule_name

Key = TypeVar("Key", bound=Hashable)
NARROW = "\u202f"  # what French parts thousands with


@dataclass(frozen=True)
class Edition:
    """What every page is given."""

    week: Week
    lang: str
    public: bool
    mark: str = ""  # of this edition's content, told on each page's foot

    @property
    def of(self) -> int:
        """The place of the language in a pair (English, French)."""
        return ("en", "fr").index(self.lang)

    def say(self, key: str, **values: object) -> str:
        """A text of the edition's language, as HTML: the text is ours, the values are escaped."""
        told = agreed(WORDS[self.lang][key], self.lang, values)
        return told.format(**{k: escape(str(v)) for k, v in values.items()}) if values else told

    def of_span(self, key: str) -> str:
        """A text that names the week, in its other wording where the span is none."""
        return self.say(key if self.week.span.name else f"{key}_span")

    def plain(self, key: str, **values: object) -> str:
        """The same for a drawing or an attribute, which are escaped as a whole."""
        told = agreed(WORDS[self.lang][key], self.lang, values)
        return told.format(**values) if values else told

    def rule(self, name: str) -> str:
        """A rule's name as people say it."""
        return rule_name(name, self.lang)

    def count(self, n: Shown | None) -> str:
        if n is None:
            return "–"
        if isinstance(n, str):
            return n
        told = f"{n:,}"
        return told.replace(",", NARROW) if self.lang == "fr" else told

    def html(self, n: Shown | None) -> str:
        """A count as HTML."""
        return escape(self.count(n))

    def number(self, value: float, digits: int = 1) -> str:
        told = f"{value:,.{digits}f}"
        if self.lang == "fr":
            told = told.replace(",", NARROW).replace(".", ",")
        return told

    def hours(self, hours: float) -> str:
        """Hours without more digits than they need."""
        whole = abs(hours - round(hours)) < (0.05 if hours >= 1 else 0.005)
        return self.number(hours, 0 if whole else 1 if hours >= 1 else 2)

    def percent(self, share: float) -> str:
        # A little is not none, and nearly all is not all.
        close = 0 < share < 0.01 or 0.99 < share < 1
        return (
            f"{self.number(100 * share, 1 if close else 0)}{NARROW if self.lang == 'fr' else ''}%"
        )

    def span(self, seconds: float) -> str:
        """A time in its largest fitting unit."""
        if seconds < 99.5:
            return f"{self.number(seconds, 0)} s"
        if seconds < 5940:
            return f"{self.number(seconds / 60, 0 if seconds > 600 else 1)} min"
        return f"{self.number(seconds / 3600)} h"

    def day(self, d: date, short: bool = True) -> str:
        """A weekday and a day: Mon 16, lun. 16."""
        name = DAYS[self.lang][d.weekday()]
        return f"{name} {d.day}" if short else f"{name} {d.day} {MONTHS[self.lang][d.month - 1]}"

    def moment(self, t: datetime) -> str:
        return f"{self.day(t.date())} {t:%H:%M}"

    def place(self, lon: float, lat: float) -> str:
        """A position in degrees: 50.912° N 1.551° E, 16,800° S 179,900° O."""
        west = "W" if self.lang == "en" else "O"
        return (f"{self.number(abs(lat), 3)}° {'S' if lat < 0 else 'N'} "
                f"{self.number(abs(lon), 3)}° {west if lon < 0 else 'E'}")  # fmt: skip

    def instant(self, t: datetime) -> str:
        """A moment that stands alone: 23 November 2026, 04:12 UTC."""
        return f"{t.day} {MONTHS[self.lang][t.month - 1]} {t.year}, {t:%H:%M} UTC"

    def as_of(self) -> str:
        """What the data reach, in words."""
        return self.instant(self.week.as_of) if self.week.as_of else self.plain("no_time")

    def week_name(self, name: str, short: bool = True) -> str:
        """An ISO week as the language writes it: 2026-W47, S47 2026; in full: Week 2026-W47,
        Semaine 47 de 2026; "" for no week."""
        year, _, number = name.partition("-W")
        if not number:
            return ""
        told = WEEK_NAMES[self.lang] if short else WORDS[self.lang]["week"]
        return told.format(year=year, number=number)

    def dates(self, span: Span | None = None) -> str:
        """First and last day of a span (the report's where none is told), with the times of one
        that is not of whole days."""
        s = span or self.week.span
        first, last = s.days[0], s.days[-1]
        months = MONTHS[self.lang]
        whole = f"{last.day} {months[last.month - 1]} {last.year}"
        if not s.whole_days:
            end = f"{s.end:%H:%M}" if s.end.time() != time.min else "24:00"
            if first == last:
                return f"{whole}, {s.begin:%H:%M}–{end}"
            begin = f"{first.day} {months[first.month - 1]}"
            begin += f" {first.year}" if first.year != last.year else ""
            return f"{begin}, {s.begin:%H:%M} – {whole}, {end}"
        if first == last:
            return whole
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{whole}"
        begin = f"{first.day} {months[first.month - 1]}"
        begin += f" {first.year}" if first.year != last.year else ""
        return f"{begin} – {whole}"

    def none(self) -> str:
        """That there is nothing to report, which is said only where anybody would have seen it."""
        return f"<p>{self.say('unheard' if self.week.nothing else 'nothing')}</p>"

    def lost(self, key: str = "lost") -> str:
        """Which days' positions are lost; empty where none are."""
        days = ", ".join(self.day(d) for d in self.week.missing)
        return self.say(key, days=days) if days else ""

    def parted(self, cells: Mapping[Key, int]) -> Mapping[Key, Shown] | None:
        """Cells of a partition as this edition may show them; None: none of them."""
        return veiled(cells) if self.public else dict(cells)

    def alone(self, n: int) -> Shown:
        """A count that stands alone, or a total."""
        return veiled_count(n) if self.public else n


def cell(shown: str, n: Shown | None = None, tag: str = "td", more: str = "") -> str:
    """A cell of numbers; ``data-n`` has the number for who reads the page by program."""
    told = f' data-n="{n}"' if isinstance(n, int) else ""
    return f'<{tag} class="n"{told}{more}>{shown}</{tag}>'


def table(
    name: str, head: Sequence[str], rows: Iterable[str], caption: str = "", total: str = "",
    hidden: bool = False, kind: str = "",
) -> str:  # fmt: skip
    """A table with a head of column names (HTML; those that begin with ``>`` are of numbers)."""
    heads = "".join(
        f'<th scope="col" class="n">{h[1:]}</th>'
        if h.startswith(">")
        else f'<th scope="col">{h}</th>'
        for h in head
    )
    tag = '<caption class="sr">' if hidden else "<caption>"
    said = f"{tag}{caption}</caption>" if caption else ""
    foot = f"<tfoot>{total}</tfoot>" if total else ""
    body = breakable(f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody>{foot}")
    return f'<table data-table="{name}" class="{kind}">{said}{body}</table>'


def row(name: str, cells: Iterable[str], key: str = "") -> str:
    """A row of a table: its name (HTML) and its cells."""
    told = f' data-key="{escape(key)}"' if key else ""
    return f'<tr{told}><th scope="row">{name}</th>{"".join(cells)}</tr>'


def tally(
    e: Edition, name: str, head: Sequence[str], rows: Iterable[tuple[str, Shown | None, str]],
    total: Shown, caption: str = "", hidden: bool = False, kind: str = "",
) -> str:  # fmt: skip
    """A table of counts: of each row its name (HTML), number and key; and the total."""
    counts = [row(label, [cell(e.html(n), n)], key) for label, n, key in rows]
    last = row(e.say("total"), [cell(e.html(total), total)])
    return table(name, head, counts, caption, last, hidden, kind)


def figure(drawn: str, caption: str, behind: str = "", summary: str = "") -> str:
    """A drawing, what it shows, and the table behind it."""
    more = f'<details><summary>{summary}</summary><div class="scroll" tabindex="0" role="group" '
    more += f'aria-label="{summary}">{behind}</div></details>'
    return f"<figure>{drawn}<figcaption>{caption}</figcaption>{more if behind else ''}</figure>"


def section(name: str, title: str, body: str, lead: str = "", short: bool = False) -> str:
    """A page of the report; ``short``: a few words, which follow on the page before."""
    said = f'<p class="lead">{lead}</p>' if lead else ""
    kind = ' class="short"' if short else ""
    return (f'<section id="{name}"{kind} aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>'
            f"{said}{body}</section>")  # fmt: skip
