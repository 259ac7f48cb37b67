"""The commands about radars themselves: ``coastwatch radar ...``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from coastwatch.cli_parts import FILE, Bar, example, size_of
from coastwatch.model import ConfigError


@click.group()
def radar() -> None:
    """The radars themselves: what they see, and their biases."""


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


@radar.command("show")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--out", type=FILE, required=True, help="The picture to write (PNG).")
@click.option("--site", type=FILE, help="site.toml: where the radar is, and how it sees.")
@click.option(
    "--scan", type=click.IntRange(min=1), help="Which scan, from 1; the last whole one without it."
)
@click.option("--date", help="Day of the first record, where the format has only a time of day.")
@example("coastwatch radar show halo.pcap --out scan.png")
def show(
    files: tuple[Path, ...], out: Path, site: Path | None, scan: int | None, date: str | None
) -> None:
    """One scan of the radar video in FILES as a picture, with its plots, tracks and AIS."""
    from coastwatch.scan import show_scan
    from coastwatch.store.out_files import check_out

    check_out({"--out": out}, [*files, site])
    if out.suffix.lower() != ".png":
        raise ConfigError(f"{out}: a scan is drawn as PNG; name it so, with --out scan.png")
    out.parent.mkdir(parents=True, exist_ok=True)
    notes: list[str] = []
    with Bar("show", size_of(files)) as bar:
        scope = show_scan(files, out, site, scan, date, bar.at, notes.append)
    for note in notes:
        click.echo(note, err=True)
    click.echo(f"{out}: {', '.join(scope.notes)}, {len(scope.plots)} plots")
