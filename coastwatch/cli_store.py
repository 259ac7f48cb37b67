"""The commands about what is kept: ``coastwatch keep`` and ``coastwatch prune``."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from coastwatch.cli_parts import FOLDER, example
from coastwatch.times import utc_time


@click.command()
@click.argument("runs", metavar="RUN...", type=FOLDER, nargs=-1, required=True)
@click.option("--to", "history", type=FOLDER, required=True, help="The history's folder.")
@example("coastwatch keep run --to history")
def keep(runs: tuple[Path, ...], history: Path) -> None:
    """Gather finished runs into a history: tracks by day, alerts, crossings, incidents."""
    from coastwatch.store.keep import keep_run

    for folder in runs:
        kept = keep_run(folder, history)
        if kept.new:
            said = f"kept as {kept.run}: {kept.rows:,} positions of {kept.days} days"
        else:
            said = f"is there already as {kept.run}"
            if kept.rows:
                said += f", {kept.days} lost days written again: {kept.rows:,} positions"
        if kept.entries:
            said += f", {kept.entries} new entries of incidents"
        click.echo(f"{folder} {said}")
        for note in kept.notes:
            click.echo(f"  note: {note}")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--plots", default="72h", show_default=True, help="How long plots are kept.")
@click.option(
    "--tracks", default="30d", show_default=True, help="How long positions of tracks are kept."
)
@click.option("--now", help="As of this time (ISO 8601, UTC) instead of the clock's.")
@click.option("--by", help="Who removes, for the tombstones; the program's name without it.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@example("coastwatch prune history --tracks 30d --dry-run")
def prune(
    folder: Path, plots: str, tracks: str, now: str | None, by: str | None, dry_run: bool
) -> None:
    """Remove what is too old from a run that is over or a history; counts and a tombstone stay."""
    from coastwatch.store.prune import Policy, Removal, duration
    from coastwatch.store.prune import prune as run_prune

    time = utc_time("--now", now) if now else datetime.now(UTC)
    policy = Policy(duration(plots), duration(tracks), time)

    def report(removal: Removal) -> None:
        click.echo(f"{'would remove' if dry_run else 'removed'} {removal.text}")

    before = _size(folder)
    done = run_prune(folder, policy, by or _program(), dry_run, report)
    if not done:
        click.echo(f"{folder}: nothing is older than the policy ({policy.text})")
    elif not dry_run:
        freed, free = before - _size(folder), shutil.disk_usage(folder).free
        click.echo(f"{freed / 1e6:,.1f} MB freed; {free / 1e9:,.1f} GB free on the disk")


def _program() -> str:
    try:
        return f"coastwatch {version('coastwatch')}"
    except PackageNotFoundError:
        return "coastwatch"


def _size(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
