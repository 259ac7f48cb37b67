"""``coastwatch report``: a week on paper."""

from __future__ import annotations

from pathlib import Path

import click

from coastwatch.cli_parts import FILE, FOLDER, example


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--week", help="ISO week, such as 2026-W47.")
@click.option("--from", "begin", metavar="TIME", help="Instead of a week: from this time (UTC).")
@click.option("--to", "end", metavar="TIME", help="Up to this time; at most a month.")
@click.option("--out", type=FILE, required=True)
@click.option("--pdf", type=FILE, help="Also as PDF (needs the extra coastwatch[pdf]).")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--weather", type=FILE, help="CSV of weather: time, wind_mps or wind_kn, "
              "wind_from_deg, wave_height_m, sea_state, visibility_m.")  # fmt: skip
@click.option(
    "--public", is_flag=True, help="Of an ISO week, without persons, ways and counts under five."
)
@example("coastwatch report run --week 2026-W47 --out report.html --pdf report.pdf --lang fr")
def report(
    folder: Path,
    week: str | None,
    begin: str | None,
    end: str | None,
    out: Path,
    pdf: Path | None,
    lang: str,
    weather: Path | None,
    public: bool,
) -> None:
    """The weekly map report of a run or a kept history: two to eight pages."""
    from coastwatch.reporting import report as make
    from coastwatch.reports.span import span_of
    from coastwatch.store.out_files import check_out

    check_out({"--out": out, "--pdf": pdf}, [weather], of=folder)
    span = span_of(week, begin, end)
    for written in (out, pdf):
        if written is not None:
            written.parent.mkdir(parents=True, exist_ok=True)
    for lack in make(folder, span, out, pdf, lang, weather, public):
        click.echo(f"coastwatch: {lack}", err=True)
    click.echo(out)
