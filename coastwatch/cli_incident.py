"""The commands about calls for help: ``coastwatch incident ...``."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from coastwatch.cli_parts import FOLDER, example
from coastwatch.geo.units import DEG, KNOT_MPS
from coastwatch.incident.assumed import Assumed
from coastwatch.incident.call import VIAS, Call
from coastwatch.incident.words import ATTRIBUTES
from coastwatch.model import ConfigError
from coastwatch.times import utc_time

AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
BY = click.option("--by", required=True, help="Who decides: a person's name.")
REASON = click.option("--reason", required=True, help="Why, for whoever reads it later.")
NAME = click.argument("name", metavar="INCIDENT")
SPEED_MOST_KN, ABOARD_MOST, SIGMA_MOST_M, STALE_MOST_MIN = 60.0, 1000, 200_000.0, 720.0


@click.group()
def incident() -> None:
    """Calls for help by telephone or VHF: which craft each is about, and which are one."""


def told(command: Any) -> Any:
    """The options that say what a caller said."""
    for option in reversed(TOLD):
        command = option(command)
    return command


TOLD: list[Callable[[Any], Any]] = [
    click.option("--at", required=True, help="When it was so: 2021-11-24T01:48Z."),
    click.option("--position", help='"LON,LAT", "50 53.2N 1 30.5E", "310 4NM from Cap Gris-Nez", '
                 '"off Calais".'),
    click.option("--sigma", type=float, help="How far the position may be out, in metres (one "
                 "sigma); by default by how it was told."),
    click.option("--stale", type=float, default=Assumed().clock_s / 60, show_default=True,
                 help="By how many minutes the position may be old."),
    click.option("--aboard", help="How many are aboard: 33, or 30-40."),
    click.option("--course", type=float, help="Course told, degrees true; with --speed."),
    click.option("--speed", type=float, help="Speed told, knots; with --course."),
    click.option("--engine", type=click.Choice(["running", "stopped"])),
    click.option("--kind", type=click.Choice(list(ATTRIBUTES["kind"].share))),
    click.option("--colour", type=click.Choice(list(ATTRIBUTES["colour"].share))),
    click.option("--children", type=click.Choice(["yes", "no"])),
    click.option("--women", type=click.Choice(["yes", "no"])),
    click.option("--text", default="", help="The caller's words; what they tell is read from them, "
                 "and an option stands over it."),
    click.option("--via", type=click.Choice(VIAS), default=VIAS[0], show_default=True),
    click.option("--phone", default="", help="The caller's number or call sign; only a short "
                 "salted hash is kept."),
    click.option("--relayed", is_flag=True, help="The caller is not aboard: a relative, a charity, "
                 "another coastguard."),
    click.option("--by", default="", help="Who took the call."),
    AS_JSON,
]  # fmt: skip


@incident.command("open")
@click.argument("folder", metavar="DIR", type=FOLDER)
@told
@example(
    'coastwatch incident open run --at 2021-11-24T01:48Z --position "50 58.2N 1 35.1E" --aboard 33'
)
def open_(folder: Path, as_json: bool, phone: str, **said: Any) -> None:
    """Open an incident from a call, and list what it may be about: tracks, and other incidents."""
    _take(folder, said, phone, "new", as_json)


@incident.command("call")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--incident", "to", metavar="INCIDENT", help="The incident that the call is of, on "
              "the word of --by; nothing is joined by probability then.")  # fmt: skip
@told
@example(
    'coastwatch incident call run --at 2021-11-24T02:10Z --position 1.59,50.98 --text "grey dinghy"'
)
def call(folder: Path, as_json: bool, phone: str, to: str | None, **said: Any) -> None:
    """Take a call: it joins an incident where that is sure, else it opens one; and says why."""
    if to is not None and not said["by"]:
        raise ConfigError("--incident is a person's word: give --by, too")
    _take(folder, said, phone, to, as_json)


@incident.command("list")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--all", "everything", is_flag=True, help="Closed ones, too.")
@AS_JSON
@example("coastwatch incident list run")
def list_(folder: Path, everything: bool, as_json: bool) -> None:
    """The incidents of DIR, one a line, and which may be one craft."""
    from coastwatch.incident_words import list_text, shown_row
    from coastwatch.incidents import listed

    found = [s for s in listed(folder) if everything or s.state == "open"]
    _out([shown_row(s) for s in found], list_text(found), as_json)


@incident.command("show")
@click.argument("folder", metavar="DIR", type=FOLDER)
@NAME
@AS_JSON
@example("coastwatch incident show run I1")
def show(folder: Path, name: str, as_json: bool) -> None:
    """One incident: its calls, the tracks that it may be, other incidents, and what was decided."""
    from coastwatch.incident_words import show_text, shown_row
    from coastwatch.incidents import show as show_one

    found = show_one(folder, name)
    _out(shown_row(found), show_text(found), as_json)


@incident.command("join")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("one", metavar="INCIDENT")
@click.argument("other", metavar="OTHER")
@BY
@REASON
@AS_JSON
@example('coastwatch incident join run I1 I3 --by "A. Watch" --reason "same phone, heard both"')
def join(folder: Path, one: str, other: str, by: str, reason: str, as_json: bool) -> None:
    """OTHER (an incident, or a call such as C4) is the craft of INCIDENT, on a person's word."""
    from coastwatch.incident.acts import join as act

    _act(act(_at(folder), one, other, _person(by), _reason(reason), time.time()), as_json)


@incident.command("part")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("one", metavar="ONE")
@click.argument("other", metavar="OTHER")
@BY
@REASON
@AS_JSON
@example('coastwatch incident part run C4 I1 --by "A. Watch" --reason "both seen from the air"')
def part(folder: Path, one: str, other: str, by: str, reason: str, as_json: bool) -> None:
    """ONE is another craft than OTHER; a call (C4) leaves the incident that it is in."""
    from coastwatch.incident.acts import part as act

    _act(act(_at(folder), one, other, _person(by), _reason(reason), time.time()), as_json)


@incident.command("close")
@click.argument("folder", metavar="DIR", type=FOLDER)
@NAME
@BY
@REASON
@AS_JSON
@example('coastwatch incident close run I1 --by "A. Watch" --reason "33 aboard the lifeboat"')
def close(folder: Path, name: str, by: str, reason: str, as_json: bool) -> None:
    """Close an incident. Calls that come later are held against it still, but never join it."""
    from coastwatch.incident.acts import close as act

    _act(act(_at(folder), name, _person(by), _reason(reason), time.time()), as_json)


@incident.command("reopen")
@click.argument("folder", metavar="DIR", type=FOLDER)
@NAME
@BY
@REASON
@AS_JSON
@example('coastwatch incident reopen run I1 --by "A. Watch" --reason "the boat found was another"')
def reopen(folder: Path, name: str, by: str, reason: str, as_json: bool) -> None:
    """Open a closed incident again."""
    from coastwatch.incident.acts import reopen as act

    _act(act(_at(folder), name, _person(by), _reason(reason), time.time()), as_json)


def _take(folder: Path, said: dict[str, Any], phone: str, to: str | None, as_json: bool) -> None:
    from coastwatch.incident_words import taken_row, taken_text
    from coastwatch.incidents import names_of, take

    taken = take(folder, _call(names_of(folder), **said), time.time(), phone, to, said["by"])
    for note in taken.night.notes:
        click.echo(f"coastwatch: {note}", err=True)
    _out(taken_row(taken), taken_text(taken), as_json)


def _call(named: dict[str, tuple[float, float]], **said: Any) -> Call:
    """A call as the options say it; each fault names its option and the mend."""
    from coastwatch.incident.place import Place, read_position
    from coastwatch.incident.words import engine_of, read

    place = Place(math.nan, math.nan, math.nan)
    if said["position"] is not None:
        place = read_position(said["position"], named)
    elif said["sigma"] is not None:
        raise ConfigError("--sigma without --position: say where, or leave --sigma away")
    sigma = _within("--sigma", said["sigma"], 1.0, SIGMA_MOST_M, "metres")
    low, high = _aboard(said["aboard"])
    if (said["course"] is None) != (said["speed"] is None):
        raise ConfigError("--course and --speed go together: give both, or neither")
    course = _within("--course", said["course"], 0.0, 360.0, "degrees")
    speed = _within("--speed", said["speed"], 0.0, SPEED_MOST_KN, "knots")
    options = {name: said[name] for name in ATTRIBUTES if said[name]}
    return Call(
        time_s=utc_time("--at", said["at"], dates=False).timestamp(),
        via=said["via"],
        lon=place.lon,
        lat=place.lat,
        sigma_m=place.sigma_m if math.isnan(sigma) else sigma,
        clock_s=60 * _within("--stale", said["stale"], 0.0, STALE_MOST_MIN, "minutes"),
        aboard_low=low,
        aboard_high=high,
        course_rad=course * DEG,
        speed_mps=speed * KNOT_MPS,
        engine=said["engine"] or engine_of(said["text"]),
        words=read(said["text"]) | options,
        text=said["text"],
        place=said["position"] or "",
        relayed=said["relayed"],
        taken_by=said["by"],
    )


def _aboard(text: str | None) -> tuple[float, float]:
    if text is None:
        return math.nan, math.nan
    found = re.fullmatch(r"\s*(\d{1,5})\s*(?:(?:-|–|to)\s*(\d{1,5}))?\s*", text)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high <= ABOARD_MOST:
        raise ConfigError(f"--aboard {text!r}: give a number (33) or a range (30-40)")
    return float(low), float(high)


def _within(name: str, value: float | None, low: float, high: float, unit: str) -> float:
    if value is None:
        return math.nan
    if not low <= value <= high:
        raise ConfigError(f"{name} {value:g}: give {low:g} to {high:g} {unit}")
    return value


def _at(folder: Path) -> Path:
    from coastwatch.incidents import has_incidents

    return has_incidents(folder)


def _person(by: str) -> str:
    if not by.strip():
        raise ConfigError("--by is empty: an act has a name under it")
    return by.strip()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ConfigError("--reason is empty: say why, for whoever reads it later")
    return reason.strip()


def _act(said: str, as_json: bool) -> None:
    _out({"done": said}, said, as_json)


def _out(row: Any, text: str, as_json: bool) -> None:
    # ASCII, so that no direction mark or escape of a caller's text reaches the terminal.
    click.echo(json.dumps(row, ensure_ascii=True, allow_nan=False, indent=1) if as_json else text)
