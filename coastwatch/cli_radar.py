"""The commands about radars themselves: ``coastwatch radar ...``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from coastwatch.cli_parts import FILE, Bar, example, size_of


@click.group()
def radar() -> None:
    """The radars themselves: their biases."""


@radar.command("register")
@click.argument("site", type=FILE)
@click.argument("inputs", type=FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of the table.")
@click.option("--date", help="Day of the first record, where the format has only a time of day.")
@example("coastwatch radar register site.toml feeds/*.pcap feeds/*.nmea")
def register(site: Path, inputs: tuple[Path, ...], as_json: bool, date: str | None) -> None:
    """Azimuth and range bias of each radar against AIS, and the site.toml lines that mend it."""
    from coastwatch.registering import format_registrations, register_radars

    notes: list[str] = []
    with Bar("register", size_of(inputs)) as bar:
        found = register_radars(site, inputs, date, bar.at, notes.append)
    for note in notes:
        click.echo(note, err=True)
    if as_json:
        click.echo(json.dumps([r.to_document() for r in found], indent=1))
    else:
        click.echo(format_registrations(found))
    if all(r.reason for r in found):
        sys.exit(1)
