"""The commands about what is kept: ``coastwatch keep`` and ``coastwatch prune``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from coastwatch.cli_parts import FOLDER, example
from coastwatch.model import ConfigError, InputError
from coastwatch.shown import shown_lines
from coastwatch.store.journal import StillWritten
from coastwatch.times import utc_time


@click.command()
@click.argument("runs", metavar="RUN...", type=FOLDER, nargs=-1, required=True)
@click.option("--to", "history", type=FOLDER, required=True, help="The history's folder.")
@example("coastwatch keep run --to history")
def keep(runs: tuple[Path, ...], history: Path) -> None:
    """Gather finished runs into a history: tracks by day, alerts, crossings, incidents.

    A run that goes on, or was pruned before it was kept, is named and passed over; the status is 1
    only where one that should be kept could not be.
    """
    from coastwatch.store.keep import AlreadyPruned, Kept, keep_run

    def keep_one(folder: Path) -> None:
        kept: Kept = keep_run(folder, history)
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

    _each(runs, keep_one, (StillWritten, AlreadyPruned))


@click.command()
@click.argument("folders", metavar="DIR...", type=FOLDER, nargs=-1, required=True)
@click.option("--plots", default="72h", show_default=True, help="How long plots are kept.")
@click.option(
    "--tracks", default="30d", show_default=True, help="How long positions of tracks are kept."
)
@click.option("--now", help="As of this time (ISO 8601, UTC) instead of the clock's.")
@click.option("--ahead", is_flag=True, help="Let --now be later than the clock; for exercises.")
@click.option("--by", help="Who removes, for the tombstones; the program's name without it.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@example("coastwatch prune history --tracks 30d --dry-run")
def prune(
    folders: tuple[Path, ...],
    plots: str,
    tracks: str,
    now: str | None,
    ahead: bool,
    by: str | None,
    dry_run: bool,
) -> None:
    """Remove what is too old from runs that are over and histories; counts and a tombstone stay.

    A run that goes on is named and passed over.
    """
    from coastwatch.store.prune import Policy, Removal, duration
    from coastwatch.store.prune import prune as run_prune

    clock = datetime.now(UTC)
    time = clock if now is None else utc_time("--now", now)
    if time > clock and not (ahead or dry_run):
        raise ConfigError(
            f"--now {now}: is in the future, and what is removed does not come back; leave it out, "
            "or look with --dry-run (--ahead removes all the same)"
        )
    policy = Policy(duration(plots), duration(tracks), time)

    def prune_one(folder: Path) -> None:
        def report(removal: Removal) -> None:
            click.echo(f"{folder}: {'would remove' if dry_run else 'removed'} {removal.text}")

        before = _size(folder)
        done = run_prune(folder, policy, by or _program(), dry_run, report)
        if not done:
            click.echo(f"{folder}: nothing is older than the policy ({policy.text})")
        elif not dry_run:
            freed, free = before - _size(folder), shutil.disk_usage(folder).free
            click.echo(f"{folder}: {freed / 1e6:,.1f} MB freed; {free / 1e9:,.1f} GB free on the "
                       "disk")  # fmt: skip

    _each(folders, prune_one, (StillWritten,))


def _each(
    folders: Iterable[Path], act: Callable[[Path], None], passed_over: tuple[type[InputError], ...]
) -> None:
    """Do the same with each folder: one that fails is told and does not stop the others."""
    status = 0
    for folder in folders:
        try:
            act(folder)
        except passed_over as error:
            click.echo(shown_lines(f"passed over: {error}"))
        except (ConfigError, InputError, OSError) as error:
            click.echo(f"coastwatch: {shown_lines(str(error))}", err=True)
            status = max(status, 2 if isinstance(error, ConfigError) else 1)
    if status:
        sys.exit(status)


def _program() -> str:
    try:
        return f"coastwatch {version('coastwatch')}"
    except PackageNotFoundError:
        return "coastwatch"


def _size(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
