"""A span's report from a folder: the history asked, incidents and weather read, pages written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from coastwatch.incident.outcome import Rescue, last_told, rescues
from coastwatch.incident.secmar import CRAFT, CRAFT_RESULTS, EVENTS, OPERATIONS, PERSONS, word
from coastwatch.model import ConfigError
from coastwatch.reports import write_report
from coastwatch.reports.span import Span
from coastwatch.reports.weather import read_weather
from coastwatch.reports.week import Rescued, Week, week_of
from coastwatch.store.history import History, open_history


def report(
    folder: Path,
    span: Span,
    out: Path,
    pdf: Path | None = None,
    lang: str = "en",
    weather: Path | None = None,
    public: bool = False,
) -> list[str]:
    """Write the report of a span of a run's folder or a kept history, as HTML and PDF; what it
    lacks, in words.

    Raises InputError for what cannot be read, ConfigError where a PDF is asked for without
    WeasyPrint, and for a public edition that is not of a whole ISO week.
    """
    if public and not span.iso_week:
        raise ConfigError(
            "--public is made of whole ISO weeks (--week 2026-W47): of spans that overlap, the "
            "difference would tell counts under five"
        )
    week = gather(folder, span, weather)
    write_report(week, out, pdf, lang, public)
    return list(_lacks(folder, week))


def _lacks(folder: Path, week: Week) -> Iterator[str]:
    if week.missing:
        days = ", ".join(map(str, week.missing))
        yield (
            f"{folder}: positions of {days} are lost, no count of tracks has them; "
            "`coastwatch keep` of the same runs brings them back"
        )
    if not week.alerts_kept:
        yield f"{folder}: no alerts.sqlite and no alerts.jsonl; the report knows of no alert"
    if not week.crossings_kept:
        yield f"{folder}: no crossings.jsonl; the report knows of no crossing"


def gather(folder: Path, span: Span, weather: Path | None = None) -> Week:
    """The figures of a span. Raises InputError."""
    told = None if weather is None else read_weather(weather, span)
    with open_history(folder) as history:
        words = {name: _pair(PERSONS, name) for name in PERSONS}
        return week_of(history, span, _rescued(history, span), words, told, _last_word(history))


def _last_word(history: History) -> datetime | None:
    path = history.incidents_path
    last_s = None if path is None else last_told(path)
    return None if last_s is None else datetime.fromtimestamp(last_s, UTC)


def _rescued(history: History, span: Span) -> dict[str, list[Rescued]] | None:
    path = history.incidents_path
    if path is None:
        return None
    spans = {"now": span, "before": span.before(), "year": span.year_before()}
    return {
        name: []
        if s is None
        else [_in_words(one) for one in rescues(path, s.begin.timestamp(), s.end.timestamp())]
        for name, s in spans.items()
    }


def _in_words(one: Rescue) -> Rescued:
    time = datetime.fromtimestamp(one.time_s, UTC)
    told = one.outcome
    if told is None:
        return Rescued(f"I{one.incident}", time, one.state, "", None, None)
    return Rescued(
        f"I{one.incident}",
        time,
        one.state,
        told.operation,
        _pair(OPERATIONS, told.operation),
        _pair(EVENTS, told.event),
        tuple((_pair(CRAFT, kind), _pair(CRAFT_RESULTS, end)) for kind, end in told.craft),
        told.persons,
        told.means,
    )


def _pair(table: Mapping[str, str], value: str) -> tuple[str, str]:
    return word(table, value, "en"), word(table, value, "fr")
