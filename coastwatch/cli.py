"""The command line: thin; each command calls one function that a notebook could call."""

from __future__ import annotations

import json
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from coastwatch.cli_alerts import alerts
from coastwatch.cli_export import export
from coastwatch.cli_incident import incident
from coastwatch.cli_map import map_
from coastwatch.cli_outcome import outcome
from coastwatch.cli_parts import EXPLAIN, FILE, FOLDER, Bar, clock, example, size_of
from coastwatch.cli_radar import radar
from coastwatch.cli_report import report
from coastwatch.cli_store import keep, prune
from coastwatch.model import AlertEvent, ConfigError, InputError
from coastwatch.shown import shown, shown_lines
from coastwatch.times import utc_time


class Group(click.Group):
    """Errors of ours as one readable line: status 2 for configuration, 1 for work that failed."""

    def main(self, *args: Any, **extra: Any) -> Any:
        extra["standalone_mode"] = False
        debug = "--debug" in sys.argv
        try:
            sys.exit(super().main(*args, **extra) or 0)
        except click.exceptions.Abort:
            _fail("stopped", 1)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except BrokenPipeError:
            # The reader of our output has gone; nobody is left to tell.
            sys.stderr.close()
            sys.exit(1)
        except (ConfigError, InputError, OSError) as error:
            if debug:
                traceback.print_exc()
            _fail(str(error), 2 if isinstance(error, ConfigError) else 1)
        except UnicodeEncodeError as error:
            if debug:
                traceback.print_exc()
            if error.reason != "surrogates not allowed":
                _fail(f"{error.encoding} output cannot hold all texts; set PYTHONUTF8=1", 1)
            near = error.object[max(error.start - 20, 0) : error.end + 20]
            _fail(f"{near!r}: no UTF-8 text, or file's name; write it in UTF-8", 2)
        except Exception as error:  # a defect of ours: still one line, the trace on demand
            if debug:
                traceback.print_exc()
            _fail(f"unexpected {type(error).__name__}: {error} (--debug shows where)", 1)


def _fail(text: str, status: int) -> None:
    _note(text)
    sys.exit(status)


def _note(text: str) -> None:
    """A word on stderr, its lines as they are; what a file said in it moves no terminal."""
    click.echo(f"coastwatch: {shown_lines(text)}", err=True)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="coastwatch")
def main(debug: bool) -> None:
    """Coastal maritime surveillance: AIS and radar in, tracks, alerts and a map out."""


main.add_command(alerts)
main.add_command(export)
main.add_command(incident)
main.add_command(map_)
main.add_command(radar)
incident.add_command(outcome)
main.add_command(report)
main.add_command(keep)
main.add_command(prune)


@main.command()
@click.option("--out", type=FOLDER, default=Path("demo"), show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@example("coastwatch demo --out demo --seed 1")
def demo(out: Path, seed: int) -> None:
    """A simulated exercise from feeds to map: needs nothing but this installation."""
    from coastwatch.demo import run_demo

    with Bar("demo") as bar:
        result = run_demo(out, seed, bar.step)
    click.echo(result)


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "format_",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "nmea", "asterix", "navico", "pcap", "plots", "journal"]),
)
@click.option(
    "--to", type=click.Choice(["jsonl", "csv", "parquet"]), default="jsonl", show_default=True
)
@click.option("--out", type=FILE, help="Where to write; standard output without it.")
@click.option("--errors", is_flag=True, help="Each rejected piece as one JSON object on stderr.")
@click.option("--explain", is_flag=True, help="Add what AIS codes mean, in words (jsonl).")
@click.option(
    "--check", type=FILE, help="Write what AIS messages cannot mean to this file, one flag a line."
)
@click.option("--date", help="Day of the first record, where the format has only a time of day.")
@example("coastwatch decode feeds/ais.nmea --to csv --out ais.csv")
def decode(
    file: Path,
    format_: str,
    to: str,
    out: Path | None,
    errors: bool,
    explain: bool,
    check: Path | None,
    date: str | None,
) -> None:
    """What the messages of FILE (or - for standard input) say."""
    from coastwatch.decoding import decode_file
    from coastwatch.store.out_files import check_out

    check_out({"--out": out, "--check": check}, [file], stdout=True)
    for written in (out, check):
        if written is not None:
            _parent(written)
    with Bar("decode", size_of([file])) as bar:
        decode_file(file, format_, to, out, errors, date, explain, check, bar.at)


@main.command()
@click.argument("site", type=FILE)
@click.argument("inputs", type=FILE, nargs=-1, required=True)
@click.option("--out", type=FOLDER, required=True)
@click.option("--date", help="Day of the first record, where the format has only a time of day.")
@EXPLAIN
@example("coastwatch track site.toml feeds/*.pcap feeds/*.nmea --out run --explain 17")
def track(
    site: Path, inputs: tuple[Path, ...], out: Path, date: str | None, explain: tuple[int, ...]
) -> None:
    """Batch: recorded feeds in, the picture, its alerts and its map out."""
    from coastwatch.runner import track_files
    from coastwatch.store.out_files import check_out_folder

    check_out_folder(out, [site, *inputs])
    with Bar("track", size_of(inputs)) as bar:
        summary = track_files(site, inputs, out, date, bar.at, explain)
    _draw(out)
    _tell(summary, out, explain)


@main.command()
@click.argument("site", type=FILE)
@click.option("--out", type=FOLDER, help="The run's folder; watch-TIME without it.")
@example("coastwatch watch site.toml --out tonight")
def watch(site: Path, out: Path | None) -> None:
    """Live: the site's feeds until stopped (Ctrl-C); alerts are printed as they rise."""
    from coastwatch.runner import stop_on_signals, watch_live
    from coastwatch.store.journal import JOURNAL
    from coastwatch.store.out_files import check_out_folder

    folder = out or Path(f"watch-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    if not (folder / JOURNAL).is_file():  # a run that goes on may go by its own site.toml
        check_out_folder(folder, [site])
    stop = stop_on_signals()
    summary = watch_live(
        site,
        folder,
        stop,
        on_alert=lambda a: click.echo(f"{clock(a.time_s)} {a.severity}: {shown(a.text)}"),
        on_notice=_note,
        on_event=_tell_event,
    )
    _draw(folder)
    _tell(summary, folder)


@main.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FOLDER, required=True)
@click.option("--speed", type=float, help="Times real time; as fast as it goes without it.")
@EXPLAIN
@example("coastwatch replay run --out again --speed 60")
def replay(source: Path, out: Path, speed: float | None, explain: tuple[int, ...]) -> None:
    """The same again, from a run's journal."""
    from coastwatch.runner import replay as run_replay

    with Bar("replay") as bar:
        summary = run_replay(source, out, speed, bar.at, explain)
    _draw(out)
    _tell(summary, out, explain)


@main.group()
def zones() -> None:
    """Zone packs: GeoJSON areas and lines that the watch has rules for."""


@zones.command("check")
@click.argument("path", type=FILE)
@example("coastwatch zones check zones/dover-strait")
def zones_check(path: Path) -> None:
    """Validate a zone pack and name every fault."""
    from coastwatch.watch.zones import check_zones

    faults = check_zones(path)
    for fault in faults:
        click.echo(str(fault), err=fault.severity == "error")
    errors = sum(fault.severity == "error" for fault in faults)
    click.echo(f"{path}: {errors} errors, {len(faults) - errors} notes")
    if errors:
        sys.exit(1)


@main.command()
@click.argument("scenario")
@click.option("--seed", type=int, required=True)
@click.option("--out", type=FOLDER, required=True)
@click.option("--minutes", type=float, help="How long it lasts; the scenario's own without it.")
@click.option("--start", help="When it begins (ISO 8601, UTC); the scenario's own without it.")
@example("coastwatch simulate dover-crossing --seed 1 --minutes 20 --out exercise")
def simulate(scenario: str, seed: int, out: Path, minutes: float | None, start: str | None) -> None:
    """Write feeds/, site.toml and truth.parquet of a scenario, as real sensors would send it."""
    from coastwatch.simulate import simulate as run_simulation
    from coastwatch.store.out_files import check_out

    check_out({"--out": out / "site.toml"})
    begins = None if start is None else utc_time("--start", start)
    duration_s = None if minutes is None else 60 * minutes
    with Bar("simulate") as bar:
        site = run_simulation(scenario, seed, out, duration_s, bar.step, begins)
    click.echo(site)


@main.command()
@click.argument("truth", type=FILE)
@click.argument("tracks", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
@click.option(
    "--gate",
    "gate_m",
    type=click.FloatRange(min=0, min_open=True),
    default=200.0,
    show_default=True,
    help="Metres beyond which a track is not the target's.",
)
@example("coastwatch score exercise/truth.parquet run/tracks.parquet")
def score(truth: Path, tracks: Path, as_json: bool, gate_m: float) -> None:
    """Tracks against truth: GOSPA, OSPA, completeness, switches, false tracks, latency."""
    from coastwatch.score import format_scores
    from coastwatch.score import score as run_score

    scores = run_score(truth, tracks, gate_m=gate_m)
    click.echo(json.dumps(scores) if as_json else format_scores(scores))


def _parent(out: Path) -> None:
    """The folder of a file that is to be written."""
    out.parent.mkdir(parents=True, exist_ok=True)


def _draw(folder: Path) -> None:
    from coastwatch.maps import draw_picture
    from coastwatch.store.run import read_run

    draw_picture(read_run(folder), folder / "picture.html")


def _tell_event(event: AlertEvent) -> None:
    """A line for what became of an alert, save its raising, which has its own."""
    if event.what not in ("raised", "held back"):
        said = "; ".join(shown(text) for text in (event.by, event.text, event.reason) if text)
        line = f"{clock(event.time_s)} {event.severity} {shown(event.alert)[:10]} {event.what}"
        click.echo(f"{line}: {said}" if said else line)


def _tell(summary: dict[str, Any], folder: Path, explain: tuple[int, ...] = ()) -> None:
    from coastwatch.summary import summary_text

    click.echo(summary_text(summary, folder))
    for number in summary.get("explained", {}):
        click.echo(f"Track {number}: {(folder / f'track-{number}.svg').resolve()}")
    for reason in summary["refused"].values():
        _note(reason)
    if explain:
        from coastwatch.explain import check_ids

        check_ids(explain, summary["explained"], folder)
    if summary["refused"]:
        sys.exit(1)
