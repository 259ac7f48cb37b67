"""The weekly map report: two to eight pages of a week, to be looked at before they are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from coastwatch.model import ConfigError
from coastwatch.reports.page import page
from coastwatch.reports.week import Week

__all__ = ["write_report"]


def write_report(
    week: Week, out: Path, pdf: Path | None = None, lang: str = "en", public: bool = False
) -> None:
    """Write the report as HTML and, where asked, as tagged PDF (PDF/UA-1, A4).

    The same figures give the same bytes. Raises ConfigError when ``pdf`` is asked for without
    WeasyPrint.
    """
    html = page(week, lang, public)
    out.write_text(html, encoding="utf-8")
    if pdf is not None:
        _write_pdf(html, pdf)


def _write_pdf(html: str, pdf: Path) -> None:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise ConfigError(
            f"--pdf needs WeasyPrint and Pango ({error}); install them with: "
            "pip install 'coastwatch[pdf]', and libpangoft2-1.0-0 of the system"
        ) from error
    name = hashlib.sha256(html.encode()).digest()[:16]
    HTML(string=html, url_fetcher=_nothing).write_pdf(
        pdf, pdf_variant="pdf/ua-1", pdf_identifier=name
    )


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    """A page of ours asks for nothing."""
    raise ValueError(f"{url[:80]}: the report loads nothing")
