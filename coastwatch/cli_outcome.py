"""``coastwatch incident outcome``: how an incident ended, in the words of SECMAR."""

from __future__ import annotations

import time
from pathlib import Path

import click

from coastwatch.cli_parts import FOLDER, example
from coastwatch.model import ConfigError


@click.command("outcome")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("name", metavar="INCIDENT")
@click.option("--operation", required=True, help="SAR, MAS, SUR, POL or DIV.")
@click.option("--event", required=True, help="What it was: engine failure, capsizing ...; as "
              "SECMAR has it, in English or French.")  # fmt: skip
@click.option(
    "--craft",
    multiple=True,
    metavar="TYPE=OUTCOME",
    help='A craft: "motor pleasure craft under 8 m=towed"; may be given several times.',
)
@click.option("--persons", multiple=True, metavar="OUTCOME=NUMBER",
              help="How many: rescued=33; may be given several times.")  # fmt: skip
@click.option(
    "--means", multiple=True, help='What went to help: "vedette SNSM"; may be given several times.'
)
@click.option("--by", required=True, help="Who says so: a person's name.")
@example(
    "coastwatch incident outcome run I1 --operation SAR --event sinking "
    '--persons rescued=33 --means "vedette SNSM" --by "A. Watch"'
)
def outcome(
    folder: Path,
    name: str,
    operation: str,
    event: str,
    craft: tuple[str, ...],
    persons: tuple[str, ...],
    means: tuple[str, ...],
    by: str,
) -> None:
    """Say how an incident ended; said again, the later word stands, and both are kept."""
    from coastwatch.incident.outcome import outcome_told, tell_outcome
    from coastwatch.incidents import has_incidents

    if not by.strip():
        raise ConfigError("--by is empty: an act has a name under it")
    told = outcome_told(operation, event, craft, persons, means)
    click.echo(tell_outcome(has_incidents(folder), name, told, by.strip(), time.time()))
