"""How an incident ended: the operation, craft, means and persons, in the words of SECMAR."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coastwatch.incident.acts import incident_of
from coastwatch.incident.call import shown
from coastwatch.incident.log import IncidentLog
from coastwatch.incident.secmar import (
    CRAFT,
    CRAFT_RESULTS,
    EVENTS,
    OPERATIONS,
    PERSONS,
    term,
)
from coastwatch.model import ConfigError, InputError

PERSONS_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """SECMAR's values: ``craft`` pairs a type with its outcome; ``persons`` by outcome."""

    operation: str
    event: str
    craft: tuple[tuple[str, str], ...] = ()
    persons: Mapping[str, int] = field(default_factory=dict, hash=False)
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescue:
    """One incident of a span: when its first call was, where it stands, and how it ended."""

    incident: int
    time_s: float
    state: str
    calls: int
    outcome: Outcome | None


def outcome_told(
    operation: str, event: str, craft: Iterable[str], persons: Iterable[str], means: Iterable[str]
) -> Outcome:
    """An outcome as options tell it: craft as TYPE=OUTCOME, persons as OUTCOME=NUMBER.

    Raises ConfigError for what is not SECMAR's, naming the option.
    """
    if operation.upper() not in OPERATIONS:
        raise ConfigError(f"--operation {operation!r}: give one of {', '.join(OPERATIONS)}")
    return Outcome(
        operation.upper(),
        term(EVENTS, event, "--event"),
        tuple(_craft(one) for one in craft),
        _persons(persons),
        tuple(one.strip() for one in means if one.strip()),
    )


def tell_outcome(folder: Path, one: str, told: Outcome, by: str, now_s: float) -> str:
    """A person says how an incident ended; what is said later stands for it, both are kept."""
    with IncidentLog(folder) as log, log.entry():
        incident = incident_of(log, one)
        state, joined_to = log.state(incident)
        if joined_to is not None:
            raise InputError(f"I{incident} was joined to I{joined_to}; tell the outcome of that")
        before = any(e.what == "outcome" and e.incident == incident for e in log.events(incident))
        log.tell(now_s, "outcome", incident, by, "", None, None, asdict(told))
        people = sum(told.persons.values())
        said = f"{told.operation}, {told.event}, {len(told.craft)} craft, {people} persons"
        return f"I{incident} ({state}){' corrected' if before else ''}: {said}, by {shown(by)}"


def rescues(path: Path, begin_s: float, end_s: float) -> list[Rescue]:
    """The incidents whose first call was in ``begin_s`` <= time < ``end_s``, in order.

    Reads the file of incidents only; those that were joined to another are that other. Raises
    InputError where it is not readable.
    """
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            calls = database.execute(
                "SELECT incident, body FROM call WHERE incident IN "
                "(SELECT id FROM incident WHERE joined_to IS NULL) ORDER BY incident, id"
            ).fetchall()
            states = dict(database.execute("SELECT id, state FROM incident").fetchall())
            told = dict(
                database.execute(
                    "SELECT incident, body FROM event WHERE what = 'outcome' ORDER BY id"
                ).fetchall()
            )
        finally:
            database.close()
        times: dict[int, list[float]] = {}
        for incident, body in calls:
            times.setdefault(incident, []).append(float(json.loads(body)["time_s"]))
        return [
            Rescue(n, min(at), states[n], len(at), _read(told.get(n)))
            for n, at in sorted(times.items())
            if begin_s <= min(at) < end_s
        ]
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: incidents cannot be read ({error}); restore the file") from error


def last_told(path: Path) -> float | None:
    """When the last word on any incident was said (s since 1970, UTC); None where none was.

    Raises InputError where the file is not readable.
    """
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            last = database.execute("SELECT max(time_s) FROM event").fetchone()[0]
        finally:
            database.close()
        return None if last is None else float(last)
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise InputError(f"{path}: incidents cannot be read ({error}); restore the file") from error


def _read(body: str | None) -> Outcome | None:
    if body is None:
        return None
    row: dict[str, Any] = json.loads(body)
    return Outcome(
        row["operation"],
        row["event"],
        tuple((kind, end) for kind, end in row["craft"]),
        {name: int(number) for name, number in row["persons"].items()},
        tuple(row["means"]),
    )


def _craft(told: str) -> tuple[str, str]:
    kind, _, end = told.partition("=")
    return term(CRAFT, kind, "--craft"), term(CRAFT_RESULTS, end or "unknown", "--craft")


def _persons(told: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in told:
        name, _, number = one.partition("=")
        if not re.fullmatch(r"\d{1,5}", number.strip()) or int(number) > PERSONS_MOST:
            raise ConfigError(f"--persons {one!r}: write it as rescued=33")
        kind = term(PERSONS, name, "--persons")
        found[kind] = found.get(kind, 0) + int(number)
    return found
