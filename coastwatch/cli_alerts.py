"""The command about a run's alerts: ``coastwatch alerts DIR``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from coastwatch.cli_parts import FILE, FOLDER, example
from coastwatch.model import PRIORITIES, Act, ConfigError
from coastwatch.shown import shown_lines
from coastwatch.times import utc_time

STATES = ("active-unacknowledged", "active-silenced", "active-acknowledged",
          "active-responsibility-transferred", "active", "rectified-unacknowledged",
          "normal")  # fmt: skip


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--rule", help="Only of this rule; * stands for any letters.")
@click.option("--severity", type=click.Choice(PRIORITIES), help="Only of this priority and above.")
@click.option(
    "--state",
    metavar="STATE",
    type=click.Choice(STATES),
    help="Only in this state, such as active-unacknowledged.",
)
@click.option("--open", "open_", is_flag=True, help="Only what is not settled.")
@click.option("--zone", help="Only about the zone of this id.")
@click.option("--mmsi", type=int, help="Only about this vessel.")
@click.option("--track", type=int, help="Only about this track.")
@click.option("--since", help="Only raised from this time on (ISO 8601, UTC).")
@click.option("--until", help="Only raised before this time.")
@click.option("--explain", metavar="ID", help="The whole life of one alert.")
@click.option(
    "--to", type=click.Choice(["jsonl", "csv", "geojson"]), help="As data instead of a table."
)
@click.option("--out", type=FILE, help="With --to: where to write; standard output without it.")
@click.option(
    "--act",
    type=click.Choice(["acknowledge", "silence", "transfer", "close"]),
    help="Do this with the alert --id; needs --by and --role.",
)
@click.option("--id", "id_", metavar="ID", help="The alert; the beginning of its id is enough.")
@click.option("--by", default="", help="Who acts, by name.")
@click.option("--role", help="In which role one acts; in a list, only what that role sees.")
@click.option("--reason", default="", help="Why it is closed, or who takes it.")
@example("coastwatch alerts run --open --severity warning")
def alerts(
    folder: Path,
    rule: str | None,
    severity: str | None,
    state: str | None,
    open_: bool,
    zone: str | None,
    mmsi: int | None,
    track: int | None,
    since: str | None,
    until: str | None,
    explain: str | None,
    to: str | None,
    out: Path | None,
    act: str | None,
    id_: str | None,
    by: str,
    role: str | None,
    reason: str,
) -> None:
    """The alerts of a run: listed, explained, exported, or acted on."""
    from coastwatch import alerting
    from coastwatch.store.out_files import check_out

    check_out({"--out": out}, of=folder)
    if act:
        _act(folder, act, id_, by, role, reason)
        return
    if id_ or by or reason:
        raise ConfigError("--id, --by and --reason go with --act; for one alert use --explain ID")
    if out and not to:
        raise ConfigError("--out goes with --to; give the format, such as --to csv")
    if explain:
        click.echo(alerting.explain_alert(folder, explain))
        return
    begin = utc_time("--since", since).timestamp() if since else None
    end = utc_time("--until", until).timestamp() if until else None
    wanted = alerting.Filter(rule, severity, state, zone, mmsi, track, begin, end, open_, role)
    rows = alerting.list_alerts(folder, wanted)
    if not to:
        click.echo(alerting.alert_table(rows))
        return
    text = alerting.export_alerts(rows, to)
    if out is None:
        # A file holds every text as it is; a terminal would obey some.
        click.echo(shown_lines(text) if sys.stdout.isatty() else text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(text)


def _act(folder: Path, what: str, id_: str | None, by: str, role: str | None, reason: str) -> None:
    from coastwatch.alerting import act_on_alert

    if not id_ or not role:
        raise ConfigError("--act needs --id and --role, and --by: the name of who acts")
    done, text = act_on_alert(folder, Act(time.time(), id_, what, by, role, reason))
    click.echo(text, err=not done)
    if not done:
        sys.exit(1)
