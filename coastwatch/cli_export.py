"""The command that writes a run for other programs: ``coastwatch export DIR``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from coastwatch.cli_parts import FILE, FOLDER, example
from coastwatch.exports import FORMATS, WHAT
from coastwatch.shown import shown_lines
from coastwatch.times import utc_time


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", type=FILE, required=True, help="The file to write.")
@click.option("--to", type=click.Choice(list(FORMATS)), help="The format; else by --out's suffix.")
@click.option(
    "--what", type=click.Choice(WHAT), help="What to write; the format's usual without it."
)
@click.option("--from", "begin", metavar="TIME", help="Only from this time on (ISO 8601, UTC).")
@click.option("--to-time", "end", metavar="TIME", help="Only before this time.")
@click.option("--at", metavar="TIME", help="With --what picture: its time; the last without it.")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="At most one position of each track in so many seconds; tll: 10, others: 0, all.",
)
@example("coastwatch export run --what alerts --out alerts.gpkg")
def export(
    folder: Path,
    out: Path,
    to: str | None,
    what: str | None,
    begin: str | None,
    end: str | None,
    at: str | None,
    every_s: float | None,
) -> None:
    """A run for other programs: GeoJSON, GeoPackage, FlatGeobuf, KML, GPX, CSV, GeoParquet, TLL."""
    from coastwatch.exports import export as run_export
    from coastwatch.store.run import read_run

    done = run_export(
        read_run(folder),
        out,
        to,
        what,
        begin=_time("--from", begin),
        end=_time("--to-time", end),
        at=_time("--at", at),
        every_s=every_s,
    )
    for why, count in done.left_out.items():
        click.echo(f"coastwatch: left out: {count} {why}", err=True)
    for note in done.notes:
        click.echo(f"coastwatch: {shown_lines(note)}", err=True)
    click.echo(done.path)


def _time(option: str, text: str | None) -> datetime | None:
    return None if text is None else utc_time(option, text)
