"""The report as one HTML page: nothing is loaded, nothing runs, free text is escaped."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from coastwatch.reports.edition import Edition
from coastwatch.reports.page_alerts import alerts_page
from coastwatch.reports.page_cover import cover
from coastwatch.reports.page_crossings import crossings_page
from coastwatch.reports.page_map import density_page, map_page
from coastwatch.reports.page_method import method_page
from coastwatch.reports.page_rescues import rescues_page
from coastwatch.reports.page_watch import watch_page
from coastwatch.reports.style import PRINT, STYLE
from coastwatch.reports.text import escape
from coastwatch.reports.week import Week

# What HTML, UTF-8 or a PDF's metadata cannot carry: control characters, halves of characters.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

PAGES = (cover, map_page, density_page, crossings_page, alerts_page, rescues_page, watch_page,
         method_page)  # fmt: skip


def _mark(pages: list[str]) -> str:
    """Eight letters and digits of all that the pages show."""
    return hashlib.sha256(UNFIT.sub("\ufffd", "\n".join(pages)).encode()).hexdigest()[:8]


def page(week: Week, lang: str, public: bool = False) -> str:
    """The report's HTML."""
    e = Edition(week, lang, public)
    told = e.week_name(week.span.name)
    title = f"{week.site} – {e.of_span('title')} {told}".strip() + f" ({e.dates()})"
    pages = [make(e) for make in PAGES]
    # Two editions that say the same bear the same mark; the first and the last page tell it.
    marked = replace(e, mark=_mark(pages))
    pages[0], pages[-1] = cover(marked), method_page(marked)
    body = "\n".join(pages)
    kind = ' class="public"' if public else ""
    last = f"{week.as_of or week.span.end:%Y-%m-%dT%H:%M:%SZ}"
    html = (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="description" content="{e.plain("provisional")}">\n'
        # The time of the data, not of the making: the same data give the same bytes.
        f'<meta name="dcterms.created" content="{last}">\n'
        f"<style>{STYLE}{PRINT}</style>\n</head>\n<body>\n<main{kind}>\n{body}\n</main>\n</body>\n</html>\n"
    )
    return UNFIT.sub("\ufffd", html)
