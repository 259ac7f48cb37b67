"""How the figures were made: definitions, units, thresholds, what is left out, sources."""

from __future__ import annotations

from importlib.metadata import version

from coastwatch.reports.edition import Edition, section
from coastwatch.reports.uncertain import FOUND, THERE
from coastwatch.reports.veil import LEAST

TERMS = (
    "as_of",
    "track",
    "classes",
    "craft",
    "hours",
    "watched",
    "hexagon",
    "crossing",
    "alert",
    "detected",
    "acknowledged",
    "secmar",
    "weather",
    "compared",
    "left_out",
    "sources",
)


def method_page(e: Edition) -> str:
    """A list of terms and what they mean here."""
    values = {
        "found": FOUND,
        "there": THERE,
        "size": e.number(e.week.cells.size_m / 1852, 1),
        "version": version("coastwatch"),
        "removed": e.count(e.alone(e.week.removed)),
        "least": LEAST,
        "as_of": e.as_of(),
        "mark": e.mark,
    }
    terms = [*TERMS, *(("public",) if e.public else ())]
    told = "".join(
        f"<dt>{e.say(f'm_{name}')}</dt><dd>{e.say(f'm_{name}_text', **values)}</dd>"
        for name in terms
    )
    made = e.say("made", site=e.week.site, version=version("coastwatch"))
    return section("method", e.say("method"), f"<dl>{told}</dl><p class='note'>{made}</p>")
