"""The weekly map report: one page of a run's week, to be looked at before it is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coastwatch.model import ConfigError
from coastwatch.reports.page import page
from coastwatch.reports.week import week_of
from coastwatch.store.run import Run

__all__ = ["write_report"]


def write_report(run: Run, week: str, out: Path, pdf: Path | None = None, lang: str = "en") -> None:
    """Write the report of one ISO week ("2026-W47") as HTML and, where asked, as PDF.

    Raises ConfigError when the week is not one, or when ``pdf`` is asked for without WeasyPrint.
    """
    monday = _monday(week)
    html = page(week_of(run, monday, monday + timedelta(days=7)), week, lang)
    out.write_text(html, encoding="utf-8")
    if pdf is not None:
        _write_pdf(html, pdf)


def _monday(week: str) -> datetime:
    parts = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        if parts:
            return datetime.fromisocalendar(int(parts[1]), int(parts[2]), 1).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise ConfigError(f"--week {week!r} is not an ISO week; write it as 2026-W47")


def _write_pdf(html: str, pdf: Path) -> None:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise ConfigError(
            f"--pdf needs WeasyPrint ({error}); install it with: pip install 'coastwatch[pdf]'"
        ) from error
    HTML(string=html).write_pdf(pdf)
